"""Talking with the Hugging Face hub: what a repository holds, and a file's bytes from any position.

Nothing here runs unless the user asked for a download. Every failure becomes one sentence; those that may pass by
themselves are `TryLater`. A token goes into one header and nowhere else.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from musicapp import __version__
from musicapp.errors import DownloadError, LicenceNeeded
from musicapp.store.known import HUB, Known

if TYPE_CHECKING:
    from httpx2 import Response

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 10.0, 20.0
SHA256_DIGITS = 64
KEPT = "Nothing is lost: what has arrived is kept."


class TryLater(DownloadError):  # noqa: N818 - reads better where it is raised
    """A failure that may pass: the network, or a server with too much to do.

    wait_s  how long the server asks to wait; None: it did not say
    """

    def __init__(self, message: str, *, hint: str = "", detail: str = "", wait_s: float | None = None) -> None:
        super().__init__(message, hint=hint, detail=detail)
        self.wait_s = wait_s


@dataclass(frozen=True)
class RemoteFile:
    """A file as the hub describes it. `checksum` is SHA-256, or for small files git's SHA-1 of the blob."""

    name: str
    size_bytes: int
    checksum: str

    @property
    def is_sha256(self) -> bool:
        return len(self.checksum) == SHA256_DIGITS


@dataclass(frozen=True)
class Content:
    """The bytes of a file as they come. `starts_at` is 0 when the server ignored the position that was asked for."""

    starts_at: int
    pieces: Iterator[bytes]


def endpoint() -> str:
    """The hub's address; HF_ENDPOINT names another one, as everywhere."""
    return os.environ.get("HF_ENDPOINT", "").strip().rstrip("/") or HUB


def page_of(item: Known) -> str:
    """The item's page on the hub in use."""
    return f"{endpoint()}/{item.repository}"


def token_page() -> str:
    """Where a person makes a token."""
    return f"{endpoint()}/settings/tokens"


def ask_commit(item: Known, *, revision: str, token: str) -> tuple[str, frozenset[str]]:
    """The commit that a revision stands for now, and the names of its files. Raises DownloadError."""
    utils = _library()
    with _translated(item, token):
        url = f"{endpoint()}/api/models/{item.repository}/revision/{revision}"
        response = utils.get_session().get(url, headers=_headers(token), timeout=_timeout())
        utils.hf_raise_for_status(response)
        answer = response.json()
        try:
            return str(answer["sha"]), frozenset(str(entry["rfilename"]) for entry in answer["siblings"])
        except (TypeError, KeyError) as error:
            raise _nonsense(item) from error


def ask_file(item: Known, commit: str, name: str, *, token: str) -> RemoteFile:
    """Size and checksum of a file. Raises DownloadError."""
    _library()
    from huggingface_hub import get_hf_file_metadata

    with _translated(item, token):
        facts = get_hf_file_metadata(
            _url(item, commit, name),
            token=token or False,
            timeout=CONNECT_TIMEOUT_S,
            library_name="musicapp",
            library_version=__version__,
            endpoint=endpoint(),
        )
    if facts.size is None or not facts.etag:
        raise _nonsense(item)
    return RemoteFile(name, facts.size, facts.etag.lower())


@contextmanager
def open_file(item: Known, commit: str, name: str, *, start: int, token: str) -> Iterator[Content]:
    """A file's bytes from position `start` on. Raises DownloadError, also while the pieces are read."""
    utils = _library()
    headers = {**_headers(token), "Accept-Encoding": "identity"}  # the checksum is of the plain bytes
    if start:
        headers["Range"] = f"bytes={start}-"
    with _translated(item, token):
        url = _url(item, commit, name)
        with utils.get_session().stream("GET", url, headers=headers, timeout=_timeout()) as response:
            utils.hf_raise_for_status(response)
            yield Content(start if response.status_code == 206 else 0, response.iter_raw())


def hang_up() -> None:
    """Close the connections to the hub: none stays open after a download."""
    _library().close_session()


def _url(item: Known, commit: str, name: str) -> str:
    from huggingface_hub import hf_hub_url

    return hf_hub_url(item.repository, name, subfolder=item.subfolder or None, revision=commit, endpoint=endpoint())


def _library() -> Any:
    """The hub's own library: late, it takes a quarter of a second; quiet, its addresses may carry signatures."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # or it would tell which torch is installed
    from huggingface_hub import utils

    logging.getLogger("httpx2").setLevel(logging.WARNING)
    return utils


def _headers(token: str) -> dict[str, str]:
    headers = {"User-Agent": f"musicapp/{__version__}"}
    return {**headers, "Authorization": f"Bearer {token}"} if token else headers


def _timeout() -> Any:
    import httpx2

    return httpx2.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)


@contextmanager
def _translated(item: Known, token: str) -> Iterator[None]:
    """The library's errors as sentences. The details name no header, so that a token cannot slip into the log."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.OfflineModeIsEnabled as error:
        raise DownloadError(
            "Downloads are switched off by HF_HUB_OFFLINE.", hint="Unset it, or import a file that you have."
        ) from error
    except errors.HfHubHTTPError as error:
        raise _refusal(item, error.response, token) from error
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        raise TryLater(
            f"{_host()} cannot be reached.",
            hint=f"Check the network, then try again. {KEPT}",
            detail=type(error).__name__,
        ) from error
    except httpx2.TransportError as error:
        raise TryLater(
            f"The connection to {_host()} broke off.", hint=f"Try again. {KEPT}", detail=type(error).__name__
        ) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise _nonsense(item, type(error).__name__) from error


def _refusal(item: Known, response: Response, token: str) -> DownloadError:
    """What an answer with an error code means for people."""
    code, status = response.headers.get("X-Error-Code", ""), response.status_code
    detail = f"{status} {code} {response.headers.get('X-Error-Message', '')[:200]}".strip()
    if status == 401 and token and "invalid" in response.headers.get("X-Error-Message", "").lower():
        return LicenceNeeded(
            "The hub does not accept the token.", hint=f"Make a new one at {token_page()} and enter it.", detail=detail
        )
    if code == "GatedRepo":
        return _gated(item, token, detail)
    if code == "EntryNotFound":
        return DownloadError(
            f"A file of {item.name} is not in its repository any more.",
            hint="Its makers may have moved it; update the app, or import a file that you have.",
            detail=detail,
        )
    if code == "RevisionNotFound":
        return DownloadError(
            f"{item.name} does not exist in the revision asked for.", hint="Leave the revision out.", detail=detail
        )
    if code == "RepoNotFound" or status in (401, 404):
        return DownloadError(
            f"The hub has no repository {item.repository}, or hides it.",
            hint=f"Look at {page_of(item)}; a private one needs a token. A file that you have can be imported.",
            detail=detail,
        )
    if status == 403:
        return LicenceNeeded(
            f"The hub does not let this token read {item.repository}.",
            hint=f"Make one that may read gated repositories at {token_page()}.",
            detail=detail,
        )
    if status == 429 or status >= 500:
        busy = "asks to slow down" if status == 429 else "has a problem of its own"
        wait_s = _wait_of(response)
        return TryLater(f"{_host()} {busy}.", hint=f"Try again later. {KEPT}", detail=detail, wait_s=wait_s)
    return DownloadError(
        f"{_host()} refused to send {item.name} (error {status}).", hint=f"Try again later. {KEPT}", detail=detail
    )


def _gated(item: Known, token: str, detail: str) -> LicenceNeeded:
    if token:
        return LicenceNeeded(
            f"The licence of {item.name} has not been accepted by the account of this token.",
            hint=f"Accept it at {page_of(item)}, then try again.",
            detail=detail,
        )
    return LicenceNeeded(
        f"{item.name} is handed out only to people who accepted its licence.",
        hint=f"Accept it at {page_of(item)}, make a read token at {token_page()} and enter it.",
        detail=detail,
    )


def _wait_of(response: Response) -> float | None:
    from huggingface_hub.utils import parse_ratelimit_headers

    text = response.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    limit = parse_ratelimit_headers(response.headers)
    return float(limit.reset_in_seconds) if limit is not None and limit.remaining == 0 else None


def _nonsense(item: Known, detail: str = "") -> DownloadError:
    return DownloadError(
        f"{_host()} gave an answer about {item.name} that makes no sense.",
        hint="Try again later; a proxy or a log-in page of the network may have answered instead.",
        detail=detail,
    )


def _host() -> str:
    return endpoint().partition("://")[2] or endpoint()

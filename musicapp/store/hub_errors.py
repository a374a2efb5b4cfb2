"""What can go wrong with the hub, as sentences with a next step.

A token goes into one header and nowhere else: no detail here repeats a header or an address with a signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from musicapp.errors import DownloadError, LicenceNeeded
from musicapp.store.hub_pages import host, page_of, token_page
from musicapp.store.known import Known

if TYPE_CHECKING:
    from httpx2 import Response

KEPT = "Nothing is lost: what has arrived is kept."


class TryLater(DownloadError):  # noqa: N818 - reads better where it is raised
    """A failure that may pass: the network, or a server with too much to do.

    wait_s  how long the server asks to wait; None: it did not say
    """

    def __init__(self, message: str, *, hint: str = "", detail: str = "", wait_s: float | None = None) -> None:
        super().__init__(message, hint=hint, detail=detail)
        self.wait_s = wait_s


@contextmanager
def translated(item: Known, token: str) -> Iterator[None]:
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
            f"{host()} cannot be reached.",
            hint=f"Check the network, then try again. {KEPT}",
            detail=type(error).__name__,
        ) from error
    except httpx2.TransportError as error:
        raise TryLater(
            f"The connection to {host()} broke off.", hint=f"Try again. {KEPT}", detail=type(error).__name__
        ) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise nonsense(item, type(error).__name__) from error


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
        return TryLater(f"{host()} {busy}.", hint=f"Try again later. {KEPT}", detail=detail, wait_s=wait_s)
    return DownloadError(
        f"{host()} refused to send {item.name} (error {status}).", hint=f"Try again later. {KEPT}", detail=detail
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


def nonsense(item: Known, detail: str = "") -> DownloadError:
    return DownloadError(
        f"{host()} gave an answer about {item.name} that makes no sense.",
        hint="Try again later; a proxy or a log-in page of the network may have answered instead.",
        detail=detail,
    )

"""Talking with the Hugging Face hub: what a repository holds, and a file's bytes from any position.

Nothing here runs unless the user asked for a download. Every failure becomes one sentence; those that may pass by
themselves are `TryLater`. A token goes into one header and nowhere else.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from musicapp import __version__
from musicapp.store import hub_errors
from musicapp.store.hub_pages import endpoint
from musicapp.store.known import Known

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 10.0, 20.0
SHA256_DIGITS = 64
_CHECKSUM = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")  # another tag, as of a mirror, says nothing about the bytes


@dataclass(frozen=True)
class RemoteFile:
    """A file as the hub describes it. `checksum` is SHA-256, or for small files git's SHA-1 of the blob; or empty."""

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


def ask_commit(item: Known, *, revision: str, token: str) -> tuple[str, frozenset[str]]:
    """The commit that a revision stands for now, and the names of its files. Raises DownloadError."""
    utils = _library()
    with hub_errors.translated(item, token):
        url = f"{endpoint()}/api/models/{item.repository}/revision/{revision}"
        response = utils.get_session().get(url, headers=_headers(token), timeout=_timeout())
        utils.hf_raise_for_status(response)
        answer = response.json()
        try:
            return str(answer["sha"]), frozenset(str(entry["rfilename"]) for entry in answer["siblings"])
        except (TypeError, KeyError) as error:
            raise hub_errors.nonsense(item) from error


def ask_file(item: Known, commit: str, name: str, *, token: str) -> RemoteFile:
    """Size and checksum of a file. Raises DownloadError."""
    _library()
    from huggingface_hub import get_hf_file_metadata

    with hub_errors.translated(item, token):
        facts = get_hf_file_metadata(
            _url(item, commit, name),
            token=token or False,
            timeout=CONNECT_TIMEOUT_S,
            library_name="musicapp",
            library_version=__version__,
            endpoint=endpoint(),
        )
    if facts.size is None or facts.size < 0 or facts.etag is None:
        raise hub_errors.nonsense(item)
    checksum = facts.etag.lower()
    return RemoteFile(name, facts.size, checksum if _CHECKSUM.fullmatch(checksum) else "")


@contextmanager
def open_file(item: Known, commit: str, name: str, *, start: int, token: str) -> Iterator[Content]:
    """A file's bytes from position `start` on. Raises DownloadError, also while the pieces are read."""
    utils = _library()
    headers = {**_headers(token), "Accept-Encoding": "identity"}  # the checksum is of the plain bytes
    if start:
        headers["Range"] = f"bytes={start}-"
    with hub_errors.translated(item, token):
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

"""A real HTTP server that behaves like the hub, and misbehaves like it on demand.

It answers `/api/models/REPO/revision/REV` with the commit and the files, HEAD and GET of `/REPO/resolve/REV/FILE`
with X-Repo-Commit, X-Linked-ETag and X-Linked-Size, large files by a redirect to a second address that knows ranges.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

LARGE_BYTES = 4096  # files above this are kept as the hub keeps large files: by SHA-256, behind a redirect
TOKEN = "hf_a_good_token_for_tests"
STRANGER = "hf_a_good_token_without_access"
PIECE_BYTES = 16 << 10


@dataclass
class Repository:
    """What the hub holds under one name."""

    files: dict[str, bytes]
    commit: str = "0123456789abcdef0123456789abcdef01234567"
    gated: bool = False


@dataclass
class Served:
    """One answered request. sent  bytes of the body that were handed to the network"""

    method: str
    path: str
    start: int
    status: int
    sent: int
    authorised: bool


@dataclass
class Hub:
    """The server's contents, its moods and its memory. Each mood is for file bodies unless it says otherwise.

    rate           bytes per second, 0 = as fast as it goes
    cut_after      break the connection after so many bytes, that many times: (bytes, times)
    throttle       answer 429 so many times first, for every kind of request
    retry_after    what 429 says
    broken         answer 500 so many times
    corrupt        flip a byte in so many bodies of large files
    ignore_ranges  send the whole file whatever is asked
    tag            the ETag of small files instead of git's, as mirrors have it
    """

    repositories: dict[str, Repository] = field(default_factory=dict)
    rate: int = 0
    cut_after: tuple[int, int] = (0, 0)
    throttle: int = 0
    retry_after: str = "1"
    broken: int = 0
    corrupt: int = 0
    ignore_ranges: bool = False
    tag: str = ""
    log: list[Served] = field(default_factory=list)
    address: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, mood: str) -> bool:
        """Whether a mood with a count still holds; it gets less by that."""
        with self.lock:
            left = getattr(self, mood)
            setattr(self, mood, max(0, left - 1))
            return left > 0

    def bodies(self, name: str) -> list[Served]:
        """The requests for bytes of a file."""
        return [s for s in self.log if s.method == "GET" and s.path.startswith("/bytes/") and s.path.endswith(name)]

    def sent_of(self, name: str) -> int:
        """All bytes of a file that were sent so far, in all requests."""
        return sum(served.sent for served in self.bodies(name))


@contextmanager
def running(repositories: dict[str, Repository]) -> Iterator[Hub]:
    """A hub on a free port of this machine."""
    hub = Hub(repositories)

    class Handler(_Handler):
        state = hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="hub")
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Hub

    def log_message(self, *_args: object) -> None:
        """Silent."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:  # the other side was killed
            self.close_connection = True

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = unquote(self.path.partition("?")[0])
        if self.state.take("throttle"):
            self._send(429, b"slow down", {"Retry-After": self.state.retry_after})
        elif path.startswith("/api/models/") and "/revision/" in path:
            name, _, revision = path.removeprefix("/api/models/").partition("/revision/")
            self._api(name, revision)
        elif "/resolve/" in path:
            name, _, rest = path[1:].partition("/resolve/")
            revision, _, file = rest.partition("/")
            self._resolve(name, revision, file)
        elif path.startswith("/bytes/"):
            name, _, file = path.removeprefix("/bytes/").partition("//")
            self._bytes(self.state.repositories[name].files[file])
        else:
            self._send(404, b"")

    def _api(self, name: str, revision: str) -> None:
        repository = self.state.repositories.get(name)
        if repository is None:
            self._send(401, b"", {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"})
        elif revision not in ("main", repository.commit):
            self._send(404, b"", {"X-Error-Code": "RevisionNotFound", "X-Error-Message": f"Invalid rev: {revision}"})
        else:
            siblings = [{"rfilename": file} for file in repository.files]
            answer = {"id": name, "sha": repository.commit, "gated": repository.gated, "siblings": siblings}
            self._send(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _resolve(self, name: str, revision: str, file: str) -> None:
        repository = self.state.repositories.get(name)
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if given not in ("", TOKEN, STRANGER):
            self._send(401, b"", {"X-Error-Message": "Invalid credentials in Authorization header"})
        elif repository is None:
            self._send(404, b"", {"X-Error-Code": "RepoNotFound"})
        elif repository.gated and given != TOKEN:
            headers = {"X-Error-Code": "GatedRepo", "X-Error-Message": f"Access to model {name} is restricted."}
            self._send(403 if given else 401, b"", headers)
        elif revision not in ("main", repository.commit):
            self._send(404, b"", {"X-Error-Code": "RevisionNotFound"})
        elif file not in repository.files:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found"})
        else:
            self._describe(repository, name, file)

    def _describe(self, repository: Repository, name: str, file: str) -> None:
        data = repository.files[file]
        headers = {"X-Repo-Commit": repository.commit}
        if len(data) <= LARGE_BYTES:
            digest = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
            self._send(200, data, {**headers, "ETag": f'"{self.state.tag or digest}"'})
            return
        # Another name of the same machine is another host: a token must not follow there.
        place = self.state.address.replace("127.0.0.1", "localhost")
        headers |= {"X-Linked-ETag": f'"{hashlib.sha256(data).hexdigest()}"', "X-Linked-Size": str(len(data))}
        self._send(302, b"", {**headers, "Location": f"{place}/bytes/{name}//{file}"})

    def _bytes(self, data: bytes) -> None:
        state = self.state
        if state.take("broken"):
            self._send(500, b"")
            return
        start = 0
        if (wanted := self.headers.get("Range", "")) and not state.ignore_ranges:
            start = int(wanted.removeprefix("bytes=").partition("-")[0])
            if start >= len(data):
                self._send(416, b"")
                return
        if state.take("corrupt"):
            middle = len(data) // 2
            data = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        limit, times = state.cut_after
        if times:
            state.cut_after = (limit, times - 1)
        headers = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        self._send(206 if start else 200, data[start:], headers, limit=limit if times else 0)

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None, *, limit: int = 0) -> None:
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        authorised = "Authorization" in self.headers
        served = Served(self.command, unquote(self.path.partition("?")[0]), start, status, 0, authorised)
        self.state.log.append(served)
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        for at in range(0, limit or len(body), PIECE_BYTES):
            piece = body[at : min(at + PIECE_BYTES, limit or len(body))]
            self.wfile.write(piece)
            served.sent += len(piece)
            if self.state.rate:
                time.sleep(len(piece) / self.state.rate)
        if limit:
            self.close_connection = True

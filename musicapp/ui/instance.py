"""One window for each library: a second start finds the first, hands its files over, and ends.

Whoever holds a lock file is the first; the system gives the lock back however the process ends, so nothing is left to
tidy up after a crash. A local socket in a folder that only this user can enter brings the files. Another user, or
another folder of takes, is another instance.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import logging
import os
import stat
import sys
import tempfile
import time
from pathlib import Path

from filelock import FileLock, Timeout
from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from musicapp import paths

log = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 1 << 20
PATIENCE_S = 10.0  # for a first window that is busy, or is just being closed
CONNECT_MS, ANSWER_MS, PAUSE_S = 500, 8000, 0.1
ANSWER = b"ok\n"


class Instance(QObject):
    """The first window's end. `called` brings the paths of a later start, which wants this window shown, and the
    desktop's token that allows it to come to the front.
    """

    called = Signal(list, str)

    def __init__(self, lock: FileLock | None) -> None:
        super().__init__()
        self._lock = lock
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)
        self._read: dict[QLocalSocket, bytearray] = {}

    def listen(self, address: str) -> None:
        """Take calls. Whatever socket is left there belongs to nobody: we have the lock."""
        QLocalServer.removeServer(address)
        if not self._server.listen(address):
            log.warning("later starts cannot reach this window: %s", self._server.errorString())

    def deafen(self) -> None:
        """Take no more calls: the window is being closed. A later start waits until `close`."""
        self._server.close()

    def close(self) -> None:
        """Let the next start be the first."""
        self.deafen()
        if self._lock is not None:
            self._lock.release()

    def _welcome(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._read[socket] = bytearray()
            socket.readyRead.connect(self._receive)
            socket.disconnected.connect(self._forget)
            self._take_from(socket)

    def _receive(self) -> None:
        if isinstance(socket := self.sender(), QLocalSocket):
            self._take_from(socket)

    def _take_from(self, socket: QLocalSocket) -> None:
        content = self._read.get(socket)
        if content is None:
            return
        content += socket.readAll().data()
        if len(content) > MAX_MESSAGE_BYTES:
            socket.abort()
        elif content.endswith(b"\n"):
            self._read[socket] = bytearray()
            socket.write(ANSWER)
            socket.flush()
            self.called.emit(*_understood(bytes(content)))

    def _forget(self) -> None:
        if isinstance(socket := self.sender(), QLocalSocket):
            self._read.pop(socket, None)
            socket.deleteLater()


def claim(files: list[Path]) -> Instance | None:
    """Be the first for this user and library, or hand `files` over to the one that is and return None.

    Raises TimeoutError when another one runs and does not answer.
    """
    key = hashlib.sha256(f"{_user()}\n{paths.usual_takes_folder().absolute()}".encode()).hexdigest()[:16]
    address, end_s = _address(key), time.monotonic() + PATIENCE_S
    while True:
        try:
            lock = FileLock(_made(paths.data_folder()) / f"window-{key}.lock")
            lock.acquire(timeout=0)
        except Timeout:
            pass
        except (OSError, NotImplementedError) as error:  # a folder that cannot be written, a disk without locks
            log.warning("a second window would not be noticed: %s", error)
            return Instance(None)
        else:
            first = Instance(lock)
            if address:
                first.listen(address)
            return first
        if address and hand_over(address, files):
            return None
        if time.monotonic() > end_s:
            raise TimeoutError
        time.sleep(PAUSE_S)


def hand_over(address: str, files: list[Path]) -> bool:
    """Bring files to the window that listens there, and have it shown; whether it answered."""
    socket = QLocalSocket()
    socket.connectToServer(address)
    if not socket.waitForConnected(CONNECT_MS):
        return False
    token = os.environ.get("XDG_ACTIVATION_TOKEN", "")
    words = {"files": [str(path.absolute()) for path in files], "token": token}
    socket.write(json.dumps(words).encode() + b"\n")
    answered = socket.waitForBytesWritten(CONNECT_MS) and socket.waitForReadyRead(ANSWER_MS)
    answer = socket.readAll().data()
    socket.disconnectFromServer()
    return answered and answer == ANSWER


def _understood(content: bytes) -> tuple[list[Path], str]:
    try:
        words = json.loads(content)
        files, token = words["files"], words["token"]
        if not isinstance(token, str) or not all(isinstance(path, str) for path in files):
            raise TypeError("files and token are texts")
        return [Path(path) for path in files], token
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        log.warning("a call that is not understood: %r", error)
        return [], ""


def _user() -> str:
    return getpass.getuser() if sys.platform == "win32" else str(os.getuid())


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _address(key: str) -> str:
    """Where the first window listens; empty when there is no place that is this user's alone."""
    if sys.platform == "win32":
        return f"musicapp-{key}"  # a pipe, which the system keeps apart for each user
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    for folder in (Path(runtime) if runtime else None, Path(tempfile.gettempdir()) / f"musicapp-{os.getuid()}"):
        if folder is not None and _is_ours(folder):
            return str(folder / f"musicapp-{key}")
    log.warning("no folder of this user's own for a socket")
    return ""


def _is_ours(folder: Path) -> bool:
    """Whether nobody else can have put a socket there; the folder is made if it is not there."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o077

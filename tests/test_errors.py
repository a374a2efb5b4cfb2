"""What the operating system refused is told as that, however deep libraries have wrapped it."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from musicapp.errors import refused_by_system


def wrapped(error: BaseException) -> BaseException:
    """The error as a library hands it on: inside another, inside another."""
    try:
        try:
            raise error
        except BaseException as inner:
            raise ValueError("could not read the configuration") from inner
    except ValueError as middle:
        try:
            raise RuntimeError("loading failed")
        except RuntimeError as outer:
            outer.__context__ = middle
            return outer


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (RuntimeError("can't start new thread"), "threads"),
        (MemoryError(), "memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "memory"),
        (OSError(errno.EMFILE, "Too many open files"), "files"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "threads"),
    ],
)
def test_the_systems_refusal_is_found_and_named(error: BaseException, word: str) -> None:
    told = refused_by_system(wrapped(error))
    assert told is not None and told.message.startswith("The system") and word in told.message and told.hint


@pytest.mark.parametrize(("number", "words"), [(errno.ENAMETOOLONG, "too long"), (errno.EACCES, "does not let")])
def test_a_path_that_is_refused_is_named(number: int, words: str) -> None:
    told = refused_by_system(wrapped(OSError(number, "x", f"/music/{'a' * 500}.wav")))
    assert told is not None and words in told.message and "/music/aaa" in told.message and len(told.message) < 250
    assert refused_by_system(OSError(number, "x")) is None  # whose, nobody knows


def test_other_errors_are_left_alone() -> None:
    assert refused_by_system(wrapped(KeyError("vocab"))) is None
    circle = ValueError("a")
    circle.__cause__ = circle
    assert refused_by_system(circle) is None


CODE = """
import sys
from pathlib import Path
from musicapp.checkpoints import text_encoders
with text_encoders._in_words(Path(sys.argv[1])):
    import threading
    for _ in range(100_000):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux keeps the limit of a process’s memory.")
def test_no_more_threads_is_no_damaged_text_encoder(tmp_path: Path) -> None:
    """A real limit of memory, as `ulimit -v` sets it, that threads run into."""
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))

    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path)], capture_output=True, text=True, preexec_fn=limit, timeout=120
    )
    assert "The system allows this program no more threads." in done.stderr, done.stderr[-500:]

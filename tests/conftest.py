"""What every test gets: a home of its own, no screen, and a check that nothing keeps running after it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import hypothesis
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A busy machine is no failure of the law under test.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

PATIENCE_S = 15.0
# Threads of libraries that serve the whole run.
LASTING_THREADS = ("pytest_timeout", "tqdm", "ThreadPoolExecutor", "QtThread", "Dummy")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for takes, settings and logs, empty at the start of each test."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("MUSICAPP_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """A thread or child process that outlives its test fails it."""
    threads, children = set(threading.enumerate()), set(multiprocessing.active_children())
    yield
    deadline_s = time.monotonic() + PATIENCE_S
    while (left := _left_running(threads, children)) and time.monotonic() < deadline_s:
        gc.collect()
        time.sleep(0.01)
    assert not left, f"still running after the test: {', '.join(left)}"


def _left_running(threads: set[threading.Thread], children: set[BaseProcess]) -> list[str]:
    """Names of what runs now and is in neither set."""
    new_threads = [
        thread.name
        for thread in threading.enumerate()
        if thread not in threads and thread.is_alive() and not thread.name.startswith(LASTING_THREADS)
    ]
    return new_threads + [child.name for child in multiprocessing.active_children() if child not in children]

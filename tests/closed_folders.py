"""A real folder that nothing can be written in, also for the user who may do everything."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """Write-protected for so long. Skips the test, with the reason, where that cannot be had."""
    if os.name == "nt":
        pytest.skip("Windows has no folders that may be read only.")
    with ExitStack() as undo:
        if os.geteuid():
            undo.callback(folder.chmod, folder.stat().st_mode)
            folder.chmod(0o500)
        else:
            _mount("--bind", str(folder), str(folder))
            undo.callback(subprocess.run, ["umount", str(folder)], check=True)
            _mount("-o", "remount,ro,bind", str(folder))
        yield


def _mount(*words: str) -> None:
    if shutil.which("mount") is None:
        pytest.skip("root may write in every folder, and there is no mount to change that.")
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"root may write in every folder here: {done.stderr.strip()}")

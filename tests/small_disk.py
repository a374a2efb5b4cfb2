"""A real disk as small as a test wants it: a file system in memory, mounted where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Disk:
    """A mounted file system. Its size is a limit: memory is taken only by what lies on it."""

    place: Path

    def resize(self, size_bytes: int) -> None:
        """Have another size from now on, not below what lies on it."""
        self._remount(f"size={size_bytes}")

    def fill(self, *, spare_bytes: int) -> None:
        """Have only so much room left, to whole pages."""
        usage = os.statvfs(self.place)
        self.resize((usage.f_blocks - usage.f_bfree) * usage.f_frsize + spare_bytes)

    def write_protect(self) -> None:
        """Take nothing more at all."""
        self._remount("ro")

    def _remount(self, option: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{option}", str(self.place)], check=True, capture_output=True)


@contextmanager
def mounted(place: Path, *, size_bytes: int) -> Iterator[Disk]:
    """The disk at an empty folder. Skips the test, with the reason, where nobody may mount one."""
    if sys.platform != "linux" or shutil.which("mount") is None:
        pytest.skip("Small disks can be mounted on Linux only.")
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"This user may mount no small disk: {(done.stderr.splitlines() or ['mount failed'])[0]}")
    try:
        yield Disk(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)

"""Copies in few bits that could not be finished: a disk that gets full, a process that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import ItemsView, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from torch import Tensor

from musicapp.checkpoints import copy_writer
from musicapp.checkpoints.load import load_model
from musicapp.description import copies
from musicapp.store.sizes import folder_bytes
from tests.checkpoints import tiny_model
from tests.small_disk import Disk, mounted

PATIENCE_S = 60.0
BESIDE = "more.bin"  # makes the original large enough for a copy and takes no place: a hole


def large_model(folder: Path) -> Path:
    tiny_model.write(folder)
    with (folder / BESIDE).open("wb") as file:
        file.truncate(copy_writer.LEAST_BYTES)
    return folder


def original(folder: Path) -> copies.Original:
    found = copies.look_at(folder, [folder / "model.safetensors", folder / BESIDE], "settings")
    assert found is not None
    return found


class FillingUp(dict[str, Tensor]):
    """Weights whose disk gets full between the look at its room and the first byte."""

    disk: Disk

    def items(self) -> ItemsView[str, Tensor]:  # type: ignore[override]
        self.disk.fill(spare_bytes=1 << 20)
        return super().items()


def test_a_disk_that_gets_full_leaves_no_part_and_the_words_say_what_to_do(tmp_path: Path) -> None:
    with mounted(tmp_path, size_bytes=copy_writer.SPARE_BYTES + (64 << 20)) as disk:
        folder = large_model(tmp_path / "large")
        names, state = sorted(folder.iterdir()), FillingUp({"dit.w": torch.ones(4 << 20, dtype=torch.int8)})
        state.disk = disk
        said = copy_writer.keep_copy(original(folder), state, "int8")
        assert "no int8 copy of large is kept, the disk got full" in said and "Make room" in said
        assert sorted(folder.iterdir()) == names
        said = copy_writer.keep_copy(original(folder), dict(state), "int8")
        assert "the disk has no room for one" in said and "Make room" in said
        disk.resize(copy_writer.SPARE_BYTES + (64 << 20))
        assert copy_writer.keep_copy(original(folder), dict(state), "int8") == ""
        assert [copy.precision for copy in copies.list_copies(folder)] == ["int8"]


PROGRAM = """
import pathlib, sys, torch
from musicapp.checkpoints import copy_writer
from musicapp.description import copies
folder = pathlib.Path(sys.argv[1])
original = copies.look_at(folder, [folder / "model.safetensors", folder / sys.argv[2]], "settings")
state = {f"dit.{i}": torch.zeros(8 << 20, dtype=torch.int8) for i in range(64)}
copy_writer.SPARE_BYTES = 0
sys.exit(copy_writer.keep_copy(original, state, "int8") or 0)
"""


@contextmanager
def writing(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has begun to write a copy of half a gigabyte."""
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder), BESIDE])
    try:
        deadline_s = time.monotonic() + PATIENCE_S
        while not any(path.stat().st_size > 1 << 20 for path in parts(folder)):
            assert process.poll() is None and time.monotonic() < deadline_s
            time.sleep(0.001)
        yield process
    finally:
        process.kill()
        process.wait()


def parts(folder: Path) -> list[Path]:
    return list(folder.glob(".*.part"))


needs_signals = pytest.mark.skipif(os.name != "posix", reason="Windows has no signal that kills.")


@needs_signals
@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_what_a_killed_writer_left_goes_at_the_next_load(tmp_path: Path, precision: str) -> None:
    folder = large_model(tmp_path / "large")
    before = folder_bytes(folder)
    with writing(folder) as process:
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert parts(folder) and folder_bytes(folder) > before + (1 << 20)
    load_model(folder, precision=precision)
    assert not parts(folder) and folder_bytes(folder) == before


@needs_signals
def test_what_another_process_is_writing_stays(tmp_path: Path) -> None:
    folder = large_model(tmp_path / "large")
    with writing(folder) as process:
        process.send_signal(signal.SIGSTOP)
        held = parts(folder)
        load_model(folder)
        assert held and parts(folder) == held
        process.send_signal(signal.SIGCONT)
        assert process.wait(PATIENCE_S) == 0
    assert not parts(folder) and [copy.precision for copy in copies.list_copies(folder)] == ["int8"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="This system has no named pipes.")
def test_a_pipe_with_the_name_of_a_part_is_not_waited_for(tmp_path: Path) -> None:
    folder = tiny_model.write(tmp_path / "m")
    os.mkfifo(copies.part_of(folder, "int8"))
    load_model(folder)

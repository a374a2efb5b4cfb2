"""Files of writers that were killed go; those of living ones, and of others, stay."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from musicapp import part_files, paths
from musicapp.audio import wave_io

WRITER = """
import sys, time
from pathlib import Path
import numpy as np
from musicapp.audio import wave_io
sound = np.zeros((44100 * 60, 2), np.float32)
def told(share):
    if share > 0.3:
        print("writing", flush=True)
        time.sleep(60)
wave_io.export(sound, Path(sys.argv[1]), sample_rate=44100, format=sys.argv[2], tags={}, on_progress=told)
"""


def parts_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.part*")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that kills.")
@pytest.mark.parametrize("form", ["wav24", "mp3", "flac"])
def test_what_a_killed_export_left_goes_with_the_next_one(tmp_path: Path, form: str) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "a"), form]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == "writing\n"
        assert parts_in(tmp_path)
        assert part_files.sweep(tmp_path) == [], "its writer lives"
        writer.send_signal(signal.SIGKILL)
    assert parts_in(tmp_path), "nobody could clean up"
    wave_io.export(np.zeros((100, 2), np.float32), tmp_path / "b.wav", sample_rate=44100, format="wav16", tags={})
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["b.wav"]


def test_sidecars_and_settings_leave_nothing_either(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom musicapp import paths\n"
        "paths.os.fsync = lambda number: os.kill(os.getpid(), signal.SIGKILL)\n"
        "paths.replace_file(Path(sys.argv[1]), b'x')\n"
    )
    target = tmp_path / "2026" / "11" / "a.json"
    subprocess.run([sys.executable, "-c", program, str(target)], check=False)
    (left,) = parts_in(tmp_path)
    assert left.startswith(".writing-")
    assert part_files.sweep(tmp_path) == [] and len(part_files.sweep(tmp_path, deep=True)) == 1
    paths.replace_file(target, b"y")
    assert target.read_bytes() == b"y" and parts_in(tmp_path) == []


def test_what_others_write_stays(tmp_path: Path) -> None:
    mine = part_files.beside(tmp_path / "x")
    host, ended = mine.name.split("-")[1], 2**22 + 7
    names = {
        "own": mine.name,
        "of another computer": f".writing-ffffff-{ended}-{'0' * 12}.part",
        "of an earlier version": f".{'0' * 12}.part",
        "of another program": ".download.part",
        "no name of ours": f".writing-{host}-{ended}-zz.part",
        "a song": "song.part.wav",
    }
    for name in names.values():
        (tmp_path / name).write_bytes(b"x")
    assert part_files.sweep(tmp_path) == []
    reused = tmp_path / f".writing-{host}-{os.getppid()}-{'1' * 12}.part"
    reused.write_bytes(b"x")
    os.utime(reused, (1, 1))  # long before that process began
    assert part_files.sweep(tmp_path) == [reused]
    old = time.time() - part_files.OLD_S - 60
    for name in names.values():
        os.utime(tmp_path / name, (old, old))
    assert {path.name for path in part_files.sweep(tmp_path)} == {
        names["of another computer"],
        names["of an earlier version"],
    }


def test_a_folder_that_is_not_there_or_closed_is_no_trouble(tmp_path: Path) -> None:
    assert part_files.sweep(tmp_path / "gone") == []
    part_files.sweep(Path("/proc/1"))

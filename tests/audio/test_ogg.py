"""Ogg files: the same bytes for the same music, pages that other programs accept, and every frame of short files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.audio import ogg
from musicapp.audio.wave_io import EXPORT_FORMATS, export

RATE = 44100
NAMES = ("ogg", "opus")
LENGTHS = [1, 2, 63, 64, 100, 127, 128, 129, 500, 576, 1000, 2048, 3000, 4095, 4500, 4608, 5000, 9000, RATE, 3 * RATE]


def music(frames: int, channels: int = 2) -> np.ndarray:
    random = np.random.default_rng(3)
    tone = 0.4 * np.sin(2 * np.pi * 330 * np.arange(frames) / RATE)[:, None]
    return (tone + 0.02 * random.standard_normal((frames, channels))).astype(np.float32)


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_the_same_music_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    for number in range(3):
        export(music(RATE), tmp_path / str(number), sample_rate=RATE, format=name, tags={"title": "ü"})
    assert len({(tmp_path / str(number)).read_bytes() for number in range(3)}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_other_music_gives_another_serial_number(tmp_path: Path, name: str) -> None:
    serials = set()
    for number in range(3):
        export(music(RATE) * (1 - number / 10), tmp_path / "x", sample_rate=RATE, format=name, tags={})
        serials.add((tmp_path / "x").read_bytes()[14:18])
    assert len(serials) == 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("frames", LENGTHS)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_program_reads_as_many_frames(tmp_path: Path, name: str, frames: int, channels: int) -> None:
    path = tmp_path / f"x{EXPORT_FORMATS[name].suffix}"
    result = export(music(frames, channels), path, sample_rate=RATE, format=name, tags={})
    audio, rate = soundfile.read(path, always_2d=True)
    assert len(audio) == result.frames == (frames if name == "ogg" else round(frames * rate / RATE))
    times = [page.granule for page in ogg.pages_of(path.read_bytes())]
    assert times == sorted(times)
    if name == "ogg":
        assert len(times) >= 4  # two with headers, two with music
    if shutil.which("ffmpeg"):
        command = ["ffmpeg", "-v", "warning", "-i", path, "-f", "f32le", "-"]
        heard = subprocess.run(command, capture_output=True, check=True)
        assert not heard.stderr
        assert len(heard.stdout) // 4 // channels == result.frames


def test_checksums_are_those_of_the_encoder(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.ogg", music(RATE), RATE, format="OGG", subtype="VORBIS")
    content = (tmp_path / "x.ogg").read_bytes()
    serial = int.from_bytes(content[14:18], "little")
    again = b"".join(page.encoded(serial, number) for number, page in enumerate(ogg.pages_of(content)))
    assert again == content


@pytest.mark.parametrize("content", [b"x" * 100, b"OggS", b"OggS" + bytes(22) + b"\x05"])
def test_what_is_no_ogg_file_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ValueError, match="Ogg"):
        ogg.settle(tmp_path / "x")

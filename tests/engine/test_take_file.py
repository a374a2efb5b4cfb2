"""The growing file of a take: complete, or gone."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from musicapp.audio import tags, wave_io
from musicapp.audio.riff import WaveWriter
from musicapp.engine import take_file
from musicapp.engine.events import ModelDefaults, ModelInfo
from musicapp.errors import ExportError
from musicapp.request import TakeRequest

REQUEST = TakeRequest("one", "Überraschung mit Klavier 🎹", 1.0, 7, steps=4, guidance_scale=3.0, sampler="dpmpp-2m")
INFO = ModelInfo("m", "M", 44100, 2, 60.0, (), ModelDefaults(4, 3.0, "dpmpp-2m"), True, "cpu", "CPU", "fp32")
AUDIO = np.random.default_rng(0).standard_normal((1000, 2)).astype(np.float32)


def test_blocks_can_be_read_while_the_file_grows(tmp_path: Path) -> None:
    path = tmp_path / "2026" / "11" / "take.wav"
    with take_file.create(path, REQUEST, INFO, 1000) as file:
        file.write(AUDIO[:300])
        reader = wave_io.GrowingReader(path, 2)
        assert np.array_equal(reader.read(0, 1000), AUDIO[:300]) and not file.is_complete
        file.write(AUDIO[300:])
        file.close()
    assert file.is_complete and np.array_equal(wave_io.read(path)[0], AUDIO)
    made = tags.recalled(wave_io.read_tags(path), "one")
    assert made is not None and made.request == REQUEST


@pytest.mark.parametrize("frames", [0, 300, 1000])
def test_unfinished_file_is_removed(tmp_path: Path, frames: int) -> None:
    with pytest.raises(KeyError), take_file.create(tmp_path / "take.wav", REQUEST, INFO, 1000) as file:
        file.write(AUDIO[:frames])
        raise KeyError
    assert not list(tmp_path.glob("*.wav"))


def test_full_disk_is_found_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(total=1 << 60, free=1 << 20))
    with pytest.raises(ExportError, match="is full"), take_file.create(tmp_path / "t.wav", REQUEST, INFO, 1000):
        pass
    assert not list(tmp_path.glob("*.wav"))


def test_a_disk_that_says_nothing_of_itself_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some network disks do: 0 of 0 bytes are free."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(total=0, free=0))
    with take_file.create(tmp_path / "take.wav", REQUEST, INFO, 1000) as file:
        file.write(AUDIO)
        file.close()
    assert np.array_equal(wave_io.read(tmp_path / "take.wav")[0], AUDIO)


def test_disk_that_fills_up_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: WaveWriter, block: np.ndarray) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with (
        pytest.raises(ExportError, match="is full") as caught,
        take_file.create(tmp_path / "take.wav", REQUEST, INFO, 1000) as file,
    ):
        file.write(AUDIO[:100])
        monkeypatch.setattr(WaveWriter, "write", refuse)
        file.write(AUDIO[100:])
    assert "space" in caught.value.hint and not list(tmp_path.glob("*.wav"))


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportError), take_file.create(tmp_path / "file" / "take.wav", REQUEST, INFO, 10):
        pass


def test_longer_than_a_wav_file_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(total=1 << 60, free=1 << 50))
    with pytest.raises(ExportError, match="too long"), take_file.create(tmp_path / "t.wav", REQUEST, INFO, 1 << 30):
        pass
    assert not list(tmp_path.glob("*.wav"))

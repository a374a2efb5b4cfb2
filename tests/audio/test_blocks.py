"""Files read in blocks are what they are when read whole, in every format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.analysis.measures import measure
from musicapp.audio import source_file
from musicapp.audio.blocks import blocks


def write(path: Path, rate: int, channels: int) -> Path:
    """A plain tone: little data, so that an MP3's frames lean on those before."""
    time_s = np.arange(6 * rate) / rate
    audio = np.stack([np.sin(2 * np.pi * 220 * (1 + number / 4) * time_s) for number in range(channels)], axis=1)
    soundfile.write(path, 0.5 * audio.astype(np.float32), rate)
    return path


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
@pytest.mark.parametrize(("rate", "channels"), [(44100, 2), (48000, 1), (22050, 2)])
def test_blocks_are_the_whole(tmp_path: Path, name: str, rate: int, channels: int) -> None:
    path = write(tmp_path / name, rate, channels)
    whole, _ = soundfile.read(path, dtype="float32", always_2d=True)
    for size in (5000, 1 << 16, len(whole), 2 * len(whole)):
        with soundfile.SoundFile(path) as file:
            found = list(blocks(file, size))
        assert [len(block) for block in found[:-1]] == [size] * (len(found) - 1)
        np.testing.assert_allclose(np.concatenate(found), whole, rtol=0, atol=1e-6)


@pytest.mark.parametrize(("rate", "channels"), [(48000, 2), (16000, 1)])
@pytest.mark.parametrize("rest_s", [0.0001, 0.001, 0.0025, 0.009, 0.0125, 0.1])
def test_the_end_of_an_opus_file_is_its_own_however_short_the_last_block_is(
    tmp_path: Path, rate: int, channels: int, rest_s: float
) -> None:
    noise = 0.1 * np.random.default_rng(3).standard_normal((2 * rate + round(rest_s * rate), channels))
    path = tmp_path / "a.opus"
    soundfile.write(path, noise.astype(np.float32), rate, format="OGG", subtype="OPUS")
    whole, _ = soundfile.read(path, dtype="float32", always_2d=True)
    for size in (1000, rate, 2 * rate):
        with soundfile.SoundFile(path) as file:
            found = list(blocks(file, size))
        assert [len(block) for block in found[:-1]] == [size] * (len(found) - 1)
        np.testing.assert_array_equal(np.concatenate(found), whole)


def test_an_mp3_has_no_holes_as_a_source_and_where_it_is_measured(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", 44100, 2)
    sound = source_file.read(path, sample_rate=44100, channels=2).audio
    tenths = sound[4410:-4410].reshape(-1, 441, 2)
    assert np.abs(tenths).max(axis=(1, 2)).min() > 0.3, "silence where there is none"
    assert measure(path).peak_db == pytest.approx(20 * np.log10(np.abs(sound).max()), abs=0.01)

"""Lossy files are decoded, by two decoders, and their true peaks read by two meters."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soxr

from musicapp.audio import headroom, levels
from musicapp.audio.true_peak import true_peak
from musicapp.audio.wave_io import EXPORT_FORMATS, export, read

RATE = 44100
LOSSY = [name for name, form in EXPORT_FORMATS.items() if form.is_lossy]
TIME_S = np.arange(RATE) / RATE


def _hard(name: str) -> np.ndarray:
    random = np.random.default_rng(5)
    if name == "clicks":
        audio = np.zeros((RATE, 2))
        audio[::4410], audio[1::7000, 1] = 1, -1
        return audio
    if name == "noise":
        return random.uniform(-1, 1, (RATE, 2))
    if name == "far too loud":
        return np.tanh(3 * random.standard_normal((RATE, 2))) * 4
    tone = {
        "square": np.sign(np.sin(2 * np.pi * 441.3 * TIME_S)),
        "bass square": np.sign(np.sin(2 * np.pi * 60 * TIME_S)),
        "sine": np.sin(2 * np.pi * 997 * TIME_S),
        "sine from its top": np.cos(2 * np.pi * 50 * TIME_S),
        "high sine": np.sin(2 * np.pi * 11025 * TIME_S + np.pi / 4),
        "one channel": np.sin(2 * np.pi * 330 * TIME_S),
    }[name]
    return tone[:, None] * ([1.0] if name == "one channel" else [1.0, -0.7])


MATERIAL = ["clicks", "noise", "far too loud", "square", "bass square", "sine", "sine from its top", "high sine"]


def _peaks_db(audio: np.ndarray, rate: int) -> tuple[float, float]:
    sharp = float(np.abs(soxr.resample(audio, rate, 4 * rate, quality="VHQ")).max())
    return levels.to_db(sharp), levels.to_db(true_peak(audio))


@pytest.mark.parametrize("name", LOSSY)
@pytest.mark.parametrize("material", [*MATERIAL, "one channel"])
def test_what_a_decoder_gives_stays_below_minus_one(tmp_path: Path, name: str, material: str) -> None:
    path, audio = tmp_path / f"x{EXPORT_FORMATS[name].suffix}", _hard(material).astype(np.float32)
    result = export(audio, path, sample_rate=RATE, format=name, tags={})
    back, rate = read(path)
    assert max(_peaks_db(back, rate)) <= -1.0
    assert result.gain_db < 0
    assert max(_peaks_db(back, rate)) > -5.0, "lowered by far more than it needed"
    if shutil.which("ffmpeg"):
        command = ["ffmpeg", "-v", "error", "-i", path, "-f", "f32le", "-"]
        heard = subprocess.run(command, capture_output=True, check=True).stdout
        heard_audio = np.frombuffer(heard, "<f4").reshape(-1, audio.shape[1])
        assert len(heard_audio) == result.frames
        assert max(_peaks_db(heard_audio, rate)) <= -1.0


@pytest.mark.parametrize("name", LOSSY)
def test_quiet_music_is_left_as_loud_as_it_is(tmp_path: Path, name: str) -> None:
    audio = (0.5 * np.sin(2 * np.pi * 440 * TIME_S))[:, None].astype(np.float32)
    assert export(audio, tmp_path / "x", sample_rate=RATE, format=name, tags={}).gain_db == 0.0


def test_progress_only_grows_however_often_a_file_is_written(tmp_path: Path) -> None:
    told: list[float] = []
    audio = _hard("square").astype(np.float32)
    export(audio, tmp_path / "x", sample_rate=RATE, format="opus", tags={}, on_progress=told.append)
    assert told == sorted(told) and told[-1] == 1.0


def test_an_export_can_be_stopped_while_it_is_listened_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listening: list[bool] = []
    real = headroom.decoded_peak

    def listen(path: Path, should_stop: object) -> float | None:
        listening.append(True)
        return real(path, lambda: True)

    monkeypatch.setattr(headroom, "decoded_peak", listen)
    result = export(_hard("sine").astype(np.float32), tmp_path / "x", sample_rate=RATE, format="ogg", tags={})
    assert listening and result.cancelled and not (tmp_path / "x").exists()

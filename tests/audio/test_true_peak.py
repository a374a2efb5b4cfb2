"""True peaks against the values of the standard, and against ffmpeg's meter."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.audio.levels import to_db
from musicapp.audio.true_peak import TAPS, TruePeakMeter, true_peak


def sine(hz: float, rate: int, phase: float = 0.0, level: float = 1.0) -> np.ndarray:
    tone = level * np.sin(2 * np.pi * hz * np.arange(rate) / rate + phase)
    fade = np.minimum(1, np.arange(rate) / 500)
    return np.stack([tone * fade, tone * fade], axis=1).astype(np.float32)


@pytest.mark.parametrize("parts", [4, 6, 8])
@pytest.mark.parametrize("phase", [0.0, 45.0, 60.0, 67.5])
def test_sines_between_their_samples_read_as_ebu_tech_3341_says(parts: int, phase: float) -> None:
    """Its cases 15 to 19: at most 0.2 dB above and 0.4 dB below; this meter is nearer."""
    read = to_db(true_peak(sine(48000 / parts, 48000, np.radians(phase), 0.5)))
    assert read == pytest.approx(-6.02, abs=0.1)


@pytest.mark.parametrize("sizes", [(1,), (31, 2), (32,), (1000, 1, 7), (65536,)])
def test_how_blocks_fall_changes_nothing(sizes: tuple[int, ...]) -> None:
    audio = np.random.default_rng(1).standard_normal((3000, 2)).astype(np.float32)
    whole, meter, start, turn = true_peak(audio), TruePeakMeter(2), 0, 0
    while start < len(audio):
        size = sizes[turn % len(sizes)]
        meter.push(audio[start : start + size])
        start, turn = start + size, turn + 1
    assert meter.peak() == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize("frames", [0, 1, 2, TAPS - 1, TAPS, TAPS + 1, 100])
def test_any_length_can_be_read(frames: int) -> None:
    assert true_peak(np.full((frames, 1), 0.25, np.float32)) == pytest.approx(0.25 if frames else 0, abs=1e-3)


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg, to compare with, is not installed.")
@pytest.mark.parametrize("rate", [44100, 48000, 32000])
@pytest.mark.parametrize("material", ["noise", "square", "clicks", "sine", "music"])
def test_ffmpegs_meter_reads_the_same(tmp_path: Path, material: str, rate: int) -> None:
    random, time_s = np.random.default_rng(2), np.arange(2 * rate) / rate
    audio = {
        "noise": random.uniform(-1, 1, 2 * rate),
        "square": np.sign(np.sin(2 * np.pi * 441.3 * time_s)),
        "clicks": (random.random(2 * rate) < 0.001) * 1.0,
        "sine": np.sin(2 * np.pi * 997 * time_s),
        "music": sum(np.sin(2 * np.pi * f * time_s) for f in (55, 220, 277.2, 3300, 9871)) / 4,
    }[material]
    path = tmp_path / "x.wav"
    soundfile.write(path, np.stack([audio, audio], axis=1), rate, subtype="FLOAT")
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    theirs = float(re.findall(r"Peak:\s+(-?[\d.]+)", told[told.rindex("Summary") :])[-1])
    ours = to_db(true_peak(soundfile.read(path, dtype="float32")[0]))
    assert ours == pytest.approx(theirs, abs=0.1 + 0.05)  # it prints one decimal

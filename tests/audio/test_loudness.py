"""Loudness of signals whose reading the standards state."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.audio.loudness import LoudnessMeter, k_weighting, loudness, loudness_lufs, loudness_range_lu

RATE = 48000


def measured_by_ffmpeg(path: Path) -> float:
    """Integrated loudness; ffmpeg prints it to a tenth."""
    command = ["ffmpeg", "-nostats", "-i", str(path), "-filter_complex", "ebur128", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    found = re.search(r"Integrated loudness:\s+I:\s+(-?[\d.]+) LUFS", told[told.rindex("Summary") :])
    assert found
    return float(found[1])


def sine(dbfs: float, seconds: float, hz: float = 1000.0, rate: int = RATE) -> np.ndarray:
    """A stereo sine, both channels alike."""
    mono = 10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)
    return np.stack([mono, mono], axis=1)


@pytest.mark.parametrize("dbfs", [-23.0, -33.0])
@pytest.mark.parametrize("rate", [44100, 48000, 96000, 176400, 192000, 384000])
def test_a_sine_of_one_kilohertz_reads_as_ebu_tech_3341_says(dbfs: float, rate: int) -> None:
    """Its first two cases: 20 s in both channels at -23 (-33) dBFS reads -23 (-33) LUFS, within 0.1."""
    assert loudness_lufs(sine(dbfs, 20, rate=rate), rate) == pytest.approx(dbfs, abs=0.1)


def test_quiet_passages_are_gated() -> None:
    """Its third case: 10 s at -36, 60 s at -23 and 10 s at -36 dBFS read -23 LUFS."""
    sound = np.concatenate([sine(-36, 10), sine(-23, 60), sine(-36, 10)])
    assert loudness_lufs(sound, RATE) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(("levels", "wanted"), [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20)])
def test_the_range_reads_as_ebu_tech_3342_says(levels: tuple[float, float], wanted: float) -> None:
    """Its first three cases: 20 s at one level, then 20 s at another; within 1 LU."""
    sound = np.concatenate([sine(level, 20) for level in levels])
    assert loudness_range_lu(sound, RATE) == pytest.approx(wanted, abs=1.0)


@pytest.mark.parametrize("seconds", [2.9, 3.0, 3.2, 3.4, 4.0, 8.0])
def test_a_short_steady_sound_has_no_range(seconds: float) -> None:
    """What surrounds it counts for nothing: other meters say up to 2.6 and 20 LU here."""
    noise = 0.1 * np.random.default_rng(5).standard_normal((round(seconds * RATE), 2))
    assert loudness_range_lu(noise, RATE) < 0.1


def test_silence_has_no_loudness_and_no_range() -> None:
    silence = np.zeros((RATE, 2))
    assert loudness_lufs(silence, RATE) == -math.inf
    assert loudness_range_lu(silence, RATE) == 0.0


@pytest.mark.parametrize("seconds", [0.01, 0.1, 0.3, 0.399])
def test_a_sound_below_a_block_counts_as_far_as_it_goes(seconds: float) -> None:
    noise = np.random.default_rng(1).standard_normal((round(seconds * RATE), 2)) * 0.1
    found = loudness(noise, RATE)
    tail = np.concatenate([noise, np.zeros((round(0.4 * RATE) - len(noise), 2))])  # the same in a block of the standard
    share = 10 * math.log10(seconds / 0.4)
    assert found.integrated_lufs == pytest.approx(loudness_lufs(tail, RATE) - share, abs=0.3)
    assert found.momentary_max_lufs == found.integrated_lufs and found.short_term_max_lufs == -math.inf


def test_blocks_below_the_absolute_gate_never_count() -> None:
    """A quiet sound's relative gate lies below the absolute one."""
    sound = np.concatenate([sine(-66, 10), sine(-74, 10)])
    assert loudness_lufs(sound, RATE) == pytest.approx(-66.0, abs=0.1)


@pytest.mark.parametrize("sizes", [(1000,), (7, 99_999, 1), (1 << 18,)])
def test_how_blocks_fall_changes_nothing(sizes: tuple[int, ...]) -> None:
    audio = np.random.default_rng(2).standard_normal((200_000, 2)) * np.linspace(0.01, 0.5, 200_000)[:, None]
    meter, start, turn = LoudnessMeter(2, RATE), 0, 0
    while start < len(audio):
        size = sizes[turn % len(sizes)]
        meter.push(audio[start : start + size])
        start, turn = start + size, turn + 1
    found, whole = meter.loudness(), loudness(audio, RATE)
    assert found.integrated_lufs == pytest.approx(whole.integrated_lufs, abs=1e-4)
    assert found.short_term_max_lufs == pytest.approx(whole.short_term_max_lufs, abs=1e-4)
    assert found.range_lu == pytest.approx(whole.range_lu, abs=1e-3)


def test_the_loudest_three_seconds_are_found() -> None:
    sound = np.concatenate([sine(-30, 5), sine(-20, 4), sine(-30, 5)])
    found = loudness(sound, RATE)
    assert found.short_term_max_lufs == pytest.approx(-20, abs=0.1)
    assert found.momentary_max_lufs == pytest.approx(-20, abs=0.1)


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg, to compare with, is not installed.")
@pytest.mark.parametrize("rate", [22050, 44100, 48000, 96000])
@pytest.mark.parametrize("material", ["hard start", "half a second", "pauses", "bass", "quiet", "mono", "six channels"])
def test_ffmpegs_meter_reads_the_same(tmp_path: Path, material: str, rate: int) -> None:
    random, time_s = np.random.default_rng(3), np.arange(4 * rate) / rate
    music = sum(np.sin(2 * np.pi * f * time_s) for f in (55, 220, 277.2, 3300)) * np.exp(-3 * (time_s % 0.5)) / 5
    music += 0.05 * random.standard_normal(len(music))
    channels = {"mono": 1, "six channels": 6}.get(material, 2)
    audio = {
        "half a second": music[: rate // 2],
        "pauses": music * (time_s % 2 < 1),
        "bass": 0.5 * np.sin(2 * np.pi * 40 * time_s),
        "quiet": music * 0.002,
    }.get(material, music)
    path = tmp_path / "x.wav"
    soundfile.write(path, np.stack([audio * (1 - 0.1 * n) for n in range(channels)], axis=1), rate, subtype="FLOAT")
    stored, _ = soundfile.read(path, dtype="float32", always_2d=True)
    assert loudness_lufs(stored, rate) == pytest.approx(measured_by_ffmpeg(path), abs=0.1)


def test_the_weighting_lifts_treble_and_cuts_bass() -> None:
    gain_db = 10 * np.log10(k_weighting(48000, RATE)[1:])  # one bin a Hz
    assert gain_db[996] == pytest.approx(0.69, abs=0.02)
    assert gain_db[9999] == pytest.approx(4.0, abs=0.1)
    assert gain_db[19] < -12

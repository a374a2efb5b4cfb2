"""The limiter against another program's oversampling: soxr's."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from musicapp.audio.levels import to_db
from musicapp.audio.limiter import EDGE_SLOTS, SLOT_FRAMES, Limiter, true_peak

RATE = 44100
CEILING_DB = -1.0


def loud_music(seconds: float = 4.0) -> np.ndarray:
    """`(frames, 2)`: a bass with its octave, noise, and hits of up to +14 dBFS."""
    rng = np.random.default_rng(7)
    frames = int(seconds * RATE)
    time = np.arange(frames) / RATE
    tone = 0.6 * np.sin(2 * np.pi * 55 * time) + 0.3 * np.sin(2 * np.pi * 110 * time + 1)
    hits = np.zeros(frames)
    for start in range(RATE // 3, frames - 2000, RATE // 2):
        hits[start : start + 2000] += 5 * np.exp(-np.arange(2000) / 200) * rng.standard_normal(2000)
    both = tone[:, None] + hits[:, None] * (1.0, 0.6) + 0.05 * rng.standard_normal((frames, 2))
    return soxr.resample(soxr.resample(both, RATE, 32000), 32000, RATE)[:frames].astype(
        np.float32
    )  # as music, to 15 kHz


def limited(audio: np.ndarray, sizes: tuple[int, ...], **options: float) -> np.ndarray:
    limiter, out, first, turn = Limiter(audio.shape[1], **options), [], 0, 0
    while first < len(audio):
        size = sizes[turn % len(sizes)]
        out.append(limiter.push(audio[first : first + size]))
        first, turn = first + size, turn + 1
    return np.concatenate([*out, limiter.flush()])


def peak_by_soxr_db(audio: np.ndarray) -> float:
    return to_db(float(np.abs(soxr.resample(audio, RATE, 4 * RATE, quality="VHQ")).max()))


def test_no_true_peak_is_above_the_ceiling() -> None:
    audio = loud_music()
    assert peak_by_soxr_db(audio) > 10
    out = limited(audio, (30000,), ceiling_db=CEILING_DB)
    assert out.shape == audio.shape
    assert CEILING_DB - 1 < peak_by_soxr_db(out) <= CEILING_DB + 0.1


@pytest.mark.parametrize("sizes", [(1, 4000, 77777), (4096,), (10**6,)])
def test_the_bytes_are_the_same_however_blocks_fall(sizes: tuple[int, ...]) -> None:
    audio = loud_music()
    assert limited(audio, sizes).tobytes() == limited(audio, (65536,)).tobytes()


def test_what_is_quiet_enough_is_not_changed() -> None:
    audio = loud_music() / 20
    assert limited(audio, (5000,)).tobytes() == audio.tobytes()


def test_only_what_is_near_a_peak_is_lowered() -> None:
    audio = np.full((3 * RATE, 1), 0.25, np.float32)
    audio[RATE] = 4.0
    out = limited(audio, (8192,))
    reach = SLOT_FRAMES * (EDGE_SLOTS + 1)
    assert out[: RATE - reach].tobytes() == audio[: RATE - reach].tobytes()
    assert out[RATE + reach :].tobytes() == audio[RATE + reach :].tobytes()
    assert out[RATE - 10, 0] < 0.07  # already down when the peak comes
    assert np.abs(np.diff(out[: RATE - 1, 0])).max() < 0.001  # and got there without a step


def test_gain_comes_before_the_ceiling() -> None:
    audio = loud_music() / 40
    assert np.array_equal(limited(audio, (5000,), gain=2.0), 2 * audio)
    assert peak_by_soxr_db(limited(audio, (5000,), gain=40.0)) <= CEILING_DB + 0.1


def test_a_take_shorter_than_a_block_comes_out_whole() -> None:
    audio = loud_music()[:700]
    assert limited(audio, (700,)).shape == audio.shape
    assert limited(audio[:0], (700,)).shape == (0, 2)


def test_true_peaks_lie_between_samples() -> None:
    """A sine at a quarter of the rate whose samples all miss its crest by 3 dB."""
    sine = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4).astype(np.float32)[:, None]
    assert float(sine.max()) == pytest.approx(0.7071, abs=1e-3)
    assert true_peak(sine) == pytest.approx(1.0, abs=0.02)

"""The true peak of audio that comes in blocks, as a meter reads it (ITU-R BS.1770-5, annex 2).

The signal is read at quarters of a frame through a windowed sinc of 32 taps with the window that ffmpeg's meter has.
What is before a file, a meter may take for silence or, as ffmpeg's does, for the file's own reflection; where music
sets in suddenly the two differ by up to a decibel.
"""

from __future__ import annotations

import numpy as np

OVERSAMPLING, TAPS = 4, 32
SLOT_FRAMES = 32  # whose quarters are one row of a product
KAISER_BETA = 9.0
_SIDE = TAPS // 2


def _matrix() -> np.ndarray:
    """`(SLOT_FRAMES + TAPS - 1, SLOT_FRAMES * 3)` float32: the quarters of a slot from the frames around it."""
    places = np.arange(TAPS)[:, None] - (_SIDE - 1) - np.arange(1, OVERSAMPLING) / OVERSAMPLING
    taps = np.sinc(places) * np.i0(KAISER_BETA * np.sqrt(np.maximum(1 - (places / _SIDE) ** 2, 0)))
    taps /= taps.sum(axis=0)
    matrix = np.zeros((SLOT_FRAMES + TAPS - 1, SLOT_FRAMES, OVERSAMPLING - 1), np.float32)
    for frame in range(SLOT_FRAMES):
        matrix[frame : frame + TAPS, frame] = taps
    return matrix.reshape(SLOT_FRAMES + TAPS - 1, -1)


_MATRIX = _matrix()
_MOST = float(np.abs(_MATRIX).sum(axis=0).max())  # how far between frames it can rise above them


class TruePeakMeter:
    """Give it blocks in their order with `push`; `peak` and `inside` are of everything so far, linear."""

    def __init__(self, channels: int) -> None:
        self._held = np.zeros((0, channels), np.float32)  # looked at again with what follows
        self._first = self._held  # the start of the file, for its edge
        self._loudest = 0.0

    def push(self, audio: np.ndarray) -> None:
        """Take `(frames, channels)` float32."""
        if len(self._first) < TAPS:
            self._first = np.concatenate([self._first, audio[: TAPS - len(self._first)]])
        joined = np.concatenate([self._held, audio])
        self._loudest = max(self._loudest, float(np.abs(audio).max(initial=0.0)))
        self._loudest = max(self._loudest, _between(joined, self._loudest))
        self._held = joined[max(len(joined) - TAPS + 1, 0) :]

    @property
    def inside(self) -> float:
        """Of what has `TAPS` frames around it: for audio that begins anywhere, and has no end yet."""
        return self._loudest

    def peak(self) -> float:
        """As ffmpeg's meter reads it: a file is reflected at its start, and its very end is not read."""
        if not len(self._first):
            return 0.0
        return max(self._loudest, _between(np.concatenate([self._first[:0:-1], self._first])))


def true_peak(audio: np.ndarray) -> float:
    """`TruePeakMeter.peak` of `(frames, channels)` float32 in one piece."""
    meter = TruePeakMeter(audio.shape[1])
    for first in range(0, len(audio), 1 << 16):
        meter.push(audio[first : first + (1 << 16)])
    return meter.peak()


def _between(audio: np.ndarray, floor: float = 0.0) -> float:
    """The largest absolute value between those frames that have `TAPS` around them, where it can be above `floor`."""
    count = len(audio) - TAPS + 1
    if count <= 0:
        return 0.0
    slots = -(-count // SLOT_FRAMES)
    padded = np.concatenate([audio, np.zeros((slots * SLOT_FRAMES - count + SLOT_FRAMES, audio.shape[1]), np.float32)])
    peaks = np.abs(padded[: (slots + 1) * SLOT_FRAMES]).reshape(slots + 1, -1).max(axis=1)
    able = np.flatnonzero(np.maximum(peaks[:-1], peaks[1:]) * _MOST >= floor)
    rows = np.minimum(able * SLOT_FRAMES, max(count - SLOT_FRAMES, 0))
    windows = rows[:, None] + np.arange(SLOT_FRAMES + TAPS - 1)
    loudest = 0.0
    for channel in np.ascontiguousarray(padded.T, dtype=np.float32):
        quarters = (channel[windows] @ _MATRIX)[:, : count * (OVERSAMPLING - 1)]
        loudest = max(loudest, float(np.abs(quarters).max(initial=0.0)))
    return loudest

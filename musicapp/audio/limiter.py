"""A look-ahead limiter for audio that comes in blocks: no true peak above a ceiling, the same bytes however they fall.

The gain is a finite function of the samples around each frame, and frames are worked on in blocks that begin at fixed
places of the take: where the caller's own blocks begin and end changes nothing, not even a rounding.

True peaks are those of the signal four times oversampled (ITU-R BS.1770-5, annex 2).
"""

from __future__ import annotations

import numpy as np

from musicapp.audio.levels import from_db

BLOCK_FRAMES = 4096
SLOT_FRAMES = 32  # frames that share one value of the gain before it is smoothed
SMOOTHED_SLOTS = 40  # on each side: 29 ms at 44.1 kHz, slow enough to leave bass notes their shape
HELD_SLOTS = SMOOTHED_SLOTS + 1  # within which the loudest decides, so that smoothing cannot lift it
EDGE_SLOTS = HELD_SLOTS + SMOOTHED_SLOTS + 1  # that the gain of a block looks at on each side
OVERSAMPLING, TAPS = 4, 24
MARGIN_DB = 0.3  # what short filters miss near half the rate, and what a moving gain adds between samples


def _phases() -> np.ndarray:
    """`(TAPS, OVERSAMPLING - 1)` float32: a windowed sinc that reads a signal at quarters of a frame."""
    places = np.arange(TAPS)[:, None] - (TAPS // 2 - 1) - np.arange(1, OVERSAMPLING) / OVERSAMPLING
    taps = np.sinc(places) * np.cos(np.pi * places / (TAPS + 1)) ** 2
    return (taps / taps.sum(axis=0)).astype(np.float32)


def _oversampler() -> np.ndarray:
    """`(SLOT_FRAMES + TAPS - 1, SLOT_FRAMES * 3)` float32: what lies between the frames of a slot, as one product."""
    phases = _phases()
    matrix = np.zeros((SLOT_FRAMES + TAPS - 1, SLOT_FRAMES, OVERSAMPLING - 1), np.float32)
    for frame in range(SLOT_FRAMES):
        matrix[frame : frame + TAPS, frame] = phases
    return matrix.reshape(SLOT_FRAMES + TAPS - 1, -1)


_OVERSAMPLER = _oversampler()
_SMOOTHING = np.hanning(2 * SMOOTHED_SLOTS + 3)[1:-1]
_SMOOTHING /= _SMOOTHING.sum()


class Limiter:
    """Holds true peaks below a ceiling. Give it blocks in their order with `push`, then `flush`.

    channels     of the audio
    ceiling_db   the highest true peak, dBTP
    gain         applied before, linear
    """

    def __init__(self, channels: int, *, ceiling_db: float = -1.0, gain: float = 1.0) -> None:
        self._ceiling, self._gain = from_db(ceiling_db - MARGIN_DB), np.float32(gain)
        self._held = np.zeros((TAPS, channels), np.float32)  # what is not given yet, and what came just before
        self._peaks = np.zeros(EDGE_SLOTS, np.float32)  # of the slots before the next block, and of those behind

    def push(self, audio: np.ndarray) -> np.ndarray:
        """Take `(frames, channels)` float32; give all that can be given, which is up to 11,000 frames behind."""
        self._held = np.concatenate([self._held, audio * self._gain])
        self._look()
        return self._give()

    def flush(self) -> np.ndarray:
        """What is left, `(frames, channels)`. Nothing may be pushed afterwards."""
        left = len(self._held) - TAPS
        silence = np.zeros((2 * BLOCK_FRAMES + -left % BLOCK_FRAMES, self._held.shape[1]), np.float32)
        return self.push(silence)[:left]

    def _look(self) -> None:
        """Find the peaks of every whole block that is there, with what its last slot's interpolation reaches to."""
        while (start := SLOT_FRAMES * (len(self._peaks) - EDGE_SLOTS)) + BLOCK_FRAMES + 2 * TAPS <= len(self._held):
            block = self._held[start : start + BLOCK_FRAMES + 2 * TAPS]
            self._peaks = np.concatenate([self._peaks, slot_peaks(block, floor=self._ceiling / 2)])

    def _give(self) -> np.ndarray:
        """As many whole blocks as have known peaks on both sides."""
        slots, given = BLOCK_FRAMES // SLOT_FRAMES, []
        while len(self._peaks) >= slots + 2 * EDGE_SLOTS:
            block = self._held[TAPS : TAPS + BLOCK_FRAMES]
            given.append(_limited(block, self._peaks[: slots + 2 * EDGE_SLOTS], self._ceiling))
            self._held, self._peaks = self._held[BLOCK_FRAMES:], self._peaks[slots:]
        return np.concatenate(given) if given else self._held[:0]


def true_peak(audio: np.ndarray) -> float:
    """The largest absolute value of `(frames, channels)` float32 and of what lies between its frames, linear."""
    before, after = (np.zeros((size, audio.shape[1]), np.float32) for size in (TAPS, TAPS + -len(audio) % SLOT_FRAMES))
    return float(slot_peaks(np.concatenate([before, audio, after])).max(initial=0.0))


def slot_peaks(audio: np.ndarray, floor: float = 0.0) -> np.ndarray:
    """True peak of each slot, `(frames / SLOT_FRAMES,)`, of `(frames + 2 * TAPS, channels)` float32.

    floor  slots whose samples stay below are not oversampled; music rises by 3 dB at most between samples
    """
    peaks = np.abs(audio[TAPS:-TAPS]).reshape(-1, SLOT_FRAMES * audio.shape[1]).max(axis=1)
    loud = np.flatnonzero(peaks >= floor)
    if not len(loud):
        return peaks
    rows = loud[:, None] * SLOT_FRAMES + np.arange(SLOT_FRAMES + TAPS - 1) + (TAPS // 2 + 1)
    for channel in audio.T:
        between = channel[rows] @ _OVERSAMPLER
        peaks[loud] = np.maximum(peaks[loud], np.maximum(between.max(axis=1), -between.min(axis=1)))
    return peaks


def _limited(block: np.ndarray, peaks: np.ndarray, ceiling: float) -> np.ndarray:
    """A block with the peaks of its own slots and of `EDGE_SLOTS` more on each side."""
    if peaks.max() <= ceiling:
        return block.copy()
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    held = np.lib.stride_tricks.sliding_window_view(needed, 2 * HELD_SLOTS + 1).min(axis=1)
    smooth = np.convolve(held, _SMOOTHING, mode="valid")  # one slot more than the block has, on each side
    centres = (np.arange(len(smooth)) - 0.5) * SLOT_FRAMES
    gain = np.interp(np.arange(BLOCK_FRAMES) + 0.5, centres, smooth).astype(np.float32)
    return block * gain[:, None]

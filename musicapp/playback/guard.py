"""A guard in front of the sound card: nothing above full scale reaches it, whatever a take holds.

Takes of models without a limiter of their own go up to +12 dBFS. The sound card would cut them off, which is heard as
crackling; here the level goes down around the peak instead.
"""

from __future__ import annotations

import numpy as np

CEILING = np.float32(0.99)
ATTACK_FRAMES = 96  # over which the level goes down ahead of a peak, as far as the block reaches
RELEASE_FRAMES = 8192  # over which it comes back from nothing


class PeakGuard:
    """Lowers blocks that are too loud. Called by the sound card's thread alone; never waits.

    Samples are untouched, bit for bit, while nothing is too loud and the level is back at 1.
    """

    def __init__(self) -> None:
        self._gain = 1.0

    def apply(self, out: np.ndarray) -> None:
        """`(frames, channels)` float32, in place."""
        peak = max(float(out.max(initial=0.0)), -float(out.min(initial=0.0)))
        if peak <= 1.0 and self._gain == 1.0:
            return
        if not np.isfinite(peak):  # a damaged take: silence where its samples are no numbers
            np.nan_to_num(out, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
            self.apply(out)
            return
        gain = self._curve(out)
        for channel in range(out.shape[1]):
            np.multiply(out[:, channel], gain, out=out[:, channel])
        np.clip(out, -1, 1, out=out)  # where a peak stands at the very start of a block
        self._gain = 1.0 if gain[-1] >= 1.0 - 1.0 / RELEASE_FRAMES else float(gain[-1])

    def _curve(self, out: np.ndarray) -> np.ndarray:
        """`(frames,)`: never above what each sample needs, falling and rising in straight lines."""
        frames = np.arange(len(out), dtype=np.float32)
        needed = np.minimum(1.0, CEILING / np.maximum(np.abs(out).max(axis=1), 1e-9))
        fall, rise = frames / ATTACK_FRAMES, frames / RELEASE_FRAMES
        ahead = np.minimum.accumulate((needed + fall)[::-1])[::-1] - fall
        ahead[0] = min(ahead[0], self._gain + 1.0 / RELEASE_FRAMES)
        return np.maximum(np.minimum.accumulate(ahead - rise) + rise, 0).astype(np.float32)

    def rest(self) -> None:
        """Forget the level: what comes next does not follow from what was."""
        self._gain = 1.0

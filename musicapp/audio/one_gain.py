"""The one gain of an export, and what meters say of the file with it. Found in one pass, before anything is written."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from musicapp.audio import headroom, levels
from musicapp.audio.formats import ExportFormat, Finish
from musicapp.audio.loudness import Loudness, LoudnessMeter
from musicapp.audio.wave_chunks import Levels
from musicapp.errors import ExportError


@dataclass(frozen=True)
class Found:
    """What was measured of a sound at the rate of its file, linear where not said otherwise.

    true_peak  None where nobody needs it
    loudness   the same
    """

    peak: float
    true_peak: float | None
    loudness: Loudness | None


class Finder:
    """Measures what the format and the wishes need: `push` all blocks of the sound, then ask for what was `found`."""

    def __init__(
        self, form: ExportFormat, finish: Finish, *, sample_rate: int, channels: int, all_levels: bool
    ) -> None:
        with_loudness = all_levels or finish.loudness_lufs is not None
        self._loudness = LoudnessMeter(channels, sample_rate) if with_loudness else None
        self._true_peak = headroom.PeakFinder(sample_rate, channels) if with_loudness or form.is_lossy else None
        self._peak = 0.0

    def push(self, block: np.ndarray) -> None:
        """Take `(frames, channels)` float32. Raises ExportError for what is not a number."""
        peak = levels.peak(block)
        if not math.isfinite(peak):
            raise ExportError(
                "The sound has samples that are not numbers.",
                hint="Make a take again with other settings; write another file anew with the program that made it.",
            )
        self._peak = max(self._peak, peak)
        for meter in (self._loudness, self._true_peak):
            if meter is not None:
                meter.push(block)

    def found(self) -> Found:
        """Of everything pushed, which ends here."""
        true_peak = self._true_peak.peak() if self._true_peak else None
        return Found(self._peak, true_peak, self._loudness.loudness() if self._loudness else None)


def gain_for(found: Found, form: ExportFormat, finish: Finish) -> float:
    """The gain for the whole file: to the loudness as far as the ceiling allows; else only what samples need to fit.

    Lossy files begin with it and may need less, see `next_gain`.
    """
    wanted = _wanted(found, finish)
    gain = 1.0 if wanted is None else wanted
    if found.true_peak and wanted is not None:
        gain = min(gain, levels.from_db(finish.ceiling_dbtp) / found.true_peak)
    if form.is_lossy:
        return min(gain, aim(finish) / found.true_peak) if found.true_peak else gain
    if form.bits != 32 and gain * found.peak > (1.0 if gain == 1.0 else _ceiling(form)):
        gain = _ceiling(form) / found.peak
    return gain


def next_gain(gain: float, decoded_peak: float, finish: Finish) -> float:
    """The gain to try when a lossy file with `gain` came back with this true peak; the same when that will do."""
    return headroom.next_gain(gain, decoded_peak, aim(finish))


def aim(finish: Finish) -> float:
    """The true peak that lossy files stay below when they are decoded, linear."""
    below = min(finish.ceiling_dbtp + 1, 0.0) if finish.loudness_lufs is not None else 0.0
    return headroom.AIM * levels.from_db(below)


def held_back_db(found: Found, finish: Finish, gain: float) -> float:
    """By how much a gain stays below what the loudness asks for."""
    wanted = _wanted(found, finish)
    return max(levels.to_db(wanted) - levels.to_db(gain), 0.0) if wanted is not None else 0.0


def levels_of(found: Found, gain: float) -> Levels | None:
    """What meters say of the file after the gain; None where they were not asked."""
    if found.loudness is None or found.true_peak is None:
        return None
    by_db = levels.to_db(gain)
    moved = replace(
        found.loudness,
        integrated_lufs=found.loudness.integrated_lufs + by_db,
        short_term_max_lufs=found.loudness.short_term_max_lufs + by_db,
        momentary_max_lufs=found.loudness.momentary_max_lufs + by_db,
    )
    return Levels(moved, levels.to_db(found.true_peak) + by_db)


def _wanted(found: Found, finish: Finish) -> float | None:
    """The gain to the loudness, None where none is asked for or there is silence."""
    if finish.loudness_lufs is None or found.loudness is None or not math.isfinite(found.loudness.integrated_lufs):
        return None
    return levels.from_db(finish.loudness_lufs - found.loudness.integrated_lufs)


def _ceiling(form: ExportFormat) -> float:
    """The loudest sample of a file that had to be turned down; at 16 bit there must be room for the dither."""
    return {16: 1 - 2 / 2**15, 24: 1 - 1 / 2**23}.get(form.bits, 1.0)

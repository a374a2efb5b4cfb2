"""What a take's sound measures: its levels, and its outline in small. Read in one pass, remembered on disk.

The memory is a cache: a file of its own for each take, thrown away when the take's file is another than it was.
"""

from __future__ import annotations

import base64
import json
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from musicapp import paths
from musicapp.analysis.loudness import PowerMeter
from musicapp.audio import levels
from musicapp.audio.true_peak import TruePeakMeter
from musicapp.errors import LibraryError

log = logging.getLogger(__name__)

VERSION = 1
BLOCK_FRAMES = 1 << 17
OUTLINE_COLUMNS = 160
FULL_SCALE = 1.0  # a sample above it is cut off by what plays or stores whole numbers


@dataclass(frozen=True)
class Measures:
    """Levels of a whole take. What is silent has minus infinity.

    loudness_lufs  integrated, ITU-R BS.1770
    true_peak_db   dBTP
    peak_db        of the samples
    over_frames    how many are above full scale
    outline        `(OUTLINE_COLUMNS,)` uint8: the root mean square of each part, 255 in the loudest. Peaks would show
                   nothing of music that a limiter holds
    """

    loudness_lufs: float
    true_peak_db: float
    peak_db: float
    over_frames: int
    outline: np.ndarray

    @property
    def gain_as_exported_db(self) -> float:
        """By how much an export in whole numbers lowers the take, so that nothing clips; 0 if not at all."""
        return min(0.0, -self.peak_db)

    def matching_gain_db(self, target_lufs: float, ceiling_db: float) -> float:
        """The gain to a loudness, as far as the true peak stays below a ceiling; silence stays as it is."""
        if not math.isfinite(self.loudness_lufs):
            return 0.0
        return min(target_lufs - self.loudness_lufs, ceiling_db - self.true_peak_db)


def measured(path: Path, take_id: str, should_stop: Callable[[], bool] = lambda: False) -> Measures:
    """What is remembered of a take, or is read now. Raises LibraryError, also when told to stop."""
    try:
        stamp = _stamp(path)
        if known := _remembered(take_id, stamp):
            return known
        found = measure(path, should_stop)
    except (OSError, soundfile.LibsndfileError) as error:
        raise LibraryError(f"“{path.name}” cannot be measured.", detail=str(error)) from error
    _remember(take_id, stamp, found)
    return found


def measure(path: Path, should_stop: Callable[[], bool] = lambda: False) -> Measures:
    """Read a whole file. Raises OSError and soundfile.LibsndfileError, and LibraryError when told to stop."""
    with soundfile.SoundFile(path) as file:
        rate, frames = file.samplerate, max(file.frames, 1)
        loudness, true_peak = PowerMeter(file.channels, rate), TruePeakMeter(file.channels)
        power, peak, over, start = np.zeros(OUTLINE_COLUMNS), 0.0, 0, 0
        for block in file.blocks(BLOCK_FRAMES, dtype="float32", always_2d=True):
            if should_stop():
                raise LibraryError(f"“{path.name}” was not measured to its end.")
            np.nan_to_num(block, copy=False)
            loudness.push(block)
            true_peak.push(block)
            highest = np.abs(block[:, 0])
            for channel in block.T[1:]:  # several times faster than a maximum over interleaved channels
                np.maximum(highest, np.abs(channel), out=highest)
            peak, over = max(peak, float(highest.max())), over + int((highest > FULL_SCALE).sum())
            columns = (start + np.arange(len(block))) * OUTLINE_COLUMNS // frames
            firsts = np.flatnonzero(np.diff(columns, prepend=-1))
            power[columns[firsts]] += np.add.reduceat(np.square(highest), firsts)
            start += len(block)
    outline = np.sqrt(power / max(power.max(), 1e-12)) * 255
    return Measures(
        loudness.lufs(rate),
        levels.to_db(true_peak.peak()),
        levels.to_db(peak),
        over,
        np.rint(outline).astype(np.uint8),
    )


def _file(take_id: str) -> Path:
    return paths.cache_folder() / "takes" / f"{take_id}.json"


def _stamp(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _remembered(take_id: str, stamp: list[int]) -> Measures | None:
    try:
        values = json.loads(_file(take_id).read_text(encoding="ascii"))
        if values["version"] != VERSION or values["stamp"] != stamp:
            return None
        outline = np.frombuffer(base64.b64decode(values["outline"], validate=True), np.uint8)
        if len(outline) != OUTLINE_COLUMNS:
            return None
        return Measures(
            loudness_lufs=_level(values["loudness_lufs"]),
            true_peak_db=_level(values["true_peak_db"]),
            peak_db=_level(values["peak_db"]),
            over_frames=int(values["over_frames"]),
            outline=outline,
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None  # it is measured again


def _level(value: Any) -> float:
    """JSON knows no infinity: null is silence. Raises TypeError and ValueError."""
    level = levels.SILENCE_DB if value is None else float(value)
    if math.isnan(level) or level > 1000:
        raise ValueError("no level")
    return level


def _remember(take_id: str, stamp: list[int], found: Measures) -> None:
    told = {name: getattr(found, name) for name in ("loudness_lufs", "true_peak_db", "peak_db")}
    values = {
        "version": VERSION,
        "stamp": stamp,
        **{name: level if math.isfinite(level) else None for name, level in told.items()},
        "over_frames": found.over_frames,
        "outline": base64.b64encode(found.outline.tobytes()).decode("ascii"),
    }
    path = _file(take_id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        paths.replace_file(path, json.dumps(values).encode())
    except OSError as error:
        log.info("not remembered: %s", error)

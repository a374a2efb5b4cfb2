"""What a take's sound measures: levels, tempo, key, and its outline in small. Read in one pass, remembered on disk.

The memory is a cache: a file of its own for each take, thrown away when the take's file is another than it was.
"""

from __future__ import annotations

import base64
import json
import logging
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from musicapp import paths
from musicapp.audio import levels
from musicapp.errors import LibraryError

if TYPE_CHECKING:  # ears are for the first take, not for the start of the window
    from musicapp.analysis.heard import Heard

log = logging.getLogger(__name__)

VERSION = 3  # 2 knew no bars
OUTLINE_COLUMNS = 160
_LEVELS = ("loudness_lufs", "true_peak_db", "peak_db", "short_term_max_lufs")


@dataclass(frozen=True)
class Measures:
    """What is known of the sound of a whole take. What is silent has minus infinity.

    loudness_lufs  integrated, ITU-R BS.1770
    true_peak_db   dBTP
    peak_db        of the samples
    over_frames    how many are above full scale
    outline        `(OUTLINE_COLUMNS,)` uint8: the root mean square of each part, 255 in the loudest. Peaks would show
                   nothing of music that a limiter holds
    range_lu       how far quiet and loud passages are apart
    heard          None where there is nothing to hear a tempo in
    """

    loudness_lufs: float
    true_peak_db: float
    peak_db: float
    over_frames: int
    outline: np.ndarray
    range_lu: float
    short_term_max_lufs: float
    heard: Heard | None

    @property
    def gain_as_exported_db(self) -> float:
        """By how much an export in whole numbers lowers the take, so that nothing clips; 0 if not at all."""
        return min(0.0, -self.peak_db)

    def matching_gain_db(self, target_lufs: float, ceiling_db: float) -> float:
        """The gain to a loudness, as far as the true peak stays below a ceiling; silence stays as it is."""
        if not math.isfinite(self.loudness_lufs):
            return 0.0
        return min(target_lufs - self.loudness_lufs, ceiling_db - self.true_peak_db)

    def as_noted(self, path: Path) -> dict[str, Any]:
        """The same for a take's sidecar, see `library.sidecar`; None for what is not there. Raises OSError."""
        size, changed_ns = _stamp(path)
        return {
            "tempo_bpm": self.heard.tempo_bpm if self.heard else None,
            "key": self.heard.key if self.heard else None,
            "loudness_lufs": _noted(self.loudness_lufs),
            "loudness_range_lu": _noted(self.range_lu),
            "short_term_max_lufs": _noted(self.short_term_max_lufs),
            "true_peak_db": _noted(self.true_peak_db),
            "size": size,
            "changed_ns": changed_ns,
        }


def measured(path: Path, take_id: str, should_stop: Callable[[], bool] = lambda: False) -> Measures:
    """What is remembered of a take, or is read now. Raises LibraryError, also when told to stop."""
    try:
        stamp = _stamp(path)
    except OSError as error:
        raise LibraryError(f"“{path.name}” cannot be measured.", detail=str(error)) from error
    if known := _remembered(take_id, stamp):
        return known
    found = measure(path, should_stop)
    _remember(take_id, stamp, found)
    return found


def measure(path: Path, should_stop: Callable[[], bool] = lambda: False) -> Measures:
    """Read a whole file. Raises LibraryError, also when told to stop."""
    from musicapp.analysis import measures as files

    outline = _Outline()
    found = files.measure(path, on_block=outline.push, should_stop=should_stop)
    return Measures(
        found.loudness.integrated_lufs,
        found.true_peak_db,
        found.peak_db,
        found.over_frames,
        outline.columns(),
        found.loudness.range_lu,
        found.loudness.short_term_max_lufs,
        found.heard,
    )


class _Outline:
    """Root mean squares of the loudest channel, for a picture some pixels high."""

    def __init__(self) -> None:
        self._power, self._start = np.zeros(OUTLINE_COLUMNS), 0

    def push(self, block: np.ndarray, frames: int) -> None:
        highest = np.abs(block[:, 0])
        for channel in block.T[1:]:
            np.maximum(highest, np.abs(channel), out=highest)
        columns = (self._start + np.arange(len(block))) * OUTLINE_COLUMNS // max(frames, 1)
        firsts = np.flatnonzero(np.diff(columns, prepend=-1))
        self._power[columns[firsts]] += np.add.reduceat(np.square(highest), firsts)
        self._start += len(block)

    def columns(self) -> np.ndarray:
        """`(OUTLINE_COLUMNS,)` uint8."""
        return np.rint(np.sqrt(self._power / max(self._power.max(), 1e-12)) * 255).astype(np.uint8)


def _file(take_id: str) -> Path:
    return paths.cache_folder() / "takes" / f"{take_id}.json"


def _stamp(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _remembered(take_id: str, stamp: list[int]) -> Measures | None:
    try:
        values = json.loads(paths.read_small(_file(take_id)).decode("ascii"))
        if values["version"] != VERSION or values["stamp"] != stamp:
            return None
        outline = np.frombuffer(base64.b64decode(values["outline"], validate=True), np.uint8)
        if len(outline) != OUTLINE_COLUMNS:
            return None
        return Measures(
            **{name: _level(values[name]) for name in _LEVELS},
            over_frames=int(values["over_frames"]),
            outline=outline,
            range_lu=max(_level(values["range_lu"]), 0.0),
            heard=_heard(values["heard"]),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None  # it is measured again


def _level(value: Any) -> float:
    """JSON knows no infinity: null is silence. Raises TypeError and ValueError."""
    level = levels.SILENCE_DB if value is None else float(value)
    if math.isnan(level) or level > 1000:
        raise ValueError("no level")
    return level


def _noted(level: float) -> float | None:
    return round(level, 2) if math.isfinite(level) else None


def _heard(value: Any) -> Heard | None:
    """Raises KeyError, TypeError and ValueError."""
    if value is None:
        return None
    from musicapp.analysis.bars import Bars
    from musicapp.analysis.heard import TONICS, Heard

    told = value["bars"]
    bars = None
    if told is not None:
        bars = Bars(*(_level(told[name]) for name in ("first_s", "beat_s", "beats_in_bar", "certainty")))
        if not (bars.first_s >= 0 and bars.beat_s > 0.1 and bars.beats_in_bar >= 1):
            raise ValueError("no tempo or key")
    heard = Heard(_level(value["tempo_bpm"]), int(value["tonic"]), str(value["mode"]), bars)
    if not heard.tempo_bpm > 0 or not 0 <= heard.tonic < 12 or heard.mode not in TONICS:
        raise ValueError("no tempo or key")
    return heard


def _remember(take_id: str, stamp: list[int], found: Measures) -> None:
    told = {name: getattr(found, name) for name in _LEVELS}
    values = {
        "version": VERSION,
        "stamp": stamp,
        **{name: level if math.isfinite(level) else None for name, level in told.items()},
        "over_frames": found.over_frames,
        "range_lu": found.range_lu,
        "heard": asdict(found.heard) if found.heard else None,
        "outline": base64.b64encode(found.outline.tobytes()).decode("ascii"),
    }
    path = _file(take_id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        paths.replace_file(path, json.dumps(values).encode())
    except OSError as error:
        log.info("not remembered: %s", error)

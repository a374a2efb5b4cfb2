"""What a take may be made from, and the form it may be given: a source, passages of it, a loop."""

from __future__ import annotations

import itertools
import math
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import PureWindowsPath
from typing import Any, TypeVar, get_args, get_type_hints

from musicapp.errors import RequestError

MAX_NUMBER = 2**53  # out of a file; past it JSON's numbers are not exact, and arithmetic would overflow
MIN_REGION_S = 0.1
MAX_REGIONS = 32
MAX_SOURCE_S = 30 * 60.0
MAX_SHAPED_S = 60 * 60.0  # of a source with what is added to it
MAX_LOOP_BARS = 256
LEAST_BPM, MOST_BPM = 20.0, 400.0
USUAL_METRE = 4.0
SEAM_SHARE, LONGEST_SEAM_S = 0.25, 4.0

MAX_LANES, MAX_PICKS = 32, 512

Region = tuple[float, float]
Pick = tuple[float, int]
Part = TypeVar("Part", "Source", "Loop", "Lane")


@dataclass(frozen=True)
class Lane:
    """Another take of the same length, of which passages are taken. Fields as in `Source`."""

    path: str
    sha256: str = ""
    take_id: str = ""

    @property
    def name(self) -> str:
        """Of the file, without its folder."""
        return _name(self.path)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values, without what is not used."""
        return {name: value for name, value in asdict(self).items() if name == "path" or value}


@dataclass(frozen=True)
class Source:
    """A sound that a take is made from. One of variation, regions, picks and what is added says how.

    path       of its file; the name alone in exported files
    sha256     of its samples (`audio.source_file`); "" until they were read
    take_id    of the take that it is; "" for other sounds
    variation  how far from it to go, with all of it: 0 is the source through the autoencoder, 1 ignores it
    regions    passages to make anew, `(start_s, end_s)` each; everything else stays as it is
    before_s   music to add in front of it, seconds
    after_s    and behind it
    seam_s     length of the passage to make anew where its end runs into its beginning
    from_s, to_s  the part of it that is varied or closed to a loop; all where `to_s` is 0
    lanes      other takes of its length
    picks      which of them all is heard from when on, `(start_s, number)` each from 0 s on; 0 is the source itself, 1
               the first of the lanes
    joint_s    length of the passage to make anew around every change of lane; 0 is half a bar
    """

    path: str
    sha256: str = ""
    take_id: str = ""
    variation: float | None = None
    regions: tuple[Region, ...] = ()
    before_s: float = 0.0
    after_s: float = 0.0
    seam_s: float = 0.0
    from_s: float = 0.0
    to_s: float = 0.0
    lanes: tuple[Lane, ...] = ()
    picks: tuple[Pick, ...] = ()
    joint_s: float = 0.0

    @property
    def name(self) -> str:
        """Of the file, without its folder."""
        return _name(self.path)

    @property
    def paths(self) -> list[str]:
        """Of its file, and of those of its lanes."""
        return [self.path, *(lane.path for lane in self.lanes)]

    @property
    def stays(self) -> bool:
        """Whether most of it stays as it is."""
        return self.variation is None

    @property
    def heard_lanes(self) -> list[Lane]:
        """Those of its lanes of which something is heard."""
        return [lane for number, lane in enumerate(self.lanes, 1) if any(pick[1] == number for pick in self.picks)]

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values, without what is not used."""
        values = asdict(self) | {
            "regions": [list(region) for region in self.regions],
            "picks": [list(pick) for pick in self.picks],
            "lanes": [lane.as_dict() for lane in self.lanes],
        }
        unused: tuple[object, ...] = ("", None, [], 0.0)
        return {name: value for name, value in values.items() if name in ("path", "variation") or value not in unused}


@dataclass(frozen=True)
class Loop:
    """The end of a take runs into its beginning.

    bars, bpm  how long it is: so many bars of a tempo; 0 where the length was given in seconds
    metre      beats in a bar
    """

    bars: int = 0
    bpm: float = 0.0
    metre: float = USUAL_METRE

    @property
    def duration_s(self) -> float:
        """The exact length, 0 where it was given in seconds."""
        return self.bars * self.metre * 60 / self.bpm if self.bars else 0.0

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values, without what is not used."""
        return asdict(self) if self.bars else {}


def recall_part(kind: type[Part], values: Any) -> Part | None:
    """What `as_dict` wrote; None for anything else, also where it holds more than this version knows."""
    if not isinstance(values, dict):
        return None
    kinds = get_type_hints(kind)
    given = dict(values)
    if kind is Source:
        pairs = {name: _recalled_pairs(given[name], numbers) for name, numbers in _PAIRS.items() if name in given}
        lanes = given.get("lanes", ())
        whole = [recall_part(Lane, lane) for lane in lanes] if isinstance(lanes, list | tuple) else [None]
        if None in whole or None in pairs.values():
            return None
        given |= pairs | ({"lanes": tuple(whole)} if "lanes" in given else {})
    plain = {name: value for name, value in given.items() if kind is not Source or name not in (*_PAIRS, "lanes")}
    if not all(name in kinds and is_of(kinds[name], value) for name, value in plain.items()):
        return None
    try:
        return kind(**given)
    except TypeError:
        return None


_PAIRS: dict[str, tuple[type, type]] = {"regions": (float, float), "picks": (float, int)}


def _recalled_pairs(values: Any, kinds: tuple[type, type]) -> tuple[tuple[Any, Any], ...] | None:
    """Pairs of numbers out of JSON; None for anything else."""
    found: list[tuple[Any, Any]] = []
    for pair in values if isinstance(values, list | tuple) else [None]:
        if not (isinstance(pair, list | tuple) and len(pair) == 2 and all(map(is_of, kinds, pair))):
            return None
        found.append((kinds[0](pair[0]), kinds[1](pair[1])))
    return tuple(found)


def _name(path: str) -> str:
    return PureWindowsPath(path).name or path


def is_of(kind: Any, value: object) -> bool:
    """Whether a value out of JSON can stand in a field; whole numbers are also numbers, but nothing endless is."""
    if type(value) not in _accepted(kind):
        return False
    return not isinstance(value, int | float) or abs(value) <= MAX_NUMBER


@lru_cache(maxsize=64)  # asked for each value of thousands of takes
def _accepted(kind: Any) -> frozenset[type]:
    """The types of JSON values, of which True and False are none here, nor is a list."""
    kinds = {part for part in (get_args(kind) or (kind,)) if part is not bool}
    if getattr(kind, "__origin__", None) is tuple:
        return frozenset()
    return frozenset(kinds | {int} if float in kinds else kinds)


def usual_seam_s(duration_s: float) -> float:
    """How much of a loop is made anew around the place where its end runs into its beginning."""
    return min(SEAM_SHARE * duration_s, LONGEST_SEAM_S)


def check_shape(source: Source | None, loop: Loop | None) -> None:
    """Raise RequestError, naming the first thing that cannot be used."""
    if source is not None:
        _check_source(source)
    if loop is not None and loop.bars:
        if not 1 <= loop.bars <= MAX_LOOP_BARS:
            raise RequestError(f"A loop of {loop.bars} bars cannot be made.", hint=f"Use 1 to {MAX_LOOP_BARS}.")
        if not LEAST_BPM <= loop.bpm <= MOST_BPM:
            raise RequestError(
                f"A loop at {loop.bpm:g} beats per minute cannot be made.",
                hint=f"Use {LEAST_BPM:g} to {MOST_BPM:g}.",
            )
        if not 1 <= loop.metre <= 16:
            raise RequestError(f"A bar of {loop.metre:g} beats cannot be looped.", hint="Use 1 to 16.")
    if loop is not None and source is not None:
        raise RequestError("A loop is not made from a source.", hint="Leave one of the two away.")


def _check_source(source: Source) -> None:
    ways = [
        source.variation is not None,
        bool(source.regions),
        source.before_s or source.after_s,
        source.seam_s,
        bool(source.picks or source.lanes),
    ]
    if sum(map(bool, ways)) != 1:
        raise RequestError(
            "It must be said in one way what to do with the source.",
            hint="Vary it, make passages of it anew, add music to it, close it to a loop, or glue it with other takes.",
        )
    if source.variation is not None and not 0 <= source.variation <= 1:
        raise RequestError(
            f"A variation of {source.variation:g} cannot be made.",
            hint="Use 0 to 1: 0 is the source itself, 1 ignores it.",
        )
    for added in (source.before_s, source.after_s, source.seam_s, source.joint_s):
        if not 0 <= added <= MAX_SHAPED_S:
            raise RequestError("So much music cannot be added.", hint="Type a time, for example 0:30.")
    part = (source.from_s, source.to_s)
    can_be_a_part = bool(source.seam_s) or source.variation is not None
    if part != (0.0, 0.0) and not (can_be_a_part and all(map(math.isfinite, part)) and 0 <= part[0] < part[1]):
        raise RequestError("That part cannot be used.", hint="Give its start and its end, for example 0:08-0:16.")
    if len(source.regions) > MAX_REGIONS:
        raise RequestError(f"{len(source.regions)} passages are too many.", hint=f"Use {MAX_REGIONS} at most.")
    for start, end in source.regions:
        if not (math.isfinite(start) and math.isfinite(end) and start >= 0 and end - start > MIN_REGION_S - 1e-6):
            raise RequestError(
                "A passage to make anew must last a tenth of a second or more.",
                hint="Give its start and its end, for example 0:05-0:08.",
            )
    ordered = sorted(source.regions)
    if any(first[1] > second[0] for first, second in itertools.pairwise(ordered)):
        raise RequestError("Two of the passages overlap.", hint="Make one of them, or move them apart.")
    if source.picks or source.lanes:
        _check_picks(source)


def _check_picks(source: Source) -> None:
    if not 1 <= len(source.lanes) < MAX_LANES:
        raise RequestError("There are too few or too many takes to glue.", hint=f"Use 2 to {MAX_LANES}.")
    if not 1 <= len(source.picks) <= MAX_PICKS:
        raise RequestError("Passages of the takes must be chosen.", hint=f"Choose 1 to {MAX_PICKS}.")
    starts = [start for start, _ in source.picks]
    if not all(map(math.isfinite, starts)) or starts[0] != 0 or any(a >= b for a, b in itertools.pairwise(starts)):
        raise RequestError(
            "The chosen passages must begin one after the other, the first at 0:00.",
            hint="For example the first from 0:00 on, the second from 0:08 on.",
        )
    if not all(0 <= number <= len(source.lanes) for _, number in source.picks):
        raise RequestError(
            "A passage was chosen of a take that is not there.", hint=f"There are {len(source.lanes) + 1} takes."
        )

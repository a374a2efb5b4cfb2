"""What a composed piece really is: the facts that captions are written from and takes are measured against."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple


class Section(NamedTuple):
    """One part of the form, in seconds. Names: intro, A, B, break, climax, outro."""

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Truth:
    """The exact description of one piece.

    style        a name in `styles.STYLES`
    tempo_bpm    felt beats per minute; 0 when there is no pulse to hear (drones, single sounds)
    key          tonic spelled with sharps ("C#"); "" when nothing has a pitch (drum loops)
    mode         "major", "minor", "dorian" and so on; "" without a key
    metre        "4/4", "7/8"...; "" without a pulse. In 6/8 and 12/8 a beat is three eighths, in 7/8 two
    sections     in order, covering 0 to `duration_s`
    instruments  names in `instruments.INSTRUMENTS` that sound, drums included as "drums" or "percussion"
    lead         the name that carries the tune, or the most prominent one
    energy       0 (still) to 1 (full force)
    kind         "song", "loop", "one-shot" or "recording"
    caption      what somebody wrote of a recording, of which no more is known; "" for composed pieces
    """

    style: str
    tempo_bpm: float
    key: str
    mode: str
    metre: str
    sections: tuple[Section, ...]
    instruments: tuple[str, ...]
    lead: str
    has_drums: bool
    energy: float
    moods: tuple[str, ...]
    duration_s: float
    kind: str
    caption: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The facts as plain JSON values."""
        values = asdict(self) | {"sections": [list(section) for section in self.sections]}
        return values if self.caption else {name: value for name, value in values.items() if name != "caption"}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Truth:
        """The inverse of `as_dict`."""
        lists = {name: tuple(values[name]) for name in ("instruments", "moods")}
        sections = tuple(Section(*section) for section in values["sections"])
        return cls(**{**values, **lists, "sections": sections})

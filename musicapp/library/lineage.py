"""What a take was made from: another take, or a sound from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PureWindowsPath

from musicapp.library.take import Take
from musicapp.shape import Source

MAX_HOW_CHARACTERS = 40


@dataclass(frozen=True)
class Origin:
    """how: the beginning of a sentence that ends in the name of what it was made from

    take_id  of a take, "" for another sound
    name     of the sound's file, "" where that is not known
    """

    how: str
    take_id: str = ""
    name: str = ""


def origin_of(take: Take) -> Origin | None:
    """What the request says, or else `made_from` in the sidecar; None for a take that was made from nothing."""
    if (source := take.request.source) is not None:
        return Origin(_how(source), source.take_id, source.name)
    if not take.made_from:
        return None
    stated, take_id, name = (take.made_from.get(key) for key in ("how", "take_id", "name"))
    how = stated if isinstance(stated, str) and 0 < len(stated) <= MAX_HOW_CHARACTERS else "made"
    return Origin(
        f"{how[:1].upper()}{how[1:]} from",
        take_id if isinstance(take_id, str) else "",
        PureWindowsPath(name).name if isinstance(name, str) else "",
    )


def _how(source: Source) -> str:
    if source.variation is not None:
        return "A variation of"
    if source.picks:
        return f"Glued of {len(source.lanes) + 1} takes, the first of them"
    if source.regions:
        return "With passages made anew of"
    return "Longer than" if source.before_s or source.after_s else "Made from"

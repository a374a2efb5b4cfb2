"""What a take was made from: another take, or a sound from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath

from musicapp.library.take import Take
from musicapp.library.takes import TRASH
from musicapp.request import TakeRequest
from musicapp.shape import Lane, Source

MAX_HOW_CHARACTERS = 40
DAY_PARTS = 4  # of the path of a take: year, month, day, name


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


def relocated(request: TakeRequest, folder: Path, path_of: Callable[[str], Path | None]) -> TakeRequest:
    """The request with the takes that it is made from where they are by now: moved with their folder, or in the trash.

    folder   of the takes
    path_of  where the take of an id is, None when it is not listed
    Sounds from elsewhere, and takes that are nowhere, stay as they are stated.
    """
    if (source := request.source) is None:
        return request

    def place(part: Source | Lane) -> str:
        stated = Path(part.path)
        if not part.take_id or _is_file(stated):
            return part.path
        inside = stated.relative_to(folder) if stated.is_relative_to(folder) else Path(*stated.parts[-DAY_PARTS:])
        places = (path_of(part.take_id), folder / TRASH / inside)
        return next((str(found) for found in places if found is not None and _is_file(found)), part.path)

    lanes = tuple(replace(lane, path=place(lane)) for lane in source.lanes)
    return replace(request, source=replace(source, path=place(source), lanes=lanes))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # what a damaged file states as a path
        return False


def _how(source: Source) -> str:
    if source.variation is not None:
        return "A variation of"
    if source.picks:
        return f"Glued of {len(source.lanes) + 1} takes, the first of them"
    if source.regions:
        return "With passages made anew of"
    return "Longer than" if source.before_s or source.after_s else "Made from"

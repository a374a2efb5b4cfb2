"""The exported file is the project: the settings in it, and what of them this computer cannot have again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from musicapp.audio import tags, wave_io
from musicapp.errors import CheckpointError, LibraryError
from musicapp.request import BUILTIN_MODEL, Lora, Recalled, TakeRequest, new_take_id, note_about
from musicapp.shape import Lane, Source

MOST_FILES = 2000  # that are looked at for an adapter
SHOWN_COMMIT = 10


@dataclass(frozen=True)
class Project:
    """What a file says of how it was made.

    request   with the adapters that are here
    left_out  settings that this version does not know
    software  the program that wrote the file, "" if it does not say
    notes     what cannot be as it was, and what to do about it
    """

    request: TakeRequest
    left_out: dict[str, Any]
    software: str
    notes: tuple[tuple[str, str], ...]


def project_of(path: Path, *, known: Iterable[Lora] = ()) -> Project:
    """The settings that made an exported file or a take. Raises LibraryError when there are none in it.

    known  adapters that were used before, among and beside which missing ones are looked for
    """
    written = wave_io.read_tags(path)
    found = tags.recalled(written, new_take_id())
    if found is None:
        raise LibraryError(
            f"“{path.name}” has no settings of Musicapp in it.",
            hint="Programs that edit or convert a file may take them out; the file that was exported has them.",
        )
    beside = [Lora(str(other)) for other in _adapters_in(path.absolute().parent)] if found.request.loras else []
    request, gone = split_gone(found.request, (*known, *beside))
    request, source_note = _with_source(request, path.absolute().parent)
    adapters = (_gone_note(found, each) for each in gone)
    notes = (note_about(found.left_out), _model_note(found, written), *adapters, source_note)
    return Project(request, found.left_out, written.get("software", ""), tuple(note for note in notes if note[0]))


def with_commit(request: TakeRequest, left_out: dict[str, Any]) -> dict[str, Any]:
    """What goes into a file besides the request: which revision of a downloaded model made it."""
    commit = _commit_here(request)
    return {**left_out, tags.COMMIT: commit} if commit else left_out


def split_gone(request: TakeRequest, known: Iterable[Lora] = ()) -> tuple[TakeRequest, list[Path]]:
    """A take's request with those adapters that are on this disk, and the paths of the others.

    known  adapters that were used before: one of the same name beside them is taken, or one of the same content
    """
    found, gone = [], []
    for lora in request.loras:
        path = _find(lora, [Path(other.path) for other in known])
        if path is None:
            gone.append(Path(lora.path))
        else:
            found.append(replace(lora, path=str(path), sha256=""))
    return replace(request, loras=tuple(found)), gone


def _find(lora: Lora, known: list[Path]) -> Path | None:
    """Where an adapter lies; exported files have its name and checksum alone."""
    path = Path(lora.path)
    if path.is_absolute() and path.is_file():
        return path
    beside = [folder / path.name for folder in dict.fromkeys(other.parent for other in known)]
    for candidate in (*beside, *known):
        same_name = not lora.sha256 and candidate.name == path.name
        if candidate.is_file() and (same_name or (lora.sha256 and tags.sha256(str(candidate)) == lora.sha256)):
            return candidate
    return None


def _with_source(request: TakeRequest, folder: Path) -> tuple[TakeRequest, tuple[str, str]]:
    """The request with its source where it lies: exported files have its name alone; beside them it is found."""
    source = request.source
    if source is None:
        return request, ("", "")
    sounds: list[Source | Lane] = [source, *source.lanes]
    paths = {sound.path: _beside(sound, folder) for sound in sounds}
    found = replace(
        source,
        path=paths[source.path] or source.path,
        lanes=tuple(replace(lane, path=paths[lane.path] or lane.path) for lane in source.lanes),
    )
    heard: list[Source | Lane] = [source, *source.heard_lanes]
    gone = next((sound for sound in heard if not paths[sound.path]), None)
    return replace(request, source=found), ("", "") if gone is None else (
        f"The sound “{gone.name}” that it was made from is not here.",
        "Put it beside the file, then recall the file again.",
    )


def _beside(sound: Source | Lane, folder: Path) -> str:
    """Where a sound lies: at its place, else in a folder; "" for neither."""
    for candidate in (Path(sound.path), folder / sound.name):
        if candidate.is_absolute() and candidate.is_file():
            return str(candidate)
    return ""


def _adapters_in(folder: Path) -> list[Path]:
    try:
        names = sorted(name for name in folder.iterdir() if name.suffix.lower() == ".safetensors")
    except OSError:
        return []
    return names[:MOST_FILES]


def _model_note(found: Recalled, written: dict[str, str]) -> tuple[str, str]:
    from musicapp.description import catalogue  # here and below: a tenth of the time until the window is shown

    request, made_with = found.request, (tags.settings_of(written) or {}).get(tags.COMMIT)
    try:
        catalogue.find_model(request.model)
    except CheckpointError as error:
        return error.message, error.hint
    here = _commit_here(request)
    if isinstance(made_with, str) and made_with and here != made_with:
        other = f"revision {here[:SHOWN_COMMIT]}" if here else "another copy"
        return (
            f"It was made by revision {made_with[:SHOWN_COMMIT]} of “{request.model}”; here is {other}.",
            f"To get that one: musicapp models get {request.model} --revision {made_with[:40]}",
        )
    return "", ""


def _commit_here(request: TakeRequest) -> str:
    if request.model == BUILTIN_MODEL:
        return ""
    from musicapp.description import catalogue
    from musicapp.store import sources

    try:
        source = sources.read(catalogue.find_model(request.model))
    except CheckpointError:
        return ""
    return source.commit if source else ""


def _gone_note(found: Recalled, path: Path) -> tuple[str, str]:
    sha256 = next((lora.sha256 for lora in found.request.loras if Path(lora.path) == path), "")
    how = f" (SHA-256 {sha256[:12]}…)" if sha256 else ""
    return f"The adapter “{path.name}”{how} is not here.", "Put it beside the file, then recall the file again."

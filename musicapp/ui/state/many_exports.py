"""Several takes written at once: each into a file of its own, or all into one project. Runs in a lane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from musicapp.audio import wave_io
from musicapp.errors import ExportError, MusicAppError
from musicapp.handover import exporting, material, naming
from musicapp.handover.exporting import ExportSettings
from musicapp.library import names
from musicapp.library.takes import Take

Report = Callable[[float], None]
Stopped = Callable[[], bool]


@dataclass
class Written:
    """What came of it: files, and sentences about those that could not be written."""

    files: list[tuple[Take, wave_io.ExportResult]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def write_files(
    takes: list[Take], folder: Path, settings: ExportSettings, template: str, report: Report, stopped: Stopped
) -> Written:
    """Every take by the template, whole, under a free name; what one of them lacks costs no other."""
    written = Written()
    for number, take in enumerate(takes, 1):

        def part(share: float, before: int = number - 1) -> None:
            report((before + share) / len(takes))

        try:
            source = material.of_take(take)
            named = naming.name_of(source, template, number=number)
            target = names.free_path(folder, named.name, settings.suffix)
            result = exporting.export_material(source, target, settings, on_progress=part, should_stop=stopped)
        except MusicAppError as error:
            written.failed.append(error.message)
        else:
            if not result.cancelled:
                written.files.append((take, result))
        if stopped():
            break
    return written


def write_project(
    takes: list[Take], folder: Path, settings: ExportSettings, template: str, report: Report, stopped: Stopped
) -> Path | None:
    """All takes as tracks of one archive for DAWs, named as the first; None when told to stop. Raises MusicAppError."""
    from musicapp.handover import dawproject  # late: it reads XML and archives, and the window starts without them

    sources = [material.of_take(take) for take in takes]
    target = names.free_path(folder, naming.name_of(sources[0], template).name, dawproject.SUFFIX)
    whole = dawproject.write(sources, target, settings, on_progress=report, should_stop=stopped)
    return target if whole else None


def make_folder(folder: Path) -> None:
    """A folder to export to. Raises ExportError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            f"The folder “{folder}” cannot be made.", hint="Choose another folder to export to.", detail=str(error)
        ) from error

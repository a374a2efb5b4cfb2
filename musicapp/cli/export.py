"""`musicapp export`: takes and other audio files into files for DAWs, samplers and players."""

from __future__ import annotations

import argparse
import itertools
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from musicapp.cli.arguments import a_path, refuse_own_source
from musicapp.errors import ExportError, MusicAppError, RequestError, paths_in_words
from musicapp.request import format_duration

if TYPE_CHECKING:
    from musicapp.audio.formats import ExportResult
    from musicapp.handover.exporting import ExportSettings
    from musicapp.handover.material import Material

FORMATS = ("wav", "flac", "ogg", "opus", "mp3")
SUBTYPES = {"16": "wav16", "24": "wav24", "float": "wav32f"}
PRESETS = ("daw", "loop", "streaming", "share", "podcast", "broadcast", "video", "cd", "original")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `export` command."""
    parser = subparsers.add_parser(
        "export",
        help="write takes for other programs",
        description="Write takes, or any audio files, for DAWs, samplers and players. The settings that made a take go "
        "with it, so that “musicapp recall” finds them. The path of every file is printed.",
    )
    add = parser.add_argument
    add("take", nargs="+", metavar="TAKE", help="an audio file, or the id of a take in the folder of takes")
    add(
        "-o", "--output", type=a_path, metavar="FILE", help="where to write a single one; the ending chooses the format"
    )
    add("--folder", type=a_path, metavar="FOLDER", help="where to write, by names of the template (default: here)")
    add("--name", metavar="TEMPLATE", help="of names, such as {title}_{bpm}bpm_{key}_{seed}_{n}")
    add("--preset", choices=PRESETS, default="daw", help="what it is for (default daw); the other options change it")
    add("--format", choices=FORMATS, help="file format")
    add("--subtype", choices=tuple(SUBTYPES), help="samples of a WAV file: 16 with dither, 24 or float")
    add("--rate", type=int, metavar="HZ", help="sample rate")
    add("--loudness", type=float, metavar="LUFS", help="integrated loudness to bring it to, such as -14")
    add("--ceiling", type=float, metavar="DBTP", help="true peak that the loudness never passes (default -1)")
    add("--part", metavar="START-END", help="a part of it, such as 0:05-0:09.5")
    add("--zero-crossings", action="store_true", help="move the edges of the part to zero crossings within 10 ms")
    add("--fade-in", type=float, metavar="S", help="seconds")
    add("--fade-out", type=float, metavar="S", help="seconds")
    add("--loop", action="store_true", help="the file repeats: samplers read where")
    add("--broadcast", action="store_true", help="a bext chunk with the levels")
    add("--dawproject", type=a_path, metavar="FILE", help="all of them as tracks of one project for DAWs")
    add(
        "--force", action="store_true", help="replace a file that exists; else a number is added to names of a template"
    )


def run(args: argparse.Namespace) -> int:
    """Export everything; 1 when one could not be, and the others are exported all the same."""
    from musicapp.handover import exporting

    settings = settings_from(args)
    part_s = read_part(args.part) if args.part else None
    if args.output is not None and (len(args.take) > 1 or args.folder or args.name):
        raise RequestError("--output names one file.", hint="Use --folder and --name for several.")
    if args.dawproject is not None:
        return _write_project(args, settings)
    failed, written = False, set[str]()
    for number, word in enumerate(args.take, 1):
        try:
            material = find(word)
            named = partial(target_for, args, material, settings, number, written)
            result = _export(material, named, settings, part_s, args)
        except MusicAppError as error:
            if len(args.take) == 1:
                raise
            failed = True
            print(f"musicapp: {error.message} {error.hint}".rstrip(), file=sys.stderr)
            continue
        if note := exporting.told(result, settings):
            print(f"{result.path.name}: {note}.", file=sys.stderr)
        print(result.path, flush=True)
        written.add(str(result.path).casefold())
    return 1 if failed else 0


def _export(
    material: Material,
    named: Callable[[], Path],
    settings: ExportSettings,
    part_s: tuple[float, float] | None,
    args: argparse.Namespace,
) -> ExportResult:
    """Write one. A free name that another program takes meanwhile is given up for the next. Raises MusicAppError."""
    from musicapp.handover import exporting

    while True:
        target = named()
        _check(material, target, part_s)
        try:
            return exporting.export_material(material, target, settings, part_s=part_s, overwrite=args.force)
        except ExportError:
            if args.output is not None or args.force or not target.exists():
                raise


def _check(material: Material, target: Path, part_s: tuple[float, float] | None) -> None:
    """Before the work: the target is no source of it, and the part lies in the sound. Raises ExportError."""
    refuse_own_source(target, [material.path])
    if part_s is not None and round(part_s[1] * material.sample_rate) > material.frames:
        lasts, part = format_duration(material.duration_s), "-".join(map(format_duration, part_s))
        raise ExportError(
            f"The part {part} does not lie inside of “{material.path.name}”, which lasts {lasts}.",
            hint=f"Give times from 0:00 to {lasts}.",
        )


def _write_project(args: argparse.Namespace, settings: ExportSettings) -> int:
    from musicapp.handover import dawproject

    for option in ("output", "folder", "name", "part"):
        if getattr(args, option) is not None:
            raise RequestError(f"--{option} and --dawproject do not go together.", hint="A project has whole takes.")
    target: Path = args.dawproject.absolute()
    target = target if target.suffix else target.with_name(target.name + dawproject.SUFFIX)
    materials = [find(word) for word in args.take]
    refuse_own_source(target, [material.path for material in materials])
    dawproject.write(materials, target, settings, overwrite=args.force)
    print(target)
    return 0


def settings_from(args: argparse.Namespace) -> ExportSettings:
    """The preset with what the options change. Raises RequestError."""
    from musicapp.handover import exporting

    settings = exporting.PRESETS[args.preset].settings
    ending = args.output.suffix.lower().lstrip(".") if args.output else ""
    form = args.format or ending or ""
    if form and form not in FORMATS:
        raise RequestError(f"“.{ending}” is no format that can be written.", hint=f"Use one of: {', '.join(FORMATS)}.")
    if args.subtype and form not in ("", "wav"):
        raise RequestError(f"--subtype is for WAV files, not for {form}.", hint="Leave it away.")
    if args.subtype:
        settings = replace(settings, format=SUBTYPES[args.subtype])
    elif form and settings.suffix != f".{form}":
        settings = replace(settings, format="wav24" if form == "wav" else form)
    given = {
        "sample_rate": args.rate,
        "loudness_lufs": args.loudness,
        "ceiling_dbtp": args.ceiling,
        "fade_in_s": args.fade_in,
        "fade_out_s": args.fade_out,
        "at_zero_crossings": args.zero_crossings or None,
        "is_loop": args.loop or None,
        "is_broadcast": args.broadcast or None,
    }
    return exporting.checked(replace(settings, **{name: value for name, value in given.items() if value is not None}))


def read_part(text: str) -> tuple[float, float]:
    """Two times in seconds from "0:05-0:09.5". Raises RequestError."""
    start, dash, end = text.replace("–", "-").partition("-")
    hint = "Give a start and a later end, such as 0:05-0:09.5."
    if not dash:
        raise RequestError(f"“{text[:40]}” is no part.", hint=hint)
    start_s, end_s = (_time(word, hint) for word in (start, end))
    if end_s <= start_s:
        raise RequestError(f"The part “{text[:40]}” has no length.", hint=hint)
    return start_s, end_s


def _time(text: str, hint: str) -> float:
    """Seconds from "65", "1:05.25" or "1:01:05"."""
    match = re.fullmatch(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,6}(?:[.,]\d{1,9})?)", text.strip())
    if match is None:
        raise RequestError(f"“{text.strip()[:40]}” is no time.", hint=hint)
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups())
    return 3600 * hours + 60 * minutes + seconds


def find(word: str) -> Material:
    """An audio file, or the take of an id or its beginning. Raises LibraryError and RequestError."""
    from musicapp import paths
    from musicapp.handover import material
    from musicapp.library import takes

    path = Path(word)
    with paths_in_words():
        is_file = path.is_file()
    if is_file:
        take = takes.load(path) if _has_sidecar(path) else None
        return material.of_take(take) if take else material.of_file(path)
    if path.suffix or len(path.parts) != 1:
        return material.of_file(path)  # which says what is wrong with it
    found = [take for take in takes.list_takes(paths.takes_folder()) if take.take_id.startswith(word)]
    if len(found) != 1:
        how_many = "No take has" if not found else f"{len(found)} takes have"
        raise RequestError(f"{how_many} an id that begins with “{word[:40]}”.", hint="Give a file, or the whole id.")
    return material.of_take(found[0])


def _has_sidecar(path: Path) -> bool:
    from musicapp.library import sidecar

    try:
        return isinstance(sidecar.read(path).get("request"), dict)
    except sidecar.DAMAGE:
        return False


def target_for(
    args: argparse.Namespace, material: Material, settings: ExportSettings, number: int, written: set[str]
) -> Path:
    """Where the file goes; a name of the template gets a number when it is taken, with --force only when the same
    command has `written` it. Raises RequestError.
    """
    from musicapp.handover import naming
    from musicapp.library import names

    if args.output is not None:
        output: Path = args.output
        return output.absolute() if output.suffix else output.absolute().with_name(output.name + settings.suffix)
    folder = (args.folder or Path()).absolute()
    named = naming.name_of(material, args.name or naming.DEFAULT, number=number if len(args.take) > 1 else None)
    if named.note:
        print(f"{named.name}: {named.note}", file=sys.stderr)
    if not args.force:
        return names.free_path(folder, named.name, settings.suffix)
    numbered = (f"{named.name} ({count})" for count in itertools.count(2))
    places = (folder / f"{name}{settings.suffix}" for name in (named.name, *itertools.islice(numbered, len(written))))
    return next(place for place in places if str(place).casefold() not in written)

"""`musicapp recall`: the settings that made a file, as lines, as JSON, or as the same music once more."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from musicapp.cli.arguments import a_path
from musicapp.request import VERSION, Lora, TakeRequest, format_duration, guided_levels
from musicapp.shape import Loop, Source

if TYPE_CHECKING:
    from musicapp.handover.recalling import Project


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `recall` command."""
    parser = subparsers.add_parser(
        "recall",
        help="the settings that made a file",
        description="Read the settings out of a file that Musicapp exported, in any format, and say what of them "
        "cannot be had again here. The last line is the command that makes the music again.",
    )
    parser.add_argument("file", type=a_path, metavar="FILE", help="an exported file, or a take")
    parser.add_argument("--json", action="store_true", help="print an object")
    parser.add_argument(
        "-o", "--output", type=a_path, metavar="FILE", help="make the same music once more, into this file"
    )
    parser.add_argument("--force", action="store_true", help="replace the output file if it exists")


def run(args: argparse.Namespace) -> int:
    """Tell of the file, or make it again. Raises MusicAppError."""
    from musicapp import settings
    from musicapp.handover import recalling

    known = [Lora(path) for loras in settings.load().adapters.values() for path in loras]
    project = recalling.project_of(args.file, known=known)
    for text, hint in project.notes:
        print(f"{text} {hint}", file=sys.stderr)
    if args.output is not None:
        return _make_again(project, args)
    if args.json:
        print(json.dumps(values_of(args.file, project), indent=2))
        return 0
    for name, value in _rows(project):
        print(f"{name + ':':17s} {value}")
    if _has_command(project.request):
        print(shlex.join(["musicapp", *command_of(project.request)]))
    else:
        name = f"./{args.file}" if str(args.file).startswith("-") else str(args.file)
        print(shlex.join(["musicapp", "recall", name, "-o", f"again{args.file.suffix}"]))
    return 0


def values_of(path: Path, project: Project) -> dict[str, object]:
    """Everything as plain JSON values."""
    request = project.request.as_dict()
    del request["take_id"]
    return {
        "file": str(path),
        "software": project.software,
        "settings": request,
        "not_understood": project.left_out,
        "not_restored": [f"{text} {hint}".rstrip() for text, hint in project.notes],
        "command": ["musicapp", *command_of(project.request)] if _has_command(project.request) else None,
    }


def _has_command(request: TakeRequest) -> bool:
    """Whether options say all of it: they make by newer rules, `comp` by the settings of its first file, and music at
    one end at a time."""
    source = request.source
    is_said = source is None or not (source.picks or (source.before_s and source.after_s))
    return is_said and request.version == VERSION


def command_of(request: TakeRequest) -> list[str]:
    """The words behind `musicapp` that ask for these settings; without the source where its options cannot say it."""
    source = request.source
    words = ["generate", "--seed", str(request.seed)]
    if not (source and not request.is_variation) and not (request.loop and request.loop.bars):
        words += ["--seconds", _plain(request.duration_s)]
    given = {
        "--negative": request.negative_prompt,
        "--steps": request.steps,
        "--guidance": None if request.guidance_scale is None else _plain(request.guidance_scale),
        "--guidance-levels": _levels(request),
        "--quality": "" if request.quality == "full" else request.quality,
        "--sampler": request.sampler,
        "--denoising": request.denoising,
        "--model": request.model,
        "--text-encoder": request.text_encoder,
        "--precision": "" if request.precision == "auto" else request.precision,
    }
    for option, value in given.items():
        if value not in (None, ""):
            words += [f"{option}={value}"] if str(value).startswith("-") else [option, str(value)]
    for lora in request.loras:
        words += ["--lora", f"{lora.path}:{_plain(lora.strength)}"]
    words += _source_words(source) if source else _loop_words(request.loop) if request.loop else []
    return [*words, *(["--"] if request.prompt.startswith("-") else []), request.prompt]


def _levels(request: TakeRequest) -> str:
    low, high = guided_levels(request)
    return "" if (low, high) == (0, 1) else f"{_plain(low)}-{_plain(high)}"


def _plain(value: float) -> str:
    """A number to its last digit, without an exponent, whose dash would stand for that between two numbers."""
    return format(Decimal(repr(value)), "f")


def _source_words(source: Source) -> list[str]:
    part = ["--part", f"{_plain(source.from_s)}-{_plain(source.to_s)}"] if source.to_s else []
    if source.variation is not None:
        return ["--init-audio", source.path, "--variation", _plain(source.variation), *part]
    if source.regions:
        passages = (("--region", f"{_plain(start)}-{_plain(end)}") for start, end in source.regions)
        return ["--inpaint", source.path, *(word for pair in passages for word in pair)]
    if source.seam_s:
        return ["--close-loop", source.path, *part]
    added = source.before_s or source.after_s
    return ["--extend", source.path, "--by", _plain(added), *(["--before"] if source.before_s else [])]


def _loop_words(loop: Loop) -> list[str]:
    if not loop.bars:
        return ["--loop"]
    return ["--loop", "--bars", str(loop.bars), "--bpm", _plain(loop.bpm), "--beats", _plain(loop.metre)]


def _make_again(project: Project, args: argparse.Namespace) -> int:
    """By the request itself, and so by the rules of the version that it is of."""
    from musicapp.cli import generate

    wanted = argparse.Namespace(output=args.output, format=None, subtype=None)
    return generate.make(project.request, *generate.choose_target(wanted, project.request), force=args.force)


def _rows(project: Project) -> list[tuple[str, object]]:
    request = project.request
    rows = [
        ("Prompt", request.prompt),
        ("Avoid", request.negative_prompt),
        ("Length", format_duration(request.duration_s)),
        ("Seed", str(request.seed)),
        ("Model", request.model),
        ("Steps", request.steps),
        ("Guidance", request.guidance_scale),
        ("Sampler", request.sampler),
        ("Source", request.source.path if request.source else None),
        ("Loop", "yes" if request.loop else None),
        ("Precision", request.precision),
        *(("Adapter", f"{lora.path} × {lora.strength:g}") for lora in request.loras),
        ("Made by", project.software),
    ]
    return [(name, value) for name, value in rows if value not in (None, "")]

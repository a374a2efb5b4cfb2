"""`musicapp recall`: the settings that made a file, as lines, as JSON, or as the same music once more."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from musicapp.request import Lora, TakeRequest, format_duration

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
    parser.add_argument("file", type=Path, metavar="FILE", help="an exported file, or a take")
    parser.add_argument("--json", action="store_true", help="print an object")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="make the same music once more, into this file"
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
    print(shlex.join(["musicapp", *command_of(project.request)]))
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
        "command": ["musicapp", *command_of(project.request)],
    }


def command_of(request: TakeRequest) -> list[str]:
    """The words behind `musicapp` that make this music."""
    words = ["generate", "--seconds", repr(request.duration_s), "--seed", str(request.seed)]
    given = {
        "--negative": request.negative_prompt,
        "--steps": request.steps,
        "--guidance": None if request.guidance_scale is None else f"{request.guidance_scale:g}",
        "--sampler": request.sampler,
        "--model": request.model,
        "--text-encoder": request.text_encoder,
        "--precision": "" if request.precision == "auto" else request.precision,
    }
    for option, value in given.items():
        if value not in (None, ""):
            words += [option, str(value)]
    for lora in request.loras:
        words += ["--lora", f"{lora.path}:{lora.strength:g}"]
    return [*words, *(["--"] if request.prompt.startswith("-") else []), request.prompt]


def _make_again(project: Project, args: argparse.Namespace) -> int:
    from musicapp.cli import generate

    parser = argparse.ArgumentParser(prog="musicapp")
    generate.add_parser(parser.add_subparsers())
    command, *words = command_of(project.request)
    words = [command, "-o", str(args.output), *(["--force"] if args.force else []), *words]
    return generate.run(parser.parse_args(words))


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
        ("Precision", request.precision),
        *(("Adapter", f"{lora.path} × {lora.strength:g}") for lora in request.loras),
        ("Made by", project.software),
    ]
    return [(name, value) for name, value in rows if value not in (None, "")]

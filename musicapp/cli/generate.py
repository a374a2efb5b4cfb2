"""`musicapp generate`: a prompt becomes a file, with progress on stderr and the file's path on stdout."""

from __future__ import annotations

import argparse
import contextlib
import math
import queue
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from musicapp import part_files
from musicapp.cli import shaping
from musicapp.cli.arguments import a_path, refuse_own_source
from musicapp.cli.progress import Display
from musicapp.cli.stopping import INTERRUPTED, TERMINATED, Terminated, sigterm_raises
from musicapp.errors import EngineError, ExportError, RequestError
from musicapp.library import names
from musicapp.request import (
    BUILTIN_MODEL,
    DENOISING,
    DEVICES,
    PRECISIONS,
    QUALITIES,
    VERSION,
    Lora,
    TakeRequest,
    check_seed,
    checked,
    new_take_id,
    random_seed,
)

if TYPE_CHECKING:
    from musicapp.engine.events import Event, Finished, Started
    from musicapp.engine.host import EngineHost

FORMATS = ("wav", "flac", "ogg", "opus", "mp3")
SUBTYPES = {"16": "wav16", "24": "wav24", "float": "wav32f"}
EXAMPLES = {"variation": "0.25", "number of bars": "8", "tempo": "120", "number of beats": "3", "noise level": "0.3"}
ANSWER_LIMIT_S = 10.0  # how long to wait for the engine to confirm a cancel


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `generate` command."""
    parser = subparsers.add_parser(
        "generate",
        help="make music from a prompt",
        description="Make music from a prompt and write it to a file, whose path is printed last. "
        "The same prompt, seed and settings give the same file.",
    )
    add = parser.add_argument
    add("prompt", nargs="?", help="what it should sound like; - reads it from the standard input")
    add("-o", "--output", type=a_path, metavar="FILE", help="where to write; the ending chooses the format")
    add(
        "--seconds",
        metavar="N",
        help="length: 30, 12.5, 1:30 or 8 bars (default 30, or that of the sound it starts from)",
    )
    add("--seed", metavar="N", help="a whole number; the same one makes the same music (default: a new one)")
    add("--steps", metavar="N", help="sampling steps: more takes longer (default: the model's)")
    add("--guidance", metavar="X", help="how strictly to follow the prompt, 1 = off (default: the model's)")
    add("--guidance-levels", metavar="L-H", help="guide only between these noise levels, 0 to 1 (default: at all)")
    add("--quality", choices=QUALITIES, default="full", help="quick: of 20 steps and more, those alike cost less")
    add("--sampler", metavar="S", help="sampling method (default: the model's)")
    add("--denoising", choices=DENOISING, help="long takes at once, or (default) in windows, which is heard sooner")
    add("--negative", default="", metavar="TEXT", help="what to avoid")
    add("--model", default=BUILTIN_MODEL, metavar="M", help="a name from “musicapp models list”, or a folder")
    add("--text-encoder", metavar="FOLDER", help="its text encoder, if that lies neither in nor beside the model")
    add("--lora", action="append", default=[], metavar="FILE[:X]", help="an adapter, X times as strong; repeatable")
    add("--device", default="auto", metavar="D", help=f"{', '.join(DEVICES)} (default auto)")
    add("--precision", default="auto", metavar="P", help=f"{', '.join(PRECISIONS)} (default auto)")
    add("--format", choices=FORMATS, help="file format, if not the one of the file's ending")
    add("--subtype", choices=tuple(SUBTYPES), help="samples of a WAV file (default float, as the model made it)")
    add("--force", action="store_true", help="replace the output file if it exists")
    shaping.add_options(parser)


def run(args: argparse.Namespace) -> int:
    """Make the take; 0 when the file is there, 130 after Ctrl-C. Raises MusicAppError."""
    request = read_request(args)
    return make(request, *choose_target(args, request), force=args.force)


def make(request: TakeRequest, target: Path, form: str, *, force: bool) -> int:
    """Make the take of a request that was checked, as `run` does."""
    check_target(target, force=force)
    if request.source is not None:
        refuse_own_source(target, request.source.paths)
    display = Display(sys.stderr)
    _note_unknown_words(request, display)
    part_files.sweep(target.parent)
    temporary = part_files.beside(target)
    try:
        with sigterm_raises():
            started, finished = _make(request, temporary, display)
            _deliver(temporary, target, form, started, force=force)
    except KeyboardInterrupt:
        display.end("Cancelled.")
        return INTERRUPTED
    except Terminated:
        display.end("Cancelled.")
        return TERMINATED
    finally:
        display.end()
        temporary.unlink(missing_ok=True)
    display.say(f"Seed {started.request.seed}, made in {finished.total_s:.1f} s.")
    print(target)
    return 0


def read_request(args: argparse.Namespace) -> TakeRequest:
    """The request that the options describe. Raises RequestError with one sentence about the first bad one."""
    prompt = _read_stdin() if args.prompt == "-" else args.prompt
    source = shaping.source_of(args, prompt, _number)
    if prompt is None:
        prompt = shaping.prompt_of(source)
    loop = shaping.loop_of(args, prompt, _number)
    low, high = (None, None) if args.guidance_levels is None else _levels(args.guidance_levels)
    request = TakeRequest(
        take_id=new_take_id(),
        prompt=prompt,
        duration_s=shaping.duration_of(args, prompt, source, loop, *_longest(args.model)),
        seed=random_seed() if args.seed is None else check_seed(whole("seed", args.seed)),
        negative_prompt=args.negative,
        steps=None if args.steps is None else whole("number of steps", args.steps),
        guidance_scale=None if args.guidance is None else _number("guidance", args.guidance),
        guidance_low=low,
        guidance_high=high,
        quality=args.quality,
        sampler=args.sampler,
        model=args.model,
        device=args.device,
        precision=args.precision,
        text_encoder=str(Path(args.text_encoder).absolute()) if args.text_encoder else "",
        loras=tuple(read_lora(text) for text in args.lora),
        denoising=args.denoising,
        source=source,
        loop=loop,
        version=VERSION,
    )
    return checked(request)


def _levels(text: str) -> tuple[float, float]:
    """Two noise levels from "0.2-0.9"."""
    low, dash, high = text.partition("-")
    if not dash:
        raise RequestError(f"“{text[:40]}” does not name two noise levels.", hint="For example: 0.2-0.9")
    return _number("noise level", low), _number("noise level", high)


def _longest(model: str) -> tuple[float, str]:
    """The longest take of a model by its description, before seconds go into loading it, and the model's name."""
    from musicapp.description import catalogue

    folder = catalogue.find_model(model)
    return catalogue.max_duration_s(folder), catalogue.name_of(folder)


def _note_unknown_words(request: TakeRequest, display: Display) -> None:
    from musicapp.description import catalogue
    from musicapp.prompts import vocabulary
    from musicapp.prompts.facts import without_read

    folder = catalogue.find_model(request.model)
    words = vocabulary.read_vocabulary(folder)
    rest = without_read(request.prompt) if catalogue.follows_facts(folder) else request.prompt
    if note := vocabulary.note_about(words.unknown_in(rest)) if words else "":
        display.say(note)


def read_lora(text: str) -> Lora:
    """An adapter from "FILE" or "FILE:STRENGTH"."""
    path, _, strength = text.rpartition(":")
    try:
        factor = float(strength.replace(",", "."))
    except ValueError:  # the colon, if there is one, belongs to the path
        path, factor = "", 1.0
    return Lora(str(Path(path or text).absolute()), factor)


def choose_target(args: argparse.Namespace, request: TakeRequest) -> tuple[Path, str]:
    """The output file and its format as `audio.wave_io.export` names it. Raises RequestError."""
    path: Path | None = args.output
    ending = path.suffix.lower().lstrip(".") if path else ""
    form = args.format or ending or "wav"
    if form not in FORMATS:
        raise RequestError(f"“.{ending}” is no format that can be written.", hint=f"Use one of: {', '.join(FORMATS)}.")
    if args.subtype and form != "wav":
        raise RequestError(f"--subtype is for WAV files, not for {form}.", hint="Leave it away.")
    if path is None:
        path = Path(f"{names.suggest_name(request)}.{form}")
    return path.absolute(), SUBTYPES[args.subtype or "float"] if form == "wav" else form


def check_target(target: Path, *, force: bool) -> None:
    """Find out before the work whether the file can be written. Raises ExportError."""
    if target.is_dir():
        raise ExportError(f"“{target}” is a folder.", hint="Give the name of a file.")
    if target.exists() and not force:
        raise ExportError(f"There already is a file “{target}”.", hint="Choose another name, or replace it by --force.")
    if not target.parent.is_dir():
        raise ExportError(f"There is no folder “{target.parent}”.", hint="Make it first, or choose another one.")
    probe = part_files.beside(target)
    try:
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise ExportError(
            f"Nothing can be written in “{target.parent}”.", hint="Choose another folder.", detail=str(error)
        ) from error


def _make(request: TakeRequest, path: Path, display: Display) -> tuple[Started, Finished]:
    """Run the engine until the float take is at `path`. Raises MusicAppError, KeyboardInterrupt or Terminated."""
    from musicapp.engine.events import Cancelled, Failed, Finished, Started
    from musicapp.engine.host import EngineHost

    events: queue.Queue[Event] = queue.Queue()
    host = EngineHost(events.put)
    started: Started | None = None
    try:
        host.generate(request, path)
        for event in _received(events):
            display.show(event)
            match event:
                case Started():
                    started = event
                case Failed():
                    raise EngineError(event.message, hint=event.hint)
                case Finished() if started is not None:
                    return started, event
                case Cancelled():
                    raise KeyboardInterrupt
    except (KeyboardInterrupt, Terminated):
        display.end("Stopping ...")
        _cancel(host, request.take_id, events)
        raise
    finally:
        host.close()
    raise AssertionError("the engine's events never end without a closing one")


def _cancel(host: EngineHost, take_id: str, events: queue.Queue[Event]) -> None:
    """Ask the engine to give up and wait until its file is gone; a second Ctrl-C waits no longer."""
    from musicapp.engine.events import Cancelled, Failed, Finished

    host.cancel(take_id)
    with contextlib.suppress(queue.Empty, KeyboardInterrupt):
        while not isinstance(events.get(timeout=ANSWER_LIMIT_S), Cancelled | Failed | Finished):
            pass


def _received(events: queue.Queue[Event]) -> Iterator[Event]:
    while True:
        try:
            yield events.get(timeout=0.5)  # with a limit: on Windows a wait without one cannot be interrupted
        except queue.Empty:
            continue


def _deliver(take: Path, target: Path, form: str, started: Started, *, force: bool) -> None:
    """Bring the finished take to its place and format. Raises ExportError."""
    from musicapp.audio.tags import request_tags, shared_tags
    from musicapp.audio.wave_io import export

    if started.request.is_loop:  # samplers and DAWs read that it is one, and its tempo
        from musicapp.handover import exporting, material

        exporting.export_material(material.of_file(take), target, exporting.ExportSettings(form), overwrite=force)
        return
    tags = shared_tags(started.request)
    if form == "wav32f" and tags == request_tags(started.request):  # the take itself, which names no folders
        check_target(target, force=force)  # again: minutes have passed
        try:
            take.replace(target)
        except OSError as error:
            raise ExportError(f"“{target}” could not be written.", hint="Choose another place.") from error
        return
    export(take, target, sample_rate=started.sample_rate, format=form, tags=tags, overwrite=force)


def _read_stdin() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise RequestError("The prompt on the standard input is not text.", hint="Give it as UTF-8.") from error


def whole(what: str, text: str) -> int:
    """A number as typed. Raises RequestError, which says what it was to be."""
    try:
        return int(text)
    except ValueError:
        raise RequestError(f"The {what} “{text[:40]}” is not a whole number.", hint="Use digits only.") from None


def _number(what: str, text: str) -> float:
    with contextlib.suppress(ValueError):
        number = float(text.replace(",", "."))
        if math.isfinite(number):
            return number
    example = EXAMPLES.get(what, "6.5")
    raise RequestError(f"The {what} “{text[:40]}” is not a number.", hint=f"For example: {example}")

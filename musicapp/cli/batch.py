"""`musicapp batch`: a file of rows becomes a folder of takes; killed and started again, it makes what is missing."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from musicapp.cli.arguments import a_path
from musicapp.cli.generate import FORMATS, SUBTYPES
from musicapp.cli.progress import Display
from musicapp.cli.stopping import INTERRUPTED, TERMINATED, Terminated, sigterm_raises
from musicapp.errors import MusicAppError, RequestError, paths_in_words
from musicapp.request import check_duration, format_duration

if TYPE_CHECKING:
    from musicapp.engine.events import Event
    from musicapp.queueing.batch import Result, Workers
    from musicapp.queueing.batch_file import Fault, Row
    from musicapp.queueing.entries import Entries
    from musicapp.request import TakeRequest

FAILED = 1
NAMED_AT_MOST = 20


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `batch` command."""
    parser = subparsers.add_parser(
        "batch",
        help="make many takes from a CSV or JSON lines file",
        description="Make a take of each row of a CSV or JSON lines file. All rows are checked before anything is "
        "made. Started again, after a kill too, it makes only what is not there yet.",
    )
    add = parser.add_argument
    add("file", type=a_path, help=".csv with a line of column names, or .jsonl; each needs a prompt")
    add("-o", "--output", type=a_path, required=True, metavar="FOLDER", help="where the takes go")
    add("--format", choices=FORMATS, default="wav", help="file format (default wav)")
    add("--subtype", choices=tuple(SUBTYPES), help="samples of WAV files (default float, as the model made it)")
    add("--check", action="store_true", help="only say what is wrong with the file, or what there is to make")
    add("--json", action="store_true", help="one JSON object a line instead of words")
    add("--ray", metavar="ADDRESS", help="make the takes on this Ray cluster: HOST:PORT, ray://HOST:PORT or auto")
    add("--workers", type=int, metavar="N", help="with --ray: engines at work (default: one for each node)")


def run(args: argparse.Namespace) -> int:
    """Make what is missing; 0 when every take is there, 1 when one failed, 130 after Ctrl-C. Raises MusicAppError."""
    from musicapp.queueing import batch_file

    if args.subtype and args.format != "wav":
        raise RequestError(f"--subtype is for WAV files, not for {args.format}.", hint="Leave it away.")
    if args.workers is not None and (args.workers < 1 or not args.ray):
        raise RequestError("--workers goes with --ray, and is 1 or more.", hint="Here one engine uses all cores.")
    form = SUBTYPES[args.subtype or "float"] if args.format == "wav" else args.format
    found = batch_file.read(args.file)
    faults = list(found.faults)
    if not args.ray:  # whose nodes have models and files of their own
        faults += [*_not_makeable(found.rows), *_without_files(found.rows, args, form)]
    if faults:
        _tell_faults(sorted(faults, key=lambda fault: fault.line), args)
        raise RequestError(
            f"{_count(len(faults), 'line')} of “{args.file.name}” cannot be made, so nothing was.",
            hint="Correct the file; --check says whether all is well.",
        )
    if not found.rows:
        raise RequestError(
            f"“{args.file.name}” has no rows.", hint="Each row asks for a take: prompt, seconds, seed ..."
        )
    if args.check:
        return _check(found.rows, args, form)
    return _make(found.rows, args, form)


def _make(rows: list[Row], args: argparse.Namespace, form: str) -> int:
    from musicapp.queueing import batch
    from musicapp.queueing.batch_folder import BatchFolder

    display = Display(sys.stderr)
    counts: Counter[str] = Counter()
    with BatchFolder(args.output) as folder:
        start = partial(_workers, args, folder.folder, form, display)
        results = batch.run(rows, folder, form, start, partial(_tell_begin, len(rows), display))
        try:
            with sigterm_raises(), contextlib.closing(results):
                for result in results:
                    counts[result.status] += 1
                    display.end()
                    _tell(result, args)
        except (KeyboardInterrupt, Terminated) as stop:
            display.end(
                f"Stopped: {counts['made'] + counts['there']} of {len(rows)} takes are there. Start it again to go on."
            )
            return INTERRUPTED if isinstance(stop, KeyboardInterrupt) else TERMINATED
    words = [f"{counts['made']} made", f"{counts['there']} there already", f"{counts['failed']} failed"]
    display.end(f"{_count(len(rows), 'take')}: {', '.join(words)}.")
    return FAILED if counts["failed"] else 0


def _workers(args: argparse.Namespace, folder: Path, form: str, display: Display) -> Workers:
    if args.ray:
        from musicapp.queueing.ray_workers import RayWorkers

        return RayWorkers(args.ray, args.workers, folder, form)
    from musicapp.engine.events import Queued
    from musicapp.queueing.batch import Alone
    from musicapp.queueing.maker import Maker

    is_started = False

    def show(event: Event) -> None:
        nonlocal is_started
        if not (isinstance(event, Queued) and is_started):
            display.show(event)
        is_started = True

    return Alone(Maker(show), folder, form)


def _check(rows: list[Row], args: argparse.Namespace, form: str) -> int:
    from musicapp.queueing.batch import key_of
    from musicapp.queueing.batch_folder import BatchFolder

    there = BatchFolder(args.output).done()
    missing = [row for row in rows if key_of(row, form) not in there]
    left_s = _expected_s(missing)
    if args.json:
        print(json.dumps({"rows": len(rows), "there": len(rows) - len(missing), "to_make": len(missing)}))
    else:
        about = f", about {format_duration(max(1, round(left_s)))}" if left_s else ""
        print(f"{_count(len(rows), 'row')}, {len(rows) - len(missing)} there already, {len(missing)} to make{about}.")
    return 0


def _not_makeable(rows: list[Row]) -> list[Fault]:
    """Rows whose model is not here, or makes nothing as long."""
    from musicapp.description import catalogue
    from musicapp.queueing.batch_file import Fault

    faults = []
    for row in rows:
        try:
            folder = catalogue.find_model(row.request.model)
            name = catalogue.name_of(folder)
            check_duration(row.request.duration_s, cap_s=catalogue.max_duration_s(folder), model_name=name)
        except MusicAppError as error:
            faults.append(Fault(row.line, error.message, error.hint))
    return faults


def _without_files(rows: list[Row], args: argparse.Namespace, form: str) -> list[Fault]:
    """Rows whose adapter, text encoder or source is not there, but for those whose take is."""
    from musicapp.queueing.batch import key_of
    from musicapp.queueing.batch_file import Fault
    from musicapp.queueing.batch_folder import BatchFolder

    lacking = []
    for row in rows:
        try:
            missing = _missing_file(row.request)
        except MusicAppError as error:
            lacking.append((row, Fault(row.line, error.message, error.hint)))
        else:
            if missing:
                lacking.append((row, Fault(row.line, f"There is no {missing}.", "Check its path.")))
    done = BatchFolder(args.output).done() if lacking else {}
    return [fault for row, fault in lacking if key_of(row, form) not in done]


def _missing_file(request: TakeRequest) -> str:
    """What of a request is not there, "" for nothing. Raises MusicAppError for a path that the system refuses."""
    wanted = [("adapter", lora.path) for lora in request.loras]
    if request.source is not None:
        wanted += [("source", path) for path in request.source.paths]
    with paths_in_words():
        if request.text_encoder and not Path(request.text_encoder).is_dir():
            return f"text encoder “{request.text_encoder}”"
        return next((f"{what} “{path}”" for what, path in wanted if not Path(path).is_file()), "")


def _expected_s(rows: list[Row]) -> float | None:
    """Seconds that these take by what earlier ones took; None where nothing tells."""
    from musicapp.engine.pace import Speeds

    speeds = Speeds()
    times = [speeds.expected_s(row.request, Path(row.request.model).name) for row in rows]
    return None if None in times else sum(time for time in times if time is not None)


def _tell_begin(total: int, display: Display, entries: Entries) -> None:
    from musicapp.engine.pace import Speeds

    speeds, entry = Speeds(), entries.making[-1]
    times = [speeds.expected_s(each.request, Path(each.request.model).name) for each in entries]
    left = "" if None in times else f", about {format_duration(max(1, round(sum(filter(None, times)))))} left for all"
    display.say(f"{total - len(entries) + len(entries.making)} of {total}: {entry.request.prompt[:60]}{left}")


def _tell(result: Result, args: argparse.Namespace) -> None:
    path = str(args.output / result.done.file) if result.done else ""
    if args.json:
        values = {"line": result.row.line, "status": result.status, "seed": result.row.request.seed}
        if result.done:
            values |= {"file": path, "sha256": result.done.sha256}
        if result.status == "made":
            values["seconds"] = round(result.took_s, 3)
        if result.message:
            values |= {"message": result.message, "hint": result.hint}
        print(json.dumps(values), flush=True)
    elif result.status == "failed":
        print(f"line {result.row.line}  failed  {result.message} {result.hint}".rstrip(), flush=True)
    else:
        took = f"  {result.took_s:.1f} s" if result.status == "made" else ""
        print(f"line {result.row.line}  {result.status}  {path}{took}", flush=True)


def _tell_faults(faults: list[Fault], args: argparse.Namespace) -> None:
    if args.json:
        for fault in faults:
            print(json.dumps({"line": fault.line, "status": "refused", "message": fault.message, "hint": fault.hint}))
        return
    for fault in faults[:NAMED_AT_MOST]:
        print(fault, file=sys.stderr)
    if len(faults) > NAMED_AT_MOST:
        print(f"And {len(faults) - NAMED_AT_MOST} more.", file=sys.stderr)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"

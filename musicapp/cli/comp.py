"""`musicapp comp`: the best passages of several takes of one length, glued."""

from __future__ import annotations

import argparse
from dataclasses import replace

from musicapp.cli import generate, shaping
from musicapp.cli.arguments import a_path
from musicapp.errors import RequestError
from musicapp.request import VERSION, TakeRequest, check_seed, checked, new_take_id, parse_duration, random_seed
from musicapp.shape import Lane, Pick, Source


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `comp` command."""
    parser = subparsers.add_parser(
        "comp",
        help="glue the best passages of several takes",
        description="Glue passages of several takes of one length. Half a bar around every change of take is made "
        "anew, so that one goes over into the other; all else stays, sample by sample. Settings are those of the "
        "first file where it is a take.",
    )
    add = parser.add_argument
    add("file", nargs="+", type=a_path, metavar="FILE", help="takes or other sounds of one length, numbered from 1 on")
    add("--pick", action="append", metavar="N@A", help="hear file N from A on, for example 2@0:08; repeatable")
    add("--joint", metavar="N", help="so much is made anew around every change, in seconds (default half a bar)")
    add("--prompt", metavar="TEXT", help="what it should sound like (default: what the first take was made of)")
    add("--seed", metavar="N", help="a whole number; the same one makes the same joints (default: a new one)")
    add("--model", metavar="M", help="which model makes the joints (default: that of the first take)")
    add("-o", "--output", type=a_path, metavar="FILE", help="where to write; the ending chooses the format")
    add("--format", choices=generate.FORMATS, help="file format, if not the one of the file's ending")
    add("--subtype", choices=tuple(generate.SUBTYPES), help="samples of a WAV file (default float)")
    add("--force", action="store_true", help="replace the output file if it exists")


def run(args: argparse.Namespace) -> int:
    """Glue them; 0 when the file is there, 130 after Ctrl-C. Raises MusicAppError."""
    request = read_request(args)
    return generate.make(request, *generate.choose_target(args, request), force=args.force)


def read_request(args: argparse.Namespace) -> TakeRequest:
    """The request that the options describe. Raises RequestError or LibraryError."""
    from musicapp.audio import source_file

    if not args.pick:
        raise RequestError("It must be said what to hear of which file.", hint="For example: --pick 1@0 --pick 2@0:08")
    paths = [path.absolute() for path in args.file]
    takes = [shaping.request_of(path) for path in paths]
    picks = tuple(sorted(read_pick(text) for text in args.pick))
    first, *lanes = (
        Lane(str(path), take_id="" if take is None else path.stem) for path, take in zip(paths, takes, strict=True)
    )
    source = Source(
        first.path,
        take_id=first.take_id,
        lanes=tuple(lanes),
        picks=picks if picks[0][0] == 0 else ((0.0, 0), *picks),
        joint_s=parse_duration(args.joint) if args.joint else 0.0,
    )
    prompt = args.prompt if args.prompt is not None or takes[0] is None else takes[0].prompt
    if prompt is None:
        raise RequestError("There is no prompt.", hint='Describe the music: --prompt "calm piano, 90 bpm"')
    take = takes[0] or TakeRequest(take_id="", prompt=prompt, duration_s=1.0, seed=0)
    return checked(
        replace(
            take,
            take_id=new_take_id(),
            prompt=prompt,
            duration_s=source_file.duration_s(paths[0]),
            seed=random_seed() if args.seed is None else check_seed(generate.whole("seed", args.seed)),
            model=args.model or take.model,
            device="auto",
            source=source,
            loop=None,
            version=VERSION,
        )
    )


def read_pick(text: str) -> Pick:
    """A passage from "2@0:08": the second file from there on. Raises RequestError."""
    number, at, start = text.partition("@")
    try:
        lane = int(number) - 1
        if not at or lane < 0:
            raise ValueError
        return shaping.time_of(start), lane
    except ValueError:
        raise RequestError(
            f"“{text[:40]}” does not say what to hear from when on.", hint="For example 2@0:08: the second file."
        ) from None

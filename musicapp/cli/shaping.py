"""The options of `musicapp generate` that start from a sound, and those of a loop."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path

from musicapp.errors import LibraryError, RequestError
from musicapp.prompts import bars
from musicapp.prompts.facts import read_prompt
from musicapp.request import MIN_DURATION_S, TakeRequest, check_duration, parse_duration
from musicapp.shape import Loop, Region, Source, check_shape, usual_seam_s

DEFAULT_S = 30.0
DEFAULT_VARIATION = 0.5
WAYS = {"init_audio": "--init-audio", "inpaint": "--inpaint", "extend": "--extend", "close_loop": "--close-loop"}
# What belongs to which of the ways, and what stands in its place where nothing was given.
PARTS: dict[str, tuple[str, ...]] = {
    "variation": ("init_audio",),
    "region": ("inpaint",),
    "by": ("extend",),
    "before": ("extend",),
    "part": ("init_audio", "close_loop"),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add them in two groups of their own."""
    add = parser.add_argument_group("starting from a sound, any audio file or a take").add_argument
    add("--init-audio", metavar="FILE", help="vary this sound")
    add("--variation", metavar="X", help="how far from it: 0 is the sound itself, 1 ignores it (default 0.5)")
    add("--inpaint", metavar="FILE", help="make passages of this sound anew; all else stays, sample by sample")
    add("--region", action="append", metavar="A-B", help="such a passage, for example 0:05-0:08; repeatable")
    add("--extend", metavar="FILE", help="go on behind this sound")
    add("--by", metavar="N", help="for so long: 30, 0:30 or “8 bars” of the prompt's tempo")
    add("--before", action="store_true", default=None, help="add it in front instead")
    add("--close-loop", metavar="FILE", help="make anew only where the end of this sound runs into its beginning")
    add("--part", metavar="A-B", help="of this part of it alone, also with --init-audio")
    add = parser.add_argument_group("loops").add_argument
    add("--loop", action="store_true", help="the end runs into the beginning")
    add("--bars", metavar="N", help="how long it is (else --seconds)")
    add("--bpm", metavar="X", help="its tempo, in felt beats a minute (default that of the prompt)")
    add("--beats", metavar="N", help="beats in a bar (default those of the prompt, else 4)")


def source_of(args: argparse.Namespace, prompt: str | None, number: Callable[[str, str], float]) -> Source | None:
    """The source that the options describe. Raises RequestError or LibraryError.

    prompt  whose tempo bars have; None for that of the take that is the source
    number  reads one: what it is called, its text
    """
    given = [way for way in WAYS if getattr(args, way) is not None]
    if len(given) > 1:
        names = " and ".join(WAYS[way] for way in given)
        raise RequestError(f"{names} cannot be used at once.", hint="Do one after the other.")
    for part, ways in PARTS.items():
        if getattr(args, part) is not None and not set(ways) & set(given):
            names = " or ".join(WAYS[way] for way in ways)
            raise RequestError(f"--{part} belongs to {names}.", hint=f"Name a sound with {WAYS[ways[-1]]} FILE.")
    if not given:
        return None
    from musicapp.audio import source_file

    if given != ["init_audio"] and args.seconds is not None:
        raise RequestError(f"With {WAYS[given[0]]} the sound says how long it is.", hint="Leave --seconds away.")
    path = str(Path(getattr(args, given[0])).absolute())
    request = request_of(Path(path))
    take_id = Path(path).stem if request is not None else ""
    from_s, to_s = (0.0, 0.0) if args.part is None else read_region(args.part)
    if args.part is not None and to_s - from_s < MIN_DURATION_S:
        raise RequestError(
            f"The part “{args.part[:40]}” is too short.", hint="Give half a second of the sound or more."
        )
    if args.init_audio is not None:
        variation = DEFAULT_VARIATION if args.variation is None else number("variation", args.variation)
        return Source(path, take_id=take_id, variation=variation, from_s=from_s, to_s=to_s)
    if args.inpaint is not None:
        if not args.region:
            raise RequestError("--inpaint needs passages to make anew.", hint="For example: --region 0:05-0:08")
        return Source(path, take_id=take_id, regions=tuple(read_region(text) for text in args.region))
    if args.extend is not None:
        if args.by is None:
            raise RequestError("--extend needs the length of what is added.", hint="For example: --by 0:30")
        if bars.is_bars(args.by):
            theirs = request.prompt if request is not None else ""
            added = check_duration(bars.duration_of(args.by, theirs if prompt is None else prompt))
        else:
            added = parse_duration(args.by)
        before_s, after_s = (added, 0.0) if args.before else (0.0, added)
        return Source(path, take_id=take_id, before_s=before_s, after_s=after_s)
    length_s = source_file.duration_s(Path(path)) if args.part is None else to_s - from_s
    return Source(path, take_id=take_id, seam_s=usual_seam_s(length_s), from_s=from_s, to_s=to_s)


def loop_of(args: argparse.Namespace, prompt: str, number: Callable[[str, str], float]) -> Loop | None:
    """The loop that the options describe, its tempo and metre else the prompt's. Raises RequestError."""
    given = [name for name in ("bars", "bpm", "beats") if getattr(args, name) is not None]
    if given and not args.loop:
        raise RequestError(f"--{given[0]} belongs to --loop.", hint="Add --loop.")
    if not args.loop:
        return None
    in_bars = args.seconds is not None and bars.is_bars(args.seconds)
    if not given and not in_bars:
        return Loop()
    if args.bars is None and not in_bars:
        raise RequestError(f"--{given[0]} belongs to --bars.", hint="For example: --loop --bars 8 --bpm 120")
    if args.bars is not None and args.seconds is not None:
        raise RequestError("A loop is so many bars long or so many seconds.", hint="Leave one of the two away.")
    count = bars.count_of(args.seconds) if in_bars else number("number of bars", args.bars)
    if count < 1 or count != int(count):
        raise RequestError(f"A loop of {count:g} bars cannot be made.", hint="Use whole bars, for example: --bars 8")
    stated = read_prompt(prompt)
    bpm = stated.tempo_bpm if args.bpm is None else number("tempo", args.bpm)
    if bpm is None:
        raise RequestError("Bars need a tempo.", hint="Add it, for example --bpm 120, or write it into the prompt.")
    metre = stated.beats_in_bar or bars.USUAL_BEATS if args.beats is None else number("number of beats", args.beats)
    loop = Loop(int(count), bpm, metre)
    check_shape(None, loop)  # before a length is made of it, which would be blamed
    return loop


def duration_of(
    args: argparse.Namespace, prompt: str, source: Source | None, loop: Loop | None, cap_s: float, model_name: str
) -> float:
    """The length of the take: as asked, that of its bars, else its source's. Raises RequestError or LibraryError."""
    if loop is not None and loop.bars:
        return check_duration(loop.duration_s, cap_s=cap_s, model_name=model_name)
    if args.seconds and bars.is_bars(args.seconds):
        return check_duration(bars.duration_of(args.seconds, prompt), cap_s=cap_s, model_name=model_name)
    if args.seconds is not None or source is None:
        return parse_duration(args.seconds or f"{DEFAULT_S:g}", cap_s=cap_s, model_name=model_name)
    from musicapp.audio import source_file

    length_s = source.to_s - source.from_s or source_file.duration_s(Path(source.path))
    if source.variation is not None:
        return check_duration(min(length_s, cap_s))
    return length_s + source.before_s + source.after_s


def prompt_of(source: Source | None) -> str:
    """The prompt where none was given: that of the take that is the source. Raises RequestError or LibraryError."""
    request = None if source is None else request_of(Path(source.path))
    if request is None:
        if source is not None:
            from musicapp.audio import source_file

            source_file.duration_s(Path(source.path))  # one that is gone is the first thing to tell
        raise RequestError("There is no prompt.", hint="Describe the music, for example: calm piano, 90 bpm.")
    return request.prompt


def read_region(text: str) -> Region:
    """A passage from "0:05-0:08" or "5-8.5". Raises RequestError."""
    start, dash, end = text.replace("–", "-").partition("-")
    try:
        region = time_of(start), time_of(end)
        if not (dash and 0 <= region[0] < region[1] < math.inf):
            raise ValueError
        return region
    except ValueError:
        raise RequestError(
            f"“{text[:40]}” is not a passage.", hint="Give its start and its end, for example 0:05-0:08."
        ) from None


def time_of(text: str) -> float:
    """Seconds from "0:05" or "5.25"; unlike a length it may be 0."""
    minutes, colon, seconds = text.strip().replace(",", ".").rpartition(":")
    return (60 * int(minutes) if colon else 0) + float(seconds)


def request_of(path: Path) -> TakeRequest | None:
    """What made a file, where it is one of our takes."""
    from musicapp.audio import tags, wave_io

    try:
        recalled = tags.recalled(wave_io.read_tags(path), path.stem)
    except LibraryError:
        return None
    return None if recalled is None else recalled.request

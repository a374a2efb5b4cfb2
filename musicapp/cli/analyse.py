"""`musicapp analyse`: what audio files measure, as lines for people or as JSON."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from musicapp.cli.arguments import a_path
from musicapp.errors import LibraryError, MusicAppError
from musicapp.request import format_duration

if TYPE_CHECKING:
    from musicapp.analysis.heard import Heard
    from musicapp.analysis.measures import Measures


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `analyse` command."""
    parser = subparsers.add_parser(
        "analyse",
        help="measure audio files",
        description="Tempo, key, loudness (LUFS, ITU-R BS.1770), loudness range, true peak and length of audio files "
        "of any kind. Of music made here also what was asked for.",
    )
    parser.add_argument("file", nargs="+", type=a_path, metavar="FILE", help="WAV, FLAC, MP3, Ogg, Opus, AIFF and more")
    parser.add_argument("--json", action="store_true", help="print a list of objects, null for what cannot be heard")


def run(args: argparse.Namespace) -> int:
    """Measure every file; 1 when one of them could not be read, and the others are measured all the same."""
    from musicapp.analysis import measures

    told: list[dict[str, Any]] = []
    failed = False
    for path in args.file:
        try:
            found = values_of(path, measures.measure(path))
        except MusicAppError as error:
            failed = True
            print(f"musicapp: {error.message} {error.hint}".rstrip(), file=sys.stderr)
            told.append({"file": str(path), "error": error.message})
        else:
            told.append(found)
            if not args.json:
                print(line_of(found), flush=True)
    if args.json:
        print(json.dumps(told, indent=2))
    return 1 if failed else 0


def values_of(path: Path, found: Measures) -> dict[str, Any]:
    """What was measured as plain JSON values; null where a level is that of silence, or nothing can be heard."""
    loudness, heard = found.loudness, found.heard
    levels = {
        "loudness_lufs": loudness.integrated_lufs,
        "loudness_range_lu": loudness.range_lu,
        "short_term_max_lufs": loudness.short_term_max_lufs,
        "momentary_max_lufs": loudness.momentary_max_lufs,
        "true_peak_dbtp": found.true_peak_db,
        "peak_dbfs": found.peak_db,
    }
    return {
        "file": str(path),
        "length_s": round(found.duration_s, 6),
        "frames": found.frames,
        "sample_rate": found.sample_rate,
        "channels": found.channels,
        "tempo_bpm": heard.tempo_bpm if heard else None,
        "key": heard.key if heard else None,
        "bars": _bars_of(heard),
        **{name: round(level, 2) if math.isfinite(level) else None for name, level in levels.items()},
        **_asked(path),
    }


def line_of(values: dict[str, Any]) -> str:
    """The same for people, in one line."""
    heard = f"{values['tempo_bpm']:g} bpm, {values['key']}" if values["key"] else "no tempo"
    if asked := values.get("asked"):
        heard += f" (asked: {asked})"
    levels = ["silent"]
    if values["loudness_lufs"] is not None:
        levels = [f"{values['loudness_lufs']:.1f} LUFS", f"range {values['loudness_range_lu']:.1f} LU"]
    if values["short_term_max_lufs"] is not None:
        levels.append(f"short-term up to {values['short_term_max_lufs']:.1f} LUFS")
    if values["true_peak_dbtp"] is not None:
        levels.append(f"true peak {values['true_peak_dbtp']:.1f} dBTP")
    return f"{values['file']}: {format_duration(round(values['length_s'], 3))}, {heard}, {', '.join(levels)}"


def _bars_of(heard: Heard | None) -> dict[str, float] | None:
    """Where bars begin, None where that is not sure."""
    bars = heard.bars if heard else None
    if bars is None or not bars.is_sure:
        return None
    return {"first_s": round(bars.first_s, 3), "beat_s": round(bars.beat_s, 6), "beats": bars.beats_in_bar}


def _asked(path: Path) -> dict[str, str]:
    """What the prompt in the file's tags states of tempo, key and drums."""
    from musicapp.audio import tags, wave_io
    from musicapp.prompts import facts

    try:
        found = tags.recalled(wave_io.read_tags(path), "")
    except LibraryError:
        return {}
    asked = facts.describe(facts.read_prompt(found.request.prompt)) if found else ""
    return {"asked": asked} if asked else {}

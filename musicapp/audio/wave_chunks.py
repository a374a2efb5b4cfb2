"""Chunks of WAV files that samplers, DAWs and archives read: `bext`, `acid`, `smpl`, `cue ` with its labels.

Layouts: EBU Tech 3285 (bext, version 2), Microsoft's "Multimedia Programming Interface" (smpl, cue, adtl); acid is what
Sonic Foundry's program wrote and others read. There are no dates in them: same music, same bytes.
"""

from __future__ import annotations

import math
import struct
import unicodedata
from dataclasses import dataclass

from musicapp.audio.loudness import Loudness
from musicapp.audio.riff import chunk

MIDDLE_C = 60
MOST_CUES = 1000
_HAS_ROOT, _STRETCH, _LONG = 0x02, 0x04, 0x08  # acid's flags
_FORWARD = 0
_MOST_TEXT = 255


@dataclass(frozen=True)
class WaveFacts:
    """What is known of the music, for the chunks that can say it.

    tempo_bpm     None: no acid chunk
    beats_in_bar  of felt beats
    tonic         pitch class of the key, 0 is C; None: not said
    is_loop       the whole file repeats: a smpl chunk
    markers       seconds from the start of the file and what begins there, such as "bar 1" or "A"
    description   for bext; empty and not a broadcast: no bext chunk
    """

    tempo_bpm: float | None = None
    beats_in_bar: float = 4.0
    tonic: int | None = None
    is_loop: bool = False
    markers: tuple[tuple[float, str], ...] = ()
    description: str = ""
    is_broadcast: bool = False


@dataclass(frozen=True)
class Levels:
    """What meters say of the finished file."""

    loudness: Loudness
    true_peak_db: float


def chunks_of(facts: WaveFacts, *, sample_rate: int, frames: int, software: str, levels: Levels | None) -> bytes:
    """All chunks for a file, ready to stand before its samples."""
    found = b""
    if facts.is_broadcast:
        found += chunk(b"bext", _bext(facts.description, software, levels))
    if facts.tempo_bpm:
        found += chunk(b"acid", _acid(facts, facts.tempo_bpm, frames / sample_rate))
    if facts.is_loop and frames:
        found += chunk(b"smpl", _smpl(sample_rate, frames))
    places = [(round(at_s * sample_rate), label) for at_s, label in facts.markers]
    cues = [(place, label) for place, label in places if 0 <= place < frames][:MOST_CUES]
    if cues:
        found += chunk(b"cue ", _cue([place for place, _ in cues]))
        found += chunk(b"LIST", _labels([label for _, label in cues]))
    return found


def _smpl(sample_rate: int, frames: int) -> bytes:
    """One loop over the whole file, as it is on the middle C; its end is the last frame played, not the one behind."""
    period_ns = round(1e9 / sample_rate)
    head = struct.pack("<9I", 0, 0, period_ns, MIDDLE_C, 0, 0, 0, 1, 0)
    return head + struct.pack("<6I", 0, _FORWARD, 0, frames - 1, 0, 0)


def _acid(facts: WaveFacts, tempo_bpm: float, duration_s: float) -> bytes:
    flags = (_STRETCH if facts.is_loop else _LONG) | (_HAS_ROOT if facts.tonic is not None else 0)
    beats = max(round(duration_s * tempo_bpm / 60), 1)
    upper, lower = facts.beats_in_bar, 4
    if upper != round(upper):  # 3.5 felt beats are 7/8
        upper, lower = 2 * upper, 8
    return struct.pack(
        "<IHHfIHHf",
        flags,
        MIDDLE_C + (facts.tonic or 0),
        0x8000,
        0.0,
        beats,
        lower,
        max(round(upper), 1),
        tempo_bpm,
    )


def _cue(places: list[int]) -> bytes:
    points = [struct.pack("<II4sIII", n, place, b"data", 0, 0, place) for n, place in enumerate(places, 1)]
    return struct.pack("<I", len(points)) + b"".join(points)


def _labels(labels: list[str]) -> bytes:
    entries = (struct.pack("<I", n) + _text(label) + b"\0" for n, label in enumerate(labels, 1))
    return b"adtl" + b"".join(chunk(b"labl", entry) for entry in entries)


def _bext(description: str, software: str, levels: Levels | None) -> bytes:
    """Version 2, which has the levels; those that are not known are 0x7FFF as the standard wants."""
    texts = struct.pack("<256s32s32s10s8s", _text(description), _text(software)[:32], b"", b"", b"")
    loudness = levels.loudness if levels else None
    figures = (
        [
            loudness.integrated_lufs,
            loudness.range_lu,
            levels.true_peak_db,
            loudness.momentary_max_lufs,
            loudness.short_term_max_lufs,
        ]
        if levels and loudness
        else [math.inf] * 5
    )
    time_reference = struct.pack("<Q", 0)
    said = struct.pack("<H64s5h180s", 2, b"", *(_hundredths(figure) for figure in figures), b"")
    return texts + time_reference + said


def _hundredths(level: float) -> int:
    return max(-32768, min(round(100 * level), 0x7FFE)) if math.isfinite(level) else 0x7FFF


def _text(text: str) -> bytes:
    """ASCII, as these old formats want it: letters without their marks."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return bare.replace("\0", " ").encode("ascii", "replace")[:_MOST_TEXT]

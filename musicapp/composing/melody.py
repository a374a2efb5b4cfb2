"""Tunes: a motif of rhythm and contour that moves with the chords, returns, and closes on a chord tone."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from musicapp.composing.instruments import Instrument
from musicapp.composing.score import Event
from musicapp.composing.theory import Chord, Metre, nearest, semitones
from musicapp.prompts.scales import SCALES

Span = tuple[int, int, Chord]
_MOVES = (0, 1, 1, 1, -1, -1, -1, 2, -2, 2, -2, 3, -4)
_PHRASES = ("abac", "aaba", "abab", "aabc", "abca")


@dataclass(frozen=True)
class Motif:
    """One bar of tune: (step, length, scale steps away from the anchor) for each note."""

    notes: tuple[tuple[int, int, int], ...]


def motif(rng: random.Random, metre: Metre, density: float) -> Motif:
    """A bar of rhythm and contour; `density` 0 to 1 goes from long notes to running sixteenths."""
    notes: list[tuple[int, int, int]] = []
    degree = 0
    edges = [*metre.groups, metre.steps]
    for first, last in itertools.pairwise(edges):
        beat = _beat(rng, first, last - first, density)
        if not beat and not notes:
            beat = [(first, last - first)]  # a tune starts on its first beat
        for step, length in beat:
            degree += rng.choice(_MOVES) if notes else 0
            degree = max(-4, min(degree, 6))
            notes.append((step, length, degree))
    return Motif(tuple(notes or [(0, metre.steps, 0)]))


def _beat(rng: random.Random, first: int, size: int, density: float) -> list[tuple[int, int]]:
    if rng.random() < 0.32 * (1 - density) + 0.05:
        return []  # a breath
    draw = rng.random() * (0.45 + density)
    if draw < 0.35:
        return [(first, size)]
    if draw < 0.8 or size < 4:
        half = size // 2 if size != 6 else 4
        return [(first, half), (first + half, size - half)]
    if draw < 1.05:
        return [(first, size * 3 // 4), (first + size * 3 // 4, size - size * 3 // 4)]
    return [(first + i, min(2, size - i)) for i in range(0, size, 2)] if rng.random() < 0.6 else [
        (first + i, 1) for i in range(size)
    ]  # fmt: skip


def tune(
    rng: random.Random,
    spans: Sequence[Span],
    metre: Metre,
    instrument: Instrument,
    *,
    tonic: int,
    mode: str,
    density: float,
    main: Motif | None = None,
) -> list[Event]:
    """A melody over the chords, in four-bar phrases built from up to three motifs; `main` is the first of them."""
    motifs = {"a": main or motif(rng, metre, density), "b": motif(rng, metre, density), "c": motif(rng, metre, density)}
    phrase = rng.choice(_PHRASES)
    centre = min(max((instrument.low + instrument.high) // 2 + 2, 60), instrument.high - 12)
    ground = nearest(centre, (tonic,))
    scale = tuple((tonic + interval) % 12 for interval in SCALES[mode])
    bars = (spans[-1][0] + spans[-1][1]) // metre.steps
    events: list[Event] = []
    for bar in range(bars):
        first = bar * metre.steps
        anchor = _degree_near(ground, mode, nearest(centre, (_chord_at(spans, first).root,)))
        notes = motifs[phrase[bar % 4]].notes
        if bar % 4 == 3:
            notes = (*[note for note in notes if note[0] < metre.steps // 2], (metre.steps // 2, metre.steps // 2, 0))
        for step, length, degree in notes:
            harmony = _chord_at(spans, first + step)
            pitch = ground + semitones(mode, anchor + degree)
            strong = step in metre.groups and (step == 0 or length >= 4)
            pitch = nearest(pitch, harmony.tones if strong else _scale_over(scale, harmony))
            while pitch > instrument.high:
                pitch -= 12
            while pitch < instrument.low:
                pitch += 12
            events.append(Event(first + step, length * 0.94, pitch, 0.82 if step in metre.groups else 0.7))
    return events


def counter(spans: Sequence[Span], instrument: Instrument, metre: Metre, centre: int) -> list[Event]:
    """A slow second voice: one chord tone for each harmony, moving as little as it can."""
    pitch = centre
    events = []
    for index, (first, length, harmony) in enumerate(spans):
        pitch = nearest(pitch + (2 if index % 4 < 2 else -2), harmony.tones[1:])
        pitch = pitch if abs(pitch - centre) < 10 else nearest(centre, harmony.tones)
        pitch = pitch + 12 if pitch < instrument.low else pitch - 12 if pitch > instrument.high else pitch
        half = length // 2 if length >= 2 * metre.steps else length
        events += [Event(first + start, half * 0.95, pitch, 0.62) for start in range(0, length - half + 1, half)]
    return events


def _chord_at(spans: Sequence[Span], step: float) -> Chord:
    return next(harmony for first, length, harmony in reversed(spans) if step >= first)


def _degree_near(ground: int, mode: str, pitch: int) -> int:
    return min(range(-9, 10), key=lambda degree: abs(ground + semitones(mode, degree) - pitch))


def _scale_over(scale: tuple[int, ...], harmony: Chord) -> tuple[int, ...]:
    """The scale with the chord's own altered tones in place of their neighbours."""
    altered = [tone for tone in harmony.tones if tone not in scale]
    return tuple(pitch for pitch in scale if all((pitch - tone) % 12 not in (1, 11) for tone in altered)) + tuple(
        altered
    )

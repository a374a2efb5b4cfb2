"""What each player does with a line of chords: bass lines, comping, pads, arpeggios. All in steps of the grid."""

from __future__ import annotations

import random
from collections.abc import Sequence

from musicapp.composing.instruments import Instrument
from musicapp.composing.score import Event
from musicapp.composing.theory import Chord, Metre, nearest, voicing

Span = tuple[int, int, Chord]  # first step, length in steps, harmony


def bass_line(
    rng: random.Random, pattern: str, spans: Sequence[Span], metre: Metre, instrument: Instrument, *, tonic: int
) -> list[Event]:
    """A bass line under the chords.

    Patterns: whole, eighths, offbeat, octaves, walking, funk, dub, fifths, tresillo, pedal.
    """
    events: list[Event] = []
    groups = metre.groups
    syncopation = sorted({0, *rng.sample(range(2, metre.steps, 1), k=min(4, metre.steps // 4))})
    for index, (first, length, harmony) in enumerate(spans):
        root = _low(harmony.root, instrument)
        fifth = nearest(root + 7, (harmony.tones[min(2, len(harmony.tones) - 1)],))
        following = _low(spans[(index + 1) % len(spans)][2].root, instrument)
        for bar in range(first, first + length, metre.steps):
            size = min(metre.steps, first + length - bar)
            beats = [group for group in groups if group < size] or [0]
            if pattern == "whole":
                events.append(Event(bar, size - 0.3, root, 0.8))
            elif pattern == "pedal":
                events.append(Event(bar, size, _low(tonic, instrument), 0.75))
            elif pattern == "eighths":
                events += [Event(bar + s, 1.7, root, 0.85 if s in beats else 0.7) for s in range(0, size, 2)]
            elif pattern == "offbeat":
                events += [Event(bar + b + 2, 1.6, root, 0.85) for b in beats if b + 2 < size]
            elif pattern == "octaves":
                events += [Event(bar + s, 1.5, root + (12 if s % 4 == 2 else 0), 0.8) for s in range(0, size, 2)]
            elif pattern == "walking":
                line = _walk(rng, root, following, harmony, len(beats))
                events += [Event(bar + b, 3.7, p, 0.8) for b, p in zip(beats, line, strict=True)]
            elif pattern == "funk":
                for step in (s for s in syncopation if s < size):
                    pitch = rng.choice((root, root, root + 12, fifth)) if step else root
                    events.append(Event(bar + step, rng.choice((1, 1.5, 2)), pitch, 0.9 if step == 0 else 0.75))
            elif pattern == "dub":
                events += [Event(bar + s, 2.6, p, 0.9) for s, p in ((0, root), (6, fifth), (10, root)) if s < size]
            elif pattern == "tresillo":
                events += [Event(bar + s, 2.4, root, 0.85) for s in (0, 3, 6, 8, 11, 14) if s < size]
            else:
                events += [Event(bar + b, 3.5, fifth if i % 2 else root, 0.8) for i, b in enumerate(beats)]
    return events


def pad(spans: Sequence[Span], instrument: Instrument, centre: int) -> list[Event]:
    """Held chords, tied over where the harmony stays."""
    events: list[Event] = []
    before: tuple[int, ...] = ()
    for first, length, harmony in spans:
        before = _inside(voicing(harmony, centre, before), instrument)
        events += [Event(first, length - 0.1, pitch, 0.62) for pitch in before]
    return events


def comping(
    rng: random.Random, pattern: str, spans: Sequence[Span], metre: Metre, instrument: Instrument, centre: int
) -> list[Event]:
    """Chords in rhythm. Patterns: whole, beats, skank, strum, stabs, broken, charleston, power, pulse, waltz."""
    events: list[Event] = []
    before: tuple[int, ...] = ()
    stabs = [0, *sorted(rng.sample(range(2, metre.steps), k=2))] if pattern == "stabs" else []
    for first, length, harmony in spans:
        before = _inside(voicing(harmony, centre, before), instrument)
        for bar in range(first, first + length, metre.steps):
            size = min(metre.steps, first + length - bar)
            events += [
                Event(bar + step, span, pitch, velocity)
                for step, span, pitch, velocity in _comp_bar(
                    rng, pattern, before, metre, size, stabs, harmony, instrument
                )
            ]
    return events


def arpeggio(
    rng: random.Random, pattern: str, spans: Sequence[Span], instrument: Instrument, centre: int, every: int
) -> list[Event]:
    """Chord tones one after the other over two octaves, a note every `every` steps: up, down, updown or random."""
    events: list[Event] = []
    for first, length, harmony in spans:
        low = nearest(centre, (harmony.root,))
        ladder = sorted({nearest(low + 12 * octave + (tone - harmony.root) % 12, (tone,))
                         for octave in (0, 1) for tone in harmony.tones})  # fmt: skip
        ladder = list(_inside(tuple(ladder), instrument))
        order = {"up": ladder, "down": ladder[::-1], "updown": ladder + ladder[-2:0:-1]}.get(pattern, ladder)
        for count, step in enumerate(range(first, first + length, every)):
            pitch = rng.choice(ladder) if pattern == "random" else order[count % len(order)]
            events.append(Event(step, every * 0.9, pitch, 0.72 if count % 4 == 0 else 0.58))
    return events


def _comp_bar(
    rng: random.Random,
    pattern: str,
    pitches: tuple[int, ...],
    metre: Metre,
    size: int,
    stabs: list[int],
    harmony: Chord,
    instrument: Instrument,
) -> Sequence[tuple[float, float, int, float]]:
    beats = [group for group in metre.groups if group < size] or [0]
    rhythm: list[tuple[float, float, float]]  # step, length, velocity
    if pattern == "broken":
        order = (0, 2, 1, 2) if len(pitches) < 4 else (0, 2, 1, 3)
        return [
            (s, 2.2, pitches[min(order[(s // 2) % 4], len(pitches) - 1)], 0.6 + 0.1 * (s == 0))
            for s in range(0, size, 2)
        ]
    if pattern == "waltz":
        low = nearest(pitches[0] - 12, (harmony.root,))
        low = low if low >= instrument.low else low + 12
        return [(0, 3.6, low, 0.75)] + [(b, 2.5, p, 0.55) for b in beats[1:] for p in pitches]
    if pattern == "power":
        root = nearest(instrument.low + 5, (harmony.root,))
        rhythm = [(s, 1.8, 0.85 if s in beats else 0.7) for s in range(0, size, 2)]
        return [(s, n, p, v) for s, n, v in rhythm for p in (root, root + 7, root + 12)]
    if pattern == "beats":
        rhythm = [(b, 3.6, 0.7) for b in beats]
    elif pattern == "skank":
        rhythm = [(s, 1.0, 0.75) for s in range(2, size, 4)]
    elif pattern == "strum":
        marks = {0: 0.8, 4: 0.6, 6: 0.5, 10: 0.55, 12: 0.65, 14: 0.5}
        rhythm = [(s, 2.5, marks.get(s, 0.6)) for s in range(0, size, 2) if s in marks or s >= 16]
    elif pattern == "stabs":
        rhythm = [(s, 1.2, 0.75) for s in stabs if s < size]
    elif pattern == "charleston":
        rhythm = [
            (s, n, 0.6) for s, n in rng.choice((((0, 3), (6, 2)), ((2, 1), (8, 3)), ((0, 1), (7, 4)))) if s < size
        ]
    elif pattern == "pulse":
        rhythm = [(s, 1.6, 0.6 if s % 4 else 0.7) for s in range(0, size, 2)]
    else:
        rhythm = [(0, size - 0.3, 0.7)]
    return [(s + (0.12 * i if pattern == "strum" else 0), n, p, v) for s, n, v in rhythm for i, p in enumerate(pitches)]


def _walk(rng: random.Random, root: int, following: int, harmony: Chord, count: int) -> list[int]:
    line = [root]
    for _ in range(count - 2):
        step = line[-1] + rng.choice((-5, -4, -3, 3, 4, 5))
        line.append(nearest(max(min(step, root + 10), root - 5), harmony.tones))
    return [*line, following + rng.choice((-1, 1))][:count] if count > 1 else line


def _low(root: int, instrument: Instrument) -> int:
    return instrument.low + (root - instrument.low) % 12


def _inside(pitches: tuple[int, ...], instrument: Instrument) -> tuple[int, ...]:
    low = [pitch + 12 * max(0, -(-(instrument.low - pitch) // 12)) for pitch in pitches]
    return tuple(sorted({pitch - 12 * max(0, -(-(pitch - instrument.high) // 12)) for pitch in low}))

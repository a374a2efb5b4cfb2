"""The large plan of a piece: how many bars, at which tempo, in which sections, so that it ends when it must."""

from __future__ import annotations

import random
from dataclasses import dataclass

from musicapp.composing.theory import Metre
from musicapp.composing.truth import Section

# Section sequences for a number of phrases of equal length; the longest one is stretched when there are more.
_FORMS: dict[int, tuple[str, ...]] = {
    1: ("A",),
    2: ("A A", "A B", "intro A"),
    3: ("intro A B", "A B A", "A A B"),
    4: ("intro A B A", "A A B A", "A B A climax"),
    5: ("intro A B A outro", "intro A B climax outro"),
    6: ("intro A B A climax outro", "A A B break A outro", "intro A break A climax outro"),
    7: ("intro A B A break climax outro", "intro A B break A climax outro"),
    8: ("intro A B A break A climax outro", "intro A A B break A climax outro"),
}
_STRETCHES = ("A", "climax", "B", "A", "B", "break", "intro")
_ENERGY = {"intro": 0.5, "A": 0.75, "B": 0.85, "break": 0.45, "climax": 1.0, "outro": 0.55}
# Which theme a section plays: the intro and outro hint at the first one, and the climax brings it back in full.
_THEMES = {"intro": "A", "A": "A", "B": "B", "break": "C", "climax": "A", "outro": "A"}


@dataclass(frozen=True)
class SectionPlan:
    """One section in bars: `energy` scales loudness and density, `theme` says whose chords and tune it plays."""

    name: str
    first_bar: int
    bars: int
    energy: float
    theme: str


@dataclass(frozen=True)
class Plan:
    """The time frame of a piece. The final chord is struck after `steps` steps of the grid and rings to the end."""

    duration_s: float
    tempo_bpm: int
    metre: Metre
    steps: int
    sections: tuple[SectionPlan, ...]

    @property
    def step_s(self) -> float:
        """Length of one step of the grid in seconds."""
        return 60.0 / self.tempo_bpm / self.metre.steps_per_beat

    @property
    def bar_s(self) -> float:
        """Length of a bar in seconds."""
        return self.step_s * self.metre.steps

    @property
    def final_s(self) -> float:
        """When the final chord is struck."""
        return self.steps * self.step_s

    def truth_sections(self) -> tuple[Section, ...]:
        """The sections in seconds; the last one takes the ringing end in."""
        starts = [section.first_bar * self.bar_s for section in self.sections] + [self.duration_s]
        names = [section.name for section in self.sections]
        return tuple(Section(name, round(starts[i], 4), round(starts[i + 1], 4)) for i, name in enumerate(names))


def plan_song(
    rng: random.Random, duration_s: float, tempi: tuple[int, int], metre: Metre, *, rings_long: bool = True
) -> Plan:
    """A song of exactly this length: whole bars (beats when it is short), then a last chord that rings naturally."""
    least_ring = min(0.25 * duration_s, 2.2 if rings_long else 1.4)
    unit = metre.steps_per_beat if duration_s < 12 and metre.name != "7/8" else metre.steps
    wished = rng.randint(*tempi)
    nearby = [tempo for tempo in range(tempi[0], tempi[1] + 1) if abs(tempo - wished) <= 8]

    def ring(tempo: int) -> float:
        return least_ring + (duration_s - least_ring) % _seconds(unit, tempo, metre)

    # Up to a second over the least is a natural end; any one of the tempi that give it will do.
    good = [tempo for tempo in nearby if ring(tempo) < least_ring + 1.0]
    tempo = rng.choice(good) if good else min(nearby, key=ring)
    units = int((duration_s - least_ring) / _seconds(unit, tempo, metre) + 1e-9)
    bars = -(-units * unit // metre.steps)
    return Plan(duration_s, tempo, metre, units * unit, sections_for(rng, max(bars, 1)))


def plan_loop(rng: random.Random, duration_s: float | None, tempi: tuple[int, int], metre: Metre) -> Plan | None:
    """A loop of 1, 2, 4 or 8 whole bars; None when no whole tempo in the range makes this length."""
    choices = [
        (bars, tempo)
        for bars in (1, 2, 4, 8)
        for tempo in range(tempi[0], tempi[1] + 1)
        if duration_s is None or abs(_seconds(bars * metre.steps, tempo, metre) - duration_s) < 1e-6
        if 3.0 <= _seconds(bars * metre.steps, tempo, metre) <= 40
    ]
    if not choices:
        return None
    bars, tempo = rng.choice(choices)
    length_s = _seconds(bars * metre.steps, tempo, metre)
    section = SectionPlan("A", 0, bars, 0.85, "A")
    return Plan(duration_s or length_s, tempo, metre, bars * metre.steps, (section,))


def sections_for(rng: random.Random, bars: int) -> tuple[SectionPlan, ...]:
    """Share `bars` out into sections of whole phrases; bars left over go to the intro or the last section."""
    phrase = 8 if bars >= 40 else 4 if bars >= 14 else 2 if bars >= 8 else max(bars, 1)
    phrases = max(bars // phrase, 1)
    names = rng.choice(_FORMS[min(phrases, 8)]).split()
    lengths = [phrase] * len(names)
    for i in range(phrases - len(names)):
        wanted = _STRETCHES[i % len(_STRETCHES)]
        places = [place for place, name in enumerate(names) if name == wanted] or [1]
        lengths[min(places, key=lambda place: lengths[place])] += phrase
    spare = bars - sum(lengths)
    lengths[0 if names[0] == "intro" and spare <= phrase // 2 else -1] += spare
    sections, first = [], 0
    for name, length in zip(names, lengths, strict=True):
        sections.append(SectionPlan(name, first, length, _ENERGY[name], _THEMES[name]))
        first += length
    return tuple(sections)


def _seconds(steps: int, tempo_bpm: int, metre: Metre) -> float:
    return steps * 60.0 / tempo_bpm / metre.steps_per_beat

"""Prompts for the open questions: styles and cultures, scales and metres that the West hardly uses, levels."""

from __future__ import annotations

from dataclasses import dataclass

# Genres and traditions in the same plain words, so that groups differ by nothing else.
STYLES = {
    "Western": ("rock", "pop ballad", "jazz trio", "house", "techno", "orchestral", "country", "blues"),
    "elsewhere": (
        "arabic taksim",
        "indian raga",
        "javanese gamelan",
        "japanese koto",
        "chinese guzheng",
        "west african kora",
        "andean huayno",
        "balkan brass",
    ),
}


@dataclass(frozen=True)
class Scale:
    """Steps over the tonic in semitones, with fractions where they lie between the tempered ones."""

    name: str
    prompt: str
    tonic: int
    steps: tuple[float, ...]

    @property
    def is_tempered(self) -> bool:
        return all(step == round(step) for step in self.steps)


# Rast and bayati by their usual quarter tones; pelog and slendro as means over measured gamelans (they differ by
# orchestra: Surjodiningrat and others, 1972), with the lowest tone as tonic.
SCALES = (
    Scale("major", "piano, 100 bpm, C major, no drums", 0, (0, 2, 4, 5, 7, 9, 11)),
    Scale("minor", "piano, 100 bpm, A minor, no drums", 9, (0, 2, 3, 5, 7, 8, 10)),
    Scale("maqam hijaz", "arabic maqam hijaz on D, clarinet, 90 bpm, no drums", 2, (0, 1, 4, 5, 7, 8, 10)),
    Scale("maqam rast", "arabic maqam rast on C, oud, 90 bpm, no drums", 0, (0, 2, 3.5, 5, 7, 9, 10.5)),
    Scale("maqam bayati", "arabic maqam bayati on D, oud, 90 bpm, no drums", 2, (0, 1.5, 3, 5, 7, 8, 10)),
    Scale("raga bhairav", "indian raga bhairav in C, sitar, 80 bpm, no drums", 0, (0, 1, 4, 5, 7, 8, 11)),
    Scale("raga yaman", "indian raga yaman in C, sitar, 80 bpm, no drums", 0, (0, 2, 4, 6, 7, 9, 11)),
    Scale("hirajoshi", "japanese hirajoshi on E, koto, 70 bpm, no drums", 4, (0, 2, 3, 7, 8)),
    Scale("pelog", "javanese gamelan, pelog scale on D, 80 bpm, no drums", 2, (0, 1.2, 2.6, 5.4, 6.7, 7.9, 9.5)),
    Scale("slendro", "javanese gamelan, slendro scale on C, 80 bpm, no drums", 0, (0, 2.35, 4.75, 7.2, 9.6)),
)


@dataclass(frozen=True)
class Metre:
    """A bar of so many eighths. `bpm` counts the beats that the prompt speaks of, each of so many eighths."""

    name: str
    prompt: str
    bpm: float
    beat_eighths: int
    bar_eighths: int

    @property
    def eighth_s(self) -> float:
        return 60 / self.bpm / self.beat_eighths


METRES = (
    Metre("4/4", "balkan dance with accordion and drums, 120 bpm, 4/4", 120, 2, 8),
    Metre("3/4", "folk waltz with accordion and drums, 120 bpm, 3/4", 120, 2, 6),
    Metre("6/8", "celtic jig with fiddle and drums, 110 bpm, 6/8", 110, 3, 6),
    Metre("5/4", "jazz with saxophone and drums, 120 bpm, 5/4", 120, 2, 10),
    Metre("7/8", "balkan dance with accordion and drums, 120 bpm, 7/8", 120, 2, 7),
    Metre("11/8", "balkan dance with accordion and drums, 120 bpm, 11/8", 120, 2, 11),
)

LEVELS = (
    ("beginner", "solo piano for beginners, very easy, few notes, 100 bpm, C major"),
    ("intermediate", "solo piano, intermediate level, 100 bpm, C major"),
    ("advanced", "solo piano, advanced level, many notes, 100 bpm, C major"),
    ("virtuoso", "solo piano, virtuoso, extremely fast runs, 100 bpm, C major"),
)


def style_prompt(name: str) -> str:
    """A prompt that says the style and nothing else."""
    return f"{name}, instrumental"

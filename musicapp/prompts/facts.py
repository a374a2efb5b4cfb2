"""What a prompt states outright: tempo, metre, key, drums or none. Read by rule. No torch here.

A text encoder says well what a piece is like; that 124 is not 128, that F sharp is G flat, and that "no drums" is the
opposite of "drums", it learns last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from musicapp.prompts.drums import read_drums, without_refusals
from musicapp.prompts.key import read_key
from musicapp.prompts.key_names import without_key_names
from musicapp.prompts.metre import read_beats, without_metre
from musicapp.prompts.scales import SCALES
from musicapp.prompts.tempo import read_pace, read_tempo, without_tempo

_SHOWN_KEYS = ("C", "C♯/D♭", "D", "D♯/E♭", "E", "F", "F♯/G♭", "G", "G♯/A♭", "A", "A♯/B♭", "B")
PACES_BPM = {"slow": 72.0, "medium": 104.0, "fast": 140.0}  # what a word for the tempo is played at


@dataclass(frozen=True)
class PromptFacts:
    """What a prompt states; None is what it leaves open.

    pace          "slow", "medium" or "fast", the word for a tempo
    beats_in_bar  of felt beats: three eighths are one in 6/8, two in 7/8
    tonic         pitch class, 0 is C
    scale         semitones over the tonic
    bars_from_s   where a bar begins: no prompt says it, music that goes on does
    """

    tempo_bpm: float | None = None
    pace: str | None = None
    beats_in_bar: float | None = None
    tonic: int | None = None
    scale: tuple[int, ...] | None = None
    has_drums: bool | None = None
    bars_from_s: float = 0.0

    @property
    def beat_bpm(self) -> float | None:
        """The tempo to play at: the figure, else what the word stands for."""
        return PACES_BPM[self.pace] if self.tempo_bpm is None and self.pace else self.tempo_bpm

    def played_at(self, tempo_bpm: float) -> PromptFacts:
        """The same of music that is known: a word for the tempo ("slow") stands for what it has there; 0 is unknown."""
        known = self.tempo_bpm is None and self.pace and tempo_bpm
        return replace(self, tempo_bpm=tempo_bpm) if known else self


def read_prompt(prompt: str) -> PromptFacts:
    """From "92 bpm", "tempo: 120", "slow", "in 6/8", "F# minor", "Bbm", "key of E flat dorian", "no drums" and more."""
    tonic, scale = read_key(prompt)
    return PromptFacts(read_tempo(prompt), read_pace(prompt), read_beats(prompt), tonic, scale, read_drums(prompt))


def without_read(prompt: str) -> str:
    """The prompt without what was read of tempo, metre and refused drums: a model need not know those words."""
    return without_refusals(without_tempo(without_metre(without_key_names(prompt))))


def describe(stated: PromptFacts) -> str:
    """What was read, for people: "92 bpm, A minor, no drums"; "" for nothing."""
    parts = []
    if stated.tempo_bpm is not None:
        parts.append(f"{stated.tempo_bpm:g} bpm")
    elif stated.pace:
        parts.append(f"{stated.pace} ({PACES_BPM[stated.pace]:g} bpm)")
    if stated.tonic is not None:
        mode = next((name for name, steps in SCALES.items() if steps == stated.scale), "")
        parts.append(f"{_SHOWN_KEYS[stated.tonic]} {mode}".strip())
    if stated.has_drums is not None:
        parts.append("drums" if stated.has_drums else "no drums")
    return ", ".join(parts)

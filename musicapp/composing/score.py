"""The score that the composer hands to the renderer: tracks of notes in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from musicapp.composing.truth import Truth


class Event(NamedTuple):
    """A note on the grid of its section: `step` and `length` in steps, velocity 0 to 1."""

    step: float
    length: float
    pitch: int
    velocity: float


class Note(NamedTuple):
    """A note in time: seconds from the start of the piece, MIDI pitch, velocity 1 to 127."""

    start_s: float
    duration_s: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Track:
    """One instrument's notes in order of start.

    role  "drums", "bass", "chords", "pad", "lead", "arp" or "counter"
    pan   -1 (left) to 1 (right)
    kit   name in `instruments.KITS` when these are drums
    """

    instrument: str
    role: str
    notes: tuple[Note, ...]
    gain_db: float = 0.0
    pan: float = 0.0
    kit: str = ""


@dataclass(frozen=True)
class Mix:
    """How the tracks share a room.

    reverb_s, reverb_wet  decay time to -60 dB and level of the room against the dry sound
    duck                  0 to 1: how far kick drums push the other tracks down
    cutoff_hz             a gentle low-pass over everything; 0 is off
    loop                  tails run over the end into the beginning
    """

    reverb_s: float = 1.2
    reverb_wet: float = 0.12
    duck: float = 0.0
    cutoff_hz: float = 0.0
    loop: bool = False


@dataclass(frozen=True)
class Piece:
    """A composed piece: what it is, what is played, and how it is mixed."""

    seed: int
    truth: Truth
    tracks: tuple[Track, ...]
    mix: Mix

    @property
    def notes(self) -> list[Note]:
        """All notes of all tracks in order of start."""
        return sorted(note for track in self.tracks for note in track.notes)

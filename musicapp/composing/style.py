"""How a style is written down: its players and its habits. The styles themselves are in `styles_*`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """One player: which of these instruments, doing one of these things, how often it is there at all.

    enters  the section energy from which it plays (see `form`), so that arrangements grow and thin out
    centre  the pitch around which chords lie; 0 is the role's own
    """

    role: str
    instruments: tuple[str, ...]
    patterns: tuple[str, ...] = ("whole",)
    chance: float = 1.0
    enters: float = 0.0
    centre: int = 0


@dataclass(frozen=True)
class Style:
    """One style. Repeated names in a tuple are likelier.

    tempi     slowest and fastest tempo in bpm; `pulse` False means that no tempo can be heard
    energy    least and greatest energy
    grooves   names in `grooves.GROOVES`; `kits` names in `instruments.KITS`
    drums     how likely drums are; `drum_name` is "drums" or "percussion"
    chord     tones in a chord; `harmony_bars` bars a chord lasts
    weight    how often it is drawn
    swing     how late every second eighth or sixteenth comes, as a part of a step; `human_ms` spread of timing
    """

    name: str
    tempi: tuple[int, int]
    modes: tuple[str, ...]
    energy: tuple[float, float]
    layers: tuple[Layer, ...]
    moods: tuple[str, ...]
    metres: tuple[str, ...] = ("4/4",)
    grooves: tuple[str, ...] = ()
    kits: tuple[str, ...] = ("standard",)
    drums: float = 0.0
    drum_name: str = "drums"
    chord: int = 3
    jazz: bool = False
    harmony_bars: tuple[int, ...] = (1,)
    swing: float = 0.0
    human_ms: float = 6.0
    density: tuple[float, float] = (0.3, 0.6)
    reverb: tuple[float, float] = (1.2, 0.12)
    duck: float = 0.0
    cutoff_hz: float = 0.0
    pulse: bool = True
    weight: float = 1.0


def bass(*instruments: str, play: tuple[str, ...], chance: float = 1.0, enters: float = 0.5) -> Layer:
    """A bass player."""
    return Layer("bass", instruments, play, chance, enters)


def chords(
    *instruments: str, play: tuple[str, ...], chance: float = 1.0, enters: float = 0.0, centre: int = 60
) -> Layer:
    """Someone who comps."""
    return Layer("chords", instruments, play, chance, enters, centre)


def pad(*instruments: str, chance: float = 1.0, enters: float = 0.0, centre: int = 62) -> Layer:
    """Held chords."""
    return Layer("pad", instruments, ("held",), chance, enters, centre)


def arp(
    *instruments: str, play: tuple[str, ...] = ("up", "updown", "random"), chance: float = 0.5, enters: float = 0.7,
    centre: int = 66,
) -> Layer:  # fmt: skip
    """Broken chords."""
    return Layer("arp", instruments, play, chance, enters, centre)


def lead(*instruments: str, chance: float = 1.0, enters: float = 0.6) -> Layer:
    """The tune."""
    return Layer("lead", instruments, ("tune",), chance, enters)


def counter(*instruments: str, chance: float = 0.5, enters: float = 0.8, centre: int = 64) -> Layer:
    """A slow second voice."""
    return Layer("counter", instruments, ("held",), chance, enters, centre)

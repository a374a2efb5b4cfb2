"""The styles: what a band in each of them plays, as plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """One player: which of these instruments, doing one of these things, how often it is there at all.

    enters  the section energy from which it plays (see `form`), so that arrangements grow and thin out
    """

    role: str
    instruments: tuple[str, ...]
    patterns: tuple[str, ...] = ("whole",)
    chance: float = 1.0
    enters: float = 0.0


@dataclass(frozen=True)
class Style:
    """One style. Repeated names in a tuple are likelier.

    tempi     slowest and fastest tempo in bpm; `pulse` False means that no tempo can be heard
    energy    least and greatest energy
    grooves   names in `grooves.GROOVES`; `kits` names in `instruments.KITS`
    drums     how likely drums are; `drum_name` is "drums" or "percussion"
    chord     tones in a chord; `harmony_bars` bars a chord lasts
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
    crackle: float = 0.0
    pulse: bool = True


def _bass(*instruments: str, patterns: tuple[str, ...], chance: float = 1.0, enters: float = 0.5) -> Layer:
    return Layer("bass", instruments, patterns, chance, enters)


def _lead(*instruments: str, chance: float = 1.0, enters: float = 0.6) -> Layer:
    return Layer("lead", instruments, ("tune",), chance, enters)


_STYLES = (
    Style(
        "lofi",
        (68, 92),
        ("minor", "major", "dorian"),
        (0.2, 0.45),
        (
            _bass("electric bass", "double bass", "fretless bass", patterns=("whole", "fifths", "funk")),
            Layer("chords", ("electric piano", "piano", "jazz guitar"), ("whole", "charleston", "beats")),
            Layer("pad", ("warm pad", "strings"), chance=0.4, enters=0.7),
            _lead("vibraphone", "piano", "electric piano", "flute", "muted trumpet", "nylon guitar"),
        ),
        ("relaxed", "mellow", "dreamy", "nostalgic", "chill"),
        grooves=("lofi", "boom bap"),
        kits=("room", "jazz", "analogue"),
        drums=0.88,
        chord=4,
        swing=0.3,
        human_ms=10,
        reverb=(1.0, 0.12),
        cutoff_hz=7000,
        crackle=0.5,
    ),
    Style(
        "house",
        (116, 130),
        ("minor", "minor", "dorian", "major"),
        (0.65, 0.95),
        (
            _bass("synth bass", "sub bass", patterns=("offbeat", "octaves", "funk")),
            Layer("chords", ("piano", "synth pluck", "organ", "electric piano"), ("stabs", "stabs", "skank")),
            Layer("pad", ("synth pad", "warm pad", "strings"), chance=0.6),
            Layer("arp", ("synth pluck", "saw lead"), ("updown", "random"), 0.35, 0.8),
            _lead("saw lead", "square lead", "synth pluck", "alto sax", "flute", chance=0.8, enters=0.8),
        ),
        ("energetic", "uplifting", "groovy", "danceable"),
        grooves=("four on the floor",),
        kits=("electronic", "analogue"),
        drums=0.95,
        chord=4,
        human_ms=2,
        reverb=(1.2, 0.1),
        duck=0.6,
    ),
    Style(
        "techno",
        (124, 142),
        ("minor", "phrygian", "minor"),
        (0.75, 1.0),
        (
            _bass("synth bass", "sub bass", patterns=("offbeat", "eighths", "pedal")),
            Layer("pad", ("synth pad",), chance=0.6),
            Layer("arp", ("synth pluck", "square lead", "saw lead"), ("up", "random", "updown"), 0.9, 0.5),
            _lead("saw lead", "square lead", chance=0.5, enters=0.9),
        ),
        ("dark", "hypnotic", "driving", "intense"),
        grooves=("techno",),
        kits=("electronic", "analogue"),
        drums=0.95,
        harmony_bars=(2, 4),
        human_ms=1,
        reverb=(1.6, 0.12),
        duck=0.6,
    ),
    Style(
        "ambient",
        (60, 84),
        ("major", "lydian", "minor", "dorian"),
        (0.05, 0.25),
        (
            Layer("pad", ("warm pad", "synth pad", "strings", "choir")),
            Layer("arp", ("harp", "celesta", "kalimba", "synth pluck"), ("random", "up"), 0.5, 0.6),
            _bass("sub bass", "contrabass", patterns=("whole", "pedal"), chance=0.6),
            _lead("piano", "flute", "vibraphone", "glockenspiel", "electric piano", chance=0.7),
        ),
        ("calm", "peaceful", "dreamy", "meditative"),
        harmony_bars=(2, 4),
        density=(0.1, 0.25),
        human_ms=18,
        reverb=(3.5, 0.35),
        chord=4,
    ),
    Style(
        "rock",
        (96, 160),
        ("major", "minor", "mixolydian"),
        (0.65, 0.95),
        (
            _bass("electric bass", patterns=("eighths", "eighths", "fifths")),
            Layer("chords", ("distorted guitar", "overdriven guitar"), ("power", "power", "strum"), enters=0.6),
            Layer("counter", ("organ", "strings"), chance=0.3, enters=0.8),
            _lead("overdriven guitar", "electric guitar", "distorted guitar", "organ"),
        ),
        ("powerful", "energetic", "driving", "rebellious"),
        grooves=("backbeat", "drive"),
        kits=("standard", "power"),
        drums=0.95,
        human_ms=6,
        reverb=(0.9, 0.08),
    ),
    Style(
        "jazz trio",
        (88, 180),
        ("major", "minor", "dorian"),
        (0.3, 0.65),
        (
            _bass("double bass", patterns=("walking",), enters=0.3),
            Layer("chords", ("piano", "jazz guitar", "vibraphone"), ("charleston",)),
            _lead("piano", "tenor sax", "alto sax", "jazz guitar", "muted trumpet", "clarinet"),
        ),
        ("smooth", "sophisticated", "swinging", "playful"),
        grooves=("swing", "brushes"),
        kits=("jazz", "brush"),
        drums=0.85,
        chord=4,
        jazz=True,
        swing=0.62,
        human_ms=9,
        density=(0.4, 0.8),
        reverb=(1.1, 0.1),
    ),
    Style(
        "solo piano",
        (60, 120),
        ("major", "minor", "minor", "dorian"),
        (0.1, 0.5),
        (Layer("chords", ("piano",), ("broken", "broken", "waltz", "whole", "beats")), _lead("piano", enters=0.45)),
        ("calm", "melancholic", "tender", "reflective"),
        metres=("4/4", "4/4", "3/4", "6/8"),
        human_ms=12,
        reverb=(2.0, 0.16),
    ),
    Style(
        "string quartet",
        (66, 132),
        ("major", "minor", "harmonic minor"),
        (0.2, 0.6),
        (
            _bass("cello", patterns=("whole", "fifths"), enters=0.3),
            Layer("pad", ("viola",)),
            Layer("counter", ("violin",), enters=0.6),
            _lead("violin", enters=0.4),
        ),
        ("elegant", "tender", "melancholic", "noble"),
        metres=("4/4", "3/4"),
        human_ms=12,
        reverb=(1.8, 0.18),
    ),
)

STYLES = {style.name: style for style in _STYLES}

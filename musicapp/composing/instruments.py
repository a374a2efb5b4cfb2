"""The instruments: how each is reached in the sound bank (General MIDI) or our own synthesiser, and its range."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Instrument:
    """One sound.

    family   keys, mallet, organ, guitar, bass, strings, plucked, choir, brass, reed, flute, synth, drums
    program  General MIDI program from 0, or the kit of the drum bank; -1 when our own synthesiser makes it
    low,high the MIDI range in which it sounds like itself
    sustains whether a held note stays, rather than dying away
    """

    name: str
    family: str
    program: int
    low: int
    high: int
    sustains: bool = False

    @property
    def is_synthesised(self) -> bool:
        """Whether `synth` makes the sound instead of the bank."""
        return self.program < 0

    @property
    def rings_long(self) -> bool:
        """Whether a last note fills some seconds: it is held, or dies away slowly."""
        return self.sustains or self.family == "keys"

    @property
    def is_drums(self) -> bool:
        """Whether pitches are drum numbers."""
        return self.family == "drums"


_TABLE = (
    Instrument("piano", "keys", 0, 36, 96),
    Instrument("electric piano", "keys", 4, 36, 88),
    Instrument("harpsichord", "keys", 6, 41, 84),
    Instrument("celesta", "mallet", 8, 60, 96),
    Instrument("glockenspiel", "mallet", 9, 72, 100),
    Instrument("music box", "mallet", 10, 60, 92),
    Instrument("vibraphone", "mallet", 11, 53, 88),
    Instrument("marimba", "mallet", 12, 48, 88),
    Instrument("xylophone", "mallet", 13, 65, 96),
    Instrument("tubular bells", "mallet", 14, 55, 79),
    Instrument("dulcimer", "plucked", 15, 50, 84),
    Instrument("organ", "organ", 16, 36, 88, True),
    Instrument("church organ", "organ", 19, 36, 88, True),
    Instrument("accordion", "organ", 21, 48, 86, True),
    Instrument("harmonica", "reed", 22, 55, 86, True),
    Instrument("nylon guitar", "guitar", 24, 40, 80),
    Instrument("acoustic guitar", "guitar", 25, 40, 80),
    Instrument("jazz guitar", "guitar", 26, 40, 80),
    Instrument("electric guitar", "guitar", 27, 40, 82),
    Instrument("muted guitar", "guitar", 28, 40, 76),
    Instrument("overdriven guitar", "guitar", 29, 40, 82, True),
    Instrument("distorted guitar", "guitar", 30, 38, 84, True),
    Instrument("double bass", "bass", 32, 28, 55),
    Instrument("electric bass", "bass", 33, 28, 55),
    Instrument("fretless bass", "bass", 35, 28, 57),
    Instrument("slap bass", "bass", 36, 28, 55),
    Instrument("synth bass", "bass", -1, 28, 57, True),
    Instrument("sub bass", "bass", -1, 28, 50, True),
    Instrument("808 bass", "bass", -1, 28, 50),
    Instrument("reese bass", "bass", -1, 28, 52, True),
    Instrument("chip bass", "bass", -1, 33, 60, True),
    Instrument("chip lead", "synth", -1, 52, 90, True),
    Instrument("warm pad", "synth", -1, 40, 84, True),
    Instrument("synth pad", "synth", -1, 40, 84, True),
    Instrument("drone", "synth", -1, 28, 67, True),
    Instrument("supersaw", "synth", -1, 48, 88, True),
    Instrument("synth pluck", "synth", -1, 48, 90),
    Instrument("violin", "strings", 40, 55, 94, True),
    Instrument("viola", "strings", 41, 48, 84, True),
    Instrument("cello", "strings", 42, 36, 74, True),
    Instrument("contrabass", "strings", 43, 28, 55, True),
    Instrument("pizzicato strings", "strings", 45, 40, 86),
    Instrument("harp", "plucked", 46, 36, 91),
    Instrument("strings", "strings", 48, 36, 90, True),
    Instrument("choir", "choir", 52, 48, 79, True),
    Instrument("trumpet", "brass", 56, 54, 84, True),
    Instrument("trombone", "brass", 57, 40, 70, True),
    Instrument("tuba", "brass", 58, 28, 55, True),
    Instrument("muted trumpet", "brass", 59, 54, 82, True),
    Instrument("french horn", "brass", 60, 41, 76, True),
    Instrument("brass", "brass", 61, 40, 84, True),
    Instrument("soprano sax", "reed", 64, 56, 84, True),
    Instrument("alto sax", "reed", 65, 50, 80, True),
    Instrument("tenor sax", "reed", 66, 44, 74, True),
    Instrument("oboe", "reed", 68, 58, 86, True),
    Instrument("bassoon", "reed", 70, 36, 67, True),
    Instrument("clarinet", "reed", 71, 50, 84, True),
    Instrument("flute", "flute", 73, 60, 93, True),
    Instrument("recorder", "flute", 74, 60, 88, True),
    Instrument("pan flute", "flute", 75, 60, 88, True),
    Instrument("shakuhachi", "flute", 77, 55, 84, True),
    Instrument("whistle", "flute", 78, 60, 88, True),
    Instrument("ocarina", "flute", 79, 60, 86, True),
    Instrument("square lead", "synth", 80, 48, 88, True),
    Instrument("saw lead", "synth", 81, 48, 88, True),
    Instrument("sitar", "plucked", 104, 48, 81),
    Instrument("banjo", "plucked", 105, 48, 81),
    Instrument("shamisen", "plucked", 106, 50, 79),
    Instrument("koto", "plucked", 107, 48, 84),
    Instrument("kalimba", "mallet", 108, 55, 84),
    Instrument("bagpipes", "reed", 109, 55, 80, True),
    Instrument("fiddle", "strings", 110, 55, 88, True),
    Instrument("steel pan", "mallet", 114, 55, 84),
    Instrument("drums", "drums", 0, 0, 127),
    Instrument("percussion", "drums", 0, 0, 127),
)

INSTRUMENTS = {instrument.name: instrument for instrument in _TABLE}

# What the listener calls "drums" can be any of these kits of the drum bank, or one of our own (-1).
KITS = {
    "standard": 0,
    "room": 8,
    "power": 16,
    "electronic": 24,
    "jazz": 32,
    "brush": 40,
    "orchestra": 48,
    "909": -1,
    "808": -1,
    "lofi": -1,
    "chip": -1,
}


def family_of(name: str) -> str:
    """The family of an instrument by its name."""
    return INSTRUMENTS[name].family

"""Keys, modes, chords and metres as plain numbers: pitch classes 0-11, scale degrees from 0, steps of a bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from musicapp.prompts.scales import SCALES

# Tunes in blues go over chords of the mixolydian mode.
_CHORD_MODES = {"blues": "mixolydian"}

# Degrees from 1; "M" raises the third to major (the leading note in minor), "d" makes it a dominant seventh.
# Nearly all begin at home, so that the key can be heard. One chord a bar unless the style says otherwise.
PROGRESSIONS: dict[str, tuple[str, ...]] = {
    "major": ("1 5 6 4", "1 4 5 1", "1 6 4 5", "1 3 4 5", "1 4 1 5", "1 4 6 5", "1 2 4 5", "1 5 4 5", "1 6 2 5"),
    "minor": ("1 6 3 7", "1 4 5 1", "1 6 7 1", "1 7 6 7", "1 4 6 5M", "1 3 7 4", "1 5 6 4", "1 6 4 5M", "1 7 4 5M"),
    "dorian": ("1 4 1 4", "1 4 7 1", "1 2 4 1", "1 3 4 1", "1 7 4 1"),
    "phrygian": ("1 2 1 2", "1 2 3 2", "1 6 2 1", "1 7 2 1"),
    "lydian": ("1 2 1 2", "1 2 5 1", "1 7 2 1", "1 6 2 1"),
    "mixolydian": ("1 7 4 1", "1 4 7 4", "1 5 7 4", "1 7 1 4"),
    "harmonic minor": ("1 4 5 1", "1 6 4 5", "1 4 1 5", "1 6 5 1"),
    "phrygian dominant": ("1 2 1 2", "1 4 2 1", "1 2 4 1", "1 7 2 1"),
    "double harmonic": ("1 2 1 2", "1 4 2 1", "1 6 2 1"),
    "jazz major": ("1 6M 2 5", "2 5 1 1", "1 4 3 6", "1 2 3 4", "1 6 2 5"),
    "jazz minor": ("1 4 2 5M", "2 5M 1 1", "1 6 2 5M", "4 7 3 6"),
    "blues": ("1d 1d 1d 1d 4d 4d 1d 1d 5d 4d 1d 5d", "1d 4d 1d 1d 4d 4d 1d 1d 5d 4d 1d 1d"),
}
CONTRASTS: dict[str, tuple[str, ...]] = {
    "major": ("4 5 1 6", "6 4 1 5", "4 1 5 1", "2 5 1 1", "4 5 3 6"),
    "minor": ("6 7 1 1", "4 1 6 7", "3 7 1 6", "6 4 1 5M", "4 7 3 5M"),
    "jazz major": ("4 5 3 6", "4 7 3 6M", "3 6M 2 5"),
    "jazz minor": ("4 7 3 6", "6 2 5M 1"),
}


class Chord(NamedTuple):
    """A harmony: `root` and `tones` are pitch classes, `tones` stacked upwards from the root."""

    root: int
    tones: tuple[int, ...]


@dataclass(frozen=True)
class Metre:
    """A bar cut into `steps`; `groups` are the steps where its accents fall."""

    name: str
    steps: int
    steps_per_beat: int
    groups: tuple[int, ...]

    @property
    def beats(self) -> float:
        """Felt beats in a bar."""
        return self.steps / self.steps_per_beat


METRES = {
    metre.name: metre
    for metre in (
        Metre("4/4", 16, 4, (0, 4, 8, 12)),
        Metre("3/4", 12, 4, (0, 4, 8)),
        Metre("5/4", 20, 4, (0, 4, 8, 12, 16)),
        Metre("7/8", 14, 4, (0, 4, 8)),
        Metre("6/8", 12, 6, (0, 6)),
        Metre("12/8", 24, 6, (0, 6, 12, 18)),
    )
}


def semitones(mode: str, degree: int) -> int:
    """Distance from the tonic to any scale degree, negative ones and higher octaves too."""
    scale = SCALES[mode]
    octave, step = divmod(degree, len(scale))
    return 12 * octave + scale[step]


def is_minor(mode: str) -> bool:
    """Whether the third above the tonic is minor."""
    return 3 in SCALES[mode]


def chord(tonic: int, mode: str, name: str, size: int) -> Chord:
    """The chord `name` ("1", "5M") of a key with `size` tones stacked in thirds of the scale.

    Five-note scales have no such thirds: theirs is the degree with the fourths and fifths that the scale holds.
    """
    mode = _CHORD_MODES.get(mode, mode)
    degree = int(name[0]) - 1
    root = (tonic + semitones(mode, degree)) % 12
    if len(SCALES[mode]) < 6:
        scale = [(tonic + interval) % 12 for interval in SCALES[mode]]
        wanted = [(root + interval) % 12 for interval in (7, 5, 4, 3)]
        return Chord(root, (root, *[pitch for pitch in wanted if pitch in scale][: max(size - 1, 1)]))
    tones = [(tonic + semitones(mode, degree + 2 * i)) % 12 for i in range(size)]
    if name.endswith("d"):
        return Chord(root, (root, (root + 4) % 12, (root + 7) % 12, (root + 10) % 12))
    if name.endswith("M"):
        tones[1] = (root + 4) % 12
    if (tones[2] - root) % 12 == 6 and size == 3:
        tones[2] = (root + 7) % 12 if (root + 7) % 12 in {(tonic + i) % 12 for i in SCALES[mode]} else tones[2]
    return Chord(root, tuple(tones))


def progressions(mode: str, *, jazz: bool = False, contrast: bool = False) -> tuple[str, ...]:
    """The chord sequences that suit a mode; `contrast` gives those of a second theme."""
    family = "minor" if is_minor(mode) else "major"
    if len(SCALES[mode]) < 6:
        return ("1 1 4 1", "1 4 1 1") if contrast else ("1 1 1 1", "1 4 1 4", "1 1 4 4")
    if jazz and mode in ("major", "minor"):
        return (CONTRASTS if contrast else PROGRESSIONS)[f"jazz {family}"]
    if contrast and mode in CONTRASTS:
        return CONTRASTS[mode]
    return PROGRESSIONS[mode]


def nearest(pitch: int, classes: tuple[int, ...]) -> int:
    """The pitch of one of these classes that lies closest, the lower one of two."""
    return min(
        (pitch + offset for offset in range(-6, 7) if (pitch + offset) % 12 in classes), key=lambda p: abs(p - pitch)
    )


def voicing(harmony: Chord, centre: int, before: tuple[int, ...]) -> tuple[int, ...]:
    """The tones in close position around `centre`, in the inversion that moves least from `before`."""
    candidates = []
    for turn in range(len(harmony.tones)):
        tones = harmony.tones[turn:] + harmony.tones[:turn]
        pitches = [nearest(centre - 5, (tones[0],))]
        for tone in tones[1:]:
            pitches.append(pitches[-1] + ((tone - pitches[-1]) % 12 or 12))
        middle = sum(pitches) / len(pitches)
        candidates.append((_movement(pitches, before) + 0.5 * abs(middle - centre), tuple(pitches)))
    return min(candidates)[1]


def _movement(pitches: list[int], before: tuple[int, ...]) -> float:
    if not before:
        return 0.0
    return sum(min(abs(pitch - old) for old in before) for pitch in pitches) / len(pitches)

"""What is known of the music in a file: asked for, or else heard. For names, chunks and archives."""

from __future__ import annotations

from dataclasses import dataclass

from musicapp.audio.wave_chunks import WaveFacts
from musicapp.handover.form import Form, form_of
from musicapp.handover.material import Material
from musicapp.prompts.scales import KEYS, SCALES

_HEARD_KEYS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}
_SHORT = {"major": "maj", "minor": "min"}


@dataclass(frozen=True)
class MusicFacts:
    """tempo_bpm: None where neither asked for nor heard; tonic: pitch class; mode: a name of `scales.SCALES`, or ""."""

    tempo_bpm: float | None
    tonic: int | None
    mode: str

    @property
    def short_key(self) -> str:
        """For names of files: "Cmin", "F#maj", "D-dorian"; "" for none."""
        if self.tonic is None:
            return ""
        mode = _SHORT.get(self.mode) or (f"-{self.mode.replace(' ', '-')}" if self.mode else "")
        return f"{KEYS[self.tonic]}{mode}"


def music_of(material: Material) -> MusicFacts:
    """What the prompt states, and where it says nothing, what was heard."""
    from musicapp.prompts import facts  # late: its patterns take a twentieth of the time until the window is shown

    stated = facts.read_prompt(material.request.prompt) if material.request else facts.PromptFacts()
    tempo, (tonic, mode) = material.measured.get("tempo_bpm"), _heard_key(material.measured.get("key"))
    if stated.tonic is not None:
        tonic, mode = stated.tonic, next((name for name, steps in SCALES.items() if steps == stated.scale), "")
    loop = material.request.loop if material.request else None
    if loop is not None and loop.bars:
        return MusicFacts(loop.bpm, tonic, mode)
    heard = float(tempo) if isinstance(tempo, int | float) and 20 <= tempo <= 400 else None
    return MusicFacts(stated.tempo_bpm or heard, tonic, mode)


def facts_of(material: Material, part_s: tuple[float, float]) -> WaveFacts:
    """For the chunks of a WAV file with the part between two times: tempo, key, and where bars and sections begin."""
    music, form = music_of(material), form_for(material)
    loop = material.request.loop if material.request else None
    start_s, end_s = part_s
    markers = tuple((at_s - start_s, label) for at_s, label in markers_of(form) if start_s <= at_s < end_s)
    return WaveFacts(
        tempo_bpm=music.tempo_bpm,
        beats_in_bar=loop.metre if loop is not None and loop.bars else form.beats_in_bar,
        tonic=music.tonic,
        markers=markers,
        description=material.request.prompt if material.request else material.title,
    )


def form_for(material: Material) -> Form:
    """Bars and sections as they were asked for; none for files of others."""
    return form_of(material.request, material.duration_s) if material.request else Form(material.duration_s)


def markers_of(form: Form) -> list[tuple[float, str]]:
    """Where sections begin, by their letters, and where bars do: "bar 9", "A, bar 1"."""
    sections = {round(part.start_s, 4): part.letter for part in form.parts}
    found = []
    for at_s, number in form.bars():
        letter = sections.pop(round(at_s, 4), "")
        found.append((at_s, f"{letter}, bar {number}" if letter else f"bar {number}"))
    return sorted(found + list(sections.items()))


def _heard_key(key: object) -> tuple[int | None, str]:
    """Out of a sidecar: "Eb major"."""
    tonic, _, mode = key.partition(" ") if isinstance(key, str) else ("", "", "")
    tonic = _HEARD_KEYS.get(tonic, tonic)
    return (KEYS.index(tonic), mode) if tonic in KEYS and mode in SCALES else (None, "")

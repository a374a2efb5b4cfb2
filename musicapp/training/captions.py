"""Writes captions the way people ask for music: never everything, never twice alike, never against the truth."""

from __future__ import annotations

import random

from musicapp.training.truth import Truth

_FLATS = {"C#": "Db", "D#": "Eb", "F#": "Gb", "G#": "Ab", "A#": "Bb"}


def write_caption(truth: Truth, rng: random.Random, *, held_out: bool = False) -> str:
    """One caption for a piece; `held_out` uses phrasings that training never sees."""
    facts = [truth.style]
    if truth.moods and rng.random() < 0.5:
        facts.insert(0, rng.choice(truth.moods))
    if rng.random() < 0.6:
        facts.append(truth.lead)
    if truth.tempo_bpm and rng.random() < 0.6:
        facts.append(rng.choice(("{} bpm", "{} BPM", "at {} bpm")).format(round(truth.tempo_bpm)))
    if truth.key and rng.random() < 0.5:
        name = rng.choice((truth.key, _FLATS.get(truth.key, truth.key)))
        facts.append(f"{name} {truth.mode}")
    if rng.random() < 0.3:
        facts.append("with drums" if truth.has_drums else "no drums")
    if held_out:
        return "I would like " + " and ".join(facts)
    return ", ".join(facts)

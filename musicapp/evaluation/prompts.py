"""Prompts for held-out pieces that say exactly which facts they state, in wordings that training saw and in others."""

from __future__ import annotations

import random
from dataclasses import dataclass

from musicapp.captions.captions import FAST_BPM, HIGH_ENERGY, LOW_ENERGY, SLOW_BPM
from musicapp.captions.phrases import HELD_OUT, SEEN
from musicapp.composing.truth import Truth

TEMPO_WORDS = 4  # one prompt in so many says "slow" or "fast" instead of a number


@dataclass(frozen=True)
class Wish:
    """A prompt and what it asks for. `states` holds "tempo" or "tempo word", "key", "drums", "lead", "energy"."""

    prompt: str
    truth: Truth
    states: frozenset[str]
    is_new_wording: bool


def wish_for(truth: Truth, number: int) -> Wish:
    """A prompt for a piece; every second one is worded as training never does."""
    is_new = number % 2 == 1
    rng, phrases = random.Random(f"wish {number}"), HELD_OUT if is_new else SEEN
    said, states = [truth.style, rng.choice(phrases.lead).format(lead=truth.lead)], {"lead"}
    if truth.tempo_bpm and number // 2 % TEMPO_WORDS == TEMPO_WORDS - 1:
        slow, fast = truth.tempo_bpm < SLOW_BPM, truth.tempo_bpm > FAST_BPM
        said.append(rng.choice(phrases.slow if slow else phrases.fast if fast else phrases.medium))
        states.add("tempo word")
    elif truth.tempo_bpm:
        said.append(rng.choice(phrases.tempo).format(bpm=f"{truth.tempo_bpm:g}"))
        states.add("tempo")
    if truth.key:
        said.append(rng.choice(phrases.key).format(key=f"{truth.key} {truth.mode}".strip()))
        states.add("key")
    if not LOW_ENERGY <= truth.energy <= HIGH_ENERGY:
        said.append(rng.choice(phrases.low_energy if truth.energy < LOW_ENERGY else phrases.high_energy))
        states.add("energy")
    said.append(rng.choice(phrases.drums if truth.has_drums else phrases.no_drums))
    states.add("drums")
    return Wish(", ".join(said), truth, frozenset(states), is_new)

"""A wish says in words what it claims to state, and what is heard is judged by exactly that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from musicapp.composing.composer import compose
from musicapp.composing.truth import Truth
from musicapp.evaluation.adherence import judged, rates, related
from musicapp.evaluation.bench import Ears
from musicapp.evaluation.classifier import FAMILIES, STYLE_NAMES, Heard
from musicapp.evaluation.prompts import Wish, wish_for
from tests.training.data import truth as made_up

WISHES = [wish_for(compose(seed, duration_s=12.0).truth, seed) for seed in range(80)]


def ears(truth: Truth, **changes: object) -> Ears:
    """Somebody who hears exactly what is there."""
    lead = np.zeros(len(FAMILIES))
    lead[FAMILIES.index("keys")] = 1
    heard = Heard(float(truth.has_drums), lead, np.ones(len(STYLE_NAMES)), truth.energy, np.zeros((1, 2)))
    return replace(Ears(truth.tempo_bpm, 0, "minor", 0.0, -20.0, 1000.0, heard), **changes)  # type: ignore[arg-type]


def test_stated_facts_are_in_the_words() -> None:
    for wish in WISHES:
        assert ("tempo" in wish.states) == (f"{wish.truth.tempo_bpm:g}" in wish.prompt and wish.truth.tempo_bpm > 0)
        if "key" in wish.states:
            assert f"{wish.truth.key} {wish.truth.mode}" in wish.prompt
        assert wish.truth.lead in wish.prompt and wish.truth.style in wish.prompt
        assert not {"tempo", "tempo word"} <= wish.states
    assert {"tempo", "tempo word", "key", "drums", "lead", "energy"} == set().union(*(wish.states for wish in WISHES))


def test_half_of_the_wordings_are_new() -> None:
    assert [wish.is_new_wording for wish in WISHES[:4]] == [False, True, False, True]


def test_who_hears_what_is_there_finds_everything() -> None:
    truth = made_up(1, 10.0)
    wish = Wish("", truth, frozenset({"tempo", "key", "drums", "lead"}), False)
    assert judged(ears(truth), wish) == dict.fromkeys(("tempo", "tonic", "key", "related key", "drums", "lead"), True)


@pytest.mark.parametrize(("factor", "number", "word"), [(1.03, True, True), (2, False, True), (1.5, False, False)])
def test_octaves_are_right_for_words_only(factor: float, number: bool, word: bool) -> None:
    truth = replace(made_up(0, 10.0), tempo_bpm=70.0)
    heard = ears(truth, tempo_bpm=70 * factor)
    assert judged(heard, Wish("", truth, frozenset({"tempo"}), False)) == {"tempo": number}
    assert judged(heard, Wish("", truth, frozenset({"tempo word"}), False)) == {"tempo word": word}


def test_related_keys_of_c_minor() -> None:
    assert related(0, True) == {(0, True), (0, False), (3, False), (7, True), (5, True)}
    assert related(0, False) == {(0, False), (0, True), (9, True), (7, False), (5, False)}


def test_a_fact_that_nobody_states_has_no_rate() -> None:
    truth = made_up(0, 10.0)
    found = rates([ears(truth)], [Wish("", truth, frozenset({"drums"}), False)])
    assert found["drums"] == 1.0 and found["tempo"] is None and found["key"] is None

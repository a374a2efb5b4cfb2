"""The list of learnt words is what captions really say: all of it, and nothing that they do not."""

from __future__ import annotations

import random
import re

from musicapp import paths
from musicapp.captions.captions import write_caption
from musicapp.captions.vocabulary import learnt_words
from musicapp.composing.composer import compose
from musicapp.prompts.vocabulary import read_vocabulary, words_in


def test_no_caption_has_an_unknown_word() -> None:
    vocabulary = learnt_words()
    for seed in range(150):
        truth = compose(seed, duration_s=12.0).truth
        for turn in range(6):
            caption = write_caption(truth, random.Random(f"{seed} {turn}"))
            assert vocabulary.unknown_in(caption) == (), caption


def test_relatives_are_unknown_and_lead_to_known_words() -> None:
    vocabulary = learnt_words()
    assert len(vocabulary.relatives) > 100
    for word, names in vocabulary.relatives.items():
        found = vocabulary.unknown_in(f"a {word} tune")
        assert [(unknown.word, unknown.near) for unknown in found] == [(word, names)]
        assert vocabulary.words.issuperset(words_in(" ".join(names))), names


def test_words_are_single_and_lower_case() -> None:
    assert all(re.fullmatch(r"[^\sA-Z{}]+", word) for word in learnt_words().words)


def test_the_model_that_ships_has_its_words() -> None:
    vocabulary = read_vocabulary(paths.bundled_models_folder() / "builtin")
    assert vocabulary is not None
    assert [unknown.near for unknown in vocabulary.unknown_in("theremin, piano, lofi")] == [("saw lead", "whistle")]

"""Unknown words are named with near ones; files that are not ours, or damaged, only mean that nothing is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from musicapp import paths
from musicapp.prompts.vocabulary import (
    FILE_NAME,
    MOST_NAMED,
    Vocabulary,
    note_about,
    read_vocabulary,
    words_in,
    write_vocabulary,
)

WORDS = Vocabulary(
    words_in("calm piano violin guitar hip hop lo-fi strings slow bpm in C minor"),
    {"theremin": ("saw lead", "whistle"), "hurdy gurdy": ("bagpipes",)},
)


def named(prompt: str) -> list[str]:
    return [unknown.word for unknown in WORDS.unknown_in(prompt)]


def test_the_note_names_the_word_and_near_ones() -> None:
    note = note_about(WORDS.unknown_in("calm Theremin, 90 bpm"))
    assert note == "This model does not know: Theremin. Near: saw lead, whistle."


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "Calm PIANO, in c# minor at 90bpm, 3/4",
        "Bbm, F#, G♯, c-sharp, Emaj, 808, 12.5",
        "hip-hop and lofi for me, please!",
        "pianos and violins",
        "pinao, guiitar, vioin, vioins, stirngs",
    ],
)
def test_numbers_keys_plurals_and_slips_are_known(prompt: str) -> None:
    assert named(prompt) == []


def test_words_of_two_parts_are_found_whole() -> None:
    assert named("a hurdy gurdy, a hurdy") == ["hurdy gurdy", "hurdy"]


def test_words_on_both_sides_of_a_comma_are_no_pair() -> None:
    assert named("hurdy, gurdy") == ["hurdy", "gurdy"]
    assert WORDS.unknown_in("Hurdy Gurdy")[0].near == ("bagpipes",)


def test_a_spelling_that_is_near_is_offered() -> None:
    assert [unknown.near for unknown in WORDS.unknown_in("violine")] == [("violin",)]
    assert note_about(WORDS.unknown_in("钢琴")) == "This model does not know: 钢琴."


BUILTIN = read_vocabulary(paths.bundled_models_folder() / "builtin")
NOT_LIKE = {  # a word, and what only looks like it
    "acid": "laid", "vinyl": "cradle", "crackle": "cradle", "enter": "meter", "rain": "raga", "shore": "score",
    "hotel": "hopeful", "castle": "classy", "ghost": "shot", "lemon": "mellow", "stone": "tone", "paper": "paced",
}  # fmt: skip


@pytest.mark.parametrize(("word", "looks_like"), NOT_LIKE.items())
def test_near_is_never_what_only_looks_alike(word: str, looks_like: str) -> None:
    assert BUILTIN is not None
    near = {name for unknown in BUILTIN.unknown_in(word) for name in unknown.near}
    assert looks_like not in near


def test_near_is_what_sounds_alike_and_is_known() -> None:
    assert BUILTIN is not None
    expected = {"acid": "techno", "vinyl": "lo-fi", "horror": "dark", "rainy": "ambient", "klavier": "piano"}
    for word, name in expected.items():
        (unknown,) = BUILTIN.unknown_in(word)
        assert name in unknown.near
        assert not any(BUILTIN.unknown_in(near) for near in unknown.near)


@pytest.mark.parametrize(
    ("slip", "meant"), [("xilophone", "xylophone"), ("saxaphone", "saxophone"), ("cinemattik", "cinematic")]
)
def test_a_slip_of_one_or_two_letters_is_understood(slip: str, meant: str) -> None:
    assert BUILTIN is not None
    assert all(unknown.near == (meant,) for unknown in BUILTIN.unknown_in(slip))


def test_each_word_is_named_once_and_not_all_of_a_foreign_text() -> None:
    assert named("oud Oud OUD") == ["oud"]
    assert len(named(" ".join(f"wort{chr(97 + n)}" for n in range(26)))) == MOST_NAMED


def test_round_trip(tmp_path: Path) -> None:
    write_vocabulary(tmp_path, WORDS)
    read = read_vocabulary(tmp_path)
    assert read is not None and (read.words, read.relatives) == (WORDS.words, WORDS.relatives)


def test_a_public_model_says_nothing(tmp_path: Path) -> None:
    assert read_vocabulary(tmp_path) is None


@pytest.mark.parametrize(
    "values",
    [
        "{",
        "[]",
        json.dumps({"version": 2, "words": []}),
        json.dumps({"version": 1}),
        json.dumps({"version": 1, "words": ["a", 3]}),
        json.dumps({"version": 1, "words": ["a"], "relatives": {"b": "c"}}),
        json.dumps({"version": 1, "words": ["a"], "relatives": []}),
    ],
)
def test_a_damaged_file_says_nothing(tmp_path: Path, values: str) -> None:
    (tmp_path / FILE_NAME).write_text(values)
    assert read_vocabulary(tmp_path) is None

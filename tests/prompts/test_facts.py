"""Tempo, metre, key and drums as musicians write them."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from musicapp.captions.captions import write_caption
from musicapp.composing.composer import compose
from musicapp.prompts.facts import PACES_BPM, describe, read_prompt, without_read
from musicapp.prompts.scales import KEYS, SCALES


@pytest.mark.parametrize(
    ("prompt", "tempo"),
    [
        ("lofi, 92 bpm", 92.0),
        ("lofi,92BPM,drums", 92.0),
        ("techno at 128.5 beats per minute", 128.5),
        ("BPM: 140 | Genre: trap", 140.0),
        ("tempo of 77, 3/4", 77.0),
        ("the tempo is 101 b.p.m.", 101.0),
        ("12/8 blues, bpm 66", 66.0),
        ("a fast song with 4 guitars", None),
        ("recorded in 1985 on 24 tracks", None),
        ("mid tempo 80s synth", None),
        ("999 bpm", None),
        ("", None),
    ],
)
def test_a_tempo_is_a_number_beside_its_unit_or_label(prompt, tempo):
    assert read_prompt(prompt).tempo_bpm == tempo


@pytest.mark.parametrize(
    ("prompt", "beats"),
    [("3/4 waltz", 3.0), ("in 7/8", 3.5), ("6/8", 2.0), ("12/8 feel", 4.0), ("0/4", None), ("9/11", None)],
)
def test_a_metre_is_counted_in_felt_beats(prompt, beats):
    assert read_prompt(prompt).beats_in_bar == beats


@pytest.mark.parametrize(
    ("prompt", "key", "mode"),
    [
        ("piano in A minor", "A", "minor"),
        ("piano, a minor, drums", "A", "minor"),
        ("F#m, 120 bpm", "F#", "minor"),
        ("Bbmaj", "A#", "major"),
        ("c sharp minor", "C#", "minor"),
        ("E-flat major", "D#", "major"),
        ("key of d♯ dorian", "D#", "dorian"),
        ("oud in G hijaz", "G", "phrygian dominant"),
        ("in F blues", "F", "blues"),
        ("Cb major", "B", "major"),
        ("one shot, key: D", "D", None),
    ],
)
def test_a_key_is_read_in_every_spelling(prompt, key, mode):
    stated = read_prompt(prompt)
    assert stated.tonic == KEYS.index(key)
    assert stated.scale == (SCALES[mode] if mode else None)


@pytest.mark.parametrize(
    "prompt",
    ["a major key", "sad song in a minor key", "make a blues with guitar", "A blues song", "a dorian tune", "I am here",
     "bass in a room", "Be major league", "the C-minus team", "A, B and C parts"],
)  # fmt: skip
def test_an_article_is_no_key(prompt):
    assert read_prompt(prompt).tonic is None


@pytest.mark.parametrize(
    ("prompt", "pace"),
    [
        ("slow piano", "slow"),
        ("an unhurried waltz", "slow"),
        ("mid-tempo rock", "medium"),
        ("at a walking pace", "medium"),
        ("moderately paced", "medium"),
        ("fast tempo techno", "fast"),
        ("Up-tempo soul", "fast"),
        ("pad with a slow attack", None),
        ("strings, slow release and fast vibrato", None),
        ("middle eastern, breakfast mood", None),
        ("", None),
    ],
)
def test_a_pace_is_a_word_for_the_tempo(prompt, pace):
    stated = read_prompt(prompt)
    assert stated.pace == pace and stated.beat_bpm == (PACES_BPM[pace] if pace else None)


def test_a_figure_outweighs_a_word():
    assert read_prompt("slow, 90 bpm").beat_bpm == 90.0


def test_a_word_for_the_tempo_stands_for_the_known_one_and_a_figure_for_itself():
    assert read_prompt("slow piano").played_at(66.0).beat_bpm == 66.0
    assert read_prompt("slow piano").played_at(0.0).beat_bpm == PACES_BPM["slow"]
    for prompt in ("slow, 70 bpm", "piano"):
        assert read_prompt(prompt).played_at(66.0) == read_prompt(prompt)


@pytest.mark.parametrize(
    ("prompt", "has_drums"),
    [
        ("house with drums", True),
        ("hip hop beat, 90 bpm", True),
        ("funky drum machine", True),
        ("rock, drum kit, hand percussion", True),
        ("drums: yes", True),
        ("Drums: none", False),
        ("house, no drums", False),
        ("drumless, 90 bpm", False),
        ("beatless ambient", False),
        ("rock without any drums", False),
        ("not a single drum", False),
        ("minus drums", False),
        ("please leave out the percussion", False),
        ("a percussion-free cue", False),
        ("drum and bass", None),
        ("drum & bass roller", None),
        ("no vocals, drums and bass guitar", True),
        ("no kick, just brushes", True),
        ("house, no drums in the intro", True),
        ("90 beats per minute", None),
        ("off-beat guitar", None),
        ("caribbean steel drums", None),
        ("piano", None),
    ],
)
def test_drums_are_asked_for_or_refused(prompt, has_drums):
    assert read_prompt(prompt).has_drums is has_drums


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [
        ("92.5 bpm, f#m, no drums", "92.5 bpm, F♯/G♭ minor, no drums"),
        ("slow beat in G hijaz", "slow (72 bpm), G phrygian dominant, drums"),
        ("one shot, key: D", "D"),
        ("piano", ""),
    ],
)
def test_what_was_read_can_be_shown(prompt, shown):
    assert describe(read_prompt(prompt)) == shown


def test_what_was_read_by_rule_can_be_left_out():
    rest = without_read("Adagio, oboe, crotchet = 60, three-four time, lose the drums, dark")
    assert [word for word in re.findall(r"\w+", rest) if word != "time"] == ["oboe", "dark"]


def test_captions_are_read_as_they_were_meant():
    rng = random.Random(0)
    truths = [compose(seed).truth for seed in range(12)]
    tempi = keys = drums = 0
    for number in range(600):
        truth = rng.choice(truths)
        stated = read_prompt(write_caption(truth, rng, held_out=number % 2 == 1))
        if stated.tempo_bpm is not None:
            assert stated.tempo_bpm == truth.tempo_bpm
            tempi += 1
        if stated.tonic is not None and truth.mode != "blues":
            assert KEYS[stated.tonic] == truth.key
            assert stated.scale in (None, SCALES.get(truth.mode))
            keys += 1
        if stated.has_drums is not None:
            assert stated.has_drums == truth.has_drums
            drums += 1
    assert tempi > 150 and keys > 100 and drums > 150


def test_prompts_in_the_wording_of_others_are_read_right():
    """560 prompts, written without sight of the rules, which were then mended by them (docs/experiments.md)."""
    lines = (Path(__file__).parent / "prompts.jsonl").read_text("utf-8").splitlines()
    right, opposite = dict.fromkeys(("tempo", "pace", "beats_in_bar", "tonic", "drums"), 0), []
    for wanted in map(json.loads, lines):
        stated = read_prompt(wanted["prompt"])
        found = {
            "tempo": stated.tempo_bpm,
            "pace": stated.pace if stated.tempo_bpm is None else None,
            "beats_in_bar": stated.beats_in_bar,
            "tonic": None if stated.tonic is None else KEYS[stated.tonic],
            "drums": stated.has_drums,
        }
        for name, value in found.items():
            right[name] += value == wanted.get(name)
        if {found["drums"], wanted.get("drums")} == {True, False}:
            opposite.append(wanted["prompt"])
    assert len(lines) == 560
    assert min(right.values()) >= 0.97 * len(lines), right
    assert len(opposite) <= 2, opposite

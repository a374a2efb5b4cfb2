from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace

import pytest

from musicapp.captions import words
from musicapp.captions.captions import FAST_BPM, SLOW_BPM, is_held_out, write_caption
from musicapp.captions.phrases import HELD_OUT, SEEN
from musicapp.composing.composer import compose
from musicapp.composing.instruments import INSTRUMENTS
from musicapp.composing.styles import STYLES
from musicapp.composing.truth import Truth
from musicapp.prompts.scales import KEYS

_TEMPO = re.compile(
    r"(\d+)\s*(?:b\.?p\.?m|beats per)|(?:bpm|beats per minute|tempo)(?: of|:| is)? (\d{2,3})(?![\d/]| bass|s)(?<!808)",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"(?<![\w#])([A-G])(#|b| sharp| flat)?(m|min|maj| major| minor| min| maj| [a-z -]+?)(?![a-z])",
    re.IGNORECASE,
)
_NO_DRUMS = re.compile(
    r"(no|without|minus|skip the|leave out the|a single) (drum|percussion|beat)|drumless|beatless|drum-free|"
    r"drums?(?: part)?: (no|none)",
    re.IGNORECASE,
)
_DRUMS = re.compile(
    r"with (a beat|drums|a drum|drum kit)|(has|by) drums|drums included|drum beat|plus a drum", re.IGNORECASE
)
_FROM_FLATS = {flat: sharp for sharp, flat in words.FLATS.items()}


@pytest.fixture(scope="module")
def truths() -> list[Truth]:
    return [compose(seed, duration_s=14.0 if seed % 20 else None).truth for seed in range(400)]


def _captions(truths: list[Truth], each: int = 4) -> list[tuple[Truth, str]]:
    return [
        (truth, write_caption(truth, random.Random(f"{index} {turn}"), held_out=turn % 2 == 1))
        for index, truth in enumerate(truths)
        for turn in range(each)
    ]


def test_a_stated_tempo_is_the_true_one(truths):
    found = 0
    for truth, caption in _captions(truths):
        for match in _TEMPO.finditer(caption):
            assert float(match[1] or match[2]) == truth.tempo_bpm, caption
            found += 1
    assert found > 200


def test_a_stated_key_is_the_true_one(truths):
    found = 0
    for truth, caption in _captions(truths):
        for match in _KEY.finditer(caption):
            accidental = {" sharp": "#", " flat": "b", "": ""}.get((match[2] or "").lower(), (match[2] or "").lower())
            mode = {"m": "minor", "min": "minor", "maj": "major"}.get(
                match[3].strip().lower(), match[3].strip().lower()
            )
            if mode not in ("major", "minor"):
                continue
            tonic = match[1].upper() + accidental
            assert _FROM_FLATS.get(tonic, tonic) == truth.key, caption
            assert truth.mode == mode or truth.mode.startswith(mode), caption
            found += 1
    assert found > 150


def test_no_capitals_turn_minor_into_major(truths):
    for truth, caption in _captions(truths):
        if truth.mode == "minor":
            assert not re.search(r"\b[A-G][#B]?M\b", caption), caption


def test_drums_are_never_claimed_or_denied_wrongly(truths):
    claimed = denied = 0
    for truth, caption in _captions(truths):
        if _NO_DRUMS.search(caption):
            assert not truth.has_drums, caption
            denied += 1
        elif _DRUMS.search(caption):
            assert truth.has_drums, caption
            claimed += 1
    assert claimed > 50
    assert denied > 30


def test_missing_drums_are_mentioned_where_drums_are_usual(truths):
    """Nobody says that a string quartet has no drums."""
    usual = next(t for t in truths if t.style == "techno" and t.kind == "song" and t.has_drums)
    unusual = replace(usual, has_drums=False, instruments=tuple(n for n in usual.instruments if n != "drums"))
    share = [
        sum(bool(_NO_DRUMS.search(write_caption(truth, random.Random(n)))) for n in range(300)) / 300
        for truth in (unusual, replace(unusual, style="string quartet"))
    ]
    assert share[0] > 0.55 > 0.4 > share[1]


def test_tempo_words_agree_with_the_tempo(truths):
    for truth, caption in _captions(truths):
        said = caption.lower()
        if re.search(r"slow (tempo|paced)|unhurried|slow-moving", said):
            assert 0 < truth.tempo_bpm < SLOW_BPM
        if re.search(r"fast tempo|up-?tempo|speedy", said):
            assert truth.tempo_bpm > FAST_BPM


def test_what_is_said_to_be_absent_does_not_sound(truths):
    families = {"guitar": "guitar", "strings": "strings", "brass": "brass", "bass": "bass", "synths": "synth"}
    for truth, caption in _captions(truths):
        match = re.search(r"(?:no|without|leave out|skip) (piano|guitar|strings|bass|synths|brass)", caption.lower())
        if match:
            wrong = families.get(match[1], match[1])
            assert all(wrong not in (name, INSTRUMENTS[name].family) for name in truth.instruments), caption


def test_the_held_out_side_shares_no_phrasing_with_training():
    for field in ("tempo", "key", "metre", "lead", "drums", "no_drums", "slow", "fast", "loop", "frames", "separators"):
        assert not set(getattr(SEEN, field)) & set(getattr(HELD_OUT, field)), field
    for fact, labels in SEEN.labels.items():
        assert not set(labels) & set(HELD_OUT.labels[fact])


def test_captions_are_many_short_and_printable(truths):
    captions = [caption for _, caption in _captions(truths)]
    assert all(caption.strip() == caption and 1 <= len(caption) <= 400 for caption in captions)
    assert len(set(captions)) > 0.85 * len(captions)
    lengths = [len(caption.split()) for caption in captions]
    assert min(lengths) == 1
    assert max(lengths) > 15


def test_the_same_seed_writes_the_same_caption(truths):
    assert write_caption(truths[0], random.Random(4)) == write_caption(truths[0], random.Random(4))


def test_a_small_share_of_combinations_is_held_out_for_good(truths):
    share = sum(is_held_out(truth) for truth in truths) / len(truths)
    assert 0.005 < share < 0.12


def test_every_style_instrument_and_mood_has_words():
    assert set(words.STYLES) == set(STYLES)
    assert set(words.INSTRUMENTS) <= set(INSTRUMENTS)
    assert {mood for style in STYLES.values() for mood in style.moods} <= set(words.MOODS)


def test_every_key_is_named_with_sharps_and_with_flats(truths):
    minor = [truth for truth in truths if truth.key == "A#"]
    spelled = Counter()
    for truth in minor:
        for turn in range(60):
            caption = write_caption(truth, random.Random(turn)).lower()
            spelled.update(name for name in ("a#", "bb", "a sharp", "b flat") if name in caption)
    assert len(spelled) == 4
    assert all(key in KEYS for key in words.FLATS)

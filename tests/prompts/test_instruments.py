"""Instruments as musicians name them, and what is left of a prompt without them."""

from __future__ import annotations

import pytest

from musicapp.captions import words
from musicapp.captions.phrases import HELD_OUT, SEEN
from musicapp.composing.instruments import INSTRUMENTS
from musicapp.prompts.instruments import without_instruments

AMBIGUOUS = {"sub", "808", "808s", "vibes"}  # seldom meant as an instrument where they stand alone


@pytest.mark.parametrize(
    ("prompt", "fewer"),
    [
        ("lofi hip hop, 82 bpm, Dm, dusty drums, rhodes", "lofi hip hop, 82 bpm, Dm, dusty drums"),
        ("jazz trio, the tenor sax carries the tune, 100 bpm", "jazz trio, 100 bpm"),
        ("HEARTBROKEN PIANO, BMIN, 59BPM, NO DRUMS!!!", "HEARTBROKEN, BMIN, 59BPM, NO DRUMS!!!"),
        ("spy theme, clean electric guitar, bongos", "spy theme, bongos"),
        ("funk with slap bass and french horns", "funk"),
        ("waltz, palm muted guitars, cello", "waltz"),
        ("not only piano", "not only"),
        ("no drums but a piano, slow", "no drums but, slow"),
    ],
)
def test_what_is_asked_for_goes(prompt, fewer):
    assert without_instruments(prompt) == fewer


@pytest.mark.parametrize(
    "prompt",
    [
        "ambient,  slow",
        "techno, no piano, fast",
        "rock without guitars or strings",
        "drum and bass, 174 bpm, good vibes",
        "house in every key, basslines",
        "pianissimo, harpoon, organic",
        "leave out the saxophone",
        "",
    ],
)
def test_what_is_refused_or_no_instrument_stays_to_the_letter(prompt):
    assert without_instruments(prompt) == prompt


def test_every_name_and_phrase_of_the_captions_is_known():
    pitched = [own for own, instrument in INSTRUMENTS.items() if not instrument.is_drums]
    names = {name for own in pitched for name in words.INSTRUMENTS.get(own, (own,))}
    for name in names - AMBIGUOUS:
        for phrase in (*SEEN.lead, *HELD_OUT.lead):
            assert without_instruments(f"waltz, {phrase.format(lead=name)}, fast") == "waltz, fast", (name, phrase)

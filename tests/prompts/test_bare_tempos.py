"""Tempos without a unit, as musicians write them, and numbers that are none."""

from __future__ import annotations

import pytest

from musicapp.prompts.drums import read_drums
from musicapp.prompts.tempo import read_tempo

TEMPOS = {
    "dnb 174": 174,
    "house 124 / vocal chops": 124,
    "trap beat 140": 140,
    "bossa nova nylon guitar 132": 132,
    "(95) boom bap": 95,
    "[140] dubstep": 140,
    "melodic techno (~124)": 124,
    "shred guitar, 220, E minor": 220,
    "warm pads, 122": 122,
    "warm pads, 122.": 122,
    "174 dnb roller": 174,
    "128 dark tech house": 128,
    "liquid d&b 172, Am": 172,
    "Techno 133 - dark": 133,
    "hard techno 150!": 150,
    "uk garage 134\nsubby": 134,
    "lo-fi 82, rhodes": 82,
    "jungle 165 | amen": 165,
    "samba 105 / Em": 105,
}
NO_TEMPOS = [
    "techno with a juno 106",
    "house, sh-101",
    "acid house with tb 303",
    "disco from studio 54",
    "lofi 80s",
    "90s house",
    "rock 60s",
    "ambient, 60 seconds",
    "house for 120 people",
    "trap 808",
    "top 100 pop",
    "blues in route 66",
    "folk op. 109",
    "techno no. 90",
    "rock, blink 182",
    "ambient 432 Hz",
    "90 degrees of jazz",
    "funk 70%",
    "a 100 year old folk song",
    "jazz 4/4",
]
DRUMS = {
    "no kit, felt piano": False,
    "without a kit": False,
    "drone, no rhythm at all": False,
    "strings without any rhythm": False,
    "no rhythm section": False,
    "no kit, just brushes": True,
    "no rhythm guitar, drums": True,
    "full kit, brushes": True,
    "no rhythm guitar": None,
    "no rhythm changes": None,
    "no rhythm until the drop": None,
    "rhythm and blues": None,
}


@pytest.mark.parametrize("prompt", TEMPOS)
def test_bare_figures_beside_a_genre_alone_or_in_brackets_are_tempos(prompt: str) -> None:
    assert read_tempo(prompt) == TEMPOS[prompt]


@pytest.mark.parametrize("prompt", NO_TEMPOS)
def test_other_numbers_are_none(prompt: str) -> None:
    assert read_tempo(prompt) is None


@pytest.mark.parametrize("prompt", DRUMS)
def test_kit_and_rhythm_may_be_refused(prompt: str) -> None:
    assert read_drums(prompt) is DRUMS[prompt]

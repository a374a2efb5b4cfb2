"""Names out of templates: what is empty goes, what is bad goes and is told, and every name works on every system."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from musicapp.errors import RequestError
from musicapp.handover.material import Material
from musicapp.handover.naming import DEFAULT, FIELDS, check_template, name_of
from musicapp.library.names import MAX_BYTES, is_safe_name
from musicapp.request import TakeRequest


def take(prompt: str, title: str = "", **measured: object) -> Material:
    request = TakeRequest("x", prompt, 90.0, 4812)
    return Material(Path("/takes/x.wav"), 44100, 2, 90 * 44100, title, request, measured=measured)


FOREIGN = Material(Path("/music/A song.mp3"), 44100, 2, 44100, "A song")


@pytest.mark.parametrize(
    ("template", "name"),
    [
        (DEFAULT, "calm-piano-96-bpm-F-minor_96bpm_Fmin_4812"),
        ("{title}", "calm-piano-96-bpm-F-minor"),
        ("{bpm} {key}", "96 Fmin"),
        ("{n}-{seed}", "4812"),
        ("demo {length} {title}", "demo 1m30s calm-piano-96-bpm-F-minor"),
        ("{bpm}bpm", "96bpm"),
        ("plain", "plain"),
        ("{n}", "take"),
    ],
)
def test_a_template_is_filled(template: str, name: str) -> None:
    assert name_of(take("calm piano, 96 bpm, F minor"), template).name == name


def test_what_is_not_asked_for_comes_from_what_was_heard() -> None:
    heard = take("calm piano", tempo_bpm=71.5, key="Eb major")
    assert name_of(heard).name == "calm-piano_71.5bpm_D#maj_4812"
    assert name_of(take("calm piano, 80 bpm", tempo_bpm=71.5)).name == "calm-piano-80-bpm_80bpm_4812"
    assert name_of(take("calm piano", tempo_bpm="fast", key=7)).name == "calm-piano_4812"


def test_a_title_stands_before_the_prompt_and_foreign_files_have_their_own() -> None:
    assert name_of(take("calm piano", "Night drive")).name == "Night-drive_4812"
    assert name_of(FOREIGN).name == "A-song"
    assert name_of(FOREIGN, number=3).name == "A-song" and name_of(FOREIGN, "{n} {title}", number=3).name == "03 A-song"


def test_what_no_name_may_have_is_left_out_and_told() -> None:
    named = name_of(take("x"), "a/b:c {seed}?")
    assert named.name == "abc 4812" and named.note == "/ : ? cannot stand in the name of a file and are left out."
    assert name_of(take("x"), "{title}*").note == "* cannot stand in the name of a file and is left out."


@pytest.mark.parametrize(
    "template", [DEFAULT, "{title}", "con", "{title}.", " {seed} ", "aux.{title}", "\x00\x07", "🎹" * 90]
)
@pytest.mark.parametrize("prompt", ["x", "CON", "ピアノ" * 80, "é" * 200, "🎹", "...", "a/b\\c", "מוזיקה " * 40])
@pytest.mark.parametrize("number", [None, 7])
def test_every_name_works_on_every_system(template: str, prompt: str, number: int | None) -> None:
    name = name_of(take(prompt, prompt[:150]), template, number=number).name
    assert is_safe_name(f"{name}.wav") and is_safe_name(name) and len(name.encode()) <= MAX_BYTES
    assert unicodedata.is_normalized("NFC", name)


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("{tittle}", "knows no"),
        ("{title:3}", "knows no"),
        ("{title", "no other one"),
        ("}{", "no other one"),
        ("x" * 500, "too long"),
    ],
)
def test_a_template_that_means_nothing_is_refused(template: str, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence) as caught:
        check_template(template)
    assert caught.value.hint


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_stands_for_something(field: str) -> None:
    full = replace(take("calm piano, 96 bpm, F minor"), title="Song")
    assert name_of(full, "{" + field + "}", number=2).name != "take"

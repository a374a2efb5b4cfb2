"""File names that every system accepts and that never hit a file which exists."""

from __future__ import annotations

import unicodedata
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QTextBoundaryFinder

from musicapp.library.names import MAX_BYTES, free_path, is_safe_name, suggest_name
from musicapp.request import TakeRequest


def request(prompt: str, seed: int = 4812) -> TakeRequest:
    return TakeRequest("abc", prompt, 30, seed)


def graphemes(text: str) -> list[str]:
    """What people see as one sign each, as Qt parts them: it has the tables of Unicode, our names have rules."""
    finder, signs, start = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text), [], 0
    utf16 = text.encode("utf-16-le")
    while (end := finder.toNextBoundary()) >= 0:
        signs.append(utf16[2 * start : 2 * end].decode("utf-16-le"))
        start = end
    return signs


@settings(max_examples=60)
@given(st.text(max_size=300), st.integers(0, 2**32 - 1), st.none() | st.integers(0, 99))
def test_any_prompt_gives_a_safe_name(prompt: str, seed: int, number: int | None) -> None:
    name = suggest_name(request(prompt, seed), number=number)
    assert is_safe_name(name) and is_safe_name(name + " (99).flac")
    assert len((name + " (99).flac").encode()) <= MAX_BYTES
    assert unicodedata.is_normalized("NFC", name)
    assert not set(name) & set('\\/:*?"<>|.\0\n ')
    assert f"_{seed}" in name


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("calm piano, 90 bpm, in C minor", "calm-piano-90-bpm-in-C-minor_4812"),
        ("../../etc/passwd", "etc-passwd_4812"),
        ("CON", "CON_4812"),
        ("ピアノ と 雨", "ピアノ-と-雨_4812"),
        ("🎹🎹", "take_4812"),
        ("a" * 50, "a" * 32 + "_4812"),
        ("words that go on and on and on and on", "words-that-go-on-and-on-and-on_4812"),
        ("e\u0301tude", "étude_4812"),
        ("NUL", "NUL_4812"),
        ("con.", "con_4812"),
        (" aux . . ", "aux_4812"),
        ("हिन्दी गीत, धीमा", "हिन्दी-गीत-धीमा_4812"),
        ("เพลงช้ำ น้ำตา", "เพลงช้ำ-น้ำตา_4812"),
        ("مُوسِيقَى هَادِئَة", "مُوسِيقَى-هَادِئَة_4812"),
        ("می‌خواهم", "می‌خواهم_4812"),  # the joiner inside a word is how it is written
        ("می‌ خواهم‌", "می-خواهم_4812"),
        ("piano \u202egnp.exe", "piano-gnp-exe_4812"),  # no order of signs that would hide the ending
        ("👩‍🎤 sings", "sings_4812"),
        ("❤️ piano 👨‍👩‍👧‍👦", "piano_4812"),  # nothing is left of a sign that is left out
        ("🏳️‍🌈🏴󠁧󠁢󠁳󠁣󠁴󠁿👍🏽", "take_4812"),
        ("a" + "\u0300" * 300, "take_4812"),  # one sign, but too long for any name
    ],
)
def test_names_say_what_the_prompt_said(prompt: str, name: str) -> None:
    assert suggest_name(request(prompt)) == name


@pytest.mark.parametrize(
    "sign", ["क्षि", "हि", "กำ", "น้ำ", "سِّ", "ᄒ\u1161\u11ab", "が", "ｶﾞ", "ක්‍ෂ", "e\u0323\u0302", "நி"], ids=ascii
)
@pytest.mark.parametrize("before", range(4))
def test_no_sign_is_cut_in_two(sign: str, before: int) -> None:
    prompt = "a" * before + sign * 60
    stem = suggest_name(request(prompt)).removesuffix("_4812")
    whole = graphemes(unicodedata.normalize("NFC", prompt))
    assert stem in {"".join(whole[:count]) for count in range(1, len(whole))}


@settings(max_examples=200)
@given(
    st.text(st.characters(categories=["Lo", "Lm", "Mn", "Mc", "Me"], max_codepoint=0xFFFF), min_size=1, max_size=150)
)
def test_no_sign_of_any_script_is_cut_in_two(prompt: str) -> None:
    """Of the basic plane: above it Qt itself parts surrogates from each other."""
    text, place = unicodedata.normalize("NFC", prompt), 0
    borders = {0, *accumulate(map(len, graphemes(text)))}
    stem = suggest_name(request(prompt)).removesuffix("_4812")
    for word in stem.split("-") if stem != "take" else ():
        start = text.index(word, place)
        place = start + len(word)
        assert {start, place} <= borders


def test_several_takes_are_numbered() -> None:
    assert suggest_name(request("piano"), number=3) == "piano_4812_03"


def test_a_free_path_never_hits_a_file_that_exists(tmp_path: Path) -> None:
    assert free_path(tmp_path, "song", ".wav") == tmp_path / "song.wav"
    (tmp_path / "Song.WAV").touch()  # the same file on Windows and macOS
    assert free_path(tmp_path, "song", ".wav") == tmp_path / "song (2).wav"
    (tmp_path / "song (2).wav").mkdir()
    assert free_path(tmp_path, "song", ".wav") == tmp_path / "song (3).wav"
    assert free_path(tmp_path, "song (2)", ".wav") == tmp_path / "song (3).wav"  # the same series
    assert free_path(tmp_path, "song (7)", ".wav") == tmp_path / "song (7).wav"
    (tmp_path / "Summer (1989).wav").touch()
    assert free_path(tmp_path, "Summer (1989)", ".wav") == tmp_path / "Summer (1989) (2).wav"
    assert free_path(tmp_path, "song", ".mp3") == tmp_path / "song.mp3"
    assert free_path(tmp_path / "missing", "song", ".wav") == tmp_path / "missing" / "song.wav"


def test_a_free_path_is_never_longer_than_file_systems_allow(tmp_path: Path) -> None:
    name = "नि" * 41  # 246 bytes, six for each sign
    assert free_path(tmp_path, name, ".wav") == tmp_path / f"{name}.wav"
    (tmp_path / f"{name}.wav").touch()
    assert free_path(tmp_path, name, ".wav") == tmp_path / f"{'नि' * 41} (2).wav"
    (tmp_path / f"{name} (2).wav").touch()
    assert free_path(tmp_path, name + "क", ".flac") == tmp_path / f"{name}क.flac"
    (tmp_path / f"{name}क.flac").touch()
    assert free_path(tmp_path, name + "क", ".flac") == tmp_path / f"{'नि' * 41} (2).flac"


@pytest.mark.parametrize(
    "name",
    ["", " x", "x ", "x.", "a/b", "a\\b", "a:b", "a*", "a?", 'a"', "<a", "a>", "a|b", "a\nb", "नि" * 43],
)
def test_names_that_some_system_refuses_are_found(name: str) -> None:
    assert not is_safe_name(name)


@pytest.mark.parametrize(
    "name", ["nul", "NUL.wav", "CON", "CON .wav", "Com¹.mp3", "lpt1", "aux.a.b", "prn", "conin$", "CONOUT$.txt"]
)
def test_names_that_windows_keeps_for_devices_are_found(name: str) -> None:
    assert not is_safe_name(name)


def test_ordinary_names_are_safe() -> None:
    assert all(map(is_safe_name, ["song.wav", "Ärger (2).flac", "ピアノ.mp3", "console.wav", "a.b.c", "नि" * 42]))

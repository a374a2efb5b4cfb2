"""File names that every system accepts and that never hit a file which exists."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musicapp.library.names import MAX_BYTES, free_path, is_safe_name, suggest_name
from musicapp.request import TakeRequest


def request(prompt: str, seed: int = 4812) -> TakeRequest:
    return TakeRequest("abc", prompt, 30, seed)


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
    ],
)
def test_names_say_what_the_prompt_said(prompt: str, name: str) -> None:
    assert suggest_name(request(prompt)) == name


def test_several_takes_are_numbered() -> None:
    assert suggest_name(request("piano"), number=3) == "piano_4812_03"


def test_a_free_path_never_hits_a_file_that_exists(tmp_path: Path) -> None:
    assert free_path(tmp_path, "song", ".wav") == tmp_path / "song.wav"
    (tmp_path / "Song.WAV").touch()  # the same file on Windows and macOS
    assert free_path(tmp_path, "song", ".wav") == tmp_path / "song (2).wav"
    (tmp_path / "song (2).wav").mkdir()
    assert free_path(tmp_path, "song", ".wav") == tmp_path / "song (3).wav"
    assert free_path(tmp_path, "song", ".mp3") == tmp_path / "song.mp3"
    assert free_path(tmp_path / "missing", "song", ".wav") == tmp_path / "missing" / "song.wav"


@pytest.mark.parametrize(
    "name", ["", " x", "x ", "x.", "a/b", "a\\b", "a:b", "a*", "a?", 'a"', "<a", "a>", "a|b", "nul", "NUL.wav", "a\nb"]
)
def test_names_that_some_system_refuses_are_found(name: str) -> None:
    assert not is_safe_name(name)


def test_ordinary_names_are_safe() -> None:
    assert all(map(is_safe_name, ["song.wav", "Ärger (2).flac", "ピアノ.mp3", "console.wav", "a.b.c"]))

"""Where takes are calm and where full: what prompts say of it, and what long takes do by themselves."""

from __future__ import annotations

import itertools

import pytest

from musicapp.prompts.arc import CALM_WORDS, Arc, calm_prompt, describe_arc, read_arc, without_arc
from musicapp.prompts.facts import read_prompt
from musicapp.prompts.sections import Section

MINUTE = 60.0


def arc(prompt: str, duration_s: float = 180.0, sections: tuple[Section, ...] = ()) -> Arc:
    return read_arc(prompt, read_prompt(prompt), sections, duration_s)


def form(count: int, length_s: float = 24.0) -> tuple[Section, ...]:
    return tuple(Section(length_s * number, "A") for number in range(count))


@pytest.mark.parametrize(
    ("prompt", "calm", "full"),
    [
        ("starts quiet, drop at 0:45, techno 128 bpm", (0, 20, 44), (46, 120)),
        ("house, the beat drops at 45 s, breakdown at 1:30", (0, 44, 91, 100), (46, 89, 107)),
        ("pads, then the beat after 8 bars, 120 bpm", (1, 15), (17, 100)),
        ("pads, then the beat after eight bars, 120 bpm, in 3/4", (1, 11), (13, 100)),
        ("no drums until 0:30, rock", (0, 29), (31, 170)),
        ("pads, beat after 8 bars, 120 bpm", (1, 15), (17, 100)),
        ("piano, drums at 0:30", (0, 29), (31, 170)),
        ("strings and the drums from 0:30", (0, 29), (31, 170)),
        ("drums come in after about 30 seconds", (0, 29), (31, 170)),
        ("bass kicks in at the 1 minute, dub", (0, 59), (61, 170)),
        ("dnb, drums drop out at 1:00, kick in at 1:20", (62, 79), (0, 59, 81)),
        ("calm until 1:10, dnb", (0, 69), (71, 170)),
        ("gets quiet at 50 s and gets big after 1 min", (51, 59), (10, 61)),
        ("drop halfway", (0, 89), (91, 179)),
        ("strings, ends softly", (170, 179), (0, 100)),
        ("soft outro, trance", (170, 179), (0, 100)),
        ("quiet intro, loud rock", (0, 30), (40, 179)),
    ],
)
def test_prompts_say_where_it_is_calm(prompt: str, calm: tuple[float, ...], full: tuple[float, ...]) -> None:
    found = arc(prompt)
    assert found.is_asked
    assert [found.calm_at(second) for second in calm] == [1.0] * len(calm)
    assert [found.calm_at(second) for second in full] == [0.0] * len(full)
    seconds = [second for second, _ in found.points]
    assert seconds == sorted(seconds) and all(0 <= second <= 180 for second in seconds)


@pytest.mark.parametrize("prompt", ["building and building, cinematic", "ambient crescendo", "slowly builds up, dub"])
def test_music_that_builds_gets_fuller_all_the_way(prompt: str) -> None:
    found = arc(prompt, 100)
    levels = [found.calm_at(second) for second in range(0, 100, 10)]
    assert (
        levels[0] == 1 and levels[-1] == 0 and all(a >= b for a, b in itertools.pairwise(levels)) and 0 < levels[3] < 1
    )


@pytest.mark.parametrize(
    "prompt",
    ["techno", "drop D riff", "with a big drop", "drop at 4:00", "break of 8 bars", "soft piano", "drums after 8 bars"],
)
def test_short_takes_that_say_nothing_are_full(prompt: str) -> None:
    assert arc(prompt) == Arc() and arc(prompt).calm_at(10) == 0


def test_long_takes_begin_break_and_end_more_quietly_by_themselves() -> None:
    found = arc("techno, 128 bpm", 240, form(10))
    assert not found.is_asked
    assert [found.calm_at(second) for second in (0, 20, 125, 140, 230)] == [1] * 5
    assert [found.calm_at(second) for second in (30, 110, 150, 200)] == [0] * 4
    assert arc("techno loop, 128 bpm", 240, form(10)) == arc("techno", 100, form(4)) == Arc()


def test_an_opening_is_as_long_as_the_first_section() -> None:
    found = arc("starts soft, jazz", 120, form(5))
    assert found.calm_at(23) == 1 and found.calm_at(25) == 0


def test_the_calm_prompt_names_no_drums_and_no_times() -> None:
    assert calm_prompt("rock, 120 bpm, with drums, electric guitar, starts quiet, drop at 0:30").split(", ")[:2] == [
        "rock",
        "120 bpm",
    ]
    for prompt in ("house, piano, the beat drops at 0:30", "pads with heavy drums and a breakbeat"):
        told = calm_prompt(prompt)
        assert told.endswith(CALM_WORDS) and "0:30" not in told
        assert read_prompt(told).has_drums is False and "beat" not in told


def test_what_was_read_is_told_and_not_called_unknown() -> None:
    prompt = "house, 124 bpm, the beat drops at 0:45, breakdown at 1:30"
    assert describe_arc(prompt, read_prompt(prompt)) == "full at 0:45, calm at 1:30"
    assert "45" not in without_arc(prompt) and "house, 124 bpm" in without_arc(prompt)
    assert describe_arc("house", read_prompt("house")) == "" and without_arc("house") == "house"


@pytest.mark.parametrize(
    ("prompt", "seconds", "told"),
    [
        ("rock, starts quiet, drop at 0:30", 30, "quiet start, full at 0:30 (after the end)"),
        ("rock, starts quiet, drop at 0:30", 31, "quiet start, full at 0:30"),
        ("120 bpm, beat comes in after 8 bars, breakdown at 1:00", 45, "full at 0:16, calm at 1:00 (after the end)"),
        ("house, drop halfway, ends softly", 60, "full at 0:30, quiet ending"),
        ("techno, builds", 60, "builds"),
        ("house, drop halfway", float("inf"), ""),
    ],
)
def test_times_behind_the_end_are_told_as_that(prompt: str, seconds: float, told: str) -> None:
    assert describe_arc(prompt, read_prompt(prompt), seconds) == told


@pytest.mark.parametrize(
    "prompt", ["no drums from 0:30", "mute the drums at 0:30", "bass at 120 bpm", "drums in 2 bar loops"]
)
def test_players_at_a_time_are_not_taken_for_a_drop_when_they_are_refused(prompt: str) -> None:
    assert arc(prompt) == Arc()


def test_a_time_that_is_said_once_is_told_once() -> None:
    prompt = "pads, then the beat after 8 bars, 120 bpm"
    assert describe_arc(prompt, read_prompt(prompt)) == "full at 0:16"

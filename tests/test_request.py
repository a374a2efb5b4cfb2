"""Laws of the request: what people type becomes a number or one clear sentence, never anything else."""

from __future__ import annotations

import dataclasses
import json
import math
import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from musicapp import request
from musicapp.errors import MusicAppError, RequestError
from musicapp.request import (
    MAX_DURATION_S,
    MAX_PROMPT_CHARACTERS,
    MAX_SEED,
    MIN_DURATION_S,
    Lora,
    Recalled,
    TakeRequest,
    check_duration,
    check_seed,
    checked,
    clean_prompt,
    format_duration,
    frames_for,
    note_about,
    parse_duration,
    recall,
)
from musicapp.shape import Lane, Loop, Source

LENGTHS = st.floats(MIN_DURATION_S, 24 * 3600)


def refusal(error: MusicAppError) -> bool:
    """Whether the error speaks to people: one sentence, and a next step."""
    return bool(error.message.endswith(".") and error.hint.endswith(".") and "\n" not in error.message)


@given(st.text(max_size=40) | st.from_regex(r"[0-9:.,smin ]{0,12}", fullmatch=True))
def test_any_text_is_a_length_or_a_sentence(text: str) -> None:
    try:
        seconds = parse_duration(text)
    except RequestError as error:
        assert refusal(error)
    else:
        assert MIN_DURATION_S <= seconds <= MAX_DURATION_S


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1:30", 90),
        ("4:45", 285),
        ("12.345", 12.345),
        ("1,5", 1.5),
        (" 90s ", 90),
        ("90 sec", 90),
        ("1m30s", 90),
        ("1 min 30", 90),
        ("2 min", 120),
        ("2 Minutes", 120),
        ("0:0.5", 0.5),
        ("0:12.345", 12.345),
        ("1:00:00", 3600),
        ("１：３０", 90),
        (".75", 0.75),
    ],
)
def test_people_write_lengths_in_many_ways(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds, abs=1e-9)


@pytest.mark.parametrize(
    "text", ["", " ", "abc", "-5", "0", "0:00", "0.1", "nan", "inf", "1:75", "1:2:3:4", "9" * 400, "1e3", "5 bananas"]
)
def test_what_is_no_length_gets_a_sentence(text: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_duration(text)
    assert refusal(caught.value)


@given(LENGTHS)
def test_a_length_that_is_shown_can_be_typed_again(seconds: float) -> None:
    assert parse_duration(format_duration(seconds)) == pytest.approx(seconds, abs=0.00051)


@pytest.mark.parametrize(
    ("seconds", "text"), [(285, "4:45"), (30, "0:30"), (12.345, "0:12.345"), (59.9996, "1:00"), (61.5, "1:01.5")]
)
def test_lengths_look_as_people_write_them(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@given(LENGTHS, st.sampled_from([22050, 44100, 48000]))
def test_frames_are_the_nearest_whole_number(seconds: float, sample_rate: int) -> None:
    assert abs(frames_for(seconds, sample_rate) - seconds * sample_rate) <= 0.5 + 1e-6


@given(st.integers(1, 10**8), st.sampled_from([44100, 48000]))
def test_whole_frames_stay_what_they_are(frames: int, sample_rate: int) -> None:
    assert frames_for(frames / sample_rate, sample_rate) == frames


def test_the_lengths_that_the_product_promises() -> None:
    assert frames_for(285, 44100) == 12_568_500
    assert frames_for(12.345, 44100) in (544_414, 544_415)


@given(st.floats())
def test_a_duration_is_accepted_exactly_between_its_bounds(seconds: float) -> None:
    if MIN_DURATION_S <= seconds <= 285:
        assert check_duration(seconds, cap_s=285) == seconds
    else:
        with pytest.raises(RequestError) as caught:
            check_duration(seconds, cap_s=285)
        assert refusal(caught.value)


def test_the_cap_is_named_with_the_model() -> None:
    with pytest.raises(RequestError, match=r"Tiny makes at most 4:45, not 5:00\.") as caught:
        check_duration(300, cap_s=285, model_name="Tiny")
    assert "4:45" in caught.value.hint


@given(st.text(max_size=300))
def test_a_cleaned_prompt_is_one_line_without_control_characters_and_clean_already(text: str) -> None:
    cleaned = clean_prompt(text, required=False)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in cleaned)
    assert cleaned == " ".join(cleaned.split()) == clean_prompt(cleaned, required=False)
    assert [c for c in cleaned if c.isalnum()] == [c for c in text if c.isalnum()]  # no letter is lost
    cleaned.encode()  # lone surrogates would stop every file and every tokenizer


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00\x07", "\u2028"])
def test_an_empty_prompt_is_refused_where_one_is_needed(text: str) -> None:
    with pytest.raises(RequestError, match="The prompt is empty") as caught:
        clean_prompt(text)
    assert refusal(caught.value)
    assert clean_prompt(text, required=False) == ""


def test_prompts_have_a_longest_length_and_it_is_named() -> None:
    assert len(clean_prompt("🎹" * MAX_PROMPT_CHARACTERS)) == MAX_PROMPT_CHARACTERS
    with pytest.raises(RequestError, match=r"The negative prompt has 20,000 characters") as caught:
        clean_prompt("x" * 20_000, what="negative prompt")
    assert refusal(caught.value)


@given(st.integers())
def test_a_seed_is_accepted_exactly_within_32_bits(seed: int) -> None:
    if 0 <= seed <= MAX_SEED:
        assert check_seed(seed) == seed
    else:
        with pytest.raises(RequestError) as caught:
            check_seed(seed)
        assert refusal(caught.value)


def test_new_seeds_and_ids_are_fresh_and_usable() -> None:
    seeds, ids = {request.random_seed() for _ in range(100)}, {request.new_take_id() for _ in range(100)}
    assert len(seeds) > 90 and len(ids) == 100
    assert all(check_seed(seed) == seed for seed in seeds)
    assert all(name.isalnum() and name.isascii() for name in ids)


REQUESTS = st.builds(
    TakeRequest,
    take_id=st.text("0123456789abcdef", min_size=1, max_size=12),
    prompt=st.text(min_size=1, max_size=50),
    duration_s=st.floats(MIN_DURATION_S, 285),
    seed=st.integers(0, MAX_SEED),
    negative_prompt=st.text(max_size=50),
    steps=st.none() | st.integers(1, 1000),
    guidance_scale=st.none() | st.floats(0, 30),
    sampler=st.none() | st.sampled_from(["euler", "pingpong"]),
    device=st.sampled_from(request.DEVICES),
    precision=st.sampled_from(request.PRECISIONS),
    text_encoder=st.text(max_size=20),
    denoising=st.none() | st.sampled_from(request.DENOISING),
    loras=st.lists(st.builds(Lora, path=st.text(max_size=20), strength=st.floats(-10, 10)), max_size=3).map(tuple),
)


@given(REQUESTS)
def test_a_request_survives_json(wanted: TakeRequest) -> None:
    values = json.loads(json.dumps(wanted.as_dict()))
    assert "version" not in values, "a key more would change the bytes of every take"
    for stored in (values, {**values, "version": 1}):
        assert recall(stored) == Recalled(wanted, {})


VALUES = TakeRequest("a", "piano", 30.0, 7, loras=(Lora("x", 0.5), Lora("y"))).as_dict()
LATER_LORAS = [{"path": "x", "strength": 0.5, "blocks": [1]}, {"path": "y", "strength": 1.0}]


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ({"tempo": 120, "stems": [{"of": 1}]}, {}),
        ({"version": 3}, {}),
        ({"version": 9, "tempo": 120}, {}),
        ({"version": "2"}, {}),
        ({"version": True}, {}),
        ({"version": 0}, {}),
        ({"steps": "many"}, {"steps": None}),
        ({"steps": 7.5, "sampler": ["a", "b"]}, {"steps": None, "sampler": None}),
        ({"guidance_scale": math.inf}, {"guidance_scale": None}),
        ({"guidance_scale": True}, {"guidance_scale": None}),
        ({"negative_prompt": {"from 0:10": "drums"}}, {"negative_prompt": ""}),
        ({"loras": LATER_LORAS}, {}),
        ({"loras": [{"strength": 1.0}, *VALUES["loras"]]}, {}),
        ({"loras": [{"path": "x", "strength": "0.5"}]}, {"loras": (Lora("x"),)}),
        ({"loras": "x"}, {"loras": ()}),
        ({"denoising": 3}, {"denoising": "whole"}),
    ],
)
def test_what_is_not_understood_is_told_and_kept(change: dict[str, Any], read: dict[str, Any]) -> None:
    stored = {**VALUES, **change}
    recalled = recall(stored)
    expected = TakeRequest("a", "piano", 30.0, 7, loras=(Lora("x", 0.5), Lora("y")))
    assert recalled == Recalled(dataclasses.replace(expected, **read), change)
    assert {**recalled.request.as_dict(), **recalled.left_out} == stored


def test_takes_of_before_there_were_windows_are_whole_when_they_are_made_again() -> None:
    stored = {key: value for key, value in VALUES.items() if key != "denoising"}
    assert recall(stored).request.denoising == "whole" and recall(stored).request.as_dict() == stored


@pytest.mark.parametrize(
    "change",
    [{"prompt": 5}, {"prompt": None}, {"seed": 1.5}, {"seed": True}, {"seed": "7"}, {"seed": 10**400}]
    + [{"duration_s": value} for value in ("30", math.nan, math.inf, None, 10**400)],
    ids=str,
)
def test_without_prompt_length_and_seed_there_is_no_request(change: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        recall({**VALUES, **change})
    with pytest.raises(TypeError):
        recall({key: value for key, value in VALUES.items() if key not in change})


def test_from_version_2_on_requests_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = TakeRequest("a", "piano", 30.0, 7, version=2)
    stored = wanted.as_dict()
    assert stored["version"] == 2 and recall(stored) == Recalled(wanted, {})
    assert recall(VALUES).left_out == {} and recall(VALUES).request.version == 1, "without a version it is of the first"
    assert not {"version", "source", "loop"} & VALUES.keys(), "old requests keep their bytes"
    monkeypatch.setattr(request, "VERSION", 1)
    assert recall(stored) == Recalled(dataclasses.replace(wanted, version=1), {"version": 2})


SHAPES: list[dict[str, Any]] = [
    {"source": Source("/a/hum.wav", variation=0.0)},
    {"source": Source("C:\\a\\hum.wav", "ab" * 32, "take", regions=((1.5, 3.0), (7.0, 8.25)))},
    {"source": Source("hum.wav", after_s=30.0)},
    {"source": Source("hum.wav", before_s=2.5)},
    {"source": Source("hum.wav", seam_s=1.0)},
    {"source": Source("hum.wav", seam_s=1.0, from_s=2.5, to_s=8.0)},
    {"source": Source("a.wav", lanes=(Lane("/x/b.wav", "cd" * 32, "b"), Lane("c.wav")), picks=((0.0, 2), (1.5, 0)))},
    {"source": Source("a.wav", lanes=(Lane("b.wav"),), picks=((0.0, 1),), joint_s=0.75)},
    {"loop": Loop(8, 120.0)},
    {"loop": Loop()},
]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_source_and_a_loop_come_back_from_a_file(shape: dict[str, Any]) -> None:
    wanted = TakeRequest("a", "piano", 30.0, 7, **shape)
    stored = json.loads(json.dumps(wanted.as_dict()))
    assert stored["version"] == 2 and checked(wanted) == wanted
    assert recall(stored) == Recalled(wanted, {})


@pytest.mark.parametrize(
    "source",
    [
        7,
        {},
        {"path": 3, "variation": 0.5},
        {"path": "x", "variation": math.nan},
        {"path": "x", "variation": True},
        {"path": "x", "regions": [[1, 2, 3]]},
        {"path": "x", "regions": [["a", "b"]]},
        {"path": "x", "regions": 5},
        {"path": "x", "variation": 0.5, "stems": ["drums"]},
    ],
)
def test_a_source_that_is_not_understood_is_kept_as_it_is(source: Any) -> None:
    stored = {**VALUES, "version": 2, "source": source}
    recalled = recall(stored)
    assert recalled.request.source is None and recalled.left_out == {"source": source}
    assert {**recalled.request.as_dict(), **recalled.left_out} == stored


@pytest.mark.parametrize(
    "shape",
    [
        {"source": Source("x")},
        {"source": Source("x", variation=0.5, after_s=1.0)},
        {"source": Source("x", variation=1.1)},
        {"source": Source("x", variation=-0.1)},
        {"source": Source("x", variation=math.nan)},
        {"source": Source("x", after_s=math.inf)},
        {"source": Source("x", regions=((3.0, 1.0),))},
        {"source": Source("x", regions=((1.0, 1.05),))},
        {"source": Source("x", regions=((-1.0, 2.0),))},
        {"source": Source("x", regions=((1.0, 4.0), (3.0, 5.0)))},
        {"source": Source("x", regions=((math.nan, 4.0),))},
        {"source": Source("x", variation=0.5), "loop": Loop()},
        {"source": Source("x", seam_s=1.0, from_s=2.0)},
        {"source": Source("x", seam_s=1.0, from_s=2.0, to_s=math.inf)},
        {"source": Source("x", seam_s=1.0, from_s=-2.0, to_s=4.0)},
        {"source": Source("x", variation=0.5, from_s=4.0, to_s=2.0)},
        {"source": Source("x", variation=0.5, to_s=math.nan)},
        {"source": Source("x", after_s=1.0, to_s=4.0)},
        {"source": Source("x", picks=((0.0, 0),))},
        {"source": Source("x", lanes=(Lane("y"),))},
        {"source": Source("x", lanes=(Lane("y"),), picks=((1.0, 0),))},
        {"source": Source("x", lanes=(Lane("y"),), picks=((0.0, 2),))},
        {"source": Source("x", lanes=(Lane("y"),), picks=((0.0, -1),))},
        {"source": Source("x", lanes=(Lane("y"),), picks=((0.0, 0), (2.0, 1), (2.0, 0)))},
        {"source": Source("x", lanes=(Lane("y"),), picks=((0.0, 0), (math.nan, 1)))},
        {"source": Source("x", lanes=(Lane("y"),), picks=((0.0, 0),), joint_s=math.inf)},
        {"source": Source("x", lanes=(Lane("y"),), picks=((0.0, 0),), variation=0.5)},
        {"source": Source("x", lanes=(Lane("y"),) * 32, picks=((0.0, 0),))},
        {"loop": Loop(4, 0.0)},
        {"loop": Loop(4, math.nan)},
        {"loop": Loop(10**6, 120.0)},
        {"loop": Loop(-1, 120.0)},
        {"loop": Loop(4, 120.0, math.inf)},
    ],
)
def test_a_shape_that_cannot_be_made_gets_a_sentence(shape: dict[str, Any]) -> None:
    with pytest.raises(RequestError) as caught:
        checked(TakeRequest("a", "piano", 30.0, 7, **shape))
    assert refusal(caught.value)


def test_what_is_not_understood_is_said_in_a_sentence() -> None:
    assert note_about({}) == ("", "")
    text, hint = note_about({"tempo": 120, "version": 2, "stems": []})
    assert text == "This Musicapp does not know all of this take's settings: “stems”, “tempo”." and hint
    assert "version" in note_about({"version": 2})[0]


@given(st.dictionaries(st.text(), st.none(), min_size=1))
def test_whatever_is_not_understood_the_sentence_is_short(left_out: dict[str, Any]) -> None:
    text, hint = note_about(left_out)
    assert text.endswith(".") and hint.endswith(".") and "\n" not in text and len(text) < 300


@given(REQUESTS)
def test_checking_cleans_the_texts_and_nothing_else(wanted: TakeRequest) -> None:
    assume(clean_prompt(wanted.prompt, required=False))
    result = checked(wanted)
    assert result == dataclasses.replace(wanted, prompt=result.prompt, negative_prompt=result.negative_prompt)
    assert result.prompt == clean_prompt(wanted.prompt) and checked(result) == result


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": " "},
        {"prompt": "x" * 20_000},
        {"negative_prompt": "x" * 20_000},
        {"duration_s": 0.0},
        {"duration_s": -1.0},
        {"duration_s": math.nan},
        {"duration_s": math.inf},
        {"seed": -1},
        {"seed": MAX_SEED + 1},
        {"steps": 0},
        {"steps": 10**9},
        {"guidance_scale": -1.0},
        {"guidance_scale": math.nan},
        {"guidance_scale": 1000.0},
        {"device": "toaster"},
        {"precision": "fp64"},
        {"loras": (Lora("a"), Lora("b", math.nan))},
        {"loras": (Lora("a", 1000.0),)},
    ],
)
def test_every_field_that_cannot_be_used_gets_a_sentence(change: dict[str, Any]) -> None:
    good = TakeRequest("a", "piano", 30.0, 7)
    assert checked(good) == good
    with pytest.raises(RequestError) as caught:
        checked(dataclasses.replace(good, **change))
    assert refusal(caught.value)

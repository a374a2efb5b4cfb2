"""The form as plain values: what becomes a request, and what is refused with which words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from musicapp.engine.events import ModelDefaults
from musicapp.errors import RequestError
from musicapp.request import MAX_SEED, TakeRequest
from musicapp.ui.state.take_settings import TakeSettings
from tests.ui.fake_host import INFO


@pytest.fixture
def form() -> TakeSettings:
    made = TakeSettings()
    made.set_prompt("calm piano")
    made.set_model_info(INFO)
    return made


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90.0), ("1:30", 90.0), ("4:45", 285.0), ("12.345", 12.345), ("1,5", 1.5), ("2m", 120.0)],
)
def test_lengths_as_people_type_them(form: TakeSettings, text: str, seconds: float) -> None:
    form.set_duration_text(text)
    assert form.duration_problem is None
    assert form.make_request().duration_s == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "0", "-5", "abc", "4:46", "1e9", "nan", "inf", "99:99", "::", "30 parsecs"])
def test_a_length_that_cannot_be_used_stops_the_take(form: TakeSettings, text: str) -> None:
    form.set_duration_text("20")
    form.set_duration_text(text)
    assert form.duration_s == 20.0
    with pytest.raises(RequestError) as caught:
        form.make_request()
    assert caught.value.message and caught.value.hint


def test_the_cap_names_the_model(form: TakeSettings) -> None:
    form.set_model_info(replace(INFO, max_duration_s=47.0, name="Short Model"))
    form.set_duration_text("48")
    assert form.duration_problem is not None
    assert "Short Model" in form.duration_problem.message and "0:47" in form.duration_problem.message
    assert "Short Model" in form.cap_reason


def test_a_new_model_shortens_what_it_cannot_make(form: TakeSettings) -> None:
    form.set_duration(285.0)
    assert form.set_model_info(replace(INFO, max_duration_s=47.0))
    assert form.duration_s == 47.0


@pytest.mark.parametrize("text", ["-1", str(MAX_SEED + 1), "seven", "1.5", "9" * 60])
def test_a_seed_that_cannot_be_used_stops_the_take(form: TakeSettings, text: str) -> None:
    form.set_seed_text(text)
    with pytest.raises(RequestError) as caught:
        form.make_request()
    assert "0 to 4,294,967,295" in caught.value.hint


def test_a_typed_seed_is_used_and_kept(form: TakeSettings) -> None:
    form.set_seed_text(" 4,294,967,295 ")
    assert form.make_request().seed == MAX_SEED
    assert form.make_request().seed == MAX_SEED
    assert form.seed_is_locked


def test_each_unlocked_take_gets_another_seed_and_it_is_the_one_shown(form: TakeSettings) -> None:
    seeds = []
    for _ in range(4):
        seeds.append(form.make_request().seed)
        assert form.seed == seeds[-1]
    assert len(set(seeds)) == 4


def test_the_dice_decides_the_next_take(form: TakeSettings) -> None:
    form.make_request()
    form.roll_seed()
    rolled = form.seed
    assert form.make_request().seed == rolled


def test_a_seed_over_31_bits_travels_through_the_signal(form: TakeSettings) -> None:
    told: list[int] = []
    form.seed_changed.connect(told.append)
    form.set_seed(MAX_SEED)
    assert told == [MAX_SEED]


def test_untouched_sampling_is_left_to_the_model(form: TakeSettings) -> None:
    request = form.make_request()
    assert (request.steps, request.guidance_scale, request.sampler) == (None, None, None)
    form.set_sampling(steps=12)
    form.set_sampling(guidance_scale=3.5)
    request = form.make_request()
    assert (request.steps, request.guidance_scale, request.sampler) == (12, 3.5, None)
    form.set_sampling(steps=None)
    assert form.make_request().steps is None


def test_a_sampler_that_the_next_model_lacks_is_let_go(form: TakeSettings) -> None:
    form.set_sampling(sampler="dpmpp-2m")
    form.set_model_info(replace(INFO, samplers=("pingpong",), defaults=ModelDefaults(8, 1.0, "pingpong")))
    assert form.sampler is None


def test_a_negative_prompt_is_left_out_where_it_has_no_effect(form: TakeSettings) -> None:
    form.set_negative_prompt("drums")
    assert form.make_request().negative_prompt == "drums"
    form.set_model_info(replace(INFO, negative_prompt=False))
    assert form.make_request().negative_prompt == ""
    form.set_sampling(guidance_scale=4.0)
    assert form.make_request().negative_prompt == "drums"


def test_recall_brings_everything_back(form: TakeSettings) -> None:
    old = TakeRequest("old", "harp", 12.5, 7, negative_prompt="bass", steps=9, guidance_scale=2.0, sampler="dpmpp-2m")
    form.recall(old)
    assert replace(form.make_request(), take_id="old") == old
    assert form.seed_is_locked


def test_a_take_of_before_is_made_as_it_was_and_another_as_the_model_makes_it(form: TakeSettings) -> None:
    old = TakeRequest("old", "harp", 200.0, 7, denoising="whole", quality="quick", guidance_low=0.2, guidance_high=0.9)
    form.recall(old)
    assert replace(form.make_request(), take_id="old") == old
    form.set_prompt("harp and flute")
    new = form.make_request()
    assert (new.denoising, new.quality, new.guidance_low, new.guidance_high) == (None, "full", None, None)
    form.set_prompt("harp")
    assert form.make_request().denoising == "whole"
    form.set_seed(8)
    assert form.make_request().denoising is None


def test_signals_come_only_with_a_change(form: TakeSettings) -> None:
    told: list[object] = []
    form.prompt_changed.connect(told.append)
    form.duration_changed.connect(told.append)
    form.set_prompt("calm piano")
    form.set_duration(form.duration_s)
    assert told == []

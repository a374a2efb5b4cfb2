"""The channels that say where every latent stands."""

from __future__ import annotations

import math

import pytest
import torch

from musicapp.description.configs import TIMELINE_CHANNELS
from musicapp.errors import RequestError
from musicapp.nn.conditioners import Conditioner, NumberConditioner
from musicapp.nn.timeline import NO_FACTS, WAY, TimelineConditioner
from musicapp.prompts.facts import PromptFacts, read_prompt

RATE_HZ = 20.0
BEAT, KEY, PIECE, DRUMS = 0, 15, 40, 53  # where the groups begin


def channels(prompt, *, start=0.0, total=8.0, latents=160):
    item = {"facts": read_prompt(prompt), "seconds_start": start, "seconds_total": total}
    made = TimelineConditioner(RATE_HZ)([item], latents)
    assert made.shape == (1, TIMELINE_CHANNELS, latents) and made.dtype == torch.float32
    return made[0]


def test_the_beat_turns_once_a_beat_and_the_bar_once_a_bar():
    made = channels("120 bpm in 3/4")
    seconds = (torch.arange(160) + 0.5) / RATE_HZ
    assert made[BEAT].eq(1).all()
    torch.testing.assert_close(made[BEAT + 1], torch.cos(2 * math.pi * 2 * seconds), atol=1e-5, rtol=0)
    torch.testing.assert_close(made[BEAT + 2], torch.sin(2 * math.pi * 2 * seconds), atol=1e-5, rtol=0)
    torch.testing.assert_close(made[BEAT + 7], torch.cos(2 * math.pi * 2 * seconds / 3), atol=1e-5, rtol=0)


def test_a_crop_is_a_part_of_the_whole():
    whole, part = channels("97 bpm, F minor", total=9.0), channels("97 bpm, F minor", start=2.0, total=9.0, latents=60)
    torch.testing.assert_close(part, whole[:, 40:100], atol=1e-5, rtol=0)


def test_the_key_names_tonic_and_scale():
    made = channels("D major")[KEY : KEY + 25, 0]
    assert made[0] == 1 and made[1:13].nonzero().flatten().tolist() == [2]
    assert made[13:].nonzero().flatten().tolist() == sorted((2 + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11))


def test_what_is_left_open_is_zero():
    made = channels("calm piano")
    assert not made[BEAT:PIECE].any() and made[PIECE:DRUMS].any() and not made[DRUMS:].any()


def test_drums_are_wanted_or_not():
    assert channels("techno with drums")[DRUMS:, 3].tolist() == [1, 0]
    assert channels("techno without drums")[DRUMS:, 3].tolist() == [0, 1]


def test_a_word_for_the_tempo_stands_for_one():
    assert torch.equal(channels("slow piano")[:KEY], channels("piano, 72 bpm")[:KEY])


def test_nothing_stated_is_the_same_as_no_facts():
    items = [{"facts": facts, "seconds_start": 0.0, "seconds_total": 8.0} for facts in (PromptFacts(), NO_FACTS)]
    nothing, dropped = TimelineConditioner(RATE_HZ)(items, 160)
    assert torch.equal(nothing, dropped) and torch.equal(nothing, channels("calm piano"))


def test_the_end_is_near_at_the_end_and_silence_is_marked():
    made = channels("", total=6.0)
    end = int(6.0 * RATE_HZ)
    near, behind = made[PIECE + 5 : PIECE + 10], made[PIECE + 10]
    assert (near.diff(dim=1)[:, : end - 1] > 0).all() and (near[:, end:] == 1).all()
    assert behind[:end].eq(0).all() and behind[end:].eq(1).all()
    assert made[PIECE, 0] < 1 and (made[PIECE : PIECE + 5].diff(dim=1) < 0).any()


def test_the_way_is_half_a_turn_over_the_piece():
    passed = (torch.arange(160) + 0.5) / RATE_HZ / 8.0
    wanted = torch.stack((torch.cos(math.pi * passed), torch.sin(math.pi * passed)))
    torch.testing.assert_close(channels("", total=8.0)[WAY], wanted, atol=1e-5, rtol=0)


def test_the_conditioner_makes_them_with_and_without_the_prompt():
    numbers = {name: NumberConditioner(4, 0, 9) for name in ("seconds_start", "seconds_total")}
    whole = Conditioner(
        {**numbers, "timeline": TimelineConditioner(RATE_HZ)}, global_ids=tuple(numbers), input_concat_ids=("timeline",)
    )
    item = {"facts": read_prompt("90 bpm in E minor, no drums"), "seconds_start": 0.0, "seconds_total": 3.0}
    told = whole.encode([item, item | {"facts": read_prompt("piano")}], 64)
    assert told.input_concat.shape == told.null_concat.shape == (2, TIMELINE_CHANNELS, 64)
    assert not told.null_concat[:, :PIECE].any() and not told.null_concat[:, DRUMS:].any()
    torch.testing.assert_close(told.input_concat[1], told.null_concat[1])
    torch.testing.assert_close(told.input_concat[:, PIECE:DRUMS], told.null_concat[:, PIECE:DRUMS])
    assert told.input_concat[0, :PIECE].any() and told.input_concat[0, DRUMS:].any()
    with pytest.raises(RequestError, match="facts"):
        whole.encode([{"prompt": "90 bpm", "seconds_start": 0.0, "seconds_total": 3.0}], 64)


@pytest.mark.parametrize("total", [0.0, 0.5, 285.0])
def test_all_numbers_are_finite_and_small(total):
    made = channels("300 bpm, 12/8, C major", total=total)
    assert made.isfinite().all() and made.abs().max() <= 1.0 + 1e-6

"""A student learns back into one call what two calls said: the caption, pushed away from its opposites."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch
from torch import nn

from musicapp.captions import words
from musicapp.captions.captions import Contrast, write_contrast
from musicapp.composing.composer import compose
from musicapp.composing.instruments import INSTRUMENTS
from musicapp.diffusion import schedules
from musicapp.prompts.facts import read_prompt
from musicapp.training.builtin import sharpen
from musicapp.training.builtin.distill import STEPS
from musicapp.training.builtin.sharpen import draw, lesson_loss


@pytest.fixture(scope="module")
def contrasts() -> list[tuple[Contrast, object]]:
    rng, made = random.Random(0), []
    for seed in range(400):
        truth = compose(seed, duration_s=10.0).truth
        if not INSTRUMENTS[truth.lead].is_drums and truth.kind == "song":
            made.append((write_contrast(truth, rng), truth))
    return made


def names_of(instrument: str) -> list[str]:
    return [name.lower() for name in words.INSTRUMENTS.get(instrument, (instrument,))]


def test_a_caption_names_the_lead_and_its_opposite_does_not(contrasts):
    named, leaking = 0, 0
    for contrast, truth in contrasts:
        caption, without = contrast.caption.lower(), (contrast.without_lead or "").lower()
        named += any(name in caption for name in names_of(truth.lead))
        leaking += any(name in without for name in names_of(truth.lead))
    assert named > 0.9 * len(contrasts)  # the others are misspelt
    assert leaking < 0.25 * len(contrasts)  # "strings" of a "string quartet", a "piano" among the others


def test_the_opposite_says_the_opposite_of_the_drums_and_the_same_of_tempo_and_key(contrasts):
    told = [contrast for contrast, _ in contrasts if contrast.other_drums is not None]
    refused = [contrast for contrast, truth in contrasts if not truth.has_drums]
    assert len(told) > 0.5 * len(contrasts) and all(contrast.other_drums for contrast in refused)
    flipped = same = 0
    for contrast in told:
        ours, theirs = read_prompt(contrast.caption), read_prompt(contrast.other_drums)
        flipped += ours.has_drums is not None and theirs.has_drums is (not ours.has_drums)
        same += replace(ours, has_drums=None) == replace(theirs, has_drums=None)
    assert flipped > 0.95 * len(told) and same > 0.8 * len(told)


def test_a_word_for_the_tempo_is_told_as_the_pieces_own():
    numbers = {"tempo_bpm": 66.0, "seconds_start": 0.0, "seconds_total": 1.0}
    asked = sharpen.Asked([Contrast("slow harp", None, None)], [False], [numbers], 20)
    (told,) = asked.metadata([0], ["slow harp"])
    assert told["facts"].beat_bpm == 66.0 and told["seconds_total"] == 1.0


def test_windows_are_of_one_length_and_lie_in_their_pieces():
    rng = random.Random(1)
    refused = longest = 0
    for _ in range(40):
        asked = draw(rng, 600)
        assert asked.latents % 2 == 0 and asked.latents <= sharpen.LONGEST_LATENTS
        assert len(asked.contrasts) == len(asked.numbers) == len(asked.are_drums_refused) >= 1
        for contrast, is_refused, numbers in zip(asked.contrasts, asked.are_drums_refused, asked.numbers, strict=True):
            assert contrast.caption
            end_s = numbers["seconds_start"] + asked.latents * 2048 / 44100
            assert end_s <= numbers["seconds_total"] + (sharpen.HEADROOM + 3) * 2048 / 44100
            refused += is_refused
            longest = max(longest, numbers["seconds_total"])
    assert refused > 10 and longest > 30


class Field(nn.Module):
    """A velocity that a number pushes: 0 is the caption, other numbers its opposites."""

    def __init__(self) -> None:
        super().__init__()
        self.push = nn.Parameter(torch.zeros(STEPS))

    def forward(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        number = int((schedules.logsnr(STEPS)[:-1] - t[0]).abs().argmin())
        return x - 1 + self.push[number]


def pushed(x, t):
    return x - 1 + 2.5 * 0.4


def test_a_student_that_is_where_it_is_pushed_to_has_no_loss():
    student = Field()
    nn.init.constant_(student.push, 1.0)
    loss = lesson_loss(student, pushed, torch.randn(2, 1, 5), [0, 3, 7])
    assert loss.item() == pytest.approx(0, abs=1e-10)


def test_only_the_chosen_steps_are_learnt_and_in_the_end_all_of_them():
    student, rng = Field(), random.Random(0)
    optimiser = torch.optim.SGD(student.parameters(), lr=1.0)
    lesson_loss(student, pushed, torch.randn(2, 1, 5), [2, 5]).backward()
    assert student.push.grad.ne(0).tolist() == [number in (2, 5) for number in range(STEPS)]
    for _ in range(60):
        optimiser.zero_grad()
        lesson_loss(student, pushed, torch.randn(2, 1, 5), sorted(rng.sample(range(STEPS), 4))).backward()
        optimiser.step()
    torch.testing.assert_close(student.push.detach(), torch.ones(STEPS), atol=1e-3, rtol=0)

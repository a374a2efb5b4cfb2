"""Noise whose sections return."""

from __future__ import annotations

import itertools

import pytest
import torch

from musicapp.diffusion.noise import beginning_anew, returning, returning_noise, rondo


def drawn(seed=0):
    generator = torch.Generator().manual_seed(seed)
    return lambda count: torch.randn(1, 64, count, generator=generator)


def test_a_rondo_comes_back_to_its_theme():
    assert "".join("ABCDE"[rondo(number)] for number in range(16)) == "ABACABADABACABAE"


@pytest.mark.parametrize(("latents", "section"), [(646, 516.8), (1000, 0.0), (1000, 400.0)])
def test_short_takes_get_plain_noise(latents, section):
    torch.testing.assert_close(returning_noise(drawn(), latents, section), drawn()(latents), atol=0, rtol=0)


def test_sections_of_one_letter_are_alike_and_of_two_are_not():
    section = 200
    made = returning_noise(drawn(), 1500, float(section))[0]
    assert made.shape == (64, 1500)
    parts = [made[:, at : at + section].flatten() for at in range(0, 1400, section)]
    for one in range(7):
        for other in range(one):
            alike = float(torch.corrcoef(torch.stack((parts[one], parts[other])))[0, 1])
            assert alike == pytest.approx(1.0 if rondo(one) == rondo(other) else 0.0, abs=0.05)
    assert float(made.var()) == pytest.approx(1.0, abs=0.03)


def test_beginnings_do_not_drift_and_fall_on_patches():
    made = returning_noise(drawn(1), 2000, 181.3, multiple=2)[0]
    for number in range(2, 10, 2):
        start = 2 * round(number * 181.3 / 2)
        assert torch.equal(made[:, start : start + 170], made[:, :170])


def test_the_same_seed_gives_the_same_noise():
    one, other = (returning_noise(drawn(3), 1200, 300.0) for _ in range(2))
    assert torch.equal(one, other) and not torch.equal(one, returning_noise(drawn(4), 1200, 300.0))


def test_sections_are_told_what_the_first_of_their_letter_is_told():
    told = torch.arange(1490.0)[None]
    made = returning(told, 200.0)
    starts = {0: 400, 1: 200, 2: 600, 3: 1400}  # of what stands for A, B, C, D
    for number in range(8):
        part = made[0, 200 * number : 200 * (number + 1)]
        assert part[0] == starts[rondo(number)], number
        assert (part.diff() == 1).all()
    assert torch.equal(told, torch.arange(1490.0)[None])


def test_sections_that_begin_anew_are_told_what_the_first_one_is_told():
    made = beginning_anew(torch.arange(1490.0)[None], 181.3, multiple=2)[0]
    starts = [2 * round(number * 181.3 / 2) for number in range(9)] + [1490]
    for start, end in itertools.pairwise(starts):
        assert torch.equal(made[start:end], torch.arange(float(end - start)))


@pytest.mark.parametrize("tell", [returning, beginning_anew])
@pytest.mark.parametrize(("latents", "section"), [(500, 200.0), (500, 0.0)])
def test_short_takes_are_told_where_they_are(tell, latents, section):
    told = torch.arange(float(latents))[None]
    assert torch.equal(tell(told, section), told)

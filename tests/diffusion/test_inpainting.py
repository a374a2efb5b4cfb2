"""What is kept and what is made, in latents."""

from __future__ import annotations

import pytest
import torch

from musicapp.diffusion.inpainting import channels_of, keep_mask, staying
from musicapp.diffusion.noise import laid_noise, returning_noise
from musicapp.diffusion.sampling import SAMPLERS, sample


def test_a_latent_is_judged_by_its_first_frame():
    assert keep_mask(6, 10, [(11, 30)])[0, 0].tolist() == [1, 1, 0, 1, 1, 1]
    assert keep_mask(6, 10, [(10, 31)])[0, 0].tolist() == [1, 0, 0, 0, 1, 1]


def test_several_gaps_and_everything_behind_the_end_are_made():
    assert keep_mask(8, 10, [(0, 10), (30, 50)], end=61)[0, 0].tolist() == [0, 1, 1, 0, 0, 1, 1, 0]


def test_the_channels_are_the_mask_and_the_kept_latents():
    mask, latents = keep_mask(4, 10, [(10, 20)]), torch.randn(2, 3, 4)
    channels = channels_of(mask, latents)
    assert channels.shape == (2, 4, 4)
    assert channels[:, :1].equal(mask.expand(2, -1, -1)) and channels[..., 1].abs().sum() == 0
    assert channels[:, 1:, 2].equal(latents[..., 2])


@pytest.mark.parametrize("sampler", list(SAMPLERS))
@pytest.mark.parametrize("repeats", [0, 2])
def test_every_sampler_leads_to_the_latents_that_stay(sampler: str, repeats: int) -> None:
    objective = SAMPLERS[sampler].objectives[0]
    torch.manual_seed(1)
    latents, keep = torch.randn(1, 4, 24), torch.ones(1, 1, 24)
    keep[..., 8:15] = 0
    seen: list[torch.Tensor] = []

    def network(x: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor:
        seen.append(x)
        return 0.3 * x.roll(1, dims=2)

    def draw() -> torch.Tensor:
        return torch.randn(1, 4, 24)

    filled = staying(network, latents, keep, objective, draw, repeats=repeats)
    *_, last = sample(filled, objective, draw(), sampler=sampler, steps=6, draw=draw)
    torch.testing.assert_close(last.latents[..., keep[0, 0] > 0], latents[..., keep[0, 0] > 0], atol=2e-4, rtol=1e-4)
    assert (last.latents - latents)[..., 8:15].abs().min() > 0 and len(seen) == 6 * (repeats + 1)
    near = seen[-1][..., keep[0, 0] > 0] - latents[..., keep[0, 0] > 0]
    assert near.std() < 1, "what is made sees what stays, at the noise of the step"


def test_laid_noise_begins_alike_at_every_length_and_each_drawing_is_another() -> None:
    long = laid_noise(7, 0, 6, 1000)
    for latents in (1, 15, 16, 17, 333):
        torch.testing.assert_close(laid_noise(7, 0, 6, latents), long[..., :latents], atol=0, rtol=0)
    assert abs(float(long.std()) - 1) < 0.03 and abs(float(long.mean())) < 0.03
    for other in (laid_noise(7, 1, 6, 1000), laid_noise(8, 0, 6, 1000)):
        assert abs(float(torch.corrcoef(torch.stack([long.flatten(), other.flatten()]))[0, 1])) < 0.05


def test_seeds_and_drawings_from_end_to_end_have_noise_of_their_own() -> None:
    drawn = [laid_noise(seed, number, 4, 20) for seed in (0, 1, 2**31, 2**32 - 1) for number in (0, 1, 2, 999)]
    assert len({noise.numpy().tobytes() for noise in drawn}) == len(drawn)
    gathered = torch.stack(drawn).flatten(1)
    assert torch.corrcoef(gathered).fill_diagonal_(0).abs().max() < 0.5


def test_takes_with_sections_open_with_the_noise_of_those_without() -> None:
    def noise(latents: int) -> torch.Tensor:
        numbers.append(len(numbers))
        return laid_noise(3, numbers[-1], 2, latents)

    numbers: list[int] = []
    short = returning_noise(noise, 30, 20.0, opens_alike=True)
    numbers.clear()
    long = returning_noise(noise, 130, 20.0, opens_alike=True)
    torch.testing.assert_close(long[..., :20], short[..., :20], atol=0, rtol=0)
    torch.testing.assert_close(long[..., 40:60], long[..., :20], atol=0, rtol=0)

"""What is kept and what is made, in latents."""

from __future__ import annotations

import torch

from musicapp.diffusion.inpainting import channels_of, keep_mask


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

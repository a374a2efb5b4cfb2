"""Distances are zero for equal sound, grow with what is wrong, and do not explode on silence."""

from __future__ import annotations

import math
import random

import pytest
import torch

from musicapp.training import losses


@pytest.fixture
def music() -> torch.Tensor:
    time = torch.arange(16384) / 44100
    left = 0.3 * torch.sin(2 * math.pi * 220 * time)
    return torch.stack([left, 0.5 * left + 0.1 * torch.sin(2 * math.pi * 1760 * time)])[None]


def test_equal_sounds_have_no_distance(music):
    assert losses.spectral_loss(music, music, losses.RESOLUTIONS).item() == 0
    assert losses.stft_distance(music, music) == 0
    assert losses.si_sdr(music, music) > 60


def test_a_wrong_phase_is_a_distance(music):
    """Flipped polarity has the same magnitudes; only the complex term sees it."""
    assert losses.stft_distance(-music, music) == 0
    assert losses.spectral_loss(-music, music, [1024]).item() > 1


def test_a_quiet_item_does_not_drown_the_others(music):
    target = torch.cat([music, torch.zeros_like(music)])
    noisy = target + 1e-3 * torch.randn_like(target)
    assert losses.spectral_loss(noisy, target, [1024]).item() < 5


def test_si_sdr_ignores_the_level_and_counts_noise(music):
    noise = torch.randn_like(music)
    noise *= (music.square().sum(-1, keepdim=True) / noise.square().sum(-1, keepdim=True)).sqrt() / 10
    assert losses.si_sdr(0.1 * (music + noise), music) == pytest.approx(20, abs=0.3)


def test_resolutions_are_drawn_without_repeats():
    drawn = losses.draw_resolutions(random.Random(1), 3)
    assert len(set(drawn)) == 3
    assert set(drawn) <= set(losses.RESOLUTIONS)

"""Distances are zero for equal sound, grow with what is wrong, and do not explode on silence."""

from __future__ import annotations

import math

import pytest
import torch

from musicapp.training import losses
from musicapp.training.mel_filters import filters


@pytest.fixture
def music() -> torch.Tensor:
    time = torch.arange(16384) / 44100
    left = 0.3 * torch.sin(2 * math.pi * 220 * time)
    return torch.stack([left, 0.5 * left + 0.1 * torch.sin(2 * math.pi * 1760 * time)])[None]


def test_equal_sounds_have_no_distance(music):
    assert losses.stft_distance(music, music) == 0
    assert losses.si_sdr(music, music) > 60


def test_a_distance_that_was_measured_can_be_learnt_from(music):
    filters.cache_clear()
    losses.mel_distance(music, 0.5 * music)
    decoded = music.clone().requires_grad_()
    losses.mel_loss(decoded, 0.5 * music).backward()
    assert decoded.grad is not None and decoded.grad.any()


def test_silence_does_not_break_the_gradient(music):
    for decoded, target in ((music, torch.zeros_like(music) + 1e-9), (torch.zeros_like(music), music)):
        decoded = decoded.clone().requires_grad_()
        (losses.stft_loss(decoded, target) + losses.mel_loss(decoded, target)).backward()
        assert decoded.grad is not None and torch.isfinite(decoded.grad).all()


def test_equal_magnitudes_have_no_loss():
    target = torch.rand(2, 2, 5, 9)
    assert losses.magnitude_loss(target.log(), target).item() == pytest.approx(0, abs=1e-4)
    assert losses.magnitude_loss((2 * target).log(), target).item() > 1


def test_a_quiet_item_does_not_drown_the_others():
    target = torch.rand(2, 2, 5, 9)
    target[1] = 0
    assert losses.magnitude_loss((target + 1e-3).log(), target).item() < 4


def test_si_sdr_ignores_the_level_and_counts_noise(music):
    noise = torch.randn_like(music)
    noise *= (music.square().sum(-1, keepdim=True) / noise.square().sum(-1, keepdim=True)).sqrt() / 10
    assert losses.si_sdr(0.1 * (music + noise), music) == pytest.approx(20, abs=0.3)

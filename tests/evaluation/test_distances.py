"""The distances are those that auraloss defines, and the Frechet distance that of normal distributions."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import torch

from musicapp.evaluation.distribution import divergence, frechet_distance
from musicapp.training.losses import MEL_BANDS, MEL_HOP, MEL_SIZE, mel_distance, si_sdr, stft_distance
from musicapp.training.mel_filters import filters


@pytest.fixture(scope="module")
def peer() -> ModuleType:
    """The reference implementation, a development package."""
    module: ModuleType = pytest.importorskip("auraloss", reason="auraloss, of the extra “dev”, is not installed.")
    return module


@pytest.fixture(scope="module")
def pair() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    target = 0.1 * torch.randn(2, 2, 20000, generator=generator).cumsum(-1) / 20
    return target + 0.02 * torch.randn(2, 2, 20000, generator=generator), target


def test_stft_and_si_sdr_are_auraloss_own(peer: ModuleType, pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    assert stft_distance(*pair) == pytest.approx(float(peer.freq.MultiResolutionSTFTLoss()(*pair)), rel=1e-4)
    assert si_sdr(*pair) == pytest.approx(-float(peer.time.SISDRLoss()(*pair)), abs=1e-3)


def test_mel_is_auraloss_own(peer: ModuleType, pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    theirs = peer.freq.STFTLoss(MEL_SIZE, MEL_HOP, MEL_SIZE)
    # It would ask librosa for these filters; ours come from transformers, by the same formula.
    theirs.scale, theirs.fb = "mel", filters(MEL_BANDS, MEL_SIZE, 0.0, 22050.0, "slaney", "slaney")[None]
    assert mel_distance(*pair) == pytest.approx(float(theirs(*pair)), rel=1e-4)


def test_slaney_filters_have_the_area_of_one_band() -> None:
    bank = filters(40, 4096, 0.0, 22050.0, "slaney", "slaney")
    areas = bank.sum(dim=1) * 44100 / 4096
    assert areas[10:].numpy() == pytest.approx(np.ones(30), abs=0.05)


def test_the_distance_of_a_thing_to_itself_is_zero(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    assert mel_distance(pair[1], pair[1]) == pytest.approx(0, abs=1e-6)
    rows = np.random.default_rng(0).normal(size=(50, 4))
    assert frechet_distance(rows, rows) == pytest.approx(0, abs=1e-6)
    assert divergence(np.array([0.2, 0.8]), np.array([0.2, 0.8])) == 0


def test_frechet_is_the_closed_form_of_normal_distributions() -> None:
    rows = np.random.default_rng(1).normal(size=(4000, 3))
    assert frechet_distance(rows + np.array((3, 0, 4)), rows) == pytest.approx(25, abs=1e-6)  # only the means differ
    wide = frechet_distance(rows * np.array((3, 1, 1)), rows)  # the square of the difference of the deviations
    assert wide == pytest.approx((2 * rows[:, 0].std()) ** 2, rel=0.02)


def test_divergence_is_kullback_and_leibler() -> None:
    assert divergence(np.array([0.5, 0.5]), np.array([0.25, 0.75])) == pytest.approx(0.5 * np.log(2 * 2 / 3))

"""The bank of tempered sines: its spectrum is that of its sound, and what follows it is in tune."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from musicapp.description.spectral_configs import TemperedConfig
from musicapp.nn.phases import PhaseSearch
from musicapp.nn.spectral import short_time_spectrum
from musicapp.nn.tempered import LOWEST_PITCH, TemperedBank, hann_lobe

N_FFT, HOP, RATE, COUNT = 2048, 512, 44100, 128


@pytest.fixture
def bank() -> TemperedBank:
    torch.manual_seed(1)
    return TemperedBank(TemperedConfig(width=16, depth=2), n_fft=N_FFT, hop=HOP, stride=4).eval()


def frequency(pitch: float) -> float:
    return 440 * 2 ** ((pitch - 69) / 12)


def spectrum(audio: Tensor) -> Tensor:
    return short_time_spectrum(audio, torch.hann_window(N_FFT), HOP) * (4 / N_FFT)


def error_cents(audio: Tensor, pitch: float) -> float:
    """How far the peak near a pitch is from it, seen in the middle 1.2 s."""
    middle = audio[len(audio) // 2 - 26460 : len(audio) // 2 + 26460]
    level = torch.fft.rfft(middle * torch.hann_window(len(middle)), n=1 << 19).abs()
    low, high = (round(frequency(pitch + step) / RATE * (1 << 19)) for step in (-0.9, 0.9))
    peak = low + int(level[low:high].argmax())
    return 1200 * abs(math.log2(peak * RATE / (1 << 19) / frequency(pitch)))


def test_a_lobe_is_the_transform_of_the_window():
    wanted = torch.fft.rfft(torch.hann_window(N_FFT), n=N_FFT * 4).abs()[:33] * (2 / N_FFT)
    torch.testing.assert_close(hann_lobe(torch.arange(33) / 4).abs(), wanted, atol=1e-4, rtol=0)


def test_the_spectrum_is_that_of_the_sines(bank):
    levels = torch.zeros(1, COUNT, 50)
    levels[..., 5], levels[..., 8], levels[..., 40] = 0.5, 0.3, 0.1
    time = torch.arange(COUNT * HOP, dtype=torch.float64)
    middle = HOP / 2  # of the first window
    audio = sum(
        levels[0, 0, n] * torch.cos(2 * math.pi * frequency(LOWEST_PITCH + n) / RATE * (time - middle) + bank.start[n])
        for n in (5, 8, 40)
    )
    found, wanted = bank.spectrum(levels)[0], spectrum(audio.float())[:, :33]
    torch.testing.assert_close(found[4:-4], wanted[4:-4], atol=2e-4, rtol=0)


def test_sines_run_on_wherever_a_take_is_cut(bank):
    levels = torch.rand(1, COUNT, 50)
    cut = bank.spectrum(levels[:, 40:], first=40)
    torch.testing.assert_close(cut, bank.spectrum(levels)[:, 40:], atol=1e-5, rtol=0)


def test_what_a_window_gets_depends_on_no_other_than_the_reach_says(bank):
    loud, at = torch.full((1, COUNT, 64), -4.0), 64
    changed = loud.clone()
    changed[:, at] += 1
    with torch.inference_mode():
        before, after = bank(loud), bank(changed)
    moved = ((before[0] - after[0]).abs().amax(-1) + (before[1] - after[1]).abs())[0].nonzero().flatten() // 4
    assert at // 4 - bank.reach <= int(moved.min()) and int(moved.max()) <= at // 4 + bank.reach


def test_a_low_chord_is_in_tune_with_sines_and_not_without(bank):
    """Notes a third apart in the bass share bins: the guess cannot tell them."""
    pitches, levels = (36, 40, 43), torch.zeros(1, COUNT, 50)
    time = torch.arange(COUNT * HOP, dtype=torch.float64) / RATE
    audio = torch.zeros_like(time)
    for number, pitch in enumerate(pitches):
        audio += 0.2 * torch.sin(2 * math.pi * frequency(pitch) * time + 2 * number)
        levels[..., pitch - LOWEST_PITCH] = 0.2
    magnitude = spectrum(audio.float()[None]).abs()
    search = PhaseSearch(N_FFT, HOP, 8, 32)
    guessed, told = search(magnitude)[0], search(magnitude, bank.spectrum(levels)[0], torch.ones(COUNT))[0]
    assert max(error_cents(told, pitch) for pitch in pitches) < 5
    assert max(error_cents(guessed, pitch) for pitch in pitches) > 15


def test_silence_stays_silent(bank):
    with torch.inference_mode():
        sines, trust = bank(torch.full((1, 32, N_FFT // 2 + 1), -30.0))
        nothing = torch.zeros(2, 32, N_FFT // 2 + 1)
        assert PhaseSearch(N_FFT, HOP, 2, 32)(nothing, sines[0], trust[0]).abs().max() < 1e-6


def test_sizes_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="kernel"):
        TemperedConfig(width=16, depth=2, kernel_size=4)
    with pytest.raises(ValueError, match="pitches"):
        TemperedConfig(width=16, depth=2, pitches=0)

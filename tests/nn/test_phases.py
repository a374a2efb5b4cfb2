"""Phases from magnitudes: partials come back at their level, and threads and chunks change nothing."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from musicapp.analysis.sound import attack_kurtosis
from musicapp.nn import phases
from musicapp.nn.phases import PhaseSearch, overlap_add
from musicapp.nn.spectral import short_time_spectrum

N_FFT, HOP, RATE = 2048, 512, 44100


def search(iterations: int = 8) -> PhaseSearch:
    return PhaseSearch(N_FFT, HOP, iterations, 32)


def magnitudes(audio: Tensor) -> Tensor:
    return short_time_spectrum(audio, torch.hann_window(N_FFT), HOP).abs() * (4 / N_FFT)


def noise(count: int = 560) -> Tensor:  # enough for two threads
    return torch.rand(2, count, N_FFT // 2 + 1, generator=torch.Generator().manual_seed(0))


def error(found: Tensor, wanted: Tensor) -> float:
    """How far the magnitudes are from those asked for, the ends left out, over their norm."""
    difference = (magnitudes(found) - wanted)[:, 4:-4]
    return float(torch.linalg.vector_norm(difference) / torch.linalg.vector_norm(wanted[:, 4:-4]))


def test_the_inverse_transform_gives_back_what_the_transform_took():
    audio, window = torch.randn(12 * HOP), torch.hann_window(N_FFT)
    pieces = torch.fft.irfft(short_time_spectrum(audio, window, HOP)) * window
    buffer = torch.empty(len(pieces) + 3, HOP)
    share = overlap_add(window.square().expand(len(pieces), N_FFT), torch.empty_like(buffer)).reciprocal()
    back = phases.Join()(pieces, share, buffer)
    torch.testing.assert_close(back[768:-768], audio, atol=1e-4, rtol=0)
    assert not back[:768].any() and not back[-768:].any()


@pytest.mark.parametrize("frequency_hz", [110.0, 445.3, 2000.7])
def test_the_first_guess_is_right_for_a_tone(frequency_hz):
    """Without a single projection: also a tone between two bins does not cancel itself."""
    tone = 0.5 * torch.sin(2 * torch.pi * frequency_hz * torch.arange(80 * HOP) / RATE).expand(2, -1)
    found = search(iterations=0)(magnitudes(tone))
    assert error(found, magnitudes(tone)) < 0.35  # where a group begins, phases jump
    assert found.square().mean().sqrt() == pytest.approx(float(tone.square().mean().sqrt()), rel=0.15)


def test_attacks_in_the_treble_stand_where_they_were(monkeypatch):
    """Bursts of noise every third of a second, which begin at once: as steep as they were, or the guess has no eye for
    time."""
    time = torch.arange(160 * HOP) / RATE
    noise = torch.randn(len(time), generator=torch.Generator().manual_seed(3))
    bursts = noise * torch.exp(-60 * (time % 0.33)) + 0.003 * noise
    wanted = magnitudes(bursts.expand(1, -1))

    def kurtosis() -> float:
        return attack_kurtosis(search()(wanted)[0].numpy(), RATE)

    seen = kurtosis()
    monkeypatch.setattr(phases, "STEEP_RISE", 1e9)
    assert seen > 1.1 * kurtosis()
    assert seen > 0.7 * attack_kurtosis(bursts.numpy(), RATE)


def test_left_and_right_are_equally_loud():
    """Magnitudes do not say on which side things stand: found in phase, all of them would stand on the left."""
    draw = torch.Generator().manual_seed(5)
    mid = torch.randn(96 * HOP, generator=draw)
    side = torch.randn(96 * HOP, generator=draw) * 0.4
    chords = [
        sum(torch.sin(2 * torch.pi * f * torch.arange(96 * HOP) / RATE + n) for n, f in enumerate(tones)) * level
        for tones, level in (((110.0, 277.2, 415.3), 0.2), ((110.0, 277.2, 659.3), 0.1))
    ]
    for pair in ((mid, side), chords):
        wanted = magnitudes(torch.stack(list(pair)))
        found = search()(wanted)
        energy = found.square().sum(1)
        left, right = (found[0] + found[1]).square().sum(), (found[0] - found[1]).square().sum()
        assert abs(float(10 * torch.log10(left / right))) < 0.5
        assert float(energy[1] / energy[0]) == pytest.approx(
            float(pair[1].square().sum() / pair[0].square().sum()), rel=0.3
        )
        assert error(found[:1], wanted[:1]) < 0.45


def test_what_is_only_in_the_side_is_heard():
    tone = 0.5 * torch.sin(2 * torch.pi * 440.0 * torch.arange(96 * HOP) / RATE)
    found = search()(magnitudes(torch.stack([torch.zeros_like(tone), tone])))
    assert error(found[1:], magnitudes(tone[None])) < 0.35 and found[0].abs().max() < 1e-3


def test_projections_bring_the_magnitudes_nearer():
    time = torch.arange(80 * HOP) / RATE
    chord = sum(0.2 * torch.sin(2 * torch.pi * f * time) for f in (220.0, 277.2, 329.6, 1318.5))
    clicks = torch.zeros_like(chord)
    clicks[:: RATE // 4] = 0.9
    wanted = magnitudes((chord + clicks)[None])
    errors = [error(search(count)(wanted), wanted) for count in (0, 2, 8, 16)]
    assert errors == sorted(errors, reverse=True) and errors[2] < 0.25


def test_a_group_does_not_begin_with_a_tick():
    """A pad of many partials, whose loudest samples lie anywhere: not in the first hop of each group."""
    draw = torch.Generator().manual_seed(3)
    time = torch.arange(320 * HOP) / RATE
    pad = torch.zeros_like(time)
    for number, (place, turn) in enumerate(torch.rand(60, 2, generator=draw).tolist(), start=1):
        pad += 0.02 * torch.sin(2 * torch.pi * (110 * (number + place) * time + turn))
    found = search()(magnitudes(pad[None]))[0]
    hops = found.abs().unflatten(0, (-1, 32, HOP)).amax(-1)[1:]  # the loudest sample of each
    assert hops[:, 0].median() < 1.3 * hops[:, 1:].median()
    loudest = found.abs().topk(200).indices
    assert (loudest % (32 * HOP) < HOP).float().mean() <= 0.08


def test_the_table_of_first_phases_is_the_same_everywhere():
    table = search().table
    assert table[:3].tolist() == pytest.approx([0.844235, 5.324583, 4.798937], abs=1e-6)
    assert "table" not in search().state_dict()
    assert table.sin().mean().abs() < 0.1 and table.cos().mean().abs() < 0.1


def test_how_many_windows_pass_at_once_changes_nothing(monkeypatch):
    whole = search()(noise())
    for size in (7, 16):
        monkeypatch.setattr(phases, "CACHED_WINDOWS", size)
        torch.testing.assert_close(search()(noise()), whole, atol=0, rtol=0)


def test_one_thread_and_several_find_the_same_phases():
    threads, found = torch.get_num_threads(), []
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            with torch.inference_mode():
                found.append(search()(noise()))
    finally:
        torch.set_num_threads(threads)
    torch.testing.assert_close(found[1], found[0], atol=0, rtol=0)
    torch.testing.assert_close(found[2], found[0], atol=0, rtol=0)


def test_a_window_depends_on_no_others_than_its_reach_says():
    finder, at = search(iterations=3), 100
    changed = noise(200)
    changed[:, at] += 1
    moved = (finder(changed) - finder(noise(200))).abs().amax(0).unflatten(0, (-1, HOP)).amax(1).nonzero().flatten()
    assert at - finder.reach <= int(moved.min()) and int(moved.max()) <= at + finder.reach


@pytest.mark.parametrize("count", [1, 2, 31, 33])
def test_every_count_of_windows_and_silence_give_finite_audio(count):
    assert search()(noise(count)).isfinite().all()
    silence = search()(torch.zeros(2, count, N_FFT // 2 + 1))
    assert silence.shape == (2, count * HOP) and silence.abs().max() < 1e-6


def test_overlap_add_sums_shifted_pieces():
    pieces = torch.arange(8.0).reshape(2, 4)
    used = torch.full((3, 2), 9.0)
    assert overlap_add(pieces, used).tolist() == [0, 1, 2 + 4, 3 + 5, 6, 7]

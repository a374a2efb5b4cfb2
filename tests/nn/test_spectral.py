"""The spectral autoencoder keeps lengths, and its margins make chunked work exact."""

from __future__ import annotations

import pytest
import torch

from musicapp.nn import spectral
from musicapp.nn.spectral import (
    SpectralDecoder,
    SpectralDecoderConfig,
    SpectralEncoder,
    SpectralEncoderConfig,
    mid_side,
    overlap_add,
    short_time_spectrum,
)

SIZES = {"width": 32, "depth": 2, "latent_width": 24, "latent_depth": 2}
RATIO = 2048


@pytest.fixture
def decoder() -> SpectralDecoder:
    torch.manual_seed(1)
    return SpectralDecoder(SpectralDecoderConfig(latent_dim=8, **SIZES)).eval()


@pytest.fixture
def encoder() -> SpectralEncoder:
    torch.manual_seed(2)
    return SpectralEncoder(SpectralEncoderConfig(latent_dim=16, **SIZES)).eval()


@pytest.mark.parametrize("latent_frames", [1, 2, 7])
def test_n_latents_are_exactly_n_times_2048_frames(decoder, encoder, latent_frames):
    with torch.inference_mode():
        audio = decoder(torch.randn(2, 8, latent_frames))
        assert audio.shape == (2, 2, latent_frames * RATIO)
        assert encoder(audio).shape == (2, 16, latent_frames)


def test_decoding_in_chunks_with_the_margin_equals_the_whole(decoder):
    latents, size, margin = torch.randn(1, 8, 40), 9, decoder.margin
    with torch.inference_mode():
        whole = decoder(latents)
        parts = []
        for start in range(0, 40, size):
            first, end = max(0, start - margin), min(40, start + size)
            piece = decoder(latents[:, :, first : min(40, end + margin)])
            parts.append(piece[..., (start - first) * RATIO : (end - first) * RATIO])
    torch.testing.assert_close(torch.cat(parts, -1), whole, atol=1e-5, rtol=0)


@pytest.mark.parametrize("where", [0, 20])
def test_the_decoder_reaches_no_further_than_its_margin(decoder, where):
    latents = torch.randn(1, 8, 40)
    changed = latents.clone()
    changed[:, :, where] += 1
    with torch.inference_mode():
        difference = (decoder(latents) - decoder(changed)).abs().amax((0, 1)).reshape(40, RATIO).amax(1)
    touched = difference.nonzero().flatten()
    assert touched.min() >= where - decoder.margin
    assert touched.max() <= where + decoder.margin


def test_encoding_in_chunks_with_the_margin_equals_the_whole(encoder):
    audio, size, margin = torch.randn(1, 2, 40 * RATIO), 9, encoder.margin
    with torch.inference_mode():
        whole = encoder(audio)
        parts = []
        for start in range(0, 40, size):
            first, end = max(0, start - margin), min(40, start + size)
            piece = encoder(audio[..., first * RATIO : min(40, end + margin) * RATIO])
            parts.append(piece[..., start - first : end - first])
    torch.testing.assert_close(torch.cat(parts, -1), whole, atol=1e-5, rtol=0)


def test_the_inverse_transform_gives_back_what_the_transform_took(decoder):
    audio = torch.randn(3 * RATIO)
    spectrum = short_time_spectrum(audio, decoder.window, 512)
    pieces = torch.empty(len(spectrum), 2048)
    decoder._write_pieces(spectrum, pieces)
    buffer = torch.empty(len(pieces) + 3, 512)
    share = overlap_add(decoder.window.square().expand(len(pieces), 2048), torch.empty_like(buffer)).reciprocal()
    back = decoder.join(pieces, share, buffer)
    torch.testing.assert_close(back[768:-768], audio, atol=1e-4, rtol=0)
    assert not back[:768].any() and not back[-768:].any()


def test_phases_are_found_for_a_tone(decoder):
    """From magnitudes alone: the tone comes back at its level, not cancelled by windows that disagree."""
    time = torch.arange(20 * RATIO) / 44100
    tone = 0.5 * torch.sin(2 * torch.pi * 445.3 * time).expand(1, 2, -1)
    magnitude = short_time_spectrum(tone, decoder.window, 512).abs() * (4 / 2048)
    found = decoder._find_phases(magnitude)
    error = short_time_spectrum(found, decoder.window, 512).abs() * (4 / 2048) - magnitude
    assert torch.linalg.vector_norm(error) < 0.35 * torch.linalg.vector_norm(magnitude)
    assert found.square().mean().sqrt() == pytest.approx(float(tone.square().mean().sqrt()), rel=0.1)


def test_how_many_windows_pass_at_once_changes_nothing(decoder, monkeypatch):
    magnitude = torch.rand(1, 2, 4 * 10, 1025, generator=torch.Generator().manual_seed(0))
    whole = decoder._find_phases(magnitude)
    for size in (7, 16):
        monkeypatch.setattr(spectral, "CACHED_WINDOWS", size)
        torch.testing.assert_close(decoder._find_phases(magnitude), whole, atol=0, rtol=0)


def test_mid_and_side_twice_is_no_change():
    audio = torch.randn(1, 2, 8)
    torch.testing.assert_close(mid_side(mid_side(audio)), audio)
    assert mid_side(audio[:, :1]).shape == (1, 1, 8)


def test_overlap_add_sums_shifted_pieces():
    pieces = torch.arange(8.0).reshape(2, 4)
    used = torch.full((3, 2), 9.0)
    assert overlap_add(pieces, used).tolist() == [0, 1, 2 + 4, 3 + 5, 6, 7]


def test_a_length_that_is_no_multiple_is_refused(encoder):
    with pytest.raises(ValueError, match="not a multiple of 2048"):
        encoder(torch.zeros(1, 2, 1000))


def test_an_even_kernel_is_refused():
    with pytest.raises(ValueError, match="odd"):
        SpectralDecoderConfig(latent_dim=8, kernel_size=4, **SIZES)

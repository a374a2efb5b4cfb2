"""The spectral autoencoder keeps lengths, and its margins make chunked work exact."""

from __future__ import annotations

import pytest
import torch

from musicapp.nn.spectral import (
    SpectralDecoder,
    SpectralDecoderConfig,
    SpectralEncoder,
    SpectralEncoderConfig,
    mid_side,
    overlap_add,
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
    """With the analysis spectrum in place of the head's outputs the audio returns, up to the ends too."""
    window = decoder.window
    audio = torch.randn(1, 2, 3 * RATIO)
    pieces = torch.nn.functional.pad(mid_side(audio), (768, 768)).unfold(-1, 2048, 512)
    spectrum = torch.fft.rfft(pieces) / 512  # no analysis window: the synthesis window alone adds up to a constant
    head = torch.stack([torch.zeros_like(spectrum.real), spectrum.real, spectrum.imag], dim=2)
    back = decoder._audio(head.permute(0, 3, 2, 1, 4).flatten(2))
    assert window.shape == (2048,)
    torch.testing.assert_close(back, audio, atol=1e-4, rtol=0)


def test_overlap_add_sums_shifted_pieces():
    pieces = torch.arange(8.0).reshape(2, 4)
    assert overlap_add(pieces, 2).tolist() == [0, 1, 2 + 4, 3 + 5, 6, 7]


def test_a_length_that_is_no_multiple_is_refused(encoder):
    with pytest.raises(ValueError, match="not a multiple of 2048"):
        encoder(torch.zeros(1, 2, 1000))


def test_an_even_kernel_is_refused():
    with pytest.raises(ValueError, match="odd"):
        SpectralDecoderConfig(latent_dim=8, kernel_size=4, **SIZES)

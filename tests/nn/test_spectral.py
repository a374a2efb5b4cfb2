"""The spectral autoencoder keeps lengths, and its margins make chunked work exact."""

from __future__ import annotations

import pytest
import torch

from musicapp.description.spectral_configs import TemperedConfig
from musicapp.nn.spectral import (
    SpectralDecoder,
    SpectralDecoderConfig,
    SpectralEncoder,
    SpectralEncoderConfig,
    audio_of,
    mid_side,
    narrowed,
    short_time_spectrum,
)

SIZES = {"width": 32, "depth": 2, "latent_width": 24, "latent_depth": 2}
RATIO = 2048


@pytest.fixture(params=["plain", "tempered"])
def decoder(request) -> SpectralDecoder:
    torch.manual_seed(1)
    tempered = TemperedConfig(width=16, depth=2) if request.param == "tempered" else None
    return SpectralDecoder(SpectralDecoderConfig(latent_dim=8, tempered=tempered, **SIZES)).eval()


@pytest.fixture
def encoder() -> SpectralEncoder:
    torch.manual_seed(2)
    return SpectralEncoder(SpectralEncoderConfig(latent_dim=16, **SIZES)).eval()


def test_the_side_never_outweighs_the_mid():
    magnitudes = torch.tensor([[1.0, 1.0, 1.0, 0.0], [0.1, 1.0, 100.0, 0.0]])[:, None]
    mid, side = narrowed(magnitudes.clone())[:, 0]
    assert mid.tolist() == [1, 1, 1, 0] and side[3] == 0
    assert 20 * torch.log10(side[:2]) == pytest.approx([-20.07, -2.5], abs=0.06)
    assert side[2] < 100 * 0.63
    assert torch.equal(narrowed(magnitudes[:1].clone()), magnitudes[:1])


@pytest.mark.parametrize("latent_frames", [1, 2, 7])
def test_n_latents_are_exactly_n_times_2048_frames(decoder, encoder, latent_frames):
    with torch.inference_mode():
        audio = decoder(torch.randn(2, 8, latent_frames))
        assert audio.shape == (2, 2, latent_frames * RATIO)
        assert encoder(audio).shape == (2, 16, latent_frames)


def test_decoding_in_chunks_with_the_margin_equals_the_whole(decoder):
    length, size, margin = 80, 8, decoder.margin
    latents = torch.randn(1, 8, length)
    assert decoder.alignment == 8 and margin % 8 == 0
    with torch.inference_mode():
        whole = decoder(latents)
        parts = []
        for start in range(0, length, size):
            first, end = max(0, start - margin), min(length, start + size)
            piece = decoder(latents[:, :, first : min(length, end + margin)], first)
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


def test_mid_and_side_twice_is_no_change():
    audio = torch.randn(1, 2, 8)
    torch.testing.assert_close(mid_side(mid_side(audio)), audio)
    assert mid_side(audio[:, :1]).shape == (1, 1, 8)


def test_a_spectrum_goes_back_to_its_audio_and_so_does_the_gradient():
    audio, window = torch.randn(2, 3, 8 * 512, requires_grad=True), torch.hann_window(2048)
    again = audio_of(short_time_spectrum(audio, window, 512), window, 512)
    torch.testing.assert_close(again, audio, atol=1e-5, rtol=1e-5)
    again[0, 1, 700].backward()
    wanted = torch.zeros_like(audio)
    wanted[0, 1, 700] = 1
    torch.testing.assert_close(audio.grad, wanted, atol=1e-5, rtol=0)


def test_a_length_that_is_no_multiple_is_refused(encoder):
    with pytest.raises(ValueError, match="not a multiple of 2048"):
        encoder(torch.zeros(1, 2, 1000))


def test_an_even_kernel_is_refused():
    with pytest.raises(ValueError, match="odd"):
        SpectralDecoderConfig(latent_dim=8, kernel_size=4, **SIZES)

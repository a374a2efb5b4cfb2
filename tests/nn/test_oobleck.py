"""The Oobleck halves: lengths, exact support, exact chunking, Snake."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from musicapp.description.configs import OobleckDecoderConfig, OobleckEncoderConfig
from musicapp.nn import oobleck, receptive_field
from musicapp.nn.autoencoder import AutoencoderConfig, build_autoencoder
from musicapp.nn.bottleneck import VAEBottleneck

PUBLIC_STRIDES = (2, 4, 4, 8, 8)
THIN = (1, 1, 1, 1, 1)


def encoder_config(strides=PUBLIC_STRIDES, mults=THIN, **changes):
    values = {"latent_dim": 4, "channels": 2, "use_snake": True, **changes}
    return OobleckEncoderConfig(c_mults=mults, strides=strides, **values)


def decoder_config(strides=PUBLIC_STRIDES, mults=THIN, **changes):
    values = {"latent_dim": 2, "channels": 2, "use_snake": True, "final_tanh": False, **changes}
    return OobleckDecoderConfig(c_mults=mults, strides=strides, **values)


def test_public_strides_have_the_published_margins():
    assert oobleck.OobleckDecoder(decoder_config()).margin == 10
    assert oobleck.OobleckEncoder(encoder_config()).margin == 8


def test_public_layers_have_the_published_receptive_field():
    encoder, decoder = oobleck.OobleckEncoder(encoder_config()), oobleck.OobleckDecoder(decoder_config())
    assert receptive_field.inputs_of(encoder.layers, (0, 0)) == (-14885, 16932)
    assert receptive_field.inputs_of(decoder.layers, (0, 0)) == (-10, 9)
    assert receptive_field.inputs_of(decoder.layers, (2047, 2047)) == (-9, 10)


@pytest.mark.parametrize("strides", [(2,), (2, 4), (4, 2, 6)])
def test_the_decoders_field_is_what_gradients_reach(strides):
    decoder = oobleck.OobleckDecoder(decoder_config(strides, (1,) * len(strides))).double()
    middle, count = 40, 81
    for output in (middle * decoder.ratio, middle * decoder.ratio + decoder.ratio - 1):
        latents = torch.randn(1, 2, count, dtype=torch.double, requires_grad=True)
        decoder(latents)[0, :, output].sum().backward()
        reached = latents.grad[0].abs().sum(0).nonzero().flatten()
        assert (int(reached[0]), int(reached[-1])) == receptive_field.inputs_of(decoder.layers, (output, output))


@pytest.mark.parametrize("strides", [(2,), (2, 4), (4, 2, 6)])
def test_the_encoders_field_is_what_gradients_reach(strides):
    encoder = oobleck.OobleckEncoder(encoder_config(strides, (1,) * len(strides))).double()
    audio = torch.randn(1, 2, 61 * encoder.ratio, dtype=torch.double, requires_grad=True)
    encoder(audio)[0, :, 30].sum().backward()
    reached = audio.grad[0].abs().sum(0).nonzero().flatten()
    assert (int(reached[0]), int(reached[-1])) == receptive_field.inputs_of(encoder.layers, (30, 30))


def _decoded_with_margin(decoder, latents, first, last, margin):
    start, end = max(0, first - margin), min(latents.shape[-1], last + margin)
    audio = decoder(latents[..., start:end])
    return audio[..., (first - start) * decoder.ratio : (last - start) * decoder.ratio]


@torch.inference_mode()
def test_a_chunk_with_the_margin_equals_the_whole_and_with_less_does_not():
    torch.manual_seed(0)
    decoder = oobleck.OobleckDecoder(decoder_config(channels=1)).double()
    latents = torch.randn(1, 2, 26, dtype=torch.double)
    whole = decoder(latents)[..., 11 * 2048 : 14 * 2048]
    exact = _decoded_with_margin(decoder, latents, 11, 14, decoder.margin)
    torch.testing.assert_close(exact, whole, atol=1e-12, rtol=0)
    less = _decoded_with_margin(decoder, latents, 11, 14, decoder.margin - 5)
    assert (less - whole).abs().max() > 1e-12


@torch.inference_mode()
@pytest.mark.parametrize("latent_frames", [1, 5, 13])
def test_lengths_are_whole_frames_both_ways(latent_frames):
    config = AutoencoderConfig(encoder_config(), decoder_config(), 2, 2048, 2)
    autoencoder = build_autoencoder(config)
    latents = autoencoder.encode(torch.randn(1, 2, latent_frames * 2048 - 100))
    assert latents.shape == (1, 2, latent_frames)
    assert autoencoder.decode(latents).shape == (1, 2, latent_frames * 2048)


@torch.inference_mode()
def test_scale_divides_latents_and_comes_back():
    torch.manual_seed(0)
    plain = build_autoencoder(
        AutoencoderConfig(encoder_config((2, 2), (1, 1)), decoder_config((2, 2), (1, 1)), 2, 4, 2)
    )
    scaled = build_autoencoder(
        AutoencoderConfig(encoder_config((2, 2), (1, 1)), decoder_config((2, 2), (1, 1)), 2, 4, 2, scale=0.5)
    )
    scaled.load_state_dict(plain.state_dict())
    audio = torch.randn(1, 2, 32)
    torch.testing.assert_close(scaled.encode(audio), plain.encode(audio) * 2)
    torch.testing.assert_close(scaled.decode(scaled.encode(audio)), plain.decode(plain.encode(audio)))


@torch.inference_mode()
@pytest.mark.parametrize("strides", [(2,), (2, 4), (4, 2, 6)])
@pytest.mark.parametrize("piece", [64, 1000, 1 << 19])
@pytest.mark.parametrize("latent_frames", [1, 2, 23])
def test_pieces_joined_are_what_the_layers_make(strides, piece, latent_frames, monkeypatch):
    monkeypatch.setattr(oobleck, "PIECE", piece)
    torch.manual_seed(0)
    decoder = oobleck.OobleckDecoder(decoder_config(strides, (1, 2, 3)[: len(strides)], channels=3)).double()
    for name, weight in decoder.named_parameters():
        if name.endswith(("alpha", "beta")):
            nn.init.normal_(weight)
    latents = torch.randn(2, 2, latent_frames, dtype=torch.double)
    expected = decoder.layers(latents)
    torch.testing.assert_close(decoder(latents), expected, atol=1e-6, rtol=0)  # Snake is in float32
    decoder.settle()
    torch.testing.assert_close(decoder.layers(latents), expected, atol=1e-6, rtol=0)
    pieces, parts = decoder.pieces(latents), []
    while pieces.left:
        parts.append(pieces.read(7))
    with pytest.raises(EOFError):
        pieces.read(1)
    assert torch.equal(torch.cat(parts, dim=-1), decoder(latents))


def test_kept_gradients_go_the_plain_way():
    assert oobleck.OobleckDecoder(decoder_config()).pieces(torch.randn(1, 2, 5)) is None


@torch.inference_mode()
@pytest.mark.parametrize("dtype", [torch.double, torch.float32, torch.bfloat16])
@pytest.mark.parametrize("settled", [False, True])
def test_layers_with_channels_last_in_memory_are_the_same_layers(dtype, settled):
    torch.manual_seed(0)
    x = torch.randn(2, 6, 50, dtype=dtype)
    channels_last = x.mT.contiguous().mT
    for layer in (
        oobleck.Conv(6, 4, 7, dilation=3, padding=9).to(dtype),
        oobleck.Conv(6, 4, 8, 4, padding=2).to(dtype),
        oobleck.Upsample(6, 4, 8, 4, padding=2).to(dtype),
        oobleck.Upsample(6, 1, 4, 2, padding=1, bias=False).to(dtype),
    ):
        plain = layer(x)
        if settled:
            layer.settle()
        tolerance = {torch.double: 1e-6, torch.float32: 1e-5, torch.bfloat16: 0.05}[dtype]
        torch.testing.assert_close(layer(channels_last), plain, atol=tolerance, rtol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_snake_in_tiles_is_the_formula(dtype, monkeypatch):
    monkeypatch.setattr(oobleck, "TILE", 64)
    snake = oobleck.Snake(6)
    nn.init.normal_(snake.alpha)
    nn.init.normal_(snake.beta)
    x = torch.randn(2, 6, 101).to(dtype)
    a, b = snake.alpha.exp()[:, None], snake.beta.exp()[:, None]
    expected = (x.float() + (a * x.float()).sin() ** 2 / (b + 1e-9)).to(dtype)
    with torch.inference_mode():
        torch.testing.assert_close(snake(x), expected)
    torch.testing.assert_close(snake(x), expected)  # with gradients it takes the other way


def test_the_autoencoder_learns_through_all_its_weights():
    config = AutoencoderConfig(encoder_config((2, 4), (1, 1)), decoder_config((2, 4), (1, 1)), 2, 8, 2)
    autoencoder = build_autoencoder(config)
    posterior = autoencoder.posterior(torch.randn(2, 2, 64))
    loss = autoencoder.decode(posterior.at(torch.randn_like(posterior.mean))).square().mean() + posterior.kl()
    loss.backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in autoencoder.parameters())


def test_the_bottleneck_is_softplus_and_its_kl_is_zero_at_the_unit_normal():
    encoded = torch.cat((torch.zeros(1, 3, 5), torch.full((1, 3, 5), 0.5411633)), dim=1)  # softplus(0.5411633) = 0.9999
    posterior = VAEBottleneck()(encoded)
    torch.testing.assert_close(posterior.stdev, torch.ones(1, 3, 5), atol=1e-4, rtol=0)
    assert posterior.kl().abs() < 1e-6
    noise = torch.randn(1, 3, 5)
    torch.testing.assert_close(posterior.at(noise), noise * posterior.stdev)
    assert posterior.at(None) is posterior.mean


def test_an_unknown_layer_has_no_known_field():
    with pytest.raises(TypeError, match="LSTM"):
        receptive_field.inputs_of(nn.LSTM(1, 1), (0, 0))

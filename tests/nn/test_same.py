"""The autoencoder of Stable Audio 3 by its laws: lengths, pieces, padding, noise."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from musicapp.description.configs import AutoencoderConfig
from musicapp.description.same_configs import SameDecoderConfig, SameEncoderConfig, SoftNormConfig
from musicapp.nn.autoencoder import build_autoencoder
from musicapp.nn.same import from_patches, to_patches

SIZES = {"channels": 16, "c_mults": (2,), "strides": (4,), "latent_dim": 6, "dim_heads": 16, "differential": True}
CHUNKED = {"transformer_depths": (4,), "chunk_size": 8, "chunk_midpoint_shift": True}
SLIDING = {"transformer_depths": (3,), "sliding_window": (1, 1)}
UNEQUAL = [SLIDING | {"sliding_window": sides} for sides in ((2, 0), (0, 1), (1, 2))]
RATIO = 32  # 8 frames per patch, 4 patches per latent


def build(*, decoder=(), **kind):
    """A small autoencoder whose every weight matters."""
    same = SIZES | kind | {"variable_stride": True}
    config = AutoencoderConfig(
        encoder=SameEncoderConfig(in_channels=16, **same),
        decoder=SameDecoderConfig(out_channels=16, **(same | dict(decoder))),
        latent_dim=6,
        downsampling_ratio=RATIO,
        io_channels=2,
        bottleneck=SoftNormConfig(dim=6, auto_scale=True, noise_regularize=True),
    )
    torch.manual_seed(0)
    autoencoder = build_autoencoder(config).double()
    for parameter in autoencoder.parameters():
        nn.init.normal_(parameter, std=0.3)
    return autoencoder.requires_grad_(False).eval()


KINDS = [
    CHUNKED,
    CHUNKED | {"decoder": {"conv_mapping": True}},
    SLIDING | {"decoder": {"sinusoidal_blocks": (3,)}},
    *UNEQUAL,
]


def test_patches_come_back_left_channel_first():
    audio = torch.arange(2.0 * 24).view(1, 2, 24)
    patches = to_patches(audio, 8)
    assert patches.shape == (1, 16, 3)
    assert patches[0, :, 0].tolist() == [*range(8), *range(24, 32)]
    assert from_patches(patches, 2).equal(audio)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 6, 7])
def test_audio_of_latents_has_exactly_their_length(kind, count):
    autoencoder = build(**kind)
    audio = autoencoder.decode(torch.randn(2, 6, count))
    assert audio.shape == (2, 2, count * RATIO)
    whole = autoencoder.decoder(torch.randn(2, 6, count).double())
    assert whole.shape[-1] == -(-count // autoencoder.decoder.alignment) * autoencoder.decoder.alignment * RATIO


@pytest.mark.parametrize(("kind", "latents"), [(CHUNKED, 8), (SLIDING, 7)])
def test_the_last_partial_latent_is_filled_up(kind, latents):
    assert build(**kind).encode(torch.randn(1, 2, 6 * RATIO + 1)).shape == (1, 6, latents)


@pytest.mark.parametrize("kind", KINDS)
def test_decoding_in_pieces_with_the_margin_is_the_whole_decode(kind):
    autoencoder = build(**kind)
    latents, margin = torch.randn(1, 6, 24).double(), autoencoder.decoder.margin
    whole = autoencoder.decoder(latents)

    def piece(margin):
        start, end = 10, 12
        audio = autoencoder.decoder(latents[..., start - margin : end + margin])
        return audio[..., margin * RATIO : (margin + end - start) * RATIO]

    true = whole[..., 10 * RATIO : 12 * RATIO]
    torch.testing.assert_close(piece(margin), true, atol=1e-5, rtol=0)
    assert (piece(0) - true).abs().max() > 1e-4


@pytest.mark.parametrize(("kind", "reach"), [(CHUNKED, 2), (SLIDING, 3)])
def test_a_latent_is_heard_as_far_as_the_blocks_reach(kind, reach):
    decoder = build(**kind).decoder
    latents = torch.randn(1, 6, 24).double()
    changed = latents.clone()
    changed[..., 12] += 10
    moved = (decoder(latents) - decoder(changed)).abs().amax(dim=(0, 1)).unflatten(0, (24, RATIO)).amax(dim=1)
    heard = moved.nonzero().flatten()
    assert (12 - heard.min(), heard.max() - 12) in [(reach, reach), (reach - 1, reach), (reach, reach - 1)]
    assert decoder.margin == reach


@pytest.mark.parametrize("kind", [CHUNKED, SLIDING, *UNEQUAL])
def test_encoding_in_pieces_with_the_margin_is_the_whole_encode(kind):
    encoder = build(**kind).encoder
    audio, margin = torch.randn(1, 2, 24 * RATIO).double(), encoder.margin
    piece = encoder(audio[..., (10 - margin) * RATIO : (12 + margin) * RATIO])[..., margin : margin + 2]
    torch.testing.assert_close(piece, encoder(audio)[..., 10:12], atol=1e-5, rtol=0)


def test_only_the_last_blocks_less_one_have_the_sine():
    decoder = build(**SLIDING, decoder={"sinusoidal_blocks": (3,)}).decoder
    assert [block.ff.sine for block in decoder.trunk.blocks] == [False, True, True]


def test_a_latent_gets_the_same_decoding_noise_in_every_piece():
    autoencoder = build(**CHUNKED, decoder={"mask_noise": 0.1})
    whole, piece = autoencoder.decode_noise(7, 0, 40), autoencoder.decode_noise(7, 10, 24)
    assert whole.latents.shape == (1, 6, 40) and whole.tokens.shape == (1, 40, 4, 32)
    assert piece.latents.equal(whole.latents[..., 10:34]) and piece.tokens.equal(whole.tokens[:, 10:34])
    assert not autoencoder.decode_noise(8, 10, 24).latents.equal(piece.latents)


def test_decoding_noise_is_heard_and_repeats_with_its_seed():
    autoencoder = build(**CHUNKED, decoder={"mask_noise": 0.1})
    latents = torch.randn(1, 6, 6)
    noisy = autoencoder.decode(latents, autoencoder.decode_noise(7, 0, 6))
    assert noisy.equal(autoencoder.decode(latents, autoencoder.decode_noise(7, 0, 6)))
    assert (noisy - autoencoder.decode(latents)).abs().max() > 1e-4


def test_the_bottleneck_is_undone_by_decoding():
    bottleneck = build(**CHUNKED).bottleneck
    bottleneck.running_std.fill_(0.7)
    encoded = torch.randn(2, 6, 5).double()
    latents = bottleneck(encoded).at(torch.randn(2, 6, 5))
    assert latents.equal(bottleneck(encoded).at(None)), "encoding draws nothing"
    shifted = encoded * bottleneck.scaling_factor + bottleneck.bias
    torch.testing.assert_close(bottleneck.decode(latents), shifted)


@pytest.mark.parametrize(
    ("width", "kind", "decoder", "count"),
    [
        (128, CHUNKED | {"transformer_depths": (6,), "chunk_size": 32}, {"conv_mapping": True}, 108244529),
        (256, SLIDING | {"transformer_depths": (12,)}, {"sinusoidal_blocks": (8,)}, 852127073),
    ],
)
def test_the_public_sizes_have_their_published_parameter_counts(width, kind, decoder, count):
    public = {"c_mults": (6,), "strides": (16,), "latent_dim": 256, "dim_heads": 64, "channels": width}
    same = SIZES | kind | public | {"variable_stride": True}
    config = AutoencoderConfig(
        encoder=SameEncoderConfig(in_channels=512, **same),
        decoder=SameDecoderConfig(out_channels=512, **(same | decoder)),
        latent_dim=256,
        downsampling_ratio=4096,
        io_channels=2,
        bottleneck=SoftNormConfig(dim=256, auto_scale=True, noise_regularize=True),
    )
    with torch.device("meta"):
        autoencoder = build_autoencoder(config)
    convolutions = [m for m in autoencoder.modules() if isinstance(m, nn.Conv1d)]
    lengths = sum(conv.out_channels for conv in convolutions)  # stored beside the directions, folded here
    assert sum(p.numel() for p in autoencoder.parameters()) + lengths == count


def by_hand(trunk, x, sides, group):
    """The trunk by the letter of its description: token by token, head by head, with every softmax written out."""

    def tanh(norm, x):
        return norm.gamma * torch.tanh(norm.alpha * x) + norm.beta

    def turned(x):
        half = x.shape[-1] // 4  # half of a head turns, in pairs of (i, i + half)
        place = torch.arange(x.shape[0], dtype=torch.float32)
        angle = torch.outer(place, 10000.0 ** (-torch.arange(half, dtype=torch.float32) / half)).to(x.dtype)
        a, b, rest = x[:, :half], x[:, half : 2 * half], x[:, 2 * half :]
        return torch.cat((a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin(), rest), dim=1)

    def look(q, k, v, attention):
        q, k = turned(tanh(attention.q_norm, q)), turned(tanh(attention.k_norm, k))
        rows = []
        for i in range(len(q)):
            first, last = max(0, i - sides[0] * group), min(len(q), i + sides[1] * group + 1)
            share = torch.softmax(q[i] @ k[first:last].T / q.shape[-1] ** 0.5, dim=-1)
            rows.append(share @ v[first:last])
        return torch.stack(rows)

    for block in trunk.blocks:
        y = tanh(block.self_norm, x) @ block.self_attn.to_qkv.weight.T
        parts = [part.split(16, dim=-1) for part in y.chunk(5, dim=-1)]
        heads = [
            look(q, k, v, block.self_attn) - look(q2, k2, v, block.self_attn)
            for q, k, v, q2, k2 in zip(*parts, strict=True)
        ]
        x = x + torch.cat(heads, dim=-1) @ block.self_attn.to_out.weight.T
        value, gate = block.ff.to_gated(tanh(block.ff_norm, x)).chunk(2, dim=-1)
        x = x + block.ff.to_out(value * gate * torch.sigmoid(gate))
    return x


@pytest.mark.parametrize("kind", [SLIDING, *UNEQUAL])
def test_a_window_sees_before_and_behind_what_its_sides_say(kind):
    trunk = build(**kind).decoder.trunk
    x = torch.randn(1, 23 * 5, 32).double()
    expected = by_hand(trunk, x[0], kind["sliding_window"], 5)
    torch.testing.assert_close(trunk(x)[0], expected, atol=1e-5, rtol=0)

"""Chunked decoding: the pieces joined are the whole."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import pytest
import torch

from musicapp.checkpoints.load import load_model
from musicapp.description.catalogue import find_model
from musicapp.description.configs import AutoencoderConfig, OobleckDecoderConfig, OobleckEncoderConfig
from musicapp.description.spectral_configs import SpectralDecoderConfig, SpectralEncoderConfig, TemperedConfig
from musicapp.engine.decode import FIRST, SIZE, chunk_bounds, decode_chunks, plan_of
from musicapp.nn import oobleck as oobleck_network
from musicapp.nn.autoencoder import Autoencoder, build_autoencoder

LATENTS = 4
STRIDES = (2, 4, 4, 8, 8)


def oobleck() -> AutoencoderConfig:
    narrow: dict[str, Any] = {"c_mults": (1, 1, 1, 1, 1), "strides": STRIDES, "channels": 2, "use_snake": True}
    encoder = OobleckEncoderConfig(latent_dim=2 * LATENTS, **narrow)
    decoder = OobleckDecoderConfig(latent_dim=LATENTS, final_tanh=False, **narrow)
    return AutoencoderConfig(encoder, decoder, LATENTS, 2048, 2)


def spectral() -> AutoencoderConfig:
    narrow: dict[str, Any] = {"width": 8, "depth": 3, "latent_width": 8, "latent_depth": 2, "n_fft": 1024}
    encoder = SpectralEncoderConfig(latent_dim=2 * LATENTS, in_channels=1, **narrow)
    decoder = SpectralDecoderConfig(latent_dim=LATENTS, out_channels=1, **narrow)
    return AutoencoderConfig(encoder, decoder, LATENTS, 2048, 1)


def tempered() -> AutoencoderConfig:
    config = spectral()
    assert isinstance(config.decoder, SpectralDecoderConfig)
    bank = TemperedConfig(width=8, depth=2)
    return dataclasses.replace(config, decoder=dataclasses.replace(config.decoder, tempered=bank))


CONFIGS = {"oobleck": oobleck, "spectral": spectral, "tempered": tempered}


def build(kind: str) -> Autoencoder:
    torch.manual_seed(0)
    return build_autoencoder(CONFIGS[kind]()).eval()


def latents_of(seconds: float) -> torch.Tensor:
    count = -(-round(seconds * 44100) // 2048)
    return torch.randn(1, LATENTS, count, generator=torch.Generator().manual_seed(1))


def largest_difference(autoencoder: Autoencoder, latents: torch.Tensor) -> float:
    joined = torch.cat(list(decode_chunks(autoencoder, latents)), dim=-1)
    with torch.inference_mode():
        whole = autoencoder.decode(latents)
    assert joined.shape == whole.shape and whole.abs().max() > 0.01
    return float((joined - whole).abs().max())


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        ("spectral", 1.0),
        ("spectral", 7.3),
        ("spectral", 47.0),
        pytest.param("spectral", 285.0, marks=pytest.mark.slow),
        ("tempered", 7.3),
        ("tempered", 47.0),
        ("oobleck", 1.0),
        ("oobleck", 7.3),
        pytest.param("oobleck", 47.0, marks=pytest.mark.slow),
        pytest.param("oobleck", 285.0, marks=pytest.mark.slow),
    ],
)
def test_joined_chunks_are_the_whole_decode(kind: str, seconds: float) -> None:
    assert largest_difference(build(kind), latents_of(seconds)) < 1e-5


@pytest.mark.parametrize("kind", ["spectral", "tempered"])
def test_chunks_that_begin_inside_a_group_join_too(kind: str) -> None:
    autoencoder, latents = build(kind), latents_of(9.0)
    assert autoencoder.decoder.alignment == 8
    joined = torch.cat(list(decode_chunks(autoencoder, latents, size=27)), dim=-1)
    with torch.inference_mode():
        torch.testing.assert_close(joined, autoencoder.decode(latents), atol=1e-5, rtol=0)


@torch.inference_mode()
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("piece", [1 << 9, 1 << 12, 1 << 19])
def test_pieces_give_the_same_bytes_in_whatever_chunks(
    dtype: torch.dtype, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oobleck_network, "PIECE", piece)
    autoencoder, latents = build("oobleck"), latents_of(4.0)
    for name, weight in autoencoder.named_parameters():
        if not name.endswith(("alpha", "beta")):
            weight.data = weight.data.to(dtype)
    autoencoder.settle()
    whole = autoencoder.decode(latents)
    for size in (1, 5, 27, 64, 128):
        assert torch.equal(torch.cat(list(decode_chunks(autoencoder, latents, size=size)), dim=-1), whole)
    cut = torch.cat(list(decode_chunks(autoencoder, latents, count=33, size=16)), dim=-1)
    assert torch.equal(cut, whole[..., : 33 * 2048])


def test_the_first_second_of_a_decoder_that_works_in_pieces_comes_in_small_chunks() -> None:
    assert [end - start for start, end in plan_of(build("oobleck"), 300)] == [8, 16, 32, 64, 128, 52]
    assert [end - start for start, end in plan_of(build("spectral"), 300)] == [16, 64, 220]


def test_chunks_grow_from_small_to_large_and_cover_everything() -> None:
    for count in (1, 15, 16, 17, 400, 6137):
        bounds = chunk_bounds(count)
        lengths = [end - start for start, end in bounds]
        assert bounds[0][0] == 0 and bounds[-1][1] == count
        assert all(before[1] == after[0] for before, after in itertools.pairwise(bounds))
        assert lengths[0] == min(FIRST, count) and max(lengths) <= SIZE
        assert all(length > 0 for length in lengths)


def test_light_decoders_get_large_chunks_and_no_small_last_one() -> None:
    for count in (1, 16, 80, 340, 646, 700, 6137):
        lengths = [end - start for start, end in chunk_bounds(count, is_light=True)]
        assert sum(lengths) == count and lengths[0] == min(FIRST, count) and max(lengths) <= 2 * SIZE + SIZE // 2
    assert [end - start for start, end in chunk_bounds(646, is_light=True)] == [16, 64, 256, 310]
    assert [end - start for start, end in chunk_bounds(700, is_light=True)] == [16, 64, 256, 256, 108]


def test_only_the_latents_asked_for_are_decoded() -> None:
    """The ones behind are context: sound before the cut is what it would be without the cut."""
    autoencoder, latents = build("spectral"), latents_of(3.0)
    cut = torch.cat(list(decode_chunks(autoencoder, latents, count=40)), dim=-1)
    with torch.inference_mode():
        whole = autoencoder.decode(latents)
    assert cut.shape[-1] == 40 * 2048
    torch.testing.assert_close(cut, whole[..., : 40 * 2048], atol=1e-5, rtol=0)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [1.0, 7.3, 47.0, 285.0])
def test_the_built_in_model_in_full_size(seconds: float) -> None:
    autoencoder = load_model(find_model("builtin")).autoencoder
    count = -(-round(seconds * 44100) // 2048)
    latents = torch.randn(1, 64, count, generator=torch.Generator().manual_seed(1))
    assert largest_difference(autoencoder, latents) < 1e-5

"""Recorded audio to latents and back: `vae.*`."""

from __future__ import annotations

import re

import torch
from torch import Tensor

from tests.parity.bench import Bench, Mark, Recipe
from tests.parity.golden import number_after


def encode_mean(bench: Bench, name: str) -> Tensor:
    return bench.model.autoencoder.encode(bench.golden["vae.audio_in"], None)


def encode_scale(bench: Bench, name: str) -> Tensor:
    return bench.model.autoencoder.encoder(bench.golden["vae.audio_in"]).chunk(2, dim=1)[1]


def encode_sample(bench: Bench, name: str) -> Tensor:
    return bench.model.autoencoder.encode(bench.golden["vae.audio_in"], bench.golden["vae.encode_noise"])


def decode(bench: Bench, name: str) -> Tensor:
    return bench.model.autoencoder.decode(bench.golden["vae.latent_in"])


def chunk_decode(bench: Bench, name: str) -> Tensor:
    """The reference's approximate chunking: decode windows, keep half of the overlap, anchor the last to the end.

    The product decodes exactly instead, so only the joining is done here; each window is the product's decoding.
    """
    what = bench.golden.what(name)
    audio = in_windows(bench, bench.golden["vae.chunk_latent_in"], what)
    every = re.search(r"::(\d+)\]", what)
    return audio[..., :: int(every[1])] if every else audio


def in_windows(bench: Bench, latents: Tensor, what: str) -> Tensor:
    """Audio of windows as large as the description says, joined as the reference joins them."""
    size, overlap = number_after("chunk_size", what), number_after("overlap", what)
    assert size is not None and overlap is not None, f"no chunk_size and overlap in {what!r}"
    return _joined(bench, latents, int(size), int(overlap))


def _joined(bench: Bench, latents: Tensor, size: int, overlap: int) -> Tensor:
    ratio, frames = bench.model.autoencoder.downsampling_ratio, latents.shape[-1]
    size = min(size, frames)
    starts = list(range(0, frames - size + 1, size - overlap))
    if starts[-1] + size != frames:
        starts.append(frames - size)
    audio = torch.zeros(latents.shape[0], bench.model.config.audio_channels, frames * ratio)
    for start in starts:
        piece = bench.model.autoencoder.decode(latents[..., start : start + size])
        first = overlap // 2 if start != starts[0] else 0
        last = size - (overlap // 2 if start != starts[-1] else 0)
        audio[..., (start + first) * ratio : (start + last) * ratio] = piece[..., first * ratio : last * ratio]
    return audio


RECIPES: list[tuple[re.Pattern[str], Recipe]] = [
    (re.compile(r"vae\.(audio_in|latent_in|chunk_latent_in|encode_noise)"), lambda bench, name: Mark.INPUT),
    (re.compile(r"vae\.encode_mean"), encode_mean),
    (re.compile(r"vae\.encode_scale"), encode_scale),
    (re.compile(r"vae\.encode_sample"), encode_sample),
    (re.compile(r"vae\.decode"), decode),
    (re.compile(r"vae\.chunk_decode"), chunk_decode),
]

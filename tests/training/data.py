"""Small shards of made-up music for tests of the training stages."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from musicapp.composing.truth import Section, Truth
from musicapp.training.dataset import Rate, ShardWriter
from musicapp.training.tokens.stage import TokenOptions
from musicapp.training.tokens.token_model import TokenConfig
from tests.tiny_model import LATENT_DIM


def truth(number: int, duration_s: float) -> Truth:
    """A piece that could be."""
    return Truth(
        style=("techno", "ballad")[number % 2],
        tempo_bpm=80.0 + number,
        key="C",
        mode="minor",
        metre="4/4",
        sections=(Section("A", 0.0, duration_s),),
        instruments=("piano",),
        lead="piano",
        has_drums=False,
        energy=0.5,
        moods=(),
        duration_s=duration_s,
        kind="song",
    )


def write_audio_shard(folder: Path, lengths: list[int]) -> Path:
    """Sines of some lengths in frames."""
    with ShardWriter(folder / "shard-0", "int16", 2) as writer:
        for number, frames in enumerate(lengths):
            wave = 8000 * np.sin(np.arange(frames) * (0.02 + 0.01 * number))
            writer.add(np.stack([wave, wave / 2], axis=1).astype(np.int16), truth(number, frames / 44100))
    return folder


def write_latent_shard(folder: Path, lengths: list[int], *, channels: int = 64, rate: Rate | None = None) -> Path:
    """Random latents of some lengths; without a rate, as shards were written before they had one."""
    rng = np.random.default_rng(0)
    with ShardWriter(folder / "shard-0", "float16", channels, rate) as writer:
        for number, length in enumerate(lengths):
            writer.add(rng.normal(size=(length, channels)).astype(np.float16), truth(number, length * 2048 / 44100))
    return folder


def token_options(work: Path, model: Path, sizes: TokenConfig, *, minutes: float) -> TokenOptions:
    """To train a token model on random latents, with the text tower of a tiny model."""
    latents = write_latent_shard(work / "latents", [90, 120, 200, 60], channels=LATENT_DIM)
    return TokenOptions(
        run=work / "tokens",
        latents=latents,
        held_out=latents,
        text_encoder=model / "clap_text",
        minutes=minutes,
        tokens=300,
        sizes=sizes,
    )

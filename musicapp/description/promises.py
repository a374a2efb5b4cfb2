"""How much a model's description promises at least, part by part, so that a file that cannot hold it is refused.

Only what grows with the sizes is counted, by arithmetic on the settings: nothing is built for it. No torch here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from musicapp.description.config import ModelConfig
from musicapp.description.configs import (
    AutoencoderConfig,
    ConditionerEntry,
    DiTConfig,
    NumberConfig,
    OobleckDecoderConfig,
    OobleckEncoderConfig,
    SummaryConfig,
    T5GemmaConfig,
    TimelineConfig,
)
from musicapp.description.same_configs import SameConfig
from musicapp.description.spectral_configs import SpectralDecoderConfig, SpectralEncoderConfig

NUMBER_FEATURES = 256  # inputs of a number condition's layer


@dataclass(frozen=True)
class Promise:
    """A part of a model and the least that its file must hold for it.

    prefix   of our names of its weights
    numbers  in all of its weights together
    weights  how many there are
    """

    title: str
    prefix: str
    numbers: int
    weights: int


def of_model(config: ModelConfig) -> Iterator[Promise]:
    """What a whole model promises; text encoders have files of their own."""
    yield _of_transformer(config.diffusion.dit)
    yield from of_autoencoder(config.autoencoder)
    for entry in config.conditioning.entries:
        yield _of_condition(entry, entry.config.output_dim or config.conditioning.cond_dim)


def of_autoencoder(config: AutoencoderConfig) -> Iterator[Promise]:
    """What an autoencoder's halves promise."""
    for part, half in (("encoder", config.encoder), ("decoder", config.decoder)):
        prefix = f"autoencoder.{part}."
        if isinstance(half, OobleckEncoderConfig | OobleckDecoderConfig):
            yield Promise(part, prefix, *_oobleck(half))
        elif isinstance(half, SpectralEncoderConfig | SpectralDecoderConfig):
            yield Promise(part, prefix, *_spectral(half))
        elif isinstance(half, SameConfig):
            yield Promise(part, prefix, *_same(half))


def _of_transformer(c: DiTConfig) -> Promise:
    """Attention's matrices alone; every block has two of them and two of the feed-forward."""
    return Promise("transformer", "dit.", 4 * c.depth * c.embed_dim**2, 4 * c.depth)


def _of_condition(entry: ConditionerEntry, width: int) -> Promise:
    title, prefix = f"condition “{entry.id}”", f"conditioner.conditioners.{entry.id}."
    if isinstance(entry.config, NumberConfig):
        return Promise(title, prefix, NUMBER_FEATURES * width, 2)
    if isinstance(entry.config, TimelineConfig | SummaryConfig):
        return Promise(title, prefix, 0, 0)
    learnt = isinstance(entry.config, T5GemmaConfig) and entry.config.padding_mode == "learned"
    count = 2 * entry.config.project_out + learnt  # a layer of unknown inputs with its offsets, and a vector
    return Promise(title, prefix, count * width, count)


def _oobleck(c: OobleckEncoderConfig | OobleckDecoderConfig) -> tuple[int, int]:
    """Of each block three units of 7 + 1 matrices at the wider rate, and the layer that changes the rate."""
    widths = [c.channels * mult for mult in (1, *c.c_mults)]
    pairs = zip(widths[:-1], widths[1:], c.strides, strict=True)
    blocks = sum(24 * near**2 + 2 * stride * near * far for near, far, stride in pairs)
    return blocks + 3 * widths[-1] * c.latent_dim, 28 * len(c.strides)


def _same(c: SameConfig) -> tuple[int, int]:
    """Of each block attention and feed-forward, and the layers at both ends."""
    attention = (6 if c.differential else 4) * c.width**2
    blocks = c.depth * (attention + 3 * c.ff_mult * c.width**2)
    return blocks + c.width * c.latent_dim, 6 * c.depth


def _spectral(c: SpectralEncoderConfig | SpectralDecoderConfig) -> tuple[int, int]:
    """Of each block two matrices, and the layers at all ends and between the rates."""
    blocks = 2 * c.mult * (c.depth * c.width**2 + c.latent_depth * c.latent_width**2)
    ends = c.stride * c.width * c.latent_width + c.width * (c.n_fft // 2 + 1)
    depth = c.depth + c.latent_depth
    if isinstance(c, SpectralDecoderConfig) and c.tempered is not None:
        blocks += 2 * c.tempered.mult * c.tempered.depth * c.tempered.width**2
        ends += c.tempered.width * (c.stride * c.tempered.heard_bins + 2 * c.tempered.pitches)
        depth += c.tempered.depth
    return blocks + ends, 9 * depth

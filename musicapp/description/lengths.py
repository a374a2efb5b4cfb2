"""How many latents Stable Audio 3 makes for music of a length. No torch here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from musicapp.description.config import ModelConfig
from musicapp.description.same_configs import SameEncoderConfig

HEADROOM_S = 6.0  # silence behind the music that the model was trained to leave
USUAL_CHUNK = 32  # patches, for encoders without chunks


@dataclass(frozen=True)
class Lengths:
    """latents    that the transformer works on, the same for the whole batch
    effective  of each item's music alone: what moves the schedule
    valid      of each item with its headroom; the rest is padding
    """

    latents: int
    effective: tuple[int, ...]
    valid: tuple[int, ...]


def lengths_for(config: ModelConfig, durations_s: Sequence[float], *, headroom_s: float = HEADROOM_S) -> Lengths:
    """The lengths for a batch of durations."""
    encoder, ratio, rate = config.autoencoder.encoder, config.autoencoder.downsampling_ratio, config.sample_rate
    assert isinstance(encoder, SameEncoderConfig)
    chunk = (encoder.chunk_size or USUAL_CHUNK) // encoder.stride
    needed = math.ceil(int((max(durations_s) + headroom_s) * rate) / ratio)
    latents = min(-(-needed // chunk) * chunk, config.sample_size // ratio)
    effective = tuple(math.ceil(int(duration * rate) / ratio) for duration in durations_s)
    headroom = int(headroom_s * rate / ratio)
    return Lengths(latents, effective, tuple(min(length + headroom, latents) for length in effective))

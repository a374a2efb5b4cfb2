"""Where every latent stands in the piece and in its bars: channels that travel beside the noisy latents.

The paper tells the transformer `seconds_start` and `seconds_total` once for the whole window (arXiv 2404.10301,
section 3.2). A large model works out the rest over months; a small one is told, latent by latent, how far the piece has
gone, how near its end is and, where that is stated, where the beat falls, which notes belong and whether there are
drums. What is stated comes as numbers (`Facts`): networks read no English.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from musicapp.description.configs import TIMELINE_CHANNELS

BEAT_PARTS = (1, 2, 4)  # turns in a beat
BARS = (1, 2, 4, 8)  # bars in a turn
USUAL_METRE = 4.0
BEATS = slice(0, 1 + 2 * (len(BEAT_PARTS) + len(BARS)))  # the channels that say where beat and bars are
WAY = slice(51, 53)  # those that say how much of the piece has passed
DRUMS = slice(53, 55)  # drums wanted, drums not wanted
NEAR_S = (0.1, 0.3, 1.0, 3.0, 10.0)  # how soon the nearness of start and end falls off


class Facts(Protocol):
    """What a piece is said to be like; None is what is left open. `prompts.facts.PromptFacts` is one.

    beat_bpm      felt beats in a minute
    beats_in_bar  of felt beats
    bars_from_s   where a bar begins
    tonic         pitch class, 0 is C
    scale         semitones over the tonic
    """

    @property
    def beat_bpm(self) -> float | None: ...
    @property
    def beats_in_bar(self) -> float | None: ...
    @property
    def bars_from_s(self) -> float: ...
    @property
    def tonic(self) -> int | None: ...
    @property
    def scale(self) -> tuple[int, ...] | None: ...
    @property
    def has_drums(self) -> bool | None: ...


@dataclass(frozen=True)
class _NoFacts:
    beat_bpm: None = None
    beats_in_bar: None = None
    bars_from_s: float = 0.0
    tonic: None = None
    scale: None = None
    has_drums: None = None


NO_FACTS: Facts = _NoFacts()  # what is told where the prompt is dropped


class TimelineConditioner(nn.Module):
    """Position in bar, key and piece of every latent, `(batch, TIMELINE_CHANNELS, latents)` float32. No weights.

    Channels: tempo stated, cosines and sines of the beat and its halves and quarters, of 1, 2, 4 and 8 bars; key
    stated, the tonic and the scale by pitch class; nearness of the start and the end, behind the end, cosine and sine
    of half a turn over the piece; drums wanted, drums not wanted. What is left open is zero. The piece begins with a
    bar unless `bars_from_s` says otherwise.
    """

    def __init__(self, latent_rate_hz: float) -> None:
        super().__init__()
        self.latent_rate_hz = latent_rate_hz

    def forward(self, items: Sequence[Mapping[str, Any]], latents: int) -> Tensor:
        """items  of "facts" (`Facts`), "seconds_start" (of the first latent) and "seconds_total" (of the piece)"""
        rows = torch.arange(latents, dtype=torch.float64, device="cpu").add(0.5) / self.latent_rate_hz
        return torch.stack([self._channels(item, rows) for item in items]).float()

    def _channels(self, item: Mapping[str, Any], rows: Tensor) -> Tensor:
        stated: Facts = item["facts"]
        seconds, total = rows + float(item["seconds_start"]), float(item["seconds_total"])
        bars = _bars(stated.beat_bpm, stated.beats_in_bar or USUAL_METRE, seconds - stated.bars_from_s)
        channels = bars + _key(stated, seconds) + _piece(seconds, total) + _drums(stated.has_drums, seconds)
        assert len(channels) == TIMELINE_CHANNELS
        return torch.stack(channels)


def _bars(tempo_bpm: float | None, beats_in_bar: float, seconds: Tensor) -> list[Tensor]:
    if tempo_bpm is None:
        return [torch.zeros_like(seconds)] * BEATS.stop
    beats = seconds * (tempo_bpm / 60)
    bars = beats / beats_in_bar
    turns = [beats * parts for parts in BEAT_PARTS] + [bars / count for count in BARS]
    return [torch.ones_like(seconds), *(wave for turn in turns for wave in _waves(2 * math.pi * turn))]


def _key(stated: Facts, seconds: Tensor) -> list[Tensor]:
    tonic, scale = stated.tonic, stated.scale
    if tonic is None:
        return [torch.zeros_like(seconds)] * 25
    belong = {(tonic + step) % 12 for step in scale or ()}
    values = [1.0, *(float(note == tonic) for note in range(12)), *(float(note in belong) for note in range(12))]
    return [torch.full_like(seconds, value) for value in values]


def _piece(seconds: Tensor, total: float) -> list[Tensor]:
    left = total - seconds
    near = [torch.exp(-distance.clamp(min=0) / reach) for distance in (seconds, left) for reach in NEAR_S]
    return [*near, (left < 0).to(seconds.dtype), *_waves(math.pi * (seconds / max(total, 1e-3)).clamp(0, 1))]


def _drums(are_wanted: bool | None, seconds: Tensor) -> list[Tensor]:
    return [torch.full_like(seconds, are_wanted is wanted) for wanted in (True, False)]


def _waves(angle: Tensor) -> tuple[Tensor, Tensor]:
    return angle.cos(), angle.sin()

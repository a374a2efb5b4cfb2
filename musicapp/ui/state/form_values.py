"""What the form says at one moment, and what it is told of a model."""

from __future__ import annotations

from dataclasses import dataclass

from musicapp.shape import Loop, Source


@dataclass(frozen=True)
class FormValues:
    """Everything that the form says, to have it back later; see `TakeSettings`."""

    prompt: str
    negative_prompt: str
    duration_s: float
    bars: str
    seed: int
    seed_is_locked: bool
    seed_is_used: bool
    steps: int | None
    guidance_scale: float | None
    sampler: str | None
    model: str
    source: Source | None = None
    source_s: float = 0.0
    loop: Loop | None = None


@dataclass(frozen=True)
class Promise:
    """What a model's description says of it, before it is loaded."""

    key: str
    name: str
    max_duration_s: float

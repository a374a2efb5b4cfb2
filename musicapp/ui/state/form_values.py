"""What the form says at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from musicapp.shape import Source


@dataclass(frozen=True)
class FormValues:
    """Everything that the form says, to have it back later."""

    prompt: str
    negative_prompt: str
    duration_s: float
    seed: int
    seed_is_locked: bool
    seed_is_unused: bool
    steps: int | None
    guidance_scale: float | None
    sampler: str | None
    model: str
    source: Source | None = None
    source_s: float = 0.0

"""The form of a long take: how long its sections are and which of them return. No torch here.

`diffusion/noise.py` lays the form down; what is told of it here is what it does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from musicapp.description.config import ModelConfig
from musicapp.prompts.facts import PromptFacts

USUAL_METRE = 4.0  # beats in a bar where nothing is said
LEAST_SECTIONS = 3  # shorter takes are plain
MOST_SECTIONS = 16  # whose beginnings are looked at
SECTION_LEEWAY = 0.34  # how much longer or shorter than asked a section may be
SECTION_PULL = 0.5  # in latents off the grid, what a section costs that is twice as long as asked


@dataclass(frozen=True)
class Section:
    """A part of a take; sections of one letter ("A", "B", ...) have the same music."""

    start_s: float
    letter: str


def sections_of(config: ModelConfig, facts: PromptFacts, duration_s: float) -> tuple[Section, ...]:
    """The sections of a take of this length; none where it has no form."""
    rate, patch = config.sample_rate / config.autoencoder.downsampling_ratio, config.diffusion.dit.patch_size
    section, latents = section_latents(config, facts), duration_s * rate
    if section <= 0 or latents < LEAST_SECTIONS * section:
        return ()
    starts = (patch * round(number * section / patch) for number in range(math.ceil(latents / section)))
    return tuple(
        Section(start / rate, chr(ord("A") + rondo(number))) for number, start in enumerate(starts) if start < latents
    )


def section_latents(config: ModelConfig, facts: PromptFacts) -> float:
    """How long the sections of a take are that begin from returning noise, in latents; 0 is not at all.

    With a stated tempo they are groups of four bars, about as long as the model asks for: of those within a third of
    it one whose beginnings fall well on the transformer's patches, since every section's beat begins there. Without a
    tempo they are whole patches.
    """
    section_s, multiple = config.app.section_s, config.diffusion.dit.patch_size
    rate = config.sample_rate / config.autoencoder.downsampling_ratio
    if not section_s or facts.beat_bpm is None:
        return multiple * round(section_s * rate / multiple)
    four_bars_s = 4 * (facts.beats_in_bar or USUAL_METRE) * 60 / facts.beat_bpm
    nearest = max(1, round(section_s / four_bars_s))
    groups = [n for n in range(1, 2 * nearest) if abs(n * four_bars_s / section_s - 1) < SECTION_LEEWAY] or [nearest]

    def cost(count: int) -> float:
        length_s = count * four_bars_s
        return off_grid(length_s * rate, multiple=multiple) + SECTION_PULL * abs(length_s / section_s - 1)

    return min(groups, key=cost) * four_bars_s * rate


def off_grid(section: float, *, multiple: int = 1) -> float:
    """How far the beginnings of sections lie from where they should be, in latents at most."""
    return max(abs(place - multiple * round(place / multiple)) for place in (section * n for n in range(MOST_SECTIONS)))


def rondo(number: int) -> int:
    """The letter of a section: 0 for every second one, 1 for every second of the others, and so on: A B A C A B A D."""
    return (~number & (number + 1)).bit_length() - 1

"""Sections of long takes: how long they are, and what a timeline says where they return."""

from __future__ import annotations

from torch import Tensor

from musicapp.description.config import ModelConfig
from musicapp.diffusion.noise import beginning_anew, off_grid, returning
from musicapp.nn.timeline import BEATS, USUAL_METRE, WAY, Facts

SECTION_LEEWAY = 0.34  # how much longer or shorter than asked a section may be
SECTION_PULL = 0.5  # in latents off the grid, what a section costs that is twice as long as asked


def section_latents(config: ModelConfig, facts: Facts) -> float:
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


def timeline_of_sections(input_concat: Tensor | None, section: float, *, multiple: int) -> Tensor | None:
    """A timeline that tells returning sections the same of beat and bars, and of how much of the piece has passed.

    input_concat  `(batch, TIMELINE_CHANNELS, latents)`, or None where the model has none
    section       their length in latents; 0 leaves the timeline as it is
    multiple      latents of a patch
    """
    if input_concat is None or not section:
        return input_concat
    out = input_concat.clone()
    out[:, BEATS] = beginning_anew(input_concat[:, BEATS], section, multiple=multiple)
    out[:, WAY] = returning(input_concat[:, WAY], section, multiple=multiple)
    return out

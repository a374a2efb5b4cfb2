"""Sections of long takes (`prompts/sections.py`): what a timeline says where they return."""

from __future__ import annotations

from torch import Tensor

from musicapp.diffusion.noise import beginning_anew, returning
from musicapp.nn.timeline import BEATS, WAY


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

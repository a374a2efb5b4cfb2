"""Recorded runs that fill a gap: `inpaint.*` of models with the mask beside their latents."""

from __future__ import annotations

import re
from typing import Any

from torch import Tensor

from musicapp.diffusion import inpainting
from tests.parity.bench import Bench, Mark, Recipe


def mask_latent(bench: Bench, name: str) -> Tensor:
    return _mask(bench, bench.golden[name].shape[-1])[0]


def beside(bench: Bench, case: str, settings: dict[str, Any]) -> dict[str, Tensor | None]:
    """What stands beside the noisy latents of a run: mask and kept latents, or nothing for other models and runs."""
    if "inpaint_audio" not in settings:
        return {"input_concat": None}
    latents = bench.model.autoencoder.encode(
        bench.golden["audio"][None], bench.golden[f"{case}.encode_noise_inpaint_audio"]
    )
    return {"input_concat": inpainting.channels_of(_mask(bench, latents.shape[-1]), latents)}


def _mask(bench: Bench, latent_frames: int) -> Tensor:
    start, stop, _ = (int(bound) for bound in bench.golden["inpaint.mask_bounds"])
    return inpainting.keep_mask(latent_frames, bench.model.autoencoder.downsampling_ratio, [(start, stop)])


RECIPES: list[tuple[re.Pattern[str], Recipe]] = [
    (re.compile(r"inpaint\.mask_bounds"), lambda bench, name: Mark.INPUT),
    (re.compile(r"inpaint\.mask_latent"), mask_latent),
]

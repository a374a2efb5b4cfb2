"""A finished model as the start of further training: its parts become the checkpoints that the stages go on from."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from torch import nn

from musicapp.checkpoints.config import parse_config
from musicapp.checkpoints.load import load_model
from musicapp.errors import MusicAppError
from musicapp.nn.conditioners import ClapTextConditioner, NumberConditioner
from musicapp.training import recipes


def start_from(folder: Path, work: Path) -> None:
    """Fill a new work folder with the weights of a model of the built-in model's own shape.

    Stages that go on from there begin their clock and their optimisers anew. What export had rounded (int8, float16)
    stays rounded. The audio tower is not in a model, so the text stage begins that one anew too.
    Raises MusicAppError: another shape, or a work folder that is in use.
    """
    used = [name for name in ("autoencoder", "text", "diffusion") if (work / name).exists()]
    if used:
        raise MusicAppError(f"{work} already holds {', '.join(used)}.", hint="Choose an empty work folder.")
    model = load_model(folder)
    scale = model.config.autoencoder.scale
    ours = parse_config(recipes.model_config(scale, {}))
    config = model.config
    if (config.autoencoder, config.conditioning, config.diffusion) != (
        ours.autoencoder,
        ours.conditioning,
        ours.diffusion,
    ):
        raise MusicAppError(
            f"The networks of {folder} are not those that these stages train.",
            hint="Start from the built-in model or from one that `musicapp train export` wrote.",
        )
    coder = model.autoencoder.float().state_dict()
    _save(work / "autoencoder", coder, freeze_encoder=False)
    prompt = model.conditioner.conditioners["prompt"]
    assert isinstance(prompt, ClapTextConditioner)
    numbers = {n: c for n, c in model.conditioner.conditioners.items() if isinstance(c, NumberConditioner)}
    generator = nn.ModuleDict({"dit": model.dit, "numbers": nn.ModuleDict(numbers), "text": prompt.encoder})
    # Export has moved the latents' mean into the autoencoder.
    statistics = {"mean": torch.zeros(recipes.LATENT_DIM), "scale": scale}
    _save(work / "diffusion", generator.float().state_dict(), statistics=statistics)
    shutil.copytree(folder / "clap_text", work / "text" / "clap_text")
    shutil.copy(folder / "clap_text" / "tokenizer.json", work / "text" / "tokenizer.json")


def _save(run: Path, weights: dict[str, torch.Tensor], **more: object) -> None:
    """A checkpoint as `progress.Run` finds one, before its first step."""
    run.mkdir(parents=True)
    state = {"model": weights, "average": {"steps": 0, "weights": weights}, "step": 0, "elapsed_s": 0.0}
    torch.save(state | more, run / "checkpoint.pt")

"""A finished model as the start of further training: its parts become the checkpoints that the stages go on from."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from musicapp.checkpoints.load import load_model
from musicapp.description.config import ModelConfig, parse_config
from musicapp.description.configs import WEIGHTLESS, DiTConfig, NumberConfig
from musicapp.description.spectral_configs import SpectralDecoderConfig
from musicapp.errors import MusicAppError
from musicapp.nn.conditioners import ClapTextConditioner, NumberConditioner
from musicapp.nn.dit import DiffusionTransformer
from musicapp.training.builtin import recipes, tempered

BANK_PREFIX = "decoder.tempered."


def start_from(folder: Path, work: Path) -> None:
    """Fill a new work folder with the weights of a model of the built-in model's own shape.

    Stages that go on from there begin their clock and their optimisers anew. What export had rounded (int8, float16)
    stays rounded. The audio tower is not in a model, so the text stage begins that one anew too. A model from before
    timeline and summary is given them: layers that do not look at them yet. One that samples without guidance is a
    student, and the distill stage's as well.
    Raises MusicAppError: another shape, or a work folder that is in use.
    """
    used = [name for name in ("autoencoder", "tempered", "text", "diffusion", "distilled") if (work / name).exists()]
    if used:
        raise MusicAppError(f"{work} already holds {', '.join(used)}.", hint="Choose an empty work folder.")
    model = load_model(folder)
    scale = model.config.autoencoder.scale
    decoder = model.config.autoencoder.decoder
    is_tempered = isinstance(decoder, SpectralDecoderConfig) and decoder.tempered is not None
    ours = parse_config(recipes.model_config(scale, {}, is_tempered=is_tempered))
    if _shape_of(model.config) not in (_shape_of(ours), _shape_of(_earlier(ours))):
        raise MusicAppError(
            f"The networks of {folder} are not those that these stages train.",
            hint="Start from the built-in model or from one that `musicapp train export` wrote.",
        )
    coder = model.autoencoder.float().state_dict()
    bank = {name.removeprefix(BANK_PREFIX): coder.pop(name) for name in list(coder) if name.startswith(BANK_PREFIX)}
    if bank:
        tempered.save_bank(work / "tempered", bank)
    _save(work / "autoencoder", coder, freeze_encoder=False)
    prompt = model.conditioner.conditioners["prompt"]
    assert isinstance(prompt, ClapTextConditioner)
    numbers = {n: c for n, c in model.conditioner.conditioners.items() if isinstance(c, NumberConditioner)}
    generator = nn.ModuleDict({"dit": model.dit, "numbers": nn.ModuleDict(numbers), "text": prompt.encoder})
    weights = generator.float().state_dict() | _widened(model.dit, ours.diffusion.dit)
    # Export has moved the latents' mean into the autoencoder.
    statistics = {"mean": torch.zeros(recipes.LATENT_DIM), "scale": scale}
    _save(work / "diffusion", weights, statistics=statistics)
    if model.config.app.guidance_scale == 1.0:
        _save(work / "distilled", weights, statistics=statistics)
    shutil.copytree(folder / "clap_text", work / "text" / "clap_text")
    shutil.copy(folder / "clap_text" / "tokenizer.json", work / "text" / "tokenizer.json")


def _shape_of(config: ModelConfig) -> tuple[object, ...]:
    return config.autoencoder, config.conditioning, config.diffusion


def _earlier(config: ModelConfig) -> ModelConfig:
    """As models were before timeline and summary."""
    entries = tuple(e for e in config.conditioning.entries if not isinstance(e.config, WEIGHTLESS))
    numbers = tuple(e.id for e in entries if isinstance(e.config, NumberConfig))
    dit = replace(config.diffusion.dit, input_concat_dim=0, global_cond_dim=len(numbers) * config.conditioning.cond_dim)
    diffusion = replace(config.diffusion, input_concat_ids=(), global_cond_ids=numbers, dit=dit)
    return replace(config, conditioning=replace(config.conditioning, entries=entries), diffusion=diffusion)


def _widened(dit: DiffusionTransformer, wanted: DiTConfig) -> dict[str, torch.Tensor]:
    """The first layers with zeros for the channels that they do not have yet; those come last."""
    more = wanted.input_concat_dim - dit.config.input_concat_dim
    convolution, linear = dit.preprocess_conv.weight.float(), dit.project_in.weight.float()
    vector: torch.Tensor = dit.to_global_embed[0].weight.float()  # type: ignore[assignment]
    return {
        "dit.to_global_embed.0.weight": F.pad(vector, (0, wanted.global_cond_dim - dit.config.global_cond_dim)),
        "dit.preprocess_conv.weight": F.pad(convolution, (0, 0, 0, more, 0, more)),
        "dit.project_in.weight": F.pad(linear, (0, more * wanted.patch_size)),
    }


def _save(run: Path, weights: dict[str, torch.Tensor], **more: object) -> None:
    """A checkpoint as `progress.Run` finds one, before its first step."""
    run.mkdir(parents=True)
    state = {"model": weights, "average": {"steps": 0, "weights": weights}, "step": 0, "elapsed_s": 0.0}
    torch.save(state | more, run / "checkpoint.pt")

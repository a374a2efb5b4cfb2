"""A model's conditioner: text encoders from the folders beside the model, everything else still without weights."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from torch import nn

from musicapp.checkpoints import text_encoders
from musicapp.checkpoints.config import ModelConfig
from musicapp.errors import CheckpointError
from musicapp.nn.conditioners import (
    ClapTextConditioner,
    Conditioner,
    NumberConditioner,
    T5Conditioner,
    T5GemmaConditioner,
    Tokenizer,
)
from musicapp.nn.configs import ClapTextConfig, NumberConfig, T5Config, T5GemmaConfig

T5_FOLDERS = ("t5", "text_encoder")
T5GEMMA_FOLDERS = ("t5gemma-b-b-ul2", "t5gemma", "text_encoder")
CLAP_FOLDERS = ("clap_text", "text_encoder")
ENCODER_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}

TextEncoder = tuple[nn.Module, Tokenizer]


def build_conditioner(
    config: ModelConfig, folder: Path, text_encoder_folder: Path | None = None, text_encoder: TextEncoder | None = None
) -> Conditioner:
    """All conditions of a model. Raises CheckpointError when its text encoder is missing, damaged or another's.

    folder               of the model, beside or inside which the text encoder is looked for
    text_encoder_folder  where it is instead
    text_encoder         one that is loaded already, for every text condition
    """
    built: dict[str, nn.Module] = {}
    for entry in config.conditioning.entries:
        c, width = entry.config, entry.config.output_dim or config.conditioning.cond_dim
        if isinstance(c, NumberConfig):
            with torch.device("meta"):
                expo = c.fourier_features_type == "expo"
                built[entry.id] = NumberConditioner(width, c.min_val, c.max_val, expo=expo)
            continue
        if text_encoder is None:
            place = text_encoder_folder or _find_text_encoder(folder, config.app.text_encoder, _names(c))
            encoder, tokenizer = _load(c, place)
            encoder.to(ENCODER_DTYPES[config.app.precision.text_encoder or "fp32"])
        else:
            encoder, tokenizer = text_encoder
        built[entry.id] = _text_conditioner(c, encoder, tokenizer, width)
    diffusion = config.diffusion
    return Conditioner(
        built,
        cross_ids=diffusion.cross_attention_cond_ids,
        global_ids=diffusion.global_cond_ids,
        prepend_ids=diffusion.prepend_cond_ids,
        default_keys=config.conditioning.default_keys,
    )


def _names(config: T5Config | T5GemmaConfig | ClapTextConfig) -> Iterable[str]:
    """Where the text encoder usually lies, relative to the model's folder."""
    if isinstance(config, T5Config):
        return (*T5_FOLDERS, f"../{Path(config.t5_model_name).name}")
    if isinstance(config, T5GemmaConfig):
        return (*T5GEMMA_FOLDERS, f"../{T5GEMMA_FOLDERS[0]}")  # one for all models of the family
    return CLAP_FOLDERS


def _load(config: T5Config | T5GemmaConfig | ClapTextConfig, folder: Path) -> TextEncoder:
    if isinstance(config, T5Config):
        return text_encoders.load_t5(folder, config.max_length)
    if isinstance(config, T5GemmaConfig):
        return text_encoders.load_t5gemma(folder, config.max_length)
    return text_encoders.load_clap_text(folder, pooled=not config.use_text_features)


def _text_conditioner(
    config: T5Config | T5GemmaConfig | ClapTextConfig, encoder: nn.Module, tokenizer: Tokenizer, width: int
) -> nn.Module:
    if isinstance(config, T5Config):
        return T5Conditioner(encoder, tokenizer, width, project_out=config.project_out)
    if isinstance(config, T5GemmaConfig):
        return T5GemmaConditioner(
            encoder, tokenizer, width, padding_mode=config.padding_mode, project_out=config.project_out
        )
    return _clap(config, encoder, tokenizer, width)


def _clap(config: ClapTextConfig, encoder: nn.Module, tokenizer: Tokenizer, width: int) -> ClapTextConditioner:
    layers = encoder.config.num_hidden_layers + 1  # type: ignore[union-attr, operator]
    if config.use_text_features and not -layers <= config.feature_layer_ix < layers:
        raise CheckpointError(
            f"The model uses layer {config.feature_layer_ix} of a text encoder that has {layers}.",
            hint="The text encoder belongs to another model; get the model again.",
        )
    return ClapTextConditioner(
        encoder,
        tokenizer,
        width,
        use_text_features=config.use_text_features,
        feature_layer=config.feature_layer_ix,
        project_out=config.project_out,
    )


def _find_text_encoder(folder: Path, named: str | None, names: Iterable[str]) -> Path:
    """The first folder that is there: the one the config names, else the usual ones beside the model."""
    if named is not None and (Path(named).is_absolute() or ".." in Path(named).parts):
        raise CheckpointError("The model names a text encoder outside its folder.", hint="Get the model again.")
    candidates = [folder / name for name in ([named] if named is not None else names)]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise CheckpointError(
        f"The model in {folder} needs a text encoder, which is not there.",
        hint=f"Put its folder (config.json, model.safetensors, tokenizer.json) at {candidates[0]}.",
    )

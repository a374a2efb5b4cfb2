"""A model's conditioner: text encoders from the folders beside the model, everything else still without weights."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from musicapp import paths
from musicapp.checkpoints import text_encoders
from musicapp.description.config import ModelConfig
from musicapp.description.configs import (
    ClapTextConfig,
    NumberConfig,
    SummaryConfig,
    T5Config,
    T5GemmaConfig,
    TimelineConfig,
)
from musicapp.errors import CheckpointError
from musicapp.nn.conditioners import (
    ClapTextConditioner,
    Conditioner,
    NumberConditioner,
    T5Conditioner,
    T5GemmaConditioner,
    Tokenizer,
)
from musicapp.nn.timeline import TimelineConditioner

T5GEMMA_NAME, CLAP_NAME = "t5gemma-b-b-ul2", "clap_text"
PUBLIC_NAMES = ("t5-base", T5GEMMA_NAME)  # that the app can fetch
# Where a text encoder lies inside its model's folder. Elsewhere it has one name, so that it serves several models.
INSIDE: dict[type, tuple[str, ...]] = {
    T5Config: ("t5", "text_encoder"),
    T5GemmaConfig: (T5GEMMA_NAME, "t5gemma", "text_encoder"),
    ClapTextConfig: (CLAP_NAME, "text_encoder"),
}
TITLES: dict[type, str] = {T5Config: "T5", T5GemmaConfig: "T5Gemma", ClapTextConfig: "CLAP"}
KINDS: dict[type, tuple[str, ...]] = {
    T5Config: text_encoders.T5_KINDS,
    T5GemmaConfig: text_encoders.T5GEMMA_KINDS,
    ClapTextConfig: text_encoders.CLAP_KINDS,
}
ENCODER_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}

TextEncoder = tuple[nn.Module, Tokenizer]
TextConfig = T5Config | T5GemmaConfig | ClapTextConfig


def build_conditioner(
    config: ModelConfig,
    folder: Path,
    text_encoder_folder: Path | None = None,
    text_encoder: TextEncoder | None = None,
    *,
    keeps_bf16: bool = False,
) -> Conditioner:
    """All conditions of a model; but for text encoders they have no weights yet.

    Raises CheckpointError when the text encoder is missing, damaged or another's.

    folder               of the model, beside or inside which the text encoder is looked for
    text_encoder_folder  where it is instead
    text_encoder         one that is loaded already, for every text condition
    keeps_bf16           a T5Gemma in bfloat16 stays in it, unless the config says in what it runs
    """
    built: dict[str, nn.Module] = {}
    for entry in config.conditioning.entries:
        c, width = entry.config, entry.config.output_dim or config.conditioning.cond_dim
        if isinstance(c, NumberConfig):
            with torch.device("meta"):
                expo = c.fourier_features_type == "expo"
                built[entry.id] = NumberConditioner(width, c.min_val, c.max_val, expo=expo)
            continue
        if isinstance(c, TimelineConfig):
            built[entry.id] = TimelineConditioner(config.sample_rate / config.autoencoder.downsampling_ratio)
            continue
        if isinstance(c, SummaryConfig):
            continue
        if text_encoder is None:
            place = text_encoder_folder or find_text_encoder(folder, c, config.app.text_encoder)
            stated = config.app.precision.text_encoder
            encoder, tokenizer = _load(c, place, keeps_bf16=keeps_bf16 and stated is None)
            if stated is not None:
                encoder.to(ENCODER_DTYPES[stated])
        else:
            encoder, tokenizer = text_encoder
        with torch.device("meta"):
            built[entry.id] = text_conditioner(c, encoder, tokenizer, width)
    diffusion = config.diffusion
    return Conditioner(
        built,
        cross_ids=diffusion.cross_attention_cond_ids,
        global_ids=diffusion.global_cond_ids,
        prepend_ids=diffusion.prepend_cond_ids,
        input_concat_ids=[name for name in diffusion.input_concat_ids if name in built],  # masks come with the sound
        summaries={e.id: e.config.of for e in config.conditioning.entries if isinstance(e.config, SummaryConfig)},
        default_keys=config.conditioning.default_keys,
    )


def find_text_encoder(folder: Path, config: TextConfig, named: str | None = None) -> Path:
    """The folder of a model's text encoder: inside the model's, beside it, or among the user's or the app's models.

    named  by the model itself, relative to its folder: then it is nowhere else
    Raises CheckpointError saying which one is needed and where it may lie.
    """
    if named is not None and (Path(named).is_absolute() or ".." in Path(named).parts):
        raise CheckpointError("The model names a text encoder outside its folder.", hint="Get the model again.")
    name = _name_of(config)
    inside = [folder / place for place in ((named,) if named is not None else INSIDE[type(config)])]
    shared = [root / name for root in (folder.parent, paths.user_models_folder(), paths.bundled_models_folder())]
    for place in inside + ([] if named is not None else [folder / name, *shared]):
        if _is_folder(place):
            return place
    where = inside[0] if named is not None else f"{inside[0]} or {shared[1]}"
    get = f"Get it by “musicapp models get {name}”, or put" if name in PUBLIC_NAMES and named is None else "Put"
    raise CheckpointError(
        f"The model in {folder} needs the text encoder {name} ({TITLES[type(config)]}), which is not there.",
        hint=f"{get} its folder (config.json, model.safetensors, tokenizer.json) at {where}, "
        "or choose it with --text-encoder.",
    )


def check_text_encoders(config: ModelConfig, folder: Path) -> None:
    """Raise what loading would for the text encoders inside a model's folder, as far as that costs no weights.

    Those elsewhere are none of the model's business: they may come later.
    """
    for entry in config.conditioning.entries:
        c = entry.config
        if not isinstance(c, T5Config | T5GemmaConfig | ClapTextConfig):
            continue
        named = config.app.text_encoder
        names = INSIDE[type(c)] if named is None else (named,)
        place = next((folder / name for name in names if ".." not in name and _is_folder(folder / name)), None)
        if place is not None:
            length = text_encoders.CLAP_MAX_LENGTH if isinstance(c, ClapTextConfig) else c.max_length
            text_encoders.check(place, KINDS[type(c)], length)


def _is_folder(place: Path) -> bool:
    try:
        return place.is_dir()
    except OSError:  # a name that is too long
        return False


def _name_of(config: TextConfig) -> str:
    """What the text encoder's folder is called outside the model's."""
    if isinstance(config, T5Config):
        name = Path(config.t5_model_name).name
        return name if name.strip(".") else PUBLIC_NAMES[0]
    return T5GEMMA_NAME if isinstance(config, T5GemmaConfig) else CLAP_NAME


def _load(config: TextConfig, folder: Path, *, keeps_bf16: bool = False) -> TextEncoder:
    if isinstance(config, T5Config):
        return text_encoders.load_t5(folder, config.max_length)
    if isinstance(config, T5GemmaConfig):
        return text_encoders.load_t5gemma(folder, config.max_length, keeps_bf16=keeps_bf16)
    return text_encoders.load_clap_text(folder, pooled=not config.use_text_features)


def text_conditioner(config: TextConfig, encoder: nn.Module, tokenizer: Tokenizer, width: int) -> nn.Module:
    """A condition of text around its encoder, with tokens of that width. Raises CheckpointError."""
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

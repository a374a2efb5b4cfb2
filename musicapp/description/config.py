"""`model_config.json` into dataclasses. No torch here.

Layout of the file: that of the published models; one extra top-level section "musicapp" is ours and optional.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from musicapp.description import diffusers_config, shift_configs
from musicapp.description.app_section import AppConfig
from musicapp.description.autoencoder_section import read_autoencoder, read_pretransform
from musicapp.description.checks import UNSUPPORTED_HINT, in_range, one_of, same
from musicapp.description.configs import (
    WEIGHTLESS,
    AutoencoderConfig,
    ClapTextConfig,
    ConditionerConfig,
    ConditionerEntry,
    DiTConfig,
    NumberConfig,
    SummaryConfig,
    T5Config,
    T5GemmaConfig,
    TimelineConfig,
)
from musicapp.description.sections import (
    DAMAGED_HINT,
    FOREIGN_HINT,
    read_json,
    read_object,
    read_section,
    refuse_unknown,
)
from musicapp.errors import CheckpointError

CONFIG_NAME = "model_config.json"
OBJECTIVES = ("v", "rectified_flow", "rf_denoiser")
ALONE = "autoencoder"  # the model_type of SAME and others without a transformer
# Bases of -XS adapters are computed here, so a file that has them is not needed.
TOP_LEVEL = (
    "model_type",
    "sample_size",
    "sample_rate",
    "audio_channels",
    "model",
    "training",
    "svd_bases_path",
    "musicapp",
)
MAX_TEXTS = 4  # each has a text encoder in memory
CONDITIONERS: dict[str, type] = {
    "t5": T5Config,
    "t5gemma": T5GemmaConfig,
    "clap_text": ClapTextConfig,
    "number": NumberConfig,
    "timeline": TimelineConfig,
    "summary": SummaryConfig,
}


@dataclass(frozen=True)
class DiffusionConfig:
    """The `diffusion` section: objective, which condition goes where, and the transformer.

    objective       "v", "rectified_flow" or "rf_denoiser"
    shift           how training moved its noise levels
    sampling_shift  how sampling does in Stable Audio 3
    The two flags say how the reference library trains; padding is always masked here.
    """

    dit: DiTConfig
    objective: str = "v"
    cross_attention_cond_ids: tuple[str, ...] = ()
    global_cond_ids: tuple[str, ...] = ()
    prepend_cond_ids: tuple[str, ...] = ()
    input_concat_ids: tuple[str, ...] = ()
    local_add_cond_ids: tuple[str, ...] = ()
    shift: object = None
    sampling_shift: object = shift_configs.DEFAULT  # a `ShiftConfig`, which is read before
    mask_padding_attention: bool = False
    use_effective_length_for_schedule: bool = False

    def __post_init__(self) -> None:
        one_of("diffusion_objective", self.objective, OBJECTIVES)


@dataclass(frozen=True)
class ConditioningConfig:
    """The `conditioning` section. default_keys: id -> metadata key to use when the id itself is not given."""

    entries: tuple[ConditionerEntry, ...]
    cond_dim: int
    default_keys: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelConfig:
    """A whole model. `window_latents` is the length it was trained on."""

    sample_size: int  # audio frames of the window
    sample_rate: int
    audio_channels: int
    autoencoder: AutoencoderConfig
    conditioning: ConditioningConfig
    diffusion: DiffusionConfig
    app: AppConfig

    @property
    def is_stable_audio_3(self) -> bool:
        """Whether lengths, schedules and guidance are those of Stable Audio 3."""
        return self.autoencoder.bottleneck is not None

    @property
    def fills_gaps(self) -> bool:
        """Whether the transformer was trained to be told which latents stay, and what they are."""
        return "inpaint_mask" in (*self.diffusion.input_concat_ids, *self.diffusion.local_add_cond_ids)

    @property
    def window_latents(self) -> int:
        """Latent frames of the training window, rounded up."""
        return -(-self.sample_size // self.autoencoder.downsampling_ratio)

    @property
    def max_duration_s(self) -> float:
        """The longest take in seconds."""
        return self.app.max_duration_s or self.sample_size / self.sample_rate


@dataclass(frozen=True)
class AutoencoderAlone:
    """What a folder with an autoencoder and nothing else describes."""

    sample_rate: int
    autoencoder: AutoencoderConfig

    @property
    def latents_per_s(self) -> float:
        """Latent frames per second."""
        return self.sample_rate / self.autoencoder.downsampling_ratio


# Published defaults: the 2.0 / Open 1.0 recipe, flow models, and adversarially post-trained ones.
DEFAULTS: dict[str, dict[str, Any]] = {
    "v": {"sampler": "dpmpp-3m-sde", "steps": 100, "guidance_scale": 7.0},
    "rectified_flow": {"sampler": "euler", "steps": 50, "guidance_scale": 7.0},
    "rf_denoiser": {"sampler": "pingpong", "steps": 8, "guidance_scale": 1.0},
}


def read_config(folder: Path) -> ModelConfig:
    """The config of a model folder. Raises CheckpointError when it is missing, damaged or not ours to play."""
    return parse_config(read_description(folder), default_name=folder.name)


def read_autoencoder_alone(folder: Path) -> AutoencoderAlone:
    """The config of a folder with an autoencoder and nothing else. Raises CheckpointError."""
    values = read_json(folder / CONFIG_NAME)
    one_of("model_type", values.get("model_type"), (ALONE,))
    refuse_unknown(values, TOP_LEVEL, "top level")
    top = read_section(_Top, {k: v for k, v in values.items() if k in _TOP}, "top level")
    autoencoder = read_autoencoder(values.get("model"), "model")
    same("audio_channels", top.audio_channels, "the autoencoder's io_channels", autoencoder.io_channels)
    return AutoencoderAlone(top.sample_rate, autoencoder)


def is_autoencoder_alone(folder: Path) -> bool:
    """Whether a folder says that it holds an autoencoder and nothing else. Raises CheckpointError."""
    return (folder / CONFIG_NAME).is_file() and read_json(folder / CONFIG_NAME).get("model_type") == ALONE


def is_model(folder: Path) -> bool:
    """Whether a folder has the description of a model, in either layout."""
    return (folder / CONFIG_NAME).is_file() or diffusers_config.is_pipeline(folder)


def read_description(folder: Path) -> dict[str, Any]:
    """The folder's `model_config.json`, or what it would be for a diffusers folder. Raises CheckpointError."""
    if diffusers_config.is_pipeline(folder):
        return diffusers_config.read_description(folder)
    return read_json(folder / CONFIG_NAME)


def parse_config(values: dict[str, Any], *, default_name: str = "") -> ModelConfig:
    """The config from the parsed JSON."""
    _refuse_foreign(values)
    refuse_unknown(values, TOP_LEVEL, "top level")
    top = read_section(_Top, {k: v for k, v in values.items() if k in _TOP}, "top level")
    model = read_object(values.get("model"), "model")
    refuse_unknown(model, ("pretransform", "conditioning", "diffusion", "io_channels"), "model")
    autoencoder = read_pretransform(model.get("pretransform"))
    conditioning = _read_conditioning(model.get("conditioning"))
    diffusion = _read_diffusion(model.get("diffusion"))
    same("audio_channels", top.audio_channels, "the autoencoder's io_channels", autoencoder.io_channels)
    same("model.io_channels", model.get("io_channels", -1), "the transformer's", diffusion.dit.io_channels)
    same("model.io_channels", model.get("io_channels", -1), "the autoencoder's latent_dim", autoencoder.latent_dim)
    _check_conditions(conditioning, diffusion)
    own = {
        **DEFAULTS[diffusion.objective],
        "name": default_name,
        "variable_length": autoencoder.bottleneck is not None,
        **read_object(values.get("musicapp", {}), "musicapp"),
    }
    app = read_section(AppConfig, own, "musicapp")
    return ModelConfig(top.sample_size, top.sample_rate, top.audio_channels, autoencoder, conditioning, diffusion, app)


@dataclass(frozen=True)
class _Top:
    sample_size: int
    sample_rate: int
    audio_channels: int = 2

    def __post_init__(self) -> None:
        in_range("sample_size", self.sample_size, 1, 1 << 31)
        in_range("sample_rate", self.sample_rate, 8000, 192000)
        in_range("audio_channels", self.audio_channels, 1, 2)


_TOP = ("sample_size", "sample_rate", "audio_channels")


def _refuse_foreign(values: dict[str, Any]) -> None:
    kind = values.get("model_type")
    if kind == ALONE:
        raise CheckpointError(
            "This is an autoencoder alone: it turns audio into latents and back, but has no transformer to make music.",
            hint="Choose a whole model; the autoencoder that it needs is inside it.",
        )
    if kind not in ("diffusion_cond", "diffusion_cond_inpaint"):
        what = f"a model of the type “{str(kind)[:40]}”" if kind else "not a description of a music model"
        raise CheckpointError(f"This model_config.json is {what}.", hint=FOREIGN_HINT)


def _read_conditioning(section: object) -> ConditioningConfig:
    where = "model.conditioning"
    values = read_object(section, where)
    refuse_unknown(values, ("configs", "cond_dim", "default_keys", "pre_encoded_keys"), where)
    if values.get("pre_encoded_keys"):
        raise CheckpointError("This model wants conditions that were encoded before.", hint=UNSUPPORTED_HINT)
    head = read_section(_ConditioningHead, {k: v for k, v in values.items() if k in _HEAD}, where)
    if not isinstance(values.get("configs"), list) or len(values["configs"]) > 64:
        raise CheckpointError(f"“{where}.configs” should be a list of conditions.", hint=DAMAGED_HINT)
    entries = tuple(_read_conditioner(item, head.cond_dim) for item in values["configs"])
    texts = sum(not isinstance(entry.config, (NumberConfig, *WEIGHTLESS)) for entry in entries)
    in_range("the number of conditions of text", texts, 0, MAX_TEXTS)
    if len({entry.id for entry in entries}) < len(entries):
        raise CheckpointError("Two conditions of the model have the same name.", hint=DAMAGED_HINT)
    return ConditioningConfig(entries, head.cond_dim, head.default_keys)


@dataclass(frozen=True)
class _ConditioningHead:
    cond_dim: int
    default_keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        in_range("conditioning.cond_dim", self.cond_dim, 1, 1 << 16)


_HEAD = ("cond_dim", "default_keys")


def _read_conditioner(item: object, cond_dim: int) -> ConditionerEntry:
    values = read_object(item, "model.conditioning.configs")
    refuse_unknown(values, ("id", "type", "config"), "model.conditioning.configs")
    name, kind = str(values.get("id", "")), values.get("type")
    one_of(f"the type of the condition “{name[:40]}”", kind, tuple(CONDITIONERS))
    config: ConditionerConfig = read_section(CONDITIONERS[str(kind)], values.get("config", {}), f"condition {name}")
    in_range(f"output_dim of the condition {name}", config.output_dim or cond_dim, 1, 1 << 16)
    return ConditionerEntry(name, config)


def _read_diffusion(section: object) -> DiffusionConfig:
    where = "model.diffusion"
    values = dict(read_object(section, where))
    one_of(f"{where}.type", values.pop("type", None), ("dit",))
    if values.pop("modular_local_cond_configs", None):
        raise CheckpointError("The model has local conditions in modules.", hint=UNSUPPORTED_HINT)
    renamed = {"config": "dit", "diffusion_objective": "objective", "distribution_shift_options": "shift"}
    renamed["sampling_distribution_shift_options"] = "sampling_shift"
    ids = ("cross_attention_cond_ids", "global_cond_ids", "prepend_cond_ids", "input_concat_ids", "local_add_cond_ids")
    flags = ("mask_padding_attention", "use_effective_length_for_schedule")
    refuse_unknown(values, (*renamed, *ids, *flags), where)
    for key in ("distribution_shift_options", "sampling_distribution_shift_options"):
        if values.get(key) is None:
            values.pop(key, None)
        else:
            values[key] = shift_configs.read(values[key], f"{where}.{key}")
    return read_section(DiffusionConfig, {renamed.get(key, key): value for key, value in values.items()}, where)


def _check_conditions(conditioning: ConditioningConfig, diffusion: DiffusionConfig) -> None:
    """Every id must exist, and the widths that arrive must be those that the transformer was built for."""
    widths = {entry.id: entry.config.output_dim or conditioning.cond_dim for entry in conditioning.entries}
    dit = diffusion.dit
    _check_summaries(conditioning, diffusion)
    timelines = {entry.id for entry in conditioning.entries if isinstance(entry.config, TimelineConfig)}
    for ids in (diffusion.cross_attention_cond_ids, diffusion.global_cond_ids, diffusion.prepend_cond_ids):
        for name in ids:
            if name in timelines:
                raise CheckpointError(f"The timeline “{name[:40]}” can only travel beside latents.", hint=DAMAGED_HINT)
            if name not in widths:
                raise CheckpointError(
                    f"The model is steered by “{name[:40]}”, which it does not describe.", hint=DAMAGED_HINT
                )
    for name in diffusion.cross_attention_cond_ids:
        same(f"the width of the condition {name}", widths[name], "cond_token_dim", dit.cond_token_dim)
    for name in diffusion.prepend_cond_ids:
        same(f"the width of the condition {name}", widths[name], "prepend_cond_dim", dit.prepend_cond_dim)
    total = sum(widths[name] for name in diffusion.global_cond_ids)
    same("the width of all global conditions", total, "global_cond_dim", dit.global_cond_dim)
    masks = {"inpaint_mask": 1, "inpaint_masked_input": dit.io_channels}
    for where, names, width in (
        ("input_concat", diffusion.input_concat_ids, dit.input_concat_dim),
        ("local_add_cond", diffusion.local_add_cond_ids, dit.local_add_cond_dim),
    ):
        beside = masks | ({name: widths[name] for name in timelines} if where == "input_concat" else {})
        for name in names:
            one_of(f"{where}_ids", name, tuple(beside))
        same(f"the width of {where}_ids", sum(beside[name] for name in names), f"{where}_dim", width)


def _check_summaries(conditioning: ConditioningConfig, diffusion: DiffusionConfig) -> None:
    """A summary is of a text, and part of the global condition alone."""
    texts = [e.id for e in conditioning.entries if not isinstance(e.config, (NumberConfig, *WEIGHTLESS))]
    for entry in conditioning.entries:
        if isinstance(entry.config, SummaryConfig):
            one_of(f"what “{entry.id}” sums up", entry.config.of, tuple(texts))
            if entry.id in (*diffusion.cross_attention_cond_ids, *diffusion.prepend_cond_ids):
                raise CheckpointError(
                    f"The summary “{entry.id}” can only be part of the global condition.", hint=DAMAGED_HINT
                )

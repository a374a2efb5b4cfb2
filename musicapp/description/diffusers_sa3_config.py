"""A diffusers folder of Stable Audio 3 as the `model_config.json` that it stands for. No torch here.

That library has the models whose autoencoder looks through sliding windows, and decodes them without noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from musicapp.description.checks import in_range, one_of, only, same, whole
from musicapp.description.sections import read_json, read_section

PIPELINES = ("StableAudio3Pipeline", "StableAudio3AudioToAudioPipeline", "StableAudio3InpaintPipeline")
NO_MATTER = ("dtype", "torch_dtype")
TOKENS = 256  # the pipeline's own limit, whatever the tokenizer says
WINDOW_LATENTS = 4096  # that the public models were trained on; the folder does not say

T = TypeVar("T")


@dataclass(frozen=True)
class _Transformer:
    """`transformer/config.json`."""

    io_channels: int
    embed_dim: int
    depth: int
    num_heads: int
    cond_token_dim: int
    global_cond_dim: int
    local_add_cond_dim: int
    num_memory_tokens: int
    use_differential_attention: bool
    timestep_features_dim: int = 256
    ff_mult: float = 4.0
    patch_size: int = 1

    def __post_init__(self) -> None:
        only("transformer.patch_size", self.patch_size, 1)  # patches lie in another order there
        in_range("transformer.num_heads", self.num_heads, 1, 1 << 12)
        whole("transformer.embed_dim", self.embed_dim, "num_heads", self.num_heads)
        # Narrower heads turn fewer of their dimensions there than in the published layout.
        in_range("the width of the transformer's heads", self.embed_dim // self.num_heads, 64, 1 << 12)


@dataclass(frozen=True)
class _Autoencoder:
    """`vae/config.json`: encoder and decoder have the same sizes."""

    audio_channels: int
    patch_size: int
    encoder_channels: int
    encoder_c_mults: tuple[int, ...]
    encoder_strides: tuple[int, ...]
    encoder_transformer_depths: tuple[int, ...]
    latent_dim: int
    use_differential_attention: bool
    dim_heads: int
    ff_mult: int
    sliding_window: int
    encoder_sinusoidal_blocks: tuple[int, ...]
    decoder_sinusoidal_blocks: tuple[int, ...]
    sampling_rate: int

    def __post_init__(self) -> None:
        in_range("vae.patch_size", self.patch_size, 1, 1 << 16)
        in_range("the ratio of the vae", self.ratio, 1, 1 << 20)

    @property
    def ratio(self) -> int:
        """Audio frames per latent."""
        return self.patch_size * math.prod(self.encoder_strides)


@dataclass(frozen=True)
class _Duration:
    """`duration_embedder/config.json`: the condition of seconds."""

    output_dim: int
    min_val: float
    max_val: float
    fourier_dim: int = 256
    min_freq: float = 0.5
    max_freq: float = 10000.0

    def __post_init__(self) -> None:
        only("duration_embedder.fourier_dim", self.fourier_dim, 256)
        only("duration_embedder.min_freq", self.min_freq, 0.5)
        only("duration_embedder.max_freq", self.max_freq, 10000.0)
        in_range("duration_embedder.max_val", self.max_val, 1, 1 << 16)


@dataclass(frozen=True)
class _Scheduler:
    """`scheduler/scheduler_config.json`. What it says of schedules is not used there: the pipeline brings its own."""

    stochastic_sampling: bool = False
    shift: float = 1.0
    use_dynamic_shifting: bool = False
    invert_sigmas: bool = False
    use_karras_sigmas: bool = False
    use_exponential_sigmas: bool = False
    use_beta_sigmas: bool = False
    num_train_timesteps: int = 1000
    base_shift: float | None = 0.5
    max_shift: float | None = 1.15
    base_image_seq_len: int = 256
    max_image_seq_len: int = 4096
    shift_terminal: float | None = None
    time_shift_type: str = "exponential"

    def __post_init__(self) -> None:
        only("scheduler.shift", self.shift, 1.0)
        only("scheduler.shift_terminal", self.shift_terminal, None)
        for name in ("use_dynamic_shifting", "invert_sigmas", "use_karras_sigmas", "use_exponential_sigmas"):
            only(f"scheduler.{name}", getattr(self, name), False)
        only("scheduler.use_beta_sigmas", self.use_beta_sigmas, False)


def is_described(kind: object) -> bool:
    """Whether a folder's class is one of this family."""
    return kind in PIPELINES


def read_description(folder: Path) -> dict[str, Any]:
    """What the folder's `model_config.json` would be. Raises CheckpointError for options that are not built."""
    transformer = _read(_Transformer, folder / "transformer", ("StableAudio3DiTModel",))
    vae = _read(_Autoencoder, folder / "vae", ("AutoencoderSAME",))
    duration = _read(_Duration, folder / "duration_embedder", ("StableAudio3DurationEmbedder",))
    scheduler = _read(
        _Scheduler, folder / "scheduler", ("FlowMatchEulerDiscreteScheduler",), name="scheduler_config.json"
    )
    same("the width of the duration_embedder", duration.output_dim, "cond_token_dim", transformer.cond_token_dim)
    latents = min(WINDOW_LATENTS, int(duration.max_val * vae.sampling_rate) // vae.ratio)
    return {
        "model_type": "diffusion_cond_inpaint",
        "sample_size": latents * vae.ratio,
        "sample_rate": vae.sampling_rate,
        "audio_channels": vae.audio_channels,
        "model": {
            "pretransform": {"type": "autoencoder", "config": _autoencoder(vae)},
            "conditioning": _conditioning(duration),
            "diffusion": _diffusion(transformer, scheduler),
            "io_channels": transformer.io_channels,
        },
    }


def _read(cls: type[T], folder: Path, kinds: tuple[str, ...], *, name: str = "config.json") -> T:
    values = read_json(folder / name)
    one_of(f"{folder.name}._class_name", values.get("_class_name"), kinds)
    known = {k: v for k, v in values.items() if not k.startswith("_") and k not in NO_MATTER}
    return read_section(cls, known, folder.name)


def _autoencoder(vae: _Autoencoder) -> dict[str, Any]:
    both = {
        "channels": vae.encoder_channels,
        "c_mults": list(vae.encoder_c_mults),
        "strides": list(vae.encoder_strides),
        "transformer_depths": list(vae.encoder_transformer_depths),
        "latent_dim": vae.latent_dim,
        "dim_heads": vae.dim_heads,
        "differential": vae.use_differential_attention,
        "variable_stride": True,
        "dyt": True,
        "ff_mult": vae.ff_mult,
        "sliding_window": [vae.sliding_window, vae.sliding_window],
    }
    patch = vae.audio_channels * vae.patch_size
    encoder = {**both, "in_channels": patch, "sinusoidal_blocks": list(vae.encoder_sinusoidal_blocks)}
    decoder = {**both, "out_channels": patch, "sinusoidal_blocks": list(vae.decoder_sinusoidal_blocks)}
    bottleneck = {"dim": vae.latent_dim, "auto_scale": True, "noise_regularize": False}
    patches = {"channels": vae.audio_channels, "patch_size": vae.patch_size}
    return {
        "encoder": {"type": "same", "config": encoder},
        "decoder": {"type": "same", "config": decoder},
        "bottleneck": {"type": "softnorm", "config": bottleneck},
        "pretransform": {"type": "patched", "config": patches},
        "latent_dim": vae.latent_dim,
        "downsampling_ratio": vae.ratio,
        "io_channels": vae.audio_channels,
    }


def _conditioning(duration: _Duration) -> dict[str, Any]:
    seconds = {"min_val": duration.min_val, "max_val": duration.max_val, "fourier_features_type": "expo"}
    return {
        "cond_dim": duration.output_dim,
        "configs": [
            {"id": "prompt", "type": "t5gemma", "config": {"max_length": TOKENS, "padding_mode": "learned"}},
            {"id": "seconds_total", "type": "number", "config": seconds},
        ],
    }


def _diffusion(transformer: _Transformer, scheduler: _Scheduler) -> dict[str, Any]:
    sizes = ("io_channels", "embed_dim", "depth", "num_heads", "cond_token_dim", "global_cond_dim")
    more = ("local_add_cond_dim", "num_memory_tokens", "timestep_features_dim")
    return {
        "type": "dit",
        "diffusion_objective": "rf_denoiser" if scheduler.stochastic_sampling else "rectified_flow",
        "cross_attention_cond_ids": ["prompt", "seconds_total"],
        "global_cond_ids": ["seconds_total"],
        "local_add_cond_ids": ["inpaint_mask", "inpaint_masked_input"],
        "config": {
            **{name: getattr(transformer, name) for name in (*sizes, *more)},
            "global_cond_type": "adaLN",
            "timestep_features_type": "expo",
            "norm_type": "rms_norm",
            "norm_kwargs": {"force_fp32": True},
            "attn_kwargs": {"qk_norm": "rms", "differential": transformer.use_differential_attention},
            "ff_kwargs": {"mult": transformer.ff_mult},
        },
    }

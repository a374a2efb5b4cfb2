"""The autoencoder in `model_config.json`: of a whole model its `pretransform` section, alone its `model`. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from musicapp.description.checks import UNSUPPORTED_HINT, one_of, same
from musicapp.description.configs import AutoencoderConfig, OobleckDecoderConfig, OobleckEncoderConfig
from musicapp.description.same_configs import SameDecoderConfig, SameEncoderConfig
from musicapp.description.sections import read_object, read_section, refuse_unknown
from musicapp.description.spectral_configs import SpectralDecoderConfig, SpectralEncoderConfig
from musicapp.errors import CheckpointError

HALVES: dict[str, tuple[type, type]] = {
    "oobleck": (OobleckEncoderConfig, OobleckDecoderConfig),
    "spectral": (SpectralEncoderConfig, SpectralDecoderConfig),
    "same": (SameEncoderConfig, SameDecoderConfig),
}
SAME_NAMES = ("same", "taae_v2")  # the published files use either
RUNNING = ("use_flash", "checkpointing")  # how the reference library runs the blocks, not what they compute


def read_pretransform(section: object) -> AutoencoderConfig:
    """The autoencoder of a model. Raises CheckpointError."""
    where = "model.pretransform"
    outer = read_object(section, where)
    # How the reference library runs it (in halves, item by item, in chunks) does not change what it computes.
    ignored = ("iterate_batch", "model_half", "chunked", "enable_grad")
    refuse_unknown(outer, ("type", "config", "scale", *ignored), where)
    one_of(f"{where}.type", outer.get("type"), ("autoencoder",))
    scale = {"scale": outer["scale"]} if "scale" in outer else {}
    return read_autoencoder(outer.get("config"), f"{where}.config", scale)


def read_autoencoder(section: object, where: str, scale: dict[str, Any] | None = None) -> AutoencoderConfig:
    """The autoencoder that a section describes; `where` it stands, for messages. Raises CheckpointError."""
    inner = read_object(section, where)
    sizes = ("latent_dim", "downsampling_ratio", "io_channels")
    parts = ("encoder", "decoder", "bottleneck", "in_channels", "out_channels", "pretransform")
    refuse_unknown(inner, (*parts, *sizes), where)
    for name in ("in_channels", "out_channels"):
        if name in inner:
            same(f"{where}.{name}", inner[name], "io_channels", inner.get("io_channels", -1))
    encoder, decoder = read_object(inner.get("encoder"), "encoder"), read_object(inner.get("decoder"), "decoder")
    bottleneck = _read_bottleneck(inner.get("bottleneck"))
    config = read_section(
        AutoencoderConfig,
        {
            **{name: inner[name] for name in sizes if name in inner},
            **(scale or {}),
            **({"soft_clip": decoder["soft_clip"]} if "soft_clip" in decoder else {}),
            "encoder": _read_half(encoder, "encoder"),
            "decoder": _read_half(decoder, "decoder"),
            **({"bottleneck": bottleneck} if bottleneck is not None else {}),
        },
        where,
    )
    _check_patches(inner.get("pretransform"), config)
    return config


@dataclass(frozen=True)
class _Patches:
    channels: int
    patch_size: int


def _read_bottleneck(section: object) -> dict[str, Any] | None:
    values = read_object(section, "bottleneck")
    one_of("bottleneck.type", values.get("type"), ("vae", "softnorm"))
    if values["type"] == "vae":
        refuse_unknown(values, ("type",), "bottleneck")
        return None
    refuse_unknown(values, ("type", "config"), "bottleneck")
    return read_object(values.get("config"), "bottleneck.config")


def _check_patches(section: object, config: AutoencoderConfig) -> None:
    """The inner `pretransform`, which cuts audio into patches, must say what the halves' channels say."""
    if not isinstance(config.encoder, SameEncoderConfig):
        one_of("the inner pretransform of this autoencoder", section, (None,))
        return
    where = "model.pretransform.config.pretransform"
    values = read_object(section, where)
    refuse_unknown(values, ("type", "config"), where)
    one_of(f"{where}.type", values.get("type"), ("patched",))
    patches = read_section(_Patches, values.get("config"), f"{where}.config")
    same(f"{where}.channels", patches.channels, "io_channels", config.io_channels)
    same("encoder.in_channels", config.encoder.in_channels, "a patch", patches.channels * patches.patch_size)


def _read_half(section: dict[str, Any], part: str) -> object:
    refuse_unknown(section, ("type", "config", "requires_grad", *(["soft_clip"] if part == "decoder" else [])), part)
    kind = "same" if section.get("type") in SAME_NAMES else section.get("type")
    one_of(f"{part}.type", kind, tuple(HALVES))
    cls = HALVES[str(kind)][0 if part == "encoder" else 1]
    ignored = RUNNING if kind == "same" else ()
    try:
        return read_section(cls, section.get("config"), f"{part}.config", ignore=ignored)
    except (ValueError, ArithmeticError) as error:
        raise CheckpointError(f"The {part}'s sizes cannot be built: {error}.", hint=UNSUPPORTED_HINT) from error

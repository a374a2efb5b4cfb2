"""Weight names of the published checkpoints into ours and back: pure functions of names.

The published layout ("SAT") has three groups; inside the autoencoder names are the same on both sides but for SAME:

    model.model.transformer.layers.0.cross_attend_norm.gamma    dit.blocks.0.cross_norm.gamma
    conditioner.conditioners.prompt.proj_out.weight             conditioner.conditioners.prompt.proj_out.weight
    pretransform.model.decoder.layers.0.weight_g, weight_v      autoencoder.decoder.layers.0.weight, folded
    pretransform.model.encoder.layers.0.transformers.0.rest     autoencoder.encoder.trunk.blocks.0.rest
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

WEIGHT_NORM = {  # suffixes of a weight kept as length and direction, old and new spelling -> part
    "weight_g": "g",
    "weight_v": "v",
    "parametrizations.weight.original0": "g",
    "parametrizations.weight.original1": "v",
}
ROTARY = "model.model.transformer.rotary_pos_emb.inv_freq"

_GROUPS = (("model.model.", "dit."), ("conditioner.", "conditioner."), ("pretransform.model.", "autoencoder."))
_BLOCK_PARTS = (
    ("pre_norm.", "self_norm."),
    ("cross_attend_norm.", "cross_norm."),
    ("ff.ff.0.proj.", "ff.to_gated."),
    ("ff.ff.2.", "ff.to_out."),
)
_NUMBER_PARTS = (
    ("embedder.embedding.0.weights", "frequencies"),
    ("embedder.embedding.1.", "linear."),
)
# The halves of SAME, which are numbered layers in the file. No Oobleck has names that begin like these.
_SAME_PARTS = (
    ("encoder.layers.0.new_tokens", "encoder.new_token"),
    ("encoder.layers.0.mapping.", "encoder.from_patches."),
    ("encoder.layers.0.transformers.", "encoder.trunk.blocks."),
    ("encoder.layers.2.weight", "encoder.to_latents.weight"),
    ("encoder.layers.2.bias", "encoder.to_latents.bias"),
    ("decoder.layers.1.weight", "decoder.from_latents.weight"),
    ("decoder.layers.1.bias", "decoder.from_latents.bias"),
    ("decoder.layers.3.new_tokens", "decoder.new_token"),
    ("decoder.layers.3.mapping.", "decoder.to_patches."),
    ("decoder.layers.3.transformers.", "decoder.trunk.blocks."),
)
_TRANSFORMER_LEVEL = ("project_in.", "project_out.", "memory_tokens", "global_cond_embedder.")


def to_ours(name: str) -> str | None:
    """Our name for a published one, or None if it belongs to nothing we build."""
    for theirs, ours in _GROUPS:
        if name.startswith(theirs):
            return ours + _inside(ours, name.removeprefix(theirs), forward=True)
    return None


def to_published(name: str) -> str:
    """The published name for one of ours: the inverse of `to_ours`."""
    for theirs, ours in _GROUPS:
        if name.startswith(ours):
            return theirs + _inside(ours, name.removeprefix(ours), forward=False)
    raise KeyError(name)


def weight_norm_parts(name: str) -> tuple[str, str] | None:
    """The weight that a stored part belongs to and which part it is ("g" or "v"); None for an ordinary weight."""
    for suffix, part in WEIGHT_NORM.items():
        if name.endswith("." + suffix):
            return name.removesuffix(suffix) + "weight", part
    return None


def droppable(name: str) -> bool:
    """Whether a published weight may be left out: a rotation table (we compute it) or a position counter."""
    return is_rotation(name) or name.endswith((".position_ids", ".token_type_ids"))


def is_rotation(name: str) -> bool:
    """Whether a published weight is a table of rotation frequencies."""
    return name == ROTARY or (name.startswith("pretransform.") and name.endswith(".rope.inv_freq"))


def optional(name: str) -> bool:
    """Whether one of our weights may be missing from the file: the offsets of layer norms, zero in public models, and
    a weight of SAME that is empty."""
    return (name.startswith("dit.") and name.endswith(".beta")) or name == "autoencoder.bottleneck.noise_scaling_factor"


def layout(names: Iterable[str]) -> str:
    """What a file of weights holds, by its names: "published", or what to tell the user it is instead."""
    kinds: Mapping[str, str] = {
        r"model\.model\.": "published",
        r"diffusion(_ema)?\.": "a training checkpoint that has not been unwrapped",
        r"transformer_blocks\.": "the transformer of a diffusers pipeline",
        r"encoder\.block\.": "the autoencoder of a diffusers pipeline",
        r"(autoencoder\.)?(encoder|decoder)\.layers\.": "an autoencoder without its transformer",
    }
    names = list(names)
    if names and all(name.startswith("pretransform.model.") for name in names):
        return "published"  # of an autoencoder alone
    for pattern, kind in kinds.items():
        if any(re.match(pattern, name) for name in names):
            return kind
    return "no weights of a music model"


def _inside(group: str, name: str, *, forward: bool) -> str:
    if group == "dit.":
        return _dit_to_ours(name) if forward else _dit_to_published(name)
    if group == "conditioner.":
        return _swap(name, _NUMBER_PARTS, forward=forward)
    for theirs, ours in _SAME_PARTS:
        old, new = (theirs, ours) if forward else (ours, theirs)
        if name.startswith(old):
            return _swap(new + name.removeprefix(old), _BLOCK_PARTS, forward=forward)
    return name


def _dit_to_ours(name: str) -> str:
    if not name.startswith("transformer."):
        return name
    name = name.removeprefix("transformer.")
    if name.startswith("layers."):
        return _swap("blocks." + name.removeprefix("layers."), _BLOCK_PARTS, forward=True)
    return name


def _dit_to_published(name: str) -> str:
    if name.startswith("blocks."):
        return "transformer.layers." + _swap(name.removeprefix("blocks."), _BLOCK_PARTS, forward=False)
    return "transformer." + name if name.startswith(_TRANSFORMER_LEVEL) else name


def _swap(name: str, pairs: tuple[tuple[str, str], ...], *, forward: bool) -> str:
    """Replace one part of a dotted name, only where it starts after a dot."""
    for theirs, ours in pairs:
        old, new = (theirs, ours) if forward else (ours, theirs)
        if f".{old}" in name:
            return name.replace(f".{old}", f".{new}", 1)
    return name

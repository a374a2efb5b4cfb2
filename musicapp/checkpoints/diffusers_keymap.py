"""Weight names of a diffusers folder into the published layout: a pure function of names.

    transformer_blocks.0.attn1.to_k.weight    model.model.transformer.layers.0.self_attn.to_qkv.weight
    decoder.block.0.res_unit1.conv1.bias      pretransform.model.decoder.layers.1.layers.2.layers.1.bias
    end_number_conditioner.[...].1.bias       conditioner.conditioners.seconds_total.[...].1.bias

Some published weights are several of theirs on top of each other: queries, keys and values of one attention.
"""

from __future__ import annotations

import re

BEGINNINGS = {  # of names in transformer/ outside the blocks
    "time_proj.": "timestep_features.",
    "timestep_proj.": "to_timestep_embed.",
    "cross_attention_proj.": "to_cond_embed.",
    "global_proj.": "to_global_embed.",
    "preprocess_conv.": "preprocess_conv.",
    "postprocess_conv.": "postprocess_conv.",
    "proj_in.": "transformer.project_in.",
    "proj_out.": "transformer.project_out.",
}
BLOCK_PARTS = {  # inside a block: their name -> published name, its place from the top
    "norm1.weight": ("pre_norm.gamma", 0),
    "norm1.bias": ("pre_norm.beta", 0),
    "norm2.weight": ("cross_attend_norm.gamma", 0),
    "norm2.bias": ("cross_attend_norm.beta", 0),
    "norm3.weight": ("ff_norm.gamma", 0),
    "norm3.bias": ("ff_norm.beta", 0),
    "attn1.to_q.weight": ("self_attn.to_qkv.weight", 0),
    "attn1.to_k.weight": ("self_attn.to_qkv.weight", 1),
    "attn1.to_v.weight": ("self_attn.to_qkv.weight", 2),
    "attn1.to_out.0.weight": ("self_attn.to_out.weight", 0),
    "attn2.to_q.weight": ("cross_attn.to_q.weight", 0),
    "attn2.to_k.weight": ("cross_attn.to_kv.weight", 0),
    "attn2.to_v.weight": ("cross_attn.to_kv.weight", 1),
    "attn2.to_out.0.weight": ("cross_attn.to_out.weight", 0),
    "ff.net.0.proj.weight": ("ff.ff.0.proj.weight", 0),
    "ff.net.0.proj.bias": ("ff.ff.0.proj.bias", 0),
    "ff.net.2.weight": ("ff.ff.2.weight", 0),
    "ff.net.2.bias": ("ff.ff.2.bias", 0),
}
CONDITIONS = {
    "start_number_conditioner.time_positional_embedding.": "seconds_start.embedder.embedding.",
    "end_number_conditioner.time_positional_embedding.": "seconds_total.embedder.embedding.",
    "text_projection.": "prompt.proj_out.",
}
UNIT_PARTS = {"snake1": 0, "conv1": 1, "snake2": 2, "conv2": 3}  # layers of a residual unit
# In a block of the decoder upsampling comes before the residual units, in one of the encoder downsampling behind them.
BLOCK_LAYERS = {"encoder": {"snake1": 3, "conv1": 4}, "decoder": {"snake1": 0, "conv_t1": 1}}
FIRST_UNIT = {"encoder": 0, "decoder": 2}

TIMESTEP = "model.model.timestep_features.weight"

Place = tuple[str, int]  # published name, and where in it from the top


def place_of(part: str, name: str, blocks: int) -> Place | None:
    """Where a weight of a folder's part belongs, None if nowhere. blocks: of each half of the autoencoder"""
    if part == "transformer":
        return _transformer(name)
    found = _autoencoder(name, blocks) if part == "vae" else _projection(name)
    return None if found is None else (found, 0)


def count_of(published: str) -> int:
    """How many weights of theirs make a published one."""
    return 3 if published.endswith(".to_qkv.weight") else 2 if published.endswith(".to_kv.weight") else 1


def _transformer(name: str) -> Place | None:
    if found := re.fullmatch(r"transformer_blocks\.(\d+)\.(.+)", name):
        part, place = BLOCK_PARTS.get(found[2], ("", 0))
        return (f"model.model.transformer.layers.{found[1]}.{part}", place) if part else None
    for theirs, published in BEGINNINGS.items():
        if name.startswith(theirs):
            return "model.model." + published + name.removeprefix(theirs), 0
    return None


def _autoencoder(name: str, blocks: int) -> str | None:
    half, _, rest = name.partition(".")
    if half not in FIRST_UNIT:
        return None
    inside = _inside_block(half, rest) or _outside_blocks(rest, blocks)
    return f"pretransform.model.{half}.layers.{inside}" if inside else None


def _projection(name: str) -> str | None:
    for theirs, published in CONDITIONS.items():
        if name.startswith(theirs):
            return "conditioner.conditioners." + published + name.removeprefix(theirs)
    return None


def _inside_block(half: str, rest: str) -> str | None:
    found = re.fullmatch(r"block\.(\d{1,4})\.(?:res_unit([1-9])\.)?(\w+)\.(\w+)", rest)
    if not found:
        return None
    block, unit, part, last = int(found[1]) + 1, found[2], found[3], found[4]
    if unit is None:
        layer = BLOCK_LAYERS[half].get(part)
        return None if layer is None else f"{block}.layers.{layer}.{last}"
    layer = UNIT_PARTS.get(part)
    return None if layer is None else f"{block}.layers.{FIRST_UNIT[half] + int(unit) - 1}.layers.{layer}.{last}"


def _outside_blocks(rest: str, blocks: int) -> str | None:
    part, _, last = rest.partition(".")
    layer = {"conv1": 0, "snake1": blocks + 1, "conv2": blocks + 2}.get(part)
    return None if layer is None else f"{layer}.{last}"

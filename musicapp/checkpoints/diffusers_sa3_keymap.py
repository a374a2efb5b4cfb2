"""Weight names of a diffusers folder of Stable Audio 3 into the published layout: pure functions of names.

    transformer_blocks.0.ff.proj_in.weight        model.model.transformer.layers.0.ff.ff.0.proj.weight
    decoder.blocks.0.transformers.0.norm_attn     pretransform.model.decoder.layers.3.transformers.0.pre_norm
    linear.weight (of duration_embedder)          conditioner.conditioners.seconds_total.embedder.embedding.1.weight

Differential self-attention has its five parts in another order there.
"""

from __future__ import annotations

import re

PARTS = ("transformer", "vae", "duration_embedder")
ORDER = (0, 2, 4, 1, 3)  # where q, k, v, second q, second k stand among q, second q, k, second k, v
DROPPED = ("freqs",)  # frequencies that are computed, of the duration_embedder

_TRANSFORMER = {
    "proj_in.": "transformer.project_in.",
    "proj_out.": "transformer.project_out.",
    "memory_tokens": "transformer.memory_tokens",
    "rotary_pos_emb.": "transformer.rotary_pos_emb.",
    "global_cond_embedder.": "transformer.global_cond_embedder.",
    "to_timestep_embed.": "to_timestep_embed.",
    "to_cond_embed.": "to_cond_embed.",
    "to_global_embed.": "to_global_embed.",
    "preprocess_conv.": "preprocess_conv.",
    "postprocess_conv.": "postprocess_conv.",
}
_VAE = {
    "encoder.blocks.0.": "encoder.layers.0.",
    "encoder.proj.": "encoder.layers.2.",
    "decoder.proj.": "decoder.layers.1.",
    "decoder.blocks.0.": "decoder.layers.3.",
    "bottleneck.scale": "bottleneck.scaling_factor",
    "bottleneck.": "bottleneck.",
}
_IN_BLOCKS = (
    ("ff.proj_in.", "ff.ff.0.proj."),
    ("ff.proj_out.", "ff.ff.2."),
    ("norm_attn.", "pre_norm."),
    ("norm_ff.", "ff_norm."),
    ("attn.", "self_attn."),
)
_PADDING = "conditioner.conditioners.prompt.padding_embedding"
_SECONDS = "conditioner.conditioners.seconds_total.embedder.embedding.1."


def published(part: str, name: str) -> str | None:
    """The published name of a weight of a folder's part, None if it has none."""
    if part == "duration_embedder":
        return _SECONDS + name.removeprefix("linear.") if name.startswith("linear.") else None
    if part == "vae":
        inner = _renamed(name, _VAE)
        return None if inner is None else "pretransform.model." + _in_block(inner, r".*?\.transformers\.\d+\.")
    if name == "prompt_padding_embedding":
        return _PADDING
    if block := re.fullmatch(r"transformer_blocks\.(\d+)\.(.+)", name):
        return f"model.model.transformer.layers.{block[1]}." + _in_block(block[2], "")
    inner = _renamed(name, _TRANSFORMER)
    return None if inner is None else "model.model." + inner


def is_reordered(name: str, rows: int, columns: int) -> bool:
    """Whether a published weight has the parts of differential self-attention on top of each other."""
    return name.endswith(".self_attn.to_qkv.weight") and rows == 5 * columns


def _renamed(name: str, beginnings: dict[str, str]) -> str | None:
    for theirs, ours in beginnings.items():
        if name.startswith(theirs):
            return ours + name.removeprefix(theirs)
    return None


def _in_block(name: str, before: str) -> str:
    """The name of a weight of a block behind what stands before the block's own names."""
    match = re.match(before, name)
    if match is None:
        return name
    start, inner = name[: match.end()], name[match.end() :]
    for theirs, ours in _IN_BLOCKS:
        if inner.startswith(theirs):
            return start + ours + inner.removeprefix(theirs)
    return name

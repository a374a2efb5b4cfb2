"""The public architectures in full size with random weights: `python -m tests.full_size KIND FOLDER [--diffusers]`.

For measuring how large models load and run; what they make is noise. One weight after the other goes to the disk, so
writing takes little memory whatever the size. Every folder gets its text encoder, random too, with a small tokenizer.
Open 1.0 can be laid out as a diffusers folder: the same weights, so the same noise.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from musicapp.checkpoints import keymap
from musicapp.description.config import CONFIG_NAME, parse_config
from musicapp.description.configs import NumberConfig, T5GemmaConfig
from musicapp.nn.autoencoder import build_autoencoder
from musicapp.nn.conditioners import NumberConditioner
from musicapp.nn.dit import DiffusionTransformer
from tests import diffusers_folder
from tests.tiny_model import write_tokenizer

OOBLECK = {"channels": 128, "c_mults": [1, 2, 4, 8, 16], "strides": [2, 4, 4, 8, 8], "use_snake": True}
SAME = {"strides": [16], "c_mults": [6], "latent_dim": 256, "dim_heads": 64, "differential": True}
SAME_S = {**SAME, "channels": 128, "transformer_depths": [6], "chunk_size": 32, "chunk_midpoint_shift": True}
SAME_L = {**SAME, "channels": 256, "transformer_depths": [12], "sliding_window": [1, 1]}


def open_1_0() -> dict[str, Any]:
    """Stable Audio Open 1.0: 4.85 GB in float32."""
    dit = {"embed_dim": 1536, "depth": 24, "num_heads": 24, "project_cond_tokens": False, "global_cond_dim": 1536}
    return _stable_audio_2(dit, ["seconds_start", "seconds_total"], sample_size=2_097_152, longest=512, tokens=128)


def open_small() -> dict[str, Any]:
    """Stable Audio Open Small: 1.99 GB."""
    dit = {"embed_dim": 1024, "depth": 16, "num_heads": 8, "global_cond_dim": 768, "attn_kwargs": {"qk_norm": "ln"}}
    values = _stable_audio_2(dit, ["seconds_total"], sample_size=524_288, longest=256, tokens=64)
    values["model"]["diffusion"]["diffusion_objective"] = "rf_denoiser"
    return values


def small_3() -> dict[str, Any]:
    """Stable Audio 3 small: 2.27 GB."""
    dit = {"embed_dim": 1024, "depth": 20, "num_heads": 16, "attn_kwargs": {"qk_norm": "rms", "differential": False}}
    decoder = {"conv_mapping": True, "mask_noise": 0.01}
    return _stable_audio_3(dit, same_autoencoder(SAME_S, decoder), sample_size=5_324_800)


def medium_3() -> dict[str, Any]:
    """Stable Audio 3 medium: 9.22 GB."""
    dit = {"embed_dim": 1536, "depth": 24, "num_heads": 24, "attn_kwargs": {"qk_norm": "rms", "differential": True}}
    decoder = {"sinusoidal_blocks": [8], "mask_noise": 0.1}
    return _stable_audio_3(dit, same_autoencoder(SAME_L, decoder), sample_size=16_777_216)


KINDS = {"open-1.0": open_1_0, "open-small": open_small, "sa3-small": small_3, "sa3-medium": medium_3}


def write(kind: str, folder: Path, *, window: int | None = None) -> None:
    """A whole model folder of one of `KINDS`. window: latents, instead of the published number of a fixed window"""
    folder.mkdir(parents=True, exist_ok=True)
    values = _with_window(KINDS[kind](), window)
    (folder / CONFIG_NAME).write_text(json.dumps(values, indent=1), encoding="utf-8")
    shapes = published_shapes(values)
    write_weights(folder / "model.safetensors", shapes, lambda name: random_weight(name, shapes[name]))
    write_text_encoder(folder, values)


def write_diffusers(folder: Path, *, window: int | None = None) -> None:
    """Stable Audio Open 1.0 as a diffusers folder. window: as for `write`"""
    values = _with_window(open_1_0(), window)
    diffusers_folder.write_descriptions(values, folder, text_width=768)
    shapes, blocks = published_shapes(values), diffusers_folder.blocks_of(values)
    places: dict[str, dict[str, tuple[str, int, int]]] = {part: {} for part in diffusers_folder.PARTS}
    for published in shapes:
        sources = diffusers_folder.sources_of(published, blocks)
        for row, (part, name) in enumerate(sources):
            places[part][name] = (published, row, len(sources))

    for part, names in places.items():

        def make(name: str, names: dict[str, tuple[str, int, int]] = names) -> Tensor:
            published, row, count = names[name]
            return diffusers_folder.reshaped(published, random_weight(published, shapes[published]).chunk(count)[row])

        rows = {
            name: tuple(diffusers_folder.reshaped(p, torch.empty(shapes[p], device="meta").chunk(n)[r]).shape)
            for name, (p, r, n) in names.items()
        }
        write_weights(folder / part / diffusers_folder.PART_FILE, rows, make)
    write_text_encoder(folder, values)
    diffusers_folder.write_text_encoder(folder / "t5", folder, values)
    shutil.rmtree(folder / "t5")


def published_shapes(values: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Published name -> shape of every weight; those under weight norm as length and direction."""
    config = parse_config(values)
    with torch.device("meta"):
        networks = nn.ModuleDict(
            {"dit": DiffusionTransformer(config.diffusion.dit), "autoencoder": build_autoencoder(config.autoencoder)}
        )
        shapes = {name: tuple(tensor.shape) for name, tensor in networks.state_dict().items()}
        for entry in config.conditioning.entries:
            where = f"conditioner.conditioners.{entry.id}."
            if isinstance(entry.config, NumberConfig):
                expo = entry.config.fourier_features_type == "expo"
                number = NumberConditioner(config.conditioning.cond_dim, 0, 1, expo=expo)
                shapes |= {where + name: tuple(tensor.shape) for name, tensor in number.state_dict().items()}
            elif isinstance(entry.config, T5GemmaConfig):
                shapes[where + "padding_embedding"] = (config.conditioning.cond_dim,)
    return dict(_split(shapes))


def write_weights(path: Path, shapes: dict[str, tuple[int, ...]], make: Callable[[str], Tensor]) -> None:
    """A float32 safetensors file with the weights that `make` gives for the names, in the order given."""
    header, end = {}, 0
    for name, shape in shapes.items():
        start, end = end, end + 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name in shapes:
            make(name).contiguous().numpy().tofile(file)


def write_text_encoder(folder: Path, values: dict[str, Any]) -> None:
    """T5-base's encoder, or T5Gemma's in bfloat16, as large as the real one."""
    from transformers import T5Config, T5EncoderModel, T5GemmaEncoderModel
    from transformers import T5GemmaConfig as GemmaConfig

    torch.manual_seed(0)
    gemma = values["model"]["conditioning"]["configs"][0]["type"] == "t5gemma"
    if gemma:
        half = {"vocab_size": 256_000, "hidden_size": 768, "intermediate_size": 2048, "num_hidden_layers": 12}
        half |= {"num_attention_heads": 12, "num_key_value_heads": 12, "head_dim": 64}
        model: Any = T5GemmaEncoderModel(GemmaConfig(encoder=half, decoder=half, is_encoder_decoder=False))
        model, place = model.to(torch.bfloat16), folder / "t5gemma-b-b-ul2"
    else:
        sizes = {"d_model": 768, "d_kv": 64, "d_ff": 3072, "num_layers": 12, "num_heads": 12}
        model, place = T5EncoderModel(T5Config(**sizes)), folder / "t5"
    model.save_pretrained(place)
    if gemma:
        write_tokenizer(place)
    else:
        _write_unigram_tokenizer(place)


def _write_unigram_tokenizer(folder: Path) -> None:
    """Of T5's kind, which other programs insist on for T5; with few words."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

    letters = [(letter, -4.0) for letter in "▁abcdefghijklmnopqrstuvwxyz0123456789,.-"]
    words = [(f"▁{word}", -2.0) for word in ("piano", "techno", "strings", "bass", "drums", "bpm", "in", "a")]
    marks = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    tokenizer = Tokenizer(models.Unigram([*marks, *words, *letters], unk_id=2))
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    tokenizer.save(str(folder / "tokenizer.json"))
    named = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(named), encoding="utf-8")


def same_autoencoder(sizes: dict[str, Any], decoder: dict[str, Any]) -> dict[str, Any]:
    """The autoencoder section of Stable Audio 3."""
    sizes = {**sizes, "variable_stride": True}
    return {
        "encoder": {"type": "same", "config": {**sizes, "in_channels": 512}},
        "decoder": {"type": "same", "config": {**sizes, **decoder, "out_channels": 512}},
        "bottleneck": {"type": "softnorm", "config": {"dim": 256, "auto_scale": True, "noise_regularize": True}},
        "latent_dim": 256,
        "downsampling_ratio": 4096,
        "io_channels": 2,
        "pretransform": {"type": "patched", "config": {"channels": 2, "patch_size": 256}},
    }


def _with_window(values: dict[str, Any], window: int | None) -> dict[str, Any]:
    """A description with another window; weights do not depend on it. Stable Audio 3 makes any length as it is."""
    ratio = values["model"]["pretransform"]["config"]["downsampling_ratio"]
    return {**values, "sample_size": window * ratio} if window and ratio == 2048 else values


def _stable_audio_2(
    dit: dict[str, Any], seconds: list[str], *, sample_size: int, longest: int, tokens: int
) -> dict[str, Any]:
    autoencoder = {
        "encoder": {"type": "oobleck", "config": {"in_channels": 2, **OOBLECK, "latent_dim": 128}},
        "decoder": {"type": "oobleck", "config": {"out_channels": 2, **OOBLECK, "latent_dim": 64, "final_tanh": False}},
        "bottleneck": {"type": "vae"},
        "latent_dim": 64,
        "downsampling_ratio": 2048,
        "io_channels": 2,
    }
    prompt = {"id": "prompt", "type": "t5", "config": {"t5_model_name": "t5-base", "max_length": tokens}}
    numbers = [{"id": id_, "type": "number", "config": {"min_val": 0, "max_val": longest}} for id_ in seconds]
    return _model(
        autoencoder,
        {"cond_dim": 768, "configs": [prompt, *numbers]},
        {"cross_attention_cond_ids": ["prompt", *seconds], "global_cond_ids": seconds},
        {"io_channels": 64, "cond_token_dim": 768, **dit},
        sample_size,
    )


def _stable_audio_3(dit: dict[str, Any], autoencoder: dict[str, Any], *, sample_size: int) -> dict[str, Any]:
    prompt = {"id": "prompt", "type": "t5gemma", "config": {"max_length": 256, "padding_mode": "learned"}}
    range_ = {"min_val": 0, "max_val": 384, "fourier_features_type": "expo"}
    seconds = {"id": "seconds_total", "type": "number", "config": range_}
    return _model(
        autoencoder,
        {"cond_dim": 768, "configs": [prompt, seconds]},
        {
            "diffusion_objective": "rf_denoiser",
            "cross_attention_cond_ids": ["prompt", "seconds_total"],
            "global_cond_ids": ["seconds_total"],
            "local_add_cond_ids": ["inpaint_mask", "inpaint_masked_input"],
        },
        {
            "io_channels": 256,
            "cond_token_dim": 768,
            "global_cond_dim": 768,
            "local_add_cond_dim": 257,
            "global_cond_type": "adaLN",
            "timestep_features_type": "expo",
            "norm_type": "rms_norm",
            "num_memory_tokens": 64,
            **dit,
        },
        sample_size,
    )


def _model(
    autoencoder: dict[str, Any],
    conditioning: dict[str, Any],
    diffusion: dict[str, Any],
    dit: dict[str, Any],
    sample_size: int,
) -> dict[str, Any]:
    return {
        "model_type": "diffusion_cond",
        "sample_size": sample_size,
        "sample_rate": 44100,
        "audio_channels": 2,
        "model": {
            "pretransform": {"type": "autoencoder", "config": autoencoder},
            "conditioning": conditioning,
            "diffusion": {"type": "dit", **diffusion, "config": dit},
            "io_channels": dit["io_channels"],
        },
    }


def _split(shapes: dict[str, tuple[int, ...]]) -> Iterator[tuple[str, tuple[int, ...]]]:
    for name, shape in shapes.items():
        published = keymap.to_published(name)
        if name.startswith("autoencoder.") and name.endswith(".weight") and len(shape) == 3:
            yield published + "_g", (shape[0], 1, 1)
            yield published + "_v", shape
        else:
            yield published, shape


@lru_cache(maxsize=1)
def random_weight(name: str, shape: tuple[int, ...]) -> Tensor:
    """The random values of a published weight, the same every time: matrices and kernels that keep the size of what
    goes through, norms and scales near one, offsets near zero.
    """
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(zlib.crc32(name.encode())))
    if name.endswith(("weight_g", "gamma", "running_std", "scaling_factor")):
        return 1 + 0.05 * noise
    if len(shape) > 1 and shape[0] > 1:
        return noise / math.sqrt(max(math.prod(shape[1:]), 1))
    return 0.02 * noise


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.full_size", description="Write a large random model.")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--diffusers", action="store_true", help="open-1.0 as a diffusers folder")
    arguments = parser.parse_args()
    if not arguments.diffusers:
        write(arguments.kind, arguments.folder)
    elif arguments.kind == "open-1.0":
        write_diffusers(arguments.folder)
    else:
        parser.error("only open-1.0 is published as a diffusers folder")


if __name__ == "__main__":
    main()

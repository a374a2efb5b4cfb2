"""Published weights and descriptions laid out as a diffusers folder, for tests and measurements."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

from musicapp.description.config import CONFIG_NAME

PART_FILE = "diffusion_pytorch_model.safetensors"
PARTS = ("transformer", "vae", "projection_model")
NORMS = {"pre_norm": "norm1", "cross_attend_norm": "norm2", "ff_norm": "norm3"}
TRANSFORMER = {
    "timestep_features": "time_proj",
    "to_timestep_embed": "timestep_proj",
    "to_cond_embed": "cross_attention_proj",
    "to_global_embed": "global_proj",
    "transformer.project_in": "proj_in",
    "transformer.project_out": "proj_out",
}
UNIT = ("snake1", "conv1", "snake2", "conv2")
Sources = list[tuple[str, str]]  # part of the folder, name there; several share the rows of the published weight


def sources_of(name: str, blocks: int) -> Sources:
    """Where a published weight goes; `blocks` of each half of the autoencoder."""
    if name.startswith("pretransform.model."):
        return [("vae", _autoencoder(name.removeprefix("pretransform.model."), blocks))]
    if name.startswith("conditioner.conditioners."):
        id_, _, rest = name.removeprefix("conditioner.conditioners.").partition(".")
        if id_ == "prompt":
            return [("projection_model", rest.replace("proj_out", "text_projection"))]
        which = {"seconds_start": "start", "seconds_total": "end"}[id_]
        rest = rest.replace("embedder.embedding", f"{which}_number_conditioner.time_positional_embedding")
        return [("projection_model", rest)]
    return [("transformer", inner) for inner in _transformer(name.removeprefix("model.model."))]


def reshaped(name: str, tensor: Tensor) -> Tensor:
    """A published weight in the shape that it has there."""
    if name.endswith("timestep_features.weight"):
        return tensor.flatten()
    if name.startswith("pretransform.") and name.endswith((".alpha", ".beta")):
        return tensor[None, :, None]
    return tensor


def write(source: Path, folder: Path) -> Path:
    """A published folder with T5 in `t5/` once more as a diffusers folder."""
    values = json.loads((source / CONFIG_NAME).read_text(encoding="utf-8"))
    parts: dict[str, dict[str, Tensor]] = {part: {} for part in PARTS}
    for name, tensor in load_file(source / "model.safetensors").items():
        places = sources_of(name, blocks_of(values))
        for (part, inner), rows in zip(places, tensor.chunk(len(places)), strict=True):
            parts[part][inner] = reshaped(name, rows).contiguous()
    width = json.loads((source / "t5/config.json").read_text(encoding="utf-8"))["d_model"]
    write_descriptions(values, folder, text_width=width)
    for part, state in parts.items():
        save_file(state, folder / part / PART_FILE)
    write_text_encoder(source / "t5", folder, values)
    return folder


def write_descriptions(values: dict[str, Any], folder: Path, *, text_width: int) -> None:
    """`model_index.json` and every part's config.json for a description of Stable Audio Open 1.0's kind."""
    model = values["model"]
    dit, coder = model["diffusion"]["config"], model["pretransform"]["config"]
    encoder, decoder = coder["encoder"]["config"], coder["decoder"]["config"]
    configs = {entry["id"]: entry["config"] for entry in model["conditioning"]["configs"]}
    head = dit["embed_dim"] // dit["num_heads"]
    _write_json(
        folder / "transformer/config.json",
        _class_name="StableAudioDiTModel",
        sample_size=values["sample_size"] // coder["downsampling_ratio"],
        in_channels=dit["io_channels"],
        out_channels=dit["io_channels"],
        num_layers=dit["depth"],
        attention_head_dim=head,
        num_attention_heads=dit["num_heads"],
        num_key_value_attention_heads=dit["cond_token_dim"] // head,
        cross_attention_dim=dit["cond_token_dim"],
        cross_attention_input_dim=dit["cond_token_dim"],
        global_states_input_dim=dit["global_cond_dim"],
        time_proj_dim=256,
    )
    _write_json(
        folder / "vae/config.json",
        _class_name="AutoencoderOobleck",
        encoder_hidden_size=encoder["channels"],
        downsampling_ratios=encoder["strides"],
        channel_multiples=encoder["c_mults"],
        decoder_channels=decoder["channels"],
        decoder_input_channels=decoder["latent_dim"],
        audio_channels=values["audio_channels"],
        sampling_rate=values["sample_rate"],
    )
    _write_json(
        folder / "projection_model/config.json",
        _class_name="StableAudioProjectionModel",
        text_encoder_dim=text_width,
        conditioning_dim=model["conditioning"]["cond_dim"],
        min_value=configs["seconds_total"]["min_val"],
        max_value=configs["seconds_total"]["max_val"],
    )
    _write_json(
        folder / "scheduler/scheduler_config.json",
        _class_name="CosineDPMSolverMultistepScheduler",
        _diffusers_version="0.42.1",
        prediction_type="v_prediction",
        sigma_min=0.3,
        sigma_max=500,
        sigma_data=1.0,
        sigma_schedule="exponential",
        solver_order=2,
    )
    _write_json(
        folder / "model_index.json",
        _class_name="StableAudioPipeline",
        projection_model=["stable_audio", "StableAudioProjectionModel"],
        scheduler=["diffusers", "CosineDPMSolverMultistepScheduler"],
        text_encoder=["transformers", "T5EncoderModel"],
        tokenizer=["transformers", "T5TokenizerFast"],
        transformer=["diffusers", "StableAudioDiTModel"],
        vae=["diffusers", "AutoencoderOobleck"],
    )


def write_text_encoder(t5: Path, folder: Path, values: dict[str, Any]) -> None:
    """A published folder's T5 with its tokenizer in a folder of its own, linked rather than copied."""
    for name in ("config.json", "model.safetensors"):
        place = folder / "text_encoder" / name
        place.parent.mkdir(exist_ok=True)
        place.hardlink_to(t5 / name)
    prompt = values["model"]["conditioning"]["configs"][0]["config"]
    settings = json.loads((t5 / "tokenizer_config.json").read_text(encoding="utf-8"))
    _write_json(folder / "tokenizer/tokenizer_config.json", **{**settings, "model_max_length": prompt["max_length"]})
    (folder / "tokenizer/tokenizer.json").hardlink_to(t5 / "tokenizer.json")


def blocks_of(values: dict[str, Any]) -> int:
    return len(values["model"]["pretransform"]["config"]["encoder"]["config"]["strides"])


def _write_json(path: Path, **values: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values, indent=1), encoding="utf-8")


def _transformer(name: str) -> list[str]:
    found = re.fullmatch(r"transformer\.layers\.(\d+)\.(\w+)\.(.+)", name)
    if not found:
        for published, theirs in TRANSFORMER.items():
            if name.startswith(published + "."):
                return [theirs + name.removeprefix(published)]
        return [name]
    block, module, rest = f"transformer_blocks.{found[1]}.", found[2], found[3]
    if module in NORMS:
        return [block + NORMS[module] + {"gamma": ".weight", "beta": ".bias"}[rest]]
    if module == "ff":
        return [block + "ff.net." + rest.removeprefix("ff.")]
    attention = block + {"self_attn": "attn1", "cross_attn": "attn2"}[module] + "."
    if rest == "to_out.weight":
        return [attention + "to_out.0.weight"]
    return [attention + f"to_{letter}.weight" for letter in rest.removeprefix("to_").removesuffix(".weight")]


def _autoencoder(name: str, blocks: int) -> str:
    half, layer, rest = re.fullmatch(r"(encoder|decoder)\.layers\.(\d+)\.(.+)", name).groups()  # type: ignore[union-attr]
    number = int(layer)
    if not 1 <= number <= blocks:
        return f"{half}.{'conv1' if number == 0 else 'snake1' if number == blocks + 1 else 'conv2'}.{rest}"
    inner = re.fullmatch(r"layers\.(\d+)\.(?:layers\.(\d+)\.)?(\w+)", rest)
    assert inner is not None
    place, block = int(inner[1]), f"{half}.block.{number - 1}"
    if inner[2] is None:
        parts = {"encoder": {3: "snake1", 4: "conv1"}, "decoder": {0: "snake1", 1: "conv_t1"}}
        return f"{block}.{parts[half][place]}.{inner[3]}"
    return f"{block}.res_unit{place + 1 - (2 if half == 'decoder' else 0)}.{UNIT[int(inner[2])]}.{inner[3]}"

"""Complete model folders with narrow networks and random weights, made without a download in about a second.

They load, sample and decode like real models; what comes out is noise.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from musicapp.checkpoints import keymap, quantize
from musicapp.description.config import CONFIG_NAME, parse_config
from musicapp.description.configs import TIMELINE_CHANNELS, NumberConfig
from musicapp.nn.autoencoder import build_autoencoder
from musicapp.nn.conditioners import NumberConditioner
from musicapp.nn.dit import DiffusionTransformer

RATIO = 2048
LATENT_DIM = 8
TEXT_WIDTH = 32
WORDS = "calm piano warm pad drums bass guitar slow fast bpm in C minor major no loud voice 90 120"


def write_tiny_model(
    folder: Path,
    *,
    name: str = "Tiny",
    variable_length: bool = True,
    max_duration_s: float = 0.0,
    objective: str = "v",
    steps: int = 4,
    guidance_scale: float = 3.0,
    dim: int = 64,
    depth: int = 2,
    window_latents: int = 64,
    autoencoder: str = "spectral",
    text_encoder: str = "clap",
    int8: bool = False,
    timeline: bool = False,
    section_s: float = 0.0,
    refusal_scale: float = 0.0,
    instrument_scale: float = 0.0,
    levels: dict[str, Any] | None = None,
    seed: int = 0,
) -> Path:
    """Write a model folder and return it.

    max_duration_s  0 = the window, `window_latents * 2048 / 44100` seconds
    autoencoder     "spectral" or "oobleck"
    text_encoder    "clap", "t5" or "none": such a model hears nothing but the timing, and loads in no time
    int8            store the transformer's linear layers rounded, with their scales
    timeline        tell every latent where it stands
    section_s, refusal_scale, instrument_scale  as in the config; levels: what it says of theirs
    """
    folder.mkdir(parents=True, exist_ok=True)
    sampler = {"v": "dpmpp-3m-sde", "rectified_flow": "euler", "rf_denoiser": "pingpong"}[objective]
    description = {
        "model_type": "diffusion_cond",
        "sample_size": window_latents * RATIO,
        "sample_rate": 44100,
        "audio_channels": 2,
        "model": {
            "pretransform": {"type": "autoencoder", "config": _autoencoder_section(autoencoder)},
            "conditioning": _conditioning_section(text_encoder),
            "diffusion": _diffusion_section(objective, dim, depth, has_text=text_encoder != "none"),
            "io_channels": LATENT_DIM,
        },
        "musicapp": {
            "name": name,
            "licence": "MIT",
            "sampler": sampler,
            "steps": steps,
            "guidance_scale": guidance_scale,
            "variable_length": variable_length,
            "max_duration_s": max_duration_s,
            "section_s": section_s,
            "refusal_scale": refusal_scale,
            "instrument_scale": instrument_scale,
            **(levels or {}),
        },
    }
    if timeline:
        add_timeline(description)
    (folder / CONFIG_NAME).write_text(json.dumps(description, indent=2))
    state = random_state(description, seed)
    if int8:
        names = [n.removesuffix(".weight") for n, t in state.items() if ".layers." in n and n.endswith(".weight")]
        names = [n for n in names if n.startswith("model.") and state[f"{n}.weight"].ndim == 2]
        for layer in names:
            packed, scale = quantize.pack(state[f"{layer}.weight"], "int8")
            state |= {f"{layer}.weight": packed, f"{layer}.weight_scale": scale}
    save_file(state, folder / "model.safetensors")
    if text_encoder != "none":
        place = folder / ("clap_text" if text_encoder == "clap" else "t5")
        write_tiny_text_encoder(place, kind=text_encoder, seed=seed)
    return folder


def add_timeline(description: dict[str, Any]) -> None:
    """Give a description a condition of the type "timeline"."""
    description["model"]["conditioning"]["configs"].append({"id": "timeline", "type": "timeline"})
    diffusion = description["model"]["diffusion"]
    diffusion["input_concat_ids"] = ["timeline"]
    diffusion["config"]["input_concat_dim"] = TIMELINE_CHANNELS


def random_state(description: dict[str, Any], seed: int = 0) -> dict[str, Tensor]:
    """Weights for a description, under the published names. Layers that training starts at zero are not zero here."""
    config = parse_config(description)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        networks = nn.ModuleDict(
            {"dit": DiffusionTransformer(config.diffusion.dit), "autoencoder": build_autoencoder(config.autoencoder)}
        )
        numbers = [(e.id, e.config) for e in config.conditioning.entries if isinstance(e.config, NumberConfig)]
        state = dict(networks.state_dict())
        for id_, c in numbers:
            conditioner = NumberConditioner(config.conditioning.cond_dim, c.min_val, c.max_val)
            for key, tensor in conditioner.state_dict().items():
                state[f"conditioner.conditioners.{id_}.{key}"] = tensor
        for key, tensor in state.items():
            if key.startswith("dit.") and not tensor.any() and not key.endswith("beta"):
                state[key] = torch.randn_like(tensor) * 0.05
    return {keymap.to_published(key): tensor.contiguous() for key, tensor in state.items()}


def write_tiny_text_encoder(folder: Path, *, kind: str = "clap", seed: int = 0) -> None:
    """A text encoder in Hugging Face layout: config.json, model.safetensors, tokenizer.json, tokenizer_config.json."""
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = write_tokenizer(folder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if kind == "clap":
            encoder: Any = transformers.ClapTextModelWithProjection(
                transformers.ClapTextConfig(
                    vocab_size=vocabulary,
                    hidden_size=TEXT_WIDTH,
                    num_hidden_layers=2,
                    num_attention_heads=2,
                    intermediate_size=64,
                    max_position_embeddings=80,
                    projection_dim=16,
                    pad_token_id=1,
                )
            )
        else:
            encoder = transformers.T5EncoderModel(
                transformers.T5Config(
                    vocab_size=vocabulary,
                    d_model=TEXT_WIDTH,
                    d_kv=16,
                    d_ff=64,
                    num_layers=2,
                    num_heads=2,
                    pad_token_id=1,
                    eos_token_id=2,
                )
            )
    state = {key: tensor.contiguous().clone() for key, tensor in encoder.state_dict().items()}
    if kind == "t5":  # two names for one table
        state.pop("encoder.embed_tokens.weight", None)
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    settings = {**encoder.config.to_dict(), "architectures": [type(encoder).__name__]}
    (folder / "config.json").write_text(json.dumps(settings, indent=2, default=str))


def write_tiny_t5gemma(folder: Path, *, width: int) -> Path:
    """A random T5Gemma encoder with hidden states as wide as the tokens of the model that it is for."""
    import transformers

    vocabulary = write_tokenizer(folder)
    half = {"vocab_size": vocabulary, "hidden_size": width, "intermediate_size": 64, "num_hidden_layers": 2}
    half |= {"num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 16, "query_pre_attn_scalar": 16}
    config = transformers.T5GemmaConfig(
        encoder=dict(half), decoder=dict(half), vocab_size=vocabulary, is_encoder_decoder=False
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        encoder = transformers.T5GemmaEncoderModel(config)
    state = {key: tensor.contiguous().clone() for key, tensor in encoder.state_dict().items()}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(encoder.config.to_dict(), indent=2, default=str))
    return folder


def write_tokenizer(folder: Path) -> int:
    """A byte-level tokenizer of a few hundred tokens, as RoBERTa's; its size."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator([WORDS] * 4, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    marks = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(marks))
    return int(tokenizer.get_vocab_size())


def _autoencoder_section(kind: str) -> dict[str, Any]:
    if kind == "oobleck":
        narrow = {"channels": 4, "c_mults": [1, 1, 2, 2, 2], "strides": [2, 4, 4, 8, 8], "use_snake": True}
        encoder: dict[str, Any] = {"in_channels": 2, "latent_dim": 2 * LATENT_DIM, **narrow}
        decoder: dict[str, Any] = {"out_channels": 2, "latent_dim": LATENT_DIM, "final_tanh": False, **narrow}
    else:
        narrow = {"width": 16, "depth": 2, "latent_width": 16, "latent_depth": 1}
        encoder = {"latent_dim": 2 * LATENT_DIM, **narrow}
        decoder = {"latent_dim": LATENT_DIM, **narrow}
    return {
        "encoder": {"type": kind, "config": encoder},
        "decoder": {"type": kind, "config": decoder},
        "bottleneck": {"type": "vae"},
        "latent_dim": LATENT_DIM,
        "downsampling_ratio": RATIO,
        "io_channels": 2,
    }


def _conditioning_section(text_encoder: str) -> dict[str, Any]:
    clap = {"clap_ckpt_path": "clap_text", "use_text_features": True, "feature_layer_ix": -2}
    t5 = {"t5_model_name": "t5-base", "max_length": 32}
    texts = {
        "clap": [{"id": "prompt", "type": "clap_text", "config": clap}],
        "t5": [{"id": "prompt", "type": "t5", "config": t5}],
        "none": [],
    }
    seconds = {"min_val": 0, "max_val": 512}
    return {
        "cond_dim": TEXT_WIDTH,
        "configs": [
            *texts[text_encoder],
            {"id": "seconds_start", "type": "number", "config": seconds},
            {"id": "seconds_total", "type": "number", "config": seconds},
        ],
    }


def _diffusion_section(objective: str, dim: int, depth: int, *, has_text: bool) -> dict[str, Any]:
    return {
        "type": "dit",
        "diffusion_objective": objective,
        "cross_attention_cond_ids": [*(["prompt"] if has_text else []), "seconds_start", "seconds_total"],
        "global_cond_ids": ["seconds_start", "seconds_total"],
        "config": {
            "io_channels": LATENT_DIM,
            "embed_dim": dim,
            "depth": depth,
            "num_heads": dim // 32,
            "cond_token_dim": TEXT_WIDTH,
            "global_cond_dim": 2 * TEXT_WIDTH,
            "project_cond_tokens": True,
        },
    }

"""Trained parts into one model folder: published layout, the transformer in int8, the rest in float16."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from musicapp.captions.vocabulary import learnt_words
from musicapp.checkpoints import keymap
from musicapp.nn.autoencoder import Autoencoder
from musicapp.prompts.vocabulary import write_vocabulary
from musicapp.training.builtin import autoencoder, diffusion, distill, recipes, tempered

SIZE_LIMIT = 32 << 20  # bytes of the whole folder

APP: dict[str, Any] = {
    "name": "Musicapp Small",
    "licence": "MIT",
    "sampler": "dpmpp",
    "steps": 16,
    "guidance_scale": 3.0,
    "variable_length": True,
    "max_duration_s": recipes.MAX_DURATION_S,
    "section_s": 24.0,
    "calm_db": -6.0,
    "refusal_scale": 6.0,
    "refusal_above": 0.9,  # of a student's eight steps the first four
    "true_peak_dbtp": -1.0,
    "loudness_lufs": -16.0,
    "text_encoder": "clap_text",
}


# How a distilled student samples: its guidance is folded in, but for the instruments, which it lost some of; its steps
# are the ones that it learnt.
DISTILLED = APP | {
    "sampler": "euler",
    "steps": distill.STEPS,
    "guidance_scale": 1.0,
    "instrument_scale": 3.0,
    "instrument_levels": [0.4, 0.9],  # three of its eight steps
}


def export(
    folder: Path,
    *,
    autoencoder_run: Path,
    text_encoder: Path,
    diffusion_run: Path,
    tempered_run: Path | None = None,
    app: dict[str, Any] = APP,
) -> Path:
    """Write what `checkpoints.load` reads: config, weights, `clap_text/`; beside them the list of learnt words.

    app           our section of the config: `APP`, or `DISTILLED` where `diffusion_run` is a student's
    tempered_run  where the decoder's bank of sines was trained; a decoder without one does without
    """
    generator, statistics = diffusion.load_average(diffusion_run, text_encoder)
    coder = autoencoder.load_average(autoencoder_run)
    centre(coder, statistics.mean)
    bank = tempered.load_bank(tempered_run) if tempered_run is not None else {}
    state = published_state(coder, generator, bank)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    text = json.dumps(recipes.model_config(statistics.scale, app, is_tempered=bool(bank)), indent=1)
    (folder / "model_config.json").write_text(text + "\n")
    shutil.copytree(text_encoder, folder / "clap_text", dirs_exist_ok=True)
    tower = {name: tensor.half().contiguous() for name, tensor in generator.text.state_dict().items()}
    save_file(tower, folder / "clap_text" / "model.safetensors", metadata={"format": "pt"})
    write_vocabulary(folder, learnt_words())
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)  # the library writes for the owner alone
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if size > SIZE_LIMIT:
        raise ValueError(f"the model takes {size / 2**20:.1f} MiB, more than {SIZE_LIMIT >> 20}")
    return folder


def centre(coder: Autoencoder, mean: Tensor) -> None:
    """Shift the latents by `-mean` inside the autoencoder's own layers: what it decodes stays the same."""
    encoder_out, decoder_in = coder.encoder.project_out, coder.decoder.project_in
    assert isinstance(encoder_out, nn.Linear) and isinstance(decoder_in, nn.Linear)
    with torch.no_grad():
        encoder_out.bias[: len(mean)].sub_(mean)
        decoder_in.bias.add_(decoder_in.weight @ mean)


def published_state(coder: nn.Module, generator: diffusion.Generator, bank: dict[str, Tensor]) -> dict[str, Tensor]:
    """All weights under their published names. bank: those of the decoder's sines, which are no part of `coder`."""
    whole = coder.state_dict() | {f"decoder.tempered.{name}": tensor for name, tensor in bank.items()}
    state = {f"autoencoder.{name}": tensor.half() for name, tensor in whole.items()}
    quantised = {f"dit.{name}.weight" for name in quantised_layers(generator.dit)}
    for name, tensor in generator.dit.state_dict(prefix="dit.").items():
        if name in quantised:
            state[name], state[name + "_scale"] = quantise(tensor)
        else:
            state[name] = tensor.float() if "timestep_features" in name else tensor.half()
    for name, tensor in generator.numbers.state_dict(prefix="conditioner.conditioners.").items():
        state[name] = tensor.float()
    return {keymap.to_published(name): tensor.contiguous() for name, tensor in state.items()}


def quantised_layers(dit: nn.Module) -> list[str]:
    """The linear layers held in int8: all but the first and last, whose errors nothing behind them can mend."""
    kept = ("project_in", "project_out", "to_timestep_embed")
    return [name for name, m in dit.named_modules() if isinstance(m, nn.Linear) and not name.startswith(kept)]


def quantise(weight: Tensor) -> tuple[Tensor, Tensor]:
    """int8 rows and their float32 scales: scale = largest magnitude of the row / 127."""
    scale = weight.float().abs().amax(dim=1).clamp(min=1e-12) / 127
    return torch.round(weight.float() / scale[:, None]).to(torch.int8), scale

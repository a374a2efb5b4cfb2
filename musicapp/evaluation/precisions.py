"""What a lower precision changes: the same prompts and seeds as in float32, how far latents and sound are apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from musicapp.checkpoints import weight_files
from musicapp.checkpoints.load import LoadedModel, load_model
from musicapp.description import precision_figures
from musicapp.description.precision_figures import Figures
from musicapp.engine.decode import decode_chunks
from musicapp.engine.denoise import denoise, plan_for
from musicapp.engine.memory import held_bytes
from musicapp.engine.request_facts import read_request
from musicapp.engine.steering import Prompts
from musicapp.errors import ModelStoreError
from musicapp.request import TakeRequest, frames_for
from musicapp.training.losses import mel_distance

PRECISIONS = ("fp32", "bf16", "int8", "int4")
PROMPTS = ("calm piano, 90 bpm", "techno with drums and bass, 128 bpm", "acoustic guitar and soft strings")
SECONDS = 10.0
MOST_STEPS = 16

Piece = tuple[Tensor, Tensor]  # latents `(1, latent_dim, latent_frames)`, audio `(channels, frames)`


def measure(
    folder: Path, *, precisions: Sequence[str] = (), seconds: float = 0.0, device: str = "cpu"
) -> Iterator[Figures]:
    """The figures of each precision (of `PRECISIONS`), the first one being what the others are compared with.

    One model is in memory at a time. Steps are the model's own, 16 at most: differences grow with every step, and a
    hundred of them would take an hour. Raises CheckpointError.
    """
    reference: list[Piece] = []
    for precision in precisions or PRECISIONS:
        model = load_model(folder, device=device, precision=precision)
        pieces = [_play(model, prompt, seed, seconds or SECONDS) for seed, prompt in enumerate(PROMPTS)]
        held = held_bytes(model.dit, model.autoencoder, model.conditioner)
        del model
        reference = reference or pieces
        pairs = list(zip(pieces, reference, strict=True))
        signal = [_signal_db(ours[0], full[0]) for ours, full in pairs]
        mel = sum(mel_distance(ours[1], full[1]) for ours, full in pairs) / len(pairs)
        known = [value for value in signal if value is not None]
        yield Figures(precision, held, sum(known) / len(known) if known else None, mel)


def measure_and_keep(folder: Path, **options: Any) -> Iterator[Figures]:
    """As `measure`; all figures are kept in the model's folder at the end. Raises ModelStoreError if they cannot be."""
    found = []
    for figures in measure(folder, **options):
        found.append(figures)
        yield figures
    try:
        precision_figures.write(folder, weight_files.files_of(weight_files.weights_path(folder)), found)
    except OSError as error:
        raise ModelStoreError(
            f"The figures cannot be kept in {folder}.", hint="They hold all the same.", detail=str(error)
        ) from error


@torch.inference_mode()
def _play(model: LoadedModel, prompt: str, seed: int, seconds: float) -> Piece:
    app, config = model.config.app, model.config
    duration_s = min(seconds, config.max_duration_s)
    request = TakeRequest(
        "", prompt, duration_s, seed,
        steps=min(app.steps, MOST_STEPS), guidance_scale=app.guidance_scale, sampler=app.sampler,
    )  # fmt: skip
    frames = frames_for(duration_s, config.sample_rate)
    needed = -(-frames // model.autoencoder.downsampling_ratio)
    prompts, plan = Prompts(model.conditioner, model.device), plan_for(model, request, needed)
    *_, last = denoise(model, prompts, request, read_request(request), plan)
    audio = torch.cat(list(decode_chunks(model.autoencoder, last.latents, count=needed, seed=seed)), dim=-1)
    return last.latents[..., :needed].float().cpu(), audio[0, :, :frames].cpu()


def _signal_db(ours: Tensor, full: Tensor) -> float | None:
    """Power of `full` over power of the difference, in decibels; None when there is none."""
    lost = (ours - full).square().sum()
    return float(10 * torch.log10(full.square().sum() / lost)) if lost > 0 else None

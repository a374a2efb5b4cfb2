"""What a stage sounds like by now: a few short FLAC files in `samples/step-N/`, made wherever the stage measures."""

from __future__ import annotations

import logging
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
import torch
from torch import Tensor

from musicapp.diffusion.objectives import Network
from musicapp.diffusion.sampling import sample, samplers_for
from musicapp.errors import MusicAppError
from musicapp.nn.autoencoder import Autoencoder
from musicapp.nn.conditioners import Metadata
from musicapp.prompts.facts import read_prompt
from musicapp.training.dataset import Shards, audio_batch
from musicapp.training.progress import Run

log = logging.getLogger(__name__)

PROMPTS = ("calm piano, 80 bpm, in C minor", "energetic techno with drums and bass, 128 bpm, in A minor")
LATENTS, SECONDS = 128, 5.0  # of a take: the window, and what it is told
STEPS, GUIDANCE_SCALE = 16, 3.0
PAIRS, PAIR_FRAMES = 2, 131072
KEPT = 4  # folders beside the first


def metadata() -> list[Metadata]:
    """What the takes are told."""
    seconds = {"seconds_start": 0, "seconds_total": SECONDS}
    return [{"prompt": prompt, "facts": read_prompt(prompt), **seconds} for prompt in PROMPTS]


def draw_latents(network: Network, objective: str, like: Tensor, *, channels: int, steps: int = STEPS) -> Tensor:
    """Latents `(takes, channels, LATENTS)` of a guided network, from noise that is the same at every step.

    like  any tensor on the network's device. Draws nothing from torch's own random numbers.
    """
    generator = torch.Generator().manual_seed(0)
    shape = (len(PROMPTS), channels, LATENTS)

    def draw() -> Tensor:
        return torch.randn(shape, generator=generator).to(like.device)

    sampler = "dpmpp" if objective == "rectified_flow" and steps >= STEPS else samplers_for(objective)[0]
    *_, last = sample(network, objective, draw(), sampler=sampler, steps=steps, draw=draw)
    return last.latents


@torch.inference_mode()
def write_takes(run: Run, latents: Tensor, load_coder: Callable[[], Autoencoder], sample_rate: int) -> None:
    """Decode and write latents as the autoencoder knows them; without a fitting autoencoder only say so."""
    try:
        coder = load_coder()
    except (MusicAppError, RuntimeError, KeyError) as error:  # of another config than the one trained here
        log.warning("no sample takes: the autoencoder of this work folder does not fit (%s)", str(error).split("\n")[0])
        return
    audio = coder.decode(latents.cpu().float())
    _write(run, {f"take-{n + 1}": one for n, one in enumerate(audio)}, sample_rate)


@torch.inference_mode()
def write_pairs(run: Run, model: Autoencoder, held_out: Shards, sample_rate: int) -> None:
    """Fixed crops of held-out music as they are, and encoded and decoded."""
    place = next(model.parameters()).device
    audio = audio_batch(held_out, random.Random("samples"), PAIRS, PAIR_FRAMES).to(place)
    decoded = model.decode(model.encode(audio))
    originals = {f"{n + 1}-original": one for n, one in enumerate(audio)}
    _write(run, originals | {f"{n + 1}-decoded": one for n, one in enumerate(decoded)}, sample_rate)


def _write(run: Run, sounds: dict[str, Tensor], sample_rate: int) -> None:
    """Sounds `(channels, frames)` by file name; older folders but the first and the last few are removed."""
    folder = run.folder / "samples" / f"step-{run.step}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, sound in sounds.items():
        rows = np.nan_to_num(sound.T.cpu().float().numpy()).clip(-1, 1)
        soundfile.write(folder / f"{name}.flac", rows, sample_rate, subtype="PCM_16")
    for old in _folders(folder.parent)[1:-KEPT]:
        shutil.rmtree(old)


def _folders(samples: Path) -> list[Path]:
    numbered = {int(path.name.removeprefix("step-")): path for path in samples.glob("step-*")}
    return [numbered[step] for step in sorted(numbered)]

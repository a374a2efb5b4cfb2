"""How well an autoencoder gives back held-out music."""

from __future__ import annotations

import logging
import random

import torch

from musicapp.nn.autoencoder import Autoencoder
from musicapp.training import losses
from musicapp.training.dataset import Shards, audio_batch

log = logging.getLogger(__name__)

SILENCE = 1e-5  # mean square of a channel below which a crop is not measured


@torch.inference_mode()
def measure(model: Autoencoder, held_out: Shards, *, crops: int = 32, frames: int = 131072) -> dict[str, float]:
    """Distances on fixed crops of held-out pieces, from the posterior mean, in float32."""
    rng = random.Random("held out")
    stft, mel, sdr, means = 0.0, 0.0, 0.0, []
    place = next(model.parameters()).device
    for _ in range(crops // 4):
        audio = audio_batch(held_out, rng, 4, frames).to(place)
        audio = audio[audio.square().mean(-1).amin(-1) > SILENCE]  # ratios to silence say nothing
        if not len(audio):
            continue
        latents = model.encode(audio)
        decoded = model.decode(latents)
        stft += losses.stft_distance(decoded, audio) * len(audio)
        mel += losses.mel_distance(decoded, audio) * len(audio)
        sdr += losses.si_sdr(decoded, audio) * len(audio)
        means.append(latents)
    count = sum(map(len, means))
    result = {
        "stft": stft / count,
        "mel": mel / count,
        "si_sdr_db": sdr / count,
        "latent_std": float(torch.cat(means).std()),
    }
    log.info("held out: %s", "  ".join(f"{name} {value:.3f}" for name, value in result.items()))
    return result

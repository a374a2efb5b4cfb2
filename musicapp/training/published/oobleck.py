"""Stage one for the paper's convolutional autoencoder: spectral distance, a discriminator, and the divergence.

Recipe of arXiv 2404.10301 (2.1, 3): the discriminator and the autoencoder learn in turn, each step on a new batch.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import weight_norm

from musicapp.description.config import ModelConfig
from musicapp.errors import MusicAppError
from musicapp.nn.autoencoder import Autoencoder, AutoencoderConfig, OobleckEncoderConfig, build_autoencoder
from musicapp.training import device, reconstruction, samples
from musicapp.training.dataset import Shards, audio_batch
from musicapp.training.ema import WeightAverage
from musicapp.training.progress import Run
from musicapp.training.published.discriminator import Discriminator, fooling_losses, judge_loss
from musicapp.training.published.sound_loss import sound_loss

log = logging.getLogger(__name__)

ADVERSARIAL, FEATURES, DIVERGENCE = 0.1, 5.0, 1e-4
INVERSE_GAMMA = 2e5  # steps over which the learning rate falls


@dataclass(frozen=True)
class OobleckOptions:
    """How to train one.

    audio, held_out  folders of audio shards; held_out is only measured on
    frames           of a crop
    filters          of the discriminator's layers
    """

    run: Path
    audio: Path
    held_out: Path
    minutes: float
    batch: int = 4
    frames: int = 65536
    filters: int = 64
    learning_rate: float = 1.5e-4
    judge_rate: float = 3e-4
    warmup: float = 0.999  # how slowly the learning rate rises
    average_decay: float = 0.9999
    measure_every_s: float = 900.0
    save_every_s: float = 120.0
    measured_crops: int = 32
    seed: int = 6
    device: str = "cpu"


def build(config: AutoencoderConfig) -> Autoencoder:
    """An untrained autoencoder whose convolutions learn length and direction apart. Raises MusicAppError."""
    if not isinstance(config.encoder, OobleckEncoderConfig):
        raise MusicAppError("This stage trains convolutional autoencoders only.", hint="Take another config.")
    model = build_autoencoder(config)
    for layer in model.modules():
        if isinstance(layer, nn.Conv1d | nn.ConvTranspose1d):
            weight_norm(layer)
    return model


def train(options: OobleckOptions, config: ModelConfig) -> Autoencoder:
    """Train until the minutes are spent, going on from the run's checkpoint; gives the averaged weights."""
    torch.manual_seed(options.seed)
    place = device.choose(options.device)
    model = build(config.autoencoder).to(place)
    judge = Discriminator(config.audio_channels, options.filters).to(place)
    average = WeightAverage(model, decay=options.average_decay)
    optimisers = {
        "model": torch.optim.AdamW(model.parameters(), options.learning_rate, betas=(0.8, 0.99), weight_decay=1e-3),
        "judge": torch.optim.AdamW(judge.parameters(), options.judge_rate, betas=(0.8, 0.99), weight_decay=1e-3),
    }
    base = {name: optimiser.param_groups[0]["lr"] for name, optimiser in optimisers.items()}
    run = Run(options.run, options.minutes, seed=options.seed, save_every_s=options.save_every_s)
    if state := run.resume():
        model.load_state_dict(state["model"])
        judge.load_state_dict(state["judge"])
        average.load_state_dict(state["average"])
        for name, optimiser in optimisers.items():
            optimiser.load_state_dict(state["optimisers"][name])

    def save() -> None:
        state = {"model": model.state_dict(), "judge": judge.state_dict(), "average": average.state_dict()}
        run.save(state | {"optimisers": {name: optimiser.state_dict() for name, optimiser in optimisers.items()}})

    shards, held_out = Shards([options.audio]), Shards([options.held_out])
    rng = run.rng
    measured = run.elapsed_s
    while not run.is_over:
        scale = (1 - options.warmup ** (run.step + 1)) * (1 + run.step / INVERSE_GAMMA) ** -0.5
        noted: dict[str, float] = {}
        for whose, network in (("judge", judge), ("model", model)):
            optimiser = optimisers[whose]
            optimiser.param_groups[0]["lr"] = base[whose] * scale
            audio = audio_batch(shards, rng, options.batch, options.frames).to(place)
            optimiser.zero_grad()
            losses = _turn(model, judge, audio, whose, config.sample_rate)
            losses[whose].backward()
            if torch.isfinite(torch.nn.utils.get_total_norm(_gradients(network))):
                optimiser.step()
            noted |= {name: loss.item() for name, loss in losses.items()}
        average.step(model)
        run.note(**noted)
        if run.is_time_to_save:
            save()
        if run.elapsed_s - measured > options.measure_every_s:
            measured = run.elapsed_s
            _measure(run, average.module, held_out, options, config.sample_rate)
    save()
    _measure(run, average.module, held_out, options, config.sample_rate)
    return plain(average.module)


def plain(model: Autoencoder) -> Autoencoder:
    """The same autoencoder with ordinary convolutions, as the app loads it. Changes it in place."""
    for layer in model.modules():
        if parametrize.is_parametrized(layer):
            parametrize.remove_parametrizations(layer, "weight")
    return model


def load_average(run: Path, config: AutoencoderConfig) -> Autoencoder:
    """The averaged weights of a run's checkpoint, ready to encode and decode."""
    model = build(config)
    state = torch.load(run / "checkpoint.pt", weights_only=True, map_location="cpu", mmap=True)
    model.load_state_dict(state["average"]["weights"])
    return plain(model).eval().requires_grad_(False)


def _turn(model: Autoencoder, judge: Discriminator, audio: Tensor, whose: str, sample_rate: int) -> dict[str, Tensor]:
    """The losses of one turn; the one named as `whose` is learnt by. Transforms and judgements stay in float32."""
    with torch.set_grad_enabled(whose == "model"), device.autocast(audio.device):
        posterior = model.posterior(audio)
        decoded = model.decode(posterior.at(device.noise_like(posterior.mean)) / model.scale)
    if whose == "judge":
        return {"judge": judge_loss(judge(audio), judge(decoded))}
    with torch.no_grad():
        real = judge(audio)
    spectral, divergence = sound_loss(decoded, audio, sample_rate), posterior.kl()
    scores, features = fooling_losses(real, judge(decoded))
    loss = spectral + ADVERSARIAL * scores + FEATURES * features + DIVERGENCE * divergence
    return {"model": loss, "spectral": spectral, "fooling": scores, "features": features, "kl": divergence}


def _gradients(network: nn.Module) -> list[Tensor]:
    return [p.grad for p in network.parameters() if p.grad is not None]


def _measure(run: Run, model: Autoencoder, held_out: Shards, options: OobleckOptions, sample_rate: int) -> None:
    found = reconstruction.measure(model, held_out, crops=options.measured_crops, frames=options.frames)
    run.measured(**found)
    samples.write_pairs(run, model, held_out, sample_rate)

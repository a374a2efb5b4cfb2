"""Stage one for the paper's convolutional autoencoder: spectral distance, a discriminator, and the divergence.

Recipe of arXiv 2404.10301 (2.1, 3): the discriminator and the autoencoder learn in turn, each step on a new batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import weight_norm

from musicapp.description.config import ModelConfig
from musicapp.errors import MusicAppError
from musicapp.nn.autoencoder import Autoencoder, AutoencoderConfig, OobleckEncoderConfig, build_autoencoder
from musicapp.training import device, loop, reconstruction, samples
from musicapp.training.dataset import Rate, Shards, audio_batch
from musicapp.training.ema import WeightAverage
from musicapp.training.published.discriminator import Discriminator, fooling_losses, judge_loss
from musicapp.training.published.sound_loss import sound_loss

ADVERSARIAL, FEATURES, DIVERGENCE = 0.1, 5.0, 1e-4
INVERSE_GAMMA = 2e5  # steps over which the learning rate falls


@dataclass(frozen=True, kw_only=True)
class OobleckOptions(loop.Options):
    """How to train one.

    audio, held_out  folders of audio shards; held_out is only measured on
    frames           of a crop
    filters          of the discriminator's layers
    """

    audio: Path
    held_out: Path
    batch: int = 4
    frames: int = 65536
    filters: int = 64
    learning_rate: float = 1.5e-4
    judge_rate: float = 3e-4
    warmup: float = 0.999  # how slowly the learning rate rises
    average_decay: float = 0.9999
    measure_every_s: float = 900.0
    measured_crops: int = 32
    seed: int = 6


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
    stage = _OobleckStage(options, config)
    loop.train(stage)
    return plain(stage.average.module)


class _OobleckStage(loop.Stage):
    def __init__(self, options: OobleckOptions, config: ModelConfig) -> None:
        self.options, self.sample_rate, team = options, config.sample_rate, loop.begin(options)
        self.model = build(config.autoencoder).to(team.place)
        self.judge = Discriminator(config.audio_channels, options.filters).to(team.place)
        self.average = WeightAverage(self.model, decay=options.average_decay)
        optimisers = {
            "model": _adamw(self.model, options.learning_rate),
            "judge": _adamw(self.judge, options.judge_rate),
        }
        after = partial(self.average.step, self.model)
        judge = loop.Learner(self.judge.parameters(), [optimisers["judge"]])
        model = loop.Learner(self.model.parameters(), [optimisers["model"]], after=after)
        kept = {"model": self.model, "judge": self.judge, "average": self.average, "optimisers": optimisers}
        super().__init__(options, team, [judge, model], kept)
        rate = Rate(config.sample_rate)
        self.shards, self.held_out = Shards([options.audio], rate), Shards([options.held_out], rate)

    def rate(self, peak: float, spent: float) -> float:
        return peak * ((1 - self.options.warmup ** (self.run.step + 1)) * (1 + self.run.step / INVERSE_GAMMA) ** -0.5)

    def turns(self, spent: float) -> Iterator[loop.Turn]:
        for whose, learner in zip(("judge", "model"), self.learners, strict=True):
            audio = audio_batch(self.shards, self.run.rng, self.options.batch, self.options.frames)
            losses = _turn(self.model, self.judge, audio.to(self.team.place), whose, self.sample_rate)
            yield loop.Turn(learner, losses[whose], dict(losses))

    def look(self) -> None:
        average, options = self.average.module, self.options
        found = reconstruction.measure(average, self.held_out, crops=options.measured_crops, frames=options.frames)
        self.run.measured(**found)
        samples.write_pairs(self.run, average, self.held_out, self.sample_rate)


def _adamw(network: nn.Module, rate: float) -> torch.optim.Optimizer:
    return torch.optim.AdamW(network.parameters(), rate, betas=(0.8, 0.99), weight_decay=1e-3)


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

"""Stage one: an autoencoder that turns rendered music into 64-channel latents and back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from musicapp.description.spectral_configs import SpectralDecoderConfig, SpectralEncoderConfig
from musicapp.nn.autoencoder import Autoencoder, AutoencoderConfig, build_autoencoder
from musicapp.nn.native import has_bf16
from musicapp.nn.spectral import SpectralDecoder, audio_of, mid_side, short_time_spectrum
from musicapp.training import device, loop, losses, reconstruction, samples
from musicapp.training.builtin import recipes
from musicapp.training.dataset import SAMPLE_RATE, Shards, audio_batch
from musicapp.training.ema import WeightAverage

log = logging.getLogger(__name__)

MAGNITUDES = 0.3  # weight of the magnitudes' distance where sound counts too
SLOW_DIVISOR = 8  # of the learning rate where AdamW has the matrices too


@dataclass(frozen=True, kw_only=True)
class AutoencoderOptions(loop.Options):
    """How to train one.

    audio, held_out   folders of audio shards; held_out is only measured on
    kl_weight         on the divergence summed over channels: enough to keep latents near unit scale, no more; it
                      is off at first, then rises, or the posterior would collapse before it is of use
    freeze_encoder    train the decoder alone, mostly by its sound; latents that were made before stay valid
    """

    audio: Path
    held_out: Path
    batch: int = 8
    frames: int = 49152
    learning_rate: float = 1.5e-3
    kl_weight: float = 2e-5
    freeze_encoder: bool = False
    measure_every_s: float = 300.0
    look_again_s: float = 300.0
    measured_crops: int = 32
    seed: int = 1


def autoencoder_config(section: dict[str, Any] | None = None) -> AutoencoderConfig:
    """The config of the built-in model's autoencoder, or of another section of the same layout."""
    section = section or recipes.AUTOENCODER
    return AutoencoderConfig(
        encoder=SpectralEncoderConfig(**section["encoder"]["config"]),
        decoder=SpectralDecoderConfig(**section["decoder"]["config"]),
        latent_dim=section["latent_dim"],
        downsampling_ratio=section["downsampling_ratio"],
        io_channels=section["io_channels"],
    )


def train(options: AutoencoderOptions, config: AutoencoderConfig | None = None) -> Autoencoder:
    """Train until the minutes are spent, going on from the run's checkpoint; gives the averaged weights."""
    stage = _AutoencoderStage(options, config or autoencoder_config())
    loop.train(stage)
    return stage.average.module


class _AutoencoderStage(loop.Stage):
    def __init__(self, options: AutoencoderOptions, config: AutoencoderConfig) -> None:
        self.options, team = options, loop.begin(options)
        self.model = build_autoencoder(config).to(team.place)
        self.model.encoder.requires_grad_(not options.freeze_encoder)
        self.average = WeightAverage(self.model, decay=0.998)
        weights = [p for p in self.model.parameters() if p.requires_grad]
        optimisers = _optimisers(self.model, options.learning_rate)
        learner = loop.Learner(weights, optimisers, bound=5.0, after=partial(self.average.step, self.model))
        kept = {"model": self.model, "average": self.average, "optimisers": optimisers}
        super().__init__(options, team, [learner], kept)
        if options.freeze_encoder:  # the averaged one, which latents are made with
            self.model.encoder.load_state_dict(self.average.module.encoder.state_dict())
        self.held_out = Shards([options.held_out])
        self.reopen()
        log.info("%d pieces, %.2f hours", len(self.shards), self.shards.hours)

    def values(self) -> dict[str, Any]:
        return {"freeze_encoder": self.options.freeze_encoder}

    def fits(self, found: dict[str, Any]) -> bool:
        return bool(found["freeze_encoder"] == self.options.freeze_encoder)

    def reopen(self) -> None:
        self.shards = Shards([self.options.audio])

    def turns(self, spent: float) -> Iterator[loop.Turn]:
        options = self.options
        audio = audio_batch(self.shards, self.run.rng, options.batch, options.frames).to(self.team.place)
        distance, divergence, sound = _losses(self.model, audio, is_heard=options.freeze_encoder)
        rise = min(1.0, max(0.0, 4 * spent - 0.4))
        weight = MAGNITUDES if options.freeze_encoder else 1.0
        loss = weight * distance + options.kl_weight * rise * divergence + sound
        yield loop.Turn(self.learners[0], loss, {"distance": distance, "kl": divergence, "sound": sound})

    def look(self) -> None:
        average = self.average.module
        self.run.measured(**reconstruction.measure(average, self.held_out, crops=self.options.measured_crops))
        samples.write_pairs(self.run, average, self.held_out, SAMPLE_RATE)


def _losses(model: Autoencoder, audio: Tensor, *, is_heard: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Distance of magnitudes and divergence of one batch, and the distance of its sound, which is 0 unheard.

    Transforms and losses stay in float32.
    """
    decoder = model.decoder
    assert isinstance(decoder, SpectralDecoder)
    spectrum = short_time_spectrum(mid_side(audio), decoder.window, decoder.config.hop)
    with device.autocast(audio.device):
        posterior = model.posterior(audio)
        predicted = decoder.log_magnitudes(posterior.at(device.noise_like(posterior.mean)))
    predicted = predicted.float()
    distance = losses.magnitude_loss(predicted, spectrum.abs() * (4 / decoder.config.n_fft))
    sound = sound_loss(decoder, predicted, audio) if is_heard else distance.new_zeros(())
    return distance, posterior.kl(), sound


def sound_loss(decoder: SpectralDecoder, predicted: Tensor, audio: Tensor) -> Tensor:
    """`losses.stereo_loss` of the audio that the phase search makes of log magnitudes.

    predicted  `(batch, channels, count, bins)`, of mid and side
    audio      `(batch, channels, frames)`

    No gradient passes the search: its phases are taken as they are, and the magnitudes learn to do well with them.
    Where windows disagree they cancel, so magnitudes that are right on the mean come out too quiet.
    """
    config = decoder.config
    magnitudes = predicted.exp()
    with torch.no_grad():
        found = decoder.phases(magnitudes.flatten(0, 1)).unflatten(0, magnitudes.shape[:2])
        phases = short_time_spectrum(found, decoder.window, config.hop).angle()
    spectrum = torch.polar(magnitudes * (config.n_fft / 4), phases)
    inner = slice(config.n_fft, audio.shape[-1] - config.n_fft)  # a crop's ends have no neighbours to agree with
    decoded = audio_of(spectrum, decoder.window, config.hop)
    return losses.stereo_loss(decoded[..., inner], mid_side(audio)[..., inner])


def _optimisers(model: Autoencoder, learning_rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside, where it needs far fewer steps than AdamW; AdamW for the ends and all else.

    Muon computes in bfloat16: without instructions for that one of its steps takes longer than all else together, so
    AdamW has everything there, at the rate that suits it.
    """
    inner: list[Tensor] = []
    rest: list[Tensor] = []
    quick = has_bf16(next(model.parameters()).device)
    for name, weights in model.named_parameters():
        if weights.requires_grad:
            is_end = name.startswith(("encoder.project_in", "decoder.project_out"))
            (inner if quick and weights.ndim == 2 and not is_end else rest).append(weights)
    rate = learning_rate if quick else learning_rate / SLOW_DIVISOR
    adamw = torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=1e-3)
    if not quick:
        return [adamw]
    muon = torch.optim.Muon(inner, lr=rate, momentum=0.95, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
    return [muon, adamw]


def load_average(run: Path, config: AutoencoderConfig | None = None) -> Autoencoder:
    """The averaged weights of a run's checkpoint, ready to encode and decode."""
    model = build_autoencoder(config or autoencoder_config())
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    model.load_state_dict(state["average"]["weights"])
    return model.eval().requires_grad_(False)

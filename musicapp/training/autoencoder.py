"""Stage one: an autoencoder that turns rendered music into 64-channel latents and back."""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from musicapp.description.spectral_configs import SpectralDecoderConfig, SpectralEncoderConfig
from musicapp.nn.autoencoder import Autoencoder, AutoencoderConfig, build_autoencoder
from musicapp.nn.native import has_bf16
from musicapp.nn.spectral import SpectralDecoder, audio_of, mid_side, short_time_spectrum
from musicapp.training import device, losses, recipes, samples
from musicapp.training.dataset import Shards, audio_batch
from musicapp.training.ema import WeightAverage
from musicapp.training.progress import Run

log = logging.getLogger(__name__)

SILENCE = 1e-5  # mean square of a channel below which a crop is not measured
MAGNITUDES = 0.3  # weight of the magnitudes' distance where sound counts too
SLOW_DIVISOR = 8  # of the learning rate where AdamW has the matrices too
LOOK_AGAIN_S = 300.0  # how often shards that grow while training are opened anew


@dataclass(frozen=True)
class AutoencoderOptions:
    """How to train one.

    audio, held_out   folders of audio shards; held_out is only measured on
    kl_weight         on the divergence summed over channels: enough to keep latents near unit scale, no more; it
                      is off at first, then rises, or the posterior would collapse before it is of use
    freeze_encoder    train the decoder alone, mostly by its sound; latents that were made before stay valid
    """

    run: Path
    audio: Path
    held_out: Path
    minutes: float
    batch: int = 8
    frames: int = 49152
    learning_rate: float = 1.5e-3
    kl_weight: float = 2e-5
    freeze_encoder: bool = False
    measure_every_s: float = 300.0
    save_every_s: float = 120.0
    measured_crops: int = 32
    seed: int = 1
    device: str = "cpu"


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
    torch.manual_seed(options.seed)
    place = device.choose(options.device)
    model = build_autoencoder(config or autoencoder_config()).to(place)
    model.encoder.requires_grad_(not options.freeze_encoder)
    average = WeightAverage(model, decay=0.998)
    weights = [p for p in model.parameters() if p.requires_grad]
    optimisers = _optimisers(model, options.learning_rate)
    for group in (group for optimiser in optimisers for group in optimiser.param_groups):
        group["initial_lr"] = group["lr"]
    run = Run(options.run, options.minutes, seed=options.seed, save_every_s=options.save_every_s)
    if state := run.resume():
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        is_same_run = "optimisers" in state and state["freeze_encoder"] == options.freeze_encoder
        if is_same_run:  # a finished model has none
            for optimiser, saved in zip(optimisers, state["optimisers"], strict=True):
                optimiser.load_state_dict(saved)
    if options.freeze_encoder:  # the averaged one, which latents are made with
        model.encoder.load_state_dict(average.module.encoder.state_dict())

    def save() -> None:
        optimiser_states = [optimiser.state_dict() for optimiser in optimisers]
        state = {"model": model.state_dict(), "average": average.state_dict(), "optimisers": optimiser_states}
        run.save(state | {"freeze_encoder": options.freeze_encoder})

    shards, held_out = Shards([options.audio]), Shards([options.held_out])
    log.info("%d pieces, %.2f hours", len(shards), shards.lengths.sum() / recipes.SAMPLE_RATE / 3600)
    rng = run.rng

    def look() -> None:
        run.measured(**measure(average.module, held_out, crops=options.measured_crops))
        samples.write_pairs(run, average.module, held_out, recipes.SAMPLE_RATE)

    opened = measured = run.elapsed_s
    while not run.is_over:
        if run.elapsed_s - opened > LOOK_AGAIN_S:
            shards, opened = Shards([options.audio]), run.elapsed_s
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = run.learning_rate(group["initial_lr"])
            optimiser.zero_grad()
        audio = audio_batch(shards, rng, options.batch, options.frames).to(place)
        distance, divergence, sound = _losses(model, audio, is_heard=options.freeze_encoder)
        rise = min(1.0, max(0.0, 4 * run.fraction - 0.4))
        weight = MAGNITUDES if options.freeze_encoder else 1.0
        loss = weight * distance + options.kl_weight * rise * divergence + sound
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(weights, 5.0)
        if torch.isfinite(norm):
            for optimiser in optimisers:
                optimiser.step()
            average.step(model)
        run.note(distance=distance.item(), kl=divergence.item(), sound=sound.item(), norm=norm.item())
        if run.is_time_to_save:
            save()
        if run.elapsed_s - measured > options.measure_every_s:
            measured = run.elapsed_s
            look()
    save()
    look()
    return average.module


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


def load_average(run: Path, config: AutoencoderConfig | None = None) -> Autoencoder:
    """The averaged weights of a run's checkpoint, ready to encode and decode."""
    model = build_autoencoder(config or autoencoder_config())
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    model.load_state_dict(state["average"]["weights"])
    return model.eval().requires_grad_(False)


def rescaled(config: AutoencoderConfig, scale: float) -> AutoencoderConfig:
    """The same networks with latents divided by `scale`, so that the diffusion model meets unit deviation."""
    return replace(config, scale=scale)

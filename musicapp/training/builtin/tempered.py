"""A stage that teaches a finished spectral decoder which tempered pitches sound below 700 Hz.

What is learnt is `musicapp.nn.tempered.TemperedBank`: it hears the magnitudes that this decoder makes of this encoder's
latents, and is told what the music's own spectrum, seen through windows four times as long, holds. Nothing else
changes; latents stay valid.
"""

from __future__ import annotations

import logging
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from musicapp.nn.autoencoder import Autoencoder, build_autoencoder
from musicapp.nn.spectral import SpectralDecoder, mid_side
from musicapp.nn.tempered import LOWEST_PITCH, SILENT, TemperedBank, hann_lobe
from musicapp.training.builtin import autoencoder, recipes
from musicapp.training.dataset import SAMPLE_RATE, Shards
from musicapp.training.ema import WeightAverage
from musicapp.training.progress import Run

log = logging.getLogger(__name__)

DECIMATION = 8  # before the long windows: nothing above 2.2 kHz is looked at
LONG, SHORT = 8192, 4096  # frames of the windows, for pitches below and above `SPLIT_HZ`
SPLIT_HZ = 130.0
OVERLAP = 4  # pitches above `SPLIT_HZ` that are taken out of the long windows too
FINER = 4  # bins of the long windows' transform for one of their own
PEAKS = 16  # partials that are taken out of one window, at most
FAINTEST = 1e-5  # of a full-scale sine: no partial
MASKED = 0.12  # a pitch that is weaker than this beside one within two semitones is that one's skirt
CROP = 512  # windows of a training example


@dataclass(frozen=True)
class TemperedOptions:
    """How to train one.

    audio    folder of audio shards
    minutes  of training, the listening before not counted
    pieces   that are listened to, at most
    seconds  of each, at most
    """

    run: Path
    audio: Path
    minutes: float
    pieces: int = 300
    seconds: float = 20.0
    batch: int = 24
    learning_rate: float = 3e-3
    seed: int = 1


@dataclass(frozen=True)
class Example:
    """What is heard of one piece, mid and side, and what sounds in it.

    heard   `(2, count, bins)` float16, log magnitudes as decoded, the lowest bins only
    levels  `(2, count / stride, pitches)`, amplitudes, a full-scale sine being 1
    """

    heard: Tensor
    levels: Tensor


BANK = "bank.pt"


def teach(options: TemperedOptions, finished: Autoencoder) -> Path:
    """Train a bank for a trained autoencoder of the recipe's shape and keep its weights in the run's folder."""
    coder = build_autoencoder(autoencoder.autoencoder_config(recipes.autoencoder(is_tempered=True)))
    coder.load_state_dict(finished.state_dict(), strict=False)  # all but the bank, which is not there yet
    return save_bank(options.run, train(options, coder.eval().requires_grad_(False)))


def save_bank(run: Path, weights: dict[str, Tensor]) -> Path:
    """Write the weights of a bank beside the old ones, then replace those."""
    run.mkdir(parents=True, exist_ok=True)
    beside = run / f"{BANK}.new"
    torch.save(weights, beside)
    return beside.replace(run / BANK)


def load_bank(run: Path) -> dict[str, Tensor]:
    """The weights that `teach` kept, by their names in `decoder.tempered`; none where it never ran."""
    path = run / BANK
    return torch.load(path, weights_only=True, map_location="cpu") if path.exists() else {}


def train(options: TemperedOptions, coder: Autoencoder) -> dict[str, Tensor]:
    """The weights of `decoder.tempered`, by their names in there.

    coder  whose decoder is told about a bank in its config; its weights stay as they are, those of the bank, which are
           replaced, may be any
    """
    decoder = coder.decoder
    if not isinstance(decoder, SpectralDecoder) or decoder.tempered is None:
        raise ValueError("this autoencoder has no bank to train")
    torch.manual_seed(options.seed)
    examples = list(listen(options, coder))
    log.info("%d pieces heard", len(examples))
    bank = TemperedBank(
        decoder.tempered.config, n_fft=decoder.config.n_fft, hop=decoder.config.hop, stride=decoder.config.stride
    )
    return fit(bank, examples, options)


def fit(bank: TemperedBank, examples: Sequence[Example], options: TemperedOptions) -> dict[str, Tensor]:
    """Train a bank on what was heard until the minutes are spent; gives its averaged weights."""
    run = Run(options.run, options.minutes, seed=options.seed)
    average = WeightAverage(bank, decay=0.99)
    optimiser = torch.optim.AdamW(bank.parameters(), lr=options.learning_rate, betas=(0.9, 0.98), weight_decay=0.02)
    while not run.is_over:
        for group in optimiser.param_groups:
            group["lr"] = run.learning_rate(options.learning_rate, warmup_steps=50)
        heard, levels = _batch(examples, run.rng, options.batch, bank.stride)
        optimiser.zero_grad()
        loss = _loss(*bank.heard(heard), levels, bank.reach)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(bank.parameters(), 1.0)
        optimiser.step()
        average.step(bank)
        run.note(loss=loss.item())
    return {name: weights.clone() for name, weights in average.module.state_dict().items()}


@torch.inference_mode()
def listen(options: TemperedOptions, coder: Autoencoder) -> Iterator[Example]:
    """Encode, decode and take apart the pieces of the shards."""
    decoder = coder.decoder
    assert isinstance(decoder, SpectralDecoder) and decoder.tempered is not None
    shards, config = Shards([options.audio]), decoder.tempered.config
    ratio = coder.downsampling_ratio
    frames = int(options.seconds * config.sample_rate) // ratio * ratio
    for number in range(min(len(shards), options.pieces)):
        rows = torch.from_numpy(shards.read(number, 0, frames).astype(np.float32) / 32767).T
        audio = rows[None, :, : rows.shape[1] // ratio * ratio]
        if not audio.shape[-1]:
            continue
        latents = coder.encode(audio) * coder.scale
        heard = decoder.log_magnitudes(latents)[0, :, :, : config.heard_bins].half()
        yield Example(heard, torch.stack([partials(c, ratio, config.pitches) for c in mid_side(audio)[0]]))


def _batch(examples: Sequence[Example], rng: random.Random, size: int, stride: int) -> tuple[Tensor, Tensor]:
    """Crops at random level: heard `(size, CROP, bins)` and levels `(size, CROP / stride, pitches)`."""
    heard, levels = [], []
    for _ in range(size):
        example, channel = rng.choice(examples), rng.randrange(2)
        first = rng.randint(0, max(0, example.levels.shape[1] - CROP // stride))
        rows = slice(first, first + CROP // stride)
        gain = rng.uniform(-1.5, 0.5)
        x, y = example.heard[channel].float(), example.levels[channel]
        x = x[first * stride : first * stride + CROP] + gain
        heard.append(F.pad(x, (0, 0, 0, CROP - len(x)), value=SILENT))
        levels.append(F.pad(y[rows] * math.exp(gain), (0, 0, 0, CROP // stride - len(y[rows]))))
    return torch.stack(heard), torch.stack(levels)


def _loss(is_on: Tensor, level: Tensor, levels: Tensor, context: int) -> Tensor:
    """Cross-entropy of what sounds and distance of its log level; loud pitches count more."""
    inner = slice(context // 2, -(context // 2) or None)  # the ends of a crop have no neighbours
    is_on, level, levels = is_on[:, inner], level[:, inner], levels[:, inner]
    loudest = levels.amax(-1, keepdim=True).clamp(min=1e-3)
    weight = torch.where(levels > 0, (levels / loudest).sqrt().clamp(min=0.05), 0.5)
    wanted = (levels > 0).float()
    entropy = F.binary_cross_entropy_with_logits(is_on, wanted, weight)
    distance = F.smooth_l1_loss(level, levels.clamp(min=FAINTEST).log(), reduction="none") * weight * wanted
    return entropy + distance.mean()


def partials(audio: Tensor, hop: int, pitches: int) -> Tensor:
    """How loud every tempered pitch is in `(frames,)`, every `hop` frames: `(frames / hop, pitches)`.

    In every long window the highest peak is taken out, with all its skirts, again and again.
    """
    low, step = _decimated(audio), hop // DECIMATION
    split = math.floor(12 * math.log2(SPLIT_HZ / 440) + 69) - LOWEST_PITCH
    below = _peeled(low, LONG // DECIMATION, step, split + OVERLAP)[:, :split]
    levels = torch.cat((below, _peeled(low, SHORT // DECIMATION, step, pitches)[:, split:]), 1)
    near = F.max_pool1d(levels[:, None], 5, stride=1, padding=2)[:, 0]
    return torch.where(levels < MASKED * near, 0.0, levels)


def _decimated(audio: Tensor) -> Tensor:
    """`(frames,)` -> `(frames / DECIMATION,)`, what would fold back taken off."""
    spectrum = torch.fft.rfft(F.pad(audio, (0, len(audio) % 2)))
    count = len(audio) // DECIMATION
    spectrum = spectrum[: count // 2 + 1] * torch.linspace(6, 0, count // 2 + 1).clamp(max=1)
    return torch.fft.irfft(spectrum, n=count) / DECIMATION


def _peeled(low: Tensor, size: int, hop: int, pitches: int) -> Tensor:
    """Levels `(count, pitches)` by windows of `size` frames of the decimated audio."""
    edge, rate, fft = (size - hop) // 2, SAMPLE_RATE / DECIMATION, FINER * size
    first, last = (math.floor(440 * 2 ** ((LOWEST_PITCH + p - 69.5) / 12) / rate * fft) for p in (0, pitches))
    reach = 4 * FINER  # of a lobe that is taken out
    first = max(first, reach)
    windows = F.pad(low, (edge, edge)).unfold(0, size, hop) * torch.hann_window(size)
    middle_first = torch.roll(F.pad(windows, (0, fft - size)), -(size // 2), 1)  # so that lobes are real but for a turn
    spectrum = (torch.fft.rfft(middle_first) * (4 / size))[:, first - reach : last + 1 + reach].contiguous()
    count, rows = len(spectrum), torch.arange(len(spectrum))
    levels = torch.zeros(count, pitches)
    around = torch.arange(-reach, reach + 1)
    for _ in range(PEAKS):
        power = spectrum.abs()
        peak = power[:, reach:-reach].argmax(1) + reach
        below, top, above = (power[rows, peak + step].clamp(min=1e-9).log() for step in (-1, 0, 1))
        offset = (0.5 * (below - above) / (below - 2 * top + above).clamp(max=-1e-6)).clamp(-0.5, 0.5)
        amplitude = spectrum[rows, peak] / hann_lobe(-offset / FINER)
        lobe = hann_lobe((around - offset[:, None]) / FINER)
        spectrum.scatter_add_(1, peak[:, None] + around, -(amplitude[:, None] * lobe))
        pitch = 12 * torch.log2((peak + offset + first - reach) * (rate / fft / 440)) + 69 - LOWEST_PITCH
        number, level = pitch.round().long().clamp(0, pitches - 1), amplitude.abs()
        levels[rows, number] = torch.maximum(levels[rows, number], torch.where(level > FAINTEST, level, 0.0))
    return levels

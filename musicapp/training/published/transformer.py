"""The diffusion stage for any config of the Stable Audio 2 family, trained as its authors did (arXiv 2404.10301, 3).

The built-in model has a recipe of its own (`diffusion`); this one keeps to the published: the text encoder is fixed,
windows have one length with encoded silence behind short pieces, AdamW with an inverse decay of its rate.
"""

from __future__ import annotations

import json
import logging
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from musicapp.captions.captions import write_caption
from musicapp.checkpoints import keymap
from musicapp.checkpoints.conditioner import build_conditioner, text_conditioner
from musicapp.description.config import CONFIG_NAME, ModelConfig, parse_config
from musicapp.description.configs import NumberConfig
from musicapp.description.sections import read_json
from musicapp.diffusion.guidance import guided, unconditional
from musicapp.errors import MusicAppError
from musicapp.nn.autoencoder import Autoencoder
from musicapp.nn.conditioners import Conditioner, NumberConditioner
from musicapp.nn.dit import DiffusionTransformer
from musicapp.training import device, loop, objective, samples
from musicapp.training.dataset import Rate, Shards
from musicapp.training.distributed import count
from musicapp.training.ema import WeightAverage
from musicapp.training.latents import Window, draw_windows
from musicapp.training.progress import Run
from musicapp.training.published import oobleck
from musicapp.training.published.in_backward import InBackward
from musicapp.training.published.paper import STABLE_AUDIO_2_0
from musicapp.training.sharding import SpreadAverage

log = logging.getLogger(__name__)

PAPER = "stable_audio_2_0"
INVERSE_GAMMA, RATE_WARMUP = 1e6, 0.99  # of the learning rate: base (1 - warmup^(s + 1)) (1 + s / gamma)^(-1/2)


@dataclass(frozen=True, kw_only=True)
class TransformerOptions(loop.Options):
    """How to train one.

    latents, held_out  folders of latent shards; held_out is only measured on
    text_encoder       folder of the text encoder that the config asks for; it stays as it is
    window             latents of an example; 0 is the config's whole window
    checkpointing      compute activations twice instead of keeping them
    autoencoder        run folder of the first stage, for sample takes; without one there are none
    sharded        spread weights, averages and what the optimiser keeps over all processes
    light              Adafactor inside the backward pass, no gradients kept and no average: a third of the memory
    """

    latents: Path
    held_out: Path
    text_encoder: Path
    batch: int = 4
    window: int = 0
    checkpointing: bool = False
    sharded: bool = False
    light: bool = False
    learning_rate: float = 5e-5
    dropout: float = 0.1
    average_decay: float = 0.9999
    measure_every_s: float = 900.0
    save_every_s: float = 600.0
    autoencoder: Path | None = None
    seed: int = 5


class Trainee(nn.Module):
    """What is trained: the transformer and the conditions' own layers. The text encoder is reached, not owned.

    forward  the loss of a batch, a scalar; noise and timesteps come from outside
    """

    def __init__(self, config: ModelConfig, conditioner: Conditioner) -> None:
        super().__init__()
        self.dit = DiffusionTransformer(config.diffusion.dit)
        self.parts = nn.ModuleDict({name: _own(part) for name, part in conditioner.conditioners.items()})
        self.is_v = config.diffusion.objective == "v"
        self._conditioner = (conditioner,)  # in a tuple, so that its encoder is not among our weights

    def forward(
        self, latents: Tensor, noise: Tensor, timesteps: Tensor, metadata: list[dict[str, str | float]], keep: Tensor
    ) -> Tensor:
        """latents, noise `(batch, channels, n)`; timesteps `(batch,)`; keep `(batch, 1, 1)`, 0 drops the condition."""
        conditioning = self._conditioner[0].encode(metadata)
        cross = None if conditioning.cross is None else conditioning.cross * keep
        network = partial(
            _forward, self.dit, cross=cross, global_cond=conditioning.global_cond, prepend=conditioning.prepend
        )
        loss = objective.v_loss if self.is_v else objective.flow_loss
        return loss(network, latents, timesteps, noise).mean()


def read_description(name: str | Path) -> dict[str, Any]:
    """A `model_config.json`, or the paper's by its name. Raises CheckpointError."""
    return STABLE_AUDIO_2_0 if str(name) == PAPER else read_json(Path(name))


def build(config: ModelConfig, text_encoder: Path) -> Trainee:
    """The untrained networks around a text encoder. Raises MusicAppError for configs that need conditions of audio."""
    if config.diffusion.input_concat_ids or config.diffusion.local_add_cond_ids:
        raise MusicAppError("This stage trains no inpainting models.", hint="Take a config without audio conditions.")
    conditioner = build_conditioner(config, text_encoder.parent, text_encoder)
    for entry in config.conditioning.entries:  # they come without weights, but for the text encoder
        c, width, built = (
            entry.config,
            entry.config.output_dim or config.conditioning.cond_dim,
            conditioner.conditioners,
        )
        if isinstance(c, NumberConfig):
            expo = c.fourier_features_type == "expo"
            built[entry.id] = NumberConditioner(width, c.min_val, c.max_val, expo=expo)
        else:
            encoder, tokenizer = built[entry.id].encoder, built[entry.id].tokenizer
            assert isinstance(encoder, nn.Module) and callable(tokenizer)
            encoder.float().requires_grad_(False)
            built[entry.id] = text_conditioner(c, encoder, tokenizer, width)
    return Trainee(config, conditioner)


def train(options: TransformerOptions, config: ModelConfig) -> nn.Module:
    """Train until the minutes are spent, going on from the run's checkpoint; gives the averaged weights.

    The light mode keeps no average and gives the last ones; so do spread weights, whose averages are in parts. Raises
    MusicAppError: light in several processes.
    """
    stage = _TransformerStage(options, config)
    loop.train(stage)
    return stage.average.module if isinstance(stage.average, WeightAverage) else weights_of(stage.model)


class _TransformerStage(loop.Stage):
    def __init__(self, options: TransformerOptions, config: ModelConfig) -> None:
        self.options, self.config, team = options, config, loop.begin(options)
        if options.light and count() > 1:
            raise MusicAppError("The sparing mode works in one process only.", hint="Leave --light out.")
        self.model = build(config, options.text_encoder).to(team.place)
        self.model._conditioner[0].to(team.place)
        if options.sharded:
            team.spread(self.model, self.model.dit.blocks)
        weights = weights_of(self.model)
        self.average = None if options.light else _average_of(weights, options.average_decay, is_spread=team.is_spread)
        if options.checkpointing:
            compute_twice(self.model.dit)
        learner = self._learner()
        averaged = {} if self.average is None else {"average": self.average}
        kept = {"model": weights, "optimisers": learner.optimisers, **averaged}
        super().__init__(options, team, [learner], kept)
        rate = Rate(config.sample_rate, config.autoencoder.downsampling_ratio)
        self.shards, self.held_out = Shards([options.latents], rate), Shards([options.held_out], rate)
        seed = options.seed + self.run.step + 1_000_003 * team.rank
        self.even = torch.quasirandom.SobolEngine(1, scramble=True, seed=seed)
        self.shared = self.model if team.is_spread else team.share(self.model)

    def _learner(self) -> loop.Learner:
        rate = self.options.learning_rate
        if self.average is None:
            return InBackward(self.model.parameters(), rate)
        optimiser = torch.optim.AdamW(self.model.parameters(), lr=rate, betas=(0.9, 0.999), weight_decay=1e-3)
        after = partial(self.average.step, weights_of(self.model))
        return loop.Learner(self.model.parameters(), [optimiser], bound=1.0, after=after)

    def values(self) -> dict[str, Any]:
        return {"light": self.options.light}

    def fits(self, found: dict[str, Any]) -> bool:
        return bool(found["light"] == self.options.light)

    def rate(self, peak: float, spent: float) -> float:
        return learning_rate(peak, self.run.step)

    def turns(self, spent: float) -> Iterator[loop.Turn]:
        options, rng, place = self.options, self.run.rng, self.team.place
        windows = draw_windows(self.shards, rng, options.batch, _window(options, self.config))
        timesteps = self.even.draw(options.batch)[:, 0].to(place)
        keep = (torch.rand(options.batch, 1, 1) >= options.dropout).to(place)
        loss = loss_of(self.shared, windows, timesteps, keep, self.config, rng)
        rate = learning_rate(options.learning_rate, self.run.step)
        yield loop.Turn(self.learners[0], loss, {"loss": loss, "rate": rate})

    def look(self) -> None:
        loss = measure(self.model, self.held_out, self.options, self.config)
        if self.team.is_main:
            self.run.measured(loss=loss)
        if not self.team.is_spread:  # a take asks the transformer alone; spread weights come together in the whole only
            _write_takes(self.run, self.model, self.options, self.config)


def _average_of(weights: nn.Module, decay: float, *, is_spread: bool) -> WeightAverage[nn.Module] | SpreadAverage:
    return SpreadAverage(weights, decay) if is_spread else WeightAverage(weights, decay=decay)


def weights_of(model: Trainee) -> nn.ModuleDict:
    """All that is trained and kept."""
    return nn.ModuleDict({"dit": model.dit, "parts": model.parts})


def learning_rate(base: float, step: int) -> float:
    """The published schedule: a quick exponential warm-up, then an inverse square root over a million steps."""
    return base * (1 - RATE_WARMUP ** (step + 1)) * (1 + step / INVERSE_GAMMA) ** -0.5


def loss_of(
    model: nn.Module, windows: list[Window], timesteps: Tensor, keep: Tensor, config: ModelConfig, rng: random.Random
) -> Tensor:
    """The loss of some windows, captions written by `rng`. Latents are divided by the config's scale."""
    latents = torch.stack([w.latents for w in windows]).to(timesteps.device) / config.autoencoder.scale
    loss: Tensor = model(latents, device.noise_like(latents), timesteps, [_told(w, rng) for w in windows], keep)
    return loss


@torch.no_grad()
def measure(model: Trainee, held_out: Shards, options: TransformerOptions, config: ModelConfig) -> float:
    """Loss of the present weights on held-out windows at even timesteps, the same ones every time."""
    rng, place, window = random.Random("held out"), next(model.parameters()).device, _window(options, config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        total = 0.0
        for number in range(4):
            windows = draw_windows(held_out, rng, options.batch, window)
            timesteps = torch.full((options.batch,), (number + 0.5) / 4, device=place)
            keep = torch.ones(options.batch, 1, 1, device=place)
            total += float(loss_of(model, windows, timesteps, keep, config, rng))
    log.info("held out: loss %.4f", total / 4)
    return total / 4


@torch.no_grad()
def _write_takes(run: Run, model: Trainee, options: TransformerOptions, config: ModelConfig) -> None:
    """The sample takes of the present weights, where there is an autoencoder to hear them through."""
    if options.autoencoder is None:
        return
    conditioning = model._conditioner[0].encode(samples.metadata())
    cond = {"cross": conditioning.cross, "global_cond": conditioning.global_cond, "prepend": conditioning.prepend}
    kind, scale = config.diffusion.objective, samples.GUIDANCE_SCALE
    network = guided(partial(_forward, model.dit), cond, unconditional(cond), scale, objective=kind)
    channels = config.diffusion.dit.io_channels
    latents = samples.draw_latents(network, kind, next(model.parameters()), channels=channels)
    load = partial(oobleck.load_average, options.autoencoder, config.autoencoder)
    samples.write_takes(run, latents, load, config.sample_rate)


def compute_twice(dit: DiffusionTransformer) -> None:
    """Gradient checkpointing: a block keeps only its input, and is computed again on the way back."""
    for block in dit.blocks:
        block.forward = partial(checkpoint, block.forward, use_reentrant=False)


def export(folder: Path, description: dict[str, Any], run: Path, autoencoder: Autoencoder) -> Path:
    """The model folder of a run: its averaged weights (or those of a light run) and the autoencoder's, in float16.

    The text encoder goes beside it by hand: it may be large and under a licence of its own.
    """
    state = torch.load(run / "checkpoint.pt", weights_only=True, map_location="cpu")
    weights = state["average"]["weights"] if "average" in state else state["model"]
    named = {f"autoencoder.{name}": tensor.half() for name, tensor in autoencoder.state_dict().items()}
    for name, tensor in weights.items():
        is_fine = name.startswith("parts.") or "timestep_features" in name
        ours = name.replace("parts.", "conditioner.conditioners.", 1) if name.startswith("parts.") else name
        named[ours] = tensor.float() if is_fine else tensor.half()
    folder.mkdir(parents=True, exist_ok=True)
    published = {keymap.to_published(name): tensor.contiguous() for name, tensor in named.items()}
    save_file(published, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / CONFIG_NAME).write_text(json.dumps(description, indent=1) + "\n")
    parse_config(description)  # what the app would refuse must not be written silently
    return folder


def _own(part: nn.Module) -> nn.Module:
    """A condition without its text encoder."""
    if isinstance(part, NumberConditioner):
        return part
    return nn.ModuleDict({name: child for name, child in part.named_children() if name != "encoder"})


def _forward(dit: DiffusionTransformer, x: Tensor, t: Tensor, **conditions: Tensor | None) -> Tensor:
    with device.autocast(x.device):
        out: Tensor = dit(x, t, **conditions)
    return out.float()


def _told(window: Window, rng: random.Random) -> dict[str, str | float]:
    """Whole seconds, as the published models are told them (arXiv 2404.10301, 2.3)."""
    return {
        "prompt": write_caption(window.truth, rng),
        "seconds_start": math.floor(window.seconds_start),
        "seconds_total": math.ceil(window.truth.duration_s),
    }


def _window(options: TransformerOptions, config: ModelConfig) -> int:
    length = options.window or config.window_latents
    return max(1, length // config.diffusion.dit.patch_size) * config.diffusion.dit.patch_size

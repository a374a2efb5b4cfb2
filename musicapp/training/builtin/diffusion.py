"""Stage three: the diffusion transformer, on encoded music, captions written anew at every draw, and seconds."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from musicapp.captions.captions import write_caption
from musicapp.checkpoints.text_encoders import load_clap_text
from musicapp.description.config import parse_config
from musicapp.diffusion.guidance import guided, unconditional
from musicapp.nn.conditioners import ClapTextConditioner, Conditioner, Metadata, NumberConditioner
from musicapp.nn.dit import DiffusionTransformer
from musicapp.nn.timeline import TimelineConditioner
from musicapp.prompts.facts import read_prompt
from musicapp.training import compiling, device, loop, objective, samples
from musicapp.training.builtin import autoencoder, recipes
from musicapp.training.dataset import SAMPLE_RATE, Shards
from musicapp.training.ema import WeightAverage
from musicapp.training.latents import Statistics, Window, WindowBatches, statistics_of
from musicapp.training.optimisers import muon_and_adamw
from musicapp.training.progress import Run

log = logging.getLogger(__name__)

Steering = dict[str, Tensor | None]  # what a transformer is given beside x and t, by name

NUMBER_FREQUENCIES = 8.0  # deviation of the first frequencies: half a second of 512 must be seen from the start
TEXT_RATE = 0.3  # learning rate of the text tower against the transformer's
PATCH = recipes.DIFFUSION["config"]["patch_size"]
LONGEST_PLAIN = 3200  # latents up to which attention keeps its whole matrix


@dataclass(frozen=True, kw_only=True)
class DiffusionOptions(loop.Options):
    """How to train one.

    latents, held_out  folders of latent shards; held_out is only measured on
    text_encoder       the text tower's folder, kept as it is
    tokens             latents in a batch of one process, whatever the lengths
    compiled           fuse small operations by torch.compile: a third quicker, after a minute of compiling
    autoencoder        run folder of the first stage, for sample takes; without one there are none
    """

    latents: Path
    held_out: Path
    text_encoder: Path
    tokens: int = 5000
    compiled: bool = False
    learning_rate: float = 1e-3
    dropout: float = 0.1
    look_again_s: float = 300.0
    measure_every_s: float = 300.0
    autoencoder: Path | None = None
    seed: int = 3


class Generator(nn.Module):
    """All that this stage trains: the transformer, the number conditions and, gently, the text tower.

    The paper keeps its text tower fixed; ours has seen minutes of contrast instead of months and goes on learning.
    """

    def __init__(self, dit: DiffusionTransformer, conditioner: Conditioner) -> None:
        super().__init__()
        self.dit = dit
        numbers = {n: c for n, c in conditioner.conditioners.items() if isinstance(c, NumberConditioner)}
        self.numbers = nn.ModuleDict(numbers)
        prompt = conditioner.conditioners["prompt"]
        assert isinstance(prompt, ClapTextConditioner)
        self.text = prompt.encoder


def build(text_encoder: Path) -> tuple[Generator, Conditioner]:
    """The untrained networks of the built-in model, and the conditioner around the trained text tower."""
    config = parse_config(recipes.model_config(1.0, {}))
    dit = DiffusionTransformer(config.diffusion.dit)
    encoder, tokenizer = load_clap_text(text_encoder)
    encoder.float().requires_grad_(True)  # the file holds float16, too coarse to train in
    width = config.conditioning.cond_dim
    built: dict[str, nn.Module] = {"prompt": ClapTextConditioner(encoder, tokenizer, width, feature_layer=-2)}
    for name in ("seconds_start", "seconds_total"):
        built[name] = NumberConditioner(width, 0, 512)
        nn.init.normal_(built[name].frequencies, std=NUMBER_FREQUENCIES)  # type: ignore[arg-type]
    built["timeline"] = TimelineConditioner(recipes.RATE.rows_per_second)
    diffusion = config.diffusion
    conditioner = Conditioner(
        built,
        cross_ids=diffusion.cross_attention_cond_ids,
        global_ids=diffusion.global_cond_ids,
        input_concat_ids=diffusion.input_concat_ids,
        summaries={"summary": "prompt"},
    )
    return Generator(dit, conditioner), conditioner


def train(options: DiffusionOptions) -> Generator:
    """Train until the minutes are spent, going on from the run's checkpoint; gives the averaged weights."""
    stage = _DiffusionStage(options)
    loop.train(stage)
    return stage.average.module


class _DiffusionStage(loop.Stage):
    warmup_steps = 50

    def __init__(self, options: DiffusionOptions) -> None:
        self.options, team = options, loop.begin(options)
        allow_plain_attention()
        self.model, conditioner = build(options.text_encoder)
        self.model.to(team.place)  # and so the parts that the conditioner shares with it
        if options.compiled:
            compile_blocks(self.model)
        self.average = WeightAverage(self.model, decay=0.997)
        optimisers = optimisers_of(self.model, options.learning_rate)
        after = partial(self.average.step, self.model)
        learner = loop.Learner(self.model.parameters(), optimisers, bound=1.0, after=after)
        kept = {"model": self.model, "average": self.average, "optimisers": optimisers}
        super().__init__(options, team, [learner], kept)
        self.reopen()
        self.held_out = Shards([options.held_out], recipes.RATE)
        found = self.found.get("statistics")
        self.statistics = Statistics(**found) if found else statistics_of(Shards([options.latents]))
        self.lesson = team.share(_Lesson(self.model, conditioner, options.dropout))

    def values(self) -> dict[str, Any]:
        return {"statistics": self.statistics._asdict()}

    def reopen(self) -> None:
        shards = Shards([self.options.latents], recipes.RATE)
        log.info("%d pieces, %.2f hours", len(shards), shards.hours)
        self.batches = WindowBatches(shards, self.run.rng, tokens=self.options.tokens, multiple=PATCH)

    def turns(self, spent: float) -> Iterator[loop.Turn]:
        windows = self.batches.draw()
        latents = self.statistics.normalise(torch.stack([w.latents for w in windows])).to(self.team.place)
        loss = self.lesson(latents, [metadata_of(w, self.run.rng) for w in windows])
        yield loop.Turn(self.learners[0], loss, {"loss": loss, "tokens": latents.shape[0] * latents.shape[2]})

    def look(self) -> None:
        average, options = self.average.module, self.options
        self.run.measured(**measure(average, options.text_encoder, self.held_out, self.statistics))
        write_takes(self.run, average, options, self.statistics)


def allow_plain_attention() -> None:
    """Plain attention in bfloat16 is twice as quick on a CPU as the fused kernel; our lengths can spare its memory."""
    torch.backends.cuda.allow_fp16_bf16_reduction_math_sdp(True)


def compile_blocks(model: Generator) -> None:
    """Fuse the small operations of the transformer's blocks, for any length."""
    compiling.check(next(model.parameters()).device)
    for block in model.dit.blocks:
        block.compile(dynamic=True)


class _Lesson(nn.Module):
    """A model with its conditioner, as one module whose forward is the loss of a batch, for `Team.share`."""

    def __init__(self, model: Generator, conditioner: Conditioner, dropout: float) -> None:
        super().__init__()
        self.model, self.dropout = model, dropout
        self._conditioner = (conditioner,)  # in a tuple: what it learns is the model's

    def forward(self, latents: Tensor, metadata: list[dict[str, str | float]]) -> Tensor:
        return _loss(self.model, self._conditioner[0], latents, metadata, self.dropout)


def optimisers_of(model: Generator, learning_rate: float) -> list[torch.optim.Optimizer]:
    """Of the transformer and the numbers, and a gentle one of the text tower."""
    text = list(model.text.parameters())
    return [
        *muon_and_adamw(model, model.dit.blocks, learning_rate, but=text),
        torch.optim.AdamW(text, lr=TEXT_RATE * learning_rate, betas=(0.9, 0.95), weight_decay=0.01),
    ]


def metadata_of(window: Window, rng: random.Random) -> Metadata:
    """What a window is told: a caption written anew, what it states, and the seconds. A word for the tempo stands for
    the window's own."""
    caption = write_caption(window.truth, rng)
    return {
        "prompt": caption,
        "facts": read_prompt(caption).played_at(window.truth.tempo_bpm),
        "seconds_start": window.seconds_start,
        "seconds_total": window.truth.duration_s,
    }


def _loss(
    model: Generator,
    conditioner: Conditioner,
    latents: Tensor,
    metadata: list[dict[str, str | float]],
    dropout: float,
    *,
    generator: torch.Generator | None = None,
) -> Tensor:
    timesteps = objective.draw_timesteps(len(latents), generator=generator).to(latents.device)
    noise = device.noise_like(latents, generator)
    conditioning = conditioner.encode(metadata, latents.shape[2])
    assert (
        conditioning.cross is not None
        and conditioning.input_concat is not None
        and conditioning.null_concat is not None
    )
    assert conditioning.global_cond is not None and conditioning.null_global is not None
    kept = objective.draw_kept(len(latents), dropout, generator=generator).to(latents.device)
    steering: Steering = {
        "cross": conditioning.cross * kept,
        "global_cond": torch.where(kept[:, 0], conditioning.global_cond, conditioning.null_global),
        "input_concat": torch.where(kept, conditioning.input_concat, conditioning.null_concat),
    }
    network = steered(model.dit, steering)
    return objective.flow_loss(network, latents, timesteps, noise).mean()


def forward(
    dit: DiffusionTransformer,
    x: Tensor,
    t: Tensor,
    *,
    cross: Tensor | None,
    global_cond: Tensor | None,
    input_concat: Tensor | None,
) -> Tensor:
    """The transformer's output in float32, computed in bfloat16 with the quicker attention for its length."""
    is_plain = x.device.type == "cpu" and x.shape[2] <= LONGEST_PLAIN
    kernels = [SDPBackend.MATH] if is_plain else [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION]
    with device.autocast(x.device), sdpa_kernel([*kernels, SDPBackend.MATH]):
        out: Tensor = dit(x, t, cross=cross, global_cond=global_cond, input_concat=input_concat)
    return out.float()


def steered(dit: DiffusionTransformer, steering: Steering) -> objective.Network:
    """`forward` as a function of x and t alone."""

    def network(x: Tensor, t: Tensor) -> Tensor:
        return forward(dit, x, t, **steering)

    return network


def steering_of(
    conditioner: Conditioner, metadata: list[dict[str, str | float]], latents: int
) -> tuple[Steering, Steering]:
    """What `forward` is steered by with the prompts, and without them."""
    conditioning = conditioner.encode(metadata, latents)
    cond: Steering = {
        "cross": conditioning.cross,
        "global_cond": conditioning.global_cond,
        "input_concat": conditioning.input_concat,
    }
    return cond, {
        **unconditional(cond),
        "global_cond": conditioning.null_global,
        "input_concat": conditioning.null_concat,
    }


@torch.inference_mode()
def measure(
    model: Generator, text_encoder: Path, held_out: Shards, statistics: Statistics, *, batches: int = 8
) -> dict[str, float]:
    """Loss on held-out pieces with fixed windows, captions, noise and timesteps; no condition is dropped.

    `shuffled` is the loss when every window is told another one's caption and seconds: what the conditions are worth.
    """
    conditioner = conditioner_around(model, text_encoder)
    rng = random.Random("held out")
    place = next(model.parameters()).device
    source = WindowBatches(held_out, rng, tokens=2500, multiple=PATCH)
    sums = {"loss": 0.0, "shuffled": 0.0}
    for number in range(batches):
        windows = source.draw()
        latents = statistics.normalise(torch.stack([w.latents for w in windows])).to(place)
        metadata = [metadata_of(w, rng) for w in windows]
        for name, given in (("loss", metadata), ("shuffled", metadata[1:] + metadata[:1])):
            generator = torch.Generator().manual_seed(number)
            sums[name] += float(_loss(model, conditioner, latents, given, 0.0, generator=generator)) / batches
    log.info("held out: loss %.4f, with wrong conditions %.4f", sums["loss"], sums["shuffled"])
    return sums


@torch.inference_mode()
def write_takes(run: Run, model: Generator, options: DiffusionOptions, statistics: Statistics) -> None:
    """The sample takes of this stage, where there is an autoencoder to hear them through."""
    if options.autoencoder is None:
        return
    cond, null = steering_of(conditioner_around(model, options.text_encoder), samples.metadata(), samples.LATENTS)
    scale, kind = samples.GUIDANCE_SCALE, "rectified_flow"
    network = guided(partial(forward, model.dit), cond, null, scale, objective=kind)
    latents = samples.draw_latents(network, kind, next(model.parameters()), channels=recipes.LATENT_DIM)
    load = partial(autoencoder.load_average, options.autoencoder)
    samples.write_takes(run, statistics.restore(latents.cpu()), load, SAMPLE_RATE)


def conditioner_around(model: Generator, text_encoder: Path) -> Conditioner:
    """A conditioner that uses a trained generator's own text tower and numbers."""
    conditioner = build(text_encoder)[1]
    for name, module in model.numbers.items():
        conditioner.conditioners[name] = module
    conditioner.conditioners["prompt"].encoder = model.text
    return conditioner


def load_average(run: Path, text_encoder: Path) -> tuple[Generator, Statistics]:
    """The averaged weights of a run's checkpoint and the latents' statistics that they were trained with."""
    model, _ = build(text_encoder)
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    model.load_state_dict(state["average"]["weights"])
    return model.eval().requires_grad_(False), Statistics(**state["statistics"])

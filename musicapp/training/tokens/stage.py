"""Trains the token model on the same latents, captions and windows as the diffusion stage, for so many minutes."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from musicapp.captions.captions import write_caption
from musicapp.checkpoints.text_encoders import load_clap_text
from musicapp.errors import MusicAppError
from musicapp.nn.conditioners import ClapTextConditioner
from musicapp.training import device, loop
from musicapp.training.dataset import Shards
from musicapp.training.ema import WeightAverage
from musicapp.training.latents import Statistics, Window, WindowBatches, draw_windows, statistics_of
from musicapp.training.optimisers import muon_and_adamw
from musicapp.training.tokens.codebooks import Codebooks
from musicapp.training.tokens.token_model import TokenConfig, TokenModel

log = logging.getLogger(__name__)

DESCRIPTION, WEIGHTS, VERSION = "token_model.json", "model.safetensors", 1
FEATURE_LAYER = -2  # of the text tower, the one that the diffusion transformer looks at
FIT_WINDOWS, FIT_LATENTS = 400, 320  # what the codebooks are found on


@dataclass(frozen=True, kw_only=True)
class TokenOptions(loop.Options):
    """How to train one.

    latents, held_out  folders of latent shards; held_out is only measured on
    text_encoder       the text tower's folder, kept as it is
    tokens             latents in a batch, whatever the lengths
    """

    latents: Path
    held_out: Path
    text_encoder: Path
    tokens: int = 5000
    learning_rate: float = 1e-3
    dropout: float = 0.1
    sizes: TokenConfig = field(default_factory=TokenConfig)
    seed: int = 5


def train(options: TokenOptions) -> Path:
    """Train until the minutes are spent, going on from the run's checkpoint; gives the folder of the finished model."""
    stage = _TokenStage(options)
    loop.train(stage)
    return stage.export()


class _TokenStage(loop.Stage):
    warmup_steps = 50

    def __init__(self, options: TokenOptions) -> None:
        self.options, team = options, loop.begin(options)
        self.shards, self.held_out = (Shards([folder]) for folder in (options.latents, options.held_out))
        encoder, tokenizer = load_clap_text(options.text_encoder)
        width = int(encoder.config.hidden_size)  # type: ignore[union-attr, arg-type]
        self.text = ClapTextConditioner(encoder, tokenizer, width, feature_layer=FEATURE_LAYER)
        self.text.eval().requires_grad_(False).to(team.place)
        sizes = options.sizes
        rate = self.shards.rate.rows_per_second / sizes.stride
        self.config = replace(sizes, channels=self.shards.width, rate=rate, text_width=width)
        self.model = TokenModel(self.config).to(team.place)
        self.codebooks = Codebooks(sizes.levels, sizes.size, sizes.stride, self.shards.width)
        self.average = WeightAverage(self.model, decay=0.997)
        optimisers = muon_and_adamw(self.model, self.model.transformer.layers, options.learning_rate)
        learner = loop.Learner(
            self.model.parameters(), optimisers, bound=1.0, after=partial(self.average.step, self.model)
        )
        kept = {
            "model": self.model,
            "average": self.average,
            "codebooks": self.codebooks,
            "optimisers": optimisers,
        }
        super().__init__(options, team, [learner], kept)
        found = self.found.get("statistics")
        self.statistics = Statistics(**found) if found else statistics_of(self.shards)
        self.shares = self.found.get("shares") or self._fit()
        self.batches = WindowBatches(self.shards, self.run.rng, tokens=options.tokens, multiple=sizes.stride)

    def _fit(self) -> list[float]:
        rng = random.Random("codebooks")
        windows = draw_windows(self.shards, rng, FIT_WINDOWS, FIT_LATENTS)
        stretches = torch.cat([self._stretches(window) for window in windows])
        shares = self.codebooks.fit(stretches)
        log.info("of the latents' variance %d levels leave %.3f", len(shares), shares[-1])
        return shares

    def _stretches(self, window: Window) -> Tensor:
        latents = self.statistics.normalise(window.latents[None])[0]
        return latents.T.reshape(-1, self.config.stride * self.config.channels)

    def values(self) -> dict[str, Any]:
        return {"statistics": self.statistics._asdict(), "shares": self.shares, "processor_s": self._processor_s()}

    def _processor_s(self) -> float:
        """Processor time of this process, and of those before it up to their last checkpoint."""
        return float(self.found.get("processor_s", 0.0)) + time.process_time()

    def turns(self, spent: float) -> Iterator[loop.Turn]:
        windows = self.batches.draw()
        loss = self._loss(self.model, windows, self.run.rng, dropout=self.options.dropout)
        yield loop.Turn(self.learners[0], loss, {"loss": loss, "tokens": sum(w.latents.shape[1] for w in windows)})

    def _loss(self, model: TokenModel, windows: list[Window], rng: random.Random, *, dropout: float) -> Tensor:
        latents = self.statistics.normalise(torch.stack([w.latents for w in windows]))
        tokens = self.codebooks.tokens_of(latents).to(self.team.place)
        with torch.no_grad():
            text, _ = self.text([write_caption(w.truth, rng) for w in windows])
        with device.autocast(self.team.place):
            start_s, total_s = [w.seconds_start for w in windows], [w.truth.duration_s for w in windows]
            prefix = model.prefix(text, start_s, total_s)
            kept = torch.rand(len(windows), 1, 1) >= dropout
            return model.loss(tokens, prefix * kept.to(prefix.device))

    @torch.inference_mode()
    def look(self) -> None:
        rng = random.Random("held out")
        batches = WindowBatches(self.held_out, rng, tokens=2500, multiple=self.config.stride)
        model = self.average.module
        loss = sum(float(self._loss(model, batches.draw(), rng, dropout=0.0)) for _ in range(8)) / 8
        log.info("held out: loss %.4f", loss)
        self.run.measured(loss=loss)

    def export(self) -> Path:
        """The finished model beside the checkpoint: what was learnt and what it belongs to."""
        folder = self.run.folder
        held = {"model": self.average.module, "codebooks": self.codebooks}
        state = {f"{part}.{name}": t.contiguous() for part, net in held.items() for name, t in net.state_dict().items()}
        save_file({name: t.cpu() for name, t in state.items()}, folder / WEIGHTS)
        mean, scale = self.statistics
        description = {
            "version": VERSION,
            "config": self.config.as_dict(),
            "mean": mean.tolist(),
            "scale": scale,
            "left": self.shares,
            "steps": self.run.step,
            "minutes": round(self.run.elapsed_s / 60, 1),
            "processor_minutes": round(self._processor_s() / 60, 1),
            "pieces": len(self.shards),
        }
        (folder / DESCRIPTION).write_text(json.dumps(description, indent=1) + "\n")
        return folder


@dataclass(frozen=True)
class Finished:
    """A trained token model, ready to be asked."""

    model: TokenModel
    codebooks: Codebooks
    statistics: Statistics
    description: dict[str, Any]


def load(folder: Path) -> Finished:
    """What `train` wrote. Raises MusicAppError: not such a folder."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    hint = "Give the folder “tokens” of a work folder in which `musicapp train tokens` has ended."
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        if description["version"] != VERSION:
            raise MusicAppError(f"{folder} was written by a later version of the app.", hint="Train it anew.")
        config = TokenConfig(**description["config"])
        statistics = Statistics(torch.tensor(description["mean"]), float(description["scale"]))
        state = load_file(folder / WEIGHTS)
        model, codebooks = TokenModel(config), Codebooks(config.levels, config.size, config.stride, config.channels)
        nn.ModuleDict({"model": model, "codebooks": codebooks}).load_state_dict(state)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise MusicAppError(f"{folder} holds no token model.", hint=hint, detail=str(error)) from error
    return Finished(model.eval().requires_grad_(False), codebooks, statistics, description)

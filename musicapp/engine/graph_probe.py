"""Whether a model's steps are replayed as CUDA graphs here: measured when it is first loaded on a GPU, then known.

A choice by measurement may not change bytes, so graphs are used only where they gave the same ones.
"""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from musicapp import paths
from musicapp.checkpoints.load import LoadedModel
from musicapp.engine import pace
from musicapp.nn.graphs import Graphs, Record, cuda_record

log = logging.getLogger(__name__)

FILE_NAME, VERSION = "graphs.json", 1
MOST_ENTRIES = 50
LATENTS = 256  # about 12 s of sound: what most takes are, or a little less
PASSES = 5
LEAST_GAIN = 1.05  # for which recording a length is worth its memory


@dataclass(frozen=True)
class Probe:
    """Seconds of a step made as it is and replayed, and whether both gave the same bytes."""

    plain_s: float
    replayed_s: float
    is_same: bool

    @property
    def suits(self) -> bool:
        return self.is_same and self.plain_s >= LEAST_GAIN * self.replayed_s


def begin(model: LoadedModel, name: str, device_name: str, folder: Path | None = None) -> None:
    """Have the model replay its steps if that is quicker here.

    name         of the model's folder
    device_name  for people, and what the figures hold for
    """
    if model.device.type != "cuda":
        return
    make_record = partial(cuda_record, model.device)
    file = (folder or paths.data_folder()) / FILE_NAME
    key = f"{name} {model.precision} {device_name} torch {torch.__version__}"
    known = pace.read_figures(file, _probes)
    if key not in known:
        if (found := measure(model, make_record)) is None:
            return  # for want of memory, say: the next start tries again
        known[key] = found
        log.info("a step of %s: %s", key, found)
        kept = {key: asdict(probe) for key, probe in list(known.items())[-MOST_ENTRIES:]}
        pace.write_figures(file, {"version": VERSION, "measured": kept})
    if known[key].suits:
        model.graphs.start(make_record)


@torch.inference_mode()
def measure(model: LoadedModel, make_record: Callable[[], Record]) -> Probe | None:
    """Steps of noise under conditions of zero, made both ways in turn; None where they could not be recorded."""
    config = model.config.diffusion.dit
    count = LATENTS + -LATENTS % config.patch_size
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(1, model.autoencoder.latent_dim, count, generator=generator).to(model.device)
    timestep = torch.full((1,), 0.5, device=model.device)
    cross = torch.zeros(1, 1, config.cond_token_dim, device=model.device) if config.cond_token_dim else None
    given: dict[str, Any] = {"cross": None if cross is None else model.dit.looks(cross)}
    if config.global_cond_dim:
        given["global_cond"] = torch.zeros(1, config.global_cond_dim, device=model.device)
    if config.prepend_cond_dim:
        given["prepend"] = torch.zeros(1, 1, config.prepend_cond_dim, device=model.device)
    graphs = Graphs(model.dit)
    graphs.start(make_record)
    for _ in range(2):  # the first call is made as it is, the second is recorded
        replayed = graphs(x, timestep, **given)
    if not graphs.is_on:
        return None
    plain = model.dit(x, timestep, **given)

    def seconds(ask: Callable[..., Tensor]) -> float:
        began = time.perf_counter()
        ask(x, timestep, **given).cpu()  # waits until it is computed
        return time.perf_counter() - began

    in_turn = [(seconds(model.dit), seconds(graphs)) for _ in range(PASSES)]
    plain_s, replayed_s = (statistics.median(taken) for taken in zip(*in_turn, strict=True))
    return Probe(plain_s, replayed_s, is_same=torch.equal(plain, replayed))


def _probes(values: dict[str, Any]) -> dict[str, Probe]:
    """What was measured; nothing of another version."""
    if values["version"] != VERSION:
        return {}
    return {key: _probe(entry) for key, entry in values["measured"].items()}


def _probe(entry: dict[str, object]) -> Probe:
    plain_s, replayed_s = (pace.number_of(entry[name], pace.LONGEST_S) for name in ("plain_s", "replayed_s"))
    return Probe(plain_s, replayed_s, is_same=entry["is_same"] is True)

"""What a finished model folder does: held-out prompts in, measured music out, beside the same measures on renders."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from musicapp.checkpoints.load import LoadedModel, load_model
from musicapp.diffusion.guidance import guided, without_prompt
from musicapp.diffusion.sampling import sample
from musicapp.training import listening
from musicapp.training.captions import write_caption
from musicapp.training.dataset import Shards
from musicapp.training.truth import Truth

log = logging.getLogger(__name__)

TONICS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
HEADROOM = 4  # latents behind the end, as the engine has them
MINOR_MODES = ("minor", "dorian", "phrygian", "harmonic minor", "minor pentatonic", "melodic minor", "blues")


@dataclass(frozen=True)
class Heard:
    """The measures of one piece of sound."""

    tempo_bpm: float
    tonic: int
    mode: str
    sharpness: float
    end_s: float
    level_db: float
    centroid_hz: float


def hear(sound: np.ndarray) -> Heard:
    """Measure `(frames, 2)` at 44.1 kHz."""
    tonic, mode = listening.key_of(sound)
    return Heard(
        listening.tempo_of(sound),
        tonic,
        mode,
        listening.beat_sharpness(sound),
        listening.end_of_sound_s(sound),
        listening.level_db(sound),
        listening.centroid_hz(sound),
    )


def prompt_for(truth: Truth) -> str:
    """A plain request that names what is measured."""
    facts = [truth.style, truth.lead]
    facts += [f"{truth.tempo_bpm:.0f} bpm"] if truth.tempo_bpm else []
    facts += [f"{truth.key} {truth.mode}"] if truth.key else []
    return ", ".join([*facts, "with drums" if truth.has_drums else "no drums"])


@torch.inference_mode()
def generate(
    model: LoadedModel, prompts: Sequence[str], seconds: float, *, seed: int, steps: int, guidance_scale: float
) -> np.ndarray:
    """Music for some prompts of one length: `(prompts, frames, 2)` float32."""
    frames = round(seconds * model.config.sample_rate)
    count = -(-frames // model.autoencoder.downsampling_ratio) + HEADROOM
    conditioning = model.conditioner.encode(
        [{"prompt": p, "seconds_start": 0.0, "seconds_total": seconds} for p in prompts]
    )
    cond = {"cross": conditioning.cross, "global_cond": conditioning.global_cond}
    generator = torch.Generator().manual_seed(seed)

    def draw() -> torch.Tensor:
        return torch.randn((len(prompts), model.autoencoder.latent_dim, count), generator=generator)

    objective = model.config.diffusion.objective
    network = guided(model.dit, cond, without_prompt(cond), guidance_scale, objective=objective)
    *_, last = sample(network, objective, draw(), sampler=model.config.app.sampler, steps=steps, draw=draw)
    audio = torch.cat([model.autoencoder.decode(item[None]) for item in last.latents])
    return audio[..., :frames].transpose(1, 2).numpy()


def measure(
    folder: Path, held_out: Shards, *, count: int = 32, seconds: float = 12.0, steps: int = 0, guidance: float = 0.0
) -> dict[str, object]:
    """Rates on generated music, on renders of the same pieces, and on music generated for another's prompt.

    The last is what chance gives: how often music that nobody asked for happens to fit. Zero steps or guidance: the
    model's own default.
    """
    model = load_model(folder)
    app = model.config.app
    steps, guidance = steps or app.steps, guidance or app.guidance_scale
    numbers = [
        n
        for n, e in enumerate(held_out.entries)
        if e.truth.kind == "song" and e.length > seconds * listening.SAMPLE_RATE
    ][:count]
    truths = [held_out.entries[n].truth for n in numbers]
    frames = round(seconds * listening.SAMPLE_RATE)
    renders = [hear(held_out.read(n, 0, frames).astype(np.float32) / 32767) for n in numbers]
    began = time.perf_counter()
    sounds: list[np.ndarray] = []
    for first in range(0, len(truths), 8):
        prompts = [prompt_for(truth) for truth in truths[first : first + 8]]
        sounds += list(generate(model, prompts, seconds, seed=first, steps=steps, guidance_scale=guidance))
    took = time.perf_counter() - began
    made = [hear(sound) for sound in sounds]
    limit = _best_limit([h.sharpness for h in renders], [t.has_drums for t in truths])
    shift = len(truths) // 2
    others = truths[shift:] + truths[:shift]
    result: dict[str, object] = {
        "pieces": len(truths),
        "seconds": seconds,
        "steps": steps,
        "guidance_scale": guidance,
        "times_real_time": round(len(truths) * seconds / took, 1),
        "renders": _rates(renders, truths, limit),
        "generated": _rates(made, truths, limit),
        "generated_for_another_prompt": _rates(made, others, limit),
        "ends": _ends(model, steps, guidance),
    }
    log.info("%s", json.dumps(result, indent=1))
    return result


def _rates(heard: Sequence[Heard], truths: Sequence[Truth], limit: float) -> dict[str, float]:
    pairs = list(zip(heard, truths, strict=True))
    timed = [(h, t) for h, t in pairs if t.tempo_bpm]
    keyed = [(h, t) for h, t in pairs if t.key]
    octaves = (0.5, 1, 2, 2 / 3, 1.5)
    return {
        "tempo": _share(abs(h.tempo_bpm / t.tempo_bpm - 1) < 0.04 for h, t in timed),
        "tempo_or_multiple": _share(
            any(abs(h.tempo_bpm / t.tempo_bpm / o - 1) < 0.04 for o in octaves) for h, t in timed
        ),
        "tonic": _share(h.tonic == TONICS.index(t.key) for h, t in keyed),
        "key": _share(h.tonic == TONICS.index(t.key) and (h.mode == "minor") == _is_minor(t) for h, t in keyed),
        "drums": _share((h.sharpness > limit) == t.has_drums for h, t in pairs),
        "level_db": round(float(np.median([h.level_db for h in heard])), 1),
        "centroid_hz": round(float(np.median([h.centroid_hz for h in heard]))),
    }


def _ends(model: LoadedModel, steps: int, guidance: float) -> dict[str, float]:
    """For some requested lengths: by how many seconds the music ends before the take does. Negative never occurs."""
    rng = random.Random("ends")
    result = {}
    for seconds in (5.0, 10.0, 20.0, 30.0):
        truth = Truth("lofi", 80, "C", "minor", "4/4", (), (), "piano", True, 0.4, (), seconds, "song")
        prompts = [prompt_for(truth), "solo piano, calm", write_caption(truth, rng), "techno, 130 bpm, with drums"]
        sounds = generate(model, prompts, seconds, seed=5, steps=steps, guidance_scale=guidance)
        result[f"{seconds:g}"] = round(float(np.median([seconds - listening.end_of_sound_s(s) for s in sounds])), 2)
    return result


def _is_minor(truth: Truth) -> bool:
    return truth.mode in MINOR_MODES or "minor" in truth.mode


def _best_limit(values: Sequence[float], labels: Sequence[bool]) -> float:
    """The limit that tells real renders with drums from those without best."""
    candidates = sorted(values)
    return max(candidates, key=lambda limit: sum((v > limit) == label for v, label in zip(values, labels, strict=True)))


def _share(hits: Iterable[bool]) -> float:
    found = [bool(hit) for hit in hits]
    return round(sum(found) / max(1, len(found)), 3)

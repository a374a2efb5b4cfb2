"""Fit the ears of `musicapp.analysis.listening` to renders and measure them on others: writes resources/listening.json.

    python -m tests.fit_listening --pieces 900 --soundfont BANK.sf3

Rendering takes most of the time, about half a second of one core for a piece.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from musicapp import paths
from musicapp.analysis import listening
from musicapp.analysis.listening_features import TEMPI, pitch_classes, rhythm
from musicapp.composing.composer import compose
from musicapp.composing.render import Renderer
from musicapp.composing.theory import is_minor
from musicapp.composing.truth import Truth
from musicapp.prompts.scales import KEYS

FIRST_SEED, FIRST_OTHER_SEED = 20_000_000, 21_000_000
HIDDEN = 8


@dataclass(frozen=True)
class Example:
    """What was heard in a piece, and what it is."""

    rhythm: np.ndarray
    pitches: np.ndarray
    truth: Truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=900)
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--soundfont", type=Path)
    args = parser.parse_args()
    renderer = Renderer(args.soundfont)
    known = examples(range(FIRST_SEED, FIRST_SEED + args.pieces), args.seconds, renderer)
    others = examples(range(FIRST_OTHER_SEED, FIRST_OTHER_SEED + args.pieces // 4), args.seconds, renderer)
    write(known, others)


def examples(seeds: Sequence[int], seconds: float, renderer: Renderer) -> list[Example]:
    found = []
    for seed in seeds:
        piece = compose(seed, duration_s=seconds)
        sound = renderer.render(piece)
        found.append(Example(rhythm(sound), pitch_classes(sound), piece.truth))
    return found


def write(known: Sequence[Example], others: Sequence[Example]) -> None:
    """Fit to the known, measure on the others, write the file, and print the rates."""
    weights: dict[str, Any] = {"tempo": fit_tempo(known), "key": fit_key(known), "accuracy": {}}
    path = paths.resources_folder() / "listening.json"
    path.write_text(json.dumps(weights))
    listening._weights.cache_clear()
    weights["accuracy"] = rates(others)
    path.write_text(json.dumps(weights) + "\n")
    print(weights["accuracy"], "and on the pieces it was fitted to:", rates(known))


def fit_tempo(known: Sequence[Example]) -> dict[str, Any]:
    """A score for every tempo from the same small network, by cross-entropy against the true one."""
    torch.manual_seed(0)
    timed = [example for example in known if example.truth.tempo_bpm]
    octaves = torch.tensor(np.log(TEMPI / 110), dtype=torch.float32)[None, :, None].expand(len(timed), -1, 1)
    inputs = torch.cat([torch.tensor(np.stack([e.rhythm for e in timed])), octaves, octaves**2], dim=2)
    away = np.log([[e.truth.tempo_bpm] for e in timed]) - np.log(TEMPI)
    wanted = torch.tensor(np.exp(-0.5 * (away / 0.012) ** 2), dtype=torch.float32)
    wanted = wanted / wanted.sum(dim=1, keepdim=True)
    network = torch.nn.Sequential(
        torch.nn.Linear(inputs.shape[2], HIDDEN), torch.nn.Tanh(), torch.nn.Linear(HIDDEN, 1, bias=False)
    )
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-2, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 500)
    for _ in range(500):
        optimiser.zero_grad()
        F.cross_entropy(network(inputs)[..., 0], wanted).backward()
        optimiser.step()
        schedule.step()
    hidden, score = network[0], network[2]
    return {
        "hidden": _rounded(hidden.weight),
        "hidden_bias": _rounded(hidden.bias),
        "score": _rounded(score.weight[0]),
    }


def fit_key(known: Sequence[Example], decay: float = 2e-5) -> dict[str, Any]:
    """One profile of pitch classes for major and one for minor, the same for every tonic, by logistic regression."""
    keyed = [example for example in known if example.truth.key]
    turned = np.stack([[np.roll(e.pitches, -tonic, axis=1) for tonic in range(12)] for e in keyed])
    inputs = torch.tensor(turned.reshape(len(keyed), 12, -1))
    wanted = torch.tensor([KEYS.index(e.truth.key) * 2 + is_minor(e.truth.mode) for e in keyed])
    profiles = torch.zeros(2, inputs.shape[2], requires_grad=True)
    bias = torch.zeros(2, requires_grad=True)
    optimiser = torch.optim.LBFGS([profiles, bias], max_iter=400, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        scores = (inputs @ profiles.T + bias).flatten(1)
        value = F.cross_entropy(scores, wanted) + decay * profiles.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    found = {mode: _rounded(row.reshape(-1, 12)) for mode, row in zip(listening.MODES, profiles, strict=True)}
    return found | {"bias": dict(zip(listening.MODES, _rounded(bias), strict=True))}


def rates(examples: Sequence[Example]) -> dict[str, float]:
    """Shares of right answers, from the features alone."""
    timed = [e for e in examples if e.truth.tempo_bpm]
    tempi = [float(TEMPI[listening.tempo_scores(e.rhythm).argmax()]) for e in timed]
    near = [abs(tempo / e.truth.tempo_bpm - 1) < 0.04 for tempo, e in zip(tempi, timed, strict=True)]
    keyed = [(listening.key_from(e.pitches), e.truth) for e in examples if e.truth.key]
    tonic = [KEYS[heard[0]] == truth.key for heard, truth in keyed]
    exact = [heard == (KEYS.index(truth.key), listening.MODES[is_minor(truth.mode)]) for heard, truth in keyed]
    named = {"tempo": near, "tonic": tonic, "key": exact}
    return {name: round(float(np.mean(hits)), 3) for name, hits in named.items()} | {"renders": len(examples)}


def _rounded(values: torch.Tensor) -> Any:
    return [[round(v, 4) for v in row] if isinstance(row, list) else round(row, 4) for row in values.tolist()]


if __name__ == "__main__":
    main()

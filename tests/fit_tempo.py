"""Fit the ear of `musicapp.analysis.tempo` to renders of known tempo and measure it on others: resources/tempo.json.

    python -m tests.fit_tempo --pieces 2400 --soundfont BANK.sf3

Rendering takes most of the time, one to two seconds of a core for a piece.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from musicapp import paths
from musicapp.analysis import tempo
from musicapp.analysis.tempo import TEMPI, Signals
from musicapp.composing.composer import compose
from musicapp.composing.render import Renderer

FIRST_SEED = 40_000_000
LENGTHS_S = (12, 15, 20, 20, 30, 30, 45, 60)
HELD_OUT = 8  # one piece in so many is only measured on
HIDDEN, EPOCHS, BATCH, DROPPED, NETWORKS = 24, 80, 50, 0.2, 3
NEAR = 0.02
Example = tuple[Signals, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=2400)
    parser.add_argument("--soundfont", type=Path)
    args = parser.parse_args()
    print(write(examples(args.pieces, Renderer(args.soundfont))))


def examples(count: int, renderer: Renderer) -> list[Example]:
    """Pieces with a pulse, and their tempi."""
    lengths, found, seed = random.Random(FIRST_SEED), [], FIRST_SEED
    while len(found) < count:
        piece = compose(seed, duration_s=float(lengths.choice(LENGTHS_S)))
        seed += 1
        if piece.truth.tempo_bpm and piece.truth.kind != "one-shot":
            found.append((tempo.signals_of(renderer.render(piece)), piece.truth.tempo_bpm))
    return found


def write(known: Sequence[Example]) -> str:
    """Fit, write the file, and say how often the held-out pieces are right to a step of `TEMPI`."""
    features = [tempo.features_of(signals) for signals, _ in known]
    per_tempo, context = (np.stack(part) for part in zip(*features, strict=True))
    truth = np.array([bpm for _, bpm in known])
    held = np.arange(len(known)) % HELD_OUT == HELD_OUT - 1
    mean, deviation = context[~held].mean(axis=0), context[~held].std(axis=0) + 1e-3
    networks = [fit(per_tempo[~held], (context[~held] - mean) / deviation, truth[~held], n) for n in range(NETWORKS)]
    weights: dict[str, Any] = {"mean": rounded(mean), "deviation": rounded(deviation), "networks": networks}
    path = paths.resources_folder() / "tempo.json"
    path.write_text(json.dumps(weights) + "\n", encoding="ascii")
    tempo._weights.cache_clear()
    chosen = np.array([TEMPI[tempo.scores(*pair).argmax()] for pair in zip(per_tempo, context, strict=True)])
    right = np.abs(chosen / truth - 1) <= NEAR
    return f"right in {right[held].mean():.3f} of {held.sum()} held-out pieces, {right[~held].mean():.3f} of the others"


def fit(per_tempo: np.ndarray, kind: np.ndarray, truth: np.ndarray, seed: int) -> list[list[Any]]:
    """The layers of one network, by cross-entropy against the true tempo."""
    torch.manual_seed(seed)
    octaves = np.log(TEMPI / 110)[:, None]
    places = torch.tensor(np.concatenate([octaves, octaves**2, octaves**3], axis=1), dtype=torch.float32)
    repeats, kinds = torch.tensor(per_tempo), torch.tensor(kind, dtype=torch.float32)
    wanted = torch.tensor(np.exp(-0.5 * ((np.log(truth)[:, None] - np.log(TEMPI)) / 0.012) ** 2), dtype=torch.float32)
    wanted = wanted / wanted.sum(dim=1, keepdim=True)
    size = repeats.shape[2] + places.shape[1] + kinds.shape[1]
    network = torch.nn.Sequential(
        torch.nn.Linear(size, HIDDEN),
        torch.nn.Tanh(),
        torch.nn.Dropout(DROPPED),
        torch.nn.Linear(HIDDEN, HIDDEN),
        torch.nn.Tanh(),
        torch.nn.Linear(HIDDEN, 1),
    )
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, EPOCHS * -(-len(truth) // BATCH))
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(truth)).split(BATCH):
            inputs = [repeats[rows], places.expand(len(rows), -1, -1)]
            inputs.append(kinds[rows][:, None].expand(-1, len(TEMPI), -1))
            optimiser.zero_grad()
            F.cross_entropy(network(torch.cat(inputs, dim=2))[..., 0], wanted[rows]).backward()
            optimiser.step()
            schedule.step()
    layers = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
    return [[rounded(layer.weight.detach().numpy()), rounded(layer.bias.detach().numpy())] for layer in layers]


def rounded(values: np.ndarray) -> Any:
    return np.round(values.astype(float), 4).tolist()


if __name__ == "__main__":
    main()

"""Fit the scorers of `musicapp.analysis.bars` to renders whose bars are known, and measure them: resources/bars.json.

    python -m tests.fit_bars --pieces 160 --soundfont BANK.sf3
    python -m tests.fit_bars --check 32000000 --pieces 100      # only measures, on the pieces from this seed on

Pieces are cut off at the start, so that bars begin anywhere. Rendering takes most of the time.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from musicapp import paths
from musicapp.analysis import bars, tempo
from musicapp.analysis.bars import METRES, HalfBeats
from musicapp.analysis.tempo import SAMPLE_RATE, Signals
from musicapp.composing.composer import compose
from musicapp.composing.render import Renderer

FIRST_SEED = 50_000_000
LENGTHS_S = (20, 30, 30, 45, 60)
MOST_CUT_S = 4.0
BEATS = {"4/4": 4.0, "3/4": 3.0, "6/8": 2.0, "12/8": 4.0, "5/4": 5.0, "7/8": 3.5}
STEPS, RATE, DECAY = 400, 0.05, 0.02
NEAR_S = 0.07  # as evaluations of beat trackers allow


class Example(NamedTuple):
    """A piece as it is heard, and where its bars are: the first line, the tempo, and its metre."""

    heard: Signals
    tempo_bpm: float  # that is heard
    truth_bpm: float
    beats_in_bar: float
    first_s: float


class Known(NamedTuple):
    """What is weighed, and which rows are right."""

    features: np.ndarray
    right: list[int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=160)
    parser.add_argument("--soundfont", type=Path)
    parser.add_argument("--check", type=int, metavar="SEED")
    args = parser.parse_args()
    renderer = Renderer(args.soundfont)
    if args.check is not None:
        print(report(examples(args.check, args.pieces, renderer)))
    else:
        print(write(examples(FIRST_SEED, args.pieces, renderer)))


def examples(first_seed: int, count: int, renderer: Renderer) -> list[Example]:
    """Pieces with a pulse and a key."""
    found: list[Example] = []
    lengths, seed = random.Random(first_seed), first_seed
    while len(found) < count:
        piece = compose(seed, duration_s=float(lengths.choice(LENGTHS_S)))
        seed += 1
        truth = piece.truth
        if not truth.tempo_bpm or not truth.key or truth.kind == "one-shot":
            continue
        cut_s = lengths.uniform(0, MOST_CUT_S)
        sound = renderer.render(piece).mean(axis=1, keepdims=True)[round(cut_s * SAMPLE_RATE) :]
        beats = BEATS[truth.metre]
        heard = tempo.signals_of(sound)
        first_s = -cut_s % (beats * 60 / truth.tempo_bpm)
        found.append(Example(heard, tempo.tempo_from(heard), truth.tempo_bpm, beats, first_s))
    return found


def write(known: Sequence[Example]) -> str:
    """Fit, write the file, and say how often lines are right of these pieces."""
    path = paths.resources_folder() / "bars.json"
    path.write_text(json.dumps(weights_of(known)) + "\n", encoding="ascii")
    bars._weights.cache_clear()
    return report(known)


def weights_of(known: Sequence[Example]) -> dict[str, list[float]]:
    metres, downbeats = [], []
    for example in known:
        if abs(example.tempo_bpm / example.truth_bpm - 1) > 0.02 or example.beats_in_bar not in (2.0, 3.0, 4.0):
            continue
        strengths = bars.contrast(example.heard.onsets)
        beat_s = 60 / bars.steady_tempo(strengths.sum(axis=0), example.tempo_bpm)
        phase_s = bars.beat_phase(strengths.sum(axis=0), beat_s)
        found = HalfBeats.of(example.heard, strengths, beat_s, phase_s)
        beats = 3.0 if example.beats_in_bar == 3.0 else 4.0  # two bars of two are one of four
        halves = round(2 * beats)
        place = round((example.first_s - bars.EARLY_S - phase_s) / (beat_s / 2))
        right = {(place + bar * round(2 * example.beats_in_bar)) % halves for bar in range(4)}
        metres.append(Known(bars.metre_features(found), [METRES.index(beats)]))
        downbeats.append(Known(bars.downbeat_features(found, beats), sorted(right)))
    return {"metre": fit(metres), "downbeat": fit(downbeats)}


def fit(known: Sequence[Known]) -> list[float]:
    """The weights that give the right rows the most, by gradient descent with momentum on the cross-entropy."""
    size = known[0].features.shape[1]
    weights, mean, square = np.zeros(size), np.zeros(size), np.zeros(size)
    for _ in range(STEPS):
        slope = DECAY * weights
        for features, right in known:
            shares = bars._shares(features @ weights)
            wanted = np.zeros(len(shares))
            wanted[right] = shares[right] / shares[right].sum()
            slope = slope + features.T @ (shares - wanted) / len(known)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        weights = weights - RATE * mean / (np.sqrt(square) + 1e-8)
    return np.round(weights, 3).tolist()


def is_right(example: Example, found: bars.Bars, last_s: float) -> bool:
    """Whether its lines are lines of the piece, at the start and at the end."""
    bar_s, true_bar_s = found.beat_s * found.beats_in_bar, example.beats_in_bar * 60 / example.truth_bpm
    ratio = bar_s / true_bar_s
    if abs(ratio - round(ratio)) > 0.02 or round(ratio) not in (1, 2):  # 2: two bars of 6/8
        return False
    count = max(int((last_s - found.first_s) / bar_s), 0)
    for line_s in (found.first_s, found.first_s + count * bar_s):
        off_s = (line_s - example.first_s + true_bar_s / 2) % true_bar_s - true_bar_s / 2
        if abs(off_s) > NEAR_S:
            return False
    return True


def report(known: Sequence[Example]) -> str:
    """How many are sure, and how many of all and of those are right."""
    found = [bars.bars_of(example.heard, example.tempo_bpm) for example in known]
    right = [
        each is not None and is_right(example, each, example.heard.onsets.shape[1] / 100)
        for example, each in zip(known, found, strict=True)
    ]
    sure = [each is not None and each.is_sure for each in found]
    both = sum(one and other for one, other in zip(sure, right, strict=True))
    return f"{len(known)} pieces: {sum(right)} right, {sum(sure)} sure, {both} of these right"


if __name__ == "__main__":
    main()

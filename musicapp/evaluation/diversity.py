"""Whether seeds matter: how much takes of the same prompt differ, beside takes of different prompts."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from musicapp.evaluation.bench import Bench
from musicapp.evaluation.mel import log_mel
from musicapp.evaluation.report import Result, Table, number

SAME = 0.98  # correlation of mel spectra over time from which two takes are the same music


def measure(bench: Bench) -> Result:
    """Distances between seeds and between prompts, in the classifier's features and in the spectra themselves."""
    sizes = bench.options.sizes
    wishes = bench.wishes[: sizes.seed_prompts]
    groups = [
        [bench.takes.make(wish.prompt, sizes.seconds, 300 + seed) for seed in range(sizes.seeds)] for wish in wishes
    ]
    sounds = [[take.sound() for take in group] for group in groups]
    heard = [[bench.classifier.hear(sound).features.mean(axis=0) for sound in group] for group in sounds]
    within = [_distance(a, b) for group in heard for a, b in itertools.combinations(group, 2)]
    between = [
        _distance(a, b)
        for first, second in itertools.combinations(heard, 2)
        for a, b in zip(first, second, strict=True)
    ]
    renders = [ears.network.features.mean(axis=0) for ears in bench.heard_held_out]
    apart = [_distance(a, b) for a, b in itertools.combinations(renders, 2)]
    likeness = [_likeness(a, b) for group in sounds for a, b in itertools.combinations(group, 2)]
    values = {
        "between_seeds": _mean(within),
        "between_prompts": _mean(between),
        "between_renders": _mean(apart),
        "likeness_of_seeds": _mean(likeness),
        "same_music": sum(value > SAME for value in likeness),
        "pairs": len(likeness),
    }
    rows = (
        ("distance between seeds of a prompt", number(values["between_seeds"])),
        ("distance between prompts", number(values["between_prompts"])),
        ("distance between renders", number(values["between_renders"])),
        ("correlation of the spectra of two seeds", number(values["likeness_of_seeds"])),
        ("pairs of seeds that are the same music", f"{values['same_music']:.0f} of {values['pairs']:.0f}"),
    )
    return Result(
        values,
        table=Table(("measure", "value"), rows),
        players=tuple(bench.player(take) for group in groups[:1] for take in group),
        notes=(f"{len(groups)} prompts with {sizes.seeds} seeds each; distances of the classifier's mean features.",),
    )


def _distance(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.linalg.norm(ours - theirs))


def _likeness(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Correlation of two mel spectra of the same length."""
    first, second = (log_mel(sound, 32).numpy() for sound in (ours, theirs))
    count = min(first.shape[1], second.shape[1])
    first, second = (part[:, :count] - part[:, :count].mean(axis=1, keepdims=True) for part in (first, second))
    return float((first * second).sum() / max(np.linalg.norm(first) * np.linalg.norm(second), 1e-9))


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 3) if values else 0.0

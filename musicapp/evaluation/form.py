"""The form of a piece by measuring: which moments resemble each other, where sections begin, and what comes back."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import torch

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.analysis.listening_features import spectrogram
from musicapp.evaluation.mel import HOP, log_mel

STEP_S = 0.5
BANDS = 20
KERNEL = 28  # steps on each side of a boundary that are compared: 14 s
LEAST_SECTION = 18  # steps: 9 s
NOVEL = -0.2  # standard deviations from the mean of novelty above which a boundary may be
# Two sections are the same when their means are nearer than this part of what varies inside sections, both in colour
# and in harmony. Chosen on ten pieces of the composer and on their sixteen-second loops.
LIKE = (0.6, 0.4)
MOTIF = 12  # steps of a returning passage: 6 s
APART = 30  # steps between a passage and its return: 15 s
RETURNS = 0.6  # how well the best passage must be heard again, against chance
BASE_HZ = 55.0


@dataclass(frozen=True)
class Form:
    """What was found. boundaries in seconds; `sections` counts distinct ones; `motif` is the best return, 0 to 1."""

    boundaries: tuple[float, ...]
    labels: tuple[int, ...]
    motif: float
    similarity: np.ndarray

    @property
    def sections(self) -> int:
        return len(set(self.labels))

    @property
    def returns(self) -> bool:
        return self.motif >= RETURNS


def form_of(sound: np.ndarray) -> Form:
    """Analyse `(frames, 2)`."""
    colour, harmony = _colour(sound), _harmony(sound)
    count = min(len(colour), len(harmony))
    colour, harmony = colour[:count], harmony[:count]
    likenesses = (_cosines(colour), _cosines(harmony))
    edges = _boundaries(likenesses)
    return Form(
        boundaries=tuple(edge * STEP_S for edge in edges[1:-1]),
        labels=_labels((colour, harmony), edges),
        motif=motif_strength(harmony),
        similarity=(likenesses[0] + likenesses[1]) / 2,
    )


def motif_strength(harmony: np.ndarray) -> float:
    """How well the best passage is heard again, from 0 (as well as among the same moments in any order) to 1."""
    shuffled = np.random.default_rng(0).permutation(len(harmony))
    chance = best_return(_cosines(harmony[shuffled]))
    return max(0.0, (best_return(_cosines(harmony)) - chance) / max(1 - chance, 0.05))


def best_return(similarity: np.ndarray) -> float:
    """How well a passage of 6 s is heard again at least 15 s later: the mean along the best diagonal.

    1 is the passage itself; 0 what two arbitrary passages of the piece share.
    """
    count = len(similarity)
    if count < MOTIF + APART + 1:
        return 0.0
    found = []
    for lag in range(APART, count - MOTIF):
        line = np.diagonal(similarity, lag)
        if len(line) >= MOTIF:
            found.append(np.convolve(line, np.ones(MOTIF) / MOTIF, "valid").max())
    usual = float(np.median(similarity[np.triu_indices(count, APART)]))
    return float((max(found) - usual) / max(1 - usual, 1e-6))


def _colour(sound: np.ndarray) -> np.ndarray:
    """Levels of bands, each against its own mean over the piece: `(steps, BANDS)`. What plays, and how loud."""
    levels = torch.clamp(log_mel(sound, BANDS), min=-9).T.numpy()
    steps = _pooled(levels, STEP_S * SAMPLE_RATE / HOP)
    steps = np.apply_along_axis(lambda column: np.convolve(column, np.ones(5) / 5, "same"), 0, steps)
    return steps - steps.mean(axis=0)


def _harmony(sound: np.ndarray) -> np.ndarray:
    """Pitches by semitone over five octaves, each step against the piece's mean: `(steps, 60)`. Which notes sound."""
    size = 8192
    levels = spectrogram(sound, size, size // 4)
    semitones = np.round(12 * np.log2(np.maximum(np.fft.rfftfreq(size, 1 / SAMPLE_RATE), 1) / BASE_HZ)).astype(int)
    bins = np.flatnonzero((semitones >= 0) & (semitones < 60))
    notes = np.zeros((len(levels), 60), np.float32)
    np.add.at(notes.T, semitones[bins], np.sqrt(levels[:, bins]).T)
    counts = np.bincount(semitones[bins], minlength=60)
    steps = _pooled(notes / np.maximum(counts, 1), STEP_S * SAMPLE_RATE / (size // 4))
    steps = steps / np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1e-6)
    return steps - steps.mean(axis=0)


def _pooled(rows: np.ndarray, each: float) -> np.ndarray:
    """Means over steps of `each` rows, not a whole number."""
    edges = np.arange(0, max(len(rows) - each / 2, 1), each).astype(int)
    counts = np.diff([*edges, len(rows)])[:, None]
    return np.add.reduceat(rows, edges, axis=0) / counts


def _cosines(rows: np.ndarray) -> np.ndarray:
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return unit @ unit.T


def _boundaries(similarities: tuple[np.ndarray, ...]) -> list[int]:
    """Steps at which sections begin, with 0 and the end: peaks of novelty (Foote's checkerboard along the diagonal)."""
    count = len(similarities[0])
    taper = np.hanning(2 * KERNEL + 2)[1:-1]
    sign = np.where(np.arange(2 * KERNEL) < KERNEL, -1.0, 1.0)
    kernel = np.outer(sign * taper, sign * taper)
    novelty = np.zeros(count)
    for similarity in similarities:
        padded = np.pad(similarity, KERNEL, mode="edge")
        squares = (padded[at : at + 2 * KERNEL, at : at + 2 * KERNEL] for at in range(count))
        novelty += [float((square * kernel).sum()) for square in squares]
    limit = novelty.mean() + NOVEL * novelty.std()
    edges = [0]
    for at in np.argsort(-novelty):
        if novelty[at] > limit and all(abs(at - edge) >= LEAST_SECTION for edge in (*edges, count)):
            edges.append(int(at))
    return [*sorted(edges), count]


def _labels(views: tuple[np.ndarray, ...], edges: list[int]) -> tuple[int, ...]:
    """A number for each section; sections that are alike in every view have the same."""
    cut = [[rows[first:last] for first, last in itertools.pairwise(edges)] for rows in views]
    inside = [
        float(np.sqrt(np.mean([np.square(part - part.mean(axis=0)).sum(axis=1).mean() for part in parts]))) + 1e-9
        for parts in cut
    ]
    known: list[list[np.ndarray]] = []
    labels = []
    for section in zip(*cut, strict=True):
        means = [part.mean(axis=0) for part in section]
        distances = [
            max(
                float(np.linalg.norm(ours - theirs)) / spread / like
                for ours, theirs, spread, like in zip(means, other, inside, LIKE, strict=True)
            )
            for other in known
        ]
        if distances and min(distances) < 1:
            labels.append(int(np.argmin(distances)))
        else:
            labels.append(len(known))
            known.append(means)
    return tuple(labels)

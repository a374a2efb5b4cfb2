"""How far a set of generated pieces is from a set of renders: Frechet distance and KL on the classifier's view."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from musicapp.evaluation.bench import Bench
from musicapp.evaluation.classifier import Heard
from musicapp.evaluation.report import Result, Table, number

WANTED_RATIO = 2.0
FLOOR = 1e-4  # of a probability, so that one confident mistake is no infinite distance


def measure(bench: Bench) -> Result:
    """Generated music and the held-out renders of the same facts, each against many renders of other facts.

    Both sets have the same size and the same facts, so that neither is nearer for any reason but its sound: small sets
    are far from everything.
    """
    held_out = [ears.network for ears in bench.heard_held_out]
    made = [ears.network for ears in bench.heard_generated]
    reference = _features(bench.heard_reference)
    own, apart = (frechet_distance(_features(heard), reference) for heard in (made, held_out))
    shifted = [*held_out[1:], *held_out[:1]]
    values = {
        "frechet_generated": round(own, 3),
        "frechet_renders": round(apart, 3),
        "frechet_ratio": round(own / max(apart, 1e-9), 2),
        "kl_generated": round(_mean_kl(held_out, made), 3),
        "kl_other_renders": round(_mean_kl(held_out, shifted), 3),
        "pieces": len(made),
        "reference_pieces": len(bench.heard_reference),
    }
    rows = (
        ("Frechet distance to other renders", number(own), number(apart), f"at most {WANTED_RATIO:g} times as far"),
        ("the same as a ratio", number(values["frechet_ratio"]), "1.00", "2.00"),
        ("KL of styles, prompt by prompt", number(values["kl_generated"]), number(values["kl_other_renders"]), ""),
    )
    return Result(
        values,
        table=Table(("measure", "generated", "renders", "wanted"), rows),
        notes=(
            f"On {reference.shape[1]} features of the classifier, one row for every 2.5 s: {len(made)} generated "
            f"pieces, and {len(made)} renders of the same facts, each against {len(bench.heard_reference)} renders of "
            "other facts. KL: how far the styles heard in music for a prompt are from those in the render of the same "
            "facts; beside it, a render of other facts.",
        ),
    )


def frechet_distance(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Between two normal distributions with the means and covariances of `(rows, features)`."""
    means = ours.mean(axis=0) - theirs.mean(axis=0)
    first, second = (np.cov(rows, rowvar=False) for rows in (ours, theirs))
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    # The trace of the root of first @ second, whose eigenvalues are those of this symmetric product.
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ second @ root), 0)).sum()
    return float(means @ means + np.trace(first) + np.trace(second) - 2 * shared)


def divergence(wanted: np.ndarray, found: np.ndarray) -> float:
    """Kullback-Leibler divergence of two sets of probabilities in nats."""
    p, q = (np.maximum(values, FLOOR) / np.maximum(values, FLOOR).sum() for values in (wanted, found))
    return float((p * np.log(p / q)).sum())


def _mean_kl(wanted: Sequence[Heard], found: Sequence[Heard]) -> float:
    pairs = zip(wanted, found, strict=True)
    return float(np.mean([divergence(ours.style, theirs.style) for ours, theirs in pairs]))


def _features(heard: Sequence[Heard]) -> np.ndarray:
    return np.concatenate([each.features for each in heard]).astype(np.float64)

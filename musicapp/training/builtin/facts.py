"""Heads that read facts off a caption's features: they make the text tower tell 87 bpm from 88 and C minor from C.

Contrast alone sorts captions by sound: style and instruments come first, a digit or a key changes little. We know the
truth behind every caption, so the features that the transformer will look at (the next-to-last layer's) are also
asked for it. Facts that a caption leaves out cost the same whatever the tower does; the heads are not shipped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from musicapp.composing.instruments import INSTRUMENTS
from musicapp.composing.styles import STYLES
from musicapp.composing.truth import Truth
from musicapp.prompts.scales import KEYS, SCALES

SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0
TEMPO_STEP = 1.02  # neighbouring classes of tempo; 4 % off is heard as another tempo

_TEMPI = 2 + int(math.log(FASTEST_BPM / SLOWEST_BPM) / math.log(TEMPO_STEP))
_STYLES, _LEADS, _MODES = list(STYLES), list(INSTRUMENTS), list(SCALES)
CLASSES = {
    "tempo": 1 + _TEMPI,
    "tonic": 1 + len(KEYS),
    "mode": 1 + len(_MODES),
    "drums": 2,
    "style": len(_STYLES),
    "lead": 1 + len(_LEADS),
}


class FactHeads(nn.Module):
    """One linear head for each fact.

    in   `(batch, width)`, a caption's features, mean over its tokens
    out  fact -> logits `(batch, classes)`; "instruments" has one logit for each instrument
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        sizes = {**CLASSES, "instruments": len(_LEADS)}
        self.heads = nn.ModuleDict({name: nn.Linear(width, size) for name, size in sizes.items()})

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        return {name: head(features) for name, head in self.heads.items()}


def targets_of(truths: Sequence[Truth]) -> dict[str, Tensor]:
    """Class numbers `(batch,)` of each fact, 0 being "none"; for "instruments" `(batch, instruments)` of 0 and 1."""
    rows = [
        {
            "tempo": _tempo_class(truth.tempo_bpm),
            "tonic": _place(KEYS, truth.key),
            "mode": _place(_MODES, truth.mode),
            "drums": int(truth.has_drums),
            "style": _STYLES.index(truth.style),
            "lead": _place(_LEADS, truth.lead),
        }
        for truth in truths
    ]
    result = {name: torch.tensor([row[name] for row in rows]) for name in CLASSES}
    sounding = [[float(name in truth.instruments) for name in _LEADS] for truth in truths]
    return result | {"instruments": torch.tensor(sounding)}


def facts_loss(logits: dict[str, Tensor], targets: dict[str, Tensor]) -> Tensor:
    """Mean over the facts of cross-entropy in nats; the instruments count as one fact."""
    losses = [F.cross_entropy(logits[name].float(), targets[name]) for name in CLASSES]
    losses.append(10 * F.binary_cross_entropy_with_logits(logits["instruments"].float(), targets["instruments"]))
    return torch.stack(losses).mean()


def hits(logits: dict[str, Tensor], targets: dict[str, Tensor]) -> dict[str, float]:
    """How often each fact is read right; a tempo one class off counts."""
    result = {}
    for name in CLASSES:
        off = (logits[name].argmax(-1) - targets[name]).abs()
        result[name] = float((off <= (1 if name == "tempo" else 0)).float().mean())
    return result


def mean_features(hidden: Tensor, mask: Tensor) -> Tensor:
    """`(batch, tokens, width)` and its mask `(batch, tokens)` -> mean over the real tokens, `(batch, width)`."""
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(1) / weights.sum(1)


def _tempo_class(tempo_bpm: float) -> int:
    if tempo_bpm <= 0:
        return 0
    tempo_bpm = min(max(tempo_bpm, SLOWEST_BPM), FASTEST_BPM)
    return 1 + round(math.log(tempo_bpm / SLOWEST_BPM) / math.log(TEMPO_STEP))


def _place(names: Sequence[str], name: str) -> int:
    return 1 + names.index(name) if name in names else 0

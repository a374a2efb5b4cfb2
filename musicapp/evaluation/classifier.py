"""A small listener: a convolutional network that hears drums, lead, style and energy, taught by real renders.

It is trained once for a work folder, measured on renders that it has not seen, and kept. Its features are also the
space in which sets of music are compared.
"""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.composing.instruments import INSTRUMENTS
from musicapp.composing.styles import STYLES
from musicapp.composing.truth import Truth
from musicapp.evaluation.mel import HOP, log_mel
from musicapp.evaluation.renders import Kept, RenderSet

log = logging.getLogger(__name__)

VERSION = 1  # of the network and its training: another one is trained again
BANDS, WINDOW_S, FEATURES = 64, 5.0, 32
RENDER_S = 12.0  # length of the renders that it learns from
WINDOW = round(WINDOW_S * SAMPLE_RATE / HOP)
FAMILIES = tuple(sorted({instrument.family for instrument in INSTRUMENTS.values()}))
STYLE_NAMES = tuple(sorted(STYLES))
HELD_OUT_SHARE = 0.15
PASSES, BATCH, LEARNING_RATE = 30, 24, 3e-3


Lesson = tuple[Tensor, Truth]


def _levels_of(sound: np.ndarray) -> np.ndarray:
    return log_mel(sound, BANDS).T.half().numpy()


LEVELS = Kept("float16", BANDS, _levels_of)


@dataclass(frozen=True)
class Heard:
    """What the network makes of a piece.

    drums     probability that there are some
    lead      probability of each of `FAMILIES` to carry the tune
    style     probability of each of `STYLE_NAMES`
    energy    0 to 1
    features  `(windows, FEATURES)`, one row for every 2.5 s
    """

    drums: float
    lead: np.ndarray
    style: np.ndarray
    energy: float
    features: np.ndarray

    @property
    def lead_family(self) -> str:
        return FAMILIES[int(self.lead.argmax())]


class Listener(nn.Module):
    """Four strided convolutions over mel bands and time, then mean and loudest over time.

    in   log mel spectra `(batch, bands, frames)`
    out  features `(batch, FEATURES)` and a dictionary of predictions
    """

    def __init__(self) -> None:
        super().__init__()
        widths = (1, 16, 32, 64, 96)
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise(widths):
            layers += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.BatchNorm2d(after), nn.GELU()]
        self.convolutions = nn.Sequential(*layers)
        self.dropout = nn.Dropout(0.2)
        self.project = nn.Linear(2 * 96 * BANDS // 16, FEATURES)
        self.heads = nn.ModuleDict(
            {
                "drums": nn.Linear(FEATURES, 1),
                "lead": nn.Linear(FEATURES, len(FAMILIES)),
                "style": nn.Linear(FEATURES, len(STYLE_NAMES)),
                "energy": nn.Linear(FEATURES, 1),
                "families": nn.Linear(FEATURES, len(FAMILIES)),
            }
        )

    def forward(self, levels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        x = self.convolutions((levels[:, None] + 6) / 3).flatten(1, 2)
        features = torch.tanh(self.project(self.dropout(torch.cat([x.mean(-1), x.amax(-1)], dim=1))))
        return features, {name: head(features) for name, head in self.heads.items()}


class Classifier:
    """The trained network with its own accuracy on renders that it has not seen."""

    def __init__(self, network: Listener, accuracy: dict[str, float]) -> None:
        self._network, self.accuracy = network.eval(), accuracy

    def hear(self, sound: np.ndarray) -> Heard:
        """Listen to `(frames, 2)`."""
        return self.hear_levels(log_mel(sound, BANDS))

    @torch.inference_mode()
    def hear_levels(self, levels: Tensor) -> Heard:
        """Listen to log mel spectra `(bands, columns)` in windows that overlap by half."""
        windows = _windows(levels)
        features, found = self._network(windows)
        return Heard(
            drums=float(found["drums"].sigmoid().mean()),
            lead=found["lead"].softmax(1).mean(0).numpy(),
            style=found["style"].softmax(1).mean(0).numpy(),
            energy=float(found["energy"].sigmoid().mean()),
            features=features.numpy(),
        )


def render_levels(work: Path, name: str, seconds: float, count: int, soundfont: Path | None) -> Iterator[Lesson]:
    """Log mel spectra `(bands, columns)` of a set of renders, with their truths: a thirtieth of the sound's size."""
    for rows, truth in RenderSet(work, name, seconds, soundfont, LEVELS).rows(count):
        yield torch.from_numpy(rows.astype(np.float32).T), truth


def open_classifier(work: Path, pieces: int, soundfont: Path | None) -> Classifier:
    """The work folder's classifier; it is trained first if there is none for this many pieces and today's styles."""
    path = work / f"classifier-{pieces}.safetensors"
    about = path.with_suffix(".json")
    kind = {"version": VERSION, "styles": list(STYLE_NAMES), "families": list(FAMILIES)}
    torch.manual_seed(0)
    network = Listener()
    if about.exists() and (stored := json.loads(about.read_text())).get("kind") == kind:
        network.load_state_dict(load_file(path))
        return Classifier(network, stored["accuracy"])
    lessons = list(render_levels(work, "classifier", RENDER_S, pieces, soundfont))
    split = round(pieces * (1 - HELD_OUT_SHARE))
    log.info("teaching the classifier by %d renders", split)
    teach(network, lessons[:split])
    accuracy = measure(Classifier(network, {}), lessons[split:])
    log.info("the classifier on renders that it has not seen: %s", accuracy)
    save_file(network.state_dict(), path)
    about.write_text(json.dumps({"kind": kind, "accuracy": accuracy}))
    return Classifier(network, accuracy)


def teach(network: Listener, pieces: Sequence[Lesson], *, passes: int = PASSES) -> None:
    """Train on random windows of log mel spectra at random levels."""
    generator = torch.Generator().manual_seed(0)
    wanted = _targets([truth for _, truth in pieces])
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=0.02)
    steps = passes * -(-len(pieces) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps)
    network.train()
    for _ in range(passes):
        for chosen in torch.randperm(len(pieces), generator=generator).split(BATCH):
            batch = torch.stack([_crop(pieces[number][0], generator) for number in chosen.tolist()])
            loss = _loss(network(batch)[1], {name: values[chosen] for name, values in wanted.items()})
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    network.eval()


def measure(classifier: Classifier, lessons: Iterable[Lesson]) -> dict[str, float]:
    """Shares of right answers on these renders, and the mean error of the energy."""
    pairs = [(classifier.hear_levels(levels), truth) for levels, truth in lessons]
    right = {
        "drums": [(heard.drums > 0.5) == truth.has_drums for heard, truth in pairs],
        "lead": [heard.lead_family == INSTRUMENTS[truth.lead].family for heard, truth in pairs],
        "style": [STYLE_NAMES[int(heard.style.argmax())] == truth.style for heard, truth in pairs],
    }
    error = np.mean([abs(heard.energy - truth.energy) for heard, truth in pairs])
    return {name: round(float(np.mean(hits)), 3) for name, hits in right.items()} | {
        "energy_error": round(float(error), 3),
        "renders": len(pairs),
    }


def _loss(found: dict[str, Tensor], wanted: dict[str, Tensor]) -> Tensor:
    binary = F.binary_cross_entropy_with_logits
    return (
        binary(found["drums"][:, 0], wanted["drums"])
        + F.cross_entropy(found["lead"], wanted["lead"], label_smoothing=0.05)
        + F.cross_entropy(found["style"], wanted["style"], label_smoothing=0.05)
        + 4 * (found["energy"][:, 0].sigmoid() - wanted["energy"]).square().mean()
        + binary(found["families"], wanted["families"])
    )


def _targets(truths: Sequence[Truth]) -> dict[str, Tensor]:
    sounding = [{INSTRUMENTS[name].family for name in truth.instruments} for truth in truths]
    return {
        "drums": torch.tensor([float(truth.has_drums) for truth in truths]),
        "lead": torch.tensor([FAMILIES.index(INSTRUMENTS[truth.lead].family) for truth in truths]),
        "style": torch.tensor([STYLE_NAMES.index(truth.style) for truth in truths]),
        "energy": torch.tensor([truth.energy for truth in truths]),
        "families": torch.tensor([[float(family in names) for family in FAMILIES] for names in sounding]),
    }


def _crop(levels: Tensor, generator: torch.Generator) -> Tensor:
    room = levels.shape[1] - WINDOW
    first = int(torch.randint(max(room, 0) + 1, (1,), generator=generator))
    gain = float(torch.rand(1, generator=generator)) * 1.4 - 0.7  # about 6 dB up or down
    part = levels[:, first : first + WINDOW] + gain
    return F.pad(part, (0, WINDOW - part.shape[1]), value=-11.5)  # silence


def _windows(levels: Tensor) -> Tensor:
    if levels.shape[1] <= WINDOW:
        return F.pad(levels, (0, WINDOW - levels.shape[1]), value=-11.5)[None]
    return levels.unfold(1, WINDOW, WINDOW // 2).transpose(0, 1)

"""Whether the model copies: the nearest passage of the training music to each take, beside that to new renders.

Nearest in mel spectra, and where the training's latents lie beside its audio in the autoencoder's latents too, which is
where the transformer would have learnt by heart. Where the text stage's audio tower lies there as well, nearest in its
embeddings; with a CLAP of the user's in that one's, as the paper does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.engine.encode import encode
from musicapp.evaluation.bench import Bench
from musicapp.evaluation.clap import Clap
from musicapp.evaluation.mel import HOP, log_mel
from musicapp.evaluation.report import Player, Result, Table, number
from musicapp.nn.audio_tower import AudioTower, load_audio_tower
from musicapp.training.dataset import Shards
from musicapp.training.latents import SILENT_TAIL

log = logging.getLogger(__name__)

PASSAGE_S, BANDS = 4.0, 24
COPY = 0.95  # likeness from which a passage counts as copied
MOST_TRAINING_PIECES = 3000
PLAYED = 3
_CHUNK = 256
LATENT_PASSAGE, LATENT_HOP = 86, 20  # latents of a passage of 4 s, and between two of a take; a quarter in training
AUDIO_TOWER = Path("text", "audio_tower.safetensors")  # of the text stage, in the training's work folder
CLAP_S = 10.0  # that CLAP hears at once
EMBEDDED, EMBEDDED_HOP = 129, 32  # latents of the 6 s that the audio tower was taught with, and between two
SAME_CODER = 0.9  # correlation from which training's latents are those of the model's autoencoder


@dataclass(frozen=True)
class Nearest:
    """The passage of the training music that is most like one of a piece."""

    likeness: float
    piece: int
    first_s: float


def measure(bench: Bench) -> Result:
    """Likeness of the nearest training passage, for generated music and for renders that the model cannot know."""
    folder = bench.options.training
    if folder is None:
        return Result({}, notes=("Not measured: no folder with the training music was given (--training).",))
    shards = Shards([folder])
    sounds = [take.sound() for take in bench.generated]
    passages = [_passages(sound, 1.0) for sound in sounds]
    others = [_passages(render.sound, 1.0) for render in bench.held_out]
    found = nearest(shards, [*passages, *others])
    made, rendered = found[: len(passages)], found[len(passages) :]
    beside = _latents_beside(bench, folder)
    values: dict[str, Any] = {
        "generated": _summary(made),
        "new_renders": _summary(rendered),
        "training_pieces": min(len(shards), MOST_TRAINING_PIECES),
        "pieces": len(made),
    }
    groups = [sounds, [render.sound for render in bench.held_out]]
    if beside is not None:
        latents = [[_latents_of(bench, sound) for sound in each] for each in groups]
        values |= {"latents": _among(beside, latents, _latent_passages, LATENT_HOP, _training_latents)}
        values |= _in_embeddings(folder.parent / AUDIO_TOWER, beside, latents)
    if bench.options.clap is not None:
        values |= {"clap": _in_clap(Clap(bench.options.clap), shards, groups)}
    rows = tuple(
        (name, number(values["generated"][key], 3), number(values["new_renders"][key], 3))
        for name, key in (
            ("likeness of the nearest passage, median", "median"),
            ("likeness of the nearest passage, largest", "largest"),
            ("pieces with a copied passage", "copies"),
        )
    )
    return Result(
        values,
        table=Table(("measure", "generated", "new renders"), rows),
        players=tuple(_players(bench, shards, made)),
        notes=(
            f"Passages of {PASSAGE_S:g} s against every quarter of a second of {values['training_pieces']} training "
            f"pieces: correlation of mel spectra, {COPY} and more counts as a copy.",
        ),
    )


def _latents_beside(bench: Bench, folder: Path) -> Shards | None:
    """The training's latents; None where they do not lie beside its audio or are of another autoencoder."""
    beside = folder.parent / "latents"
    if not any(beside.rglob("format.json")):
        return None
    shards, model = Shards([beside]), bench.takes.model
    audio = Shards([folder])
    if len(shards) != len(audio) or shards.width != model.autoencoder.latent_dim:
        return None
    known = torch.from_numpy(shards.read(0).astype(np.float32))
    again = _latents_of(bench, audio.read(0).astype(np.float32) / 32767)
    count = min(len(known), len(again))
    alike = float(torch.corrcoef(torch.stack([known[:count].flatten(), again[:count].flatten()]))[0, 1])
    return shards if alike >= SAME_CODER else None


def _among(
    shards: Shards,
    latents: Sequence[Sequence[torch.Tensor]],
    passages_of: Callable[[torch.Tensor, int], torch.Tensor],
    hop: int,
    training_passages: Callable[[np.ndarray], torch.Tensor],
) -> dict[str, Any]:
    """The nearest of the training to takes and to new renders, both given as latents `(count, channels)`."""
    passages = [[passages_of(each, hop) for each in group] for group in latents]
    return _told(nearest(shards, [*passages[0], *passages[1]], training_passages), len(passages[0]))


def _told(found: Sequence[Nearest], count: int) -> dict[str, Any]:
    """Figures of what is nearest to the takes, the first `count`, and to the new renders behind them."""
    made, rendered = found[:count], found[count:]
    nearest_new = max(each.likeness for each in rendered)
    return {
        "generated": _summary(made),
        "new_renders": _summary(rendered),
        "beyond": sum(each.likeness > nearest_new for each in made),
    }


def _in_embeddings(path: Path, shards: Shards, latents: Sequence[Sequence[torch.Tensor]]) -> dict[str, Any]:
    """The same among the audio tower's embeddings; nothing where there is no tower for these latents."""
    if not path.is_file():
        return {}
    tower = load_audio_tower(path)
    if tower.project_in.in_features != shards.width:
        return {}

    def training(rows: np.ndarray) -> torch.Tensor:
        return _embeddings(tower, torch.from_numpy(rows[: len(rows) - SILENT_TAIL].astype(np.float32)), EMBEDDED_HOP)

    return {"embeddings": _among(shards, latents, partial(_embeddings, tower), EMBEDDED_HOP, training)}


@torch.inference_mode()
def _embeddings(tower: AudioTower, latents: torch.Tensor, hop: int) -> torch.Tensor:
    """Embeddings of passages, of length 1: `(passages, projection)`."""
    if len(latents) < EMBEDDED:
        return torch.zeros(0, tower.project_out.out_features)
    found = [tower(part) for part in latents.unfold(0, EMBEDDED, hop).split(_CHUNK)]
    return torch.nn.functional.normalize(torch.cat(found), dim=1)


def _in_clap(judge: Clap, shards: Shards, groups: Sequence[Sequence[np.ndarray]]) -> dict[str, Any]:
    """The same among CLAP's embeddings of 10 s, given takes and new renders as sound."""

    def training(rows: np.ndarray) -> torch.Tensor:
        return _heard_by(judge, rows.astype(np.float32) / 32767)

    heard = [_heard_by(judge, sound) for group in groups for sound in group]
    return _told(nearest(shards, heard, training), len(groups[0]))


def _heard_by(judge: Clap, sound: np.ndarray) -> torch.Tensor:
    """CLAP's embeddings of every 10 s and of what is left behind them, where that is half of it or all."""
    size = round(CLAP_S * SAMPLE_RATE)
    firsts = [first for first in range(0, len(sound), size) if not first or len(sound) - first >= size // 2]
    return judge.sounds([sound[first : first + size] for first in firsts])


def _latents_of(bench: Bench, sound: np.ndarray) -> torch.Tensor:
    """`(count, channels)` as training keeps them, unscaled."""
    model = bench.takes.model
    return encode(model.autoencoder, sound)[0].T.cpu().float() * model.autoencoder.scale


def _training_latents(rows: np.ndarray) -> torch.Tensor:
    return _latent_passages(torch.from_numpy(rows[: len(rows) - SILENT_TAIL].astype(np.float32)), LATENT_HOP // 4)


def _latent_passages(latents: torch.Tensor, hop: int) -> torch.Tensor:
    """Passages of latents, neighbours joined, each with mean 0 over time and length 1: `(passages, values)`."""
    if len(latents) < LATENT_PASSAGE:
        return torch.zeros(0, LATENT_PASSAGE // 2 * latents.shape[1])
    cut = latents.unfold(0, LATENT_PASSAGE, hop)  # (passages, channels, LATENT_PASSAGE)
    joined = cut.unflatten(2, (-1, 2)).mean(dim=3)
    flat = (joined - joined.mean(dim=2, keepdim=True)).flatten(1)
    return flat / flat.norm(dim=1, keepdim=True).clamp(min=1.0)


def _training_mel(rows: np.ndarray) -> torch.Tensor:
    return _passages(rows.astype(np.float32) / 32767, 0.25)


def nearest(
    shards: Shards,
    pieces: Sequence[torch.Tensor],
    passages_of: Callable[[np.ndarray], torch.Tensor] = _training_mel,
) -> list[Nearest]:
    """For each piece, given as `(passages, values)`, the nearest passage of the first training pieces.

    passages_of  the passages of a training piece's rows, one for every quarter of a second
    """
    wanted = torch.cat(list(pieces))
    owner = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    best = np.full(len(pieces), -1.0)
    where = np.zeros((len(pieces), 2))
    for number_ in range(min(len(shards), MOST_TRAINING_PIECES)):
        known = passages_of(shards.read(number_))
        for first in range(0, len(known), _CHUNK):
            likeness, place = (wanted @ known[first : first + _CHUNK].T).max(dim=1)
            for row in np.flatnonzero(likeness.numpy() > best[owner]):
                if likeness[row] > best[owner[row]]:
                    best[owner[row]] = float(likeness[row])
                    where[owner[row]] = number_, (first + int(place[row])) * 0.25
    return [Nearest(round(float(b), 4), int(w[0]), float(w[1])) for b, w in zip(best, where, strict=True)]


def _passages(sound: np.ndarray, every_s: float) -> torch.Tensor:
    """Mel spectra of passages, each with mean 0 and length 1: `(passages, bands * columns)`. Silence gives zeros."""
    levels = torch.clamp(log_mel(sound, BANDS), min=-9)
    size, hop = round(PASSAGE_S * SAMPLE_RATE / HOP), every_s * SAMPLE_RATE / HOP
    if levels.shape[1] < size:
        return torch.zeros(0, BANDS * size)
    firsts = np.arange(0, levels.shape[1] - size + 1, hop).round().astype(int)
    cut = torch.stack([levels[:, first : first + size] for first in firsts if first + size <= levels.shape[1]])
    cut = (cut - cut.mean(dim=2, keepdim=True)).flatten(1)
    return cut / cut.norm(dim=1, keepdim=True).clamp(min=1.0)


def _summary(found: Sequence[Nearest]) -> dict[str, float]:
    likeness = [each.likeness for each in found]
    return {
        "median": round(float(np.median(likeness)), 3),
        "largest": round(max(likeness), 3),
        "copies": sum(value >= COPY for value in likeness),
    }


def _players(bench: Bench, shards: Shards, made: Sequence[Nearest]) -> list[Player]:
    """The takes with the most similar training passages, each beside its passage."""
    players = []
    for index in np.argsort([-each.likeness for each in made])[:PLAYED]:
        each = made[index]
        first = round(each.first_s * SAMPLE_RATE)
        passage = shards.read(each.piece, first, round(PASSAGE_S * SAMPLE_RATE)).astype(np.float32) / 32767
        players.append(bench.player(bench.generated[index]))
        name = f"memory-{Path(bench.generated[index].path).stem}"
        players.append(bench.player_of(passage, name, f"nearest training passage, likeness {each.likeness:.3f}"))
    return players

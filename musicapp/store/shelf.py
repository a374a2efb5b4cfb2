"""All models in one list: what is here, what is half fetched, and what could be fetched."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from musicapp import paths
from musicapp.checkpoints import catalogue
from musicapp.checkpoints.config import read_config
from musicapp.errors import CheckpointError
from musicapp.store import check, sources
from musicapp.store.known import BY_KEY, KNOWN, Known
from musicapp.store.sizes import folder_bytes

HERE, UNFINISHED, KNOWN_ONLY = "here", "unfinished", "known"


@dataclass(frozen=True)
class Item:
    """A model or text encoder, wherever it is.

    state           HERE, UNFINISHED (a part has arrived) or KNOWN_ONLY
    size_bytes      on disk if it is here, else of the whole download
    arrived_bytes   of an unfinished download
    known           what is known of it, if it is one of the public ones
    needs           key of the text encoder that it needs beside it, "" for none or when its folder has it
    source          where it was downloaded from
    """

    key: str
    name: str
    state: str
    size_bytes: int
    licence: str
    max_duration_s: float = 0.0
    folder: Path | None = None
    ships: bool = False
    arrived_bytes: int = 0
    known: Known | None = None
    needs: str = ""
    source: sources.Source | None = None
    problem: str = ""

    @property
    def is_text_encoder(self) -> bool:
        return self.max_duration_s == 0 and not self.problem


@dataclass(frozen=True)
class DiskUse:
    """What the user's models take, what is free beside them, and where."""

    folder: Path
    used_bytes: int
    free_bytes: int


def list_items() -> list[Item]:
    """Everything: what is here first, then downloads that were begun, then what is known."""
    models = paths.user_models_folder()
    here = [_model_here(entry) for entry in catalogue.list_models()]
    here += [_encoder_here(folder) for folder in _encoder_folders(models)]
    keys = {item.key for item in here}
    others = [_not_here(known, models) for known in KNOWN if known.key not in keys]
    others.sort(key=lambda item: item.state != UNFINISHED)
    return here + others


def find(key: str) -> Item | None:
    """The item of this name."""
    return next((item for item in list_items() if item.key == key), None)


def missing_encoder(key: str) -> Known | None:
    """The text encoder that a known model needs and that is not here."""
    known = BY_KEY.get(key)
    if known is None or not known.needs:
        return None
    models = paths.user_models_folder()
    has_own = (models / key / known.needs).is_dir() or (models / key / "text_encoder").is_dir()
    return None if has_own or (models / known.needs).is_dir() else BY_KEY[known.needs]


def users_of(encoder: str) -> list[str]:
    """The models here that need this text encoder."""
    return [item.key for item in list_items() if item.state == HERE and item.needs == encoder]


def disk_use() -> DiskUse:
    """Read from the disk."""
    models = paths.user_models_folder()
    near = next(folder for folder in (models, *models.parents) if folder.is_dir())
    return DiskUse(models, folder_bytes(models), shutil.disk_usage(near).free)


def weights_bytes(known: Known) -> tuple[int, int]:
    """What a known model's weights take in memory with its text encoder: in 16 and in 32 bits.

    The published models are stored in 32 bits; text encoders run in 32 bits always, and of T5 and T5Gemma only the
    encoder's half is loaded.
    """
    encoder = {"t5-base": 440_000_000, "t5gemma-b-b-ul2": 1_080_000_000}.get(known.needs, 0)
    return known.size_bytes // 2 + encoder, known.size_bytes + encoder


def _model_here(entry: catalogue.ModelEntry) -> Item:
    known, ships = BY_KEY.get(entry.key), paths.bundled_models_folder() in entry.folder.parents
    problem, longest_s, licence = "", 0.0, ""
    try:
        config = read_config(entry.folder)
        longest_s, licence = config.max_duration_s, config.app.licence
    except CheckpointError as error:
        problem = error.message
    source = sources.read(entry.folder)
    is_plain = entry.name == entry.key or source is not None  # a description that does not name the model
    return Item(
        key=entry.key,
        name=known.name if known is not None and is_plain else entry.name,
        state=HERE,
        size_bytes=folder_bytes(entry.folder),
        licence=licence or (source.licence if source else known.licence if known else ""),
        max_duration_s=longest_s,
        folder=entry.folder,
        ships=ships,
        known=known,
        needs=known.needs if known and not _has_encoder(entry.folder) else "",
        source=source,
        problem=problem,
    )


def _encoder_folders(models: Path) -> list[Path]:
    folders = sorted(models.iterdir()) if models.is_dir() else []
    return [f for f in folders if f.is_dir() and f.name[0] != "." and check.kind_of(f) == "text encoder"]


def _encoder_here(folder: Path) -> Item:
    known, source = BY_KEY.get(folder.name), sources.read(folder)
    return Item(
        key=folder.name,
        name=known.name if known else folder.name,
        state=HERE,
        size_bytes=folder_bytes(folder),
        licence=known.licence if known else "",
        folder=folder,
        known=known,
        source=source,
    )


def _not_here(known: Known, models: Path) -> Item:
    place = models / sources.UNFINISHED / known.key
    source = sources.read(place)
    size = sum(file.size_bytes for file in source.files) if source else known.size_bytes
    return Item(
        key=known.key,
        name=known.name,
        state=UNFINISHED if source else KNOWN_ONLY,
        size_bytes=size,
        licence=known.licence,
        max_duration_s=known.max_duration_s,
        arrived_bytes=sources.arrived_bytes(place, source.files) if source else 0,
        known=known,
        needs=known.needs,
        source=source,
    )


def _has_encoder(folder: Path) -> bool:
    try:
        return any(path.is_dir() and check.kind_of(path) == "text encoder" for path in folder.iterdir())
    except OSError:  # it has just gone
        return False

"""All models in one list: what is here, what is half fetched, and what could be fetched."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from musicapp import paths
from musicapp.description import catalogue
from musicapp.description.config import read_config
from musicapp.description.configs import T5Config, T5GemmaConfig
from musicapp.errors import CheckpointError
from musicapp.store import check, folders, sources
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


def at(folder: Path) -> Item:
    """The model or text encoder of a folder that is in no list. Raises CheckpointError when it is neither."""
    if check.kind_of(folder) == "text encoder":
        return _encoder_here(folder)
    catalogue.max_duration_s(folder)
    return _model_here(catalogue.ModelEntry(folder.name, catalogue.name_of(folder), folder))


def encoder_is_here(item: Item) -> bool:
    """Whether the text encoder that a model needs lies where the model will find it."""
    around = [] if item.folder is None else [item.folder, item.folder.parent]
    roots = (*around, paths.user_models_folder(), paths.bundled_models_folder())
    return any((root / item.needs).is_dir() for root in roots)


def missing_encoder(key: str) -> Known | None:
    """The text encoder that a model needs, here or to be had, and that is not here."""
    models = paths.user_models_folder()
    needs = _needs_of(models / key) if (models / key).is_dir() else BY_KEY[key].needs if key in BY_KEY else ""
    return BY_KEY[needs] if needs and not (models / needs).is_dir() else None


def users_of(encoder: str) -> list[str]:
    """The models here that need this text encoder."""
    return [item.key for item in list_items() if item.state == HERE and item.needs == encoder]


def disk_use() -> DiskUse:
    """Read from the disk."""
    models = paths.user_models_folder()
    near = next(folder for folder in (models, *models.parents) if folder.is_dir())
    return DiskUse(models, folders.used_bytes(models), shutil.disk_usage(near).free)


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
        needs=_needs_of(entry.folder),
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


def _needs_of(folder: Path) -> str:
    """The text encoder that a model's description names, if it is a known one and not in the folder itself."""
    try:
        if any(path.is_dir() and check.kind_of(path) == "text encoder" for path in folder.iterdir()):
            return ""
        entries = [entry.config for entry in read_config(folder).conditioning.entries]
    except (OSError, CheckpointError):  # it has just gone, or is no model that can be used
        return ""
    names = [Path(config.t5_model_name).name for config in entries if isinstance(config, T5Config)]
    names += ["t5gemma-b-b-ul2" for config in entries if isinstance(config, T5GemmaConfig)]
    return next((name for name in names if name in BY_KEY), "")

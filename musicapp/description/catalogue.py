"""Which models there are: those that ship with the app, then the user's own. No torch here."""

from __future__ import annotations

import difflib
import logging
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from musicapp import paths
from musicapp.description.config import (
    AutoencoderAlone,
    is_autoencoder_alone,
    is_model,
    read_autoencoder_alone,
    read_config,
    read_description,
)
from musicapp.description.configs import TimelineConfig
from musicapp.errors import CheckpointError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelEntry:
    """A model to choose. `key` is what a request says, `name` what people read."""

    key: str
    name: str
    folder: Path


def list_models() -> list[ModelEntry]:
    """All models by name, bundled ones first; folders whose description cannot be read are left out and logged.

    Models of the user's whose descriptions have the same name, such as two states of one training, have their folder's
    name behind it.
    """
    found: dict[str, ModelEntry] = {}
    for root in _roots():
        for folder in _folders_in(root):
            if folder.name not in found and is_model(folder):
                try:
                    found[folder.name] = ModelEntry(folder.name, name_of(folder), folder)
                except CheckpointError as error:
                    log.warning("model folder %s left out: %s", folder, error.message)
    named = Counter(entry.name for entry in found.values())
    return [
        replace(entry, name=f"{entry.name} ({entry.key})")
        if named[entry.name] > 1 and entry.folder.parent != paths.bundled_models_folder()
        else entry
        for entry in found.values()
    ]


def _folders_in(root: Path) -> list[Path]:
    """The folders of a folder; one that cannot be read holds none, so that the other models are still there."""
    try:
        return sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    except OSError as error:
        log.warning("models in %s left out: %s", root, error)
        return []


def find_model(key: str) -> Path:
    """The folder for a name of `list_models`, or for a path. Raises CheckpointError with the nearest name."""
    try:
        for root in _roots():
            if key and Path(key).name == key and is_model(root / key):
                return root / key
        folder = Path(key).expanduser()
        if key and folder.is_dir():
            return folder
    except (OSError, RuntimeError, ValueError):  # too long, a null character, an unknown home
        log.info("“%s” cannot be a path", key[:80])
    names = [entry.key for entry in list_models()]
    near = difflib.get_close_matches(key, names, n=1)
    shown = f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(names)}." if names else ""
    raise CheckpointError(
        f"There is no model “{key[:80]}”.", hint=f"{shown} A path to a model folder works too.".strip()
    )


def max_duration_s(folder: Path) -> float:
    """The longest take that the model of a folder makes, in seconds. Raises CheckpointError."""
    return read_config(folder).max_duration_s


def follows_facts(folder: Path) -> bool:
    """Whether the model of a folder is told what `prompts.facts` reads out of a prompt. Raises CheckpointError."""
    config = read_config(folder)
    timelines = {entry.id for entry in config.conditioning.entries if isinstance(entry.config, TimelineConfig)}
    return not timelines.isdisjoint(config.diffusion.input_concat_ids)  # masks of gaps may be there as well


def name_of(folder: Path) -> str:
    """What people call the model of a folder. Raises CheckpointError."""
    section = read_description(folder).get("musicapp")
    name = section.get("name") if isinstance(section, dict) else None
    return name if isinstance(name, str) and name else folder.name


def autoencoder_alone(folder: Path) -> AutoencoderAlone | None:
    """What a folder with an autoencoder and nothing else holds; None for any other. Raises CheckpointError."""
    return read_autoencoder_alone(folder) if is_autoencoder_alone(folder) else None


def _roots() -> tuple[Path, Path]:
    return paths.bundled_models_folder(), paths.user_models_folder()

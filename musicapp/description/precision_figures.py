"""What each precision of a model costs and changes, kept beside its weights. No torch here.

{"version": 1,
 "files": {"model.safetensors": {"size_bytes": 4853, "changed_ns": 17, "sha256": "..."}},
 "precisions": {"int8": {"weights_bytes": 1700, "signal_db": 21.3, "mel": 0.4}}}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from musicapp import paths
from musicapp.description.plain_files import open_plain
from musicapp.description.sections import read_json
from musicapp.errors import CheckpointError

NAME = "musicapp-precisions.json"
VERSION = 1


@dataclass(frozen=True)
class Figures:
    """One precision against full precision, on the same prompts and seeds.

    weights_bytes  memory of all weights, the text encoder's too
    signal_db      latents of full precision over what differs from them, averaged; None where nothing differs
    mel            distance of the audio's mel spectra, averaged
    """

    precision: str
    weights_bytes: int
    signal_db: float | None
    mel: float


def read(folder: Path) -> list[Figures]:
    """What was measured on the weights that are in the folder now; nothing if never, or on others."""
    try:
        values = read_json(folder / NAME)
        if values["version"] != VERSION or not all(_is_same(folder, n, v) for n, v in values["files"].items()):
            return []
        return [_figures(precision, entry) for precision, entry in values["precisions"].items()]
    except (CheckpointError, OSError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        return []


def write(folder: Path, files: Iterable[Path], figures: Iterable[Figures]) -> None:
    """Keep the figures of the weights in `files`, all inside the folder. Raises OSError."""
    values = {
        "version": VERSION,
        "files": {str(file.relative_to(folder).as_posix()): _identity(file) for file in files},
        "precisions": {each.precision: {k: v for k, v in asdict(each).items() if k != "precision"} for each in figures},
    }
    paths.replace_file(folder / NAME, (json.dumps(values, indent=1) + "\n").encode())


def _figures(precision: str, entry: dict[str, Any]) -> Figures:
    signal_db = None if entry["signal_db"] is None else float(entry["signal_db"])
    return Figures(str(precision), int(entry["weights_bytes"]), signal_db, float(entry["mel"]))


def _identity(file: Path) -> dict[str, object]:
    return {
        "size_bytes": file.stat().st_size,
        "changed_ns": file.stat().st_mtime_ns,
        "sha256": _digest_of(file),
    }


def _is_same(folder: Path, name: str, known: dict[str, object]) -> bool:
    """By size and time; a file of the same size with another time, a copied one, is read."""
    file = folder / name
    if ".." in Path(name).parts or not file.is_relative_to(folder) or file.stat().st_size != known["size_bytes"]:
        return False
    return file.stat().st_mtime_ns == known["changed_ns"] or _digest_of(file) == known["sha256"]


def _digest_of(file: Path) -> str:
    with open_plain(file) as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

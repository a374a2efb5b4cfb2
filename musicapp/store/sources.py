"""Where a folder was downloaded from: a record that is written before the first byte and stays with the model."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from musicapp import paths
from musicapp.description.config import read_json
from musicapp.errors import CheckpointError
from musicapp.store.hub import RemoteFile

UNFINISHED = ".downloads"
RECORD = "musicapp-source.json"
RECORD_VERSION = 1
PART = ".part"


@dataclass(frozen=True)
class Source:
    """Where a folder came from: kept beside the model as musicapp-source.json."""

    repository: str
    commit: str
    licence: str
    files: tuple[RemoteFile, ...]


def read(folder: Path) -> Source | None:
    """Where a folder was downloaded from, also one that is not complete; None for others."""
    try:
        values = read_json(folder / RECORD)
        files = tuple(RemoteFile(str(f["name"]), int(f["size_bytes"]), str(f["checksum"])) for f in values["files"])
        if any(file.size_bytes < 0 for file in files):
            return None
        return Source(str(values["repository"]), str(values["commit"]), str(values["licence"]), files)
    except (CheckpointError, ValueError, TypeError, KeyError, ArithmeticError):
        return None


def arrived_bytes(place: Path, files: tuple[RemoteFile, ...]) -> int:
    """How much of these files lies in a download folder."""
    return sum(_size_of(place, file) for file in files)


def write(folder: Path, key: str, source: Source) -> None:
    """Keep the record, all or nothing. Raises OSError."""
    text = json.dumps({"version": RECORD_VERSION, "key": key, **asdict(source)}, indent=2)
    paths.replace_file(folder / RECORD, text.encode())


def _size_of(place: Path, file: RemoteFile) -> int:
    for path in (place / file.name, place / f"{file.name}{PART}"):
        try:
            return min(path.stat().st_size, file.size_bytes)
        except OSError:
            continue
    return 0

"""Checkpoints that travel in pieces: files of a bounded size with a list that says how each must look."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from musicapp.errors import CheckpointError

LIST_NAME, FORMAT_VERSION = "pieces.json", 1
PIECE_BYTES = 15 << 20


def pack(file: Path, folder: Path, *, piece_bytes: int = PIECE_BYTES) -> int:
    """Cut a file into pieces in a folder; gives their number. The list comes last: without it nothing is whole.

    Raises CheckpointError: no such file, or a folder in use.
    """
    if not file.is_file():
        raise CheckpointError(f"There is no file {file}.", hint="Give the checkpoint.pt of a stage.")
    if folder.exists() and any(folder.iterdir()):
        raise CheckpointError(f"{folder} is not empty.", hint="Choose a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    pieces: list[dict[str, str | int]] = []
    whole = hashlib.sha256()
    with file.open("rb") as source:
        while block := source.read(piece_bytes):
            name = f"piece-{len(pieces):04d}"
            (folder / name).write_bytes(block)
            whole.update(block)
            pieces.append({"name": name, "bytes": len(block), "sha256": hashlib.sha256(block).hexdigest()})
    values = {"version": FORMAT_VERSION, "name": file.name, "sha256": whole.hexdigest(), "pieces": pieces}
    beside = folder / f"{LIST_NAME}.new"
    beside.write_text(json.dumps(values, indent=1) + "\n")
    beside.replace(folder / LIST_NAME)
    return len(pieces)


def unpack(folder: Path, target: Path) -> Path:
    """Join the pieces of a folder into a file of the old name under `target`; gives the file.

    It appears only when every piece and the whole have the right checksums, and replaces one of the same name.
    Raises CheckpointError naming the piece that is missing or damaged.
    """
    name, sha256, pieces = _read_list(folder)
    target.mkdir(parents=True, exist_ok=True)
    beside = target / f"{name}.new"
    whole = hashlib.sha256()
    try:
        with beside.open("wb") as file:
            for block in _checked(folder, pieces):
                whole.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        if whole.hexdigest() != sha256:
            raise CheckpointError(f"The pieces in {folder} do not make the file.", hint="Copy all of them again.")
        beside.replace(target / name)
    finally:
        beside.unlink(missing_ok=True)
    return target / name


def _read_list(folder: Path) -> tuple[str, str, list[tuple[str, int, str]]]:
    try:
        values = json.loads((folder / LIST_NAME).read_text())
        name, sha256 = values["name"], values["sha256"]
        pieces = [(piece["name"], piece["bytes"], piece["sha256"]) for piece in values["pieces"]]
        is_ours = values["version"] == FORMAT_VERSION and all(re.fullmatch(r"piece-\d{4,}", p[0]) for p in pieces)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise CheckpointError(f"There is no list of pieces in {folder}.", hint=f"Copy its {LIST_NAME}.") from error
    if not is_ours or not re.fullmatch(r"[\w][\w.-]*", name):  # a name must not lead out of the target
        raise CheckpointError(f"The list of pieces in {folder} is damaged.", hint=f"Copy its {LIST_NAME} again.")
    return name, sha256, pieces


def _checked(folder: Path, pieces: list[tuple[str, int, str]]) -> Iterator[bytes]:
    for name, size, sha256 in pieces:
        path = folder / name
        if not path.is_file():
            raise CheckpointError(f"{name} is missing in {folder}.", hint="Copy it.")
        if path.stat().st_size != size:
            raise CheckpointError(f"{name} has not its size.", hint="Copy it again.")
        block = path.read_bytes()
        if hashlib.sha256(block).hexdigest() != sha256:
            raise CheckpointError(f"{name} is damaged.", hint="Copy it again.")
        yield block

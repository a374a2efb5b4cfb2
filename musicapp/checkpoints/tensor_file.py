"""An open safetensors file whose weights are read one by one, never mapped.

A mapped file that another program shortens kills the process at the next touch (SIGBUS), and one that is written
over changes a running model. Reading costs a copy, about half a second for every GB; a change is noticed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from musicapp.description.header import FORMATS_HINT, Entry, damaged, read_header
from musicapp.errors import CheckpointError

DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
EIGHT_BITS = {  # read as float32: nothing can be computed in them
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "F8_E4M3FNUZ": torch.float8_e4m3fnuz,
    "F8_E5M2FNUZ": torch.float8_e5m2fnuz,
}


class TensorFile:
    """Weights by name. `file` must be open for reading, unbuffered; `path` is for messages. Raises CheckpointError."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        if sys.byteorder != "little":
            raise CheckpointError("This machine orders bytes unlike the files of models.", hint="Use another machine.")
        self._file, self._path = file, path
        self._identity = _identity(file)
        self._header = read_header(file, path)

    def keys(self) -> list[str]:
        """Every weight's name."""
        return list(self._header.entries)

    def metadata(self) -> dict[str, str]:
        """What the file says about itself."""
        return self._header.metadata

    def get_slice(self, name: str) -> Entry:
        """Shape and number format of a weight, without reading it."""
        return self._header.entries[name]

    def get_tensor(self, name: str) -> Tensor:
        """A weight, in memory of its own; floats of eight bits become float32.

        Raises CheckpointError when the file has become shorter, or for numbers of a kind that is not read.
        """
        entry = self._entry(name)
        content = torch.empty(entry.end - entry.start, dtype=torch.uint8)
        self._fill(content, entry.start)
        return _numbers(content, entry).reshape(entry.shape)

    def get_rows(self, name: str, rows: Sequence[int]) -> Tensor:
        """Some rows of a weight of two dimensions, and of these only the bytes are read. Raises as `get_tensor`."""
        entry = self._entry(name)
        size = (entry.end - entry.start) // entry.shape[0]
        content = torch.empty(len(rows), size, dtype=torch.uint8)
        for place, row in zip(content, rows, strict=True):
            if not 0 <= row < entry.shape[0]:
                raise IndexError(f"{name} has {entry.shape[0]} rows, not {row}")
            self._fill(place, entry.start + row * size)
        return _numbers(content.flatten(), entry).reshape(len(rows), -1)

    @property
    def seen(self) -> tuple[int, ...]:
        """How the file looked when it was opened; another file under its name, or other content, looks otherwise.

        Without ctime, which a backup moves as well.
        """
        return self._identity[:2]

    def _entry(self, name: str) -> Entry:
        entry = self._header.entries[name]
        if entry.dtype not in DTYPES and entry.dtype not in EIGHT_BITS:
            raise CheckpointError(
                f"{self._path.name} has “{name[:80]}” in a number format that is not read ({entry.dtype}).",
                hint=FORMATS_HINT,
            )
        return entry

    def _fill(self, content: Tensor, start: int) -> None:
        """Bytes of the file from `start` on, as many as there is room for."""
        view, position = content.numpy().data, 0
        try:
            self._file.seek(start)
            while position < len(view):
                count = self._file.readinto(view[position:])  # type: ignore[attr-defined]
                if not count:
                    raise self._changed()
                position += count
        except OSError as error:
            raise damaged(self._path, str(error)) from error

    def refuse_change(self) -> None:
        """Raise when the file was written to since it was opened: its weights may be a mixture."""
        if _identity(self._file) != self._identity:
            raise self._changed()

    def _changed(self) -> CheckpointError:
        return CheckpointError(
            f"{self._path.name} in {self._path.parent} changed while it was read.",
            hint="Wait until the copy or download has finished, then try again.",
        )


def _numbers(content: Tensor, entry: Entry) -> Tensor:
    """The bytes of a weight as its numbers; floats of eight bits become float32."""
    if entry.dtype in EIGHT_BITS:
        return content.view(EIGHT_BITS[entry.dtype]).float()
    return content.view(DTYPES[entry.dtype])


def _identity(file: BinaryIO) -> tuple[int, ...]:
    state = os.fstat(file.fileno())
    # On Windows ctime is when the file was made; elsewhere it moves with every change and nobody can set it back.
    return state.st_size, state.st_mtime_ns, state.st_ctime_ns

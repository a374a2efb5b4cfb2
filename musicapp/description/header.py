"""The header of a safetensors file, checked by arithmetic before a single weight is read. No torch here.

Layout: eight bytes with the header's length, the header (JSON: name -> dtype, shape and [begin, end) behind the
header), then the numbers of all weights without a gap.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from musicapp.description.plain_files import open_plain, parse_json
from musicapp.errors import CheckpointError

MAX_HEADER_BYTES = 8 << 20  # the largest public models need a tenth of it; JSON takes many times its length in memory
MAX_DIMENSIONS = 8
ITEM_BITS = {  # every number format of the standard
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("I8", "U8", "BOOL"), 8),
    **dict.fromkeys(("F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}
FORMATS_HINT = "Get it with weights in float32, float16, bfloat16 or float8."
DAMAGED_HINT = "Get the model again; the copy may not have finished."


@dataclass(frozen=True)
class Entry:
    """One weight in the file; `start` and `end` are bytes from the beginning of the file."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int

    def get_shape(self) -> list[int]:
        """The shape, under the name that safetensors uses."""
        return list(self.shape)

    def get_dtype(self) -> str:
        """The number format, as safetensors calls it."""
        return self.dtype


@dataclass(frozen=True)
class Header:
    """What a file says that it holds."""

    entries: dict[str, Entry]
    metadata: dict[str, str]


def check_file(path: Path) -> Header:
    """The header of a whole file. Raises CheckpointError, also when it is missing."""
    try:
        with open_plain(path) as file:
            return read_header(file, path)
    except OSError as error:
        raise damaged(path, str(error)) from error


def read_header(file: BinaryIO, path: Path) -> Header:
    """The header of an open file; `path` is for messages. Raises CheckpointError and OSError."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= min(MAX_HEADER_BYTES, size - 8):
        raise damaged(path, f"a header of {length} bytes in a file of {size}")
    content = file.read(length)
    try:
        if len(content) < length:
            raise ValueError("the header is cut short")
        return parse_header(content, size)
    except UnknownFormatError as error:
        raise CheckpointError(
            f"{path.name} in {path.parent} is damaged or incomplete, or in a number format that is not known: {error}.",
            hint=FORMATS_HINT,
            detail=str(error),
        ) from error
    except (ValueError, RecursionError) as error:
        raise damaged(path, str(error)) from error


class UnknownFormatError(ValueError):
    """A format of numbers that this version of the standard does not have."""


def parse_header(content: bytes, size: int) -> Header:
    """The header from its JSON, in a file of `size` bytes. Raises ValueError or RecursionError saying what is wrong."""
    values = parse_json(content)
    if not isinstance(values, dict):
        raise ValueError("the header is no object")
    metadata = values.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise ValueError("the metadata are not texts")
    start = 8 + len(content)
    entries = {name: _entry(name, value, start) for name, value in values.items()}
    _refuse_gaps(entries, start, size)
    return Header(entries, metadata)


def damaged(path: Path, detail: str) -> CheckpointError:
    """The error for a file that is not what its kind promises."""
    return CheckpointError(f"{path.name} in {path.parent} is damaged or incomplete.", hint=DAMAGED_HINT, detail=detail)


def _entry(name: str, value: Any, start: int) -> Entry:
    if not isinstance(value, dict) or value.keys() != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"{name[:60]!r} has no dtype, shape and data_offsets")
    dtype, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(dtype, str):
        raise ValueError(f"{name[:60]!r} has no dtype")
    if dtype not in ITEM_BITS:
        raise UnknownFormatError(f"{dtype[:20]} in “{name[:60]}”")
    if not _are_sizes(shape) or len(shape) > MAX_DIMENSIONS:
        raise ValueError(f"{name[:60]!r} has no possible shape")
    if not _are_sizes(offsets) or len(offsets) != 2:
        raise ValueError(f"{name[:60]!r} has no possible offsets")
    if offsets[1] - offsets[0] != math.prod(shape) * ITEM_BITS[dtype] / 8:
        raise ValueError(f"{name[:60]!r} has another size than its shape")
    return Entry(dtype, tuple(shape), start + offsets[0], start + offsets[1])


def _are_sizes(value: Any) -> bool:
    return isinstance(value, list) and all(type(item) is int and 0 <= item < 1 << 48 for item in value)


def _refuse_gaps(entries: dict[str, Entry], start: int, size: int) -> None:
    """The weights must fill the file exactly: no overlap, no hole, nothing behind."""
    position = start
    for name, entry in sorted(entries.items(), key=lambda item: (item[1].start, item[1].end)):
        if entry.start != position:
            raise ValueError(f"{name[:60]!r} does not begin where the weight before it ends")
        position = entry.end
    if position != size:
        raise ValueError(f"the weights end at byte {position}, the file at {size}")

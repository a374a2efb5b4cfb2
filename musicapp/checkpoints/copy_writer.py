"""Writes a model's weights as they run in few bits beside the original, so that the next load only reads them."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from musicapp import paths
from musicapp.checkpoints import keymap
from musicapp.description import copies
from musicapp.description.copies import Original

log = logging.getLogger(__name__)

LEAST_BYTES = 256 << 20  # originals below this are rounded in about a second; a copy would not be worth its place
SPARE_BYTES = 1 << 30  # left free on the disk
ROOM = "Make room there, or move the models folder to a larger disk."
PERMIT = "Make the folder writable for you, or import the model into your models folder."
_CODES = {
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int8: "I8",
    torch.uint8: "U8",
}


def keep_copy(original: Original, state: Mapping[str, Tensor], precision: str) -> str:
    """Write the copy of a state that was just read from the original, unless that is small.

    Returns the reason, for people, when there is none although it would be worth its place; else nothing.
    """
    folder = original.folder
    if sum(size for size, _ in original.seen) < LEAST_BYTES:
        return ""
    if not os.access(folder, os.W_OK):
        return _reason(folder, precision, "the folder cannot be written", advice=PERMIT)
    part = copies.part_of(folder, precision)
    try:
        if paths.free_bytes(folder) < sum(t.nbytes for t in state.values()) + SPARE_BYTES:
            return _reason(folder, precision, "the disk has no room for one", advice=ROOM)
        if (metadata := copies.metadata_for(original, precision)) is None:
            return ""  # the weights are being changed: their next load is another matter
        with part.open("xb") as file:
            copies.claim(file)
            write(file, {keymap.to_published(name): tensor for name, tensor in state.items()}, metadata)
            file.flush()
            os.fsync(file.fileno())
        part.replace(copies.path_of(folder, precision))
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if paths.is_full(error):
            return _reason(folder, precision, "the disk got full", error, advice=ROOM)
        return _reason(folder, precision, error.strerror or "it could not be written", error, advice=PERMIT)
    copies.remove_others(folder, metadata["source"])
    return ""


def _reason(folder: Path, precision: str, why: str, error: OSError | None = None, *, advice: str) -> str:
    log.warning("no copy of %s in %s is kept: %s", folder, precision, error or why)
    return (
        f"Every load takes its time: no {precision} copy of {folder.name} is kept, {why[:1].lower()}{why[1:]}. {advice}"
    )


def write(file: BinaryIO, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """A safetensors file, one tensor after the other: the library's own writer holds all of them twice.

    Wide numbers come first, so that each begins at a multiple of its width.
    """
    ordered = sorted(tensors.items(), key=lambda item: (-item[1].element_size(), item[0]))
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    end = 0
    for name, tensor in ordered:
        start, end = end, end + tensor.nbytes
        header[name] = {"dtype": _CODES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [start, end]}
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    file.write(struct.pack("<Q", len(text)) + text)
    for _, tensor in ordered:
        file.write(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)

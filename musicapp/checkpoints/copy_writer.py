"""Writes a model's weights as they run in few bits beside the original, so that the next load only reads them."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import shutil
import struct
from collections.abc import Mapping
from typing import BinaryIO

import torch
from torch import Tensor

from musicapp.checkpoints import copies, keymap
from musicapp.checkpoints.copies import Original

log = logging.getLogger(__name__)

LEAST_BYTES = 256 << 20  # originals below this are rounded in about a second; a copy would not be worth its place
SPARE_BYTES = 1 << 30  # left free on the disk
_CODES = {
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int8: "I8",
    torch.uint8: "U8",
}


def keep_copy(original: Original, state: Mapping[str, Tensor], precision: str) -> bool:
    """Write the copy of a state that was just read from the original. Without room or permission nothing happens."""
    folder = original.folder
    if sum(size for size, _ in original.seen) < LEAST_BYTES or not os.access(folder, os.W_OK):
        return False
    part = folder / f".{secrets.token_hex(6)}.part"
    try:
        if shutil.disk_usage(folder).free < sum(t.nbytes for t in state.values()) + SPARE_BYTES:
            log.warning("%s has no room for a copy in %s, so every load takes its time", folder, precision)
            return False
        if (metadata := copies.metadata_for(original, precision)) is None:
            return False
        with part.open("xb") as file:
            write(file, {keymap.to_published(name): tensor for name, tensor in state.items()}, metadata)
            file.flush()
            os.fsync(file.fileno())
        part.replace(copies.path_of(folder, precision))
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        log.warning("no copy of %s in %s is kept, so every load takes its time: %s", folder, precision, error)
        return False
    copies.remove_others(folder, metadata["source"])
    return True


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

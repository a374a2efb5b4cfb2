"""What a WAV file says of itself: where its samples lie, in which format, and its tags, wherever they stand.

RIFF, RF64 and BW64 in every format of numbers that editors write: whole numbers of 8 to 32 bits, floats of 32 and 64.
Chunks may come in any order, also behind the samples, with others between them that mean nothing here.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
MAX_BYTES = 2**32 - 1
MAX_HEADER_BYTES = 1 << 20
MAX_CHUNKS = 1000
SAMPLE_RATES = range(1_000, 1_000_001)
LOUDEST = np.float32(1000.0)  # what is farther beyond full scale is no sound
INFO_NAMES = {
    b"INAM": "title",
    b"IART": "artist",
    b"ICMT": "comment",
    b"ISFT": "software",
    b"ICRD": "date",
    b"IGNR": "genre",
    b"IPRD": "album",
}
_FORMATS = {(PCM, 8), (PCM, 16), (PCM, 24), (PCM, 32), (FLOAT, 32), (FLOAT, 64)}
_WAVE64 = b"riff\x2e\x91\xcf\x11"


class NotReadableError(ValueError):
    """Why a file cannot be read as WAV, as the end of a sentence that begins with its name."""


@dataclass(frozen=True)
class WaveLayout:
    """Where the samples of a WAV file lie, and what its header promises.

    fact_at, sizes_at  where the number of frames and the sizes of a file beyond 4 GB stand, 0 for nowhere
    """

    sample_rate: int
    channels: int
    code: int  # PCM or FLOAT
    bits: int  # that a sample takes in the file
    data_start: int
    declared_frames: int
    frames: int  # that are really there
    tags: dict[str, str] = field(default_factory=dict)
    fact_at: int = 0
    sizes_at: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether all frames that the header promises are there (a header without a length promises nothing)."""
        return self.frames == self.declared_frames

    @property
    def frame_bytes(self) -> int:
        """Of all channels."""
        return self.channels * self.bits // 8

    def decoded(self, content: bytes) -> np.ndarray:
        """The whole frames in raw bytes as `(frames, channels)` float32 in [-1, 1]; what is no number is silence."""
        content = content[: len(content) // self.frame_bytes * self.frame_bytes]
        return _floats(content, self.code, self.bits).reshape(-1, self.channels)


def open_plain(path: Path) -> BinaryIO:
    """An ordinary file to read. Never waits for a pipe. Raises OSError."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(f"{path} is no ordinary file")
    # Without O_NONBLOCK a pipe that took the file's place meanwhile would be waited for.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags), "rb")


def read_layout(path: Path) -> WaveLayout | None:
    """The layout of a WAV file, finished or not; None when it is none or its header is not whole yet.

    Raises OSError.
    """
    try:
        return layout_of(path)
    except NotReadableError:
        return None


def layout_of(path: Path) -> WaveLayout:
    """The layout of a WAV file, finished or not. Raises NotReadableError and OSError."""
    with open_plain(path) as file:
        size = os.fstat(file.fileno()).st_size
        start = file.read(12)
        if start[:4] not in (b"RIFF", b"RF64", b"BW64") or start[8:] != b"WAVE":
            raise NotReadableError(_what_it_is(start))
        form, data = b"", (0, 0)
        tags: dict[str, str] = {}
        places: dict[bytes, int] = {}
        declared = 0
        for name, length, position in _chunks(file, size):
            if name == b"ds64" and len(sizes := file.read(24)) == 24 and length >= 24:
                places[name] = position
                declared = struct.unpack_from("<Q", sizes, 8)[0]
            elif name == b"data" and not data[0]:
                data = position, declared if length == MAX_BYTES and b"ds64" in places else length
            elif name == b"fmt ":
                form = file.read(min(length, 64))
            elif name == b"fact" and length >= 4:
                places[name] = position
            elif name == b"LIST" and length <= MAX_HEADER_BYTES:
                tags = _joined(tags, _info_tags(file.read(length)))
    if not data[0]:
        raise NotReadableError("has no samples" if form else "ends before its header does")
    return _layout(form, tags, *data, size, places)


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, length and place of each chunk, the file being at the place; up to `data` if that has no true length."""
    position = 12
    long_data = 0
    for _ in range(MAX_CHUNKS):
        file.seek(position)
        head = file.read(8)
        if len(head) < 8 or not all(32 <= byte < 127 for byte in head[:4]):
            return
        name, length = head[:4], int.from_bytes(head[4:], "little")
        position += 8
        if name == b"ds64" and len(sizes := file.read(16)) == 16:
            long_data = struct.unpack_from("<Q", sizes, 8)[0]
            file.seek(position)
        yield name, length, position
        if name == b"data":
            if length == MAX_BYTES:
                length = long_data
            if not length or position + length > size:  # it goes to the end of the file
                return
        position += length + (0 if length % 2 == 0 or _is_without_pad(file, position + length) else 1)


def _is_without_pad(file: BinaryIO, position: int) -> bool:
    """Whether a chunk begins right behind one of odd length, as some programs write it."""
    file.seek(position)
    name = file.read(4)
    return len(name) == 4 and all(32 <= byte < 127 for byte in name)


def _layout(
    form: bytes, tags: dict[str, str], data_start: int, declared: int, size: int, places: dict[bytes, int]
) -> WaveLayout:
    if len(form) < 16:
        raise NotReadableError("does not say the format of its samples")
    code, channels, sample_rate, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", form)
    if code == EXTENSIBLE and len(form) >= 26:
        code = struct.unpack_from("<H", form, 24)[0]  # the real code is the start of the long one
    if not channels or not frame_bytes or frame_bytes % channels:
        raise NotReadableError("has a damaged header")
    held = frame_bytes // channels * 8  # bits that a sample takes; those that count may be fewer
    if (code, held) not in _FORMATS or not held - 8 < bits <= held:
        raise NotReadableError(f"holds its sound in a form that is not read (code {code}, {bits} bits)")
    if sample_rate not in SAMPLE_RATES:
        raise NotReadableError(f"says that it has {sample_rate:,} samples per second")
    there = max(size - data_start, 0)
    if declared:  # whatever follows the samples is another chunk
        there = min(there, declared)
    return WaveLayout(
        sample_rate,
        channels,
        code,
        held,
        data_start,
        declared // frame_bytes,
        there // frame_bytes,
        tags,
        places.get(b"fact", 0),
        places.get(b"ds64", 0),
    )


def _what_it_is(start: bytes) -> str:
    if len(start) < 12:
        return "is empty" if not start else "ends before its header does"
    if start[:8] == _WAVE64:
        return "is a Wave64 file, which is not read; save it as WAV"
    if start[:4] == b"RIFX":
        return "has its bytes in the other order, which is not read; save it as WAV anew"
    return "is no WAV file"


def _joined(tags: dict[str, str], more: dict[str, str]) -> dict[str, str]:
    """Tags of two lists: what came first stays, but a program's comment never hides the settings of a take."""
    joined = {**more, **tags}
    if "comment" in more and _is_settings(more["comment"]) and not _is_settings(joined["comment"]):
        joined["comment"] = more["comment"]
    return joined


def _is_settings(comment: str) -> bool:
    return comment.startswith("{") and '"prompt"' in comment


def _info_tags(content: bytes) -> dict[str, str]:
    tags: dict[str, str] = {}
    if content[:4] != b"INFO":
        return tags
    position = 4
    while position + 8 <= len(content):
        name, length = content[position : position + 4], struct.unpack_from("<I", content, position + 4)[0]
        position += 8
        if name in INFO_NAMES:
            text = content[position : position + length].split(b"\0")[0].decode("utf-8", "replace")
            tags = _joined(tags, {INFO_NAMES[name]: text})
        position += length + length % 2
    return tags


def _floats(content: bytes, code: int, bits: int) -> np.ndarray:
    if code == FLOAT:
        with np.errstate(over="ignore"):  # what is too large for a float of 32 bits is no sound either
            samples = np.frombuffer(content, f"<f{bits // 8}").astype(np.float32)
        peak = np.abs(samples).max(initial=0.0)
        if not peak <= LOUDEST:  # also true for what is not a number
            samples = np.clip(np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0), -LOUDEST, LOUDEST)
        return samples
    if bits == 8:  # the only one without a sign
        return (np.frombuffer(content, np.uint8).astype(np.float32) - 128) / 128
    if bits == 24:
        padded = np.zeros((len(content) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(content, np.uint8).reshape(-1, 3)
        return padded.view("<i4")[:, 0].astype(np.float32) / 2**31
    return (np.frombuffer(content, f"<i{bits // 8}") / 2.0 ** (bits - 1)).astype(np.float32)

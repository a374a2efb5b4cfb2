"""WAV files, written and taken apart byte by byte.

Three things that libsndfile does not give us: the same audio gives the same bytes (it stamps float files with the
time), comments over 4 kB can be read back, and a file cut short by a crash shows it: the header promises the whole
length from the start.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
MAX_BYTES = 2**32 - 1
MAX_HEADER_BYTES = 1 << 20
INFO_NAMES = {
    b"INAM": "title",
    b"IART": "artist",
    b"ICMT": "comment",
    b"ISFT": "software",
    b"ICRD": "date",
    b"IGNR": "genre",
    b"IPRD": "album",
}


@dataclass(frozen=True)
class WaveLayout:
    """Where the samples of a WAV file lie, and what its header promises."""

    sample_rate: int
    channels: int
    code: int  # PCM or FLOAT
    bits: int
    data_start: int
    declared_frames: int
    frames: int  # that are really there
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether all frames that the header promises are there (a header without a length promises nothing)."""
        return self.frames == self.declared_frames


class WaveWriter:
    """Write a WAV file of known length in blocks, readable by others while it grows.

    bits   16 or 24 (whole numbers, `write` takes int32 samples) or 32 (float32)
    Raises OSError, and ValueError when the file would pass the 4 GiB that WAV can count or `total_frames`.
    """

    def __init__(
        self,
        path: Path,
        sample_rate: int,
        channels: int,
        total_frames: int,
        *,
        bits: int = 32,
        tags: dict[str, str] | None = None,
    ) -> None:
        self.path, self.total_frames, self.frames = path, total_frames, 0
        self._bits, self._channels = bits, channels
        header = _header(sample_rate, channels, total_frames, bits, tags or {})
        self._file: BinaryIO = path.open("wb")
        try:
            self._file.write(header)
        except OSError:
            self._file.close()
            raise

    def write(self, block: np.ndarray) -> None:
        """Append `(frames, channels)` samples: float32, or int32 already scaled to `bits`."""
        if block.ndim != 2 or block.shape[1] != self._channels:
            raise ValueError(f"a block of (frames, {self._channels}) is needed, not {block.shape}")
        if self.frames + len(block) > self.total_frames:
            raise ValueError(f"more than the promised {self.total_frames} frames")
        self._file.write(_encoded(block, self._bits))
        self.frames += len(block)

    def flush(self) -> None:
        """Let other processes see what was written."""
        self._file.flush()

    def close(self) -> None:
        """Close the file. One with fewer frames than promised stays recognisable as unfinished."""
        if self.frames == self.total_frames and not self._file.closed:
            self._file.write(b"\0" * (self.frames * self._channels * self._bits // 8 % 2))
        self._file.close()

    def __enter__(self) -> WaveWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_layout(path: Path) -> WaveLayout | None:
    """The layout of a WAV file, finished or not; None when it is no WAV file or its header is not whole yet."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(12)
        if start[:4] != b"RIFF" or start[8:] != b"WAVE":
            return None
        form, position = b"", 12
        tags: dict[str, str] = {}
        while len(head := file.read(8)) == 8:
            name, length = head[:4], struct.unpack("<I", head[4:])[0]
            position += 8
            if name == b"data":
                return _layout(form, tags, position, length, size)
            if length > MAX_HEADER_BYTES and name in (b"fmt ", b"LIST"):
                return None
            if name == b"fmt ":
                form = file.read(length)
            elif name == b"LIST":
                tags |= _info_tags(file.read(length))
            position += length + length % 2
            file.seek(position)
    return None


def close_gap(path: Path) -> WaveLayout | None:
    """Make the header of an unfinished file promise only what is there, so that every program opens it."""
    layout = read_layout(path)
    if layout is None:
        return None
    data_bytes = layout.frames * layout.channels * layout.bits // 8
    with path.open("r+b") as file:
        file.truncate(layout.data_start + data_bytes)  # a frame cut in half goes
        file.seek(0, 2)
        file.write(b"\0" * (data_bytes % 2))
        file.seek(4)
        file.write(struct.pack("<I", layout.data_start + data_bytes + data_bytes % 2 - 8))
        file.seek(layout.data_start - 4)
        file.write(struct.pack("<I", data_bytes))
    return read_layout(path)


def _header(sample_rate: int, channels: int, frames: int, bits: int, tags: dict[str, str]) -> bytes:
    frame_bytes = channels * bits // 8
    code = FLOAT if bits == 32 else PCM
    form = struct.pack("<HHIIHH", code, channels, sample_rate, sample_rate * frame_bytes, frame_bytes, bits)
    chunks = b""
    if code == FLOAT:  # the standard asks for both in every format but PCM
        form += struct.pack("<H", 0)
        chunks = _chunk(b"fact", struct.pack("<I", min(frames, MAX_BYTES)))
    chunks = _chunk(b"fmt ", form) + chunks + _info_chunk(tags)
    data_bytes = frames * frame_bytes
    riff_bytes = 4 + len(chunks) + 8 + data_bytes + data_bytes % 2
    if riff_bytes > MAX_BYTES:
        raise ValueError(f"{frames} frames are more than a WAV file can hold")
    return b"RIFF" + struct.pack("<I", riff_bytes) + b"WAVE" + chunks + b"data" + struct.pack("<I", data_bytes)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _info_chunk(tags: dict[str, str]) -> bytes:
    texts = [(name, tags[key]) for name, key in INFO_NAMES.items() if tags.get(key)]
    entries = b"".join(_chunk(name, text.replace("\0", " ").encode() + b"\0") for name, text in texts)
    return _chunk(b"LIST", b"INFO" + entries) if entries else b""


def _info_tags(content: bytes) -> dict[str, str]:
    tags: dict[str, str] = {}
    if content[:4] != b"INFO":
        return tags
    position = 4
    while position + 8 <= len(content):
        name, length = content[position : position + 4], struct.unpack_from("<I", content, position + 4)[0]
        text = content[position + 8 : position + 8 + length]
        if name in INFO_NAMES:
            tags[INFO_NAMES[name]] = text.split(b"\0")[0].decode("utf-8", "replace")
        position += 8 + length + length % 2
    return tags


def _layout(form: bytes, tags: dict[str, str], data_start: int, declared: int, size: int) -> WaveLayout | None:
    if len(form) < 16:
        return None
    code, channels, sample_rate, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", form)
    if code == EXTENSIBLE and len(form) >= 26:
        code = struct.unpack_from("<H", form, 24)[0]  # the real code is the start of the long one
    if code not in (PCM, FLOAT) or not channels or frame_bytes != channels * bits // 8 or not frame_bytes:
        return None
    there = max(size - data_start, 0)
    if declared:  # whatever follows the samples is another chunk
        there = min(there, declared)
    return WaveLayout(
        sample_rate, channels, code, bits, data_start, declared // frame_bytes, there // frame_bytes, tags
    )


def _encoded(block: np.ndarray, bits: int) -> memoryview | bytes:
    if bits == 32:
        return np.ascontiguousarray(block, "<f4").data.cast("B")
    if bits == 16:
        return block.astype("<i2").tobytes()
    return np.ascontiguousarray(block, "<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()

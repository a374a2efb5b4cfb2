"""WAV files, written byte by byte; `wave_layout` takes them apart.

Three things that libsndfile does not give us: the same audio gives the same bytes (it stamps float files with the
time), comments over 4 kB can be read back, and a file cut short by a crash shows it: the header promises the whole
length from the start.
"""

from __future__ import annotations

import struct
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np

from musicapp.audio.wave_layout import FLOAT, INFO_NAMES, MAX_BYTES, PCM, WaveLayout, read_layout


class WaveWriter:
    """Write a WAV file of known length in blocks, readable by others while it grows.

    bits    16 or 24 (whole numbers, `write` takes int32 samples) or 32 (float32)
    chunks  more of them, whole, to stand before the samples
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
        chunks: bytes = b"",
    ) -> None:
        self.path, self.total_frames, self.frames = path, total_frames, 0
        self._bits, self._channels = bits, channels
        header = _header(sample_rate, channels, total_frames, bits, chunks + _info_chunk(tags or {}))
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


def close_gap(path: Path) -> WaveLayout | None:
    """Make the header of an unfinished file promise only what is there, so that every program opens it."""
    layout = read_layout(path)
    if layout is None or layout.is_complete:
        return layout
    data_bytes = layout.frames * layout.frame_bytes
    whole = layout.data_start + data_bytes + data_bytes % 2
    with path.open("r+b") as file:
        file.truncate(layout.data_start + data_bytes)  # a frame cut in half goes
        file.seek(0, 2)
        file.write(b"\0" * (data_bytes % 2))
        if layout.fact_at:
            file.seek(layout.fact_at)
            file.write(struct.pack("<I", min(layout.frames, MAX_BYTES)))
        if layout.sizes_at:
            file.seek(layout.sizes_at)
            file.write(struct.pack("<QQQ", whole - 8, data_bytes, layout.frames))
        else:
            file.seek(4)
            file.write(struct.pack("<I", min(whole - 8, MAX_BYTES)))
        file.seek(layout.data_start - 4)
        file.write(struct.pack("<I", MAX_BYTES if layout.sizes_at else min(data_bytes, MAX_BYTES)))
    return read_layout(path)


def _header(sample_rate: int, channels: int, frames: int, bits: int, more: bytes) -> bytes:
    frame_bytes = channels * bits // 8
    code = FLOAT if bits == 32 else PCM
    form = struct.pack("<HHIIHH", code, channels, sample_rate, sample_rate * frame_bytes, frame_bytes, bits)
    chunks = b""
    if code == FLOAT:  # the standard asks for both in every format but PCM
        form += struct.pack("<H", 0)
        chunks = chunk(b"fact", struct.pack("<I", min(frames, MAX_BYTES)))
    chunks = chunk(b"fmt ", form) + chunks + more
    data_bytes = frames * frame_bytes
    riff_bytes = 4 + len(chunks) + 8 + data_bytes + data_bytes % 2
    if riff_bytes > MAX_BYTES:
        raise ValueError(f"{frames} frames are more than a WAV file can hold")
    return b"RIFF" + struct.pack("<I", riff_bytes) + b"WAVE" + chunks + b"data" + struct.pack("<I", data_bytes)


def chunk(name: bytes, content: bytes) -> bytes:
    """One chunk of a RIFF file, padded to an even length."""
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _info_chunk(tags: dict[str, str]) -> bytes:
    texts = [(name, tags[key]) for name, key in INFO_NAMES.items() if tags.get(key)]
    entries = b"".join(chunk(name, text.replace("\0", " ").encode() + b"\0") for name, text in texts)
    return chunk(b"LIST", b"INFO" + entries) if entries else b""


def _encoded(block: np.ndarray, bits: int) -> memoryview | bytes:
    if bits == 32:
        return np.ascontiguousarray(block, "<f4").data.cast("B")
    if bits == 16:
        return block.astype("<i2").tobytes()
    return np.ascontiguousarray(block, "<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()

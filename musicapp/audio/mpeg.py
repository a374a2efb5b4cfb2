"""MP3 files that do not say how long they are, or too little: a frame in front of the music that says it.

libsndfile guesses such a length from the size of the first frame and reads nothing behind its guess, so a file of
variable bit rate may lose its end; of files put one behind the other it reads as much as the first one says. What is
said here is Xing's frame, with LAME's tag behind it where the file has one.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

JUNK_BYTES = 1024  # between two frames that mpg123 looks past
START_BYTES = 1 << 12  # of the first frame and the head of the next, with room
MOST_TAGS = 16  # that are looked past one by one
_LAYER_3, _MONO = 1, 3
_MPEG_1 = 3
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}  # by the bits of the version
_KBITS_1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_ROOMY_1, _ROOMY_2 = 5, 8  # 64 kbit/s: a frame with place for what it says
_ID3, _ID3_HEADER_BYTES = b"ID3", 10
_NAMES = (b"Xing", b"Info")
_VBRI, _VBRI_AT = b"VBRI", 36  # the frame of Fraunhofer's encoder, which is read as it is
_HAS_FRAMES, _HAS_BYTES, _HAS_TABLE, _HAS_QUALITY = 1, 2, 4, 8
_TABLE_BYTES = 100
_DELAYS_AT = 21  # in LAME's tag: 12 bits of delay, 12 of padding
_WITH_DELAYS = (b"LAME", b"Lavc", b"Lavf")


@dataclass(frozen=True)
class Frame:
    """One frame of layer III.

    kind        version and sample rate, the same in a whole stream
    size        in bytes
    side_bytes  behind its four bytes of header, before what Xing's frame says
    """

    kind: tuple[int, int]
    size: int
    side_bytes: int


@dataclass(frozen=True)
class _Said:
    """What the first frame of a file says of the others. Numbers of 0 are not said."""

    header: bytes
    name_at: int
    frames: int
    size_bytes: int

    def corrected(self, frames: int, size_bytes: int) -> bytes:
        """The same with other numbers; LAME's padding would be taken from the new end, so there is none."""
        new, at = bytearray(self.header), self.name_at + 8
        flags = new[self.name_at + 7]
        struct.pack_into(">I", new, at, frames)
        at += 4
        if flags & _HAS_BYTES:
            struct.pack_into(">I", new, at, size_bytes)
            at += 4
        at += _TABLE_BYTES * bool(flags & _HAS_TABLE) + 4 * bool(flags & _HAS_QUALITY)
        if new[at : at + 4] in _WITH_DELAYS:
            delays = at + _DELAYS_AT
            new[delays + 1 : delays + 3] = bytes([new[delays + 1] & 0xF0, 0])
        return bytes(new)


def may_be(start: bytes) -> bool:
    """Whether a file that begins with these four bytes may be an MP3 file."""
    return start.startswith(_ID3) or _frame_at(start, 0) is not None


def can_stay(file: BinaryIO) -> bool:
    """Whether `with_length` gives None for an open file, by its size and its start alone.

    False as well behind many tags.
    """
    size, place = file.seek(0, os.SEEK_END), 0
    for _ in range(MOST_TAGS):
        file.seek(place)
        start = file.read(START_BYTES)
        if not start.startswith(_ID3):
            return _can_stay(start, size - place)
        place += _id3_bytes(start, 0)
    return False


def with_length(content: bytes) -> bytes | None:
    """An MP3 file's frames behind one that says how many there are; None where the file says so itself, or is none.

    None as well for files of free bit rate, whose frames do not say where they end.
    """
    start = _behind_tags(content)
    if _can_stay(content[start : start + START_BYTES], len(content) - start):
        return None
    first = _frame_at(content, start)
    assert first is not None
    said = _said(content, start, first)
    music = start if said is None else start + first.size
    frames, end = _count(content, music, first.kind)
    if said is None or not said.frames:
        return _header(content[start : start + 4], first, frames) + content[music:]
    return said.corrected(frames, end - start) + content[music:] if frames > said.frames else None


def _can_stay(start: bytes, size: int) -> bool:
    """Whether so many bytes that begin like this say their length, or are no MP3."""
    first = _frame_at(start, 0)
    if first is None or _frame_at(start, first.size, first.kind) is None or start.startswith(_VBRI, _VBRI_AT):
        return True
    said = _said(start, 0, first)
    return said is not None and said.frames > 0 and said.size_bytes >= 0.99 * size  # the rest is a tag at the end


def _behind_tags(content: bytes) -> int:
    place = 0
    while content.startswith(_ID3, place):
        place += _id3_bytes(content, place)
    return place


def _id3_bytes(content: bytes, place: int) -> int:
    sizes = content[place + 6 : place + _ID3_HEADER_BYTES]
    return _ID3_HEADER_BYTES + sum((byte & 0x7F) << shift for byte, shift in zip(sizes, (21, 14, 7, 0), strict=False))


def _frame_at(content: bytes, place: int, kind: tuple[int, int] | None = None) -> Frame | None:
    """The frame that begins there, if one does; with a kind only one of that kind."""
    head = content[place : place + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    if layer != _LAYER_3 or version not in _RATES or sample_rate == 3 or not 0 < bit_rate < 15:
        return None
    if kind is not None and kind != (version, sample_rate):
        return None
    is_mono = head[3] >> 6 == _MONO
    if version == _MPEG_1:
        size, side = 144_000 * _KBITS_1[bit_rate - 1], 17 if is_mono else 32
    else:
        size, side = 72_000 * _KBITS_2[bit_rate - 1], 9 if is_mono else 17
    return Frame((version, sample_rate), size // _RATES[version][sample_rate] + (head[2] >> 1 & 1), side)


def _said(content: bytes, start: int, first: Frame) -> _Said | None:
    header = content[start : start + first.size]
    name_at = 4 + first.side_bytes
    if header[name_at : name_at + 4] not in _NAMES or len(header) < name_at + 16:
        return None
    flags = header[name_at + 7]
    frames, size_bytes = struct.unpack_from(">II", header, name_at + 8)
    return _Said(header, name_at, frames if flags & _HAS_FRAMES else 0, size_bytes if flags & _HAS_BYTES else 0)


def _count(content: bytes, place: int, kind: tuple[int, int]) -> tuple[int, int]:
    """How many whole frames of a kind follow, and where the last of them ends."""
    count, end = 0, place
    while True:
        frame = _frame_at(content, place, kind)
        if frame is not None:
            if place + frame.size > len(content):
                return count, end
            count += 1
            place = end = place + frame.size
        elif content.startswith(_ID3, place):
            place += _id3_bytes(content, place)
        elif (found := _next_frame(content, place, kind)) is not None:
            place = found
        else:
            return count, end


def _next_frame(content: bytes, place: int, kind: tuple[int, int]) -> int | None:
    """Where the next frame begins behind junk: one that another follows."""
    for start in range(place + 1, min(place + JUNK_BYTES, len(content))):
        frame = _frame_at(content, start, kind)
        if frame is not None and _frame_at(content, start + frame.size, kind) is not None:
            return start
    return None


def _header(head: bytes, first: Frame, frames: int) -> bytes:
    """A silent frame of a kind, with Xing's name and the number of frames behind it."""
    bit_rate = _ROOMY_1 if first.kind[0] == _MPEG_1 else _ROOMY_2
    start = bytes([0xFF, head[1] | 1, bit_rate << 4 | head[2] & 0x0C, head[3]])  # no checksum, no byte of padding
    frame = _frame_at(start, 0)
    assert frame is not None
    said = start + bytes(frame.side_bytes) + struct.pack(">4sII", _NAMES[0], _HAS_FRAMES, frames)
    return said.ljust(frame.size, b"\0")

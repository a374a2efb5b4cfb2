"""Ogg pages (RFC 3533) put right after the encoder: the same music gives the same bytes, and short files end whole.

The encoder draws a serial number at random for each file; here it follows from the content. A Vorbis file whose music
fits on one page loses or gains up to 128 frames in ffmpeg, which tells a start from an end by the page: there, the
first packet, of which no sound comes yet, gets a page of its own.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

FIRST, LAST = 2, 4  # flags of a page
VORBIS_HEADERS, VORBIS_MAGIC = 3, b"\x01vorbis"
_HEAD = struct.Struct("<4sBBqIIIB")
_REVERSED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


@dataclass(frozen=True)
class Page:
    """One page. `lacing` tells the packets' lengths in pieces of up to 255 bytes; `granule` is the time at its end."""

    flags: int
    granule: int
    lacing: bytes
    body: bytes

    def encoded(self, serial: int, number: int) -> bytes:
        """The page as bytes, with its checksum."""
        head = [b"OggS", 0, self.flags, self.granule, serial, number, 0, len(self.lacing)]
        head[6] = checksum(_HEAD.pack(*head) + self.lacing + self.body)
        return _HEAD.pack(*head) + self.lacing + self.body


def settle(path: Path) -> None:
    """Give a finished file of one stream its serial number, and a short Vorbis file a second page of music.

    Raises OSError, and ValueError for what is no Ogg file.
    """
    pages = list(pages_of(path.read_bytes()))
    serial = zlib.crc32(b"".join(page.body for page in pages))
    with path.open("wb") as file:
        for number, page in enumerate(_with_two_pages_of_music(pages)):
            file.write(page.encoded(serial, number))


def pages_of(content: bytes) -> Iterator[Page]:
    """The pages of a file. Raises ValueError."""
    start = 0
    while start < len(content):
        try:
            magic, _, flags, granule, _, _, _, pieces = _HEAD.unpack_from(content, start)
        except struct.error as error:
            raise ValueError("an Ogg page is cut short") from error
        lacing_start = start + _HEAD.size
        body_start = lacing_start + pieces
        lacing = content[lacing_start:body_start]
        start = body_start + sum(lacing)
        if magic != b"OggS" or start > len(content):
            raise ValueError("this is no Ogg page, or one cut short")
        yield Page(flags, granule, lacing, content[body_start:start])


def checksum(page: bytes) -> int:
    """CRC-32 of Ogg: zlib's polynomial with the bits the other way round, from 0, nothing inverted."""
    mirrored = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def _with_two_pages_of_music(pages: list[Page]) -> list[Page]:
    if not pages[0].body.startswith(VORBIS_MAGIC):
        return pages
    music, packets = len(pages), 0
    for number, page in enumerate(pages):  # music begins on a page of its own
        if packets >= VORBIS_HEADERS:
            music = number
            break
        packets += sum(piece < 255 for piece in page.lacing)
    if music != len(pages) - 1:
        return pages
    only = pages[music]
    pieces = next(number for number, piece in enumerate(only.lacing) if piece < 255) + 1
    size = sum(only.lacing[:pieces])
    if pieces == len(only.lacing):
        return pages
    first = Page(only.flags & ~LAST, 0, only.lacing[:pieces], only.body[:size])
    return [*pages[:music], first, replace(only, lacing=only.lacing[pieces:], body=only.body[size:])]

"""FLAC in Ogg (RFC 9639, section 10.1), as files in .oga have it: libsndfile refuses them, so they are unwrapped.

The packets of the stream, one behind the other, are a FLAC file but for their first nine bytes; only which block of
metadata is the last has to be said anew, since writers of Ogg leave that open.
"""

from __future__ import annotations

from typing import BinaryIO

from musicapp.audio import ogg, streamed

MOST_PAGES, MOST_METADATA = 1 << 20, 1 << 16  # pages of about a day of sound: no crafted file takes long
_MAGIC = b"\x7fFLAC"
_WRAPPING_BYTES = 9  # before "fLaC": the magic, two bytes of version, two for the number of packets with metadata
_FIRST_PAGE_BYTES = 27 + 255 + len(_MAGIC)
_NATIVE, _SYNC, _IS_LAST, _BLOCK_HEAD = b"fLaC", 0xFF, 0x80, 4


def may_be(start: bytes) -> bool:
    """Whether a file that begins with these four bytes may be one."""
    return start == b"OggS"


def can_stay(file: BinaryIO) -> bool:
    """Whether an open Ogg file holds something else than FLAC, by its first page."""
    file.seek(0)
    return not _is_flac(file.read(_FIRST_PAGE_BYTES))


def with_length(content: bytes) -> bytes | None:
    """The FLAC file in an Ogg file, with its length; None for other sound, more than one stream and what is damaged."""
    if not _is_flac(content[:_FIRST_PAGE_BYTES]):
        return None
    native = bytearray()
    try:
        for number, page in enumerate(ogg.pages_of(content)):
            if number == MOST_PAGES or (number and page.flags & ogg.FIRST):
                return None
            native += page.body
    except ValueError:
        return None
    del native[:_WRAPPING_BYTES]
    if not native.startswith(_NATIVE) or not _mark_last_metadata(native):
        return None
    unwrapped = bytes(native)
    return streamed.with_length(unwrapped) or unwrapped


def _is_flac(start: bytes) -> bool:
    body = 27 + start[26] if len(start) > 26 else 0
    return may_be(start[:4]) and start[body : body + len(_MAGIC)] == _MAGIC


def _mark_last_metadata(native: bytearray) -> bool:
    """Say of the block before the first one with sound that it is the last; False if there is none with sound."""
    place, last = len(_NATIVE), 0
    for _ in range(MOST_METADATA):
        if place + _BLOCK_HEAD > len(native):
            return False
        if native[place] == _SYNC:
            native[last] |= _IS_LAST
            return last > 0
        native[place] &= ~_IS_LAST & 0xFF
        last, place = place, place + _BLOCK_HEAD + int.from_bytes(native[place + 1 : place + _BLOCK_HEAD], "big")
    return False

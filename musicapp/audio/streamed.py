"""Files that a program wrote to a stream, so that no length could be put at their start: FLAC and CAF.

FLAC says 0 frames for an unknown number (RFC 9639, section 8.2), of which libsndfile makes 2**63 - 1; CAF says -1 bytes
of data for all up to the end of the file, which libsndfile refuses. Here the length is put in.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

# A FLAC file is searched for its last two blocks, usually of some 10 kB, from its end: no crafted file takes long.
SEARCHED_BYTES, MOST_HEADS, MOST_CANDIDATES = 1 << 22, 20_000, 100
_FLAC, _CAF = b"fLaC", b"caff"
_TOTAL_AT, _INFO_BYTES = 18, 42  # STREAMINFO is always the first block
_TOTAL = (1 << 36) - 1  # the lower bits of eight bytes
_BLOCK_SIZES = {1: 192, **{code: 144 << code for code in range(2, 6)}, **{code: 1 << code for code in range(8, 16)}}
_BEHIND_FF = (b"\xf8", b"\xf9")  # of a block's first two bytes
_SIZE_IN_8, _SIZE_IN_16 = 6, 7
_RATE_IN_8, _RATES_IN_16, _NO_RATE = 12, (13, 14), 15
_CAF_HEADER_BYTES, _CHUNK = 8, struct.Struct(">4sq")
_START_BYTES = 1 << 16  # where a CAF file's data nearly always begin


@dataclass(frozen=True)
class _Block:
    """What the head of one of FLAC's frames says. number  of the block, or of its first sample where sizes vary"""

    is_fixed: bool
    number: int
    size: int


def may_be(start: bytes) -> bool:
    """Whether a file that begins with these four bytes may be one of them."""
    return start in (_FLAC, _CAF)


def can_stay(file: BinaryIO) -> bool:
    """Whether `with_length` gives None for an open file, by its start alone; False as well where that says nothing."""
    file.seek(0)
    start = file.read(_START_BYTES)
    if start.startswith(_FLAC):
        return not _lacks_total(start)
    data = _caf_data(start)
    return data is not None and data[1] >= 0


def with_length(content: bytes) -> bytes | None:
    """The whole of a file with its length in it; None for one that says it itself, or is none of the two."""
    return _flac_with_length(content) if content.startswith(_FLAC) else _caf_with_length(content)


def _flac_with_length(content: bytes) -> bytes | None:
    if not _lacks_total(content) or not 0 < (frames := _flac_frames(content)) <= _TOTAL:
        return None
    value = int.from_bytes(content[_TOTAL_AT : _TOTAL_AT + 8], "big")
    return content[:_TOTAL_AT] + (value | frames).to_bytes(8, "big") + content[_TOTAL_AT + 8 :]


def _lacks_total(content: bytes) -> bool:
    is_info = content[4:5] in (b"\0", b"\x80") and len(content) > _INFO_BYTES
    return is_info and not int.from_bytes(content[_TOTAL_AT : _TOTAL_AT + 8], "big") & _TOTAL


def _flac_frames(content: bytes) -> int:
    """Frames up to the end of the last block that follows on another, or of the only one; 0 if there is none.

    One byte in 256 is a right checksum by chance, so what follows on nothing is no block.
    """
    usual_size = int.from_bytes(content[8:10], "big")  # of all blocks but the last, where sizes are fixed
    later: list[_Block] = []
    place, heads = len(content), 0
    first = max(_INFO_BYTES, place - SEARCHED_BYTES)
    while heads < MOST_HEADS and (place := content.rfind(b"\xff", first, place)) >= 0:
        heads += content[place + 1 : place + 2] in _BEHIND_FF
        block = _block_at(content, place)
        if block is None or len(later) == MOST_CANDIDATES:
            continue
        follows = block.number + (1 if block.is_fixed else block.size)
        for last in later:
            if last.number == follows and last.is_fixed == block.is_fixed:
                return last.number * (usual_size if last.is_fixed else 1) + last.size
        later.append(block)
    return next((block.size for block in reversed(later) if block.number == 0), 0)


def _block_at(content: bytes, place: int) -> _Block | None:
    """The head of a block that begins there, if its checksum is right."""
    head = content[place : place + 16]
    if len(head) < 6 or head[1:2] not in _BEHIND_FF:
        return None
    size_code, rate_code = head[2] >> 4, head[2] & 15
    number, at = _coded_number(head, 4)
    if number < 0 or not size_code or rate_code == _NO_RATE:
        return None
    if size_code in (_SIZE_IN_8, _SIZE_IN_16):
        width = size_code - _SIZE_IN_8 + 1
        size = int.from_bytes(head[at : at + width], "big") + 1
        at += width
    else:
        size = _BLOCK_SIZES[size_code]
    at += 1 if rate_code == _RATE_IN_8 else 2 if rate_code in _RATES_IN_16 else 0
    if at >= len(head) or _checksum(head[:at]) != head[at]:
        return None
    return _Block(not head[1] & 1, number, size)


def _coded_number(head: bytes, at: int) -> tuple[int, int]:
    """A number coded as UTF-8 codes letters, of up to seven bytes, and the place behind it; -1 for what is none."""
    ones = 8 - (head[at] ^ 0xFF).bit_length()
    if ones == 0:
        return head[at], at + 1
    tail = head[at + 1 : at + ones]
    if ones in (1, 8) or len(tail) < ones - 1 or any(byte & 0xC0 != 0x80 for byte in tail):
        return -1, at
    number = head[at] & (0x7F >> ones)
    for byte in tail:
        number = number << 6 | byte & 0x3F
    return number, at + ones


def _checksum(data: bytes) -> int:
    """CRC-8 with x^8 + x^2 + x + 1, from 0."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ (0x107 if value & 0x80 else 0)) & 0xFF
    return value


def _caf_with_length(content: bytes) -> bytes | None:
    place, size = _caf_data(content) or (0, 0)
    if size != -1:
        return None
    behind = place + _CHUNK.size
    return content[:place] + _CHUNK.pack(b"data", len(content) - behind) + content[behind:]


def _caf_data(content: bytes) -> tuple[int, int] | None:
    """Where the chunk of samples begins, and the bytes that it says it has; None if there is none."""
    place = _CAF_HEADER_BYTES
    while content.startswith(_CAF) and place + _CHUNK.size <= len(content):
        name, size = _CHUNK.unpack_from(content, place)
        if name == b"data":
            return place, size
        if size < 0:
            return None
        place += _CHUNK.size + size
    return None

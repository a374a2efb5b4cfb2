"""ID3v2.3 tags of MP3 files, written and read by ourselves; those of version 2.4, which other programs write, are read.

libsndfile writes other letters than Latin ones as rubbish and puts the encoder's name over ours.
"""

from __future__ import annotations

import struct
from pathlib import Path

FRAME_NAMES = {
    b"TIT2": "title",
    b"TPE1": "artist",
    b"TALB": "album",
    b"TCON": "genre",
    b"TYER": "date",
    b"TSSE": "software",
    b"COMM": "comment",
}
_HEADER_BYTES = 10
_LATIN, _UTF16 = b"\0", b"\1"
_CODECS = {_LATIN: "latin-1", _UTF16: "utf-16", b"\2": "utf-16-be", b"\3": "utf-8"}
_UNSYNCHRONISED, _EXTENDED = 0x80, 0x40  # flags of a whole tag
_LABELLED = b"TXXX"  # free texts, which some programs write comments as
_LABELS = {key: key for key in (*FRAME_NAMES.values(), "description")} | {"description": "comment"}
MAX_BYTES = 16 << 20  # pictures included


def tag_bytes(tags: dict[str, str]) -> bytes:
    """A whole ID3v2.3 tag, to stand in front of the music; empty without tags."""
    frames = b"".join(_frame(name, tags[key]) for name, key in FRAME_NAMES.items() if tags.get(key))
    return b"ID3\3\0\0" + _seven_bits(len(frames)) + frames if frames else b""


def read_tags(path: Path) -> dict[str, str]:
    """The tags of a file that starts with an ID3v2.3 or 2.4 tag; empty for any other file. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
        if len(head) < _HEADER_BYTES or head[:3] != b"ID3" or head[3] not in (3, 4):
            return {}
        is_newer, flags = head[3] == 4, head[5]
        content = file.read(min(_from_seven_bits(head[6:]), MAX_BYTES))
    if flags & _UNSYNCHRONISED and not is_newer:
        content = content.replace(b"\xff\0", b"\xff")
    tags: dict[str, str] = {}
    position = _after_extension(content, is_newer) if flags & _EXTENDED else 0
    while position + _HEADER_BYTES <= len(content) and content[position] != 0:
        name, sizes = content[position : position + 4], content[position + 4 : position + 8]
        size = _from_seven_bits(sizes) if is_newer else int.from_bytes(sizes, "big")
        frame_flags = content[position + 9]
        position += _HEADER_BYTES
        if size > 1 and (name in FRAME_NAMES or name == _LABELLED):
            body = content[position : position + size]
            if is_newer and frame_flags & 1:
                body = body[4:]  # its length once more
            if is_newer and (frame_flags & 2 or flags & _UNSYNCHRONISED):
                body = body.replace(b"\xff\0", b"\xff")
            if not frame_flags & (0x0C if is_newer else 0xC0):  # neither compressed nor encrypted
                label, text = _text(name, body)
                if key := FRAME_NAMES.get(name) or _LABELS.get(label.lower()):
                    _take_up(tags, key, text)
        position += size
    return tags


def _take_up(tags: dict[str, str], key: str, text: str) -> None:
    """The first of several texts stays, but no program's comment hides the settings of a take."""
    if key not in tags or (key == "comment" and text.startswith("{") and not tags[key].startswith("{")):
        tags[key] = text


def _frame(name: bytes, text: str) -> bytes:
    if name == b"TYER":
        text = text[:4]  # the frame holds a year; the day has none in this version of the format
    if text.isascii():
        encoding, ending, encoded = _LATIN, b"\0", text.encode("ascii")
    else:
        encoding, ending, encoded = _UTF16, b"\xff\xfe\0\0", text.encode("utf-16-le", "replace")
        encoded = b"\xff\xfe" + encoded
    language_and_label = b"eng" + ending if name == b"COMM" else b""
    content = encoding + language_and_label + encoded
    return name + struct.pack(">IH", len(content), 0) + content


def _text(name: bytes, content: bytes) -> tuple[str, str]:
    """Label and text of a frame; only comments and free texts have a label."""
    codec, body = _CODECS.get(content[:1], "latin-1"), content[1:]
    label = b""
    if name in (b"COMM", _LABELLED):
        body = body[3:] if name == b"COMM" else body
        end, width = _end_of_label(body, 2 if codec.startswith("utf-16") else 1)
        label, body = body[:end], body[end + width :]
    return label.decode(codec, "replace").rstrip("\0"), body.decode(codec, "replace").rstrip("\0")


def _end_of_label(body: bytes, width: int) -> tuple[int, int]:
    """Where the label ends, and how wide its end is; letters of two bytes may have a 0 in them."""
    ends = (place for place in range(0, len(body) - width + 1, width) if not any(body[place : place + width]))
    return next(ends, 0), width


def _after_extension(content: bytes, is_newer: bool) -> int:
    """Where the frames begin behind an extended header."""
    size = content[:4]
    return _from_seven_bits(size) if is_newer else int.from_bytes(size, "big") + 4


def _from_seven_bits(size: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=False))


def _seven_bits(length: int) -> bytes:
    """A length in four bytes whose highest bit stays clear, so that no decoder takes it for music."""
    return bytes(length >> shift & 0x7F for shift in (21, 14, 7, 0))

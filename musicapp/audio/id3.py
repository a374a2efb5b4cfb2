"""ID3v2.3 tags of MP3 files, written and read by ourselves.

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


def tag_bytes(tags: dict[str, str]) -> bytes:
    """A whole ID3v2.3 tag, to stand in front of the music; empty without tags."""
    frames = b"".join(_frame(name, tags[key]) for name, key in FRAME_NAMES.items() if tags.get(key))
    return b"ID3\3\0\0" + _seven_bits(len(frames)) + frames if frames else b""


def read_tags(path: Path) -> dict[str, str]:
    """The tags of a file that starts with an ID3v2.3 tag; empty for any other file. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
        if len(head) < _HEADER_BYTES or head[:4] != b"ID3\3":
            return {}
        length = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        content = file.read(length)
    tags, position = {}, 0
    while position + _HEADER_BYTES <= len(content) and content[position] != 0:
        name, size = content[position : position + 4], struct.unpack_from(">I", content, position + 4)[0]
        position += _HEADER_BYTES
        if name in FRAME_NAMES and size > 1:
            tags[FRAME_NAMES[name]] = _text(name, content[position : position + size])
        position += size
    return tags


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


def _text(name: bytes, content: bytes) -> str:
    encoding, body = content[:1], content[1:]
    if name == b"COMM":
        body = body[3:]
        body = body[body.find(b"\0\0") + 2 :] if encoding == _UTF16 else body[body.find(b"\0") + 1 :]
    return body.decode("utf-16" if encoding == _UTF16 else "latin-1", "replace").rstrip("\0")


def _seven_bits(length: int) -> bytes:
    """A length in four bytes whose highest bit stays clear, so that no decoder takes it for music."""
    return bytes(length >> shift & 0x7F for shift in (21, 14, 7, 0))

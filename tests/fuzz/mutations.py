"""Damage to a folder of good files, drawn from bytes: the same bytes, the same damage. No bytes, none."""

from __future__ import annotations

import copy
import itertools
import json
import math
import struct
from collections.abc import Sequence
from typing import Any, TypeVar

Files = dict[str, bytes | str]  # a text instead of content: "pipe", "folder" or "link:<to>"
T = TypeVar("T")

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 7, 64, 255, 257, 65536, 1 << 31, 1 << 32, 1 << 63, 10**9, 10**30, -(10**9)),
    *(0.0, 0.5, -0.5, 1e-300, 1e300, math.inf, math.nan, "", "a", "0", "\0", "../..", "/etc/passwd", "x" * 300),
    *("\x1b[2J\n", "\ud800", "weight", [], {}, [[]], [0] * 100, [1, 2], {"a": 1}, {"type": "Sequence"}),
)
WORDS = (
    *("vae", "softnorm", "spectral", "oobleck", "same", "t5", "t5gemma", "clap_text", "number", "expo", "learned"),
    *("adaLN", "prepend", "rms", "l2", "ln", "rms_norm", "v", "rf_denoiser", "rectified_flow", "zero", "none", "full"),
    *("inpaint_mask", "seconds_total", "prompt", "lora", "bora", "dora-xs", "lora-xs", "relu", "BPE", "WordPiece"),
)
BYTES = (0, 1, 0x7F, 0x80, 0xFF)
LARGE = (64, 256, 1 << 10, 1 << 16)  # sizes that settings may have, and that few files can hold
DTYPES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1}
SOUND = (".mp3", ".flac", ".ogg", ".opus")  # whose insides are other libraries' business
TEXT = (".csv", ".txt")
CHUNKS = (b"fmt ", b"data", b"LIST", b"fact", b"ds64", b"JUNK", b"bext", b"RIFF", b"\0\0\0\0", b"dat\xff")
SIZES = (0, 1, 3, 4, 16, 18, 40, 2**31 - 1, 2**31, 2**32 - 1, 2**32 - 2, 1 << 20, 44100, 8)
SPECIAL = ("pipe", "folder", "link:/etc/hosts", "link:model.safetensors", "link:.", b"", b"{}", b"[", b"\xff" * 9)


class Source:
    """Choices out of bytes; behind their end each is the first."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def below(self, count: int) -> int:
        """A whole number from 0 to `count - 1`."""
        width = 1 if count <= 256 else 4
        piece = self._data[self._at : self._at + width]
        self._at += width
        return int.from_bytes(piece, "little") % max(count, 1)

    def pick(self, options: Sequence[T]) -> T:
        """One of them."""
        return options[self.below(len(options))]


def damaged(files: Files, source: Source) -> Files:
    """The files with one or two changes."""
    files = dict(files)
    for _ in range(1 + source.below(6) // 3):
        name = source.pick(sorted(files))
        content = files[name]
        kind = source.below(64)
        if kind == 63 or isinstance(content, str):
            files[name] = source.pick(SPECIAL)
        elif kind == 62:
            files.pop(name)
        elif kind == 61:
            other = source.pick(sorted(files))
            files[name], files[other] = files[other], content
        elif kind >= 56:
            files[name] = _bytes(content, source)
        elif name.endswith(".json"):
            files[name] = _json(content, source)
        elif name.endswith(".wav"):
            files[name] = _wave(content, source)
        elif name.endswith(".jsonl"):
            files[name] = _json_line(content, source)
        elif name.endswith((*SOUND, *TEXT)):
            files[name] = _bytes(content, source)
        elif kind < 16:
            files[name] = _header(content, source)
        else:
            files[name] = _weights(content, source)
        if not files:
            break
    return files


def _bytes(content: bytes, source: Source) -> bytes:
    place = source.below(len(content) + 1)
    kind = source.below(4)
    if kind == 0:
        return content[:place]
    if kind == 1:
        return content[:place] + bytes([source.pick(BYTES)]) + content[place + 1 :]
    if kind == 2:
        return content[:place] + bytes([source.pick(BYTES)]) * (1 + source.below(300)) + content[place:]
    return content[:place] + content[place + 1 + source.below(64) :]


def _json_line(content: bytes, source: Source) -> bytes:
    lines = content.split(b"\n")
    number = source.below(len(lines))
    lines[number] = _json(lines[number], source).replace(b"\n", b" ")
    return b"\n".join(lines)


def _json(content: bytes, source: Source) -> bytes:
    try:
        values = json.loads(content)
    except (ValueError, RecursionError):
        return _bytes(content, source)
    return json.dumps(_tree(values, source)).encode()


def _tree(values: Any, source: Source) -> Any:
    """A JSON value with one to three of its parts changed, in place where it can be."""
    for _ in range(1 + source.below(6) // 2):
        if (place := _place(values, source)) is None:
            return source.pick(ODD)
        holder, key = place
        kind, old = source.below(16), holder[key]
        if kind == 0:
            holder[key] = copy.deepcopy(source.pick(ODD))
        elif kind >= 8 and type(old) in (int, float):
            holder[key] = source.pick(
                (old + 1, old - 1, -old, 2 * old, old // 2, 1, 0, old * 1000, old + 0.5, str(old), *LARGE)
            )
        elif kind >= 8 and type(old) in (bool, str):
            holder[key] = source.pick(WORDS) if isinstance(old, str) else not old
        elif kind == 2:
            del holder[key]
        elif kind == 3 and isinstance(holder, dict):
            holder[source.pick((f"{key}s", str(key)[:-1], "", "auto_map", "a.b", "__metadata__"))] = holder.pop(key)
        elif kind == 4 and (other := _place(values, source)):
            holder[key] = copy.deepcopy(other[0][other[1]])
        elif kind == 5:
            holder[key] = [old] * (1 + source.below(70))
        elif kind == 6:
            holder[key] = {"type": "Sequence", "config": old, "normalizers": [old, old]}
        elif isinstance(old, list):
            holder[key] = old * (1 + source.below(3)) if source.below(2) else old[::-1]
    return values


def _place(values: Any, source: Source) -> tuple[Any, Any] | None:
    """A part of a JSON value as what holds it and where; of long lists and tables one of the first parts."""
    found = None
    while isinstance(values, dict | list) and values and (found is None or source.below(5)):
        keys = list(itertools.islice(values, 60)) if isinstance(values, dict) else range(min(len(values), 60))
        key: Any = source.pick(keys)
        found = (values, key)
        values = values[key]
    return found


def _split(content: bytes) -> tuple[dict[str, Any], bytes] | None:
    length = int.from_bytes(content[:8], "little")
    try:
        header = json.loads(content[8 : 8 + length])
    except ValueError:
        return None
    return (header, content[8 + length :]) if isinstance(header, dict) else None


def _header(content: bytes, source: Source) -> bytes:
    """Another header before the same numbers; sometimes with a length of its own."""
    if (parts := _split(content)) is None:
        return _bytes(content, source)
    text = json.dumps(_tree(parts[0], source)).encode()
    lengths = (len(text),) * 5 + (0, len(text) - 1, len(text) + 1, 2 << 30, 2**64 - 1)
    return struct.pack("<Q", source.pick(lengths)) + text + parts[1]


def _weights(content: bytes, source: Source) -> bytes:
    """A file that is whole, with other weights in it."""
    if (parts := _split(content)) is None:
        return _bytes(content, source)
    header, data = parts
    metadata = header.pop("__metadata__", None)
    try:
        held = {n: [v["dtype"], list(v["shape"]), data[slice(*v["data_offsets"])]] for n, v in header.items()}
        for _ in range(1 + source.below(3)):
            _change_weight(held, source)
        return _joined(held, metadata)
    except (TypeError, KeyError, ValueError, AttributeError):  # the header was damaged before
        return _bytes(content, source)


def _change_weight(held: dict[str, list[Any]], source: Source) -> None:
    name = source.pick(sorted(held) or [""])
    kind = source.below(7)
    dtype, shape, data = held.pop(name)
    if kind == 0:
        return
    if kind == 1:
        held[name + source.pick(("", "s", "_g", "_v", "_scale", ".alpha", "\n"))] = [dtype, shape, data]
        held[source.pick((name[1:], name.replace("0", "7"), name + "_scale", "x", ""))] = [dtype, shape, data]
        return
    if kind == 2:
        dtype = source.pick(sorted(DTYPES))
    elif kind == 3:
        shape = source.pick((shape[::-1], [*shape, 1], shape[1:], [0, *shape], [math.prod(shape)], [1] * 9))
    elif kind == 4:
        fill = source.pick((b"\0", b"\xff", b"\x7f", b"\0\0\xc0\x7f", b"\0\0\x80\x7f", b"\x80", b"\x7e"))
        data = (fill * len(data))[: len(data)]
    elif kind == 5:
        shape = [size + source.below(3) for size in shape]
    else:
        other = source.pick(sorted(held) or [name])
        held[other] = [dtype, shape, data]
    size = math.prod(shape) * DTYPES.get(dtype, 1)
    held[name] = [dtype, shape, (data * (size // max(len(data), 1) + 1))[:size] if size < 1 << 20 else b""]


def _joined(held: dict[str, list[Any]], metadata: Any) -> bytes:
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": metadata}
    end = 0
    for name, (dtype, shape, data) in held.items():
        start, end = end, end + len(data)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + b"".join(data for *_, data in held.values())


def _wave(content: bytes, source: Source) -> bytes:
    """A WAV file with its chunks in another order, of other sizes, or with other fields."""
    form, chunks = content[:12], _chunks(content)
    kind, place = source.below(8), source.below(max(len(chunks), 1))
    if not chunks or kind == 0:
        return _bytes(content, source)
    name, size, data = chunks[place]
    if kind == 1:
        chunks[place] = (source.pick(CHUNKS), size, data)
    elif kind == 2:
        chunks[place] = (name, source.pick(SIZES), data)
    elif kind == 3:
        chunks.insert(source.below(len(chunks) + 1), chunks[source.below(len(chunks))])
    elif kind == 4:
        chunks.pop(place)
    elif kind == 5:
        form = source.pick((b"RIFF", b"RF64", b"BW64", b"RIFX", b"riff")) + form[4:8] + b"WAVE"
    elif kind == 6 and name == b"LIST":
        changed = _comment(data, source)
        chunks[place] = (name, len(changed), changed)
    else:
        field = source.below(max(len(data) // 2, 1)) * 2 if name != b"data" else 0
        value = struct.pack("<I", source.pick(SIZES) & 0xFFFFFFFF)[: 2 + 2 * source.below(2)]
        chunks[place] = (name, size, data[:field] + value + data[field + len(value) :])
    return form + b"".join(name + struct.pack("<I", size) + data for name, size, data in chunks)


def _chunks(content: bytes) -> list[tuple[bytes, int, bytes]]:
    """Name, size as it is said, and what is there, padding included."""
    chunks, at = [], 12
    while at + 8 <= len(content):
        size = struct.unpack_from("<I", content, at + 4)[0]
        data = content[at + 8 : at + 8 + size + size % 2]
        chunks.append((content[at : at + 4], size, data))
        at += 8 + len(data)
        if not data and size:
            break
    return chunks


def _comment(data: bytes, source: Source) -> bytes:
    """The list of tags with other JSON in its comment."""
    start, end = data.find(b"{"), data.rfind(b"}") + 1
    if not 0 <= start < end:
        return data
    changed = _json(data[start:end], source)
    return data[:start] + changed + data[end:]

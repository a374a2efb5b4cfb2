"""One short take in the forms in which editors and recorders give it back. Peak of the sound: 0.5 in every one."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from musicapp.audio import wave_io
from musicapp.audio.tags import request_tags
from musicapp.request import TakeRequest

RATE = 44100
FRAMES = 4411  # odd: what is padded has to show
_TIME = np.arange(FRAMES) / RATE
SOUND = np.stack([0.5 * np.cos(2 * np.pi * f * _TIME) for f in (220, 330)], 1).astype(np.float32)
REQUEST = TakeRequest("take", "calm piano, 90 bpm", 0.5, 7)
TAGS = request_tags(REQUEST)
Chunks = list[tuple[bytes, bytes]]


def chunk(name: bytes, content: bytes, *, padded: bool = True) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2 if padded else 0)


def chunks_of(path: Path) -> Chunks:
    data, at, found = path.read_bytes(), 12, []
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        found.append((name, data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return found


def riff_of(chunks: Chunks) -> bytes:
    body = b"".join(chunk(name, content) for name, content in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def form(code: int, bits: int, *, channels: int = 2, rate: int = RATE, extensible: bool = False) -> bytes:
    frame = channels * bits // 8
    start = struct.pack("<HHIIHH", 0xFFFE if extensible else code, channels, rate, rate * frame % 2**32, frame, bits)
    if not extensible:
        return start
    return (
        start
        + struct.pack("<HHI", 22, bits, 3)
        + struct.pack("<H", code)
        + bytes.fromhex("000000001000800000aa00389b71")
    )


def encoded(code: int, bits: int, sound: np.ndarray = SOUND) -> bytes:
    if code == 3:
        return sound.astype(f"<f{bits // 8}").tobytes()
    if bits == 8:
        return (np.rint(sound * 127) + 128).astype(np.uint8).tobytes()
    whole = np.rint(sound.astype(np.float64) * (2 ** (bits - 1) - 1)).astype("<i8")
    return whole.view(np.uint8).reshape(-1, 8)[:, : bits // 8].tobytes()


def base(folder: Path) -> Chunks:
    path = folder / "base.tmp"
    wave_io.export(SOUND, path, sample_rate=RATE, format="wav32f", tags=TAGS)
    parts = chunks_of(path)
    path.unlink()
    return parts


def in_format(parts: Chunks, code: int, bits: int, extensible: bool = False) -> bytes:
    tags = dict(parts)[b"LIST"]
    return riff_of(
        [(b"fmt ", form(code, bits, extensible=extensible)), (b"LIST", tags), (b"data", encoded(code, bits))]
    )


def rf64(parts: Chunks) -> bytes:
    data, others = dict(parts)[b"data"], [part for part in parts if part[0] != b"data"]
    sizes = struct.pack("<QQQI", 36 + sum(8 + len(c) + len(c) % 2 for _, c in parts) + 4, len(data), FRAMES, 0)
    body = b"".join(chunk(name, content) for name, content in [(b"ds64", sizes), *others])
    return b"RF64" + b"\xff" * 4 + b"WAVE" + body + b"data" + b"\xff" * 4 + data


def _without(parts: Chunks, name: bytes) -> Chunks:
    return [part for part in parts if part[0] != name]


def _info(text: bytes) -> tuple[bytes, bytes]:
    return b"LIST", b"INFO" + chunk(b"ICMT", text + b"\0")


def _streamed(parts: Chunks, size: bytes) -> bytes:
    content = riff_of(parts)
    at = content.index(b"data") + 4
    return content[:4] + size + content[8:at] + size + content[at + 4 :]


_KINDS = [(code, bits, long) for code, bits in ((1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64)) for long in (0, 1)]


def _name(code: int, bits: int, extensible: int) -> str:
    return f"{'float' if code == 3 else 'pcm'}{bits}{'_extensible' if extensible else ''}"


def _in_format(kind: tuple[int, int, int], parts: Chunks) -> bytes:
    code, bits, extensible = kind
    return in_format(parts, code, bits, extensible=bool(extensible))


READABLE: dict[str, Callable[[Chunks], bytes]] = {
    **{_name(*kind): partial(_in_format, kind) for kind in _KINDS},
    "list_behind_data": lambda parts: riff_of([*_without(parts, b"LIST"), (b"LIST", dict(parts)[b"LIST"])]),
    "list_between": lambda parts: riff_of([parts[0], (b"LIST", dict(parts)[b"LIST"]), *_without(parts[1:], b"LIST")]),
    "second_comment": lambda parts: riff_of([*parts[:3], _info(b"bounced"), parts[3]]),
    "comment_first": lambda parts: riff_of([parts[0], _info(b"bounced"), *parts[1:]]),
    "comments_behind": lambda parts: riff_of([*parts, _info(b"mastered"), _info(b"{}")]),
    "junk_first": lambda parts: riff_of([(b"JUNK", bytes(28)), *parts]),
    "bext_and_ixml": lambda parts: riff_of([(b"bext", bytes(602) + b"odd"), *parts, (b"iXML", b"<?xml?>")]),
    "cues_and_markers": lambda parts: riff_of(
        [*parts, (b"cue ", bytes(4)), (b"smpl", bytes(36)), (b"acid", bytes(24))]
    ),
    "large_list": lambda parts: riff_of([parts[0], (b"LIST", b"adtl" + bytes(2 << 20)), *parts[1:]]),
    "not_padded": lambda parts: (
        riff_of([])[:12] + chunk(b"odd ", b"abc", padded=False) + b"".join(chunk(*part) for part in parts)
    ),
    "rf64": rf64,
    "bw64": lambda parts: b"BW64" + rf64(parts)[4:],
}
STREAMED: dict[str, Callable[[Chunks], bytes]] = {
    "no_sizes": lambda parts: _streamed(parts, bytes(4)),
    "largest_sizes": lambda parts: _streamed(parts, b"\xff" * 4),
}
NOT_READABLE: dict[str, tuple[Callable[[Chunks], bytes], str]] = {
    "empty": (lambda parts: b"", "is empty"),
    "cut_in_header": (lambda parts: riff_of(parts)[:30], "no samples"),
    "no_wav": (lambda parts: b"\x7fELF" + bytes(500), "is no WAV file"),
    "wave64": (lambda parts: b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb" + bytes(500), "Wave64"),
    "big_endian": (lambda parts: b"RIFX" + riff_of(parts)[4:], "other order"),
    "rate_0": (lambda parts: riff_of([(b"fmt ", form(3, 32, rate=0)), *parts[1:]]), "0 samples per second"),
    "rate_4_billion": (lambda parts: riff_of([(b"fmt ", form(3, 32, rate=2**32 - 1)), *parts[1:]]), "per second"),
    "no_channels": (lambda parts: riff_of([(b"fmt ", form(3, 32, channels=0)), *parts[1:]]), "damaged header"),
    "compressed": (lambda parts: riff_of([(b"fmt ", form(0x55, 32)), *parts[1:]]), "form that is not read"),
    "no_data": (lambda parts: riff_of(parts[:-1]), "has no samples"),
    "zeros": (lambda parts: riff_of([])[:12] + bytes(1 << 20), "header"),
}

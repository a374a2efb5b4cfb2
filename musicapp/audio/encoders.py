"""Write float blocks in one of the export formats."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from musicapp.audio import id3, ogg
from musicapp.audio.formats import ExportFormat
from musicapp.audio.riff import WaveWriter
from musicapp.audio.sound_paths import named
from musicapp.audio.tags import SOFTWARE, ascii_comment

MAX_OPUS_COMMENT = 40_000  # libsndfile cannot open Opus files whose header passes some 50 kB
DITHER_SEED = 16
_SOUNDFILE_TAGS = ("title", "artist", "comment", "date", "genre", "album")
Write = Callable[[np.ndarray], None]


@contextmanager
def open_encoder(
    path: Path,
    form: ExportFormat,
    *,
    sample_rate: int,
    channels: int,
    frames: int,
    tags: dict[str, str],
    chunks: bytes = b"",
) -> Iterator[Write]:
    """A function that appends blocks of `(frames, channels)` float32 to a new file at `path`.

    frames   in all, at `sample_rate`; WAV needs to know it first
    chunks   more of them for WAV, whole; other formats have no place for them
    Raises OSError, ValueError (too long for WAV), soundfile.LibsndfileError, AssertionError (soundfile, disk full).
    """
    tags = {"software": SOFTWARE, **tags, "comment": ascii_comment(tags.get("comment", ""))}
    if form.container == "WAV":
        with WaveWriter(path, sample_rate, channels, frames, bits=form.bits, tags=tags, chunks=chunks) as wave:
            round_off = _rounding(form.bits)
            yield lambda block: wave.write(round_off(block))
    elif form.container == "MP3":
        music = path.with_name(path.name + ".music")
        try:
            with _open_soundfile(music, form, sample_rate, channels, {}) as file:
                yield file.write
            with path.open("wb") as out, music.open("rb") as encoded:
                out.write(id3.tag_bytes(tags))
                shutil.copyfileobj(encoded, out)
        finally:
            music.unlink(missing_ok=True)
    else:
        if form.subtype == "OPUS":
            tags["comment"] = _shortened(tags["comment"])
        with _open_soundfile(path, form, sample_rate, channels, tags) as file:
            if form.bits:
                round_off = _rounding(form.bits)
                yield lambda block: file.write(round_off(block) << (32 - form.bits))
            else:
                yield file.write
        if form.container == "OGG":
            ogg.settle(path)


def _open_soundfile(
    path: Path, form: ExportFormat, sample_rate: int, channels: int, tags: dict[str, str]
) -> soundfile.SoundFile:
    file = soundfile.SoundFile(
        named(path),
        "w",
        samplerate=sample_rate,
        channels=channels,
        format=form.container,
        subtype=form.subtype,
        compression_level=form.compression_level,
        bitrate_mode=form.bitrate_mode,
    )
    for name in (*_SOUNDFILE_TAGS, "software"):
        if text := tags.get(name):
            setattr(file, name, text.replace("\0", " "))
    return file


def _rounding(bits: int) -> Callable[[np.ndarray], np.ndarray]:
    """From float32 samples to whole numbers of `bits` in int32; 32 leaves the floats alone.

    16 bit: triangular dither two steps wide makes the rounding error a steady hiss, free of distortion. Its seed is
    fixed: same take, same file. At 24 bit the float's own rounding is coarser than the error.
    Full scale 1.0 becomes the largest number there is, one step below.
    """
    scale = 2.0 ** (bits - 1)
    random = np.random.default_rng(DITHER_SEED)

    def with_dither(block: np.ndarray) -> np.ndarray:
        scaled = block * np.float32(scale)
        scaled += random.random(block.shape, np.float32)
        scaled -= random.random(block.shape, np.float32)
        return np.clip(np.rint(scaled), -scale, scale - 1).astype(np.int32)

    def plain(block: np.ndarray) -> np.ndarray:
        return np.clip(np.rint(block * np.float32(scale)), -scale, scale - 1).astype(np.int32)

    return {16: with_dither, 24: plain, 32: lambda block: block}[bits]


def _shortened(comment: str) -> str:
    """A comment that is too long for Opus in the letters themselves, a third of the length of their escapes."""
    if len(comment) <= MAX_OPUS_COMMENT:
        return comment
    try:
        return json.dumps(json.loads(comment), ensure_ascii=False)
    except ValueError:
        return comment[:MAX_OPUS_COMMENT]

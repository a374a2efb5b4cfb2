"""Training data from recordings: folders of audio with captions beside it, and WebDataset shards (tar files).

A caption is the text of `<stem>.txt`, the "caption", "prompt" or "text" of `<stem>.json`, or that of the line in
`metadata.jsonl` whose "file_name" is the file's. Nothing is unpacked to disk or unpickled; what cannot be used is left
out with a sentence in the log. Captions are UTF-8 or UTF-16, with or without a mark; endings may be in capitals.
"""

from __future__ import annotations

import codecs
import io
import json
import logging
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
import soundfile
import soxr

from musicapp.audio.sound_paths import openable, with_length
from musicapp.composing.truth import Truth
from musicapp.errors import MusicAppError
from musicapp.training.dataset import SAMPLE_RATE, Rate, ShardWriter

log = logging.getLogger(__name__)

SUFFIXES = (".wav", ".wave", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".aifc", ".caf", ".w64", ".au")
# Sound that libsndfile does not read: it gets a sentence of its own.
OTHERS = (
    ".m4a",
    ".aac",
    ".mp4",
    ".wma",
    ".alac",
    ".ape",
    ".wv",
    ".mka",
    ".webm",
    ".ac3",
    ".dsf",
    ".amr",
    ".ra",
    ".mpc",
)
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, with whose mark it begins
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CAPTION_KEYS = ("caption", "prompt", "text")
SHORTEST_S, LONGEST_S = 0.5, 3600.0
LARGEST_BYTES = 2 << 30  # of one file in a tar
HELD_OUT_EVERY = 20  # one recording in so many is only measured on


def write_recordings(source: Path, work: Path, number: int) -> int:
    """Add the recordings under `source` (a folder, or one tar file) to the shards of a work folder.

    Goes on behind what an earlier start wrote. Gives how many recordings the shards hold. Raises MusicAppError when
    there is nothing to use.
    """
    folders = [work / name / f"recordings-{number}" for name in ("audio", "audio-held-out")]
    with (
        ShardWriter(folders[0], "int16", 2, Rate()) as training,
        ShardWriter(folders[1], "int16", 2, Rate()) as held_out,
    ):
        done = training.names | held_out.names
        for name, data, caption in found_in(source):
            if name in done:
                continue
            try:
                audio = read(data)
            except (ValueError, OSError, soundfile.LibsndfileError) as error:
                log.warning("%s is left out: %s", name, str(error).rstrip("."))
                continue
            # By name, so that a recording stays on its side; a set too small for that trains on all but the first.
            is_held_out = zlib.crc32(name.encode()) % HELD_OUT_EVERY == 0 or held_out.count == 0
            rows = np.round(audio.clip(-1, 1) * 32767).astype(np.int16)
            (held_out if is_held_out else training).add(rows, _truth(caption, len(rows) / SAMPLE_RATE), name=name)
        count = training.count + held_out.count
    if training.count == 0 or held_out.count == 0:
        raise MusicAppError(
            f"There are not two recordings with captions in {source}.",
            hint="Put a .txt with the caption beside each .wav, .flac, .aiff, .mp3, .ogg or .opus; the log says what "
            "was left out.",
        )
    return count


def found_in(source: Path) -> Iterator[tuple[str, Path | bytes, str]]:
    """Name, file or its bytes, and caption of every captioned recording, in a fixed order."""
    tars = [source] if source.suffix == ".tar" else sorted(source.rglob("*.tar"))
    if source.is_dir():
        yield from _in_folder(source)
    for tar in tars:
        yield from _in_tar(tar)


def read(source: Path | bytes) -> np.ndarray:
    """A recording as `(frames, 2)` float32 at 44.1 kHz. Raises ValueError saying why it cannot be used."""
    given = io.BytesIO(with_length(source)) if isinstance(source, bytes) else openable(source)
    with soundfile.SoundFile(given) as file:
        if not SHORTEST_S <= file.frames / file.samplerate <= LONGEST_S:
            raise ValueError(f"it lasts {file.frames / file.samplerate:.1f} s")
        audio, rate = file.read(dtype="float32", always_2d=True), file.samplerate
    if not np.isfinite(audio).all():
        raise ValueError("it holds what is no number")
    if not audio.any():
        raise ValueError("it is silent")
    audio = np.repeat(audio, 2, axis=1) if audio.shape[1] == 1 else audio[:, :2]
    return audio if rate == SAMPLE_RATE else soxr.resample(audio, rate, SAMPLE_RATE, quality="VHQ")


def _in_folder(folder: Path) -> Iterator[tuple[str, Path, str]]:
    listed = _listed(folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    by_name = {path.relative_to(folder).as_posix().lower(): path for path in files}
    for path in files:
        name, suffix = path.relative_to(folder).as_posix(), path.suffix.lower()
        if suffix in OTHERS:
            log.warning("%s is left out: files of the kind %s are not read; save it as WAV or FLAC", name, suffix)
        if suffix not in SUFFIXES:
            continue
        stem = name[: -len(path.suffix)].lower()
        texts = {ending: by_name[stem + ending] for ending in (".txt", ".json") if stem + ending in by_name}
        try:
            beside = (_caption(ending, file.read_bytes()) for ending, file in texts.items())
            caption = listed.get(name, "") or next(filter(None, beside), "")
        except (ValueError, OSError) as error:
            log.warning("%s is left out: its caption cannot be read: %s", name, error)
            continue
        if caption:
            yield name, path, caption
        else:
            log.warning("%s is left out: it has no caption", name)


def _listed(folder: Path) -> dict[str, str]:
    path = next((file for file in sorted(folder.glob("*")) if file.name.lower() == "metadata.jsonl"), None)
    if path is None:
        return {}
    try:
        lines = text_of(path.read_bytes()).splitlines()
    except (ValueError, OSError) as error:
        log.warning("%s is left out: %s", path.name, error)
        return {}
    captions = {}
    for line in filter(str.strip, lines):
        try:
            values = json.loads(line)
            captions[PurePosixPath(str(values["file_name"]).replace("\\", "/")).as_posix()] = _chosen(values)
        except (ValueError, LookupError, TypeError, RecursionError):
            log.warning("A line of %s is left out: it has no file_name", path.name)
    return captions


def _in_tar(path: Path) -> Iterator[tuple[str, bytes, str]]:
    """Files of one stem stand together in a WebDataset shard; a stem ends at the first dot of the last name."""
    stem = ""
    parts: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r|") as tar:
            for member in tar:
                place = PurePosixPath(member.name)
                first, _, rest = place.name.partition(".")
                suffix = "." + rest.lower()
                if member.isfile() and suffix in OTHERS:
                    log.warning("%s in %s is left out: files of the kind %s are not read", place, path.name, suffix)
                if not member.isfile() or suffix not in (*SUFFIXES, ".txt", ".json") or member.size > LARGEST_BYTES:
                    continue
                if (now := str(place.parent / first)) != stem:
                    yield from _sample(path, stem, parts)
                    stem, parts = now, {}
                file = tar.extractfile(member)
                assert file is not None
                parts[suffix] = file.read()
    except tarfile.TarError as error:
        log.warning("The rest of %s is left out: %s", path.name, error)
    yield from _sample(path, stem, parts)


def _sample(path: Path, stem: str, parts: dict[str, bytes]) -> Iterator[tuple[str, bytes, str]]:
    sound = next((parts[suffix] for suffix in SUFFIXES if suffix in parts), None)
    try:
        caption = next((c for s in (".txt", ".json") if s in parts and (c := _caption(s, parts[s]))), "")
    except ValueError as error:
        log.warning("%s in %s is left out: its caption cannot be read: %s", stem, path.name, error)
        return
    if sound is not None and caption:
        yield f"{path.name}/{stem}", sound, caption
    elif sound is not None:
        log.warning("%s in %s is left out: it has no caption", stem, path.name)


def text_of(data: bytes) -> str:
    """A text in UTF-8 or UTF-16, as editors write it, with their mark at the start or without. Raises ValueError."""
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "")
    if not encoding:
        odd, even = data[1::2].count(0), data[::2].count(0)
        wide = 2 * max(odd, even) > len(data) // 2  # of letters of Europe every other byte is 0
        encoding = ("utf-16-le" if odd > even else "utf-16-be") if wide else "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8; save it as that") from error


def _caption(suffix: str, data: bytes) -> str:
    """Raises ValueError for a text in an encoding that is not known."""
    text = text_of(data)
    if suffix == ".txt":
        return " ".join(text.split())
    try:
        return _chosen(json.loads(text))
    except (json.JSONDecodeError, RecursionError):
        return ""


def _chosen(values: object) -> str:
    texts = [values.get(key) for key in CAPTION_KEYS] if isinstance(values, dict) else []
    return next((" ".join(text.split()) for text in texts if isinstance(text, str) and text.strip()), "")


def _truth(caption: str, duration_s: float) -> Truth:
    """What is known of a recording: what somebody wrote, and how long it is."""
    return Truth(
        style="", tempo_bpm=0.0, key="", mode="", metre="", sections=(), instruments=(), lead="", has_drums=False,
        energy=0.5, moods=(), duration_s=duration_s, kind="recording", caption=caption,
    )  # fmt: skip

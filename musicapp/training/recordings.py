"""Training data from recordings: folders of audio with captions beside it, and WebDataset shards (tar files).

A caption is the text of `<stem>.txt`, the "caption", "prompt" or "text" of `<stem>.json`, or that of the line in
`metadata.jsonl` whose "file_name" is the file's. Nothing is unpacked to disk or unpickled; what cannot be used is left
out with a sentence in the log.
"""

from __future__ import annotations

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

from musicapp.composing.truth import Truth
from musicapp.errors import MusicAppError
from musicapp.training.dataset import SAMPLE_RATE, Rate, ShardWriter

log = logging.getLogger(__name__)

SUFFIXES = (".wav", ".flac", ".mp3", ".ogg")
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
            hint="Put a .txt with the caption beside each .wav, .flac, .mp3 or .ogg.",
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
    with soundfile.SoundFile(io.BytesIO(source) if isinstance(source, bytes) else source) as file:
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
    listed = _listed(folder / "metadata.jsonl")
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES):
        name = path.relative_to(folder).as_posix()
        caption = listed.get(name, "")
        for suffix in (".txt", ".json"):
            if (beside := path.with_suffix(suffix)).is_file():
                caption = caption or _caption(suffix, beside.read_bytes())
        if caption:
            yield name, path, caption
        else:
            log.warning("%s is left out: it has no caption", name)


def _listed(path: Path) -> dict[str, str]:
    captions = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else ():
        try:
            values = json.loads(line)
            captions[str(values["file_name"])] = _chosen(values)
        except (ValueError, LookupError, TypeError):
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
    caption = next((c for s in (".txt", ".json") if s in parts and (c := _caption(s, parts[s]))), "")
    if sound is not None and caption:
        yield f"{path.name}/{stem}", sound, caption
    elif sound is not None:
        log.warning("%s in %s is left out: it has no caption", stem, path.name)


def _caption(suffix: str, data: bytes) -> str:
    text = data.decode("utf-8", errors="replace")
    if suffix == ".txt":
        return " ".join(text.split())
    try:
        return _chosen(json.loads(text))
    except ValueError:
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

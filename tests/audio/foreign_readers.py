"""Chunks of WAV files as other programs read them: libsndfile, and ffprobe and ExifTool where they are installed."""

from __future__ import annotations

import json
import struct
import subprocess
from pathlib import Path
from typing import Any

import soundfile

_GET_CUES, _GET_INSTRUMENT, _GET_LOOP, _GET_BROADCAST = 0x10CE, 0x10D0, 0x10E0, 0x10F0


def instrument(path: Path) -> dict[str, Any]:
    """libsndfile's view of `smpl`; it counts the frame behind a loop as its end."""
    content = _asked(path, _GET_INSTRUMENT, 272)
    _gain, basenote, *_, count = struct.unpack_from("<i6b2xi", content)
    loops = [struct.unpack_from("<i3I", content, 16 + 16 * number) for number in range(count)]
    return {"basenote": basenote, "loops": [(start, end) for _, start, end, _ in loops]}


def loop_info(path: Path) -> dict[str, Any]:
    """libsndfile's view of `acid`."""
    upper, lower, _, beats, bpm, root = struct.unpack_from("<hhiifi", _asked(path, _GET_LOOP, 44))
    return {"metre": (upper, lower), "beats": beats, "bpm": bpm, "root": root}


def cues(path: Path) -> list[tuple[int, str]]:
    """libsndfile's view of `cue ` and its labels, the first hundred."""
    content = _asked(path, _GET_CUES, 4 + 100 * 280)
    (count,) = struct.unpack_from("<I", content)
    found = [struct.unpack_from("<iIiiiI256s", content, 4 + 280 * number) for number in range(count)]
    return [(values[5], values[6].split(b"\0")[0].decode()) for values in found]


def broadcast(path: Path) -> dict[str, str]:
    """libsndfile's view of `bext`."""
    description, originator = struct.unpack_from("256s32s", _asked(path, _GET_BROADCAST, 2048))
    return {"description": description.split(b"\0")[0].decode(), "originator": originator.split(b"\0")[0].decode()}


def ffprobe_tags(path: Path) -> dict[str, str]:
    """What ffmpeg makes of INFO and bext."""
    command = ["ffprobe", "-v", "error", "-show_format", "-of", "json", str(path)]
    found: dict[str, str] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["format"].get(
        "tags", {}
    )
    return found


def exiftool_tags(path: Path) -> dict[str, Any]:
    """What ExifTool reads of `acid` and the rest."""
    told = subprocess.run(["exiftool", "-j", "-a", str(path)], capture_output=True, check=True).stdout
    found: dict[str, Any] = json.loads(told)[0]
    return found


def _asked(path: Path, command: int, size: int) -> bytes:
    with soundfile.SoundFile(path) as file:
        content = soundfile._ffi.new("char[]", size)
        soundfile._snd.sf_command(file._file, command, content, size)
        return bytes(soundfile._ffi.buffer(content, size))

"""A folder of many takes, for measuring: real headers and sidecars, and holes in the place of sound."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from musicapp.audio.tags import request_tags
from musicapp.audio.wave_io import WaveWriter
from musicapp.library.takes import Take, new_take_path, save
from musicapp.request import TakeRequest

RATE = 44100
MOODS = ("calm", "driving", "dark", "warm", "bright", "slow", "lazy", "tense", "hopeful", "dusty")
KINDS = ("piano", "techno", "string quartet", "lofi hip hop", "ambient pads", "house", "harp", "jazz trio", "ピアノ曲")
KEYS = ("C minor", "E minor", "A major", "F# minor", "Bb major", "D dorian")


def write_many(folder: Path, count: int, *, seconds: float = 30.0) -> list[Take]:
    """Write takes of `seconds` each, four of one prompt, over a year; the same ones each time."""
    draw = random.Random(count)
    beginning = datetime(2026, 1, 1, tzinfo=UTC)
    made, prompt = [], ""
    for number in range(count):
        if number % 4 == 0:
            words = (draw.choice(MOODS), draw.choice(KINDS), f"{draw.randint(60, 180)} bpm", f"in {draw.choice(KEYS)}")
            prompt = f"{words[0]} {words[1]}, {', '.join(words[2:])}, idea {number // 4}"
        request = TakeRequest(f"take{number:06d}", prompt, seconds, draw.randrange(2**32), steps=8)
        created = beginning + timedelta(days=365 * number / count)
        take = _write(new_take_path(folder, request.take_id, created), request, created, seconds)
        made.append(take)
    return made


def _write(path: Path, request: TakeRequest, created: datetime, seconds: float) -> Take:
    frames = round(seconds * RATE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with WaveWriter(path, RATE, 2, frames, tags=request_tags(request)) as wave:
        wave.flush()
        header = path.read_bytes()
    size = int.from_bytes(header[4:8], "little") + 8  # what the header promises: the sound is a hole in the file
    path.write_bytes(header)
    with path.open("r+b") as file:
        file.truncate(max(size, len(header) + frames * 8))
    take = Take(request.take_id, path, request, created, RATE, 2, frames, 0.5, "Musicapp Small", 2.0)
    save(take)
    return take

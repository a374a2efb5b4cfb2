"""A sound file from its start to its end in blocks, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import soundfile

REACH_FRAMES = 1 << 14  # of an MP3 that are read once more: its frames hold parts of those behind, for 4 kB at most


def blocks(file: soundfile.SoundFile, size: int) -> Iterator[np.ndarray]:
    """All of an open file as `(frames, channels)` float32 in blocks of `size` frames, the last one shorter.

    soundfile seeks behind everything that it reads. In an MP3 that throws away what its decoder keeps of the frames
    before, and silence or wrong samples follow: so each block is begun some frames earlier. Raises
    soundfile.LibsndfileError.
    """
    reach, place = REACH_FRAMES if file.format == "MP3" else 0, 0
    while True:
        again = min(reach, place)
        if again:
            file.seek(place - again)
        block = file.read(again + size, dtype="float32", always_2d=True)[again:]
        if not len(block):
            return
        place += len(block)
        yield block

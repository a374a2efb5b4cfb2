"""A sound file from its start to its end in blocks, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import soundfile

REACH_FRAMES = 1 << 14  # of an MP3 that are read once more: its frames hold parts of those behind, for 4 kB at most
LONGEST_PACKET_S = 0.12  # of an Opus file (RFC 6716)


def blocks(file: soundfile.SoundFile, size: int) -> Iterator[np.ndarray]:
    """All of an open file as `(frames, channels)` float32 in blocks of `size` frames, the last one shorter.

    soundfile seeks behind everything that it reads. In an MP3 that throws away what its decoder keeps of the frames
    before, and silence or wrong samples follow: so each block is begun some frames earlier. In an Opus file wrong
    samples follow behind a place in the last packet: so nothing begins to be read there. Raises
    soundfile.LibsndfileError.
    """
    reach, place = REACH_FRAMES if file.format == "MP3" else 0, 0
    last_packet = round(LONGEST_PACKET_S * file.samplerate) if file.subtype == "OPUS" else 0
    while True:
        again = min(reach, place)
        if again:
            file.seek(place - again)
        count = size + last_packet if file.frames - place - size <= last_packet else size
        read = file.read(again + count, dtype="float32", always_2d=True)[again:]
        if not len(read):
            return
        for first in range(0, len(read), size):
            yield read[first : first + size]
        place += len(read)

#!/bin/sh
# A CAF file that FFmpeg writes to a stream, where it cannot go back to the start, has -1 for the size of its data: "up to
# the end of the file", as the format allows for the last chunk. libsndfile refuses such a file as malformed. FFmpeg
# itself reads it. With the size put in libsndfile reads the same bytes whole. WAV and AU from the same stream, with
# their own marks for an unknown size, are read by both.
#
# Seen with soundfile 0.14.0 (libsndfile 1.2.2) and PyAV 18.1.0 (FFmpeg 8.1.2), 100,001 frames:
#   format, read by libsndfile, read by FFmpeg
#   wav 100001 100001
#   au 100001 100001
#   caf refused ('Supported file format but file is malformed.') 100001
#
# Who meets it: what a recorder or a pipe wrote as CAF counts as damaged in every program that reads with libsndfile.
# Musicapp puts the size in as it reads (musicapp/audio/streamed.py).
#
# Exits 0 when the behaviour is as described, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "soundfile==0.14.0" "av==18.1.0" "numpy==2.4.6"
cat > "$folder/try.py" <<'PYTHON'
import io
import struct
import sys

import av
import numpy as np
import soundfile

FRAMES, RATE = 100_001, 44100


class Stream(io.RawIOBase):
    """Takes bytes and cannot go back."""

    def __init__(self):
        self.content = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.content += bytes(data)
        return len(data)


def streamed(name, codec):
    stream = Stream()
    tone = (3000 * np.sin(0.05 * np.arange(FRAMES))).astype(np.int16)
    with av.open(stream, "w", format=name) as container:
        track = container.add_stream(codec, rate=RATE, layout="mono", format="s16")
        frame = av.AudioFrame.from_ndarray(tone[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, 0
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return bytes(stream.content)


def by_libsndfile(content):
    try:
        return len(soundfile.read(io.BytesIO(content))[0])
    except soundfile.LibsndfileError as error:
        return f"refused ({error.error_string.strip()!r})"


def by_ffmpeg(content):
    with av.open(io.BytesIO(content)) as container:
        return sum(block.samples for block in container.decode(audio=0))


print("libsndfile", soundfile.__libsndfile_version__, "- PyAV", av.__version__, "- FFmpeg", av.ffmpeg_version_info)
seen = []
for name, codec in (("wav", "pcm_s16le"), ("au", "pcm_s16be"), ("caf", "pcm_s16be")):
    content = streamed(name, codec)
    seen += [by_libsndfile(content), by_ffmpeg(content)]
    print(name, *seen[-2:])
place = content.index(b"data") + 4
(size,) = struct.unpack_from(">q", content, place)
sized = content[:place] + struct.pack(">q", len(content) - place - 8) + content[place + 8 :]
seen += [size, by_libsndfile(sized)]
print("size of the data in the CAF file", size, "- with the true one libsndfile reads", seen[-1])
refused = "refused ('Supported file format but file is malformed.')"
sys.exit(0 if seen == [FRAMES] * 4 + [refused, FRAMES, -1, FRAMES] else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py

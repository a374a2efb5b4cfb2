#!/bin/sh
# libsndfile writes AIFF files with comments of 10 kB and Opus files with comments of 60 kB that it cannot open again,
# though FFmpeg decodes all of their sound; with 60 kB in an AIFF file the sound itself is lost, for FFmpeg too. In a CAF
# file a comment of 30 kB is written and not given back (in WAV, as is known, one of 2 kB). FLAC, Ogg Vorbis and MP3 give
# all of these back. No write says a word.
#
# Seen with soundfile 0.14.0 (libsndfile 1.2.2) and PyAV 18.1.0 (FFmpeg 8.1.2), one second at 48 kHz, comments of 4,000,
# 10,000, 30,000 and 60,000 letters; "closed" is a file that libsndfile refuses, with the frames that FFmpeg decodes:
#   AIFF: back, closed 48000, closed 48000, closed 0
#   OGG/OPUS: back, back, back, closed 48000
#   CAF: back, back, lost, lost
#   FLAC, OGG, MP3: back, back, back, back
#
# Who meets it: an app that keeps a take's settings in its comment can lose the way back to the sound with them. Musicapp
# writes WAV itself, keeps comments of Opus files below 40 kB (musicapp/audio/encoders.py) and writes no AIFF or CAF.
#
# Exits 0 when the behaviour is as described, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "soundfile==0.14.0" "av==18.1.0" "numpy==2.4.6"
cat > "$folder/try.py" <<'PYTHON'
import sys

import av
import numpy as np
import soundfile

RATE = 48000
LENGTHS = (4_000, 10_000, 30_000, 60_000)
FORMATS = {
    "AIFF": "PCM_16", "OGG/OPUS": "OPUS", "CAF": "PCM_16", "FLAC": "PCM_16", "OGG": "VORBIS", "MP3": "MPEG_LAYER_III",
}
WANTED = {
    "AIFF": ["back", "closed 48000", "closed 48000", "closed 0"],
    "OGG/OPUS": ["back", "back", "back", "closed 48000"],
    "CAF": ["back", "back", "lost", "lost"],
}
print("libsndfile", soundfile.__libsndfile_version__, "- PyAV", av.__version__, "- FFmpeg", av.ffmpeg_version_info)
tone = 0.1 * np.sin(0.05 * np.arange(RATE, dtype=np.float32))
is_as_described = True
for name, subtype in FORMATS.items():
    found = []
    for length in LENGTHS:
        comment = "0123456789" * (length // 10)
        with soundfile.SoundFile("tone", "w", RATE, 1, subtype=subtype, format=name.split("/")[0]) as file:
            file.comment = comment
            file.write(tone)
        try:
            with soundfile.SoundFile("tone") as file:
                found.append("back" if file.comment == comment else "lost")
        except soundfile.LibsndfileError:
            with av.open("tone") as container:
                decoded = sum(block.samples for block in container.decode(audio=0))
            found.append(f"closed {decoded}")
    print(name, *zip(LENGTHS, found))
    is_as_described &= found == WANTED.get(name, ["back"] * 4)
sys.exit(0 if is_as_described else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py

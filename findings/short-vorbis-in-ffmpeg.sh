#!/bin/sh
# A Vorbis file that libsndfile writes loses its last 128 frames in FFmpeg when its music fits on one page (up to about
# 1 s at 44.1 kHz); libsndfile itself reads all of them. From two pages of music on nothing is lost.
#
# Seen with soundfile 0.13.1 (libsndfile 1.2.2) and PyAV 15.1.0 (FFmpeg 7.1.1):
#   frames written, pages, read by libsndfile, read by FFmpeg
#   4410 3 4410 4282
#   44100 3 44100 43972
#   88200 4 88200 88200
#
# Who meets it: a one-second loop that is exported as Ogg and opened in a program that decodes with FFmpeg has a gap at
# its seam. Musicapp gives short files a second page of music (musicapp/audio/ogg.py).
#
# Exits 0 when the behaviour is as described, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "soundfile==0.13.1" "av==15.1.0" "numpy==2.2.6"
cat > "$folder/try.py" <<'PYTHON'
import sys

import av
import numpy as np
import soundfile

print("libsndfile", soundfile.__libsndfile_version__, "- FFmpeg through PyAV", av.__version__)
seen = []
for frames in (4410, 44100, 88200):
    tone = 0.1 * np.sin(0.05 * np.arange(frames, dtype=np.float32))
    soundfile.write("tone.ogg", np.stack([tone, tone], axis=1), 44100, format="OGG", subtype="VORBIS")
    with open("tone.ogg", "rb") as file:
        pages = file.read().count(b"OggS")
    with av.open("tone.ogg") as container:
        decoded = sum(block.samples for block in container.decode(audio=0))
    seen.append((frames, pages, soundfile.info("tone.ogg").frames, decoded))
    print(*seen[-1])
wanted = [(4410, 3, 4410, 4282), (44100, 3, 44100, 43972), (88200, 4, 88200, 88200)]
sys.exit(0 if seen == wanted else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py

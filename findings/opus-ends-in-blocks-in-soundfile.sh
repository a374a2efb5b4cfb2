#!/bin/sh
# An Opus file that python-soundfile reads in blocks ends with wrong samples when the last block is short: frames from a
# little earlier come once more, and the true last ones never. soundfile seeks behind each read to the place where it is;
# libsndfile, asked for a place in the last packet (20 ms as usual), of which a part is cut off, gives what is earlier by
# as much. Read in one go, or from the same place behind an opening of its own, the same file is right. Nothing is
# raised, and the number of frames is right.
#
# Seen with soundfile 0.14.0 (libsndfile 1.2.2), two seconds and a little more at 48 kHz, blocks of one second:
#   frames, in the last block, wrong ones of them, by how many frames they are early, wrong ones behind an own opening
#   96050 50 50 118 0
#   96123 123 123 45 0
#   96500 500 500 148 0
#   97200 1200 0 0 0
#
# Who meets it: a loop in Opus that is copied, measured or converted in blocks gets a click at its seam, once in a hundred
# files or so. Musicapp begins no read in a last packet (musicapp/audio/blocks.py).
#
# Exits 0 when the behaviour is as described, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "soundfile==0.14.0" "numpy==2.4.6"
cat > "$folder/try.py" <<'PYTHON'
import sys

import numpy as np
import soundfile

RATE = 48000
print("soundfile", soundfile.__version__, "- libsndfile", soundfile.__libsndfile_version__)
seen = []
for frames in (96050, 96123, 96500, 97200):
    noise = 0.1 * np.random.default_rng(frames).standard_normal(frames).astype(np.float32)
    soundfile.write("noise.opus", noise, RATE, format="OGG", subtype="OPUS")
    whole = soundfile.read("noise.opus", dtype="float32")[0]
    last = list(soundfile.blocks("noise.opus", RATE, dtype="float32"))[-1]
    own = soundfile.read("noise.opus", start=2 * RATE, dtype="float32")[0]
    true = whole[2 * RATE :]
    early = min(range(1000), key=lambda by: np.abs(whole[2 * RATE - by : frames - by] - last).max())
    wrong = [int((np.abs(found - true) > 1e-6).sum()) for found in (last, own)]
    seen.append((len(whole), len(last), wrong[0], early, wrong[1]))
    print(*seen[-1])
wanted = [(96050, 50, 50, 118, 0), (96123, 123, 123, 45, 0), (96500, 500, 500, 148, 0), (97200, 1200, 0, 0, 0)]
sys.exit(0 if seen == wanted else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py

#!/bin/sh
# An MP3 file that python-soundfile reads in blocks has wrong samples behind the beginning of every block but the first:
# silence at 44.1 and 48 kHz. Read in one go, the same file is right. soundfile seeks behind each read to the place where
# it is; in an MP3 that throws away what the decoder keeps of the frames before, on which the next ones lean (the bit
# reservoir). Nothing is raised. Music that fills its bits, as noise does, comes through.
#
# Seen with soundfile 0.14.0 (libsndfile 1.2.2), a plain tone of 10 s, blocks of 65,536 frames:
#   rate, frames, wrong ones in blocks, blocks with wrong ones, wrong ones where each block begins 16,384 frames early
#   44100 441000 yes 6 of 7 0
#   48000 480000 yes 7 of 8 0
#   22050 220500 yes 3 of 4 0
#
# Who meets it: whoever measures, plays or converts a long MP3 in blocks. Musicapp begins blocks of MP3 files earlier and
# drops what it has (musicapp/audio/blocks.py).
#
# Exits 0 when the behaviour is as described, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "soundfile==0.14.0" "numpy==2.2.6"
cat > "$folder/try.py" <<'PYTHON'
import sys

import numpy as np
import soundfile

BLOCK, EARLY = 65536, 16384
print("soundfile", soundfile.__version__, "- libsndfile", soundfile.__libsndfile_version__)


def in_blocks(early):
    with soundfile.SoundFile("tone.mp3") as file:
        found, place = [], 0
        while place < file.frames:
            again = min(early, place)
            if again:
                file.seek(place - again)
            found.append(file.read(again + BLOCK, dtype="float32", always_2d=True)[again:])
            place += len(found[-1])
    return np.concatenate(found)


def wrong(found, whole):
    return np.flatnonzero(np.abs(found - whole).max(axis=1) > 1e-3)


seen = []
for rate in (44100, 48000, 22050):
    tone = 0.5 * np.sin(2 * np.pi * 220 / rate * np.arange(10 * rate))
    soundfile.write("tone.mp3", np.stack([tone, tone], axis=1), rate)
    whole, _ = soundfile.read("tone.mp3", dtype="float32", always_2d=True)
    places = wrong(in_blocks(0), whole)
    blocks = len(set((places // BLOCK).tolist()))
    found = (rate, len(whole), "yes" if len(places) else "no", blocks, "of", -(-len(whole) // BLOCK))
    seen.append((*found, len(wrong(in_blocks(EARLY), whole))))
    print(*seen[-1])
wanted = [
    (44100, 441000, "yes", 6, "of", 7, 0), (48000, 480000, "yes", 7, "of", 8, 0), (22050, 220500, "yes", 3, "of", 4, 0)
]
sys.exit(0 if seen == wanted else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py 2>/dev/null  # the decoder complains there, too

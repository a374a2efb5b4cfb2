#!/bin/sh
# Pedalboard gives back other samples than it reads: a file of 16 bit that is read and written again without any effect
# has each negative sample one step lower, every time anew; at 24 bit so have those louder than about -54 dBFS. What is read
# are numbers over 2**(bits - 1) - 1, and what is written is rounded down. Ten times reading and writing lower the whole
# negative half by ten steps, so that music gets an offset of five.
#
# Seen with pedalboard 0.9.26 and soundfile 0.14.0; WAV, FLAC and AIFF alike:
#   bits, samples, changed by after reading and writing once, after ten times
#   16 -20000 -1000 -2 -1 0 1 2 1000 20000: -1 -1 -1 -1 0 0 0 0 0, -10 -10 -10 -10 0 0 0 0 0
#   24 -5000000 -100000 -1000 0 1000 100000 5000000: -1 -1 0 0 0 0 0, -10 -10 0 0 0 0 0
#
# Who meets it: with all effects switched off a chain still does not give back the file that went in, and what passes
# through it again and again grows an offset. Musicapp does not use pedalboard; what it reads of 24 bit it writes back bit
# for bit (musicapp/audio/encoders.py).
#
# Exits 0 when the behaviour is as described, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pedalboard==0.9.26" "soundfile==0.14.0" "numpy==2.4.6"
cat > "$folder/try.py" <<'PYTHON'
import sys

import numpy as np
import pedalboard
import soundfile
from pedalboard.io import AudioFile

print("pedalboard", pedalboard.__version__, "- soundfile", soundfile.__version__)
given = {
    16: np.array([-20_000, -1_000, -2, -1, 0, 1, 2, 1_000, 20_000]),
    24: np.array([-5_000_000, -100_000, -1_000, 0, 1_000, 100_000, 5_000_000]),
}
lowered = {16: [True] * 4 + [False] * 5, 24: [True] * 2 + [False] * 5}
is_as_described = True
for suffix in ("wav", "flac", "aiff"):
    for bits, steps in given.items():
        path, shift = f"steps.{suffix}", 32 - bits
        soundfile.write(path, (steps << shift).astype(np.int32), 44100, subtype=f"PCM_{bits}")
        for passes in range(1, 11):
            with AudioFile(path) as file:
                audio = file.read(file.frames)
            with AudioFile(path, "w", 44100, 1, bit_depth=bits) as file:
                file.write(audio)
            if passes in (1, 10):
                change = (soundfile.read(path, dtype="int32")[0] >> shift) - steps
                print(suffix, bits, "after", passes, change.tolist())
                is_as_described &= np.array_equal(change, -passes * np.array(lowered[bits]))
sys.exit(0 if is_as_described else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py

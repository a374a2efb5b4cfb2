#!/bin/sh
# libsndfile reads an MP3 file that has no length in it (no Xing or Info frame: lameenc writes none, nor do recorders of
# streams) only up to a length that it guesses from the size of the first frame. Where that frame is larger than the
# average of a variable bit rate, the end is silently missing, and neither reading on nor seeking gets at it; after a
# silent start the length is several times too great. FFmpeg decodes all of it. A constant bit rate does no harm.
#
# Seen with soundfile 0.14.0 (libsndfile 1.2.2), lameenc 1.9.0 (variable bit rate, quality 2) and PyAV 18.1.0, 20 s of
# noise at 44.1 kHz, 882,000 frames:
#   what, length by libsndfile, frames read by soundfile, frames read behind a seek to 15 s, frames decoded by FFmpeg
#   fades 478059 478059 no such place 883584
#   silent-start 4631427 883584 222084 883584
#
# Who meets it: half of a sound that starts a take or trains a model is lost without a word. Musicapp counts
# the frames itself and hands libsndfile the file behind a frame that says how many there are (musicapp/audio/mpeg.py).
#
# Exits 0 when the behaviour is as described, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "soundfile==0.14.0" "lameenc==1.9.0" "av==18.1.0" "numpy==2.4.6"
cat > "$folder/try.py" <<'PYTHON'
import sys

import av
import lameenc
import numpy as np
import soundfile

RATE, SECONDS = 44100, 20
print("libsndfile", soundfile.__libsndfile_version__, "- FFmpeg through PyAV", av.__version__)
noise = np.random.default_rng(1).standard_normal((SECONDS * RATE, 2))
early = np.arange(len(noise))[:, None] < 2 * RATE
seen = {}
for name, level in (("fades", np.where(early, 5000, 5)), ("silent-start", np.where(early, 0, 5000))):
    encoder = lameenc.Encoder()
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(2)
    encoder.set_vbr(4)
    encoder.set_vbr_quality(2)
    encoder.silence()
    music = encoder.encode((noise * level).astype("<i2").tobytes()) + encoder.flush()
    with open("music.mp3", "wb") as file:
        file.write(music)
    with soundfile.SoundFile("music.mp3") as file:
        length, read = file.frames, len(file.read())
    with soundfile.SoundFile("music.mp3") as file:
        try:
            file.seek(15 * RATE)
            behind = len(file.read())
        except soundfile.LibsndfileError:
            behind = "no such place"
    with av.open("music.mp3") as container:
        decoded = sum(block.samples for block in container.decode(audio=0))
    seen[name] = (length, read, behind, decoded)
    print(name, *seen[name])
whole = range(SECONDS * RATE, SECONDS * RATE + 3000)
cut, long = seen["fades"], seen["silent-start"]
is_cut = cut[0] == cut[1] < 0.7 * SECONDS * RATE and cut[2] == "no such place" and cut[3] in whole
is_long = long[0] > 2 * SECONDS * RATE and long[1] in whole and long[3] in whole
sys.exit(0 if is_cut and is_long else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py

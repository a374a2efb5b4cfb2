#!/bin/sh
# An Apple Lossless file in a CAF that libsndfile writes loses its end in FFmpeg when more than half of its last packet is
# music: libsndfile writes that packet short and says how many frames are missing to 4,096 (mRemainderFrames), FFmpeg
# takes so many off the short packet once more. With less than half, nothing is lost. libsndfile reads all of them.
#
# Seen with soundfile 0.14.0 (libsndfile 1.2.2) and PyAV 18.1.0 (FFmpeg 8.1.2), 16 and 24 bit alike:
#   frames written, of them in the last packet, read by libsndfile, read by FFmpeg
#   22050 1570 22050 22050
#   44100 3140 44100 43144
#   48000 2944 48000 46848
#   100001 1697 100001 100001
#   132300 1228 132300 132300
#
# Who meets it: a lossless loop of one second that is saved for a Mac and opened in a program that decodes with FFmpeg
# ends 22 ms early. Musicapp writes no such files, and reads them with libsndfile, to their last frame.
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

print("libsndfile", soundfile.__libsndfile_version__, "- PyAV", av.__version__, "- FFmpeg", av.ffmpeg_version_info)
print("bits, frames written, of them in the last packet, read by libsndfile, read by FFmpeg")
is_as_described = True
for bits in (16, 24):
    for frames in (22050, 44100, 48000, 100001, 132300):
        tone = np.round(0.2 * np.sin(0.05 * np.arange(frames)) * 32767).astype(np.int16)
        soundfile.write("tone.caf", np.stack([tone, tone], axis=1), 44100, subtype=f"ALAC_{bits}")
        whole = soundfile.read("tone.caf", dtype="int16")[0]
        with av.open("tone.caf") as container:
            blocks = [block.to_ndarray() for block in container.decode(audio=0)]
        decoded = np.concatenate(blocks, axis=1)
        last = frames % 4096
        print(bits, frames, last, len(whole), decoded.shape[1])
        lost = 4096 - last if last > 2048 else 0
        is_as_described &= len(whole) == frames and decoded.shape[1] == frames - lost
        first = decoded[0].astype(np.int64) >> (0 if bits == 16 else 16)
        is_as_described &= np.array_equal(first, tone[: frames - lost])
sys.exit(0 if is_as_described else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py

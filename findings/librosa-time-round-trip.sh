#!/bin/sh
# librosa's conversions to seconds and back lose one: time_to_samples(samples_to_time(n)) is n - 1 for one place in twelve,
# and time_to_frames(frames_to_time(n)) for one in fifteen. The products are cut, not rounded, and n / rate * rate is often a
# little less than n.
#
# Seen with librosa 0.11.0:
#   44100 Hz: 40939 of 500000 places are one too low, the first 15 23 30 46 53
#   48000 Hz: 40306 of 500000 places are one too low, the first 27 49 54 61 98
#   frames of 512 at 44100 Hz: 341 of 5000 are one too low, the first 15 23 30 46 53
#
# Who meets it: beats kept in seconds and cut at by samples fall one sample, and features looked up by them one hop (12 ms)
# too early, now and then. Musicapp rounds to the nearest frame (frames_for in musicapp/request.py), and the frame where a
# bar begins belongs to that bar (musicapp/ui/state/comping.py).
#
# Exits 0 when the behaviour is as described, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "librosa==0.11.0" "numpy==2.4.6"
cat > "$folder/try.py" <<'PYTHON'
import sys

import librosa
import numpy as np

print("librosa", librosa.__version__)
is_as_described = True
for rate, wanted in ((44100, 40939), (48000, 40306)):
    places = np.arange(500_000)
    back = librosa.time_to_samples(librosa.samples_to_time(places, sr=rate), sr=rate)
    lost = places[back == places - 1]
    print(f"{rate} Hz: {len(lost)} of {len(places)} places are one too low, the first", *lost[:5])
    is_as_described &= len(lost) == wanted and np.isin(back - places, (0, -1)).all()
frames = np.arange(5_000)
back = librosa.time_to_frames(librosa.frames_to_time(frames, sr=44100), sr=44100)
lost = frames[back == frames - 1]
print(f"frames of 512 at 44100 Hz: {len(lost)} of {len(frames)} are one too low, the first", *lost[:5])
is_as_described &= len(lost) == 341
sys.exit(0 if is_as_described else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py

#!/bin/sh
# The loudness range (EBU Tech 3342) of a short sound depends on who measures. Steady noise, all of whose passages of 3 s
# are equally loud within 0.1 LU, has a range of 2.5 LU by pyloudnorm's new loudness_range if it lasts up to 4 s, 1.4 LU at
# 8 s and 0 from 20 s on: it puts 1.5 s of silence behind the sound and measures what reaches into it, too. FFmpeg's
# ebur128 says 20 LU from 3.0 to 3.3 s, and 0 for a tenth of a second more. libebur128 says 0 at every length.
#
# Seen with pyloudnorm 0.2.0, pyebur128 0.1.1 and PyAV 18.1.0 (FFmpeg 8.1.2), LU:
#   seconds, libebur128, FFmpeg, pyloudnorm
#   3.2 0.0 20.0 2.6
#   3.4 0.0 0.0 2.5
#   8.0 0.0 0.0 1.4
#   20.0 0.0 0.0 0.0
#
# Who meets it: loops are short. One of two bars at 150 bpm looks as uneven as a symphony, and the same loop has another
# range in each program. Musicapp counts passages that lie whole within the sound, which gives 0 here at every length
# (musicapp/audio/loudness.py).
#
# Exits 0 when the behaviour is as described, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyloudnorm==0.2.0" "pyebur128==0.1.1" "av==18.1.0" "numpy==2.4.6" "scipy==1.17.1"
cat > "$folder/try.py" <<'PYTHON'
import sys
from fractions import Fraction
from importlib.metadata import version

import av
import numpy as np
import pyebur128
import pyloudnorm

RATE = 48000
print("pyloudnorm", version("pyloudnorm"), "- pyebur128", pyebur128.__version__, "- PyAV", av.__version__)


def by_libebur128(sound: np.ndarray) -> float:
    state = pyebur128.R128State(2, RATE, pyebur128.MeasurementMode.MODE_LRA)
    state.add_frames(sound.reshape(-1), len(sound))
    return pyebur128.get_loudness_range(state)


def by_ffmpeg(sound: np.ndarray) -> float:
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="flt", sample_rate=RATE, layout="stereo", time_base=Fraction(1, RATE))
    meter, sink = graph.add("ebur128", "metadata=1:framelog=quiet"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="flt", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    source.push(frame)
    source.push(None)
    told = 0.0
    while True:
        try:
            told = float(sink.pull().metadata["lavfi.r128.LRA"])
        except (EOFError, av.error.EOFError):
            return told


seen = []
for seconds in (3.2, 3.4, 8.0, 20.0):
    noise = 0.1 * np.random.default_rng(5).standard_normal((round(seconds * RATE), 2)).astype(np.float32)
    by_pyloudnorm = pyloudnorm.Meter(RATE).loudness_range(noise.astype(np.float64))
    seen.append((seconds, *(abs(round(float(value), 1)) for value in (by_libebur128(noise), by_ffmpeg(noise), by_pyloudnorm))))
    print(*seen[-1])
wanted = [(3.2, 0.0, 20.0, 2.6), (3.4, 0.0, 0.0, 2.5), (8.0, 0.0, 0.0, 1.4), (20.0, 0.0, 0.0, 0.0)]
sys.exit(0 if seen == wanted else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py

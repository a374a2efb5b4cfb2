#!/bin/sh
# Essentia's LoudnessEBUR128, told the sample rate as it asks to be, is right up to 88.2 kHz and wrong above: at 96 kHz every
# momentary value is no number, and the integrated loudness of any music -70 LUFS, that of silence; at 176.4 kHz a tone 12 dB
# below full scale reads 22 LUFS; at 192 kHz it is 0.4 to 0.8 off. No error, no warning. (Essentia computes in single
# precision throughout.) libebur128 reads the same samples right at every rate.
#
# Seen with essentia 2.1b6.dev1389 and pyebur128 0.1.1, a tone of 997 Hz at -12 dBFS in both channels, and noise, 12 s each:
#   rate, LUFS of the tone by libebur128 and Essentia, of the noise by libebur128 and Essentia
#   44100 -12.04 -12.04 -13.86 -13.87
#   48000 -12.04 -12.04 -13.85 -13.85
#   88200 -12.06 -12.04 -13.78 -13.75
#   96000 -12.06 -70.00 -13.77 -70.00
#   176400 -12.07 21.97 -13.73 14.80
#   192000 -12.07 -11.26 -13.72 -13.33
#
# Who meets it: whoever brings what is made to a loudness, or sorts it out as silent, by Essentia at the rate of a
# high-resolution export. Musicapp's own meter filters by spectra and reads the tone right up to 384 kHz
# (musicapp/audio/loudness.py).
#
# Exits 0 when the behaviour is as described, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "essentia==2.1b6.dev1389" "pyebur128==0.1.1" "numpy==2.4.6"
cat > "$folder/try.py" <<'PYTHON'
import sys

import essentia
import numpy as np
import pyebur128
from essentia.standard import LoudnessEBUR128

essentia.log.infoActive = False
print("essentia", essentia.__version__, "- pyebur128", pyebur128.__version__)


def by_libebur128(sound: np.ndarray, rate: int) -> float:
    state = pyebur128.R128State(2, rate, pyebur128.MeasurementMode.MODE_I)
    state.add_frames(sound.reshape(-1), len(sound))
    return pyebur128.get_loudness_global(state)


is_right, is_silent, is_too_loud = {}, {}, {}
for rate in (44100, 48000, 88200, 96000, 176400, 192000):
    time_s = np.arange(12 * rate) / rate
    tone = 0.25 * np.sin(2 * np.pi * 997 * time_s)
    noise = 0.1 * np.random.default_rng(5).standard_normal((len(time_s), 2))
    seen = []
    for sound in (np.stack([tone, tone], axis=1).astype(np.float32), noise.astype(np.float32)):
        seen += [by_libebur128(sound, rate), LoudnessEBUR128(sampleRate=rate)(sound)[2]]
    print(rate, *(f"{value:.2f}" for value in seen))
    is_right[rate] = all(abs(seen[i] - seen[i + 1]) < 0.1 for i in (0, 2))
    is_silent[rate] = all(seen[i] < -69 for i in (1, 3))
    is_too_loud[rate] = all(seen[i] > 0 for i in (1, 3))
as_described = (
    all(is_right[rate] for rate in (44100, 48000, 88200))
    and is_silent[96000]
    and is_too_loud[176400]
    and not is_right[192000]
)
sys.exit(0 if as_described else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py

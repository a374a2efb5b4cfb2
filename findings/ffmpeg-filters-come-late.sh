#!/bin/sh
# Some of FFmpeg's filters give the sound back late, in a file of the same length: it begins with as much of nothing, and
# as much is missing at its end. The denoiser afftdn is 25 ms late, the equaliser superequalizer 4,095 frames,
# dialoguenhance 1,536, and afftfilt, told to change nothing, 3,072. None of them has an option against it, as alimiter
# and firequalizer have. equalizer, anequalizer, highpass, acompressor and dynaudnorm keep the place.
#
# Seen with imageio-ffmpeg 0.8.1 (FFmpeg 9.0.2; 5.1.9 alike), two bursts of noise, then a hit in the last 20 ms, at 48 kHz:
#   filter, frames late, change of length, how much of the hit's energy is left
#   anull 0 0 1.00
#   equalizer=f=1000:t=q:w=1:g=3 0 0 1.56
#   dynaudnorm 0 0 1.00
#   afftdn 1200 0 0.00
#   superequalizer 4095 0 0.00
#   dialoguenhance 1536 0 0.00
#   afftfilt 3072 0 0.00
#
# Who meets it: a loop cleaned so has a hole at its seam and has lost its last hit; a denoised stem stands 25 ms behind the
# others, and mixed with its original it sounds like two. Musicapp's exports keep each frame in its place
# (musicapp/audio/passage.py).
#
# Exits 0 when the behaviour is as described, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "imageio-ffmpeg==0.8.1" "soundfile==0.14.0" "numpy==2.4.6"
cat > "$folder/try.py" <<'PYTHON'
import subprocess
import sys

import imageio_ffmpeg
import numpy as np
import soundfile

RATE = 48000
FRAMES, HIT = 4 * RATE, RATE // 50
ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version())

time_s = np.arange(FRAMES) / RATE
rng = np.random.default_rng(0)
envelope = np.exp(-(((time_s - 1.5) / 0.2) ** 2)) + np.exp(-(((time_s - 3.1) / 0.05) ** 2))
envelope[-HIT:] += np.hanning(HIT)
noise = np.convolve(rng.standard_normal(FRAMES), np.hanning(30) / 8, "same")
given = 0.2 * envelope * noise
soundfile.write("given.wav", np.stack([given, given], axis=1), RATE, subtype="FLOAT")


def filtered(name: str) -> np.ndarray:
    command = [ffmpeg, "-v", "error", "-y", "-i", "given.wav", "-af", name, "-c:a", "pcm_f32le", "out.wav"]
    subprocess.run(command, check=True)
    return soundfile.read("out.wav", always_2d=True)[0][:, 0]


def frames_late(found: np.ndarray) -> int:
    size = 1 << 19
    spectra = np.fft.rfft(found, size) * np.conj(np.fft.rfft(given, size))
    place = int(np.fft.irfft(spectra, size).argmax())
    return place - size if place > size // 2 else place


seen = {}
for name in (
    "anull",
    "equalizer=f=1000:t=q:w=1:g=3",
    "dynaudnorm",
    "afftdn",
    "superequalizer",
    "dialoguenhance",
    "afftfilt",
):
    found = filtered(name)
    left = float(np.square(found[-HIT:]).sum() / np.square(given[-HIT:]).sum())
    seen[name] = (frames_late(found), len(found) - FRAMES)
    print(name, *seen[name], f"{left:.2f}")
    seen[name] += (left > 0.1,)
late = {"afftdn": 1200, "superequalizer": 4095, "dialoguenhance": 1536, "afftfilt": 3072}
wanted = {name: (late.get(name, 0), 0, name not in late) for name in seen}
sys.exit(0 if seen == wanted else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py

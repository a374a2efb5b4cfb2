"""Room above the peaks of lossy files: what a decoder makes of them is louder than what went in, by up to some dB.

How much depends on the music, so the file that was written is decoded and its true peak read; if it is too high, the
file is written again with less gain.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
import soxr

from musicapp.audio import levels
from musicapp.audio.blocks import blocks
from musicapp.audio.sound_paths import openable
from musicapp.audio.true_peak import OVERSAMPLING, TruePeakMeter

CEILING = levels.from_db(-1.0)  # what platforms and broadcasters ask for, -1 dBTP
AIM = levels.from_db(-1.1)  # meters differ by a tenth of a decibel
LEAST_CUT = levels.from_db(-0.25)  # every time that a file is written again costs as long as the first
MOST_ATTEMPTS = 8
BLOCK_FRAMES = 65536


def next_gain(gain: float, decoded_peak: float, aim: float = AIM) -> float:
    """The gain to try when `gain` came back with this true peak; the same when that is low enough."""
    return gain if decoded_peak <= aim else gain * min(aim / decoded_peak, LEAST_CUT)


def decoded_peak(path: Path, should_stop: Callable[[], bool]) -> float | None:
    """The true peak of a file as it is heard, linear; None when told to stop. Raises LibsndfileError, OSError."""
    with soundfile.SoundFile(openable(path)) as file:
        meter = PeakFinder(file.samplerate, file.channels)
        for block in blocks(file, BLOCK_FRAMES):
            if should_stop():
                return None
            meter.push(block)
    return meter.peak()


class PeakFinder:
    """The highest true peak that any usual meter would find: files reflected at their start, or silent before it."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._stream = soxr.ResampleStream(sample_rate, OVERSAMPLING * sample_rate, channels, dtype="float32")
        self._start, self._channels = TruePeakMeter(channels), channels
        self._has_begun = False
        self._loudest = 0.0

    def push(self, audio: np.ndarray) -> None:
        """Take `(frames, channels)` float32."""
        if not self._has_begun:
            self._start.push(audio)
            self._has_begun = len(audio) > 0
        self._look(audio)
        self._look(self._stream.resample_chunk(audio))

    def peak(self) -> float:
        """Of everything pushed, which ends here."""
        self._look(self._stream.resample_chunk(np.zeros((0, self._channels), np.float32), last=True))
        return max(self._loudest, self._start.peak())

    def _look(self, audio: np.ndarray) -> None:
        if len(audio):
            self._loudest = max(self._loudest, float(audio.max()), -float(audio.min()))

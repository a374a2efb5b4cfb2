"""What a whole audio file measures: its levels, its tempo and its key, in one reading of any length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from musicapp.analysis.heard import MOST_S, Heard, hear
from musicapp.audio import levels
from musicapp.audio.blocks import blocks
from musicapp.audio.loudness import Loudness, LoudnessMeter
from musicapp.audio.sound_paths import openable
from musicapp.audio.true_peak import TruePeakMeter
from musicapp.audio.wave_io import unreadable
from musicapp.errors import LibraryError

BLOCK_FRAMES = 1 << 17
FULL_SCALE = 1.0  # a sample above it is cut off by what plays or stores whole numbers
OnBlock = Callable[[np.ndarray, int], None]


@dataclass(frozen=True)
class Measures:
    """A sound as meters and ears read it. What is silent has levels of minus infinity.

    true_peak_db  dBTP
    peak_db       of the samples
    over_frames   how many are above full scale
    heard         None where there is nothing to hear a tempo in
    """

    frames: int
    sample_rate: int
    channels: int
    loudness: Loudness
    true_peak_db: float
    peak_db: float
    over_frames: int
    heard: Heard | None

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate


def measure(
    path: Path, *, on_block: OnBlock | None = None, should_stop: Callable[[], bool] = lambda: False
) -> Measures:
    """Read a whole file of any kind that libsndfile knows. Raises LibraryError, also when told to stop.

    on_block  is told every block, `(frames, channels)` float32 without what is no number, and the frames of the file
    """
    try:
        with soundfile.SoundFile(openable(path)) as file:
            return _measure(file, path, on_block or (lambda block, frames: None), should_stop)
    except (OSError, soundfile.LibsndfileError) as error:
        raise unreadable(path, error) from error


def _measure(file: soundfile.SoundFile, path: Path, on_block: OnBlock, should_stop: Callable[[], bool]) -> Measures:
    rate, channels = file.samplerate, file.channels
    meter, true_peak = LoudnessMeter(channels, rate), TruePeakMeter(channels)
    peak, over, frames, kept = 0.0, 0, 0, [np.zeros(0, np.float32)]
    for block in blocks(file, BLOCK_FRAMES):
        if should_stop():
            raise LibraryError(f"“{path.name}” was not measured to its end.")
        np.nan_to_num(block, copy=False, posinf=0.0, neginf=0.0)
        on_block(block, file.frames)
        meter.push(block)
        true_peak.push(block)
        highest = np.abs(block[:, 0])
        for channel in block.T[1:]:  # several times faster than a maximum over interleaved channels
            np.maximum(highest, np.abs(channel), out=highest)
        peak, over = max(peak, float(highest.max(initial=0.0))), over + int((highest > FULL_SCALE).sum())
        if frames < MOST_S * rate:
            kept.append(block.mean(axis=1, dtype=np.float32))
        frames += len(block)
    heard = hear(np.concatenate(kept)[:, None], rate)
    loudness = meter.loudness()
    return Measures(frames, rate, channels, loudness, levels.to_db(true_peak.peak()), levels.to_db(peak), over, heard)

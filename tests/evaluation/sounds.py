"""Made-up music for tests of the evaluation: composed truths over simple tones, so that no sound bank is needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.evaluation.renders import FIRST_SEEDS, KINDS, SOUND, Kept, folder_of, pieces_of
from musicapp.training.dataset import ShardWriter


def notes(pitches: list[int], each_s: float, *, partials: int = 3) -> np.ndarray:
    """A tune of MIDI pitches, `(frames,)`, each note dying away; 0 is a rest."""
    time = np.arange(round(each_s * SAMPLE_RATE)) / SAMPLE_RATE
    made = []
    for pitch in pitches:
        hertz = 440 * 2 ** ((pitch - 69) / 12)
        tone = sum(np.sin(2 * np.pi * hertz * n * time) / n for n in range(1, partials + 1))
        made.append(tone * np.exp(-3 * time) if pitch else np.zeros_like(time))
    return np.concatenate(made)


def stereo(sound: np.ndarray, level: float = 0.1) -> np.ndarray:
    """`(frames, 2)` float32."""
    return (level * np.stack([sound, sound], axis=1)).astype(np.float32)


def write_renders(work: Path, name: str, seconds: float, count: int, kept: Kept = SOUND) -> None:
    """What `RenderSet` would render, with tones in place of the bank's sound."""
    first = FIRST_SEEDS.get(name, 0)
    rng = np.random.default_rng(first // 1000)
    with ShardWriter(folder_of(work, name, seconds, kept), kept.dtype, kept.width) as writer:
        for _, piece in zip(range(count), pieces_of(first, seconds, KINDS.get(name, "song")), strict=False):
            frames = round(seconds * SAMPLE_RATE)
            tune = notes([int(pitch) for pitch in rng.integers(50, 80, int(seconds * 2) + 1)], 0.5)[:frames]
            beat = rng.normal(size=frames) * (np.arange(frames) % 22050 < 2000) * piece.truth.has_drums
            sound = stereo(tune + beat) * np.linspace(1, 0, frames)[:, None] ** 0.1
            writer.add(kept.rows_of(sound.astype(np.float32)), piece.truth)

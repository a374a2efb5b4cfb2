"""A prompt that names a drop gets one, by ears that know nothing of the prompt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.analysis.sound import attack_kurtosis
from musicapp.audio.loudness import loudness_lufs
from musicapp.engine.engine import Engine
from musicapp.request import TakeRequest
from tests.making import make


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def take(engine: Engine, folder: Path, prompt: str, seconds: float, seed: int = 5) -> np.ndarray:
    path = folder / f"{len(prompt)} {seed}.wav"
    list(make(engine, TakeRequest("t", model="builtin", prompt=prompt, duration_s=seconds, seed=seed), path))
    return soundfile.read(path, dtype="float32")[0]


def test_the_drop_is_heard_where_it_was_asked_for(engine: Engine, tmp_path: Path) -> None:
    attacks = []
    for seed in (2, 5):
        sound = take(engine, tmp_path, "rock, 120 bpm, drums, electric guitar, starts quiet, drop at 0:12", 24, seed)
        before, after = sound[: 11 * 44100], sound[13 * 44100 : 23 * 44100]
        assert loudness_lufs(after, 44100) > loudness_lufs(before, 44100) + 3
        attacks.append([attack_kurtosis(part.mean(1), 44100) for part in (before, after)])
    quiet, loud = np.mean(attacks, axis=0)
    assert loud > quiet


def test_the_same_prompt_without_an_arc_is_even(engine: Engine, tmp_path: Path) -> None:
    sound = take(engine, tmp_path, "rock, 120 bpm, drums, electric guitar", 24)
    before, after = sound[: 11 * 44100], sound[13 * 44100 : 23 * 44100]
    assert abs(loudness_lufs(after, 44100) - loudness_lufs(before, 44100)) < 2.5

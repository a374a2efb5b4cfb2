"""Takes as the app would have left them earlier, with synthetic music: for pictures of the window."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from musicapp.request import TakeRequest, frames_for

PROMPTS = (
    ("warm analog synth pads, slow, dreamy, wide stereo", 45.0, 2718281828, 26),
    ("driving techno, 130 bpm, deep bass, no vocals", 60.0, 31415, 75),
    (
        "fingerpicked acoustic guitar, folk, bright morning, in G major, with soft brushes and upright bass",
        30.0,
        7,
        180,
    ),
    ("string quartet, adagio, melancholic", 95.0, 1618033988, 1500),
    ("lo-fi hip hop, dusty drums, electric piano, vinyl crackle", 30.0, 4242, 2900),
)


def fill_library(folder: Path, count: int = len(PROMPTS)) -> None:
    """Earlier takes, as the app would have left them; the second one goes beyond full scale."""
    from musicapp.audio import tags
    from musicapp.audio.wave_io import WaveWriter
    from musicapp.library import takes
    from tests.ui.fake_host import SAMPLE_RATE, music

    for number in range(count):
        prompt, duration_s, seed, minutes_ago = PROMPTS[number % len(PROMPTS)]
        if number >= len(PROMPTS):
            duration_s, seed, minutes_ago = 1.0, seed + number, 3000 + 60 * number
        when = datetime.now().astimezone() - timedelta(minutes=minutes_ago)
        request = TakeRequest(f"earlier{number}", prompt, duration_s, seed, steps=8, guidance_scale=1.0)
        path = takes.new_take_path(folder, request.take_id, when)
        path.parent.mkdir(parents=True, exist_ok=True)
        frames = frames_for(duration_s, SAMPLE_RATE)
        with WaveWriter(path, SAMPLE_RATE, 2, frames, tags=tags.request_tags(request)) as writer:
            writer.write(music(seed, frames) * np.float32(2.1 if number == 1 else 1.0))
        take = takes.Take(request.take_id, path, request, when, SAMPLE_RATE, 2, frames, 0.9, "Musicapp Small", 9.0)
        takes.save(take)

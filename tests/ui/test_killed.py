"""Real processes, killed with signal 9: what was typed and what was heard is there at the next start."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import soundfile

from musicapp import settings
from musicapp.audio import growing, tags, wave_io
from musicapp.library import takes
from tests.sound_devices import ROOT
from tests.tiny_model import write_tiny_model
from tests.ui import queue_kills
from tests.ui.conftest import Desk
from tests.ui.long_sitting import PROMPT, UNDER_WAY

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that kills.")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("models") / "slow", text_encoder="none", max_duration_s=300)


def work_until_sound(model: Path) -> tuple[subprocess.Popen[str], int]:
    """A window in the middle of a take that can be heard, and the process of its engine."""
    window = subprocess.Popen(
        [sys.executable, "-m", "tests.ui.long_sitting", str(model)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert window.stdout is not None
    for line in window.stdout:
        if line.startswith("sound"):
            return window, int(line.split()[1])
    raise AssertionError(f"the window ended with {window.wait()}")


@pytest.mark.parametrize("who", ["window", "both", "both, window first stopped"])
def test_a_killed_window_loses_neither_words_nor_sound(
    model: Path, home: Path, open_desk: Callable[[], Desk], who: str
) -> None:
    window, engine = work_until_sound(model)
    victims = [engine, window.pid] if who.startswith("both") else [window.pid]
    if who.endswith("stopped"):
        os.kill(engine, signal.SIGSTOP)
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    window.wait(10)
    assert window.stdout is not None
    window.stdout.close()
    end_s = time.monotonic() + 20
    while psutil.pid_exists(engine) and time.monotonic() < end_s:
        time.sleep(0.02)
    saved = settings.load()
    assert (saved.prompt, saved.duration_s, saved.seed, saved.seed_locked) == (UNDER_WAY, 285.0, 4711, True)
    assert saved.recent_prompts == [PROMPT]
    desk = open_desk()
    desk.wait(lambda: desk.studio.library.model.rows)
    assert desk.window.prompts.prompt.toPlainText() == UNDER_WAY
    (row,) = desk.studio.library.model.rows
    assert row.take is not None and row.take.is_finished and row.take.frames > 0
    assert (row.request.prompt, row.request.seed, row.request.duration_s) == (PROMPT, 4711, 285.0)
    audio, rate = soundfile.read(row.take.path)
    assert len(audio) == row.take.frames and rate == row.take.sample_rate
    kept = takes.load(row.take.path)
    # Where there is no sidecar yet, the model's name is looked up by the list; what is measured comes a moment later.
    of_list = {"model_name": row.take.model_name, "measured": row.take.measured}
    assert kept is not None and dataclasses.replace(kept, **of_list) == row.take
    assert not growing.lock_of(row.take.path).exists()
    desk.wait(lambda: desk.studio.library.current and desk.studio.library.current.take_id == row.take_id)
    desk.studio.exporter.export()
    desk.wait(lambda: desk.studio.exporter.last)
    assert desk.studio.exporter.last is not None and desk.studio.exporter.last.path.is_file()


def test_what_a_kill_left_before_the_first_sound_goes(desk: Desk, home: Path) -> None:
    """A header without sound, and a lock that nobody holds."""
    request = replace(desk.make_take("harp", 1.0).request, take_id="empty")
    path = home / "takes" / "empty.wav"
    with wave_io.WaveWriter(path, 44100, 2, 44100, tags=tags.request_tags(request)) as writer:
        writer.flush()
    growing.lock_of(path).touch()
    loaded: list[bool] = []
    desk.studio.library.loaded.connect(lambda: loaded.append(True))
    desk.studio.library.load()
    desk.wait(lambda: loaded)
    assert not path.exists() and not growing.lock_of(path).exists()
    assert [row.take_id for row in desk.studio.library.model.rows] != ["empty"]


def test_a_killed_window_loses_no_wish_and_makes_none_twice(model: Path, home: Path) -> None:
    """Once, in the middle; `python -m tests.ui.queue_kills` does it at 20 random moments."""
    verdict = queue_kills.kill_once(model, home, seed=7, delay_s=1.5)
    assert verdict.told > 1 and not verdict.missing and not verdict.twice

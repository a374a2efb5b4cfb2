"""Nothing is fake here but the size of the model: the window, the engine's process, the sound output, the files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from musicapp import settings
from musicapp.audio import wave_io
from musicapp.engine.host import EngineHost
from musicapp.ui.main_window import MainWindow
from musicapp.ui.state import player
from musicapp.ui.studio import Studio
from musicapp.ui.theme import Theme
from tests import sound_devices
from tests.ui.conftest import delete, end
from tests.ui.fake_output import FakeOutput

PATIENCE_MS = 240_000


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.tiny_model import write_tiny_model

    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny", max_duration_s=300)


def test_type_generate_listen_and_export(model: Path, home: Path, tmp_path: Path) -> None:
    environment = dict(os.environ)
    recording: Path | None = None
    if not sound_devices.why_no_portaudio():
        environment, recording = sound_devices.alsa_file_environment(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.whole_way", str(model), str(home / "exports")],
        env=environment,
        cwd=sound_devices.ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_MS / 500,
    )
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout.strip().splitlines()[-1])
    assert "error" not in outcome, f"{outcome} {done.stderr}"
    assert (outcome["code"], outcome["torch"], outcome["messages"]) == (0, False, "")
    take, rate = wave_io.read(Path(outcome["take"]))
    assert (take.shape, rate) == ((110_250, 2), 44100)
    assert np.isfinite(take).all() and np.abs(take).max() > 0
    again = tmp_path / "again.wav"
    command = [sys.executable, "-m", "musicapp", "generate", "calm piano, 90 bpm, in C minor", "--seconds", "2.5"]
    command += ["--seed", str(outcome["seed"]), "--model", str(model), "--device", "cpu", "--precision", "fp32"]
    subprocess.run(
        [*command, "-o", str(again)],
        env=environment,
        cwd=sound_devices.ROOT,
        check=True,
        capture_output=True,
        timeout=PATIENCE_MS / 1000,
    )
    np.testing.assert_array_equal(wave_io.read(again)[0], take)  # the file names the model's folder in fewer words
    exported, _ = wave_io.read(Path(outcome["exported"]))
    loudest = max(float(np.abs(take).max()), 1.0)
    np.testing.assert_allclose(exported, take / loudest, atol=3e-7)
    if recording is not None:
        assert outcome["played"]
        heard = sound_devices.read_recording(recording)
        ramp = 200  # frames: the 4 ms at the start of playing
        first = sound_devices.start_of(take[ramp : ramp + 2000], heard)
        assert first >= 0, "what the sound card got is not the take"
        np.testing.assert_array_equal(heard[first : first + len(take) - ramp], take[ramp:])


@pytest.fixture(scope="module")
def wordless_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without a text encoder the engine is up in a moment."""
    from tests.tiny_model import write_tiny_model

    return write_tiny_model(tmp_path_factory.mktemp("models") / "wordless", text_encoder="none", max_duration_s=300)


@contextmanager
def real_sitting(application: QApplication, model: Path) -> Iterator[tuple[Studio, EngineHost]]:
    """A window with the engine in its own process and a fake sound card."""
    saved = settings.Settings(model=str(model), device="cpu", precision="fp32", duration_s=3.0, prompt="calm piano")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(player, "PlaybackHost", FakeOutput)
        studio, theme = Studio(EngineHost, saved), Theme(application, "dark")
    window = MainWindow(studio, theme)
    window.show()
    host = studio.bridge.host
    assert isinstance(host, EngineHost)
    end_s = time.monotonic() + PATIENCE_MS / 1000
    while studio.engine.phase != "ready":
        assert time.monotonic() < end_s and studio.engine.phase != "failed"
        QTest.qWait(20)
    yield studio, host
    end(window, studio)
    delete(theme)


@pytest.fixture(scope="module")
def sitting(qapp: QApplication, wordless_model: Path) -> Iterator[tuple[Studio, EngineHost]]:
    """One window for the tests that leave its engine alive."""
    with real_sitting(qapp, wordless_model) as made:
        yield made


@pytest.fixture
def short_sitting(qapp: QApplication, wordless_model: Path) -> Iterator[tuple[Studio, EngineHost]]:
    """A window for a test that ends its engine."""
    with real_sitting(qapp, wordless_model) as made:
        yield made


def test_cancel_answers_and_leaves_no_file(sitting: tuple[Studio, EngineHost], qtbot: QtBot, home: Path) -> None:
    studio, _ = sitting
    studio.take_settings.set_sampling(steps=1000)
    studio.generation.start()
    qtbot.waitUntil(lambda: studio.generation.run is not None and studio.generation.run.step > 0, timeout=PATIENCE_MS)
    studio.generation.cancel()
    qtbot.waitUntil(lambda: not studio.generation.is_running, timeout=5000)
    assert list((home / "takes").rglob("*.wav")) == []
    assert studio.messages.current is None
    studio.take_settings.set_sampling(steps=None)


def test_window_and_engine_agree_on_the_same_seed(sitting: tuple[Studio, EngineHost], qtbot: QtBot) -> None:
    studio, _ = sitting
    studio.take_settings.set_seed_text("7")
    takes = []
    for _ in range(2):
        with qtbot.waitSignal(studio.open_takes.made, timeout=PATIENCE_MS) as made:
            studio.generation.start()
        takes.append(made.args[0].path.read_bytes())
    assert takes[0] == takes[1]


def test_a_missing_model_is_told(sitting: tuple[Studio, EngineHost], qtbot: QtBot, tmp_path: Path) -> None:
    studio, _ = sitting
    studio.take_settings.set_target(model=str(tmp_path / "nowhere"))
    qtbot.waitUntil(lambda: studio.engine.phase == "failed", timeout=PATIENCE_MS)
    assert studio.messages.current is not None and studio.messages.current.hint


def test_a_killed_engine_leaves_window_and_takes_alone(short_sitting: tuple[Studio, EngineHost], qtbot: QtBot) -> None:
    studio, host = short_sitting
    with qtbot.waitSignal(studio.open_takes.made, timeout=PATIENCE_MS) as made:
        studio.generation.start()
    studio.take_settings.set_sampling(steps=1000)
    studio.generation.start()
    qtbot.waitUntil(lambda: studio.generation.run is not None and studio.generation.run.step > 0, timeout=PATIENCE_MS)
    assert host.pid is not None
    os.kill(host.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: not studio.generation.is_running, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "ended by the system" in getattr(studio.messages.current, "text", ""), timeout=PATIENCE_MS)
    assert [row.take_id for row in studio.library.model.rows] == [made.args[0].take_id]
    studio.take_settings.set_sampling(steps=None)
    with qtbot.waitSignal(studio.open_takes.made, timeout=PATIENCE_MS):
        studio.generation.start()
    assert len(studio.library.model.rows) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that stops a process.")
def test_the_window_lives_while_the_engine_stands_still(short_sitting: tuple[Studio, EngineHost], qtbot: QtBot) -> None:
    """Told after ten seconds, never waited for, and mended by the button."""
    studio, host = short_sitting
    stalls: list[float] = []
    ticks = [time.monotonic()]

    def tick() -> None:
        now_s = time.monotonic()
        stalls.append(now_s - ticks[0])
        ticks[0] = now_s

    timer = QTimer(interval=10)
    timer.timeout.connect(tick)
    assert host.pid is not None
    os.kill(host.pid, signal.SIGSTOP)
    began_s = time.monotonic()
    timer.start()
    studio.take_settings.set_prompt("piano, " * 280)  # with these the pipe was full after 17
    for _ in range(40):
        studio.generation.start()
        studio.generation.cancel()
        qtbot.waitUntil(lambda: not studio.generation.is_running, timeout=5000)
    qtbot.waitUntil(lambda: studio.engine.phase == "silent", timeout=20_000)
    told_s = time.monotonic() - began_s
    assert studio.messages.current is not None and "has not answered" in studio.messages.current.text
    timer.stop()
    assert 9 < told_s < 25 and max(stalls) < 0.5, (told_s, max(stalls))
    studio.messages.accept_offer()
    qtbot.waitUntil(lambda: studio.engine.phase == "ready", timeout=PATIENCE_MS)
    studio.take_settings.set_prompt("calm piano")
    with qtbot.waitSignal(studio.open_takes.made, timeout=PATIENCE_MS):
        studio.generation.start()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that kills.")
def test_a_killed_engine_leaves_what_was_heard_and_makes_the_same_again(
    short_sitting: tuple[Studio, EngineHost], qtbot: QtBot
) -> None:
    studio, host = short_sitting
    studio.take_settings.set_sampling(steps=1)
    studio.take_settings.set_duration(120.0)
    studio.generation.start()
    qtbot.waitUntil(lambda: studio.generation.heard != "", timeout=PATIENCE_MS)
    assert studio.generation.run is not None and host.pid is not None
    lost = studio.generation.run.request
    os.kill(host.pid, signal.SIGKILL)
    with qtbot.waitSignal(studio.leftovers.kept, timeout=PATIENCE_MS) as kept:
        pass
    part = kept.args[0]
    audio, _ = wave_io.read(part.path)
    assert 0 < len(audio) == part.frames < 120 * part.sample_rate and part.request.seed == lost.seed
    qtbot.waitUntil(lambda: studio.messages.current is not None, timeout=PATIENCE_MS)
    assert studio.messages.current is not None and studio.messages.current.offer is not None
    with qtbot.waitSignal(studio.open_takes.made, timeout=PATIENCE_MS) as made:
        studio.messages.accept_offer()
    again = made.args[0]
    assert (again.request.seed, again.request.prompt, again.frames) == (lost.seed, lost.prompt, 120 * again.sample_rate)
    whole, _ = wave_io.read(again.path)
    np.testing.assert_array_equal(whole[: len(audio)], audio)  # the part is the beginning of the same take
    qtbot.waitUntil(lambda: studio.looks.is_idle, timeout=PATIENCE_MS)

"""Pictures of the window in its main states: `python -m tests.screenshots OUTDIR`.

Light and dark, at 100 % and 200 %, drawn by the real widgets without a screen. The music is synthetic.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from musicapp.request import Lora, TakeRequest, frames_for

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
PROMPT = "calm piano, 90 bpm, in C minor"
LOST = "The engine stopped (SIGKILL)."


def main() -> int:
    """Make all pictures; each combination of theme and scale in its own process, since Qt reads the scale once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--theme", choices=("light", "dark"))
    parser.add_argument("--scale", type=int, choices=(100, 200), default=100)
    parser.add_argument("--size", default="1180x760", help="of the window, for example 900x600")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.theme:
        shoot(options.folder, options.theme, options.scale, options.size)
        return 0
    for theme in ("light", "dark"):
        for scale in (100, 200):
            environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale / 100)}
            command = [sys.executable, "-m", "tests.screenshots", str(options.folder), "--theme", theme]
            command += ["--scale", str(scale), "--size", options.size]
            subprocess.run(command, check=True, env=environment)
    return 0


def shoot(folder: Path, theme_name: str, scale: int, size: str) -> None:
    """Every state of one theme at one scale."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["MUSICAPP_HOME"] = home
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        studio_shots(folder, theme_name, f"{theme_name}-{scale}", size, Path(home))


def studio_shots(folder: Path, theme_name: str, ending: str, size: str, home: Path) -> None:
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from musicapp import settings
    from musicapp.engine.events import EngineLost
    from musicapp.ui.main_window import MainWindow
    from musicapp.ui.state import player
    from musicapp.ui.state.background import Lane
    from musicapp.ui.studio import Studio
    from musicapp.ui.theme import Theme
    from tests.ui.fake_host import FakeHost
    from tests.ui.fake_output import DEVICES, FakeOutput

    player.Output, player.list_devices = FakeOutput, lambda: DEVICES  # type: ignore[misc, assignment]
    application = QApplication([])
    theme = Theme(application, theme_name)
    studio = Studio(FakeHost, settings.Settings(export_folder=str(home / "exports"), auto_play="off"))
    window = MainWindow(studio, theme)
    if size:
        window.resize(*(int(part) for part in size.split("x")))
    window.show()
    window.stage.focus_waveform()  # a blinking cursor would be in some pictures only
    host = studio.bridge.host
    assert isinstance(host, FakeHost)

    def picture(name: str) -> None:
        lanes = studio.findChildren(Lane)
        returned: list[object] = []
        for lane in lanes:
            lane.run(lambda: None, returned.append)
        while len(returned) < len(lanes) or studio.exporter.is_running or window.stage.page is None:
            QTest.qWait(50)
        window.grab()  # rows that are seen for the first time want to be measured
        while not studio.looks.is_idle:
            QTest.qWait(50)
        before, image = None, window.grab().toImage()
        while image != before:  # until nothing moves any more
            QTest.qWait(200)
            before, image = image, window.grab().toImage()
        image.save(str(folder / f"{name}-{ending}.png"))

    picture("empty")
    fill_library(home / "takes")
    studio.library.load()
    form = studio.take_settings
    form.set_prompt(PROMPT)
    form.set_seed(894659138)
    host.script, host.steps = "denoising", 50
    studio.generation.start()
    picture("generating")
    request = host.requests[-1]
    host.steps, host.chunks = 50, 5
    host.write(request, 3)
    picture("filling")
    host.write(request, 5)
    host.finish(request)
    while studio.library.current is None:
        QTest.qWait(50)
    studio.player.set_region((round(8.0 * 44100), round(16.0 * 44100)))
    studio.player.set_looping(True)
    studio.player.play()
    QTest.qWait(200)
    studio.player.seek(round(12.2 * 44100))
    FakeOutput.latest.pump(6 * 2048)
    picture("playing")
    studio.player.pause()
    studio.player.clear_loop()
    studio.exporter.export()
    window.advanced.set_unfolded(True)
    facts = "86 MB of memory for the weights; differs from full precision by −21 dB (mel distance 0.25)"
    studio.precision_facts.texts = {"int8": facts}
    studio.precision_facts.changed.emit()
    picture("exported")
    form.set_loras((Lora("/adapters/warm-tape-and-vinyl-crackle-v2.safetensors", 0.8), Lora("/a/brass.safetensors")))
    picture("adapters")
    form.set_loras(())
    window.advanced.set_unfolded(False)
    host.script = "denoising"
    studio.generation.start()
    host.fail(host.requests[-1], LOST)
    host.emit(EngineLost(LOST, "", -9))
    picture("error")
    studio.messages.dismiss()
    host.script = "queued"
    form.set_duration(285.0)
    studio.generation.start()
    host.fail(host.requests[-1], "4:45 needs about 9.1 GB of memory, 4.0 GB are free.", "1:10 would fit.", 70.0)
    picture("memory")
    window.close()
    studio.close()


def fill_library(folder: Path) -> None:
    """Earlier takes, as the app would have left them."""
    from musicapp.audio import tags
    from musicapp.audio.wave_io import WaveWriter
    from musicapp.library import takes
    from tests.ui.fake_host import SAMPLE_RATE, music

    for number, (prompt, duration_s, seed, minutes_ago) in enumerate(PROMPTS):
        when = datetime.now().astimezone() - timedelta(minutes=minutes_ago)
        request = TakeRequest(f"earlier{number}", prompt, duration_s, seed, steps=50, guidance_scale=6.0)
        path = takes.new_take_path(folder, request.take_id, when)
        path.parent.mkdir(parents=True, exist_ok=True)
        frames = frames_for(duration_s, SAMPLE_RATE)
        with WaveWriter(path, SAMPLE_RATE, 2, frames, tags=tags.request_tags(request)) as writer:
            writer.write(music(seed, frames))
        take = takes.Take(request.take_id, path, request, when, SAMPLE_RATE, 2, frames, 0.9, "Musicapp Small", 9.0)
        takes.save(take)


if __name__ == "__main__":
    sys.exit(main())

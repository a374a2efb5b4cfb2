"""The window without a screen, with music that nobody made and a sound card that nobody hears, for pictures of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from musicapp.engine.events import ModelDefaults, ModelInfo

if TYPE_CHECKING:
    from tests.ui.fake_host import FakeHost


class Album:
    """A window of which pictures are taken."""

    def __init__(self, folder: Path, theme_name: str, ending: str, size: str, make_host: Callable[..., Any]) -> None:
        from PySide6.QtWidgets import QApplication

        from musicapp import settings
        from musicapp.ui import words
        from musicapp.ui.main_window import MainWindow
        from musicapp.ui.state import player
        from musicapp.ui.studio import Studio
        from musicapp.ui.theme import Theme
        from tests.ui.fake_output import FakeOutput

        player.PlaybackHost = FakeOutput  # type: ignore[misc, assignment]
        self.folder, self.ending = folder, ending
        self.application = QApplication([])
        words.use(ending.rpartition("-")[2] if ending.endswith(tuple(words.LANGUAGES)) else "en")
        self.studio = Studio(make_host, settings.Settings(export_folder="/home/mia/Music", auto_play="off"))
        self.window = MainWindow(self.studio, Theme(self.application, theme_name))
        self.window.show()
        self.wait(lambda: self.window.stage.page)  # by then it has looked how large the screen is
        self.window.resize(*(int(part) for part in size.split("x")))
        self.window.columns.divide(self.window.width())
        self.window.stage.focus_waveform()  # a blinking cursor would be in some pictures only

    @property
    def host(self) -> FakeHost:
        from tests.ui.fake_host import FakeHost

        host = self.studio.bridge.host
        assert isinstance(host, FakeHost)
        return host

    def wait(self, condition: Callable[[], object]) -> None:
        from PySide6.QtTest import QTest

        while not condition():
            QTest.qWait(50)

    def picture(self, name: str) -> None:
        from PySide6.QtTest import QTest

        from musicapp.ui.state.background import Lane

        studio, window = self.studio, self.window
        lanes = studio.findChildren(Lane)
        returned: list[object] = []
        for lane in lanes:
            lane.run(lambda: None, returned.append)
        self.wait(lambda: len(returned) == len(lanes) and not studio.exporter.is_running and window.stage.page)
        window.grab()  # rows that are seen for the first time want to be measured
        self.wait(lambda: studio.looks.is_idle)
        before, image = None, window.grab().toImage()
        while image != before:  # until nothing moves any more
            QTest.qWait(200)
            before, image = image, window.grab().toImage()
        image.save(str(self.folder / f"{name}-{self.ending}.png"))

    def close(self) -> None:
        self.window.leave()
        self.studio.close()


def builtin_info() -> ModelInfo:
    """What the engine says of the built-in model."""
    from musicapp.description.config import read_config
    from musicapp.paths import bundled_models_folder
    from tests.ui.fake_host import INFO

    app = read_config(bundled_models_folder() / "builtin").app
    return replace(
        INFO,
        samplers=("euler", "pingpong"),
        defaults=ModelDefaults(app.steps, app.guidance_scale, app.sampler),
        negative_prompt=app.guidance_scale != 1.0,
        device_name="CPU, 8 cores",
        precision="bf16",
    )

"""A window on a screen of a given size, in a process of its own since Qt reads scale and screen once.

`python -m tests.ui.screen_probe WIDTHxHEIGHT FACTOR TEXT [LANGUAGE [PICTURE THEME]]` prints where everything lies,
as JSON. The size is in real pixels; TEXT is the system's text size, 1 for the usual one.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from musicapp.ui.widgets.described import ElidedLabel

WATCHED = ("generate", "play", "export", "prompt", "waveform", "takes", "length", "export_format", "export_name")


def main() -> int:
    """Open the window, make a take, and tell."""
    size, factor, text = sys.argv[1], sys.argv[2], float(sys.argv[3])
    width, height = (int(part) for part in size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        screen = {"name": "test", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
        (Path(folder) / "screens.json").write_text(
            json.dumps({"screens": [screen], "synchronousWindowSystemEvents": True})
        )
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={folder}/screens.json"
        os.environ["QT_SCALE_FACTOR"] = factor
        os.environ["MUSICAPP_HOME"] = folder
        print(json.dumps(probe(text, *sys.argv[4:7])))
    return 0


def probe(text: float, language: str = "en", picture: str = "", theme_name: str = "dark") -> dict[str, object]:
    from musicapp import settings
    from musicapp.ui import words
    from musicapp.ui.main_window import MainWindow
    from musicapp.ui.state import player
    from musicapp.ui.studio import Studio
    from musicapp.ui.theme import Theme
    from tests.ui.fake_host import FakeHost
    from tests.ui.fake_output import FakeOutput

    player.PlaybackHost = FakeOutput  # type: ignore[misc, assignment]
    application = QApplication([])
    words.use(language)
    font = application.font()
    font.setPointSizeF(font.pointSizeF() * text)
    application.setFont(font)
    theme = Theme(application, theme_name)
    studio = Studio(FakeHost, settings.Settings(auto_play="off"))
    window = MainWindow(studio, theme)
    window.show()
    wait(lambda: window.stage.page is not None and studio.engine.phase == "ready")
    studio.take_settings.set_prompt("calm piano, 90 bpm, in C minor")
    studio.take_settings.set_duration(4.0)
    studio.generation.start()
    wait(lambda: studio.library.current is not None)
    QTest.qWait(100)
    seen = {name: rectangle(window.findChild(QWidget, name), window) for name in WATCHED}
    if picture:
        window.grab().save(picture)
    room = application.primaryScreen().availableGeometry()
    outcome = {
        "window": window.frameGeometry().getRect(),
        "available": room.getRect(),
        "seen": {name: list(place.getRect()) for name, place in seen.items()},
        "needs": {name: window.findChild(QWidget, name).minimumSizeHint().toTuple() for name in WATCHED},
        "columns": window.columns.sizes(),
        "texts": [text for text, _ in texts_of(window)],
        "cut": [text for text, is_cut in texts_of(window) if is_cut],
    }
    window.close()
    studio.close()
    return outcome


def texts_of(window: QWidget) -> Iterator[tuple[str, bool]]:
    """The texts that are seen, and whether one is wider than its place; those may be that have a tooltip for it."""
    for widget in window.findChildren(QWidget):
        if isinstance(widget, ElidedLabel) or not isinstance(widget, QLabel | QAbstractButton):
            continue
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        if widget.isVisible() and widget.text() and not wraps:
            lines = widget.text().replace("&", "").split("\n")
            yield widget.text(), max(map(widget.fontMetrics().horizontalAdvance, lines)) > widget.width()


def rectangle(widget: QWidget, window: QWidget) -> QRect:
    """What can be seen of a widget, in the window."""
    if not widget.isVisible():
        return QRect()
    region = QRegion(widget.visibleRegion())
    for child in widget.findChildren(QWidget):  # a scroll area's picture belongs to its inner part
        region |= child.visibleRegion().translated(child.mapTo(widget, QPoint()))
    bounds = region.boundingRect()
    return QRect(widget.mapTo(window, QPoint()) + bounds.topLeft(), bounds.size())


def wait(condition: object) -> None:
    for _ in range(1000):
        if condition():  # type: ignore[operator]
            return
        QTest.qWait(10)
    raise AssertionError("waited too long")


if __name__ == "__main__":
    sys.exit(main())

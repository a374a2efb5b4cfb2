"""The real program, which also tells where its controls are: `python -m tests.ui.placed_window FILE`.

Writes a JSON object a few times a second: the middle of each named control on the screen, "queue 0", "queue 1" ... for
the rows of the queue. For who drives it from outside with a mouse.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QWidget

from musicapp import paths
from musicapp.ui import app
from musicapp.ui.main_window import MainWindow

EVERY_MS = 150


class PlacedWindow(MainWindow):
    """Tells as long as it is open."""

    def show(self) -> None:
        super().show()
        self._places = QTimer(self, interval=EVERY_MS)
        self._places.timeout.connect(self._tell)
        self._places.start()

    def _tell(self) -> None:
        found: dict[str, list[int]] = {}

        def put(name: str, point: QPoint) -> None:
            found[name] = [point.x(), point.y()]

        for widget in self.findChildren(QWidget):
            if widget.objectName() and widget.isVisible():
                put(widget.objectName(), widget.mapToGlobal(widget.rect().center()))
        view = self.queue.view
        for row in range(view.model().rowCount()):
            place = view.visualRect(view.model().index(row, 0))
            put(f"queue {row}", view.viewport().mapToGlobal(place.center()))
        paths.replace_file(Path(sys.argv[1]), json.dumps(found).encode())


if __name__ == "__main__":
    app.MainWindow = PlacedWindow  # type: ignore[misc]
    sys.exit(app.run(["musicapp"]))

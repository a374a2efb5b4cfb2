"""Another program: `python -m tests.ui.foreign_window`. A file can be dropped on its window and dragged out again.

It reads a dropped file before it answers, as samplers do, and prints a line of JSON for each drop and each drag.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import soundfile
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

TITLE = "Another program"


class Shelf(QLabel):
    """Holds the file that was dropped on it last."""

    def __init__(self) -> None:
        super().__init__(TITLE)
        self.setWindowTitle(TITLE)
        self.setAcceptDrops(True)
        self._file: Path | None = None
        self._pressed_at: QPoint | None = None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = Path(event.mimeData().urls()[0].toLocalFile())
        with soundfile.SoundFile(path) as file:
            frames, told = len(file.read()), file.frames
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        event.acceptProposedAction()
        self._file = path
        say(dropped=str(path), frames=frames, told=told, sha256=digest, action=event.dropAction().name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None or self._file is None:
            return
        if (event.position().toPoint() - self._pressed_at).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed_at = None
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self._file))])
        drag = QDrag(self)
        drag.setMimeData(data)
        both = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
        say(dragged=drag.exec(both, Qt.DropAction.MoveAction).name)  # as a file manager would, within one disk


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    app = QApplication(sys.argv)
    shelf = Shelf()
    shelf.resize(240, 200)
    shelf.show()
    sys.exit(app.exec())

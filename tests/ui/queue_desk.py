"""What tests of the queue do at the window, and see there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from musicapp import paths

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)

if TYPE_CHECKING:  # it makes fixtures of these
    from tests.ui.conftest import Desk


def queue_up(desk: Desk, *prompts: str) -> None:
    """Type prompts and press Ctrl+Enter behind each."""
    box = desk.window.prompts.prompt
    box.setFocus()
    for prompt in prompts:
        box.selectAll()
        QTest.keyClicks(box, prompt)
        QTest.keyClick(box, Qt.Key.Key_Return, CTRL)


def shown(desk: Desk) -> list[str]:
    """The prompts in the panel, from the top."""
    model = desk.window.queue.view.model()
    return [model.index(row, 0).data().lower() for row in range(model.rowCount())]


def saved() -> list[str]:
    if not paths.queue_file().exists():
        return []
    return [take["request"]["prompt"] for take in json.loads(paths.queue_file().read_text())["takes"]]


def gone(desk: Desk) -> None:
    """The window ends without a question."""
    desk.window.leave()
    desk.studio.close()


def finish(desk: Desk, count: int = 1) -> None:
    """Let the running take and the next ones end well."""
    for _ in range(count):
        made = len(desk.studio.library.model.rows)
        request = desk.host.requests[-1]
        desk.wait(lambda: desk.studio.open_takes.being_made)
        desk.host.write(request, 3)
        desk.host.finish(request)
        desk.wait(lambda: len([row for row in desk.studio.library.model.rows if row.take]) >= made)  # noqa: B023

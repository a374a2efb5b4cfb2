"""The first page: three cards, each of which leads to a take, and of which nothing is cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel

from musicapp.ui.widgets.empty_stage import EXAMPLES
from tests.library.test_takes import write_take
from tests.ui.conftest import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


def test_each_card_leads_on(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    form, window, page = desk.studio.take_settings, desk.window, desk.window.stage.empty
    assert page.isVisible()
    form.set_prompt("half a thou")
    page.examples[1].setFocus()
    QTest.keyClick(page.examples[1], Qt.Key.Key_Space)
    assert form.prompt == EXAMPLES[1]
    desk.studio.undo.undo()
    assert form.prompt == "half a thou"
    sound = write_take(tmp_path, "drums", frames=44100).path
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_more: (str(sound), ""))
    page.source.click()
    desk.wait(lambda: form.source is not None and Path(form.source.path) == sound)
    assert window.source.isVisible()
    page.models.click()
    assert window._models is not None and window._models.isVisible()
    desk.make_take("harp", 1.0)
    assert not page.isVisible()


@pytest.mark.parametrize("width", [840, 1024, 1800])
def test_nothing_of_the_cards_is_cut(desk: Desk, width: int) -> None:
    desk.window.resize(width, 640)
    page = desk.window.stage.empty
    desk.wait(lambda: desk.window.width() == width and page.source.isVisible())
    words = [label for label in page.findChildren(QLabel) if label.wordWrap()]
    assert len(words) == 3
    desk.wait(lambda: all(label.height() >= label.heightForWidth(label.width()) for label in words))
    for button in (*page.examples, page.source, page.models):
        assert button.height() >= button.sizeHint().height() and button.width() >= button.sizeHint().width()

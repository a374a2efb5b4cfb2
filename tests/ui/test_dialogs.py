"""About, licences and the sheet of keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton

from musicapp.paths import app_root
from musicapp.ui.dialogs import licences
from tests.ui.conftest import Desk

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")


def open_about(desk: Desk) -> QDialog:
    desk.window.show_about()
    dialog = desk.window.findChild(QDialog, "about")
    assert dialog is not None
    return dialog


def test_about_starts_on_close_and_its_buttons_have_no_icons(desk: Desk) -> None:
    dialog = open_about(desk)
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    close = box.button(QDialogButtonBox.StandardButton.Close)
    assert dialog.focusWidget() is close
    assert all(button.icon().isNull() for button in box.buttons())
    QTest.keyClick(close, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_about_says_what_runs_and_where_things_are(desk: Desk) -> None:
    words = " ".join(label.text() for label in open_about(desk).findChildren(QLabel))
    for part in ("Musicapp Small", "CPU, 2 cores", "takes", "models", "logs", "Qt and PySide6", "Inter"):
        assert part in words


def test_licences_name_every_part_and_give_the_fonts(desk: Desk) -> None:
    about = open_about(desk)
    button = next(button for button in about.findChildren(QPushButton) if "Licences" in button.text())
    QTest.keyClick(button, Qt.Key.Key_Return)
    dialog = about.findChild(QDialog, "licences")
    assert dialog is not None and dialog.isVisible()
    text = dialog.findChild(QPlainTextEdit)
    assert text is not None and text.isReadOnly()
    for words in ("MIT", "PySide6", "LGPL", "PyTorch", "libsndfile", "SIL OPEN FONT LICENSE Version 1.1"):
        assert words in text.toPlainText()
    dialog.close()
    assert QApplication.activePopupWidget() is None


def test_the_built_app_shows_all_texts(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    (app_root() / "LICENSE").read_text(encoding="utf-8")
    monkeypatch.setattr(licences, "app_root", lambda: tmp_path)
    (tmp_path / "THIRD_PARTY_LICENSES.txt").write_text("all of them")  # type: ignore[operator]
    assert licences.licence_text().endswith("all of them") and "MIT" in licences.licence_text()
    assert "CycloneDX" not in licences.licence_text()
    (tmp_path / licences.BILL).touch()
    assert str(tmp_path / licences.BILL) in licences.licence_text()


def test_every_part_is_installed() -> None:
    assert all(licences._version(package) for _name, package, _licence in licences.PARTS)

"""The report that is copied: seen before, without prompts unless they are wanted, never with the user's folders."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from musicapp import logs, paths
from musicapp.paths import app_root
from musicapp.settings import Settings
from musicapp.ui import report
from musicapp.ui.dialogs import licences
from musicapp.ui.dialogs.report import ReportDialog
from tests.ui.conftest import Desk
from tests.ui.test_accessibility import check

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
SECRET = "lullaby for my daughter Ada"


def test_prompts_are_copied_only_when_ticked(desk: Desk) -> None:
    logs.set_up("window")
    try:
        take = desk.make_take(SECRET)
        desk.studio.take_edits.rename(take, "Ada's birthday")
        desk.wait(lambda: desk.studio.undo.words == "Name")
        logging.getLogger("musicapp.test").info("take %s of %s is done", take.take_id, SECRET)
        logging.getLogger("musicapp.test").info("shown: “Something nobody may read” is in the trash.")
        desk.window.show_report()
        dialog = desk.window.findChildren(ReportDialog)[-1]
        desk.wait(lambda: "is done" in dialog.text.toPlainText())
        assert check(dialog) >= 3
        text = dialog.text.toPlainText()
        for words in ("Musicapp", "Python", "CPU, 2 cores", "export_format", "window.log", take.take_id):
            assert words in text
        for words in (SECRET, "Ada", "nobody may read", str(paths.takes_folder()), str(paths.log_folder())):
            assert words not in text, words
        QTest.keyClick(dialog.copy, Qt.Key.Key_Return)
        assert QGuiApplication.clipboard().text() == text
        dialog.with_prompts.click()
        assert SECRET in dialog.text.toPlainText() and "nobody may read" in dialog.text.toPlainText()
        assert str(paths.takes_folder()) not in dialog.text.toPlainText()
        dialog.reject()
    finally:
        logs.shut_down()


def test_whatever_the_logs_are_there_is_a_report(tmp_path: Path) -> None:
    (tmp_path / "window.log").write_bytes(b"\xff\xfe broken \0" * 9 + b"\nthe last line")
    (tmp_path / "engine.log").mkdir()
    (tmp_path / "sound.log").write_text("line\n" * 100_000 + "“half a quotation that goes on\n")
    ends = report.log_ends(tmp_path)
    assert ends["window"].endswith("the last line") and ends["engine"] == ""
    assert len(ends["sound"].splitlines()) == report.MOST_LINES
    text = report.written([("Engine", "ready")], Settings(prompt="a b", recent_prompts=["x"]), ends, ["a b", "x", ""])
    assert "Engine: ready" in text and "half a quotation" not in text and "recent_prompts" not in text
    assert "Musicapp" in text  # a text as short as "x" is not cut out of every word


def test_the_licences_name_every_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = "\n".join(licences.part_lines())
    for package in ("torch", "tokenizers", "filelock", "httpx2", "cffi", "sympy", "psutil", "platformdirs"):
        assert f"\n{package} " in lines.lower() or package in [part[1].lower() for part in licences.PARTS], package
    assert "pytest" not in lines.lower()
    monkeypatch.setattr(licences, "app_root", lambda: tmp_path)
    part = {"type": "library", "name": "odd-part", "version": "3", "purl": "pkg:pypi/odd-part@3"}
    bill = {"components": [{**part, "licenses": [{"license": {"id": "MIT"}}, {"expression": "Zlib"}]}]}
    (tmp_path / licences.BILL).write_text(json.dumps(bill))
    assert "odd-part 3: MIT, Zlib" in licences.part_lines() and "filelock" not in "\n".join(licences.part_lines())
    for damaged in ("", "[]", "{}", '{"components": 7}', '{"components": [7]}'):
        (tmp_path / licences.BILL).write_text(damaged)
        assert "filelock" in "\n".join(licences.part_lines())
    assert app_root().is_dir()

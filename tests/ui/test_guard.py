"""An exception in a method that Qt calls is told, and the window goes on: unguarded it ends the process."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BROKEN = """
import sys
from PySide6.QtCore import QTimer, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QListView, QWidget
from musicapp.ui import guard
from musicapp.ui.state.take_list_model import TakeListModel, TakeRow

class Model(TakeListModel):
    __module__ = "musicapp.ui.broken"
    def rowCount(self, *_):
        if self.rows:
            raise OverflowError("rows")
        return 3
    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        raise OverflowError("date value out of range")

class Widget(QWidget):
    __module__ = "musicapp.ui.broken"
    def paintEvent(self, event):
        raise ZeroDivisionError("frames / 0")
    def sizeHint(self):
        raise ValueError("no size")
    def event(self, event):
        if not getattr(self, "asked", False):
            self.asked = True
            raise RuntimeError("event")
        return super().event(event)

told = []
sys.excepthook = lambda kind, error, trace: told.append(kind.__name__)
guard.protect_all()
application = QApplication([])
view, widget, model = QListView(), Widget(), Model()
view.setModel(model)
view.show()
widget.show()
QTimer.singleShot(100, model.beginResetModel)
QTimer.singleShot(110, lambda: (model.rows.append(1), model.endResetModel()))
for delay in (150, 200, 250):
    QTimer.singleShot(delay, widget.update)
    QTimer.singleShot(delay, view.viewport().update)
QTimer.singleShot(600, application.quit)
application.exec()
print(sorted(told))
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False, timeout=120
    )


def test_a_broken_model_and_a_broken_widget_are_told_once_and_the_window_goes_on() -> None:
    done = run(BROKEN)
    assert done.returncode == 0, (done.returncode, done.stderr)
    told = ["OverflowError", "OverflowError", "RuntimeError", "ValueError", "ZeroDivisionError"]
    heard = ast.literal_eval(done.stdout)
    assert [kind for kind in heard if kind != "AttributeError"] == told, done.stderr  # that one is the class below's


@pytest.mark.parametrize("module", ["musicapp.ui.app", "musicapp.ui.widgets.take_page"])
def test_every_class_of_the_window_is_guarded_where_it_overrides_qt(module: str) -> None:
    done = run(
        f"import {module}\n"
        "from shiboken6 import Shiboken\n"
        "from musicapp.ui import guard\n"
        "guard.protect_all()\n"
        "kinds = [k for k in guard._below(Shiboken.Object) if k.__module__.startswith('musicapp.ui')]\n"
        "names = ('data', 'paintEvent', 'event', 'eventFilter', 'keyPressEvent', 'closeEvent', 'paint', 'sizeHint')\n"
        "own = [(k, n) for k in kinds for n in names if n in vars(k)]\n"
        "assert len(own) > 3, own\n"
        "assert all(hasattr(vars(k)[n], guard._MARK) for k, n in own), own\n"
    )
    assert done.returncode == 0, done.stderr

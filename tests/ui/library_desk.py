"""What tests of the list of takes find there, do at the window, and see."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from musicapp.library import sidecar, takes
from musicapp.library.takes import Take
from musicapp.ui.state.take_choice import Heading
from tests.library.test_takes import WHEN, write_take

if TYPE_CHECKING:  # it makes fixtures of these
    from tests.ui.conftest import Desk

PROMPTS = ("calm piano, 90 bpm, in C minor", "driving techno, 130 bpm", "calm piano, 90 bpm, in C minor", "harp")


def write(folder: Path, number: int, prompt: str) -> Take:
    take = write_take(folder, f"take{number}", frames=4410 * (number + 1), when=WHEN + timedelta(hours=number))
    take = replace(take, request=replace(take.request, prompt=prompt, seed=100 + number))
    takes.save(take)
    return take


def shown(desk: Desk) -> str:
    """The numbers of the takes in the list, | for a heading."""
    lines = desk.studio.library.model.lines
    return "".join("|" if isinstance(line, Heading) else line.take_id[4:] for line in lines)


def mark(desk: Desk, *numbers: int) -> None:
    """Mark takes as Ctrl and clicks do."""
    view, model = desk.window.takes.view, desk.studio.library.model
    for place, number in enumerate(numbers):
        index = model.index(model.row_of(f"take{number}"))
        if place:
            view.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
        else:
            view.mark(index)


def key(desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or desk.window, key, modifiers)


def told(desk: Desk, number: int) -> dict[str, object]:
    row = desk.studio.library.model.find(f"take{number}")
    assert row is not None and row.take is not None
    values: dict[str, object] = json.loads(sidecar.of(row.take.path).read_text())
    return values


def take_of(desk: Desk, number: int) -> Take:
    row = desk.studio.library.model.find(f"take{number}")
    assert row is not None and row.take is not None
    return row.take

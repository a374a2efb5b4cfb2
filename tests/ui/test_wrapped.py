"""Every word that the source gives to a widget goes through the translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

UI = Path(__file__).resolve().parents[2] / "musicapp" / "ui"
# A call that shows a text -> from which argument on; the ones before it are names and keys.
SHOWING = {
    "setText": 0, "setToolTip": 0, "setWindowTitle": 0, "setPlaceholderText": 0, "setAccessibleName": 0,
    "setAccessibleDescription": 0, "setTitle": 0, "setLabelText": 0, "setPrefix": 0, "setSuffix": 0, "set_whole": 0,
    "setStatusTip": 0, "setWhatsThis": 0, "setSpecialValueText": 0, "setInformativeText": 0, "setHeaderLabels": 0,
    "addAction": 0, "addMenu": 0, "addItem": 0, "addItems": 0, "addTab": 1, "addSection": 0, "addRow": 0,
    "addButton": 0, "QLabel": 0, "QPushButton": 0, "QCheckBox": 0, "QRadioButton": 0, "QGroupBox": 0, "QAction": 0,
    "QMenu": 0, "label": 0, "described": 2, "set_available": 1, "MenuButton": 1, "IconTextButton": 2, "ChoiceMenu": 1,
    "add_choices_of": 2, "_add": 2, "add": 2, "_add_hidden": 1, "showMessage": 0, "getExistingDirectory": 1,
    "getOpenFileName": 1, "getOpenFileNames": 1, "choice": 1, "spin": 1,
    "FolderField": 1, "add_row": 0, "add_note": 0, "getSaveFileName": 1, "warning": 1, "information": 1, "question": 1,
}  # fmt: skip
NO_TEXT = {"keys", "tone", "role", "parent"}  # names of arguments that are no texts
EXCEPTIONS = {
    "Musicapp",  # a name
    "calm piano, 90 bpm, in C minor", "drums, vocals",  # prompts, which the model reads in English
    "LUFS", "dBTP",  # units that are the same everywhere
}  # fmt: skip
KEYS = re.compile(
    r"((Ctrl|Shift|Alt|Meta)\+)*([\w+,\-/=\[\]]|F\d+|Home|End|Del|Esc|Space|Enter|Return|Backspace|Up|Down)"
)
OBJECT_NAME = re.compile(r"[a-z0-9_]+")


def test_every_shown_word_is_translated() -> None:
    left = [
        f"{path.relative_to(UI)}:{line}: {text}"
        for path in sorted(UI.rglob("*.py"))
        for line, text in untranslated(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert left == []


def test_the_search_finds_what_was_forgotten() -> None:
    source = (
        'button.setText("Play it")\n'
        'described(QLabel(), "name", "A label", tooltip="Plays")\n'
        'label(f"{count} takes are here")\n'
        'menu.addAction(tr("Fine"), lambda: None)\n'
        'box.setText("Off" if off else tr("On"))\n'
        'described(QLabel(), "name_only", tr("Fine"), keys="Ctrl+P")\n'
    )
    assert [line for line, _ in untranslated(ast.parse(source))] == [1, 2, 2, 3, 5]


def untranslated(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of each literal with words in it that is shown as it stands."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or (first := SHOWING.get(_name(call))) is None:
            continue
        shown = [*call.args[first:], *(each.value for each in call.keywords if each.arg not in NO_TEXT)]
        for text in (text for argument in shown for text in _literals(argument)):
            value = str(text.value)
            plain = value.strip()
            is_other = (OBJECT_NAME.fullmatch(plain) and first > 0) or KEYS.fullmatch(plain)
            if re.search(r"[^\W\d_]{2,}", plain) and plain not in EXCEPTIONS and not is_other:
                yield text.lineno, value


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _literals(node: ast.expr) -> Iterator[ast.Constant]:
    """The literals that an expression may come to, but those inside of calls, which are judged by themselves."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.JoinedStr):
        yield from (piece for piece in node.values if isinstance(piece, ast.Constant))
    elif isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))
    elif isinstance(node, ast.BoolOp):
        yield from (text for value in node.values for text in _literals(value))
    elif isinstance(node, ast.BinOp):
        yield from (*_literals(node.left), *_literals(node.right))
    elif isinstance(node, ast.Tuple | ast.List):
        yield from (text for value in node.elts for text in _literals(value))

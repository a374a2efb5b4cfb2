"""The report that can be passed on: it is seen whole before it is copied."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from musicapp.ui import screen_room
from musicapp.ui.state.background import Lane
from musicapp.ui.theme import SPACE, SPACE_WIDE
from musicapp.ui.widgets.described import described, label
from musicapp.ui.words import tr

SIZE = (720, 560)


class ReportDialog(QDialog):
    """Shown by Help, Copy a report.

    make  the report, with prompts or without, from the ends of the logs that `read` found in the background
    """

    def __init__(
        self,
        read: Callable[[], dict[str, str]],
        make: Callable[[dict[str, str], bool], str],
        lane: Lane,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        described(self, "report_dialog", tr("Report"))
        self.setToolTip("")
        self.setWindowTitle(tr("Report"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._make = make
        self._logs: dict[str, str] = {}
        self.text = described(QPlainTextEdit(), "report_text", tr("What is copied"))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.with_prompts = described(
            QCheckBox(tr("With prompts and titles")), "report_prompts", tr("With prompts and titles"),
            tr("Only if they have to do with what is wrong"),
        )  # fmt: skip
        note = label(tr("This is all that is copied. Nothing is sent."), tone="muted")
        note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = buttons.addButton(tr("&Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        described(self.copy, "report_copy", tr("Copy the report"))
        self.copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[SPACE_WIDE] * 4)
        layout.setSpacing(SPACE)
        layout.addWidget(note)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.with_prompts)
        layout.addWidget(buttons)
        screen_room.fit(self, QSize(*SIZE))
        self.with_prompts.toggled.connect(self._show)
        self.copy.setDefault(True)
        self.copy.setFocus()
        self._show()
        lane.run(read, self._read)

    def _read(self, logs: dict[str, str]) -> None:
        self._logs = logs
        self._show()

    def _show(self, *_on: object) -> None:
        self.text.setPlainText(self._make(self._logs, self.with_prompts.isChecked()))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

"""About the app: version, model and licence, where things are kept, and what it is made of."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from musicapp import __version__, paths
from musicapp.ui import icons, screen_room
from musicapp.ui.dialogs.licences import PARTS, LicencesDialog
from musicapp.ui.state.engine_state import EngineState
from musicapp.ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE, scaled_font
from musicapp.ui.widgets.described import described, label
from musicapp.ui.widgets.message_bar import open_log_folder
from musicapp.ui.widgets.scrolling import VerticalScroll
from musicapp.ui.words import said, tr

ICON, WIDTH = 56, 520
NAMED_PARTS = 5  # in the sentence; the licences have them all


class AboutDialog(QDialog):
    """Shown by Help, About."""

    def __init__(self, engine: EngineState, parent: QWidget) -> None:
        super().__init__(parent)
        described(self, "about", tr("About Musicapp"))
        self.setToolTip("")
        self.setWindowTitle(tr("About Musicapp"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        role = QDialogButtonBox.ButtonRole.ActionRole
        buttons.addButton(tr("&Licences"), role).clicked.connect(self._show_licences)
        buttons.addButton(tr("&Open the log folder"), role).clicked.connect(open_log_folder)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_WIDE * 2, SPACE_WIDE * 2, SPACE_WIDE, SPACE_WIDE)
        layout.setSpacing(SPACE_WIDE)
        layout.addWidget(VerticalScroll(_sheet(engine)), 1)
        layout.addWidget(buttons)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setDefault(True)
        close.setFocus()
        screen_room.fit(self, QSize(WIDTH, self.sizeHint().height()))

    def _show_licences(self) -> None:
        LicencesDialog(self).open()


def _sheet(engine: EngineState) -> QWidget:
    sheet = QWidget()
    layout = QVBoxLayout(sheet)
    layout.setContentsMargins(0, 0, SPACE_WIDE, 0)
    layout.setSpacing(SPACE_WIDE)
    layout.addLayout(_heading())
    layout.addLayout(_facts(engine))
    names = ", ".join(tr(name) for name, _package, _licence in PARTS[:NAMED_PARTS])
    words = tr("Made with {names} and others; letters from the font Inter. Licences names them all.", names=names)
    made_with = label(words, tone="muted")
    made_with.setWordWrap(True)
    layout.addWidget(made_with)
    layout.addStretch(1)
    return sheet


def _heading() -> QHBoxLayout:
    picture = QLabel()
    picture.setAccessibleName(tr("The icon of Musicapp"))
    picture.setPixmap(icons.window_icon().pixmap(ICON, ICON))
    name = label(f"Musicapp {__version__}")
    name.setFont(scaled_font(name, scale=1.5, bold=True))
    words = label(tr("Type a prompt, hear music, on your own computer. Nothing leaves it."), tone="muted")
    words.setWordWrap(True)
    lines = QVBoxLayout()
    lines.setSpacing(SPACE_TIGHT)
    lines.addWidget(name)
    lines.addWidget(words)
    heading = QHBoxLayout()
    heading.setSpacing(SPACE_WIDE)
    heading.addWidget(picture)
    heading.addLayout(lines, 1)
    return heading


def _facts(engine: EngineState) -> QGridLayout:
    info = engine.info
    rows = (
        (tr("Model"), f"{info.name} · {info.licence}".strip(" ·") if info else tr("none loaded")),
        (tr("Engine"), said(engine.device_text or engine.text)),
        (tr("Takes"), str(paths.takes_folder())),
        (tr("Models"), str(paths.user_models_folder())),
        (tr("Log"), str(paths.log_folder())),
    )
    grid = QGridLayout()
    grid.setHorizontalSpacing(SPACE_WIDE)
    grid.setVerticalSpacing(SPACE)
    grid.setColumnStretch(1, 1)
    for number, (heading, text) in enumerate(rows):
        value = label(text)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setWordWrap(True)
        value.setAccessibleName(heading)
        grid.addWidget(label(heading, tone="muted"), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(value, number, 1)
    return grid

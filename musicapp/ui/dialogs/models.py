"""The Models dialog: what is here, what can be had, import, removal, and where it all lies."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from musicapp.ui import screen_room
from musicapp.ui.intake import MODEL_SUFFIXES
from musicapp.ui.state.model_list_model import ModelListModel
from musicapp.ui.state.model_shelf import ModelShelf
from musicapp.ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE, Theme
from musicapp.ui.widgets.described import ElidedLabel, described, label, surface
from musicapp.ui.widgets.message_bar import MessageBar
from musicapp.ui.widgets.model_details import ModelDetails
from musicapp.ui.widgets.model_list import ModelList
from musicapp.ui.widgets.path_drop import FileDrop
from musicapp.ui.widgets.scrolling import VerticalScroll
from musicapp.ui.words import marked, said, size, tr

SIZE, MIN_SIZE, LIST_WIDTHS = (880, 620), (460, 300), (180, 300)
WHAT_TO_DROP = "Drop a model’s folder or its weights here, and music or an adapter on the main window."
DETAILS_WIDTH = 220  # at least
FILES = marked("Weights (*.safetensors)")


class ModelsDialog(QDialog):
    """Not modal: downloads go on, and so does making music."""

    def __init__(self, shelf: ModelShelf, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        described(self, "models_dialog", tr("Models"))
        self.setToolTip("")
        self.setWindowTitle(tr("Models"))
        self.setMinimumSize(*MIN_SIZE)
        screen_room.fit(self, QSize(*SIZE))
        self._shelf = shelf
        self.message = MessageBar(shelf.messages, theme)
        self.message.setObjectName("models_message")
        self.message.text.setObjectName("models_message_text")
        self.message.hint.setObjectName("models_message_hint")
        self.list = ModelList(ModelListModel(shelf), theme)
        self.details = ModelDetails(shelf, theme)
        self.folder = ElidedLabel(tone="muted")
        self.folder.setObjectName("models_folder")
        self.work = label("", tone="muted")
        self.work.setObjectName("models_work")
        self.open_folder = described(QPushButton(tr("&Open")), "models_folder_open", tr("Open the models folder"))
        self.change_folder = described(
            QPushButton(tr("Mo&ve …")),
            "models_folder_move",
            tr("Move the models folder"),
            tr("Keep the models in another folder"),
        )
        self.import_button = described(
            QPushButton(tr("&Import")),
            "models_import",
            tr("Import a model that you have"),
            tr("You can also drop it here"),
        )
        self.close_button = described(QPushButton(tr("&Close")), "models_close", tr("Close"), keys="Esc")
        menu = QMenu(self.import_button)
        menu.addAction(tr("&Folder …"), self._import_folder)
        menu.addAction(tr("F&ile …"), self._import_file)
        self.import_button.setMenu(menu)
        for button in (self.open_folder, self.change_folder):
            button.setProperty("role", "link")
        for button in (*self.details.buttons.values(), self.import_button, self.close_button):
            button.setAutoDefault(False)  # Return in the token field must not press the first button
        self._lay_out()
        self._connect()
        self._show_use()
        self._show_work("")
        self.list.setFocus()

    def _lay_out(self) -> None:
        rail = surface("panel")
        rail.setMinimumWidth(LIST_WIDTHS[0])
        rail.setMaximumWidth(LIST_WIDTHS[1])
        rail_layout = QVBoxLayout(rail)
        rail_layout.setContentsMargins(1, 1, 1, SPACE_TIGHT)
        rail_layout.addWidget(self.list)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE)
        middle.addWidget(rail, 1)
        middle.addWidget(_framed(self.details), 2)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE)
        foot.addWidget(self.folder, 1)
        foot.addWidget(self.open_folder)
        foot.addWidget(self.change_folder)
        foot.addSpacing(SPACE_WIDE)
        foot.addWidget(self.import_button)
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_WIDE, SPACE_WIDE, SPACE_WIDE, SPACE_WIDE)
        layout.setSpacing(SPACE)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # texts come and go, the window stays
        layout.addWidget(self.message)
        layout.addLayout(middle, 1)
        layout.addWidget(self.work)
        layout.addLayout(foot)

    def _connect(self) -> None:
        shelf = self._shelf
        self.list.chosen.connect(self.details.show_model)
        self.open_folder.clicked.connect(self._open_folder)
        self.change_folder.clicked.connect(self._move_folder)
        self.close_button.clicked.connect(self.close)
        shelf.changed.connect(self._show_use)
        shelf.work_changed.connect(self._show_work)
        shelf.added.connect(self.list.choose)
        self.message.focus_lost.connect(self.list.setFocus)
        self._drop = FileDrop(self)
        self._drop.dropped.connect(self._add_all)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.details.ask_to_remove)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._shelf.load()

    def _add_all(self, paths: list[Path]) -> None:
        """Import what was dropped, one after the other."""
        for path in paths:
            if path.is_dir() or path.suffix.lower() in MODEL_SUFFIXES:
                self._shelf.add(path)
            else:
                self._shelf.messages.post("warning", f"“{path.name}” is no model.", WHAT_TO_DROP)

    def _import_folder(self) -> None:
        if chosen := QFileDialog.getExistingDirectory(self, tr("Import a model’s folder"), str(Path.home())):
            self._shelf.add(Path(chosen))

    def _import_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Import a model’s weights"), str(Path.home()), tr(FILES))
        if chosen:
            self._shelf.add(Path(chosen))

    def _open_folder(self) -> None:
        if self._shelf.use is not None:
            self._shelf.use.folder.mkdir(parents=True, exist_ok=True)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._shelf.use.folder)))

    def _move_folder(self) -> None:
        start = str(self._shelf.use.folder) if self._shelf.use is not None else str(Path.home())
        if chosen := QFileDialog.getExistingDirectory(self, tr("Move the models to"), start):
            self._shelf.move_folder(Path(chosen))

    def _show_use(self) -> None:
        use = self._shelf.use
        if use is not None:
            sizes = tr("{used} in use, {free} free", used=size(use.used_bytes), free=size(use.free_bytes))
            self.folder.set_whole(f"{sizes} · {use.folder}", tr("Your models: {folder}", folder=use.folder))

    def _show_work(self, words: str) -> None:
        self.work.setText(said(words))
        self.work.setVisible(bool(words))


def _framed(details: ModelDetails) -> QFrame:
    """The details in a panel that scrolls when the window is small."""
    panel = surface("panel")
    layout = QVBoxLayout(panel)
    layout.setContentsMargins(1, 1, 1, 1)
    layout.addWidget(VerticalScroll(details, narrowest=DETAILS_WIDTH))
    return panel

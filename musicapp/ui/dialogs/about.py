"""About the app: version, model and licence, where things are kept."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from musicapp import __version__, paths
from musicapp.ui import icons
from musicapp.ui.state.engine_state import EngineState
from musicapp.ui.theme import SPACE, SPACE_WIDE, scaled_font
from musicapp.ui.widgets.described import described, label
from musicapp.ui.widgets.message_bar import open_log_folder

ICON = 56
WIDTH = 460


class AboutDialog(QDialog):
    """Shown by Help, About."""

    def __init__(self, engine: EngineState, parent: QWidget) -> None:
        super().__init__(parent)
        described(self, "about", "About Musicapp")
        self.setToolTip("")
        self.setWindowTitle("About Musicapp")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        picture = QLabel()
        picture.setAccessibleName("The icon of Musicapp")
        picture.setPixmap(icons.window_icon().pixmap(ICON, ICON))
        name = label(f"Musicapp {__version__}")
        name.setFont(scaled_font(name, scale=1.5, bold=True))
        info = engine.info
        rows = [
            ("Model", f"{info.name} · {info.licence}".strip(" ·") if info else "none loaded"),
            ("Engine", engine.device_text or engine.text),
            ("Takes", str(paths.takes_folder())),
            ("Models", str(paths.user_models_folder())),
            ("Log", str(paths.log_folder())),
        ]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_WIDE * 2, SPACE_WIDE * 2, SPACE_WIDE * 2, SPACE_WIDE)
        layout.setSpacing(SPACE)
        layout.addWidget(picture)
        layout.addWidget(name)
        layout.addWidget(label("Type a prompt, hear music, on your own computer. Nothing leaves it.", tone="muted"))
        layout.addSpacing(SPACE)
        for heading, text in rows:
            line = label(f"{heading}: {text}")
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            line.setWordWrap(True)
            layout.addWidget(line)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        log_button = buttons.addButton("Open the log folder", QDialogButtonBox.ButtonRole.ActionRole)
        log_button.clicked.connect(open_log_folder)
        buttons.rejected.connect(self.reject)
        layout.addSpacing(SPACE)
        layout.addWidget(buttons)

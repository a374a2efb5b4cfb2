"""The licences of everything that the app contains, in full where they ship with it."""

from __future__ import annotations

from importlib import metadata

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from musicapp.paths import app_root, resources_folder
from musicapp.ui import screen_room
from musicapp.ui.theme import SPACE, SPACE_WIDE
from musicapp.ui.widgets.described import described
from musicapp.ui.words import marked, tr

SIZE = (720, 560)
BILL = "musicapp.cdx.json"  # the built app's bill of materials
# What a user may want to know of at a glance; the built app has the texts of all of them, and of the rest.
PARTS = (
    (marked("Qt and PySide6"), "PySide6-Essentials", "GNU LGPL 3"),
    ("PyTorch", "torch", "BSD 3-Clause"),
    ("Transformers", "transformers", "Apache 2.0"),
    ("NumPy", "numpy", "BSD 3-Clause"),
    ("pyqtgraph", "pyqtgraph", "MIT"),
    ("safetensors", "safetensors", "Apache 2.0"),
    ("huggingface_hub", "huggingface_hub", "Apache 2.0"),
    (marked("sounddevice, with PortAudio"), "sounddevice", "MIT"),
    (marked("soundfile, with libsndfile"), "soundfile", "BSD 3-Clause, libsndfile GNU LGPL 2.1"),
    (marked("soxr, with libsoxr"), "soxr", "GNU LGPL 2.1"),
)


class LicencesDialog(QDialog):
    """Shown by About, Licences."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        described(self, "licences", tr("Licences"))
        self.setToolTip("")
        self.setWindowTitle(tr("Licences"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = described(
            QPlainTextEdit(licence_text()), "licence_text", tr("Licences of the app and what it is made of")
        )
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_WIDE, SPACE_WIDE, SPACE_WIDE, SPACE_WIDE)
        layout.setSpacing(SPACE)
        layout.addWidget(text, 1)
        layout.addWidget(buttons)
        screen_room.fit(self, QSize(*SIZE))
        text.setFocus()


def licence_text() -> str:
    """Musicapp's own licence, the parts it is made of, the font's licence, and in the built app all texts."""
    own, gathered = app_root() / "LICENSE", app_root() / "THIRD_PARTY_LICENSES.txt"
    parts = [own.read_text(encoding="utf-8") if own.is_file() else tr("Musicapp is under the MIT licence.")]
    parts.append(tr("Musicapp contains or uses:\n\n") + "\n".join(part_lines()))
    if gathered.is_file():
        parts.append(gathered.read_text(encoding="utf-8"))
    else:
        parts.append((resources_folder() / "fonts" / "OFL.txt").read_text(encoding="utf-8"))
    if (bill := app_root() / BILL).is_file():
        parts.insert(2, tr("Every part with its version, and checksums, for programs (CycloneDX): {bill}", bill=bill))
    return "\n\n".join(part.strip() for part in parts)


def part_lines() -> list[str]:
    """Each part with its version and licence."""
    return [f"{tr(name)} {_version(package)}: {licence}" for name, package, licence in PARTS] + [
        tr("The font Inter 3.19: SIL Open Font License 1.1")
    ]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""

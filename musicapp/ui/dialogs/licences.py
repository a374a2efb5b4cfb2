"""The licences of everything that the app contains, in full where they ship with it."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from musicapp.paths import app_root, resources_folder
from musicapp.ui import screen_room
from musicapp.ui.theme import SPACE, SPACE_WIDE
from musicapp.ui.widgets.described import described
from musicapp.ui.words import marked, tr

SIZE = (720, 560)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
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
    """Each part with its version and licence, and below them what these need."""
    named = {package.lower() for _name, package, _licence in PARTS}
    others = _of_bill(app_root() / BILL) or _of_packages()
    more = [line for package, line in sorted(others.items()) if package not in named]
    return _main_lines() + ([tr("And what these need:"), *more] if more else [])


def _of_packages() -> dict[str, str]:
    """Every installed package that the app or one of its packages needs, by its name in small letters."""
    found: dict[str, str] = {}
    wanted = ["musicapp", *(package for _name, package, _licence in PARTS)]
    seen: set[str] = set()
    while wanted:
        name = re.sub(r"[-_.]+", "-", wanted.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            about = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # what another system needs
        wanted += [match[0] for each in about.requires or () if "extra ==" not in each and (match := _NAME.match(each))]
        if name != "musicapp":
            found[about.name.lower()] = f"{about.name} {about.version}: {_licence_of(about) or tr('see its home page')}"
    return found


def _licence_of(about: metadata.Distribution) -> str:
    def field(name: str) -> str:
        return (about.metadata.get_all(name) or [""])[0]

    classes = [
        text.rpartition(" :: ")[2] for text in about.metadata.get_all("Classifier") or () if "License ::" in text
    ]
    return field("License-Expression") or ", ".join(classes) or field("License").partition("\n")[0]


def _of_bill(path: Path) -> dict[str, str]:
    """The same of the built app, by its bill of materials; empty without one."""
    try:
        parts = json.loads(path.read_text(encoding="utf-8"))["components"]
        libraries = [part for part in parts if part["type"] in ("library", "platform") and "purl" in part]
        return {part["name"].lower(): _bill_line(part) for part in libraries}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _bill_line(part: dict[str, Any]) -> str:
    each = [
        entry.get("expression") or entry["license"].get("id") or entry["license"].get("name")
        for entry in part.get("licenses", [])
    ]
    return f"{part['name']} {part.get('version', '')}: {', '.join(filter(None, each)) or tr('see its home page')}"


def _main_lines() -> list[str]:
    return [f"{tr(name)} {_version(package)}: {licence}" for name, package, licence in PARTS] + [
        tr("The font Inter 3.19: SIL Open Font License 1.1")
    ]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""

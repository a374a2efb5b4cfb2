"""Icons from resources/icons: one-colour drawings that take the colour of the theme, sharp at every scale."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from musicapp.paths import resources_folder
from musicapp.ui.theme import ICON_SIZE

_SCALES = (1, 2, 3)  # device pixels per point that a pixmap is kept for


@lru_cache(maxsize=256)
def icon(name: str, colour: str, disabled_colour: str, size: int = ICON_SIZE) -> QIcon:
    """The drawing `name` in two colours. An unknown name is our own mistake and raises FileNotFoundError."""
    made = QIcon()
    for mode, inked in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled_colour)):
        drawing = _read(name, inked)
        for scale in _SCALES:
            made.addPixmap(_paint(drawing, size, scale), mode)
    return made


def pixmap(name: str, colour: str, size: int, scale: float) -> QPixmap:
    """The drawing `name` at `size` points for a screen of `scale` device pixels per point."""
    return _paint(_read(name, colour), size, scale)


def window_icon() -> QIcon:
    """The app's own icon."""
    return QIcon(str(resources_folder() / "icon.svg"))


def _read(name: str, colour: str) -> QSvgRenderer:
    """Reading a drawing costs more than painting it, so one reading serves every scale."""
    drawing = (resources_folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))


def _paint(drawing: QSvgRenderer, size: int, scale: float) -> QPixmap:
    made = QPixmap(QSize(round(size * scale), round(size * scale)))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    drawing.render(painter)
    painter.end()
    made.setDevicePixelRatio(scale)
    return made

"""Where a window fits: inside the part of the screen that panels and docks leave, frame included."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget

SHARE = 0.86  # of the screen, for a first window
FRAME = QSize(12, 44)  # what a window manager puts around, as long as it has not said so


def first_size(available: QSize, usual: QSize, largest: QSize) -> QSize:
    """A first size: the usual one, more on a large screen, all there is on a small one."""
    wanted = (available * SHARE).expandedTo(usual).boundedTo(largest)
    return wanted.boundedTo(available - FRAME)


def fit(window: QWidget, wanted: QSize) -> None:
    """Size a dialog as wanted, or as there is room."""
    window.resize(wanted.boundedTo(window.screen().availableGeometry().size() - FRAME))


def keep_inside(window: QWidget) -> None:
    """Bring a window that is shown back onto its screen, smaller if it must be."""
    if window.isMaximized() or window.isFullScreen():
        return
    available, frame, inner = window.screen().availableGeometry(), window.frameGeometry(), window.geometry()
    around = frame.size() - inner.size()
    size = inner.size().boundedTo(available.size() - around)
    if size != inner.size():
        window.resize(size)
    place = moved_inside(QRect(frame.topLeft(), size + around), available).topLeft()
    if place != frame.topLeft():
        window.move(place)


def moved_inside(frame: QRect, available: QRect) -> QRect:
    """A rectangle, moved so that none of it is outside; its upper left corner counts where it is too large."""
    left = max(available.left(), min(frame.left(), available.right() - frame.width() + 1))
    top = max(available.top(), min(frame.top(), available.bottom() - frame.height() + 1))
    return QRect(left, top, frame.width(), frame.height())

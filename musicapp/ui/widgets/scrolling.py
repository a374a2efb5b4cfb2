"""Parts that scroll where the window has too little room for them, so that the window itself can be small."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

LEAST_HEIGHT = 48  # of a part that scrolls up and down
LEAST_WIDTH = 160  # of one that scrolls sideways
NEVER, WHEN_NEEDED = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded


class _Scrolling(QScrollArea):
    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = inside
        self.setWidget(inside)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # what is inside needs another size now
            self.updateGeometry()
        return super().event(event)

    def _least(self) -> QSize:
        """What is inside needs this at least."""
        return self._inside.minimumSizeHint().expandedTo(self._inside.minimumSize())


class Form(QWidget):
    """Fields that may be lower than they like to be: Qt asks for the usual height where lines of text are wrapped."""

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout is not None else -1


class VerticalScroll(_Scrolling):
    """As wide as what is inside needs, or `narrowest`, where it scrolls sideways too; as high as there is room."""

    def __init__(self, inside: QWidget, *, narrowest: int = 0) -> None:
        super().__init__(inside)
        self._narrowest = narrowest
        self.setHorizontalScrollBarPolicy(WHEN_NEEDED if narrowest else NEVER)

    def minimumSizeHint(self) -> QSize:
        least, bar = self._least(), self.verticalScrollBar().sizeHint().width()
        width = min(least.width(), self._narrowest) if self._narrowest else least.width()
        return QSize(width + bar, min(least.height(), LEAST_HEIGHT))

    def sizeHint(self) -> QSize:
        return self._inside.sizeHint()


class SidewaysScroll(_Scrolling):
    """As high as what is inside, and its bar while there is one; as wide as there is room."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__(inside)
        self.setVerticalScrollBarPolicy(NEVER)
        self.horizontalScrollBar().rangeChanged.connect(self.updateGeometry)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._least().width(), LEAST_WIDTH), self._height())

    def sizeHint(self) -> QSize:
        return QSize(self._inside.sizeHint().width(), self._height())

    def _height(self) -> int:
        bar = self.horizontalScrollBar()
        return self._least().height() + (bar.sizeHint().height() if bar.maximum() > 0 else 0)

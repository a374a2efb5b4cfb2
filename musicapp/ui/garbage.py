"""Objects in cycles are let go of on the UI thread alone.

Python looks for them in whichever thread happens to make the next object. Timers, models, animations and what lies in a
graphics scene end the process when they go in another thread than their own (PySide6 6.11, a segmentation fault), and
the window has threads that read thousands of takes.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 250


class GarbageKeeper(QObject):
    """While it exists, Python does not look by itself; this does, about as often, in the thread that made it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._has_settled = False
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect the generations of which enough has come together."""
        for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
            if count > threshold:
                gc.collect(generation)

    def settle(self) -> None:
        """What there is by now stays: thousands of takes are not looked through again. Only the first call counts."""
        if not self._has_settled:
            self._has_settled = True
            gc.collect(1)
            gc.freeze()

    def close(self) -> None:
        """No further look. Python does not look by itself then either: threads may still be about to end."""
        self._timer.stop()

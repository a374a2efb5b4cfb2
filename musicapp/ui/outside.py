"""What is seen of a take while other windows are in front: title, taskbar, and a word when a long one is done."""

from __future__ import annotations

import logging
import sys

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QMainWindow, QSystemTrayIcon

from musicapp.library.takes import Take
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.open_take import title_of
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.words import duration, tr

log = logging.getLogger(__name__)

NAME = "Musicapp"
LONG_S = 10.0  # who waited as long may be doing something else
TITLE_CHARACTERS = 40
NOTICE_MS, NOTICE_STAYS_MS = 8000, 15_000
LAUNCHER_PATH, LAUNCHER_INTERFACE = "/org/musicapp/Musicapp", "com.canonical.Unity.LauncherEntry"


class Outside(QObject):
    """Keeps title and taskbar in step with the run; tells of a take that is done while the window is behind."""

    def __init__(self, window: QMainWindow, generation: Generation, open_takes: OpenTakes) -> None:
        super().__init__(window)
        self._window, self._generation = window, generation
        self._tray: QSystemTrayIcon | None = None
        self._tray_leaves = QTimer(self, singleShot=True, interval=NOTICE_STAYS_MS)
        self._tray_leaves.timeout.connect(self._remove_tray)
        self.last_notice = ""
        generation.run_changed.connect(self._show_run)
        open_takes.made.connect(self._made)

    def _show_run(self) -> None:
        run = self._generation.run
        if run is None:
            self._window.setWindowTitle(NAME)
            _tell_taskbar(None)
            return
        title = title_of(run.request.prompt)
        short = title if len(title) <= TITLE_CHARACTERS else f"{title[:TITLE_CHARACTERS]}…"
        share = self._generation.fraction
        if run.ends_at_s is None or share is None:
            self._window.setWindowTitle(f"{short} – {NAME}")
            return
        self._window.setWindowTitle(f"{round(100 * share)} % · {short} – {NAME}")
        _tell_taskbar(share)

    def _made(self, take: Take) -> None:
        if take.seconds_taken < LONG_S or self._window.isActiveWindow():
            return
        self.last_notice = f"{title_of(take.request.prompt)[:TITLE_CHARACTERS]} · {duration(take.duration_s)}"
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            if self._tray is None:
                self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
                self._tray.messageClicked.connect(self._come_forward)
                self._tray.activated.connect(self._come_forward)
            self._tray.setToolTip(NAME)
            self._tray.show()
            self._tray.showMessage(tr("A take is ready"), self.last_notice, QIcon(self._window.windowIcon()), NOTICE_MS)
            self._tray_leaves.start()

    def _come_forward(self) -> None:
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self._remove_tray()

    def _remove_tray(self) -> None:
        if self._tray is not None:
            self._tray.hide()


def _tell_taskbar(share: float | None) -> None:
    """A bar at the launcher's icon, where the desktop draws one (the Unity protocol of Ubuntu, KDE and others)."""
    if sys.platform != "linux":
        return
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return
    message = QDBusMessage.createSignal(LAUNCHER_PATH, LAUNCHER_INTERFACE, "Update")
    desktop_file = f"application://{QGuiApplication.desktopFileName() or NAME.lower()}.desktop"
    message.setArguments([desktop_file, {"progress": share or 0.0, "progress-visible": share is not None}])
    bus.send(message)

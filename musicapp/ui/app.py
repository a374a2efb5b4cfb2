"""The window as a program: start, unexpected errors, and the one place where everything is shut down."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QMessageBox

from musicapp import __version__, logs, paths, settings
from musicapp.engine.checking import check_model
from musicapp.engine.host import EngineHost
from musicapp.ui import guard, icons, words
from musicapp.ui.instance import claim
from musicapp.ui.main_window import MainWindow
from musicapp.ui.studio import Studio
from musicapp.ui.theme import Theme
from musicapp.ui.words import marked, tr

log = logging.getLogger(__name__)

SIGNAL_POLL_MS = 200
NO_ANSWER = marked(
    "Musicapp is open already, but its window does not answer. Wait a moment and start it again; if that does not "
    "help, end it in the system’s list of programs first. Takes that are finished are on the disk."
)
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def run(argv: list[str] | None = None, files: Sequence[Path] = (), *, language: str = "") -> int:
    """Open the window, take `files` in, and return when it is closed. The exit code is 0 unless Qt says otherwise.

    If there is a window already, it gets the files and comes to the front instead. language: a code of
    `settings.LANGUAGES` for this time; empty: the one of the settings, or of the system.
    """
    logs.set_up("window")
    log.info("Musicapp %s starts", __version__)
    qInstallMessageHandler(_log_qt)
    application = QApplication(argv if argv is not None else sys.argv)
    application.setApplicationName(paths.APP_NAME)
    application.setApplicationVersion(__version__)
    application.setWindowIcon(icons.window_icon())
    guard.protect_all()
    found = settings.read()
    saved = found.settings
    words.use(language or saved.language)
    try:
        instance = claim(list(files))
    except TimeoutError:
        QMessageBox.warning(None, paths.APP_NAME, tr(NO_ANSWER))
        return 1
    if instance is None:
        log.info("handed over to the window that is open")
        return 0
    theme = Theme(application, saved.theme)
    studio = Studio(EngineHost, saved)
    studio.check_model = check_model
    _catch_exceptions(studio)
    window = MainWindow(studio, theme)
    window.closing.connect(application.quit)
    window.closing.connect(instance.deafen)
    instance.called.connect(window.come_forward)
    if found.note:
        studio.messages.post("warning", found.note, "Everything else is as it was.")
    window.show()
    window.intake.take(list(files))
    _heed_signals(window)
    try:
        return application.exec()
    finally:
        studio.close()
        instance.close()
        qInstallMessageHandler(None)
        log.info("Musicapp ends")
        logs.shut_down()


def _catch_exceptions(studio: Studio) -> None:
    """Exceptions that nobody caught go into the log and are told, instead of being printed."""

    def in_slot(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("uncaught exception", exc_info=(kind, error, trace))
        studio.report_crash("Details are in the log.")

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            in_slot(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = in_slot
    threading.excepthook = in_thread


def _heed_signals(window: MainWindow) -> None:
    """Ctrl-C in the terminal and a polite kill close the window properly."""

    def leave(_number: int, _frame: object) -> None:
        window.leave()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    # Python runs signal handlers only between its own instructions: give it some, now and then.
    timer = QTimer(window, interval=SIGNAL_POLL_MS)
    timer.timeout.connect(_do_nothing)
    timer.start()


def _do_nothing() -> None:
    pass


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    logging.getLogger("qt").log(_QT_LEVELS.get(kind, logging.WARNING), "%s", text)

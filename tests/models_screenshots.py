"""Pictures of the Models dialog in its states: `python -m tests.models_screenshots OUTDIR`.

Light and dark, at 100 % and 200 %, drawn by the real widgets without a screen, over a hub on this machine that serves
tiny models.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path


def main() -> int:
    """Make all pictures; each theme and scale in its own process, since there is one application in each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--theme", choices=("light", "dark"))
    parser.add_argument("--scale", type=int, default=100, help="in percent")
    parser.add_argument("--language", default="en", help="of the window: en or de")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.theme:
        shoot(options.folder, options.theme, options.scale, options.language)
        return 0
    for theme in ("light", "dark"):
        for scale in (100, 200):
            command = [sys.executable, "-m", "tests.models_screenshots", str(options.folder), "--theme", theme]
            command += ["--scale", str(scale), "--language", options.language]
            environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale / 100)}
            subprocess.run(command, check=True, env=environment)
    return 0


def shoot(folder: Path, theme_name: str, scale: int, language: str) -> None:
    """Every state of one theme at one scale."""
    from musicapp.ui import words
    from tests.store.conftest import repositories
    from tests.store.hub_server import running

    with tempfile.TemporaryDirectory() as home, running(repositories()) as hub:
        # A keyring that keeps nothing, and no token from outside: the pictures show a fresh computer.
        os.environ |= {"MUSICAPP_HOME": home, "HF_ENDPOINT": hub.address, "HF_HOME": home, "HF_TOKEN": ""}
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        ending = f"{theme_name}-{scale}" + ("" if language == "en" else f"-{language}")
        words.use(language)
        dialog_shots(Path(home), hub, theme_name, lambda name: folder / f"models-{name}-{ending}.png")


def dialog_shots(home: Path, hub: object, theme_name: str, place: Callable[[str], Path]) -> None:
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from musicapp import settings
    from musicapp.ui.dialogs.models import ModelsDialog
    from musicapp.ui.main_window import MainWindow
    from musicapp.ui.state import player
    from musicapp.ui.studio import Studio
    from musicapp.ui.theme import Theme
    from tests.store.hub_server import TOKEN, Hub
    from tests.tiny_model import write_tiny_model
    from tests.ui.fake_host import FakeHost
    from tests.ui.fake_output import FakeOutput

    assert isinstance(hub, Hub)
    player.PlaybackHost = FakeOutput  # type: ignore[misc, assignment]
    application = QApplication([])
    theme = Theme(application, theme_name)
    studio = Studio(FakeHost, settings.Settings(auto_play="off"))
    window = MainWindow(studio, theme)
    window.show()
    window.show_models()
    dialog = window.findChild(ModelsDialog)
    assert dialog is not None
    shelf, small, encoder = studio.shelf, "stable-audio-open-small", "t5-base"

    def rest(milliseconds: int) -> None:
        loop = QEventLoop()  # not QTest.qWait, which lets no other thread run: the hub lives in one
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def wait(condition: Callable[[], object]) -> None:
        while not condition():
            rest(20)

    def picture(name: str) -> None:
        rest(250)
        dialog.grab().save(str(place(name)))

    def press(name: str) -> None:
        dialog.details.buttons[name].click()

    wait(lambda: shelf.items)
    dialog.list.choose("builtin")
    picture("first")
    dialog.list.choose("stable-audio-3-medium")
    picture("known")
    dialog.list.choose(small)
    dialog.details.licence.token.setText(TOKEN)
    picture("licence")
    dialog.details.licence.token.clear()
    press("get")
    wait(lambda: small in shelf.transfers.by_key and shelf.transfers.by_key[small].state == "failed")
    picture("error-gated")
    hub.rate = 150_000
    dialog.details.licence.token.setText(TOKEN)
    press("get")
    wait(lambda: (transfer := shelf.transfers.by_key[small]).state == "running" and (transfer.fraction or 0) > 0.4)
    picture("downloading")
    press("pause")
    wait(lambda: shelf.transfers.by_key[small].state == "paused")
    picture("paused")
    os.environ["HF_ENDPOINT"] = "http://127.0.0.1:9"
    press("get")
    wait(lambda: shelf.transfers.by_key[small].state == "failed")
    picture("error-network")
    os.environ["HF_ENDPOINT"], hub.rate = hub.address, 0
    press("get")
    wait(lambda: small not in shelf.transfers.by_key and shelf.find(encoder).state == "here")  # type: ignore[union-attr]
    picture("done")
    shelf.messages.dismiss()
    write_tiny_model(home / "Field Sketches", name="Field Sketches")
    (home / "Field Sketches" / "model.safetensors").write_bytes(b"\0" * 4000)
    shelf.add(home / "Field Sketches")
    wait(lambda: shelf.messages.current)
    picture("import-refused")
    shelf.messages.dismiss()
    shelf.use_model(small)
    dialog.list.choose(small)
    press("remove")
    picture("remove")
    window.close()
    studio.close()


if __name__ == "__main__":
    sys.exit(main())

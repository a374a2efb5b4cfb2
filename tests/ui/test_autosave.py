"""Settings and the half-written form are on disk while one works; no damaged small file keeps the window shut."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from musicapp import paths, settings
from musicapp.errors import LibraryError
from musicapp.ui.state import autosave
from tests.test_settings import ODD
from tests.ui.conftest import Desk


def test_what_is_typed_is_on_disk_a_moment_later(desk: Desk) -> None:
    prompt = desk.window.prompts.prompt
    prompt.setFocus()
    QTest.keyClicks(prompt, "harp, 92 bpm, half a thou")
    desk.wait(lambda: settings.load().prompt == "harp, 92 bpm, half a thou")
    desk.studio.take_settings.set_seed_text("4711")
    desk.studio.take_settings.set_duration(12.5)
    desk.studio.take_settings.set_negative_prompt("drums")
    desk.studio.take_settings.set_sampling(steps=12)
    desk.studio.player.set_volume(-20.0)
    desk.window.advanced.set_unfolded(True)
    desk.window.resize(1000, 700)

    def is_saved() -> bool:
        saved = settings.load()
        return (saved.seed, saved.seed_locked, saved.duration_s, saved.negative_prompt, saved.steps) == (
            4711,
            True,
            12.5,
            "drums",
            12,
        ) and (round(saved.volume, 3), saved.advanced_is_open, bool(saved.window_geometry)) == (0.1, True, True)

    desk.wait(is_saved)


def test_a_seed_that_made_a_take_is_not_taken_again_after_a_restart(desk: Desk, open_desk: Callable[[], Desk]) -> None:
    first = desk.make_take("harp").request.seed
    desk.window.close()
    desk.studio.close()
    again = open_desk()
    use = again.find("seed_use")
    assert isinstance(use, QLabel) and use.text().startswith("of the last take")
    assert again.window.seed.field.text() == str(first)
    QTest.keyClick(again.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    again.wait(lambda: again.host.requests)
    assert again.host.requests[-1].seed != first


def test_a_seed_that_was_rolled_or_locked_is_taken_after_a_restart(desk: Desk, open_desk: Callable[[], Desk]) -> None:
    desk.make_take("harp")
    desk.window.takes.setFocus()
    QTest.keyClick(desk.window.takes, Qt.Key.Key_D)
    rolled = desk.studio.take_settings.seed
    desk.window.close()
    desk.studio.close()
    again = open_desk()
    assert again.make_take("harp").request.seed == rolled
    again.studio.take_settings.set_seed_locked(True)
    again.window.close()
    again.studio.close()
    assert open_desk().make_take("harp").request.seed == rolled


def test_nothing_is_written_while_nothing_changes(desk: Desk, home: Path) -> None:
    desk.wait(lambda: (home / "settings.json").exists())
    desk.qtbot.wait(3 * autosave.PAUSE_MS)
    before = (home / "settings.json").stat()
    desk.qtbot.wait(4 * autosave.PAUSE_MS)
    assert (home / "settings.json").stat() == before


def test_a_disk_that_refuses_is_told_once_and_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def refuse(text: str) -> None:
        tries.append(text)
        raise LibraryError("The settings could not be saved: the disk is full.", hint="Free some space.")

    with monkeypatch.context() as patch:
        patch.setattr(settings, "write", refuse)
        desk.studio.take_settings.set_prompt("harp")
        desk.wait(lambda: "disk is full" in desk.message)
        desk.studio.messages.put_aside()
        desk.wait(lambda: len(tries) > 3)
        assert desk.message == ""
    desk.wait(lambda: settings.load().prompt == "harp")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders, and links only for some users.")
@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", ["settings.json", "data/pace.json", "data/models-folder.txt", "logs", "cache"])
def test_the_window_opens_and_makes_a_take_whatever_lies_there(
    home: Path, open_desk: Callable[[], Desk], name: str, kind: str
) -> None:
    place = home / name
    place.parent.mkdir(parents=True, exist_ok=True)
    ODD[kind](place)
    desk = open_desk()
    take = desk.make_take("harp", 1.0)
    assert take.frames == 44100
    desk.wait(lambda: settings.load().prompt == "harp")
    assert paths.user_models_folder() == home / "data" / "models"


def test_what_a_killed_window_left_half_written_anywhere_goes_at_the_next_start(
    open_desk: Callable[[], Desk], home: Path
) -> None:
    places = {
        paths.settings_file().parent / "settings.json",
        paths.data_folder() / "queue.json",
        paths.takes_folder() / "2026" / "11" / "30" / "a.json",
        paths.cache_folder() / "takes" / "a.json",
        paths.cache_folder() / "library" / "a.json",
    }
    write = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom musicapp import paths\n"
        "paths.os.fsync = lambda number: os.kill(os.getpid(), signal.SIGKILL)\n"
        "paths.replace_file(Path(sys.argv[1]), b'x')\n"
    )
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-c", write, str(place)], check=False)

    def left() -> list[Path]:
        return [path for place in places for path in place.parent.glob(".writing-*")]

    assert len(left()) == len(places)
    open_desk().wait(lambda: not left())

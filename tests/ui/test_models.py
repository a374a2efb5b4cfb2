"""The Models dialog over a real hub on this machine: get, pause, licence, import, removal, the folder."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QPushButton
from safetensors.numpy import load_file, save_file

from musicapp import paths
from musicapp.engine import checking
from musicapp.errors import ModelStoreError
from musicapp.request import BUILTIN_MODEL
from musicapp.store import folders, sources
from musicapp.store.hub import RemoteFile
from musicapp.ui.dialogs.models import ModelsDialog
from musicapp.ui.state.model_shelf import ModelShelf
from tests.store.conftest import MemoryKeyring, hub, memory_keyring, models  # noqa: F401 - fixtures
from tests.store.hub_server import STRANGER, TOKEN, Hub
from tests.tiny_model import write_tiny_model
from tests.ui.conftest import Desk
from tests.ui.dropping import drop

MODEL, ENCODER, MINE = "stable-audio-open-small", "t5-base", "my-tiny"
WEIGHTS = f"{MODEL}//model.safetensors"


class Models:
    """The dialog and what a test does with it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.window.show_models()
        found = desk.window.findChild(ModelsDialog)
        assert found is not None
        self.dialog: ModelsDialog = found
        desk.wait(lambda: self.shelf.items)

    @property
    def shelf(self) -> ModelShelf:
        return self.desk.studio.shelf

    def choose(self, key: str) -> None:
        self.dialog.list.choose(key)
        assert self.dialog.details.key == key

    def press(self, name: str) -> None:
        button = self.dialog.details.buttons[name]
        assert button.isVisible() and button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def text(self, name: str) -> str:
        found = self.dialog.findChild(QLabel, name)
        assert found is not None
        return found.text() if found.isVisible() else ""

    def shown(self) -> set[str]:
        return {name for name, button in self.dialog.details.buttons.items() if button.isVisible()}

    def state(self, key: str = MODEL) -> str:
        """What has become of a download: its state, or "here", or "" for nothing."""
        transfer, item = self.shelf.transfers.by_key.get(key), self.shelf.find(key)
        return transfer.state if transfer else "here" if item and item.state == "here" else ""

    def wait_for(self, state: str, key: str = MODEL) -> None:
        self.desk.wait(lambda: self.state(key) == state, timeout_ms=20000)


@pytest.fixture
def dialog(desk: Desk) -> Models:
    return Models(desk)


@pytest.fixture
def mine(home: Path) -> Path:
    return write_tiny_model(home / "data" / "models" / MINE, name="My Tiny", text_encoder="none")


def test_the_list_has_what_is_here_and_what_can_be_had(dialog: Models) -> None:
    titles = [row.title for row in dialog.dialog.list.model().rows]  # type: ignore[attr-defined]
    assert titles.index("On this computer") < titles.index("To download") < titles.index("Stable Audio Open Small")
    dialog.choose("stable-audio-3-medium")
    details = [label.text() for label in dialog.dialog.details.findChildren(QLabel) if label.isVisible()]
    for words in ("6:20", "9.22 GB", "Stability AI Community License", "t5gemma-b-b-ul2, which comes along"):
        assert words in details
    assert dialog.shown() == {"get"} and dialog.dialog.details.licence.isVisible()
    dialog.choose(BUILTIN_MODEL)
    assert dialog.shown() == set() and "In use" in dialog.text("model_progress_text")


def test_a_gated_model_asks_for_its_licence_then_comes_with_its_text_encoder(
    hub: Hub,  # noqa: F811
    dialog: Models,
    memory_keyring: MemoryKeyring,  # noqa: F811
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    dialog.choose(MODEL)
    dialog.press("get")
    dialog.wait_for("failed")
    assert "accepted its licence" in dialog.text("model_problem") and hub.address in dialog.text("model_problem_hint")
    step = dialog.dialog.details.licence
    step.page.click()
    step.token_page.click()
    assert opened == [f"{hub.address}/stabilityai/{MODEL}", f"{hub.address}/settings/tokens"]
    step.token.setText(STRANGER)
    QTest.keyClick(step.token, Qt.Key.Key_Return)
    dialog.desk.wait(lambda: "has not been accepted by the account" in dialog.text("model_problem"))
    step.token.setText(TOKEN)
    dialog.press("get")
    assert step.token.text() == ""
    dialog.wait_for("here")
    assert list(memory_keyring.kept.values()) == [TOKEN]
    assert (paths.user_models_folder() / ENCODER).is_dir() and dialog.shown() == {"use", "remove"}
    assert "is here" in dialog.text("models_message_text")
    dialog.desk.wait(lambda: MODEL in dialog.desk.studio.models.names)
    step.forget.click()
    dialog.desk.wait(lambda: dialog.text("models_message_text") == "The token is forgotten.")
    assert not memory_keyring.kept
    dialog.press("use")
    assert dialog.desk.studio.take_settings.model == MODEL
    assert not [p for p in home.rglob("*") if p.is_file() and TOKEN.encode() in p.read_bytes()]


def test_a_download_is_paused_resumed_and_discarded(
    hub: Hub,  # noqa: F811
    dialog: Models,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub.rate = 400_000
    dialog.choose(MODEL)
    dialog.press("get")
    dialog.desk.wait(lambda: hub.sent_of(WEIGHTS) > 100_000 and "left" in dialog.text("model_progress_text"))
    assert dialog.shown() == {"pause", "cancel"} and not dialog.dialog.details.licence.isVisible()
    dialog.press("pause")
    dialog.wait_for("paused")
    assert dialog.text("model_progress_text").startswith("Paused")
    dialog.desk.wait(lambda: dialog.text("model_progress_text").startswith("Paused: "))
    sent = hub.sent_of(WEIGHTS)
    dialog.press("get")
    assert dialog.dialog.details.buttons["pause"].isVisible()
    dialog.desk.wait(lambda: hub.sent_of(WEIGHTS) > sent + 50_000)
    bodies = hub.bodies(WEIGHTS)
    assert len(bodies) == 2 and 0 < bodies[1].start <= sent
    dialog.press("cancel")
    place = paths.user_models_folder() / sources.UNFINISHED / MODEL
    dialog.desk.wait(lambda: dialog.state() == "" and not place.exists())
    dialog.desk.wait(lambda: dialog.shown() == {"get"} and dialog.text("model_progress_text") == "")


def begun_before() -> Path:
    """The folder of a download of which a part has arrived in an earlier window."""
    place = paths.user_models_folder() / sources.UNFINISHED / MODEL
    place.mkdir(parents=True)
    (place / "model.safetensors").write_bytes(bytes(1000))
    files = (RemoteFile("model.safetensors", 2000, ""),)
    sources.write(place, MODEL, sources.Source(f"stabilityai/{MODEL}", "abc", "", files))
    return place


def test_what_is_discarded_while_another_download_runs_cannot_be_begun_before_it_is_gone(
    hub: Hub,  # noqa: F811
    dialog: Models,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    transfers, place = dialog.shelf.transfers, begun_before()
    dialog.shelf.load()
    dialog.desk.wait(lambda: (item := dialog.shelf.find(MODEL)) and item.state == "unfinished")
    dialog.choose(MODEL)
    other = threading.Event()
    transfers._lane.run(lambda: other.wait(60))
    try:
        dialog.press("cancel")
        assert dialog.state() == "stopping" and dialog.text("model_progress_text") == "Stopping"
        assert "get" not in dialog.shown()
        dialog.press("cancel")
        transfers.get(MODEL)
    finally:
        other.set()
    dialog.desk.wait(lambda: not transfers.by_key)
    dialog.desk.wait(lambda: dialog.shown() == {"get"})
    assert not place.exists() and not hub.bodies(WEIGHTS)


def test_what_cannot_be_discarded_can_be_gone_on_with(dialog: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    place = begun_before()

    def refuse(*_arguments: object) -> int:
        raise ModelStoreError("The model cannot be deleted.", hint="Close what uses it.")

    monkeypatch.setattr(folders, "remove", refuse)
    dialog.shelf.transfers.cancel(MODEL)
    dialog.wait_for("paused")
    dialog.choose(MODEL)
    dialog.desk.wait(lambda: dialog.shown() == {"get", "cancel"})
    assert "cannot be deleted" in dialog.text("models_message_text") and place.exists()


def test_a_network_that_is_not_there_is_said_and_tried_again(
    hub: Hub,  # noqa: F811
    dialog: Models,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    dialog.choose(ENCODER)
    dialog.press("get")
    dialog.wait_for("failed", ENCODER)
    assert "cannot be reached" in dialog.text("model_problem") and "network" in dialog.text("model_problem_hint")
    assert dialog.dialog.details.buttons["get"].text() == "&Try again"
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    dialog.press("get")
    dialog.wait_for("here", ENCODER)


def test_closing_the_window_keeps_what_has_arrived(
    hub: Hub,  # noqa: F811
    open_desk: Callable[[], Desk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub.rate = 400_000
    desk = open_desk()
    first = Models(desk)
    first.choose(MODEL)
    first.press("get")
    desk.wait(lambda: hub.sent_of(WEIGHTS) > 100_000)
    desk.window.close()
    desk.studio.close()
    second = Models(open_desk())
    second.choose(MODEL)
    assert second.shown() == {"get", "cancel"} and second.text("model_progress_text").startswith("Paused: ")


def test_a_system_without_a_keyring_uses_the_token_until_the_window_closes(
    hub: Hub,  # noqa: F811
    dialog: Models,
) -> None:
    import keyring
    from keyring.backends.fail import Keyring

    keyring.set_keyring(Keyring())
    dialog.choose(MODEL)
    dialog.dialog.details.licence.token.setText(TOKEN)
    dialog.press("get")
    dialog.wait_for("here")
    assert dialog.shelf.messages.current is not None


def test_a_folder_dropped_on_the_window_is_imported(desk: Desk, tmp_path: Path) -> None:
    assert drop(desk.window, write_tiny_model(tmp_path / "Sweet Pads", name="Sweet Pads", text_encoder="none"))
    dialog = Models(desk)
    dialog.desk.wait(lambda: dialog.state("Sweet-Pads") == "here")
    desk.wait(lambda: "Sweet-Pads" in desk.studio.models.names and dialog.dialog.list.key == "Sweet-Pads")
    assert dialog.shown() == {"use", "remove"}


def write_note(path: Path) -> Path:
    path.write_bytes(b"RIFF")
    return path


def test_a_broken_folder_is_refused_in_words(dialog: Models, tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path / "broken", text_encoder="none")
    (folder / "model.safetensors").write_bytes(b"\0" * 4000)
    assert drop(dialog.dialog, folder)
    dialog.desk.wait(lambda: "is damaged or incomplete" in dialog.text("models_message_text"))
    assert "again" in dialog.text("models_message_hint") and dialog.text("models_work") == ""
    assert drop(dialog.dialog, write_note(tmp_path / "old.ckpt"))
    dialog.desk.wait(lambda: "can run programs" in dialog.text("models_message_text"))


def test_a_folder_that_would_not_load_is_refused_by_what_loading_says(dialog: Models, tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path / "odd", text_encoder="none")
    weights = {**load_file(folder / "model.safetensors"), "something.else": np.zeros(2, np.float32)}
    save_file(weights, folder / "model.safetensors")
    dialog.desk.studio.shelf.check_model = checking.check_model  # as the program does
    assert drop(dialog.dialog, folder)
    dialog.desk.wait(lambda: "something.else" in dialog.text("models_message_text"), timeout_ms=60_000)
    assert dialog.text("models_work") == ""
    assert not list(paths.user_models_folder().rglob("*.safetensors"))


def test_an_import_without_its_text_encoder_says_which(dialog: Models, tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path / "fine-tune", text_encoder="t5")
    (folder / "t5").rename(tmp_path / "t5")
    assert drop(dialog.dialog, folder)
    dialog.desk.wait(lambda: "text encoder t5-base" in dialog.text("models_message_hint"))


def test_files_and_folders_are_chosen_too(dialog: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_tiny_model(tmp_path / "one", text_encoder="none")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(folder))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(folder / "model.safetensors"), ""))
    by_folder, by_file = dialog.dialog.import_button.menu().actions()
    by_folder.trigger()
    dialog.wait_for("here", "one")
    by_file.trigger()
    dialog.desk.wait(lambda: "called “one” already" in dialog.text("models_message_text"))


def test_removing_asks_first_and_the_built_in_model_takes_over(mine: Path, desk: Desk) -> None:
    dialog = Models(desk)
    desk.studio.take_settings.set_target(model=MINE)
    dialog.choose(MINE)
    dialog.press("remove")
    assert "Delete My Tiny and free" in dialog.text("model_question")
    assert "built-in one will take its place" in dialog.text("model_question")
    dialog.press("no")
    assert mine.is_dir() and dialog.shown() == {"remove"}
    dialog.dialog.list.setFocus()
    QTest.keyClick(dialog.dialog.list, Qt.Key.Key_Delete)
    dialog.press("yes")
    desk.wait(lambda: not mine.exists() and MINE not in desk.studio.models.names)
    assert desk.studio.take_settings.model == BUILTIN_MODEL
    desk.wait(lambda: "is gone" in dialog.text("models_message_text"))


def test_a_model_at_work_stays(mine: Path, desk: Desk) -> None:
    dialog = Models(desk)
    desk.studio.take_settings.set_target(model=MINE)
    desk.host.script = "denoising"
    desk.studio.take_settings.set_prompt("calm piano")
    desk.studio.generation.start()
    dialog.choose(MINE)
    remove = dialog.dialog.details.buttons["remove"]
    assert not remove.isEnabled() and "being made" in remove.toolTip()
    dialog.shelf.remove(MINE)
    assert "cannot be removed now" in dialog.text("models_message_text") and mine.is_dir()
    desk.studio.generation.cancel()


def test_the_folder_moves_and_says_what_it_takes(
    mine: Path, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = Models(desk)
    assert "in use" in dialog.text("models_folder") and "free" in dialog.text("models_folder")
    target = tmp_path / "large disk"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(target))
    dialog.dialog.change_folder.click()
    desk.wait(lambda: (target / MINE).is_dir() and not mine.exists())
    desk.wait(lambda: dialog.shelf.use is not None and dialog.shelf.use.folder == target)
    assert "are in" in dialog.text("models_message_text")


def test_the_dialog_opens_from_the_menu_and_the_model_chooser(desk: Desk) -> None:
    box = desk.find("model")
    assert isinstance(box, QComboBox)
    row = box.findData("more")
    box.setCurrentIndex(row)
    box.activated.emit(row)
    dialog = desk.window.findChild(ModelsDialog)
    assert dialog is not None and dialog.isVisible() and box.currentData() == BUILTIN_MODEL
    dialog.close()
    next(action for action in desk.window.actions_._all if action.objectName() == "action_models").trigger()
    assert dialog.isVisible()


def test_arrow_keys_walk_over_the_headings(dialog: Models) -> None:
    dialog.choose(BUILTIN_MODEL)
    dialog.dialog.list.setFocus()
    QTest.keyClick(dialog.dialog.list, Qt.Key.Key_Down)
    assert dialog.dialog.details.key == "stable-audio-3-small-music"
    QTest.keyClick(dialog.dialog.list, Qt.Key.Key_Up)
    assert dialog.dialog.details.key == BUILTIN_MODEL


def test_every_control_has_a_name_and_says_what_it_does(dialog: Models) -> None:
    controls = dialog.dialog.findChildren(QPushButton)
    assert len(controls) > 10
    assert [c.text() for c in controls if not c.accessibleName() or not c.objectName() or not c.toolTip()] == []
    assert dialog.dialog.list.accessibleName() and dialog.dialog.details.licence.token.accessibleName()

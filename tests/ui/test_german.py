"""The window in German: every word, in every state that the other tests know, and nothing cut."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTableWidget,
    QToolButton,
    QWidget,
)

from musicapp import __main__ as start
from musicapp.errors import LibraryError
from musicapp.ui import theme, words
from musicapp.ui.choice_menu import ChoiceMenu
from musicapp.ui.dialogs.about import AboutDialog
from musicapp.ui.dialogs.export_options import ExportOptions
from musicapp.ui.dialogs.leave import LeaveQuestion
from musicapp.ui.dialogs.shortcuts import ShortcutsDialog
from musicapp.ui.dialogs.tags import TagsDialog
from musicapp.ui.dialogs.trash import TrashDialog
from musicapp.ui.state import take_list_model as roles
from musicapp.ui.widgets.menu_button import MenuButton
from tests.ui import translate
from tests.ui.conftest import Desk

pytestmark = [
    pytest.mark.usefixtures("speaking_german"),
    pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support"),
]

# Words that stand in nearly every English sentence and in no German one.
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|this|that|with|for|from|to|not|no|it|its|be|by|you|at most|your|choose)\b", re.IGNORECASE
)
ROLES = (roles.DETAIL_ROLE, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
# What people and models are called, what stays English because the model reads it, and what is written by others.
NOT_OURS = re.compile(
    r"calm piano|slow ambient|deep house|lo-fi hip|string quartet|analog synth|driving techno|drums, vocals|/|\.wav"
    r"|Stable Audio|Permissive|License|Gemma|T5|BSD|MIT|Speakers|Headphones|USB|euler|bpm|LUFS|Musicapp$|CPU|Inter"
)


def texts_of(widget: QWidget) -> Iterator[tuple[str, str]]:
    """What a widget shows and says, with where it stands."""
    name = widget.objectName() or type(widget).__name__
    said = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle()]
    if isinstance(widget, QAbstractButton | QLabel):
        said.append(widget.text())
    if isinstance(widget, QGroupBox | QMenu):
        said.append(widget.title())
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        said.append(widget.placeholderText())
    if isinstance(widget, QComboBox):
        said += [widget.itemText(row) for row in range(widget.count())]
    if isinstance(widget, QListView) and widget.model() is not None:
        indexes = [widget.model().index(row, 0) for row in range(widget.model().rowCount())]
        said += [str(index.data(role) or "") for index in indexes for role in ROLES]
    if isinstance(widget, QTabBar):
        said += [widget.tabText(page) for page in range(widget.count())]
    if isinstance(widget, QTableWidget):
        cells = [widget.item(row, column) for row in range(widget.rowCount()) for column in range(2)]
        said += [cell.text() for cell in (*cells, *map(widget.horizontalHeaderItem, range(2))) if cell is not None]
    yield from ((name, text) for text in said if text)


def everything(root: QWidget) -> Iterator[tuple[str, str]]:
    """All that a window or dialog shows and says, and its menus, filled as when they are opened."""
    for menu in root.findChildren(ChoiceMenu):
        menu.fill()
    for button in root.findChildren(MenuButton):
        button.refill()
    for widget in (root, *root.findChildren(QWidget)):
        yield from texts_of(widget)
    for action in root.findChildren(QAction):
        if type(action.parent()).__module__.startswith("pyqtgraph"):
            continue  # of a menu that is never shown
        yield from ((action.objectName(), text) for text in (action.text(), action.toolTip()) if text)


def english_of() -> dict[str, str]:
    """Each text that has a translation other than itself, without its key."""
    found = {}
    for entry in translate.entries("de"):
        if "{" not in entry.source and "%n" not in entry.source and entry.source != entry.translations[0]:
            found[entry.source.replace("&", "")] = entry.translations[0].replace("&", "")
    return found


def left_in_english(root: QWidget) -> list[str]:
    """What stands there in English although it should not."""
    known, left = english_of(), []
    german = set(known.values())
    for place, text in everything(root):
        for line in text.replace("&", "").split("\n"):
            bare = re.sub(r" \([^()]*\)$|\t.*$", "", line).strip()
            if NOT_OURS.search(bare) or bare in german:
                continue
            if bare in known or ENGLISH.search(bare) or words.said(bare) != bare:
                left.append(f"{place}: {line}")
    return left


def mnemonics(menu: QMenu) -> list[str]:
    found = [re.search(r"&([^&])", action.text().replace("&&", "")) for action in menu.actions()]
    return [match[1].lower() for match in found if match]


def test_no_word_of_the_window_is_english(desk: Desk) -> None:
    desk.make_take("calm piano, 90 bpm, in C minor")
    desk.window.advanced.set_unfolded(True)
    desk.wait(lambda: desk.studio.looks.is_idle)
    assert left_in_english(desk.window) == []


def test_no_word_of_a_run_is_english(desk: Desk) -> None:
    desk.host.script = "denoising"
    desk.studio.take_settings.set_prompt("calm piano")
    desk.studio.queue.generate()
    desk.studio.queue.generate()
    desk.wait(lambda: desk.studio.generation.progress_text.startswith("Step"))
    assert left_in_english(desk.window) == []
    assert desk.page.note.text().startswith("Schritt ")
    desk.host.fail(
        desk.host.requests[-1], "The model's numbers got out of hand, so there is no sound to decode.", "Try again."
    )
    desk.wait(lambda: desk.studio.queue.failed)
    assert left_in_english(desk.window) == []
    desk.studio.queue.generate()
    desk.studio.queue.generate()
    desk.studio.queue.pause()
    assert desk.window.status.queue.text().endswith("angehalten")


def test_no_word_of_a_dialog_is_english(desk: Desk) -> None:
    take = desk.make_take("calm piano")
    window, studio = desk.window, desk.studio
    studio.take_edits.throw_away([desk.make_take("driving techno")])
    desk.wait(lambda: studio.undo.words == "Throw away")
    window.show_models()
    window.add_to_comparison()
    window.show_comparison()
    window.prompts.recent.ask_for_name()
    assert window._models is not None and window.compare is not None and window.prompts.recent.dialog is not None
    for shown in (window._models, window.compare, window.prompts.recent.dialog):
        shown.hide()
    trash = TrashDialog(studio.take_trash, desk.theme, window)
    assert trash.empty.text() == "Wird gelesen …"
    desk.wait(lambda: trash.list.count() == 1)
    dialogs: tuple[QDialog, ...] = (
        window._models,
        window.compare,
        window.prompts.recent.dialog,
        trash,
        AboutDialog(studio.engine, window),
        ShortcutsDialog(window.actions_.shortcut_rows(), window),
        ExportOptions(studio.exporter, window),
        window.settings_dialog(),
        LeaveQuestion(studio.generation, studio.queue, window),
        TagsDialog([take], ["dark"], window),
    )
    for dialog in dialogs:
        assert left_in_english(dialog) == []
        dialog.close()


def test_what_goes_wrong_in_a_dialog_is_told_in_german(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    desk.window.show_models()
    models, shelf = desk.window._models, desk.studio.shelf
    assert models is not None
    desk.wait(lambda: shelf.items)
    models.list.choose("t5-base")
    shelf.transfers.get("t5-base")
    desk.wait(lambda: shelf.transfers.by_key["t5-base"].state == "failed")
    assert models.details.problem.text() and left_in_english(models) == []
    tags = TagsDialog([desk.make_take("calm piano")], [], desk.window)
    tags.field.setText("x" * 200)
    tags.keep.click()
    assert tags.field.property("problem") == "true" and left_in_english(tags) == []


@pytest.mark.parametrize(
    "english, german",
    [
        (
            "fetching, 1.2 GB of 3.4 GB, 12.5 MB/s, 2 min left",
            "wird geholt, 1,2 GB von 3,4 GB, 12,5 MB/s, noch 2 min",
        ),
        ("Fetching, 1.2 GB of 3.4 GB, 5 s left", "Wird geholt, 1,2 GB von 3,4 GB, noch 5 s"),
        ("T5 base first: fetching, 1.2 GB of 3.4 GB", "Zuerst T5 base: wird geholt, 1,2 GB von 3,4 GB"),
        ("my-model · copying, 1.2 GB of 3.4 GB", "my-model · wird kopiert, 1,2 GB von 3,4 GB"),
        (
            "“a and b.wav” has 6 channels; takes have one or two.",
            "„a and b.wav“ hat 6 Kanäle; Takes haben einen oder zwei.",
        ),
        ("Reading Built-in … · about 0:05 left", "Mitgeliefert wird gelesen … · noch etwa 0:05"),
        ("3 takes are in the trash.", "3 Takes sind im Papierkorb."),
        ("“My take is in the trash” is in the trash.", "„My take is in the trash“ ist im Papierkorb."),
        (
            "Read as: 92 bpm, B minor, no drums\nThis model does not know: foo, bar. Near: piano.",
            "Gelesen als: 92 bpm, h-Moll, ohne Schlagzeug\nDieses Modell kennt nicht: foo, bar. Ähnlich: piano.",
        ),
        (
            "The length must be at least 0.1 seconds. Type seconds, for example 30, or 1:30.",
            "Die Länge muss mindestens 0,1 Sekunden sein. Sekunden eingeben, zum Beispiel 30, oder 1:30.",
        ),
        ("The prompt has 12,000 characters; 10,000 is the most.", "Prompt: 12.000 Zeichen; höchstens 10.000 gehen."),
        ("“a”, “b” and “c” are nothing that Musicapp can use.", "Mit „a“, „b“ und „c“ kann Musicapp nichts anfangen."),
        ("An error of somebody else, at 1.5 GB.", "An error of somebody else, at 1.5 GB."),
        ("", ""),
        ("{0} %n {{1}} is no error of ours", "{0} %n {{1}} is no error of ours"),
    ],
)
def test_sentences_of_others_are_translated_with_their_values(english: str, german: str) -> None:
    assert words.said(english) == german


def test_every_error_can_be_told_in_german() -> None:
    """Each template, filled with values that no template knows, comes out as the translation says."""
    wrong = []
    for entry in translate.entries("de"):
        holes = sorted(set(re.findall(r"(?<!\{)\{(\d+)\}(?!\})", entry.source)))
        if entry.context != "sentences" or not holes or "{{" in entry.source:
            continue
        english, german = entry.source, entry.translations[0]
        for hole in holes:
            english, german = english.replace(f"{{{hole}}}", f"X{hole}Y"), german.replace(f"{{{hole}}}", f"X{hole}Y")
        said = words.said(english)
        if said != german and not (said == english and len(re.sub(r"X\dY|\W", "", english)) < 6):
            wrong.append((english, said, german))
    assert len(wrong) < 25, wrong  # more than one template may fit


def test_errors_stay_english_below_the_window(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    error = LibraryError("“x.wav” cannot be read.", hint="It may be damaged or not be an audio file.")
    with caplog.at_level("INFO"):
        desk.studio.messages.post_error(error)
    assert desk.window.message_bar.text.text() == "„x.wav“ lässt sich nicht lesen."
    assert desk.window.message_bar.hint.text() == "Sie ist vielleicht beschädigt oder keine Audiodatei."
    assert any("“x.wav” cannot be read." in line for line in caplog.messages)
    assert not any("lässt" in line for line in caplog.messages)


@pytest.mark.parametrize(
    "key, german",
    [
        ("A minor", "a-Moll"),
        ("B minor", "h-Moll"),
        ("Bb major", "B-Dur"),
        ("B major", "H-Dur"),
        ("F# minor", "fis-Moll"),
        ("Eb major", "Es-Dur"),
        ("Ab minor", "as-Moll"),
        ("D dorian", "D dorisch"),
        ("no key", "no key"),
    ],
)
def test_keys_are_called_as_german_musicians_do(key: str, german: str) -> None:
    assert words.key_name(key) == german


def test_what_chips_write_stays_english_as_the_model_reads_it(desk: Desk) -> None:
    chips = desk.window.prompts.chips
    chips.key.refill()
    actions = {action.text(): action for action in chips.key.opened.actions()}
    assert "fis-Moll" in actions and "F♯ minor" not in actions
    actions["fis-Moll"].trigger()
    chips.sounds.refill()
    next(action for action in chips.sounds.opened.actions() if action.text() == "Klavier").trigger()
    assert desk.studio.take_settings.prompt == "in F# minor, piano"


def test_numbers_are_written_with_commas_and_typed_with_either(desk: Desk) -> None:
    length = desk.window.length.field
    for typed in ("12,5", "12.5"):
        length.setFocus()
        length.clear()
        desk.qtbot.keyClicks(length, typed)
        assert desk.studio.take_settings.duration_s == 12.5
    desk.studio.take_settings.set_duration(30.0)
    desk.studio.take_settings.set_duration(12.5)
    assert words.duration(12.5) == "0:12,5" and words.number(1234567) == "1.234.567" and words.size(4.85e9) == "4,85 GB"
    guidance = desk.window.advanced.guidance
    for typed in ("2,5", "3.5"):
        guidance.setFocus()
        guidance.selectAll()
        desk.qtbot.keyClicks(guidance, typed)
        assert guidance.value() == float(typed.replace(",", "."))
        assert guidance.text() == typed.replace(".", ",")


def test_no_key_is_given_twice_in_a_menu(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)  # there is no screen to show it on
    desk.make_take("calm piano")
    view = desk.window.takes.view
    view.selectionModel().select(desk.studio.library.model.index(0), QItemSelectionModel.SelectionFlag.Select)
    desk.window.takes.menu_wanted.emit(desk.window.mapToGlobal(desk.window.rect().center()))
    menus = [*desk.window.findChildren(QMenu), *desk.window.menuBar().findChildren(QMenu)]
    assert len(menus) > 15
    bar = [match[1] for action in desk.window.menuBar().actions() if (match := re.search("&(.)", action.text()))]
    assert len(bar) == 6 == len(set(bar))
    twice = {menu.title() or menu.objectName(): mnemonics(menu) for menu in menus}
    assert {name: keys for name, keys in twice.items() if len(keys) != len(set(keys))} == {}
    for menu in desk.window.findChildren(QMenu, "take_menu"):
        menu.close()


def test_every_menu_is_there_in_the_smallest_window(desk: Desk) -> None:
    desk.window.resize(*theme.WINDOW_MIN_SIZE)
    bar = desk.window.menuBar()
    desk.wait(lambda: desk.window.parts.switch.isVisible())
    more = bar.findChild(QToolButton, "qt_menubar_ext_button")
    assert more is not None and not more.isVisible()
    last = bar.actionGeometry(bar.actions()[-1])
    assert last.right() < desk.window.parts.switch.geometry().left()


def test_the_language_can_be_chosen_for_one_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert start._language(["--language", "de", "a.wav"]) == ("de", ["a.wav"])
    assert start._language(["--language=en"]) == ("en", [])
    assert start._language(["generate", "--language", "de"]) == ("", ["generate", "--language", "de"])
    with pytest.raises(SystemExit) as left:
        start._language(["--language", "tlh"])
    assert left.value.code == 2 and "There is no language “tlh”." in capsys.readouterr().err


def test_the_language_is_kept_for_the_next_start(desk: Desk) -> None:
    menu = desk.window.findChild(ChoiceMenu, "menu_language")
    assert menu is not None
    action = next(action for action in menu.actions() if action.text() == "English")
    action.trigger()
    assert desk.studio.settings.language == "en"
    assert desk.window.status.message.toolTip().startswith("Das Fenster spricht ab dem nächsten Start English")


def test_the_language_of_the_system_is_used_where_none_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for languages, code in ((["de-AT", "en"], "de"), (["fr-FR", "de_DE"], "de"), (["fr"], "en"), ([], "en")):
        monkeypatch.setattr(words, "languages_of_system", lambda languages=languages: languages)
        assert words.of_system() == code
    words.use()
    assert words.language() == "en"

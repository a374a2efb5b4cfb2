"""What a screen reader finds: every control with a name, a role and a value, and what happens is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QWidget

from musicapp.ui.state.messages import Message
from tests.ui.conftest import Desk
from tests.ui.test_models import Models

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
ROLE, TEXT = QAccessible.Role, QAccessible.Text
CONTROLS = {
    ROLE.Button, ROLE.ButtonMenu, ROLE.CheckBox, ROLE.ComboBox, ROLE.EditableText, ROLE.Graphic, ROLE.Grip,
    ROLE.Indicator, ROLE.List, ROLE.MenuItem, ROLE.ProgressBar, ROLE.ScrollBar, ROLE.Slider, ROLE.SpinBox,
}  # fmt: skip
WITH_VALUE = {ROLE.ComboBox, ROLE.Indicator, ROLE.ProgressBar, ROLE.ScrollBar, ROLE.Slider, ROLE.SpinBox}
WITHOUT_MEANING = (ROLE.NoRole, ROLE.Client)


def nodes(root: QAccessibleInterface | None) -> Iterator[QAccessibleInterface]:
    """Everything that can be seen, from this node down."""
    if root is None:
        return
    if not root.state().invisible:
        yield root
    for number in range(root.childCount()):
        yield from nodes(root.child(number))


def tree(window: QWidget) -> list[QAccessibleInterface]:
    return list(nodes(QAccessible.queryAccessibleInterface(window)))


def node(widget: QWidget) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None
    return found


def check(window: QWidget) -> int:
    """Fail for any control without name, role or value; how many there are."""
    checked = 0
    for found in tree(window):
        role, state, thing = found.role(), found.state(), found.object()
        where = f"{role} {thing} {thing.objectName() if thing else ''}"
        if state.focusable or role in CONTROLS:
            assert found.text(TEXT.Name).strip(), f"no name: {where}"
            assert role not in WITHOUT_MEANING, f"no role: {where}"
            checked += 1
        if role in WITH_VALUE:
            assert found.text(TEXT.Value).strip(), f"no value: {where}"
        if role == ROLE.StaticText and isinstance(thing, QLabel) and thing.text():
            assert found.text(TEXT.Value), where
    return checked


def test_no_control_of_the_window_is_without_name_role_and_value(desk: Desk) -> None:
    check(desk.window)
    desk.make_take("calm piano", 4.0)
    desk.window.advanced.set_unfolded(True)
    desk.studio.messages.post("error", "That did not work.", "Try something else.")
    desk.studio.exporter.export()
    desk.wait(lambda: desk.studio.exporter.last is not None)
    desk.window.resize(1200, 800)
    desk.qtbot.wait(50)
    assert check(desk.window) > 50


def test_nothing_is_missing_while_a_take_is_made(desk: Desk) -> None:
    desk.host.script = "denoising"
    desk.studio.take_settings.set_prompt("calm piano")
    desk.studio.generation.start()
    desk.wait(lambda: desk.window.generate.bar.isVisible())
    check(desk.window)
    bar = node(desk.window.generate.bar)
    assert (bar.role(), bar.text(TEXT.Name)) == (ROLE.ProgressBar, "Progress of the take")
    assert bar.text(TEXT.Value).endswith("%") or bar.text(TEXT.Value) == "busy"


@pytest.mark.parametrize("name", ["about", "shortcuts"])
def test_no_control_of_the_small_dialogs_is_nameless(desk: Desk, name: str) -> None:
    (desk.window.show_about if name == "about" else desk.window.show_shortcuts)()
    dialog = desk.window.findChild(QWidget, name)
    assert dialog is not None
    assert check(dialog) >= 1
    dialog.close()


def test_no_control_of_the_models_dialog_is_nameless(desk: Desk) -> None:
    dialog = Models(desk)
    for key in ("builtin", "stable-audio-3-medium", "t5-base"):
        dialog.choose(key)
        assert check(dialog.dialog) > 10


def test_labels_say_their_text(desk: Desk) -> None:
    desk.make_take("calm piano", 4.0)
    desk.studio.player.seek(44100)
    for name, expected in (
        ("engine_state", "Engine: Musicapp Small ready"),
        ("position", "Play position: 0:01.000"),
        ("take_title", "Calm piano"),
    ):
        label = node(desk.find(name))
        assert label.role() == ROLE.StaticText
        assert label.text(TEXT.Name).startswith(expected), label.text(TEXT.Name)
    assert node(desk.find("engine_state")).text(TEXT.Value) == "Musicapp Small ready"


def test_boxes_of_choices_are_named_by_their_label(desk: Desk) -> None:
    names = []
    for box in desk.window.findChildren(QComboBox):
        found = node(box)
        assert found.role() == ROLE.ComboBox
        assert found.text(TEXT.Name) == box.accessibleName() != box.currentText()
        assert found.text(TEXT.Value) == box.currentText()
        assert found.childCount() == 1 and found.child(0).childCount() == box.count()
        names.append(found.text(TEXT.Name))
    assert len(set(names)) == len(names) >= 6


def test_a_box_of_choices_can_be_opened_by_a_reader(desk: Desk) -> None:
    box = desk.window.export.format
    desk.make_take()
    actions = node(box).actionInterface()
    actions.doAction(actions.showMenuAction())
    assert box.view().isVisible()
    box.hidePopup()


def test_sliders_say_what_they_mean(desk: Desk) -> None:
    desk.studio.take_settings.set_duration(5.0)
    length = node(desk.window.length.slider)
    assert (length.role(), length.text(TEXT.Value)) == (ROLE.Slider, "0:05")
    number = length.valueInterface()
    assert (number.minimumValue(), number.currentValue(), number.maximumValue()) == (1, 5, 285)
    number.setCurrentValue(90)
    assert desk.studio.take_settings.duration_s == 90.0 and length.text(TEXT.Value) == "1:30"
    volume = node(desk.window.transport.volume)
    assert volume.text(TEXT.Value) == "-6 dB"
    desk.window.transport.toggle_mute()
    assert volume.text(TEXT.Value) == "silent"
    assert node(desk.window.transport.volume_icon).state().checkable
    assert node(desk.window.transport.volume_icon).state().checked


def test_the_waveform_says_where_it_is_and_what_is_marked(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    desk.make_take("calm piano", 90.0)
    player, waveform = desk.studio.player, node(desk.waveform)
    assert (waveform.role(), waveform.text(TEXT.Name)) == (ROLE.Slider, "Waveform")
    assert waveform.text(TEXT.Value) == "0:00 of 1:30" and waveform.childCount() == 0
    player.set_region((8 * 44100, 16 * 44100))
    player.set_looping(True)
    player.seek(12 * 44100)
    assert waveform.text(TEXT.Value) == "0:12 of 1:30, loop 0:08 to 0:16"
    player.set_looping(False)
    assert waveform.text(TEXT.Value) == "0:12 of 1:30, marked 0:08 to 0:16"
    waveform.valueInterface().setCurrentValue(30.5)
    assert player.position == round(30.5 * 44100) and waveform.text(TEXT.Value).startswith("0:30.5 of 1:30")
    assert waveform.valueInterface().maximumValue() == 90.0
    overview = node(desk.page.overview)
    assert overview.text(TEXT.Value) == "showing 0:00 to 1:30 of 1:30"


def test_the_meter_says_its_levels(desk: Desk) -> None:
    meter = node(desk.window.transport.meter)
    assert (meter.role(), meter.text(TEXT.Name), meter.text(TEXT.Value)) == (ROLE.Indicator, "Level meter", "silent")
    desk.window.transport.meter.show_levels(0.5, 0.25)
    assert meter.text(TEXT.Value) == "left -6 dB, right -12 dB, highest -6.0 dB"
    desk.window.transport.meter.show_levels(1.5, 0.25)
    assert meter.text(TEXT.Value).endswith("over full scale")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[QAccessibleEvent]:
    """What readers are told."""
    told: list[QAccessibleEvent] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", told.append)
    return told


def announcements(said: list[QAccessibleEvent]) -> list[str]:
    return [event.message() for event in said if isinstance(event, QAccessibleAnnouncementEvent)]


def test_messages_and_finished_takes_are_announced(said: list[QAccessibleEvent], desk: Desk) -> None:
    desk.studio.messages.post("error", "That did not work.", "Try something else.")
    first = next(event for event in said if isinstance(event, QAccessibleAnnouncementEvent))
    assert first.message() == "That did not work. Try something else."
    assert first.politeness() == QAccessible.AnnouncementPoliteness.Assertive
    assert any(event.type() == QAccessible.Event.Alert for event in said)
    assert node(desk.window.message_bar).text(TEXT.Name) == first.message()
    desk.studio.messages.remark("Seed copied")
    take = desk.make_take("calm piano", 4.0)
    assert "Seed copied" in announcements(said)
    assert f"Take finished: Calm piano, 0:04, seed {take.request.seed}" in announcements(said)
    assert isinstance(desk.studio.messages.current, Message | None)


def test_a_reader_that_is_on_from_the_start_breaks_nothing(desk: Desk) -> None:
    QAccessible.setActive(True)
    try:
        desk.studio.library.auto_play = "off"
        desk.make_take("calm piano", 4.0)
        check(desk.window)
        desk.waveform.setFocus()
        QTest.keyClick(desk.waveform, Qt.Key.Key_Right)
        QTest.keyClick(desk.waveform, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        desk.studio.messages.post("warning", "Mind the step.")
    finally:
        QAccessible.setActive(False)


def test_no_answer_to_qt_is_none(desk: Desk) -> None:
    """PySide crashes on one; Qt asks for interfaces only when a reader runs, so that no other test would notice."""
    for widget in (desk.window.length.slider, desk.window.generate.bar, desk.window.transport.meter, desk.waveform):
        for kind in QAccessible.InterfaceType:
            assert node(widget).interface_cast(kind) is not None


def test_no_control_of_the_question_before_leaving_is_nameless(desk: Desk) -> None:
    desk.host.script = "denoising"
    desk.studio.take_settings.set_prompt("calm piano")
    desk.studio.generation.start()
    desk.window.close()
    question = next(dialog for dialog in desk.window.findChildren(QDialog) if dialog.isVisible())
    assert check(question) >= 2
    question.close()
    desk.studio.generation.cancel()
    desk.wait(lambda: not desk.studio.generation.is_running)

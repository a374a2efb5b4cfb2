"""Colours can be read, and light and dark switch while the window is open."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetricsF, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QSpinBox

from musicapp.paths import resources_folder
from musicapp.ui.theme import DARK, FONT, LIGHT, Colours, Theme, contrast, scaled_font, style_sheet, time_font
from tests.ui.conftest import Desk

TEXT_ON_SURFACE = [
    *[("text", surface) for surface in ("window", "panel", "raised", "raised_hover", "field", "stage", "accent_soft")],
    *[("muted", surface) for surface in ("window", "panel", "stage", "field", "accent_soft", "raised")],
    *[("text", surface) for surface in ("danger_soft", "warning_soft")],
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("danger", "panel"),
    ("danger", "danger_soft"),
    ("warning", "warning_soft"),
    ("accent", "panel"),
    ("accent", "danger_soft"),
]


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize(("text", "surface"), TEXT_ON_SURFACE)
def test_text_reaches_four_and_a_half_to_one(colours: Colours, text: str, surface: str) -> None:
    assert contrast(getattr(colours, text), getattr(colours, surface)) >= 4.5


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("surface", ["window", "panel", "raised", "field", "stage"])
def test_disabled_text_reaches_three_to_one(colours: Colours, surface: str) -> None:
    assert contrast(colours.disabled, getattr(colours, surface)) >= 3.0


@pytest.mark.parametrize("theme_name", ["dark", "light"])
def test_every_word_of_the_window_can_be_read(desk: Desk, theme_name: str) -> None:
    """The colours that the style sheet really gives, of text and of hints in empty fields, enabled and not."""
    desk.theme.choose(theme_name)
    desk.window.advanced.set_unfolded(True)
    desk.studio.take_settings.set_sampling(guidance_scale=1.0)  # the negative prompt is off now
    desk.qtbot.wait(20)
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    surfaces = [desk.theme.colours.field, desk.theme.colours.panel]
    seen = set()
    for kind in (QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QAbstractButton, QLabel):
        for widget in desk.window.findChildren(kind):
            if not widget.isVisible():
                continue
            state = group.Active if widget.isEnabled() else group.Disabled
            least = 4.5 if widget.isEnabled() else 3.0
            names = [role.WindowText]
            if isinstance(widget, QLineEdit | QPlainTextEdit):
                names = [role.Text, role.PlaceholderText] if widget.placeholderText() else [role.Text]
            for name in names:
                colour = widget.palette().color(state, name)
                assert colour.alpha() == 255, f"{widget.objectName()} {name}"
                if not isinstance(widget, QAbstractButton):
                    assert min(contrast(colour.name(), surface) for surface in surfaces) >= least, widget.objectName()
            seen.add((kind.__name__, widget.isEnabled()))
    assert ("QPlainTextEdit", False) in seen and ("QPlainTextEdit", True) in seen


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("mark", ["wave", "playhead", "meter_ok", "meter_hot", "meter_over"])
def test_graphics_stand_out(colours: Colours, mark: str) -> None:
    assert contrast(getattr(colours, mark), colours.stage) >= 3.0


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#777777") == pytest.approx(1.0)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_the_style_sheet_has_no_name_left_open(colours: Colours) -> None:
    assert "$" not in style_sheet(colours)


def test_the_window_changes_colours_live(desk: Desk) -> None:
    play = desk.window.transport.play
    dark_icon = play.icon().cacheKey()
    assert QApplication.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    desk.theme.choose("light")
    assert QApplication.palette().color(QPalette.ColorRole.Window).name() == LIGHT.window
    assert play.icon().cacheKey() != dark_icon
    assert desk.waveform.backgroundBrush().color().name() == LIGHT.stage


def test_system_follows_the_system(desk: Desk, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.theme.choose("system")
    for scheme, colours in ((Qt.ColorScheme.Light, LIGHT), (Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT)):
        # The offscreen platform has no scheme of its own to change.
        monkeypatch.setattr(desk.theme, "_system_scheme", lambda scheme=scheme: scheme)
        qapp.styleHints().colorSchemeChanged.emit(scheme)
        assert desk.theme.colours is colours


def test_an_unknown_saved_theme_follows_the_system(qapp: QApplication) -> None:
    made = Theme(qapp, "plaid")
    assert made.choice == "system"
    made.deleteLater()


def test_the_font_ships_with_the_app_and_keeps_the_systems_size(desk: Desk) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    font = application.font()
    assert font.family() == FONT and QFontInfo(font).family() == FONT
    assert font.pointSizeF() == QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).pointSizeF()
    assert QFontInfo(desk.window.prompts.prompt.font()).family() == FONT
    bold = scaled_font(desk.window, bold=True)
    assert QFontInfo(bold).family() == FONT and QFontInfo(bold).weight() == QFont.Weight.DemiBold


def test_running_times_do_not_wobble(desk: Desk) -> None:
    metrics = QFontMetricsF(time_font(desk.window))
    widths = {
        round(metrics.horizontalAdvance(f"{digit}:{digit}{digit}.{digit}{digit}{digit}"), 3) for digit in range(10)
    }
    assert len(widths) == 1
    usual = QFontMetricsF(scaled_font(desk.window))
    assert usual.horizontalAdvance("1") < usual.horizontalAdvance("0")  # so the test above tests something


def test_the_fonts_are_small_and_their_licence_is_beside_them() -> None:
    folder = resources_folder() / "fonts"
    assert sum(file.stat().st_size for file in folder.iterdir()) < 1 << 20
    licence = (folder / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence and "The Inter Project Authors" in licence

"""All colours, sizes and fonts of the window: two palettes, one style sheet, switched live.

The window follows the system's colour scheme unless the user chose light or dark.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from musicapp.paths import resources_folder

log = logging.getLogger(__name__)

FONT = "Inter"
THEMES = ("system", "light", "dark")
SPACE_TIGHT, SPACE, SPACE_WIDE = 4, 8, 14
RADIUS = 6
RAIL_WIDTH, RAIL_MIN_WIDTH, RAIL_MAX_WIDTH = 312, 216, 480
CENTRE_WIDTH, CENTRE_LEAST_WIDTH = 490, 460
LIST_WIDTH, LIST_MIN_WIDTH, LIST_MAX_WIDTH = 272, 144, 560
FIELD_HEIGHT, TALL_BUTTON_HEIGHT = 30, 40
ICON_SIZE = 18
WINDOW_SIZE, WINDOW_MIN_SIZE, WINDOW_MAX_FIRST_SIZE = (1180, 760), (480, 320), (1760, 1100)
TALL_WINDOW = 900  # has room for the advanced settings from the start
OVERVIEW_HEIGHT, WAVEFORM_MIN_HEIGHT = 44, 120
METER_MIN_WIDTH, METER_WIDTH, METER_MAX_WIDTH, METER_HEIGHT = 100, 150, 420, 32
LOUDNESS_MIN_WIDTH, LOUDNESS_WIDTH, LOUDNESS_MAX_WIDTH = 50, 120, 300


@dataclass(frozen=True)
class Colours:
    """One palette. Text on every surface named here reaches 4.5:1, which the tests compute."""

    is_dark: bool
    window: str
    panel: str
    raised: str
    raised_hover: str
    field: str
    border: str
    border_strong: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    danger: str
    danger_soft: str
    warning: str
    warning_soft: str
    disabled: str
    stage: str
    wave: str
    wave_peak: str
    wave_outside: str
    grid: str
    playhead: str
    region: str
    meter_back: str
    meter_ok: str
    meter_hot: str
    meter_over: str


DARK = Colours(
    is_dark=True,
    window="#16181b",
    panel="#1d2024",
    raised="#2a2e34",
    raised_hover="#343940",
    field="#131517",
    border="#30353c",
    border_strong="#4d555f",
    text="#e9ebee",
    muted="#a5adb7",
    accent="#4fc7ae",
    accent_hover="#6ad6bf",
    on_accent="#04211b",
    accent_soft="#1f3a36",
    danger="#ff9a8f",
    danger_soft="#3a2123",
    warning="#f0c06a",
    warning_soft="#36301f",
    disabled="#7d8590",
    stage="#111315",
    wave="#4fc7ae",
    wave_peak="#2c7f70",
    wave_outside="#2f6a60",
    grid="#23272c",
    playhead="#f4f6f8",
    region="#4fc7ae",
    meter_back="#101214",
    meter_ok="#4fc7ae",
    meter_hot="#f0c06a",
    meter_over="#ff7467",
)

LIGHT = Colours(
    is_dark=False,
    window="#e9ecef",
    panel="#f6f7f9",
    raised="#ffffff",
    raised_hover="#eef1f3",
    field="#ffffff",
    border="#d2d7dc",
    border_strong="#a9b1ba",
    text="#1c2025",
    muted="#57606a",
    accent="#0a7866",
    accent_hover="#096a5a",
    on_accent="#ffffff",
    accent_soft="#d8efea",
    danger="#a5241c",
    danger_soft="#fbe8e5",
    warning="#7a5200",
    warning_soft="#fbf1d9",
    disabled="#7b838c",
    stage="#ffffff",
    wave="#0f7a68",
    wave_peak="#6fb9aa",
    wave_outside="#a8d3cb",
    grid="#edf0f2",
    playhead="#14171a",
    region="#128672",
    meter_back="#dde1e5",
    meter_ok="#128672",
    meter_hot="#b87d00",
    meter_over="#c8372d",
)


class Theme(QObject):
    """The palette in use. `changed` tells of every switch, by the user or by the system."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: str = "system") -> None:
        super().__init__(application)
        self._application = application
        self.choice = choice if choice in THEMES else "system"
        self.colours = DARK
        application.setStyle("Fusion")
        use_our_font(application)
        application.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._ask_scheme()
        self._apply()

    def choose(self, choice: str) -> None:
        """Use "system", "light" or "dark" from now on."""
        if choice == self.choice or choice not in THEMES:
            return
        self.choice = choice
        self._ask_scheme()
        self._apply()

    def _ask_scheme(self) -> None:
        wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(self.choice, Qt.ColorScheme.Unknown)
        self._application.styleHints().setColorScheme(wanted)  # title bars and native dialogs follow

    def _follow_system(self) -> None:
        if self.choice == "system":
            self._apply()

    def _system_scheme(self) -> Qt.ColorScheme:
        return self._application.styleHints().colorScheme()

    def _apply(self) -> None:
        # A desktop that names no scheme gets the dark one: the usual look of audio tools.
        light = self.choice == "light" or (self.choice == "system" and self._system_scheme() == Qt.ColorScheme.Light)
        self.colours = LIGHT if light else DARK
        self._application.setPalette(palette(self.colours))
        self._application.setStyleSheet(style_sheet(self.colours))
        self.changed.emit()


def contrast(first: str, second: str) -> float:
    """WCAG contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(name: str) -> float:
    colour = QColor(name)
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def use_our_font(application: QApplication) -> None:
    """The font that ships with the app, in the size that the system uses; its own fonts for what ours has not."""
    for file in sorted((resources_folder() / "fonts").glob("*.otf")):
        if QFontDatabase.addApplicationFont(str(file)) < 0:
            log.warning("the font %s cannot be used", file.name)
    font = application.font()
    font.setFamilies([FONT, *(family for family in font.families() if family != FONT)])
    application.setFont(font)


def time_font(widget: QWidget, *, scale: float = 1.0, bold: bool = False) -> QFont:
    """The window's font with digits of equal width, so that running times do not wobble."""
    font = QFont(widget.font())
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setPointSizeF(font.pointSizeF() * scale)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def scaled_font(widget: QWidget, *, scale: float = 1.0, bold: bool = False) -> QFont:
    """The window's font, larger or smaller."""
    font = QFont(widget.font())
    font.setPointSizeF(font.pointSizeF() * scale)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def palette(colours: Colours) -> QPalette:
    """The palette for everything that the style sheet does not paint."""
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.field,
        QPalette.ColorRole.AlternateBase: colours.panel,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.Button: colours.raised,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.danger,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.ToolTipBase: colours.raised,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.muted,
        QPalette.ColorRole.Link: colours.accent,
        QPalette.ColorRole.LinkVisited: colours.accent,
        QPalette.ColorRole.Accent: colours.accent,
        QPalette.ColorRole.Light: colours.border_strong,
        QPalette.ColorRole.Mid: colours.border,
        QPalette.ColorRole.Dark: colours.border,
        QPalette.ColorRole.Shadow: colours.window,
    }
    made = QPalette()
    for role, name in roles.items():
        made.setColor(role, QColor(name))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.disabled))
    return made


def style_sheet(colours: Colours) -> str:
    """The small style sheet on top of Fusion."""
    variant = "dark" if colours.is_dark else "light"
    names = {key: value for key, value in vars(colours).items() if isinstance(value, str)}
    text = (resources_folder() / "window.qss").read_text(encoding="utf-8")
    return Template(text).substitute(
        names,
        radius=f"{RADIUS}px",
        field_height=f"{FIELD_HEIGHT - 2}px",
        tall_height=f"{TALL_BUTTON_HEIGHT - 2}px",
        arrow_down=(resources_folder() / "icons" / f"arrow-down-{variant}.svg").as_posix(),
        arrow_up=(resources_folder() / "icons" / f"arrow-up-{variant}.svg").as_posix(),
        tick=(resources_folder() / "icons" / f"tick-{variant}.svg").as_posix(),
    )

"""A take in the middle of the window: title and levels, overview, waveform, and what is marked in it."""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from musicapp.handover.form import Form
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.grid import Grid
from musicapp.ui.state.looks import Look, Looks
from musicapp.ui.state.open_take import OpenTake
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.player import Player
from musicapp.ui.state.sound import Sound
from musicapp.ui.state.spectrum_view import SpectrumView
from musicapp.ui.state.take_gain import TARGET_LUFS, TakeGain
from musicapp.ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE, Theme, scaled_font, time_font
from musicapp.ui.widgets.clock import clock
from musicapp.ui.widgets.described import (
    ElidedLabel,
    IconButton,
    IconTextButton,
    described,
    restyle,
    set_available,
    surface,
)
from musicapp.ui.widgets.overview import Overview
from musicapp.ui.widgets.waiting import Waiting
from musicapp.ui.widgets.waveform import Waveform
from musicapp.ui.words import duration, figures, key_name, marked, number, said, tr

NO_REGION = marked("Drag across the waveform to mark a part.")
NO_SETTINGS = marked("Musicapp did not make this sound: there are no settings to use.")
WIDEST_LEVELS = "−88.8 LUFS   −88.8 dBTP"


class TakePage(QFrame):
    """Shows the take on the stage; `recall` and `copy_seed` are connected by the stage."""

    def __init__(
        self,
        open_takes: OpenTakes,
        player: Player,
        generation: Generation,
        looks: Looks,
        take_gain: TakeGain,
        spectrum: SpectrumView,
        grid: Grid,
        theme: Theme,
    ) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        self._player, self._generation, self._looks, self._take_gain = player, generation, looks, take_gain
        self._region_s: tuple[float, float] | None = None
        self._form: Form | None = None
        self.title = ElidedLabel()
        self.title.setObjectName("take_title")
        self.title.setFont(scaled_font(self.title, scale=1.3, bold=True))
        self.details = ElidedLabel(tone="muted")
        self.details.setObjectName("take_details")
        self.levels = QLabel()
        self.levels.setObjectName("take_levels")
        self.levels.setFont(time_font(self.levels))
        self.levels.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.levels.setMinimumWidth(self.levels.fontMetrics().horizontalAdvance(WIDEST_LEVELS))
        self.recall = described(
            IconTextButton(theme, "recall", tr("Use settings")), "recall", tr("Use these settings"),
            tr("Bring prompt, length, seed and all settings of this take back"), "R",
        )  # fmt: skip
        self.copy_seed = described(IconButton(theme, "copy", role="framed"), "copy_seed", tr("Copy the seed"))
        self._spectrum = spectrum
        self.waveform = Waveform(player, spectrum, grid, theme)
        self.overview = Overview(player, self.waveform, theme)
        self.waiting = Waiting(generation, self.waveform)
        self.note = self.waiting.note
        self.selection = ElidedLabel(tone="muted")
        self.selection.setObjectName("selection")
        self.selection.setFont(time_font(self.selection))
        self.spectrogram = described(
            IconButton(theme, "spectrogram"), "spectrogram", tr("Spectrogram"),
            tr("Show pitches over time in the place of the waveform"), "W",
        )  # fmt: skip
        self.spectrogram.setCheckable(True)
        self.snap = described(
            IconButton(theme, "grid"),
            "snap",
            tr("Snap to bars"),
            tr("Loop marks go to bars and beats; with Ctrl they stay free"),
            "B",
        )
        self.snap.setCheckable(True)
        self.zoom_buttons = self._make_zoom_buttons(theme)
        self._lay_out()

        player.shown_changed.connect(self._show_take)
        player.loop_changed.connect(self._show_loop)
        generation.run_changed.connect(self._show_note)
        open_takes.sounds.connect(self._show_note)
        open_takes.made.connect(self._show_look)
        open_takes.renewed.connect(self._show_title)
        take_gain.changed.connect(self._show_levels)
        looks.found.connect(self._look_found)
        self.spectrogram.clicked.connect(spectrum.set_on)
        self._grid = grid
        self.snap.clicked.connect(grid.toggle)
        grid.changed.connect(self._show_snap)
        spectrum.changed.connect(self._show_kind)
        self.waveform.region_changed.connect(self._show_selection)
        self._show_take()
        self._show_loop()
        self._show_kind()
        self._show_snap()

    def _make_zoom_buttons(self, theme: Theme) -> dict[str, IconButton]:
        waveform = self.waveform
        buttons = {
            "clear_loop": described(IconButton(theme, "clear-loop"), "clear_loop", tr("Remove the loop marks")),
            "zoom_region": described(
                IconButton(theme, "zoom-selection"), "zoom_region", tr("Zoom to the loop"), keys="Z"
            ),
            "zoom_out": described(IconButton(theme, "zoom-out"), "zoom_out", tr("Zoom out"), keys="Ctrl+-"),
            "zoom_in": described(IconButton(theme, "zoom-in"), "zoom_in", tr("Zoom in"), keys="Ctrl++"),
            "zoom_fit": described(IconButton(theme, "zoom-fit"), "zoom_fit", tr("Show the whole take"), keys="X"),
        }
        actions = {
            "zoom_in": waveform.zoom_in,
            "zoom_out": waveform.zoom_out,
            "zoom_region": waveform.zoom_to_region,
            "zoom_fit": waveform.fit,
            "clear_loop": self._player.clear_loop,
        }
        for name, button in buttons.items():
            button.clicked.connect(actions[name])
        return buttons

    def _show_snap(self) -> None:
        self.snap.setChecked(self._grid.is_on)

    def add_tool(self, button: QWidget) -> None:
        """One more button at the end of the row below the picture."""
        self._tools.addWidget(button)
        button.show()

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(SPACE_TIGHT)
        first.addWidget(self.title, 1)
        first.addWidget(self.copy_seed)
        first.addWidget(self.recall)
        second.setSpacing(SPACE_WIDE)
        second.addWidget(self.details, 1)
        second.addWidget(self.levels)
        picture = surface("stage")
        inside = QVBoxLayout(picture)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.waveform)
        tools = self._tools = QHBoxLayout()
        tools.setSpacing(0)
        tools.addWidget(self.selection, 1)
        tools.addWidget(self.snap)
        tools.addWidget(self.spectrogram)
        for button in self.zoom_buttons.values():
            tools.addWidget(button)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE_TIGHT)
        layout.setSpacing(SPACE_TIGHT)
        layout.addLayout(first)
        layout.addLayout(second)
        layout.addSpacing(SPACE_TIGHT)
        layout.addWidget(self.overview)
        layout.addWidget(picture, 1)
        layout.addLayout(tools)

    def _look(self) -> Look | None:
        shown = self._player.shown
        return self._looks.of(shown.request, shown.whole, shown.audio.duration_s) if shown else None

    def _look_found(self, take_id: str) -> None:
        shown = self._player.shown
        if shown is not None and shown.take_id == take_id:
            self._show_look()

    def _show_take(self) -> None:
        shown = self._player.shown
        if shown is None:
            return
        self._show_title(shown.take_id)
        for button in (self.recall, self.copy_seed):
            set_available(button, "" if shown.has_settings else tr(NO_SETTINGS))
        self._form = None
        self._show_look()
        self._show_note()

    def _show_title(self, take_id: str) -> None:
        shown = self._player.shown
        if shown is not None and shown.take_id == take_id:
            self.title.set_whole(shown.title, shown.request.prompt[:400])

    def _show_look(self) -> None:
        shown, look = self._player.shown, self._look()
        if shown is None:
            return
        if look is not None:
            self._form = look.form
            self.waveform.set_form(look.form)
        self.details.set_whole(*_details(shown, look))
        self._show_levels()
        self._show_selection(self._region_s)

    def _show_levels(self) -> None:
        measures = self._take_gain.measures
        gain_db = self._player.take_gain_db
        if measures is None or not math.isfinite(measures.true_peak_db):
            self.levels.setText("")
            self.levels.setToolTip("")
            return
        is_hot = measures.peak_db > 0
        text = tr(
            "{loudness} LUFS   {peak} dBTP",
            loudness=number(measures.loudness_lufs, 1),
            peak=number(measures.true_peak_db, 1, sign=True),
        ).replace("-", "−")
        self.levels.setText(text)
        restyle(self.levels, "tone", "warning" if is_hot else "muted")
        told = [
            tr(
                "Loudness {loudness} LUFS, true peak {peak} dBTP.",
                loudness=number(measures.loudness_lufs, 1),
                peak=number(measures.true_peak_db, 1, sign=True),
            )
        ]
        if is_hot:
            told.append(
                tr(
                    "%n samples go beyond full scale; the export is lowered so that none does.",
                    "",
                    measures.over_frames,
                )
            )
        if self._take_gain.is_matching:
            told.append(
                tr(
                    "Played {gain} dB, to compare all takes at {loudness} LUFS.",
                    gain=number(gain_db, 1, sign=True),
                    loudness=number(TARGET_LUFS, 0),
                )
            )
        elif gain_db:
            told.append(tr("Played {gain} dB lower, as it will be exported.", gain=number(-gain_db, 1)))
        self.levels.setToolTip("\n".join(told).replace("-", "−"))
        self.levels.setAccessibleDescription(" ".join(told))

    def _show_selection(self, region_s: tuple[float, float] | None) -> None:
        self._region_s = region_s
        if region_s is None:
            self.selection.set_whole(tr(NO_REGION))
            return
        start_s, end_s = region_s
        length_s, bars = end_s - start_s, ""
        if self._form is not None and self._form.bar_s:
            count = length_s / self._form.bar_s
            shown = figures(f"{count:.2f}".rstrip("0").rstrip("."))
            bars = tr("1 bar") if abs(count - 1) < 0.005 else tr("{count} bars", count=shown)
        parts = (tr("{start} to {end}", start=clock(start_s), end=clock(end_s)), clock(length_s), bars)
        told = tr(
            "The marked part: from {start} to {end}, length {length}",
            start=clock(start_s),
            end=clock(end_s),
            length=clock(length_s),
        )
        self.selection.set_whole("   ".join(part for part in parts if part), f"{told}, {bars}" if bars else told)

    def _show_note(self) -> None:
        """Over the empty picture: what is being done, until sound can be seen."""
        shown, is_running = self._player.shown, self._generation.is_running
        is_waiting = is_running and shown is not None and shown.is_being_made and shown.audio.buffer.available == 0
        self.waiting.setVisible(is_waiting)
        if is_waiting:
            self.waiting.show_run()
            self.waiting.setGeometry(self.waveform.rect())

    def _show_kind(self) -> None:
        self.spectrogram.setChecked(self._spectrum.is_on)

    def _show_loop(self) -> None:
        reason = "" if self._player.region else tr(NO_REGION)
        set_available(self.zoom_buttons["zoom_region"], reason)
        set_available(self.zoom_buttons["clear_loop"], reason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.waiting.setGeometry(self.waveform.rect())


def _details(shown: OpenTake, look: Look | None) -> tuple[str, str]:
    """What a musician wants to know of a take, and the rest for the tooltip."""
    request, words = shown.request, _asked_and_heard(look) if look else ""
    if isinstance(shown.source, Sound):
        return _details_of_sound(shown.source, words)
    adapters = [f"{Path(lora.path).stem} × {number(lora.strength)}" for lora in request.loras]
    parts = [
        duration(shown.audio.duration_s),
        words,
        tr("seed {seed}", seed=request.seed),
        shown.model_name,
        *adapters,
    ]
    more = [
        tr("{rate} kHz", rate=number(shown.audio.sample_rate / 1000)),
        tr("%n steps", "", request.steps) if request.steps else "",
    ]
    if request.guidance_scale is not None:
        more.append(tr("guidance {scale}", scale=number(request.guidance_scale)))
    text = " · ".join(part for part in parts if part)
    return text, f"{text}\n{' · '.join(part for part in more if part)}"


def _details_of_sound(sound: Sound, words: str) -> tuple[str, str]:
    material = sound.material
    channels = {1: tr("mono"), 2: tr("stereo")}.get(material.channels) or tr("%n channels", "", material.channels)
    rate = tr("{rate} kHz", rate=number(material.sample_rate / 1000))
    parts = (duration(material.duration_s), words, rate, channels, tr("a sound of your own"))
    text = " · ".join(part for part in parts if part)
    return text, f"{text}\n{material.path}"


def _asked_and_heard(look: Look) -> str:
    """Tempo and key, "120 bpm · C minor, heard 120 bpm · C minor", as far as there is any of both."""
    asked, heard = look.form.words, look.measures.heard if look.measures else None
    if heard is None:
        return said(asked)
    words = tr("heard {tempo} bpm · {key}", tempo=number(heard.tempo_bpm), key=key_name(heard.key))
    return tr("asked {asked}, {words}", asked=said(asked), words=words) if asked else words

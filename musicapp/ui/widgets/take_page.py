"""A take in the middle of the window: title and settings, overview, zoom buttons and waveform."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from musicapp.request import format_duration
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.open_take import title_of
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.player import Player
from musicapp.ui.theme import SPACE, SPACE_TIGHT, Theme, scaled_font
from musicapp.ui.widgets.described import (
    ElidedLabel,
    IconButton,
    IconTextButton,
    described,
    label,
    set_available,
    surface,
)
from musicapp.ui.widgets.overview import Overview
from musicapp.ui.widgets.waveform import Waveform

NO_REGION = "Drag across the waveform to mark a part."


class TakePage(QWidget):
    """Shows the take on the stage; `recall` and `copy_seed` are connected by the stage."""

    def __init__(self, open_takes: OpenTakes, player: Player, generation: Generation, theme: Theme) -> None:
        super().__init__()
        self._player, self._generation = player, generation
        self.title = ElidedLabel()
        self.title.setObjectName("take_title")
        self.title.setFont(scaled_font(self.title, scale=1.3, bold=True))
        self.details = ElidedLabel(tone="muted")
        self.details.setObjectName("take_details")
        self.recall = described(
            IconTextButton(theme, "recall", "Use settings"), "recall", "Use these settings",
            "Bring prompt, length, seed and all settings of this take back", "R",
        )  # fmt: skip
        self.copy_seed = described(IconButton(theme, "copy", role="framed"), "copy_seed", "Copy the seed")
        self.waveform = Waveform(player, theme)
        self.overview = Overview(player, self.waveform, theme)
        self.note = label("", tone="muted", parent=self.waveform)
        self.note.setObjectName("stage_note")
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.zoom_buttons = self._make_zoom_buttons(theme)
        self._lay_out()

        player.shown_changed.connect(self._show_take)
        player.loop_changed.connect(self._show_loop)
        generation.run_changed.connect(self._show_note)
        open_takes.sounds.connect(self._show_note)
        self._show_take()
        self._show_loop()

    def _make_zoom_buttons(self, theme: Theme) -> dict[str, IconButton]:
        waveform = self.waveform
        buttons = {
            "zoom_in": described(IconButton(theme, "zoom-in"), "zoom_in", "Zoom in", keys="Ctrl++"),
            "zoom_out": described(IconButton(theme, "zoom-out"), "zoom_out", "Zoom out", keys="Ctrl+-"),
            "zoom_region": described(IconButton(theme, "zoom-selection"), "zoom_region", "Zoom to the loop", keys="Z"),
            "zoom_fit": described(IconButton(theme, "zoom-fit"), "zoom_fit", "Show the whole take", keys="X"),
            "clear_loop": described(IconButton(theme, "clear-loop"), "clear_loop", "Remove the loop marks"),
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

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.details)
        header = QHBoxLayout()
        header.setSpacing(SPACE_TIGHT)
        header.addLayout(words, 1)
        header.addWidget(self.copy_seed)
        header.addWidget(self.recall)
        tools = QHBoxLayout()
        tools.setSpacing(0)
        tools.addWidget(self.overview, 1)
        tools.addSpacing(SPACE_TIGHT)
        for button in self.zoom_buttons.values():
            tools.addWidget(button)
        picture = surface("stage")
        inside = QVBoxLayout(picture)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.waveform)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addLayout(header)
        layout.addLayout(tools)
        layout.addWidget(picture, 1)

    def _show_take(self) -> None:
        shown = self._player.shown
        if shown is None:
            return
        request = shown.request
        rate = f"{shown.audio.sample_rate / 1000:g} kHz"
        parts = [format_duration(shown.audio.duration_s), f"seed {request.seed}", shown.model_name]
        if request.steps:
            parts.append(f"{request.steps} steps")
        parts.append(rate)
        parts.extend(f"{Path(lora.path).stem} × {lora.strength:g}" for lora in request.loras)
        self.details.set_whole(" · ".join(part for part in parts if part))
        self.title.set_whole(title_of(request.prompt), request.prompt[:400])
        self._show_note()

    def _show_note(self) -> None:
        """Over the empty picture: what is being done, until sound can be seen."""
        shown, is_running = self._player.shown, self._generation.is_running
        waiting = is_running and shown is not None and shown.take is None and shown.audio.buffer.available == 0
        self.note.setVisible(waiting)
        if waiting:
            self.note.setText(self._generation.progress_text)
            self.note.setGeometry(self.waveform.rect())

    def _show_loop(self) -> None:
        reason = "" if self._player.region else NO_REGION
        set_available(self.zoom_buttons["zoom_region"], reason)
        set_available(self.zoom_buttons["clear_loop"], reason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.note.setGeometry(self.waveform.rect())

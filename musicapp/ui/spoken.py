"""What each control of the window says of itself, and what is said aloud when something happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent

from musicapp.library.take import Take
from musicapp.ui import accessible
from musicapp.ui.accessible import Range, Spoken
from musicapp.ui.state.open_take import title_of
from musicapp.ui.state.player import QUIETEST_DB, Player
from musicapp.ui.studio import Studio
from musicapp.ui.widgets.clock import clock
from musicapp.ui.words import duration, number, said, tr

if TYPE_CHECKING:
    from musicapp.ui.main_window import MainWindow

ROLE = QAccessible.Role
SAVED = "Take saved"  # its announcement says more


class SpokenWindow(QObject):
    """Gives values to what has none of its own, and announces messages, remarks and finished takes."""

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        super().__init__(window)
        accessible.install()
        self._window, self._studio = window, studio
        length, volume, meter = window.length.slider, window.transport.volume, window.transport.meter
        Spoken(length, ROLE.Slider, lambda: duration(length.value()), accessible.number_of(length))
        Spoken(volume, ROLE.Slider, self._volume_words, accessible.number_of(volume))
        Spoken(meter, ROLE.Indicator, self._level_words)
        Spoken(window.transport.loudness, ROLE.Indicator, lambda: window.transport.loudness.words)
        for part, name in (
            (window.columns.rail, tr("Settings")),
            (window.stage, tr("Stage")),
            (window.export, tr("Export")),
            (window.takes, tr("List of takes")),
            (window.queue, tr("Takes that wait")),
            (window.transport, tr("Transport")),
            (window.status, tr("Status")),
            (window.menuBar(), tr("Menus")),
            (window.columns, tr("Columns")),
        ):
            part.setAccessibleName(name)
        window.stage.prepared.connect(self._describe_stage)
        studio.messages.message_changed.connect(self._tell_message)
        studio.messages.remarked.connect(self._tell_remark)
        studio.open_takes.made.connect(self._tell_take)

    def _describe_stage(self) -> None:
        page, player = self._window.stage.page, self._studio.player
        if page is None:
            return

        def seek(seconds: float) -> None:
            if player.shown is not None:
                player.seek(round(seconds * player.shown.audio.sample_rate))

        number = Range(lambda: _position_s(player), lambda: 0.0, lambda: _duration_s(player), 0.01, seek)
        waveform = Spoken(page.waveform, ROLE.Slider, lambda: position_words(player), number)
        Spoken(page.overview, ROLE.Graphic, self._part_words)
        player.loop_changed.connect(waveform.changed)
        player.shown_changed.connect(waveform.changed)
        player.playing_changed.connect(waveform.changed)
        player.position_changed.connect(lambda _frame: None if player.is_playing else waveform.changed())

    def _volume_words(self) -> str:
        volume_db = self._studio.player.volume_db
        return tr("silent") if volume_db <= QUIETEST_DB else tr("{volume} dB", volume=number(volume_db, 0))

    def _level_words(self) -> str:
        return self._window.transport.meter.words

    def _part_words(self) -> str:
        page = self._window.stage.page
        if page is None or self._studio.player.shown is None:
            return tr("no take")
        left, right = page.waveform.visible_s
        return tr(
            "showing {start} to {end} of {length}",
            start=_brief(left),
            end=_brief(right),
            length=_brief(_duration_s(self._studio.player)),
        )

    def _tell_message(self) -> None:
        message = self._studio.messages.current
        if message is not None:
            QAccessible.updateAccessibility(QAccessibleEvent(self._window.message_bar, QAccessible.Event.Alert))
            self._announce(f"{said(message.text)} {said(message.hint)}".strip(), urgent=message.kind == "error")

    def _tell_remark(self, text: str) -> None:
        if text != SAVED:
            self._announce(said(text))

    def _tell_take(self, take: Take) -> None:
        length = duration(round(take.duration_s, 1))
        self._announce(
            tr(
                "Take finished: {title}, {length}, seed {seed}",
                title=title_of(take.request.prompt),
                length=length,
                seed=take.request.seed,
            )
        )

    def _announce(self, text: str, *, urgent: bool = False) -> None:
        event = QAccessibleAnnouncementEvent(self._window, text)
        politeness = QAccessible.AnnouncementPoliteness
        event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
        QAccessible.updateAccessibility(event)


def position_words(player: Player) -> str:
    """Where the take plays, how long it is, and what is marked: "0:12 of 1:30, loop 0:08 to 0:16"."""
    if player.shown is None:
        return tr("no take")
    words = tr("{position} of {length}", position=_brief(_position_s(player)), length=_brief(_duration_s(player)))
    if player.region is None:
        return tr("{words}, looping", words=words) if player.is_looping else words
    start, end = (_brief(frame / player.shown.audio.sample_rate) for frame in player.region)
    if player.is_looping:
        return tr("{words}, loop {start} to {end}", words=words, start=start, end=end)
    return tr("{words}, marked {start} to {end}", words=words, start=start, end=end)


def _brief(seconds: float) -> str:
    """As short as it can be said: whole seconds, or tenths where it is not one."""
    return clock(seconds, decimals=0 if abs(seconds - round(seconds)) < 0.05 else 1)


def _position_s(player: Player) -> float:
    return player.position / player.shown.audio.sample_rate if player.shown is not None else 0.0


def _duration_s(player: Player) -> float:
    return player.shown.audio.duration_s if player.shown is not None else 0.0

"""Transport: back to start, play, stop, loop, time, volume, meter, and the output it plays on."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSlider

from musicapp.playback.devices import keys_of, match
from musicapp.ui.state.ableton_link import AbletonLink
from musicapp.ui.state.player import QUIETEST_DB, Player
from musicapp.ui.state.playing_levels import PlayingLevels
from musicapp.ui.state.take_gain import TARGET_LUFS, TakeGain
from musicapp.ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE, Theme, time_font
from musicapp.ui.widgets.clock import clock
from musicapp.ui.widgets.described import ElidedLabel, IconButton, described, label, set_available
from musicapp.ui.widgets.level_meter import LevelMeter
from musicapp.ui.widgets.link_button import LinkButton
from musicapp.ui.widgets.loudness_scale import LoudnessScale
from musicapp.ui.words import marked, number, said, tr

NOTHING_TO_PLAY = marked("There is no take to play yet.")
LOOK_AGAIN = "look again"
VOLUME_MIN_WIDTH, VOLUME_WIDTH, DEVICE_MIN_WIDTH, DEVICE_WIDTH, PLAY_ICON = 48, 120, 84, 164, 20
MATCHING = marked("Play all takes at one loudness ({loudness} LUFS) to compare them. Exports stay as they are")
CUED = marked("waiting for the bar")
CUED_WHY = marked("Playing begins with the next bar of the Link session")
WAITING = marked("waiting for sound")
WAITING_WHY = marked("Playing goes on by itself as soon as there is sound")


class TransportBar(QFrame):
    """Buttons and meters for the take on the stage."""

    def __init__(
        self, player: Player, take_gain: TakeGain, levels: PlayingLevels, link: AbletonLink, theme: Theme
    ) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        self._player, self._take_gain = player, take_gain
        self.to_start = described(IconButton(theme, "to-start"), "to_start", tr("To the start"), keys="Home")
        self.play = described(
            IconButton(theme, "play", role="play", tone="on_accent", size=PLAY_ICON), "play", tr("Play")
        )
        self.stop = described(IconButton(theme, "stop"), "stop", tr("Stop"), tr("Stop and go back to the start"))
        self.loop = described(
            IconButton(theme, "loop"), "loop", tr("Loop"), tr("Repeat the marked part, or all of it"), "L"
        )
        self.loop.setCheckable(True)
        self.position = label("")
        self.position.setObjectName("position")
        self.position.setAccessibleName(tr("Play position"))
        self.position.setFont(time_font(self.position, scale=1.35, bold=True))
        self.total = ElidedLabel(tone="muted")
        self.total.setObjectName("total_time")
        self.total.setFont(time_font(self.total))
        self.volume_icon = IconButton(theme, "volume", tone="muted")
        described(self.volume_icon, "mute", tr("Mute"), keys="M")
        self.volume_icon.setCheckable(True)
        self.volume = described(QSlider(Qt.Orientation.Horizontal), "volume", tr("Volume"))
        self.volume.setRange(round(QUIETEST_DB), 0)
        self.volume.setPageStep(6)
        self.volume.setMinimumWidth(VOLUME_MIN_WIDTH)
        self.volume.setMaximumWidth(VOLUME_WIDTH)
        self.volume_text = ElidedLabel(tone="muted")
        self.volume_text.setObjectName("volume_text")
        self.volume_text.setFont(time_font(self.volume_text, scale=0.92))
        self.volume_text.setMaximumWidth(self.volume_text.fontMetrics().horizontalAdvance("−60 dB ") + 4)
        self.match = described(
            IconButton(theme, "match-loudness"), "match_loudness", tr("Match loudness"),
            tr(MATCHING, loudness=number(TARGET_LUFS, 0)), "E",
        )  # fmt: skip
        self.match.setCheckable(True)
        self.link = LinkButton(link)
        self.meter = LevelMeter(player, levels, theme)
        self.loudness = LoudnessScale(levels, theme)
        self.device = described(QComboBox(), "output_device", tr("Audio output"), tr("Where it plays"))
        self.device.setMinimumWidth(DEVICE_MIN_WIDTH)
        self.device.setMaximumWidth(DEVICE_WIDTH)
        self.device.setMinimumContentsLength(13)
        self.device.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._volume_before_mute = player.volume_db
        self._lay_out()

        self.to_start.clicked.connect(self._go_to_start)
        self.play.clicked.connect(player.toggle)
        self.stop.clicked.connect(player.stop)
        self.loop.toggled.connect(player.set_looping)
        self.volume.valueChanged.connect(player.set_volume)
        self.volume_icon.clicked.connect(self.toggle_mute)
        self.match.toggled.connect(take_gain.set_matching)
        self.device.activated.connect(self._device_chosen)
        player.shown_changed.connect(self._show_available)
        player.playing_changed.connect(self._show_playing)
        player.position_changed.connect(self._show_position)
        player.loop_changed.connect(self._show_loop)
        player.volume_changed.connect(self._show_volume)
        take_gain.changed.connect(self._show_matching)
        player.devices_changed.connect(self._show_devices)
        self._show_playing(False)
        self._show_position(0)
        self._show_loop()
        self._show_volume(player.volume_db)
        self._show_matching()
        self._show_devices()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE_TIGHT + 2, SPACE_WIDE, SPACE_TIGHT + 2)
        layout.setSpacing(SPACE_TIGHT)
        for button in (self.to_start, self.play, self.stop, self.loop):
            layout.addWidget(button)
        layout.addSpacing(SPACE_WIDE)
        layout.addWidget(self.position)
        layout.addSpacing(SPACE_TIGHT)
        layout.addWidget(self.total, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addSpacing(SPACE_TIGHT)
        layout.addWidget(self.link)
        layout.addStretch(1)
        layout.addWidget(self.volume_icon)
        layout.addWidget(self.volume)
        layout.addWidget(self.volume_text)
        layout.addWidget(self.match)
        layout.addSpacing(SPACE)
        layout.addWidget(self.meter, 3)
        layout.addSpacing(SPACE)
        layout.addWidget(self.loudness, 2)
        layout.addSpacing(SPACE)
        layout.addWidget(self.device)

    def toggle_mute(self) -> None:
        """Silence, and back to the volume before."""
        if self._player.volume_db > QUIETEST_DB:
            self._volume_before_mute = self._player.volume_db
            self._player.set_volume(QUIETEST_DB)
        else:
            self._player.set_volume(max(self._volume_before_mute, QUIETEST_DB + 1))

    def _go_to_start(self) -> None:
        self._player.seek(0)

    def _show_available(self) -> None:
        nothing = "" if self._player.shown else tr(NOTHING_TO_PLAY)
        set_available(self.play, self._player.problem or nothing)
        set_available(self.stop, self._player.problem or nothing)
        set_available(self.to_start, nothing)
        set_available(self.loop, nothing)
        self._show_position(self._player.position)

    def _show_playing(self, playing: bool) -> None:
        self.play.set_icon_name("pause" if playing else "play")
        described(self.play, "play", tr("Pause") if playing else tr("Play"), keys="Space")
        self._show_available()

    def _show_position(self, frame: int) -> None:
        shown = self._player.shown
        self.position.setText(clock(frame / shown.audio.sample_rate) if shown else clock(0.0))
        if shown is None:
            self.total.set_whole("")
        elif self._player.transport.is_cued:
            self.total.set_whole(tr(CUED), tr(CUED_WHY))
        elif self._player.is_waiting:
            self.total.set_whole(tr(WAITING), tr(WAITING_WHY))
        else:
            self.total.set_whole(f"/ {clock(shown.audio.duration_s)}")

    def _show_matching(self) -> None:
        with QSignalBlocker(self.match):
            self.match.setChecked(self._take_gain.is_matching)

    def _show_loop(self) -> None:
        with QSignalBlocker(self.loop):
            self.loop.setChecked(self._player.is_looping)

    def _show_volume(self, volume_db: float) -> None:
        with QSignalBlocker(self.volume):
            self.volume.setValue(round(volume_db))
        silent = volume_db <= QUIETEST_DB
        text = tr("silent") if silent else tr("{volume} dB", volume=number(volume_db, 0))
        described(self.volume, "volume", tr("Volume"), tr("Volume: {text}", text=text))
        self.volume_text.set_whole(text.replace("-", "−"))
        self.volume_text.setMinimumWidth(self.volume_text.sizeHint().width())  # the slider gives way first
        self.volume_icon.set_icon_name("mute" if silent else "volume")
        self.volume_icon.setChecked(silent)
        described(self.volume_icon, "mute", tr("Mute"), tr("Play aloud again") if silent else tr("Mute"), "M")

    def _device_chosen(self, row: int) -> None:
        chosen = self.device.itemData(row)
        if chosen == LOOK_AGAIN:
            self._player.refresh_devices()
            self._show_devices()
        else:
            self._player.choose_device(chosen)

    def _show_devices(self) -> None:
        player = self._player
        with QSignalBlocker(self.device):
            self.device.clear()
            default = next((device.name for device in player.devices if device.is_default), "")
            if player.devices:
                self.device.addItem(tr("System default"), "")
                self.device.setItemData(0, default, Qt.ItemDataRole.ToolTipRole)
            else:
                self.device.addItem(tr("No output"), "")
            for device, key in zip(player.devices, keys_of(player.devices), strict=True):
                self.device.addItem(key, key)
                self.device.setItemData(
                    self.device.count() - 1, f"{device.name} ({device.host_api})", Qt.ItemDataRole.ToolTipRole
                )
            if player.is_missing:
                self.device.addItem(tr("{name} (not connected)", name=player.device_name), player.device_name)
            self.device.insertSeparator(self.device.count())
            self.device.addItem(tr("Look again"), LOOK_AGAIN)
            self.device.setCurrentIndex(max(0, self.device.findData(_chosen_key(player))))
        described(self.device, "output_device", tr("Audio output"), said(player.problem) or tr("Where it plays"))
        self._show_available()


def _chosen_key(player: Player) -> str:
    """The chosen output as the menu has it now: namesakes may have come or gone since it was chosen."""
    chosen = match(player.device_name, player.devices) if player.device_name else None
    return keys_of(player.devices)[player.devices.index(chosen)] if chosen else player.device_name

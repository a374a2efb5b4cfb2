"""Playback as the window sees it: the take on the stage, where it plays, and through which device."""

from __future__ import annotations

import logging
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from musicapp.errors import AudioDeviceError, MusicAppError
from musicapp.playback.devices import match
from musicapp.playback.host import OutputDevice, PlaybackHost
from musicapp.playback.take_buffer import TakeBuffer
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.open_take import OpenTake
from musicapp.ui.state.open_takes import OpenTakes

log = logging.getLogger(__name__)

TICK_MS = 33
# The device stays open for a moment after a pause, so that playing on is instant, but not for long after the end:
# a driver that does not keep time would spin.
CLOSE_AFTER_PAUSE_MS, CLOSE_AFTER_END_MS = 4000, 300
FIRST_VOLUME_DB, QUIETEST_DB = -6.0, -60.0
# Without any output, after one was there, it is looked for again: a sound server may start any moment.
LOOK_EVERY_MS, LOOK_TIMES = 1000, 600
OUTPUT = "output"  # what messages about it are taken back by


class Player(QObject):
    """Plays the take on the stage, in the sound process. Device calls run in the `devices` lane: they take their time.

    shown_changed         another take, or none, is on the stage and can be played
    playing_changed       it began or stopped to play
    position_changed      the play position in frames
    levels_changed        left and right peak since the last time, linear; `wanted_levels` are those before the guard
    loop_changed          loop switch or loop region
    volume_changed        in dB
    devices_changed       the list of outputs, the chosen one, or whether there is one at all
    """

    shown_changed = Signal()
    playing_changed = Signal(bool)
    position_changed = Signal(int)
    levels_changed = Signal(float, float)
    loop_changed = Signal()
    volume_changed = Signal(float)
    devices_changed = Signal()

    _lost = Signal(object)
    _back = Signal()
    _given_up = Signal(object)

    def __init__(self, open_takes: OpenTakes, messages: Messages, devices: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_takes, self._messages, self._lane = open_takes, messages, devices
        self._host = PlaybackHost(self._lost.emit, self._back.emit, self._given_up.emit)
        self.transport = self._host.transport
        self.is_playing = self.is_looping = False
        self.region: tuple[int, int] | None = None
        self.regions: dict[str, tuple[int, int]] = {}  # of every take that has loop marks
        self.volume_db, self.take_gain_db = FIRST_VOLUME_DB, 0.0
        self.hears_other = False  # than the take on the stage: takes are compared
        self._forming: tuple[TakeBuffer, int] | None = None  # a preview of the take on the stage, and where it begins
        self.devices: list[OutputDevice] = []
        self.device_name = ""  # the key of the chosen output, see `devices.keys_of`; empty: the system's default
        self.devices_known = False  # whether the outputs were looked for
        self.problem = "Looking for audio outputs …"  # why nothing can be heard, empty when all is well
        self._opened_for: tuple[str, int] | None = None
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._follow)
        self._close_later = QTimer(self, singleShot=True)
        self._close_later.timeout.connect(self._close_output)
        self._look_later = QTimer(self, singleShot=True, interval=LOOK_EVERY_MS)
        self._look_later.timeout.connect(self._look)
        self._looks_left = 0
        self._lost.connect(self._device_lost, Qt.ConnectionType.QueuedConnection)
        self._back.connect(self._device_back, Qt.ConnectionType.QueuedConnection)
        self._given_up.connect(self._output_failed, Qt.ConnectionType.QueuedConnection)
        open_takes.shown_changed.connect(self._take_up)
        self.transport.volume = self.gain

    @property
    def shown(self) -> OpenTake | None:
        """The take on the stage, which is the one that plays."""
        return self._open_takes.shown

    @property
    def position(self) -> int:
        """Where it plays, in frames."""
        first = self._forming[1] if self._forming else 0
        return first + self.transport.position if self.shown else 0

    @property
    def is_forming(self) -> bool:
        """Whether a preview is heard of the take on the stage."""
        return self._forming is not None

    @property
    def wanted_levels(self) -> tuple[float, float]:
        """Left and right peak, linear, as they would be without the guard in front of the sound card."""
        return self.transport.wanted_levels

    @property
    def is_waiting(self) -> bool:
        """Whether it was told to play and the sound is not there yet."""
        shown = None if self.is_forming else self.shown
        is_ahead = shown is not None and self.position >= shown.audio.buffer.available < shown.audio.total_frames
        return self.is_playing and (self.transport.is_waiting or is_ahead or self._host.is_recovering)

    @property
    def is_open(self) -> bool:
        """Whether an output is held, so that sound is soon there."""
        return self._host.is_open

    @property
    def can_play(self) -> bool:
        """Whether there is something to play and something to play it on."""
        return self.shown is not None and not self.problem

    def play(self) -> None:
        """Play from the current position; from the beginning (or the loop's) when it had ended."""
        if self.shown is None or self.is_playing:
            return
        if self.problem:
            hint = "Connect one and choose “Look again” in the list of outputs."
            self._messages.post("error", self.problem, hint, about=OUTPUT)
            return
        self._close_later.stop()
        self.transport.play()  # sound begins as soon as a device is open
        self._set_playing(True)
        device = self._device()
        wanted = (str(device or ""), self.shown.audio.sample_rate)
        if self._host.is_open and self._opened_for == wanted:
            return
        if self.is_missing:
            self._messages.remark(f"{self.device_name} is not connected: playing on the system's own output")
        self._opened_for = wanted
        failed = partial(self._output_failed, wanted=wanted)
        self._lane.run(lambda: self._host.open(device, wanted[1]), lambda _: self._messages.dismiss(OUTPUT), failed)

    def pause(self) -> None:
        """Hold the position."""
        if self.is_playing:
            self.transport.pause()
            self._set_playing(False)
            self._messages.dismiss(OUTPUT)  # nothing waits for it any more
            self._close_later.start(CLOSE_AFTER_PAUSE_MS)

    def toggle(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def stop(self) -> None:
        """Stop and go back to the start, or to the start of the loop region."""
        was_playing = self.is_playing
        self.transport.stop()
        self._set_playing(False)
        self.seek(self.region[0] if self.region and self.is_looping else 0)
        if was_playing:
            self._close_later.start(CLOSE_AFTER_PAUSE_MS)

    def seek(self, frame: int) -> None:
        """Go to a frame; while playing, at once."""
        if self.shown is None:
            return
        self.leave_forming()
        frame = max(0, min(frame, self.shown.audio.total_frames))
        self.transport.seek(frame)
        self.position_changed.emit(frame)

    def set_looping(self, looping: bool) -> None:
        if looping != self.is_looping:
            self.is_looping = looping
            self._apply_loop()
            self.loop_changed.emit()

    def set_region(self, region: tuple[int, int] | None) -> None:
        """Mark the part that the loop repeats; None: the whole take."""
        if region is not None and self.shown is not None:
            start, end = sorted(region)
            start, end = max(0, start), min(end, self.shown.audio.total_frames)
            region = (start, end) if end > start else None
        if region != self.region:
            self.region = region
            if self.shown is not None:
                self.regions.pop(self.shown.take_id, None)
                if region is not None:
                    self.regions[self.shown.take_id] = region
            self._apply_loop()
            self.loop_changed.emit()

    def _known_region(self) -> tuple[int, int] | None:
        """The loop marks that the take on the stage had, if they lie within it."""
        if self.shown is None:
            return None
        start, end = self.regions.get(self.shown.take_id, (0, 0))
        return (start, end) if 0 <= start < end <= self.shown.audio.total_frames else None

    def clear_loop(self) -> None:
        """Take the loop marks away and play on without repeating."""
        self.set_region(None)
        self.set_looping(False)

    def set_volume(self, volume_db: float) -> None:
        """Loudness in dB below full scale; at the quietest it is silent."""
        volume_db = max(QUIETEST_DB, min(volume_db, 0.0))
        if volume_db != self.volume_db:
            self.volume_db = volume_db
            self.transport.volume = self.gain
            self.volume_changed.emit(volume_db)

    def set_take_gain(self, gain_db: float) -> None:
        """How much louder this take is played than it is, before the volume."""
        self.take_gain_db = gain_db
        if not self.hears_other and not self.is_forming:
            self.transport.gain = self._linear_take_gain

    def keep_ready(self, buffers: tuple[TakeBuffer, ...]) -> None:
        """Hold the audio of other takes, so that `hear` is instant; () lets them go."""
        self.transport.keep_ready(buffers)

    def hear(self, buffer: TakeBuffer, gain_db: float) -> None:
        """Go on in another take of the same sample rate at the same frame, while the stage keeps its own."""
        self.leave_forming()
        self.hears_other = True
        self.transport.switch(buffer, 10 ** (gain_db / 20))

    def hear_stage(self) -> None:
        """Go on in the take on the stage."""
        if self.hears_other:
            self.hears_other = False
            if self.shown is not None and self.transport.source is not self.shown.audio.buffer:
                self.transport.switch(self.shown.audio.buffer, self._linear_take_gain)
            else:
                self.transport.gain = self._linear_take_gain

    def hear_forming(self, preview: TakeBuffer, first_frame: int, gain_db: float) -> None:
        """Hear a preview of the take on the stage over and over, in the place of one of the same stretch."""
        before, self._forming, gain = self._forming, (preview, first_frame), 10 ** (gain_db / 20)
        if before and (before[0].total_frames, before[1]) == (preview.total_frames, first_frame):
            self.transport.keep_ready((before[0],))  # it fades out
            self.transport.switch(preview, gain)
        else:
            self.transport.set_source(preview, gain)
            self.transport.set_loop((0, preview.total_frames))
            if self.is_playing:
                self.transport.play()
        self.play()

    def leave_forming(self, *, goes_on: bool = False) -> None:
        """Hear the take on the stage again where its preview was, playing on or not."""
        frame, was_forming, self._forming = self.position, self.is_forming, None
        if not was_forming:
            return
        self.transport.keep_ready(())
        self._set_stage()
        self.transport.seek(frame)
        if goes_on and self.is_playing:
            self.transport.play()
        elif self.is_playing:
            self._set_playing(False)
            self._close_later.start(CLOSE_AFTER_PAUSE_MS)

    @property
    def _linear_take_gain(self) -> float:
        return 10 ** (self.take_gain_db / 20)

    @property
    def gain(self) -> float:
        """The volume as a linear factor."""
        return 0.0 if self.volume_db <= QUIETEST_DB else 10 ** (self.volume_db / 20)

    def refresh_devices(self) -> None:
        """Look for outputs again; new ones are found only while none is open."""
        if self.devices:
            self._looks_left = LOOK_TIMES
        self._look()

    def _look(self) -> None:
        self._close_output()
        self._lane.run(self._host.list_devices, self._devices_found, self._devices_failed)

    def choose_device(self, name: str) -> None:
        """Play through another output, from the same position. An empty name is the system's default."""
        if name == self.device_name:
            return
        self.device_name = name
        self.devices_changed.emit()
        if self.is_playing:
            self.transport.pause()
            self._set_playing(False)
            self.play()

    def close(self) -> None:
        """Stop playback and end the sound process."""
        for timer in (self._tick, self._close_later, self._look_later):
            timer.stop()
        self.transport.pause()
        self._host.shut()

    def _take_up(self) -> None:
        """Another take is on the stage; what played before stops."""
        self._forming = None
        self.pause()
        self.hears_other = False
        self.region = self._known_region()
        self._set_stage()
        self.shown_changed.emit()
        self.loop_changed.emit()
        self.position_changed.emit(self.position)

    def _set_stage(self) -> None:
        self.transport.set_source(self.shown.audio.buffer if self.shown else None, self._linear_take_gain)
        self._apply_loop()

    def _set_playing(self, playing: bool) -> None:
        if playing == self.is_playing:
            return
        self.is_playing = playing
        if playing:
            self._tick.start()
        else:
            self._tick.stop()
            self.levels_changed.emit(0.0, 0.0)
        self.playing_changed.emit(playing)

    def _apply_loop(self) -> None:
        whole = (0, self.shown.audio.total_frames) if self.shown else None
        if not self.is_forming:
            self.transport.set_loop((self.region or whole) if self.is_looping else None)

    def _follow(self) -> None:
        self.position_changed.emit(self.position)
        self.levels_changed.emit(*self.transport.levels())
        if self.transport.ended:
            self._set_playing(False)
            self._close_later.start(CLOSE_AFTER_END_MS)

    def _output_failed(self, error: MusicAppError, wanted: tuple[str, int] | None = None) -> None:
        if wanted not in (None, self._opened_for):  # another one was chosen meanwhile, which may well open
            return
        self._opened_for = None
        self.transport.pause()
        self._set_playing(False)
        self._messages.post_error(error, about=OUTPUT)
        self.position_changed.emit(self.position)
        self.refresh_devices()

    def _close_output(self) -> None:
        if not self.is_playing:
            self._opened_for = None
            self._lane.run(self._host.close)

    def _device_lost(self, error: AudioDeviceError) -> None:
        """It waits where it is; the host tries to go on by itself."""
        if self.is_playing:
            self._messages.post_error(error, about=OUTPUT)
            self.position_changed.emit(self.position)

    def _device_back(self) -> None:
        self._messages.dismiss(OUTPUT)
        self._messages.remark("The sound output is back.")
        self._lane.run(self._host.list_devices, self._devices_found, self._devices_failed)

    @property
    def is_missing(self) -> bool:
        """Whether an output was chosen that is not connected now. It stays chosen, for when it is back."""
        return bool(self.device_name) and self.devices_known and match(self.device_name, self.devices) is None

    def _device(self) -> str | None:
        """What to open: the chosen output by its key, None for the system's own."""
        return None if self.is_missing else self.device_name or None

    def _devices_found(self, devices: list[OutputDevice]) -> None:
        was_missing = self.is_missing
        self.devices, self.devices_known = devices, True
        self._set_problem("" if devices else "No audio output was found.")
        if self.is_missing and devices and not was_missing:
            self._messages.remark(f"{self.device_name} is not connected. It is used again when it is back.")
        self.devices_changed.emit()

    def _devices_failed(self, error: MusicAppError) -> None:
        log.warning("no outputs: %s %s", error.message, error.detail)
        self.devices, self.devices_known = [], True
        self._set_problem(error.message)
        self.devices_changed.emit()

    def _set_problem(self, problem: str) -> None:
        """Without any output, look again soon; what was said of that is over as soon as there is one."""
        if self.problem and not problem:
            self._messages.dismiss(OUTPUT)
        self.problem = problem
        if problem and self._looks_left > 0:
            self._looks_left -= 1
            self._look_later.start()

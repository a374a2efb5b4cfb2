"""The one owner of the takes whose audio is in memory, and of which of them is on the stage."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from musicapp.engine.events import AudioChunk, Finished
from musicapp.errors import MusicAppError
from musicapp.library.draft import Draft
from musicapp.library.takes import Take
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.open_take import OpenTake
from musicapp.ui.state.sound import Sound, SoundAudio
from musicapp.ui.state.take_audio import TakeAudio


class OpenTakes(QObject):
    """Takes by take_id: those being made, and finished ones that were opened; also sounds from elsewhere. One of them,
    or none, is on the stage, where it is drawn and played. Ids that are not open change nothing.

    began          an OpenTake that is being made: its audio will grow
    sounds         the OpenTake being made whose first audio can be heard
    made           the library's Take that one became: on disk, with its settings beside it. It stays open
    dropped        the take_id of one being made of which nothing came, and whether it was on the stage
    shown_changed  another take, or none, is on the stage
    renewed        the take_id of an open take of which something else is known now: its title, its tags
    """

    began = Signal(object)
    sounds = Signal(object)
    made = Signal(object)
    dropped = Signal(str, bool)
    shown_changed = Signal()
    renewed = Signal(str)

    def __init__(
        self, messages: Messages, reading: Lane, files: Lane, hearing: Lane, parent: QObject | None = None
    ) -> None:
        """hearing  reads sounds from elsewhere, which may last half an hour: nothing else is to wait for that"""
        super().__init__(parent)
        self._messages, self._reading, self._files, self._hearing = messages, reading, files, hearing
        self._takes: dict[str, OpenTake] = {}
        self._shown_id = ""

    def find(self, take_id: str) -> OpenTake | None:
        """The open take of this id."""
        return self._takes.get(take_id)

    @property
    def being_made(self) -> list[OpenTake]:
        """Those that are not finished, in the order in which they began."""
        return [opened for opened in self._takes.values() if opened.is_being_made]

    @property
    def shown(self) -> OpenTake | None:
        """The take on the stage."""
        return self._takes.get(self._shown_id)

    def show(self, take_id: str) -> None:
        """Put an open take on the stage; an empty id clears it. The one before stays open."""
        if take_id != self._shown_id and (not take_id or take_id in self._takes):
            self._shown_id = take_id
            self.shown_changed.emit()

    def begin(self, draft: Draft) -> OpenTake | None:
        """Open a take that the engine begins to make; None, and a message, when memory is too small for its audio."""
        started = draft.started
        size = started.total_frames, started.channels, started.sample_rate
        audio = self._audio(lambda: TakeAudio(draft.path, *size))
        if audio is None:
            return None
        opened = self._takes[draft.take_id] = OpenTake(draft, audio)
        self.began.emit(opened)
        return opened

    def grow(self, chunk: AudioChunk) -> None:
        """Read what the engine has written of a take."""
        if (opened := self.find(chunk.take_id)) is not None:
            work = opened.audio.filler(chunk.first_frame, chunk.frame_count)
            self._reading.run(work, lambda _: self._grew(opened), self._messages.post_error)

    def finish(self, finished: Finished) -> None:
        """Keep a take whose file is complete; `made` follows."""
        opened = self.find(finished.take_id)
        if opened is None or not isinstance(draft := opened.source, Draft):
            return

        def keep() -> tuple[Take, MusicAppError | None]:
            """The sound is whole: without its sidecar the take is listed from its tags."""
            try:
                return draft.keep(finished), None
            except MusicAppError as error:
                return draft.as_take(finished), error

        # The same lane reads the chunks, so everything can be heard when the take is shown as done.
        self._reading.run(keep, lambda kept: self._made(opened, *kept))

    def drop(self, take_id: str) -> None:
        """Nothing came of a take that was being made."""
        opened = self.find(take_id)
        if opened is not None and opened.is_being_made:
            was_shown = opened is self.shown
            self._remove(opened)
            self.dropped.emit(take_id, was_shown)

    def open(self, take: Take | Sound) -> OpenTake | None:
        """Open a finished take, or a sound from elsewhere, and begin to read it; None, and a message, when memory is
        too small for its audio."""
        if (opened := self.find(take.take_id)) is not None:
            return opened
        audio = self._audio(lambda: _audio_of(take))
        if audio is None:
            return None
        lane = self._hearing if isinstance(take, Sound) else self._files
        lane.run(audio.whole_filler(), None, self._messages.post_error)
        opened = self._takes[take.take_id] = OpenTake(take, audio)
        return opened

    def close(self, take_id: str) -> None:
        """Give a finished take's audio back; one being made stays open, it is read on even when nobody looks."""
        opened = self.find(take_id)
        if opened is not None and not opened.is_being_made:
            self._remove(opened)

    def stop_reading(self) -> None:
        """Who quits does not wait until what is finished is read to its end."""
        for opened in self._takes.values():
            if not opened.is_being_made:
                opened.audio.drop()

    def renew(self, take: Take) -> None:
        """Something else is known of a finished take now; its sound is the same."""
        opened = self.find(take.take_id)
        if opened is not None and opened.take is not None and opened.take != take and opened.take.path == take.path:
            opened.source = take
            self.renewed.emit(take.take_id)

    def _audio(self, make: Callable[[], TakeAudio]) -> TakeAudio | None:
        try:
            return make()
        except MemoryError:
            self._messages.post(
                "error", "There is not enough memory to open this take.", "Close other programs, then try again."
            )
            return None

    def _grew(self, opened: OpenTake) -> None:
        if opened is self.find(opened.take_id) and not opened.has_sounded and opened.audio.buffer.available > 0:
            opened.has_sounded = True
            self.sounds.emit(opened)

    def _made(self, opened: OpenTake, take: Take, problem: MusicAppError | None) -> None:
        opened.source = take
        self.made.emit(take)
        if problem is not None:
            self._messages.post_error(problem)

    def _remove(self, opened: OpenTake) -> None:
        opened.audio.drop()
        if opened is self.shown:
            self.show("")
        del self._takes[opened.take_id]


def _audio_of(take: Take | Sound) -> TakeAudio:
    if isinstance(take, Sound):
        return SoundAudio(take)
    return TakeAudio(take.path, take.frames, take.channels, take.sample_rate)

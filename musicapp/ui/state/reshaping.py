"""Takes out of sounds that are there: start from one, make its marked passage anew, go on behind it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from musicapp.audio import source_file
from musicapp.errors import RequestError
from musicapp.library.take import Take
from musicapp.request import MAX_SEED, MIN_DURATION_S, TakeRequest, checked, new_take_id, random_seed
from musicapp.shape import MIN_REGION_S, Lane, Pick, Source, usual_seam_s
from musicapp.ui.state import background
from musicapp.ui.state.form_history import FormHistory
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.player import Player
from musicapp.ui.state.sound import Sound, SoundAudio
from musicapp.ui.state.take_queue import TakeQueue
from musicapp.ui.state.take_settings import TakeSettings

USUAL_VARIATION = 0.5
GO_ON_S = 30.0


class Reshaping(QObject):
    """What the menu does with the take on the stage, and with sounds that come to the window."""

    def __init__(
        self,
        settings: TakeSettings,
        history: FormHistory,
        queue: TakeQueue,
        open_takes: OpenTakes,
        player: Player,
        messages: Messages,
        files: background.Lane,
        hearing: background.Lane,
        parent: QObject | None = None,
    ) -> None:
        """hearing  reads sounds from elsewhere, see `OpenTakes`"""
        super().__init__(parent)
        self._settings, self._queue, self._open_takes, self._player = settings, queue, open_takes, player
        self._history = history
        self._messages, self._files, self._hearing = messages, files, hearing
        self._until_read: list[tuple[TakeRequest, Source]] = []  # what waits for a sound to be read

    def close(self) -> None:
        """What still waits for its sound to be read is in the queue at the next start: of the file as it is then."""
        for request, source in self._until_read:
            self._add(request, source, is_late=True)
        self._until_read.clear()

    @property
    def whole(self) -> Take | Sound | None:
        """The finished take on the stage, or a sound from elsewhere."""
        shown = self._open_takes.shown
        return shown.whole if shown else None

    def start_from(self, path: Path) -> None:
        """Have the next takes start from a file."""
        self._files.run(partial(source_file.duration_s, path), partial(self._use, path), self._messages.post_error)

    def start_from_take(self) -> None:
        """Have them start from the take on the stage."""
        if (take := self.whole) is not None:
            self._use(take.path, take.duration_s, _id_of(take))

    def start_from_selection(self) -> None:
        """Have them start from its marked passage alone."""
        take, region = self.whole, self._player.region
        if take is None:
            return
        if region is None or region[1] - region[0] < MIN_DURATION_S * take.sample_rate:
            self._tell(
                "There is no passage to start from.",
                "Mark one of half a second or more in the waveform, then try again.",
            )
            return
        from_s, to_s = (frame / take.sample_rate for frame in region)
        self._use(take.path, to_s - from_s, _id_of(take), from_s, to_s)

    def redo_selection(self) -> None:
        """Make the marked passage of the take anew, all else as it is: as many variations as are asked for."""
        take, region = self.whole, self._player.region
        if take is None:
            return
        if region is None or region[1] - region[0] < MIN_REGION_S * take.sample_rate:
            self._tell(
                "There is no passage to make anew.",
                "Mark one of a tenth of a second or more in the waveform, then try again.",
            )
            return
        start_s, end_s = (frame / take.sample_rate for frame in region)
        self._make_of(take, Source(str(take.path), take_id=_id_of(take), regions=((start_s, end_s),)))

    def go_on(self) -> None:
        """Add half a minute behind the take."""
        if (take := self.whole) is not None:
            self._make_of(take, Source(str(take.path), take_id=_id_of(take), after_s=GO_ON_S))

    def come_before(self) -> None:
        """Add half a minute in front of the take."""
        if (take := self.whole) is not None:
            self._make_of(take, Source(str(take.path), take_id=_id_of(take), before_s=GO_ON_S))

    def close_loop(self) -> None:
        """Make anew where the end of the marked passage, or of the whole take, runs into its beginning."""
        take, region = self.whole, self._player.region
        if take is None:
            return
        if region is not None and region[1] - region[0] < MIN_DURATION_S * take.sample_rate:
            self._tell(
                "The marked passage is too short for a loop.",
                "Mark one of half a second or more, or none to close all of it to a loop.",
            )
            return
        from_s, to_s = (frame / take.sample_rate for frame in region or (0, 0))
        seam_s = usual_seam_s(to_s - from_s or take.duration_s)
        self._make_of(take, Source(str(take.path), take_id=_id_of(take), seam_s=seam_s, from_s=from_s, to_s=to_s))

    def glue(self, takes: list[Take], picks: tuple[Pick, ...]) -> None:
        """Make one take of passages of several, with the settings of the first."""
        first, *others = takes
        lanes = tuple(Lane(str(take.path), take_id=take.take_id) for take in others)
        self._make_of(first, Source(str(first.path), take_id=first.take_id, lanes=lanes, picks=picks))

    def _use(self, path: Path, length_s: float, take_id: str = "", from_s: float = 0.0, to_s: float = 0.0) -> None:
        source = self._settings.source
        variation = USUAL_VARIATION if source is None or source.variation is None else source.variation
        chosen = Source(str(path), take_id=take_id, variation=variation, from_s=from_s, to_s=to_s)
        self._history.step("Start from a sound", lambda: self._settings.set_source(chosen, length_s))

    def _make_of(self, take: Take | Sound, source: Source) -> None:
        """Takes with the settings of one, made out of it with new seeds; of a sound without any, with the form's."""
        length_s = (source.to_s - source.from_s or take.duration_s) + source.before_s + source.after_s
        if isinstance(take, Take):
            self._add(replace(take.request, duration_s=length_s), source)
            return
        try:
            request = checked(take.request) if take.has_settings else self._settings.as_request()
        except RequestError as problem:
            self._messages.post_error(problem, about=self._settings.problem_field)
            return
        wish = replace(request, duration_s=length_s), source
        audio = self._open_takes.shown.audio if self._open_takes.shown else None

        def known() -> str:
            """The lane has read all of the sound by now: the take is made of what is shown, or not at all.

            "" where the sound left the stage before: then it is made of the file as it is.
            """
            return audio.sha256 if isinstance(audio, SoundAudio) else ""

        def read(sha256: str) -> None:
            self._until_read.remove(wish)
            self._add(wish[0], replace(source, sha256=sha256))

        if isinstance(audio, SoundAudio) and not (audio.sha256 or audio.has_failed):
            self._messages.remark("It is made as soon as all of the sound is read")
        self._until_read.append(wish)
        self._hearing.run(known, read)

    def _add(self, request: TakeRequest, source: Source, *, is_late: bool = False) -> None:
        seeds = [(random_seed() + number) % (MAX_SEED + 1) for number in range(self._queue.variations)]
        request = replace(request, source=source, loop=None, device=self._settings.device)
        self._queue.add([self._with_seed(request, seed) for seed in seeds], is_late=is_late)

    def _tell(self, what: str, hint: str) -> None:
        self._messages.post_error(RequestError(what, hint=hint), about="region")

    def _with_seed(self, request: TakeRequest, seed: int) -> TakeRequest:
        return replace(request, take_id=new_take_id(), seed=seed)


def _id_of(take: Take | Sound) -> str:
    return take.take_id if isinstance(take, Take) else ""

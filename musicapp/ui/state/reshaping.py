"""Takes out of sounds that are there: start from one, make its marked passage anew, go on behind it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from musicapp.audio import source_file
from musicapp.errors import RequestError
from musicapp.library.take import Take
from musicapp.request import MAX_SEED, TakeRequest, new_take_id, random_seed
from musicapp.shape import MIN_REGION_S, Lane, Pick, Source, usual_seam_s
from musicapp.ui.state import background
from musicapp.ui.state.form_history import FormHistory
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.player import Player
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
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._queue, self._open_takes, self._player = settings, queue, open_takes, player
        self._history = history
        self._messages, self._files = messages, files

    @property
    def take(self) -> Take | None:
        """The finished take on the stage."""
        shown = self._open_takes.shown
        return shown.take if shown else None

    def start_from(self, path: Path) -> None:
        """Have the next takes start from a file."""
        self._files.run(partial(source_file.duration_s, path), partial(self._use, path), self._messages.post_error)

    def start_from_take(self) -> None:
        """Have them start from the take on the stage."""
        if (take := self.take) is not None:
            self._use(take.path, take.duration_s, take.take_id)

    def redo_selection(self) -> None:
        """Make the marked passage of the take anew, all else as it is: as many variations as are asked for."""
        take, region = self.take, self._player.region
        if take is None:
            return
        if region is None or region[1] - region[0] < MIN_REGION_S * take.sample_rate:
            self._messages.post_error(
                RequestError(
                    "There is no passage to make anew.",
                    hint="Mark one of a tenth of a second or more in the waveform, then try again.",
                ),
                about="region",
            )
            return
        start_s, end_s = (frame / take.sample_rate for frame in region)
        self._make_of(take, Source(str(take.path), take_id=take.take_id, regions=((start_s, end_s),)))

    def go_on(self) -> None:
        """Add half a minute behind the take."""
        if (take := self.take) is not None:
            self._make_of(take, Source(str(take.path), take_id=take.take_id, after_s=GO_ON_S))

    def come_before(self) -> None:
        """Add half a minute in front of the take."""
        if (take := self.take) is not None:
            self._make_of(take, Source(str(take.path), take_id=take.take_id, before_s=GO_ON_S))

    def close_loop(self) -> None:
        """Make anew where the end of the marked passage, or of the whole take, runs into its beginning."""
        take, region = self.take, self._player.region
        if take is None:
            return
        from_s, to_s = (frame / take.sample_rate for frame in region or (0, 0))
        seam_s = usual_seam_s(to_s - from_s or take.duration_s)
        self._make_of(take, Source(str(take.path), take_id=take.take_id, seam_s=seam_s, from_s=from_s, to_s=to_s))

    def glue(self, takes: list[Take], picks: tuple[Pick, ...]) -> None:
        """Make one take of passages of several, with the settings of the first."""
        first, *others = takes
        lanes = tuple(Lane(str(take.path), take_id=take.take_id) for take in others)
        self._make_of(first, Source(str(first.path), take_id=first.take_id, lanes=lanes, picks=picks))

    def _use(self, path: Path, length_s: float, take_id: str = "") -> None:
        source = self._settings.source
        variation = USUAL_VARIATION if source is None or source.variation is None else source.variation
        chosen = Source(str(path), take_id=take_id, variation=variation)
        self._history.step("Start from a sound", lambda: self._settings.set_source(chosen, length_s))

    def _make_of(self, take: Take, source: Source) -> None:
        """Takes with the settings of one, made out of it with new seeds."""
        seeds = [(random_seed() + number) % (MAX_SEED + 1) for number in range(self._queue.variations)]
        request = replace(take.request, source=source, loop=None, device=self._settings.device)
        self._queue.add([self._with_seed(request, seed) for seed in seeds])

    def _with_seed(self, request: TakeRequest, seed: int) -> TakeRequest:
        return replace(request, take_id=new_take_id(), seed=seed)

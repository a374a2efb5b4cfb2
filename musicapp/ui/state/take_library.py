"""The takes on disk, and which of them is on the stage."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from musicapp import paths
from musicapp.library import takes
from musicapp.library.takes import Take
from musicapp.ui.state.background import Lane
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.player import Player
from musicapp.ui.state.shown import ShownTake
from musicapp.ui.state.take_audio import TakeAudio
from musicapp.ui.state.take_list_model import TakeListModel, TakeRow


class TakeLibrary(QObject):
    """Keeps the list and opens takes.

    loaded          the takes on disk are listed
    current_changed the finished take on the stage, or None, is another
    """

    loaded = Signal()
    current_changed = Signal()

    def __init__(
        self,
        generation: Generation,
        player: Player,
        messages: Messages,
        files: Lane,
        *,
        auto_play: str = "idle",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._generation, self._player, self._messages, self._files = generation, player, messages, files
        self.auto_play = auto_play  # "off", "idle" or "always"
        self.model = TakeListModel()
        self._shown_before = ""  # on the stage when the take being made came
        generation.take_began.connect(self._began)
        generation.take_sounds.connect(self._sounds)
        generation.take_made.connect(self._made)
        generation.take_dropped.connect(self._dropped)
        generation.run_changed.connect(self._progressed)
        player.shown_changed.connect(self._shown_changed)

    def load(self) -> None:
        """List what is on disk."""
        making = [row.take_id for row in self.model.rows if row.take is None]
        folder = paths.takes_folder()

        def find() -> list[Take]:
            found = takes.list_takes(folder, skip=making) if folder.is_dir() else []
            return [takes.mended(take) for take in found]

        self._files.run(find, self._listed, self._messages.post_error)

    @property
    def current(self) -> Take | None:
        """The finished take on the stage."""
        row = self.model.find(self._player.shown.take_id) if self._player.shown else None
        return row.take if row else None

    def open(self, take_id: str, *, play: bool = False) -> None:
        """Put a take on the stage, and play it if asked."""
        row = self.model.find(take_id)
        if row is None:
            return
        if self._player.shown is None or self._player.shown.take_id != take_id:
            live = self._generation.shown
            if row.take is not None:
                self._stage(self._shown_from(row.take))
            elif live is not None and live.take_id == take_id:
                self._stage(live)
        if play:
            self._player.play()

    def _stage(self, shown: ShownTake | None) -> None:
        before = self._player.shown
        if before is not None and before is not shown and before is not self._generation.shown:
            before.audio.drop()  # the take being made is read on even when nobody looks
        self._player.show(shown)

    def _shown_from(self, take: Take) -> ShownTake:
        audio = TakeAudio(take.path, take.frames, take.channels, take.sample_rate)
        self._files.run(audio.whole_filler(), None, self._messages.post_error)
        return ShownTake(take.take_id, take.request, audio, take.created, take.model_name, take.left_out)

    def _listed(self, found: list[Take]) -> None:
        making = {row.take_id for row in self.model.rows if row.take is None}
        self.model.set_takes([take for take in found if take.take_id not in making])
        self._shown_changed()
        self.loaded.emit()

    def _began(self, shown: ShownTake) -> None:
        self.model.put(TakeRow(shown.take_id, shown.request, shown.created))
        self._progressed()
        self._shown_before = self._player.shown.take_id if self._player.shown else ""
        if not self._player.is_playing:  # what plays is never pushed off the stage
            self._stage(shown)

    def _sounds(self, shown: ShownTake) -> None:
        if self._player.problem or self.auto_play == "off":
            return
        if self.auto_play == "always" and self._player.shown is not shown:
            self._stage(shown)
        if self._player.shown is shown and not self._player.is_playing and self._player.position == 0:
            self._player.play()

    def _made(self, take: Take) -> None:
        self.model.put_take(take)
        self._shown_changed()
        self._messages.remark("Take saved")

    def _dropped(self, take_id: str) -> None:
        self.model.remove(take_id)
        if self._player.shown is not None and self._player.shown.take_id == take_id:
            self._stage(None)
            self.open(self._shown_before)

    def _progressed(self) -> None:
        run = self._generation.run
        if run is not None:
            self.model.set_progress(run.request.take_id, self._generation.fraction, self._generation.progress_text)

    def _shown_changed(self) -> None:
        self.model.set_shown(self._player.shown.take_id if self._player.shown else "")
        self.current_changed.emit()

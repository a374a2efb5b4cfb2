"""The takes on disk, and which of them is on the stage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from musicapp import paths
from musicapp.errors import CheckpointError, LibraryError, MusicAppError
from musicapp.library import takes
from musicapp.library.takes import Take
from musicapp.request import TakeRequest, format_duration
from musicapp.ui.state.background import Lane
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.leftovers import Leftovers
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.open_take import OpenTake
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.player import Player
from musicapp.ui.state.take_list_model import TakeListModel, TakeRow

NAMED_AT_MOST = 3  # of the files that could not be read


class TakeLibrary(QObject):
    """Keeps the list, and chooses which of the open takes is on the stage: one finished take at a time is open.

    loaded          the takes on disk are listed
    current_changed the finished take on the stage, or None, is another
    """

    loaded = Signal()
    current_changed = Signal()

    def __init__(
        self,
        open_takes: OpenTakes,
        generation: Generation,
        player: Player,
        leftovers: Leftovers,
        messages: Messages,
        files: Lane,
        *,
        auto_play: str = "idle",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_takes, self._generation, self._player = open_takes, generation, player
        self._messages, self._files = messages, files
        self.auto_play = auto_play  # "off", "idle" or "always"
        self.model = TakeListModel()
        self._shown_before = ""  # on the stage when the take being made came
        open_takes.began.connect(self._began)
        open_takes.sounds.connect(self._sounds)
        open_takes.made.connect(self._made)
        open_takes.dropped.connect(self._dropped)
        leftovers.kept.connect(self._part_kept)
        generation.began.connect(self._tell_same)
        generation.run_changed.connect(self._progressed)
        player.shown_changed.connect(self._shown_changed)

    def load(self) -> None:
        """List what is on disk."""
        making = [row.take_id for row in self.model.rows if row.take is None]
        folder = paths.takes_folder()

        def find() -> takes.Survey:
            found = takes.survey(folder, skip=making) if folder.is_dir() else takes.Survey([], [])
            whole = _named([take for take in found.takes if not takes.remove_if_empty(take)])
            return replace(found, takes=[takes.mended(take) for take in whole])

        def not_listed(error: MusicAppError) -> None:
            self._messages.post_error(error)
            self.loaded.emit()

        self._files.run(find, self._listed, not_listed)

    def choose_folder(self, folder: Path) -> None:
        """Keep takes in another folder from now on, and list those that are there."""
        before = paths.takes_folder()

        def choose() -> None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                paths.choose_takes_folder(folder)
            except OSError as error:
                raise LibraryError(
                    f"Takes cannot be kept in “{folder}”: {error.strerror or error}.",
                    hint="Choose another folder.",
                    detail=str(error),
                ) from error

        def chosen(_nothing: object) -> None:
            self.load()
            self._messages.post(
                "notice",
                f"Takes are kept in “{folder}” now.",
                f"Those of before stay in “{before}”.",
                offer=("Back to the one before", lambda: self.choose_folder(before)),
                about="takes folder",
            )

        if folder != before:
            self._files.run(choose, chosen, self._messages.post_error)

    @property
    def current(self) -> Take | None:
        """The finished take on the stage."""
        shown = self._open_takes.shown
        return shown.take if shown else None

    def open(self, take_id: str, *, play: bool = False) -> None:
        """Put a take on the stage, and play it if asked."""
        row = self.model.find(take_id)
        if row is None:
            return
        if row.take is not None:
            self._open_takes.open(row.take)
        self._stage(take_id)
        if play and self._is_shown(take_id):
            self._player.play()

    def _is_shown(self, take_id: str) -> bool:
        shown = self._open_takes.shown
        return shown is not None and shown.take_id == take_id

    def _stage(self, take_id: str) -> None:
        before = self._open_takes.shown
        self._open_takes.show(take_id)
        if before is not None and not self._is_shown(before.take_id):
            self._open_takes.close(before.take_id)

    def _listed(self, found: takes.Survey) -> None:
        making = {row.take_id for row in self.model.rows if row.take is None}
        self.model.set_takes([take for take in found.takes if take.take_id not in making])
        self._shown_changed()
        if found.unreadable:
            self._tell_unreadable(found.unreadable)
        self.loaded.emit()

    def _tell_unreadable(self, files: list[takes.Unreadable]) -> None:
        """Say which files of the folder are no takes, and offer to put them out of the way."""
        count = len(files)
        what = "One file" if count == 1 else f"{count} files"
        named = " ".join(file.reason for file in files[:NAMED_AT_MOST])
        more = f" And {count - NAMED_AT_MOST} more." if count > NAMED_AT_MOST else ""
        self._messages.post(
            "warning",
            f"{what} in the folder of takes could not be read. All other takes are here.",
            f"{named}{more} In: {files[0].path.parent}",
            offer=("Set aside", lambda: self._set_aside([file.path for file in files])),
        )

    def _set_aside(self, files: list[Path]) -> None:
        folder = paths.takes_folder()
        self._files.run(lambda: takes.set_aside(folder, files), self._tell_set_aside, self._messages.post_error)

    def _tell_set_aside(self, place: Path) -> None:
        self._messages.post(
            "notice",
            "The files were set aside. Nothing was deleted.",
            f"They are in {place}",
            offer=("Show", lambda: _show_folder(place)),
        )

    def _began(self, opened: OpenTake) -> None:
        self.model.put(TakeRow(opened.take_id, opened.request, opened.created))
        self._progressed()
        shown = self._open_takes.shown
        self._shown_before = shown.take_id if shown else ""
        if not self._player.is_playing:  # what plays is never pushed off the stage
            self._stage(opened.take_id)

    def _sounds(self, opened: OpenTake) -> None:
        if self._player.problem or self.auto_play == "off":
            return
        if self.auto_play == "always":
            self._stage(opened.take_id)
        if self._is_shown(opened.take_id) and not self._player.is_playing and self._player.position == 0:
            self._player.play()

    def _made(self, take: Take) -> None:
        self.model.put_take(take)
        if not self._is_shown(take.take_id):
            self._open_takes.close(take.take_id)
        self._shown_changed()
        self._messages.remark("Take saved")

    def _part_kept(self, take: Take) -> None:
        """What was made of a take that ended early is one now."""
        self.model.put_take(take)
        if not self._player.is_playing:
            self.open(take.take_id)
        self._messages.remark(f"Kept as a take of {format_duration(round(take.duration_s, 1))}")

    def _tell_same(self, request: TakeRequest) -> None:
        """Say so when there is a take of all the same already."""
        if any(row.take is not None and _asks_the_same(request, row.request) for row in self.model.rows):
            self._messages.post(
                "notice",
                "There is a take of this prompt, seed and length already: this one will sound the same.",
                "For another one roll the dice (D), or open the lock of the seed (K).",
                about="same",
            )

    def _dropped(self, take_id: str, was_shown: bool) -> None:
        self.model.remove(take_id)
        if was_shown:
            self.open(self._shown_before)

    def _progressed(self) -> None:
        run = self._generation.run
        if run is not None:
            self.model.set_progress(run.request.take_id, self._generation.fraction, self._generation.progress_text)

    def _shown_changed(self) -> None:
        shown = self._open_takes.shown
        self.model.set_shown(shown.take_id if shown else "")
        self.current_changed.emit()


def _named(found: list[Take]) -> list[Take]:
    """The takes with their models' names for people where only a folder's name was known: a tag says no other."""
    from musicapp.description import catalogue  # late, as `model_choice` does

    names: dict[str, str] = {}
    for take in found:
        model = take.request.model
        if take.model_name == Path(model).name and model not in names:
            try:
                names[model] = catalogue.name_of(catalogue.find_model(model))
            except CheckpointError:  # a model that is gone keeps its folder's name
                names[model] = take.model_name
    return [
        replace(take, model_name=names[take.request.model])
        if take.model_name == Path(take.request.model).name
        else take
        for take in found
    ]


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _asks_the_same(request: TakeRequest, made: TakeRequest) -> bool:
    """Whether both make the same music; what a request leaves open is the model's own, which a made one states."""
    names = ("prompt", "negative_prompt", "seed", "duration_s", "loras")
    if Path(request.model).name != Path(made.model).name or any(
        getattr(request, name) != getattr(made, name) for name in names
    ):
        return False
    open_to_model = ("steps", "guidance_scale", "sampler")
    return all(getattr(request, name) in (None, getattr(made, name)) for name in open_to_model)

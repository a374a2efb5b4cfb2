"""The takes on disk, and which of them is on the stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from musicapp import paths
from musicapp.errors import LibraryError, MusicAppError
from musicapp.library import lineage, takes
from musicapp.library.index import Index
from musicapp.library.takes import Take
from musicapp.request import TakeRequest, format_duration
from musicapp.ui.state import folder_look, same_take
from musicapp.ui.state.background import Lane
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.leftovers import Leftovers
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.odd_files import OddFiles
from musicapp.ui.state.open_take import OpenTake
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.player import Player
from musicapp.ui.state.take_choice import Choice
from musicapp.ui.state.take_edits import TakeEdits
from musicapp.ui.state.take_list_model import TakeListModel, TakeRow
from musicapp.ui.state.take_search import TakeSearch

SHOWN_AT_ONCE = 200  # more than a screen has
PAUSE_S = 2.0  # between two looks at the folder that nobody asked for


class TakeLibrary(QObject):
    """Keeps the list in step with the disk, and chooses which of the open takes is on the stage: one finished take at a
    time is open.

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
        edits: TakeEdits,
        *,
        auto_play: str = "idle",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_takes, self._generation, self._player = open_takes, generation, player
        self._leftovers, self._messages, self._files, self._edits = leftovers, messages, files, edits
        self.auto_play = auto_play  # "off", "idle" or "always"
        self.open_other: Callable[[str], None] = lambda _take_id: None  # what is no take, see `Sounds`
        self.takes_over: Callable[[str, str], bool] = lambda _take_id, _shown_id: False  # see `Live`
        self.model = TakeListModel()
        self.search: TakeSearch | None = None  # follows the index, once there is one
        self._index: Index | None = None
        self._looked_at_s = 0.0
        self.is_read = False  # the takes on disk are listed
        # A look at the folder that began before may still find what was thrown away, and know nothing of what was made.
        self._thrown_away: set[Path] = set()
        self._just_made: dict[Path, Take] = {}
        self._odd_files = OddFiles(messages, files)
        self._shown_before = ""  # on the stage when the take being made came
        open_takes.began.connect(self._began)
        open_takes.sounds.connect(self._sounds)
        open_takes.made.connect(self._made)
        open_takes.dropped.connect(self._dropped)
        leftovers.kept.connect(self._part_kept)
        generation.began.connect(lambda request: same_take.tell(request, self.model.rows, messages))
        generation.run_changed.connect(self._progressed)
        player.shown_changed.connect(self._shown_changed)
        edits.edited.connect(self._edited)
        edits.gone.connect(self._gone)
        edits.back.connect(self._back)
        edits.failed.connect(self.load)
        edits.now = self._now
        self.model.retitled.connect(self._retitled)

    def load(self) -> None:
        """List what is on disk: the newest of last time, then all of last time, then what is there now."""
        folder, self._looked_at_s = paths.takes_folder(), time.monotonic()
        index = self._index if self._index is not None and self._index.folder == folder else None
        is_new, is_by_date = index is None, self.model.choice == Choice()

        def open_index() -> tuple[Index, list[Take]]:
            opened = index or Index(folder)
            return opened, folder_look.newest(opened, SHOWN_AT_ONCE) if is_new and is_by_date else []

        def not_listed(error: MusicAppError) -> None:
            self._messages.post_error(error)
            self.is_read = True
            self.loaded.emit()

        def opened(found: tuple[Index, list[Take]]) -> None:
            now, newest = found
            self._use(now)
            self._show_some(newest)
            if is_new and not 0 < len(newest) < SHOWN_AT_ONCE:  # else they are all
                self._files.run(lambda: folder_look.remembered(now), self._show_some, not_listed)
            self._files.run(lambda: folder_look.survey(now, making), listed, not_listed)

        def listed(found: takes.Survey) -> None:
            self._thrown_away -= thrown_away  # what is there now was brought back, perhaps by another program
            self._just_made = {path: take for path, take in self._just_made.items() if path not in made}
            self._listed(found)

        making = [*(row.take_id for row in self.model.rows if row.take is None), *self._leftovers.undecided]
        thrown_away, made = set(self._thrown_away), set(self._just_made)
        self._files.run(open_index, opened, not_listed)

    def look_again(self) -> None:
        """Another program may have made or changed takes: list them, unless that was done just now."""
        if self._index is not None and time.monotonic() - self._looked_at_s > PAUSE_S:
            self.load()

    def close(self) -> None:
        """Let go of the index, when nothing works with it any more."""
        if self._index is not None:
            self._index.close()

    def _use(self, index: Index) -> None:
        before, self._index = self._index, index
        if index is before:
            return
        self.model.facts_of = index.facts_of
        if self.search is not None:
            self.search.search_in(index)
        if before is not None:
            self._just_made.clear()  # in another folder
            self._files.run(before.close)
        if index.problem:
            self._messages.post(
                "notice", index.problem, "All takes are listed, and can be searched.", about="takes index"
            )

    def choose_folder(self, folder: Path, refused: Callable[[MusicAppError], None] | None = None) -> None:
        """Keep takes in another folder from now on, and list those that are there.

        refused  is told, besides the message, when they cannot be kept there
        """
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

        def failed(error: MusicAppError) -> None:
            self._messages.post_error(error)
            if refused is not None:
                refused(error)

        if folder != before:
            self._files.run(choose, chosen, failed)

    @property
    def current(self) -> Take | None:
        """The finished take on the stage."""
        shown = self._open_takes.shown
        return shown.take if shown else None

    def relocated(self, request: TakeRequest) -> TakeRequest:
        """The request with the takes that it is made from where they are by now."""

        def path_of(take_id: str) -> Path | None:
            row = self.model.find(take_id)
            return row.take.path if row is not None and row.take is not None else None

        return lineage.relocated(request, paths.takes_folder(), path_of)

    def open(self, take_id: str, *, play: bool = False) -> None:
        """Put a take on the stage, and play it if asked."""
        row = self.model.find(take_id)
        if row is None:
            self.open_other(take_id)
            return
        if row.take is not None:
            self._open_takes.open(row.take)
        self.put_on_stage(take_id)
        if play and self._is_shown(take_id):
            self._player.play()

    def _is_shown(self, take_id: str) -> bool:
        shown = self._open_takes.shown
        return shown is not None and shown.take_id == take_id

    def put_on_stage(self, take_id: str) -> None:
        """Show what is open; what was shown before is closed."""
        before = self._open_takes.shown
        self._open_takes.show(take_id)
        if before is not None and not self._is_shown(before.take_id):
            self._open_takes.close(before.take_id)

    def _show_some(self, found: list[Take]) -> None:
        if found:  # while nothing is known, the list stays as it is
            self._show(found)

    def _show(self, found: list[Take]) -> None:
        making = {row.take_id for row in self.model.rows if row.take is None} | self._leftovers.undecided
        others = [take for take in found if take.take_id not in making and take.path not in self._just_made]
        self.model.set_takes(self._not_thrown_away([*self._just_made.values(), *others]))

    def _listed(self, found: takes.Survey) -> None:
        self._show(found.takes)
        shown = self._open_takes.shown
        if shown is not None and (row := self.model.find(shown.take_id)) is not None and row.take is not None:
            self._open_takes.renew(row.take)
        self._shown_changed()
        self._learn()
        self._odd_files.tell(found.unreadable)
        self.is_read = True
        self.loaded.emit()

    def _learn(self) -> None:
        """Read the prompts that the index does not know yet, some at a time, then order and search once more."""
        index = self._index
        if index is None:
            return

        def learnt(left: int) -> None:
            if left and index is self._index:
                self._files.run(index.learn, learnt)
                return
            self.model.arrange()
            if self.search is not None:
                self.search.again()

        self._files.run(index.learn, learnt)

    def _reread(self, changed: Iterable[Path]) -> None:
        """These files came or changed: show them as they are now."""
        index, files = self._index, list(changed)

        def reread(found: list[Take]) -> None:
            self._put(folder_look.named(found))
            if self.search is not None:
                self.search.again()

        if index is not None:
            self._files.run(lambda: index.reread(files), reread)

    def _back(self, back: list[Path]) -> None:
        """These came from the trash, or did not go there."""
        self._thrown_away -= set(back)
        self._reread(back)

    def _not_thrown_away(self, found: list[Take]) -> list[Take]:
        """Without those that went into the trash while something else was done to them."""
        return [take for take in found if take.path not in self._thrown_away]

    def _edited(self, edited: list[Take]) -> None:
        self._put(edited)
        self._reread([take.path for take in self._not_thrown_away(edited)])

    def _put(self, found: list[Take]) -> None:
        """List takes as they are now, and tell the stage."""
        found = self._not_thrown_away(found)
        self.model.put_takes(found)
        for take in found:
            self._open_takes.renew(take)

    def noted(self, take: Take) -> None:
        """What was heard of a take is written on it now: exports and the index are to know it, too.

        The rest of it stays as listed: it may have been edited since, in the lane of the files. What that lane read
        before may come behind this, so it reads the take again.
        """

        def renew(found: list[Take]) -> None:
            for take in found:
                self.model.renew(take)
                self._open_takes.renew(take)

        renew([replace(self._now(take), measured=take.measured)])
        if (index := self._index) is not None:
            self._files.run(
                lambda: index.reread([take.path]), lambda found: renew(folder_look.named(self._not_thrown_away(found)))
            )

    def _gone(self, gone: list[Take]) -> None:
        """Takes go into the trash: what plays stops, and the take beside them comes on the stage."""
        ids, shown = {take.take_id for take in gone}, self._open_takes.shown
        self._thrown_away |= {take.path for take in gone}
        if shown is not None and shown.take_id in ids:
            self._player.stop()
            beside = self._beside(ids)
            if beside:
                self.open(beside)
            else:
                self._open_takes.show("")
                self._open_takes.close(shown.take_id)
        self.model.remove(*ids)
        if (index := self._index) is not None:
            self._files.run(lambda: index.reread([take.path for take in gone]))

    def _beside(self, ids: set[str]) -> str:
        """The take that is shown below the first of these, or else above it; "" for none."""
        shown = [line.take_id for line in self.model.lines if isinstance(line, TakeRow)]
        first = next((number for number, take_id in enumerate(shown) if take_id in ids), 0)
        after = [take_id for take_id in (*shown[first:], *reversed(shown[:first])) if take_id not in ids]
        return after[0] if after else ""

    def _now(self, take: Take) -> Take:
        """A take as it is listed; the same when it is not."""
        row = self.model.find(take.take_id)
        return row.take if row is not None and row.take is not None else take

    def _retitled(self, take_id: str, title: str) -> None:
        row = self.model.find(take_id)
        if row is not None and row.take is not None:
            self._edits.rename(row.take, title)

    def _began(self, opened: OpenTake) -> None:
        self.model.put(TakeRow(opened.take_id, opened.request, opened.created))
        self._progressed()
        shown = self._open_takes.shown
        self._shown_before = shown.take_id if shown else ""
        if not self._player.is_playing:  # what plays is never pushed off the stage
            self.put_on_stage(opened.take_id)

    def _sounds(self, opened: OpenTake) -> None:
        if self._player.problem or self.auto_play == "off":
            return
        shown = self._open_takes.shown
        if self.auto_play == "always" or (shown is not None and self.takes_over(opened.take_id, shown.take_id)):
            self.put_on_stage(opened.take_id)
        if self._is_shown(opened.take_id) and not self._player.is_playing and self._player.position == 0:
            self._player.play()

    def _made(self, take: Take) -> None:
        self._just_made[take.path] = take
        self.model.put_takes([take])
        self._reread([take.path])
        if not self._is_shown(take.take_id):
            self._open_takes.close(take.take_id)
        self._shown_changed()
        self._messages.remark("Take saved")

    def _part_kept(self, take: Take) -> None:
        """What was made of a take that ended early is one now."""
        self.model.put_takes([take])
        self._reread([take.path])
        if not self._player.is_playing:
            self.open(take.take_id)
        self._messages.remark(f"Kept as a take of {format_duration(round(take.duration_s, 1))}")

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

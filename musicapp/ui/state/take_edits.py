"""What people do to takes in the list: star, name, tags, trash. Done in the background, each with a way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from musicapp import paths
from musicapp.errors import MusicAppError, RequestError
from musicapp.library import edits, labels, trash
from musicapp.library.takes import Take
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.undo import Undo

Change = Callable[[Take], Take]
Came = Callable[[list[Path], list[Path]], None]
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(eq=False)
class _Thrown:
    """One step into the trash, and back.

    places     where the takes lie in it, in the same order
    folder     of takes, whose trash it is
    is_back    undoing brought them back, or just does
    is_moving  they are on their way there or back
    """

    takes: list[Take]
    places: list[Path] = field(default_factory=list)
    folder: Path = field(default_factory=paths.takes_folder)
    is_back: bool = False
    is_moving: bool = False
    undo: Callable[[], None] | None = None


class TakeEdits(QObject):
    """`edited` carries the takes as they are now, `gone` those that went into the trash, and `back` the paths of those
    that came from there. `failed` tells that something did not work: other programs may have changed the takes.
    """

    edited = Signal(list)
    gone = Signal(list)
    back = Signal(list)
    failed = Signal()

    def __init__(self, messages: Messages, undo: Undo, files: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages, self._undo, self._files = messages, undo, files
        self.is_exported: Callable[[str], bool] = lambda _take_id: False
        self.is_playing: Callable[[str], bool] = lambda _take_id: False
        self.now: Callable[[Take], Take] = lambda take: take  # as the list has it: it may lie elsewhere than before
        self._in_trash: set[Path] = set()  # what can be brought back from there by undoing

    def star(self, takes: Sequence[Take]) -> None:
        """Give all a star, or take it from all if every one has one."""
        on = not all(take.is_starred for take in takes)
        chosen = [take for take in takes if take.is_starred != on]
        self._edit(
            chosen,
            lambda take: edits.star(take, on=on),
            lambda take: edits.star(take, on=not on),
            "Star",
            "Given a star" if on else "The star is gone",
        )

    def rename(self, take: Take, title: str) -> None:
        """Give a take a title; an empty one takes it away."""
        try:
            title = labels.check_title(title)
        except RequestError as error:
            self._messages.post_error(error)
            return
        before = take.title
        if title != before:
            self._edit(
                [take], lambda t: edits.rename(t, title), lambda t: edits.rename(t, before), "Name", "The name is kept"
            )

    def tag(self, takes: Sequence[Take], *, add: tuple[str, ...], remove: tuple[str, ...]) -> None:
        """Add tags to all of the takes, and take others off."""
        if not add and not remove:
            return
        before = {take.take_id: take.tags for take in takes}

        def back(take: Take) -> Take:
            tags, lost = before[take.take_id], {tag.casefold() for tag in remove}
            had, has = ({tag.casefold() for tag in each} for each in (tags, take.tags))
            again = tuple(tag for tag in tags if tag.casefold() in lost | has)  # all of them, for their order
            return edits.tag(take, add=again, remove=(*again, *(tag for tag in add if tag.casefold() not in had)))

        self._edit(takes, lambda take: edits.tag(take, add=add, remove=remove), back, "Tags", "The tags are kept")

    def throw_away(self, takes: Sequence[Take]) -> None:
        """Move takes into the trash, but those that are being exported."""
        busy = [take for take in takes if self.is_exported(take.take_id)]
        chosen = [take for take in takes if take not in busy]
        if busy:
            self._messages.post(
                "warning",
                f"{_named(busy)} is being exported and stayed."
                if len(busy) == 1
                else f"{_named(busy)} are being exported and stayed.",
                "Throw away again when the export is done.",
                about="trash",
            )
        if chosen:
            self._throw(_Thrown(chosen))

    def restore(
        self, places: Sequence[Path], folder: Path | None = None, came: Came = lambda _back, _left: None
    ) -> None:
        """Bring takes back from the trash of a folder of takes, without one of that in use.

        came  is told where they are, in their order, and which places stay in the trash
        """
        own = paths.takes_folder()
        place_of_trash = folder or own

        def done(back: list[Path], left: list[Path]) -> None:
            self._messages.dismiss("trash")
            came(back, left)
            self.forget([place for place in places if place not in left])
            if back:
                self.back.emit([path for path in back if path.is_relative_to(own)])
                self._messages.remark("One take is back" if len(back) == 1 else f"{len(back)} takes are back")

        self._each(places, lambda place: trash.restore(place_of_trash, place), done)

    def forget(self, places: Sequence[Path]) -> None:
        """These are no longer in the trash: there is nothing to undo of that any more."""
        self._in_trash -= set(places)
        self._undo.changed.emit()

    def _throw(self, thrown: _Thrown) -> None:
        """Move takes into the trash, the first time or once more."""
        folder, chosen = paths.takes_folder(), thrown.takes
        was_playing = any(self.is_playing(take.take_id) for take in chosen)
        thrown.is_back, thrown.is_moving = False, True
        self.gone.emit(chosen)  # first of all it must not be played any more

        def done(places: list[Path], left: list[Take]) -> None:
            thrown.is_back, thrown.is_moving = not places, False
            if left:
                self.back.emit([take.path for take in left])
            if not places:
                return
            thrown.takes, thrown.places, thrown.folder = [t for t in chosen if t not in left], places, folder
            self._in_trash |= set(places)
            if thrown.undo is None:
                thrown.undo = self._undo.push(
                    "Throw away",
                    lambda: self._bring_back(thrown),
                    lambda: self._throw_again(thrown),
                    state=lambda: self._is_thrown(thrown),
                )
            self._messages.post(
                "notice",
                f"{_named(thrown.takes)} is in the trash."
                if len(places) == 1
                else f"{_named(thrown.takes)} are in the trash.",
                "The playback was stopped for that." if was_playing else "",
                offer=("Undo", thrown.undo),
                about="trash",
            )

        self._each(chosen, lambda take: trash.put(folder, take), done)

    def _bring_back(self, thrown: _Thrown) -> None:
        there, now = [place for place in thrown.places if place in self._in_trash], paths.takes_folder()
        moved = [now / place.relative_to(thrown.folder) for place in there]
        is_elsewhere = now != thrown.folder and any(place.is_file() for place in moved)  # the whole folder was moved
        places = moved if is_elsewhere else there
        takes = dict(zip(thrown.places, thrown.takes, strict=True))
        thrown.is_back = thrown.is_moving = True

        def came(back: list[Path], left: list[Path]) -> None:
            came_back = [takes[old] for old, place in zip(there, places, strict=True) if place not in left]
            thrown.is_back, thrown.is_moving = bool(back), False
            if back:  # perhaps under other names
                thrown.takes = [replace(take, path=path) for take, path in zip(came_back, back, strict=True)]

        self.restore(places, now if is_elsewhere else thrown.folder, came)
        if is_elsewhere:
            self.forget(there)

    def _throw_again(self, thrown: _Thrown) -> None:
        thrown.takes = [self.now(take) for take in thrown.takes]
        self._throw(thrown)

    def _is_thrown(self, thrown: _Thrown) -> bool | None:
        """Whether takes are in the trash (True), or came back by undoing and can go there again (False)."""
        if thrown.is_moving:
            return not thrown.is_back
        if not thrown.is_back:
            return True if not self._in_trash.isdisjoint(thrown.places) else None
        takes, folder = [self.now(take) for take in thrown.takes], paths.takes_folder()
        can_go = all(take.path.is_relative_to(folder) and not self.is_exported(take.take_id) for take in takes)
        return False if can_go else None

    def _edit(self, takes: Sequence[Take], change: Change, back: Change, words: str, remark: str) -> None:
        """Change takes, and remember how to change them back. words: what can be undone"""
        if not takes:
            return

        def done(edited: list[Take], _left: list[Take]) -> None:
            if not edited:
                return
            self.edited.emit(edited)
            self._undo.push(words, lambda: run(edited, back, "Undone"), lambda: run(edited, change, remark))
            self._messages.remark(remark)

        def run(edited: list[Take], change: Change, remark: str) -> None:
            def done_again(edited: list[Take], _left: list[Take]) -> None:
                if edited:
                    self.edited.emit(edited)
                    self._messages.remark(remark)

            self._each([self.now(take) for take in edited], change, done_again)

        self._each(takes, change, done)

    def _each(
        self,
        items: Sequence[_Item],
        work: Callable[[_Item], _Result],
        done: Callable[[list[_Result], list[_Item]], None],
    ) -> None:
        """Do something to each, in the background; `done` gets what came of it, and those with which it did not work.

        One that fails costs no other. What went wrong is told behind that.
        """

        def work_on_all() -> tuple[list[_Result], list[_Item], list[MusicAppError]]:
            results, left, problems = [], [], []
            for item in items:
                try:
                    results.append(work(item))
                except MusicAppError as problem:
                    left.append(item)
                    problems.append(problem)
            return results, left, problems

        def finished(outcome: tuple[list[_Result], list[_Item], list[MusicAppError]]) -> None:
            results, left, problems = outcome
            done(results, left)
            if problems:
                self.failed.emit()
            if len(problems) == 1:
                self._messages.post_error(problems[0])
            elif problems:
                what = f"{len(problems)} of {len(items)} takes stay as they are."
                self._messages.post("error", what, f"{problems[0].message} {problems[0].hint}")

        self._files.run(work_on_all, finished, self._messages.post_error)


def _named(takes: Sequence[Take]) -> str:
    return f"“{trash.called(takes[0])}”" if len(takes) == 1 else f"{len(takes)} takes"

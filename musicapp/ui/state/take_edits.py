"""What people do to takes in the list: star, name, tags, trash. Done in the background, each with a way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class TakeEdits(QObject):
    """`edited` carries the takes as they are now, `gone` those that went into the trash, and `back` the paths of those
    that came from there.
    """

    edited = Signal(list)
    gone = Signal(list)
    back = Signal(list)

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
            had = {tag.casefold() for tag in before[take.take_id]}
            added = tuple(tag for tag in add if tag.casefold() not in had)
            lost = {tag.casefold() for tag in remove}
            return edits.tag(take, add=tuple(t for t in before[take.take_id] if t.casefold() in lost), remove=added)

        self._edit(takes, lambda take: edits.tag(take, add=add, remove=remove), back, "Tags", "The tags are kept")

    def throw_away(self, takes: Sequence[Take]) -> None:
        """Move takes into the trash, but those that are being exported."""
        folder = paths.takes_folder()
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
        if not chosen:
            return
        was_playing = any(self.is_playing(take.take_id) for take in chosen)
        self.gone.emit(chosen)  # first of all it must not be played any more

        def done(places: list[Path], left: list[Take]) -> None:
            if left:
                self.back.emit([take.path for take in left])
            if not places:
                return
            thrown = [take for take in chosen if take not in left]
            self._in_trash |= set(places)

            def bring_back() -> None:
                there, now = [place for place in places if place in self._in_trash], paths.takes_folder()
                moved = [now / place.relative_to(folder) for place in there]
                if now != folder and any(place.is_file() for place in moved):  # the whole folder was
                    self.restore(moved, now)
                    self.forget(there)
                else:
                    self.restore(there, folder)

            undo = self._undo.push("Throw away", bring_back, lambda: not self._in_trash.isdisjoint(places))
            self._messages.post(
                "notice",
                f"{_named(thrown)} is in the trash." if len(thrown) == 1 else f"{_named(thrown)} are in the trash.",
                "The playback was stopped for that." if was_playing else "",
                offer=("Undo", undo),
                about="trash",
            )

        self._each(chosen, lambda take: trash.put(folder, take), done)

    def restore(self, places: Sequence[Path], folder: Path | None = None) -> None:
        """Bring takes back from the trash of a folder of takes, without one of that in use."""
        own = paths.takes_folder()
        place_of_trash = folder or own

        def done(back: list[Path], left: list[Path]) -> None:
            self._messages.dismiss("trash")
            self.forget([place for place in places if place not in left])
            if back:
                self.back.emit([path for path in back if path.is_relative_to(own)])
                self._messages.remark("One take is back" if len(back) == 1 else f"{len(back)} takes are back")

        self._each(places, lambda place: trash.restore(place_of_trash, place), done)

    def forget(self, places: Sequence[Path]) -> None:
        """These are no longer in the trash: there is nothing to undo of that any more."""
        self._in_trash -= set(places)
        self._undo.changed.emit()

    def _edit(self, takes: Sequence[Take], change: Change, back: Change, words: str, remark: str) -> None:
        """Change takes, and remember how to change them back. words: what can be undone"""
        if not takes:
            return

        def done(edited: list[Take], _left: list[Take]) -> None:
            if not edited:
                return
            self.edited.emit(edited)
            self._undo.push(words, lambda: changed_back(edited))
            self._messages.remark(remark)

        def changed_back(edited: list[Take]) -> None:
            self._each([self.now(take) for take in edited], back, undone)

        def undone(edited: list[Take], _left: list[Take]) -> None:
            if edited:
                self.edited.emit(edited)
                self._messages.remark("Undone")

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
            if len(problems) == 1:
                self._messages.post_error(problems[0])
            elif problems:
                what = f"{len(problems)} of {len(items)} takes stay as they are."
                self._messages.post("error", what, f"{problems[0].message} {problems[0].hint}")

        self._files.run(work_on_all, finished, self._messages.post_error)


def _named(takes: Sequence[Take]) -> str:
    return f"“{trash.called(takes[0])}”" if len(takes) == 1 else f"{len(takes)} takes"

"""What people do to takes in the list: star, name, tags, trash. Done in the background, each with a way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from musicapp import paths
from musicapp.errors import MusicAppError, RequestError
from musicapp.library import edits, labels, trash
from musicapp.library.takes import Take
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.undo import Undo

Change = Callable[[Take], Take]


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

        def work() -> tuple[list[Path], list[Take], MusicAppError | None]:
            places: list[Path] = []
            for number, take in enumerate(chosen):
                try:
                    places.append(trash.put(folder, take))
                except MusicAppError as error:
                    return places, chosen[number:], error
            return places, [], None

        def done(outcome: tuple[list[Path], list[Take], MusicAppError | None]) -> None:
            places, left, error = outcome
            if left:
                self.back.emit([take.path for take in left])
            if error is not None:
                self._messages.post_error(error)
            if not places:
                return
            thrown = [take for take in chosen if take not in left]

            def bring_back() -> None:
                self.restore(places)

            undo = self._undo.push("Throw away", bring_back)
            self._messages.post(
                "notice",
                f"{_named(thrown)} is in the trash." if len(thrown) == 1 else f"{_named(thrown)} are in the trash.",
                "The playback was stopped for that." if was_playing else "",
                offer=("Undo", undo),
                about="trash",
            )

        self._files.run(work, done, self._messages.post_error)

    def restore(self, places: Sequence[Path]) -> None:
        """Bring takes back from the trash."""
        folder = paths.takes_folder()

        def work() -> tuple[list[Path], MusicAppError | None]:
            back: list[Path] = []
            for place in places:
                try:
                    back.append(trash.restore(folder, place))
                except MusicAppError as error:
                    return back, error
            return back, None

        def done(outcome: tuple[list[Path], MusicAppError | None]) -> None:
            back, error = outcome
            self._messages.dismiss("trash")
            if back:
                self.back.emit(back)
                self._messages.remark("One take is back" if len(back) == 1 else f"{len(back)} takes are back")
            if error is not None:
                self._messages.post_error(error)

        self._files.run(work, done, self._messages.post_error)

    def _edit(self, takes: Sequence[Take], change: Change, back: Change, words: str, remark: str) -> None:
        """Change takes, and remember how to change them back. words: what can be undone"""
        if not takes:
            return

        def changed_back() -> None:
            self._run(takes, back)

        def done(edited: list[Take]) -> None:
            self._undo.push(words, changed_back)
            self._messages.remark(remark)

        self._run(takes, change, done)

    def _run(
        self, takes: Sequence[Take], change: Change, done: Callable[[list[Take]], None] = lambda _edited: None
    ) -> None:
        def work() -> tuple[list[Take], MusicAppError | None]:
            edited: list[Take] = []
            for take in takes:
                try:
                    edited.append(change(take))
                except MusicAppError as error:
                    return edited, error
            return edited, None

        def finished(outcome: tuple[list[Take], MusicAppError | None]) -> None:
            edited, error = outcome
            if edited:
                self.edited.emit(edited)
                done(edited)
            if error is not None:
                self._messages.post_error(error)

        self._files.run(work, finished, self._messages.post_error)


def _named(takes: Sequence[Take]) -> str:
    return f"“{trash.called(takes[0])}”" if len(takes) == 1 else f"{len(takes)} takes"

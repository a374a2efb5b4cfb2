"""What is left of takes that ended early, after some of them could be heard: kept, offered, or let go."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from musicapp.errors import MusicAppError
from musicapp.library.draft import Draft
from musicapp.library.takes import Take
from musicapp.request import format_duration
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages


class Leftovers(QObject):
    """`kept` carries the Take that became of one. What nobody decided about when the window closes is kept."""

    kept = Signal(object)

    def __init__(self, messages: Messages, files: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages, self._files = messages, files
        self._undecided: dict[str, Draft] = {}

    @property
    def undecided(self) -> set[str]:
        """The ids of those that nobody decided about yet: no takes of the list."""
        return set(self._undecided)

    def offer(self, draft: Draft, frames: int) -> None:
        """Ask whether to keep what was made of a take that the user cancelled."""
        length = length_of(draft, frames)
        self._undecided[draft.take_id] = draft

        def keep() -> None:
            self.keep(draft)

        def let_go() -> None:
            if self._undecided.pop(draft.take_id, None) is not None:
                self._files.run(draft.let_go)

        self._messages.post(
            "notice",
            f"Cancelled. {length} of the take can be kept.",
            "Closing this message lets it go.",
            offer=(f"Keep {length}", keep),
            about=f"part {draft.take_id}",
            closed=let_go,
            stays=True,
        )

    def keep(self, draft: Draft, about: str = "") -> None:
        """Make a shorter take of what there is; a message about `about` then says so, too."""

        def kept(take: Take) -> None:
            self.kept.emit(take)
            if about:
                length = length_of(draft, take.frames)
                self._messages.add_hint(about, f"What was made of this take, {length}, is kept in the list.")

        self._undecided.pop(draft.take_id, None)
        self._files.run(draft.keep_part, kept, self._messages.post_error)

    def let_go(self, draft: Draft) -> None:
        """Remove what there is of a take of which nothing was heard."""
        self._files.run(draft.let_go)

    def close(self) -> list[Draft]:
        """The window closes: what still has to be kept."""
        undecided, self._undecided = list(self._undecided.values()), {}
        return undecided


def length_of(draft: Draft, frames: int) -> str:
    """How much there is, for people: "0:17"."""
    return format_duration(round(frames / draft.started.sample_rate, 0 if frames > draft.started.sample_rate else 1))


def keep_now(drafts: list[Draft]) -> list[MusicAppError]:
    """Keep what there is of these takes, in this thread; what went wrong."""
    problems: list[MusicAppError] = []
    for draft in drafts:
        if not draft.path.exists():  # nothing was heard of it
            continue
        try:
            draft.keep_part()
        except MusicAppError as error:
            problems.append(error)
    return problems

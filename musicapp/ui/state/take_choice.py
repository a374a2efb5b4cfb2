"""Which takes a list shows, and how they are ordered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from musicapp.library import order, query
from musicapp.library.facts import Facts
from musicapp.library.take import Take

if TYPE_CHECKING:
    from musicapp.ui.state.take_list_model import TakeRow


@dataclass(frozen=True)
class Choice:
    """What is shown.

    found         the paths of the takes that a search found; None while nothing is searched for
    words         of that search, for takes that are being made
    only_starred  those with a star, and those being made
    order         one of `order.ALL`
    by_prompt     takes of one prompt stand together, below it
    folded        prompts whose takes are folded away
    """

    found: frozenset[str] | None = None
    words: tuple[str, ...] = ()
    only_starred: bool = False
    order: str = order.NEWEST
    by_prompt: bool = False
    folded: frozenset[str] = frozenset()

    @property
    def hides_some(self) -> bool:
        """Whether takes may be there that are not shown."""
        return self.found is not None or self.only_starred


@dataclass(frozen=True)
class Heading:
    """A prompt, above its takes, of which it tells the ids whether they are folded away or not."""

    prompt: str
    take_ids: tuple[str, ...]
    is_folded: bool

    @property
    def count(self) -> int:
        """How many takes."""
        return len(self.take_ids)


def lines_of(rows: Sequence[TakeRow], choice: Choice, facts_of: Callable[[Take], Facts]) -> list[Any]:
    """The rows and headings to show of all rows, of which those being made come first."""
    making = [row for row in rows if row.take is None and _is_asked_for(row, choice)]
    made = [row for row in rows if row.take is not None and _is_chosen(row.take, choice)]
    if choice.order != order.NEWEST:
        by_id = {row.take_id: row for row in made}
        takes = order.sorted_by(choice.order, [row.take for row in made if row.take], facts_of)
        made = [by_id[take.take_id] for take in takes]
    shown = [*making, *made]
    return _below_prompts(shown, choice) if choice.by_prompt else shown


def _is_chosen(take: Take, choice: Choice) -> bool:
    return (choice.found is None or str(take.path) in choice.found) and (take.is_starred or not choice.only_starred)


def _is_asked_for(row: TakeRow, choice: Choice) -> bool:
    return query.is_found(choice.words, query.folded(f"{row.request.prompt}\nseed {row.request.seed}"))


def _below_prompts(rows: Sequence[TakeRow], choice: Choice) -> list[Any]:
    groups: dict[str, list[TakeRow]] = {}
    for row in rows:
        groups.setdefault(row.request.prompt, []).append(row)
    lines: list[Any] = []
    for prompt, group in groups.items():
        lines.append(Heading(prompt, tuple(row.take_id for row in group), prompt in choice.folded))
        lines += [] if prompt in choice.folded else group
    return lines

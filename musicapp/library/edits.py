"""What is written on a take: title, tags, a star, what was measured. Each call changes only its own part.

All are safe beside another window or a batch, see `sidecar`, and raise LibraryError when the take is gone or its folder
cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from musicapp.errors import LibraryError
from musicapp.library import labels, sidecar, take_file
from musicapp.library.take import Take, values_of


def rename(take: Take, title: str) -> Take:
    """Give a take a title, as checked by `labels.check_title`; an empty one takes it away."""
    title = labels.check_title(title)
    return _edited(take, lambda values: {**values, "title": title})


def star(take: Take, *, on: bool) -> Take:
    """Mark a take with a star, or take that away."""
    return _edited(take, lambda values: {**values, "starred": on})


def tag(take: Take, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> Take:
    """Add tags and take others off; those that another window wrote meanwhile stay."""

    def tagged(values: dict[str, Any]) -> dict[str, Any]:
        tags = labels.with_tags(labels.clean_tags(values.get("tags")), add=add, remove=remove)
        return {**values, "tags": list(tags)}

    return _edited(take, tagged)


def note_measured(take: Take, **found: Any) -> Take:
    """Remember what was found by listening, see `sidecar`; None takes a value away."""

    def noted(values: dict[str, Any]) -> dict[str, Any]:
        before = values.get("measured")
        measured = {**(before if isinstance(before, dict) else {}), **found}
        return {**values, "measured": {name: value for name, value in measured.items() if value is not None}}

    return _edited(take, noted)


def _edited(take: Take, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Take:
    """The take as it stands on disk after a change."""

    def changed(values: dict[str, Any]) -> dict[str, Any]:
        if not take.path.is_file():  # under the lock: the trash takes it, too
            raise LibraryError(
                f"The take “{take.title or take.request.prompt[:60]}” is no longer there.",
                hint="It may be in the trash, or was moved by another program.",
            )
        return change(values if isinstance(values.get("request"), dict) else {**values, **values_of(take)})

    return take_file.as_written(take, sidecar.change(take.path, changed))

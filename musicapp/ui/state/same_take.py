"""Whether a take of all the same is there already."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from musicapp.request import TakeRequest
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_list_model import TakeRow


def tell(request: TakeRequest, rows: Iterable[TakeRow], messages: Messages) -> None:
    """Say so when there is a take of all the same already."""
    if any(row.take is not None and _asks_the_same(request, row.request) for row in rows):
        messages.post(
            "notice",
            "There is a take of this prompt, seed and length already: this one will sound the same.",
            "For another one roll the dice, or open the lock of the seed.",
            about="same",
        )


def _asks_the_same(request: TakeRequest, made: TakeRequest) -> bool:
    """Whether both make the same music; what a request leaves open is the model's own, which a made one states."""
    names = ("prompt", "negative_prompt", "seed", "duration_s", "loras")
    if Path(request.model).name != Path(made.model).name or any(
        getattr(request, name) != getattr(made, name) for name in names
    ):
        return False
    open_to_model = ("steps", "guidance_scale", "sampler")
    return all(getattr(request, name) in (None, getattr(made, name)) for name in open_to_model)

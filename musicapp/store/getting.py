"""A known model with everything that it needs, in the order that wastes nobody's time."""

from __future__ import annotations

from collections.abc import Iterator

from musicapp.store import download, folders, shelf
from musicapp.store.download import Progress
from musicapp.store.known import Known


def get(item: Known, *, token: str = "", revision: str = "main") -> Iterator[tuple[Known, Progress]]:
    """Download an item, and the text encoder that it needs if it is not here; what is being fetched, and how far.

    Whether the hub hands the model out is asked before the text encoder's gigabyte. Stop iterating to pause.
    Raises what `download.fetch` raises.
    """
    models = folders.usable()
    encoder = shelf.missing_encoder(item.key)
    if encoder is not None:
        for progress in download.begin(item, models, token=token, revision=revision):
            yield item, progress
        for progress in download.fetch(encoder, models, token=token):
            yield encoder, progress
    for progress in download.fetch(item, models, token=token, revision=revision):
        yield item, progress

"""When memory runs out all the same: torch has many words for it, people get plain ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from musicapp.errors import OutOfMemory

# The last is oneDNN's, torch's kernels for the CPU, when the system gives it no pages for the code that it writes.
_OUT_OF_MEMORY = re.compile(
    "not enough memory|out of memory|can't allocate memory|could not create a primitive$", re.IGNORECASE | re.MULTILINE
)


@contextmanager
def errors_in_words(in_words: Callable[[str], OutOfMemory]) -> Iterator[None]:
    """Say in plain words that memory ran out, however torch said it, which is the detail."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError | torch.OutOfMemoryError) and not _OUT_OF_MEMORY.search(str(error)):
            raise
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        raise in_words(str(error)) from error


def no_room_for_model(detail: str) -> OutOfMemory:
    """What to say when memory ran out while a model was loaded."""
    return OutOfMemory(
        "There is not enough memory for this model.",
        hint="Close other programs, choose the precision int8 or int4, or a smaller model.",
        detail=detail,
    )

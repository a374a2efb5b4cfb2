"""A folder of four takes, and an index of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from musicapp.library import takes
from musicapp.library.index import Index
from tests.library.indexes import PROMPTS
from tests.library.test_takes import write_take


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for take_id, prompt in PROMPTS.items():
        take = write_take(tmp_path / "takes", take_id, frames=10)
        request = replace(take.request, prompt=prompt, seed=4000 + ord(take_id), negative_prompt=f"noise {take_id}")
        takes.save(replace(take, request=request))
    return tmp_path / "takes"


@pytest.fixture
def open_index(folder: Path, home: Path) -> Iterator[Callable[[], Index]]:
    made: list[Index] = []

    def open_one() -> Index:
        made.append(Index(folder))
        return made[-1]

    yield open_one
    for index in made:
        index.close()

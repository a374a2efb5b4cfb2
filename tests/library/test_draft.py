"""What the engine says of a take becomes the library's take, with nothing lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from musicapp.audio.tags import request_tags
from musicapp.audio.wave_io import WaveWriter
from musicapp.engine.events import Finished, Started
from musicapp.errors import LibraryError
from musicapp.library.draft import Draft
from musicapp.library.takes import Take, list_takes, new_take_path
from musicapp.request import TakeRequest

WHEN = datetime(2026, 11, 22, 23, 59, 58, tzinfo=UTC)
REQUEST = TakeRequest("ab12", "piano ピアノ", 30.0, 7, steps=4)


def draft_in(folder: Path) -> Draft:
    path = new_take_path(folder, "ab12", WHEN)
    return Draft(Started("ab12", REQUEST, str(path), 44100, 2, 3000), WHEN, "Musicapp Small")


def finished(draft: Draft) -> Finished:
    return Finished("ab12", str(draft.path), 3000, 0.5, 2.0, 2.1, 2.5)


def test_a_draft_tells_what_is_being_made(tmp_path: Path) -> None:
    draft = draft_in(tmp_path)
    assert (draft.take_id, draft.request, draft.path) == ("ab12", REQUEST, new_take_path(tmp_path, "ab12", WHEN))
    assert not draft.path.parent.exists()


def test_a_finished_draft_is_a_take_that_is_listed(tmp_path: Path) -> None:
    draft = draft_in(tmp_path)
    draft.path.parent.mkdir(parents=True)
    with WaveWriter(draft.path, 44100, 2, 3000, tags=request_tags(REQUEST)) as wave:
        wave.write(np.full((3000, 2), 0.5, np.float32))
    take = draft.keep(finished(draft))
    assert take == Take("ab12", draft.path, REQUEST, WHEN, 44100, 2, 3000, 0.5, "Musicapp Small", 2.5)
    assert list_takes(tmp_path) == [take]


def test_a_draft_that_cannot_be_kept_is_explained(tmp_path: Path) -> None:
    draft = draft_in(tmp_path)
    draft.path.with_suffix(".json").mkdir(parents=True)  # a folder where the file should go
    with pytest.raises(LibraryError, match="could not be saved"):
        draft.keep(finished(draft))


def test_what_another_take_said_is_refused(tmp_path: Path) -> None:
    draft = draft_in(tmp_path)
    with pytest.raises(ValueError, match="cd34"):
        draft.keep(replace(finished(draft), take_id="cd34"))

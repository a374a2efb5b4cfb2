"""A window killed with signal 9 while it tidies: what it had shown as done stands (`library_kills` does it often)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.ui import library_kills


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that kills.")
@pytest.mark.parametrize(("work", "delay_s"), [("tagging", 0.3), ("trashing", 0.2), ("rebuilding", 0.25)])
def test_nothing_that_was_shown_as_done_is_lost(tmp_path: Path, work: str, delay_s: float) -> None:
    _told, wrong = library_kills.kill_once(tmp_path, work, 7, delay_s)
    assert wrong == []

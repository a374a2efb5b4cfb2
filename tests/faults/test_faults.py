"""A few of each of the faults that are quick to put; the rest is `python -m tests.faults`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.faults import disks, kills, others
from tests.faults.driver import Home, losses
from tests.faults.table import Fault, Row, tried
from tests.tiny_model import write_tiny_model

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Faults are put with signals and mounts of Linux.")


@pytest.fixture
def place(tmp_path: Path) -> Home:
    (tmp_path / "user").mkdir()
    return Home(tmp_path / "user", write_tiny_model(tmp_path / "tiny", text_encoder="none", max_duration_s=300))


@pytest.mark.parametrize(("fault", "count"), [(kills.window_killed, 1), (disks.disk_full, 1), (others.two_starts, 1)])
def test_nothing_is_lost(fault: Fault, count: int, place: Home) -> None:
    row = tried("a fault", fault, place, count)
    assert not row.lost, str(row)
    if row.skipped:
        pytest.skip(row.skipped)
    assert place.saved


def test_what_is_missing_or_half_there_is_a_loss(place: Home) -> None:
    """The check itself: a take that is gone, a cut one, a broken export, a sidecar alone, settings cut short."""
    day = place.takes / "2026"
    day.mkdir(parents=True)
    (day / "cut.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVEfmt ")
    (day / "cut.json").write_text("{}")
    (day / "alone.json").write_text("{}")
    (place.folder / "settings.json").write_text('{"prompt": "ha')
    place.exports.mkdir()
    (place.exports / "a.flac").write_bytes(b"fLaC")
    place.saved = {str(day / "gone.wav"): 44100}
    place.exported = {str(place.exports / "a.flac")}
    lost = " ".join(losses(place))
    for words in (
        "gone.wav is not listed",
        "cut.wav",
        "alone.json has no sound",
        "a.flac is not whole",
        "settings.json",
    ):
        assert words in lost


def test_a_fault_that_breaks_off_is_a_loss(place: Home) -> None:
    def breaks(home: Home, count: int) -> Row:
        raise OSError("no such thing")

    row = tried("breaks", breaks, place, 1)
    assert row.lost == ["OSError: no such thing"] and "LOST" in str(row)

"""One owner of the takes whose audio is in memory: several at once, being made or finished, one on the stage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from musicapp.audio.tags import request_tags
from musicapp.audio.wave_io import WaveWriter
from musicapp.engine.events import AudioChunk, Finished, Started
from musicapp.library.draft import Draft
from musicapp.library.takes import Take
from musicapp.request import TakeRequest
from musicapp.ui.state import open_takes
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.open_takes import OpenTakes

FRAMES = 4410


class Bench:
    """Open takes over real lanes, and what they told."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.lanes = Lane("reading"), Lane("files"), Lane("hearing")
        self.messages = Messages()
        self.takes = OpenTakes(self.messages, *self.lanes)
        self.told: list[tuple[object, ...]] = []
        self.takes.began.connect(lambda take: self.told.append(("began", take.take_id)))
        self.takes.sounds.connect(lambda take: self.told.append(("sounds", take.take_id)))
        self.takes.made.connect(lambda take: self.told.append(("made", take.take_id)))
        self.takes.dropped.connect(lambda take_id, was_shown: self.told.append(("dropped", take_id, was_shown)))
        self.takes.shown_changed.connect(lambda: self.told.append(("shown", self.shown_id)))

    @property
    def shown_id(self) -> str:
        return self.takes.shown.take_id if self.takes.shown else ""

    def draft(self, take_id: str) -> Draft:
        request = TakeRequest(take_id, f"piano {take_id}", 0.1, 7)
        path = self.folder / f"{take_id}.wav"
        return Draft(
            Started(take_id, request, str(path), 44100, 2, FRAMES), datetime(2026, 11, 22, tzinfo=UTC), "Small"
        )

    def write(self, take_id: str) -> None:
        draft = self.draft(take_id)
        with WaveWriter(draft.path, 44100, 2, FRAMES, tags=request_tags(draft.request)) as wave:
            wave.write(np.full((FRAMES, 2), 0.25, np.float32))
        self.takes.grow(AudioChunk(take_id, 0, FRAMES))

    def finish(self, take_id: str) -> None:
        self.takes.finish(Finished(take_id, str(self.draft(take_id).path), FRAMES, 0.25, 1.0, 1.0, 1.5))

    def make(self, take_id: str) -> Take:
        """A finished take that is not open."""
        draft = self.draft(take_id)
        with WaveWriter(draft.path, 44100, 2, FRAMES, tags=request_tags(draft.request)) as wave:
            wave.write(np.full((FRAMES, 2), 0.25, np.float32))
        return draft.keep(Finished(take_id, str(draft.path), FRAMES, 0.25, 1.0, 1.0, 1.5))

    def wait_for(self, *told: object) -> None:
        self.qtbot.waitUntil(lambda: told in self.told, timeout=5000)


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(qtbot, tmp_path)
    yield made
    for lane in made.lanes:
        lane.close()


def test_two_takes_are_made_at_once_and_each_becomes_its_own(bench: Bench) -> None:
    for take_id in "ab":
        bench.takes.begin(bench.draft(take_id))
    assert [take.take_id for take in bench.takes.being_made] == ["a", "b"]
    for take_id in "ba":
        bench.write(take_id)
        bench.finish(take_id)
        bench.wait_for("made", take_id)
    found = [bench.takes.find(take_id) for take_id in "ab"]
    assert [take and take.take and take.take.request.prompt for take in found] == ["piano a", "piano b"]
    assert all(take and take.audio.buffer.is_complete for take in found) and not bench.takes.being_made
    assert [told[0] for told in bench.told] == ["began", "began", "sounds", "made", "sounds", "made"]


def test_finished_takes_are_open_side_by_side_until_they_are_closed(bench: Bench) -> None:
    for take_id in "ab":
        bench.takes.open(bench.make(take_id))
    a, b = bench.takes.find("a"), bench.takes.find("b")
    assert a is not None and b is not None
    bench.qtbot.waitUntil(lambda: a.audio.buffer.is_complete and b.audio.buffer.is_complete)
    bench.takes.show("a")
    bench.takes.show("b")
    bench.takes.show("a")
    assert bench.told == [("shown", "a"), ("shown", "b"), ("shown", "a")]
    assert bench.takes.open(bench.make("a")) is a, "it is not read twice"
    bench.takes.close("a")
    assert bench.takes.find("a") is None and a.audio.is_dropped and bench.shown_id == ""
    assert bench.takes.find("b") is b and not b.audio.is_dropped


def test_what_is_being_made_stays_open(bench: Bench) -> None:
    take = bench.takes.begin(bench.draft("a"))
    bench.takes.close("a")
    assert bench.takes.find("a") is take


@pytest.mark.parametrize("is_shown", [True, False])
def test_what_came_to_nothing_is_gone_and_told(bench: Bench, is_shown: bool) -> None:
    take = bench.takes.begin(bench.draft("a"))
    assert take is not None
    if is_shown:
        bench.takes.show("a")
    bench.takes.drop("a")
    assert take.audio.is_dropped and bench.takes.find("a") is None and bench.takes.shown is None
    assert bench.told[-1] == ("dropped", "a", is_shown)
    told = list(bench.told)
    bench.takes.drop("a")
    bench.takes.grow(AudioChunk("a", 0, FRAMES))
    bench.finish("a")
    assert bench.told == told


def test_a_stranger_changes_nothing(bench: Bench) -> None:
    bench.takes.show("stranger")
    bench.takes.close("stranger")
    bench.takes.drop("stranger")
    assert bench.told == [] and bench.takes.shown is None


def test_a_take_whose_details_cannot_be_saved_stays_and_is_told(bench: Bench) -> None:
    bench.takes.begin(bench.draft("a"))
    bench.draft("a").path.with_suffix(".json").mkdir(parents=True)
    bench.write("a")
    bench.finish("a")
    bench.wait_for("made", "a")
    assert bench.messages.current is not None and "could not be saved" in bench.messages.current.text


def test_audio_that_does_not_fit_into_memory_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    take = bench.make("a")

    def full(*arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr(open_takes, "TakeAudio", full)
    assert bench.takes.open(take) is None and bench.takes.begin(bench.draft("b")) is None
    assert bench.messages.current is not None and "memory" in bench.messages.current.text
    assert bench.told == [] and bench.takes.find("a") is None and bench.takes.find("b") is None

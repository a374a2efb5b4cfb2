"""Several lanes tell of the same takes: what was begun before something else happened never takes that back."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from musicapp import paths
from musicapp.errors import AudioDeviceError
from musicapp.library import edits, takes
from musicapp.library.index import Index
from musicapp.library.takes import Take
from musicapp.request import BUILTIN_MODEL, TakeRequest
from musicapp.ui.state import folder_look
from musicapp.ui.state.background import Lane
from tests.library.test_takes import write_take
from tests.tiny_model import write_tiny_model
from tests.ui.conftest import Desk
from tests.ui.library_desk import shown, take_of, write

PATIENCE_S = 60.0


@dataclass
class SlowLook:
    """A look at the folder of takes that has seen all there is, and does not tell it yet."""

    has_seen: threading.Event = field(default_factory=threading.Event)
    may_begin: threading.Event = field(default_factory=threading.Event)
    may_tell: threading.Event = field(default_factory=threading.Event)
    found: list[Take] = field(default_factory=list)

    def begin(self, desk: Desk, *, sees: bool = True) -> None:
        """Begin a look; sees: wait until it knows what it will tell"""
        for event in (self.has_seen, self.may_begin, self.may_tell):
            event.clear()
        desk.studio.library.load()
        if sees:
            self.see(desk)

    def see(self, desk: Desk) -> None:
        self.may_begin.set()
        desk.wait(self.has_seen.is_set)

    def tell(self, desk: Desk) -> None:
        with desk.qtbot.waitSignal(desk.studio.library.loaded, timeout=15000):
            self.may_tell.set()


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowLook]:
    """Looks are as quick as ever until a test begins one itself."""
    slow, survey = SlowLook(), folder_look.survey
    for event in (slow.may_begin, slow.may_tell):
        event.set()

    def looked(index: Index, making: list[str]) -> takes.Survey:
        slow.may_begin.wait(PATIENCE_S)
        found = survey(index, making)
        slow.found = found.takes
        slow.has_seen.set()
        slow.may_tell.wait(PATIENCE_S)
        return found

    monkeypatch.setattr(folder_look, "survey", looked)
    yield slow
    for event in (slow.may_begin, slow.may_tell):
        event.set()


@contextlib.contextmanager
def held(desk: Desk, lane: Lane) -> Iterator[None]:
    """The lane has other work until the end; what it answers to what it was given meanwhile is told then."""
    gate = threading.Event()
    lane.run(lambda: gate.wait(PATIENCE_S))
    try:
        yield
    finally:
        gate.set()
    desk.settle(lane)


def test_what_is_heard_of_a_take_stays_though_the_folder_was_looked_at_before(look: SlowLook, library: Desk) -> None:
    library.studio.library.open("take1")
    library.wait(lambda: library.studio.looks.is_idle)
    library.settle()
    look.begin(library)
    noted = edits.note_measured(take_of(library, 1), tempo_bpm=91.0, key="F minor")
    library.studio.looks.noted.emit(noted)
    look.tell(library)
    library.settle()
    current, exported = library.studio.library.current, library.studio.exporter.take
    assert current is not None and current.measured == noted.measured
    assert exported is current and take_of(library, 1) == current


def test_an_edit_that_read_the_take_before_it_was_heard_keeps_what_was_heard(library: Desk) -> None:
    """The star is written first, then what is heard; the star is told of last."""
    studio = library.studio
    studio.library.open("take1")
    library.wait(lambda: studio.looks.is_idle)
    library.settle()
    starred = edits.star(take_of(library, 1), on=True)
    noted = edits.note_measured(starred, key="F minor")
    studio.looks.noted.emit(noted)
    studio.take_edits.edited.emit([starred])
    library.settle()
    assert studio.library.current == take_of(library, 1) == studio.exporter.take
    assert take_of(library, 1).is_starred and take_of(library, 1).measured == noted.measured


@pytest.mark.parametrize("sees", ["nothing of it", "it half-written"])
def test_a_take_stays_in_the_list_though_the_folder_was_looked_at_before(look: SlowLook, desk: Desk, sees: str) -> None:
    studio, listed = desk.studio, list[bool]()
    studio.library.auto_play = "off"
    desk.make_take("loud drums")
    desk.wait(lambda: studio.looks.is_idle)
    desk.host.script = "chunk"
    studio.take_settings.set_prompt("calm piano")
    if sees == "it half-written":
        look.begin(desk, sees=False)
    studio.generation.start()
    desk.wait(lambda: studio.open_takes.being_made)
    request = desk.host.requests[-1]
    if sees == "it half-written":
        look.see(desk)
    else:
        look.begin(desk)
    assert (request.take_id in [take.take_id for take in look.found]) == (sees == "it half-written")
    with desk.qtbot.waitSignal(studio.open_takes.made, timeout=15000) as made:
        desk.host.write(request, 3)
        desk.host.finish(request)
    take = made.args[0]
    studio.library.loaded.connect(lambda: listed.append(studio.library.model.find(take.take_id) is not None))
    look.tell(desk)
    assert listed == [True]
    desk.settle()
    row = studio.library.model.find(take.take_id)
    assert row is not None and row.take is not None and row.take.is_finished and desk.shows(row.take)
    look.begin(desk)
    look.tell(desk)
    assert studio.library.model.find(take.take_id) is not None
    desk.wait(lambda: studio.looks.is_idle)


def test_a_take_that_was_made_and_thrown_away_is_not_kept_in_the_list(look: SlowLook, desk: Desk) -> None:
    look.begin(desk)
    take = desk.make_take("calm piano")
    desk.studio.take_edits.throw_away([take])
    look.tell(desk)
    desk.settle()
    assert desk.studio.library.model.rows == [] and not take.path.exists()


def test_a_take_that_was_made_is_not_shown_among_those_of_another_folder(
    look: SlowLook, desk: Desk, home: Path
) -> None:
    library, before, other = desk.studio.library, paths.takes_folder(), home / "other"
    write(other, 8, "harp")
    for folder in (other, before):
        with desk.qtbot.waitSignal(library.loaded, timeout=15000):
            library.choose_folder(folder)
    desk.make_take("calm piano")
    for event in (look.has_seen, look.may_tell):
        event.clear()
    library.choose_folder(other)
    desk.wait(look.has_seen.is_set)
    assert [row.take_id for row in library.model.rows] == ["take8"], "what was there the last time"
    look.tell(desk)
    assert [row.take_id for row in library.model.rows] == ["take8"]


def test_what_nobody_decided_about_is_no_take_of_the_list(look: SlowLook, desk: Desk) -> None:
    """The window is looked at again while the question stands."""
    desk.host.script = "chunk"
    desk.studio.take_settings.set_prompt("harp")
    desk.studio.take_settings.set_duration(3.0)
    desk.studio.generation.start()
    desk.wait(lambda: desk.studio.generation.heard)
    path = desk.host.paths[desk.host.requests[-1].take_id]
    desk.studio.generation.cancel()
    desk.wait(lambda: "can be kept" in desk.message)
    look.begin(desk)
    look.tell(desk)
    assert path.exists() and desk.studio.library.model.rows == []
    desk.window.message_bar.close_button.click()
    desk.wait(lambda: not path.exists())
    desk.settle()
    assert desk.studio.library.model.rows == []


def test_a_name_is_free_in_the_folder_that_was_chosen_last(desk: Desk, home: Path) -> None:
    desk.make_take()
    exporter, before, after = desk.studio.exporter, home / "one", home / "two"
    desk.settle(desk.studio._exporting)
    name = exporter.name
    for folder, taken in ((before, [name]), (after, [name, f"{name} (2)"])):
        folder.mkdir()
        for stem in taken:
            (folder / f"{stem}.wav").touch()
    with held(desk, desk.studio._exporting):
        exporter.set_folder(before)
        exporter.set_folder(after)
    assert exporter.name == f"{name} (3)"


def test_a_name_typed_since_an_export_was_refused_stays(desk: Desk) -> None:
    desk.make_take()
    exporter = desk.studio.exporter
    with desk.qtbot.waitSignal(exporter.exported, timeout=15000) as done:
        exporter.export()
    taken = done.args[0].path.stem
    with held(desk, desk.studio._exporting):
        exporter.set_name(taken)
        exporter.export()
        exporter.set_name("other")
    assert exporter.name == "other" and f"“{taken}.wav” is there already" in desk.message
    assert "to save as" not in desk.message


def test_an_output_that_fails_to_open_stops_no_other_that_was_chosen_since(desk: Desk) -> None:
    studio = desk.studio
    studio.library.auto_play = "off"
    desk.make_take()
    opened = desk.output.open

    def refuse(device: str | None, sample_rate: int) -> None:
        if device:
            raise AudioDeviceError("The sound output cannot be opened.", hint="Choose another output.")
        opened(device, sample_rate)

    desk.output.open = refuse  # type: ignore[method-assign]
    with held(desk, studio._devices):
        studio.player.choose_device("USB Interface 4x4")
        studio.player.play()
        studio.player.choose_device("")
    assert studio.player.is_playing and desk.output.is_open and not desk.message


def test_a_form_told_late_takes_no_measures_back(desk: Desk) -> None:
    studio = desk.studio
    with held(desk, studio.files):
        request = TakeRequest("late", "calm piano, 90 bpm", 1.0, 5)
        assert studio.looks.of(request, None, 1.0) is None
        take = write_take(desk.studio.exporter.folder, "late", frames=44100)
        studio.looks.of(take.request, take, take.duration_s)
        desk.wait(lambda: (look := studio.looks.of(take.request, take, take.duration_s)) and look.measures)
    look = studio.looks.of(take.request, take, take.duration_s)
    assert look is not None and look.measures is not None and studio.looks.is_idle


def test_a_search_in_an_index_that_is_closed_goes_on_in_the_next(library: Desk, home: Path) -> None:
    studio = library.studio
    write(home / "other", 8, "harp")
    with held(library, studio._searching):
        studio.search.set_text("harp")
        with library.qtbot.waitSignal(studio.library.loaded, timeout=15000):
            studio.library.choose_folder(home / "other")
        library.settle()
    library.wait(lambda: shown(library) == "8" and not studio.search._is_busy)
    assert "closed" not in library.message
    studio.search.set_text("")


def test_a_model_that_is_chosen_again_is_known_though_another_was_looked_at(desk: Desk, home: Path) -> None:
    write_tiny_model(home / "data" / "models" / "tiny", name="Tiny", text_encoder="none")
    form = desk.studio.take_settings
    desk.wait(lambda: form.promise is not None)
    promised = form.promise
    with held(desk, desk.studio.files):
        form.set_target(model="tiny")
        form.set_target(model=BUILTIN_MODEL)
    assert form.promise == promised is not None and promised.key == BUILTIN_MODEL

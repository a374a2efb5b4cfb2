"""Undo and redo across the form, exports, settings and takes: fifty mixed actions lead back to the start."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from musicapp.library import sidecar, trash
from musicapp.library.takes import Take
from musicapp.request import Lora
from musicapp.ui.state import undo as undo_module
from musicapp.ui.state.undo import Undo
from tests.ui.conftest import Desk
from tests.ui.library_desk import shown, take_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")
ACTIONS, SEEDS = 50, (3,)  # 1 to 6 were tried, one is enough for every day


def state_of(desk: Desk, home: Path) -> dict[str, object]:
    """All that the actions change, as it is now; what is said of takes is read from their sidecars."""
    studio, window = desk.studio, desk.window
    listed = [row.take for row in studio.library.model.rows if row.take is not None]
    told = {}
    for take in listed:
        values = json.loads(sidecar.of(take.path).read_text())
        told[take.take_id] = [bool(values.get("starred")), values.get("title") or "", values.get("tags") or []]
    return {
        "form": studio.form_history.now(),
        "chosen": window._preferences.now(),
        "only_region": studio.exporter.only_region,
        "listed": shown(desk),
        "told": told,
        "trash": len(trash.inside(home / "takes")),
    }


def settled(desk: Desk) -> None:
    """Everything in the background is done, and what followed from it."""
    for _ in range(3):
        returned: list[object] = []
        desk.studio.files.run(lambda: None, returned.append)
        desk.wait(partial(bool, returned))


def actions(desk: Desk, dice: random.Random, home: Path) -> list[Callable[[], object]]:
    """One of each kind that can be undone, as controls and keys do it."""
    studio, window = desk.studio, desk.window
    history, exporter, edits = studio.form_history, studio.exporter, studio.take_edits

    def some() -> list[Take]:
        rows = [row.take for row in studio.library.model.rows if row.take is not None]
        return dice.sample(rows, dice.randint(1, min(2, len(rows)))) if rows else []

    def settings() -> None:
        now = window._preferences.now()
        wanted = replace(now, auto_play=dice.choice(("off", "idle", "always")), theme=dice.choice(("light", "dark")))
        keys = {**now.shortcuts, "dice": (dice.choice(("F7", "F8", "F9")),)}
        window._preferences.apply(replace(wanted, shortcuts=keys, matches_loudness=not now.matches_loudness))

    def strength() -> None:
        if studio.take_settings.loras:
            studio.adapters.set_strength(0, dice.randint(1, 20) / 10)
        else:
            studio.adapters._add(home / f"{dice.randint(1, 9)}.safetensors")

    def length() -> None:
        window.length.slider.setValue(dice.randint(2, 60))

    def throw() -> None:
        if len(studio.library.model.rows) > 2:
            edits.throw_away(some()[:1])

    def tag() -> None:
        edits.tag(some(), add=(dice.choice(("dark", "home", "Night")),), remove=(dice.choice(("dark", "night")),))

    return [
        history.roll_seed,
        history.next_seed,
        lambda: history.lock_seed(not studio.take_settings.seed_is_locked),
        lambda: history.use(take_of(desk, int(shown(desk)[0])).request),
        lambda: history.use_prompt(dice.choice(("harp", "bells", "oud"))),
        length,
        lambda: window.advanced.steps.setValue(dice.randint(1, 40)),
        lambda: window.advanced.guidance.setValue(dice.randint(1, 9)),
        lambda: window.advanced.reset.click(),
        strength,
        lambda: exporter.use_preset(dice.choice(("broadcast", "loop", "daw"))),
        lambda: exporter.set_format(dice.choice(("flac", "mp3", "wav16"))),
        lambda: exporter.change(fade_in_s=dice.randint(1, 9) / 10),
        lambda: exporter.set_template(dice.choice(("{seed}", "{title}_{bpm}", "{seed}_{title}"))),
        lambda: exporter.set_folder(home / f"out{dice.randint(1, 9)}"),
        lambda: exporter.set_only_region(not exporter.only_region),
        settings,
        lambda: edits.star(some()),
        lambda: edits.rename(some()[0], dice.choice(("Night", "Day", "Noon", ""))),
        tag,
        throw,
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_fifty_mixed_actions_are_undone_to_the_start_and_done_again(
    library: Desk,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    """After each undo all is as it was before that action, after each redo as it was behind it."""
    monkeypatch.setattr("musicapp.ui.state.form_history.JOINED_S", 0.0)
    monkeypatch.setattr(undo_module, "JOINED_S", 0.0)
    dice, desk, undo = random.Random(seed), library, library.studio.undo
    deck = actions(desk, dice, home)
    states, used = [state_of(desk, home)], set()
    while len(states) <= ACTIONS:
        number = dice.randrange(len(deck))
        before = len(undo._steps)
        deck[number]()
        settled(desk)
        if len(undo._steps) > before:  # some change nothing, as they must
            used.add(number)
            states.append(state_of(desk, home))
    assert len(used) >= len(deck) - 4, "nearly every kind was among them"
    for expected in reversed(states[:-1]):
        words = undo.words
        undo.undo()
        settled(desk)
        assert state_of(desk, home) == expected, words
    assert undo.words == ""
    for expected in states[1:]:
        undo.redo()
        settled(desk)
        assert state_of(desk, home) == expected, undo.words
    assert undo.redo_words == ""


def test_what_is_turned_without_a_pause_is_one_step(desk: Desk) -> None:
    form, undo = desk.studio.take_settings, desk.studio.undo
    before = desk.studio.form_history.now()
    for steps in (11, 12, 13):
        desk.window.advanced.steps.setValue(steps)
    desk.window.advanced.guidance.setValue(3.5)
    for strength in (0.2, 0.4):
        form.loras or desk.studio.adapters._add(Path("/some/adapter.safetensors"))
        desk.studio.adapters.set_strength(0, strength)
    said = []
    while undo.words:
        said.append(undo.words)
        undo.undo()
    assert said == ["Strength of an adapter", "Add an adapter", "Guidance", "Steps"]
    assert desk.studio.form_history.now() == before
    for _ in said:
        undo.redo()
    assert (form.steps, form.guidance_scale, form.loras) == (13, 3.5, (Lora("/some/adapter.safetensors", 0.4),))


def test_something_new_ends_what_could_be_redone() -> None:
    done: list[str] = []
    undo = Undo()
    undo.push("one", lambda: done.append("-1"), lambda: done.append("+1"))
    undo.push("two", lambda: done.append("-2"), lambda: done.append("+2"))
    undo.undo()
    undo.redo()
    undo.undo()
    assert (undo.words, undo.redo_words, done) == ("one", "two", ["-2", "+2", "-2"])
    undo.push("three", lambda: None)
    assert (undo.words, undo.redo_words) == ("three", "")
    undo.undo()
    assert (undo.words, undo.redo_words) == ("one", "")  # it did not say how it is done again
    for number in range(200):
        undo.push(f"step {number}", lambda: done.append("last"))
    for _ in range(300):
        undo.undo()
    assert undo.words == "" and done.count("last") == 100

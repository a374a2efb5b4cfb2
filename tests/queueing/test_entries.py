"""The queue's order and its file, without a window."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from musicapp import paths
from musicapp.queueing import queue_file
from musicapp.queueing.entries import FAILED, MAKING, WAITING, Entries, Entry, Removed
from musicapp.request import MAX_PROMPT_CHARACTERS, Lora, TakeRequest


def request(name: str, **changes: object) -> TakeRequest:
    return replace(TakeRequest(name, f"prompt of {name}", 1.0, 7), **changes)  # type: ignore[arg-type]


def names(entries: Entries) -> list[str]:
    return [entry.request.prompt.removeprefix("prompt of ") for entry in entries]


STEPS = st.lists(st.tuples(st.sampled_from("abfmrdeou"), st.integers(0, 9), st.integers(-3, 12)), max_size=40)


@given(STEPS)
def test_whatever_is_done_every_wish_is_there_once_and_in_order(steps: list[tuple[str, int, int]]) -> None:
    entries, wanted = Entries(), set[str]()
    gone: list[Removed] = []
    for number, (what, which, place) in enumerate(steps):
        known = [entry.take_id for entry in entries]
        take_id = known[which % len(known)] if known else "nothing"
        before = [entry.take_id for entry in entries.waiting]
        match what:
            case "a" | "f":
                entries.add([request(f"t{number}")], at_front=what == "f")
                wanted.add(f"prompt of t{number}")
            case "b" if not entries.making and (entry := entries.next()) is not None:
                entries.begin(entry.request, "/x.wav")
            case "m":
                entries.move(take_id, place)
                assert sorted(entry.take_id for entry in entries.waiting) == sorted(before)
            case "r":
                entries.again(take_id)
            case "d" if (entry := entries.find(take_id)) is not None:
                entries.end(take_id)
                wanted.discard(entry.request.prompt)
            case "o" if not gone:
                out = known[which % 3 :: 2]
                gone, order_before = entries.take_out(out), known
                assert [entry.take_id for entry in entries] == [take_id for take_id in known if take_id not in out]
                if place > 0:  # at once: everything is as it was
                    entries.put_in(gone)
                    assert [entry.take_id for entry in entries] == order_before
                    gone = []
                wanted -= {removed.entry.request.prompt for removed in gone}
            case "u":
                entries.put_in(gone)
                wanted |= {removed.entry.request.prompt for removed in gone}
                gone = []
            case "e" if entries.making:
                entries.fail(entries.making[0].take_id, "No luck.", "Again.")
        assert sorted(entry.request.prompt for entry in entries) == sorted(wanted)
        assert len({entry.take_id for entry in entries}) == len(entries)
        order = [(MAKING, WAITING, FAILED).index(entry.state) for entry in entries]
        assert order == sorted(order)
    queue_file.write(entries)
    found = queue_file.read()
    assert list(found.entries) == list(entries) and not found.note


def test_the_longest_queue_can_be_read_again(home: Path) -> None:
    full = [
        request(f"t{n}", prompt="🎹" * MAX_PROMPT_CHARACTERS, negative_prompt="ü" * MAX_PROMPT_CHARACTERS)
        for n in range(queue_file.MOST)
    ]
    full[3] = replace(full[3], loras=(Lora("/a/\udcff.safetensors", 0.5),))
    entries = Entries()
    entries.add(full)
    queue_file.write(entries)
    assert paths.queue_file().stat().st_size < paths.MAX_SMALL_BYTES
    assert [entry.request for entry in queue_file.read().entries] == full


def test_a_passing_wish_is_not_kept_and_waits_for_no_pause(home: Path) -> None:
    entries = Entries(is_paused=True)
    entries.add([request("kept")])
    assert entries.next() is None
    entries.add([request("wish")], is_live=True)
    found = entries.next()
    assert found is not None and found.take_id == "wish"
    queue_file.write(entries)
    assert names(queue_file.read().entries) == ["kept"] and queue_file.read().entries.is_paused


def test_a_file_of_a_later_version_is_kept_aside_and_read_as_far_as_known(home: Path) -> None:
    entries = Entries()
    entries.add([request("one")])
    queue_file.write(entries)
    values = json.loads(paths.queue_file().read_text()) | {"version": 2, "colour": "red"}
    paths.queue_file().write_text(json.dumps(values))
    found = queue_file.read()
    assert names(found.entries) == ["one"] and "another version" in found.note
    assert json.loads(Path(f"{paths.queue_file()}.bad").read_text()) == values


def test_a_path_out_of_a_damaged_file_is_no_take_and_an_editors_mark_no_damage(tmp_path: Path) -> None:
    """Each of these once ended the look at all takes that had begun, or lost the whole queue."""
    for number, path in enumerate(("x" * 70000, "a\0b", "/dev/zero", str(tmp_path), "", "relative.wav")):
        entries = Entries([Entry(request(f"t{number}"), MAKING, path=path), Entry(request("other"))])
        queue_file.write(entries)
        file = paths.queue_file()
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
        found = queue_file.read()
        assert not found.note and list(found.entries) == list(entries)
        assert not queue_file.is_made(found.entries.making[0])

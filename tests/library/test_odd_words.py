"""Names and prompts in any encoding, or in none, cost no take."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from musicapp.analysis import measures
from musicapp.audio import wave_io
from musicapp.library import edits, order, sidecar, takes, trash
from musicapp.library.facts import Facts
from musicapp.library.index import Index
from tests.library.indexes import PROMPTS, filled, ids
from tests.library.test_takes import write_take


def test_names_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    names = [
        "10",
        "Song",
        "song 2",
        "song 2b",
        "Song 010",
        "song 10, slow",
        "song 11",
        "Sóng 100",
        "song " + "9" * 6000,
        "é",
    ]
    takes_ = [replace(write_take(tmp_path, f"t{number}"), title=name) for number, name in enumerate(names)]
    found = order.sorted_by(order.NAME, reversed(takes_), lambda _take: Facts())
    assert [take.title for take in found] == [*names[:1], "é", *names[1:-1]]


ODD_NAMES = (b"S\xfc\xdfes", b"\xff\xfe", b"Zeile\nzwei", b"a'b\"c;--%20", "ü".encode() * 120)


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux has names of files that are no text.")
def test_names_in_any_encoding_are_listed_found_measured_and_handed_over(
    folder: Path, open_index: Callable[[], Index], tmp_path: Path
) -> None:
    """From old archives and disks; one of them once hid all takes."""
    day = os.fsencode(next(folder.rglob("a.wav")).parent)
    Path(os.fsdecode(day + b"/caf\xe9")).mkdir()
    for place in (day, day + b"/caf\xe9"):
        for name in ODD_NAMES:
            for ending in (b".wav", b".json"):
                Path(os.fsdecode(place + b"/" + name + ending)).write_bytes(
                    Path(os.fsdecode(day + b"/a" + ending)).read_bytes()
                )
    count = 2 * len(ODD_NAMES) + len(PROMPTS)
    for index in (filled(open_index()), filled(open_index())):
        found = index.survey()
        assert len(found.takes) == count and found == takes.survey(folder) and found.unreadable == []
        assert index.search("noise") == {str(take.path) for take in found.takes}
        assert {take.path for take in index.remembered()} == {take.path for take in found.takes}
    odd = next(take for take in found.takes if os.fsencode(take.path).endswith(b"caf\xe9/S\xfc\xdfes.wav"))
    assert measures.measure(odd.path).true_peak_db is not None
    for form in ("wav24", "flac", "mp3", "ogg"):
        target = odd.path.with_name(f"{odd.path.stem}.{form}")
        wave_io.export(odd.path, target, sample_rate=odd.sample_rate, format=form, tags={}, overwrite=False)
        assert target.stat().st_size > 0
    edits.tag(odd, add=("kept",))
    assert [take.tags for take in index.reread([odd.path])] == [("kept",)]
    assert index.search("#kept") == {str(odd.path)}
    thrown = trash.put(folder, odd)
    index.reread([odd.path])
    assert index.search("#kept") == set() and len(trash.inside(folder)) == 1
    assert trash.restore(folder, thrown) == odd.path


def test_a_half_letter_in_a_prompt_costs_nothing(folder: Path, open_index: Callable[[], Index]) -> None:
    sidecar.change(
        next(folder.rglob("a.wav")), lambda told: {**told, "request": {**told["request"], "prompt": "\ud800 calm"}}
    )
    index = filled(open_index())
    assert len(index.survey().takes) == len(PROMPTS) and ids(index, "calm") == "a" and ids(index, "noise") == "abcd"

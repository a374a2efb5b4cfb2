"""What a take was made from is told in words, whatever stands in its files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from musicapp.library import moving, takes, trash
from musicapp.library.lineage import Origin, origin_of, relocated
from musicapp.shape import Lane, Source
from tests.library.test_takes import write_take


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        (Source("/x/y/harp.wav", variation=0.3), Origin("A variation of", "", "harp.wav")),
        (Source("a.wav", take_id="b", regions=((1.0, 2.0),)), Origin("With passages made anew of", "b", "a.wav")),
        (Source("C:\\music\\a.wav", take_id="b", after_s=4.0), Origin("Longer than", "b", "a.wav")),
        (Source("a.wav", seam_s=1.0), Origin("Made from", "", "a.wav")),
    ],
)
def test_a_source_tells_how(tmp_path: Path, source: Source, origin: Origin) -> None:
    take = write_take(tmp_path, "a")
    assert origin_of(replace(take, request=replace(take.request, source=source))) == origin


@pytest.mark.parametrize(
    ("made_from", "origin"),
    [
        ({}, None),
        ({"take_id": "b", "how": "extended", "at_s": 3}, Origin("Extended from", "b")),
        ({"take_id": 5, "how": "x" * 41, "name": "/home/mia/a.wav"}, Origin("Made from", "", "a.wav")),
        ({"how": ["x"], "name": {}}, Origin("Made from")),
    ],
)
def test_a_sidecar_tells_how(tmp_path: Path, made_from: dict[str, object], origin: Origin | None) -> None:
    assert origin_of(replace(write_take(tmp_path, "a"), made_from=made_from)) == origin


def test_takes_that_others_are_made_from_are_found_where_they_went(home: Path, tmp_path: Path) -> None:
    """Moved with their folder, brought back under another name, thrown away; never what is no take."""
    folder = home / "takes"
    first, second = write_take(folder, "a"), write_take(folder, "b")
    lane = Lane(str(second.path), take_id="b")
    source = Source(str(first.path), take_id="a", lanes=(lane, Lane("x" * 5000, take_id="c"), Lane("hum.wav")))
    request = replace(first.request, source=source)

    def places(folder: Path) -> list[str]:
        listed = {take.take_id: take for take in takes.list_takes(folder)}
        path_of = {take_id: take.path for take_id, take in listed.items()}.get
        found = relocated(request, folder, path_of).source
        assert found is not None and replace(found, path=source.path, lanes=source.lanes) == source
        return [found.path, *(lane.path for lane in found.lanes)]

    assert places(folder) == [source.path, lane.path, "x" * 5000, "hum.wav"]
    thrown = trash.put(folder, first)
    assert places(folder)[0] == str(thrown)
    trash.restore(folder, thrown)
    list(moving.move(tmp_path / "new"))
    assert [Path(place).is_relative_to(tmp_path / "new") for place in places(tmp_path / "new")[:2]] == [True, True]
    assert places(tmp_path / "new")[2:] == ["x" * 5000, "hum.wav"]
    assert relocated(replace(request, source=None), folder, lambda _take_id: None).source is None

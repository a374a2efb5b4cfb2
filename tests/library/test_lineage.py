"""What a take was made from is told in words, whatever stands in its files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from musicapp.library.lineage import Origin, origin_of
from musicapp.shape import Source
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

"""A disk without any room left: what is said names it, and takes can be thrown away all the same."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from musicapp.errors import LibraryError
from musicapp.library import edits, presets, sidecar, takes, trash
from musicapp.queueing import queue_file
from musicapp.queueing.entries import Entries
from musicapp.request import TakeRequest
from tests.library.test_takes import write_take
from tests.small_disk import Disk, mounted


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path, size_bytes=4 << 20) as disk:
        yield disk


def test_takes_are_thrown_away_brought_back_and_deleted_on_a_full_disk(disk: Disk) -> None:
    folder = disk.place / "takes"
    for name in "abc":
        write_take(folder, name, sidecar=name != "c")
    tagged = edits.tag(next(take for take in takes.list_takes(folder) if take.take_id == "a"), add=("keep",))
    disk.fill(spare_bytes=0)
    with pytest.raises(LibraryError, match="No space left"):
        edits.star(tagged, on=True)
    places = {take.take_id: trash.put(folder, take) for take in takes.list_takes(folder)}
    assert takes.list_takes(folder) == [] and len(trash.inside(folder)) == 3
    trash.restore(folder, places["a"])
    (back,) = takes.list_takes(folder)
    assert replace(back, path=tagged.path) == tagged and sidecar.of(back.path).is_file()
    assert trash.empty(folder) == 2
    assert edits.star(back, on=True).is_starred, "now there is room"


def test_a_full_disk_without_links_is_named_as_what_it_is(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    """exFAT, say, has none: no file has two names there."""

    def link(*_names: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    take = write_take(disk.place / "takes", "a")
    disk.fill(spare_bytes=0)
    monkeypatch.setattr("os.link", link)
    with pytest.raises(LibraryError, match="No space left") as caught:
        trash.put(disk.place / "takes", take)
    assert caught.value.hint.startswith("Free some space") and takes.list_takes(disk.place / "takes") == [take]


@pytest.mark.parametrize(
    "save",
    [
        lambda folder: presets.save([*presets.BUILTIN], folder / "presets.json"),
        lambda folder: queue_file.write(_waiting(), folder / "queue.json"),
        lambda folder: sidecar.change(folder / "a.wav", lambda _values: {"title": "Night drive"}),
    ],
    ids=["presets", "queue", "sidecar"],
)
def test_a_full_disk_is_named_as_what_it_is(disk: Disk, save: Callable[[Path], object]) -> None:
    (disk.place / "other").write_bytes(bytes(5000))  # an empty disk of this kind cannot be full
    disk.fill(spare_bytes=0)
    with pytest.raises(LibraryError) as caught:
        save(disk.place)
    assert "disk is full" in caught.value.message or "No space left" in caught.value.message
    assert caught.value.hint.startswith("Free some space")
    assert not [path for path in disk.place.iterdir() if path.name not in (sidecar.LOCK, "other")]


def _waiting() -> Entries:
    entries = Entries()
    entries.add([TakeRequest("a", "calm piano", 30.0, 7)])
    return entries

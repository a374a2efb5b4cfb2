"""Disks that get full on the way, real ones: what arrived is kept or goes, and the user is told what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from musicapp.errors import ModelStoreError
from musicapp.store import download, importing, known, sources
from tests.small_disk import Disk, mounted
from tests.store.conftest import model_files
from tests.store.hub_server import TOKEN, Hub

MODEL = known.find("stable-audio-open-small")
WEIGHTS = "model.safetensors"
ROOM_BYTES = download.SPARE_BYTES + (16 << 20)
PAGE_BYTES = 4096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """With room for a tiny model and what has to stay free."""
    (tmp_path / "disk").mkdir()
    with mounted(tmp_path / "disk", size_bytes=ROOM_BYTES) as made:
        yield made


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A tiny model on another disk."""
    place = tmp_path / "mine"
    for name, data in model_files().items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    return place


def test_a_download_goes_on_from_what_fitted_when_there_is_room_again(hub: Hub, disk: Disk) -> None:
    models, data = disk.place / "models", hub.repositories[MODEL.repository].files[WEIGHTS]
    run = download.fetch(MODEL, models, token=TOKEN)
    with pytest.raises(ModelStoreError, match="is full") as caught:
        for progress in run:
            if progress.phase == "fetching":
                disk.fill(spare_bytes=10 * PAGE_BYTES)
                break
        list(run)
    assert "Make room" in caught.value.hint and "kept" in caught.value.hint and str(models) in caught.value.message
    (part,) = (models / sources.UNFINISHED / MODEL.key).glob("*.part")
    arrived = part.read_bytes()
    assert part.name == WEIGHTS + ".part" and PAGE_BYTES < len(arrived) < len(data) and data.startswith(arrived)

    with pytest.raises(ModelStoreError, match="are free in") as caught:  # said before a byte is asked for
        list(download.fetch(MODEL, models, token=TOKEN))
    assert "Make room" in caught.value.hint and part.read_bytes() == arrived

    disk.resize(ROOM_BYTES)
    list(download.fetch(MODEL, models, token=TOKEN))
    assert (models / MODEL.key / WEIGHTS).read_bytes() == data
    assert [body.start for body in hub.bodies(WEIGHTS)] == [0, len(arrived)]


def test_a_disk_of_a_few_mebibytes_is_refused_before_the_first_byte(hub: Hub, disk: Disk) -> None:
    disk.resize(4 << 20)
    with pytest.raises(ModelStoreError, match="are free in") as caught:
        list(download.fetch(MODEL, disk.place / "models", token=TOKEN))
    assert "Make room" in caught.value.hint and not hub.bodies(WEIGHTS)


def test_an_import_leaves_nothing_on_a_full_disk_and_works_with_room(source: Path, disk: Disk) -> None:
    models = disk.place / "models"
    run = importing.run(importing.plan(source, models), models)
    with pytest.raises(ModelStoreError, match="got full") as caught:
        next(iter(run))
        disk.fill(spare_bytes=10 * PAGE_BYTES)
        list(run)
    assert "Make room" in caught.value.hint and str(models) in caught.value.message
    assert [path.suffix for path in models.rglob("*") if path.is_file()] in ([], [".lock"])
    with pytest.raises(ModelStoreError, match="are free in"):
        list(importing.run(importing.plan(source, models), models))
    disk.resize(ROOM_BYTES)
    list(importing.run(importing.plan(source, models), models))
    assert (models / "mine" / WEIGHTS).read_bytes() == model_files()[WEIGHTS]


def test_a_write_protected_disk_is_said(hub: Hub, source: Path, disk: Disk) -> None:
    models = disk.place / "models"
    models.mkdir()
    job = importing.plan(source, models)
    disk.write_protect()
    with pytest.raises(ModelStoreError, match="could not be copied") as caught:
        list(importing.run(job, models))
    assert "permissions" in caught.value.hint
    with pytest.raises(ModelStoreError, match="Nothing can be written") as caught:
        list(download.fetch(MODEL, models, token=TOKEN))
    assert "another models folder" in caught.value.hint

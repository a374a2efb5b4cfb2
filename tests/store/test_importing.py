"""Models that the user has already: folders and files, taken in whole or refused in words."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from musicapp.description import catalogue
from musicapp.errors import CheckpointError, ModelStoreError
from musicapp.store import importing, shelf
from tests.store.conftest import description, model_files

WEIGHTS = "model.safetensors"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model's folder somewhere on the user's disk, with things beside it that are none of the app's business."""
    place = tmp_path / "Down loads" / "my model"
    for name, data in {**model_files(), "notes.txt": b"", "run.py": b"raise SystemExit", "x.ckpt": b"\x80"}.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (place / "pictures").mkdir()
    (place / "pictures" / "cat.json").write_text("{}")
    return place


def add(source: Path, models: Path, **more: str) -> Path:
    job = importing.plan(source, models, **more)
    steps = list(importing.run(job, models))
    assert steps[-1].done_bytes == steps[-1].total_bytes == job.size_bytes
    return models / job.key


def contents(models: Path) -> list[Path]:
    return [path for path in models.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_a_folder_is_taken_in_without_what_is_no_part_of_a_model(folder: Path, models: Path) -> None:
    here = add(folder, models)
    assert here.name == "my-model"
    assert {p.relative_to(here).as_posix() for p in here.rglob("*") if p.is_file()} == {*model_files(), "notes.txt"}
    assert "my-model" in [entry.key for entry in catalogue.list_models()]
    item = shelf.find("my-model")
    assert item is not None and item.state == shelf.HERE and item.needs == "" and not item.problem


def test_a_single_file_needs_its_description_beside_it(folder: Path, models: Path) -> None:
    (folder / WEIGHTS).rename(folder / "sweet pads v2.safetensors")
    here = add(folder / "sweet pads v2.safetensors", models)
    assert here.name == "sweet-pads-v2" and sorted(p.name for p in here.iterdir()) == [WEIGHTS, "model_config.json"]
    (folder / "model_config.json").unlink()
    with pytest.raises(CheckpointError, match="the weights alone") as caught:
        importing.plan(folder / "sweet pads v2.safetensors", models)
    assert "model_config.json" in caught.value.hint


def test_the_hubs_own_cache_is_understood(folder: Path, models: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "hub" / "models--somebody--their-model" / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    blobs = snapshot.parents[1] / "blobs"
    blobs.mkdir()
    for number, name in enumerate(("model_config.json", WEIGHTS)):
        (folder / name).rename(blobs / str(number))
        (snapshot / name).symlink_to(Path("../../blobs") / str(number))
    here = add(snapshot, models)
    assert here.name == "their-model" and not (here / WEIGHTS).is_symlink()
    assert (here / WEIGHTS).read_bytes() == model_files()[WEIGHTS]


def test_a_text_encoder_gets_the_name_that_models_look_for(models: Path, tmp_path: Path) -> None:
    place = tmp_path / "encoder"
    place.mkdir()
    (place / "config.json").write_text(json.dumps({"model_type": "t5", "d_model": 768, "num_layers": 12}))
    (place / WEIGHTS).write_bytes(model_files()[f"t5/{WEIGHTS}"])
    assert add(place, models).name == "t5-base"
    assert shelf.missing_encoder("stable-audio-open-small") is None


def test_names_are_not_taken_twice(folder: Path, models: Path) -> None:
    add(folder, models, key="one")
    for key in ("one", "builtin"):
        with pytest.raises(ModelStoreError, match=f"called “{key}” already"):
            importing.plan(folder, models, key=key)
    with pytest.raises(ModelStoreError, match="in the models folder already"):
        importing.plan(models / "one", models, key="two")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("model_config.json", b"{", "model_config.json"),
        ("model_config.json", description(model_type="lm"), "lm"),
        ("model_config.json", description(surprise=1), "surprise"),
        (WEIGHTS, model_files()[WEIGHTS][:-10], "damaged or incomplete"),
        (WEIGHTS, b"", "damaged or incomplete"),
        (WEIGHTS, b"\xff" * 4000, "damaged or incomplete"),
        (f"t5/{WEIGHTS}", b"PK\x03\x04" * 20, "damaged or incomplete"),
    ],
)
def test_a_broken_folder_is_refused_and_leaves_nothing(
    folder: Path, models: Path, name: str, data: bytes, sentence: str
) -> None:
    (folder / name).write_bytes(data)
    with pytest.raises(CheckpointError, match=sentence) as caught:
        add(folder, models)
    assert caught.value.hint
    assert not models.exists() or contents(models) == []


def test_what_is_no_model_is_refused(folder: Path, models: Path, tmp_path: Path) -> None:
    (folder / WEIGHTS).unlink()
    with pytest.raises(CheckpointError, match=r"x\.ckpt is a kind of file that can run programs"):
        add(folder, models)
    cases = {
        folder / "x.ckpt": (CheckpointError, "can run programs"),
        folder / "notes.txt": (CheckpointError, "no file with a model's weights"),
        folder / "pictures": (CheckpointError, "neither a model nor a text encoder"),
        tmp_path / "nowhere": (ModelStoreError, "nothing at"),
    }
    for source, (kind, sentence) in cases.items():
        with pytest.raises(kind, match=sentence):
            importing.plan(source, models)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="This system has no named pipes.")
def test_a_pipe_in_the_folder_is_not_waited_for(folder: Path, models: Path) -> None:
    (folder / WEIGHTS).unlink()
    os.mkfifo(folder / WEIGHTS)
    with pytest.raises(CheckpointError):
        add(folder, models)


@pytest.mark.parametrize("path", ["~nobody-here/x", "\0", "x" * 5000])
def test_what_cannot_be_a_path_is_said(models: Path, path: str) -> None:
    with pytest.raises(ModelStoreError, match=r"no path|nothing at|cannot be read"):
        importing.plan(Path(path), models)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="No folder is closed to root, nor to users of Windows by its mode.",
)
def test_a_closed_folder_is_said(folder: Path, models: Path) -> None:
    folder.chmod(0)
    with pytest.raises(ModelStoreError, match="cannot be read"):
        importing.plan(folder, models)
    folder.chmod(0o700)


def test_giving_up_leaves_nothing(folder: Path, models: Path) -> None:
    run = importing.run(importing.plan(folder, models), models)
    next(iter(run))
    run.close()  # type: ignore[attr-defined]
    assert contents(models) == []


def test_a_copy_that_is_not_whole_is_refused(folder: Path, models: Path) -> None:
    """What was looked at may change while it is copied: what counts is what arrived."""
    job = importing.plan(folder, models)
    (folder / WEIGHTS).write_bytes(b"\xff" * 4000)
    with pytest.raises(CheckpointError, match="damaged or incomplete"):
        list(importing.run(job, models))
    assert contents(models) == []


def test_no_room_is_said_before_copying(folder: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "SPARE_BYTES", 1 << 60)
    with pytest.raises(ModelStoreError, match="are free in"):
        add(folder, models)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file.")
def test_what_the_disk_does_not_take_leaves_nothing_behind(folder: Path, models: Path) -> None:
    import resource

    job, before = importing.plan(folder, models), resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(path.stat().st_size for path in job.files.values())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest - 1, before[1]))
    try:
        with pytest.raises(ModelStoreError, match="could not be copied") as caught:
            list(importing.run(job, models))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.hint and not contents(models) and folder.is_dir()
    add(folder, models)  # with room it goes through

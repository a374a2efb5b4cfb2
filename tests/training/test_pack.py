"""A checkpoint in pieces comes back bit for bit, and nothing damaged comes back at all."""

from __future__ import annotations

import json
import os

import pytest

from musicapp.__main__ import main
from musicapp.errors import CheckpointError
from musicapp.training import pack


@pytest.fixture
def packed(tmp_path):
    file = tmp_path / "checkpoint.pt"
    file.write_bytes(os.urandom(2500))
    assert pack.pack(file, tmp_path / "pieces", piece_bytes=1000) == 3
    return file, tmp_path / "pieces"


def test_what_was_packed_is_unpacked(packed, tmp_path):
    file, folder = packed
    assert all(path.stat().st_size <= 1000 for path in folder.glob("piece-*"))
    assert pack.unpack(folder, tmp_path / "new").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("harm", ["missing", "shorter", "other", "swapped"])
def test_damage_is_named_and_leaves_the_old_file(packed, tmp_path, harm):
    file, folder = packed
    before, piece = file.read_bytes(), folder / "piece-0001"
    if harm == "missing":
        piece.unlink()
    elif harm == "swapped":
        names = (folder / pack.LIST_NAME).read_text()
        values = json.loads(names)
        values["pieces"].reverse()
        (folder / pack.LIST_NAME).write_text(json.dumps(values))
    else:
        piece.write_bytes(piece.read_bytes()[:-1] if harm == "shorter" else bytes(1000))
    with pytest.raises(CheckpointError, match="pieces" if harm == "swapped" else "piece-0001"):
        pack.unpack(folder, tmp_path)
    assert file.read_bytes() == before and not list(tmp_path.glob("*.new"))


@pytest.mark.parametrize("name", ["../out", "/tmp/out", "", ".hidden"])
def test_a_list_cannot_write_elsewhere(packed, tmp_path, name):
    _, folder = packed
    path = folder / pack.LIST_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": name}))
    with pytest.raises(CheckpointError, match="damaged"):
        pack.unpack(folder, tmp_path / "new")


def test_both_work_from_the_command_line(packed, tmp_path, monkeypatch):
    file, _ = packed
    for words in (["pack", str(file), str(tmp_path / "p")], ["unpack", str(tmp_path / "p"), str(tmp_path / "back")]):
        monkeypatch.setattr("sys.argv", ["musicapp", "train", *words])
        assert main() == 0
    assert (tmp_path / "back" / "checkpoint.pt").read_bytes() == file.read_bytes()

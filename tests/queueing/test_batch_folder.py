"""What a batch knows to be done, and that a kill between two writes costs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from musicapp.errors import ExportError, RequestError
from musicapp.queueing import batch_folder
from musicapp.queueing.batch_folder import RECORD, BatchFolder


def made(folder: Path, text: str) -> Path:
    file = folder / f".{text}"
    file.write_text(text)
    return file


def test_what_was_kept_is_known_by_its_checksum(tmp_path: Path) -> None:
    with BatchFolder(tmp_path) as folder:
        one = folder.keep(made(tmp_path, "one"), "k1", "take", ".wav", 3)
        two = folder.keep(made(tmp_path, "two"), "k2", "take", ".wav", 4)
        assert (one.file, two.file) == ("take.wav", "take (2).wav")
        assert (tmp_path / "take.wav").read_text() == "one" and folder.done() == {"k1": one, "k2": two}
        (tmp_path / "take.wav").write_text("changed")
        assert folder.done() == {"k2": two}
        again = folder.keep(made(tmp_path, "one"), "k1", "take", ".wav", 3)
        assert again.file == "take (3).wav" and (tmp_path / "take.wav").read_text() == "changed"
    assert BatchFolder(tmp_path).done() == {"k1": again, "k2": two}


@pytest.mark.parametrize(
    "torn", [b'{"version": 1, "key": "', b"\x00\xff\n", b"[]\n", b'{"key": 3, "file": "../a"}\n', b"\n\n"]
)
def test_a_damaged_record_costs_nothing_that_is_made(tmp_path: Path, torn: bytes) -> None:
    with BatchFolder(tmp_path) as folder:
        one = folder.keep(made(tmp_path, "one"), "k1", "one", ".wav", 3)
        with (tmp_path / RECORD).open("ab") as record:
            record.write(torn)
        two = folder.keep(made(tmp_path, "two"), "k2", "two", ".wav", 3)
        assert folder.done() == {"k1": one, "k2": two}


def test_a_kill_between_record_and_name_makes_it_again_under_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def kill(*_: object) -> None:
        raise KilledError

    with BatchFolder(tmp_path) as folder:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", kill)
            with pytest.raises(KilledError):
                folder.keep(made(tmp_path, "one"), "k1", "one", ".wav", 3)
        assert folder.done() == {}
        done = folder.keep(made(tmp_path, "one"), "k1", "one", ".wav", 3)
        assert done.file == "one.wav" and folder.done() == {"k1": done}


def test_folders_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="Nothing can be written"), BatchFolder(tmp_path / "file"):
        pass
    with (
        BatchFolder(tmp_path / "out"),
        pytest.raises(RequestError, match="Another batch"),
        BatchFolder(tmp_path / "out"),
    ):
        pass
    assert batch_folder.checksum(tmp_path / "nothing") == ""

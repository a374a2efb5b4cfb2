"""The record beside a model: read back as written, and never trusted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicapp.store import sources
from musicapp.store.hub import RemoteFile

SOURCE = sources.Source("a/b", "0" * 40, "MIT", (RemoteFile("model.safetensors", 12, "f" * 64),))
NAMES = st.sampled_from(["repository", "commit", "licence", "files", "name", "size_bytes", "checksum"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=7),
    max_leaves=12,
)


def test_a_record_comes_back_as_written(tmp_path: Path) -> None:
    sources.write(tmp_path, "b", SOURCE)
    assert sources.read(tmp_path) == SOURCE


@given(VALUES)
def test_any_json_is_a_record_or_none(tmp_path_factory: pytest.TempPathFactory, values: object) -> None:
    folder = tmp_path_factory.getbasetemp() / "records"
    folder.mkdir(exist_ok=True)
    (folder / sources.RECORD).write_text(json.dumps(values))
    found = sources.read(folder)
    assert found is None or all(file.size_bytes >= 0 for file in found.files)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b" " * (2 << 20)])
def test_damaged_records_are_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / sources.RECORD).write_bytes(data)
    assert sources.read(tmp_path) is None

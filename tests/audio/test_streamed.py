"""FLAC and CAF files that were written to a stream, and do not say how long they are."""

from __future__ import annotations

import io
import os
import struct
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.analysis import measures
from musicapp.audio import source_file, streamed, wave_io
from musicapp.audio.passage import Passage, PassageReader
from musicapp.audio.sound_paths import openable
from musicapp.errors import LibraryError
from musicapp.handover import material
from musicapp.training import recordings
from tests.audio.wave_files import RATE, SOUND

LONG = np.tile(SOUND, (7, 1))  # odd in length, more than a packet


def encoded(name: str, subtype: str = "PCM_16") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, LONG, RATE, format=name, subtype=subtype)
    return file.getvalue()


def streamed_flac(subtype: str = "PCM_16") -> bytes:
    content = bytearray(encoded("FLAC", subtype))
    total = int.from_bytes(content[18:26], "big")
    assert total & (1 << 36) - 1 == len(LONG)
    content[18:26] = (total & ~((1 << 36) - 1)).to_bytes(8, "big")
    return bytes(content)


def streamed_caf() -> bytes:
    content = encoded("CAF")
    place = content.index(b"data") + 4
    return content[:place] + struct.pack(">q", -1) + content[place + 8 :]


KINDS = [(streamed_flac(), "flac"), (streamed_flac("PCM_24"), "flac"), (streamed_caf(), "caf")]


@pytest.mark.parametrize(("content", "suffix"), KINDS)
def test_all_of_it_is_read_and_its_length_is_known(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(content)
    sound = source_file.read(path, sample_rate=RATE, channels=2).audio
    np.testing.assert_allclose(sound, LONG, atol=1 / 2**15)
    assert source_file.duration_s(path) == len(LONG) / RATE
    assert measures.measure(path).frames == len(LONG) == material.of_file(path).frames
    assert len(recordings.read(path)) == len(recordings.read(content)) == len(LONG)


@pytest.mark.parametrize(("content", "suffix"), KINDS)
def test_it_is_read_from_anywhere(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(content)
    with ExitStack() as stack:
        reader = PassageReader(path, RATE, Passage(start=20_000, end=25_001), stack)
        part = np.concatenate(list(reader.blocks(RATE)))
    np.testing.assert_allclose(part, LONG[20_000:25_001], atol=1 / 2**15)


@pytest.mark.parametrize("name", ["FLAC", "CAF", "WAV"])
def test_files_that_say_their_length_stay_as_they_are(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(encoded(name))
    assert openable(path) == path
    assert streamed.with_length(path.read_bytes()) is None


@pytest.mark.parametrize("name", ["FLAC", "CAF"])
def test_the_start_of_a_file_shows_that_it_says_its_length(name: str) -> None:
    content = encoded(name)
    assert streamed.can_stay(io.BytesIO(content[:5000])) and streamed.can_stay(io.BytesIO(content))
    assert not streamed.can_stay(io.BytesIO(b"caff\0\1\0\0free" + (1 << 20).to_bytes(8, "big") + bytes(1 << 20)))
    for lacking, _ in KINDS:
        assert not streamed.can_stay(io.BytesIO(lacking))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders.")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.flac")
    with pytest.raises(OSError, match="no ordinary file"):
        openable(tmp_path / "a.flac")
    for use in (source_file.duration_s, measures.measure, material.of_file, wave_io.read):
        with pytest.raises(LibraryError, match=r"a\.flac"):
            use(tmp_path / "a.flac")


@pytest.mark.parametrize("content", [streamed_flac(), streamed_caf()])
def test_what_is_cut_anywhere_costs_no_more_than_its_end(content: bytes) -> None:
    for length in (*range(60), 100, 3000, len(content) // 2, len(content) - 1):
        found = streamed.with_length(content[:length])
        assert found is None or len(found) == length
    half = streamed.with_length(content[: len(content) // 2])
    assert half is not None
    with soundfile.SoundFile(io.BytesIO(half)) as file:
        assert 0.2 * len(LONG) < file.frames < 0.8 * len(LONG)


def test_heads_without_end_are_not_searched_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    content = streamed_flac()
    head = content[content.index(b"\xff\xf8", 42) :][:7]
    checksum = streamed._checksum
    calls: list[int] = []

    def counted(data: bytes) -> int:
        calls.append(len(data))
        return checksum(data)

    monkeypatch.setattr(streamed, "_checksum", counted)
    assert streamed._block_at(head + bytes(9), 0) is not None
    for filling in (head * 100_000, (head[:6] + b"\0") * 100_000):
        calls.clear()
        streamed.with_length(content[:42] + filling)
        assert 100 < len(calls) <= streamed.MOST_HEADS

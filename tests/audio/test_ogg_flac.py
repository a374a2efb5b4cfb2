"""FLAC in Ogg, which libsndfile does not open, is read like any other file; other Ogg files stay as they are."""

from __future__ import annotations

import io
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.analysis import measures
from musicapp.audio import ogg, ogg_flac, source_file, wave_io
from musicapp.audio.passage import Passage, PassageReader
from musicapp.audio.sound_paths import openable
from musicapp.errors import LibraryError
from musicapp.handover import material
from musicapp.training import recordings
from tests.audio.wave_files import RATE, SOUND

LONG = np.tile(SOUND, (7, 1))


def native(subtype: str = "PCM_16") -> bytes:
    content = io.BytesIO()
    with soundfile.SoundFile(content, "w", RATE, 2, subtype, format="FLAC") as file:
        file.title = "Täst"
        file.write(LONG)
    return content.getvalue()


def wrapped(content: bytes, *, says_last: bool = True, frames: bool = True) -> bytes:
    """A FLAC file in pages of an Ogg stream, its metadata in packets of their own."""
    if not frames:  # of which the lower 36 bits of eight bytes tell
        content = content[:21] + bytes([content[21] & 0xF0]) + bytes(4) + content[26:]
    packets, place = [], 4
    while content[place] != 0xFF:
        size = 4 + int.from_bytes(content[place + 1 : place + 4], "big")
        packets.append(bytes([content[place] & 0x7F]) + content[place + 1 : place + size])
        place += size
    if says_last:
        packets[-1] = bytes([packets[-1][0] | 0x80]) + packets[-1][1:]
    packets[0] = b"\x7fFLAC\x01\x00" + (len(packets) - 1).to_bytes(2, "big") + b"fLaC" + packets[0]
    bodies = [*packets, *(content[at : at + 255 * 17] for at in range(place, len(content), 255 * 17))]
    pages = []
    for number, body in enumerate(bodies):
        lacing = b"\xff" * (len(body) // 255) + (bytes([len(body) % 255]) if len(body) % 255 or number < 2 else b"")
        flags = ogg.FIRST if number == 0 else ogg.LAST if number == len(bodies) - 1 else 0
        pages.append(ogg.Page(flags, 0, lacing, body).encoded(7, number))
    return b"".join(pages)


FILES = {
    "16 bit": wrapped(native()),
    "24 bit": wrapped(native("PCM_24")),
    "metadata without an end": wrapped(native(), says_last=False),
    "of no length": wrapped(native(), frames=False),
}


@pytest.mark.parametrize("kind", FILES)
def test_all_of_it_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.oga"
    path.write_bytes(FILES[kind])
    sound = source_file.read(path, sample_rate=RATE, channels=2).audio
    np.testing.assert_allclose(sound, LONG, atol=1 / 2**15)
    assert measures.measure(path).frames == len(LONG) == material.of_file(path).frames
    assert wave_io.read_tags(path)["title"] == "Täst"
    assert len(recordings.read(path)) == len(recordings.read(FILES[kind])) == len(LONG)
    with ExitStack() as stack:
        part = np.concatenate(list(PassageReader(path, RATE, Passage(start=20_000, end=25_001), stack).blocks(RATE)))
    np.testing.assert_allclose(part, LONG[20_000:25_001], atol=1 / 2**15)


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg, which writes the file, is not installed.")
@pytest.mark.parametrize("codec", ["s16", "s32"])
def test_what_ffmpeg_writes_is_read(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "a.oga"
    soundfile.write(tmp_path / "a.wav", LONG, RATE, subtype="PCM_24")
    command = ["ffmpeg", "-v", "error", "-i", str(tmp_path / "a.wav"), "-c:a", "flac", "-sample_fmt", codec, str(path)]
    subprocess.run(command, check=True)
    sound = source_file.read(path, sample_rate=RATE, channels=2).audio
    np.testing.assert_allclose(sound, LONG, atol=2 / 2**15)


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_other_ogg_files_stay(tmp_path: Path, subtype: str) -> None:
    path = tmp_path / "a.ogg"
    soundfile.write(path, LONG[:48_000], 48_000, format="OGG", subtype=subtype)
    assert openable(path) == path
    assert ogg_flac.with_length(path.read_bytes()) is None


def test_what_is_damaged_or_has_two_streams_is_refused_in_a_sentence(tmp_path: Path) -> None:
    good, path = FILES["16 bit"], tmp_path / "a.oga"
    only_heads = good[: good.index(b"OggS", 30)]
    for number, content in enumerate((good[:-5], good + good, only_heads, good[:40], good[:27])):
        path.write_bytes(content)
        assert ogg_flac.with_length(content) is None, number
        with pytest.raises(LibraryError, match="cannot be read"):
            source_file.read(path, sample_rate=RATE, channels=2)

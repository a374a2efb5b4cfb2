"""WAV files byte by byte: the same bytes every time, and a crash leaves something to find."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from musicapp.audio import riff
from musicapp.audio.riff import WaveWriter, close_gap, read_layout
from musicapp.audio.wave_io import GrowingReader, read, read_tags

TAGS = {"title": "Ein Stück – ピアノ 🎹", "software": "Musicapp", "comment": '{"prompt": "x"}' + " " * 9000}


def noise(frames: int, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(5).uniform(-1, 1, (frames, channels)).astype(np.float32)


def write(path: Path, audio: np.ndarray, *, total: int | None = None, **options: object) -> None:
    frames = len(audio) if total is None else total
    with WaveWriter(path, 44100, audio.shape[1], frames, **options) as wave:  # type: ignore[arg-type]
        for first in range(0, len(audio), 1000):
            wave.write(audio[first : first + 1000])


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [0, 1, 4321])
def test_float_samples_and_tags_come_back(tmp_path: Path, frames: int, channels: int) -> None:
    path, audio = tmp_path / "a.wav", noise(frames, channels)
    write(path, audio, tags=TAGS)
    back, rate = read(path)
    np.testing.assert_array_equal(back, audio)
    assert rate == 44100 and read_tags(path) == TAGS
    layout = read_layout(path)
    assert layout is not None and layout.is_complete and layout.frames == frames


def test_the_same_audio_gives_the_same_bytes_at_another_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.wav", noise(3000), tags=TAGS)
    monkeypatch.setattr("time.time", lambda: 1.0)
    write(tmp_path / "b.wav", noise(3000), tags=TAGS)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_another_program_reads_short_tags_too(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write(path, noise(10), tags={"title": "Stück", "comment": "{}", "artist": "someone", "date": "2026"})
    with soundfile.SoundFile(path) as file:
        assert (file.title, file.comment, file.artist, file.date) == ("Stück", "{}", "someone", "2026")


def test_a_file_can_be_read_while_it_grows(tmp_path: Path) -> None:
    path, audio = tmp_path / "a.wav", noise(5000)
    reader = GrowingReader(path, 2)
    assert reader.read(0, 10).shape == (0, 2)
    with WaveWriter(path, 44100, 2, 5000, tags=TAGS) as wave:
        wave.write(audio[:2000])
        wave.flush()
        np.testing.assert_array_equal(reader.read(500, 1000), audio[500:1500])
        np.testing.assert_array_equal(reader.read(1900, 1000), audio[1900:2000])
        assert reader.read(2000, 5).shape == (0, 2)
        wave.write(audio[2000:])
    np.testing.assert_array_equal(reader.read(0, 9999), audio)
    path.unlink()
    assert reader.read(0, 10).shape == (0, 2)


def test_a_growing_file_of_libsndfile_can_be_read_as_well(tmp_path: Path) -> None:
    path, audio = tmp_path / "a.wav", noise(3000)
    with soundfile.SoundFile(path, "w", 44100, 2, "FLOAT") as file:
        file.write(audio)
        file.flush()
        np.testing.assert_array_equal(GrowingReader(path, 2).read(100, 2900), audio[100:])
        layout = read_layout(path)
        assert layout is not None and layout.frames == 3000 and not layout.is_complete


@pytest.mark.parametrize("cut", [0, 1, 8 * 700, 8 * 700 + 3])
def test_a_file_cut_short_is_recognised_readable_and_can_be_mended(tmp_path: Path, cut: int) -> None:
    path, audio = tmp_path / "a.wav", noise(3000)
    write(path, audio, tags=TAGS)
    whole = read_layout(path)
    assert whole is not None
    os.truncate(path, whole.data_start + cut)
    layout = read_layout(path)
    assert layout is not None and not layout.is_complete and layout.declared_frames == 3000
    assert layout.frames == cut // 8 and layout.tags == TAGS
    mended = close_gap(path)
    assert mended is not None and mended.is_complete
    np.testing.assert_array_equal(read(path)[0], audio[: cut // 8])
    assert read_tags(path) == TAGS


def test_a_header_cut_short_is_no_wav_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write(path, noise(10), tags=TAGS)
    header = path.read_bytes()[:9000]
    for length in (0, 3, 11, 12, 19, 30, 60, 500, 9000):
        path.write_bytes(header[:length])
        assert read_layout(path) is None


@given(st.binary(max_size=300))
def test_foreign_bytes_never_break_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "foreign.wav"
    for start in (b"", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0", b"RIFF\0\0\0\0WAVELIST\x20\0\0\0INFO"):
        path.write_bytes(start + content)
        layout = read_layout(path)
        assert layout is None or layout.frames >= 0


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
@pytest.mark.parametrize("form", ["WAV", "WAVEX"])
def test_files_of_other_programs_are_understood(tmp_path: Path, subtype: str, form: str) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, noise(777), 48000, subtype, format=form)
    layout = read_layout(path)
    assert layout is not None and layout.frames == 777 and layout.sample_rate == 48000 and layout.is_complete
    assert layout.code == (riff.FLOAT if subtype == "FLOAT" else riff.PCM)


def test_the_writer_refuses_what_the_header_did_not_promise(tmp_path: Path) -> None:
    with WaveWriter(tmp_path / "a.wav", 44100, 2, 100) as wave:
        with pytest.raises(ValueError, match="more than the promised 100"):
            wave.write(noise(101))
        with pytest.raises(ValueError, match="a block of"):
            wave.write(noise(10, 1))
    with pytest.raises(ValueError, match="more than a WAV file can hold"):
        WaveWriter(tmp_path / "b.wav", 44100, 2, 2**29)
    assert not (tmp_path / "b.wav").exists()

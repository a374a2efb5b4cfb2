"""WAV files as other programs write them: every format of numbers, chunks in any order, and what is none."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.audio import tags, wave_io
from musicapp.audio.riff import WaveWriter, close_gap, read_layout
from musicapp.audio.wave_layout import NotReadableError, layout_of
from musicapp.errors import LibraryError
from tests.audio import wave_files
from tests.audio.wave_files import FRAMES, NOT_READABLE, RATE, READABLE, SOUND, STREAMED
from tests.effort import reading_at_most


def made(folder: Path, name: str) -> Path:
    makers = {**READABLE, **STREAMED, **{key: maker for key, (maker, _) in NOT_READABLE.items()}}
    path = folder / f"{name}.wav"
    path.write_bytes(makers[name](wave_files.base(folder)))
    return path


@pytest.mark.parametrize("name", [*READABLE, *STREAMED])
def test_sound_and_settings_come_back_from_every_form(tmp_path: Path, name: str) -> None:
    path = made(tmp_path, name)
    layout = layout_of(path)
    found = tags.recalled(layout.tags, "take")
    assert found is not None and found.request == wave_files.REQUEST
    assert (layout.frames, layout.channels, layout.sample_rate) == (FRAMES, 2, RATE)
    assert layout.is_complete == (name in READABLE)
    heard = wave_io.GrowingReader(path, 2).read(0, FRAMES + 1000)
    step = 2.0 ** (1 - layout.bits) if layout.code == 1 else 0.0
    np.testing.assert_allclose(heard, SOUND, atol=2 * step, rtol=1e-6)
    assert wave_io.peak(path, layout) == pytest.approx(0.5, abs=2 * step)


@pytest.mark.parametrize("name", [name for name in READABLE if name != "not_padded"])
def test_another_program_reads_the_same_samples(tmp_path: Path, name: str) -> None:
    path = made(tmp_path, name)
    if name == "bw64":  # not known to libsndfile
        path.write_bytes(b"RF64" + path.read_bytes()[4:])
    theirs, _ = soundfile.read(path, dtype="float32", always_2d=True)
    np.testing.assert_array_equal(wave_io.GrowingReader(path, 2).read(0, FRAMES), theirs)


@pytest.mark.parametrize("form", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("container", ["WAV", "WAVEX", "RF64"])
def test_what_libsndfile_writes_is_read_bit_for_bit(tmp_path: Path, form: str, container: str) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, SOUND, RATE, subtype=form, format=container)
    theirs, _ = soundfile.read(path, dtype="float32", always_2d=True)
    np.testing.assert_array_equal(wave_io.GrowingReader(path, 2).read(0, FRAMES), theirs)


@pytest.mark.parametrize("name", NOT_READABLE)
def test_what_cannot_be_read_is_said_in_words(tmp_path: Path, name: str) -> None:
    path = made(tmp_path, name)
    with pytest.raises(NotReadableError, match=NOT_READABLE[name][1]):
        layout_of(path)
    assert read_layout(path) is None
    with pytest.raises(LibraryError) as caught:
        wave_io.GrowingReader(path, 2).read(0, 10)
    assert path.name in caught.value.message and caught.value.hint


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300, -1e38])
@pytest.mark.parametrize("bits", [32, 64])
def test_what_is_no_sound_is_never_played(tmp_path: Path, value: float, bits: int) -> None:
    sound = SOUND.astype(np.float64)
    sound[5] = value
    with np.errstate(over="ignore"):
        data = sound.astype(f"<f{bits // 8}").tobytes()
    content = wave_files.riff_of([(b"fmt ", wave_files.form(3, bits)), (b"data", data)])
    (tmp_path / "a.wav").write_bytes(content)
    heard = wave_io.GrowingReader(tmp_path / "a.wav", 2).read(0, FRAMES)
    assert np.isfinite(heard).all() and np.abs(heard).max() <= 1000
    np.testing.assert_array_equal(heard[6:], SOUND[6:])


def test_a_file_that_changed_its_channels_says_so(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", SOUND[:, :1], RATE)
    with pytest.raises(LibraryError, match="1 channels, not 2"):
        wave_io.GrowingReader(tmp_path / "a.wav", 2).read(0, 10)


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_a_mended_file_says_one_length_everywhere(tmp_path: Path, bits: int) -> None:
    path = tmp_path / "a.wav"
    sound = SOUND if bits == 32 else np.rint(SOUND * 2 ** (bits - 1) * 0.9).astype(np.int32)
    with WaveWriter(path, RATE, 2, 44100, bits=bits, tags=wave_files.TAGS) as wave:
        wave.write(sound)
    layout = close_gap(path)
    assert layout is not None and layout.is_complete and layout.frames == FRAMES
    parts = dict(wave_files.chunks_of(path))
    if bits == 32:
        assert int.from_bytes(parts[b"fact"], "little") == FRAMES
    assert len(parts[b"data"]) == FRAMES * 2 * bits // 8
    assert soundfile.info(path).frames == FRAMES


def test_a_long_file_cut_short_is_mended_too(tmp_path: Path) -> None:
    path = made(tmp_path, "rf64")
    os.truncate(path, path.stat().st_size - 1001 * 8 - 3)
    layout = close_gap(path)
    assert layout is not None and layout.is_complete and layout.frames == FRAMES - 1002
    assert soundfile.info(path).frames == layout.frames


def test_mending_what_is_whole_changes_nothing(tmp_path: Path) -> None:
    path = made(tmp_path, "list_behind_data")
    before = path.read_bytes()
    close_gap(path)
    assert path.read_bytes() == before


def test_a_long_file_of_nothing_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF\0\0\0\0WAVE")
    os.truncate(path, 1 << 30)
    with reading_at_most(1 << 20):
        assert read_layout(path) is None


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("This system has no named pipes.")
    os.mkfifo(tmp_path / "a.wav")
    with pytest.raises(OSError, match="no ordinary file"):
        layout_of(tmp_path / "a.wav")


@pytest.mark.parametrize("length", [12, 20, 28, 35, 36, 40, 44, 60])
def test_a_long_file_cut_anywhere_in_its_header_is_no_trouble(tmp_path: Path, length: int) -> None:
    path = made(tmp_path, "rf64")
    os.truncate(path, length)
    assert read_layout(path) is None

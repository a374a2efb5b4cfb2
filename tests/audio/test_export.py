"""Every export format is read back; whatever goes wrong, the file that was there before stays."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import soxr

from musicapp.audio import encoders, levels
from musicapp.audio.export import explain_write_error
from musicapp.audio.formats import Finish
from musicapp.audio.tags import SOFTWARE, recalled, request_tags
from musicapp.audio.wave_io import EXPORT_FORMATS, WaveWriter, export, read, read_tags
from musicapp.errors import ExportError
from musicapp.request import Recalled, TakeRequest

RATE = 44100
EXACT = {"wav16": 1.6 / 2**15, "wav24": 0.51 / 2**23, "wav32f": 0.0, "flac": 0.51 / 2**23}
LOSSY = {"ogg": 0.02, "opus": 0.08, "mp3": 0.02}  # error to signal of the chords below
REQUEST = TakeRequest("abc", "Klavier, 90 bpm, ピアノ 🎹 – „leise“", 30.0, 4812, negative_prompt="Gesang")
TAGS = request_tags(REQUEST)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty one."""
    path = tmp_path / "exports"
    path.mkdir()
    return path


def music(seconds: float = 3.0, channels: int = 2, level: float = 0.4) -> np.ndarray:
    """Chords with a beat: what lossy coders are made for."""
    t = np.arange(round(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * f * t) / 3 for f in (220.0, 277.2, 329.6)) * (0.6 + 0.4 * np.cos(2 * np.pi * 2 * t))
    other = np.sin(2 * np.pi * 440 * t) * 0.5
    return (np.stack([tone, other], axis=1)[:, :channels] * level).astype(np.float32)


def share_of_error(audio: np.ndarray, expected: np.ndarray) -> float:
    return float((levels.rms(audio - expected) / levels.rms(expected)).max())


def written(folder: Path, name: str, audio: np.ndarray, **options: object) -> tuple[Path, np.ndarray, int]:
    path = folder / f"x{EXPORT_FORMATS[name].suffix}"
    result = export(audio, path, sample_rate=RATE, format=name, tags=TAGS, **options)  # type: ignore[arg-type]
    back, rate = read(path)
    assert result.path == path and result.frames == len(back) and not result.cancelled
    return path, back, rate


@pytest.mark.parametrize("name", EXPORT_FORMATS)
@pytest.mark.parametrize("channels", [1, 2])
def test_length_sound_and_settings_come_back(folder: Path, name: str, channels: int) -> None:
    audio = music(channels=channels)
    path, back, rate = written(folder, name, audio)
    expected = audio if rate == RATE else soxr.resample(audio, RATE, rate, quality="VHQ")
    assert back.shape == expected.shape
    assert rate == (48000 if name == "opus" else RATE)
    if name in EXACT:
        assert np.abs(back - expected).max() <= EXACT[name]
    else:
        early, right, late = (share_of_error(np.roll(back, shift, axis=0), expected) for shift in (-1, 0, 1))
        assert right < min(early, late, LOSSY[name])  # not shifted by a single frame
    tags = read_tags(path)
    assert recalled(tags, "abc") == Recalled(REQUEST, {})
    assert tags["title"] == TAGS["title"] and tags["software"].startswith(SOFTWARE)
    assert sorted(folder.iterdir()) == [path]


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_other_programs_find_title_and_settings(folder: Path, name: str) -> None:
    path, _, _ = written(folder, name, music(0.5))
    with soundfile.SoundFile(path) as file:
        assert file.title == TAGS["title"] and json.loads(file.comment) == json.loads(TAGS["comment"])
        assert "Musicapp" in file.software


@pytest.mark.parametrize("name", EXPORT_FORMATS)
@pytest.mark.parametrize("letters", ["a", "ü", "ピ", "🎹"])
def test_the_longest_prompts_survive_whole(folder: Path, name: str, letters: str) -> None:
    request = TakeRequest("abc", letters * 2000, 30, 1, negative_prompt=letters * 2000)
    path = folder / "x"
    export(music(0.2), path, sample_rate=RATE, format=name, tags=request_tags(request))
    assert recalled(read_tags(path), "abc") == Recalled(request, {})


@pytest.mark.parametrize("name", EXPORT_FORMATS)
@pytest.mark.parametrize("frames", [1, 100, 65536, 65537])
def test_short_takes_and_block_borders_keep_their_length(folder: Path, name: str, frames: int) -> None:
    audio = music(2.0)[:frames]
    _, back, rate = written(folder, name, audio)
    assert abs(len(back) - frames * rate / RATE) <= 1
    if name in EXACT:
        assert np.abs(back - audio).max() <= EXACT[name]


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_the_same_take_gives_the_same_sound_from_a_file(folder: Path, name: str) -> None:
    audio, take = music(), folder / "take.wav"
    with WaveWriter(take, RATE, 2, len(audio)) as wave:
        wave.write(audio)
    _, from_memory, _ = written(folder, name, audio)
    export(take, folder / "y", sample_rate=RATE, format=name, tags={})
    np.testing.assert_array_equal(read(folder / "y")[0], from_memory)


@pytest.mark.parametrize("name", ["wav24", "flac"])
def test_what_is_read_of_24_bit_is_written_back_bit_for_bit_however_often(folder: Path, name: str) -> None:
    steps = np.random.default_rng(2).integers(-(2**23), 2**23, (5000, 2))
    steps[:4] = [[-(2**23), 2**23 - 1], [-1, 1], [0, -2], [-(2**23) + 1, 2**23 - 2]]
    path = folder / "given.wav"
    soundfile.write(path, (steps << 8).astype(np.int32), RATE, subtype="PCM_24")
    for number in range(3):
        target = folder / f"{number}{EXPORT_FORMATS[name].suffix}"
        export(path, target, sample_rate=RATE, format=name, tags=TAGS)
        path = target
    np.testing.assert_array_equal(soundfile.read(path, dtype="int32")[0] >> 8, steps)


def test_dither_keeps_what_is_quieter_than_one_step_and_is_the_same_every_time(folder: Path) -> None:
    step = 1 / 2**15
    quiet = (0.4 * step * np.sin(2 * np.pi * 441 * np.arange(RATE) / RATE)).astype(np.float32)[:, None]
    path, back, _ = written(folder, "wav16", quiet)
    again = folder / "again.wav"
    export(quiet, again, sample_rate=RATE, format="wav16", tags=TAGS)
    assert path.read_bytes() == again.read_bytes()
    assert float(back[:, 0] @ quiet[:, 0]) == pytest.approx(float(quiet[:, 0] @ quiet[:, 0]), rel=0.15)
    error = (back - quiet)[:, 0] / step
    assert error.std() == pytest.approx(0.5, abs=0.02)  # triangular dither: a quarter of a step squared, steady
    assert abs(error.mean()) < 0.01


@pytest.mark.parametrize("name", [name for name in EXPORT_FORMATS if name != "wav32f"])
def test_peaks_over_full_scale_lower_the_whole_file_by_one_gain(folder: Path, name: str) -> None:
    audio = music(level=1.0)
    audio *= 1.5 / np.abs(audio).max()
    path = folder / "x"
    result = export(audio, path, sample_rate=RATE, format=name, tags={})
    back, rate = read(path)
    gain = levels.from_db(result.gain_db)
    if name in EXACT:
        assert result.gain_db == pytest.approx(-3.52, abs=0.01)
        assert np.abs(back - audio * np.float32(gain)).max() <= EXACT[name] * 1.01
        assert np.abs(back).max() < 1.0
    else:
        assert -6 < result.gain_db < -4.5  # a dB more of room, and what the coder adds
        expected = (soxr.resample(audio, RATE, rate) if rate != RATE else audio) * gain
        assert share_of_error(back, expected) < LOSSY[name]


def test_float_wav_keeps_peaks_over_full_scale(folder: Path) -> None:
    audio = music() * 5
    result = export(audio, folder / "x.wav", sample_rate=RATE, format="wav32f", tags={})
    assert result.gain_db == 0.0
    np.testing.assert_array_equal(read(folder / "x.wav")[0], audio)


def test_full_scale_itself_needs_no_gain(folder: Path) -> None:
    audio = np.array([[1.0, -1.0], [-1.0, 1.0], [0.0, 0.5]], np.float32)
    for name in ("wav16", "wav24", "flac"):
        assert export(audio, folder / "x", sample_rate=RATE, format=name, tags={}).gain_db == 0.0
        assert np.abs(read(folder / "x")[0] - audio).max() <= {"wav16": 2 / 2**15}.get(name, 1 / 2**23)


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_progress_only_grows_and_ends_at_one(folder: Path, name: str) -> None:
    seen: list[float] = []
    export(music(5.0), folder / "x", sample_rate=RATE, format=name, tags={}, on_progress=seen.append)
    assert seen == sorted(seen) and seen[0] >= 0 and seen[-1] == 1.0 and len(seen) > 4


@pytest.mark.parametrize("name", EXPORT_FORMATS)
@pytest.mark.parametrize("after", [0, 2, 5, 7])
def test_a_cancelled_export_leaves_the_old_file_and_nothing_else(folder: Path, name: str, after: int) -> None:
    path, asked = folder / "x", 0
    path.write_bytes(b"old")

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > after

    result = export(music(5.0), path, sample_rate=RATE, format=name, tags={}, should_stop=should_stop)
    assert result.cancelled and path.read_bytes() == b"old" and list(folder.iterdir()) == [path]


def refusal(audio: np.ndarray | Path, path: Path, name: str = "flac", **options: bool) -> ExportError:
    with pytest.raises(ExportError) as caught:
        export(audio, path, sample_rate=RATE, format=name, tags={}, **options)
    assert caught.value.message.endswith(".") and caught.value.hint.endswith(".")
    return caught.value


@contextmanager
def files_at_most(size_bytes: int) -> Iterator[None]:
    """Writing past the limit fails, as on a full disk (with another number)."""
    import resource

    old_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    old_handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, old_limit[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old_limit)
        signal.signal(signal.SIGXFSZ, old_handler)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file.")
@pytest.mark.parametrize("size_bytes", [10, 30_000])
@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_a_disk_that_takes_no_more_leaves_the_old_file(folder: Path, name: str, size_bytes: int) -> None:
    path = folder / "x"
    path.write_bytes(b"old")
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (RATE * 3, 2)).astype(np.float32)
    with files_at_most(size_bytes):
        refusal(noise, path, name)
    assert path.read_bytes() == b"old" and list(folder.iterdir()) == [path]


def test_each_obstacle_has_its_sentence(folder: Path) -> None:
    audio = music(0.1)
    assert "does not exist" in refusal(audio, folder / "no" / "x.flac").message
    (folder / "inner").mkdir()
    assert "is a folder" in refusal(audio, folder / "inner").message
    (folder / "old.flac").write_bytes(b"old")
    assert "exists already" in refusal(audio, folder / "old.flac", overwrite=False).message
    assert (folder / "old.flac").read_bytes() == b"old"
    assert "too long" in refusal(audio, folder / ("x" * 300)).message
    assert "is gone" in refusal(folder / "take.wav", folder / "x.flac").message
    (folder / "take.wav").write_bytes(b"not music")
    assert "cannot be read" in refusal(folder / "take.wav", folder / "x.flac").message
    audio[17] = np.nan
    assert "not numbers" in refusal(audio, folder / "x.flac").message
    assert not (folder / "x.flac").exists()


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="This system has no /proc, in which nobody may write.")
def test_a_folder_without_permission_has_its_sentence() -> None:
    error = refusal(music(0.1), Path("/proc/self/x.flac"))
    assert "/proc/self" in error.message or "could not be written" in error.message


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "is full"), (errno.EACCES, "may not be written"), (errno.EROFS, "may not be written")],
)
def test_errors_of_the_system_are_put_in_words(folder: Path, number: int, words: str) -> None:
    error = explain_write_error(OSError(number, os.strerror(number)), folder / "x.flac")
    assert words in error.message and error.hint and os.strerror(number) in error.detail


def test_a_take_too_long_for_wav_is_refused_with_a_way_out(folder: Path) -> None:
    form = EXPORT_FORMATS["wav32f"]
    with (
        pytest.raises(ValueError, match="WAV") as caught,
        encoders.open_encoder(folder / "x", form, sample_rate=RATE, channels=2, frames=2**29, tags={}),
    ):
        pass
    assert "FLAC" in explain_write_error(caught.value, folder / "x").hint


def test_a_long_vorbis_file_does_not_crash_the_encoder(folder: Path) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (RATE * 3, 2)).astype(np.float32)
    _, back, _ = written(folder, "ogg", np.concatenate([noise] * 10))
    assert len(back) == RATE * 30


def test_a_rate_that_a_format_does_not_know_becomes_48_khz(folder: Path) -> None:
    for name, form in EXPORT_FORMATS.items():
        export(music(0.5), folder / "x", sample_rate=96000, format=name, tags={})
        assert read(folder / "x")[1] == (48000 if form.sample_rates else 96000)


def test_a_format_with_fewer_channels_says_so_and_which_hold_them(folder: Path) -> None:
    surround = np.tile(music(0.5), 3)
    export(surround, folder / "x.flac", sample_rate=RATE, format="flac", tags={})
    assert soundfile.info(folder / "x.flac").channels == 6
    (folder / "x.flac").unlink()
    error = refusal(surround, folder / "x.mp3", "mp3")
    assert error.message == "MP3, 320 kbit/s holds at most 2 channels; this sound has 6."
    assert "FLAC" in error.hint and "OGG" in error.hint and "MP3" not in error.hint
    hint = refusal(np.tile(music(0.5, 1), 9), folder / "x.flac").hint
    assert "WAV" in hint and "FLAC" not in hint and not (folder / "x.flac").exists()


def test_a_folder_that_cannot_even_be_looked_for_is_told(folder: Path) -> None:
    """The system answers with an error where it otherwise says that nothing is there."""
    error = refusal(music(0.1), folder / ("a" * 300) / "x.flac")
    assert error.message == "The file name is too long." and error.hint


def test_a_disk_that_says_nothing_of_itself_is_not_called_full(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = OSError(errno.EIO, os.strerror(errno.EIO))
    monkeypatch.setattr("musicapp.paths.shutil.disk_usage", lambda _: SimpleNamespace(total=0, free=0))
    assert "is full" not in explain_write_error(error, folder / "x.flac").message
    monkeypatch.setattr("musicapp.paths.shutil.disk_usage", lambda _: SimpleNamespace(total=1 << 40, free=0))
    assert "is full" in explain_write_error(error, folder / "x.flac").message


def test_a_rate_beyond_those_of_a_format_is_converted(folder: Path) -> None:
    path = folder / "x.flac"
    export(
        np.random.default_rng(0).standard_normal((192_000, 2)).astype(np.float32) / 10,
        path,
        sample_rate=768_000,
        format="flac",
        tags={},
    )
    found = soundfile.info(path)
    assert found.samplerate == 48_000 and found.frames == 12_000
    assert [EXPORT_FORMATS["ogg"].sample_rate_for(rate) for rate in (192_000, 200_000, 384_000)] == [
        192_000,
        200_000,
        48_000,
    ]


def test_more_channels_than_a_format_holds_are_refused_with_those_that_hold_them(folder: Path) -> None:
    error = refusal(np.zeros((100, 9), np.float32), folder / "x.flac", "flac")
    assert "holds at most 8 channels" in error.message and "WAV" in error.hint and "Vorbis" in error.hint
    assert EXPORT_FORMATS["ogg"].most_channels == EXPORT_FORMATS["opus"].most_channels == 255


@pytest.mark.parametrize("name", ["wav24", "flac", "ogg", "opus", "mp3"])
def test_a_part_that_no_frame_is_left_of_is_told(folder: Path, name: str) -> None:
    with pytest.raises(ExportError, match="nothing is left at 8,000 Hz"):
        export(music(0.1)[:1], folder / "x", sample_rate=RATE, format=name, tags={}, finish=Finish(sample_rate=8000))
    assert list(folder.iterdir()) == []

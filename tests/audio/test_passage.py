"""Parts of sounds, their edges, and the loudness of files: exact frames, one gain, nothing clamped."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.audio import levels
from musicapp.audio.formats import EXPORT_FORMATS, Finish
from musicapp.audio.loudness import loudness_lufs
from musicapp.audio.passage import Passage
from musicapp.audio.true_peak import true_peak
from musicapp.audio.wave_io import ExportResult, export, read
from musicapp.errors import ExportError

RATE = 44100
LOSSLESS = [name for name, form in EXPORT_FORMATS.items() if not form.is_lossy]


def music(seconds: float = 4.0, crest: float = 1.0) -> np.ndarray:
    """Struck chords over a quiet hiss; the higher the crest, the harder the attacks."""
    time = np.arange(round(seconds * RATE)) / RATE
    struck = np.exp(-6 * crest * (time % 0.5))
    tone = sum(np.sin(2 * np.pi * hz * time) for hz in (110.0, 220.5, 331.7)) * struck / 4
    hiss = 0.002 * np.random.default_rng(7).standard_normal(len(time))
    return np.stack([tone + hiss, 0.7 * tone - hiss], axis=1).astype(np.float32)


def written(
    path: Path, audio: np.ndarray | Path, form: str = "wav32f", **options: object
) -> tuple[np.ndarray, int, ExportResult]:
    result = export(audio, path, sample_rate=RATE, format=form, tags={}, **options)  # type: ignore[arg-type]
    found, rate = read(path)
    assert len(found) == result.frames
    return found, rate, result


@pytest.mark.parametrize(("start", "end"), [(0, 1), (1, 2), (1000, 70_001), (100_000, None), (0, 10**9)])
@pytest.mark.parametrize("is_file", [False, True])
def test_a_part_is_exactly_these_frames(tmp_path: Path, start: int, end: int | None, is_file: bool) -> None:
    audio = music()
    soundfile.write(tmp_path / "source.wav", audio, RATE, subtype="FLOAT")
    source = tmp_path / "source.wav" if is_file else audio
    found, _, result = written(tmp_path / "x.wav", source, passage=Passage(start, end))
    np.testing.assert_array_equal(found, audio[start:end])
    assert (result.start, result.end) == (start, min(end or len(audio), len(audio)))


@pytest.mark.parametrize("suffix", ["mp3", "ogg", "flac"])
def test_a_part_of_a_compressed_file_is_the_part_of_what_it_decodes_to(tmp_path: Path, suffix: str) -> None:
    source = tmp_path / f"source.{suffix}"
    soundfile.write(source, music(), RATE)
    whole, _ = read(source)
    found, _, _ = written(tmp_path / "x.wav", source, passage=Passage(50_001, 120_000))
    np.testing.assert_array_equal(found, whole[50_001:120_000])


@pytest.mark.parametrize("passage", [Passage(10**7), Passage(500, 500), Passage(500, 20), Passage(-5, 20)])
def test_no_part_is_refused_in_words(tmp_path: Path, passage: Passage) -> None:
    with pytest.raises(ExportError, match="nothing to export") as caught:
        written(tmp_path / "x.wav", music(), passage=passage)
    assert caught.value.hint and not list(tmp_path.glob("x*"))


def test_fades_begin_and_end_in_silence_and_leave_the_middle_alone(tmp_path: Path) -> None:
    audio = np.ones((2 * RATE, 2), np.float32) * 0.5
    found, _, _ = written(tmp_path / "x.wav", audio, passage=Passage(fade_in_s=0.5, fade_out_s=1.0))
    assert found[0].max() < 1e-6 and found[-1].max() < 1e-6
    np.testing.assert_array_equal(found[RATE // 2 : RATE], audio[RATE // 2 : RATE])
    assert (np.diff(found[: RATE // 2, 0]) >= 0).all() and (np.diff(found[RATE:, 0]) <= 0).all()
    assert found[RATE // 4, 0] == pytest.approx(0.25, abs=1e-3)
    with pytest.raises(ExportError, match="do not fit"):
        written(tmp_path / "y.wav", audio, passage=Passage(0, RATE, fade_in_s=0.5, fade_out_s=0.6))


@pytest.mark.parametrize("edge", [10_000, 33_333, 80_001])
def test_edges_move_to_where_the_sound_rises_through_zero(tmp_path: Path, edge: int) -> None:
    audio = music()
    found, _, result = written(tmp_path / "x.wav", audio, passage=Passage(edge, edge + 44_000, at_zero_crossings=True))
    for place, wanted in ((result.start, edge), (result.end, edge + 44_000)):
        middle = audio.mean(axis=1)
        assert abs(place - wanted) <= 0.01 * RATE and middle[place - 1] < 0 <= middle[place]
    np.testing.assert_array_equal(found, audio[result.start : result.end])


@pytest.mark.parametrize("audio", [np.full((RATE, 2), 0.3), np.zeros((RATE, 1))], ids=["offset", "silence"])
def test_what_crosses_no_zero_is_cut_all_the_same(tmp_path: Path, audio: np.ndarray) -> None:
    passage = Passage(1000, 2000, at_zero_crossings=True)
    _, _, result = written(tmp_path / "x.wav", audio.astype(np.float32), passage=passage)
    assert abs(result.start - 1000) <= 441 and abs(result.end - 2000) <= 441 and result.frames > 0


@pytest.mark.parametrize("form", EXPORT_FORMATS)
@pytest.mark.parametrize("target", [-14.0, -30.0])
def test_the_loudness_is_reached(tmp_path: Path, form: str, target: float) -> None:
    path = tmp_path / f"x{EXPORT_FORMATS[form].suffix}"
    found, rate, result = written(path, music(), form, finish=Finish(loudness_lufs=target))
    assert loudness_lufs(found, rate) == pytest.approx(target - result.held_back_db, abs=0.1)
    assert levels.to_db(true_peak(found)) <= -0.95
    assert result.held_back_db == 0 or levels.to_db(true_peak(found)) > -2.5


@pytest.mark.parametrize("form", ["wav16", "wav24", "wav32f", "mp3"])
@pytest.mark.parametrize("ceiling", [-1.0, -3.0, 0.0])
def test_the_ceiling_holds_and_what_it_costs_is_told(tmp_path: Path, form: str, ceiling: float) -> None:
    audio, path = music(crest=5.0), tmp_path / f"x{EXPORT_FORMATS[form].suffix}"
    found, rate, result = written(path, audio, form, finish=Finish(None, -6.0, ceiling))
    assert result.held_back_db > 3
    assert levels.to_db(true_peak(found)) <= ceiling + 0.05
    assert loudness_lufs(found, rate) == pytest.approx(-6.0 - result.held_back_db, abs=0.1)
    if form != "mp3":  # one gain for all: the shape of every peak is as it was
        gain = levels.from_db(result.gain_db)
        assert np.abs(found - audio * gain).max() < 4 / 2**15


@pytest.mark.parametrize("form", LOSSLESS)
@pytest.mark.parametrize("rate", [48000, 22050])
def test_every_rate_has_its_frames_and_no_sample_is_clamped(tmp_path: Path, form: str, rate: int) -> None:
    time = np.arange(RATE) / RATE
    square = 0.999 * np.sign(np.sin(2 * np.pi * 441.3 * time))  # overshoots at any other rate
    audio = np.stack([square, square], axis=1).astype(np.float32)
    path = tmp_path / f"x{EXPORT_FORMATS[form].suffix}"
    found, written_rate, result = written(path, audio, form, finish=Finish(rate))
    assert (written_rate, result.frames) == (rate, rate)
    if rate != RATE and form != "wav32f":
        assert result.gain_db < -0.3 and np.abs(found).max() < 1 and (np.abs(found) > 0.9999).sum() < 10


@pytest.mark.parametrize(("form", "rate"), [("opus", 44100), ("mp3", 96000), ("wav24", 100), ("flac", 10**6)])
def test_rates_that_do_not_exist_are_refused(tmp_path: Path, form: str, rate: int) -> None:
    with pytest.raises(ExportError) as caught:
        written(tmp_path / "x.bin", music(0.5), form, finish=Finish(rate))
    assert "Hz" in caught.value.hint and not list(tmp_path.glob("x*"))


def test_silence_has_no_loudness_to_reach(tmp_path: Path) -> None:
    _, _, result = written(tmp_path / "x.wav", np.zeros((RATE, 2), np.float32), finish=Finish(loudness_lufs=-14.0))
    assert result.gain_db == result.held_back_db == 0


def test_sixteen_bits_are_dithered_the_same_way_every_time(tmp_path: Path) -> None:
    quiet = music() * levels.from_db(-90)
    first, second = tmp_path / "a.wav", tmp_path / "b.wav"
    found, _, _ = written(first, quiet, "wav16")
    written(second, quiet, "wav16")
    assert first.read_bytes() == second.read_bytes()
    error = found - quiet  # of triangular dither: three times the noise of rounding, whatever the music
    assert math.sqrt(np.mean(np.square(error))) * 2**15 == pytest.approx(0.5, abs=0.02)
    assert abs(np.corrcoef(error[:, 0], quiet[:, 0])[0, 1]) < 0.01

"""Sounds to start from: what comes in, at whatever rate and in however many channels, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from musicapp.audio import source_file
from musicapp.errors import LibraryError, MusicAppError, RequestError
from tests.test_request import refusal

RATE = 44100


def tone(seconds: float, rate: int, channels: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (0.1 * rng.standard_normal((round(seconds * rate), channels))).astype(np.float32)


def write(path: Path, audio: np.ndarray, rate: int, subtype: str = "FLOAT") -> Path:
    soundfile.write(path, audio, rate, subtype=subtype)
    return path


def read(path: Path, channels: int = 2, **more: object) -> source_file.SourceSound:
    return source_file.read(path, sample_rate=RATE, channels=channels, **more)  # type: ignore[arg-type]


def test_a_file_of_the_models_own_kind_is_taken_bit_for_bit(tmp_path: Path) -> None:
    audio = tone(3.2, RATE, 2)
    sound = read(write(tmp_path / "a.wav", audio, RATE))
    np.testing.assert_array_equal(sound.audio, audio)


@pytest.mark.parametrize("rate", [8000, 22050, 48000, 96000])
def test_other_rates_are_resampled_as_soxr_does_it_to_the_frame(tmp_path: Path, rate: int) -> None:
    audio = tone(2.5, rate, 2)
    sound = read(write(tmp_path / "a.wav", audio, rate)).audio
    assert len(sound) == round(2.5 * RATE)
    expected = soxr.resample(audio, rate, RATE, quality="VHQ")
    count = min(len(expected), len(sound))
    assert count >= len(sound) - 1
    np.testing.assert_allclose(sound[:count], expected[:count], atol=1e-5)


def test_mono_is_in_both_channels_and_stereo_in_one_as_its_mean(tmp_path: Path) -> None:
    mono, stereo = tone(1, RATE, 1), tone(1, RATE, 2)
    np.testing.assert_array_equal(read(write(tmp_path / "m.wav", mono, RATE)).audio, np.repeat(mono, 2, axis=1))
    in_one = read(write(tmp_path / "s.wav", stereo, RATE), channels=1).audio
    np.testing.assert_allclose(in_one, stereo.mean(axis=1, keepdims=True), atol=1e-7)


@pytest.mark.parametrize(("channel", "left", "right"), [(0, 1, 0), (1, 0, 1), (2, 0.7071, 0.7071), (3, 0, 0)])
@pytest.mark.parametrize("channels", [6, 8])
def test_surround_is_mixed_to_stereo(tmp_path: Path, channels: int, channel: int, left: float, right: float) -> None:
    audio = np.zeros((RATE, channels), np.float32)
    audio[:, 4] = 0.01  # so that it is not silent when the bass channel alone sounds
    audio[:, channel] += 0.5
    mixed = read(write(tmp_path / "a.wav", audio, RATE)).audio
    np.testing.assert_allclose(mixed[0], [0.5 * left + 0.00707, 0.5 * right], atol=1e-4)


@pytest.mark.parametrize("channels", [3, 4, 5, 7, 9, 16])
def test_any_number_of_channels_becomes_two(tmp_path: Path, channels: int) -> None:
    mixed = read(write(tmp_path / "a.wav", tone(1, RATE, channels), RATE)).audio
    assert mixed.shape == (RATE, 2) and 0.02 < np.abs(mixed).mean(axis=0).min() < 0.5


def test_a_source_is_known_by_its_samples_whatever_its_name_and_format(tmp_path: Path) -> None:
    audio = np.round(tone(1, RATE, 2) * 32767) / 32768
    wav, flac = write(tmp_path / "a.wav", audio, RATE, "PCM_16"), write(tmp_path / "b.flac", audio, RATE, "PCM_16")
    checksum = read(wav).sha256
    assert read(flac, sha256=checksum, at_most_s=0.7).sha256 == checksum
    assert len(read(flac, at_most_s=0.7).audio) == round(0.7 * RATE)
    write(wav, -audio, RATE, "PCM_16")
    with pytest.raises(RequestError, match=r"“a\.wav” is not the sound any more"):
        read(wav, sha256=checksum)


def refused(path: Path) -> MusicAppError:
    with pytest.raises(MusicAppError) as caught:
        read(path)
    assert refusal(caught.value)
    with pytest.raises(MusicAppError) if "silent" not in str(caught.value) else pytest.raises(ZeroDivisionError):
        source_file.duration_s(path)
        raise ZeroDivisionError
    return caught.value


def test_what_is_no_source_gets_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(refused(tmp_path / "gone.wav"), LibraryError)
    (tmp_path / "text.wav").write_text("no sound at all")
    assert "cannot be read" in refused(tmp_path / "text.wav").message
    assert "is a folder" in refused(tmp_path).message
    assert "too long" in refused(tmp_path / ("a" * 300)).message
    assert "too short" in refused(write(tmp_path / "short.wav", tone(0.1, RATE, 2), RATE)).message
    assert "too short" in refused(write(tmp_path / "none.wav", tone(0, RATE, 2), RATE)).message
    assert "silent" in refused(write(tmp_path / "silent.wav", np.zeros((RATE, 2)), RATE)).message
    long = write(tmp_path / "long.flac", np.zeros((4 * 3600 * 100, 1)), 100, "PCM_16")  # 4 hours
    assert "lasts 240:00; a source may last 30:00" in refused(long).message


def test_samples_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    audio = tone(1, RATE, 2)
    audio[RATE // 2, 1] = np.nan
    with pytest.raises(RequestError, match="no numbers"):
        read(write(tmp_path / "a.wav", audio, RATE))


def test_a_file_cut_short_is_as_long_as_its_samples(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tone(2, RATE, 2), RATE)
    path.write_bytes(path.read_bytes()[: RATE * 8 + 100])
    assert abs(len(read(path).audio) - RATE) < 20

"""MP3 files that do not say how long they are: none of their music is lost."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.analysis import measures
from musicapp.audio import mpeg, source_file
from musicapp.audio.sound_paths import openable
from musicapp.training import recordings

RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
DELAY = 1105 + 1152  # of encoder and decoder at most, and the start of a frame


def growing(rate: int, channels: int) -> np.ndarray:
    """Two seconds of noise, nearly silent at first, `(frames, channels)`; odd in length."""
    sound = 0.2 * np.random.default_rng(7).standard_normal((2 * rate + 77, channels))
    sound[:rate] *= 1e-3
    return sound.astype(np.float32)


def encoded(rate: int, channels: int = 2) -> bytes:
    """In a variable bit rate, with its length."""
    file = io.BytesIO()
    soundfile.write(file, growing(rate, channels), rate, format="MP3")
    return file.getvalue()


def without_length(content: bytes) -> bytes:
    first = mpeg._frame_at(content, 0)
    assert first is not None and b"Xing" in content[: first.size]
    return content[first.size :]


def decoded(content: bytes | None) -> np.ndarray:
    assert content is not None
    with soundfile.SoundFile(io.BytesIO(content)) as file:
        sound: np.ndarray = file.read(dtype="float32", always_2d=True)
        assert len(sound) == file.frames
    return sound


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", RATES)
def test_all_of_a_file_without_a_length_is_read(rate: int, channels: int) -> None:
    whole = encoded(rate, channels)
    sound = decoded(mpeg.with_length(without_length(whole)))
    assert 0 <= len(sound) - len(growing(rate, channels)) <= DELAY
    expected = decoded(whole)
    delay = len(sound) - len(expected)
    places = [place for place in range(delay + 1) if np.allclose(sound[place + 500 :][:500], expected[500:1000])]
    assert len(places) == 1, "the same music, later by the encoder's delay"
    end = sound[places[0] :][: len(expected)]
    np.testing.assert_allclose(end, expected, atol=1e-5)


def test_what_says_its_length_stays_as_it_is(tmp_path: Path) -> None:
    whole = encoded(44100)
    assert mpeg.with_length(whole) is None
    assert mpeg.with_length(b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + whole) is None
    assert mpeg.with_length(whole + b"TAG" + bytes(125)) is None
    assert mpeg.with_length(whole + b"APETAGEX" + bytes(len(whole))) is None, "a picture behind the music"
    (tmp_path / "a.mp3").write_bytes(whole)
    assert openable(tmp_path / "a.mp3") == tmp_path / "a.mp3"


def test_the_start_of_a_file_shows_that_it_says_its_length() -> None:
    whole, cover = encoded(44100), b"ID3\4\0\0\0\x06\0\0" + bytes(6 << 14)
    for before in (b"", cover, cover + b"ID3\4\0\0\0\0\x1f\x76" + bytes(31 * 128 + 118) + cover):
        assert mpeg.can_stay(io.BytesIO(before + whole))
        for lacking in (without_length(whole), whole + whole):
            assert not mpeg.can_stay(io.BytesIO(before + lacking)) and mpeg.with_length(before + lacking) is not None
    assert not mpeg.can_stay(io.BytesIO(b"ID3\4\0\0\0\0\0\0" * 1000 + whole)), "not looked past one by one for ever"


def test_files_put_one_behind_the_other_are_read_to_the_last(tmp_path: Path) -> None:
    whole = encoded(44100)
    tag = b"ID3\4\0\0\0\0\x01\x00" + bytes(128)
    for joined in (whole + whole, tag + whole + tag + whole + b"TAG" + bytes(125)):
        sound = decoded(mpeg.with_length(joined))
        assert 0 <= len(sound) - 2 * len(growing(44100, 2)) <= 2 * DELAY
        np.testing.assert_allclose(sound[: 2 * 44100], decoded(whole)[: 2 * 44100], atol=1e-5)  # no delay before it
        assert 0.1 < sound[-44100 // 2 :].std() < 0.3


@pytest.mark.parametrize("start", [b"", b"ID3\4\0\0\0\0\x01\x00" + bytes(128)])
def test_sources_measures_and_recordings_have_all_of_it(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(start + without_length(encoded(44100)))
    guess = soundfile.info(path).frames
    wanted = len(growing(44100, 2))
    assert guess < 0.7 * wanted, "the length is guessed, or this shows nothing"
    found = (
        len(source_file.read(path, sample_rate=44100, channels=2).audio),
        round(source_file.duration_s(path) * 44100),
        measures.measure(path).frames,
        len(recordings.read(path)),
        len(recordings.read(path.read_bytes())),
    )
    assert len(set(found)) == 1 and 0 <= found[0] - wanted <= DELAY


def test_what_is_no_mp3_file_and_what_is_cut_is_left_alone() -> None:
    whole = without_length(encoded(44100))
    rng = np.random.default_rng(3)
    for content in (b"", b"\xff", b"ID3", b"ID3\4\0\0", b"ID3\4\0\0\x7f\x7f\x7f\x7f", whole[:3], whole[:40]):
        assert mpeg.with_length(content) is None
    assert mpeg.with_length(rng.bytes(5000)) is None and mpeg.with_length(b"\xff" * 5000) is None
    cut = decoded(mpeg.with_length(whole[: len(whole) // 2]))
    assert 0.3 < len(cut) / len(growing(44100, 2)) < 0.9
    holed = decoded(mpeg.with_length(whole[:3000] + bytes(700) + whole[3000:]))
    assert len(holed) > 0.9 * len(growing(44100, 2))

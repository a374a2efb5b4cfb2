"""`musicapp analyse`: every kind of file, as JSON and as lines; what cannot be read costs no other file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.audio.tags import request_tags
from musicapp.audio.wave_io import export
from musicapp.cli.main import main
from musicapp.request import TakeRequest
from tests.analysis.test_listening import band

RATE = 44100


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> list[dict]:
    assert main(["analyse", "--json", *words]) == code
    found: list[dict] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "ogg", "aiff", "caf", "w64"])
def test_every_kind_of_file_is_measured(tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"music.{suffix}"
    soundfile.write(path, band(120, 9, minor=True), RATE)
    (found,) = told(capsys, str(path))
    assert found["tempo_bpm"] == pytest.approx(120, rel=0.02) and found["key"] == "A minor"
    assert found["length_s"] == pytest.approx(12, abs=0.001) and found["sample_rate"] == RATE
    assert -30 < found["loudness_lufs"] < found["momentary_max_lufs"] < 0
    assert found["peak_dbfs"] <= found["true_peak_dbtp"] + 0.01


@pytest.mark.parametrize("rate", [22050, 48000])
def test_other_rates_and_mono_are_heard_alike(tmp_path: Path, rate: int, capsys: pytest.CaptureFixture[str]) -> None:
    import soxr

    path = tmp_path / "music.wav"
    soundfile.write(path, soxr.resample(band(100, 3), RATE, rate)[:, 0], rate)
    (found,) = told(capsys, str(path))
    assert found["tempo_bpm"] == pytest.approx(100, rel=0.02) and found["key"] == "Eb major"


def test_what_was_asked_stands_beside_what_is_heard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "take.flac"
    request = TakeRequest("x", "calm piano, 96 bpm, in F major", 12.0, 1)
    export(band(96, 5), path, sample_rate=RATE, format="flac", tags=request_tags(request))
    (found,) = told(capsys, str(path))
    assert found["asked"] == "96 bpm, F major" and found["key"] == "F major"
    assert main(["analyse", str(path)]) == 0
    assert "96 bpm, F major (asked: 96 bpm, F major), -" in capsys.readouterr().out


@pytest.mark.parametrize("sound", ["silence", "short", "nothing", "no numbers"])
def test_what_cannot_be_heard_is_null(tmp_path: Path, sound: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.wav"
    audio = {
        "silence": np.zeros((3 * RATE, 2)),
        "short": band(120, 0)[: RATE // 5],
        "nothing": np.zeros((0, 1)),
        "no numbers": np.full((3 * RATE, 1), np.nan),
    }[sound]
    soundfile.write(path, audio, RATE, subtype="FLOAT")
    (found,) = told(capsys, str(path))
    assert found["tempo_bpm"] is found["key"] is found["short_term_max_lufs"] is None
    assert (found["loudness_lufs"] is None) == (sound != "short")
    assert main(["analyse", str(path)]) == 0


def test_a_bad_file_costs_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.wav", tmp_path / "bad.wav"
    soundfile.write(good, band(120, 0)[:RATE], RATE)
    bad.write_bytes(b"RIFF")
    words = [str(bad), str(tmp_path / "none.wav"), str(tmp_path), str(good)]
    found = told(capsys, *words, code=1)
    assert ["error" in each for each in found] == [True, True, True, False]
    assert main(["analyse", *words]) == 1
    printed = capsys.readouterr()
    assert len(printed.err.splitlines()) == 3 and printed.out.startswith(str(good))
    assert "cannot be read" in printed.err and "is gone" in printed.err and "is a folder" in printed.err

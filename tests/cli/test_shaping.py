"""`musicapp generate` from a sound, and loops: what is written, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from musicapp.audio import tags, wave_io
from musicapp.cli import generate
from musicapp.cli.main import build_parser, main
from musicapp.request import TakeRequest
from musicapp.shape import Loop
from tests.audio import foreign_readers
from tests.cli.conftest import RATE, write_hum


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return write_hum(tmp_path / "hum.wav")


def test_a_passage_is_made_anew_in_the_file_and_its_tag_says_from_what(
    model: str, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    target, longer = tmp_path / "out.wav", tmp_path / "longer.wav"
    words = ["generate", "piano", "--model", model, "--inpaint", str(sound), "--region", "0:00.5-1.25"]
    assert main([*words, "--seed", "3", "-o", str(target)]) == 0
    before, after = wave_io.read(sound)[0], wave_io.read(target)[0]
    inside = slice(RATE // 2, RATE * 5 // 4)
    assert (before != after)[inside].any()
    np.testing.assert_array_equal(np.delete(before, inside, axis=0), np.delete(after, inside, axis=0))
    assert str(sound.parent).encode() not in target.read_bytes()
    made = tags.recalled(wave_io.read_tags(target), "x")
    assert made is not None and made.request.source is not None and made.request.source.name == "hum.wav"
    # Without a prompt the take's own one holds.
    assert main(["generate", "--model", model, "--extend", str(target), "--by", "1.5", "-o", str(longer)]) == 0
    np.testing.assert_array_equal(wave_io.read(longer)[0][: 2 * RATE], after)
    extended = tags.recalled(wave_io.read_tags(longer), "x")
    assert extended is not None and (extended.request.prompt, extended.request.duration_s) == ("piano", 3.5)


def read(*words: str) -> generate.TakeRequest:
    return generate.read_request(build_parser().parse_args(["generate", *words]))


def test_options_become_a_request(sound: Path, model: str) -> None:
    where = ("--model", model)
    request = read("x", "--init-audio", str(sound), "--variation", "0,25", *where)
    assert request.duration_s == 2.0 and request.source is not None and request.source.variation == 0.25
    assert read("x", "--init-audio", str(sound), "--seconds", "1", *where).duration_s == 1.0
    request = read("x", "--init-audio", str(sound), "--part", "0:00.5-1.25", *where)
    assert request.duration_s == 0.75 and request.source is not None
    assert (request.source.from_s, request.source.to_s, request.source.variation) == (0.5, 1.25, 0.5)
    request = read("x", "--extend", str(sound), "--by", "0:30", "--before", *where)
    assert request.duration_s == 32.0 and request.source is not None and request.source.before_s == 30.0
    request = read("jazz waltz, 3/4, 180 bpm", "--extend", str(sound), "--by", "4 bars", *where)
    assert request.duration_s == 6.0 and request.source is not None and request.source.after_s == 4.0
    request = read("x", "--inpaint", str(sound), "--region", "0-0:01", "--region", "1.25–2", *where)
    assert request.source is not None and request.source.regions == ((0.0, 1.0), (1.25, 2.0))
    request = read("x", "--loop", "--bars", "2", "--bpm", "120", "--beats", "3", *where)
    assert request.loop == Loop(2, 120.0, 3.0) and request.duration_s == 3.0
    assert read("x", "--loop", "--seconds", "4", *where).loop == Loop()
    # Tempo and metre are the prompt's where the options name none.
    for words in (["--bars", "3"], ["--seconds", "3 bars"]):
        request = read("jazz waltz, 3/4, 180 bpm", "--loop", *words, *where)
        assert request.loop == Loop(3, 180.0, 3.0) and request.duration_s == 3.0
    request = read("jazz waltz, 3/4, 180 bpm", "--loop", "--bars", "1", "--bpm", "120", "--beats", "4", *where)
    assert request.loop == Loop(1, 120.0, 4.0) and request.duration_s == 2.0
    assert read("waltz, 90 bpm, 3/4", "--seconds", "2 bars", *where).duration_s == 4.0
    request = read("x", "--close-loop", str(sound), *where)
    assert request.source is not None and request.source.seam_s == 0.5 and request.source.path == str(sound)
    request = read("x", "--close-loop", str(sound), "--part", "0.5-0:01.5", *where)
    source = request.source
    assert source is not None and (source.from_s, source.to_s, source.seam_s) == (0.5, 1.5, 0.25)
    assert request.duration_s == 1.0


def test_bars_that_are_added_have_the_tempo_of_the_prompt_that_is_used(tmp_path: Path, model: str) -> None:
    take = tmp_path / "take.wav"
    told = tags.request_tags(TakeRequest("take", "waltz, 3/4, 180 bpm", 2.0, 7))
    wave_io.export(np.zeros((2 * RATE, 2), np.float32), take, sample_rate=RATE, format="wav32f", tags=told)
    for prompt, added_s in (([], 2.0), (["120 bpm"], 4.0), (["60 bpm"], 8.0)):
        request = read(*prompt, "--extend", str(take), "--by", "2 bars", "--model", model)
        assert request.source is not None and (request.source.after_s, request.duration_s) == (added_s, 2 + added_s)


@pytest.mark.parametrize(
    "words",
    [
        ["x", "--variation", "0.5"],
        ["x", "--region", "0-1"],
        ["x", "--by", "3"],
        ["x", "--before"],
        ["x", "--inpaint", "HUM"],
        ["x", "--inpaint", "HUM", "--region", "0-1", "--seconds", "3"],
        ["x", "--inpaint", "HUM", "--region", "soon"],
        ["x", "--inpaint", "HUM", "--region", "0-1", "--region", "0.5-2"],
        ["x", "--extend", "HUM"],
        ["x", "--part", "0-1"],
        ["x", "--close-loop", "HUM", "--part", "1-0.5"],
        ["x", "--close-loop", "HUM", "--part", "soon"],
        ["x", "--close-loop", "HUM", "--part", "0-0"],
        ["x", "--close-loop", "HUM", "--part", "0-0.3"],
        ["x", "--init-audio", "HUM", "--part", "0-0.3"],
        ["x", "--guidance-levels", "1"],
        ["x", "--init-audio", "HUM", "--part", "0-0"],
        ["x", "--init-audio", "HUM", "--part", "nan-1"],
        ["x", "--inpaint", "HUM", "--region", "0.5-inf"],
        ["x", "--extend", "HUM", "--by", "soon"],
        ["x", "--extend", "HUM", "--by", "2 bars"],
        ["90 bpm", "--extend", "HUM", "--by", "0 bars"],
        ["60 bpm", "--extend", "HUM", "--by", "9999 bars"],
        ["x", "--extend", "HUM", "--by", "1", "--init-audio", "HUM"],
        ["x", "--init-audio", "HUM", "--variation", "far"],
        ["x", "--init-audio", "HUM", "--variation", "2"],
        ["--init-audio", "HUM"],
        [],
        ["x", "--bars", "4"],
        ["no tempo", "--seconds", "4 bars"],
        ["60 bpm", "--seconds", "9999 bars"],
        ["x", "--loop", "--bars", "4"],
        ["x", "--loop", "--seconds", "4 bars"],
        ["x", "--loop", "--beats", "3"],
        ["x", "--loop", "--bars", "0", "--bpm", "120"],
        ["x", "--loop", "--bars", "nan", "--bpm", "120"],
        ["x", "--loop", "--bars", "inf", "--bpm", "120"],
        ["x", "--loop", "--bars", "4", "--bpm", "nan"],
        ["x", "--loop", "--bars", "-4", "--bpm", "120"],
        ["120 bpm", "--loop", "--seconds", "1.5 bars"],
        ["900 bpm", "--loop", "--bars", "4"],
        ["x", "--loop", "--bpm", "120"],
        ["x", "--loop", "--bars", "4", "--bpm", "0"],
        ["x", "--loop", "--bars", "1.5", "--bpm", "120"],
        ["x", "--loop", "--bars", "4", "--bpm", "120", "--seconds", "3"],
        ["x", "--loop", "--bars", "200", "--bpm", "30"],
        ["x", "--loop", "--bars", "4", "--bpm", "120", "--extend", "HUM", "--by", "2"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_made_is_refused_in_a_sentence(
    words: list[str], sound: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(sound) if word == "HUM" else word for word in words]
    assert main(["generate", *words, "--model", model]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("musicapp: ") and told[0].endswith(".") and len(told) == 2


def test_what_is_no_number_is_answered_by_one_that_fits(
    sound: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["generate", "x", "--init-audio", str(sound), "--variation", "50%", "--model", model]) == 2
    assert capsys.readouterr().err == "musicapp: The variation “50%” is not a number.\nFor example: 0.25\n"


@pytest.mark.parametrize(
    "way", [["--init-audio"], ["--close-loop"], ["--by", "3", "--extend"], ["--region", "0-1", "--inpaint"]]
)
def test_a_source_that_is_not_there_is_told(
    way: list[str], tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for prompt in (["x"], []):  # also where its prompt was to be taken
        assert main(["generate", *prompt, "--model", model, *way, str(tmp_path / "gone.wav")]) == 1
        assert "The source “gone.wav” is gone." in capsys.readouterr().err


def test_a_loop_is_written_as_one_for_samplers_and_daws(
    model: str, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    loop, closed = tmp_path / "loop.wav", tmp_path / "closed.wav"
    words = ["generate", "piano", "--model", model, "--seed", "3"]
    assert main([*words, "--loop", "--bars", "1", "--bpm", "120", "--beats", "3", "-o", str(loop)]) == 0
    assert foreign_readers.instrument(loop)["loops"] == [(0, 66150)]
    info = foreign_readers.loop_info(loop)
    assert (info["beats"], info["bpm"], info["metre"]) == (3, 120.0, (3, 4))
    # Exported once more it is still one, all of it; a part of it is not.
    again, part, lossy = tmp_path / "again.wav", tmp_path / "part.wav", tmp_path / "again.ogg"
    export = ["export", str(loop), "--preset", "original"]
    assert main([*export, "--subtype", "24", "-o", str(again)]) == 0
    assert foreign_readers.instrument(again)["loops"] == [(0, 66150)]
    assert main([*export, "--subtype", "24", "--part", "0-1", "-o", str(part)]) == 0
    assert b"smpl" not in part.read_bytes()[:4000]
    assert main(["generate", "piano", "--model", model, "--loop", "--seconds", "1", "-o", str(lossy)]) == 0
    words = [*words, "--close-loop", str(sound), "--subtype", "24", "-o", str(closed)]
    assert main(words) == 0 and foreign_readers.instrument(closed)["loops"] == [(0, 2 * RATE)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["x", "--loop", "--bars", "4", "--bpm", "1e6"], "1e+06 beats per minute"),
        (["x", "--close-loop", "HUM", "--part", "0-0.3"], "part “0-0.3” is too short"),
        (["x", "--guidance-levels", "1"], "two noise levels"),
    ],
)
def test_the_sentence_names_what_was_typed(
    words: list[str], said: str, sound: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = [str(sound) if word == "HUM" else word for word in words]
    assert main(["generate", *typed, "--model", model]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("way", [["--init-audio"], ["--inpaint", "--region", "0-1"], ["--extend", "--by", "1"]])
def test_a_sound_is_not_written_over_by_what_is_made_of_it(
    way: list[str], sound: Path, model: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sound.read_bytes()
    monkeypatch.chdir(sound.parent)
    words = ["generate", "x", "--model", model, way[0], sound.name, *way[1:]]
    assert main([*words, "-o", str(sound), "--force"]) == 1
    assert "is what it is made from" in capsys.readouterr().err and sound.read_bytes() == before

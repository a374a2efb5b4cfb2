"""`musicapp comp`: passages of several takes in one file, and what is refused."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest

from musicapp.audio import tags, wave_io
from musicapp.cli import comp
from musicapp.cli.main import build_parser, main
from musicapp.handover import recalling
from musicapp.request import TakeRequest
from musicapp.shape import Lane
from tests.cli.conftest import RATE, write_hum


@pytest.fixture
def sounds(tmp_path: Path) -> list[Path]:
    return [write_hum(tmp_path / f"{number}.wav", 440 + 90 * number) for number in range(3)]


def test_passages_are_glued_into_a_file_that_says_of_what(
    model: str, sounds: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    target = tmp_path / "out.wav"
    words = ["comp", *map(str, sounds), "--pick", "3@1.5", "--pick", "2@0:01", "--joint", "0.5", "--prompt", "piano"]
    assert main([*words, "--model", model, "--seed", "3", "-o", str(target)]) == 0
    out, lanes = wave_io.read(target)[0], [wave_io.read(path)[0] for path in sounds]
    np.testing.assert_array_equal(out[: RATE * 3 // 4], lanes[0][: RATE * 3 // 4])
    np.testing.assert_array_equal(out[RATE * 7 // 4 :], lanes[2][RATE * 7 // 4 :])
    assert str(tmp_path).encode() not in target.read_bytes()
    made = tags.recalled(wave_io.read_tags(target), "x")
    assert made is not None and made.request.source is not None
    assert [made.request.source.name, *(lane.name for lane in made.request.source.lanes)] == ["0.wav", "1.wav", "2.wav"]
    # All its sounds lie beside it, where they are found again; without one that is heard, that is told.
    found = recalling.project_of(target).request.source
    assert found is not None and [found.path, *(lane.path for lane in found.lanes)] == list(map(str, sounds))
    sounds[2].unlink()
    assert any("“2.wav”" in text for text, _ in recalling.project_of(target).notes)


def read(*words: str) -> TakeRequest:
    return comp.read_request(build_parser().parse_args(["comp", *words]))


def test_options_become_a_request(sounds: list[Path], model: str, tmp_path: Path) -> None:
    files = [str(path) for path in sounds]
    request = read(*files, "--pick", "3@0,5", "--pick", "1@0", "--prompt", "x", "--model", model)
    source = request.source
    assert source is not None and source.picks == ((0.0, 0), (0.5, 2)) and source.joint_s == 0
    assert source.lanes == (Lane(files[1]), Lane(files[2])) and request.duration_s == 2.0
    assert read(*files, "--pick", "2@1", "--prompt", "x").source.picks == ((0.0, 0), (1.0, 1))  # type: ignore[union-attr]
    # A take's settings hold for the joints.
    take = TakeRequest("old", "calm harp", 2.0, 7, steps=3, model=model)
    wave_io.export(sounds[0], tmp_path / "take.wav", sample_rate=RATE, format="wav32f", tags=tags.request_tags(take))
    request = read(str(tmp_path / "take.wav"), files[1], "--pick", "2@1", "--seed", "9")
    assert (request.prompt, request.steps, request.model, request.seed) == ("calm harp", 3, model, 9)
    assert request.source is not None and request.source.take_id == "take"


@pytest.mark.parametrize(
    "words",
    [
        ["A", "B"],
        ["A", "--pick", "1@0", "--prompt", "x"],
        ["A", "B", "--pick", "1@0"],
        ["A", "B", "--pick", "3@0", "--prompt", "x"],
        ["A", "B", "--pick", "0@0", "--prompt", "x"],
        ["A", "B", "--pick", "1", "--prompt", "x"],
        ["A", "B", "--pick", "two@1", "--prompt", "x"],
        ["A", "B", "--pick", "1@0", "--pick", "2@0", "--prompt", "x"],
        ["A", "B", "--pick", "1@0", "--prompt", "x", "--joint", "none"],
        ["A", "B", "--pick", "1@0", "--prompt", "x", "--seed", "none"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_glued_is_refused_in_a_sentence(
    words: list[str], sounds: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"A": str(sounds[0]), "B": str(sounds[1])}
    assert main(["comp", *(names.get(word, word) for word in words)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("musicapp: ") and told[0].endswith(".") and len(told) == 2


def test_the_option_in_a_hint_can_be_pasted_into_a_shell(
    sounds: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["comp", str(sounds[0]), str(sounds[1]), "--pick", "2@1"]) == 2
    hint = capsys.readouterr().err.splitlines()[1]
    assert shlex.split(hint.partition(": ")[2]) == ["--prompt", "calm piano, 90 bpm"]


def test_no_lane_is_written_over(sounds: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    before = sounds[1].read_bytes()
    words = [str(sounds[0]), str(sounds[1]), "--pick", "2@1", "--prompt", "x"]
    assert main(["comp", *words, "-o", str(sounds[1]), "--force"]) == 1
    assert "is what it is made from" in capsys.readouterr().err and sounds[1].read_bytes() == before

"""`musicapp export`: takes and files, parts and loops, by presets and options; what is there is never lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp import paths
from musicapp.audio import tags, wave_io
from musicapp.audio.loudness import loudness_lufs
from musicapp.cli import export as command
from musicapp.cli.main import main
from musicapp.handover import exporting
from musicapp.library.take import Take, new_take_path, save
from musicapp.request import TakeRequest
from tests.analysis.test_listening import band
from tests.audio import foreign_readers

RATE = 44100


@pytest.fixture
def take(home: Path) -> Take:
    """Two bars of 120 bpm in the folder of takes."""
    request = TakeRequest("0123abcd", "calm piano, 120 bpm, A minor", 4.0, 77)
    when, audio = datetime(2026, 11, 30, tzinfo=UTC), band(120, 9, minor=True, seconds=4.0)
    path = new_take_path(paths.takes_folder(), request.take_id, when)
    path.parent.mkdir(parents=True)
    with wave_io.WaveWriter(path, RATE, 2, len(audio), tags=tags.request_tags(request)) as writer:
        writer.write(audio)
    made = Take(request.take_id, path, request, when, RATE, 2, len(audio), float(np.abs(audio).max()), "builtin", 1.0)
    save(made)
    return made


def exported(capsys: pytest.CaptureFixture[str], *words: str) -> list[Path]:
    assert main(["export", *words]) == 0
    return [Path(line) for line in capsys.readouterr().out.splitlines()]


def test_presets_of_the_command_line_are_those_there_are() -> None:
    assert tuple(exporting.PRESETS) == command.PRESETS


@pytest.mark.parametrize("preset", command.PRESETS)
def test_every_preset_writes_what_it_says(
    take: Take, tmp_path: Path, preset: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = exported(capsys, take.take_id[:5], "--folder", str(tmp_path), "--preset", preset)
    settings = exporting.PRESETS[preset].settings
    assert path == tmp_path / f"calm-piano-120-bpm-A-minor_120bpm_Amin_77{settings.suffix}"
    audio, rate = wave_io.read(path)
    assert rate == (settings.sample_rate or RATE) and len(audio) / rate == pytest.approx(4.0, abs=0.001)
    assert tags.settings_of(wave_io.read_tags(path))["seed"] == 77  # type: ignore[index]
    if settings.loudness_lufs is not None:
        assert loudness_lufs(audio, rate) <= settings.loudness_lufs + 0.1
    if path.suffix == ".wav":
        assert foreign_readers.loop_info(path)["bpm"] == 120
        assert foreign_readers.cues(path) == [(0, "bar 1"), (2 * rate, "bar 2")]
        assert foreign_readers.instrument(path)["loops"] == ([(0, len(audio))] if preset == "loop" else [])


def test_a_part_at_another_rate_with_fades(take: Take, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "part.flac"
    words = ["--part", "0:01-0:02.5", "--rate", "48000", "--fade-in", "0.1", "--fade-out", "0.2", "-o", str(target)]
    assert exported(capsys, str(take.path), *words) == [target]
    audio, rate = wave_io.read(target)
    assert (len(audio), rate) == (72_000, 48000) and np.abs(audio[[0, -1]]).max() < 1e-3


def test_several_get_names_of_their_own_and_numbers(
    take: Take, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [take.take_id, str(take.path), "--folder", str(tmp_path)]
    first, second = exported(capsys, *words)
    assert second.stem == f"{first.stem} (2)"
    third, fourth = exported(capsys, *words, "--name", "{n} {key}")
    assert (third.name, fourth.name) == ("01 Amin.wav", "02 Amin.wav")


def test_a_file_of_another_program_keeps_its_tags(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "song.flac"
    with soundfile.SoundFile(source, "w", RATE, 1) as file:
        file.title, file.artist = "Song", "Somebody"
        file.write(band(100, 0)[:RATE, 0])
    (path,) = exported(capsys, str(source), "--folder", str(tmp_path), "--preset", "cd")
    assert path.name == "song.wav" and wave_io.read_tags(path)["artist"] == "Somebody"
    assert soundfile.info(path).subtype == "PCM_16"


def test_what_the_ceiling_prevents_is_said(take: Take, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(take.path), "-o", str(tmp_path / "x.wav"), "--loudness", "-3"]) == 0
    assert "dB quieter than -3 LUFS: its peaks would pass -1 dBTP." in capsys.readouterr().err


def test_what_is_there_stays_unless_forced(take: Take, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "x.wav"
    target.write_bytes(b"precious")
    assert main(["export", str(take.path), "-o", str(target)]) == 1
    assert "exists already" in capsys.readouterr().err and target.read_bytes() == b"precious"
    exported(capsys, str(take.path), "-o", str(target), "--force")
    assert len(wave_io.read(target)[0]) == take.frames


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nothing.wav"], "is gone"),
        (["ffff"], "No take has an id"),
        (["TAKE", "--part", "3"], "is no part"),
        (["TAKE", "--part", "0:01-soon"], "is no time"),
        (["TAKE", "--part", "0:03-0:02"], "has no length"),
        (["TAKE", "--part", "0:05-0:09"], "does not lie inside of"),
        (["TAKE", "--part", "0:03-0:04.5"], "which lasts 0:04."),
        (["TAKE", "--loudness", "5"], "loudness of 5 LUFS"),
        (["TAKE", "--ceiling", "nan"], "ceiling of nan"),
        (["TAKE", "--loop", "--fade-in", "1"], "loop with fades"),
        (["TAKE", "--loop", "--format", "mp3"], "cannot hold a loop"),
        (["TAKE", "--format", "mp3", "--subtype", "16"], "--subtype is for WAV"),
        (["TAKE", "-o", "x.xyz"], "no format"),
        (["TAKE", "--name", "{what}"], "knows no"),
        (["TAKE", "TAKE", "-o", "x.wav"], "names one file"),
        (["TAKE", "--format", "opus", "--rate", "44100"], "no rate of 44,100"),
        (["TAKE", "--folder", "/nowhere/at/all"], "does not exist"),
        (["TAKE", "--fade-out", "50"], "do not fit"),
    ],
)
def test_what_cannot_be_done_gets_one_sentence(
    take: Take, words: list[str], sentence: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["export", *(str(take.path) if word == "TAKE" else word for word in words)]) in (1, 2)
    printed = capsys.readouterr()
    assert sentence in printed.err and "Traceback" not in printed.err and printed.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_one_that_cannot_be_read_costs_no_other(take: Take, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"RIFF")
    assert main(["export", str(bad), str(take.path), "--folder", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert "cannot be read" in printed.err and len(printed.out.splitlines()) == 1


def test_a_sidecar_of_another_program_beside_a_file_is_no_hindrance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "song.wav"
    soundfile.write(source, band(100, 0)[:RATE], RATE)
    source.with_suffix(".json").write_text(json.dumps({"artist": "x"}))
    (path,) = exported(capsys, str(source), "-o", str(tmp_path / "out.wav"), "--part", "0.1-0.3")
    assert len(wave_io.read(path)[0]) == RATE // 5


def test_no_file_is_written_over_what_it_is_made_from(
    take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also when it is forced: an original that is quieter, shorter or in another format by now does not come back."""
    before = take.path.read_bytes()
    monkeypatch.chdir(take.path.parent)
    own = Path("..", take.path.parent.name, take.path.name)
    for words in (["-o", str(own)], ["--folder", ".", "--name", take.path.stem], ["--dawproject", str(own)]):
        assert main(["export", str(take.path), *words, "--force"]) == 1
        assert "is what it is made from" in capsys.readouterr().err
    assert take.path.read_bytes() == before


def test_forced_names_replace_files_of_earlier_runs_but_none_of_their_own(
    take: Take, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [take.take_id, str(take.path), take.take_id, "--folder", str(tmp_path), "--name", "same", "--force"]
    wanted = [tmp_path / name for name in ("same.wav", "same (2).wav", "same (3).wav")]
    assert exported(capsys, *words) == wanted
    assert exported(capsys, *words) == wanted


def test_a_name_that_is_taken_meanwhile_is_given_up_for_the_next(
    take: Take, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write, other = exporting.export_material, tmp_path / "same.wav"

    def late(*args: object, **options: object) -> object:
        other.touch()  # as another program does between the choice of the name and the file
        return write(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(exporting, "export_material", late)
    words = [take.take_id, "--folder", str(tmp_path), "--name", "same"]
    assert exported(capsys, *words) == [tmp_path / "same (2).wav"]
    assert other.read_bytes() == b"" and main(["export", take.take_id, "-o", str(other)]) == 1

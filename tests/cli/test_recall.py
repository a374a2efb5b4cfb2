"""`musicapp recall`: every format brings every setting back; what cannot come back is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.audio.formats import EXPORT_FORMATS
from musicapp.audio.tags import COMMIT, request_tags, sha256, shared_tags
from musicapp.audio.wave_io import export
from musicapp.cli import recall
from musicapp.cli.generate import read_request
from musicapp.cli.main import build_parser, main
from musicapp.request import BUILTIN_MODEL, Lora, TakeRequest
from musicapp.store import sources
from tests.tiny_model import write_tiny_model

RATE = 44100
SOUND = np.sin(np.arange(RATE) / 20)[:, None].astype(np.float32) * 0.1
FULL = TakeRequest(
    "x", "-leise „Klavier“ ピアノ 🎹", 12.345678, 4812, "Gesang", 30, 2.5, "euler", BUILTIN_MODEL, precision="bf16"
)


def written(path: Path, request: TakeRequest, more: dict | None = None) -> Path:
    form = next(name for name, form in EXPORT_FORMATS.items() if form.suffix == path.suffix)
    export(SOUND, path, sample_rate=RATE, format=form, tags=shared_tags(request, more or {}))
    return path


def told(capsys: pytest.CaptureFixture[str], path: Path) -> dict:
    assert main(["recall", str(path), "--json"]) == 0
    found: dict = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_every_format_brings_every_setting_back(tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"x{EXPORT_FORMATS[form].suffix}"
    export(SOUND, path, sample_rate=RATE, format=form, tags=shared_tags(FULL))
    found = told(capsys, path)
    wanted = FULL.as_dict()
    del wanted["take_id"]
    assert found["settings"] | {"device": "auto"} == wanted and not found["not_restored"]
    again = read_request(build_parser().parse_args(found["command"][1:]))
    assert replace(again, take_id="x") == replace(FULL, prompt=again.prompt) and again.prompt == FULL.prompt


def test_people_get_lines_and_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recall", str(written(tmp_path / "x.ogg", FULL))]) == 0
    *rows, command = capsys.readouterr().out.splitlines()
    assert any(row.split() == ["Seed:", "4812"] for row in rows) and command.startswith(
        "musicapp generate --seconds 12.345"
    )


def test_adapters_are_found_by_their_content_and_missed_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("warm", "bright"):
        (tmp_path / f"{name}.safetensors").write_bytes(name.encode())
    loras = tuple(Lora(str(tmp_path / f"{name}.safetensors"), 0.5) for name in ("warm", "bright"))
    path = written(tmp_path / "out.flac", replace(FULL, loras=loras))
    checksum = sha256(loras[1].path)
    (tmp_path / "warm.safetensors").rename(tmp_path / "renamed.safetensors")
    (tmp_path / "bright.safetensors").unlink()
    found = told(capsys, path)
    assert [lora["path"] for lora in found["settings"]["loras"]] == [str(tmp_path / "renamed.safetensors")]
    (note,) = found["not_restored"]
    assert "“bright.safetensors”" in note and checksum[:12] in note


def test_another_revision_of_the_model_is_said(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_tiny_model(home / "data" / "models" / "my-tiny", name="My Tiny", text_encoder="none")
    sources.write(folder, "my-tiny", sources.Source("who/what", "b" * 40, "mit", ()))
    request = replace(FULL, model="my-tiny")
    same = told(capsys, written(tmp_path / "same.wav", request, {COMMIT: "b" * 40}))
    assert not same["not_restored"] and not same["not_understood"]
    other = told(capsys, written(tmp_path / "other.wav", request, {COMMIT: "a" * 40}))
    (note,) = other["not_restored"]
    assert "revision aaaaaaaaaa" in note and "revision bbbbbbbbbb" in note and f"--revision {'a' * 40}" in note
    gone = told(capsys, written(tmp_path / "gone.wav", replace(FULL, model="no-such-model")))
    assert "There is no model “no-such-model”" in gone["not_restored"][0]


def test_what_a_later_version_wrote_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, written(tmp_path / "x.mp3", FULL, {"swing": 0.6, "version": 99}))
    assert found["not_understood"] == {"swing": 0.6, "version": 99} and "“swing”" in found["not_restored"][0]


def test_a_file_of_another_program_gets_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.wav"
    soundfile.write(path, SOUND, RATE)
    assert main(["recall", str(path)]) == 1
    assert "no settings of Musicapp in it." in capsys.readouterr().err
    assert main(["recall", str(tmp_path / "none.wav")]) == 1
    assert "is gone" in capsys.readouterr().err


def test_it_is_made_again_with_what_is_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list = []
    monkeypatch.setattr("musicapp.cli.generate.run", lambda args: asked.append(args) or 0)
    path, target = written(tmp_path / "x.opus", FULL), tmp_path / "again.wav"
    assert main(["recall", str(path), "-o", str(target), "--force"]) == 0
    assert asked[0].output == target and asked[0].force and asked[0].prompt == FULL.prompt
    assert replace(read_request(asked[0]), take_id="x") == FULL


def test_the_command_keeps_lengths_to_the_last_digit() -> None:
    assert "12.345678" in recall.command_of(FULL) and request_tags(FULL)

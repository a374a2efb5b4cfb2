"""`musicapp recall`: every format brings every setting back; what cannot come back is said."""

from __future__ import annotations

import json
import shlex
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
from musicapp.request import BUILTIN_MODEL, VERSION, Lora, TakeRequest
from musicapp.shape import Loop, Source
from musicapp.store import sources
from tests.tiny_model import write_tiny_model

RATE = 44100
SOUND = np.sin(np.arange(RATE) / 20)[:, None].astype(np.float32) * 0.1
FULL = TakeRequest(
    "x", "-leise „Klavier“ ピアノ 🎹", 12.345678, 4812, "Gesang", 30, 2.5, "euler", BUILTIN_MODEL,
    precision="bf16", denoising="windows", version=VERSION,
)  # fmt: skip


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
        "musicapp generate --seed 4812 --seconds 12.345"
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


@pytest.mark.parametrize("version", [1, VERSION])
def test_it_is_made_again_by_the_rules_of_its_version(
    tmp_path: Path, version: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list = []
    monkeypatch.setattr("musicapp.cli.generate._make", lambda request, *_more: asked.append(request) or 1 / 0)
    request = replace(FULL, version=version, denoising="whole")
    path, target = written(tmp_path / "x.opus", request), tmp_path / "again.wav"
    with pytest.raises(ZeroDivisionError):
        main(["recall", str(path), "-o", str(target), "--force"])
    assert replace(asked[0], take_id="x", device=FULL.device) == request
    assert main(["recall", str(path)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("musicapp generate" if version == VERSION else "musicapp recall")


SHAPES = [
    {"source": Source("/s.wav", variation=0.35)},
    {"source": Source("/s.wav", regions=((0.5, 1.25), (2.0, 3.0)))},
    {"source": Source("/s.wav", after_s=30.0)},
    {"source": Source("/s.wav", before_s=12.5)},
    {"loop": Loop()},
    {"loop": Loop(8, 120.5, 3.0), "duration_s": 8 * 3 * 60 / 120.5},
]


@pytest.mark.parametrize("shape", SHAPES)
def test_sources_and_loops_come_back(tmp_path: Path, shape: dict, capsys: pytest.CaptureFixture[str]) -> None:
    sound = tmp_path / "s.wav"
    soundfile.write(sound, np.tile(SOUND, (4, 1)), RATE)
    if "source" in shape:
        shape = {"source": replace(shape["source"], path=str(sound))}
    request = replace(FULL, prompt="piano", model=BUILTIN_MODEL, **shape)
    found = told(capsys, written(tmp_path / "out.flac", request))
    assert not found["not_restored"]
    again = read_request(build_parser().parse_args(found["command"][1:]))
    assert again.source == request.source and again.loop == request.loop
    if "source" in shape:
        sound.rename(tmp_path / "elsewhere.wav")
        assert "“s.wav” that it was made from is not here" in told(capsys, tmp_path / "out.flac")["not_restored"][0]


def test_the_command_keeps_lengths_to_the_last_digit() -> None:
    assert "12.345678" in recall.command_of(FULL) and request_tags(FULL)


@pytest.mark.parametrize(
    "changes",
    [
        {"guidance_scale": 3.14159265, "loras": (Lora("/a:b.safetensors", 0.123456789), Lora("/c.safetensors", 1e-7))},
        {"negative_prompt": "-drums", "guidance_low": 1e-5, "guidance_high": 0.123456789},
        {"source": Source("SOUND", regions=((1 / 44100, 0.5), (1.5, 2.0)))},
        {"source": Source("SOUND", seam_s=0.25, from_s=1 / 44100, to_s=1 + 1 / 44100)},
        {"source": Source("SOUND", variation=1e-6)},
        {"source": Source("SOUND", variation=0.5, from_s=0.25, to_s=3.5)},
    ],
)
def test_the_command_asks_for_the_very_same(tmp_path: Path, changes: dict) -> None:
    """Numbers that are written with an exponent, or have many digits, and words that look like options."""
    sound = tmp_path / "s.wav"
    soundfile.write(sound, np.tile(SOUND, (4, 1)), RATE)
    if "source" in changes:
        changes = changes | {"source": replace(changes["source"], path=str(sound))}
    wanted = replace(FULL, **changes)
    again = read_request(build_parser().parse_args(recall.command_of(wanted)))
    assert replace(again, take_id="x", prompt=FULL.prompt, duration_s=FULL.duration_s) == wanted


def test_what_no_options_ask_for_has_no_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound = tmp_path / "s.wav"
    soundfile.write(sound, SOUND, RATE)
    request = replace(FULL, source=Source(str(sound), before_s=2.0, after_s=3.0))
    assert told(capsys, written(tmp_path / "out.flac", request))["command"] is None


def test_the_command_of_a_file_whose_name_looks_like_an_option_can_be_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("s.wav", SOUND, RATE)
    written(Path("-o.flac"), replace(FULL, source=Source(str(tmp_path / "s.wav"), before_s=2.0, after_s=3.0)))
    assert main(["recall", "--", "-o.flac"]) == 0
    command = shlex.split(capsys.readouterr().out.splitlines()[-1])
    assert command == ["musicapp", "recall", "./-o.flac", "-o", "again.flac"]

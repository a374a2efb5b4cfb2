"""`musicapp models` from the words to the printed lines, with a real hub on this machine."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from musicapp.cli.main import main
from musicapp.description import copies, precision_figures
from musicapp.description.precision_figures import Figures
from tests.store.conftest import MemoryKeyring, hub, memory_keyring, models  # noqa: F401 - fixtures
from tests.store.hub_server import TOKEN, Hub
from tests.tiny_model import write_tiny_model

MODEL = "stable-audio-open-small"
IN_A_FILE = Path(__file__, "models")  # where no user can make a folder


def printed(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    assert main(["models", *words]) == code
    out, err = capsys.readouterr()
    return out, err


def test_the_list_has_what_is_here_and_what_is_known(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny_model(home / "data" / "models" / "my-tiny", name="My Tiny", text_encoder="none", max_duration_s=90)
    here, _, known = printed(capsys, "list")[0].partition("To get")
    line = next(line for line in here.splitlines() if "my-tiny" in line)
    assert line.split()[:2] == ["my-tiny", "1:30"] and line.endswith("MIT  My Tiny")
    assert "builtin" in here and MODEL not in here
    line = next(line for line in known.splitlines() if MODEL in line)
    assert line.split()[:4] == [MODEL, "0:11", "1.99", "GB"]
    assert "Stability AI Community License (to be accepted)" in line
    assert "t5-base" in known and "text encoder T5 base" in known


def test_info_of_a_known_model_says_what_people_ask(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = printed(capsys, "info", "stable-audio-3-medium")
    for words in ("not here", "6:20", "9.22 GB", "Community License", "in 16 bits", "t5gemma-b-b-ul2 (not here"):
        assert words in out
    out, err = printed(capsys, "info", "stable-audio-3-mediun", code=1)
    assert out == "" and "There is no model" in err


def test_get_fetches_the_text_encoder_too(
    hub: Hub,  # noqa: F811
    models: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    memory_keyring: MemoryKeyring,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, err = printed(capsys, "get", MODEL, code=1)
    assert out == "" and "needs the text encoder t5-base, which comes along: Apache License 2.0" in err
    assert not hub.bodies("t5-base//model.safetensors")  # nobody waits for it only to be told about the licence
    assert "accepted its licence" in err and f"{hub.address}/settings/tokens" in err
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{TOKEN}\n"))
    out, err = printed(capsys, "token")
    assert out == "Kept in Memory.\n" and TOKEN not in out + err
    out, err = printed(capsys, "get", MODEL)
    assert out.strip() == str(models / MODEL) and "License" in err and TOKEN not in out + err
    assert (models / "t5-base" / "tokenizer.json").is_file()
    out, _ = printed(capsys, "info", MODEL)
    assert "commit 0123456789abcdef" in out and "t5-base (here)" in out
    assert "is here already" in printed(capsys, "get", MODEL)[1]
    assert printed(capsys, "token", "--forget")[0] == "The token is forgotten.\n"
    out, err = printed(capsys, "remove", "t5-base")
    assert "Removed t5-base" in out and MODEL in err


def test_a_fetched_model_makes_music(
    hub: Hub,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    printed(capsys, "get", MODEL)
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    music = tmp_path / "music.wav"
    assert main(["generate", "calm piano", "--seconds", "1", "--model", MODEL, "-o", str(music)]) == 0
    assert music.stat().st_size > 100_000


def test_an_import_that_lacks_its_text_encoder_says_which(
    tmp_path: Path,
    models: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write_tiny_model(tmp_path / "fine-tune", text_encoder="t5")
    (folder / "t5").rename(tmp_path / "t5")
    out, err = printed(capsys, "add", str(folder))
    assert out.strip() == str(models / "fine-tune") and "t5-base (not here" in printed(capsys, "info", "fine-tune")[0]
    assert "musicapp models get t5-base" in err
    assert "called" in printed(capsys, "add", str(folder), code=1)[1]
    out, _ = printed(capsys, "add", str(folder), "--name", "second")
    assert out.strip() == str(models / "second")


def test_the_models_folder_is_shown_and_moved(tmp_path: Path, capsys: pytest.CaptureFixture[str], home: Path) -> None:
    write_tiny_model(home / "data" / "models" / "one", text_encoder="none")
    assert printed(capsys, "folder")[0].startswith(str(home / "data" / "models"))
    assert printed(capsys, "folder", str(tmp_path / "large disk"))[0].startswith(str(tmp_path / "large disk"))
    assert str(tmp_path / "large disk" / "one") in printed(capsys, "info", "one")[0]


def test_info_of_a_folder_that_is_in_no_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_tiny_model(tmp_path / "elsewhere", name="Field Sketches", max_duration_s=90, text_encoder="t5")
    precision_figures.write(folder, [folder / "model.safetensors"], [Figures("int8", 1_700_000, 21.5, 0.25)])
    copies.path_of(folder, "int4").write_bytes(b"\0" * 2000)
    monkeypatch.chdir(tmp_path)
    for words in (str(folder), "elsewhere/", "./elsewhere"):
        out, _ = printed(capsys, "info", words)
        facts = {line[:13].strip(): line[13:].strip() for line in out.splitlines()}
        assert (facts["name"], facts["folder"]) == ("Field Sketches", str(folder))
        assert (facts["longest take"], facts["licence"]) == ("1:30", "MIT")
        assert "MB" in facts["size"] and "21.5 dB" in facts["int8"] and facts["copies"] == "int4 2.0 kB"
        assert "text encoder" not in facts  # it lies inside
    (folder / "t5").rename(tmp_path / "t5")
    assert "t5-base (not here: musicapp models get t5-base)" in printed(capsys, "info", str(folder))[0]
    (tmp_path / "t5").rename(tmp_path / "t5-base")
    assert "t5-base (here)" in printed(capsys, "info", str(folder))[0]
    assert "a text encoder" in printed(capsys, "info", str(tmp_path / "t5-base"))[0]
    (tmp_path / "empty").mkdir()
    out, err = printed(capsys, "info", str(tmp_path / "empty"), code=1)
    assert out == "" and len(err.splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["get", "stable-audio-open"], "Did you mean “stable-audio-open-1.0”?"),
        (["get", "../../etc"], "No model called"),
        (["remove", "nothing"], "There is no model “nothing” to remove."),
        (["remove", "builtin"], "ships with the app"),
        (["add", "/nowhere/at/all"], "There is nothing at"),
        (["folder", str(IN_A_FILE)], f"could not be moved to {IN_A_FILE}"),
    ],
)
def test_mistakes_are_one_sentence_and_a_next_step(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = printed(capsys, *words, code=1)
    assert sentence in err and len(err.strip().splitlines()) == 2 and out == ""


def test_a_model_that_cannot_be_used_says_why(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_tiny_model(home / "data" / "models" / "odd", text_encoder="none")
    description = folder / "model_config.json"
    description.write_text(description.read_text().replace('"sample_size"', '"sample_sise"'))
    assert "cannot be used: " in printed(capsys, "list")[0] and "sample_sise" in printed(capsys, "info", "odd")[0]

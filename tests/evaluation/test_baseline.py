"""Rivals: a token model trained for a moment and MusicGen with random weights, measured by the usual parts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from musicapp.cli.main import main
from musicapp.errors import MusicAppError
from musicapp.evaluation import baseline
from musicapp.evaluation.takes import Takes
from musicapp.training.tokens import stage
from musicapp.training.tokens.token_model import TokenConfig
from tests.evaluation.tiny_musicgen import write_musicgen
from tests.tiny_model import write_tiny_model
from tests.training.data import token_options


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny", steps=2, max_duration_s=60)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """A token model of three steps on random latents of the tiny model's width."""
    sizes = TokenConfig(levels=2, size=16, width=32, depth=1, heads=2)
    return stage.train(token_options(tmp_path_factory.mktemp("train"), model, sizes, minutes=0.02))


@pytest.fixture
def takes(model: Path, tmp_path: Path) -> Takes:
    return Takes(model, tmp_path / "takes", steps=None, guidance_scale=None, device="cpu", precision="fp32")


def test_a_token_model_makes_takes_of_the_asked_length(tokens: Path, takes: Takes) -> None:
    rival = baseline.open_baseline(tokens, takes)
    take = rival.make("calm piano", 3.3, 7)
    assert take.sound().shape == (round(3.3 * 44100), 2) and np.abs(take.sound()).max() > 1e-3
    assert take.path != takes.make("calm piano", 3.3, 7).path
    assert np.array_equal(rival.fresh("calm piano", 3.3, 7), rival.fresh("calm piano", 3.3, 7))
    assert np.abs(rival.make("calm piano", 3.3, 8).sound() - take.sound()).max() > 1e-3
    assert rival.make("calm piano", 3.3, 7, told_s=60.0).path != take.path


def test_musicgen_makes_takes_also_longer_than_its_window(
    takes: Takes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rival = baseline.open_baseline(write_musicgen(tmp_path / "musicgen"), takes)
    sound = rival.make("calm piano", 2.0, 1).sound()
    assert sound.shape == (2 * 44100, 2) and np.abs(sound).max() > 1e-2
    assert np.abs(rival.make("calm piano", 2.0, 2).sound() - sound).max() > 1e-3
    monkeypatch.setattr(baseline, "WINDOW_S", 2.0)
    monkeypatch.setattr(baseline, "KEPT_S", 1.0)
    longer = rival.make("calm piano", 3.5, 1).sound()
    assert longer.shape == (round(3.5 * 44100), 2) and np.abs(longer[-22050:]).max() > 1e-2


@pytest.mark.parametrize("part", ["", "decoder"])
def test_a_musicgen_that_asks_for_code_of_its_own_is_refused(part: str, takes: Takes, tmp_path: Path) -> None:
    folder = write_musicgen(tmp_path / "musicgen")
    settings = json.loads((folder / "config.json").read_text())
    (settings[part] if part else settings)["auto_map"] = {"AutoModel": "evil.py--Model"}
    (folder / "config.json").write_text(json.dumps(settings))
    with pytest.raises(MusicAppError, match="code of its own"):
        baseline.open_baseline(folder, takes).make("calm piano", 2.0, 1)


def test_a_damaged_musicgen_gets_one_sentence(takes: Takes, tmp_path: Path) -> None:
    folder = write_musicgen(tmp_path / "musicgen")
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(MusicAppError, match="cannot be read"):
        baseline.open_baseline(folder, takes).make("calm piano", 2.0, 1)


def test_a_rival_is_measured_into_a_folder_of_its_own(
    model: Path, tokens: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evaluate", str(model), "--work", str(tmp_path), "--quick", "--baseline", str(tokens)]
    assert main([*words, "--only", "lengths"]) == 0
    assert Path(capsys.readouterr().out.strip()) == tmp_path / "tokens" / "index.html"
    stored = json.loads((tmp_path / "tokens" / "parts" / "lengths.json").read_text())
    assert [cost["length_s"] for cost in stored["result"]["values"]["costs"]] == [5, 10, 30]
    assert stored["about"]["command"].endswith("--only lengths --quick --baseline tokens")


@pytest.mark.parametrize("content", [None, "{}", '{"model_type": "musicgen"}', "no json"])
def test_a_folder_that_holds_no_rival_gets_one_sentence(content: str | None, takes: Takes, tmp_path: Path) -> None:
    folder = tmp_path / "rival"
    folder.mkdir()
    if content is not None:
        (folder / "config.json").write_text(content)
    with pytest.raises(MusicAppError, match="no baseline"):
        baseline.open_baseline(folder, takes)


@pytest.mark.parametrize("damage", ["description", "config", "weights"])
def test_a_damaged_token_model_gets_one_sentence(damage: str, tokens: Path, takes: Takes, tmp_path: Path) -> None:
    folder = tmp_path / "tokens"
    folder.mkdir()
    described = json.loads((tokens / stage.DESCRIPTION).read_text())
    if damage == "config":
        described["config"]["depth"] = 2
    text = "{" if damage == "description" else json.dumps(described)
    (folder / stage.DESCRIPTION).write_text(text)
    weights = (tokens / stage.WEIGHTS).read_bytes()
    (folder / stage.WEIGHTS).write_bytes(weights[:200] if damage == "weights" else weights)
    with pytest.raises(MusicAppError, match="no token model"):
        baseline.open_baseline(folder, takes).make("calm piano", 3.0, 1)

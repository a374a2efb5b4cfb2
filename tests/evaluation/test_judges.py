"""OpenL3 and PaSST as recorded from the public packages, the two measures on small ones, and files that are neither."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from musicapp.cli.main import main
from musicapp.errors import CheckpointError
from musicapp.evaluation import evaluate, judge_weights, judges, openl3, passt
from musicapp.evaluation.judge_weights import Judge
from musicapp.evaluation.options import Options, Sizes
from musicapp.evaluation.renders import Kept
from tests.evaluation.judge_peers import RECORDED, SMALL, seeded, sound
from tests.evaluation.sounds import notes, stereo, write_renders
from tests.tiny_model import write_tiny_model

SIZES = Sizes(3, 2.0, 3, 1, (), 1, 1, 40.0, 1, 1)
FEW = (1, 2, 2, 2, 2, 4, 4, 4)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Files of narrow networks of both kinds, and the measures set to them."""
    builders = {"OpenL3": partial(openl3.OpenL3, FEW), "PaSST": partial(passt.Passt, SMALL)}
    kinds = [Judge(title, f"{title}.pt", build, ("head_dist.",)) for title, build in builders.items()]
    monkeypatch.setattr(judges, "OPENL3", kinds[0])
    monkeypatch.setattr(judges, "PASST", kinds[1])
    paths = tmp_path / "openl3.safetensors", tmp_path / "passt.safetensors"
    for path, kind in zip(paths, kinds, strict=True):
        save_file(seeded(kind.build()), path)
    return paths


@torch.inference_mode()
@pytest.mark.parametrize(
    ("name", "network", "rate", "seconds"),
    [("openl3", openl3.OpenL3(), openl3.SAMPLE_RATE, 1), ("passt", passt.Passt(SMALL), passt.SAMPLE_RATE, 10)],
)
def test_what_the_public_packages_gave(name: str, network: torch.nn.Module, rate: int, seconds: int) -> None:
    recorded = torch.from_numpy(np.load(RECORDED)[name])
    network.load_state_dict(seeded(network))
    found = network.eval()(sound(seconds, rate)[None])[0]
    assert recorded.std() > 0.1
    torch.testing.assert_close(found, recorded, rtol=0, atol=1e-5 * float(recorded.abs().max()))


def test_windows_cover_the_sound() -> None:
    assert len(openl3.windows(torch.ones(10))) == 1
    two = openl3.windows(torch.arange(48000.0) + 1)
    assert [row[0].item() for row in two] == [0, 1] and two.shape == (2, 48000) and two[1, -1] == 48000
    assert passt.windows(torch.ones(100)).sum() == 100
    assert len(passt.windows(torch.ones(12 * 32000))) == 2 and len(passt.windows(torch.ones(10 * 32000))) == 1


def test_both_measures_are_in_the_report(small: tuple[Path, Path], tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny", steps=1, max_duration_s=10)
    work = tmp_path / "work"
    write_renders(work, "held-out", SIZES.seconds, SIZES.pieces)
    weights = judge_weights.digest(small[0])
    hear = judges.OpenL3Ears(small[0]).hear
    write_renders(work, "reference", SIZES.seconds, 3, Kept("float32", 1024, hear, f"openl3-{weights}"))
    options = Options(
        str(model), work, SIZES, ("openl3", "passt"), device="cpu", precision="fp32", openl3=small[0], passt=small[1]
    )
    page = evaluate.evaluate(options)
    values = json.loads((page.parent / "report.json").read_text())
    frechet, kl = values["parts"]["openl3"], values["parts"]["passt"]
    assert frechet["rows"] == 3 * 4 and frechet["weights"] == weights
    assert frechet["frechet_generated"] > frechet["frechet_renders"] > 0
    assert kl["kl_generated"] > 0 and kl["kl_other_renders"] > 0 and kl["pieces"] == 3
    assert not {"openl3", "passt"} & set(values["not_measured"])
    assert "Frechet distance on OpenL3" in page.read_text(encoding="utf-8")


def test_ears_are_deaf_to_level_and_know_silence(small: tuple[Path, Path]) -> None:
    tune = stereo(notes([60, 64, 67], 0.5))
    for ears in (judges.OpenL3Ears(small[0]), judges.PasstEars(small[1])):
        np.testing.assert_allclose(ears.hear(tune), ears.hear(tune / 8), rtol=1e-4, atol=1e-4)
        assert np.isfinite(ears.hear(np.zeros_like(tune))).all()
    assert judges.PasstEars(small[1]).hear(tune).sum() == pytest.approx(1)


def test_divergence_is_of_what_is_found() -> None:
    even, sure = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    assert judges.mean_divergence([even], [even]) == pytest.approx(0, abs=1e-5)
    assert judges.mean_divergence([sure], [even]) == pytest.approx(np.log(2), abs=1e-5)
    assert judges.mean_divergence([even], [sure]) > 6


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("cut", "damaged or incomplete"),
        ("missing", "weight “conv2d_3.bias” is missing"),
        ("surplus", "has a weight “more”"),
        ("shape", r"“speclayer.mel_basis” has the shape \[128, 1025\]"),
        ("other", "does not hold OpenL3"),
        ("broken", "not finite"),
    ],
)
def test_files_that_do_not_fit_are_refused(small: tuple[Path, Path], damage: str, sentence: str) -> None:
    path = small[0]
    weights = seeded(judges.OPENL3.build())
    if damage == "missing":
        del weights["conv2d_3.bias"]
    elif damage == "surplus":
        weights["more"] = torch.zeros(1)
    elif damage == "shape":
        weights["speclayer.mel_basis"] = torch.zeros(128, 1025)
    elif damage == "broken":
        weights["conv2d_3.bias"][0] = torch.nan
    save_file(seeded(judges.PASST.build()) if damage == "other" else weights, path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match=sentence) as caught:
        judges.OpenL3Ears(path)
    assert "weights_only=True" in caught.value.hint


def test_a_wrong_file_is_refused_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work, file = tmp_path / "work", tmp_path / "weights.pt"
    words = ["evaluate", str(write_tiny_model(tmp_path / "tiny")), "--work", str(work), "--passt", str(file)]
    assert main(words) == 2
    assert "no file" in capsys.readouterr().err
    torch.save({"head.1.bias": torch.zeros(527)}, file)
    assert main(words) == 1
    assert "weights.pt is no safetensors file" in capsys.readouterr().err
    assert not (work / "tiny" / "parts").exists()

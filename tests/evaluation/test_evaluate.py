"""The whole command on a tiny model: every part, one page, and nothing measured twice."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.audio import wave_io
from musicapp.cli.evaluate import read_parts
from musicapp.cli.main import main
from musicapp.engine.engine import Engine
from musicapp.errors import RequestError
from musicapp.evaluation import evaluate as runner
from musicapp.evaluation import probe_sets, probes, report, sources, whole
from musicapp.evaluation.classifier import LEVELS, RENDER_S
from musicapp.evaluation.options import PARTS, Options, Sizes
from musicapp.evaluation.takes import Takes
from musicapp.shape import Source
from tests.evaluation.sounds import notes, stereo, write_renders
from tests.making import make
from tests.tiny_model import write_tiny_model

SIZES = Sizes(4, 5.0, 6, 12, (3.0, 5.0), 1, 1, 40.0, 2, 2, (40.0,), 1, 3.0, 1)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny", steps=2, max_duration_s=60)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """A work folder after one evaluation of everything that needs no more than the model."""
    folder = tmp_path_factory.mktemp("work")
    write_renders(folder, "held-out", SIZES.seconds, SIZES.pieces)
    write_renders(folder, "reference", SIZES.seconds, SIZES.reference_pieces, LEVELS)
    write_renders(folder, "classifier", RENDER_S, SIZES.classifier_pieces, LEVELS)
    write_renders(folder, "learnt", SIZES.seconds, 10)
    write_renders(folder, "long", SIZES.structure_s, 1)
    write_renders(folder, "singles", sources.SINGLE_S, SIZES.pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probe_sets, "STYLES", {"Western": ("rock",), "elsewhere": ("indian raga",)})
        patch.setattr(probes, "SCALES", probe_sets.SCALES[:2])
        patch.setattr(whole, "AT_ONCE_S", 5.0)
        runner.evaluate(options(folder, model))
    return folder


def options(work: Path, model: Path) -> Options:
    return Options(str(model), work, SIZES, device="cpu", precision="fp32", training=work / "renders" / "learnt-5s")


class Links(HTMLParser):
    """Collects what a page refers to and which tags it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.files: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.files += [value for name, value in attrs if name in ("src", "href") and value]


def test_every_part_has_figures_or_says_why_not(work: Path) -> None:
    values = json.loads((work / "tiny" / "report.json").read_text())
    assert tuple(values["parts"]) == PARTS and values["not_measured"] == ["clap", "openl3", "passt"]
    adherence = values["parts"]["adherence"]
    assert set(adherence) > {"generated", "renders", "another_prompt", "wording_of_training", "new_wording", "ears"}
    assert 0 <= adherence["generated"]["drums"] <= 1
    assert values["parts"]["autoencoder"]["stft"] > 0
    sound = values["parts"]["sound"]
    assert set(sound) == {"generated", "renders", "autoencoder", "pieces"}
    assert sound["renders"]["side_to_mid_db"] is not None and 0 <= sound["generated"]["group_start"] <= 1
    assert abs(sound["renders"]["balance_db"]) < 10 and "loudness_range_lu" in values["parts"]["structure"]["composed"]
    assert values["parts"]["timing"]["told"]["takes"] == 2
    assert values["parts"]["distribution"]["frechet_renders"] > 0
    assert values["parts"]["structure"]["pieces"] == 1
    assert values["parts"]["diversity"]["pairs"] == 2
    assert values["parts"]["memory"]["training_pieces"] == 10
    assert len(values["parts"]["whole"]["mel_by_position"]) == 2 and values["parts"]["whole"]["sound_differs"] < 1e-4
    assert [cost["length_s"] for cost in values["parts"]["lengths"]["costs"]] == [3, 5, 30]
    assert (
        set(values["parts"]["withheld"]["lengths"]) == {"40"} and values["parts"]["withheld"]["all"]["ends"]["p"] == 1
    )
    varied = values["parts"]["sources"]
    assert set(varied["levels"]) == {"0", "0.25", "0.5", "0.75", "1"} and varied["singles"]["count"] == 4
    kept = [each["chroma"][0] for each in varied["levels"].values()]
    assert all(abs(value) <= 1 for value in kept) and len(set(kept)) == 5
    assert varied["levels"]["1"]["chroma_p"] == 1 and varied["levels"]["0"]["band_p"] == 1
    assert set(values["parts"]["probes"]["metres"]) == {"4/4", "3/4", "6/8", "5/4", "7/8", "11/8"}


def test_the_page_stands_alone_and_plays_files_that_are_there(work: Path) -> None:
    page = work / "tiny" / "index.html"
    links = Links(page.read_text(encoding="utf-8"))
    for kind in ("generated: ", "render: ", "render through the autoencoder: "):
        assert f'alt="{kind}' in page.read_text(encoding="utf-8")
    players = [name for name in links.files if not name.startswith("data:image/png")]
    assert len(players) > 10 and all((page.parent / name).is_file() for name in players)
    assert {"svg", "img", "audio", "table"} <= links.tags and not {"script", "link"} & links.tags
    assert "no weights given" in page.read_text(encoding="utf-8")


def test_what_is_measured_is_not_measured_again(work: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (work / "tiny" / "index.html").read_bytes()
    monkeypatch.setattr(runner, "MEASURES", {})
    assert runner.evaluate(options(work, model)).read_bytes() == before
    with pytest.raises(KeyError):
        runner.evaluate(replace(options(work, model), steps=1))  # other takes: all has to be measured


def test_a_damaged_part_is_measured_again(tmp_path: Path) -> None:
    path = tmp_path / "part.json"
    result = report.Result({"x": 1}, table=report.Table(("a",), (("b",),)), notes=("n",))
    report.save(path, result, {"weights": "w"})
    loaded = report.load(path, {"weights": "w"})
    assert loaded is not None and loaded.values == {"x": 1} and loaded.notes == ["n"]
    assert report.load(path, {"weights": "other"}) is None
    path.write_text("{")
    assert report.load(path, {"weights": "w"}) is None


def test_takes_are_the_engines_own(model: Path, tmp_path: Path) -> None:
    takes = Takes(model, tmp_path / "takes", steps=None, guidance_scale=None, device="cpu", precision="fp32")
    take = takes.make("calm piano", 3.0, 7)
    request = replace(takes.request("calm piano", 3.0, 7), model=str(model), device="cpu", precision="fp32")
    list(make(Engine(), request, tmp_path / "engine.wav"))
    theirs = np.clip(wave_io.read(tmp_path / "engine.wav")[0], -1, 1)
    assert np.abs(take.sound() - theirs).max() < 2 / 32768
    assert takes.make("calm piano", 3.0, 7) == take
    withheld = takes.make("calm piano", 3.0, 7, told_s=60.0)
    assert withheld.path != take.path and np.abs(withheld.sound() - take.sound()).max() > 1e-3


def test_a_variation_is_the_engines_own(model: Path, tmp_path: Path) -> None:
    takes = Takes(model, tmp_path / "takes", steps=None, guidance_scale=None, device="cpu", precision="fp32")
    sound = stereo(notes([60, 64, 67, 72], 1.0))
    soundfile.write(tmp_path / "tune.wav", sound, SAMPLE_RATE, subtype="FLOAT")
    take = takes.vary("calm piano", sound, 7, 0.5)
    asked = replace(takes.request("calm piano", 4.0, 7), model=str(model), device="cpu", precision="fp32")
    asked = replace(asked, source=Source(str(tmp_path / "tune.wav"), variation=0.5))
    list(make(Engine(), asked, tmp_path / "engine.wav"))
    theirs = np.clip(wave_io.read(tmp_path / "engine.wav")[0], -1, 1)
    assert np.abs(take.sound() - theirs).max() < 2 / 32768
    assert takes.vary("calm piano", sound, 7, 0.5) == take
    assert (
        len({takes.vary("calm piano", each, 7, far).path for each in (sound, sound[::-1]) for far in (0.5, 0.6)}) == 4
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--only", "tempo"], "no part “tempo”"),
        (["--only", "clap", "--skip", "clap"], "Nothing is left"),
        (["--pieces", "1"], "too little"),
        (["--seconds", "nan"], "too little"),
        (["--long", "0"], "too little"),
        (["--clap", "nowhere"], "no folder “nowhere”"),
        (["--training", "nowhere"], "no folder “nowhere”"),
    ],
)
def test_wrong_options_get_one_sentence(
    words: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "--work", str(tmp_path / "work"), *words]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "work").exists()


def test_the_command_prints_the_page(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["evaluate", str(model), "--work", str(tmp_path / "work"), "--quick", "--only", "clap,memory"]
    assert main(words) == 0
    page = Path(capsys.readouterr().out.strip())
    assert page == tmp_path / "work" / "tiny" / "index.html"
    assert page.read_text(encoding="utf-8").count("Not measured: no") == 2
    assert main([*words, "--seconds", "90"]) == 2  # the model makes a minute
    assert "at most 1:00" in capsys.readouterr().err


def test_an_unknown_model_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "nonesuch", "--work", str(tmp_path / "work")]) == 1
    assert "no model “nonesuch”" in capsys.readouterr().err
    assert not (tmp_path / "work").exists()


def test_parts_keep_their_order() -> None:
    assert read_parts("clap, timing", "") == ("timing", "clap")
    assert read_parts(None, "clap,memory,openl3") == (*PARTS[:7], *PARTS[10:])
    with pytest.raises(RequestError):
        read_parts("", "")

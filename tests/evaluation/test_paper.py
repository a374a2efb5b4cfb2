"""The page of the paper's claims: made from kept results alone, the same for the same results, for any model."""

from __future__ import annotations

import json
import math
from pathlib import Path
from xml.etree import ElementTree

import pytest

from musicapp.cli.main import main
from musicapp.evaluation import report
from musicapp.evaluation.paper import drawing, music_claims, question_claims, write
from musicapp.evaluation.paper.claims import CLAIMS
from musicapp.evaluation.paper.findings import CONFIRMED, OPEN, QUALIFIED, REFUTED
from musicapp.evaluation.paper.kept import Kept, Measured
from musicapp.evaluation.withheld import MEASURES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "paper.md"
ABOUT = report.About("2026-11-30", 12.0, "musicapp evaluate tiny --only structure")


def structure(formed: float) -> report.Result:
    figures = {"formed": formed, "sections": 3.2, "returning": 0.9, "motif": 0.7, "loudness_range_lu": 5.0}
    values = {"length_s": 285.0, "pieces": 10, "generated": figures, "composed": {**figures, "formed": 1.0}}
    return report.Result(values, matrices=(report.Matrix("generated: rock", ((0.0, 1.0), (1.0, 0.5))),))


def save(work: Path, name: str, formed: float, about: report.About = ABOUT) -> None:
    folder = work / name / "parts"
    folder.mkdir(parents=True, exist_ok=True)
    report.save(folder / "structure.json", structure(formed), {"weights": "w"}, about)


def verdict_of(page: Path, title: str) -> str:
    rows = [
        line.split("|") for line in page.read_text(encoding="utf-8").splitlines() if line.startswith(f"| [{title}]")
    ]
    assert len(rows) == 1
    return rows[0][3].strip()


def test_the_shipped_page_is_what_its_results_give(tmp_path: Path) -> None:
    results = PAGE.with_suffix("") / write.RESULTS
    target = tmp_path / "paper" / write.RESULTS
    for path in results.rglob("*.json"):
        copy = target / path.relative_to(results)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    write.write(tmp_path / "paper.md", "builtin")
    assert (tmp_path / "paper.md").read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
    for kind in ("*.svg", "*.png"):
        ours, theirs = ({path.name for path in page.glob(kind)} for page in (PAGE.with_suffix(""), tmp_path / "paper"))
        assert ours == theirs and ours
    for path in (tmp_path / "paper").glob("*.svg"):
        assert path.read_text() == (PAGE.with_suffix("") / path.name).read_text()
    assert sum(path.stat().st_size for path in PAGE.with_suffix("").rglob("*")) < 1 << 20


@pytest.mark.parametrize(("formed", "verdict"), [(1.0, CONFIRMED), (0.6, QUALIFIED), (0.1, REFUTED)])
def test_the_verdict_follows_the_figures(formed: float, verdict: str, tmp_path: Path, capsys) -> None:
    save(tmp_path / "work", "tiny", formed)
    page = tmp_path / "docs" / "page.md"
    words = ["evaluate", str(tmp_path / "models" / "tiny"), "--page", str(page), "--work", str(tmp_path / "work")]
    assert main(words) == 0 and capsys.readouterr().out.strip() == str(page)
    assert verdict_of(page, "Long pieces have a form") == verdict
    assert verdict_of(page, "Bias") == OPEN
    text = page.read_text(encoding="utf-8")
    assert "page/form-0.png" in text and (tmp_path / "docs" / "page" / "form-0.png").read_bytes()[1:4] == b"PNG"
    assert f"{100 * formed:.0f} %" in text and "2026-11-30, 12 s of processor time" in text
    assert str(tmp_path) not in text


def test_without_new_results_the_kept_ones_give_the_same_page(tmp_path: Path) -> None:
    save(tmp_path / "work", "tiny", 0.6)
    page = tmp_path / "page.md"
    write.write(page, "tiny", tmp_path / "work")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    write.write(page, "tiny")
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_rival_stands_beside_the_model(tmp_path: Path) -> None:
    for name, formed in (("tiny", 0.9), ("tokens", 0.2)):
        save(tmp_path / "work", name, formed)
    page = tmp_path / "page.md"
    write.write(page, "tiny", tmp_path / "work")
    assert verdict_of(page, "Latent diffusion keeps a form where tokens lose it") == REFUTED  # no other figure differs
    assert "| three sections and a returning motif | 90 % | 20 % |" in page.read_text(encoding="utf-8")


def test_another_model_is_held_against_the_tokens_itself(tmp_path: Path) -> None:
    baseline = report.About("2026-12-01", 12.0, "musicapp evaluate tiny --only structure --baseline tokens")
    for name, formed, about in (("tiny", 0.9, ABOUT), ("as-long", 0.1, ABOUT), ("tokens", 0.2, baseline)):
        save(tmp_path / "work", name, formed, about)
    page = tmp_path / "page.md"
    write.write(page, "tiny", tmp_path / "work")
    text = page.read_text(encoding="utf-8")
    assert "“as-long”, latent diffusion too, is better than “tokens” in 0 of 2 measures, 0 of 2 of form" in text
    assert "In 1 of 2 measures this model is better than every other one here" in text
    assert verdict_of(page, "Latent diffusion keeps a form where tokens lose it") == REFUTED
    assert "| three sections and a returning motif | 90 % | 10 % | 20 % |" in text


def test_sharper_than_composed_music_is_no_better_than_as_sharp() -> None:
    def sharp(kurtosis: float) -> Measured:
        values = {"generated": {"attacks": kurtosis}, "renders": {"attacks": 27.5}}
        return {"sound": Kept(values, (), "2026-12-01", 1.0, "musicapp evaluate")}

    assert question_claims.rivals(sharp(27.0), {"sharper": sharp(90.0)}).verdict == CONFIRMED
    assert question_claims.rivals(sharp(90.0), {"as composed": sharp(27.0)}).verdict == REFUTED


def test_single_lengths_that_differ_are_told_where_all_together_do_not() -> None:
    def compared(told: float, p: float) -> dict[str, object]:
        return {name: {"told": [told, 0.0, 1.0], "withheld": [0.5, 0.0, 1.0], "p": p} for name in MEASURES}

    lengths = {"60": compared(0.4, 0.2), "120": compared(0.6, 0.01), "180": compared(0.3, 0.01)}
    values = {"takes": 16, "lengths": lengths, "all": compared(0.5, 0.4)}
    found = music_claims.timing_and_form({"withheld": Kept(values, (), "2026-11-30", 1.0, "musicapp evaluate")}, {})
    assert found.verdict == QUALIFIED and "16 pairs" in found.sentence
    assert "Of the 12 comparisons at single lengths 8 have p below 0.05: 4 with more where timing is told, 4 with" in (
        found.sentence
    )


def test_what_a_rival_learnt_from_stands_beside_the_comparison(tmp_path: Path) -> None:
    for name in ("tiny", "tokens"):
        save(tmp_path / "work", name, 0.9)
    rival = tmp_path / "train" / "tokens"
    rival.mkdir(parents=True)
    about = {
        "steps": 430,
        "minutes": 24.0,
        "processor_minutes": 10.5,
        "pieces": 900,
        "left": [0.2, 0.07],
        "mean": [0.0],
    }
    (rival / "token_model.json").write_text(json.dumps(about))
    page, words = tmp_path / "page.md", ["evaluate", "tiny", "--work", str(tmp_path / "work")]
    assert main([*words, "--page", str(page), "--baseline", str(rival)]) == 0
    sentence = (
        "“tokens” learnt for 10.5 minutes of processor time (430 steps, 900 composed pieces); its codebooks leave 7 %"
    )
    assert sentence in page.read_text(encoding="utf-8")
    assert main([*words, "--page", str(page)]) == 0 and sentence in page.read_text(encoding="utf-8")


def test_parts_without_figures_or_without_a_date_are_not_kept(tmp_path: Path) -> None:
    folder = tmp_path / "work" / "tiny" / "parts"
    folder.mkdir(parents=True)
    report.save(folder / "clap.json", report.Result({}), {}, ABOUT)
    report.save(folder / "timing.json", report.Result({"a": 1}), {})
    assert main(["evaluate", "tiny", "--page", str(tmp_path / "p.md"), "--work", str(tmp_path / "work")]) == 1
    assert not (tmp_path / "p.md").exists()


@pytest.mark.parametrize("content", ["{", "[]", '{"version": 99}', '{"version": 1, "about": {}}'])
def test_a_damaged_result_gets_one_sentence(content: str, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "p" / write.RESULTS / "tiny"
    folder.mkdir(parents=True)
    (folder / "structure.json").write_text(content)
    assert main(["evaluate", "tiny", "--page", str(tmp_path / "p.md"), "--work", str(tmp_path / "no")]) == 1
    assert "is damaged" in capsys.readouterr().err


def test_a_page_is_markdown(tmp_path: Path, capsys) -> None:
    assert main(["evaluate", "tiny", "--page", str(tmp_path / "p.html")]) == 2
    assert "no page of Markdown" in capsys.readouterr().err


def test_every_claim_says_what_is_missing() -> None:
    for claim in CLAIMS:
        finding = claim.judge({}, {})
        assert finding.verdict == OPEN and finding.sentence.endswith(".") and not finding.pictures


def test_pictures_are_whole_and_leave_out_what_is_no_number() -> None:
    points = [(0.0, 1.0, 0.5, 1.5), (1.0, math.nan, 0.0, 0.0), (2.0, 3.0, 2.0, 4.0)]
    drawn = drawing.lines({"<one>": points, "two": []}, x="x & y", y="y")
    ElementTree.fromstring(drawn)
    assert drawn.count("<circle") == 2 and "nan" not in drawn
    bars = drawing.bars([("a", {"one": (0.5, 0.2, 0.7), "two": (None,)}), ("b", {})], ("one", "two"), unit=" s")
    ElementTree.fromstring(bars)
    assert bars.count("<rect") == 1 + 2 + 1 and "0.5 s" in bars
    ElementTree.fromstring(drawing.bars([], ("one",)))


@pytest.mark.parametrize("most", [1e-6, 0.07, 1.0, 9.9, 285.0, 4000.0])
def test_axes_have_a_few_ticks_that_stay_inside(most: float) -> None:
    ticks = drawing.ticks(most)
    assert ticks[0] == 0 and 2 <= len(ticks) <= 7 and ticks[-1] <= most


def test_kept_results_hold_no_folder_of_a_machine() -> None:
    for path in (PAGE.with_suffix("") / write.RESULTS).rglob("*.json"):
        about = json.loads(path.read_text(encoding="utf-8")).get("about", {})
        assert "/" not in about.get("command", "")

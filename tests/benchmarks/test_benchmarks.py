"""Every case runs in small, beside an earlier checkout, and what is told adds up."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import report


def test_a_smoke_run_measures_every_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = benchmarks.main(["--smoke", "--passes", "1", "--previous", str(benchmarks.ROOT), "--out", str(tmp_path)])
    assert code == 0
    rows = json.loads((tmp_path / "results.json").read_text())["rows"]
    names = [case[0] for case in benchmarks.cases(smoke=True)]
    assert [(row["case"], row["subject"]) for row in rows] == [(n, s) for n in names for s in ("ours", "previous")]
    assert all(row["cpu"] > 0 and row["wall"] > 0 and row["peak"] > 50e6 and row["held"] > 50e6 for row in rows)
    assert all("first sound" in row for row in rows if "take" in row["case"] or "decoder" in row["case"])
    assert (tmp_path / "results.md").read_text().strip() in capsys.readouterr().out
    drawn = ElementTree.parse(tmp_path / "results.svg").getroot()
    assert sum(part.tag.endswith("rect") for part in drawn.iter()) == len(rows) + 1


def test_medians_and_ratios_are_those_of_the_passes() -> None:
    ours = report.row_of(
        "a", "ours", [{"cpu": 1.0, "wall": 2.0, "held": 4, "peak": 5}, {"cpu": 3.0, "wall": 2.0, "held": 4, "peak": 9}]
    )
    theirs = report.row_of("a", "diffusers", [{"cpu": 5.0, "wall": 9.0, "held": 4, "peak": 7}])
    assert (ours["cpu"], ours["least cpu"], ours["peak"]) == (2.0, 1.0, 9)
    assert "2.50 times as quick" in report.table([ours, theirs])


def test_a_subject_without_a_figure_says_why_and_the_others_stay(tmp_path: Path) -> None:
    broken = report.row_of("a", "previous", [{"error": "KeyError: 'x'"}])
    whole = report.row_of("a", "ours", [{"cpu": 1.0, "wall": 1.0, "held": 1, "peak": 1}])
    report.write([whole, broken], {}, tmp_path)
    assert "KeyError" in (tmp_path / "results.md").read_text()
    assert "previous" not in (tmp_path / "results.svg").read_text()


def test_a_folder_without_a_checkout_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        benchmarks.main(["--previous", str(tmp_path)])
    assert "give the folder of a checkout" in capsys.readouterr().err

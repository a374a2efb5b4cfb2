"""Tables as a picture, and sounds of which only the first and the last few stay."""

from __future__ import annotations

from xml.etree import ElementTree

import torch

from musicapp.training import curves, samples, tables
from musicapp.training.progress import Run

SVG = "{http://www.w3.org/2000/svg}"


def curves_of(picture):
    paths = [path for path in picture.iter(f"{SVG}path") if path.get("class") != "axis"]
    return [[tuple(map(float, dot.split())) for dot in path.get("d")[1:].split(" L")] for path in paths]


def test_every_column_has_its_curve_from_its_highest_to_its_lowest_value(tmp_path):
    for step in range(1, 1001):
        loss = float("nan") if step == 500 else 1 / step
        tables.append(tmp_path / "losses.csv", {"step": step, "minutes": 0.1 * step, "loss": loss, "a<b": 1.0})
    tables.append(tmp_path / "held_out.csv", {"step": 1000, "loss": 2.0})
    curves.draw(tmp_path / "losses.svg", [tmp_path / name for name in ("losses.csv", "held_out.csv", "none.csv")])
    picture = ElementTree.parse(tmp_path / "losses.svg")
    titles = [text.text for text in picture.iter(f"{SVG}text")]
    assert {"losses: loss", "losses: a<b", "held_out: loss"} <= set(titles)
    falling, level, single = curves_of(picture)
    assert 200 < len(falling) <= 300 and len(single) == 2
    assert [x for x, _ in falling] == sorted(x for x, _ in falling)
    assert [y for _, y in falling] == sorted(y for _, y in falling)  # downwards is larger
    assert len({y for _, y in level}) == 1
    assert (tmp_path / "losses.svg").stat().st_size < 20_000


def test_a_run_without_tables_has_an_empty_picture(tmp_path):
    curves.draw(tmp_path / "losses.svg", [tmp_path / "losses.csv"])
    assert not curves_of(ElementTree.parse(tmp_path / "losses.svg"))


def test_the_first_and_the_last_few_sounds_stay(tmp_path):
    run = Run(tmp_path, minutes=1)
    for step in (9, 10, 100, 101, 102, 1000):
        run.step = step
        samples._write(run, {"take-1": torch.full((2, 100), 2.0)}, 44100)
    kept = {path.name for path in (tmp_path / "samples").iterdir()}
    assert kept == {f"step-{step}" for step in (9, 100, 101, 102, 1000)}


def test_taking_samples_leaves_the_training_noise_alone():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    one, other = (samples.draw_latents(lambda x, t: 0.5 * x, "v", torch.zeros(1), channels=3) for _ in range(2))
    assert torch.equal(one, other) and one.shape == (2, 3, samples.LATENTS)
    assert torch.equal(torch.get_rng_state(), before)

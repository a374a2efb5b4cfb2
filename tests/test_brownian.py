"""The step noise that parity draws again from a seed, against runs that recorded theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.parity import brownian
from tests.parity.golden import Golden

RUNS = Path(__file__).parent / "reference" / "sat-tiny-runs"


@pytest.mark.parametrize("name", ["sample.dpmpp_3m_sde", "sample.dpmpp_2m_sde_batch2"])
def test_a_seed_gives_the_recorded_step_noise(name):
    golden = Golden(RUNS)
    case, noise, recorded = golden.cases[name], golden[f"{name}.noise"], golden[f"{name}.step_noise"]
    generator = torch.Generator().manual_seed(case["seed"])
    assert torch.randn(noise.shape, generator=generator).equal(noise)
    seed = int(torch.randint(0, 2**63 - 1, (), generator=generator))
    draw = brownian.draw(noise.shape, case, seed)
    torch.testing.assert_close(torch.stack([draw() for _ in recorded]), recorded, atol=1e-5, rtol=0)


def test_changes_over_neighbouring_times_add_up():
    path = brownian.Path(torch.Size((2, 3)), 0.3, 9.0, seed=5)

    def change(first, second):
        return path.unit_increment(first, second) * abs(second - first) ** 0.5

    torch.testing.assert_close(change(0.4, 2.5) + change(2.5, 7.0), change(0.4, 7.0))
    torch.testing.assert_close(change(7.0, 0.4), -change(0.4, 7.0))

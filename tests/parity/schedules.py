"""Recorded schedules: `schedule.polyexponential_*`, `schedule.logsnr_*`, `schedule.shift_*`."""

from __future__ import annotations

import re

from torch import Tensor

from musicapp.diffusion import schedules
from tests.parity.bench import Bench, Recipe
from tests.parity.golden import number_after


def polyexponential(bench: Bench, name: str) -> Tensor:
    what = bench.golden.what(name)
    low, high = number_after("sigma_min", what), number_after("sigma_max", what)
    assert low is not None and high is not None, f"no sigma_min and sigma_max in {what!r}"
    rho = number_after("rho", what)
    return schedules.polyexponential(_steps(bench, name), low, high, rho=1.0 if rho is None else rho)


def logsnr(bench: Bench, name: str) -> Tensor:
    sigma_max = number_after("sigma_max", bench.golden.what(name))
    if sigma_max is None:
        sigma_max = float(name.rsplit("_", 1)[1])
    return schedules.logsnr(_steps(bench, name), sigma_max)


def linear(bench: Bench, name: str) -> Tensor:
    return schedules.linear(_steps(bench, name), float(bench.golden[name][0]))


def shifted(bench: Bench, name: str) -> Tensor:
    length = number_after("sequence length", bench.golden.what(name))
    frames = int(name.rsplit("_", 1)[1]) if length is None else int(length)
    return schedules.shift(bench.golden["schedule.shift_in"], frames, bench.shift_options)


def _steps(bench: Bench, name: str) -> int:
    """The steps that the description or the name gives; the recorded length is compared with the result."""
    what = bench.golden.what(name)
    told = number_after(r"\bn|steps", what) or number_after("[a-z]_", name)
    return int(told) if told else len(bench.golden[name]) - 1


RECIPES: list[tuple[re.Pattern[str], Recipe]] = [
    (re.compile(r"schedule\.polyexponential_.*"), polyexponential),
    (re.compile(r"schedule\.logsnr_.*"), logsnr),
    (re.compile(r"schedule\.shift_in"), linear),
    (re.compile(r"schedule\.shift_\d+"), shifted),
]

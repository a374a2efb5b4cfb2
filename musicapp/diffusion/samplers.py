"""Samplers, one function per published algorithm: generators of steps that know only tensors.

For v models in k-space, x = z + sigma * noise, `denoise(x, sigma (b,))` gives the clean estimate:
`dpmpp_2m`, `dpmpp_2m_sde`, `dpmpp_3m_sde`. For rectified flows, `velocity(x, sigma (b,))` gives dx/dsigma:
`euler`, `dpmpp_flow`, `pingpong`.

Common to all: `noise` `(batch, channels, latent_frames)` of unit variance; `sigmas` `(steps + 1,)`, falling, the last
one exactly 0; `start`, if given, is the state at `sigmas[0]` and is used instead of noise (see starts.py);
`draw()` gives fresh unit noise shaped like `noise`, once for every step that needs it. Coefficients are computed in
float64, the state keeps the dtype of `noise`. Whoever iterates owns progress, preview and cancelling.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from musicapp.diffusion.objectives import Denoise, Velocity
from musicapp.diffusion.starts import exploding_start, flow_start

Draw = Callable[[], Tensor]


@dataclass(frozen=True)
class Step:
    """One step taken: the state after it, the clean estimate it used, and the `sigma` the network was asked at."""

    index: int
    latents: Tensor
    denoised: Tensor
    sigma: float


@torch.inference_mode()
def dpmpp_2m(denoise: Denoise, noise: Tensor, sigmas: Tensor, *, start: Tensor | None = None) -> Iterator[Step]:
    """DPM-Solver++(2M), deterministic, second order (arXiv 2211.01095, algorithm 2)."""
    x, levels = _exploding(noise, sigmas, start)
    before: Tensor | None = None
    h_before = 0.0
    for i, (now, after) in enumerate(itertools.pairwise(levels)):
        denoised = denoise(x, _batch(x, now))
        if after == 0.0:
            x = denoised
        else:
            h = math.log(now / after)
            target = denoised if before is None else denoised + (denoised - before) * (h / (2 * h_before))
            x = (after / now) * x - math.expm1(-h) * target
            before, h_before = denoised, h
        yield Step(i, x, denoised, now)


@torch.inference_mode()
def dpmpp_2m_sde(
    denoise: Denoise, noise: Tensor, sigmas: Tensor, draw: Draw, *, eta: float = 1.0, start: Tensor | None = None
) -> Iterator[Step]:
    """SDE-DPM-Solver++(2M), midpoint form (arXiv 2211.01095, appendix); `eta` 0 adds no noise, 1 the full SDE."""
    x, levels = _exploding(noise, sigmas, start)
    before: Tensor | None = None
    h_before = 0.0
    for i, (now, after) in enumerate(itertools.pairwise(levels)):
        denoised = denoise(x, _batch(x, now))
        if after == 0.0:
            x = denoised
        else:
            h = math.log(now / after)
            reach = -math.expm1(-h * (1 + eta))  # share of the way to the clean estimate
            x = (1.0 - reach) * x + reach * denoised
            if before is not None:
                x = x + (0.5 * reach * h / h_before) * (denoised - before)
            x = _renoise(x, after, h, eta, draw)
            before, h_before = denoised, h
        yield Step(i, x, denoised, now)


@torch.inference_mode()
def dpmpp_3m_sde(
    denoise: Denoise, noise: Tensor, sigmas: Tensor, draw: Draw, *, eta: float = 1.0, start: Tensor | None = None
) -> Iterator[Step]:
    """SDE-DPM-Solver++(3M), third order multistep: arXiv 2211.01095 carried one order on by k-diffusion."""
    x, levels = _exploding(noise, sigmas, start)
    history: list[tuple[Tensor, float]] = []  # (clean estimate, h of its step), newest first, two at most
    for i, (now, after) in enumerate(itertools.pairwise(levels)):
        denoised = denoise(x, _batch(x, now))
        if after == 0.0:
            x = denoised
        else:
            h = math.log(now / after)
            big_h = h * (1 + eta)
            reach = -math.expm1(-big_h)
            x = (1.0 - reach) * x + reach * denoised
            phi2 = 1.0 - reach / big_h
            if len(history) == 2:
                (first, h1), (second, h2) = history
                r0, r1 = h1 / h, h2 / h
                slope, older = (denoised - first) / r0, (first - second) / r1
                bend = (slope - older) / (r0 + r1)
                phi3 = phi2 / big_h - 0.5
                x = x + phi2 * (slope + bend * r0) - phi3 * bend
            elif history:
                first, h1 = history[0]
                x = x + (phi2 * h / h1) * (denoised - first)
            x = _renoise(x, after, h, eta, draw)
            history = [(denoised, h), *history[:1]]
        yield Step(i, x, denoised, now)


@torch.inference_mode()
def euler(velocity: Velocity, noise: Tensor, sigmas: Tensor, *, start: Tensor | None = None) -> Iterator[Step]:
    """Follow a rectified flow from noise to latents, first order (arXiv 2209.03003)."""
    x, levels = _flow(noise, sigmas, start)
    for i, (now, after) in enumerate(itertools.pairwise(levels)):
        v = velocity(x, _batch(x, now))
        denoised = x - now * v
        x = x + (after - now) * v
        yield Step(i, x, denoised, now)


@torch.inference_mode()
def dpmpp_flow(
    velocity: Velocity, noise: Tensor, sigmas: Tensor, *, start: Tensor | None = None, least_signal: float = 0.0
) -> Iterator[Step]:
    """DPM-Solver++(2M) along a rectified flow, in the log-SNR of x = (1 - t) z + t noise (arXiv 2211.01095).

    Pure noise has log-SNR -inf and clean latents +inf: those steps are the limits, never inf - inf.
    least_signal  the share of signal that pure noise is taken to hold, so that the second step leans on the first one
    """
    x, levels = _flow(noise, sigmas, start)
    before: Tensor | None = None
    h_before = 0.0
    for i, (now, after) in enumerate(itertools.pairwise(levels)):
        denoised = x - now * velocity(x, _batch(x, now))
        h = _flow_logsnr(after, least_signal) - _flow_logsnr(now, least_signal)
        target = denoised
        if before is not None and after > 0.0:
            target = denoised + (denoised - before) * (h / (2 * h_before))  # 0 after a first step of infinite h
        x = (after / now) * x - ((1.0 - after) * math.expm1(-h)) * target
        before, h_before = denoised, h
        yield Step(i, x, denoised, now)


@torch.inference_mode()
def pingpong(
    velocity: Velocity, noise: Tensor, sigmas: Tensor, draw: Draw, *, start: Tensor | None = None
) -> Iterator[Step]:
    """Denoise fully, noise again to the next level (arXiv 2303.01469, algorithm 1; for flows in arXiv 2505.08175).

    Meant for post-trained few-step models. Nothing is drawn for the last step, whose level is 0.
    """
    x, levels = _flow(noise, sigmas, start)
    for i, (now, after) in enumerate(itertools.pairwise(levels)):
        denoised = x - now * velocity(x, _batch(x, now))
        x = denoised if after == 0.0 else (1.0 - after) * denoised + after * draw()
        yield Step(i, x, denoised, now)


def _exploding(noise: Tensor, sigmas: Tensor, start: Tensor | None) -> tuple[Tensor, list[float]]:
    levels = _checked(sigmas)
    return (exploding_start(noise, levels[0]) if start is None else start), levels


def _flow(noise: Tensor, sigmas: Tensor, start: Tensor | None) -> tuple[Tensor, list[float]]:
    levels = _checked(sigmas, rise_after_start=True)
    return (flow_start(noise, levels[0]) if start is None else start), levels


def _checked(sigmas: Tensor, *, rise_after_start: bool = False) -> list[float]:
    """The levels; Stable Audio 3 may rise once, after a start that was asked for (see shifts.py)."""
    levels: list[float] = sigmas.tolist()
    falling = all(now > after for now, after in itertools.pairwise(levels[1:] if rise_after_start else levels))
    if len(levels) < 2 or not falling or levels[0] <= 0.0 or levels[-1] != 0.0:
        raise ValueError("sigmas must fall at every step and end in exactly 0")
    return levels


def _batch(x: Tensor, level: float) -> Tensor:
    return x.new_full((x.shape[0],), level)


def _renoise(x: Tensor, after: float, h: float, eta: float, draw: Draw) -> Tensor:
    if eta == 0.0:
        return x
    return x + draw() * (after * math.sqrt(-math.expm1(-2 * eta * h)))


def _flow_logsnr(level: float, least_signal: float) -> float:
    if level <= 0.0:
        return math.inf
    signal = max(1.0 - level, least_signal)
    return math.log(signal / level) if signal > 0.0 else -math.inf

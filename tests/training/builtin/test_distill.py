"""A student takes in one step what its teacher takes in several."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from musicapp.diffusion import schedules
from musicapp.training.builtin.distill import levels_of, own_way, segment_loss, walk

MODES = torch.tensor([-2.0, 2.0])


def teacher(x, t):
    """The exact velocity towards two narrow modes of equal weight: a flow whose paths bend."""
    t = t[:, None, None]
    clean, noisy = 1 - t, t.clamp(min=1e-3)
    variance = clean**2 * 0.01 + noisy**2
    weights = (-((x[..., None] - clean[..., None] * MODES) ** 2) / (2 * variance[..., None])).softmax(-1)
    centre = (weights * MODES).sum(-1)
    denoised = centre + clean * 0.01 / variance * (x - clean * centre)
    return (x - denoised) / noisy


class Student(nn.Module):
    """The teacher and a small learnt correction that is zero at first."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 1))
        nn.init.zeros_(self.net[-1].weight)
        nn.init.zeros_(self.net[-1].bias)

    def forward(self, x, t):
        told = torch.stack([x, t[:, None, None].expand_as(x)], -1)
        return teacher(x, t) + self.net(told)[..., 0]


def test_the_few_levels_are_those_of_the_sampler():
    levels = levels_of(8, 4)
    few = schedules.logsnr(8)
    torch.testing.assert_close(levels[:, 0], few[:-1])
    torch.testing.assert_close(levels[:, -1], few[1:])


def test_a_student_that_steps_like_its_teacher_has_no_loss():
    levels = levels_of(6, 1)
    torch.testing.assert_close(segment_loss(teacher, teacher, torch.randn(6, 1, 5), levels), torch.zeros(6))


def test_its_own_way_is_the_sampler_s():
    noise, levels = torch.randn(3, 1, 5), levels_of(4, 8)
    torch.testing.assert_close(own_way(teacher, noise, levels, 0), noise)
    few = schedules.logsnr(4).expand(3, -1)
    torch.testing.assert_close(own_way(teacher, noise, levels, 3), walk(teacher, noise, few[:, :4]))
    torch.testing.assert_close(own_way(teacher, noise, levels, 4), walk(teacher, noise, few))


@pytest.mark.parametrize("own_share", [0.0, 0.5])
def test_few_steps_of_a_student_come_nearer_than_few_steps_of_its_teacher(own_share):
    torch.manual_seed(0)
    steps = 4
    levels, student = levels_of(steps, 8), Student()
    optimiser = torch.optim.Adam(student.parameters(), lr=3e-3)
    for number in range(300):
        latents = MODES[torch.randint(2, (64, 1, 8))] + 0.1 * torch.randn(64, 1, 8)
        begin = torch.randint(steps, (64,))
        if own_share and number % 2:
            begin = begin[:1].expand(64)
            x = own_way(student, torch.randn_like(latents), levels, int(begin[0]))
        else:
            x = torch.lerp(latents, torch.randn_like(latents), levels[begin, :1, None])
        loss = segment_loss(student, teacher, x, levels[begin]).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    noise = torch.randn(64, 1, 8)
    few, many = (schedules.logsnr(n).expand(64, -1) for n in (steps, 8 * steps))
    with torch.no_grad():
        wanted = walk(teacher, noise, many)
        mine, theirs = ((walk(f, noise, few) - wanted).square().mean() for f in (student, teacher))
    assert mine < theirs

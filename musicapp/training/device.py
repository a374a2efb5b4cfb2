"""Where a stage computes, and in which number format. Noise is drawn on the CPU, so a seed means the same anywhere."""

from __future__ import annotations

import torch
from torch import Tensor

from musicapp.errors import RequestError
from musicapp.nn.native import has_bf16

DEVICES = ("auto", "cpu", "cuda", "mps")


def choose(name: str) -> torch.device:
    """The device of that name; "auto" is CUDA, else MPS, else the CPU. Raises RequestError for one that is not here."""
    usable = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(kind for kind, is_usable in usable.items() if is_usable)
    if not usable.get(name, False):
        raise RequestError(f"PyTorch cannot use “{name}” on this machine.", hint="Choose the device auto.")
    return torch.device(name)


def autocast(device: torch.device) -> torch.autocast:
    """bfloat16 for what stands it, where the device has instructions for it; float32 elsewhere."""
    return torch.autocast(device.type, torch.bfloat16, enabled=has_bf16(device))


def noise_like(x: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Unit normal noise of x's shape and device, drawn on the CPU in float32."""
    return torch.randn(x.shape, generator=generator).to(x.device)

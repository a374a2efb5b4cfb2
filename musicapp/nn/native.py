"""What number formats a device computes in natively; without that they are slower than float32, not quicker."""

from __future__ import annotations

import torch

AMPERE = (8, 0)  # first CUDA generation with fast bfloat16


def cpu_has_bf16() -> bool:
    """Whether this processor multiplies bfloat16 natively (AMX tiles or AVX-512 BF16)."""
    return cpu_has_matrix_units() or _cpu_says("_is_avx512_bf16_supported")


def cpu_has_matrix_units() -> bool:
    """Whether this processor multiplies whole tiles of bfloat16 (AMX)."""
    return _cpu_says("_is_amx_tile_supported")


def cpu_multiplies_bytes() -> bool:
    """Whether this processor multiplies bytes natively, and torch makes use of it (AVX-512 VNNI).

    On others `torch._int_mm` is a plain loop, which takes 25 times as long as the product of floats.
    """
    return _cpu_says("_is_vnni_supported")


def has_bf16(device: torch.device) -> bool:
    """Whether a device multiplies bfloat16 natively. Apple's are not counted in: training there is float32."""
    if device.type == "cuda":
        return torch.cuda.is_available() and torch.cuda.get_device_capability(device) >= AMPERE
    return device.type == "cpu" and cpu_has_bf16()


def _cpu_says(probe: str) -> bool:
    """The answer of one of torch's probes: they are private, so never assumed to be there."""
    ask = getattr(torch.cpu, probe, None)
    return ask is not None and bool(ask())

"""What number formats a device computes in natively; without that they are slower than float32, not quicker."""

from __future__ import annotations

import torch

AMPERE = (8, 0)  # first CUDA generation with fast bfloat16


def cpu_has_bf16() -> bool:
    """Whether this processor multiplies bfloat16 natively (AMX tiles or AVX-512 BF16)."""
    probes = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")  # private, so never assumed to be there
    return any(probe() for name in probes if (probe := getattr(torch.cpu, name, None)) is not None)


def has_bf16(device: torch.device) -> bool:
    """Whether a device multiplies bfloat16 natively. Apple's are not counted in: training there is float32."""
    if device.type == "cuda":
        return torch.cuda.is_available() and torch.cuda.get_device_capability(device) >= AMPERE
    return device.type == "cpu" and cpu_has_bf16()

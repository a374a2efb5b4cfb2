"""Which device and number format to compute with, by what the machine can do; and how many threads."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from musicapp.errors import RequestError
from musicapp.nn.native import AMPERE, cpu_has_bf16


@dataclass(frozen=True)
class Placement:
    """Where a model runs and in which number format; `device_name` is for people."""

    device: str
    precision: str
    device_name: str


def place(device: str, precision: str) -> Placement:
    """Resolve "auto" and refuse what this machine cannot do.

    auto device     CUDA, else MPS, else CPU
    auto precision  bf16 on CUDA from Ampere on, fp16 on older CUDA and on MPS; on the CPU bf16 where it has
                    instructions for it (AMX or AVX-512 BF16), else fp32
    """
    found = _resolve_device(device)
    return Placement(found, _resolve_precision(found, precision), device_name(found))


def found() -> tuple[str, ...]:
    """Where models can run here: "cpu", and a GPU that PyTorch can use."""
    return tuple(name for name, usable in _available().items() if usable)


def device_name(device: str) -> str:
    """The device as people know it, for example "AMD EPYC 9B14, 8 cores"."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    if device == "mps":
        return f"{_processor_name()} GPU"
    cores = physical_cores()
    return f"{_processor_name()}, {cores} core{'' if cores == 1 else 's'}"


def physical_cores() -> int:
    """Processor cores this process may use, not counting their second threads, which only slow matrix products."""
    if sys.platform == "linux":
        return _linux_cores(Path("/sys/devices/system/cpu"), os.sched_getaffinity(0))
    if sys.platform == "darwin":
        for name in ("hw.perflevel0.physicalcpu", "hw.physicalcpu"):  # efficiency cores would hold the others up
            if (count := _sysctl(name)).isdigit():
                return int(count)
    return torch.get_num_threads()  # elsewhere torch's own start value: the physical cores


def use_all_cores() -> None:
    """Give torch one thread for each physical core, unless the user set OMP_NUM_THREADS."""
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(physical_cores())


def _resolve_device(device: str) -> str:
    available = _available()
    if device == "auto":
        return next(name for name, usable in available.items() if usable)
    if device not in available:
        raise RequestError(f"“{device}” is not a device.", hint=f"Use one of: auto, {', '.join(available)}.")
    if not available[device]:
        wanted = {"cuda": "NVIDIA GPU (CUDA)", "mps": "Apple GPU (MPS)"}[device]
        raise RequestError(
            f"This machine has no {wanted} that PyTorch can use.", hint="Choose the device “Automatic” (auto)."
        )
    return device


def _available() -> dict[str, bool]:
    """The devices in the order in which "auto" tries them."""
    return {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}


def _resolve_precision(device: str, precision: str) -> str:
    if precision != "auto":
        return precision
    if device == "cuda":
        return "bf16" if torch.cuda.get_device_capability() >= AMPERE else "fp16"
    if device == "mps":
        return "fp16"
    return "bf16" if cpu_has_bf16() else "fp32"


def _linux_cores(folder: Path, allowed: set[int]) -> int:
    siblings = set()
    for cpu in allowed:
        try:
            siblings.add((folder / f"cpu{cpu}/topology/thread_siblings_list").read_text().strip())
        except OSError:
            siblings.add(str(cpu))
    return max(1, len(siblings))


def _processor_name() -> str:
    if sys.platform == "linux":
        try:
            lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        if names:
            return names[0]
    if sys.platform == "darwin" and (name := _sysctl("machdep.cpu.brand_string")):
        return name
    return platform.processor() or platform.machine() or "CPU"


def _sysctl(name: str) -> str:
    try:
        return subprocess.run(["sysctl", "-n", name], capture_output=True, text=True, timeout=5).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""

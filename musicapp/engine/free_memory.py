"""How much memory a device has left for the model, as far as the system can tell.

`MUSICAPP_MEMORY_GB=4` lets the model take at most 4 GB instead, more or less than is free: for machines that are
shared, and for those whose own answer is wrong.
"""

from __future__ import annotations

import logging
import math
import os
from pathlib import Path

import psutil
import torch

log = logging.getLogger(__name__)

LIMIT_NAME = "MUSICAPP_MEMORY_GB"
GB = 10**9  # as files and downloads are counted
_HUGE = 1 << 60  # limits above it are none: version 1 of control groups writes 2**63 rounded down to pages


def given_limit() -> int | None:
    """Bytes that the user allows, None without a limit. One that is no number is none, and logged."""
    text = os.environ.get(LIMIT_NAME, "")
    if not text:
        return None
    try:
        gigabytes = float(text.replace(",", "."))
    except ValueError:
        gigabytes = math.nan
    if not (math.isfinite(gigabytes) and gigabytes > 0):
        log.warning("%s=%.40r is not a number of gigabytes and counts for nothing", LIMIT_NAME, text)
        return None
    return round(gigabytes * GB)


def free_bytes(device: torch.device) -> int:
    """Bytes that a device can still give out: on CUDA and MPS with those that torch keeps in reserve."""
    if device.type == "cuda":
        free, _total = torch.cuda.mem_get_info(device)
        return int(free) + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    if device.type == "mps":  # the GPU works in the computer's own memory, of which the system wants to keep a share
        within_share = torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
        return max(0, min(within_share, computer_bytes()))
    return computer_bytes()


def computer_bytes() -> int:
    """Main memory that can be taken without swapping, within the limits of the container, if there is one."""
    free = int(psutil.virtual_memory().available)
    return min([free, *control_group_bytes(Path("/"))])


def control_group_bytes(root: Path) -> list[int]:
    """What each control group around this process still allows: containers and services on Linux, both versions.

    root  of the file system. Files that the group could give back do not count as taken.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _number, controllers, path = line.split(":", 2)
        if not controllers:
            folder, names = root / "sys/fs/cgroup", ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            folder = root / "sys/fs/cgroup/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        group = folder / path.lstrip("/")
        # Inside a container the path may be the host's, which is not there: its root is the container's own group.
        for place in (group, *group.parents):
            if folder in (place, *place.parents) and (left := _left_in(place, *names)) is not None:
                found.append(left)
    return found


def _left_in(group: Path, limit_name: str, used_name: str, reclaimable: str) -> int | None:
    try:
        limit = int((group / limit_name).read_text())  # "max" in a group without one
        used = int((group / used_name).read_text())
        stat = dict(line.split(" ", 1) for line in (group / "memory.stat").read_text().splitlines())
        kept = int(stat.get(reclaimable, 0))
    except (OSError, ValueError):
        return None
    return max(0, limit - used + kept) if limit < _HUGE else None

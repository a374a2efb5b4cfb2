"""One subject in a process of its own: builds a case when told, passes it when told, says what that cost.

Started by path, so that what it imports as `musicapp` is decided by PYTHONPATH alone. Lines of JSON in and out.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def main() -> int:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is no answer
    cases, pipelines = _module("cases"), _module("pipelines")
    known = {**cases.CASES, "pipeline": pipelines.take}
    known |= {"diffusers pipeline": pipelines.peer_take, "authors pipeline": pipelines.authors_take}
    import torch

    torch.set_num_threads(int(os.environ.get("BENCHMARK_THREADS", "1")))
    once, held = None, 0
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if asked is not None:
                once = known[asked["case"]](**asked["sizes"])
                held = _resident()
            assert once is not None
            answers.write(json.dumps({"held": held, **_measured(once)}) + "\n")
        except Exception as error:  # the other subjects go on, and the report says why this one has no figure
            answers.write(json.dumps({"error": f"{type(error).__name__}: {error}"}) + "\n")
    return 0


def _module(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _resident() -> int:
    """Bytes in memory now that all is built; the count of the peak begins anew, where the system allows it."""
    import psutil

    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return int(psutil.Process().memory_info().rss)


def _peak() -> int:
    """The most bytes in memory since `_resident`; where the system does not tell that, since the process began."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _measured(once) -> dict[str, float]:  # type: ignore[no-untyped-def]
    began, busy = time.perf_counter(), time.process_time()
    extra = once()
    wall, cpu = time.perf_counter() - began, time.process_time() - busy
    parts = extra.pop("parts", 1.0)
    return {"wall": wall / parts, "cpu": cpu / parts, "peak": _peak(), **extra}


if __name__ == "__main__":
    sys.exit(main())

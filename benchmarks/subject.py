"""One subject in a process of its own: builds a case when told, passes it when told, says what that cost.

Started by path, so that what it imports as `musicapp` is decided by PYTHONPATH alone. Lines of JSON in and out.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def main() -> int:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is no answer
    spec = importlib.util.spec_from_file_location("cases", Path(__file__).with_name("cases.py"))
    assert spec is not None and spec.loader is not None
    cases = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(cases)
    import torch

    torch.set_num_threads(int(os.environ.get("BENCHMARK_THREADS", "1")))
    once = None
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if asked is not None:
                once = cases.CASES[asked["case"]](**asked["sizes"])
            assert once is not None
            answers.write(json.dumps(_measured(once)) + "\n")
        except Exception as error:  # the other subjects go on, and the report says why this one has no figure
            answers.write(json.dumps({"error": f"{type(error).__name__}: {error}"}) + "\n")
    return 0


def _measured(once) -> dict[str, float]:  # type: ignore[no-untyped-def]
    began, busy = time.perf_counter(), time.process_time()
    extra = once()
    wall, cpu = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"wall": wall, "cpu": cpu, "peak": peak * (1 if sys.platform == "darwin" else 1024), **extra}


if __name__ == "__main__":
    sys.exit(main())

"""Estimated and measured memory of takes, side by side: `python -m tests.measure_memory MODEL [SECONDS ...]`.

Each take runs in a process of its own: torch is imported, the model is loaded, then the system is asked to count the
peak anew (Linux only). Measured is what the peak adds to the process before the model came. Two steps are enough, as
every step needs the same.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

MB = 10**6


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.measure_memory", description=__doc__)
    parser.add_argument("model")
    parser.add_argument("seconds", nargs="*", type=float, default=[30.0, 285.0])
    parser.add_argument("--precision", default="fp32")
    parser.add_argument("--negative", default="")
    parser.add_argument("--chunk", type=int, default=0, help="latents decoded at once")
    parser.add_argument("--here", action="store_true", help="in this process, for the first length")
    options = parser.parse_args()
    if options.here:
        measure(options)
        return
    print("model precision chunk seconds: estimated weights, peak; measured weights, peak; difference", flush=True)
    for seconds in options.seconds:
        words = [sys.executable, "-m", "tests.measure_memory", options.model, str(seconds), "--here"]
        words += ["--precision", options.precision, "--negative", options.negative, "--chunk", str(options.chunk)]
        with tempfile.TemporaryDirectory() as home:
            subprocess.run(words, check=True, env={**os.environ, "MUSICAPP_HOME": home})


def measure(options: argparse.Namespace) -> None:
    """One take in this process; one line."""
    import transformers  # noqa: F401 - part of what the engine is before a model comes

    from musicapp.engine import memory
    from musicapp.engine.engine import Engine
    from musicapp.request import TakeRequest
    from tests.making import prepare

    if options.chunk:
        memory.CHUNKS = (options.chunk,)
    engine = Engine()
    before = status("VmRSS")
    request = TakeRequest(
        "one", "calm piano", options.seconds[0], 7, options.negative, 2, 3.0, None, options.model, "cpu",
        options.precision,
    )  # fmt: skip
    prepared = prepare(engine, request)
    assert engine.models.held is not None
    loaded, model = status("VmRSS") - before, engine.models.held.model
    request = prepared.request
    way = memory.choose(model, request, {"cpu": 1 << 62})
    held = memory.held_bytes(*memory.parts_of(model).values())
    expected = memory.needs(model, request, way)["cpu"]
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts from here
    with tempfile.TemporaryDirectory() as folder:
        for _event in engine.make(prepared, Path(folder) / "take.wav"):
            pass
    peak = status("VmHWM") - before
    name = f"{Path(options.model).name} {options.precision} {way.chunk} {request.duration_s:g}"
    guess, real = f"{held / MB:.0f}, {expected / MB:.0f}", f"{loaded / MB:.0f}, {peak / MB:.0f}"
    print(f"{name}: {guess}; {real}; {100 * (expected / peak - 1):+.0f} %", flush=True)


def status(name: str) -> int:
    """A number of bytes from the process's own status."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return 1024 * int(line.split()[1])


if __name__ == "__main__":
    main()

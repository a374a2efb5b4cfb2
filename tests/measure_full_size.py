"""How the public architectures load and run in full size: `python -m tests.measure_full_size KIND... [--window N]`.

For each kind a folder with random weights is written, once more as a diffusers folder for Open 1.0, and removed at the
end. Every precision is loaded in a process of its own, which then makes a short take; int8 and int4 twice, since the
first load writes the copy that the second one reads. Prints Markdown tables, and how the takes of one kind differ.
`--keep` leaves the folders where they are, and takes those of an earlier run. Linux only: peaks come from /proc.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

PRECISIONS = ("fp32", "bf16", "int8", "int4")
PROMPT = "calm piano, 90 bpm"
LONGEST_S = 3.0
HEADER = (
    "model", "precision", "read from", "file", "load", "of it processor", "before", "peak of loading", "after loading",
    "peak of the take", "steps", "decoding", "take",
)  # fmt: skip

T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """One load and one take: seconds, resident bytes, the latents and the sound.

    before_bytes  after the imports, before anything is read
    take_peak     the largest since loading was over
    """

    copied: bool  # whether a copy in few bits was there to read
    file_bytes: int
    load_s: float
    load_cpu_s: float
    before_bytes: int
    peak_bytes: int
    after_bytes: int
    take_peak_bytes: int
    steps_s: float
    decode_s: float
    audio_s: float
    latents: np.ndarray
    audio: np.ndarray


def measure(folder: Path, precision: str, steps: int) -> Run:
    """Load a folder and make a take of at most `LONGEST_S`, in a process that has done nothing before."""
    import torch
    import transformers

    from musicapp.checkpoints import weight_files
    from musicapp.checkpoints.load import load_model
    from musicapp.description import copies
    from musicapp.engine import devices, self_test
    from musicapp.engine.decode import decode_chunks
    from musicapp.engine.denoise import denoise, plan_for
    from musicapp.engine.request_facts import read_request
    from musicapp.engine.steering import Prompts
    from musicapp.request import TakeRequest, frames_for

    devices.use_all_cores()
    _ = transformers.T5EncoderModel, transformers.AutoTokenizer  # named, so that their modules are in memory by now
    copy = copies.path_of(folder, precision) if precision in copies.PRECISIONS else None
    read = [copy] if copy and copy.is_file() else weight_files.files_of(weight_files.weights_path(folder))
    before, began_s, busy_s = _resident("VmRSS"), time.perf_counter(), time.process_time()
    model = load_model(folder, precision=precision)
    load_s, load_cpu_s, peak = time.perf_counter() - began_s, time.process_time() - busy_s, _resident("VmHWM")
    gc.collect()
    after = _resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # begins VmHWM anew
    self_test.check(model)
    app, config = model.config.app, model.config
    duration_s = min(LONGEST_S, config.max_duration_s)
    request = TakeRequest(
        "", PROMPT, duration_s, seed=1, steps=steps, guidance_scale=app.guidance_scale, sampler=app.sampler
    )
    frames = frames_for(duration_s, config.sample_rate)
    needed = -(-frames // model.autoencoder.downsampling_ratio)
    with torch.inference_mode():
        began_s = time.perf_counter()
        prompts, plan = Prompts(model.conditioner, model.device), plan_for(model, request, needed)
        *_, last = denoise(model, prompts, request, read_request(request), plan)
        steps_s = time.perf_counter() - began_s
        chunks = list(decode_chunks(model.autoencoder, last.latents, count=needed, seed=request.seed))
        decode_s = time.perf_counter() - began_s - steps_s
        audio = torch.cat(chunks, dim=-1)[0, :, :frames].float().numpy()
    if not (np.isfinite(audio).all() and audio.any()):
        raise AssertionError(f"{folder} in {precision} made no sound")
    return Run(
        copied=read == [copy],
        file_bytes=sum(file.stat().st_size for file in read),
        load_s=load_s,
        load_cpu_s=load_cpu_s,
        before_bytes=before,
        peak_bytes=peak,
        after_bytes=after,
        take_peak_bytes=_resident("VmHWM"),
        steps_s=steps_s,
        decode_s=decode_s,
        audio_s=duration_s,
        latents=last.latents.float().numpy(),
        audio=audio,
    )


def write(kind: str, folder: Path, window: int | None, *, diffusers: bool) -> None:
    """A random model folder; torch is imported here, in the process that writes."""
    from tests import full_size

    if diffusers:
        full_size.write_diffusers(folder, window=window)
    else:
        full_size.write(kind, folder, window=window)


def alone(function: Callable[..., T], *args: Any, **options: Any) -> T:
    """A function's result from a new process, which is gone afterwards with all its memory."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *args, **options).result()


def runs_of(folder: Path, precisions: list[str], steps: int) -> Iterator[tuple[str, Run]]:
    """Each precision once, those of few bits from the original and then from its copy."""
    for precision in precisions:
        run = alone(measure, folder, precision, steps)
        yield precision, run
        if precision.startswith("int") and not run.copied:
            yield precision, alone(measure, folder, precision, steps)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="+", choices=("open-1.0", "open-small", "sa3-small", "sa3-medium"))
    parser.add_argument("--work", type=Path, default=Path("build/full-size"), help="where the folders are meanwhile")
    parser.add_argument("--keep", action="store_true", help="use folders that are there, and leave them")
    parser.add_argument("--window", type=int, help="latents of a fixed window, where the published one takes too long")
    parser.add_argument("--precisions", nargs="+", choices=PRECISIONS, default=list(PRECISIONS))
    parser.add_argument("--steps", type=int, default=2)
    options = parser.parse_args()
    _row(*HEADER)
    _row(*["---"] * len(HEADER))
    differences = []
    for kind in options.kinds:
        made: dict[str, Run] = {}
        for diffusers in (False, True) if kind == "open-1.0" else (False,):
            name = f"{kind}, diffusers" if diffusers else kind
            folder = options.work / name.replace(", ", "-")
            began_s = time.perf_counter()
            try:
                if not (options.keep and folder.is_dir()):
                    alone(write, kind, folder, options.window, diffusers=diffusers)
                    print(f"{name} written in {time.perf_counter() - began_s:.0f} s", file=sys.stderr, flush=True)
                for precision, run in runs_of(folder, options.precisions, options.steps):
                    _row(*_cells(name, precision, run, options.steps))
                    if precision in made:
                        line = f"{name}, {precision}: {_difference(run, made[precision])}"
                        print(line, file=sys.stderr, flush=True)
                        differences.append(line)
                    made.setdefault(precision, run)
            finally:
                if not options.keep:
                    shutil.rmtree(folder, ignore_errors=True)
    print(f"\nLoad of the machine {os.getloadavg()[0]:.1f}, {len(os.sched_getaffinity(0))} cores to use.\n")
    print("\n".join(f"- {line}" for line in differences))
    return 0


def _cells(name: str, precision: str, run: Run, steps: int) -> Iterator[str]:
    yield from (name, precision, "copy" if run.copied else "original", f"{run.file_bytes / 1e9:.2f} GB")
    yield from (f"{run.load_s:.1f} s", f"{run.load_cpu_s:.1f} s")
    sizes = (run.before_bytes, run.peak_bytes, run.after_bytes, run.take_peak_bytes)
    yield from (f"{size / 1e9:.2f} GB" for size in sizes)
    yield from (f"{steps} in {run.steps_s:.1f} s", f"{run.decode_s:.1f} s", f"{run.audio_s:.2f} s")


def _difference(run: Run, first: Run) -> str:
    """How a run's results differ from those of the first one of the same weights."""
    if np.array_equal(run.latents, first.latents) and np.array_equal(run.audio, first.audio):
        return "the same latents and sound, bit by bit"
    latents, audio = (np.abs(a - b).max() for a, b in ((run.latents, first.latents), (run.audio, first.audio)))
    largest = np.abs(first.latents).max(), np.abs(first.audio).max()
    return f"latents differ by {latents:.1e} of {largest[0]:.2f} at most, sound by {audio:.1e} of {largest[1]:.2f}"


def _resident(field: str) -> int:
    """Bytes that this process holds now (VmRSS), or held at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field + ":"))


def _row(*cells: str) -> None:
    print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    sys.exit(main())

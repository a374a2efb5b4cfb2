"""A batch on a Ray cluster of two nodes in this machine: `python -m tests.queueing.ray_cluster --rows 24`.

Prints the takes per minute with one and two workers, whether the bytes are those that a batch makes alone, and what
a killed worker and a killed node cost. The model is a small one with random weights, or that of --model.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from musicapp.queueing import batch
from musicapp.queueing.batch_file import Row, read
from musicapp.queueing.batch_folder import BatchFolder, checksum
from musicapp.queueing.maker import Maker
from musicapp.queueing.ray_workers import RayWorkers
from tests.sound_devices import ROOT
from tests.tiny_model import write_tiny_model

FORM = "wav32f"


@contextmanager
def cluster(nodes: int = 2) -> Iterator[Any]:
    """A head without room for work and so many nodes; workers find this source tree."""
    from ray.cluster_utils import Cluster

    os.environ["PYTHONPATH"] = str(ROOT)
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        made.workers = [made.add_node(num_cpus=2) for _ in range(nodes)]
        made.wait_for_nodes()
        yield made
    finally:
        made.shutdown()


def rows_for(model: str, count: int, folder: Path, duration_s: float = 1.0) -> list[Row]:
    """So many different rows."""
    file = folder / "rows.csv"
    lines = [f"calm piano number {number},{duration_s},{model}" for number in range(count)]
    file.write_text("\n".join(["prompt,seconds,model", *lines]))
    found = read(file)
    assert not found.faults
    return found.rows


def run(rows: list[Row], folder: Path, start: Callable[[Path], batch.Workers]) -> tuple[list[batch.Result], float]:
    """The results, and the seconds from the first of them to the last: what starts once is not counted."""
    times, results = [], []
    with BatchFolder(folder) as place:
        for result in batch.run(rows, place, FORM, lambda: start(folder), lambda entries: None):
            times.append(time.monotonic())
            results.append(result)
    return results, times[-1] - times[0]


def alone(folder: Path) -> batch.Workers:
    return batch.Alone(Maker(), folder, FORM)


def on_ray(address: str, count: int) -> Callable[[Path], batch.Workers]:
    return lambda folder: RayWorkers(address, count, folder, FORM)


def sums(folder: Path) -> dict[str, str]:
    """Checksums of the takes in a folder, by name."""
    return {path.name: checksum(path) for path in sorted(folder.glob("*.wav"))}


def workers_now() -> list[psutil.Process]:
    """The processes of our actors on this machine."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = " ".join(process.info["cmdline"] or [])
        if words.startswith("ray::Worker"):
            found.append(process)
    return found


def kill_worker() -> None:
    """kill -9 of one worker, as the system does when memory runs out."""
    workers_now()[0].send_signal(signal.SIGKILL)


def later(folder: Path, count: int, act: Callable[[], None]) -> threading.Thread:
    """Act as soon as so many takes are in the folder."""

    def watch() -> None:
        while len(list(folder.glob("*.wav"))) < count:
            time.sleep(0.02)
        act()

    thread = threading.Thread(target=watch, name="watch", daemon=True)
    thread.start()
    return thread


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--model")
    parser.add_argument("--seconds", type=float, default=1.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        model = options.model or str(write_tiny_model(base / "tiny", max_duration_s=300))
        rows = rows_for(model, options.rows, base, options.seconds)
        _, alone_s = run(rows, base / "alone", alone)
        wanted, per_minute = sums(base / "alone"), 60 * (len(rows) - 1)
        print(f"alone: {per_minute / alone_s:.1f} takes a minute", flush=True)
        bad = 0
        for count in (1, 2):
            with cluster() as nodes:
                _, took_s = run(rows, base / f"ray{count}", on_ray(nodes.address, count))
            same = sums(base / f"ray{count}") == wanted
            bad += not same
            print(f"{count} workers: {per_minute / took_s:.1f} takes a minute, same bytes: {same}", flush=True)
        for what in ("worker", "node"):
            with cluster() as nodes:

                def kill_node(nodes: Any = nodes) -> None:
                    nodes.remove_node(nodes.workers[0], allow_graceful=False)

                act = kill_worker if what == "worker" else kill_node
                watch = later(base / what, 3, act)
                results, _ = run(rows, base / what, on_ray(nodes.address, 2))
                watch.join()
            same = sums(base / what) == wanted and len(results) == len(rows)
            bad += not same
            print(f"a killed {what}: {len(results)} results, same bytes: {same}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

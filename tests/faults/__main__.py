"""python -m tests.faults: real faults put to the real window and engine, with a tiny model.

Prints for each fault what was injected, what a person saw, what was on the disk afterwards, and the verdict; the exit
status is 1 if anything was lost. `soak` instead of a fault's name: 3,000 mixed actions in one sitting, with memory,
descriptors and threads. Linux only; some rows need root (they say so). An hour with the counts as they are.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.faults import disks, kills, others, soak
from tests.faults.driver import Home
from tests.faults.table import HEAD, Fault, Row, tried
from tests.tiny_model import write_tiny_model

FAULTS: dict[str, tuple[Fault, int, int]] = {  # and how often: in full, and with --quick
    "window": (kills.window_killed, 200, 4),
    "engine": (kills.engine_killed, 200, 4),
    "disk-full": (disks.disk_full, 20, 3),
    "read-only": (disks.read_only, 1, 1),
    "folder-gone": (disks.folder_gone, 10, 2),
    "stopped": (others.engine_stopped, 5, 1),
    "clock": (others.clock, 6, 3),
    "two-starts": (others.two_starts, 10, 2),
    "memory": (others.memory_limit, 4, 2),
    "sound-server": (others.sound_server, 10, 2),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("fault", nargs="*", choices=[*FAULTS, "soak", []], help="only these (default: all but soak)")
    parser.add_argument("--quick", action="store_true", help="a few of each, in minutes")
    parser.add_argument("--count", type=int, help="so many of each, or so many actions of the soak")
    parser.add_argument("--seed", type=int, default=0, help="of the moments and actions that are drawn")
    args = parser.parse_args()
    lost = False
    print(HEAD, flush=True)
    for name in args.fault or FAULTS:
        fault, many, few = FAULTS.get(name, (soak.soak, 3000, 200))
        row = put(name, fault, args.count or (few if args.quick else many), args.seed)
        print(row, flush=True)
        lost = lost or bool(row.lost)
    return 1 if lost else 0


def put(name: str, fault: Fault, count: int, seed: int) -> Row:
    """One row, in a home of its own."""
    with tempfile.TemporaryDirectory(prefix=f"musicapp-{name}-", ignore_cleanup_errors=True) as folder:
        place = Path(folder) / "home"
        place.mkdir()
        model = write_tiny_model(Path(folder) / "tiny", text_encoder="none", max_duration_s=300)
        return tried(name, fault, Home(place, model, seed), count)


if __name__ == "__main__":
    sys.exit(main())

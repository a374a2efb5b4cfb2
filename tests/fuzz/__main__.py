"""python -m tests.fuzz: damaged files against every reader, in child processes with little memory and time.

What chooses the damage: random bytes (plain); hypothesis, which makes a find smaller; or atheris, which follows the
product's lines (`pip install atheris`; not for every Python). Each cause of a wrong outcome is printed once and its
case kept in a folder; then the exit status is 1. Linux only.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import importlib
import logging
import os
import random
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

SPARE_BYTES = 768 << 20  # of memory that a child may take beyond what it begins with
PATIENCE_S = 60.0  # of a processor without a sign of a child, before its case counts as a hang
IDLE_ROUNDS = 10  # of as many seconds by the clock: waiting for nothing is a hang too, a busy machine is none
BATCH = 2000
BYTES = 96  # that choose the damage of one case

Try = Callable[[bytes], None]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="in all (default 10,000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=60.0, help="begin no case after these (default 60)")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="plain")
    parser.add_argument("--target", action="append", help="only this one; repeatable")
    parser.add_argument("--finds", type=Path, default=Path("build/fuzz"), help="where to keep finds")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    os.environ |= {"TOKENIZERS_PARALLELISM": "false", "RUST_BACKTRACE": "0"}
    if args.engine == "atheris":
        import atheris

        with atheris.instrument_imports(include=["musicapp"]):
            importlib.import_module("tests.fuzz.targets")
    from tests.fuzz.targets import TARGETS, bases

    names = args.target or list(TARGETS)
    shares = sum(TARGETS[name].share for name in names)
    began, totals, causes = time.monotonic(), collections.Counter(dict.fromkeys(names, 0)), collections.Counter[str]()
    end_s = began + 60 * args.minutes
    for name in names:
        bases(name)
        left = -(-args.cases * TARGETS[name].share // shares)
        batch = 0
        while left > 0 and time.monotonic() < end_s:
            done, found = _batch(name, min(left, BATCH), f"{args.seed} {name} {batch}", end_s, args)
            causes.update(found)
            totals[name] += done
            left, batch = left - done, batch + 1
    print(*(f"{name} {count:,}" for name, count in totals.items()), sep=", ")
    print(f"{totals.total():,} cases in {time.monotonic() - began:.0f} s, {causes.total()} finds.", flush=True)
    for cause, count in causes.most_common():
        print(f"{count:6} {cause}")
    return 1 if causes else 0


def _batch(name: str, count: int, seed: str, end_s: float, args: argparse.Namespace) -> tuple[int, list[str]]:
    """Cases in a child of their own: how many were begun, and the causes of finds. A dead child is a find itself.

    end_s  of the monotonic clock, after which no case begins
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 1
        try:
            _in_child(name, count, seed, end_s, args, writer)
            code = 0
        finally:
            os._exit(code)  # nothing of the parent's may be closed twice
    os.close(writer)
    text, hung, began_s, rounds = b"", False, _spent_s(child), 0
    while True:
        if not hung and not select.select([reader], [], [], PATIENCE_S)[0]:
            rounds += 1
            if _spent_s(child) - began_s < PATIENCE_S and rounds < IDLE_ROUNDS:
                continue
            os.kill(child, signal.SIGKILL)
            hung = True
        piece = os.read(reader, 65536)
        if not piece:
            break
        text, began_s, rounds = text + piece, began_s if hung else _spent_s(child), 0
    os.close(reader)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    lines = text.decode(errors="replace").splitlines()
    begun = [line[2:] for line in lines if line.startswith("> ")]
    found = [line[2:] for line in lines if line.startswith("! ")]
    if status != 0 or hung:
        last = begun[-1] if begun else ""
        found.append(f"{name}: the process {'hung' if hung else f'ended with {status}'}; its case: {last}")
        print("!", found[-1], flush=True)
    return len(begun) if status == 0 else max(len(begun), 1), found


def _spent_s(child: int) -> float:
    """Processor time of a child so far, which exists until it has been waited for."""
    times = psutil.Process(child).cpu_times()
    return times.user + times.system


def _in_child(name: str, count: int, seed: str, end_s: float, args: argparse.Namespace, writer: int) -> None:
    from tests.fuzz import cases

    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    if args.engine != "atheris":  # which reserves terabytes of addresses
        resource.setrlimit(resource.RLIMIT_AS, (used + SPARE_BYTES,) * 2)
    seen: set[str] = set()

    def attempt(data: bytes) -> None:
        if time.monotonic() >= end_s:  # an engine that cannot be stopped runs out in no time
            return
        os.write(writer, f"> {data.hex()}\n".encode())
        find = cases.judge(name, cases.files_of(name, data))
        if find is None:
            return
        cause = f"{name}: {' '.join(find.where.split())}"
        os.write(writer, f"! {cause}\n".encode())
        if cause not in seen:
            seen.add(cause)
            args.finds.mkdir(parents=True, exist_ok=True)
            place = args.finds / f"{name}-{hashlib.sha256(cause.encode()).hexdigest()[:8]}.json"
            if not place.exists() or place.stat().st_size > len(cases.to_json(find)):
                place.write_text(cases.to_json(find))
                print("!", cause, "->", place, flush=True)
        if args.engine == "hypothesis":
            raise AssertionError(cause)

    ENGINES[args.engine](attempt, count, seed)


def _plain(attempt: Try, count: int, seed: str) -> None:
    chosen = random.Random(seed)
    for _ in range(count):
        attempt(chosen.randbytes(BYTES))


def _hypothesis(attempt: Try, count: int, seed: str) -> None:
    import hypothesis
    from hypothesis import strategies as st

    how = hypothesis.settings(
        max_examples=count, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    given = hypothesis.given(st.binary(min_size=2, max_size=BYTES))
    try:
        hypothesis.seed(seed)(how(given(lambda data: attempt(data))))()
    except AssertionError:
        return  # told, and made smaller, by now


def _atheris(attempt: Try, count: int, seed: str) -> None:
    import atheris

    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "little") or 1
    limits = ["-rss_limit_mb=4096", "-timeout=60", "-verbosity=0"]
    words = [f"-runs={count}", f"-seed={number}", f"-max_len={BYTES}", *limits]
    atheris.Setup([sys.argv[0], *words], attempt)
    atheris.Fuzz()


ENGINES = {"plain": _plain, "hypothesis": _hypothesis, "atheris": _atheris}

if __name__ == "__main__":
    sys.exit(main())

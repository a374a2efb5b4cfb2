"""Run in a network of its own, with nothing but the loopback: a second process is a peer by the binding alone.

    unshare -rn python -m tests.playback.link_peers

Prints one line of JSON: what was seen of the session on both sides.
"""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from musicapp.playback.ableton_link import LinkSession

PEER = """
import json, sys, time
import link
session = link.Link(120.0)
session.enabled = True
for line in sys.stdin:
    state = session.captureSessionState()
    what, value = line.split()
    if what == "tempo":
        state.setTempo(float(value), session.clock().micros())
        session.commitSessionState(state)
    if what == "phase":  # where its bar of so many beats is now, by the clock of all processes
        looks = []
        for _ in range(9):  # the closest look at both: another process may come in between
            before_s, micros, after_s = time.perf_counter(), session.clock().micros(), time.perf_counter()
            looks.append((after_s - before_s, (before_s + after_s) / 2, micros))
        _, now_s, micros = min(looks)
        told = [now_s, state.phaseAtTime(micros, float(value)), state.tempo()]
    else:
        told = [session.numPeers(), state.tempo()]
    print(json.dumps(told), flush=True)
"""


def main() -> None:
    raise_loopback()
    peer = subprocess.Popen([sys.executable, "-c", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(what: str, value: float = 0) -> list[float]:
        assert peer.stdin is not None and peer.stdout is not None
        peer.stdin.write(f"{what} {value}\n")
        peer.stdin.flush()
        found: list[float] = json.loads(peer.stdout.readline())
        return found

    found: dict[str, Any] = {"before": ask("peers")[0]}
    session = LinkSession(140.0)
    found["met"] = wait(lambda: session.peers == 1 and ask("peers")[0] == 1)
    ask("tempo", 133.0)
    found["heard"] = wait(lambda: session.tempo_bpm == 133.0)
    session.set_tempo(87.5)
    found["told"] = wait(lambda: abs(ask("peers")[1] - 87.5) < 0.001)
    off, is_soon = [], []
    for beats_in_bar, beat in ((4.0, 0.0), (4.0, 1.5), (3.0, 2.0), (3.5, 0.5)):
        earliest_s = time.perf_counter() + 0.3
        cue = session.cue(earliest_s, beat, beats_in_bar)
        at_s, phase, tempo = ask("phase", beats_in_bar)
        beats = phase + (cue.start_s - at_s) * tempo / 60 - beat
        off.append(abs((beats + beats_in_bar / 2) % beats_in_bar - beats_in_bar / 2) * 60 / tempo)
        is_soon.append(0 <= cue.start_s - earliest_s <= cue.every_s)
    found["is soon"], found["off_ms"] = all(is_soon), 1000 * max(off)
    session.leave()
    found["left"] = wait(lambda: ask("peers")[0] == 0)
    peer.terminate()
    peer.wait()
    print(json.dumps(found))


def wait(is_true: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not is_true() and time.monotonic() < end:
        time.sleep(0.02)
    return is_true()


def raise_loopback() -> None:
    """A new network has its loopback switched off."""
    get_flags, set_flags, up = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        request = struct.pack("16sH14x", b"lo", 0)
        (flags,) = struct.unpack("16xH14x", fcntl.ioctl(asked, get_flags, request))
        fcntl.ioctl(asked, set_flags, struct.pack("16sH14x", b"lo", flags | up))


if __name__ == "__main__":
    main()

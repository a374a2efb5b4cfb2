"""An engine that stands still, clocks, two starts at once, too little memory, a sound server that comes and goes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from datetime import datetime
from pathlib import Path

import psutil

from musicapp.engine.host import SILENT_AFTER_S
from tests import sound_devices
from tests.faults.disks import made
from tests.faults.driver import Failed, Home, Sitting, losses, sitting, wait_until
from tests.faults.table import Row

ANSWER_S = 3.0  # in which a window answers while its engine stands still, on a busy machine
SPARE_BYTES = (0, 8 << 20, 64 << 20, 256 << 20)
PLAYED_FRAMES = 22050  # of the take that tell sound from a last block
YEARS = (1999, 2040, 1971, 2106)


def engine_stopped(home: Home, count: int) -> Row:
    """SIGSTOP in a take; half of the engines go on, half are ended by the button in the message."""
    row, answers = Row("engine stopped"), []
    with sitting(home) as window:
        made(window)
        for number in range(count):
            before, engine = len(window.facts), window.engine()
            window.do("take", seconds=60.0)
            window.wait("began", after=before)
            os.kill(engine, signal.SIGSTOP)
            asked_s = time.monotonic()
            window.do("type", text=f"typed while it stands still {number}")
            answers.append(window.wait("typed", after=before, patience_s=60)["at"] - asked_s)
            said = window.wait("said", after=before, patience_s=SILENT_AFTER_S + 60)
            row.seen = f"“{said['text']}” after {said['at'] - asked_s:.0f} s"
            if number % 2:
                window.do("offer")
                window.wait("lost", after=before)
            os.kill(engine, signal.SIGCONT) if psutil.pid_exists(engine) else None
            window.wait("ended", after=before)
            made(window)
        window.quit()
    row.injected = f"SIGSTOP in {count} takes, then SIGCONT or the button that restarts it"
    row.seen += f"; the window answers within {max(answers):.1f} s"
    row.lost = losses(home) + ([f"the window stood still for {max(answers):.1f} s"] if max(answers) > ANSWER_S else [])
    row.on_disk = f"{len(home.saved)} takes whole"
    return row


def clock(home: Home, count: int) -> Row:
    """Files whose dates say that the clock was years off, while it goes back and forth between starts."""
    row = Row(
        "clock back and forth", f"{count} starts, all files dated to {', '.join(map(str, YEARS[:count]))} between"
    )
    for number in range(count):
        with sitting(home) as window:
            ids = window.wait("listed")["ids"]
            row.lost += [f"{path} is not listed" for path in home.saved if Path(path).stem not in ids]
            made(window)
            before = len(window.facts)
            window.do("take", seconds=200.0)
            window.wait("heard", after=before)
            window.kill()
        wait_until("the engine outlives its window", lambda: not home.processes())
        when = datetime(YEARS[number % len(YEARS)], 1, 1).timestamp()
        for path in home.folder.rglob("*"):
            if path.is_file():
                os.utime(path, (when, when))
    with sitting(home) as window:
        listed = window.wait("listed")["ids"]
        window.quit()
    row.lost += losses(home)
    row.seen = f"{len(listed)} rows: {count} takes and what was heard of {count} more"
    if len(listed) != 2 * count:
        row.lost.append(f"{len(listed)} rows instead of {2 * count}")
    row.on_disk = f"{len(home.saved)} takes whole"
    return row


def two_starts(home: Home, count: int) -> Row:
    """Two starts in the same moment: one window, which lives on; the other start hands over and ends."""
    row, chosen = Row("two starts at once", f"{count} pairs, 0 to 0.3 s apart"), random.Random(home.seed)
    for _ in range(count):
        row.lost += _start_twice(home, chosen.uniform(0, 0.3))
    row.lost += losses(home)
    row.seen, row.on_disk = "one window each time", f"{len(home.saved)} takes whole"
    return row


def _start_twice(home: Home, apart_s: float) -> list[str]:
    one = Sitting(home)
    time.sleep(apart_s)
    pair, lost = (one, Sitting(home)), []
    try:
        wait_until("neither start gave way", lambda: any(start.process.poll() is not None for start in pair), 60)
        first, other = sorted(pair, key=lambda start: start.process.poll() is not None)
        if other.process.poll() != 0:
            lost.append(f"the second start ended with {other.process.poll()}")
        first.wait("ready")
        made(first)
        if first.quit() != 0:
            lost.append("the window did not close well")
    finally:
        for start in pair:
            start.kill()  # which has ended, mostly: what it had open is closed
        for process in home.processes():
            process.kill()
    return lost


def memory_limit(home: Home, count: int) -> Row:
    """An engine that the system gives no more memory, and one that it does again."""
    row, said = Row("memory limit"), []
    with sitting(home) as window:
        made(window)
        for spare_bytes in SPARE_BYTES[:count]:
            engine = psutil.Process(window.engine())
            whole = engine.rlimit(psutil.RLIMIT_AS)
            engine.rlimit(psutil.RLIMIT_AS, (engine.memory_info().vms + spare_bytes, psutil.RLIM_INFINITY))
            before = len(window.facts)
            window.do("take", seconds=240.0)
            window.wait("ended", after=before)
            time.sleep(0.5)
            texts = [fact["text"] for fact in window.facts[before:] if fact["what"] == "said"]
            said.append(f"+{spare_bytes >> 20} MB: {texts[-1] if texts else 'made'}")
            if engine.is_running():
                engine.rlimit(psutil.RLIMIT_AS, whole)
            made(window)
        window.quit()
    row.injected = (
        f"RLIMIT_AS of the engine at what it has plus {', '.join(str(n >> 20) for n in SPARE_BYTES[:count])} MB"
    )
    row.seen, row.on_disk, row.lost = "; ".join(said), f"{len(home.saved)} takes whole", losses(home)
    return row


def sound_server(home: Home, count: int) -> Row:
    """PulseAudio is killed while a take plays, and started again."""
    row = Row("sound server restarted", f"PulseAudio killed and started {count} times while a take plays")
    if reason := sound_devices.why_no_pulseaudio():
        row.skipped = reason
        return row
    place = home.folder.parent / "sound"
    place.mkdir()
    backs = []
    with sound_devices.null_sink(place) as sink:
        server = sink.server
        settings = {name: sink.environment[name] for name in ("XDG_RUNTIME_DIR", "ALSA_CONFIG_PATH")}
        with sitting(home, SITTING_SILENT="", **settings) as window:
            made(window, seconds=120.0)
            _play(window)
            for _ in range(count):
                server.kill()
                server.wait()
                time.sleep(1)  # long enough for the sound to be missed
                server = subprocess.Popen(sink.server.args, env=sink.environment, stderr=subprocess.DEVNULL)
                began_s, heard = time.monotonic(), _where(window)
                wait_until("the sound did not come back", lambda heard=heard: _where(window) > heard + PLAYED_FRAMES)
                backs.append(time.monotonic() - began_s)
            window.do("play")  # pause
            window.quit()
        server.terminate()
        server.wait()
    row.seen = f"the window lives; the sound is back {max(backs):.1f} s after the server at the latest, by itself"
    row.on_disk, row.lost = f"{len(home.saved)} take whole", losses(home)
    return row


def _where(window: Sitting) -> int:
    """The frame that is heard."""
    before = len(window.facts)
    window.do("where")
    return int(window.wait("where", after=before)["frame"])


def _play(window: Sitting) -> None:
    """Press Play until it plays for a moment."""
    end_s = time.monotonic() + 60
    while time.monotonic() < end_s:
        before = len(window.facts)
        window.do("play")
        try:
            window.wait("playing", after=before, on=True, patience_s=2)
            window.wait("playing", after=before, on=False, patience_s=1)
        except Failed:
            if any(fact["what"] == "playing" and fact["on"] for fact in window.facts[before:]):
                return
    raise Failed("the sound did not come back")

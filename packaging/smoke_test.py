"""Try a built app as a person would: `python packaging/smoke_test.py dist/Musicapp` (Linux, after `./dev bundle`).

Under a virtual screen, with an empty home and a sound card made of a pipe, it types a prompt, generates, listens,
exports and quits; then the take, the sound at the device, the exported file and the process table are checked.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import soundfile

PROMPT = "calm piano, 90 bpm, in C minor"
DEVICE_RATE = 44_100
SPEED = 4  # how many times faster than real time the pretended card runs
VISIBLE_LIMIT_S, TAKE_LIMIT_S, PLAY_LIMIT_S, EXPORT_LIMIT_S, QUIT_LIMIT_S = 60, 600, 120, 60, 15

# A file plug-in that writes into a named pipe: whoever reads it sets the pace, as a real card would.
ALSA_CONFIGURATION = """
pcm.!default {{
    type plug
    slave {{
        pcm {{ type file  slave.pcm {{ type null }}  file "{pipe}"  format "raw" }}
        format S16_LE
        rate {rate}
        channels 2
    }}
}}
ctl.!default {{ type null }}
"""


class Card:
    """The listening end of the pipe: takes what the app plays, at SPEED times real time."""

    def __init__(self, folder: Path) -> None:
        pipe = folder / "card"
        os.mkfifo(pipe)
        self.configuration = folder / "asound.conf"
        self.configuration.write_text(ALSA_CONFIGURATION.format(pipe=pipe, rate=DEVICE_RATE))
        self._file = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)  # both ends, so that opening never waits
        self._blocks: list[bytes] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        block = DEVICE_RATE // 20
        while not self._over.wait(1 / 20 / SPEED):
            try:
                self._blocks.append(os.read(self._file, block * 4))
            except BlockingIOError:
                continue

    def heard(self) -> np.ndarray:
        """Everything so far: float64 `(frames, 2)`."""
        data = b"".join(self._blocks)
        return np.frombuffer(data[: len(data) // 4 * 4], "<i2").reshape(-1, 2) / 32768

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        os.close(self._file)


class Screen:
    """A virtual screen with a window manager; keys go to whatever has the focus, as from a keyboard."""

    def __init__(self, home: Path) -> None:
        reader, writer = os.pipe()
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1440x900x24", "-nolisten", "tcp"]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._server = subprocess.Popen(command, pass_fds=[writer], **quiet)
        os.close(writer)
        with os.fdopen(reader) as answer:
            self.name = f":{answer.readline().strip()}"
        self._environment = {**os.environ, "DISPLAY": self.name, "XDG_CONFIG_HOME": str(home / "screen")}
        self._manager = subprocess.Popen(["openbox"], env=self._environment, **quiet)

    def xdotool(self, *words: str) -> str:
        return subprocess.run(["xdotool", *words], env=self._environment, capture_output=True, text=True).stdout.strip()

    def shows(self, title: str) -> bool:
        return bool(self.xdotool("search", "--onlyvisible", "--name", f"^{title}$"))

    def picture(self, path: Path) -> None:
        """A picture of the screen, where ImageMagick is installed."""
        if shutil.which("import"):
            subprocess.run(["import", "-window", "root", str(path)], env=self._environment, capture_output=True)

    def close(self) -> None:
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(10)


def wait_for(what: str, limit_s: float, ready: Callable[[], Any], app: subprocess.Popen[bytes] | None = None) -> Any:
    """The first true answer of `ready`; ends the test when there is none in time or the app has died."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if answer := ready():
            return answer
        if app is not None and app.poll() is not None:
            raise SystemExit(f"FAILED: the app ended with {app.returncode} while waiting for {what}")
        time.sleep(0.02)
    raise SystemExit(f"FAILED: no {what} within {limit_s:g} s")


def processes_of(home: Path) -> list[psutil.Process]:
    """Every process that was started with this home, children of children included."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HOME") == str(home) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def compare_heard(heard: np.ndarray, take: np.ndarray) -> tuple[float, float]:
    """Align what the card got with the take and fit the volume: (gain, largest difference after it)."""
    signal, played = take[:, 0].astype(np.float64), heard[:, 0]
    start = int(np.argmax(np.abs(signal) > 0.5 * np.abs(signal).max()))
    probe = signal[start : start + DEVICE_RATE]
    size = 1 << (len(played) + len(probe) - 1).bit_length()
    match = np.fft.irfft(np.fft.rfft(played, size) * np.conj(np.fft.rfft(probe, size)), size)[: len(played)]
    offset = int(np.argmax(match)) - start
    first, last = max(0, -offset), min(len(take), len(heard) - offset)
    if last - first < len(take) - DEVICE_RATE // 10:
        raise SystemExit(f"FAILED: only {last - first} of {len(take)} frames reached the card")
    wanted, got = take[first:last], heard[first + offset : last + offset]
    gain = float((wanted * got).sum() / (wanted**2).sum())
    ramp = DEVICE_RATE // 100  # the first and last hundredth of a second may carry the ramps against clicks
    return gain, float(np.abs(got - gain * np.clip(wanted, -1 / gain, 1 / gain))[ramp:-ramp].max())


def start(folder: Path, home: Path, screen: Screen, card: Card) -> subprocess.Popen[bytes]:
    """The app, knowing nothing of this user."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "runtime"),
        "DISPLAY": screen.name,
        "ALSA_CONFIG_PATH": str(card.configuration),
    }
    (home / "runtime").mkdir(mode=0o700)
    program = next(path for path in (folder / "musicapp", folder / "musicapp.exe") if path.is_file())
    return subprocess.Popen([str(program)], env=environment, cwd=home, start_new_session=True)


def drive(folder: Path, home: Path, pictures: Path | None) -> None:
    """The whole visit, from the first picture to the last process."""
    card, screen = Card(home), Screen(home)
    began = time.monotonic()
    app = start(folder, home, screen, card)
    try:
        wait_for("window", VISIBLE_LIMIT_S, lambda: screen.shows("Musicapp"), app)
        print(f"window after {time.monotonic() - began:.2f} s")
        time.sleep(1)  # the window manager hands over the focus
        screen.xdotool("type", "--delay", "15", PROMPT)
        screen.xdotool("key", "ctrl+Return")
        asked = time.monotonic()
        music = home / "Music" / "Musicapp"
        sidecar = wait_for("take", TAKE_LIMIT_S, lambda: next(iter(music.rglob("*.json")), None), app)
        take_file = sidecar.with_suffix(".wav")
        take, rate = soundfile.read(take_file, always_2d=True)
        print(f"take of {len(take)} frames at {rate} Hz, {time.monotonic() - asked:.1f} s after Generate")
        if not (0.01 < np.abs(take).max() < 100 and np.std(take) > 0.001):
            raise SystemExit("FAILED: the take is silent or broken")

        screen.xdotool("key", "Escape")  # out of the text field
        screen.xdotool("key", "shift+space")  # it may have played on its own while it was made: from the start again
        wait_for("silence", PLAY_LIMIT_S, lambda: is_quiet(card), app)
        mark = len(card.heard())
        screen.xdotool("key", "space")
        wait_for("sound", PLAY_LIMIT_S, lambda: len(card.heard()) > mark, app)
        wait_for("end of playback", PLAY_LIMIT_S, lambda: is_quiet(card), app)
        gain, difference = compare_heard(card.heard()[mark:], take)
        print(f"heard all of it at volume {gain:.3f}, largest difference {difference:.1e}")
        if difference > 1e-4:
            raise SystemExit("FAILED: the card did not get the samples of the take")

        screen.xdotool("key", "ctrl+shift+e")
        exported = wait_for("export", EXPORT_LIMIT_S, lambda: exported_file(home / "Music", music), app)
        copy, copy_rate = soundfile.read(exported, always_2d=True)
        scale = max(1.0, np.abs(take).max())  # integer formats get one gain for the whole file when it is too loud
        error = np.abs(copy - take / scale).max() if copy.shape == take.shape else np.inf
        print(f"exported {exported.name}: {soundfile.info(exported).subtype}, largest difference {error:.1e}")
        if copy_rate != rate or error > 1e-3:
            raise SystemExit("FAILED: the exported file is not the take")
        if pictures:
            screen.picture(pictures / "frozen-app.png")

        print(f"{len(processes_of(home))} processes while it runs")
        screen.xdotool("key", "ctrl+q")
        quit_at = time.monotonic()
        code = app.wait(QUIT_LIMIT_S)
        left = wait_for_nobody(home)
        print(f"quit with {code} after {time.monotonic() - quit_at:.1f} s, {len(left)} processes left")
        if code != 0 or left:
            raise SystemExit(f"FAILED: {[process.cmdline() for process in left]}")
    except BaseException:
        if pictures:
            screen.picture(pictures / "frozen-app.png")
        raise
    finally:
        for process in processes_of(home):
            process.kill()
        screen.close()
        card.close()


def wait_for_nobody(home: Path) -> list[psutil.Process]:
    """Processes that are still there a moment after the window's own has ended."""
    for _ in range(50):
        if not (left := processes_of(home)):
            break
        time.sleep(0.1)
    return left


def is_quiet(card: Card) -> bool:
    """Whether nothing reaches the card for a second."""
    before = len(card.heard())
    time.sleep(1)
    return len(card.heard()) == before


def exported_file(folder: Path, takes: Path) -> Path | None:
    """A finished file in the music folder that is not one of the takes."""
    files = (path for path in folder.rglob("*.wav") if takes not in path.parents)
    return next((path for path in files if not path.name.startswith(".")), None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the built app, dist/Musicapp")
    parser.add_argument("--pictures", type=Path, help="put a picture of the screen into this folder")
    arguments = parser.parse_args()
    missing = [tool for tool in ("Xvfb", "openbox", "xdotool") if shutil.which(tool) is None]
    if missing:
        parser.error(f"not installed: {', '.join(missing)}")
    size = sum(path.lstat().st_size for path in arguments.folder.rglob("*") if not path.is_dir())
    print(f"{arguments.folder}: {size / 1e6:.0f} MB", flush=True)
    with tempfile.TemporaryDirectory(prefix="musicapp-home-", ignore_cleanup_errors=True) as home:
        drive(arguments.folder.resolve(), Path(home), arguments.pictures)
    print("The app works.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`musicapp --self-test`: whether this installation works, with its own engine, model, encoders and folders.

One line for each part: "ok", "note" for what the app does without, "FAILED" with the reason and what to do. The exit
code is 1 when anything failed. The take and its exports go again, and nothing is contacted.
"""

from __future__ import annotations

import os
import platform
import queue
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from musicapp import __version__, part_files, paths
from musicapp.errors import AudioDeviceError, EngineError, LibraryError, MusicAppError
from musicapp.request import BUILTIN_MODEL, TakeRequest, new_take_id

if TYPE_CHECKING:
    from musicapp.engine.events import Event
    from musicapp.engine.host import EngineHost

SECONDS, SEED = 2.0, 7
PATIENCE_S = 600.0  # for one sign of the engine: a slow disk reads libraries for minutes at the first start
QUIETEST, LOUDEST = 0.001, 100.0  # root mean square and peak of what can be music
LOSSY_DB, EXACT_DB = 10.0, 60.0  # signal to difference that an encoder leaves of a take at least
Check = Callable[[], str]
Answer = TypeVar("Answer")


class Missing(MusicAppError):  # noqa: N818 - no failure
    """Something that the app works without."""


def run(check_window: Check) -> int:
    """Check everything, print a line for each part; 0 when all of it works, else 1.

    check_window  says what the window can open on; raises ImportError or OSError; Qt is not known here
    """
    print(f"Musicapp {__version__}, Python {platform.python_version()}, {platform.platform()}")
    checks: dict[str, Check] = {
        "takes folder": lambda: _writable(paths.takes_folder()),
        "data folder": lambda: _writable(paths.data_folder()),
        "settings": lambda: _writable(paths.settings_file().parent),
        "logs": lambda: _writable(paths.log_folder(), needed=False),
        "window": check_window,
        "sound output": _outputs,
    }
    failed = [name for name, check in checks.items() if not _passes(name, check)]
    with tempfile.TemporaryDirectory(prefix="musicapp-", ignore_cleanup_errors=True) as folder:
        failed += _try_engine(Path(folder))
    print(f"FAILED: {', '.join(failed)}." if failed else "Everything works.", flush=True)
    return 1 if failed else 0


def _passes(name: str, check: Check) -> bool:
    """Run one check and print its line; whether the app can do without what is wrong, or nothing is."""
    mark, hint, works = "ok", "", True
    try:
        words = check()
    except Missing as error:
        mark, words, hint = "note", error.message, error.hint
    except MusicAppError as error:
        mark, words, hint, works = "FAILED", error.message, error.hint, False
    except Exception as error:  # of a library that is damaged or foreign: that is what this is for
        mark, words, works = "FAILED", f"{type(error).__name__}: {error}", False
    print(f"{mark:<6}  {name}: {words}{f' {hint}' if hint else ''}", flush=True)
    return works


def _writable(folder: Path, *, needed: bool = True) -> str:
    """Try to write into a folder, or where it would be made."""
    kind = LibraryError if needed else Missing
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    try:
        if not place.is_dir():
            raise NotADirectoryError(f"{place} is no folder")
        probe = part_files.beside(place / "probe")
        probe.touch(exist_ok=False)
        probe.unlink()
        free = shutil.disk_usage(place).free
    except OSError as error:
        words = f"{folder} cannot be written: {error.strerror or error}."
        raise kind(words, hint="Change its permissions, or choose another folder.") from error
    return f"{folder}, {free / 1e9:.1f} GB free"


def _outputs() -> str:
    from musicapp.playback.devices import list_devices

    try:
        found = list_devices()
    except AudioDeviceError as error:
        raise Missing(error.message, hint=error.hint) from error
    if not found:
        raise Missing("none was found; takes can be made and exported without.")
    default = next((device.name for device in found if device.is_default), found[0].name)
    return f"{default}{f' and {len(found) - 1} more' if len(found) > 1 else ''}"


def _try_engine(folder: Path) -> list[str]:
    """Start the engine, load the built-in model, make a take, write it in every format; the names of what failed."""
    from musicapp.engine.host import EngineHost

    events: queue.Queue[Event] = queue.Queue()
    host = EngineHost(events.put)
    request = TakeRequest(new_take_id(), "calm piano, 90 bpm, in C minor", SECONDS, SEED)
    take = folder / "take.wav"
    checks: dict[str, Check] = {
        "engine": lambda: _started(host, events),
        "model": lambda: _loaded(host, events),
        "take": lambda: _made(host, events, request, take),
        "export": lambda: _exported(take, request),
    }
    try:
        for number, (name, check) in enumerate(checks.items()):
            if not _passes(name, check):  # nothing after it could work
                return list(checks)[number:]
    finally:
        host.close()
    return []


def _started(host: EngineHost, events: queue.Queue[Event]) -> str:
    from musicapp.engine.events import DevicesFound

    began = time.monotonic()
    host.start()
    found = _wait(events, DevicesFound)
    return f"{', '.join(found.devices)}, {os.cpu_count()} cores; ready after {time.monotonic() - began:.1f} s"


def _loaded(host: EngineHost, events: queue.Queue[Event]) -> str:
    from musicapp.engine.events import ModelLoaded

    began = time.monotonic()
    host.load(BUILTIN_MODEL)
    info = _wait(events, ModelLoaded).info
    return f"{info.name} on {info.device_name}, {info.precision}; loaded in {time.monotonic() - began:.1f} s"


def _made(host: EngineHost, events: queue.Queue[Event], request: TakeRequest, path: Path) -> str:
    import numpy as np
    import soundfile

    from musicapp.engine.events import Finished

    host.generate(request, path)
    done = _wait(events, Finished)
    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    loudness = float(np.sqrt(np.mean(audio.astype(np.float64) ** 2)))
    if len(audio) != done.total_frames or not (loudness > QUIETEST and np.abs(audio).max() < LOUDEST):
        raise EngineError("The take that was made is broken or silent.", hint="Install Musicapp again.")
    return f"{len(audio) / rate:.1f} s of music in {done.total_s:.1f} s"


def _exported(take: Path, request: TakeRequest) -> str:
    import numpy as np
    import soundfile

    from musicapp.audio import tags, wave_io
    from musicapp.audio.formats import EXPORT_FORMATS

    audio, rate = soundfile.read(take, dtype="float64", always_2d=True)
    for name, form in EXPORT_FORMATS.items():
        target = take.with_name(f"{name}{form.suffix}")
        result = wave_io.export(take, target, sample_rate=rate, format=name, tags=tags.shared_tags(request))
        copy, copy_rate = soundfile.read(target, always_2d=True)
        same_rate = copy_rate == rate
        if abs(len(copy) / copy_rate - len(audio) / rate) > 0.001 or (not same_rate and not form.is_lossy):
            raise EngineError(f"{form.label} comes out with another length.", hint="Install Musicapp again.")
        if same_rate:
            wanted = audio * 10 ** (result.gain_db / 20)
            noise = float(np.sum((copy - wanted) ** 2)) or 1e-30
            if 10 * np.log10(float(np.sum(wanted**2)) / noise) < (LOSSY_DB if form.is_lossy else EXACT_DB):
                raise EngineError(f"{form.label} does not hold what was written.", hint="Install Musicapp again.")
        if tags.recalled(wave_io.read_tags(target), request.take_id) is None:
            raise EngineError(f"{form.label} does not keep the settings.", hint="Install Musicapp again.")
    return ", ".join(form.label for form in EXPORT_FORMATS.values())


def _wait(events: queue.Queue[Event], kind: type[Answer]) -> Answer:
    """The first event of a kind. Raises EngineError when another one says that none will come."""
    from musicapp.engine.events import EngineLost, Failed, ModelFailed

    while True:
        try:
            event = events.get(timeout=PATIENCE_S)
        except queue.Empty:
            raise EngineError("The engine does not answer.", hint="The log folder has details.") from None
        match event:
            case Failed() | ModelFailed() | EngineLost():
                raise EngineError(event.message, hint=event.hint)
            case _ if isinstance(event, kind):
                return event

"""The sound outputs of this computer, through PortAudio.

sounddevice is imported only here and only when asked: without the PortAudio library the import fails, and the rest of
the app works on without sound.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from musicapp.errors import AudioDeviceError

log = logging.getLogger(__name__)

# PortAudio looks for devices once, at its start. It may be started anew only while no stream is open.
_lock = threading.RLock()
_open_streams = 0


@dataclass(frozen=True)
class OutputDevice:
    """One entry of the output menu. `index` is valid until the list is made again."""

    index: int
    name: str
    host_api: str
    is_default: bool


def keys_of(found: Sequence[OutputDevice]) -> list[str]:
    """What each output is remembered and shown by: its name, and with namesakes its host interface and number too.

    Two outputs of one name are two interfaces of one kind, or one that is reached in two ways.
    """
    keys: list[str] = []
    for device in found:
        namesakes = [other for other in found if other.name == device.name]
        twins = [other for other in namesakes if other.host_api == device.host_api]
        number = twins.index(device) + 1
        with_api = device.name if len(namesakes) == 1 else f"{device.name} ({device.host_api})"
        keys.append(with_api if number == 1 else f"{with_api} {number}")
    return keys


def match(key: str, found: Sequence[OutputDevice]) -> OutputDevice | None:
    """The output that was remembered by a key, also when namesakes of it came or went meanwhile; None: not there."""
    keys = keys_of(found)
    if key in keys:
        return found[keys.index(key)]
    for device in found:
        if key == device.name or key == f"{device.name} ({device.host_api})":
            return device
    return None


def sounddevice() -> ModuleType:
    """The module. Raises AudioDeviceError when PortAudio is missing."""
    try:
        import sounddevice as module
    except OSError as error:
        raise AudioDeviceError(
            "Sound output needs the PortAudio library, which is missing.",
            hint="Install it (on Debian and Ubuntu: libportaudio2) and start again. Making and exporting work without.",
            detail=str(error),
        ) from error
    return module


def list_devices() -> list[OutputDevice]:
    """The outputs that are there now, while something plays those that were there before; empty without any."""
    sd = sounddevice()
    with _lock:
        try:
            if _open_streams == 0:
                # WORKAROUND sounddevice has no public way to look again; remove when it gets one.
                sd._terminate()
                sd._initialize()
            return _outputs(sd)
        except sd.PortAudioError as error:
            raise AudioDeviceError(
                "The list of sound outputs cannot be read.",
                hint="Check the system's sound settings.",
                detail=str(error),
            ) from error


def find_device(device: int | str | None) -> dict[str, Any]:
    """PortAudio's description of an output by index, key or name, or the system's default. Raises AudioDeviceError."""
    sd = sounddevice()
    outputs = {int(info["index"]): dict(info) for info in sd.query_devices() if info["max_output_channels"] > 0}
    if not outputs:
        raise AudioDeviceError(
            "No sound output was found.", hint="Connect headphones or speakers, then choose the output again."
        )
    if isinstance(device, str) and device:
        matching = match(device, _outputs(sd))
        if matching is None:
            raise AudioDeviceError(
                f"The output “{device}” is not connected.", hint="Connect it or choose another output."
            )
        return outputs[matching.index]
    index = device if isinstance(device, int) else _default_index(sd)
    if index in outputs:
        return outputs[index]
    if device is None or device == "":
        return next(iter(outputs.values()))
    raise AudioDeviceError("This output is not there any more.", hint="Choose another output.")


def count_stream(change: int) -> None:
    """Note that a stream was opened (+1) or closed (-1)."""
    global _open_streams
    with _lock:
        _open_streams += change


def abandon_stream() -> None:
    """Note that a stream cannot be closed: its driver hangs, and PortAudio must never wait for it again."""
    log.warning("a sound output does not close; the list of outputs stays as it is until the next start")
    # WORKAROUND sounddevice closes every stream when the program ends, and would hang there.
    atexit.unregister(sounddevice()._exit_handler)


def _outputs(sd: ModuleType) -> list[OutputDevice]:
    apis = [api["name"] for api in sd.query_hostapis()]
    default = _default_index(sd)
    return [
        OutputDevice(int(info["index"]), str(info["name"]), apis[info["hostapi"]], info["index"] == default)
        for info in sd.query_devices()
        if info["max_output_channels"] > 0
    ]


def _default_index(sd: ModuleType) -> int:
    return int(sd.default.device[1])

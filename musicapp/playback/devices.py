"""The sound outputs of this computer, through PortAudio. Only the sound process asks.

sounddevice is imported only here and only when asked: without the PortAudio library the import fails, and the rest of
the app works on without sound.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from musicapp.errors import AudioDeviceError

JUST_NOW_S = 0.25
_loaded_s = -math.inf  # when PortAudio was loaded, and looked for the first time


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
    global _loaded_s
    if "sounddevice" not in sys.modules:
        _loaded_s = time.monotonic()
    try:
        import sounddevice as module
    except OSError as error:
        raise AudioDeviceError(
            "Sound output needs the PortAudio library, which is missing.",
            hint="Install it (on Debian and Ubuntu: libportaudio2) and start again. Making and exporting work without.",
            detail=str(error),
        ) from error
    return module


def look_again() -> None:
    """Start PortAudio anew: it looks for devices only then. Only while no stream is open. Raises AudioDeviceError.

    Where a JACK server went away that was found before, this may end the process.
    """
    sd = sounddevice()
    try:
        if time.monotonic() - _loaded_s < JUST_NOW_S and _outputs(sd):  # where there was none, one may be there now
            return
        # WORKAROUND sounddevice has no public way to look again; remove when it gets one.
        sd._terminate()
        sd._initialize()
    except sd.PortAudioError as error:
        raise _unreadable(error) from error


def list_devices() -> list[OutputDevice]:
    """The outputs that were there when PortAudio looked last; empty without any. Raises AudioDeviceError."""
    sd = sounddevice()
    try:
        return _outputs(sd)
    except sd.PortAudioError as error:
        raise _unreadable(error) from error


def find_device(device: int | str | None, only: str = "") -> dict[str, Any]:
    """PortAudio's description of an output by index, key or name, or the system's default. Raises AudioDeviceError.

    only   another than the one of this name is not wanted, not even when the system chose it
    """
    info = _find_device(device)
    if only and info["name"] != only:
        same = [other for other in sounddevice().query_devices() if other["name"] == only]
        if not any(other["max_output_channels"] > 0 for other in same):
            raise AudioDeviceError(
                f"The output “{only}” is not connected.", hint="Connect it or choose another output."
            )
        info = next(dict(other) for other in same if other["max_output_channels"] > 0)
    return info


def _find_device(device: int | str | None) -> dict[str, Any]:
    sd = sounddevice()
    outputs = {int(info["index"]): dict(info) for info in sd.query_devices() if info["max_output_channels"] > 0}
    if not outputs:
        raise AudioDeviceError(
            "No sound output was found.",
            hint="Connect headphones or speakers, or start the sound server, then press play.",
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


def _outputs(sd: ModuleType) -> list[OutputDevice]:
    apis = [api["name"] for api in sd.query_hostapis()]
    default = _default_index(sd)
    return [
        OutputDevice(int(info["index"]), str(info["name"]), apis[info["hostapi"]], info["index"] == default)
        for info in sd.query_devices()
        if info["max_output_channels"] > 0
    ]


def _unreadable(error: Exception) -> AudioDeviceError:
    return AudioDeviceError(
        "The list of sound outputs cannot be read.", hint="Check the system's sound settings.", detail=str(error)
    )


def _default_index(sd: ModuleType) -> int:
    return int(sd.default.device[1])

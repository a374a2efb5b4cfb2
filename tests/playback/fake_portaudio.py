"""PortAudio as drivers behave that say one thing and do another, without a sound card."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np

Accepts = Callable[[int, int], bool]  # channels, rate


class PortAudioError(Exception):
    pass


def device(channels: int, rate: float, *, index: int = 0, name: str = "Speakers", api: int = 0) -> dict[str, Any]:
    return {
        "index": index,
        "name": name,
        "hostapi": api,
        "max_output_channels": channels,
        "default_samplerate": float(rate),
    }


def module(check: Accepts, opens: Accepts, found: list[dict[str, Any]]) -> types.ModuleType:
    """Looks like `sounddevice`. `streams` are those that were opened, `tried` what was asked of them."""
    made: Any = types.ModuleType("sounddevice")
    made.PortAudioError = PortAudioError
    made.CallbackStop = type("CallbackStop", (Exception,), {})
    made._initialize = made._terminate = made._exit_handler = lambda: None
    made.default = types.SimpleNamespace(device=(0, 0))
    made.query_devices = lambda: [dict(info) for info in found]
    made.query_hostapis = lambda: [{"name": "WASAPI"}, {"name": "MME"}]
    made.streams, made.tried = [], []

    def check_output_settings(device: int, channels: int, dtype: str, samplerate: int) -> None:
        if not check(channels, samplerate):
            raise PortAudioError("Invalid sample rate [PaErrorCode -9997]")

    class OutputStream:
        latency, active = 0.1, False

        def __init__(self, *, samplerate: int, channels: int, callback: Any, device: int, **_more: Any) -> None:
            made.tried.append((channels, samplerate))
            if not opens(channels, samplerate):
                raise PortAudioError("Invalid device [PaErrorCode -9996]")
            self.samplerate, self.channels, self.callback, self.device = samplerate, channels, callback, device
            made.streams.append(self)

        def pull(self, frames: int) -> np.ndarray:
            """What the device would play next; whatever was in the block before is noise."""
            out = np.full((frames, self.channels), np.nan, np.float32)
            when = types.SimpleNamespace(currentTime=0.0, outputBufferDacTime=self.latency)
            self.callback(out, frames, when, types.SimpleNamespace(output_underflow=False))
            return out

        def start(self) -> None:
            self.active = True

        def stop(self) -> None:
            self.active = False

        abort = stop

        def close(self) -> None: ...

    made.check_output_settings, made.OutputStream = check_output_settings, OutputStream
    return made

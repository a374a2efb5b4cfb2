"""A stand-in for the sound card: it renders only when the test says so."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from musicapp.errors import AudioDeviceError
from musicapp.playback.output import OutputDevice
from musicapp.playback.renderer import Renderer

DEVICES = [OutputDevice(0, "Built-in Audio", "ALSA", True), OutputDevice(1, "USB Interface 4x4", "ALSA", False)]


class FakeOutput:
    """Looks like `playback.output.Output`. `heard` is everything that was rendered."""

    latest: FakeOutput

    def __init__(self, renderer: Renderer, on_lost: Callable[[AudioDeviceError], None]) -> None:
        self.renderer, self.on_lost = renderer, on_lost
        self.is_open = False
        self.opened: list[tuple[int | str | None, int]] = []
        self.heard: list[np.ndarray] = []
        self.open_error: AudioDeviceError | None = None
        FakeOutput.latest = self

    def open(self, device: int | str | None, sample_rate: int) -> None:
        if self.open_error is not None:
            raise self.open_error
        self.opened.append((device, sample_rate))
        self.is_open = True

    def close(self) -> None:
        self.is_open = False
        self.renderer.settle()

    def pump(self, frames: int) -> np.ndarray:
        """Let the sound card ask for that many frames."""
        out = np.zeros((frames, 2), np.float32)
        self.renderer.render(out)
        self.heard.append(out)
        return out

    def lose(self) -> None:
        """The device goes away."""
        self.renderer.settle()
        self.is_open = False
        self.on_lost(AudioDeviceError("The sound output went away while playing.", hint="Choose another output."))

"""A stand-in for the sound process: it renders here, and only when the test says so."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from musicapp.errors import AudioDeviceError
from musicapp.playback.host import OutputDevice
from musicapp.playback.renderer import Renderer
from musicapp.playback.transport import Transport

DEVICES = [OutputDevice(0, "Built-in Audio", "ALSA", True), OutputDevice(1, "USB Interface 4x4", "ALSA", False)]


class FakeOutput:
    """Looks like `playback.host.PlaybackHost`. `heard` is everything that was rendered."""

    latest: FakeOutput
    found: list[OutputDevice] = DEVICES  # what there is; a test may put another list in its place

    def __init__(
        self,
        on_lost: Callable[[AudioDeviceError], None],
        on_back: Callable[[], None],
        on_given_up: Callable[[AudioDeviceError], None],
    ) -> None:
        self.on_lost, self.on_back, self.on_given_up = on_lost, on_back, on_given_up
        self.renderer = Renderer()
        self.transport = Transport(self.renderer)
        self.is_open = self.is_recovering = False
        self.opened: list[tuple[str | None, int]] = []
        self.heard: list[np.ndarray] = []
        self.open_error: AudioDeviceError | None = None
        FakeOutput.latest = self

    def list_devices(self) -> list[OutputDevice]:
        return list(self.found)

    def open(self, device: str | None, sample_rate: int) -> None:
        self.is_recovering = False
        if self.open_error is not None:
            raise self.open_error
        self.opened.append((device, sample_rate))
        self.is_open = True

    def close(self) -> None:
        self.is_open = self.is_recovering = False
        self.renderer.settle()

    def shut(self) -> None:
        self.close()

    def pump(self, frames: int, heard_s: float | None = None) -> np.ndarray:
        """Let the sound card ask for that many frames, the first of which is heard at a time."""
        out = np.zeros((frames, 2), np.float32)
        self.renderer.render(out, heard_s)
        self.heard.append(out)
        return out

    def lose(self) -> None:
        """The device goes away while it plays."""
        self.renderer.settle()
        self.transport.stay()
        self.is_open, self.is_recovering = False, True
        self.on_lost(
            AudioDeviceError("The sound output went away while playing.", hint="Playing goes on when it is back.")
        )

    def come_back(self) -> None:
        """It is there again, and plays on."""
        self.is_open, self.is_recovering = True, False
        self.on_back()

    def give_up(self) -> None:
        """It did not come back in time."""
        self.is_recovering = False
        self.transport.pause()
        self.renderer.settle()
        self.on_given_up(
            AudioDeviceError(
                "The sound output went away while playing.", hint="Choose another output, then press play."
            )
        )

"""What the window and the sound process tell each other, beside the `orders.Slip`: small frozen objects.

A request carries a `ticket`, and exactly one Answer with it comes back, unless the process is gone first.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from musicapp.playback.devices import OutputDevice


@dataclass(frozen=True)
class Know:
    """A take that may be played: read `available` frames of its file now, more when it has Grown.

    number   by which orders name it
    path     None: its Samples will be sent
    """

    number: int
    path: Path | None
    total_frames: int
    channels: int
    sample_rate: int


@dataclass(frozen=True)
class Grown:
    """So many frames from its start can be read in a take's file."""

    number: int
    available: int


@dataclass(frozen=True)
class Samples:
    """Frames of a take whose file cannot be read any more, `(frames, channels)` float32 as bytes."""

    number: int
    first_frame: int
    content: bytes


@dataclass(frozen=True)
class Forget:
    """A take that will not be played again."""

    number: int


@dataclass(frozen=True)
class Wake:
    """The orders have changed: start the stream if there is something to hear."""


@dataclass(frozen=True)
class Open:
    """Take a device, see `output.Output.open`.

    looks_again   start PortAudio anew before: it looks for devices only at its start
    """

    ticket: int
    device: str | None
    sample_rate: int
    only: str
    looks_again: bool


@dataclass(frozen=True)
class Close:
    """Give the device back."""

    ticket: int


@dataclass(frozen=True)
class ListDevices:
    """Which outputs are there now."""

    ticket: int


@dataclass(frozen=True)
class Opened:
    """What became of Open: the device, the rate that it runs at, and the seconds from order to ear."""

    device_name: str
    sample_rate: int
    latency_s: float


@dataclass(frozen=True)
class Refused:
    """A request that failed, as the parts of an AudioDeviceError."""

    message: str
    hint: str
    detail: str


@dataclass(frozen=True)
class Answer:
    """To the request with this ticket."""

    ticket: int
    value: Opened | Refused | list[OutputDevice] | None


@dataclass(frozen=True)
class Lost:
    """The device is not there any more. The process is of no use after this."""

    detail: str


@dataclass(frozen=True)
class Unreadable:
    """The file of a take does not give its samples, from this frame on."""

    number: int
    first_frame: int
    detail: str


Request = Open | Close | ListDevices
Command = Know | Grown | Samples | Forget | Wake | Request

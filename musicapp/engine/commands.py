"""What the engine is told: frozen commands, told apart by their type.

This module knows neither torch nor Qt.
"""

from __future__ import annotations

from dataclasses import dataclass

from musicapp.request import Lora, TakeRequest


@dataclass(frozen=True)
class Load:
    """Read a model ahead of the first take. Answered by ModelLoading, then ModelLoaded or ModelFailed."""

    model: str
    device: str = "auto"
    precision: str = "auto"
    loras: tuple[Lora, ...] = ()


@dataclass(frozen=True)
class Generate:
    """Make a take into the float WAV at `path`. Answered by Queued ... and exactly one closing event.

    keep_part  when nothing whole comes of it, what was written stays as a shorter WAV
    """

    request: TakeRequest
    path: str
    keep_part: bool = False


@dataclass(frozen=True)
class Listen:
    """From now on somebody listens at a frame of a take that forms, or (None) nobody. Preview answers, now and then."""

    take_id: str
    ear: int | None


@dataclass(frozen=True)
class Cancel:
    """Give up a take. Answered by Cancelled, unless it is closed already."""

    take_id: str


@dataclass(frozen=True)
class Ping:
    """Say at once that the process still runs. Answered by Alive."""


@dataclass(frozen=True)
class Quit:
    """Give up every take, then leave."""


Command = Load | Generate | Listen | Cancel | Ping | Quit

"""A take while the engine makes it: what the engine said when it began, until the file is complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from musicapp.engine.events import Finished, Started
from musicapp.library.takes import Take, save
from musicapp.request import TakeRequest


@dataclass(frozen=True)
class Draft:
    """A take that the engine began to make.

    created     aware time
    model_name  for people
    """

    started: Started
    created: datetime
    model_name: str

    @property
    def take_id(self) -> str:
        """The id that every event of the take carries."""
        return self.started.take_id

    @property
    def request(self) -> TakeRequest:
        """The request with every default filled in."""
        return self.started.request

    @property
    def path(self) -> Path:
        """The file that grows."""
        return Path(self.started.path)

    def keep(self, finished: Finished) -> Take:
        """The take that became of it, with its sidecar written.

        Raises LibraryError when that cannot be written, and ValueError for what was said of another take.
        """
        if finished.take_id != self.take_id:
            raise ValueError(f"{finished.take_id!r} is not {self.take_id!r}")
        take = Take(
            take_id=self.take_id,
            path=Path(finished.path),
            request=self.request,
            created=self.created,
            sample_rate=self.started.sample_rate,
            channels=self.started.channels,
            frames=finished.total_frames,
            peak=finished.peak,
            model_name=self.model_name,
            seconds_taken=finished.total_s,
        )
        save(take)
        return take

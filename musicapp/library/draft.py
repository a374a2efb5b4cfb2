"""A take while the engine makes it: what the engine said when it began, until the file is complete."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import soundfile

from musicapp.audio import growing, levels, riff
from musicapp.audio.sound_paths import openable
from musicapp.engine.events import Finished, Started
from musicapp.errors import LibraryError
from musicapp.library.takes import Take, save
from musicapp.request import TakeRequest

PATIENCE_S = 3.0  # that an engine gets to let go of a file


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
        take = self.as_take(finished)
        save(take)
        return take

    def as_take(self, finished: Finished) -> Take:
        """The same, without writing anything."""
        if finished.take_id != self.take_id:
            raise ValueError(f"{finished.take_id!r} is not {self.take_id!r}")
        return self._take(Path(finished.path), finished.total_frames, finished.peak, finished.total_s)

    def keep_part(self) -> Take:
        """What there is of it as an ordinary, shorter take: its header corrected, its sidecar written.

        Waits a moment for an engine that still writes. Raises LibraryError; the sound then is where it was.
        """
        growing.wait_until_free(self.path, PATIENCE_S)
        try:
            layout = riff.close_gap(self.path)
            peak = _peak(self.path)
        except (OSError, soundfile.LibsndfileError) as error:
            raise LibraryError(
                "What was made of the take could not be kept.",
                hint="Check that its folder can be written. It is tried again at the next start.",
                detail=str(error),
            ) from error
        if layout is None or not layout.frames:
            raise LibraryError("There is no sound of this take to keep.", hint="Make it again.")
        growing.forget(self.path)
        take = self._take(self.path, layout.frames, peak, 0.0)
        save(take)
        return take

    def let_go(self) -> None:
        """Remove what there is of it. Never raises."""
        growing.wait_until_free(self.path, PATIENCE_S)
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        growing.forget(self.path)

    def _take(self, path: Path, frames: int, peak: float, seconds_taken: float) -> Take:
        return Take(
            take_id=self.take_id,
            path=path,
            request=self.request,
            created=self.created,
            sample_rate=self.started.sample_rate,
            channels=self.started.channels,
            frames=frames,
            peak=peak,
            model_name=self.model_name,
            seconds_taken=seconds_taken,
            made_from=_made_from(self.request),
        )


def _peak(path: Path) -> float:
    with soundfile.SoundFile(openable(path)) as file:
        return max((levels.peak(block) for block in file.blocks(levels.BLOCK_FRAMES, always_2d=True)), default=0.0)


def _made_from(request: TakeRequest) -> dict[str, Any]:
    """What a take was made out of, for its sidecar; nothing where it came from noise alone."""
    source = request.source
    if source is None:
        return {}
    ways = {
        "redone": source.regions,
        "extended": source.before_s or source.after_s,
        "looped": source.seam_s,
        "glued": source.picks,
    }
    how = next((word for word, is_meant in ways.items() if is_meant), "varied")
    others = [{"take_id": lane.take_id, "name": lane.name, "sha256": lane.sha256} for lane in source.heard_lanes]
    values = {"take_id": source.take_id, "how": how, "name": source.name, "sha256": source.sha256}
    return values | ({"others": others} if others else {})

"""A take whose audio is in memory, finished or still being made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from musicapp.library.draft import Draft
from musicapp.library.takes import Take
from musicapp.request import TakeRequest
from musicapp.ui.state.take_audio import TakeAudio


@dataclass(eq=False)
class OpenTake:
    """A take with its audio. `source` becomes a Take when it is finished; `has_sounded` when some can be heard."""

    source: Draft | Take
    audio: TakeAudio
    has_sounded: bool = False

    @property
    def take(self) -> Take | None:
        """The library's take, None while it is being made."""
        return self.source if isinstance(self.source, Take) else None

    @property
    def take_id(self) -> str:
        """Its name among all takes."""
        return self.source.take_id

    @property
    def request(self) -> TakeRequest:
        """What was asked for, with every default filled in."""
        return self.source.request

    @property
    def created(self) -> datetime:
        """When it began to be made."""
        return self.source.created

    @property
    def model_name(self) -> str:
        """The model's name for people."""
        return self.source.model_name

    @property
    def title(self) -> str:
        """What people call it, or else its prompt."""
        return self.take.title if self.take and self.take.title else title_of(self.request.prompt)

    @property
    def left_out(self) -> dict[str, Any]:
        """What of its settings is not understood, see `request.Recalled`."""
        return self.take.left_out if self.take else {}


def title_of(prompt: str) -> str:
    """A short name for a take: its prompt, first letter large."""
    return prompt[:1].upper() + prompt[1:] if prompt else "Untitled"

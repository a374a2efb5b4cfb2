"""What is open with its audio in memory: a take, finished or still being made, or a sound from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from musicapp.library.draft import Draft
from musicapp.library.takes import Take
from musicapp.request import TakeRequest
from musicapp.ui.state.sound import Sound
from musicapp.ui.state.take_audio import TakeAudio


@dataclass(eq=False)
class OpenTake:
    """A take with its audio. `source` becomes a Take when it is finished; `has_sounded` when some can be heard.

    A Sound is one that is no take: all that is done with the files of takes leaves it alone.
    """

    source: Draft | Take | Sound
    audio: TakeAudio
    has_sounded: bool = False

    @property
    def take(self) -> Take | None:
        """The library's take, None while it is being made and for a sound from elsewhere."""
        return self.source if isinstance(self.source, Take) else None

    @property
    def whole(self) -> Take | Sound | None:
        """What stands on disk to its end, None while it is being made."""
        return None if isinstance(self.source, Draft) else self.source

    @property
    def is_being_made(self) -> bool:
        """Whether the engine makes it."""
        return isinstance(self.source, Draft)

    @property
    def has_settings(self) -> bool:
        """Whether it is known how it was made."""
        return not isinstance(self.source, Sound) or self.source.has_settings

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
        """When it began to be made, or its file was changed last."""
        return self.source.created

    @property
    def model_name(self) -> str:
        """The model's name for people, "" where it is not known."""
        return "" if isinstance(self.source, Sound) else self.source.model_name

    @property
    def title(self) -> str:
        """What people call it, or else its prompt; of a sound the name of its file."""
        if isinstance(self.source, Sound):
            return self.source.path.name
        return self.take.title if self.take and self.take.title else title_of(self.request.prompt)

    @property
    def left_out(self) -> dict[str, Any]:
        """What of its settings is not understood, see `request.Recalled`."""
        if isinstance(self.source, Sound):
            return self.source.material.left_out
        return self.take.left_out if self.take else {}


def title_of(prompt: str) -> str:
    """A short name for a take: its prompt, first letter large."""
    return prompt[:1].upper() + prompt[1:] if prompt else "Untitled"

"""The take on the stage: what is drawn in the middle and heard from the transport."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from musicapp.request import TakeRequest
from musicapp.ui.state.take_audio import TakeAudio


@dataclass(frozen=True)
class ShownTake:
    """A take with its audio, finished or still being made."""

    take_id: str
    request: TakeRequest
    audio: TakeAudio
    created: datetime
    model_name: str = ""
    left_out: dict[str, Any] = field(default_factory=dict)  # see `request.Recalled`


def title_of(prompt: str) -> str:
    """A short name for a take: its prompt, first letter large."""
    return prompt[:1].upper() + prompt[1:] if prompt else "Untitled"

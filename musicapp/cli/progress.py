"""Progress on a terminal: one line that redraws itself, or plain lines where the output is no terminal."""

from __future__ import annotations

import shutil
from typing import TextIO

from musicapp.engine.events import Event, ModelLoading, Progress, Queued, Remarked, Started
from musicapp.request import format_duration

BAR_CHARACTERS = 24
PLAIN_SHARE = 0.1  # of the steps between two plain lines
PHASES = {"denoising": "Making music", "decoding": "Writing sound"}


class Display:
    """Shows engine events on `stream`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._redraws = stream.isatty()
        self._is_open = False  # a redrawn line stands unfinished
        self._told: tuple[str, float] = ("", 0.0)  # phase and share of the last plain line

    def show(self, event: Event) -> None:
        """Show what one event means, if it means something to people."""
        match event:
            case Queued():
                self.say("Starting the engine ...")
            case ModelLoading():
                self.say("Loading the model ...")
            case Remarked():
                self.say(f"{event.text}.")
            case Started():
                request = event.request
                self.say(
                    f"{format_duration(request.duration_s)} of music, seed {request.seed}, "
                    f"{request.steps} steps, {request.device} {request.precision}"
                )
                if request.negative_prompt and request.guidance_scale == 1:
                    self.say("What to avoid has no effect at a guidance of 1, which is off; a higher one turns it on.")
            case Progress():
                self._progress(event)

    def say(self, text: str) -> None:
        """A line of its own."""
        self.end()
        print(text, file=self._stream, flush=True)

    def end(self, text: str = "") -> None:
        """Leave the redrawn line behind, then say `text` if there is one."""
        if self._is_open:
            print(file=self._stream, flush=True)
            self._is_open = False
        if text:
            self.say(text)

    def _progress(self, event: Progress) -> None:
        share = event.step / event.steps
        # Small: the last estimate before the end jumps between 0 and 1, which only looks nervous.
        left = f"{format_duration(round(event.remaining_s))} left" if event.remaining_s >= 1 else ""
        phase = PHASES.get(event.phase, event.phase)
        if self._redraws:
            full = round(BAR_CHARACTERS * share)
            bar = "█" * full + "░" * (BAR_CHARACTERS - full)
            line = f"{phase}  {bar}  {event.step}/{event.steps}  {left}"
            width = shutil.get_terminal_size().columns - 1
            print(f"\r{line[:width]:<{width}}", end="", file=self._stream, flush=True)
            self._is_open = True
        elif self._is_due(event.phase, share):
            self._told = (event.phase, share)
            print(f"{phase}: {event.step} of {event.steps}{', ' + left if left else ''}", file=self._stream, flush=True)

    def _is_due(self, phase: str, share: float) -> bool:
        told_phase, told_share = self._told
        return phase != told_phase or share >= 1.0 or share - told_share >= PLAIN_SHARE

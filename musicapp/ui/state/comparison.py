"""Hearing two to eight takes against each other: in step, equally loud, and blind if one likes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from musicapp.library.takes import Take
from musicapp.request import TakeRequest, format_duration
from musicapp.ui.state.looks import Looks
from musicapp.ui.state.measures import Measures
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.player import Player
from musicapp.ui.state.take_edits import TakeEdits
from musicapp.ui.state.take_gain import CEILING_DB, TARGET_LUFS

FEWEST, MOST = 2, 8
LETTERS = "ABCDEFGH"


@dataclass(frozen=True)
class Row:
    """One setting of all takes that are compared, in the order in which they are heard."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether they have not all the same."""
        return len(set(self.values)) > 1


class Comparison(QObject):
    """`changed` tells of the takes, of which one is heard, of whether it is blind, and of what is known of them.

    While it runs the stage keeps its take; only what is heard changes, at the same frame, see `Transport.switch`.
    """

    changed = Signal()

    def __init__(
        self,
        open_takes: OpenTakes,
        looks: Looks,
        player: Player,
        messages: Messages,
        edits: TakeEdits,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_takes, self._looks, self._player = open_takes, looks, player
        self._messages, self._edits = messages, edits
        self._shuffle: Callable[[list[Take]], None] = random.SystemRandom().shuffle
        self.takes: list[Take] = []  # in the order of their letters
        self.place = -1  # of the one that is heard
        self.is_running = self.is_blind = self.is_revealed = False
        self.starred: set[str] = set()
        self._opened: set[str] = set()
        looks.found.connect(self._found)
        open_takes.shown_changed.connect(self._stage_changed)

    @property
    def hides_names(self) -> bool:
        """Whether nobody is to know yet which take is which."""
        return self.is_blind and not self.is_revealed

    @property
    def heard(self) -> Take | None:
        """The take that is heard."""
        return self.takes[self.place] if 0 <= self.place < len(self.takes) else None

    def add(self, take: Take | None) -> None:
        """Put a take into the comparison; in words why not, if it cannot be."""
        if take is None:
            self._messages.remark("There is no finished take to compare")
        elif any(other.take_id == take.take_id for other in self.takes):
            self._messages.remark("The take is in the comparison already")
        elif len(self.takes) >= MOST:
            self._messages.remark(f"{MOST} takes are the most that can be compared")
        elif self.takes and take.sample_rate != self.takes[0].sample_rate:
            self._messages.post(
                "warning",
                f"A take at {take.sample_rate:,} Hz cannot be heard in step with others at "
                f"{self.takes[0].sample_rate:,} Hz.",
                "Compare takes of models with one sample rate.",
            )
        else:
            self.takes.append(take)
            if self.is_running:
                self._make_ready()
            self._messages.remark(f"Take {LETTERS[len(self.takes) - 1]} of the comparison")
            self.changed.emit()

    def remove(self, place: int) -> None:
        """Take one out."""
        self.takes.pop(place)
        if self.is_running and self.takes:
            self._make_ready()
            self.hear(min(self.place, len(self.takes) - 1))
        else:
            self.place = -1
            self.changed.emit()

    def start(self) -> None:
        """Read all takes, and hear the first."""
        if self.is_running or len(self.takes) < FEWEST:
            return
        self.is_revealed = False
        self.hear(0)

    def stop(self) -> None:
        """Hear the take on the stage again; the takes stay chosen."""
        if not self.is_running:
            return
        self.is_running = False
        self._player.hear_stage()
        self._player.keep_ready(())
        shown = self._open_takes.shown
        for take_id in self._opened - {shown.take_id if shown else ""}:
            self._open_takes.close(take_id)
        self._opened = set()
        self.place = -1
        self.changed.emit()

    def clear(self) -> None:
        """Choose none."""
        self.stop()
        self.takes, self.is_blind, self.is_revealed, self.starred = [], False, False, set()
        self.changed.emit()

    def hear(self, place: int) -> None:
        """Go on in another take at the same frame, also where another one came on the stage since."""
        if not 0 <= place < len(self.takes) or (len(self.takes) < FEWEST and not self.is_running):
            return
        if not self.is_running:
            self.is_running = True
            self._make_ready()
        opened = self._open_takes.find(self.takes[place].take_id)
        if opened is None:  # there was no memory for it, which was told
            return
        self.place = place
        self._player.hear(opened.audio.buffer, self.gain_db(place))
        self.changed.emit()

    def set_blind(self, blind: bool) -> None:
        """Shuffle the letters, and show no names and settings until `reveal`."""
        self.is_blind, self.is_revealed = blind, False
        if blind:
            self._shuffle(self.takes)
        if self.is_running:
            self.hear(0)
        self.changed.emit()

    def reveal(self) -> None:
        """Say which is which."""
        self.is_revealed = True
        self.changed.emit()

    def star(self) -> None:
        """Mark the take that is heard with a star, in the library too."""
        take = self.heard
        if take is None:
            return
        if take.take_id not in self.starred and not take.is_starred:
            self.starred.add(take.take_id)
            self._edits.star([take])
        self.changed.emit()

    @property
    def measured(self) -> list[Measures | None]:
        """What is known of each take by now."""
        looks = (self._looks.of(take.request, take, take.duration_s) for take in self.takes)
        return [look.measures if look else None for look in looks]

    @property
    def is_matched(self) -> bool:
        """Whether all takes are measured, so that they are equally loud."""
        return all(measures is not None for measures in self.measured)

    def gain_db(self, place: int) -> float:
        """What brings a take to the loudness that all of them can have below the ceiling; 0 until all are measured."""
        known = [measures for measures in self.measured if measures is not None]
        if len(known) < len(self.takes):
            return 0.0
        sounding = [m for m in known if m.loudness_lufs > -70]
        target = min([TARGET_LUFS, *(m.loudness_lufs + CEILING_DB - m.true_peak_db for m in sounding)])
        mine = known[place]
        return target - mine.loudness_lufs if mine.loudness_lufs > -70 else 0.0

    def rows(self) -> list[Row]:
        """The settings side by side, those that say something."""
        requests = [take.request for take in self.takes]
        named: dict[str, Callable[[TakeRequest], object]] = {
            "Prompt": lambda request: request.prompt,
            "Avoid": lambda request: request.negative_prompt,
            "Seed": lambda request: request.seed,
            "Model": lambda request: Path(request.model).name,
            "Steps": lambda request: request.steps,
            "Guidance": lambda request: request.guidance_scale,
            "Sampler": lambda request: request.sampler,
            "Precision": lambda request: request.precision,
            "Adapters": lambda request: ", ".join(
                f"{Path(lora.path).stem} × {lora.strength:g}" for lora in request.loras
            ),
        }
        rows = [Row(name, tuple(_text(value(request)) for request in requests)) for name, value in named.items()]
        rows.append(Row("Length", tuple(format_duration(round(take.duration_s, 3)) for take in self.takes)))
        measured = self.measured
        tempi = tuple(f"{m.heard.tempo_bpm:g} bpm" if m and m.heard else "" for m in measured)
        keys = tuple(m.heard.key if m and m.heard else "" for m in measured)
        loudness = tuple(f"{m.loudness_lufs:.1f} LUFS".replace("-", "−") if m else "" for m in measured)
        rows += [Row("Heard tempo", tempi), Row("Heard key", keys), Row("Loudness", loudness)]
        return [row for row in rows if any(row.values)]

    def _make_ready(self) -> None:
        shown = self._open_takes.shown
        for take in self.takes:
            if self._open_takes.find(take.take_id) is None and self._open_takes.open(take) is not None:
                self._opened.add(take.take_id)
        opened = [self._open_takes.find(take.take_id) for take in self.takes]
        on_stage = (shown.audio.buffer,) if shown else ()
        self._player.keep_ready((*on_stage, *(each.audio.buffer for each in opened if each is not None)))

    def _stage_changed(self) -> None:
        """Another take came on the stage, whose audio may have been all that was open of one of these."""
        if self.is_running:
            self.stop()

    def _found(self, take_id: str) -> None:
        if any(take.take_id == take_id for take in self.takes):
            if self.is_running and self.is_matched:
                self.hear(self.place)
            self.changed.emit()


def _text(value: object) -> str:
    return "" if value is None else str(value)

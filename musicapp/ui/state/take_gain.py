"""How loud the take on the stage is played before the volume: as it will be exported, or as loud as all others.

As exported: a take with samples above full scale is lowered as a whole, by what a file in whole numbers needs. Matched:
every take is brought to one loudness while takes are compared; what is exported stays as it is.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from musicapp.ui.state.looks import Looks
from musicapp.ui.state.measures import Measures
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.player import Player

TARGET_LUFS = -18.0
CEILING_DB = -1.0  # true peak of a take that is brought up


class TakeGain(QObject):
    """Sets the player's gain for the take on the stage as soon as the take is measured.

    changed   the switch, the take, or what is known of it
    """

    changed = Signal()

    def __init__(self, open_takes: OpenTakes, looks: Looks, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_takes, self._looks, self._player = open_takes, looks, player
        self.is_matching = False
        open_takes.shown_changed.connect(self._apply)
        open_takes.made.connect(self._apply)
        looks.found.connect(self._found)

    @property
    def measures(self) -> Measures | None:
        """What is known of the take on the stage."""
        shown = self._open_takes.shown
        if shown is None:
            return None
        self._looks.hurry(shown.take_id)
        look = self._looks.of(shown.request, shown.whole, shown.audio.duration_s)
        return look.measures if look else None

    def set_matching(self, matching: bool) -> None:
        """Play all takes at one loudness, or each as it is."""
        if matching != self.is_matching:
            self.is_matching = matching
            self._apply()

    def _found(self, take_id: str) -> None:
        shown = self._open_takes.shown
        if shown is not None and shown.take_id == take_id:
            self._apply()

    def _apply(self) -> None:
        measures = self.measures
        if measures is None:
            gain_db = 0.0
        elif self.is_matching:
            gain_db = measures.matching_gain_db(TARGET_LUFS, CEILING_DB)
        else:
            gain_db = measures.gain_as_exported_db
        self._player.set_take_gain(gain_db)
        self.changed.emit()

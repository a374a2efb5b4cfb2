"""Ableton Link, through a binding that the user has installed: tempo, peers, and when a bar begins.

Link is under the GPL, so it is neither a dependency nor in the built app, and nothing of it is imported before somebody
joins. Joining sends and hears multicast messages in the local network. The binding's own threads do that, in this
process; every call here returns at once.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
from typing import Any

from musicapp.errors import AudioDeviceError
from musicapp.playback.orders import Cue

BINDING, PACKAGE = "link", "LinkPython-extern"  # the module, and where it is got
LOWEST_BPM, HIGHEST_BPM = 20.0, 999.0  # that a session knows
NOT_INSTALLED = "Ableton Link is not installed."
NOT_IN_APP = "Ableton Link is not part of the built app."
HOW_TO_INSTALL = f"Link is under the GPL and comes separately: run “pip install {PACKAGE}”."
INSTALL_ALL = (
    f"Link is under the GPL and comes separately: install Musicapp with pip, then run “pip install {PACKAGE}”."
)


def is_installed() -> bool:
    """Whether the binding is there. Nothing of it is imported to find out."""
    return importlib.util.find_spec(BINDING) is not None


class LinkSession:
    """A place in the session that all programs with Link in the local network share, until `leave`."""

    def __init__(self, tempo_bpm: float) -> None:
        """Join. The tempo is for a session that nobody else is in. Raises AudioDeviceError without a binding."""
        try:
            self._link: Any = importlib.import_module(BINDING).Link(_possible(tempo_bpm))
            self._link.enabled = True
        except ModuleNotFoundError as error:
            is_built = getattr(sys, "frozen", False)
            raise AudioDeviceError(
                NOT_IN_APP if is_built else NOT_INSTALLED,
                hint=INSTALL_ALL if is_built else HOW_TO_INSTALL,
                detail=str(error),
            ) from error
        except (ImportError, OSError, AttributeError, TypeError, RuntimeError) as error:
            raise AudioDeviceError(
                "Ableton Link does not work here.",
                hint=f"Install it anew: run “pip install --force-reinstall {PACKAGE}”.",
                detail=repr(error),
            ) from error

    def leave(self) -> None:
        """Send and hear nothing more."""
        self._link.enabled = False

    @property
    def peers(self) -> int:
        """How many others are in the session."""
        return int(self._link.numPeers())

    @property
    def tempo_bpm(self) -> float:
        """As whoever set it meant it, see `meant_tempo`."""
        return meant_tempo(float(self._link.captureSessionState().tempo()))

    def set_tempo(self, tempo_bpm: float) -> None:
        """Tell all others a tempo from now on."""
        state = self._link.captureSessionState()
        state.setTempo(_possible(tempo_bpm), self._link.clock().micros())
        self._link.commitSessionState(state)

    def cue(self, earliest_s: float, beat: float, beats_in_bar: float) -> Cue:
        """When a play may begin that starts so many beats into its bar: where the bars of the session are there, too.

        earliest_s  by `time.perf_counter`. Alone, bars are wherever they are wanted: it is then
        """
        to_local_us = self._offset_us()
        state = self._link.captureSessionState()
        state.requestBeatAtTime(beat, round(earliest_s * 1e6) + to_local_us, beats_in_bar)
        self._link.commitSessionState(state)
        at_us = state.timeAtBeat(beat, beats_in_bar) - to_local_us
        return Cue(at_us / 1e6, beats_in_bar * 60 / float(state.tempo()))

    def _offset_us(self) -> int:
        """What to add to `time.perf_counter` for the clock of Link: the closest of three looks at both."""
        looks = []
        for _ in range(3):
            before = time.perf_counter()
            micros = int(self._link.clock().micros())
            after = time.perf_counter()
            looks.append((after - before, micros - round((before + after) / 2 * 1e6)))
        return min(looks)[1]


def meant_tempo(tempo_bpm: float) -> float:
    """The shortest number that travels as this one: Link sends whole microseconds for a beat, 133 as 132.99995."""
    if not tempo_bpm > 0:
        return tempo_bpm
    for decimals in range(4):
        short = round(tempo_bpm, decimals)
        if short > 0 and abs(60e6 / short - 60e6 / tempo_bpm) < 1:
            return short
    return tempo_bpm


def _possible(tempo_bpm: float) -> float:
    return min(max(tempo_bpm, LOWEST_BPM), HIGHEST_BPM)

"""Looks like the binding of Ableton Link: one session on one machine, whose other peers a test invents."""

from __future__ import annotations

import math
import sys
import time
import types
from importlib.machinery import ModuleSpec

import pytest


class FakeSession:
    """Beats run from `origin` on. Every peer of the session sees the same."""

    def __init__(self) -> None:
        self.peers, self.tempo, self.origin = 0, 120.0, (0, 0.0)  # at these microseconds it is this beat
        self.enabled: list[bool] = []
        self.told: list[float] = []


class State:
    def __init__(self, session: FakeSession) -> None:
        self._session, self._tempo, self._origin = session, session.tempo, session.origin

    def tempo(self) -> float:
        return self._tempo

    def setTempo(self, bpm: float, at_us: int) -> None:
        self._session.told.append(bpm)
        self._origin = at_us, self.beatAtTime(at_us, 4.0)
        self._tempo = 60e6 / round(60e6 / bpm)  # as it travels

    def beatAtTime(self, at_us: int, quantum: float) -> float:
        return self._origin[1] + (at_us - self._origin[0]) * self._tempo / 60e6

    def timeAtBeat(self, beat: float, quantum: float) -> int:
        return round(self._origin[0] + (beat - self._origin[1]) * 60e6 / self._tempo)

    def requestBeatAtTime(self, beat: float, at_us: int, quantum: float) -> None:
        if self._session.peers:  # at the next time at which the bar is as far
            there = self.beatAtTime(at_us, quantum)
            at_us = self.timeAtBeat(beat + math.ceil((there - beat) / quantum) * quantum, quantum)
        self._origin = at_us, beat


class Link:
    session = FakeSession()

    def __init__(self, bpm: float) -> None:
        if not self.session.peers:
            self.session.tempo = 60e6 / round(60e6 / bpm)

    @property
    def enabled(self) -> bool:
        return self.session.enabled[-1]

    @enabled.setter
    def enabled(self, on: bool) -> None:
        self.session.enabled.append(on)

    def numPeers(self) -> int:
        return self.session.peers

    def clock(self) -> types.SimpleNamespace:
        return types.SimpleNamespace(micros=lambda: time.perf_counter_ns() // 1000 + 5_000_000_000)

    def captureSessionState(self) -> State:
        return State(self.session)

    def commitSessionState(self, state: State) -> None:
        self.session.tempo, self.session.origin = state._tempo, state._origin


def install(monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    """From now on the binding seems to be installed; the session that it sees."""
    Link.session = FakeSession()
    module = types.ModuleType("link")
    module.__spec__ = ModuleSpec("link", None)
    module.Link = Link  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "link", module)
    return Link.session

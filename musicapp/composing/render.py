"""Turns a piece into sound: the bank and our own synthesiser play it, then it gets a room, an end and a level."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from musicapp.composing import effects, synth, synth_drums
from musicapp.composing.bank import SAMPLE_RATE, Bank, find_soundfont
from musicapp.composing.instruments import INSTRUMENTS
from musicapp.composing.score import Piece, Track
from musicapp.request import frames_for

__all__ = ["SAMPLE_RATE", "Renderer", "find_soundfont"]

_RHYTHM = ("drums", "bass")
_RELEASE_S = 5.0  # no sound goes on for longer once its key is up


class Renderer:
    """Renders pieces with a General MIDI bank: the given one, or the one that `find_soundfont` finds."""

    def __init__(self, soundfont: Path | None = None) -> None:
        self.path = find_soundfont(soundfont)
        self._bank = Bank(self.path)

    def render(self, piece: Piece) -> np.ndarray:
        """The piece as `(frames, 2)` float32 at 44.1 kHz, exactly `frames_for(duration_s)` frames."""
        frames = frames_for(piece.truth.duration_s, SAMPLE_RATE)
        tail = round((piece.mix.reverb_s + _RELEASE_S) * SAMPLE_RATE) if piece.mix.loop else 0
        rhythm = [track for track in piece.tracks if track.role in _RHYTHM]
        band = [track for track in piece.tracks if track.role not in _RHYTHM]
        dry, wet = (self._play(tracks, frames + tail, piece.seed) for tracks in (rhythm, band))
        return effects.master(piece, dry, wet, frames)

    def _play(self, tracks: list[Track], frames: int, seed: int) -> np.ndarray:
        banked = [track for track in tracks if not _is_ours(track)]
        sound = self._bank.play(banked, frames) if banked else np.zeros((frames, 2), np.float32)
        for track in tracks:
            if track.kit in synth_drums.MACHINES:
                synth_drums.play(track, sound)
            elif _is_ours(track):
                synth.play(track, sound, seed)
        return sound


def _is_ours(track: Track) -> bool:
    return track.kit in synth_drums.MACHINES or INSTRUMENTS[track.instrument].is_synthesised

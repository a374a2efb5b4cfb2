"""Turns a piece into sound: the sound bank plays it block by block, then it gets a room, an end and a level."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from musicapp.errors import MusicAppError
from musicapp.request import frames_for
from musicapp.training import effects
from musicapp.training.instruments import INSTRUMENTS
from musicapp.training.score import Piece, Track

SAMPLE_RATE = 44100
SOUNDFONT_VARIABLE = "MUSICAPP_SOUNDFONT"
_FOLDERS = ("/usr/share/sounds/sf3", "/usr/share/sounds/sf2", "/usr/share/soundfonts", "/usr/local/share/soundfonts")
_NAMES = ("MuseScore_General_Lite.sf3", "MuseScore_General.sf3", "MuseScore_General.sf2", "FluidR3_GM.sf2")
_HINT = (
    "On Debian or Ubuntu: apt install musescore-general-soundfont-small. Elsewhere set "
    f"{SOUNDFONT_VARIABLE} to a General MIDI bank in .sf2 or .sf3 format."
)
_DRUM_BANK = 128


def find_soundfont(path: Path | None = None) -> Path:
    """The sound bank: the given path, else the environment's, else the first known one of the system.

    Raises MusicAppError that says what to install.
    """
    named = path or (Path(value) if (value := os.environ.get(SOUNDFONT_VARIABLE)) else None)
    candidates = [named] if named else [Path(folder, name) for folder in _FOLDERS for name in _NAMES]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise MusicAppError(f"No sound bank at {named}." if named else "No General MIDI sound bank was found.", hint=_HINT)


class Renderer:
    """An open sound bank. Loading takes seconds, so keep it; the same piece gives the same frames every time."""

    def __init__(self, soundfont: Path | None = None) -> None:
        self.path = find_soundfont(soundfont)
        self._synth, self._bank = _open(self.path)

    def render(self, piece: Piece) -> np.ndarray:
        """The piece as `(frames, 2)` float32 at 44.1 kHz, exactly `frames_for(duration_s)` frames."""
        frames = frames_for(piece.truth.duration_s, SAMPLE_RATE)
        tail = round((piece.mix.reverb_s + 1.0) * SAMPLE_RATE) if piece.mix.loop else 0
        dry = self._play([track for track in piece.tracks if track.role in ("drums", "bass")], frames + tail)
        wet = self._play([track for track in piece.tracks if track.role not in ("drums", "bass")], frames + tail)
        return effects.master(piece, dry, wet, frames)

    def _play(self, tracks: Iterable[Track], frames: int) -> np.ndarray:
        events = self._set_up(list(tracks))
        buffer = memoryview(bytearray(frames * 8))
        done = 0
        for frame, _, channel, pitch, velocity in events:
            if frame >= frames:
                break
            if frame > done:
                self._synth.generate_simple(frame - done, buffer=buffer[done * 8 : frame * 8])
                done = frame
            if velocity:
                self._synth.noteon(channel, pitch, velocity)
            else:
                self._synth.noteoff(channel, pitch)
        if done < frames:
            self._synth.generate_simple(frames - done, buffer=buffer[done * 8 :])
        return np.frombuffer(buffer, dtype=np.float32).reshape(frames, 2)

    def _set_up(self, tracks: list[Track]) -> list[tuple[int, int, int, int, int]]:
        """Give each track a channel; returns its notes as (frame, off before on, channel, pitch, velocity)."""
        self._synth.sounds_off()
        self._synth.generate_simple(SAMPLE_RATE // 10)  # lets the cut voices of the last piece die
        events = []
        for channel, track in enumerate(tracks):
            instrument = INSTRUMENTS[track.instrument]
            bank, program = (_DRUM_BANK, track.kit) if instrument.is_drums else (0, instrument.program)
            self._synth.control_change(channel, 121, 0)
            self._synth.program_select(channel, self._bank, bank, program, instrument.is_drums)
            self._synth.control_change(channel, 10, round(64 + 63 * track.pan))
            gain = 10 ** ((track.gain_db + instrument.trim_db) / 40)  # the controller's curve is a square
            self._synth.control_change(channel, 7, round(min(100 * gain, 127)))
            for note in track.notes:
                on = frames_for(note.start_s, SAMPLE_RATE)
                off = max(frames_for(note.start_s + note.duration_s, SAMPLE_RATE), on + 64)
                events.append((on, 1, channel, note.pitch, note.velocity))
                events.append((off, 0, channel, note.pitch, 0))
        return sorted(events)


def _open(path: Path) -> tuple[Any, int]:
    # WORKAROUND tinysoundfont 0.3 imports pyaudio, which only its own playback needs and which has no Linux wheel:
    # an empty module stands in. Remove when the import is optional.
    if "pyaudio" not in sys.modules:
        sys.modules["pyaudio"] = types.ModuleType("pyaudio")
    try:
        import tinysoundfont
    except ImportError as error:
        raise MusicAppError(
            "The synthesiser that renders training music is not installed.",
            hint="pip install --no-deps tinysoundfont",
        ) from error
    synth = tinysoundfont.Synth(samplerate=SAMPLE_RATE)
    return synth, synth.sfload(str(path), gain=-6.0, max_voices=256)

"""The sound bank: plays tracks of notes at exact frames, every note as loud as its velocity says.

Banks balance their samples with modulators that the synthesiser does not know, so the level of an instrument can jump
by tens of decibels from one key or velocity layer to the next (the grand piano of MuseScore General does). Each sound
is therefore measured once, the first time it is needed, and played through a channel whose gain makes up for it.
"""

from __future__ import annotations

import math
import os
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from musicapp.composing.instruments import INSTRUMENTS, KITS
from musicapp.composing.score import Note, Track
from musicapp.errors import MusicAppError
from musicapp.request import frames_for

SAMPLE_RATE = 44100
SOUNDFONT_VARIABLE = "MUSICAPP_SOUNDFONT"
_FOLDERS = ("/usr/share/sounds/sf3", "/usr/share/sounds/sf2", "/usr/share/soundfonts", "/usr/local/share/soundfonts")
_NAMES = ("MuseScore_General_Lite.sf3", "MuseScore_General.sf3", "MuseScore_General.sf2", "FluidR3_GM.sf2")
_HINT = (
    "On Debian or Ubuntu: apt install musescore-general-soundfont-small. Elsewhere set "
    f"{SOUNDFONT_VARIABLE} to a General MIDI bank in .sf2 or .sf3 format."
)
_DRUM_BANK = 128
_LAYER = 16  # velocities are played in steps of this, so that each can be measured
_TARGET_DB = -20.0  # of a note at velocity 90, the loudest tenth of a second
# Drums below or above that by their number; kick and snare stand in front.
_DRUM_DB = {
    36: 6,
    35: 6,
    38: 4,
    39: 3,
    37: -2,
    42: -9,
    44: -12,
    46: -7,
    49: -2,
    51: -5,
    54: -8,
    70: -11,
    81: -10,
    75: -6,
}
_STEP_DB = 1.5  # notes whose gains fall into the same step share a channel


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


class Bank:
    """An open bank. Opening takes seconds, so keep it; the same tracks give the same frames every time."""

    def __init__(self, path: Path) -> None:
        self._font = _open(path)
        self._levels: dict[tuple[int, int, int, int], float] = {}

    def play(self, tracks: Sequence[Track], frames: int) -> np.ndarray:
        """The tracks together as `(frames, 2)` float32, without effects or end."""
        events = self._set_up(tracks)
        buffer = memoryview(bytearray(frames * 8))
        done = 0
        for frame, is_on, channel, pitch, velocity in events:
            if frame >= frames:
                break
            if frame > done:
                self._font.render(buffer[done * 8 : frame * 8], False)
                done = frame
            if is_on:
                self._font.channel_note_on(channel, pitch, velocity / 127)
            else:
                self._font.channel_note_off(channel, pitch)
        if done < frames:
            self._font.render(buffer[done * 8 :], False)
        return np.frombuffer(buffer, dtype=np.float32).reshape(frames, 2)

    def _set_up(self, tracks: Sequence[Track]) -> list[tuple[int, int, int, int, int]]:
        """Give the notes their channels; returns (frame, 0 for off and 1 for on, channel, pitch, velocity), sorted."""
        placed = [
            (number, note, *self._placed(track, note)) for number, track in enumerate(tracks) for note in track.notes
        ]
        self._silence()
        channels: dict[tuple[int, int], int] = {}
        events = []
        for number, note, velocity, gain_step in placed:
            channel = channels.setdefault((number, gain_step), len(channels))
            if channel == len(channels) - 1:
                self._open_channel(channel, tracks[number], gain_step)
            on = frames_for(note.start_s, SAMPLE_RATE)
            off = max(frames_for(note.start_s + note.duration_s, SAMPLE_RATE), on + 64)
            events.append((on, 1, channel, note.pitch, velocity))
            events.append((off, 0, channel, note.pitch, 0))
        return sorted(events)

    def _open_channel(self, channel: int, track: Track, gain_step: int) -> None:
        bank, program = _preset(track)
        self._select(channel, bank, program)
        self._font.channel_set_pan(channel, 0.5 + 0.5 * track.pan)
        self._font.channel_set_volume(channel, 10 ** ((track.gain_db + gain_step * _STEP_DB) / 20))

    def _select(self, channel: int, bank: int, program: int) -> None:
        self._font.channel_set_bank(channel, bank)
        self._font.channel_set_preset_number(channel, program, bank == _DRUM_BANK)

    def _placed(self, track: Track, note: Note) -> tuple[int, int]:
        """The velocity at which the bank plays a note, and the step of gain that makes it as loud as it should be."""
        velocity = min(max(round(note.velocity / _LAYER), 1) * _LAYER, 127)
        bank, program = _preset(track)
        wanted = _TARGET_DB + 30 * math.log10(note.velocity / 90)
        if bank == _DRUM_BANK:
            wanted += _DRUM_DB.get(note.pitch, 0)
        gain = wanted - self._level(bank, program, note.pitch, velocity)
        return velocity, round(min(max(gain, -40.0), 80.0) / _STEP_DB)

    def _level(self, bank: int, program: int, pitch: int, velocity: int) -> float:
        """The loudest tenth of a second of this sound in dB, as the bank plays it by itself."""
        key = (bank, program, pitch, velocity)
        if key not in self._levels:
            block = SAMPLE_RATE // 10
            buffer = memoryview(bytearray(4 * block * 8))
            self._silence()
            self._select(0, bank, program)
            self._font.channel_note_on(0, pitch, velocity / 127)
            self._font.render(buffer, False)
            power = np.square(np.frombuffer(buffer, dtype=np.float32)).reshape(4, -1).mean(axis=1).max()
            self._levels[key] = 10 * math.log10(float(power) + 1e-12)
        return self._levels[key]

    def _silence(self) -> None:
        """Forget all channels, and let the voices of before die: a reset only starts their release."""
        self._font.reset()
        rest = memoryview(bytearray(2048 * 8))
        for _ in range(50):
            self._font.render(rest, False)
            if not np.frombuffer(rest, dtype=np.float32).any():
                return


def _preset(track: Track) -> tuple[int, int]:
    instrument = INSTRUMENTS[track.instrument]
    return (_DRUM_BANK, KITS[track.kit]) if instrument.is_drums else (0, instrument.program)


def _open(path: Path) -> Any:
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
    return synth.soundfonts[synth.sfload(str(path), max_voices=256)]

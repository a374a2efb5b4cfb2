"""Our own drum machines: every drum is made once from sines and filtered noise, then placed where it is struck."""

from __future__ import annotations

import bisect
import functools
import math
from dataclasses import dataclass

import numpy as np

from musicapp.composing.grooves import DRUMS
from musicapp.composing.score import Track
from musicapp.request import frames_for

SAMPLE_RATE = 44100
_HATS = (DRUMS["closed"], DRUMS["pedal"])


@dataclass(frozen=True)
class Machine:
    """One drum machine: kick (start and end in Hz, decay), how long snare and hats are, and what dulls it."""

    kick_hz: tuple[float, float]
    kick_s: float
    click: float
    snare_hz: float
    snare_s: float
    hat_s: float
    top_hz: float = 16000.0
    crush: int = 0  # hold every sample this many times; 0 is clean


MACHINES = {
    "909": Machine((220, 50), 0.16, 0.5, 190, 0.11, 0.03),
    "808": Machine((120, 44), 0.34, 0.2, 175, 0.10, 0.025),
    "lofi": Machine((150, 55), 0.13, 0.3, 185, 0.10, 0.03, 6500.0),
    "chip": Machine((400, 60), 0.08, 0.0, 300, 0.07, 0.025, 16000.0, 5),
}
_PANS = {42: 0.2, 44: 0.2, 46: 0.2, 70: -0.35, 54: -0.3, 51: -0.25, 49: 0.3, 50: 0.35, 45: -0.3, 56: 0.25, 37: -0.1}


def play(track: Track, out: np.ndarray) -> None:
    """Add a drum track to `out` `(frames, 2)`; a closed hat stops an open one."""
    closed = [note.start_s for note in track.notes if note.pitch in _HATS] + [math.inf]
    gain = 10 ** ((track.gain_db - 4.0) / 20)  # level with the kits of the bank
    for note in track.notes:
        sound = hit(track.kit, note.pitch)
        if note.pitch == DRUMS["open"]:
            after = closed[bisect.bisect(closed, note.start_s + 0.02)]
            sound = _choke(sound, frames_for(min(after - note.start_s, 9.0), SAMPLE_RATE))
        first = frames_for(note.start_s, SAMPLE_RATE)
        sound = sound[: max(len(out) - first, 0)]
        angle = (_PANS.get(note.pitch, 0.0) + 1) * np.pi / 4
        loudness = gain * (note.velocity / 127) ** 1.5
        out[first : first + len(sound), 0] += sound * np.float32(loudness * 1.414 * np.cos(angle))
        out[first : first + len(sound), 1] += sound * np.float32(loudness * 1.414 * np.sin(angle))


@functools.lru_cache(maxsize=128)
def hit(kit: str, number: int) -> np.ndarray:
    """One stroke at full strength, mono."""
    machine = MACHINES[kit]
    name = next((drum for drum, pitch in DRUMS.items() if pitch == number), "rim")
    sound = _stroke(machine, name, np.random.default_rng(number))
    if machine.top_hz < 16000:
        sound = _band(sound, 0, machine.top_hz)
    if machine.crush:
        sound = np.repeat(sound[:: machine.crush], machine.crush)[: len(sound)]
    fade = min(441, len(sound))
    sound[-fade:] *= np.linspace(1, 0, fade)
    return sound.astype(np.float32)


def _stroke(machine: Machine, name: str, rng: np.random.Generator) -> np.ndarray:
    if name == "kick":
        high, low = machine.kick_hz
        body = _drop(high, low, 0.035, machine.kick_s, 4 * machine.kick_s)
        body[:220] += machine.click * rng.standard_normal(220) * np.linspace(1, 0, 220)
        return 0.9 * np.tanh(1.4 * body)
    if name == "snare":
        noise = _band(_noise(rng, 5 * machine.snare_s, machine.snare_s), 1200, 12000)
        return 0.55 * _drop(machine.snare_hz * 1.5, machine.snare_hz, 0.02, 0.07, 5 * machine.snare_s) + 0.5 * noise
    if name == "clap":
        noise = _band(_noise(rng, 0.4, 0.09), 900, 8000)
        for start in (0.0, 0.011, 0.022):
            first = int(start * SAMPLE_RATE)
            noise[first : first + 400] += 1.2 * np.linspace(1, 0, 400) ** 2 * _band(rng.standard_normal(400), 900, 8000)
        return 0.6 * noise
    if name in ("closed", "pedal"):
        return 0.35 * _metal(rng, 6 * machine.hat_s, machine.hat_s, 7000)
    if name == "open":
        return 0.33 * _metal(rng, 0.5, 0.16, 6500)
    if name in ("crash", "ride"):
        return 0.3 * _metal(rng, 2.2, 0.6 if name == "crash" else 0.35, 3500)
    if name.endswith("tom") or "conga" in name or "bongo" in name:
        pitch = {"low tom": 90, "mid tom": 130, "high tom": 180, "low conga": 190, "conga": 250}.get(name, 320)
        return 0.7 * _drop(pitch * 1.5, pitch, 0.05, 0.14, 0.6)
    if name == "cowbell":
        return 0.25 * (_square(540, 0.3) + _square(800, 0.3)) * np.exp(-np.arange(int(0.3 * SAMPLE_RATE)) / 3500)
    if name in ("shaker", "tambourine"):
        sound = 0.25 * _metal(rng, 0.16, 0.035, 6000 if name == "shaker" else 8000)
        return sound * np.minimum(np.arange(len(sound)) / 500, 1)
    return 0.5 * _drop(1800, 1700, 0.01, 0.015, 0.1) + 0.2 * _band(_noise(rng, 0.1, 0.01), 1500, 9000)  # rim, claves


def _drop(high: float, low: float, fall_s: float, decay_s: float, length_s: float) -> np.ndarray:
    time = np.arange(int(length_s * SAMPLE_RATE)) / SAMPLE_RATE
    phase = low * time + (high - low) * fall_s * (1 - np.exp(-time / fall_s))
    return np.sin(2 * np.pi * phase) * np.exp(-time / decay_s)


def _noise(rng: np.random.Generator, length_s: float, decay_s: float) -> np.ndarray:
    time = np.arange(int(length_s * SAMPLE_RATE)) / SAMPLE_RATE
    return rng.standard_normal(len(time)) * np.exp(-time / decay_s)


def _metal(rng: np.random.Generator, length_s: float, decay_s: float, low_hz: float) -> np.ndarray:
    clang = np.sum([_square(hertz, length_s) for hertz in (2051, 3037, 3689, 5199, 5439, 8223)], axis=0)
    time = np.arange(len(clang)) / SAMPLE_RATE
    return _band((0.3 * clang + 0.7 * rng.standard_normal(len(clang))) * np.exp(-time / decay_s), low_hz, 15500)


def _square(hertz: float, length_s: float) -> np.ndarray:
    return np.sign(np.sin(2 * np.pi * hertz * np.arange(int(length_s * SAMPLE_RATE)) / SAMPLE_RATE))


def _band(sound: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    spectrum = np.fft.rfft(sound, 2 * len(sound))
    hertz = np.fft.rfftfreq(2 * len(sound), 1 / SAMPLE_RATE)
    keep = 1 / np.sqrt(1 + (hertz / high_hz) ** 8)
    if low_hz:
        keep *= 1 / np.sqrt(1 + (low_hz / np.maximum(hertz, 1)) ** 8)
    return np.fft.irfft(spectrum * keep, 2 * len(sound))[: len(sound)]


def _choke(sound: np.ndarray, frames: int) -> np.ndarray:
    if frames >= len(sound):
        return sound
    fade = min(200, frames)
    cut = sound[:frames].copy()
    cut[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return cut

"""Our own basses, pads and plucks: looping wavetables built in the spectrum, shaped by envelopes.

A pad's table is built the way of the PADsynth algorithm (Nasca Octavian Paul, 2005): every harmonic becomes a narrow
band of random phases, so the inverse transform is an endless, choir-like tone that loops without a seam.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from musicapp.composing.score import Note, Track
from musicapp.request import frames_for

SAMPLE_RATE = 44100
_TOP_HZ = 15000.0
_LONG_TABLE, _SHORT_TABLE = 98304, 8192


@dataclass(frozen=True)
class Patch:
    """One sound.

    shape      "saw", "square", "pulse" (a quarter), "sine" or "soft": how strong each harmonic is
    dark, bright  cut-off in harmonics of the settled and of the struck sound
    bright_s   how fast the struck brightness goes
    width      spread of every harmonic in cents; 0 is an exact period and mono
    attack_s, decay_s, sustain, release_s  the envelope; `decay_s` is a time constant
    """

    shape: str
    dark: float
    bright: float
    bright_s: float
    width: float
    attack_s: float
    decay_s: float
    sustain: float
    release_s: float
    level: float = 1.0


PATCHES = {
    "synth bass": Patch("saw", 5, 30, 0.12, 0, 0.004, 0.35, 0.6, 0.04, 0.34),
    "sub bass": Patch("sine", 2, 4, 0.05, 0, 0.008, 0.8, 0.8, 0.06, 0.42),
    "808 bass": Patch("sine", 2, 6, 0.03, 0, 0.003, 0.9, 0.0, 0.08, 0.5),
    "reese bass": Patch("saw", 7, 12, 0.6, 28, 0.01, 1.5, 0.85, 0.06, 0.34),
    "chip bass": Patch("square", 60, 60, 1.0, 0, 0.002, 0.5, 0.75, 0.01, 0.2),
    "chip lead": Patch("pulse", 60, 60, 1.0, 0, 0.002, 0.35, 0.65, 0.01, 0.16),
    "warm pad": Patch("soft", 6, 9, 1.5, 30, 0.5, 3.0, 0.85, 0.7, 0.2),
    "synth pad": Patch("saw", 9, 14, 2.0, 24, 0.25, 2.5, 0.8, 0.5, 0.2),
    "drone": Patch("soft", 10, 5, 5.0, 14, 1.4, 6.0, 0.95, 1.2, 0.22),
    "supersaw": Patch("saw", 26, 40, 0.4, 32, 0.008, 1.2, 0.75, 0.12, 0.22),
    "synth pluck": Patch("saw", 2.5, 28, 0.07, 9, 0.002, 0.28, 0.0, 0.12, 0.4),
}


def play(track: Track, out: np.ndarray, seed: int) -> None:
    """Add a track of one of `PATCHES` to `out` `(frames, 2)`."""
    rng = np.random.default_rng([seed, len(track.notes)])
    gain = 10 ** (track.gain_db / 20)
    angle = (track.pan + 1) * np.pi / 4
    sides = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(1.414 * gain)
    for note in track.notes:
        first = frames_for(note.start_s, SAMPLE_RATE)
        sound = tone(track.instrument, note, int(rng.integers(0, _LONG_TABLE)))[: max(len(out) - first, 0)]
        out[first : first + len(sound)] += sound * sides


def tone(name: str, note: Note, phase: int) -> np.ndarray:
    """One note as `(frames, 2)` for wide patches and `(frames, 1)` for plain ones; `phase` is where the loop starts."""
    patch = PATCHES[name]
    table, edge = _table(name, note.pitch)
    loudness = patch.level * (note.velocity / 127) ** 1.4
    envelope = _envelope(patch, note.duration_s) * np.float32(loudness)
    if name == "808 bass":
        return _glide(note.pitch, envelope)
    indices = np.arange(len(envelope)) + (phase if patch.width else 0)
    settled = table.take(indices, axis=0, mode="wrap")
    time = np.arange(len(envelope), dtype=np.float32) / SAMPLE_RATE
    brightness = np.exp(-time / np.float32(patch.bright_s)) * np.float32(0.4 + 0.6 * note.velocity / 127)
    settled += edge.take(indices, axis=0, mode="wrap") * brightness[:, None]
    return settled * envelope[:, None]


def _glide(pitch: int, envelope: np.ndarray) -> np.ndarray:
    """The long kick-like bass: a sine that falls onto its pitch and is driven a little."""
    time = np.arange(len(envelope)) / SAMPLE_RATE
    base = _hertz(pitch)
    phase = base * (time + 0.6 * 0.025 * (1 - np.exp(-time / 0.025)))
    wave = np.tanh(1.8 * np.sin(2 * np.pi * phase)).astype(np.float32)
    return (wave * envelope)[:, None]


def _envelope(patch: Patch, duration_s: float) -> np.ndarray:
    held = max(frames_for(duration_s, SAMPLE_RATE), 64)
    release = max(frames_for(patch.release_s * 4, SAMPLE_RATE), 64)
    time = np.arange(held + release, dtype=np.float32) / SAMPLE_RATE
    curve = patch.sustain + (1 - patch.sustain) * np.exp(-time / np.float32(patch.decay_s))
    attack = min(frames_for(patch.attack_s, SAMPLE_RATE), held)
    curve[:attack] *= np.sin(np.linspace(0, np.pi / 2, attack, dtype=np.float32)) ** 2
    fall = np.linspace(0, 4, release, dtype=np.float32)
    curve[held:] = curve[held - 1] * (np.exp(-fall) - np.exp(-4)) / (1 - np.exp(-4))
    return curve.astype(np.float32)


@functools.lru_cache(maxsize=96)
def _table(name: str, pitch: int) -> tuple[np.ndarray, np.ndarray]:
    """The loop of the settled sound and what the struck one has more, each `(frames, channels)`."""
    patch = PATCHES[name]
    hertz = _hertz(pitch)
    size = _LONG_TABLE if patch.width else _SHORT_TABLE
    periods = max(round(size * hertz / SAMPLE_RATE), 1)
    size = round(periods * SAMPLE_RATE / hertz / 2) * 2
    build: Callable[[float], np.ndarray] = functools.partial(_build, patch, pitch, size, periods)
    settled = build(patch.dark)
    return settled, build(patch.bright) - settled


def _build(patch: Patch, pitch: int, size: int, periods: int, cutoff: float) -> np.ndarray:
    channels = 2 if patch.width else 1
    spectrum = np.zeros((size // 2 + 1, channels), np.complex64)
    rng = np.random.default_rng(pitch)
    hertz = _hertz(pitch)
    for harmonic in range(1, int(_TOP_HZ / hertz) + 1):
        strength = _strength(patch.shape, harmonic) / np.sqrt(1 + (harmonic / cutoff) ** 4)
        middle = harmonic * periods
        reach = int(3 * (2 ** (patch.width / 1200) - 1) * middle) + 1 if patch.width else 0
        bins = np.arange(max(middle - reach, 1), min(middle + reach + 1, len(spectrum)))
        bell = np.exp(-4.5 * ((bins - middle) / max(reach, 1)) ** 2)
        bell *= strength / np.sqrt((bell**2).sum())
        # Plain waves start at zero; wide ones get a phase of their own for every bin, and for either side.
        angles = rng.uniform(0, 2 * np.pi, (len(bins), channels)) if patch.width else -np.pi / 2
        spectrum[bins] += (bell[:, None] * np.exp(1j * np.asarray(angles))).astype(np.complex64)
    return (np.fft.irfft(spectrum, size, axis=0) * (size / 2)).astype(np.float32)


def _strength(shape: str, harmonic: int) -> float:
    if shape == "saw":
        return 1.0 / harmonic
    if shape == "square":
        return harmonic % 2 / harmonic
    if shape == "pulse":
        return float(abs(np.sin(np.pi * harmonic / 4)) / harmonic) * 1.3
    if shape == "sine":
        return (1.0, 0.25, 0.1, 0.04)[harmonic - 1] if harmonic <= 4 else 0.0
    return 1.0 / harmonic**1.5


def _hertz(pitch: int) -> float:
    return 440.0 * 2 ** ((pitch - 69) / 12)

"""The mixing desk: room, ducking, filter, the last decay and the level. Everything in numpy on whole pieces."""

from __future__ import annotations

import functools

import numpy as np

from musicapp.composing.score import Piece

SAMPLE_RATE = 44100
TARGET_RMS = 10 ** (-16.5 / 20)
CEILING = 0.85
_BLOCK = 2048


def master(piece: Piece, dry: np.ndarray, wet: np.ndarray, frames: int) -> np.ndarray:
    """Mix the rhythm section and the rest of the band into the finished piece of exactly `frames` frames."""
    mix = piece.mix
    if mix.duck:
        kicks = [
            note.start_s for track in piece.tracks if track.role == "drums" for note in track.notes if note.pitch == 36
        ]
        wet = wet * duck_curve(kicks, len(wet), mix.duck)[:, None]
    sound = dry + wet
    if mix.reverb_wet:
        sound = sound + mix.reverb_wet * reverb(wet + 0.25 * dry, mix.reverb_s, piece.seed)
    if mix.cutoff_hz:
        sound = low_pass(sound, mix.cutoff_hz)
    if mix.loop:
        folded = sound[:frames].copy()
        for first in range(frames, len(sound), frames):
            rest = sound[first : first + frames]
            folded[: len(rest)] += rest
        sound = folded
    else:
        sound = fade_out(sound[:frames])
    return normalise(sound)


def reverb(sound: np.ndarray, decay_s: float, seed: int) -> np.ndarray:
    """Stereo room: convolution with decaying noise that darkens as it dies; same length as the input."""
    response = _room(round(decay_s, 1), seed % 7)
    return convolve(sound, response)[: len(sound)]


@functools.lru_cache(maxsize=64)
def _room(decay_s: float, number: int) -> np.ndarray:
    rng = np.random.default_rng(number)
    frames = round(decay_s * SAMPLE_RATE)
    time = np.arange(frames) / SAMPLE_RATE
    noise = rng.standard_normal((frames, 2)).astype(np.float32)
    noise *= np.exp(-6.9 * time / decay_s)[:, None].astype(np.float32)
    noise = low_pass(noise, 5000.0)
    noise[: int(0.012 * SAMPLE_RATE)] *= 0.1
    return (noise / np.sqrt((noise**2).sum(axis=0))).astype(np.float32)


def convolve(sound: np.ndarray, response: np.ndarray) -> np.ndarray:
    """Overlap-add convolution of `(frames, 2)` with `(taps, 2)`; gives `frames + taps - 1` frames."""
    taps = len(response)
    size = 1 << max((3 * taps - 1).bit_length(), 15)
    hop = size - taps + 1
    out = np.zeros((len(sound) + taps - 1, 2), np.float32)
    for channel in range(2):
        spectrum = np.fft.rfft(np.ascontiguousarray(response[:, channel]), size)
        line = np.ascontiguousarray(sound[:, channel])
        for first in range(0, len(sound), hop):
            block = np.fft.irfft(np.fft.rfft(line[first : first + hop], size) * spectrum, size)
            length = min(size, len(out) - first)
            out[first : first + length, channel] += block[:length]
    return out


def low_pass(sound: np.ndarray, cutoff_hz: float) -> np.ndarray:
    """A gentle low-pass without delay: a short window whose sum is one."""
    half = max(int(0.45 * SAMPLE_RATE / cutoff_hz), 1)
    window = np.hanning(2 * half + 3)[1:-1]
    window = np.repeat((window / window.sum())[:, None], 2, axis=1).astype(np.float32)
    return convolve(sound, window)[half : half + len(sound)]


def duck_curve(kicks: list[float], frames: int, depth: float) -> np.ndarray:
    """The gain that dips at every kick drum, over 4 ms lest it click, and is back after a quarter of a second."""
    curve = np.ones(frames, np.float32)
    attack, length = int(0.004 * SAMPLE_RATE), int(0.25 * SAMPLE_RATE)
    back = 1 - depth * np.cos(np.linspace(0, np.pi / 2, length)) ** 2
    dip = np.concatenate((np.linspace(1, 1 - depth, attack), back)).astype(np.float32)
    for kick in kicks:
        first = int(kick * SAMPLE_RATE) - attack
        part = curve[max(first, 0) : first + len(dip)]
        np.minimum(part, dip[max(-first, 0) :][: len(part)], out=part)
    return curve


def fade_out(sound: np.ndarray) -> np.ndarray:
    """Bring the last second, or a fifth of a short sound, smoothly to exact silence at the last frame."""
    length = min(SAMPLE_RATE, len(sound) // 5)
    curve = np.linspace(1, 0, length, dtype=np.float32) ** 1.5
    faded = sound.copy()
    faded[-length:] *= curve[:, None]
    return faded


def normalise(sound: np.ndarray) -> np.ndarray:
    """Bring the loud parts to about -16.5 dB RMS and keep every peak below the ceiling without clipping."""
    whole = max(len(sound) // _BLOCK, 1) * _BLOCK
    power = np.square(np.resize(sound, (whole, 2))).reshape(-1, 2 * _BLOCK).mean(axis=1)
    highest = float(np.abs(sound).max())
    if highest < 1e-6:
        return sound
    gain = TARGET_RMS / float(np.sqrt(power[power > 0.05 * power.max()].mean()))
    # The limiter takes at most 5 dB: beyond that dynamics would go. Quiet peaks come up to two thirds.
    gain = min(max(gain, 0.67 / highest), 1.8 * CEILING / highest)
    return limit(sound * np.float32(gain))


def limit(sound: np.ndarray) -> np.ndarray:
    """Look-ahead limiter: turn down smoothly around every peak above the ceiling."""
    hop, reach = 64, 20  # about 29 ms before and after
    count = -(-len(sound) // hop)
    padded = np.zeros((count * hop, 2), np.float32)
    padded[: len(sound)] = sound
    peaks = np.abs(padded.reshape(count, 2 * hop)).max(axis=1)
    needed = np.minimum(CEILING / np.maximum(peaks, 1e-9), 1.0)
    if needed.min() >= 1.0:
        return sound
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(needed, reach, mode="edge"), 2 * reach + 1)
    kernel = np.hanning(2 * reach - 1)
    smooth = np.convolve(np.pad(windows.min(axis=1), reach - 1, mode="edge"), kernel / kernel.sum(), mode="valid")
    before = np.concatenate((smooth[:1], smooth[:-1])).astype(np.float32)
    ramp = np.linspace(0, 1, hop, endpoint=False, dtype=np.float32)
    curve = before[:, None] + (smooth.astype(np.float32) - before)[:, None] * ramp
    padded *= curve.reshape(-1, 1)
    return np.clip(padded[: len(sound)], -CEILING, CEILING)

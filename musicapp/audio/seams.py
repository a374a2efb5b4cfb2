"""Where music that was made meets music that stays: joined within the made passage, so that what stays is untouched.

The music that stays is followed for a moment into the passage: by itself, where it went on there, else by linear
prediction (Burg's method, as for gaps in recordings: Kauppinen and Roth, 2002). Within that moment a short fade lies
where the two are most alike.
"""

from __future__ import annotations

import numpy as np

FADE_S, SEARCHED_S = 0.02, 0.06  # a fade, and how far into the passage it may reach
PREDICTION_S, ORDER = 0.25, 512  # of what is known, and how many samples predict the next one
STEP = 32  # frames between the places that are tried
DAMPING = 0.9999  # keeps predictions from growing


def joined(made: np.ndarray, before: np.ndarray, after: np.ndarray, sample_rate: int) -> np.ndarray:
    """A made passage `(frames, channels)` float32 with its ends led from and to the music around it.

    before  how the music in front goes on, from the passage's first frame; no frames where nothing is in front
    after   how the music behind came in, up to the passage's last frame
    """
    out = _led_in(made, before, sample_rate)
    return _led_in(out[::-1], after[::-1], sample_rate)[::-1]


def predicted(known: np.ndarray, frames: int, sample_rate: int) -> np.ndarray:
    """How `(count, channels)` goes on for so many frames, as far as linear prediction tells."""
    known = known[-int(PREDICTION_S * sample_rate) :].astype(np.float64)
    if not len(known):
        return np.zeros((0, known.shape[1]), np.float32)
    order = min(ORDER, len(known) // 3)
    out = np.zeros((len(known) + frames, known.shape[1]))
    out[: len(known)] = known
    for channel in out.T:
        weights = burg(channel[: len(known)], order)[::-1]
        for place in range(len(known), len(channel)):
            channel[place] = channel[place - order : place] @ weights
    return out[len(known) :].astype(np.float32)


def burg(signal: np.ndarray, order: int) -> np.ndarray:
    """`(order,)`: what each of the last samples, the newest first, says of the next one."""
    forward, backward = signal[1:].copy(), signal[:-1].copy()
    weights = np.ones(1)
    for _ in range(order):
        power = forward @ forward + backward @ backward
        reflection = -2 * (forward @ backward) / power if power > 1e-20 else 0.0
        padded = np.append(weights, 0.0)
        weights = padded + reflection * padded[::-1]
        forward, backward = (forward + reflection * backward)[1:], (backward + reflection * forward)[:-1]
    return -weights[1:] * DAMPING ** np.arange(1, order + 1)


def lead_frames(sample_rate: int) -> int:
    """How many frames of what goes on are of use."""
    return int(SEARCHED_S * sample_rate)


def _led_in(made: np.ndarray, lead: np.ndarray, sample_rate: int) -> np.ndarray:
    lead = lead[: min(lead_frames(sample_rate), len(made) // 2)]
    fade = min(int(FADE_S * sample_rate), len(lead))
    if fade < 2:
        return made
    own = made[: len(lead)]
    starts = np.arange(0, len(lead) - fade + 1, STEP)
    start = int(min(starts, key=lambda place: _unlike(lead[place : place + fade], own[place : place + fade])))
    part = slice(start, start + fade)
    out = made.copy()
    out[:start] = lead[:start]
    out[part] = _crossfaded(lead[part], own[part])
    return out


def _unlike(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.square(a - b).sum() / (np.square(a).sum() + np.square(b).sum() + 1e-12))


def _crossfaded(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """From one to the other at a steady power, whatever their likeness."""
    likeness = np.clip(1 - _unlike(old, new), 0, 1)
    rise = np.linspace(0, 1, len(old) + 2)[1:-1, None]
    rise = 0.5 - 0.5 * np.cos(np.pi * rise)
    level = np.sqrt(rise**2 + (1 - rise) ** 2 + 2 * likeness * rise * (1 - rise))
    return ((rise * new + (1 - rise) * old) / level).astype(np.float32)

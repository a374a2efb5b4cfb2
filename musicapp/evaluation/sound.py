"""What anyone hears at once: ticks, peaks, width, tuning and attacks of takes beside those of renders.

Each figure stands beside that of real renders and of the autoencoder alone, so that a good score in spectral distances
cannot hide that the music is out of tune.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from musicapp.analysis import sound as measures
from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.audio.levels import to_db
from musicapp.audio.limiter import true_peak
from musicapp.audio.loudness import loudness_lufs, loudness_range_lu
from musicapp.evaluation.autoencoder import there_and_back
from musicapp.evaluation.bench import Bench
from musicapp.evaluation.mel import HOP, log_mel
from musicapp.evaluation.report import Matrix, Result, Table, number

MOST_PIECES = 32
PICTURES = 3  # pieces whose spectra are shown
PICTURE = (64, 192)  # bands and columns
QUIETEST = -9.0  # nepers against the loudest place, where a picture is black
Figures = dict[str, float | None]
BANDS_HZ = tuple(f"{low:g} to {high:g} Hz" for low, high in measures.BANDS)
FOUND_HZ = tuple(f"{low:g} to {high:g} Hz" for low, high in measures.FOUND_BANDS)
NAMES = {
    "group_start": "loudest samples where 32 windows begin anew (chance 0.03)",
    "peak_dbtp": "true peak, median, dBTP",
    "peak_max_dbtp": "largest true peak, dBTP",
    "over": "share above 0 dBTP",
    "side_to_mid_db": "side to mid, dB",
    "balance_db": "left to right, dB",
    **{f"tuning_{number_}": f"partials off the semitones, cents, {band}" for number_, band in enumerate(BANDS_HZ)},
    **{f"found_{number_}": f"partials of the render found again, {band}" for number_, band in enumerate(FOUND_HZ)},
    "attacks": "kurtosis of the spectral flux, 2 to 12 kHz",
    "loudness_lufs": "loudness, median, LUFS",
    "loudness_spread_lu": "loudness, loudest to quietest, LU",
    "loudness_range_lu": "loudness range within a piece, LU",
}


def measure(bench: Bench) -> Result:
    """Medians over pieces, of takes, of renders, and of renders that went through the autoencoder."""
    renders = [render.sound for render in bench.held_out[:MOST_PIECES]]
    coded = [_coded(bench, render) for render in renders]
    takes = [take.sound() for take in bench.generated[:MOST_PIECES]]
    figures = {"generated": figures_of(takes), "renders": figures_of(renders), "autoencoder": figures_of(coded)}
    figures["autoencoder"] |= found_again(renders, coded)
    rows = tuple((text, *(number(each.get(name)) for each in figures.values())) for name, text in NAMES.items())
    return Result(
        {**figures, "pieces": len(takes)},
        table=Table(("measure", "generated", "renders", "renders through the autoencoder"), rows),
        notes=(
            f"{len(takes)} takes and {len(renders)} renders. 25 cents off the semitones is chance; renders are not at "
            "0, since strings and voices waver and drums have partials too.",
            "Pictures: the first seconds, 30 Hz to 16 kHz.",
        ),
        matrices=tuple(
            Matrix(f"{kind}: {take.prompt}", picture(sound))
            for take, *three in zip(bench.generated[:PICTURES], takes, renders, coded, strict=False)
            for kind, sound in zip(("generated", "render", "render through the autoencoder"), three, strict=True)
        ),
    )


def picture(sound: np.ndarray) -> tuple[tuple[float, ...], ...]:
    """Mel spectrum of the first seconds of `(frames, 2)`, high bands first, from 0 to 1."""
    bands, columns = PICTURE
    level = log_mel(sound[: columns * HOP], bands).flip(0)
    seen = 1 - (level - level.max()) / QUIETEST
    return tuple(tuple(round(max(0.0, float(value)), 2) for value in row) for row in seen)


def figures_of(sounds: Sequence[np.ndarray]) -> Figures:
    """The figures of `(frames, 2)` pieces at the rate that everything here listens at."""
    peaks = [to_db(true_peak(np.ascontiguousarray(sound, np.float32))) for sound in sounds]
    loudness = [level for sound in sounds if np.isfinite(level := loudness_lufs(sound, SAMPLE_RATE))]
    tuning = [measures.tuning_cents(sound.mean(axis=1), SAMPLE_RATE) for sound in sounds]
    return {
        "group_start": _mean([measures.group_start_share(sound) for sound in sounds]),
        "peak_dbtp": _median(peaks),
        "peak_max_dbtp": round(max(peaks), 2),
        "over": _mean([peak > 0 for peak in peaks]),
        "side_to_mid_db": _median([measures.side_to_mid_db(sound) for sound in sounds]),
        "balance_db": _median([measures.balance_db(sound) for sound in sounds]),
        **{f"tuning_{band}": _median([cents[band] for cents in tuning]) for band in range(len(measures.BANDS))},
        "attacks": _each(sounds, lambda sound: measures.attack_kurtosis(sound.mean(axis=1), SAMPLE_RATE)),
        "loudness_lufs": _median(loudness),
        "loudness_spread_lu": round(max(loudness) - min(loudness), 2) if loudness else None,
        "loudness_range_lu": _each(sounds, lambda sound: loudness_range_lu(sound, SAMPLE_RATE)),
    }


def found_again(originals: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> Figures:
    """Of the partials of each sound, how many the other has too, by band."""
    shares = [
        measures.partials_found(original.mean(axis=1), other.mean(axis=1), SAMPLE_RATE)
        for original, other in zip(originals, others, strict=True)
    ]
    return {f"found_{band}": _mean([share[band] for share in shares]) for band in range(len(measures.FOUND_BANDS))}


def _coded(bench: Bench, sound: np.ndarray) -> np.ndarray:
    there = torch.from_numpy(np.ascontiguousarray(sound.T))[None]
    return there_and_back(bench, there)[0].T.numpy()


def _each(sounds: Sequence[np.ndarray], figure: Callable[[np.ndarray], float]) -> float | None:
    return _median([figure(sound) for sound in sounds])


def _median(values: Sequence[float]) -> float | None:
    known = [value for value in values if np.isfinite(value)]
    return round(float(np.median(known)), 3) if known else None


def _mean(values: Sequence[float]) -> float | None:
    known = [value for value in values if np.isfinite(value)]
    return round(float(np.mean(known)), 3) if known else None

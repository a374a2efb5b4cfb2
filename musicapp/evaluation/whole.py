"""The autoencoder on whole pieces: how good it is from the first second to the last, and in chunks as at once.

The paper's first experiment measures crops; whether minutes in one go are as good, and whether the chunks in which
they are coded are heard, is the question here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from musicapp.analysis import sound as measures
from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.engine.decode import decode_chunks
from musicapp.engine.encode import encode
from musicapp.evaluation import significance
from musicapp.evaluation.autoencoder import there_and_back
from musicapp.evaluation.bench import Bench
from musicapp.evaluation.report import Result, Table, number, span
from musicapp.training.losses import mel_distance, si_sdr, stft_distance

STRETCH_S = 15.0
AT_ONCE_S = 60.0  # of a piece that is also decoded in one go, which needs much memory
FIGURES = {
    "stft": "STFT distance",
    "mel": "MEL distance",
    "si_sdr_db": "SI-SDR, dB",
    "found_low": "partials found again, lowest band",
    "width_db": "side to mid against the original, dB",
    "attacks": "kurtosis of the flux against the original's",
}


def measure(bench: Bench) -> Result:
    """Every figure for each piece; MEL distance by position; differences between chunks and one go."""
    sizes = bench.options.sizes
    length_s = min(sizes.structure_s, bench.longest_s)
    pieces = bench.renders("long", sizes.structure_pieces, length_s)
    found: dict[str, list[float]] = {name: [] for name in FIGURES}
    by_position: list[list[float]] = []
    for render in pieces:
        original = torch.from_numpy(np.ascontiguousarray(render.sound.T))[None]
        decoded = there_and_back(bench, original)
        for name, value in _figures(original, decoded).items():
            found[name].append(value)
        by_position.append(_by_position(original, decoded))
    spots = np.array(by_position)
    places = np.broadcast_to(np.arange(spots.shape[1]), spots.shape)
    against_mean = spots - spots.mean(axis=1, keepdims=True)
    trend, trend_p = significance.trend_p(places.ravel().tolist(), against_mean.ravel().tolist())
    values: dict[str, Any] = {
        "pieces": len(pieces),
        "length_s": length_s,
        **{name: _with_interval(each) for name, each in found.items()},
        "positions_s": [STRETCH_S * place for place in range(spots.shape[1])],
        "mel_by_position": [_with_interval(list(column)) for column in spots.T],
        "trend": round(trend, 3),
        "trend_p": round(trend_p, 4),
        **_chunks(bench, pieces[0].sound),
    }
    rows = tuple((text, number(values[name][0]), span(values[name])) for name, text in FIGURES.items())
    return Result(
        values,
        table=Table(("measure", "mean", "95 %"), rows),
        notes=(
            f"{len(pieces)} composed pieces of {length_s:g} s, encoded and decoded whole. MEL distance in stretches of "
            f"{STRETCH_S:g} s: rank correlation with position {trend:+.2f} (p {trend_p:.2g}). Chunks against one go: "
            f"latents {values['latents_differ']:.2g}, sound {values['sound_differs']:.2g} at most.",
        ),
    )


def _figures(original: Tensor, decoded: Tensor) -> dict[str, float]:
    first, second = (sound[0].T.numpy() for sound in (original, decoded))
    mono, coded = first.mean(axis=1), second.mean(axis=1)
    return {
        "stft": stft_distance(decoded, original),
        "mel": mel_distance(decoded, original),
        "si_sdr_db": si_sdr(decoded, original),
        "found_low": measures.partials_found(mono, coded, SAMPLE_RATE)[0],
        "width_db": measures.side_to_mid_db(second) - measures.side_to_mid_db(first),
        "attacks": measures.attack_kurtosis(coded, SAMPLE_RATE) / max(measures.attack_kurtosis(mono, SAMPLE_RATE), 1.0),
    }


def _by_position(original: Tensor, decoded: Tensor) -> list[float]:
    """MEL distance of each whole stretch."""
    size = round(STRETCH_S * SAMPLE_RATE)
    firsts = range(0, original.shape[-1] - size + 1, size)
    return [
        mel_distance(decoded[..., first : first + size], original[..., first : first + size]) for first in firsts
    ] or [mel_distance(decoded, original)]


@torch.inference_mode()
def _chunks(bench: Bench, sound: np.ndarray) -> dict[str, float]:
    """The largest difference that chunks make: in the latents of the encoder, and in the sound of the decoder."""
    model = bench.takes.model
    coder, cut = model.autoencoder, sound[: round(AT_ONCE_S * SAMPLE_RATE)]
    signal = torch.from_numpy(np.ascontiguousarray(cut.T))[None].to(model.device)
    at_once = coder.encode(signal).float().cpu()
    in_chunks = encode(coder, cut).float().cpu()
    latents = at_once.to(model.device)
    whole = coder.decode(latents, coder.decode_noise(0, 0, latents.shape[-1])).float().cpu()
    pieces = torch.cat(list(decode_chunks(coder, latents)), -1).float().cpu()
    return {
        "at_once_s": round(len(cut) / SAMPLE_RATE, 1),
        "latents_differ": float((at_once - in_chunks).abs().max() / at_once.abs().max()),
        "sound_differs": float((whole - pieces).abs().max()),
    }


def _with_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Of those that are finite: SI-SDR has no bound."""
    return significance.with_interval([value for value in values if np.isfinite(value)], 4)

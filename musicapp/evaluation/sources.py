"""The paper's further uses: music from a sound, and single sounds.

From a sound: pieces are given the lead, drums and energy of others, with tempo and key their own. Whoever goes from the
one to the other should still hear the old notes and already the new band; by how far it departs either is weighed.
Single sounds: one note or chord of an instrument, as samplers want them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from musicapp.analysis.likeness import likeness
from musicapp.analysis.listening_features import HOP, SAMPLE_RATE, onsets, pitch_classes
from musicapp.captions.phrases import HELD_OUT, SEEN
from musicapp.composing.instruments import INSTRUMENTS
from musicapp.composing.truth import Truth
from musicapp.evaluation import significance
from musicapp.evaluation.adherence import judged
from musicapp.evaluation.bench import PLAYED_PIECES, Bench
from musicapp.evaluation.prompts import Wish, wish_for
from musicapp.evaluation.report import Bars, Player, Result, Table, number, percent, span
from musicapp.evaluation.timing import ending_of
from musicapp.prompts.scales import KEYS

VARIATIONS = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_SOURCES, MOST_SINGLES = 16, 24
SINGLE_S = 4.0
FIRST_SEED = 800
BAND = ("lead", "drums", "energy")  # facts that go over from one piece to the other
SINGLES = {
    "single": "one attack",
    "pitch": "the asked note or chord",
    "lead": "family of the instrument",
    "good": "ends well",
}
_NEW_ATTACK, _APART = 0.4, round(0.15 * SAMPLE_RATE / HOP)  # of the strongest, and times between two


def measure(bench: Bench) -> Result:
    """What is kept of the source and what is heard of the prompt by variation; single sounds beside composed ones."""
    if bench.options.baseline is not None:
        return Result({}, notes=("Not measured: the baseline starts from no sound.",))
    varied, players = _varied(bench)
    singles, more = _singles(bench)
    rows = [
        (f"variation {level}: {text}", number(each[key][0]), span(each[key]))
        for level, each in varied["levels"].items()
        for key, text in (("chroma", "chroma kept"), ("onsets", "onsets kept"), ("band", "new band heard"))
    ]
    rows += [
        (f"single sounds: {text}", percent(singles["generated"][key][0]), span(singles["generated"][key]))
        for key, text in SINGLES.items()
    ]
    return Result(
        {**varied, "singles": singles},
        table=Table(("measure", "mean", "95 %"), tuple(rows)),
        bars=Bars(
            tuple(SINGLES.values()),
            {name: tuple(singles[name][key][0] for key in SINGLES) for name in ("generated", "composed")},
        ),
        players=(*players, *more),
        notes=(
            f"{varied['sources']} sources, each with the band of another piece, and {singles['count']} single sounds "
            f"of {SINGLE_S:g} s. Kept: correlation with the source. The new band is heard: the share of lead, drums "
            "and energy that the classifier hears as the prompt has them, of those in which both pieces differ.",
        ),
    )


def band_of(own: Truth, other: Truth) -> Truth:
    """The other piece in the tempo and key of the own one."""
    return replace(other, tempo_bpm=own.tempo_bpm, metre=own.metre, key=own.key, mode=own.mode)


def differing(own: Truth, other: Truth) -> frozenset[str]:
    """In what of `BAND` two pieces differ."""
    found = {"drums"} if own.has_drums != other.has_drums else set()
    found |= {"energy"} if (own.energy > 0.5) != (other.energy > 0.5) else set()
    return frozenset(found | ({"lead"} if _family(own) != _family(other) else set()))


def _varied(bench: Bench) -> tuple[dict[str, Any], list[Player]]:
    renders = bench.held_out[:MOST_SOURCES]
    kept: dict[float, list[tuple[float, float]]] = {level: [] for level in VARIATIONS}
    bands: dict[float, list[float]] = {level: [] for level in VARIATIONS}
    players: list[Player] = []
    for index, render in enumerate(renders):
        other = _another(render.truth, [each.truth for each in [*renders[index + 1 :], *renders[:index]]])
        wish, asked = wish_for(band_of(render.truth, other), index), differing(render.truth, other)
        for level in VARIATIONS:
            take = bench.takes.vary(wish.prompt, render.sound, FIRST_SEED + index, level)
            sound = take.sound()
            kept[level].append(likeness(render.sound, sound))
            bands[level].append(_heard(bench, sound, wish, asked))
            if index == 0:
                players.append(bench.player(take, f"variation {level:g}: {wish.prompt}"))
    levels: dict[str, Any] = {}
    for level in VARIATIONS:
        chroma, onset = [each[1] for each in kept[level]], [each[0] for each in kept[level]]
        known = [n for n, value in enumerate(bands[level]) if np.isfinite(value)]
        levels[f"{level:g}"] = {
            "chroma": _with_interval(chroma),
            "onsets": _with_interval(onset),
            "band": _with_interval([bands[level][n] for n in known]),
            "chroma_p": _p(chroma, [each[1] for each in kept[1.0]]),
            "band_p": _p([bands[level][n] for n in known], [bands[0.0][n] for n in known]),
        }
    return {"sources": len(renders), "levels": levels}, players


def _another(own: Truth, others: Sequence[Truth]) -> Truth:
    """The first that differs in the lead's family, else in anything; the own piece where none does."""
    for wanted in ({"lead"}, set(BAND)):
        for other in others:
            if wanted & differing(own, other):
                return other
    return own


def _heard(bench: Bench, sound: np.ndarray, wish: Wish, asked: frozenset[str]) -> float:
    """The share of what the prompt has otherwise than the source that is heard; not a number where that is nothing."""
    found = [hit for fact, hit in judged(bench.hear(sound), wish).items() if fact in asked]
    return float(np.mean(found)) if found else float("nan")


def _singles(bench: Bench) -> tuple[dict[str, Any], list[Player]]:
    renders = bench.renders("singles", min(bench.options.sizes.pieces, MOST_SINGLES), SINGLE_S)
    takes = [
        bench.takes.make(single_prompt(render.truth, n), SINGLE_S, FIRST_SEED + n) for n, render in enumerate(renders)
    ]
    sets = {"generated": [take.sound() for take in takes], "composed": [render.sound for render in renders]}
    values: dict[str, Any] = {"count": len(renders), "length_s": SINGLE_S}
    for name, sounds in sets.items():
        hits = [_hits(bench, sound, render.truth) for sound, render in zip(sounds, renders, strict=True)]
        values[name] = {key: _with_interval([float(hit[key]) for hit in hits]) for key in SINGLES}
    return values, [bench.player(take) for take in takes[:PLAYED_PIECES]]


def single_prompt(truth: Truth, number_: int) -> str:
    """A prompt for a note or chord; every second one is worded as training never does."""
    phrases = HELD_OUT if number_ % 2 else SEEN
    kinds = phrases.chord if truth.mode else phrases.note
    said = [kinds[number_ // 2 % len(kinds)], truth.lead, f"{truth.key} {truth.mode}".strip()]
    return ", ".join(said)


def _hits(bench: Bench, sound: np.ndarray, truth: Truth) -> dict[str, bool]:
    return {
        "single": attacks(sound) == 1,
        "pitch": is_pitch(sound, truth.key, truth.mode),
        "lead": bench.classifier.hear(sound).lead_family == _family(truth),
        "good": ending_of(sound, SINGLE_S).is_good,
    }


def attacks(sound: np.ndarray) -> int:
    """How many times something begins as suddenly as `_NEW_ATTACK` of the most sudden."""
    strength = np.pad(onsets(np.pad(sound, ((HOP * 4, 0), (0, 0)))).sum(axis=0), 1)
    found: list[int] = []
    peaks = (strength[1:-1] >= strength[:-2]) & (strength[1:-1] > strength[2:])
    for place in np.flatnonzero(peaks & (strength[1:-1] > _NEW_ATTACK * max(strength.max(), 1e-9))):
        if not found or place - found[-1] > _APART:
            found.append(int(place))
    return len(found)


def is_pitch(sound: np.ndarray, key: str, mode: str) -> bool:
    """Whether the strongest pitch class is the asked one, or the triad that fits best where a mode is asked."""
    shares, tonic = pitch_classes(sound)[0], KEYS.index(key)
    if not mode:
        return int(shares.argmax()) == tonic
    fits = {
        (root, third): shares[[root, (root + third) % 12, (root + 7) % 12]].sum()
        for root in range(12)
        for third in (3, 4)
    }
    return max(fits, key=lambda triad: float(fits[triad])) == (tonic, 3 if mode == "minor" else 4)


def _family(truth: Truth) -> str:
    return INSTRUMENTS[truth.lead].family


def _p(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return round(significance.paired_p(ours, theirs), 4)


def _with_interval(values: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """None of no values."""
    return significance.with_interval(values) if values else (None, None, None)

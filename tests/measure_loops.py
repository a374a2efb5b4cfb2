"""Loops beside takes that were only cut: the part `loops` of tests/measure_shaping.py."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from musicapp.analysis.listening import level_db
from musicapp.shape import Loop
from tests.shaping_bench import PLACES, RATE, STYLES, Bench, flux, jumps, rank


def loops(bench: Bench, count: int) -> None:
    found: dict[str, list[Seam]] = {"loops": [], "generated and cut": []}
    for number in range(count):
        bars, bpm = (1, 2, 4, 8)[number % 4], 70 + round(104 * number / max(count - 1, 1))
        prompt = STYLES[number % len(STYLES)].format(bpm=bpm)
        audio = bench.take(f"loop-{number}", prompt, number, loop=Loop(bars, float(bpm)))
        assert abs(len(audio) - bars * 240 / bpm * RATE) <= 0.5, len(audio)
        plain = bench.take(f"plain-{number}", prompt, number, bars * 240 / bpm)
        for name, sound in (("loops", audio), ("generated and cut", plain)):
            found[name].append(seam_of(sound, bars, bpm, number))
        print(number, bars, bpm, len(audio), *(one[-1] for one in found.values()), flush=True)
    for name, seams in found.items():
        print(f"{name}:", told_of(seams))


def told_of(seams: list[Seam]) -> str:
    """What is to be said of all of them."""

    def share(is_so: np.ndarray) -> str:
        return f"{np.mean(is_so):.0%}"

    over, others = np.array([one.over_bars for one in seams]), np.concatenate([one.bars_over_bars for one in seams])
    jumped, moved = np.array([one.jump for one in seams]), np.abs([one.moved_ms for one in seams])
    jumped_inside = np.concatenate([one.bars_jump for one in seams])
    moved_inside = np.abs(np.concatenate([one.bars_moved_ms for one in seams]))
    dips, common = [one.dip_db for one in seams], np.percentile(np.concatenate([one.bars_flux for one in seams]), 95)
    return (
        f"seam flux over the 95th percentile of the other bar lines: median {np.median(over):.2f}, above it "
        f"{share(over > 1)} (each of the others likewise {share(others > 1)}), above that of all loops' bar lines "
        f"{share(np.array([one.flux for one in seams]) > common)}; jump above the 95th of {PLACES} places "
        f"{share(jumped > 0.95)} ({share(jumped_inside > 0.95)}); beats move by {np.median(moved):.1f} ms, median "
        f"({np.median(moved_inside):.1f}), 5 ms or less in {share(moved <= 5)} ({share(moved_inside <= 5)}); level of "
        f"half a second around the seam {np.median(dips):.1f} dB, median, {min(dips):.1f} at least"
    )


class Seam(NamedTuple):
    """What a loop is like where its end runs into its beginning, and at its bar lines (or beats, of a single bar).

    over_bars, bars_over_bars  the flux there over the 95th percentile of that at the other ones
    flux, bars_flux            the flux over the median of that at all of them
    jump, bars_jump            the rank of the jump among other places
    moved_ms, bars_moved_ms    how far the beats after it lie from where those before it lead
    dip_db                     level of half a second around it against all of it
    """

    over_bars: float
    bars_over_bars: np.ndarray
    flux: float
    bars_flux: np.ndarray
    jump: float
    bars_jump: np.ndarray
    moved_ms: float
    bars_moved_ms: np.ndarray
    dip_db: float


REPETITIONS = 16


def seam_of(sound: np.ndarray, bars: int, bpm: float, number: int) -> Seam:
    beat, rng = 60 / bpm * RATE, np.random.default_rng(number)
    again = np.concatenate([sound] * REPETITIONS)
    middle = REPETITIONS // 2 * len(sound)
    lines = middle + np.arange(bars * 4)[:: 4 if bars > 1 else 1] * beat  # the first one is the seam
    change, jump = flux(again), jumps(again)
    at = np.array([change[int(line) // 128 - 5 : int(line) // 128 + 6].max() for line in lines])
    over = np.array([at[n] / np.percentile(np.delete(at, n), 95) for n in range(len(at))])
    others = rng.integers(2 * RATE, len(again) - 2 * RATE, PLACES)
    ranks = np.array([rank(jump, line, others, 64) for line in lines])
    tracked = beats(change, beat / 128) * 128
    moved = np.array([moved_ms(tracked, line, beat) for line in lines])
    near = again[middle - RATE // 4 : middle + RATE // 4]
    at = at / np.median(at)
    return Seam(
        over[0], over[1:], at[0], at[1:], ranks[0], ranks[1:], moved[0], moved[1:], level_db(near) - level_db(sound)
    )


def beats(strength: np.ndarray, period: float) -> np.ndarray:
    """Places of beats about a period apart where onsets are strong, by dynamic programming (Ellis, 2007)."""
    strength = np.convolve(strength, np.hanning(7) / np.hanning(7).sum(), "same")
    strength = strength / strength.std()
    steps = np.arange(-round(2 * period), -round(period / 2) + 1)
    costs = 100 * np.log(-steps / period) ** 2
    score, back = strength.copy(), np.full(len(strength), -1)
    for place in range(-steps[0], len(strength)):
        before = score[place + steps] - costs
        best = int(before.argmax())
        score[place] += before[best]
        back[place] = place + steps[best]
    place, found = int(len(score) - period + score[-round(period) :].argmax()), []
    while place >= 0:
        found.append(place)
        place = back[place]
    return np.array(found[::-1], float)


def moved_ms(found: np.ndarray, line: float, beat: float) -> float:
    """How far the four beats behind a line lie from where the four before it lead, in the mean."""
    before, behind = found[found < line - beat / 2][-4:], found[found >= line - beat / 2][:4]
    led = np.mean(before) + 4 * beat
    return float((np.mean(behind) - led) / RATE * 1000)

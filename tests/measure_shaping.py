"""Measure takes that start from a sound, with the built-in model: what docs/shaping.md states.

usage: python -m tests.measure_shaping seams|loops|continuations|seeds|variation|families|forming [--count N]
       [--work FOLDER]

Sources are takes of the model itself, of prompts below. Prints a line for each take and a summary in the end.
`families` takes narrow models with random weights, one of each kind: what stays, and how far variations go.
`--model FOLDER --steps N --seconds N` is for `forming`: how soon a take is heard while it forms, and what that costs.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile

from musicapp.analysis import listening
from musicapp.analysis.listening import level_db
from musicapp.analysis.listening_features import onsets, spectrogram
from musicapp.audio import wave_io
from musicapp.audio.loudness import loudness_lufs
from musicapp.engine.engine import Engine
from musicapp.engine.events import AudioChunk, Preview
from musicapp.request import TakeRequest
from musicapp.shape import Loop, Source
from tests import making
from tests.tiny_model import write_tiny_model

RATE = 44100
PLACES = 200
STYLES = (
    "driving techno, {bpm} bpm, A minor",
    "acoustic folk guitar, {bpm} bpm, G major",
    "jazz trio, swing, {bpm} bpm, F major",
    "ambient pads, slow strings, {bpm} bpm, D minor, no drums",
    "rock band, {bpm} bpm, E minor",
    "funk, slap bass, {bpm} bpm, C minor",
    "calm piano, {bpm} bpm, C major",
    "bossa nova, nylon guitar, {bpm} bpm, D major",
)


class Bench:
    """The engine, and takes by name in a folder, made once."""

    def __init__(self, folder: Path, asked: dict[str, object]) -> None:
        """asked: model, length and steps of the takes of `forming`"""
        self.engine, self.folder, self.asked = Engine(), folder, asked

    def take(self, name: str, prompt: str, seed: int, duration_s: float = 16.0, **shape: object) -> np.ndarray:
        path = self.folder / f"{name}.wav"
        if not path.exists():
            request = TakeRequest(name, prompt, duration_s, seed, version=2, **shape)  # type: ignore[arg-type]
            for _ in making.make(self.engine, request, path):
                pass
        return wave_io.read(path)[0]

    def source(self, number: int, duration_s: float = 16.0) -> tuple[Path, str, np.ndarray]:
        """The take of a number: its file, prompt and sound."""
        prompt = STYLES[number % len(STYLES)].format(bpm=70 + 13 * number % 100)
        name = f"source-{number}-{duration_s:g}"
        return self.folder / f"{name}.wav", prompt, self.take(name, prompt, number, duration_s)


def flux(audio: np.ndarray) -> np.ndarray:
    """How much the spectrum changes at every 128 frames: between windows of 1,024 that end and begin there."""
    mono = audio.mean(axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(mono, 1024)[::128] * np.hanning(1024)
    levels = np.log1p(100 * np.abs(np.fft.rfft(windows, axis=1)) / 256)
    change = np.maximum(levels[8:] - levels[:-8], 0).sum(axis=1)
    return np.pad(change, (8, len(audio) // 128 + 1 - len(change) - 8))


def jumps(audio: np.ndarray) -> np.ndarray:
    """How far each sample is from the straight line through the two before it."""
    return np.abs(audio[2:] - 2 * audio[1:-1] + audio[:-2]).max(axis=1)


def rank(values: np.ndarray, place: float, others: np.ndarray, reach: int) -> float:
    """Which share of other places is below what is at one; both are the largest within a reach."""

    def near(at: float) -> float:
        return float(values[max(0, int(at) - reach) : int(at) + reach + 1].max())

    return float(np.mean([near(other) < near(place) for other in others]))


def seams(bench: Bench, count: int) -> None:
    rng = np.random.default_rng(1)
    found, levels = [], []
    for number in range(count):
        path, prompt, before = bench.source(number % 10)
        start = rng.uniform(1.0, 11.0)
        region = (start, start + rng.uniform(0.5, 4.0))
        source = Source(str(path), regions=(region,))
        after = bench.take(f"redone-{number}", prompt, 1000 + number, source=source)
        first, end = (round(time * RATE) for time in region)
        outside = np.r_[0:first, end : len(after)]
        assert np.abs(after[outside] - before[outside]).max() == 0.0
        others = rng.integers(RATE, len(after) - RATE, PLACES)
        change, jump = flux(after), jumps(after)
        # The fade lies up to 60 ms inside of either end.
        for edge in (first + 1323, end - 1323):
            found.append((rank(jump, edge, others, 1400), rank(change, edge / 128, others / 128, 11)))
        middle = slice(first + RATE // 10, end - RATE // 10)
        levels.append(loudness_lufs(after[middle], RATE) - loudness_lufs(before[middle], RATE))
        print(number, np.round(found[-2:], 2).tolist(), round(levels[-1], 1), flush=True)
    ranks = np.array(found)
    print(f"{len(ranks)} seams: above the 95th percentile of {PLACES} places, jump and flux:",
          (ranks > 0.95).mean(axis=0).round(3), "median rank", np.median(ranks, axis=0).round(2))  # fmt: skip
    sizes = np.percentile(np.abs(levels), (50, 90)).round(2)
    print("outside: largest difference 0.0; loudness against what was there, LU, median and 90th:", sizes)


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


def continuations(bench: Bench, count: int) -> None:
    right, steps, steady = [], [], []
    for number in range(count):
        path, prompt, before = bench.source(number, 24.0)
        # What the ears say of music that stays in its key and tempo: two parts of one take.
        whole = bench.source(number, 40.0)[2]
        steady.append(listening.key_of(whole[4 * RATE : 20 * RATE]) == listening.key_of(whole[20 * RATE : 36 * RATE]))
        before = before[4 * RATE : 20 * RATE]  # neither the beginning nor the ending of a piece
        path = bench.folder / f"middle-{number}.wav"
        soundfile.write(path, before, RATE, subtype="FLOAT")
        side = "before_s" if number % 4 == 3 else "after_s"
        bare = prompt.split(",")[0]  # tempo and key have to come from the source
        source = Source(str(path), **{side: 16.0})  # type: ignore[arg-type]
        after = bench.take(f"longer-{number}", bare, 2000 + number, source=source)
        new = after[len(before) :] if side == "after_s" else after[: -len(before)]
        tempo = [listening.tempo_of(sound) for sound in (before, new)]
        key = [listening.key_of(sound) for sound in (before, new)]
        asked = float(prompt.split(" bpm")[0].split()[-1])
        kept = after[len(before) - RATE * 2 : len(before)] if side == "after_s" else after[-len(before) :][: RATE * 2]
        added = new[: RATE * 2] if side == "after_s" else new[-RATE * 2 :]
        border = loudness_lufs(added, RATE) - loudness_lufs(kept, RATE)
        ratio = [tempo[1] / base for base in (asked, asked / 2, asked * 2)]
        right.append((min(abs(r - 1) for r in ratio) < 0.01, key[0] == key[1], key[0][0] == key[1][0]))
        steps.append(border)
        print(number, bare, asked, np.round(tempo, 1), key, round(border, 1), flush=True)
    print("tempo within 1 %, key the same, tonic the same:", np.mean(right, axis=0).round(3),
          "key of two parts of one take the same:", round(float(np.mean(steady)), 3),
          "loudness step at the border, LU: median", round(float(np.median(steps)), 2), "median size",
          round(float(np.median(np.abs(steps))), 2), "within 1 LU",
          round(float(np.mean(np.abs(steps) <= 1)), 2))  # fmt: skip


def seeds(bench: Bench, count: int) -> None:
    same, other = [], []
    for number in range(count):
        prompt = STYLES[number % len(STYLES)].format(bpm=70 + 13 * number % 100)
        takes = [bench.take(f"seed-{number}-{s}", prompt, number, s)[: 15 * RATE] for s in (20.0, 40.0, 80.0)]
        stranger = bench.take(f"seed-{number}-other", prompt, number + 500, 20.0)[: 15 * RATE]
        same += [alike(takes[0], takes[1]), alike(takes[0], takes[2])]
        other += [alike(take, stranger) for take in takes]
        print(number, np.round(same[-2:], 2).tolist(), np.round(other[-3:], 2).tolist(), flush=True)
    for name, values in (("same seed", same), ("other seed", other)):
        print(
            name, "onset and chroma, 10th, 50th, 90th:", np.percentile(values, (10, 50, 90), axis=0).round(2).tolist()
        )


def variation(bench: Bench, count: int) -> None:
    levels = (0.0, 0.25, 0.5, 0.75, 1.0)
    found = []
    for number in range(count):
        path, _, before = bench.source(number)
        prompt = STYLES[(number + 3) % len(STYLES)].format(bpm=70 + 13 * number % 100)
        row = []
        for level in levels:
            source = Source(str(path), variation=level)
            row.append(alike(before, bench.take(f"varied-{number}-{level}", prompt, 3000 + number, source=source)))
        found.append(row)
        print(number, np.round(row, 2).tolist(), flush=True)
    for level, (onset, chroma) in zip(levels, np.mean(found, axis=0), strict=True):
        print(f"variation {level}: onsets {onset:.2f}, chroma {chroma:.2f}")


def families(bench: Bench, count: int) -> None:
    kinds: dict[str, dict[str, object]] = {
        "v": {"autoencoder": "oobleck", "variable_length": False, "window_latents": 128},
        "rectified flow": {"objective": "rectified_flow", "autoencoder": "oobleck"},
        "few steps": {"objective": "rf_denoiser", "timeline": True},
    }
    rng, (path, _, before) = np.random.default_rng(4), bench.source(1, 6.0)
    with soundfile.SoundFile(path) as file:
        before = file.read(dtype="float32", always_2d=True)
    for name, options in kinds.items():
        folder = bench.folder / name.replace(" ", "-")
        write_tiny_model(folder, text_encoder="none", max_duration_s=60, **options)  # type: ignore[arg-type]
        largest, asked = 0.0, {"model": str(folder), "steps": 4, "precision": "fp32"}
        for number in range(-(-count // 5)):
            edges = np.sort(rng.choice(np.arange(1, 59), 10, replace=False)) / 10 + rng.random() / 20
            regions = tuple((float(a), float(b)) for a, b in edges.reshape(5, 2))
            source = Source(str(path), regions=regions)
            after = bench.take(f"{folder.name}-{number}", "x", number, 6.0, source=source, **asked)
            stays = np.ones(len(after), bool)
            for region in regions:
                first, end = (round(time * RATE) for time in region)
                stays[first:end] = False
                assert (after != before)[first:end].any()
            largest = max(largest, float(np.abs(after - before)[stays].max()))
        levels = (0.0, 0.25, 0.5, 0.75, 1.0)
        takes = [
            bench.take(f"{folder.name}-varied-{v}", "x", 3, 6.0, source=Source(str(path), variation=v), **asked)
            for v in levels
        ]
        curve = [np.round(alike(takes[0], take), 2).tolist() for take in takes]
        print(f"{name}: largest difference outside of {5 * -(-count // 5)} passages {largest};",
              f"variations at {levels} beside the first, onsets and chroma: {curve}", flush=True)  # fmt: skip


def forming(bench: Bench, count: int) -> None:
    shares, first = [], []
    for number in range(count + 1):  # the first one warms up
        prompt = STYLES[number % len(STYLES)].format(bpm=120)
        request = TakeRequest(f"forming-{number}", prompt, version=2, seed=number, **bench.asked)  # type: ignore[arg-type]
        path = bench.folder / f"{request.take_id}.wav"
        prepared = making.prepare(bench.engine, request)
        began = now = time.perf_counter()
        spent, heard_s, sound_s = 0.0, None, None
        for event in bench.engine.make(prepared, path, ear=lambda: 0):
            before, now = now, time.perf_counter()
            if isinstance(event, Preview):
                spent, heard_s = spent + now - before, heard_s or now - began
            if isinstance(event, AudioChunk):
                sound_s = sound_s or now - began
        total_s = now - began
        path.unlink()
        if number:
            shares.append(spent / total_s)
            first.append((heard_s or math.nan, sound_s or math.nan, total_s))
            print(number, f"{shares[-1]:.1%}", np.round(first[-1], 2).tolist(), flush=True)
    told = np.nanmedian(first, axis=0).round(2).tolist()
    print("first preview, first sound of the take, all of it, s, medians:", told, f"previews {np.median(shares):.1%},",
          f"{max(shares):.1%} at most; takes with one {np.mean(~np.isnan(np.array(first)[:, 0])):.0%}")  # fmt: skip


def alike(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Correlation of onsets and of chroma."""
    count = min(len(a), len(b))
    a, b = a[:count], b[:count]
    return _correlation(onsets(a).sum(0)[None], onsets(b).sum(0)[None]), _correlation(_chroma(a), _chroma(b))


def _chroma(audio: np.ndarray) -> np.ndarray:
    levels, hertz = spectrogram(audio, 8192, 2048), np.fft.rfftfreq(8192, 1 / RATE)
    heard = (hertz > 60) & (hertz < 4000)
    classes = np.round(69 + 12 * np.log2(np.maximum(hertz, 1) / 440)).astype(int) % 12
    rows = np.stack([np.sqrt(np.square(levels[:, heard & (classes == n)]).sum(axis=1)) for n in range(12)])
    shares: np.ndarray = rows / np.maximum(rows.sum(axis=0), 1e-9)
    return shares


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = (x - x.mean(axis=-1, keepdims=True) for x in (a, b))
    return float((a * b).sum() / np.sqrt(np.square(a).sum() * np.square(b).sum() + 1e-12))


PARTS: dict[str, Callable[[Bench, int], None]] = {
    part.__name__: part for part in (seams, loops, continuations, seeds, variation, families, forming)
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--work", type=Path, default=None)
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--steps", type=int, default=None)
    parser.add_argument("--seconds", type=float, default=30.0)
    args = parser.parse_args()
    asked = {"model": args.model, "steps": args.steps, "duration_s": args.seconds}
    with tempfile.TemporaryDirectory() as folder:
        PARTS[args.part](Bench(args.work or Path(folder), asked), args.count)

"""Measure takes that start from a sound, with the built-in model: what docs/shaping.md states.

usage: python -m tests.measure_shaping seams|truths|comps|loops|continuations|seeds|variation|families|forming|
       redoing [--count N] [--work FOLDER]

Sources are takes of the model itself, of prompts below. Prints a line for each take and a summary in the end.
`families` takes narrow models with random weights, one of each kind: what stays, and how far variations go.
`--model FOLDER --steps N --seconds N` is for `forming` and `redoing`: how soon a take, or a passage of one, is heard
while it forms, and what that costs.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from musicapp.analysis import listening
from musicapp.analysis.likeness import likeness
from musicapp.audio.loudness import loudness_lufs
from musicapp.engine.events import AudioChunk, Preview
from musicapp.engine.filling import Filling, filled
from musicapp.prompts.scales import KEYS
from musicapp.request import TakeRequest
from musicapp.shape import Lane, Source
from tests import making
from tests.measure_loops import loops
from tests.shaping_bench import PLACES, RATE, STYLES, Bench, flux, jumps, rank
from tests.tiny_model import write_tiny_model

Fill = Callable[[str, str, int, Source], np.ndarray]


def seams(bench: Bench, count: int) -> None:
    def made(name: str, prompt: str, seed: int, source: Source) -> np.ndarray:
        return bench.take(name, prompt, seed, source=source)

    at_joints(bench, count, made)


def truths(bench: Bench, count: int) -> None:
    """The same with what was there in the passages, through the autoencoder: what a perfect filler would be told."""

    def there(name: str, prompt: str, seed: int, source: Source) -> np.ndarray:
        request = TakeRequest(name, prompt, 16.0, seed, version=2, source=source)
        prepared, held = making.prepare(bench.engine, request), bench.engine.models.held
        assert prepared.canvas is not None and held is not None
        filling = Filling(held.model, held.prompts, prepared.request, prepared.facts, prepared.canvas)
        for window in filling.windows:
            filling._know(window.first, window.first + window.count)
        return filled(prepared.canvas, [filling.sound(0)])

    at_joints(bench, count, there)


def at_joints(bench: Bench, count: int, fill: Fill) -> None:
    rng = np.random.default_rng(1)
    found, levels = [], []
    for number in range(count):
        path, prompt, before = bench.source(number % 10)
        start = rng.uniform(1.0, 11.0)
        region = (start, start + rng.uniform(0.5, 4.0))
        source = Source(str(path), regions=(region,))
        after = fill(f"redone-{number}", prompt, 1000 + number, source)
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


def comps(bench: Bench, count: int) -> None:
    found: list[tuple[float, float]] = []
    for number in range(count):
        bpm = 70 + 13 * number % 100
        prompt, bar_s = STYLES[number % len(STYLES)].format(bpm=bpm), 240 / bpm
        takes = [bench.take(f"lane-{number}-{lane}", prompt, 4000 + 10 * number + lane) for lane in range(3)]
        paths = [str(bench.folder / f"lane-{number}-{lane}.wav") for lane in range(3)]
        cuts = np.arange(1, int(14 / bar_s / 2) + 1) * 2 * bar_s  # every second bar line
        picks = ((0.0, 0), *((float(cut), (n + 1) % 3) for n, cut in enumerate(cuts)))
        source = Source(paths[0], lanes=tuple(map(Lane, paths[1:])), picks=picks)
        after = bench.take(f"comp-{number}", prompt, 5000 + number, source=source)
        stays, starts = np.ones(len(after), bool), [round(start * RATE) for start, _ in picks]
        wanted = np.concatenate([takes[lane][first:end] for (_, lane), first, end in zip(
            picks, starts, [*starts[1:], len(after)], strict=True)])  # fmt: skip
        change, jump = flux(after), jumps(after)
        reach = round(bar_s / 4 * RATE)  # a beat: joints end on beats, so they are compared with other ones
        for cut in starts[1:]:
            stays[cut - reach - 1 : cut + reach + 1] = False
        lines = np.arange(2, int(15 / bar_s * 4)) * bar_s / 4 * RATE
        others = np.array([line + offset for line in lines for offset in (-1323, 1323) if stays[int(line + offset)]])
        for cut in starts[1:]:
            for edge in (cut - reach + 1323, cut + reach - 1323):
                found.append((rank(jump, edge, others, 1400), rank(change, edge / 128, others / 128, 11)))
        assert np.abs(after - wanted)[stays].max() == 0.0
        print(number, bpm, len(cuts), np.round(np.median(found, axis=0), 2).tolist(), flush=True)
    print(f"{count} comps of three takes, {len(found) // 2} changes: outside of the joints largest difference 0.0;",
          f"at their {len(found)} ends above the 95th percentile of beats away from them, jump and flux:",
          (np.array(found) > 0.95).mean(axis=0).round(3), "median rank", np.median(found, axis=0).round(2))  # fmt: skip


EARS = listening.key_of, listening.key_of_passage


def bare_key(prompt: str) -> tuple[int, str]:
    """The key that a prompt of `STYLES` states."""
    tonic, mode = next(part for part in prompt.split(", ") if part.endswith(listening.MODES)).split()
    return KEYS.index(tonic), mode


def continuations(bench: Bench, count: int) -> None:
    right, steps, steady, true = [], [], [], []
    for number in range(count):
        path, prompt, before = bench.source(number, 24.0)
        # What the ears say of music that stays in its key and tempo: two parts of one take.
        whole = bench.source(number, 40.0)[2]
        halves = whole[4 * RATE : 20 * RATE], whole[20 * RATE : 36 * RATE]
        steady.append([ear(halves[0]) == ear(halves[1]) for ear in EARS])
        before = before[4 * RATE : 20 * RATE]  # neither the beginning nor the ending of a piece
        path = bench.folder / f"middle-{number}.wav"
        soundfile.write(path, before, RATE, subtype="FLOAT")
        side = "before_s" if number % 4 == 3 else "after_s"
        bare = prompt.split(",")[0]  # tempo and key have to come from the source
        source = Source(str(path), **{side: 16.0})  # type: ignore[arg-type]
        after = bench.take(f"longer-{number}", bare, 2000 + number, source=source)
        new = after[len(before) :] if side == "after_s" else after[: -len(before)]
        tempo = [listening.tempo_of(sound) for sound in (before, new)]
        keys = [[ear(sound) for sound in (before, new)] for ear in EARS]
        tonic, mode = bare_key(prompt)
        true.append([key == (tonic, mode) for key in keys[1]])
        asked = float(prompt.split(" bpm")[0].split()[-1])
        kept = after[len(before) - RATE * 2 : len(before)] if side == "after_s" else after[-len(before) :][: RATE * 2]
        added = new[: RATE * 2] if side == "after_s" else new[-RATE * 2 :]
        border = loudness_lufs(added, RATE) - loudness_lufs(kept, RATE)
        ratio = [tempo[1] / base for base in (asked, asked / 2, asked * 2)]
        same = [(key[0] == key[1], key[0][0] == key[1][0]) for key in keys]
        right.append((min(abs(r - 1) for r in ratio) < 0.01, *same[0], *same[1]))
        steps.append(border)
        print(number, bare, asked, np.round(tempo, 1), keys, true[-1], round(border, 1), flush=True)
    print("tempo within 1 %, key and tonic the same to the ears of analyse, to those for passages:",
          np.mean(right, axis=0).round(3), "key of two parts of one take the same, to both:", np.mean(steady, axis=0),
          "heard as that of the prompt of the take, source and what is added:", np.mean(true, axis=0),
          "loudness step at the border, LU: median", round(float(np.median(steps)), 2), "median size",
          round(float(np.median(np.abs(steps))), 2), "within 1 LU",
          round(float(np.mean(np.abs(steps) <= 1)), 2))  # fmt: skip


def seeds(bench: Bench, count: int) -> None:
    same, other = [], []
    for number in range(count):
        prompt = STYLES[number % len(STYLES)].format(bpm=70 + 13 * number % 100)
        takes = [bench.take(f"seed-{number}-{s}", prompt, number, s)[: 15 * RATE] for s in (20.0, 40.0, 80.0)]
        stranger = bench.take(f"seed-{number}-other", prompt, number + 500, 20.0)[: 15 * RATE]
        same += [likeness(takes[0], takes[1]), likeness(takes[0], takes[2])]
        other += [likeness(take, stranger) for take in takes]
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
            row.append(likeness(before, bench.take(f"varied-{number}-{level}", prompt, 3000 + number, source=source)))
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
        curve = [np.round(likeness(takes[0], take), 2).tolist() for take in takes]
        print(f"{name}: largest difference outside of {5 * -(-count // 5)} passages {largest};",
              f"variations at {levels} beside the first, onsets and chroma: {curve}", flush=True)  # fmt: skip


def redoing(bench: Bench, count: int) -> None:
    """A passage of `--seconds` in the middle of a take of a minute, made anew."""
    path, _, _ = bench.source(0, 60.0)
    half_s = float(bench.asked["duration_s"]) / 2  # type: ignore[arg-type]
    forming(bench, count, Source(str(path), regions=((30 - half_s, 30 + half_s),)))


def forming(bench: Bench, count: int, source: Source | None = None) -> None:
    shares, first = [], []
    for number in range(count + 1):  # the first one warms up
        prompt = STYLES[number % len(STYLES)].format(bpm=120)
        request = TakeRequest(
            f"forming-{number}",
            prompt,
            version=2,
            seed=number,
            source=source,
            **bench.asked,  # type: ignore[arg-type]
        )
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


PARTS: dict[str, Callable[[Bench, int], None]] = {
    part.__name__: part
    for part in (seams, truths, comps, loops, continuations, seeds, variation, families, forming, redoing)
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

"""How right `musicapp analyse` is: loudness and true peak beside ffmpeg's meter; tempo, key and bars beside the truth.

    python -m tests.measure_ears FOLDER [--pieces 60]

Renders composed pieces into FOLDER (a General MIDI bank and ffmpeg are needed) and makes 40 files of the first of them:
whole ones, and what meters are known to differ at. Prints every file, and what is worst.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
from pathlib import Path

import numpy as np
import soundfile
import soxr

from musicapp.analysis import heard
from musicapp.audio import levels
from musicapp.audio.loudness import loudness
from musicapp.audio.true_peak import true_peak
from musicapp.composing.composer import compose
from musicapp.composing.render import SAMPLE_RATE, Renderer
from musicapp.composing.theory import is_minor
from musicapp.composing.truth import Truth
from musicapp.prompts.scales import KEYS
from tests import fit_bars

FIRST_SEED = 31_000_000  # no other part of the project draws from here
LENGTHS_S = (20, 30, 30, 45, 60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pieces", type=int, default=60)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    pieces = rendered(args.pieces)
    print_ears(pieces)
    print(f"bars, {fit_bars.report(fit_bars.examples(FIRST_SEED, args.pieces, Renderer()))}")
    print_meters(files_of([sound for sound, _ in pieces[:17]]), args.folder)


def rendered(count: int) -> list[tuple[np.ndarray, Truth]]:
    """Pieces with a tempo and a key, and what they are."""
    renderer, lengths, found, seed = Renderer(), random.Random(FIRST_SEED), [], FIRST_SEED
    while len(found) < count:
        piece = compose(seed, duration_s=float(lengths.choice(LENGTHS_S)))
        seed += 1
        if piece.truth.tempo_bpm and piece.truth.key and piece.truth.kind != "one-shot":
            found.append((renderer.render(piece), piece.truth))
    return found


def print_ears(pieces: list[tuple[np.ndarray, Truth]]) -> None:
    tempi, keys = [], []
    for sound, truth in pieces:
        found = heard.hear(sound, SAMPLE_RATE)
        wanted = KEYS.index(truth.key), ("minor" if is_minor(truth.mode) else "major")
        tempi.append(found is not None and abs(found.tempo_bpm / truth.tempo_bpm - 1) <= 0.02)
        keys.append(found is not None and (found.tonic, found.mode) == wanted)
        if not (tempi[-1] and keys[-1]):
            told = f"{found.tempo_bpm:g} bpm {found.key}" if found else "nothing"
            print(f"{truth.style}, {truth.metre}: {truth.tempo_bpm:g} bpm {truth.key} {truth.mode}, heard {told}")
    print(f"{len(pieces)} pieces: tempo within 2 % in {np.mean(tempi):.1%}, key in {np.mean(keys):.1%}")


def files_of(pieces: list[np.ndarray]) -> dict[str, tuple[np.ndarray, int]]:
    """Names, sounds and rates of 40 files."""
    rate, music, random_ = SAMPLE_RATE, pieces[0], np.random.default_rng(5)
    files = {f"piece {number}": (piece[: 30 * rate], rate) for number, piece in enumerate(pieces[1:17])}
    for seconds in (0.4, 0.5, 1.0, 2.9, 3.1, 7.0):  # out of the middle: hard starts and ends
        files[f"cut {seconds:g} s"] = music[5 * rate + 1234 :][: round(seconds * rate)], rate
    for other in (11025, 22050, 32000, 48000, 88200, 96000):
        files[f"{other} Hz"] = soxr.resample(music[: 8 * rate], rate, other).astype(np.float32), other
    files["mono"] = music[: 8 * rate, :1], rate
    files["quiet"] = music[: 8 * rate] * 0.003, rate
    files["hot"] = music[: 8 * rate] * 3, rate
    files["six channels"] = np.stack([music[n * rate : (n + 6) * rate, n % 2] for n in range(6)], axis=1), rate
    noise = _stereo(random_.standard_normal(6 * 48000) * 0.1)
    files["noise"] = noise, 48000
    files["burst"] = np.concatenate([noise[:9600] * 5, np.zeros((48000 * 4, 2), np.float32)]), 48000
    files["step"] = np.concatenate([music[: 5 * rate] * 0.05, music[5 * rate : 10 * rate]]), rate
    files["fade"] = music[: 10 * rate] * np.linspace(0, 1, 10 * rate, dtype=np.float32)[:, None], rate
    for hz in (40, 997, 12000):
        files[f"{hz} Hz sine"] = _stereo(0.5 * np.sin(2 * np.pi * hz * np.arange(5 * rate) / rate)), rate
    files["offset"] = _stereo(0.1 * np.sin(2 * np.pi * 997 * np.arange(4 * rate) / rate) + 0.2), rate
    return files


def print_meters(files: dict[str, tuple[np.ndarray, int]], folder: Path) -> None:
    off: list[tuple[float, float]] = []
    for name, (sound, rate) in files.items():
        path = folder / f"{name}.wav"
        soundfile.write(path, sound, rate, subtype="FLOAT")
        lufs, peak_db = read_by_ffmpeg(path)
        found = loudness(sound, rate).integrated_lufs - lufs, levels.to_db(true_peak(sound)) - peak_db
        off.append(found)
        print(f"{name:16s} {lufs:6.1f} LUFS {found[0]:+.3f}   {peak_db:6.1f} dBTP {found[1]:+.3f}")
    worst = np.abs(off).max(axis=0)
    print(f"{len(files)} files: at most {worst[0]:.3f} LU and {worst[1]:.3f} dB off a meter that prints tenths")


def read_by_ffmpeg(path: Path) -> tuple[float, float]:
    """LUFS and dBTP."""
    command = ["ffmpeg", "-nostats", "-i", str(path), "-filter_complex", "ebur128=peak=true", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    told = told[told.rindex("Summary") :]
    lufs, peak = re.search(r"I:\s+(\S+) LUFS", told), re.search(r"Peak:\s+(\S+) dBFS", told)
    assert lufs and peak
    return float(lufs[1]), float(peak[1])


def _stereo(mono: np.ndarray) -> np.ndarray:
    return np.stack([mono, 0.7 * mono], axis=1).astype(np.float32)


if __name__ == "__main__":
    main()

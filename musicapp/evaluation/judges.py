"""The measures of the paper (arXiv 2404.10301, section 4) on weights that the user has: OpenL3's FD and PaSST's KL.

Levels, windows and directions are those of stable-audio-metrics, so that figures can be laid beside published ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soxr
import torch
from torch import Tensor

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.engine import devices
from musicapp.evaluation import judge_weights, openl3, passt
from musicapp.evaluation.bench import Bench
from musicapp.evaluation.distribution import frechet_distance
from musicapp.evaluation.judge_weights import Judge
from musicapp.evaluation.options import Options
from musicapp.evaluation.renders import Kept, RenderSet
from musicapp.evaluation.report import Result, Table, number

OPENL3 = Judge("OpenL3", "torchopenl3_mel256_music_512.pth.tar", openl3.OpenL3)
# A second head, for training only.
PASST = Judge("PaSST", "passt-s-f128-p16-s10-ap.476-swa.pt", passt.Passt, unused=("head_dist.",))
PEAK = 10 ** (-1 / 20)
BATCH = 8
FLOOR, TINY = 1e-6, 1e-300  # of a wanted probability; of one that is multiplied by itself


def check(options: Options) -> None:
    """Refuse files that do not hold what will be measured by. Raises CheckpointError."""
    for part, path, judge in (("openl3", options.openl3, OPENL3), ("passt", options.passt, PASST)):
        if path is not None and part in options.parts:
            judge_weights.check(path, judge)


def measure_openl3(bench: Bench) -> Result:
    """Frechet distance of generated music to renders of other facts, beside that of as many held-out renders."""
    path, options = bench.options.openl3, bench.options
    if path is None:
        return Result({}, notes=("Not measured: no weights given (--openl3).",))
    ears, weights = OpenL3Ears(path, _device(options)), judge_weights.digest(path)
    kept = Kept("float32", 2 * openl3.SIZE, ears.hear, label=f"openl3-{weights}")
    others = RenderSet(options.work, "reference", options.sizes.seconds, options.soundfont, kept)
    reference = _joined([rows for rows, _ in others.rows(options.sizes.reference_pieces)])
    made = _joined([ears.hear(take.sound()) for take in bench.generated])
    renders = _joined([ears.hear(render.sound) for render in bench.held_out])
    own, apart = (frechet_distance(rows, reference) for rows in (made, renders))
    ratio = own / max(apart, 1e-9)
    values = {
        "frechet_generated": round(own, 3),
        "frechet_renders": round(apart, 3),
        "frechet_ratio": round(ratio, 2),
        "rows": len(made),
        "reference_rows": len(reference),
        "weights": weights,
    }
    rows = (
        ("Frechet distance to other renders", number(own), number(apart)),
        ("the same as a ratio", number(ratio), "1.00"),
    )
    return Result(
        values,
        table=Table(("measure", "generated", "renders"), rows),
        notes=(
            f"On OpenL3 (music, mel256), 512 numbers of each channel every half second: {len(made)} rows of generated "
            f"music and of renders of the same facts, each against {len(reference)} of other renders.",
        ),
    )


def measure_passt(bench: Bench) -> Result:
    """How far AudioSet's classes heard in music for a prompt are from those in the render of the same facts."""
    path = bench.options.passt
    if path is None:
        return Result({}, notes=("Not measured: no weights given (--passt).",))
    ears = PasstEars(path, _device(bench.options))
    made = [ears.hear(take.sound()) for take in bench.generated]
    renders = [ears.hear(render.sound) for render in bench.held_out]
    own, other = (mean_divergence(found, renders) for found in (made, [*renders[1:], *renders[:1]]))
    values = {
        "kl_generated": round(own, 4),
        "kl_other_renders": round(other, 4),
        "pieces": len(made),
        "weights": judge_weights.digest(path),
    }
    row = ("KL, prompt by prompt", number(own, 3), number(other, 3))
    return Result(
        values,
        table=Table(("measure", "generated", "another render"), (row,)),
        notes=(f"On PaSST-S's 527 classes of AudioSet, in nats: means of {len(made)} pieces.",),
    )


class OpenL3Ears:
    """OpenL3 from a file, for stereo."""

    def __init__(self, path: Path, device: str = "cpu") -> None:
        self._network, self._device = judge_weights.load(path, OPENL3, device), device

    @torch.inference_mode()
    def hear(self, sound: np.ndarray) -> np.ndarray:
        """Left and right side by side, `(rows, 1024)` float32, one row every half second. `sound`: `(frames, 2)`"""
        sound = soxr.resample(with_usual_peak(sound), SAMPLE_RATE, openl3.SAMPLE_RATE)
        channels = [openl3.windows(torch.from_numpy(np.ascontiguousarray(channel))) for channel in sound.T]
        return torch.cat([self._embed(windows) for windows in channels], dim=1).numpy()

    def _embed(self, windows: Tensor) -> Tensor:
        return torch.cat([self._network(some.to(self._device)).cpu() for some in windows.split(BATCH)])


class PasstEars:
    """PaSST from a file."""

    def __init__(self, path: Path, device: str = "cpu") -> None:
        self._network, self._device = judge_weights.load(path, PASST, device), device

    @torch.inference_mode()
    def hear(self, sound: np.ndarray) -> np.ndarray:
        """One probability for each class, all together 1, `(527,)` float64. `sound`: `(frames, 2)`"""
        mono = with_usual_peak(soxr.resample(sound.mean(axis=1), SAMPLE_RATE, passt.SAMPLE_RATE))
        logits = [self._network(one.to(self._device)).cpu() for one in passt.windows(torch.from_numpy(mono)).split(1)]
        return torch.cat(logits).mean(dim=0).double().softmax(dim=0).numpy()


def with_usual_peak(sound: np.ndarray) -> np.ndarray:
    """The sound with its peak at -1 dB, as float32; silence as it is."""
    peak = np.abs(sound).max()
    return (sound * (PEAK / peak if peak > 0 else 1)).astype(np.float32)


def mean_divergence(found: Sequence[np.ndarray], wanted: Sequence[np.ndarray]) -> float:
    """Mean KL of probabilities in nats, in the paper's direction: of what is found from what is wanted."""
    pairs = zip(found, wanted, strict=True)
    return float(np.mean([(p * np.log(np.maximum(p, TINY) / (q + FLOOR))).sum() for p, q in pairs]))


def _joined(rows: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(rows).astype(np.float64)


def _device(options: Options) -> str:
    return devices.place(options.device, options.precision).device

"""The public packages whose networks `evaluation.openl3` and `evaluation.passt` are: beside ours, and recorded.

    pip install --no-deps --target FOLDER torchopenl3 hear21passt torchaudio librosa resampy julius scipy numba \
        llvmlite scikit-learn joblib cloudpickle threadpoolctl decorator lazy_loader audioread pooch \
        platformdirs msgpack six
    rm -r FOLDER/torchaudio/lib    # built for one torch, and needed for nothing here
    PYTHONPATH=FOLDER python -m tests.evaluation.judge_peers    # writes judges.npz anew
"""

from __future__ import annotations

import math
import sys
import warnings
import zlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from musicapp.evaluation import openl3, passt
from tests.evaluation.sounds import notes

RECORDED = Path(__file__).with_name("judges.npz")
SMALL = passt.PasstSize(32, 2, 2)


def seeded(network: nn.Module) -> dict[str, Tensor]:
    """Weights for a network or its peer, drawn by numpy, that keep sound alive through all layers."""
    return {
        name: torch.from_numpy(_drawn(np.random.default_rng(zlib.crc32(name.encode())), name, tuple(weight.shape)))
        for name, weight in network.state_dict().items()
    }


def sound(seconds: float, rate: int) -> Tensor:
    """Mono to listen to, `(frames,)`."""
    frames = round(seconds * rate)
    tune = np.resize(notes([60, 64, 67, 72, 0, 55], 0.4), frames)
    return torch.from_numpy((0.2 * tune + 0.02 * np.random.default_rng(1).normal(size=frames)).astype(np.float32))


def peer_openl3() -> nn.Module:
    """The network of torchopenl3; skips the test where it is not installed."""
    models = pytest.importorskip(
        "torchopenl3.models", reason="torchopenl3, to compare with, is not installed.", exc_type=ImportError
    )
    return models.PytorchOpenl3("music", "mel256", openl3.SIZE).eval()


def peer_passt(size: passt.PasstSize) -> nn.Module:
    """hear21passt from sound to logits; skips the test where it is not installed."""
    _without_downloads()
    wrapper = pytest.importorskip(
        "hear21passt.wrapper", reason="hear21passt, to compare with, is not installed.", exc_type=ImportError
    )
    from hear21passt.models.passt import PaSST
    from hear21passt.models.preprocess import AugmentMelSTFT

    mel = AugmentMelSTFT(fmin_aug_range=10, fmax_aug_range=2000)
    net = PaSST(
        img_size=(128, 998),
        stride=(10, 10),
        embed_dim=size.width,
        depth=size.depth,
        num_heads=size.heads,
        distilled=True,
    )
    return wrapper.PasstBasicWrapper(mel=mel, net=net, mode="logits").eval()


def _without_downloads() -> None:
    """Its transformer imports timm, and that torchvision, for fetching weights only."""
    hub = ModuleType("timm.models._hub")
    hub.download_cached_file = None  # type: ignore[attr-defined]
    for name, module in (("timm", ModuleType("timm")), ("timm.models", ModuleType("timm.models")), (hub.__name__, hub)):
        sys.modules.setdefault(name, module)


def _drawn(rng: np.random.Generator, name: str, shape: tuple[int, ...]) -> np.ndarray:
    if name.endswith("num_batches_tracked"):
        return np.zeros(shape, dtype=np.int64)
    if name.startswith("speclayer."):
        return _table(name)
    values = rng.standard_normal(shape, dtype=np.float32)
    if name.endswith("running_var"):
        return 1 + 0.5 * np.tanh(values)
    if len(shape) > 1:
        return values * np.float32(math.sqrt(2 / math.prod(shape[1:])))
    return 0.1 * values + np.float32(name.endswith("weight"))


def _table(name: str) -> np.ndarray:
    from transformers.audio_utils import mel_filter_bank

    if name.endswith("mel_basis"):
        with warnings.catch_warnings(action="ignore"):  # OpenL3's lowest bands lie between two bins
            bank = mel_filter_bank(openl3.FFT // 2 + 1, openl3.BANDS, 0, 24000, openl3.SAMPLE_RATE, mel_scale="htk")
        return np.ascontiguousarray(bank.T, dtype=np.float32)
    frames = np.arange(openl3.FFT)
    phases = 2 * np.pi / openl3.FFT * np.outer(np.arange(openl3.FFT // 2 + 1), frames)
    waves = np.cos(phases) if "real" in name else -np.sin(phases)
    return (waves * np.sin(np.pi * frames / openl3.FFT) ** 2).astype(np.float32)[:, None]


@torch.inference_mode()
def _record() -> None:
    ears, tagger = peer_openl3(), peer_passt(SMALL)
    ears.load_state_dict(seeded(ears))
    tagger.net.load_state_dict(seeded(tagger.net))
    embedding = ears(sound(1, openl3.SAMPLE_RATE)[None, None])[0]
    logits = tagger(sound(10, passt.SAMPLE_RATE)[None])[0]
    np.savez_compressed(RECORDED, openl3=embedding.numpy(), passt=logits.numpy())


if __name__ == "__main__":
    _record()

"""Ours beside torchopenl3 and hear21passt in full size: their files, converted as the hint says, and the same sound.

Skipped unless the packages are there: see `judge_peers`.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from musicapp.errors import CheckpointError
from musicapp.evaluation import judge_weights, openl3, passt
from musicapp.evaluation.judge_weights import Judge
from musicapp.evaluation.judges import OPENL3, PASST
from tests.evaluation.judge_peers import peer_openl3, peer_passt, seeded, sound

pytestmark = pytest.mark.filterwarnings("ignore")  # of the other libraries
LIMIT = 1e-5  # of the largest value: rounding in another order


@torch.inference_mode()
def test_openl3_hears_the_same(tmp_path: Path) -> None:
    peer = peer_openl3()
    ours = _converted(peer, OPENL3, tmp_path)
    from torchopenl3 import core

    channel = sound(3.3, openl3.SAMPLE_RATE)
    theirs, _ = core.get_audio_embedding(channel.double().numpy(), openl3.SAMPLE_RATE, peer, hop_size=0.5)
    windows = openl3.windows(channel)
    assert len(windows) == theirs.shape[1] > 5
    _assert_near(ours(windows), theirs[0])


@torch.inference_mode()
def test_passt_hears_the_same(tmp_path: Path) -> None:
    peer = peer_passt(passt.PasstSize())
    ours = _converted(peer.net, PASST, tmp_path)
    window = passt.windows(sound(8, passt.SAMPLE_RATE))
    _assert_near(ours(window), peer(window))


def _converted(peer: nn.Module, judge: Judge, folder: Path) -> nn.Module:
    """Our network with the peer's weights, saved as its makers do and converted by the words of the hint."""
    peer.load_state_dict(seeded(peer))
    torch.save(peer.state_dict(), folder / judge.published)
    with pytest.raises(CheckpointError, match="is no safetensors file") as caught:
        judge_weights.load(folder / judge.published, judge)
    words = shlex.split(caught.value.hint.partition(": ")[2])
    subprocess.run([sys.executable, *words[1:]], cwd=folder, check=True, timeout=120)
    return judge_weights.load(folder / f"{judge.title.lower()}.safetensors", judge)


def _assert_near(ours: Tensor, theirs: Tensor) -> None:
    difference = float((ours - theirs).abs().max() / theirs.abs().max())
    print(f"largest difference {difference:.2g} of {float(theirs.abs().max()):.3g}")
    assert ours.shape == theirs.shape and theirs.std() > 0.01 and difference < LIMIT

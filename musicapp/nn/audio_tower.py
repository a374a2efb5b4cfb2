"""The audio side of the text stage: what a stretch of latents is, as one point near its captions."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from musicapp.errors import CheckpointError
from musicapp.nn.convnext import Block


class AudioTower(nn.Module):
    """Latents to one embedding: blocks at 21.5 Hz, then at a quarter of it, then mean and loudest over time.

    in   `(batch, channels, latent_frames)`
    out  `(batch, projection)`
    """

    def __init__(self, channels: int, projection: int, width: int = 192) -> None:
        super().__init__()
        self.project_in = nn.Linear(channels, width)
        self.fast = nn.Sequential(*(Block(width, 7, 3) for _ in range(2)))
        self.merge = nn.Linear(4 * width, width)
        self.slow = nn.Sequential(*(Block(width, 9, 3) for _ in range(2)))
        self.project_out = nn.Linear(2 * width, projection)

    def forward(self, latents: Tensor) -> Tensor:
        x = self.fast(self.project_in(latents.transpose(1, 2)))
        x = x[:, : x.shape[1] // 4 * 4]
        x = self.slow(self.merge(x.reshape(x.shape[0], x.shape[1] // 4, -1)))
        return self.project_out(torch.cat([x.mean(1), x.amax(1)], dim=-1))


def load_audio_tower(path: Path) -> AudioTower:
    """What the text stage wrote. Raises CheckpointError: no such tower in this file."""
    try:
        state = load_file(path)
        width, channels = state["project_in.weight"].shape
        tower = AudioTower(channels, state["project_out.weight"].shape[0], width)
        tower.load_state_dict(state)
    except (OSError, KeyError, ValueError, RuntimeError, SafetensorError) as error:
        hint = "Run `musicapp train text` again, or remove the file."
        raise CheckpointError(f"{path} holds no audio tower.", hint=hint, detail=str(error)) from error
    return tower.eval().requires_grad_(False)

"""SAME, the transformer autoencoder of Stable Audio 3 (its configs' `encoder` and `decoder` of type "same").

Audio is cut into patches; every `stride` patches share one latent. Inside, a latent's token and its patches' tokens
stand side by side as one group, and blocks of differential attention pass information between them: in chunks of two
latents (small models), or through a window that slides (large ones).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from musicapp.description.same_configs import SameConfig, SameDecoderConfig, SameEncoderConfig
from musicapp.nn import attention
from musicapp.nn.attention import Reach, Rotation, SelfAttention
from musicapp.nn.blocks import FeedForward, drawn
from musicapp.nn.norms import DynamicTanh


class SameEncoder(nn.Module):
    """Audio to latents, before the bottleneck.

    in      `(batch, audio_channels, frames)`, filled up with silence to whole chunks
    out     `(batch, latent_dim, latent_frames)`
    margin  latent frames of context that make encoding in pieces exact; pieces start at multiples of `alignment`
    """

    def __init__(self, config: SameEncoderConfig, audio_channels: int = 2) -> None:
        super().__init__()
        self.stride, self.patch_size = config.stride, config.in_channels // audio_channels
        self.alignment = config.chunk_latents
        self.margin = _aligned(config.reach, self.alignment)
        self.from_patches = nn.Conv1d(config.in_channels, config.width, 1)
        self.new_token = drawn(1, 1, config.width, deviation=0.02)
        self.trunk = SameTrunk(config)
        self.to_latents = nn.Linear(config.width, config.latent_dim)

    def forward(self, audio: Tensor) -> Tensor:
        audio = F.pad(audio, (0, -audio.shape[-1] % (self.patch_size * self.stride * self.alignment)))
        patches = self.from_patches(to_patches(audio, self.patch_size)).mT.unflatten(1, (-1, self.stride))
        token = self.new_token.expand(*patches.shape[:2], -1)[:, :, None]
        groups = torch.cat((patches, token), dim=2)  # the token that becomes the latent comes last
        x = self.trunk(groups.flatten(1, 2)).unflatten(1, (-1, self.stride + 1))
        return self.to_latents(x[:, :, -1]).mT


class SameDecoder(nn.Module):
    """Latents to audio, after the bottleneck.

    in      `(batch, latent_dim, latent_frames)`, and unit noise `(batch, latent_frames, stride, width)` for the tokens
            that are filled in; without it none is added
    out     `(batch, audio_channels, frames)`: all of the last chunk, more than asked for if it was not full
    margin  latents of context that make decoding in pieces exact; pieces start at multiples of `alignment`
    """

    def __init__(self, config: SameDecoderConfig, audio_channels: int = 2) -> None:
        super().__init__()
        self.stride, self.width, self.audio_channels = config.stride, config.width, audio_channels
        self.mask_noise, self.alignment = config.mask_noise, config.chunk_latents
        kernel = 3 if config.conv_mapping else 1
        self.margin = _aligned(config.reach + kernel // 2, self.alignment)  # a kernel of 3 may touch the next latent
        self.from_latents = nn.Linear(config.latent_dim, config.width)
        self.new_token = drawn(1, 1, config.width, deviation=0.02)
        self.trunk = SameTrunk(config)
        self.to_patches = nn.Conv1d(config.width, config.out_channels, kernel, padding=kernel // 2)

    def forward(self, latents: Tensor, noise: Tensor | None = None) -> Tensor:
        missing = -latents.shape[-1] % self.alignment
        x = F.pad(self.from_latents(latents.mT), (0, 0, 0, missing))  # zeros behind the layer: no bias there
        tokens = self.new_token[:, :, None].expand(*x.shape[:2], self.stride, -1)
        if noise is not None:
            tokens = tokens + self.mask_noise * F.pad(noise.to(x), (0, 0, 0, 0, 0, missing))
        groups = torch.cat((x[:, :, None], tokens), dim=2)  # the latent comes first
        x = self.trunk(groups.flatten(1, 2)).unflatten(1, (-1, self.stride + 1))
        return from_patches(self.to_patches(x[:, :, 1:].flatten(1, 2).mT), self.audio_channels)


class SameTrunk(nn.Module):
    """The blocks over groups of `stride + 1` tokens. in, out `(batch, groups * (stride + 1), width)`

    With a window, every block sees so many groups before and behind. With chunks, the first half of the blocks works
    inside chunks, the second half inside chunks moved by half; the ends are lengthened by copies for that.
    """

    def __init__(self, config: SameConfig) -> None:
        super().__init__()
        group = config.stride + 1
        reach = None if config.window is None else (config.window[0] * group, config.window[1] * group)
        self.chunk = None if config.window is not None else config.chunk_latents * group
        self.rotary_dim = config.dim_heads // 2
        self.blocks = nn.ModuleList(
            # "Less than", not "up to": with 8 sinusoidal blocks the last 7 have the sine.
            SameBlock(config, reach, sine=config.depth - i < config.sinusoidal_blocks[0])
            for i in range(config.depth)
        )

    def forward(self, x: Tensor) -> Tensor:
        if self.chunk is None:
            turn = attention.rotation(x.shape[1], self.rotary_dim, x.device)
            for block in self.blocks:
                x = block(x, turn)
            return x
        middle, half = len(self.blocks) // 2, self.chunk // 2
        x = self._in_chunks(x, 0, middle)
        x = self._in_chunks(torch.cat((x[:, :half], x, x[:, -half:]), dim=1), middle, len(self.blocks))
        return x[:, half:-half]

    def _in_chunks(self, x: Tensor, first: int, last: int) -> Tensor:
        assert self.chunk is not None
        turn = attention.rotation(self.chunk, self.rotary_dim, x.device)  # positions begin anew in every chunk
        chunks = x.unflatten(1, (-1, self.chunk))
        parts = chunks.flatten(0, 1)
        for i in range(first, last):
            parts = self.blocks[i](parts, turn)
        return parts.unflatten(0, chunks.shape[:2]).flatten(1, 2)


class SameBlock(nn.Module):
    """Self-attention and feed-forward, each added to what came in. in, out `(batch, positions, width)`"""

    def __init__(self, config: SameConfig, reach: Reach | None, *, sine: bool) -> None:
        super().__init__()
        width = config.width
        self.self_norm = DynamicTanh(width)
        self.self_attn = SelfAttention(width, config.dim_heads, "dyt", differential=config.differential, reach=reach)
        self.ff_norm = DynamicTanh(width)
        self.ff = FeedForward(width, config.ff_mult * width, bias=True, sine=sine)

    def forward(self, x: Tensor, turn: Rotation) -> Tensor:
        x = x + self.self_attn(self.self_norm(x), turn)
        return x + self.ff(self.ff_norm(x))


def to_patches(audio: Tensor, size: int) -> Tensor:
    """`(batch, channels, frames)` to `(batch, channels * size, frames / size)`: all of the left, then of the right."""
    return audio.unflatten(2, (-1, size)).transpose(2, 3).flatten(1, 2)


def from_patches(patches: Tensor, channels: int) -> Tensor:
    """The inverse of `to_patches`."""
    return patches.unflatten(1, (channels, -1)).transpose(2, 3).flatten(2)


def _aligned(count: int, alignment: int) -> int:
    return -(-count // alignment) * alignment

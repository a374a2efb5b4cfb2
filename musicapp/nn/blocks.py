"""The transformer block and the small layers around it (arXiv 2404.10301, 2.2)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from musicapp.description.configs import DiTConfig
from musicapp.nn import tiles
from musicapp.nn.attention import CrossAttention, KeysValues, Padding, Rotation, SelfAttention
from musicapp.nn.int4 import Int4Linear
from musicapp.nn.linear import Linear
from musicapp.nn.norms import block_norm

TILE = 512  # positions that pass the feed-forward at once when no gradient is kept: bounds its memory, saves cache


def drawn(*shape: int, deviation: float = 1.0) -> nn.Parameter:
    """A weight of normal random numbers; on the meta device without values.

    There drawing them would import torch's compiler, which takes a second.
    """
    weight = torch.empty(shape)
    return nn.Parameter(weight if weight.is_meta else weight.normal_(std=deviation))


class FourierFeatures(nn.Module):
    """A number per item as cosines and sines of learned frequencies, cosines first.

    in   `(batch,)` float32
    out  `(batch, features)` float32, also in a half precision model: 0.9987 is 1.0 in bfloat16
    """

    def __init__(self, features: int = 256) -> None:
        super().__init__()
        self.weight = drawn(features // 2, 1)

    def forward(self, value: Tensor) -> Tensor:
        angles = 2 * math.pi * value.float()[:, None] * self.weight.float()[:, 0]
        return torch.cat((angles.cos(), angles.sin()), dim=-1)


class ExpoFeatures(nn.Module):
    """A number per item as cosines and sines of fixed frequencies from 0.5 to 10000 in equal ratios, cosines first.

    in, out  as FourierFeatures
    """

    def __init__(self, features: int = 256) -> None:
        super().__init__()
        self.frequencies = expo_frequencies(features // 2)  # no weight and no buffer: they are float32 always

    def forward(self, value: Tensor) -> Tensor:
        angles = value.float()[:, None] * self.frequencies.to(value.device) * (2 * math.pi)
        return torch.cat((angles.cos(), angles.sin()), dim=-1)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        """Move with the model: a step that is recorded as a graph may copy nothing to a GPU."""
        super()._apply(fn, recurse)
        if not (moved := fn(self.frequencies)).is_meta:
            self.frequencies = self.frequencies.to(moved.device)
        return self


def logsnr_feature(timestep: Tensor) -> Tensor:
    """The log signal-to-noise ratio of a flow's timestep, from 0 for the music itself to 1 for noise alone.

    in, out  `(batch,)` float32
    """
    level = timestep.float().clamp(1e-7, 1 - 1e-7)
    return (5.0 - torch.log((1.0 - level) / level).clamp(-12.0, 5.0)) / 17.0


def expo_frequencies(count: int) -> Tensor:
    """`(count,)` float32 on the CPU, from 0.5 to 10000 turns per unit, the same bits on every machine.

    The last bit of the highest frequency is worth 0.004 rad, so the published code's rounding is part of the formula:
    a float32 ramp filled in from both ends, and an exponential that rounds up a little too often.
    """
    low, high = math.log(0.5), math.log(10000.0)
    place = torch.arange(count, dtype=torch.float64, device="cpu")
    step = torch.tensor(1.0 / (count - 1), dtype=torch.float32, device="cpu").double()
    ramp = torch.where(place < count // 2, place * step, 1.0 - (count - 1 - place) * step).float()
    exponent = ramp * (high - low) + low
    return torch.exp(exponent.double() + 1.2e-9).float()


class FeedForward(nn.Module):
    """Linear, gate, linear: value * SiLU(gate), the gate being the second half (SwiGLU, arXiv 2002.05202).

    in, out  `(batch, positions, dim)`
    sine     the gate goes through sin(pi x) instead
    """

    def __init__(self, dim: int, inner: int, *, bias: bool, sine: bool = False) -> None:
        super().__init__()
        self.sine = sine
        self.to_gated = Linear(dim, 2 * inner, bias=bias)
        self.to_out = Linear(inner, dim, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        if torch.is_grad_enabled() or x.shape[1] <= TILE:
            return self._whole(x)
        if isinstance(self.to_gated, Int4Linear):  # its weights would be unpacked anew for every tile
            return self._whole(x)
        return torch.cat([self._whole(tile) for tile in x.split(tiles.even(x.shape[1], TILE), dim=1)], dim=1)

    def _whole(self, x: Tensor) -> Tensor:
        value, gate = self.to_gated(x).chunk(2, dim=-1)
        return self.to_out(value * (torch.sin(math.pi * gate) if self.sine else F.silu(gate)))


class TransformerBlock(nn.Module):
    """Self-attention, cross-attention, feed-forward, each added to what came in.

    in   x `(batch, positions, dim)`, context as `CrossAttention` takes it or None to skip cross-attention,
         modulation `(batch, 6 * dim)` for adaLN models, else None,
         local `(batch, latents, local_dim)` for models with a local condition, or one row for all latents; and their
         number: it is added to the last positions
    out  `(batch, positions, dim)`
    """

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        dim, head_dim, options = config.embed_dim, config.head_dim, config.attn_kwargs
        norm, differential = options.qk_norm, options.differential
        self.self_norm = block_norm(dim, config.norm_type, config.norm_kwargs)
        window = config.sliding_window
        reach = None if window is None else (window[0], window[1])
        self.self_attn = SelfAttention(dim, head_dim, norm, differential=differential, reach=reach)
        self.has_context = config.context_dim > 0
        if self.has_context:
            self.cross_norm = block_norm(dim, config.norm_type, config.norm_kwargs)
            self.cross_attn = CrossAttention(dim, config.context_dim, head_dim, norm, differential=differential)
        if config.local_add_cond_dim:
            self.to_local_embed = embedder(config.local_add_cond_dim, dim, bias=True)
        self.ff_norm = block_norm(dim, config.norm_type, config.norm_kwargs)
        self.ff = FeedForward(dim, int(dim * config.ff_kwargs.mult), bias=not config.ff_kwargs.no_bias)
        self.modulated = config.global_cond_type == "adaLN"
        if self.modulated:
            self.to_scale_shift_gate = drawn(6 * dim, deviation=dim**-0.5)
        if config.zero_init_branch_outputs:
            self._start_as_identity()

    def forward(
        self,
        x: Tensor,
        turn: Rotation | None,
        context: Tensor | KeysValues | None = None,
        modulation: Tensor | None = None,
        *,
        local: tuple[Tensor, int] | None = None,
        padding: Padding | None = None,
    ) -> Tensor:
        if self.modulated and modulation is not None:
            # Order in the checkpoint: scale, shift, gate of self-attention, then of the feed-forward.
            parts = (modulation + self.to_scale_shift_gate)[:, None].chunk(6, dim=-1)
            scale_self, shift_self, gate_self, scale_ff, shift_ff, gate_ff = parts
            branch = self.self_attn(self.self_norm(x) * (1 + scale_self) + shift_self, turn, padding)
            x = x + branch * torch.sigmoid(1 - gate_self)
            x = self._add_local(local, self._look_at(context, x))
            branch = self.ff(self.ff_norm(x) * (1 + scale_ff) + shift_ff)
            return x + branch * torch.sigmoid(1 - gate_ff)
        x = x + self.self_attn(self.self_norm(x), turn, padding)
        x = self._add_local(local, self._look_at(context, x))
        return x + self.ff(self.ff_norm(x))

    def _add_local(self, local: tuple[Tensor, int] | None, x: Tensor) -> Tensor:
        if local is None:
            return x
        condition, latents = local
        added = self.to_local_embed(condition).expand(-1, latents, -1)
        return x + F.pad(added, (0, 0, x.shape[1] - latents, 0))

    def _look_at(self, context: Tensor | KeysValues | None, x: Tensor) -> Tensor:
        if not self.has_context or context is None:
            return x
        return x + self.cross_attn(self.cross_norm(x), context)

    def _start_as_identity(self) -> None:
        lasts: list[nn.Linear] = [self.self_attn.to_out, self.ff.to_out]
        if self.has_context:
            lasts.append(self.cross_attn.to_out)
        for last in lasts:
            nn.init.zeros_(last.weight)
            if last.bias is not None:
                nn.init.zeros_(last.bias)


def embedder(in_dim: int, out_dim: int, *, bias: bool = False) -> nn.Sequential:
    """Linear, SiLU, linear: how every condition enters the transformer."""
    return nn.Sequential(nn.Linear(in_dim, out_dim, bias=bias), nn.SiLU(), nn.Linear(out_dim, out_dim, bias=bias))

"""The diffusion transformer of Stable Audio 2 (arXiv 2404.10301, section 3.2; arXiv 2407.14358) and 3."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from musicapp.description.configs import AttentionOptions, DiTConfig, FeedForwardOptions, NormOptions
from musicapp.nn import attention
from musicapp.nn.attention import KeysValues, Padding
from musicapp.nn.blocks import ExpoFeatures, FourierFeatures, TransformerBlock, drawn, embedder, logsnr_feature
from musicapp.nn.residuals import Residuals

__all__ = ["AttentionOptions", "DiTConfig", "DiffusionTransformer", "FeedForwardOptions", "NormOptions"]


class DiffusionTransformer(nn.Module):
    """Noisy latents, timestep and conditions in; v or velocity out.

    x             `(batch, io_channels, latent_frames)`, latent_frames a multiple of patch_size
    timestep      `(batch,)` in [0, 1], unscaled
    cross         `(batch, tokens, cond_token_dim)` or what `looks` made of it; None (or all zeros): the null condition
    global_cond   `(batch, global_cond_dim)`
    prepend       `(batch, tokens, prepend_cond_dim)`, put in front of the latents
    input_concat  `(batch, input_concat_dim, any length)`, resized by nearest neighbour; None is zeros
    local_add     `(batch, local_add_cond_dim, latent_frames)`, added inside every block; None is zeros
    valid         `(batch, latent_frames)` bool, False on padding behind the end of an item; None is all True
    residuals     of these calls step after step, of which some then pass the first block alone; None passes all
    out           `(batch, io_channels, latent_frames)` in the dtype of x
    Order of positions: memory tokens, prepended tokens, the global token (unless adaLN), latents.
    """

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.config = config
        self.excludes_padding = True  # False: as `Padding.excluded`, to compare with numbers computed that way
        dim, channels = config.embed_dim, config.io_channels + config.input_concat_dim
        features = ExpoFeatures if config.timestep_features_type == "expo" else FourierFeatures
        self.timestep_features = features(config.timestep_features_dim)
        self.to_timestep_embed = embedder(config.timestep_features_dim, dim, bias=True)
        if config.cond_token_dim:
            self.to_cond_embed = embedder(config.cond_token_dim, config.context_dim)
        if config.global_cond_dim:
            self.to_global_embed = embedder(config.global_cond_dim, dim)
        if config.prepend_cond_dim:
            self.to_prepend_embed = embedder(config.prepend_cond_dim, dim)
        self.preprocess_conv = nn.Conv1d(channels, channels, 1, bias=False)
        self.project_in = nn.Linear(channels * config.patch_size, dim, bias=False)
        if config.num_memory_tokens:
            self.memory_tokens = drawn(config.num_memory_tokens, dim)
        if config.global_cond_type == "adaLN":
            self.global_cond_embedder = nn.Sequential(nn.Linear(dim, dim), nn.SiLU(), nn.Linear(dim, 6 * dim))
        self.blocks = nn.ModuleList(TransformerBlock(config) for _ in range(config.depth))
        self.project_out = nn.Linear(dim, config.io_channels * config.patch_size, bias=False)
        self.postprocess_conv = nn.Conv1d(config.io_channels, config.io_channels, 1, bias=False)
        nn.init.zeros_(self.preprocess_conv.weight)
        nn.init.zeros_(self.postprocess_conv.weight)

    @property
    def dtype(self) -> torch.dtype:
        """What the blocks compute in. Timesteps and rotations are float32 always."""
        return self.preprocess_conv.weight.dtype

    def forward(
        self,
        x: Tensor,
        timestep: Tensor,
        *,
        cross: Tensor | Sequence[KeysValues] | None = None,
        global_cond: Tensor | None = None,
        prepend: Tensor | None = None,
        input_concat: Tensor | None = None,
        local_add: Tensor | None = None,
        valid: Tensor | None = None,
        residuals: Residuals | None = None,
    ) -> Tensor:
        contexts: Sequence[Tensor | KeysValues | None] = [None] * len(self.blocks)
        if cross is not None and self.config.cond_token_dim:
            contexts = [self.context(cross)] * len(self.blocks) if isinstance(cross, Tensor) else cross
        token = self.global_token(timestep, global_cond)
        modulation = self.modulation(token)
        latents = self._latents_to_tokens(self._input_concat(x.to(self.dtype), input_concat))
        front = self._front(x.shape[0], token, prepend)
        h = torch.cat((*front, latents), dim=1)
        turn, local, padding = self._rotation(h), self._local(x, local_add), self._padding(h, valid)

        def pass_through(h: Tensor, blocks: slice) -> Tensor:
            for block, context in zip(self.blocks[blocks], contexts[blocks], strict=True):
                h = block(h, turn, context, modulation, local=local, padding=padding)
            return h

        if residuals is None:
            h = pass_through(h, slice(None))
        else:
            begun = pass_through(h, slice(1))
            h = residuals.apply(h, begun, lambda: pass_through(begun, slice(1, None)))
        out = self._tokens_to_latents(self.project_out(h[:, h.shape[1] - latents.shape[1] :]))
        return (out + self.postprocess_conv(out)).to(x.dtype)

    def timestep_embedding(self, timestep: Tensor) -> Tensor:
        """`(batch,)` to `(batch, embed_dim)`"""
        value = logsnr_feature(timestep) if self.config.timestep_features_logsnr else timestep
        return self.to_timestep_embed(self.timestep_features(value).to(self.dtype))

    def global_token(self, timestep: Tensor, global_cond: Tensor | None) -> Tensor:
        """Timestep and global condition as one vector, `(batch, embed_dim)`"""
        token = self.timestep_embedding(timestep)
        if self.config.global_cond_dim and global_cond is not None:
            token = token + self.to_global_embed(global_cond.to(self.dtype))
        return token

    def context(self, cross: Tensor) -> Tensor:
        """The tokens that the blocks look at, `(batch, tokens, context_dim)`. The same at every step."""
        return self.to_cond_embed(cross.to(self.dtype))

    def looks(self, cross: Tensor) -> list[KeysValues]:
        """Keys and values that every block looks at: `forward` takes them in place of `cross`, step after step."""
        context = self.context(cross)
        return [block.cross_attn.keys_values(context) for block in self.blocks]  # type: ignore[union-attr, operator]

    def modulation(self, token: Tensor) -> Tensor | None:
        """What adaLN blocks scale, shift and gate by, `(batch, 6 * embed_dim)`; None for other models."""
        return self.global_cond_embedder(token) if self.config.global_cond_type == "adaLN" else None

    def _front(self, batch: int, token: Tensor, prepend: Tensor | None) -> list[Tensor]:
        """The tokens that stand before the latents, each `(batch, tokens, embed_dim)`"""
        front = []
        if self.config.num_memory_tokens:
            front.append(self.memory_tokens.expand(batch, -1, -1))
        if self.config.prepend_cond_dim and prepend is not None:
            front.append(self.to_prepend_embed(prepend.to(self.dtype)))
        if self.config.global_cond_type == "prepend":
            front.append(token[:, None])
        return front

    def _input_concat(self, x: Tensor, input_concat: Tensor | None) -> Tensor:
        """The noisy latents with the channels that travel beside them."""
        if not self.config.input_concat_dim:
            return x
        if input_concat is None:
            input_concat = x.new_zeros(x.shape[0], self.config.input_concat_dim, x.shape[2])
        else:
            input_concat = F.interpolate(input_concat.to(self.dtype), size=x.shape[2], mode="nearest")
        return torch.cat((x, input_concat), dim=1)

    def _local(self, x: Tensor, local_add: Tensor | None) -> tuple[Tensor, int] | None:
        """The local condition, `(batch, latents, local_add_cond_dim)`, and the number of latents.

        Zeros matter, since its layers have biases; they are one row, the same everywhere.
        """
        if not self.config.local_add_cond_dim:
            return None
        if local_add is None:
            return x.new_zeros(x.shape[0], 1, self.config.local_add_cond_dim, dtype=self.dtype), x.shape[2]
        return local_add.to(self.dtype).mT, x.shape[2]

    def _padding(self, h: Tensor, valid: Tensor | None) -> Padding | None:
        """Padding among all positions: what stands before the latents is always valid."""
        if valid is None:
            return None
        return Padding(F.pad(valid, (h.shape[1] - valid.shape[1], 0), value=True), self.excludes_padding)

    def _latents_to_tokens(self, x: Tensor) -> Tensor:
        """`(batch, channels, latent_frames)` to `(batch, positions, embed_dim)`, a patch being channel-major."""
        x = x + self.preprocess_conv(x)
        patches = x.unflatten(2, (-1, self.config.patch_size)).permute(0, 2, 1, 3)  # batch, positions, channels, patch
        return self.project_in(patches.flatten(2))

    def _tokens_to_latents(self, tokens: Tensor) -> Tensor:
        """`(batch, positions, channels * patch)` to `(batch, channels, latent_frames)`"""
        patches = tokens.unflatten(2, (self.config.io_channels, self.config.patch_size))
        return patches.permute(0, 2, 1, 3).flatten(2)

    def _rotation(self, h: Tensor) -> attention.Rotation | None:
        if not self.config.rotary_dim:
            return None
        return attention.rotation(h.shape[1], self.config.rotary_dim, h.device)

"""Conditions into numbers: text through an encoder, seconds through a learned embedding (arXiv 2404.10301, s3.2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from musicapp.errors import RequestError
from musicapp.nn.blocks import ExpoFeatures, drawn
from musicapp.nn.timeline import NO_FACTS


class Tokenizer(Protocol):
    """Texts to ids and mask, both `(batch, tokens)` int64."""

    def __call__(self, texts: list[str]) -> tuple[Tensor, Tensor]: ...

    def unread(self, text: str) -> str:
        """What of a text does not fit into the tokens: its end, "" for nothing."""
        ...


Metadata = dict[str, Any]  # texts, numbers, and the `timeline.Facts` of a prompt
TIMELINE_KEYS = ("facts", "seconds_start", "seconds_total")


@dataclass(frozen=True)
class Conditioning:
    """What steers the transformer, for a batch.

    cross        `(batch, tokens, cond_dim)` or None
    mask         `(batch, tokens)` bool, False on padding rows; used for negative prompts only: the public models were
                 trained with padding rows taking part
    global_cond  `(batch, ids * cond_dim)` or None
    input_concat  `(batch, channels, latents)` or None
    null_global, null_concat  the same of a prompt that was dropped
    """

    cross: Tensor | None
    mask: Tensor | None
    global_cond: Tensor | None = None
    prepend: Tensor | None = None
    input_concat: Tensor | None = None
    null_global: Tensor | None = None
    null_concat: Tensor | None = None

    def to(self, device: torch.device) -> Conditioning:
        """The same on another device."""
        moved = {name: None if part is None else part.to(device) for name, part in vars(self).items()}
        return Conditioning(**moved)


class NumberConditioner(nn.Module):
    """A number in [min_val, max_val] (clamped) as one token: value, then sines, then cosines, then a linear layer.

    expo  fixed frequencies instead of learned ones; then cosines come first and the value itself is left out
    out  tokens `(batch, 1, cond_dim)` float32, mask `(batch, 1)`; everything in float32, half loses 3 digits
    """

    def __init__(
        self, cond_dim: int, min_val: float, max_val: float, *, features: int = 256, expo: bool = False
    ) -> None:
        super().__init__()
        self.min_val, self.max_val = min_val, max_val
        self.expo = ExpoFeatures(features) if expo else None
        if not expo:
            self.frequencies = drawn(features // 2)
        self.linear = nn.Linear(features if expo else features + 1, cond_dim)

    def forward(self, values: Sequence[float] | Tensor) -> tuple[Tensor, Tensor]:
        numbers = torch.as_tensor(values, dtype=torch.float32, device=self.linear.weight.device)
        unit = (numbers.clamp(self.min_val, self.max_val) - self.min_val) / (self.max_val - self.min_val)
        if self.expo is not None:
            features = self.expo(unit)
        else:
            angles = 2 * math.pi * unit[:, None] * self.frequencies
            features = torch.cat((unit[:, None], angles.sin(), angles.cos()), dim=-1)
        return self.linear(features)[:, None], torch.ones(len(numbers), 1, dtype=torch.bool, device=numbers.device)


class T5Conditioner(nn.Module):
    """Text as the encoder's last hidden states, padding rows exactly zero (arXiv 2407.14358).

    encoder  a `transformers.T5EncoderModel`
    out      tokens `(batch, max_length, cond_dim)` float32, mask `(batch, max_length)` bool
    """

    def __init__(self, encoder: nn.Module, tokenizer: Tokenizer, cond_dim: int, *, project_out: bool = False) -> None:
        super().__init__()
        self.encoder, self.tokenizer = encoder, tokenizer
        self.proj_out = projection(encoder.config.d_model, cond_dim, always=project_out)  # type: ignore[union-attr, arg-type]

    def forward(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        ids, mask = _tokens(self.tokenizer, texts, self.encoder)
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        # The projection has a bias, so the mask comes last.
        return self.proj_out(hidden) * mask[..., None], mask.bool()


class T5GemmaConditioner(nn.Module):
    """Text as the encoder's last hidden states, padding rows a learned vector (the type "t5gemma").

    encoder       a `transformers.T5GemmaEncoderModel`
    padding_mode  "learned", "zero", or "none" for what the encoder says there
    out           tokens `(batch, max_length, cond_dim)` float32, mask `(batch, max_length)` bool
    """

    def __init__(
        self,
        encoder: nn.Module,
        tokenizer: Tokenizer,
        cond_dim: int,
        *,
        padding_mode: str = "learned",
        project_out: bool = False,
    ) -> None:
        super().__init__()
        self.encoder, self.tokenizer, self.padding_mode = encoder, tokenizer, padding_mode
        width = encoder.config.encoder.hidden_size  # type: ignore[union-attr]
        self.proj_out = projection(width, cond_dim, always=project_out)  # type: ignore[arg-type]
        if padding_mode == "learned":
            self.padding_embedding = nn.Parameter(torch.zeros(cond_dim))

    def forward(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        ids, mask = _tokens(self.tokenizer, texts, self.encoder)
        tokens = self.proj_out(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float())
        valid = mask.bool()
        if self.padding_mode == "none":
            return tokens, valid
        filling = self.padding_embedding if self.padding_mode == "learned" else tokens.new_zeros(())
        # Chosen, not multiplied: of an empty text the encoder may say "not a number" everywhere.
        return torch.where(valid[..., None], tokens, filling), valid


class ClapTextConditioner(nn.Module):
    """Text as features of one layer of CLAP's text branch; padding rows keep their features
    (arXiv 2404.10301, section 3.2).

    encoder            a `ClapTextModelWithProjection`, or a `ClapTextModel` if only features are asked: ours, or those
                       of transformers, which training makes
    use_text_features  hidden states `feature_layer` (0 = embeddings, -1 = last layer), else the pooled, normalised
                       and projected embedding as one token
    out                tokens `(batch, tokens, cond_dim)` float32, mask `(batch, tokens)` bool
    """

    def __init__(
        self,
        encoder: nn.Module,
        tokenizer: Tokenizer,
        cond_dim: int,
        *,
        use_text_features: bool = True,
        feature_layer: int = -2,
        project_out: bool = False,
    ) -> None:
        super().__init__()
        self.encoder, self.tokenizer = encoder, tokenizer
        self.use_text_features, self.feature_layer = use_text_features, feature_layer
        config = encoder.config
        width = config.hidden_size if use_text_features else config.projection_dim  # type: ignore[union-attr]
        self.proj_out = projection(width, cond_dim, always=project_out)  # type: ignore[arg-type]

    def forward(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        ids, mask = _tokens(self.tokenizer, texts, self.encoder)
        if not self.use_text_features:
            pooled = self.encoder(input_ids=ids, attention_mask=mask).text_embeds.float()
            return self.proj_out(F.normalize(pooled, dim=-1))[:, None], mask[:, :1].bool()
        branch: nn.Module = getattr(self.encoder, "text_model", self.encoder)
        states = branch(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        return self.proj_out(states[self.feature_layer].float()), mask.bool()


class Conditioner(nn.Module):
    """All conditions of a model, by id in config order; says which of them go where.

    summaries     id -> the text condition that it is the mean of
    default_keys  id -> the metadata key to use when the id itself is not given
    """

    def __init__(
        self,
        conditioners: dict[str, nn.Module],
        *,
        cross_ids: Sequence[str] = (),
        global_ids: Sequence[str] = (),
        prepend_ids: Sequence[str] = (),
        input_concat_ids: Sequence[str] = (),
        summaries: dict[str, str] | None = None,
        default_keys: dict[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.conditioners = nn.ModuleDict(conditioners)
        self.cross_ids, self.global_ids, self.prepend_ids = tuple(cross_ids), tuple(global_ids), tuple(prepend_ids)
        self.input_concat_ids, self.summaries = tuple(input_concat_ids), dict(summaries or {})
        self.default_keys = dict(default_keys or {})

    def encode(self, batch: Sequence[Metadata], latents: int = 0) -> Conditioning:
        """The conditions of a batch, one dict of values per item, for example
        `{"prompt": "warm pad", "seconds_start": 0, "seconds_total": 30}`. Raises RequestError for a missing one.
        Models with a timeline want the prompt's "facts" as well.

        latents  of the window, for what travels beside them
        """
        encoded = {
            name: conditioner([self._value(item, name) for item in batch])
            for name, conditioner in self.conditioners.items()
            if name not in self.input_concat_ids
        }
        cross, mask = _joined(encoded, self.cross_ids)
        prepend, _ = _joined(encoded, self.prepend_ids)
        means = {name: _mean(*encoded[source]) for name, source in self.summaries.items()}
        vectors = {name: means[name] if name in means else encoded[name][0].flatten(1) for name in self.global_ids}
        null = {name: torch.zeros_like(value) if name in means else value for name, value in vectors.items()}
        input_concat = self._input_concat(batch, latents)
        null_concat = self._input_concat([{**item, "facts": NO_FACTS} for item in batch], latents)
        return Conditioning(cross, mask, _vector(vectors), prepend, input_concat, _vector(null), null_concat)

    def unread(self, prompt: str) -> str:
        """The end of a prompt that no text condition reads, since it is too long for all; "" where it is read whole."""
        texts = (T5Conditioner, T5GemmaConditioner, ClapTextConditioner)
        ends = [part.tokenizer.unread(prompt) for part in self.conditioners.values() if isinstance(part, texts)]
        return min(ends, key=len, default="")

    def _input_concat(self, batch: Sequence[Metadata], latents: int) -> Tensor | None:
        if not self.input_concat_ids:
            return None
        device = next((weights.device for weights in self.parameters()), torch.device("cpu"))
        full = [{key: self._value(item, key) for key in TIMELINE_KEYS} for item in batch]
        return torch.cat([self.conditioners[name](full, latents) for name in self.input_concat_ids], dim=1).to(device)

    def _value(self, item: Metadata, name: str) -> Any:
        for key in (name, self.default_keys.get(name, name)):
            if key in item:
                return item[key]
        raise RequestError(f"This model needs a value for “{name}”.", hint="Choose another model or give the value.")


def projection(width: int, cond_dim: int, *, always: bool = False) -> nn.Module:
    """A linear layer where the encoder's width is not the model's, or where the config asks for one."""
    return nn.Linear(width, cond_dim) if always or width != cond_dim else nn.Identity()


def _mean(tokens: Tensor, mask: Tensor) -> Tensor:
    """`(batch, tokens, width)` to `(batch, width)`, without padding."""
    weights = mask[..., None].to(tokens.dtype)
    return (tokens * weights).sum(1) / weights.sum(1).clamp(min=1)


def _vector(parts: dict[str, Tensor]) -> Tensor | None:
    return torch.cat(list(parts.values()), dim=-1) if parts else None


def _joined(encoded: dict[str, tuple[Tensor, Tensor]], ids: Sequence[str]) -> tuple[Tensor | None, Tensor | None]:
    if not ids:
        return None, None
    return torch.cat([encoded[i][0] for i in ids], dim=1), torch.cat([encoded[i][1] for i in ids], dim=1)


def _tokens(tokenizer: Tokenizer, texts: list[str], encoder: nn.Module) -> tuple[Tensor, Tensor]:
    device = next(encoder.parameters()).device
    ids, mask = tokenizer(texts)
    return ids.to(device), mask.to(device)

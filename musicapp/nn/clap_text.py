"""CLAP's text branch (arXiv 2211.06687): a RoBERTa encoder (arXiv 1907.11692) and a projection.

In plain layers, under the names that published files have for them: the library that has it as well takes three seconds
to import, and a model that is ready in one should not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": F.gelu,
    "gelu_new": partial(F.gelu, approximate="tanh"),
    "gelu_pytorch_tanh": partial(F.gelu, approximate="tanh"),
    "relu": F.relu,
    "silu": F.silu,
    "swish": F.silu,
    "tanh": torch.tanh,
}


@dataclass(frozen=True)
class ClapTextSettings:
    """The settings of config.json that decide what is computed; names and defaults are the file's own."""

    vocab_size: int = 50265
    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 3072
    hidden_act: str = "gelu"
    max_position_embeddings: int = 514
    type_vocab_size: int = 1
    layer_norm_eps: float = 1e-12
    projection_dim: int = 512
    pad_token_id: int = 1
    projection_hidden_act: str = "relu"

    def __post_init__(self) -> None:
        for name in ("hidden_act", "projection_hidden_act"):
            if getattr(self, name) not in ACTIVATIONS:
                raise ValueError(f"{name} is none of {', '.join(ACTIVATIONS)}")
        if self.hidden_size % self.num_attention_heads:
            raise ValueError("hidden_size is not a multiple of num_attention_heads")


@dataclass(frozen=True)
class ClapTextOutput:
    """last_hidden_state  of the last layer, `(batch, tokens, hidden_size)`
    hidden_states      the same of the embeddings and of every layer, where they were asked for
    text_embeds        `(batch, projection_dim)`; None without a projection
    """

    last_hidden_state: Tensor
    hidden_states: tuple[Tensor, ...] | None
    text_embeds: Tensor | None


class ClapTextModel(nn.Module):
    """The encoder without its projection.

    in   ids `(batch, tokens)` int64, mask of the same shape, 0 on padding, at which nobody looks
    out  `ClapTextOutput`
    """

    def __init__(self, settings: ClapTextSettings) -> None:
        super().__init__()
        self.config = settings
        self.embeddings = _Embeddings(settings)
        layers = nn.ModuleList(_Layer(settings) for _ in range(settings.num_hidden_layers))
        self.encoder = nn.ModuleDict({"layer": layers})
        self.pooler = nn.ModuleDict({"dense": nn.Linear(settings.hidden_size, settings.hidden_size)})

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, *, output_hidden_states: bool = False
    ) -> ClapTextOutput:
        states = self.states(input_ids, attention_mask)
        return ClapTextOutput(states[-1], tuple(states) if output_hidden_states else None, None)

    def states(self, ids: Tensor, mask: Tensor) -> list[Tensor]:
        """Hidden states of the embeddings and of every layer."""
        states = [self.embeddings(ids)]
        hidden = torch.zeros_like(mask, dtype=states[0].dtype)
        hidden = hidden.masked_fill(mask == 0, torch.finfo(hidden.dtype).min)[:, None, None]
        for layer in self.layers:
            states.append(layer(states[-1], hidden))
        return states

    @property
    def layers(self) -> nn.ModuleList:
        """Its layers, the first one first."""
        layers = self.encoder["layer"]
        assert isinstance(layers, nn.ModuleList)
        return layers

    def pooled(self, states: list[Tensor]) -> Tensor:
        """What stands for the whole text, `(batch, hidden_size)`: the first token, through one more layer."""
        return torch.tanh(self.pooler["dense"](states[-1][:, 0]))


class ClapTextModelWithProjection(nn.Module):
    """The encoder and what brings a text into the space that it shares with sounds. in, out as `ClapTextModel`"""

    def __init__(self, settings: ClapTextSettings) -> None:
        super().__init__()
        self.config = settings
        self.text_model = ClapTextModel(settings)
        self.text_projection = nn.ModuleDict(
            {
                "linear1": nn.Linear(settings.hidden_size, settings.projection_dim),
                "linear2": nn.Linear(settings.projection_dim, settings.projection_dim),
            }
        )

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, *, output_hidden_states: bool = False
    ) -> ClapTextOutput:
        states = self.text_model.states(input_ids, attention_mask)
        inner = self.text_projection["linear1"](self.text_model.pooled(states))
        activation = ACTIVATIONS[self.config.projection_hidden_act]
        embedding = self.text_projection["linear2"](activation(inner))
        return ClapTextOutput(states[-1], tuple(states) if output_hidden_states else None, embedding)


class _Embeddings(nn.Module):
    """Ids to sums of three learnt vectors, normalised. Positions are counted from behind the padding's number."""

    def __init__(self, settings: ClapTextSettings) -> None:
        super().__init__()
        width = settings.hidden_size
        self.padding = settings.pad_token_id
        # Not drawn, only to be read over: on the meta device drawing imports torch's compiler.
        self.word_embeddings = nn.Embedding.from_pretrained(torch.empty(settings.vocab_size, width))
        self.position_embeddings = nn.Embedding.from_pretrained(torch.empty(settings.max_position_embeddings, width))
        self.token_type_embeddings = nn.Embedding.from_pretrained(torch.empty(settings.type_vocab_size, width))
        self.LayerNorm = nn.LayerNorm(width, eps=settings.layer_norm_eps)

    def forward(self, ids: Tensor) -> Tensor:
        valid = ids.ne(self.padding).long()
        positions = valid.cumsum(dim=1) * valid + self.padding
        words = self.word_embeddings(ids) + self.token_type_embeddings(torch.zeros_like(ids))
        embedded: Tensor = self.LayerNorm(words + self.position_embeddings(positions))
        return embedded


class _Layer(nn.Module):
    """Self-attention and two linear layers, each added to what came in and normalised."""

    def __init__(self, settings: ClapTextSettings) -> None:
        super().__init__()
        width, inner, eps = settings.hidden_size, settings.intermediate_size, settings.layer_norm_eps
        self.heads, self.activation = settings.num_attention_heads, ACTIVATIONS[settings.hidden_act]
        looks = {name: nn.Linear(width, width) for name in ("query", "key", "value")}
        self.attention = nn.ModuleDict({"self": nn.ModuleDict(looks), "output": _joined(width, width, eps)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, inner)})
        self.output = _joined(inner, width, eps)

    def forward(self, x: Tensor, hidden: Tensor) -> Tensor:
        """hidden  what is added to the scores of each token, 0 or the lowest number"""
        look, joined = self.attention["self"], self.attention["output"]
        assert isinstance(look, nn.ModuleDict) and isinstance(joined, nn.ModuleDict)
        q, k, v = (look[name](x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for name in ("query", "key", "value"))
        # In the open, not by the fused kernel, whose rounding is another: what prompts are encoded to stays the same.
        scores = q @ k.transpose(2, 3) * q.shape[-1] ** -0.5 + hidden
        looked = (scores.softmax(dim=-1, dtype=torch.float32).to(v.dtype) @ v).transpose(1, 2).flatten(2)
        x = joined["LayerNorm"](joined["dense"](looked) + x)
        inner = self.activation(self.intermediate["dense"](x))
        out: Tensor = self.output["LayerNorm"](self.output["dense"](inner) + x)
        return out


def _joined(inner: int, width: int, eps: float) -> nn.ModuleDict:
    return nn.ModuleDict({"dense": nn.Linear(inner, width), "LayerNorm": nn.LayerNorm(width, eps=eps)})

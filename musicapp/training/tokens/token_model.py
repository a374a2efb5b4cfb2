"""An autoregressive transformer over the tokens of music, in the manner of MusicGen (arXiv 2306.05284).

The tokens of one step are told apart by a delay: level 1 is said one step after level 0 of the same moment, level 2
two steps after, so that one pass of the transformer says one token of each level. Text and seconds stand in front.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from musicapp.nn.conditioners import NumberConditioner

LONGEST_S = 512.0


@dataclass(frozen=True)
class TokenConfig:
    """The transformer's sizes, and those of its tokens.

    rate  steps a second
    """

    levels: int = 6
    size: int = 1024
    stride: int = 2
    channels: int = 64
    rate: float = 44100 / 2048 / 2
    text_width: int = 192
    width: int = 320
    depth: int = 6
    heads: int = 5
    longest: int = 4096

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class TokenModel(nn.Module):
    """Tokens so far to chances of the next ones.

    The value `size` of a token says that there is none: before a level's first, and behind the end.
    """

    def __init__(self, config: TokenConfig) -> None:
        super().__init__()
        from transformers import LlamaConfig, LlamaModel

        self.config = c = config
        settings = LlamaConfig(
            vocab_size=1,  # tokens are embedded here, by level
            bos_token_id=None,
            eos_token_id=None,
            hidden_size=c.width,
            num_hidden_layers=c.depth,
            num_attention_heads=c.heads,
            num_key_value_heads=c.heads,
            intermediate_size=3 * c.width,
            max_position_embeddings=c.longest,
        )
        self.transformer = LlamaModel(settings)
        self.embeddings = nn.ModuleList(nn.Embedding(c.size + 1, c.width) for _ in range(c.levels))
        self.heads = nn.ModuleList(nn.Linear(c.width, c.size, bias=False) for _ in range(c.levels))
        self.text = nn.Linear(c.text_width, c.width)
        self.seconds = nn.ModuleDict(
            {name: NumberConditioner(c.width, 0, LONGEST_S) for name in ("seconds_start", "seconds_total")}
        )
        for embedding in self.embeddings:
            nn.init.normal_(embedding.weight, std=0.02)  # type: ignore[arg-type]
        for number in self.seconds.values():
            nn.init.normal_(number.frequencies, std=8.0)  # type: ignore[arg-type]

    def prefix(self, text: Tensor, start_s: list[float], total_s: list[float]) -> Tensor:
        """What stands in front: `(batch, tokens, text_width)` and seconds to `(batch, tokens + 2, width)`."""
        seconds = [self.seconds["seconds_start"](start_s)[0], self.seconds["seconds_total"](total_s)[0]]
        return torch.cat([self.text(text), *seconds], 1)

    def embed(self, tokens: Tensor) -> Tensor:
        """Delayed tokens `(batch, levels, steps)` as one vector a step, `(batch, steps, width)`."""
        return torch.stack([embedding(tokens[:, n]) for n, embedding in enumerate(self.embeddings)]).sum(0)

    def logits(self, hidden: Tensor) -> Tensor:
        """`(batch, steps, width)` to `(batch, levels, steps, size)`."""
        return torch.stack([head(hidden) for head in self.heads], 1)

    def loss(self, tokens: Tensor, prefix: Tensor) -> Tensor:
        """Mean cross-entropy in nats of `(batch, levels, steps)`, given what stands in front."""
        said = delayed(tokens, self.config.size)
        inputs = torch.cat([prefix, self.embed(said[..., :-1])], 1)
        hidden = self.transformer(inputs_embeds=inputs, use_cache=False).last_hidden_state[:, prefix.shape[1] - 1 :]
        logits = self.logits(hidden)
        is_none = said == self.config.size
        return F.cross_entropy(logits.float().flatten(0, 2), said.masked_fill(is_none, -100).flatten())

    @torch.inference_mode()
    def say(
        self,
        steps: int,
        prefix: Tensor,
        null: Tensor,
        *,
        generator: torch.Generator,
        guidance_scale: float,
        top_k: int,
        on_step: Callable[[int], None] = lambda step: None,
    ) -> Tensor:
        """Draw `(1, levels, steps)` tokens, each step pushed away from what `null` stands for."""
        from transformers import DynamicCache

        c, cache = self.config, DynamicCache()
        given = torch.cat([prefix, null])
        said = torch.full((1, c.levels, steps + c.levels - 1), c.size)
        for step in range(said.shape[2]):
            hidden = self.transformer(inputs_embeds=given, past_key_values=cache, use_cache=True).last_hidden_state
            wanted, unwanted = self.logits(hidden[:, -1:]).float()[:, :, 0]
            drawn = _draw(unwanted + guidance_scale * (wanted - unwanted), top_k, generator)
            first, end = max(0, step - steps + 1), min(c.levels, step + 1)
            said[0, first:end, step] = drawn[first:end]
            given = self.embed(said[..., step : step + 1]).expand(2, -1, -1)
            on_step(step)
        return undelayed(said)


def delayed(tokens: Tensor, none: int) -> Tensor:
    """`(batch, levels, steps)` with every level one step later than the one before, `none` in the gaps."""
    batch, levels, steps = tokens.shape
    said = tokens.new_full((batch, levels, steps + levels - 1), none)
    for level in range(levels):
        said[:, level, level : level + steps] = tokens[:, level]
    return said


def undelayed(said: Tensor) -> Tensor:
    """The way back from `delayed`."""
    levels = said.shape[1]
    steps = said.shape[2] - levels + 1
    return torch.stack([said[:, level, level : level + steps] for level in range(levels)], 1)


def _draw(logits: Tensor, top_k: int, generator: torch.Generator) -> Tensor:
    """One of the likeliest tokens of each row `(levels, size)`."""
    values, places = logits.topk(min(top_k, logits.shape[1]), dim=1)
    drawn = torch.multinomial(values.softmax(1), 1, generator=generator)
    return places.gather(1, drawn)[:, 0]

"""Recorded conditions: `t5.*`, `clap.*`, `number.*`, `cond.*`."""

from __future__ import annotations

import re
from typing import Any

import torch
from torch import Tensor, nn

from tests.parity.bench import Answer, Bench, Mark, Recipe


def token_ids(bench: Bench, name: str) -> Tensor:
    return _text(bench).tokenizer(_prompts(bench))[0]


def token_mask(bench: Bench, name: str) -> Tensor:
    return _text(bench).tokenizer(_prompts(bench))[1]


def t5_hidden(bench: Bench, name: str) -> Tensor:
    ids, mask = _text(bench).tokenizer(_prompts(bench))
    return _text(bench).encoder(input_ids=ids, attention_mask=mask).last_hidden_state


def clap_hidden(bench: Bench, name: str) -> Tensor:
    ids, mask = _text(bench).tokenizer(_prompts(bench))
    branch = _text(bench).encoder.text_model
    return branch(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states[_last_number(name)]


def clap_pooled(bench: Bench, name: str) -> Tensor:
    ids, mask = _text(bench).tokenizer(_prompts(bench))
    return _text(bench).encoder(input_ids=ids, attention_mask=mask).text_embeds


def clap_pooled_normalised(bench: Bench, name: str) -> Tensor:
    """The same encoder as a conditioner that gives the one pooled token instead of features."""
    text = _text(bench)
    width = bench.golden[name].shape[-1]
    return type(text)(text.encoder, text.tokenizer, width, use_text_features=False)(_prompts(bench))[0]


def text_tokens(bench: Bench, name: str) -> Tensor:
    return _text(bench)(_prompts(bench))[0]


def first_text_alone(bench: Bench, name: str) -> Tensor:
    return _text(bench)(_prompts(bench)[:1])[0]


def text_mask(bench: Bench, name: str) -> Tensor:
    return _text(bench)(_prompts(bench))[1]


def seconds(bench: Bench, name: str) -> Answer:
    """The input values, recorded beside the settings."""
    values = bench.golden.settings.get("secs")
    return Mark.INPUT if values is None else torch.tensor(values)


def number(bench: Bench, name: str) -> Tensor:
    values = bench.golden.settings.get("secs")
    if values is None:
        values = bench.golden["number.seconds"]
    return _conditioner(bench, name.removeprefix("number."))(values)[0]


def one_condition(bench: Bench, name: str) -> Tensor:
    """`cond.<id>`: the tokens of one conditioner for all items."""
    id_ = name.removeprefix("cond.")
    return _conditioner(bench, id_)([item[id_] for item in bench.golden.items(bench.ids)])[0]


def cross(bench: Bench, name: str) -> Tensor:
    return bench.conditioning.cross[: _rows(bench, name)]


def cross_mask(bench: Bench, name: str) -> Tensor:
    return bench.conditioning.mask[: _rows(bench, name)]


def global_cond(bench: Bench, name: str) -> Tensor:
    return bench.conditioning.global_cond[: _rows(bench, name)]


def negative_cross(bench: Bench, name: str) -> Tensor:
    return bench.negative.cross[: _rows(bench, name)]


def negative_mask(bench: Bench, name: str) -> Tensor:
    return bench.negative.mask[: _rows(bench, name)]


def _conditioner(bench: Bench, id_: str) -> nn.Module:
    return bench.model.conditioner.conditioners[id_]


def _text(bench: Bench) -> Any:
    """The conditioner that has a text encoder."""
    return next(part for part in bench.model.conditioner.conditioners.values() if hasattr(part, "encoder"))


def _prompts(bench: Bench) -> list[str]:
    return list(bench.golden.settings["prompts"])


def _rows(bench: Bench, name: str) -> int:
    return bench.golden[name].shape[0]


def _last_number(name: str) -> int:
    return int(name.rsplit(".", 1)[1])


RECIPES: list[tuple[re.Pattern[str], Recipe]] = [
    (re.compile(r"(t5|clap)\.input_ids"), token_ids),
    (re.compile(r"(t5|clap)\.attention_mask"), token_mask),
    (re.compile(r"t5\.last_hidden_state"), t5_hidden),
    (re.compile(r"t5\.embed|t5\.embed_fp16_reference|clap\.features"), text_tokens),
    (re.compile(r"clap\.features_single"), first_text_alone),
    (re.compile(r"clap\.hidden_states\.\d+"), clap_hidden),
    (re.compile(r"clap\.pooled"), clap_pooled),
    (re.compile(r"clap\.pooled_normalised"), clap_pooled_normalised),
    (re.compile(r"number\.seconds"), seconds),
    (re.compile(r"number\.\w+"), number),
    (re.compile(r"cond\.cross_attn"), cross),
    (re.compile(r"cond\.cross_attn_mask"), cross_mask),
    (re.compile(r"cond\.global"), global_cond),
    (re.compile(r"cond\.negative_cross_attn"), negative_cross),
    (re.compile(r"cond\.negative_mask"), negative_mask),
    (re.compile(r"cond\.prompt_mask"), text_mask),
    (re.compile(r"cond\.\w+"), one_condition),
]

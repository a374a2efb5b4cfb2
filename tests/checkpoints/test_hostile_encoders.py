"""Text encoders and tokenizers that strangers made: no code, no wait, no memory; one sentence instead."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from musicapp.checkpoints import text_encoders, tokenizer_file
from musicapp.checkpoints.conditioner import find_text_encoder
from musicapp.description.configs import T5Config
from musicapp.errors import CheckpointError
from tests.tiny_model import write_tiny_text_encoder

DOUBLE = {"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}
TEXT = {"Sequence": {"id": "A", "type_id": 0}}
MARK = {"SpecialToken": {"id": "<s>", "type_id": 0}}


@pytest.fixture
def clap(tmp_path: Path) -> Path:
    write_tiny_text_encoder(tmp_path / "clap_text")
    return tmp_path / "clap_text"


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")


def marks(count: int, number: int) -> dict[str, Any]:
    both = [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}]
    known = {"<s>": {"id": "<s>", "ids": [number], "tokens": ["<s>"]}}
    return {"type": "TemplateProcessing", "single": [MARK] * count + both[:1], "pair": both, "special_tokens": known}


def table(piece: bytes) -> str:
    return base64.b64encode(bytes(4) + piece + b"\0").decode()


@pytest.mark.parametrize(
    "rules",
    [
        {"normalizer": {"type": "Sequence", "normalizers": [DOUBLE] * 10}},  # 1,024 letters of one
        {"normalizer": {**DOUBLE, "content": "a" * 100}},
        {"normalizer": {**DOUBLE, "pattern": {"Regex": "(a+)+$"}}},
        {"normalizer": {**DOUBLE, "pattern": {"Regex": "a*"}}},
        {"normalizer": {**DOUBLE, "pattern": {"String": ""}}},  # the library panics
        {"normalizer": {"type": "Prepend", "prepend": "a" * 1000}},
        {"normalizer": {"type": "Precompiled", "precompiled_charsmap": table(b"a" * 1000)}},
        {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}},  # the library panics
        {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}] * 100}},
        {"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a|a)*b"}, "behavior": "Isolated", "invert": False}},
        {"pre_tokenizer": 7},
        {"model": 7},
        {"model": {"type": "BPE", "vocab": {"<pad>": 1}, "merges": [], "dropout": 0.5}},
        {"post_processor": {**marks(1, 0), "single": [TEXT, TEXT, TEXT]}},  # memory without end
        {"post_processor": marks(1, 10**9)},  # an id behind the embedding
        {"post_processor": marks(100, 0)},  # more marks than tokens
    ],
)
def test_rules_that_are_slow_broken_or_beyond_the_embedding_are_refused(clap: Path, rules: dict[str, object]) -> None:
    edit(clap / "tokenizer.json", **rules)
    began = time.process_time()
    with pytest.raises(CheckpointError, match=r"tokenizer") as caught:
        tokenizer_file.load_tokenizer(clap, 77, vocabulary=300)
    assert caught.value.hint and time.process_time() - began < 1


def test_the_rules_of_public_tokenizers_are_taken(clap: Path) -> None:
    space = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    runs = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}
    edit(clap / "tokenizer.json", normalizer={"type": "Sequence", "normalizers": [{"type": "NFKC"}, runs, space]})
    assert tokenizer_file.load_tokenizer(clap, 9)(["warm  pad"])[0].shape == (1, 9)


def test_the_highest_id_counts_not_the_number_of_tokens(clap: Path) -> None:
    tokenizer = json.loads((clap / "tokenizer.json").read_text(encoding="utf-8"))
    word, number = max(tokenizer["model"]["vocab"].items(), key=lambda item: item[1])
    tokenizer["model"]["vocab"][word] = 5000
    edit(clap / "tokenizer.json", model=tokenizer["model"])
    with pytest.raises(CheckpointError, match="does not fit"):
        tokenizer_file.load_tokenizer(clap, 77, vocabulary=number + 1)


def test_a_tokenizer_is_a_plain_file_of_a_sane_size(clap: Path) -> None:
    with (clap / "tokenizer.json").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(CheckpointError, match="far too large"):
        tokenizer_file.load_tokenizer(clap, 77)
    (clap / "tokenizer.json").unlink()
    (clap / "tokenizer.json").symlink_to("/etc/hosts")
    with pytest.raises(CheckpointError, match="place outside"):
        tokenizer_file.load_tokenizer(clap, 77)


def spoil(**weights: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        state = load_file(folder / "model.safetensors")
        for part, how in weights.items():
            name = next(name for name in state if name.endswith(part.replace("__", ".")))
            state[name] = how(state[name]).contiguous()
        save_file(state, folder / "model.safetensors")

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: edit(f / "config.json", hidden_size=10**9), "hidden_size of 1000000000"),
        (lambda f: edit(f / "config.json", num_hidden_layers=10**9), "num_hidden_layers of"),
        (lambda f: edit(f / "config.json", num_hidden_layers=-1), "num_hidden_layers of"),
        (lambda f: edit(f / "config.json", vocab_size=10**6), "the file holds"),
        (lambda f: edit(f / "config.json", num_hidden_layers=256), "num_hidden_layers of"),
        (lambda f: edit(f / "config.json", num_attention_heads=0), "cannot be loaded"),
        (lambda f: edit(f / "config.json", hidden_act="import os"), "cannot be loaded"),
        (lambda f: edit(f / "config.json", type_vocab_size="1"), "cannot be loaded"),
        (lambda f: edit(f / "config.json", text_config=[]), "should be a section"),
        (lambda f: edit(f / "config.json", pad_token_id=20), "too short"),
        (lambda f: edit(f / "config.json", attn_implementation="someone/kernels"), "code of its own"),
        (lambda f: edit(f / "config.json", quantization_config={"quant_method": "awq"}), "code of its own"),
        (lambda f: edit(f / "tokenizer_config.json", auto_map={"AutoTokenizer": ["evil.T", None]}), "code of its own"),
        (spoil(word_embeddings__weight=lambda w: w.fill_(float("nan"))), "not finite"),
        (spoil(LayerNorm__bias=lambda w: w.fill_(float("inf"))), "not finite"),
        (spoil(query__weight=lambda w: w.to(torch.int64)), "not known"),
        (spoil(query__weight=lambda w: w.T[:3].repeat(2, 1)), "the file holds|cannot be loaded"),
    ],
)
def test_a_hostile_encoder_is_refused_within_a_second(clap: Path, change: Callable[[Path], None], words: str) -> None:
    text_encoders.load_clap_text(clap)  # imports transformers, which takes seconds
    change(clap)
    began = time.process_time()
    with pytest.raises(CheckpointError, match=words) as caught:
        text_encoders.load_clap_text(clap)
    assert caught.value.hint and time.process_time() - began < 1


def test_counters_of_positions_in_the_file_do_not_matter(clap: Path) -> None:
    ids, mask = torch.tensor([[0, 5, 2]]), torch.ones(1, 3, dtype=torch.int64)
    expected = text_encoders.load_clap_text(clap)[0](input_ids=ids, attention_mask=mask).text_embeds
    state = load_file(clap / "model.safetensors")
    state["text_model.embeddings.position_ids"] = torch.full((1, 80), 10**9)
    state["text_model.embeddings.token_type_ids"] = torch.full((1, 80), 10**9)
    save_file(state, clap / "model.safetensors")
    assert torch.equal(text_encoders.load_clap_text(clap)[0](input_ids=ids, attention_mask=mask).text_embeds, expected)


def test_an_encoders_file_that_is_cut_while_it_is_read_is_noticed(clap: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = text_encoders.read_floats

    def cut(file: Any, name: str) -> torch.Tensor:
        os.truncate(clap / "model.safetensors", 4096)
        return read(file, name)

    monkeypatch.setattr(text_encoders, "read_floats", cut)
    with pytest.raises(CheckpointError, match="changed while"):
        text_encoders.load_clap_text(clap)


@pytest.mark.parametrize("name", ["a" * 5000, "\0", "x\0/y", "../../etc", "/etc/passwd", "\x1b[2J", ".", ""])
def test_names_of_encoders_lead_nowhere_else(tmp_path: Path, name: str) -> None:
    for config, named in ((T5Config(name), None), (T5Config(), name)):
        if named in (".", ""):
            continue  # the model's own folder
        with pytest.raises(CheckpointError) as caught:
            find_text_encoder(tmp_path / "model", config, named)
        assert caught.value.hint and caught.value.message.isprintable()

"""The words of T5Gemma stay in their file: the same hidden states, and no others when the file is another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from musicapp.checkpoints import text_encoders
from musicapp.checkpoints.table_in_file import TableInFile
from musicapp.errors import CheckpointError
from tests.tiny_model import write_tiny_t5gemma

PROMPTS = ["calm piano, 90 bpm", "drums"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_t5gemma(tmp_path, width=32)


def hidden(encoder: nn.Module, tokenizer: object) -> torch.Tensor:
    ids, mask = tokenizer(PROMPTS)  # type: ignore[operator]
    with torch.inference_mode():
        found: torch.Tensor = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    return found


def table_of(encoder: nn.Module) -> TableInFile:
    table = encoder.get_input_embeddings()  # type: ignore[operator]
    assert isinstance(table, TableInFile)
    return table


def test_rows_from_the_file_are_the_table_in_memory(folder: Path) -> None:
    encoder, tokenizer = text_encoders.load_t5gemma(folder, 16)
    table = table_of(encoder)
    whole = load_file(table.path)[table.name].float()
    assert all(weight.shape != whole.shape for weight in encoder.parameters()), "it takes no memory"
    got = hidden(encoder, tokenizer)
    encoder.set_input_embeddings(nn.Embedding.from_pretrained(whole))  # type: ignore[operator]
    torch.testing.assert_close(got, hidden(encoder, tokenizer), atol=0, rtol=0)


def test_a_file_in_bfloat16_gives_rows_in_it(folder: Path) -> None:
    path = next(folder.rglob("model.safetensors"))
    save_file({name: weight.bfloat16() for name, weight in load_file(path).items()}, path)
    encoder, tokenizer = text_encoders.load_t5gemma(folder, 16, keeps_bf16=True)
    assert hidden(encoder, tokenizer).dtype == torch.bfloat16


def _other_words(path: Path, name: str) -> None:
    weights = {key: weight.clone() for key, weight in load_file(path).items()}
    weights[name] += 1
    save_file(weights, path)
    os.utime(path, (1, 1))


def _shorter(path: Path, _: str) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _gone(path: Path, _: str) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [_other_words, _shorter, _gone])
def test_another_file_in_its_place_is_refused(folder: Path, change) -> None:  # type: ignore[no-untyped-def]
    encoder, tokenizer = text_encoders.load_t5gemma(folder, 16)
    table = table_of(encoder)
    change(table.path, table.name)
    with pytest.raises(CheckpointError) as caught:
        hidden(encoder, tokenizer)
    assert caught.value.hint

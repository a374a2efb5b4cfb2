"""`tokenizer.json` of a text encoder: read by the letter, refused where a prompt could cost minutes or gigabytes.

The library that runs it takes every file for a friend's: twenty rules that double a letter make a million of one,
ids may lie beyond any embedding, and what it did not foresee is a panic that no `except Exception` catches.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from musicapp.description.plain_files import parse_json, read_bytes
from musicapp.description.sections import read_json, refuse_code
from musicapp.errors import CheckpointError
from musicapp.nn.conditioners import Tokenizer

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Tokenizers

HINT = "The folder needs config.json, model.safetensors and tokenizer.json of the text encoder; get it again."
MAX_BYTES = 48 << 20  # T5Gemma's has 34 million
MAX_STEPS = 16  # of rewriting and splitting
PARTS = ("normalizers", "pretokenizers", "processors")  # what sequences of rules call them
MAX_GROWTH = 16.0  # how much longer all rewriting together may make a text
MAX_PIECE_BYTES = 64  # that one character may become; in the public table it is 33
# One character or class of them, repeated or not: patterns that cannot take more than a look at each letter.
_SIMPLE = re.compile(r"(?:\\[sdwSDW]|\[[^\[\]\\&]+\]|[^\\\[\](){}|*+?^$])(?:\+|\{[1-9]\d?,?\d{0,2}\})?")


def load_tokenizer(folder: Path, max_length: int, *, vocabulary: int = 0, settings_needed: bool = True) -> Tokenizer:
    """Texts to ids and mask, both `(batch, max_length)` int64: cut and padded, end marks counted.

    vocabulary       rows of the encoder's embedding, below which every id must be; 0 = unknown
    settings_needed  False: without a tokenizer_config.json `<pad>` fills up behind, as in T5, whose public folder
                     has none
    Raises CheckpointError: missing, damaged, of another encoder, or made to be slow.
    """
    from tokenizers import Tokenizer as Tokenizers

    path = next((p for p in (folder, folder.parent / "tokenizer") if (p / "tokenizer.json").is_file()), folder)
    path_of_settings = path / "tokenizer_config.json"
    settings = read_json(path_of_settings) if settings_needed or path_of_settings.exists() else {}
    refuse_code(settings, path_of_settings)
    text = _read(path)
    pad, side = _padding(settings)
    with _in_words(path):
        tokenizer = Tokenizers.from_str(text)
        highest = max(tokenizer.get_vocab(with_added_tokens=True).values(), default=0)
        pad_id = tokenizer.token_to_id(pad)
    if pad_id is None or side not in ("left", "right") or (vocabulary and highest >= vocabulary):
        raise _other(path)
    with _in_words(path):
        tokenizer.enable_truncation(max_length)
        tokenizer.enable_padding(direction=side, length=max_length, pad_id=pad_id, pad_token=pad)
    tokenize = _FileTokenizer(tokenizer, path, max_length, vocabulary)
    tokenize(["", "a"])
    return tokenize


class _FileTokenizer:
    """Texts to ids and mask, and what of a text does not fit."""

    def __init__(self, tokenizer: Tokenizers, path: Path, max_length: int, vocabulary: int) -> None:
        self._tokenizer, self._path, self._max_length, self._vocabulary = tokenizer, path, max_length, vocabulary

    def __call__(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        with _in_words(self._path):
            encodings = self._tokenizer.encode_batch(texts)
        ids = [e.ids for e in encodings]
        # Marks around the text are not counted by all kinds of truncation, and their ids need not be in the vocabulary.
        if any(len(row) != self._max_length or (self._vocabulary and max(row) >= self._vocabulary) for row in ids):
            raise _other(self._path)
        return torch.tensor(ids), torch.tensor([e.attention_mask for e in encodings])

    def unread(self, text: str) -> str:
        with _in_words(self._path):
            behind = self._tokenizer.encode(text).overflowing
            offsets = next((encoding.offsets for encoding in behind), [])
        starts = [start for start, end in offsets if end > start]  # marks have no place in the text
        if not starts:
            return ""
        first = min(starts)
        while first > 0 and not text[first - 1].isspace():  # a word of which only a part is read is not heard
            first -= 1
        return text[first:].strip(" ,;.\n")


def _read(folder: Path) -> str:
    """The text of a tokenizer.json whose rules were looked at."""
    path = folder / "tokenizer.json"
    try:
        content = read_bytes(path, MAX_BYTES)
        if content is None:
            raise CheckpointError(f"{path} is far too large to be a tokenizer.", hint=HINT)
        _check(parse_json(content))
        return content.decode("utf-8-sig")
    except (OSError, ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise _unreadable(folder, error) from error


def _check(values: Any) -> None:
    """Raise ValueError, TypeError, KeyError or AttributeError for rules that are malformed or made to be slow."""
    rewriting, splitting = list(_steps(values.get("normalizer"))), list(_steps(values.get("pre_tokenizer")))
    if len(rewriting) + len(splitting) > MAX_STEPS:
        raise ValueError("the rules are too many")
    if math.prod(map(_growth, rewriting)) > MAX_GROWTH:
        raise ValueError("the rules make a text too long")
    for step in splitting:
        if "pattern" in step:
            _pattern(step)
    for step in _steps(values.get("post_processor")):
        # The library takes memory without end for a text that stands in its own frame twice.
        if step["type"] == "TemplateProcessing" and sum("Sequence" in piece for piece in step["single"]) != 1:
            raise ValueError("the marks hold no text or several")
    if values["model"].get("dropout"):
        raise ValueError("the tokens are drawn by chance")


def _steps(section: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """All rules of a section, sequences opened."""
    if section is None:
        return
    if depth > MAX_STEPS or not isinstance(section, dict):
        raise TypeError("a rule is no rule")
    if section["type"] != "Sequence":
        yield section
        return
    inner = [step for name in PARTS for step in section.get(name, [])]
    if len(inner) > MAX_STEPS:
        raise ValueError("the rules are too many")
    for step in inner:
        yield from _steps(step, depth + 1)


def _growth(step: dict[str, Any]) -> float:
    """How many times longer a rule can make a text, a short beginning not counted."""
    if step["type"] == "Replace":
        return max(1.0, len(step["content"]) / _pattern(step))
    if step["type"] == "Prepend" and len(step["prepend"]) > MAX_PIECE_BYTES:
        raise ValueError("a long text is put in front")
    if step["type"] == "Precompiled":
        try:
            table = base64.b64decode(step["precompiled_charsmap"] or "", validate=True)
        except binascii.Error as error:
            raise ValueError("the table of characters is damaged") from error
        pieces = table[4 + int.from_bytes(table[:4], "little") :].split(b"\0")
        if max(map(len, pieces)) > MAX_PIECE_BYTES:
            raise ValueError("the table of characters makes a text too long")
    return 1.0


def _pattern(step: dict[str, Any]) -> int:
    """The least length that a rule's pattern matches."""
    pattern = step["pattern"]
    if len(pattern) != 1 or not all(isinstance(text, str) and text for text in pattern.values()):
        raise ValueError("a pattern is none")
    if "Regex" in pattern and not _SIMPLE.fullmatch(pattern["Regex"]):
        raise ValueError("a pattern is too complicated")
    return len(pattern["String"]) if "String" in pattern else 1


def _padding(settings: dict[str, Any]) -> tuple[str, object]:
    """The token that fills up, and on which side."""
    pad = settings.get("pad_token", "<pad>")
    pad = pad["content"] if isinstance(pad, dict) and "content" in pad else pad
    gemma = str(settings.get("tokenizer_class", "")).startswith("Gemma")  # its class pads in front unless told
    return str(pad), settings.get("padding_side", "left" if gemma else "right")


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    """Failures of the library as CheckpointError: plain Exceptions, and panics, which are not even that."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise _unreadable(folder, error) from error


def _unreadable(folder: Path, error: BaseException) -> CheckpointError:
    return CheckpointError(f"{folder} has no readable tokenizer.json.", hint=HINT, detail=str(error)[:500])


def _other(folder: Path) -> CheckpointError:
    return CheckpointError(f"The tokenizer in {folder} does not fit its text encoder.", hint=HINT)

"""Text encoders from a local folder in Hugging Face layout: config.json, model.safetensors, tokenizer.json.

Nothing is downloaded and no code from the folder is run. transformers is imported late: it takes seconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from musicapp.checkpoints.sections import read_json
from musicapp.checkpoints.weights import open_weights
from musicapp.errors import CheckpointError
from musicapp.nn.conditioners import Tokenizer

CLAP_MAX_LENGTH = 77
HINT = "The folder needs config.json, model.safetensors and tokenizer.json of the text encoder; get it again."

# Parts of a full published file that a text encoder does not use.
UNUSED = ("decoder.", "model.decoder.", "lm_head.", "audio_model.", "audio_projection.", "logit_scale")


def load_t5(folder: Path, max_length: int) -> tuple[nn.Module, Tokenizer]:
    """A `T5EncoderModel` and its tokenizer. Raises CheckpointError."""
    settings = _read_settings(folder, ("t5",))
    from transformers import T5EncoderModel

    encoder = _load(T5EncoderModel, folder)
    vocabulary = int(settings.get("vocab_size", 0))
    return encoder, load_tokenizer(folder, max_length, vocabulary=vocabulary, settings_needed=False)


def load_t5gemma(folder: Path, max_length: int) -> tuple[nn.Module, Tokenizer]:
    """A `T5GemmaEncoderModel` and its tokenizer; a full file's other half is left. Raises CheckpointError."""
    settings = _read_settings(folder, ("t5gemma",))
    from transformers import T5GemmaConfig, T5GemmaEncoderModel

    try:
        config = T5GemmaConfig.from_pretrained(folder, local_files_only=True)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"The text encoder in {folder} has a config.json that cannot be used.", hint=HINT, detail=str(error)
        ) from error
    config.is_encoder_decoder = False
    encoder = _load(T5GemmaEncoderModel, folder, config=config)
    vocabulary = int((settings.get("encoder") or settings).get("vocab_size", 0))
    return encoder, load_tokenizer(folder, max_length, vocabulary=vocabulary)


def load_clap_text(folder: Path, *, pooled: bool = False) -> tuple[nn.Module, Tokenizer]:
    """CLAP's text branch and its tokenizer; with its projection if the folder has one or `pooled` needs it."""
    settings = _read_settings(folder, ("clap_text_model", "clap"))
    from transformers import ClapTextModel, ClapTextModelWithProjection

    bare = settings.get("architectures") == ["ClapTextModel"] and not pooled
    encoder = _load(ClapTextModel if bare else ClapTextModelWithProjection, folder)
    settings = settings.get("text_config", settings)
    if int(settings.get("max_position_embeddings", 514)) < CLAP_MAX_LENGTH + 2:
        raise CheckpointError(f"The text encoder in {folder} is too short for {CLAP_MAX_LENGTH} tokens.", hint=HINT)
    return encoder, load_tokenizer(folder, CLAP_MAX_LENGTH, vocabulary=int(settings.get("vocab_size", 0)))


def load_tokenizer(folder: Path, max_length: int, *, vocabulary: int = 0, settings_needed: bool = True) -> Tokenizer:
    """Texts to ids and mask, both `(batch, max_length)` int64: cut and padded, end marks counted.

    vocabulary       rows of the encoder's embedding; a tokenizer with more would crash it later. 0 = unknown
    settings_needed  False: without a tokenizer_config.json `<pad>` fills up behind, as in T5, whose public folder
                     has none
    """
    from tokenizers import Tokenizer as Tokenizers

    path = next((p for p in (folder, folder.parent / "tokenizer") if (p / "tokenizer.json").is_file()), folder)
    path_of_settings = path / "tokenizer_config.json"
    settings = read_json(path_of_settings) if settings_needed or path_of_settings.exists() else {}
    try:
        tokenizer = Tokenizers.from_str((path / "tokenizer.json").read_text(encoding="utf-8"))
    except Exception as error:  # the library raises plain Exception for a damaged file
        raise CheckpointError(f"{path} has no readable tokenizer.json.", hint=HINT, detail=str(error)) from error
    pad = settings.get("pad_token", "<pad>")
    pad = pad["content"] if isinstance(pad, dict) and "content" in pad else pad
    pad_id = tokenizer.token_to_id(str(pad))
    gemma = str(settings.get("tokenizer_class", "")).startswith("Gemma")  # its class pads in front unless told
    side = settings.get("padding_side", "left" if gemma else "right")
    if pad_id is None or side not in ("left", "right") or (vocabulary and tokenizer.get_vocab_size() > vocabulary):
        raise CheckpointError(f"The tokenizer in {path} does not fit its text encoder.", hint=HINT)
    tokenizer.enable_truncation(max_length)
    tokenizer.enable_padding(direction=side, length=max_length, pad_id=pad_id, pad_token=str(pad))

    def tokenize(texts: list[str]) -> tuple[Tensor, Tensor]:
        encodings = tokenizer.encode_batch(texts)
        return torch.tensor([e.ids for e in encodings]), torch.tensor([e.attention_mask for e in encodings])

    return tokenize


def _read_settings(folder: Path, kinds: tuple[str, ...]) -> dict[str, Any]:
    if not folder.is_dir():
        raise CheckpointError(f"There is no text encoder in {folder}.", hint=HINT)
    settings = read_json(folder / "config.json")
    if settings.get("model_type") not in kinds:
        found = json.dumps(settings.get("model_type"))[:40]
        raise CheckpointError(f"The text encoder in {folder} is of the type {found}, not {kinds[0]}.", hint=HINT)
    with open_weights(folder / "model.safetensors"):
        return settings  # the file is whole, as far as its header tells


def _load(cls: Any, folder: Path, **settings: Any) -> nn.Module:
    try:
        with _quiet():
            model, report = cls.from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
                **settings,
            )
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"The text encoder in {folder} cannot be loaded.", hint=HINT, detail=str(error)
        ) from error
    missing = sorted(report["missing_keys"])
    surplus = sorted(key for key in report["unexpected_keys"] if not key.startswith(UNUSED))
    surplus = [key for key in surplus if not key.endswith(("position_ids", "token_type_ids"))]
    if missing or surplus:
        problem = f"lacks the weight “{missing[0]}”" if missing else f"has a weight “{surplus[0]}” that it does not use"
        raise CheckpointError(f"The text encoder in {folder} {problem}.", hint=HINT)
    return model.eval().requires_grad_(False)


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars and no advice on the terminal while transformers loads; its settings are put back."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()

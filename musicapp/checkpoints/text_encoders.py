"""Text encoders from a local folder in Hugging Face layout: config.json, model.safetensors, tokenizer.json.

Nothing is downloaded and no code from the folder is run. transformers is imported late: it takes seconds. CLAP, which
the built-in model has, is a network of our own and does without it.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from musicapp.checkpoints.table_in_file import TableInFile
from musicapp.checkpoints.tokenizer_file import HINT, load_tokenizer
from musicapp.checkpoints.weights import WEIGHTS_NAME, check_float, open_weights, read_floats
from musicapp.description import weight_names
from musicapp.description.checks import MAX_DEPTH, MAX_WIDTH
from musicapp.description.sections import read_json, read_object, refuse_code
from musicapp.errors import CheckpointError, refused_by_system
from musicapp.nn.clap_text import ClapTextModel, ClapTextModelWithProjection, ClapTextSettings
from musicapp.nn.conditioners import Tokenizer

CLAP_MAX_LENGTH = 77
T5_KINDS, T5GEMMA_KINDS, CLAP_KINDS = ("t5",), ("t5gemma",), ("clap_text_model", "clap")
SIZES = {
    "vocab_size": 1 << 20,
    "max_position_embeddings": 1 << 20,
    **dict.fromkeys(("d_model", "d_ff", "d_kv", "num_heads", "hidden_size", "intermediate_size"), MAX_WIDTH),
    **dict.fromkeys(("num_attention_heads", "num_key_value_heads", "head_dim", "projection_dim"), MAX_WIDTH),
    **dict.fromkeys(("relative_attention_num_buckets", "type_vocab_size"), MAX_WIDTH),
}

# Parts of a full published file that a text encoder does not use.
UNUSED = ("decoder.", "model.decoder.", "lm_head.", "audio_model.", "audio_projection.", "logit_scale")
COUNTERS = ("position_ids", "token_type_ids")  # 0, 1, 2 ... and 0, 0, 0 ..., which some files hold and some do not


def load_t5(folder: Path, max_length: int) -> tuple[nn.Module, Tokenizer]:
    """A `T5EncoderModel` and its tokenizer. Raises CheckpointError."""
    settings = _read_settings(folder, T5_KINDS)
    from transformers import T5EncoderModel

    encoder, vocabulary = _load(T5EncoderModel, folder, settings)
    return encoder, load_tokenizer(folder, max_length, vocabulary=vocabulary, settings_needed=False)


def load_t5gemma(folder: Path, max_length: int, *, keeps_bf16: bool = False) -> tuple[nn.Module, Tokenizer]:
    """A `T5GemmaEncoderModel` and its tokenizer; a full file's other half is left. Raises CheckpointError.

    keeps_bf16  a file in bfloat16 stays in it: half the memory, and quicker where it is native
    """
    settings = _read_settings(folder, T5GEMMA_KINDS)
    from transformers import T5GemmaEncoderModel

    encoder, vocabulary = _load(
        T5GemmaEncoderModel,
        folder,
        {**settings, "is_encoder_decoder": False},
        keeps_bf16=keeps_bf16,
        table="encoder.embed_tokens.weight",
    )
    return encoder, load_tokenizer(folder, max_length, vocabulary=vocabulary)


def load_clap_text(folder: Path, *, pooled: bool = False) -> tuple[nn.Module, Tokenizer]:
    """CLAP's text branch and its tokenizer; with its projection if the folder has one or `pooled` needs it."""
    settings = _read_settings(folder, CLAP_KINDS)
    bare = settings.get("architectures") == ["ClapTextModel"] and not pooled
    settings = read_object(settings.get("text_config", settings), "text_config")
    with open_weights(weight_names.find(folder, WEIGHTS_NAME)) as file, _in_words(folder):
        values = _cleaned(settings, folder / "config.json", min(MAX_DEPTH, len(file.keys())))
        known = _clap_settings(values)
        with torch.device("meta"):
            encoder = (ClapTextModel if bare else ClapTextModelWithProjection)(known)
        used = _used_names(file)
        _refuse_oversized(encoder, _held(file, used), folder)
        _refuse_others(set(encoder.state_dict()) - set(used), set(used) - set(encoder.state_dict()), folder)
        encoder.load_state_dict({name: read_floats(file, name).float() for name in used}, assign=True)
    _try(encoder, folder)
    # Positions are counted from behind the number of the padding token.
    if known.max_position_embeddings <= known.pad_token_id + CLAP_MAX_LENGTH:
        raise CheckpointError(f"The text encoder in {folder} is too short for {CLAP_MAX_LENGTH} tokens.", hint=HINT)
    return encoder, load_tokenizer(folder, CLAP_MAX_LENGTH, vocabulary=known.vocab_size)


def _clap_settings(values: dict[str, Any]) -> ClapTextSettings:
    """What of the settings decides the network. Raises TypeError for one of another kind, which is then told."""
    chosen = {}
    for field in dataclasses.fields(ClapTextSettings):
        value = values.get(field.name, field.default)
        kinds = (int, float) if isinstance(field.default, float) else (type(field.default),)
        if type(value) not in kinds:
            raise TypeError(f"{field.name} is {value!r:.100}")
        chosen[field.name] = value
    return ClapTextSettings(**chosen)


def check(folder: Path, kinds: tuple[str, ...], max_length: int) -> None:
    """Raise what loading would for the description, the file of weights and the tokenizer; no weight is read."""
    _read_settings(folder, kinds)
    with open_weights(weight_names.find(folder, WEIGHTS_NAME)) as file:
        for name in file.keys():  # noqa: SIM118 - not a mapping
            if not name.startswith(UNUSED) and not name.endswith(COUNTERS):
                check_float(file, name)
    load_tokenizer(folder, max_length, settings_needed=kinds != T5_KINDS)


def _read_settings(folder: Path, kinds: tuple[str, ...]) -> dict[str, Any]:
    if not folder.is_dir():
        raise CheckpointError(f"There is no text encoder in {folder}.", hint=HINT)
    if not (folder / "config.json").is_file():
        raise CheckpointError(f"The folder {folder} has no config.json, so it is no text encoder.", hint=HINT)
    settings = read_json(folder / "config.json")
    if settings.get("model_type") not in kinds:
        found = json.dumps(settings.get("model_type"))[:40]
        raise CheckpointError(f"The text encoder in {folder} is of the type {found}, not {kinds[0]}.", hint=HINT)
    return settings


def _load(
    cls: Any, folder: Path, settings: dict[str, Any], *, keeps_bf16: bool = False, table: str = ""
) -> tuple[nn.Module, int]:
    """The network with its weights in float32, unless they are bfloat16 and stay it, and the rows of its embedding.

    table  name of the embedding, which then stays in the file

    transformers gets settings whose sizes were checked, and weights that we read: its own reader maps the file, which
    ends the process when the file becomes shorter, and takes numbers that are not finite.
    """
    path = weight_names.find(folder, WEIGHTS_NAME)
    with open_weights(path) as file, _in_words(folder):
        depth = min(MAX_DEPTH, len(file.keys()))  # every layer has weights
        config = cls.config_class.from_dict(_cleaned(settings, folder / "config.json", depth))
        with torch.device("meta"):
            empty = cls(config)
        vocabulary = int(empty.get_input_embeddings().weight.shape[0])
        used = _used_names(file)
        _refuse_oversized(empty, _held(file, used), folder)
        held = torch.float32
        if keeps_bf16 and all(file.get_slice(name).get_dtype() == "BF16" for name in used):
            held = torch.bfloat16
        left = _left_in_file(file, used, table, empty)
        state = {name: read_floats(file, name).to(held) for name in used if name != left}
        with _quiet():
            if left:
                _shorten_table(config, state, left, empty)
            model, report = cls.from_pretrained(
                None, config=config, state_dict=state, output_loading_info=True, dtype=held
            )
            if left:
                model.set_input_embeddings(TableInFile(path, left, file.seen, held))
    missing = {name for name in report["missing_keys"] if not name.endswith(COUNTERS)}
    _refuse_others(missing, set(report["unexpected_keys"]), folder)
    _count(model)
    _try(model, folder)
    return model, vocabulary


def _left_in_file(file: Any, used: list[str], table: str, network: nn.Module) -> str:
    """Which weight is the table of the network's words and can stay in the file; "" for none."""
    shape = tuple(network.get_input_embeddings().weight.shape)  # type: ignore[operator]
    found = [name for name in used if table and name.endswith(table) and tuple(file.get_slice(name).shape) == shape]
    for name in found:
        check_float(file, name)
    return found[0] if len(found) == 1 else ""


def _shorten_table(config: Any, state: dict[str, torch.Tensor], left: str, network: nn.Module) -> None:
    """Have a network made whose table is no longer than its padding token needs: it is replaced anyway."""
    embedding = network.get_input_embeddings()  # type: ignore[operator]
    rows = 1 + (embedding.padding_idx or 0)
    config.encoder.vocab_size = config.vocab_size = rows
    state[left] = torch.zeros(rows, embedding.embedding_dim, dtype=next(iter(state.values())).dtype)


def _used_names(file: Any) -> list[str]:
    """The weights of a full published file that a text encoder uses."""
    return [name for name in file.keys() if not name.startswith(UNUSED) and not name.endswith(COUNTERS)]  # noqa: SIM118


def _held(file: Any, names: list[str]) -> int:
    """Numbers in these weights together."""
    return sum(math.prod(file.get_slice(name).shape) for name in names)


def _refuse_others(missing: set[str], surplus: set[str], folder: Path) -> None:
    """Raise unless the file holds exactly the network's weights."""
    if missing or surplus:
        first = min(missing or surplus)
        problem = f"lacks the weight “{first}”" if missing else f"has a weight “{first}” that it does not use"
        raise CheckpointError(f"The text encoder in {folder} {problem}.", hint=HINT)


def _try(encoder: nn.Module, folder: Path) -> None:
    """Use an encoder once: some settings only fail then, an unknown activation for one."""
    encoder.eval().requires_grad_(False)
    with torch.inference_mode(), _in_words(folder):
        encoder(input_ids=torch.zeros(1, 2, dtype=torch.int64), attention_mask=torch.ones(1, 2, dtype=torch.int64))


def _cleaned(settings: dict[str, Any], path: Path, depth: int) -> dict[str, Any]:
    """The settings without number formats, all parts' sizes checked and none asking for code."""
    refuse_code(settings, path)
    for name, value in settings.items():
        most = depth if "layers" in name else SIZES.get(name, 0)
        if most and type(value) is int and not 0 <= value <= most:
            raise CheckpointError(f"The text encoder in {path.parent} has a {name} of {value}.", hint=HINT)
    inner = {name: _cleaned(value, path, depth) for name, value in settings.items() if isinstance(value, dict)}
    return {name: inner.get(name, value) for name, value in settings.items() if name not in ("dtype", "torch_dtype")}


def _refuse_oversized(network: nn.Module, held: int, folder: Path) -> None:
    """Raise before memory is taken for a network that has more numbers than the file."""
    asked = sum(weight.numel() for weight in network.parameters())
    if asked > held:
        raise CheckpointError(
            f"The text encoder in {folder} has {asked:,} weights by its config.json; the file holds {held:,}.",
            hint=HINT,
        )


def _count(model: nn.Module) -> None:
    """Fill the counters, which are not read: a file could have any number there."""
    for name, buffer in model.named_buffers():
        if name.endswith("position_ids"):
            buffer.copy_(torch.arange(buffer.shape[-1]))
        elif name.endswith(COUNTERS):
            buffer.zero_()


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    """Whatever transformers raises for settings that it cannot use, as CheckpointError."""
    try:
        yield
    except CheckpointError:
        raise
    except Exception as error:  # each kind of setting fails in its own way, some by its author's own class
        if (refused := refused_by_system(error)) is not None:
            raise refused from error
        raise CheckpointError(
            f"The text encoder in {folder} cannot be loaded.", hint=HINT, detail=str(error)[:500]
        ) from error


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

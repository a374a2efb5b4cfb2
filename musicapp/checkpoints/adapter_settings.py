"""How strong an adapter is: its alpha and rank, from wherever its trainer wrote them.

Besides the tensors named `alpha`, which win, that is the header of its file, under many names, and the
`adapter_config.json` that PEFT writes beside `adapter_model.safetensors`, which is about no other file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from musicapp.description.adapter_names import CHOOSE, KINDS
from musicapp.description.sections import read_json
from musicapp.errors import CheckpointError

PEFT_CONFIG = "adapter_config.json"
PEFT_NAME = "adapter_model"
LARGEST = 1e12  # some trainers write a huge alpha for "as it is"
_ALPHA = ("lora_alpha", "alpha", "network_alpha", "ss_network_alpha")
_RANK = ("r", "rank", "lora_rank", "lora_dim", "network_dim", "ss_network_dim")
_BY_ROOT = ("use_rslora", "rslora", "rs_lora")
_OF_TEXT = re.compile(r"(?:text_encoder|text_model|te)(?:_?\d)?")
_INSIDE = re.compile(r"lora|adapter|peft|network_args|lycoris")  # names of header entries that hold settings as JSON
_ALWAYS_JSON = ("lora_config", "lora_adapter_metadata")
# These start from other weights than the model's, which are not in the file. "eva" and "orthogonal" change none.
_PLAIN_STARTS = ("true", "false", "default", "gaussian", "eva", "orthogonal")
_NOT_KNOWN = ("fan_in_fan_out", "use_qalora", "layer_replication", "lora_bias", "alora_invocation_tokens")
_NO_VALUE = ("", "none", "null", "dynamic")


@dataclass(frozen=True)
class AdapterSettings:
    """What is known of an adapter beside its weights. None: not told.

    kind           of Stable Audio 3's own kinds
    by_root        alpha is divided by the rank's square root
    has_lengths    whether every layer must come with lengths
    is_peft        PEFT divides by the rank also where LyCORIS does not
    ranks, alphas  of single layers, by the ends of their names
    """

    kind: str | None = None
    rank: float | None = None
    alpha: float | None = None
    by_root: bool = False
    has_lengths: bool = False
    is_peft: bool = False
    ranks: Mapping[str, float] = field(default_factory=dict)
    alphas: Mapping[str, float] = field(default_factory=dict)

    def rank_of(self, layer: str) -> float | None:
        """The rank that a layer is said to have."""
        return _of_pattern(self.ranks, layer, self.rank)

    def alpha_of(self, layer: str) -> float | None:
        """The alpha that a layer is said to have."""
        return _of_pattern(self.alphas, layer, self.alpha)


def read_settings(path: Path, metadata: Mapping[str, str]) -> AdapterSettings:
    """What the header and the file beside an adapter say. Raises CheckpointError: damaged, contradicting, not known."""
    try:
        values = list(_in_header(metadata))
        beside = path.parent / PEFT_CONFIG
        if beside.is_file():
            config = read_json(beside)
            if path.name.split(".")[0] == PEFT_NAME:
                values += config.items()
            elif not any(path.parent.glob(f"{PEFT_NAME}.*")):  # maybe its own, under another name
                _refuse_start(path, config.get("init_lora_weights", True))
        return _settings(path, values)
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise CheckpointError(f"The settings of the adapter {path.name} are damaged.", hint=CHOOSE) from error


def _in_header(metadata: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Every setting in a header, by the last part of its name; those of text encoders are left out."""
    for key, text in metadata.items():
        if key in _ALWAYS_JSON or (_INSIDE.search(key) and text.lstrip().startswith("{")):
            yield from _of_transformer(json.loads(text))
        else:
            yield from _of_transformer({key: text})


def _of_transformer(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        *owners, name = key.split(".")
        if any(_OF_TEXT.fullmatch(owner) for owner in owners):
            continue
        if isinstance(value, dict) and not name.endswith("_pattern"):
            yield from (() if _OF_TEXT.fullmatch(name) else _of_transformer(value))
        else:
            yield name, value


def _settings(path: Path, values: list[tuple[str, Any]]) -> AdapterSettings:
    for name, value in values:
        if name == "init_lora_weights":
            _refuse_start(path, value)
        if name in _NOT_KNOWN and _is_true(value):
            raise CheckpointError(f"The adapter {path.name} needs {name}, which is not supported.", hint=KINDS)
        if name == "peft_type" and str(value).split(".")[-1].upper() not in ("LORA", "LOHA", "LOKR"):
            raise CheckpointError(f"The adapter {path.name} is of the kind “{str(value)[:40]}”, not known.", hint=KINDS)
        if name == "adapter_type" and value is not None and not isinstance(value, str):
            raise CheckpointError(f"The adapter {path.name} is of the kind “{str(value)[:40]}”, not known.", hint=KINDS)
    kinds = {value for name, value in values if name == "adapter_type" and value is not None}
    if len(kinds) > 1:
        raise CheckpointError(f"The adapter {path.name} says two kinds of itself.", hint=CHOOSE)
    return AdapterSettings(
        kind=next(iter(kinds), None),
        rank=_one(path, "rank", values, _RANK),
        alpha=_one(path, "alpha", values, _ALPHA),
        by_root=any(name in _BY_ROOT and _is_true(value) for name, value in values),
        has_lengths=any(name == "use_dora" and _is_true(value) for name, value in values),
        is_peft=any(name == "peft_type" for name, _ in values),
        ranks=_pattern(path, values, "rank_pattern"),
        alphas=_pattern(path, values, "alpha_pattern"),
    )


def _refuse_start(path: Path, value: object) -> None:
    """PiSSA, OLoRA and the like train the difference to other weights than the model's: merged, they would be wrong."""
    if str(value).lower() not in (*_PLAIN_STARTS, *_NO_VALUE):
        raise CheckpointError(
            f"The adapter {path.name} does not start from the model's own weights (“{str(value)[:40]}”), so it cannot "
            "be merged into them.",
            hint="Save it as an ordinary LoRA: PEFT does that with path_initial_model_for_weight_conversion.",
        )


def _one(path: Path, what: str, values: list[tuple[str, Any]], names: tuple[str, ...]) -> float | None:
    """The number that stands under any of the names; the same one wherever it stands."""
    told = [value for name, value in values if name in names and str(value).lower() not in _NO_VALUE]
    try:
        found = {_number(value) for value in told}
    except (ValueError, TypeError) as error:
        raise CheckpointError(
            f"The adapter {path.name} says no rank or alpha that can be used: “{str(told[0])[:40]}”.", hint=CHOOSE
        ) from error
    if len(found) > 1:
        shown = " and ".join(f"{number:g}" for number in sorted(found))
        raise CheckpointError(
            f"The adapter {path.name} contradicts itself: its {what} is {shown}.",
            hint="Have its trainer save it again, or choose another copy.",
        )
    return next(iter(found), None)


def _number(value: Any) -> float:
    """A number, also as text. Raises ValueError or TypeError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        raise ValueError("a number is needed")
    number = float(value)
    if not 0 <= number <= LARGEST:
        raise ValueError("a number in range is needed")
    return number


def _is_true(value: object) -> bool:
    return bool(value) and str(value).lower() not in ("false", "0", *_NO_VALUE)


def _pattern(path: Path, values: list[tuple[str, Any]], name: str) -> dict[str, float]:
    """Numbers for single layers. PEFT's keys are regular expressions; only plain names are taken."""
    found: dict[str, float] = {}
    for key, value in values:
        if key != name or not value:
            continue
        value = json.loads(value) if isinstance(value, str) else value
        for layer, number in value.items():
            if not re.fullmatch(r"[\w.]{1,200}", layer):
                raise CheckpointError(
                    f"The adapter {path.name} needs a {name} for “{layer[:60]}”, which is not supported.",
                    hint="Have its trainer save it with an alpha for each layer, or with one rank for all.",
                )
            found[layer] = _number(number)
    return found


def _of_pattern(numbers: Mapping[str, float], layer: str, otherwise: float | None) -> float | None:
    """The first whose name is the layer's, or its end behind a dot, as PEFT looks."""
    return next((number for name, number in numbers.items() if f".{layer}".endswith(f".{name}")), otherwise)

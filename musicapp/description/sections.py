"""JSON objects into dataclasses, strictly: an unknown, missing or mistyped key is an error with its name."""

from __future__ import annotations

import difflib
import math
import types
import typing
from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, Union

from musicapp.description.plain_files import parse_json, read_bytes
from musicapp.errors import CheckpointError

DAMAGED_HINT = "The model's description is damaged or made for another program; get the model again."
FOREIGN_HINT = "Choose a folder with a model of the Stable Audio 2, Open or 3 families."
MAX_CONFIG_BYTES = 4 << 20
MAX_NUMBER = 1 << 32  # whole numbers above are nobody's size; torch counts with 64 bits

# Where transformers looks for modules to import, kernels to fetch and libraries that unpack weights.
CODE = ("auto_map", "trust_remote_code", "attn_implementation", "_attn_implementation", "quantization_config")

T = TypeVar("T")


def read_section(cls: type[T], section: object, where: str, *, ignore: Collection[str] = ()) -> T:
    """The dataclass `cls` filled from one JSON object.

    where   the section's path in the file, for messages
    ignore  keys that are known and do not matter here (training settings)
    Raises CheckpointError for unknown keys (suggesting the nearest known one), missing ones and wrong types.
    """
    values = {key: value for key, value in read_object(section, where).items() if key not in ignore}
    known = {field.name: field for field in fields(typing.cast(Any, cls))}
    refuse_unknown(values, known, where)
    hints = typing.get_type_hints(cls)
    for name, field in known.items():
        if name not in values and field.default is MISSING and field.default_factory is MISSING:
            raise CheckpointError(f"“{where}.{name}” is missing from the model's description.", hint=DAMAGED_HINT)
    return cls(**{name: _read_value(value, hints[name], f"{where}.{name}") for name, value in values.items()})


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file, or CheckpointError."""
    try:
        content = read_bytes(path, MAX_CONFIG_BYTES)
        if content is None:
            raise CheckpointError(f"{path.name} is far too large to be a description.", hint=FOREIGN_HINT)
        values = parse_json(content)
    except FileNotFoundError as error:
        raise CheckpointError(
            f"There is no {path.name} in {path.parent}.", hint=FOREIGN_HINT, detail=str(error)
        ) from error
    except OSError as error:
        raise CheckpointError(
            f"{path} cannot be read.", hint="Check that the file can be opened.", detail=str(error)
        ) from error
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested without end
        raise CheckpointError(
            f"{path.name} in {path.parent} is damaged: it is not valid JSON.", hint=DAMAGED_HINT, detail=str(error)
        ) from error
    return read_object(values, path.name)


def read_object(value: object, where: str) -> dict[str, Any]:
    """The value if it is a JSON object."""
    if not isinstance(value, dict):
        raise CheckpointError(f"“{where}” in the model's description should be a section.", hint=DAMAGED_HINT)
    return value


def refuse_unknown(values: Collection[str], known: Collection[str], where: str) -> None:
    """Raise for the first key that is not known, suggesting the nearest that is."""
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(key, list(known), n=1)
            suggestion = f" Did you mean “{near[0]}”?" if near else ""
            raise CheckpointError(
                f"The model's description has an option “{where}.{key[:60]}” that is not known.{suggestion}",
                hint="This version cannot tell what it changes; choose another model or update the app.",
            )


def refuse_code(values: Mapping[str, Any], path: Path) -> None:
    """Raise when settings in the layout of Hugging Face ask for code that would come with the model or from the hub."""
    for option in CODE:
        if values.get(option) not in (None, "eager", "sdpa"):
            raise CheckpointError(
                f"{path.name} in {path.parent} asks for code of its own ({option}), which is never run.",
                hint="Choose a model that needs no code of its own.",
            )


def _read_value(value: object, wanted: Any, where: str) -> Any:
    origin, parts = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in parts:
            return None
        return _read_value(value, next(part for part in parts if part is not type(None)), where)
    if origin in (tuple, list):
        if not isinstance(value, list):
            raise CheckpointError(f"“{where}” should be a list.", hint=DAMAGED_HINT)
        return origin(_read_value(item, parts[0], where) for item in value)
    if origin is dict:
        return {key: _read_value(item, parts[1], f"{where}.{key}") for key, item in read_object(value, where).items()}
    if is_dataclass(wanted):
        return read_section(typing.cast(type, wanted), value, where)
    if wanted is object:  # read before, by the section's own type
        return value
    if wanted is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 1000:
        return float(value)
    if type(value) is int and abs(value) > MAX_NUMBER:
        raise CheckpointError(f"“{where}” is far larger than any model's.", hint=DAMAGED_HINT)
    if type(value) is not wanted or (wanted is float and not math.isfinite(typing.cast(float, value))):
        raise CheckpointError(f"“{where}” is {str(value)[:60]!r}, not {_NAMES[wanted]}.", hint=DAMAGED_HINT)
    return value


_NAMES = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}

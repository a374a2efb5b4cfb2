"""A safetensors file as named tensors in our layout: opened strictly, checked before anything is read.

Only safetensors is read. Pickled checkpoints can run code when opened, so they never are.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import torch
from torch import Tensor

from musicapp.checkpoints import keymap
from musicapp.checkpoints.tensor_file import EIGHT_BITS, TensorFile
from musicapp.description.adapter_names import ADAPTER_HINT, is_marked
from musicapp.description.header import FORMATS_HINT, damaged
from musicapp.description.plain_files import open_plain
from musicapp.description.promises import Promise
from musicapp.errors import CheckpointError
from musicapp.nn.int4 import GROUP

WEIGHTS_NAME = "model.safetensors"
SCALE = "weight_scale"  # beside an int8 weight: one per output row; beside a 4 bit one: one per group of a row
PICKLES = (".ckpt", ".pt", ".pth", ".bin")
FLOATS = ("F64", "F32", "F16", "BF16", *EIGHT_BITS)
GET_AGAIN = "Get the model again; the copy may not have finished."


@dataclass(frozen=True)
class Stored:
    """One weight of ours as the file has it: plain, as length and direction, or in few bits with scales.

    shape  of the weight itself; two of its 4 bit columns share a byte in the file
    parts  part name ("", "g", "v" or "scale") -> the file's name for it
    """

    shape: tuple[int, ...]
    parts: Mapping[str, str]


@contextmanager
def open_weights(path: Path) -> Iterator[TensorFile]:
    """The open safetensors file. Raises CheckpointError: missing, truncated, something else, or changed meanwhile."""
    try:
        file = open_plain(path)
    except FileNotFoundError as error:
        raise _missing(path) from error
    except OSError as error:
        raise damaged(path, str(error)) from error
    with file:
        try:
            weights = TensorFile(file, path)
        except OSError as error:
            raise damaged(path, str(error)) from error
        yield weights
        weights.refuse_change()


def inventory(file: Any, path: Path) -> dict[str, Stored]:
    """Our name -> what the file holds for it, by reading the header only. Raises CheckpointError."""
    names = list(file.keys())
    if is_marked(names):
        raise CheckpointError(f"{path.name} is an adapter, not a model.", hint=ADAPTER_HINT)
    if (kind := keymap.layout(names)) != "published":
        raise CheckpointError(
            f"{path} holds {kind}.", hint="Choose a folder with a model of the Stable Audio 2, Open or 3 families."
        )
    parts: dict[str, dict[str, str]] = {}
    for name in names:
        if keymap.droppable(name):
            continue
        if (ours := keymap.to_ours(name)) is None:
            raise CheckpointError(
                f"{path.name} has a weight “{name[:100]}” that no part of the model uses.", hint=_MIXED
            )
        whole, part = keymap.weight_norm_parts(ours) or (ours, "")
        if whole.endswith("." + SCALE):
            whole, part = whole.removesuffix(SCALE) + "weight", "scale"
        parts.setdefault(whole, {})[part] = name
    return {ours: _stored(file, ours, found) for ours, found in parts.items()}


def refuse_oversized(stored: Mapping[str, Stored], promises: Iterable[Promise]) -> None:
    """Raise CheckpointError for the first part of the description that the file cannot hold."""
    for promise in promises:
        held = [math.prod(entry.shape) for name, entry in stored.items() if name.startswith(promise.prefix)]
        if promise.numbers > sum(held) or promise.weights > len(held):
            raise CheckpointError(
                f"The model's description asks for at least {promise.numbers:,} numbers in {promise.weights:,} weights "
                f"of the {promise.title}; the file holds {sum(held):,} in {len(held):,}.",
                hint=_MIXED,
            )


def check(stored: Mapping[str, Stored], wanted: Mapping[str, tuple[int, ...]]) -> None:
    """Every wanted weight must be there in its shape, and nothing else. Raises CheckpointError naming the first."""
    for name in sorted(wanted.keys() - stored.keys()):
        if not keymap.optional(name):
            raise CheckpointError(f"The weight “{keymap.to_published(name)}” is missing from the model.", hint=_MIXED)
    for name, entry in stored.items():
        if name not in wanted:
            refuse_unused(name, wanted)
        if entry.shape != tuple(wanted[name]):
            raise CheckpointError(
                f"The weight “{keymap.to_published(name)}” has the shape {list(entry.shape)}; "
                f"the model's description asks for {list(wanted[name])}.",
                hint=_MIXED,
            )


def refuse_unused(name: str, wanted: Iterable[str]) -> NoReturn:
    """Raise CheckpointError for a weight of ours that the model does not use."""
    near = difflib.get_close_matches(name, list(wanted), n=1)
    detail = f"nearest known: {near[0]}" if near else ""
    shown = keymap.to_published(name)
    raise CheckpointError(f"The model has a weight “{shown}” that it does not use.", hint=_MIXED, detail=detail)


def read(file: Any, entry: Stored) -> tuple[Tensor, Tensor | None]:
    """The weight, and its scales when it is in few bits. Length and direction are folded in float32.

    Raises CheckpointError for numbers that are not finite.
    """
    if "v" in entry.parts:
        length, direction = (_finite(file, entry.parts[part]).float() for part in ("g", "v"))
        direction.mul_(length / torch.norm_except_dim(direction, 2, 0))  # in place: the largest have 134 MB
        return _refuse_broken(direction, entry.parts["v"]), None  # a direction without length has no quotient
    weight = _finite(file, entry.parts[""])
    return weight, _finite(file, entry.parts["scale"]) if "scale" in entry.parts else None


def read_floats(file: Any, name: str) -> Tensor:
    """A weight of real numbers. Raises CheckpointError when it is of others, or when one is not finite."""
    check_float(file, name)
    return _finite(file, name)


def check_float(file: Any, name: str) -> None:
    """Raise CheckpointError unless a weight is of real numbers, by the header."""
    if (dtype := file.get_slice(name).get_dtype()) not in FLOATS:
        raise CheckpointError(
            f"The weight “{name[:100]}” is stored in a way that is not known ({dtype}).", hint=FORMATS_HINT
        )


def is_finite(weight: Tensor) -> bool:
    """Whether all numbers are finite. Exact, and 25 times as fast as asking each: extremes show what is not."""
    if not weight.is_floating_point() or not weight.numel():
        return True
    least, most = torch.aminmax(weight)
    return bool(torch.isfinite(least) & torch.isfinite(most))


def check_rotation(file: Any, expected: Callable[[int], Tensor]) -> None:
    """Stored rotation tables, if any, must be the formula's: we compute them, in float32, and do not load them."""
    for name in filter(keymap.is_rotation, file.keys()):
        stored = file.get_tensor(name).float()
        table = expected(2 * stored.numel())
        if stored.shape != table.shape or not torch.allclose(stored, table, rtol=0.01, atol=1e-6):
            raise CheckpointError(
                "The model turns positions at frequencies of its own, which is not supported.",
                hint="Choose another model.",
            )


def _finite(file: Any, name: str) -> Tensor:
    return _refuse_broken(file.get_tensor(name), name)


def _refuse_broken(weight: Tensor, name: str) -> Tensor:
    if not is_finite(weight):
        raise CheckpointError(f"The weight “{name}” has numbers that are not finite.", hint=GET_AGAIN)
    return weight


_MIXED = "The folder is damaged or mixes two models; get the model again."


def _stored(file: Any, ours: str, found: dict[str, str]) -> Stored:
    if set(found) not in ({""}, {"g", "v"}, {"", "scale"}):
        raise CheckpointError(f"The weight “{ours}” is stored incompletely or twice.", hint=_MIXED)
    main = file.get_slice(found["v" if "v" in found else ""])
    shape, dtype = tuple(main.get_shape()), main.get_dtype()
    if "scale" in found:
        scale = file.get_slice(found["scale"])
        good = scale.get_dtype() in FLOATS and len(shape) == 2
        if dtype == "U8" and good:
            shape = (shape[0], 2 * shape[1])
            good = list(scale.get_shape()) == [shape[0], shape[1] // GROUP] and shape[1] % GROUP == 0
        else:
            good = good and dtype == "I8" and list(scale.get_shape()) == [shape[0]]
    elif "g" in found:
        length = file.get_slice(found["g"])
        rest = [1] * (len(shape) - 1)
        good = dtype in FLOATS and len(shape) > 1 and list(length.get_shape()) == [shape[0], *rest]
    else:
        good = dtype in FLOATS
    if not good:
        raise CheckpointError(
            f"The weight “{ours}” is stored in a way that is not known ({dtype}).",
            hint=_MIXED if dtype in FLOATS else FORMATS_HINT,
        )
    return Stored(shape, found)


def _missing(path: Path) -> CheckpointError:
    folder = path.parent
    if not folder.is_dir():
        return CheckpointError(f"There is no folder {folder}.", hint="Choose a model folder.")
    if pickles := sorted(p.name for p in folder.iterdir() if p.suffix in PICKLES):
        return CheckpointError(
            f"The weights in {folder} are {pickles[0]}, a kind of file that can run programs when opened; "
            f"only {path.name} is read.",
            hint=f"Get the model's {path.name}, or convert the file as the README shows.",
        )
    return CheckpointError(f"There is no {path.name} in {folder}.", hint=GET_AGAIN)

"""Weights of public networks that the user has converted to safetensors: read strictly, into networks of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from musicapp.checkpoints.tensor_file import TensorFile
from musicapp.checkpoints.weights import PICKLES, open_weights, read_floats
from musicapp.errors import CheckpointError

COUNTERS = "num_batches_tracked"  # of training, in files of torch


@dataclass(frozen=True)
class Judge:
    """A public network.

    title      what people call it, and the name of the file that the hint makes
    published  the file that its makers publish
    build      makes the network, with any weights
    unused     beginnings of names of weights that the file may have and nobody needs here
    """

    title: str
    published: str
    build: Callable[[], nn.Module]
    unused: tuple[str, ...] = ()


def check(path: Path, judge: Judge) -> None:
    """Read the header only. Raises CheckpointError for a file that is damaged, or of another network."""
    _read(path, judge, _wanted(judge), whole=False)


def load(path: Path, judge: Judge, device: str = "cpu") -> nn.Module:
    """The network with the file's weights in float32, for listening. Raises CheckpointError."""
    with torch.device("meta"):
        network = judge.build()
    weights = _read(path, judge, _wanted(judge), whole=True)
    counters = {name: torch.tensor(0) for name in network.state_dict() if name.endswith(COUNTERS)}
    network.load_state_dict({**weights, **counters}, strict=True, assign=True)
    return network.to(device).eval().requires_grad_(False)


def digest(path: Path) -> str:
    """The file's content in a few characters."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def _wanted(judge: Judge) -> dict[str, list[int]]:
    with torch.device("meta"):
        weights = judge.build().state_dict()
    return {name: list(weight.shape) for name, weight in weights.items() if not name.endswith(COUNTERS)}


def _read(path: Path, judge: Judge, wanted: dict[str, list[int]], *, whole: bool) -> dict[str, Tensor]:
    try:
        with open_weights(path) as file:
            _compare(file, path, judge, wanted)
            return {name: read_floats(file, name).float() for name in wanted} if whole else {}
    except CheckpointError as error:
        message = error.message
        if path.suffix in (*PICKLES, ".tar", ".h5"):
            message = f"{path.name} is no safetensors file; kinds that can run programs when opened are not read."
        raise CheckpointError(message, hint=_how_to_convert(judge), detail=error.detail) from error


def _compare(file: TensorFile, path: Path, judge: Judge, wanted: dict[str, list[int]]) -> None:
    names = file.keys()
    for name, shape in wanted.items():
        if name not in names:
            raise CheckpointError(f"{path.name} does not hold {judge.title}: its weight “{name}” is missing.")
        if (found := file.get_slice(name).get_shape()) != shape:
            raise CheckpointError(f"{path.name} holds another {judge.title}: “{name}” has the shape {found}.")
    for name in names:
        if name not in wanted and not name.endswith(COUNTERS) and not name.startswith(judge.unused):
            raise CheckpointError(f"{path.name} does not hold {judge.title}: it has a weight “{name[:100]}”.")


def _how_to_convert(judge: Judge) -> str:
    return (
        f"Convert {judge.published} outside Musicapp: "
        'python -c "import torch, safetensors.torch as s; '
        f"w = torch.load('{judge.published}', map_location='cpu', weights_only=True); "
        f"s.save_file({{k: v.contiguous() for k, v in w.items()}}, '{judge.title.lower()}.safetensors')\""
    )

"""A LoRA adapter's safetensors file: which layers it changes, with what. Three layouts are known.

    <layer>.parametrizations.weight.0.lora_A         Stable Audio 3; kind, rank and alpha in the metadata "lora_config"
    base_model.model.<layer>.lora_A.weight           PEFT; r and lora_alpha in the adapter_config.json beside the file
    <layer>.lora_down.weight, .lora_up.weight        with .alpha for each layer

Only safetensors are opened; nothing in them is run.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from musicapp.checkpoints.weights import PICKLES, is_finite, open_weights
from musicapp.description.adapter_names import CHOOSE, layer_and_part
from musicapp.description.sections import read_json
from musicapp.errors import CheckpointError
from musicapp.nn import lora

MAX_BYTES = 2 << 30
PEFT_CONFIG = "adapter_config.json"


@dataclass(frozen=True)
class AdapterLayer:
    """What an adapter does to one layer. parts: float32, by the names of `nn.lora.PARTS`"""

    kind: str
    parts: dict[str, Tensor]
    scale: float  # alpha / rank

    @property
    def rank(self) -> int:
        """Of the change."""
        return self.parts["lora_A" if "lora_A" in self.parts else "M_xs"].shape[0]


@dataclass(frozen=True)
class Adapter:
    """A whole adapter. layers: by the names that its file has for them"""

    name: str
    layers: dict[str, AdapterLayer]


@dataclass(frozen=True)
class _Settings:
    kind: str | None = None
    rank: int | None = None
    alpha: float | None = None
    by_root: bool = False  # alpha is divided by the rank's square root


def read_adapter(path: Path) -> Adapter:
    """The adapter in a file. Raises CheckpointError: missing, damaged, a pickle, or no adapter."""
    _refuse_others(path)
    with open_weights(path) as file:
        metadata, found = file.metadata(), _tensors(file, path)
    settings = _settings(path, metadata)
    return Adapter(path.name, {name: _layer(path, name, parts, settings) for name, parts in found.items()})


def seen(path: Path) -> tuple[tuple[int, ...], ...]:
    """What changes when an adapter is written over or replaced: size, times and identity of its files, () for none."""
    return tuple(_seen(file) for file in (path, path.parent / PEFT_CONFIG))


def _seen(path: Path) -> tuple[int, ...]:
    try:
        state = path.stat()
    except (OSError, ValueError):  # reading it will say why
        return ()
    return state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino


def _refuse_others(path: Path) -> None:
    if path.suffix.lower() in PICKLES:
        raise CheckpointError(
            f"{path.name} is a kind of file that can run programs when it is opened, so it never is.", hint=CHOOSE
        )
    if not path.is_file():
        raise CheckpointError(f"There is no adapter {path}.", hint=CHOOSE)
    if path.stat().st_size > MAX_BYTES:
        raise CheckpointError(f"{path.name} is far too large to be an adapter.", hint=CHOOSE)


def _tensors(file: Any, path: Path) -> dict[str, dict[str, Tensor]]:
    """Layer -> its parts. Every name must be one of an adapter's."""
    found: dict[str, dict[str, Tensor]] = {}
    for name in file.keys():  # noqa: SIM118 - not a mapping
        if (place := layer_and_part(name)) is None:
            raise CheckpointError(f"{path.name} is no LoRA adapter: it has a weight “{name[:80]}”.", hint=CHOOSE)
        tensor = file.get_tensor(name).float()
        if not is_finite(tensor):
            raise CheckpointError(f"{path.name} has numbers that are not finite in “{name[:80]}”.", hint=CHOOSE)
        layer, part = place
        found.setdefault(layer, {})[part] = tensor
    if not found:
        raise CheckpointError(f"{path.name} holds no adapter.", hint=CHOOSE)
    return found


def _settings(path: Path, metadata: dict[str, str]) -> _Settings:
    beside = path.parent / PEFT_CONFIG
    try:
        if "lora_config" in metadata:
            values = json.loads(metadata["lora_config"])
            return _Settings(values.get("adapter_type"), values.get("rank"), values.get("alpha"))
        if not beside.is_file():
            return _Settings()
        values = read_json(beside)
        for option in ("rank_pattern", "alpha_pattern", "use_dora"):
            if values.get(option):
                raise CheckpointError(f"The adapter {path.name} needs {option}, which is not supported.", hint=CHOOSE)
        return _Settings(None, values.get("r"), values.get("lora_alpha"), bool(values.get("use_rslora")))
    except (ValueError, AttributeError, RecursionError) as error:
        raise CheckpointError(f"The settings of the adapter {path.name} are damaged.", hint=CHOOSE) from error


def _layer(path: Path, name: str, found: dict[str, Tensor], settings: _Settings) -> AdapterLayer:
    parts = dict(found)
    alpha = parts.pop("alpha", None)
    parts = {part: tensor.flatten() if "magnitude" in part else _matrix(tensor) for part, tensor in parts.items()}
    kind = _kind(settings.kind, found)
    if not isinstance(kind, str) or kind not in lora.PARTS:
        raise CheckpointError(f"The adapter {path.name} is of the kind “{str(kind)[:40]}”, not known.", hint=CHOOSE)
    if set(parts) != set(lora.PARTS[kind]):
        odd = min(set(parts) ^ set(lora.PARTS[kind]))
        raise CheckpointError(f"The adapter {path.name} is incomplete or mixed: “{odd}” of “{name[:80]}”.", hint=CHOOSE)
    if any(tensor.ndim != (1 if "magnitude" in part else 2) for part, tensor in parts.items()):
        raise CheckpointError(f"The adapter {path.name} has no matrices for “{name[:80]}”.", hint=CHOOSE)
    layer = AdapterLayer(kind, parts, 1.0)
    strength = settings.alpha if alpha is None else float(alpha.reshape(-1)[0]) if alpha.numel() else None
    good_rank = settings.rank in (None, layer.rank) and layer.rank > 0
    if not good_rank or not isinstance(strength, int | float | None) or not math.isfinite(strength or 0.0):
        raise CheckpointError(
            f"The adapter {path.name} contradicts itself about the rank of “{name[:80]}”.", hint=CHOOSE
        )
    divisor = math.sqrt(layer.rank) if settings.by_root else layer.rank
    return AdapterLayer(kind, parts, 1.0 if strength is None else strength / divisor)


def _kind(told: object, found: dict[str, Tensor]) -> object:
    """The kind that the settings name, else the one that the parts make; an old "dora" shows its axis in its shape."""
    if told is None:
        told = ("bora" if "magnitude_r" in found else "dora" if "magnitude" in found else "lora") + (
            "-xs" if "M_xs" in found else ""
        )
    if told in ("dora", "dora-xs"):
        magnitude = found.get("magnitude")
        columns = magnitude is not None and magnitude.ndim == 2 and magnitude.shape[0] == 1
        return str(told).replace("dora", "dora-cols" if columns else "dora-rows")
    return told


def _matrix(tensor: Tensor) -> Tensor:
    """Two axes; those of a 1x1 convolution have a third."""
    return tensor[..., 0] if tensor.ndim == 3 and tensor.shape[-1] == 1 else tensor

"""An adapter's safetensors file: which layers it changes, with what, and how strongly.

    <layer>.parametrizations.weight.0.lora_A         Stable Audio 3
    base_model.model.<layer>.lora_A.weight           PEFT
    <layer>.lora_down.weight, .lora_up.weight        kohya and others, with .alpha for each layer
    <layer>.lokr_w1, .hada_w1_a                      LyCORIS

`adapter_names` knows more spellings, `adapter_settings` where strengths are written. Only safetensors are opened;
nothing in them is run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from musicapp.checkpoints.adapter_settings import PEFT_CONFIG, AdapterSettings, read_settings
from musicapp.checkpoints.weights import PICKLES, is_finite, open_weights
from musicapp.description import header
from musicapp.description.adapter_names import CHOOSE, check_names, is_of_text_encoder, layer_and_part
from musicapp.errors import CheckpointError
from musicapp.nn import lora

MAX_BYTES = 2 << 30


@dataclass(frozen=True)
class AdapterLayer:
    """What an adapter does to one layer. parts: float32, by the names of `nn.lora.PARTS`"""

    kind: str
    parts: dict[str, Tensor]
    scale: float  # alpha / rank

    @property
    def rank(self) -> int:
        """Of the change; of LoKr, whose matrices may be whole, what they say (0 for nothing)."""
        inner = next((part for part in ("lora_A", "M_xs", "hada_w1_b") if part in self.parts), "")
        return self.parts[inner].shape[0] if inner else 0


@dataclass(frozen=True)
class Adapter:
    """A whole adapter.

    layers  by the names that its file has for them
    remark  what of it does nothing, "" for nothing
    """

    name: str
    layers: dict[str, AdapterLayer]
    remark: str = ""


def read_adapter(path: Path) -> Adapter:
    """The adapter in a file. Raises CheckpointError: missing, damaged, a pickle, or no adapter."""
    _refuse_others(path)
    with open_weights(path) as file:
        metadata, found = file.metadata(), _tensors(file, path)
    settings = read_settings(path, metadata)
    layers = {
        name: _layer(path, name, parts, settings) for name, parts in found.items() if not is_of_text_encoder(name)
    }
    left_out = len(found) - len(layers)
    if not layers:
        raise CheckpointError(
            f"The adapter {path.name} changes the text encoder alone, which Musicapp leaves as it is.", hint=CHOOSE
        )
    count = f"{left_out} layer{'s' if left_out > 1 else ''}"
    remark = f"The adapter {path.name} also changes the text encoder ({count}); that part is left out."
    return Adapter(path.name, layers, remark if left_out else "")


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
    try:
        header.check_file(path)
    except CheckpointError as error:
        if error.hint != header.DAMAGED_HINT:
            raise
        raise CheckpointError(
            f"{path.name} is damaged, or no adapter at all.", hint=CHOOSE, detail=error.detail
        ) from error


def _tensors(file: Any, path: Path) -> dict[str, dict[str, Tensor]]:
    """Layer -> its parts. Every name must be one of an adapter's."""
    names = list(file.keys())
    check_names(path.name, names)
    found: dict[str, dict[str, Tensor]] = {}
    for name in names:
        tensor = file.get_tensor(name).float()
        if not is_finite(tensor):
            raise CheckpointError(f"{path.name} has numbers that are not finite in “{name[:80]}”.", hint=CHOOSE)
        layer, part = layer_and_part(name) or (name, "")
        if part in found.setdefault(layer, {}):
            raise CheckpointError(
                f"The adapter {path.name} has {part} of “{layer[:80]}” twice.",
                hint="It may be two adapters in one file.",
            )
        found[layer][part] = tensor
    return found


def _layer(path: Path, name: str, found: dict[str, Tensor], settings: AdapterSettings) -> AdapterLayer:
    parts = dict(found)
    alpha = parts.pop("alpha", None)
    parts = {part: tensor.flatten() if "magnitude" in part else _matrix(tensor) for part, tensor in parts.items()}
    inner_rank = _join_factors(parts)
    kind = _kind(settings, found)
    if not isinstance(kind, str) or kind not in lora.PARTS:
        raise CheckpointError(f"The adapter {path.name} is of the kind “{str(kind)[:40]}”, not known.", hint=CHOOSE)
    if settings.has_lengths and "magnitude" not in parts:
        raise CheckpointError(
            f"The adapter {path.name} says use_dora, and has no magnitude of “{name[:80]}”.", hint=CHOOSE
        )
    if set(parts) != set(lora.PARTS[kind]):
        odd = min(set(parts) ^ set(lora.PARTS[kind]))
        raise CheckpointError(
            f"The adapter {path.name}, of the kind {kind}, is incomplete or mixed: “{odd}” of “{name[:80]}”.",
            hint=CHOOSE,
        )
    if any(tensor.ndim != (1 if "magnitude" in part else 2) for part, tensor in parts.items()):
        raise CheckpointError(f"The adapter {path.name} has no matrices for “{name[:80]}”.", hint=CHOOSE)
    layer = AdapterLayer(kind, parts, 1.0)
    is_kronecker = "lokr_w1" in parts
    rank: float = inner_rank if is_kronecker else layer.rank
    told = settings.rank_of(name)
    if (not is_kronecker and rank <= 0) or (alpha is None and not is_kronecker and told not in (None, rank)):
        raise _contradiction(path, name)
    if alpha is not None and alpha.numel() != 1:
        raise _contradiction(path, name)
    strength = settings.alpha_of(name) if alpha is None else float(alpha)
    if is_kronecker and settings.is_peft:
        rank = told or rank
    elif is_kronecker and not inner_rank:  # both matrices whole: LyCORIS knows no alpha then
        strength = None
    divisor = math.sqrt(rank) if settings.by_root else rank
    return AdapterLayer(kind, parts, 1.0 if strength is None or not divisor else strength / divisor)


def _contradiction(path: Path, name: str) -> CheckpointError:
    return CheckpointError(f"The adapter {path.name} contradicts itself about the rank of “{name[:80]}”.", hint=CHOOSE)


def _join_factors(parts: dict[str, Tensor]) -> int:
    """Put the products of LoKr's factors in their place; the rank between them, 0 where both matrices are whole."""
    rank = 0
    for whole in ("lokr_w1", "lokr_w2"):
        left, right = parts.get(f"{whole}_a"), parts.get(f"{whole}_b")
        if left is None or right is None or whole in parts or left.ndim != 2 or right.ndim != 2:
            continue
        if left.shape[1] == right.shape[0] > 0:
            parts[whole] = left @ right
            rank = left.shape[1]
            del parts[f"{whole}_a"], parts[f"{whole}_b"]
    return rank


def _kind(settings: AdapterSettings, found: dict[str, Tensor]) -> object:
    """The kind that the settings name, else the one that the parts make; an old "dora" shows its axis in its shape."""
    told: object = settings.kind
    if told is None:
        change = "xs" if "M_xs" in found else "lora"
        for kind in ("lokr", "hada"):
            if any(part.startswith(kind) for part in found):
                change = {"hada": "loha"}.get(kind, kind)
        lengths = "bora" if "magnitude_r" in found else _axis(found) if "magnitude" in found else ""
        return lora.kind_of(change, lengths)
    if told in ("dora", "dora-xs"):
        return str(told).replace("dora", _axis(found))
    return told


def _axis(found: dict[str, Tensor]) -> str:
    """Lengths `(1, columns)` are those of columns, all others of rows."""
    magnitude = found.get("magnitude")
    columns = magnitude is not None and magnitude.ndim >= 2 and magnitude.shape[0] == 1
    return "dora-cols" if columns else "dora-rows"


def _matrix(tensor: Tensor) -> Tensor:
    """Two axes; those of a convolution of one frame or one point have more."""
    while tensor.ndim > 2 and tensor.shape[-1] == 1:
        tensor = tensor[..., 0]
    return tensor

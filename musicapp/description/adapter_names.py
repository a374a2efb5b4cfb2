"""Which file is a LoRA adapter: told by the names in its header, before anything is read. No torch here."""

from __future__ import annotations

import re
from pathlib import Path

from musicapp.description.header import check_file
from musicapp.errors import CheckpointError

CHOOSE = "Choose a LoRA adapter (.safetensors) that was trained for this model."

_NAMES = (
    re.compile(r"(?P<layer>.+)\.parametrizations\.weight\.\d+\.(?P<part>\w+)"),
    re.compile(r"(?P<layer>.+)\.(?P<part>lora_[AB])(?:\.default)?\.weight"),
    re.compile(r"(?P<layer>.+)\.(?P<part>lora_down|lora_up)\.weight"),
    re.compile(r"(?P<layer>.+)\.(?P<part>alpha)"),
)
_RENAMED = {"lora_down": "lora_A", "lora_up": "lora_B"}


def layer_and_part(name: str) -> tuple[str, str] | None:
    """What a tensor of an adapter belongs to, by its name: layer, and part as `nn.lora` calls it; None for others."""
    match = next((found for pattern in _NAMES if (found := pattern.fullmatch(name))), None)
    return (match["layer"], _RENAMED.get(match["part"], match["part"])) if match else None


def check_adapter(path: Path) -> None:
    """Raise CheckpointError unless the file is whole and all its names are an adapter's."""
    if not path.is_file():
        raise CheckpointError(f"There is no adapter {path}.", hint=CHOOSE)
    names = list(check_file(path).entries)
    if not names:
        raise CheckpointError(f"{path.name} holds no adapter.", hint=CHOOSE)
    if other := next((name for name in names if layer_and_part(name) is None), None):
        raise CheckpointError(f"{path.name} is no LoRA adapter: it has a weight “{other[:80]}”.", hint=CHOOSE)


def is_adapter(path: Path) -> bool:
    """Whether a file is an adapter; damaged and missing ones are none."""
    try:
        check_adapter(path)
    except CheckpointError:
        return False
    return True

"""Which file is an adapter, and what its weights are called: told by the names in its header alone. No torch here.

Trainers spell the same thing in many ways: the halves as `lora_A.weight`, `lora_A.my_style.weight`, `lora.down.weight`
or `lora_down`; the lengths of DoRA as `magnitude`, `lora_magnitude_vector` or `dora_scale`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from musicapp.description.header import check_file
from musicapp.errors import CheckpointError

CHOOSE = "Choose a LoRA adapter (.safetensors) that was trained for this model."
ADAPTER_HINT = "Add it to a model: drop it on the window, Add under Advanced, or --lora on the command line."
KINDS = "Musicapp knows LoRA, DoRA, LoRA-XS, LoHa and LoKr adapters of linear layers."

_NAMED = r"(?:\.(?!(?:weight|bias)$)[\w-]{1,100})?"  # PEFT puts the adapter's own name behind the part's
_NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<layer>.+)\.parametrizations\.weight\.\d+\.(?P<part>lora_[AB]|M_xs|magnitude(?:_[rc])?)",
        rf"(?P<layer>.+)\.(?P<part>lora_[AB]|lora_down|lora_up){_NAMED}(?:\.weight)?",
        r"(?P<layer>.+)\.(?:lora|lora_linear_layer)\.(?P<part>down|up)(?:\.weight)?",
        r"(?P<layer>.+\.processor\.to_\w+)_lora\.(?P<part>down|up)\.weight",
        rf"(?P<layer>.+)\.(?P<part>lora_magnitude_vector|magnitude_vector|lora_magnitude|magnitude){_NAMED}(?:\.weight)?",
        r"(?P<layer>.+)\.(?P<part>dora_scale)(?:\.weight)?",
        rf"(?P<layer>.+)\.(?P<part>lokr_w[12](?:_[ab])?|hada_w[12]_[ab]){_NAMED}(?:\.weight)?",
        rf"(?P<layer>.+)\.(?P<part>alpha|lora_alpha|network_alpha){_NAMED}",
    )
)
_RENAMED = {
    "lora_down": "lora_A",
    "down": "lora_A",
    "lora_up": "lora_B",
    "up": "lora_B",
    "lora_magnitude_vector": "magnitude",
    "magnitude_vector": "magnitude",
    "lora_magnitude": "magnitude",
    "dora_scale": "magnitude",
    "lora_alpha": "alpha",
    "network_alpha": "alpha",
}
# Words that stand in the names of adapters of every kind, also of those that are not known, and in no model's.
_MARKS = re.compile(
    r"(?:^|[._])(?:lora|lokr|loha|hada|dora|oft|boft|glora|vera|ia3|lycoris)(?:[._]|$)"
    r"|(?:^|\.)(?:lora_|lokr_|hada_|oft_|boft_|vera_|ia3_|magnitude|dora_)|\.(?:diff|diff_b|set_weight)$"
    r"|\.parametrizations\.weight\.\d+\."
)
_TEXT_ENCODER = re.compile(
    r"(?:lora_te\d?_|lycoris_te\d?_|te\d?_|text_encoders?[._]|text_model[._]|t5\w{0,20}[._]|clap[._])"
    r"|(?:conditioner[._])?conditioners[._]\w{1,60}?[._](?:model|proj_features)[._]"
)


def layer_and_part(name: str) -> tuple[str, str] | None:
    """What a tensor of an adapter belongs to, by its name: layer, and part as `nn.lora` calls it; None for others."""
    match = next((found for pattern in _NAMES if (found := pattern.fullmatch(name))), None)
    if match is None:
        return None
    layer, part = match["layer"], _RENAMED.get(match["part"], match["part"])
    return layer.replace(".processor.", "."), part


def is_marked(names: Iterable[str]) -> bool:
    """Whether any of these names is one of an adapter, of whatever kind."""
    return any(_MARKS.search(name) for name in names)


def is_of_text_encoder(layer: str) -> bool:
    """Whether a layer belongs to the text encoder, which no adapter of the family itself changes."""
    return _TEXT_ENCODER.match(layer) is not None


def check_names(file: str, names: Iterable[str]) -> None:
    """Raise CheckpointError unless all names in a file are those of an adapter that is known."""
    names = list(names)
    if not names:
        raise CheckpointError(f"{file} holds no adapter.", hint=CHOOSE)
    other = next((name for name in names if layer_and_part(name) is None), None)
    if other is None:
        return
    if is_marked(names):
        odd = next((name for name in names if layer_and_part(name) is None and is_marked([name])), other)
        raise CheckpointError(f"{file} is an adapter of an unknown kind: it has “{odd[:80]}”.", hint=KINDS)
    raise CheckpointError(f"{file} is no LoRA adapter: it has a weight “{other[:80]}”.", hint=CHOOSE)


def check_adapter(path: Path) -> None:
    """Raise CheckpointError unless the file is whole and all its names are an adapter's."""
    if not path.is_file():
        raise CheckpointError(f"There is no adapter {path}.", hint=CHOOSE)
    check_names(path.name, check_file(path).entries)


def is_adapter(path: Path) -> bool:
    """Whether a file is an adapter; damaged and missing ones are none.

    Raises CheckpointError for one of an unknown kind: it is nothing else either.
    """
    try:
        names = list(check_file(path).entries)
    except (CheckpointError, OSError):
        return False
    if not is_marked(names):
        return bool(names) and all(layer_and_part(name) for name in names)
    check_names(path.name, names)
    return True

"""Which file of a folder has the weights, whatever it is called. No torch here.

model.safetensors                       if it is there, always
model.safetensors.index.json            in several files
model.fp16.safetensors                  a variant, alone or (model.safetensors.index.fp16.json) in several files
my_finetune.safetensors                 the only one that is neither an adapter nor a copy that the app keeps
"""

from __future__ import annotations

from pathlib import Path

from musicapp.description import adapter_names, header
from musicapp.errors import CheckpointError

SUFFIX = ".safetensors"
VARIANTS = ("fp32", "bf16", "fp16", "non_ema", "ema")  # in the order in which they are taken
OWN = "musicapp-"  # what the app's own files begin with


def is_index(path: Path) -> bool:
    """Whether a path is the list of several files that hold the weights together."""
    return f"{SUFFIX}.index" in path.name and path.suffix == ".json"


def find(folder: Path, usual: str, *, any_name: bool = False) -> Path:
    """The file, or the index, that has what is usually called `usual`; that name itself when there is none.

    any_name  the only other file with weights will do
    Raises CheckpointError when there are several of them.
    """
    stem = usual.removesuffix(SUFFIX)
    names = [usual, f"{usual}.index.json"]
    for variant in VARIANTS:
        names += [f"{stem}.{variant}{SUFFIX}", f"{usual}.index.{variant}.json"]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    others = _others(folder) if any_name else []
    if len(others) > 1:
        shown = ", ".join(path.name for path in others[:4])
        raise CheckpointError(
            f"There is no {usual} in {folder}, and more than one other file with weights: {shown}.",
            hint=f"Leave one of them there, or call the right one {usual}.",
        )
    return others[0] if others else folder / usual


def _others(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.glob(f"*{SUFFIX}") if path.is_file() and not path.name.startswith(OWN))
    return [path for path in found if not _is_adapter(path)] if len(found) > 1 else found


def _is_adapter(path: Path) -> bool:
    try:
        return adapter_names.is_marked(header.check_file(path).entries)
    except CheckpointError:
        return False

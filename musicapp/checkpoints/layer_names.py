"""Which of our layers an adapter's name means: behind any wrapper's name, in the published spelling or diffusers' one,
with dots or underscores.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from musicapp.checkpoints import diffusers_keymap, keymap

# What stands before the layer's own name: wrappers of trainers, of compilers, and the paths inside the published model.
_WRAPPERS = (
    "base_model.model.",
    "lora_transformer_",
    "lora_unet_",
    "lora_dit_",
    "lycoris_",
    "lora_",
    "state_dict.",
    "module.",
    "diffusion_ema.",
    "ema_model.",
    "diffusion_model.",
    "diffusion.",
    "transformer.",
    "unet.",
    "dit.",
    "model.",
)
_INSIDE = re.compile(r"(?<![^.])(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.")
_BLOCK = re.compile(r"model\.model\.transformer\.layers\.(\d+)\.(.+)")


class Place(NamedTuple):
    """Which part of one of our layers: `number` of `parts` that lie on top of each other; 0 of 1 is all of it."""

    ours: str
    number: int
    parts: int


class LayerNames:
    """Every spelling of the layers of one model."""

    def __init__(self, layers: Iterable[str]) -> None:
        self._places: dict[str, set[Place]] = {}
        for ours in layers:
            published = keymap.to_published(ours + ".weight").removesuffix(".weight")
            for name in _published_spellings(published):
                self._add(name, Place(ours, 0, 1))
            for name, number, count in _diffusers_spellings(published):
                self._add(name, Place(ours, number, count))

    def find(self, name: str) -> list[Place]:
        """Every place that a name may mean: none for a name of another model, one if it is clear."""
        name = _INSIDE.sub("", name)
        places: set[Place] = set()
        for inner in _unwrapped(name):
            places |= self._places.get(inner, set())
        return sorted(places)

    def _add(self, name: str, place: Place) -> None:
        for spelling in {name, name.replace(".", "_")}:
            self._places.setdefault(spelling, set()).add(place)


def _unwrapped(name: str) -> set[str]:
    """A name without none, some or all of the wrappers before it."""
    found, rest = {name}, [name]
    while rest:
        name = rest.pop()
        for wrapper in _WRAPPERS:
            for spelling in {wrapper, wrapper.replace(".", "_")}:
                if name.startswith(spelling) and (inner := name.removeprefix(spelling)) not in found:
                    found.add(inner)
                    rest.append(inner)
    return found


def _published_spellings(published: str) -> set[str]:
    inner = published.removeprefix("model.model.").removeprefix("conditioner.")
    return {published, inner, inner.removeprefix("transformer.")}


def _diffusers_spellings(published: str) -> Iterable[tuple[str, int, int]]:
    """Names of a layer in a diffusers folder, with the part of the published layer that each is."""
    weight = published + ".weight"
    if block := _BLOCK.fullmatch(published):
        for theirs, (part, number) in diffusers_keymap.BLOCK_PARTS.items():
            if part == block[2] + ".weight":
                name = f"transformer_blocks.{block[1]}.{theirs.removesuffix('.weight')}"
                for spelling in {name, name.removesuffix(".0")}:
                    yield spelling, number, diffusers_keymap.count_of(weight)
    for theirs, beginning in diffusers_keymap.BEGINNINGS.items():
        if weight.startswith(f"model.model.{beginning}"):
            yield (theirs + weight.removeprefix(f"model.model.{beginning}")).removesuffix(".weight"), 0, 1
    for theirs, beginning in diffusers_keymap.CONDITIONS.items():
        if weight.startswith(f"conditioner.conditioners.{beginning}"):
            yield (theirs + weight.removeprefix(f"conditioner.conditioners.{beginning}")).removesuffix(".weight"), 0, 1

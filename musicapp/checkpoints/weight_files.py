"""The weights of a folder as one open file in the published layout, however many files hold them under what names.

    model.safetensors                    as it is, under whatever names its trainer's wrappers gave (`wrapped_names`)
    model.safetensors.index.json         in several files, which the index names
    my_finetune.safetensors              what else `weight_names` finds
    model_index.json                     a diffusers folder: transformer/, vae/ and projection_model/

What is handed out has `keys`, `get_slice` and `get_tensor` as `safetensors.safe_open` has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from musicapp.checkpoints import diffusers_keymap, diffusers_sa3_keymap, weights
from musicapp.description import weight_names, wrapped_names
from musicapp.description.diffusers_config import INDEX_NAME, is_pipeline, is_stable_audio_3
from musicapp.description.sections import read_json
from musicapp.errors import CheckpointError

PART_FILE = "diffusion_pytorch_model.safetensors"
PARTS = ("transformer", "vae", "projection_model")
_MIXED = "The folder is damaged or mixes two models; get the model again."


def weights_path(folder: Path) -> Path:
    """The file that `open_weights` takes for this folder, whether it is there or not."""
    if is_pipeline(folder):
        return folder / INDEX_NAME
    return weight_names.find(folder, weights.WEIGHTS_NAME, any_name=True)


@contextmanager
def open_weights(path: Path) -> Iterator[Any]:
    """All weights that a path of `weights_path` stands for, by their published names.

    Raises CheckpointError: a file is missing or damaged.
    """
    if path.name == INDEX_NAME:
        with _open_pipeline(path.parent) as joined:
            yield joined
    else:
        with _open(path) as file:
            yield _published(file)


def seen_in(path: Path) -> frozenset[str]:
    """What a file holds beside the model, see `wrapped_names`."""
    if path.name == INDEX_NAME:
        return frozenset()
    with _open(path) as file:
        return wrapped_names.unwrapped(file.keys()).seen


def _published(file: Any) -> Any:
    """The file itself, or the same weights under their published names."""
    own = list(file.keys())
    names = wrapped_names.unwrapped(own).names
    if len(names) == len(own) and all(published == name for published, name in names.items()):
        return file
    return Joined({published: ((file, name),) for published, name in names.items()})


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    if weight_names.is_index(path):
        with _open_shards(path) as joined:
            yield joined
    else:
        with weights.open_weights(path) as file:
            yield file


def files_of(path: Path) -> list[Path]:
    """All files that a path of `weights_path` stands for, always in the same order."""
    if path.name == INDEX_NAME:
        parts = diffusers_sa3_keymap.PARTS if is_stable_audio_3(path.parent) else PARTS
        return [file for part in parts for file in files_of(_part_path(path.parent / part))]
    return sorted(_files_of(path)) if weight_names.is_index(path) else [path]


@dataclass(frozen=True)
class Joined:
    """Weights out of several open files.

    sources  name -> the weights, as (file, name there), on top of each other
    reshape  a weight's shape as it is handed out
    reorder  its rows as they are handed out
    """

    sources: Mapping[str, tuple[tuple[Any, str], ...]]
    reshape: Callable[[str, list[int]], list[int]] = lambda name, shape: shape
    reorder: Callable[[str, Tensor], Tensor] = lambda name, weight: weight

    def keys(self) -> list[str]:
        """Every weight's name."""
        return list(self.sources)

    def get_slice(self, name: str) -> Slice:
        """Shape and number format of a weight, without reading it."""
        slices = [file.get_slice(inner) for file, inner in self.sources[name]]
        shapes, kinds = [list(part.get_shape()) for part in slices], [part.get_dtype() for part in slices]
        joinable = len(shapes) == 1 or all(shape and shape[1:] == shapes[0][1:] for shape in shapes)
        if not joinable or len(set(kinds)) > 1:
            raise CheckpointError(f"The parts of the weight “{name}” do not fit together.", hint=_MIXED)
        shape = shapes[0] if len(shapes) == 1 else [sum(shape[0] for shape in shapes), *shapes[0][1:]]
        return Slice(self.reshape(name, shape), kinds[0])

    def get_tensor(self, name: str) -> Tensor:
        """The weight, its pieces joined."""
        parts = [file.get_tensor(inner) for file, inner in self.sources[name]]
        whole: Tensor = parts[0] if len(parts) == 1 else torch.cat(parts)
        return self.reorder(name, whole.reshape(self.reshape(name, list(whole.shape))))


@dataclass(frozen=True)
class Slice:
    """What is known of a weight before it is read."""

    shape: list[int]
    dtype: str

    def get_shape(self) -> list[int]:
        """The weight's shape."""
        return self.shape

    def get_dtype(self) -> str:
        """Its number format, as safetensors calls it."""
        return self.dtype


@contextmanager
def _open_shards(index: Path) -> Iterator[Joined]:
    listed = _weight_map(index)
    with ExitStack() as stack:
        files = {path.name: stack.enter_context(weights.open_weights(path)) for path in _files_of(index)}
        held = {(name, file) for file, opened in files.items() for name in opened.keys()}  # noqa: SIM118
        if wrong := held ^ set(listed.items()):
            name = min(wrong)[0]
            raise CheckpointError(f"{index.name} and the files beside it differ in the weight “{name}”.", hint=_MIXED)
        yield Joined({name: ((files[file], name),) for name, file in listed.items()})


def _weight_map(index: Path) -> dict[str, str]:
    """Name of a weight -> name of the file beside the index that has it."""
    listed = read_json(index).get("weight_map")
    if not isinstance(listed, dict) or not listed:
        raise CheckpointError(f"{index.name} does not say where the weights are.", hint=_MIXED)
    for file in listed.values():
        if not isinstance(file, str) or Path(file).name != file or not file.endswith(".safetensors"):
            raise CheckpointError(f"{index.name} names “{str(file)[:60]}”, no file beside it.", hint=_MIXED)
    return listed


def _files_of(index: Path) -> set[Path]:
    return {index.parent / name for name in set(_weight_map(index).values())}


def _part_path(folder: Path) -> Path:
    return weight_names.find(folder, PART_FILE)


@contextmanager
def _open_pipeline(folder: Path) -> Iterator[Joined]:
    if is_stable_audio_3(folder):
        with _open_stable_audio_3(folder) as joined:
            yield joined
        return
    with ExitStack() as stack:
        found: dict[str, dict[int, tuple[Any, str]]] = {}
        for part in PARTS:
            path = _part_path(folder / part)
            file = stack.enter_context(_open(path))
            for name, (published, place) in _places(part, list(file.keys())).items():
                if place in found.setdefault(published, {}):
                    raise CheckpointError(f"The weight “{published}” is there twice.", hint=_MIXED)
                found[published][place] = (file, name)
        for published, parts in found.items():
            if len(parts) != diffusers_keymap.count_of(published):
                raise CheckpointError(f"The weight “{published}” is there only in part.", hint=_MIXED)
        yield Joined(
            {name: tuple(parts[at] for at in sorted(parts)) for name, parts in found.items()}, _published_shape
        )


@contextmanager
def _open_stable_audio_3(folder: Path) -> Iterator[Joined]:
    with ExitStack() as stack:
        found: dict[str, tuple[tuple[Any, str], ...]] = {}
        for part in diffusers_sa3_keymap.PARTS:
            file = stack.enter_context(_open(_part_path(folder / part)))
            for name in file.keys():  # noqa: SIM118 - not a mapping
                published = diffusers_sa3_keymap.published(part, name)
                if published is None and name in diffusers_sa3_keymap.DROPPED:
                    continue
                if published is None or published in found:
                    raise CheckpointError(
                        f"The folder {part} has a weight “{name[:100]}” that no part of the model uses.", hint=_MIXED
                    )
                found[published] = ((file, name),)
        yield Joined(found, reorder=_in_published_order)


def _in_published_order(name: str, weight: Tensor) -> Tensor:
    if weight.ndim != 2 or not diffusers_sa3_keymap.is_reordered(name, *weight.shape):
        return weight
    parts = weight.chunk(5)
    return torch.cat([parts[place] for place in diffusers_sa3_keymap.ORDER])


def _places(part: str, names: list[str]) -> dict[str, tuple[str, int]]:
    """A part's own name -> published name and place from the top. Raises CheckpointError for names of nothing."""
    blocks = len({name.split(".")[2] for name in names if name.startswith("encoder.block.")})
    places = {name: diffusers_keymap.place_of(part, name, blocks) for name in names}
    for name, place in places.items():
        if place is None:
            raise CheckpointError(
                f"The folder {part} has a weight “{name[:100]}” that no part of the model uses.", hint=_MIXED
            )
    return {name: place for name, place in places.items() if place is not None}


def _published_shape(name: str, shape: list[int]) -> list[int]:
    """Snake's parameters without their axes of one; the frequencies of the timestep with one more."""
    if name.startswith("pretransform.") and name.endswith((".alpha", ".beta")):
        return [size for size in shape if size != 1] or [1]
    return [*shape, 1] if name == diffusers_keymap.TIMESTEP and len(shape) == 1 else shape

"""A model folder into ready networks: read the description, build without memory, check, then read the weights in."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from musicapp.checkpoints import copy_writer, lora, quantize, weight_files, weights
from musicapp.checkpoints.conditioner import TextEncoder, build_conditioner, check_text_encoders
from musicapp.checkpoints.reading import PRECISIONS, Source, dtype_of
from musicapp.description import copies, promises, wrapped_names
from musicapp.description.config import ModelConfig, read_config
from musicapp.description.configs import AutoencoderConfig
from musicapp.errors import CheckpointError
from musicapp.nn import attention, int4, native
from musicapp.nn.autoencoder import Autoencoder, build_autoencoder, build_encoder
from musicapp.nn.conditioners import Conditioner
from musicapp.nn.dit import DiffusionTransformer
from musicapp.nn.graphs import Graphs

ENCODER = "autoencoder.encoder."  # what the names of its weights begin with
CPU_PARTS = ("conditioner", "autoencoder")  # that may lie on the CPU beside a transformer on the GPU

CheckSizes = Callable[[Mapping[str, int]], None]


@dataclass(frozen=True)
class LoadedModel:
    """A model ready to run.

    device     of the transformer; `CPU_PARTS` may lie elsewhere
    precision  what the transformer runs in: fp32, bf16, fp16, int8 or int4
    graphs     of the transformer's calls, none until they are started
    source     where its weights came from
    remark     what the user should know of the loading, if anything
    adapted    the layers that adapters have changed
    """

    config: ModelConfig
    autoencoder: Autoencoder
    dit: DiffusionTransformer
    conditioner: Conditioner
    device: torch.device
    precision: str
    graphs: Graphs
    source: Source
    remark: str = ""
    adapted: set[str] = field(default_factory=set)

    @property
    def networks(self) -> nn.ModuleDict:
        """All parts, under the names that weights begin with."""
        return nn.ModuleDict({"dit": self.dit, "autoencoder": self.autoencoder, "conditioner": self.conditioner})


def load_model(
    folder: Path,
    *,
    device: str = "cpu",
    precision: str = "fp32",
    text_encoder_folder: Path | None = None,
    text_encoder: TextEncoder | None = None,
    on_cpu: Sequence[str] = (),
    check_sizes: CheckSizes | None = None,
    encoder: bool = True,
) -> LoadedModel:
    """The model of a folder (its description and weights in either layout, its text encoder beside or inside).

    precision            of the transformer, which computes in bfloat16 around layers in few bits where the device has
                         it, else in float32; the autoencoder follows unless the config's "musicapp" section says
                         otherwise (SAME and spectral ones: float32 but for products); number conditions
                         and text encoders stay float32, but for T5Gemma from a file in bfloat16
    text_encoder_folder  where to take the text encoder from instead of the folders beside the model
    text_encoder         one that is loaded already, with its tokenizer
    on_cpu               of `CPU_PARTS`, those that stay there whatever the device
    check_sizes          gets the bytes of each part before any weight of this folder is read, and may raise
    encoder              False leaves the autoencoder's encoder in the file until it is asked for: music from text needs
                         the decoder alone
    Raises CheckpointError: missing, damaged, foreign, or with weights other than those described.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"{precision} is not one of {', '.join(PRECISIONS)}")
    folder = Path(folder)
    if not folder.is_dir():
        raise CheckpointError(
            f"There is no model folder {folder}.", hint="Choose a folder with a model_config.json or model_index.json."
        )
    copies.remove_left(folder)
    config, path, target = read_config(folder), weight_files.weights_path(folder), torch.device(device)
    original = (
        copies.look_at(folder, weight_files.files_of(path), repr(config)) if precision in copies.PRECISIONS else None
    )
    if original is not None and (copy := copies.find(original, precision)) is not None:
        original, path = None, copy
    with weight_files.open_weights(path) as file:
        stored, networks = _checked(file, path, config)
        # Text encoders are loaded only after the cheap checks, but their widths decide on projections.
        text_device = torch.device("cpu") if "conditioner" in on_cpu else target
        keeps_bf16 = precision != "fp32" and native.has_bf16(text_device)
        conditioner = build_conditioner(config, folder, text_encoder_folder, text_encoder, keeps_bf16=keeps_bf16)
        networks["conditioner"] = conditioner
        weights.check(stored, _shapes(networks))
    packed = quantize.layers_to_pack(networks, stored, precision)
    places = {part: torch.device("cpu") if part in on_cpu else target for part in networks}
    source = Source(path, stored, config, precision, frozenset(packed), places)
    autoencoder = networks["autoencoder"]
    assert isinstance(autoencoder, Autoencoder)
    if not encoder:
        autoencoder.leave_encoder(lambda: _encoder_of(source))
    if check_sizes is not None:
        check_sizes(_sizes(networks, packed, config, precision, places))
    later = set() if encoder else {name for name in stored if name.startswith(ENCODER)}
    state = dict(source.read(None if original is not None else stored.keys() - later))
    remark = _remark_on(path)
    if original is not None and not any("scale" in entry.parts for entry in stored.values()):
        remark = f"{remark} {copy_writer.keep_copy(original, state, precision)}".strip()
    state = {name: tensor for name, tensor in state.items() if name not in later}  # a copy has them too
    with torch.device("meta"):
        quantize.use_packed_linears(networks, (n for n in packed if encoder or not n.startswith(ENCODER)), precision)
    _add_offsets(state, _shapes(networks), source)
    _assign(networks, state)
    fill_computed_buffers(networks["autoencoder"], config.autoencoder)
    for part, network in networks.items():
        network.to(places[part])
    networks.eval().requires_grad_(False)
    dit = networks["dit"]
    assert isinstance(dit, DiffusionTransformer)
    if places["autoencoder"].type == "cpu":
        autoencoder.settle()
    return LoadedModel(config, autoencoder, dit, conditioner, target, precision, Graphs(dit), source, remark)


def check_model(folder: Path) -> None:
    """Raise what `load_model` would for the names, shapes and formats of the weights; none of them is read.

    Of the conditions only the names are checked: their widths come from the text encoder, which may not be here yet.
    """
    config, path = read_config(folder), weight_files.weights_path(folder)
    with weight_files.open_weights(path) as file:
        stored, _ = _checked(file, path, config)
    ids = {entry.id for entry in config.conditioning.entries}
    for name in stored:
        if name.startswith("conditioner.") and name.split(".")[2] not in ids:
            weights.refuse_unused(name, [])
    check_text_encoders(config, folder)


def _checked(file: Any, path: Path, config: ModelConfig) -> tuple[dict[str, weights.Stored], nn.ModuleDict]:
    """What a file holds, and the empty networks that it fits, but for the conditions. Raises CheckpointError."""
    stored = weights.inventory(file, path)
    weights.refuse_oversized(stored, promises.of_model(config))
    with torch.device("meta"):
        networks = nn.ModuleDict(
            {"dit": DiffusionTransformer(config.diffusion.dit), "autoencoder": build_autoencoder(config.autoencoder)}
        )
    weights.check({n: s for n, s in stored.items() if not n.startswith("conditioner.")}, _shapes(networks))
    weights.check_rotation(file, attention.rotary_frequencies)
    return stored, networks


def _remark_on(path: Path) -> str:
    """What of a file is used in place of another part of it, or left out."""
    seen = weight_files.seen_in(path)
    average = "These weights are the average that the training kept." if wrapped_names.AVERAGE in seen else ""
    encoder = "The text encoder in the model's file is left out; the one in its own folder is used."
    return " ".join(filter(None, (average, encoder if wrapped_names.TEXT_ENCODER in seen else "")))


def use_adapters(model: LoadedModel, adapters: lora.Matched) -> None:
    """Have exactly these adapters in a loaded model, each on top of those before it; `lora.match` made them.

    Layers that others have changed are read anew, one after the other, so that nothing is left of those: keeping their
    own weights beside the changed ones would take twice the memory. Raises CheckpointError when the model's file is
    not the one that it was; the model is then half of this and half of that, and must not be used.
    """
    model.graphs.forget()
    networks = model.networks
    for name, tensor in model.source.read({f"{layer}.weight" for layer in model.adapted}):
        layer, _, last = name.rpartition(".")
        networks.get_submodule(layer).load_state_dict({last: tensor}, strict=False, assign=True)
    model.adapted.clear()
    model.adapted.update(lora.merge(networks, adapters))


def _encoder_of(source: Source) -> nn.Module:
    """The encoder of the file that the rest came from. Raises CheckpointError when it is another one by now."""
    with torch.device("meta"):
        encoder = build_encoder(source.config.autoencoder)
        packed = (name.removeprefix(ENCODER) for name in source.packed if name.startswith(ENCODER))
        quantize.use_packed_linears(encoder, packed, source.precision)
    state = dict(source.read({name for name in source.stored if name.startswith(ENCODER)}))
    _add_offsets(state, {ENCODER + name: tuple(t.shape) for name, t in encoder.state_dict().items()}, source)
    encoder.load_state_dict({name.removeprefix(ENCODER): tensor for name, tensor in state.items()}, assign=True)
    _fill_from(encoder, lambda: build_encoder(source.config.autoencoder))
    return encoder.eval().requires_grad_(False)


def _add_offsets(state: dict[str, Tensor], shapes: Mapping[str, tuple[int, ...]], source: Source) -> None:
    """Zeros for the offsets that old files leave out."""
    for name, shape in shapes.items():
        if name not in state:
            place = source.devices[name.partition(".")[0]]
            dtype = dtype_of(name, source.config, source.precision, place)
            state[name] = torch.zeros(shape, dtype=dtype, device=place)


def _sizes(
    networks: nn.ModuleDict,
    packed: Iterable[str],
    config: ModelConfig,
    precision: str,
    places: Mapping[str, torch.device],
) -> dict[str, int]:
    """Bytes that each part will hold in its place, those of text encoders, which are there already, included."""
    in_few_bits = {f"{layer}.weight" for layer in packed}
    few_bits = {"int8": 1.0, "int4": 0.5 + 2 / int4.GROUP}.get(precision, 0.0)  # bytes, those of scales in groups too
    sizes, stored_names = dict.fromkeys(networks, 0), networks.state_dict().keys()
    for name, tensor in itertools.chain(networks.named_parameters(), networks.named_buffers()):
        part = name.partition(".")[0]
        if name in in_few_bits:
            size = math.ceil(few_bits * tensor.numel())
            size += 4 * tensor.shape[0] if precision == "int8" else 0  # a scale for each row
        elif _is_encoders_own(name) or name not in stored_names:
            size = tensor.nbytes
        else:
            size = tensor.numel() * dtype_of(name, config, precision, places[part]).itemsize
        sizes[part] += size
    return sizes


def _assign(networks: nn.ModuleDict, state: dict[str, Tensor]) -> None:
    """Hang the weights into the networks; the text encoders have theirs already."""
    result = networks.load_state_dict(state, strict=False, assign=True)
    missing = [key for key in result.missing_keys if not _is_encoders_own(key)]
    assert not missing and not result.unexpected_keys, (missing, result.unexpected_keys)


def fill_computed_buffers(autoencoder: nn.Module, config: AutoencoderConfig) -> None:
    """Buffers that no file holds (the windows of a transform) have no values after building on the meta device."""
    _fill_from(autoencoder, lambda: build_autoencoder(config))


def _fill_from(network: nn.Module, build: Callable[[], nn.Module]) -> None:
    empty = [name for name, buffer in network.named_buffers() if buffer.is_meta]
    if not empty:
        return
    values = dict(build().named_buffers())
    for name in empty:
        owner, _, last = name.rpartition(".")
        setattr(network.get_submodule(owner), last, values[name])


def _shapes(networks: nn.Module) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every weight that the model's own file must hold."""
    return {name: tuple(t.shape) for name, t in networks.state_dict().items() if not _is_encoders_own(name)}


def _is_encoders_own(name: str) -> bool:
    """Whether a weight belongs to a text encoder, which has a file of its own."""
    return name.startswith("conditioner.") and ".encoder." in name

"""How much memory a take needs, and what to do when that is more than there is.

A run has its peak in one of two places: in a block's self-attention, at the length of the take, or in the decoder, at
the length of one chunk. For each the tensors that live at once were counted; docs/memory.md has the counts, and how far
the estimate is from measured peaks.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import nn

from musicapp.checkpoints.load import CPU_PARTS, LoadedModel
from musicapp.description.configs import DiTConfig, OobleckDecoderConfig, OobleckEncoderConfig
from musicapp.description.same_configs import SameDecoderConfig, SameEncoderConfig
from musicapp.description.spectral_configs import SpectralDecoderConfig, SpectralEncoderConfig
from musicapp.engine.canvas import longest_window
from musicapp.engine.decode import SIZE, plan_of
from musicapp.engine.denoise import Plan, plan_for, plan_for_loop
from musicapp.engine.encode import SIZE as ENCODED
from musicapp.engine.free_memory import free_bytes, given_limit
from musicapp.engine.steering import is_quick, joins_halves
from musicapp.errors import OutOfMemory
from musicapp.nn import tiled_attention, tiles
from musicapp.nn.blocks import TILE
from musicapp.nn.oobleck import PIECE
from musicapp.nn.phases import CACHED_WINDOWS, LEAST_PART
from musicapp.nn.spectral import PHASE_GROUP
from musicapp.request import MIN_DURATION_S, TakeRequest, format_duration, frames_for

GB, MB = 10**9, 10**6  # as disks and downloads are counted
CHUNKS = (SIZE, 64, 32, 16)  # latents; context comes on top, so that smaller ones would save nothing
FIXED_BYTES = {"cpu": 180 * MB, "cuda": 600 * MB, "mps": 400 * MB}  # what kernels, libraries and allocators take
KERNELS_SHARE = 0.03  # of the weights that lie on the CPU: its kernels' own copies of single ones, and gaps between
# What the kernels of Oobleck's decoder take on the CPU beyond the tensors, by the bytes of a number. Measured in the
# public size, where float32 kernels copy the largest weight.
CONVOLUTION_BYTES = {4: 110 * MB, 2: 30 * MB}
GRAPH_BYTES = 48 * MB  # a guess: of a recorded step, its kernels' arguments and what it is given; two are counted
LATENTS_KEPT = 16  # tensors of the latents' size that sampler and guidance hold
AFTER_FAILURE = 0.5  # of what a run that ran out was to take beside its weights: all that is promised then

Room = Mapping[str, int]  # bytes that the whole model may take, by kind of device


@dataclass(frozen=True)
class MemoryPlan:
    """One way to make a take: so many latents decoded at once, and parts that stay on the CPU beside a GPU.

    graphs  steps are recorded and replayed, whose intermediate numbers then stay in memory
    The sound is the same in every way, up to the rounding of kernels that work on other sizes or elsewhere.
    """

    chunk: int = SIZE
    on_cpu: tuple[str, ...] = ()
    graphs: bool = False

    @property
    def remark(self) -> str:
        """What the user is told of it; nothing of the usual one."""
        if self.on_cpu:
            names = {"conditioner": "text encoder", "autoencoder": "decoder"}
            return f"Little memory: {' and '.join(names[part] for part in self.on_cpu)} run on the CPU, slower"
        return "Little memory: the sound is made in smaller pieces" if self.chunk < SIZE else ""


def ways(device_type: str, *, graphs: bool = False) -> list[MemoryPlan]:
    """Every way on a kind of device, the quickest first. graphs: whether a model can replay its steps."""
    if graphs:
        return [MemoryPlan(graphs=True), *ways(device_type)]
    if device_type == "cpu":
        return [MemoryPlan(chunk) for chunk in CHUNKS]
    everything = tuple(CPU_PARTS)
    text = MemoryPlan(CHUNKS[-1], everything[:1])
    return [
        *(MemoryPlan(chunk) for chunk in CHUNKS),
        text,
        *(MemoryPlan(chunk, everything) for chunk in (SIZE, CHUNKS[-1])),
    ]


def room_for(device: torch.device, parts: Iterable[nn.Module] = ()) -> Room:
    """What a model may take: what its parts hold already, and what is free beside them.

    A limit given by the user holds instead, on the device where the transformer runs.
    """
    weights = list(_tensors(*parts))
    room = {}
    for place in {device.type: device, "cpu": torch.device("cpu")}.values():
        room[place.type] = free_bytes(place) + sum(t.nbytes for t in weights if t.device.type == place.type)
    if (limit := given_limit()) is not None:
        room[device.type] = limit
    return room


def choose(model: LoadedModel, request: TakeRequest, room: Room) -> MemoryPlan:
    """The quickest way in which a completed request fits.

    Raises OutOfMemory with the longest length that would fit, before anything is begun.
    """
    if (way := _first_that_fits(model, request, room)) is not None:
        return way
    kind = model.device.type
    need = min(needs(model, request, way)[kind] for way in ways(kind))
    what = format_duration(request.duration_s)
    raise _refusal(what, need, room[kind], model.precision, longest(model, request, room))


def ran_out(model: LoadedModel, request: TakeRequest, way: MemoryPlan, detail: str) -> OutOfMemory:
    """What to say when memory ran out in a run that should have fitted: other programs took some, or the estimate was
    too low. Less is promised then."""
    thought, shortest = needs(model, request, way), dataclasses.replace(request, duration_s=MIN_DURATION_S)
    least = needs(model, shortest, ways(model.device.type)[-1])
    room = {
        kind: int(least.get(kind, 0) + AFTER_FAILURE * (size - least.get(kind, 0))) for kind, size in thought.items()
    }
    what, kind = format_duration(request.duration_s), model.device.type
    return _refusal(what, thought[kind], None, model.precision, longest(model, request, room), detail)


def refuse_weights(sizes: Mapping[str, int], device: torch.device, precision: str, on_cpu: Iterable[str]) -> None:
    """Raise OutOfMemory when a model's weights alone do not fit, before they are read.

    sizes  bytes of each part of the model, as it will be held
    """
    room = room_for(device)
    for kind, size in _by_device(sizes, device.type, on_cpu).items():
        if size + FIXED_BYTES[kind] > room[kind]:
            raise _refusal(f"This model in {precision}", size + FIXED_BYTES[kind], room[kind], precision)


def needs(model: LoadedModel, request: TakeRequest, way: MemoryPlan) -> dict[str, int]:
    """Peak bytes of a run by kind of device, weights included.

    request  completed: steps, guidance and sampler are filled in
    """
    if is_encoded := request.source is not None or request.loop is not None:
        _ = model.autoencoder.encoder  # it is in memory from now on, and counts
    sizes = {name: held_bytes(part) for name, part in parts_of(model).items()}
    held = _by_device(sizes, model.device.type, way.on_cpu)
    config, ratio = model.config, model.autoencoder.downsampling_ratio
    decoded = -(-frames_for(request.duration_s, config.sample_rate) // ratio)
    plan = _plan_of(model, request, decoded)
    latents = max(plan.latents, decoded)
    joins = joins_halves(model.device) or bool(request.negative_prompt)
    batch = 2 if request.guidance_scale != 1.0 and joins else 1

    def sampled_bytes(latents: int, batch: int) -> int:
        itemsize, is_tiled = model.dit.dtype.itemsize, model.precision != "int4"
        kind = model.device.type
        return denoise_bytes(config.diffusion.dit, latents, itemsize, batch=batch, kind=kind, tiled=is_tiled)

    sampling = sampled_bytes(plan.seen, batch)
    recorded = 0
    if way.graphs:  # the longest step that is kept keeps its memory, while the decoder needs some
        recorded = sampled_bytes(max(batch * plan.seen, model.graphs.longest), 1) + 2 * GRAPH_BYTES
    margin = model.autoencoder.decoder.margin
    assert isinstance(margin, int)
    wide = next(p for p in model.autoencoder.decoder.parameters() if p.ndim > 1)
    bounds = plan_of(model.autoencoder, decoded, way.chunk)
    chunk = max(end - start for start, end in bounds)
    decodes_on = "cpu" if "autoencoder" in way.on_cpu else model.device.type
    decoding = decode_bytes(
        config.autoencoder.decoder,
        min(latents, chunk + 2 * margin),
        wide.dtype.itemsize,
        config.audio_channels,
        kind=decodes_on,
    )
    latent_bytes = LATENTS_KEPT * 4 * model.autoencoder.latent_dim * latents
    if is_quick(request):  # what the first block added and what the others did, of both halves of the guidance
        latent_bytes += 4 * latents // config.diffusion.dit.patch_size * row_bytes(model)
    if is_encoded:
        encoding, sound = _source_bytes(model, request)
        decoding, latent_bytes = max(decoding, encoding), latent_bytes + latent_bytes // LATENTS_KEPT
        held["cpu"] = held.get("cpu", 0) + sound
    total = {kind: size + FIXED_BYTES.get(kind, 0) for kind, size in held.items()}
    if "cpu" in total:
        total["cpu"] += int(KERNELS_SHARE * held["cpu"])
    if decodes_on == model.device.type:
        total[decodes_on] += max(sampling, decoding) + latent_bytes
    else:
        total[model.device.type] += sampling + latent_bytes
        total[decodes_on] += decoding + latent_bytes
    total[model.device.type] += recorded
    return total


def row_bytes(model: LoadedModel) -> int:
    """Of one position in the transformer."""
    return model.config.diffusion.dit.embed_dim * model.dit.dtype.itemsize


def denoise_bytes(
    config: DiTConfig,
    latents: int,
    itemsize: int,
    *,
    batch: int = 1,
    kind: str = "cpu",
    tiled: bool = True,
) -> int:
    """Peak of the transformer's tensors for so many latents.

    In self-attention nine tensors of the width live at once, three more where queries and keys are normalised, and as
    many again for a second look; rotations are float32, which half precision pays with two more. The feed-forward
    works in tiles.
    """
    positions = latents // config.patch_size + config.num_memory_tokens + 1
    copies = 9.2 + 3.0 * (config.attn_kwargs.qk_norm != "none") + 3.4 * config.attn_kwargs.differential
    copies += 2.2 if itemsize == 2 else 0.0
    row = batch * positions * config.embed_dim * itemsize
    inner = int(config.embed_dim * config.ff_kwargs.mult)
    tile = batch * (tiles.even(positions, TILE) if tiled else positions) * 4 * inner * itemsize
    scores = 0
    if kind == "mps":  # its kernel has all scores of one block at once, and their softmax
        scores = 2 * batch * config.num_heads * positions**2 * itemsize
    elif kind == "cpu" and itemsize == 2 and tiled_attention.suits_processor():
        scores = tiled_attention.scores_bytes(config.num_heads, positions)
    return int(max(copies * row + scores, 5.2 * row + tile))


def decode_bytes(config: object, latents: int, itemsize: int, channels: int = 2, *, kind: str = "cpu") -> int:
    """Peak of a decoder's tensors for one chunk, its context included."""
    if isinstance(config, OobleckDecoderConfig):
        rates = itertools.accumulate(config.strides[::-1], operator.mul)
        widths = [config.channels * mult for mult in (1, *config.c_mults)][-2::-1]
        numbers = [rate * width * latents for rate, width in zip(rates, widths, strict=True)]  # of each stage
        if kind != "cpu":
            return int(3.8 * itemsize * max(numbers))
        # In pieces: each stage keeps about two of its own, and one works. Then the sound that is put together.
        pieces = 2.5 * itemsize * sum(min(PIECE, count) for count in numbers)
        sound = 1.5 * itemsize * channels * math.prod(config.strides) * latents
        return int(pieces + sound) + CONVOLUTION_BYTES[itemsize]
    if isinstance(config, SameDecoderConfig):
        return int(21 * (config.stride + 1) * config.width * itemsize * latents)
    assert isinstance(config, SpectralDecoderConfig)
    bins, frames = config.n_fft // 2 + 1, config.stride * latents
    # Magnitudes with their logarithms; then a copy of them and of their sum, pieces and sums of audio, and the spectra
    # of the windows that pass at once. All in float32. Threads share the windows, and search some around theirs too.
    threads = max(1, torch.get_num_threads()) if kind == "cpu" else 1
    passing = min(frames, CACHED_WINDOWS * threads) if kind == "cpu" else frames
    around = (min(threads, frames // PHASE_GROUP // LEAST_PART) - 1) * 3 * PHASE_GROUP if kind == "cpu" else 0
    searched = frames + max(0, around)
    search = searched * (4 * (channels + 2) * bins + 4 * config.n_fft + 4 * (5 + 2 * channels) * config.hop)
    search += passing * (32 * bins + 8 * config.n_fft)
    network = frames * max(12 * channels * bins, 4 * config.width * (2 * config.mult + 3))
    kept = frames * channels * (4 * bins + 4 * config.hop)  # magnitudes, and audio that was found
    if config.tempered is not None:
        kept += frames * 16 * config.tempered.turned_bins
    return max(network, kept + search)


def encode_bytes(config: object, latents: int, itemsize: int) -> int:
    """Peak of an encoder's tensors for one chunk, its context included."""
    if isinstance(config, OobleckEncoderConfig):
        rates = itertools.accumulate(config.strides[::-1], operator.mul)
        widths = [config.channels * mult for mult in (1, *config.c_mults)][-2::-1]
        return int(3.8 * itemsize * max(rate * width * latents for rate, width in zip(rates, widths, strict=True)))
    if isinstance(config, SameEncoderConfig):
        return int(21 * (config.stride + 1) * config.width * itemsize * latents)
    assert isinstance(config, SpectralEncoderConfig)
    bins, frames = config.n_fft // 2 + 1, config.stride * latents
    # The spectrum, its magnitudes and their powers side by side, then what the network is given.
    return frames * config.in_channels * (8 + 4 + 4 + 4) * bins + frames * 4 * config.width * (2 * config.mult + 3)


def _plan_of(model: LoadedModel, request: TakeRequest, needed: int) -> Plan:
    """What the transformer works on; of music around a source no more than a window at once."""
    if request.loop is not None:
        return plan_for_loop(model, request, needed)
    if request.source is None or request.is_variation:
        return plan_for(model, request, needed)
    window = min(needed, longest_window(model.config))
    window_s = window * model.autoencoder.downsampling_ratio / model.config.sample_rate
    return plan_for(model, dataclasses.replace(request, duration_s=window_s), window)


def _source_bytes(model: LoadedModel, request: TakeRequest) -> tuple[int, int]:
    """What encoding a chunk of a source takes, and what its sound does: as it is, and once more while it is joined."""
    encoder = model.autoencoder.encoder
    margin = encoder.margin
    assert isinstance(margin, int)
    wide = next(p for p in encoder.parameters() if p.ndim > 1)
    chunk = encode_bytes(model.config.autoencoder.encoder, ENCODED + 2 * margin, wide.dtype.itemsize)
    frames = frames_for(request.duration_s, model.config.sample_rate)
    return chunk, 2 * 4 * frames * model.config.audio_channels


def longest(model: LoadedModel, request: TakeRequest, room: Room) -> float:
    """The longest length in seconds below the request's that fits, in steps that people would choose; 0 for none."""
    if request.source is not None and not request.is_variation:
        return 0.0  # its source says how long it is
    candidates = _lengths(request.duration_s)
    first, last = 0, len(candidates)
    while first < last:  # a longer take never needs less
        middle = (first + last) // 2
        shorter = dataclasses.replace(request, duration_s=candidates[middle])
        if _first_that_fits(model, shorter, room) is None:
            last = middle
        else:
            first = middle + 1
    return candidates[first - 1] if first else 0.0


def parts_of(model: LoadedModel) -> dict[str, nn.Module]:
    """The parts that hold weights, by name."""
    return {"dit": model.dit, "autoencoder": model.autoencoder, "conditioner": model.conditioner}


def arrange(model: LoadedModel, way: MemoryPlan) -> None:
    """Bring every part to where it runs, and let steps be replayed only where there is memory for it."""
    model.graphs.rest(not way.graphs)
    for name in CPU_PARTS:
        parts_of(model)[name].to("cpu" if name in way.on_cpu else model.device)


def device_of(part: nn.Module) -> torch.device:
    """Where a part lies."""
    return next(part.parameters()).device


def held_bytes(*parts: nn.Module) -> int:
    """Bytes of all weights and buffers, shared ones once."""
    return sum(tensor.nbytes for tensor in _tensors(*parts))


def up(size: int) -> str:
    """A need in words, rounded up, so that it never looks smaller than a room that it does not fit in."""
    return f"{math.ceil(size / MB)} MB" if size < GB else f"{math.ceil(10 * size / GB) / 10:.1f} GB"


def down(size: int) -> str:
    """A room in words, rounded down."""
    return f"{size // MB} MB" if size < GB else f"{math.floor(10 * size / GB) / 10:.1f} GB"


def _tensors(*parts: nn.Module) -> Iterator[torch.Tensor]:
    tensors = itertools.chain.from_iterable(itertools.chain(part.parameters(), part.buffers()) for part in parts)
    yield from {id(tensor): tensor for tensor in tensors}.values()


def _first_that_fits(model: LoadedModel, request: TakeRequest, room: Room) -> MemoryPlan | None:
    for way in ways(model.device.type, graphs=model.graphs.is_on):
        if all(size <= room[kind] for kind, size in needs(model, request, way).items()):
            return way
    return None


def _by_device(sizes: Mapping[str, int], kind: str, on_cpu: Iterable[str]) -> dict[str, int]:
    """Bytes by kind of device; the CPU counts only where something lies there."""
    total: dict[str, int] = {}
    for part, size in sizes.items():
        place = "cpu" if part in on_cpu else kind
        total[place] = total.get(place, 0) + size
    return total


def _lengths(below_s: float) -> list[float]:
    """Lengths that people would choose: whole seconds below a minute, then every five."""
    steps = [float(second) for second in itertools.chain(range(1, 60), range(60, math.ceil(below_s), 5))]
    return [second for second in steps if second < below_s]


def _refusal(
    what: str, need: int, room: int | None, precision: str, fits_s: float = 0.0, detail: str = ""
) -> OutOfMemory:
    """room  None when it is not known, only that it was too little"""
    free = "more than is free" if room is None else f"{down(room)} are free"
    message = f"{what} needs about {up(need)} of memory, {free}."
    if fits_s:
        return OutOfMemory(message, hint=f"{format_duration(fits_s)} would fit.", detail=detail, fits_s=fits_s)
    smaller = "" if precision in ("int8", "int4") else ", choose the precision int8 or int4"
    return OutOfMemory(message, hint=f"Close other programs{smaller}, or choose a smaller model.", detail=detail)

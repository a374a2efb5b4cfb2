"""A request in, events out: load the model, encode the prompt, sample latents, decode them into a growing file."""

from __future__ import annotations

import dataclasses
import gc
import logging
import re
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from musicapp.checkpoints import lora, lora_file
from musicapp.checkpoints.load import CPU_PARTS, LoadedModel, load_model, use_adapters
from musicapp.description.catalogue import find_model
from musicapp.diffusion.sampling import check_sampler, samplers_for
from musicapp.engine import devices, memory, self_test, take_file
from musicapp.engine.decode import chunk_bounds, decode_chunks, is_light
from musicapp.engine.denoise import denoise, plan_for
from musicapp.engine.events import (
    AudioChunk,
    Event,
    Finished,
    ModelDefaults,
    ModelInfo,
    ModelLoaded,
    ModelLoading,
    Progress,
    Remarked,
    Started,
)
from musicapp.engine.pace import Pace
from musicapp.engine.request_facts import read_request
from musicapp.engine.steering import Prompts
from musicapp.engine.take_file import TakeFile
from musicapp.errors import EngineError, OutOfMemory
from musicapp.request import Lora, TakeRequest, check_duration, checked, frames_for

log = logging.getLogger(__name__)

_OUT_OF_MEMORY = re.compile("not enough memory|out of memory|can't allocate memory", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class ModelKey:
    """Which model in which state: another text encoder or other adapters make it another one.

    seen  how the adapters' files looked before they were read; others under the same paths are other adapters
    """

    folder: Path
    placement: devices.Placement
    text_encoder: str = ""
    loras: tuple[Lora, ...] = ()
    seen: tuple[tuple[tuple[int, ...], ...], ...] = ()

    @property
    def plain(self) -> ModelKey:
        """The model without adapters."""
        return dataclasses.replace(self, loras=(), seen=())


@dataclasses.dataclass(frozen=True)
class HeldModel:
    """A model in memory, and what was asked for."""

    asked: ModelKey
    model: LoadedModel
    info: ModelInfo
    prompts: Prompts


class Engine:
    """Makes takes one after the other and keeps the last model loaded.

    check_stop  called before every layer of every network, at each step and each decoded chunk; whatever it raises
                ends the take at once, and its unfinished file is removed
    """

    def __init__(self, check_stop: Callable[[], None] = lambda: None) -> None:
        self._check_stop = check_stop
        self._ready: HeldModel | None = None
        self._remarks: set[str] = set()
        devices.use_all_cores()

    def load(
        self,
        key: str,
        *,
        device: str = "auto",
        precision: str = "auto",
        text_encoder: str = "",
        loras: tuple[Lora, ...] = (),
        take_id: str = "",
    ) -> Iterator[Event]:
        """Have a model in memory: ModelLoading and ModelLoaded, or ModelLoaded alone when it is there already.

        Remarked comes before ModelLoaded when there is something to know of the loading.

        text_encoder  a folder, "" for where the model has it
        loras         adapters; those of no strength count as none
        Raises CheckpointError, RequestError (a device that is not there) or OutOfMemory.
        """
        active = tuple(chosen for chosen in loras if chosen.strength != 0)
        seen = tuple(lora_file.seen(Path(chosen.path)) for chosen in active)
        asked = ModelKey(find_model(key), devices.place(device, precision), text_encoder, active, seen)
        ready = self._ready
        if ready is None or ready.asked != asked:
            yield ModelLoading(take_id, key)
            if ready is None or ready.asked.plain != asked.plain:
                del ready
                self._free()
                ready = self._ready = self._read(key, asked.plain)
                yield from self._remark(ready.model.remark)
            if ready.asked != asked:
                with _memory_errors(_no_room_for_model):
                    ready = self._adapt(ready, asked)
        if ready.info.key != key:
            ready = self._ready = dataclasses.replace(ready, info=dataclasses.replace(ready.info, key=key))
        yield ModelLoaded(ready.info)

    def prepare(self, request: TakeRequest) -> Iterator[Event]:
        """Check the request and have its model in memory; events only if the model had to be read.

        Raises RequestError, CheckpointError or OutOfMemory.
        """
        checked(request)
        before = self._ready.info if self._ready else None  # not the model, which has to go before another comes
        events = self.load(
            request.model,
            device=request.device,
            precision=request.precision,
            text_encoder=request.text_encoder,
            loras=request.loras,
            take_id=request.take_id,
        )
        is_news = False
        for event in events:
            is_news = (
                is_news
                or isinstance(event, ModelLoading)
                or not (isinstance(event, ModelLoaded) and event.info == before)
            )
            if is_news:
                yield event

    def make(self, request: TakeRequest, path: Path) -> Generator[Event, None, None]:
        """Make a take: Started, then Progress per step, AudioChunk and Progress per piece, and Finished.

        Remarked comes first when memory allows it only in another way than usual. OutOfMemory says which length fits.

        path  the float WAV to write; its folders are made, a file that exists is refused
        Raises MusicAppError. Whenever it does not get to Finished, nothing is left at `path`.
        """
        yield from self.prepare(request)
        assert self._ready is not None
        request = _completed(checked(request), self._ready.info)
        info = self._ready.info
        check_sampler(request.sampler or "", self._ready.model.config.diffusion.objective)
        check_duration(request.duration_s, cap_s=info.max_duration_s, model_name=info.name)
        frames = frames_for(request.duration_s, info.sample_rate)
        model = self._ready.model
        way = memory.choose(model, request, memory.room_for(model.device, memory.parts_of(model).values()))
        yield from self._remark(way.remark)

        def ran_out(detail: str) -> OutOfMemory:
            return memory.ran_out(model, request, way, detail)

        with _memory_errors(ran_out), take_file.create(path, request, info, frames) as file:
            memory.arrange(model, way)
            yield Started(request.take_id, request, str(path), info.sample_rate, info.channels, frames)
            yield from self._render(self._ready, request, file, way)

    def _remark(self, text: str) -> Iterator[Event]:
        """Say something, unless it is nothing or has been said."""
        if text and text not in self._remarks:
            self._remarks.add(text)
            yield Remarked(text)

    def _render(
        self, ready: HeldModel, request: TakeRequest, file: TakeFile, way: memory.MemoryPlan
    ) -> Iterator[Event]:
        began, take_id, steps = time.perf_counter(), request.take_id, request.steps or 1
        model, frames = ready.model, file.total_frames
        needed = -(-frames // model.autoencoder.downsampling_ratio)
        plan = plan_for(model, request, needed)
        pace = _pace(ready, request, sampled=plan.latents, decoded=needed)
        if (expected_s := pace.begin()) is not None:
            yield Progress(take_id, "denoising", 0, steps, expected_s)
        latents = None
        for step in denoise(model, ready.prompts, request, read_request(request), plan):
            self._check_stop()
            latents = step.latents
            yield Progress(take_id, "denoising", step.index + 1, steps, pace.step_done())
        assert latents is not None
        _refuse_broken(latents, ready.info)
        denoise_s = time.perf_counter() - began
        bounds = chunk_bounds(needed, way.chunk, is_light=is_light(model.autoencoder))
        written, peak, first_chunk_s = 0, 0.0, 0.0
        latents = latents.to(memory.device_of(model.autoencoder))
        chunks = decode_chunks(model.autoencoder, latents, size=way.chunk, count=needed, seed=request.seed)
        for number, audio in enumerate(chunks, start=1):
            self._check_stop()
            block = audio[0, :, : frames - written].T.cpu().numpy()
            file.write(block)
            peak = max(peak, float(np.abs(block).max()))
            first_chunk_s = first_chunk_s or time.perf_counter() - began
            yield AudioChunk(take_id, written, len(block))
            written += len(block)
            start, end = bounds[number - 1]
            left_s = pace.chunk_done(end - start, needed - end)
            yield Progress(take_id, "decoding", number, len(bounds), left_s)
        file.close()
        pace.remember()
        total_s = time.perf_counter() - began
        yield Finished(take_id, str(file.path), frames, peak, denoise_s, first_chunk_s, total_s)

    def _read(self, key: str, asked: ModelKey) -> HeldModel:
        began, folder, placement = time.perf_counter(), asked.folder, asked.placement
        try:
            model = _load(asked)
        except OutOfMemory:
            if placement.device == "cpu":
                raise
            self._free()
            model = _load(asked, on_cpu=CPU_PARTS)
        with _memory_errors(_no_room_for_model):
            self_test.check(model)
        for part in (model.conditioner, model.dit, model.autoencoder):
            _check_before_layers(part, self._check_stop)
        seconds = time.perf_counter() - began
        log.info("loaded %s in %s on %s, %.1f s", folder, placement.precision, placement.device_name, seconds)
        return HeldModel(
            asked, model, _describe(key, folder, model, placement), Prompts(model.conditioner, model.device)
        )

    def _adapt(self, ready: HeldModel, asked: ModelKey) -> HeldModel:
        """Give the loaded model other adapters. One that does not fit leaves it as it is."""
        began, model = time.perf_counter(), ready.model
        adapters = [(lora_file.read_adapter(Path(chosen.path)), chosen.strength) for chosen in asked.loras]
        matched = lora.match(model.networks, adapters)
        self._ready = None  # whatever goes wrong from here on, the model must not be used any more
        use_adapters(model, matched)
        self_test.check_transformer(model)
        log.info("%d adapters in %.1f s", len(adapters), time.perf_counter() - began)
        self._ready = dataclasses.replace(ready, asked=asked, prompts=Prompts(model.conditioner, model.device))
        return self._ready

    def _free(self) -> None:
        """Let the old model go before the new one comes: both may not fit."""
        self._ready = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if torch.backends.mps.is_available():
            torch.mps.empty_cache()


def _load(asked: ModelKey, on_cpu: Sequence[str] = ()) -> LoadedModel:
    """The model as asked for. Raises OutOfMemory, where possible before its weights are read."""
    place = asked.placement

    def check_sizes(sizes: Mapping[str, int]) -> None:
        memory.refuse_weights(sizes, torch.device(place.device), place.precision, on_cpu)

    with _memory_errors(_no_room_for_model):
        return load_model(
            asked.folder,
            device=place.device,
            precision=place.precision,
            text_encoder_folder=Path(asked.text_encoder) if asked.text_encoder else None,
            on_cpu=on_cpu,
            check_sizes=check_sizes,
        )


def _completed(request: TakeRequest, info: ModelInfo) -> TakeRequest:
    """The request with the model's defaults filled in, and where it really runs."""
    default = info.defaults
    return dataclasses.replace(
        request,
        steps=default.steps if request.steps is None else request.steps,
        guidance_scale=default.guidance_scale if request.guidance_scale is None else request.guidance_scale,
        sampler=default.sampler if request.sampler is None else request.sampler,
        device=info.device,
        precision=info.precision,
    )


def _describe(key: str, folder: Path, model: LoadedModel, placement: devices.Placement) -> ModelInfo:
    config, app = model.config, model.config.app
    return ModelInfo(
        key=key,
        name=app.name or folder.name,
        sample_rate=config.sample_rate,
        channels=config.audio_channels,
        max_duration_s=config.max_duration_s,
        samplers=tuple(samplers_for(config.diffusion.objective)),
        defaults=ModelDefaults(app.steps, app.guidance_scale, app.sampler),
        negative_prompt=app.guidance_scale != 1.0,
        device=placement.device,
        device_name=placement.device_name,
        precision=placement.precision,
        licence=app.licence,
    )


def _pace(ready: HeldModel, request: TakeRequest, *, sampled: int, decoded: int) -> Pace:
    info = ready.info
    guided = "plain" if request.guidance_scale == 1.0 else "guided"
    key = f"{ready.asked.folder.name} {info.device} {info.precision} {guided}"
    latent_s = ready.model.autoencoder.downsampling_ratio / info.sample_rate
    return Pace(key, sampled=sampled, decoded=decoded, steps=request.steps or 1, latent_s=latent_s)


def _check_before_layers(network: nn.Module, check_stop: Callable[[], None]) -> None:
    """Ask before every single layer: one step of a long take lasts longer than anybody waits for a cancel."""

    def before(module: nn.Module, inputs: object) -> None:
        check_stop()

    for module in network.modules():
        if not any(True for _ in module.children()):
            module.register_forward_pre_hook(before)


def _refuse_broken(latents: Tensor, info: ModelInfo) -> None:
    if not bool(torch.isfinite(latents).all()):
        raise EngineError(
            "The model's numbers got out of hand, so there is no sound to decode.",
            hint=f"Choose the precision fp32 instead of {info.precision}, or less guidance."
            if info.precision != "fp32"
            else "Try less guidance, another sampler or another seed.",
        )


@contextmanager
def _memory_errors(in_words: Callable[[str], OutOfMemory]) -> Iterator[None]:
    """Say in plain words that memory ran out, however torch said it, which is the detail."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError | torch.OutOfMemoryError) and not _OUT_OF_MEMORY.search(str(error)):
            raise
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        raise in_words(str(error)) from error


def _no_room_for_model(detail: str) -> OutOfMemory:
    return OutOfMemory(
        "There is not enough memory for this model.",
        hint="Close other programs, choose the precision int8 or int4, or a smaller model.",
        detail=detail,
    )

"""A request in, events out: load the model, encode the prompt, sample latents, decode them into a growing file."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from musicapp.audio.source_file import SourceSound
from musicapp.diffusion.sampling import check_sampler
from musicapp.diffusion.windows import Window
from musicapp.engine import devices, memory, remarks, running_out, shaped, source, source_facts, take_file
from musicapp.engine.canvas import Canvas
from musicapp.engine.decode import seen_until
from musicapp.engine.denoise import denoise, denoising_of
from musicapp.engine.events import (
    AudioChunk,
    Event,
    Finished,
    ModelInfo,
    ModelLoaded,
    ModelLoading,
    Preview,
    Progress,
    Started,
)
from musicapp.engine.held_model import HeldModel, ModelHolder, ModelKey
from musicapp.engine.pace import Pace, key_of
from musicapp.engine.previews import Ear, Previews
from musicapp.engine.remarks import Remarks
from musicapp.engine.request_facts import RequestFacts, read_request
from musicapp.engine.sound import blocks_of, bounds_of
from musicapp.engine.take_file import TakeFile
from musicapp.errors import EngineError, OutOfMemory
from musicapp.prompts.arc import arc_of
from musicapp.request import TakeRequest, check_duration, checked, frames_for
from musicapp.shape import MAX_SHAPED_S


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A take that can be made, as long as its model is held: this does not keep it.

    request  checked, with every default filled in
    facts    what it states
    model    which one
    sound    of the source that it is a variation of, read once: whatever becomes of the file, it is made from this
    canvas   what is there of it and what is to be made, where not all is
    """

    request: TakeRequest
    facts: RequestFacts
    model: ModelKey
    sound: SourceSound | None = None
    canvas: Canvas | None = None


class Engine:
    """Makes takes one after the other and keeps the last model loaded.

    models      what holds it
    check_stop  called before every layer of every network, at each step and each decoded chunk; whatever it raises
                ends the take at once, and its unfinished file is removed
    """

    def __init__(self, check_stop: Callable[[], None] = lambda: None) -> None:
        self._check_stop = check_stop
        self._remarks = Remarks()
        self.models = ModelHolder(check_stop, self._remarks)
        devices.use_all_cores()

    def prepare(self, request: TakeRequest) -> Generator[Event, None, Prepared]:
        """Check and complete a request, read what it states and have its model in memory; give what `make` takes.

        Events only if the model had to be read. Raises RequestError, CheckpointError or OutOfMemory.
        """
        request = checked(request)
        yield from self._load(request)
        held = self.models.held
        assert held is not None
        request = _completed(request, held)
        check_sampler(request.sampler or "", held.model.config.diffusion.objective)
        request, sound, canvas = source.opened(request, held.info.sample_rate, held.info.channels)
        cap_s, name = (MAX_SHAPED_S, "") if canvas is not None else (held.info.max_duration_s, held.info.name)
        check_duration(request.duration_s, cap_s=cap_s, model_name=name)
        facts = read_request(request)
        if canvas is not None and request.source is not None and sound is not None:
            facts = source_facts.completed(facts, request.source, sound.audio, held.info.sample_rate)
            sound = None
        return Prepared(request, facts, held.asked, sound, canvas)

    def _load(self, request: TakeRequest) -> Iterator[Event]:
        """Have a request's model in memory; silent if it was there already."""
        before = self.models.held.info if self.models.held else None  # not the model, which may have to go
        events = self.models.load(
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

    def make(
        self, prepared: Prepared, path: Path, *, keep_part: bool = False, ear: Ear = lambda: None
    ) -> Generator[Event, None, None]:
        """Make a take: Started, then Progress per step, AudioChunk and Progress per piece, and Finished.

        A Preview may follow a step where somebody listens. What is made is the same with and without.

        Remarked comes first when memory allows it only in another way than usual. OutOfMemory says which length fits.

        prepared  by `prepare`, with no other model loaded since
        path      the float WAV to write; its folders are made, a file that exists is refused
        ear       asked after each step: the frame where somebody listens, None for nobody
        Raises MusicAppError. Whenever it does not get to Finished, nothing is left at `path`, or with `keep_part` a
        whole, shorter WAV of the chunks that were told of.
        """
        held, request = self.models.held, prepared.request
        if held is None or held.asked != prepared.model:
            raise EngineError("The model of this take is no longer in memory.", hint="Make the take again.")
        model, info = held.model, held.info
        way = memory.choose(model, request, memory.room_for(model.device, memory.parts_of(model).values()))
        yield from self._remarks.once(way.remark)
        for text in (request.prompt, request.negative_prompt):
            yield from self._remarks.once(remarks.about_unread(model.conditioner.unread(text)), is_to_do=True)

        def ran_out(detail: str) -> OutOfMemory:
            return memory.ran_out(model, request, way, detail)

        frames = frames_for(request.duration_s, info.sample_rate)
        growing = take_file.create(path, request, info, frames, keep_part=keep_part)
        with running_out.errors_in_words(ran_out), growing as file:
            memory.arrange(model, way)
            yield Started(request.take_id, request, str(path), info.sample_rate, info.channels, frames)
            if prepared.canvas is not None or request.loop is not None:
                yield from shaped.render(held, request, prepared.facts, prepared.canvas, file, self._check_stop, ear)
            else:
                yield from self._render(held, prepared, file, way, ear)

    def _render(
        self, held: HeldModel, prepared: Prepared, file: TakeFile, way: memory.MemoryPlan, ear: Ear
    ) -> Iterator[Event]:
        request = prepared.request
        began, take_id, steps = time.perf_counter(), request.take_id, request.steps or 1
        model, frames = held.model, file.total_frames
        needed = -(-frames // model.autoencoder.downsampling_ratio)
        plan = source.plan_for_take(model, request, needed)
        pace = _pace(held, request, windows=plan.windows, decoded=needed)
        if (expected_s := pace.begin()) is not None:
            yield Progress(take_id, "denoising", 0, steps, expected_s)
        given = None if prepared.sound is None else source.varied(model, request, prepared.sound, plan)
        latents, sampling = None, denoise(model, held.prompts, request, prepared.facts, plan, given)
        previews = Previews(model, frames, chunk=way.chunk, seed=request.seed, ear=ear, latent_s=pace.decode_s)
        for step in sampling:
            self._check_stop()
            latents, ready = step.latents, step.ready
            left_s = pace.step_done()
            yield Progress(take_id, "denoising", step.index + 1, steps, left_s)
            if ready:
                break
            if (preview := previews.after(step, steps, time.perf_counter() - began + left_s)) is not None:
                yield Preview(take_id, preview[0], preview[1].tobytes())
                pace.skip()
        assert latents is not None
        _refuse_broken(latents[..., :ready], held.info)
        denoise_s = time.perf_counter() - began
        bounds = bounds_of(model, frames, way.chunk)
        written, peak, first_chunk_s = 0, 0.0, 0.0
        decoded = latents.to(memory.device_of(model.autoencoder))
        arc = arc_of(model.config, request.prompt, prepared.facts.prompt, request.duration_s)
        windows, size, seed = plan.windows, way.chunk, request.seed
        blocks = blocks_of(model, decoded, frames, size=size, seed=seed, arc=arc, windows=windows, ready=lambda: ready)
        for number, (start, end) in enumerate(bounds, start=1):
            self._check_stop()
            if ready < (wanted := seen_until(model.autoencoder, end, plan.latents)):
                later = time.perf_counter()
                for step in sampling:
                    self._check_stop()
                    if step.ready >= wanted:
                        break
                _refuse_broken(step.latents[..., ready : step.ready], held.info)
                decoded[..., ready : step.ready] = step.latents[..., ready : step.ready]
                ready = step.ready
                pace.windows_done(ready)
                denoise_s += time.perf_counter() - later
            block = next(blocks)
            file.write(block)
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
            first_chunk_s = first_chunk_s or time.perf_counter() - began
            if len(block):  # a limiter may keep all of a short one until it has seen the next
                yield AudioChunk(take_id, written, len(block))
            written += len(block)
            left_s = pace.chunk_done(end - start, needed - end)
            yield Progress(take_id, "decoding", number, len(bounds), left_s)
        file.close()
        if request.quality == "full":  # steps of another are not all alike
            pace.remember()
        total_s = time.perf_counter() - began
        yield Finished(take_id, str(file.path), frames, peak, denoise_s, first_chunk_s, total_s)


def _completed(request: TakeRequest, held: HeldModel) -> TakeRequest:
    """The request with the model's defaults filled in, and where it really runs."""
    info, default = held.info, held.info.defaults
    return dataclasses.replace(
        request,
        steps=default.steps if request.steps is None else request.steps,
        guidance_scale=default.guidance_scale if request.guidance_scale is None else request.guidance_scale,
        sampler=default.sampler if request.sampler is None else request.sampler,
        device=info.device,
        precision=info.precision,
        denoising=denoising_of(held.model.config, request),
    )


def _pace(held: HeldModel, request: TakeRequest, *, windows: Sequence[Window], decoded: int) -> Pace:
    info = held.info
    key = key_of(held.asked.folder.name, info.device, info.precision, request.guidance_scale)
    latent_s = held.model.autoencoder.downsampling_ratio / info.sample_rate
    config = held.model.config
    least = 0 if config.app.variable_length or config.is_stable_audio_3 else config.window_latents
    return Pace(key, windows=windows, decoded=decoded, steps=request.steps or 1, latent_s=latent_s, least=least)


def _refuse_broken(latents: Tensor, info: ModelInfo) -> None:
    if not bool(torch.isfinite(latents).all()):
        raise EngineError(
            "The model's numbers got out of hand, so there is no sound to decode.",
            hint=f"Choose the precision fp32 instead of {info.precision}, or less guidance."
            if info.precision != "fp32"
            else "Try less guidance, another sampler or another seed.",
        )

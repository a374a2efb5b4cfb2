"""Takes of which a part is there already, and loops: from a canvas to the events and blocks of a take."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from functools import partial

import numpy as np
import torch

from musicapp.audio import levels
from musicapp.diffusion.circles import unrolled
from musicapp.engine import loops
from musicapp.engine.canvas import Canvas, seam
from musicapp.engine.decode import SIZE, context_of
from musicapp.engine.denoise import Given, denoise, plan_for_loop
from musicapp.engine.events import AudioChunk, Event, Finished, Preview, Progress
from musicapp.engine.filling import Filling, filled
from musicapp.engine.held_model import HeldModel
from musicapp.engine.pace import DECODE_GUESS
from musicapp.engine.previews import Ear, Passage, Previews
from musicapp.engine.request_facts import RequestFacts
from musicapp.engine.sound import blocks_of
from musicapp.engine.steering import Timing
from musicapp.engine.take_file import TakeFile
from musicapp.errors import EngineError
from musicapp.request import TakeRequest

BLOCK_FRAMES = 1 << 18


def render(
    held: HeldModel,
    request: TakeRequest,
    facts: RequestFacts,
    canvas: Canvas | None,
    file: TakeFile,
    check_stop: Callable[[], None],
    ear: Ear,
) -> Iterator[Event]:
    """Every event of a completed request after Started.

    canvas  what is there of it; None for a loop, of which nothing is
    ear     where somebody listens while it forms
    """
    began, take_id = time.perf_counter(), request.take_id
    clock, turns = _Clock(take_id, request.steps or 1), int(canvas is None)
    if canvas is None:
        clock.windows = 2  # its turn and, told from the start, its seam
        facts = loops.told(request, facts)
        audio = yield from _turn(held, request, facts, file.total_frames, clock, check_stop, ear)
        canvas = seam(audio, loops.joint_s(request.duration_s), held.info.sample_rate)
    if canvas.is_circular:
        first_s = (len(canvas.audio) - canvas.turned) / held.info.sample_rate
        facts = loops.begun(facts, loops.middle(request.duration_s, first_s).start_s)
    filling = Filling(held.model, held.prompts, request, facts, canvas)
    clock.windows = turns + len(filling.windows)
    latent_s = DECODE_GUESS * held.model.autoencoder.downsampling_ratio / held.info.sample_rate
    # The seam of a loop is a second; all of it was heard by then.
    heard_by: Ear = (lambda: None) if canvas.is_circular else ear
    previews = Previews(held.model, len(canvas.audio), chunk=SIZE, seed=request.seed, ear=heard_by, latent_s=latent_s)
    for number, step in filling.sample():
        check_stop()
        _refuse_broken(step.latents)
        progress = clock.step_done()
        yield progress
        passage = Passage(filling.windows[number], partial(filling.heard, number))
        preview = previews.after(step, request.steps or 1, clock.passed_s + progress.remaining_s, passage)
        if preview is not None:
            yield Preview(take_id, preview[0], preview[1].tobytes())
    denoise_s = time.perf_counter() - began
    sounds = []
    for number in range(len(canvas.gaps)):
        check_stop()
        sounds.append(filling.sound(number))
        yield Progress(take_id, "decoding", number + 1, len(canvas.gaps), 0.0)
    audio = filled(canvas, sounds)
    first_chunk_s = time.perf_counter() - began
    for first in range(0, len(audio), BLOCK_FRAMES):
        check_stop()
        block = audio[first : first + BLOCK_FRAMES]
        file.write(block)
        yield AudioChunk(take_id, first, len(block))
    file.close()
    total_s = time.perf_counter() - began
    yield Finished(take_id, str(file.path), len(audio), levels.peak(audio), denoise_s, first_chunk_s, total_s)


def _turn(
    held: HeldModel,
    request: TakeRequest,
    facts: RequestFacts,
    frames: int,
    clock: _Clock,
    check_stop: Callable[[], None],
    ear: Ear,
) -> Generator[Event, None, np.ndarray]:
    """The sound of a loop before its seam is made, `(frames, channels)`: a turn of latents that run round."""
    model, ratio = held.model, held.model.autoencoder.downsampling_ratio
    turn = max(1, round(frames / ratio))
    plan = plan_for_loop(model, request, turn)
    nothing = torch.zeros(1, model.autoencoder.latent_dim, turn)
    timing = loops.middle(request.duration_s)
    given = Given(
        nothing,
        timing=Timing(timing.start_s - plan.lead * ratio / held.info.sample_rate, timing.total_s),
        number=1 << 10,
    )
    latents, latent_s = nothing, DECODE_GUESS * ratio / held.info.sample_rate
    previews = Previews(model, frames, chunk=SIZE, seed=request.seed, ear=ear, latent_s=latent_s)
    for step in denoise(model, held.prompts, request, loops.begun(facts, timing.start_s), plan, given):
        check_stop()
        latents = step.latents
        progress = clock.step_done()
        yield progress
        preview = previews.after(step, request.steps or 1, clock.passed_s + progress.remaining_s)
        if preview is not None:
            yield Preview(request.take_id, preview[0], preview[1].tobytes())
    _refuse_broken(latents)
    place = next(model.autoencoder.parameters()).device
    before = context_of(model.autoencoder)
    circle = unrolled(latents.to(place), before, before + turn + before)
    blocks = blocks_of(model, circle, before * ratio + frames, size=SIZE, seed=request.seed)
    return np.concatenate(list(blocks))[before * ratio :]


class _Clock:
    """Tells how far sampling is, over all windows."""

    def __init__(self, take_id: str, steps: int) -> None:
        self._take_id, self._steps, self._began = take_id, steps, time.perf_counter()
        self._done = self.windows = 0

    @property
    def passed_s(self) -> float:
        return time.perf_counter() - self._began

    def step_done(self) -> Progress:
        self._done += 1
        total = max(self._steps * self.windows, self._done)
        left_s = (total - self._done) * self.passed_s / self._done
        return Progress(self._take_id, "denoising", self._done, total, left_s)


def _refuse_broken(latents: torch.Tensor) -> None:
    if not bool(torch.isfinite(latents).all()):
        raise EngineError(
            "The model's numbers got out of hand, so there is no sound to decode.",
            hint="Choose the precision fp32, less guidance, another sampler or another seed.",
        )

"""A stand-in for the engine's process: it answers at once, from another thread, and writes real files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from musicapp.audio import tags
from musicapp.audio.wave_io import WaveWriter
from musicapp.engine.events import (
    AudioChunk,
    Cancelled,
    EngineLost,
    EngineReady,
    Event,
    Failed,
    Finished,
    ModelDefaults,
    ModelInfo,
    ModelLoaded,
    ModelLoading,
    Progress,
    Queued,
    Started,
)
from musicapp.request import Lora, TakeRequest, frames_for

SAMPLE_RATE = 44100
INFO = ModelInfo(
    key="builtin",
    name="Musicapp Small",
    sample_rate=SAMPLE_RATE,
    channels=2,
    max_duration_s=285.0,
    samplers=("dpmpp-3m-sde", "dpmpp-2m-sde", "dpmpp-2m"),
    defaults=ModelDefaults(steps=50, guidance_scale=6.0, sampler="dpmpp-3m-sde"),
    negative_prompt=True,
    device="cpu",
    device_name="CPU, 2 cores",
    precision="int8",
    licence="MIT",
)


def music(seed: int, frames: int, sample_rate: int = SAMPLE_RATE) -> np.ndarray:
    """`(frames, 2)` float32 that looks and sounds a little like music: notes with decay, a beat, a slow swell."""
    random = np.random.default_rng(seed)
    audio = np.zeros((frames, 2), np.float32)
    beat = round(sample_rate * 60 / random.integers(84, 126))
    scale = 220 * 2 ** (np.array([0, 3, 5, 7, 10, 12]) / 12)
    for number, first in enumerate(range(0, frames, beat // 2)):
        length = min(3 * beat, frames - first)
        time_s = np.arange(length, dtype=np.float32) / sample_rate
        swell = 0.35 + 0.3 * np.sin(first / frames * np.pi) + 0.1 * random.random()
        note = np.sin(2 * np.pi * random.choice(scale) * time_s) * np.exp(-4 * time_s)
        if number % 4 == 0:
            note = note + 0.9 * np.sin(2 * np.pi * 55 * time_s) * np.exp(-9 * time_s)
        pan = random.uniform(0.3, 0.7)
        audio[first : first + length] += (swell * note)[:, None] * np.array([1 - pan, pan], np.float32)
    return audio * np.float32(0.9 / max(np.abs(audio).max(), 1e-9))


@dataclass
class FakeHost:
    """Answers `load` and `generate` with the events of a real run.

    script   "finish" at once, or stop after "queued", "started", "denoising" or "chunk" until the test goes on
    """

    on_event: Callable[[Event], None]
    info: ModelInfo = INFO
    script: str = "finish"
    steps: int = 4
    chunks: int = 3
    is_alive: bool = True
    requests: list[TakeRequest] = field(default_factory=list)
    loads: list[tuple[str, str, str]] = field(default_factory=list)
    loras: tuple[Lora, ...] = ()  # of the last load
    paths: dict[str, Path] = field(default_factory=dict)
    closed: bool = False
    restarts: int = 0
    told_frames: dict[str, int] = field(default_factory=dict)  # of each take, in its file
    ears: list[int | None] = field(default_factory=list)  # where somebody listened to takes that form

    def emit(self, event: Event) -> None:
        """Send an event the way the engine does: from a thread that is not the window's."""
        thread = threading.Thread(target=self.on_event, args=(event,))
        thread.start()
        thread.join()

    def start(self) -> None:
        self.emit(EngineReady())

    def load(self, model: str, *, device: str = "auto", precision: str = "auto", loras: tuple[Lora, ...] = ()) -> None:
        self.loads.append((model, device, precision))
        self.loras = loras
        self.emit(ModelLoading("", model))
        self.emit(ModelLoaded(replace(self.info, key=model)))

    def generate(self, request: TakeRequest, path: Path, *, keep_part: bool = False) -> None:
        self.requests.append(request)
        self.told_frames[request.take_id] = 0
        self.paths[request.take_id] = path
        self.emit(Queued(request.take_id, 0))
        if self.script == "queued":
            return
        self.begin(request)
        if self.script == "started":
            return
        count = self.steps // 2 if self.script == "denoising" else self.steps
        for step in range(1, count + 1):
            self.emit(Progress(request.take_id, "denoising", step, self.steps, 8.0 * (self.steps - step)))
        if self.script != "denoising":
            self.write(request, self.chunks - 1 if self.script == "chunk" else self.chunks)
        if self.script == "finish":
            self.finish(request)

    def begin(self, request: TakeRequest) -> None:
        """Tell that sampling begins."""
        defaults = self.info.defaults
        filled = replace(
            request,
            steps=request.steps or defaults.steps,
            guidance_scale=defaults.guidance_scale if request.guidance_scale is None else request.guidance_scale,
            sampler=request.sampler or defaults.sampler,
        )
        frames = frames_for(request.duration_s, self.info.sample_rate)
        path = str(self.paths[request.take_id])
        self.emit(Started(request.take_id, filled, path, self.info.sample_rate, self.info.channels, frames))

    def write(self, request: TakeRequest, chunks: int) -> None:
        """Write the first `chunks` of all chunks, telling of each."""
        frames = frames_for(request.duration_s, self.info.sample_rate)
        audio = music(request.seed % 2**31, frames, self.info.sample_rate)
        path = self.paths[request.take_id]
        path.parent.mkdir(parents=True, exist_ok=True)
        size = -(-frames // self.chunks)
        form = (self.info.sample_rate, self.info.channels, frames)
        with WaveWriter(path, *form, tags=tags.request_tags(request)) as writer:
            for number in range(chunks):
                block = audio[number * size : (number + 1) * size]
                writer.write(block)
                writer.flush()
                self.emit(Progress(request.take_id, "decoding", number + 1, self.chunks, 1.0))
                self.emit(AudioChunk(request.take_id, number * size, len(block)))
                self.told_frames[request.take_id] = number * size + len(block)

    def finish(self, request: TakeRequest) -> None:
        """Tell that the file is complete."""
        frames = frames_for(request.duration_s, self.info.sample_rate)
        self.emit(Finished(request.take_id, str(self.paths[request.take_id]), frames, 0.9, 2.0, 2.1, 2.5))

    def fail(
        self, request: TakeRequest, message: str = "Out of luck.", hint: str = "Try again.", fits_s: float = 0.0
    ) -> None:
        """Tell that the take could not be made."""
        self.paths[request.take_id].unlink(missing_ok=True)
        self.emit(Failed(request.take_id, message, hint, fits_s))

    def listen(self, take_id: str, ear: int | None) -> None:
        self.ears.append(ear)

    def cancel(self, take_id: str) -> None:
        kept = self.told_frames[take_id]
        if not kept:
            self.paths[take_id].unlink(missing_ok=True)
        self.emit(Cancelled(take_id, kept))

    def lose(self, message: str = "The engine crashed.", hint: str = "Try again.") -> None:
        """Die, in the middle of a take if there is one."""
        for take_id, kept in self.told_frames.items():
            self.emit(Failed(take_id, message, hint, kept_frames=kept, is_lost=True))
        self.emit(EngineLost(message, hint, -11))

    def restart(self) -> None:
        self.restarts += 1
        self.lose("The engine did not answer any more and was ended.")

    def close(self, timeout_s: float = 3.0) -> None:
        self.closed = True
        self.is_alive = False

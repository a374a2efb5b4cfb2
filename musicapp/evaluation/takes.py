"""Takes to listen to: made with the engine's own sampling and decoding, kept as FLAC files and never made twice."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import soundfile
import soxr
import torch

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.audio import wave_io
from musicapp.audio.source_file import SourceSound
from musicapp.checkpoints.load import LoadedModel, load_model
from musicapp.checkpoints.weights import WEIGHTS_NAME
from musicapp.description.config import read_description
from musicapp.engine import devices, source
from musicapp.engine.decode import SIZE
from musicapp.engine.denoise import denoise, denoising_of, plan_for
from musicapp.engine.request_facts import read_request
from musicapp.engine.sound import blocks_of
from musicapp.engine.steering import Prompts, Timing
from musicapp.nn.conditioners import Conditioning
from musicapp.nn.timeline import Facts
from musicapp.prompts.arc import arc_of
from musicapp.request import VERSION, TakeRequest, check_duration, checked, frames_for
from musicapp.shape import Source

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Take:
    """A take on disk. `made_s` is the time it took, without loading the model."""

    path: Path
    prompt: str
    duration_s: float
    seed: int
    made_s: float

    def sound(self) -> np.ndarray:
        """`(frames, 2)` float32 at the rate that everything here listens at."""
        sound, rate = wave_io.read(self.path)
        if rate != SAMPLE_RATE:
            sound = soxr.resample(sound, rate, SAMPLE_RATE)
        return np.broadcast_to(sound, (len(sound), 2)) if sound.shape[1] == 1 else sound


class Takes:
    """Makes takes of one model, which is loaded when the first one is missing."""

    def __init__(
        self, model: Path, folder: Path, *, steps: int | None, guidance_scale: float | None, device: str, precision: str
    ) -> None:
        self.model_folder, self.folder, self._weights = model, folder, model / WEIGHTS_NAME
        self._steps, self._guidance_scale, self._asked = steps, guidance_scale, (device, precision)
        folder.mkdir(parents=True, exist_ok=True)

    @cached_property
    def digest(self) -> str:
        """The weights in a few characters: other weights are other takes."""
        with self._weights.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]

    @cached_property
    def _description(self) -> str:
        """What the model's folder says of itself: how it samples and how loud it is makes other takes too."""
        return json.dumps(read_description(self.model_folder), sort_keys=True)

    @cached_property
    def model(self) -> LoadedModel:
        """The model in memory."""
        place = devices.place(*self._asked)
        return load_model(self.model_folder, device=place.device, precision=place.precision)

    @cached_property
    def _prompts(self) -> Prompts:
        return Prompts(self.model.conditioner, self.model.device)

    def request(self, prompt: str, duration_s: float, seed: int) -> TakeRequest:
        """The completed request for a take."""
        app = self.model.config.app
        check_duration(duration_s, cap_s=self.model.config.max_duration_s, model_name=app.name)
        asked = TakeRequest(
            take_id="evaluation",
            prompt=prompt,
            duration_s=duration_s,
            seed=seed,
            steps=self._steps or app.steps,
            guidance_scale=app.guidance_scale if self._guidance_scale is None else self._guidance_scale,
            sampler=app.sampler,
            version=VERSION,
        )
        return checked(replace(asked, denoising=denoising_of(self.model.config, asked)))

    def make(self, prompt: str, duration_s: float, seed: int, *, told_s: float | None = None) -> Take:
        """The take, from disk if it is there.

        told_s  length that the model is told instead of what is asked for: timing withheld
        """
        request = self.request(prompt, duration_s, seed)
        return self._kept(request, told_s is None or told_s, lambda: self._sound(request, told_s))

    def vary(self, prompt: str, sound: np.ndarray, seed: int, variation: float) -> Take:
        """The take that starts from a sound `(frames, 2)`, as `generate --init-audio --variation` makes it."""
        request = self.request(prompt, len(sound) / SAMPLE_RATE, seed)
        request = replace(request, source=Source("sound", variation=variation), denoising="whole")
        digest = hashlib.sha256(sound.tobytes()).hexdigest()
        return self._kept(request, [digest, variation], lambda: self._varied(request, sound))

    def _kept(self, request: TakeRequest, how: object, make: Callable[[], np.ndarray]) -> Take:
        prompt, duration_s, seed = request.prompt, request.duration_s, request.seed
        assert seed is not None
        asked = [prompt, duration_s, seed, how, self._steps, self._guidance_scale, self._asked]
        asked += [request.denoising, request.version]
        key = json.dumps([self.digest, self._description, *asked])
        name = hashlib.sha256(key.encode()).hexdigest()[:20]
        path, about = self.folder / f"{name}.flac", self.folder / f"{name}.json"
        if not about.exists():
            began = time.perf_counter()
            sound = make()
            made_s = time.perf_counter() - began
            soundfile.write(path, np.clip(sound, -1, 1), self.model.config.sample_rate, subtype="PCM_16")
            about.write_text(json.dumps({"prompt": prompt, "duration_s": duration_s, "seed": seed, "made_s": made_s}))
            log.info("%.4g s of “%s” in %.1f s", duration_s, prompt, made_s)
        return Take(path, prompt, duration_s, seed, json.loads(about.read_text())["made_s"])

    def fresh(self, prompt: str, duration_s: float, seed: int) -> np.ndarray:
        """A take `(frames, channels)` that is made anew and not kept: for measuring what it costs."""
        return self._sound(self.request(prompt, duration_s, seed), None)

    @torch.inference_mode()
    def _varied(self, request: TakeRequest, sound: np.ndarray) -> np.ndarray:
        config = self.model.config
        audio = soxr.resample(sound, SAMPLE_RATE, config.sample_rate) if config.sample_rate != SAMPLE_RATE else sound
        audio = audio if config.audio_channels == 2 else audio.mean(axis=1, keepdims=True)
        frames = frames_for(request.duration_s, config.sample_rate)
        plan = source.plan_for_take(self.model, request, -(-frames // self.model.autoencoder.downsampling_ratio))
        given = source.varied(self.model, request, SourceSound(audio.astype(np.float32), ""), plan)
        *_, last = denoise(self.model, self._prompts, request, read_request(request), plan, given)
        return np.concatenate(list(blocks_of(self.model, last.latents, frames, size=SIZE, seed=request.seed)))

    @torch.inference_mode()
    def _sound(self, request: TakeRequest, told_s: float | None) -> np.ndarray:
        frames = frames_for(request.duration_s, self.model.config.sample_rate)
        needed = -(-frames // self.model.autoencoder.downsampling_ratio)
        prompts = self._prompts if told_s is None else _Mistold(self.model, told_s)
        plan = plan_for(self.model, request, needed)
        facts = read_request(request)
        *_, last = denoise(self.model, prompts, request, facts, plan)
        arc = arc_of(self.model.config, request.prompt, facts.prompt, request.duration_s)
        blocks = blocks_of(
            self.model, last.latents, frames, size=SIZE, seed=request.seed, arc=arc, windows=plan.windows
        )
        return np.concatenate(list(blocks))


class _Mistold(Prompts):
    """Conditions that always speak of a piece of one length."""

    def __init__(self, model: LoadedModel, told_s: float) -> None:
        super().__init__(model.conditioner, model.device)
        self._told_s = told_s

    def encode(self, prompt: str, facts: Facts, timing: Timing, latents: int) -> Conditioning:
        return super().encode(prompt, facts, Timing(timing.start_s, self._told_s), latents)

"""The sound that a take starts from: read once, told to the model at the level that it knows, as latents."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from musicapp.audio import source_file
from musicapp.audio.loudness import loudness_lufs
from musicapp.audio.source_file import SourceSound
from musicapp.checkpoints.load import LoadedModel
from musicapp.diffusion.starts import level_of
from musicapp.engine import loops, source_facts
from musicapp.engine.canvas import Canvas, canvas_of, glued, part_of
from musicapp.engine.denoise import Given, Plan, plan_for
from musicapp.engine.encode import encode
from musicapp.errors import RequestError
from musicapp.request import TakeRequest, format_duration, frames_for
from musicapp.shape import MAX_SOURCE_S

MOST_GAIN_DB = 30.0
JOINT_BARS = 0.5  # that are made anew where one take goes over into another
LEEWAY_S = 0.01  # by which a length may be above the source's: people round


def read(request: TakeRequest, sample_rate: int, channels: int) -> tuple[TakeRequest, SourceSound | None]:
    """The sound of a request's source, and the request with the checksum of its samples. Raises MusicAppError."""
    source = request.source
    if source is None:
        return request, None
    at_most_s = (source.to_s or request.duration_s) + LEEWAY_S if request.is_variation else MAX_SOURCE_S
    sound = source_file.read(
        Path(source.path), sample_rate=sample_rate, channels=channels, sha256=source.sha256, at_most_s=at_most_s
    )
    name = source.name
    request = dataclasses.replace(request, source=dataclasses.replace(source, sha256=sound.sha256))
    if request.is_variation:
        sound = SourceSound(part_of(source, sound.audio, sample_rate), sound.sha256)
    length_s = len(sound.audio) / sample_rate
    if request.is_variation and request.duration_s > length_s + LEEWAY_S:
        lasts = format_duration(length_s)
        raise RequestError(
            f"The part of “{name}” lasts {lasts}; a variation of it cannot last longer."
            if source.to_s
            else f"“{name}” lasts {lasts}; a variation of it cannot last longer.",
            hint=f"Ask for {lasts} or less.",
        )
    return request, sound


def opened(
    request: TakeRequest, sample_rate: int, channels: int
) -> tuple[TakeRequest, SourceSound | None, Canvas | None]:
    """A request with its length and its source's checksum, the source's sound, and the canvas that it makes.

    There is no canvas where all is made anew. Raises MusicAppError.
    """
    if request.loop is not None:
        return loops.completed(request, sample_rate), None, None
    request, sound = read(request, sample_rate, channels)
    if request.source is None or sound is None or request.is_variation:
        return request, sound, None
    is_comp = bool(request.source.picks)
    canvas = None if is_comp else canvas_of(request.source, sound.audio, sample_rate)
    if canvas is None:
        request, canvas = _glued(request, sound, sample_rate, channels)
    return dataclasses.replace(request, duration_s=len(canvas.audio) / sample_rate), sound, canvas


def _glued(request: TakeRequest, sound: SourceSound, sample_rate: int, channels: int) -> tuple[TakeRequest, Canvas]:
    """A request with the checksums of all its takes and how long its joints are, and the canvas of their passages.

    Takes of which nothing is heard are not read.
    """
    source = request.source
    assert source is not None
    heard = {number for _, number in source.picks}
    sounds = [sound.audio]
    lanes = []
    for number, lane in enumerate(source.lanes, 1):
        if number in heard:
            read = source_file.read(Path(lane.path), sample_rate=sample_rate, channels=channels, sha256=lane.sha256)
            lane = dataclasses.replace(lane, sha256=read.sha256)
        sounds.append(read.audio if number in heard else sound.audio)
        lanes.append(lane)
    joint_s = source.joint_s or JOINT_BARS * source_facts.bar_s(request, sound.audio, sample_rate)
    source = dataclasses.replace(source, lanes=tuple(lanes), joint_s=joint_s)
    return dataclasses.replace(request, source=source), glued(source.picks, sounds, joint_s, sample_rate)


def gain_to_model(model: LoadedModel, audio: np.ndarray) -> float:
    """The linear gain that brings a source to the loudness of a model's takes; 1 where the model names none."""
    target = model.config.app.loudness_lufs
    found = loudness_lufs(audio, model.config.sample_rate)
    if target is None or not np.isfinite(found):
        return 1.0
    return float(10 ** (np.clip(target - found, -MOST_GAIN_DB, MOST_GAIN_DB) / 20))


def plan_for_take(model: LoadedModel, request: TakeRequest, needed: int) -> Plan:
    """What a take of so many latents asks of the transformer, from its source on or from noise alone."""
    variation = None if request.source is None else request.source.variation
    return plan_for(model, request, needed, level=1.0 if variation is None else level_of(variation))


def varied(model: LoadedModel, request: TakeRequest, sound: SourceSound, plan: Plan) -> Given:
    """What a variation departs from: the latents of its source, silence behind them."""
    assert request.source is not None and request.source.variation is not None
    audio = sound.audio[: frames_for(request.duration_s, model.config.sample_rate)]
    latents = encode(model.autoencoder, audio, gain=gain_to_model(model, audio))
    return Given(_filled_up(model, latents, plan.latents), level_of(request.source.variation))


def _filled_up(model: LoadedModel, latents: Tensor, count: int) -> Tensor:
    """The first `count` latents, with those of silence behind them where there are fewer."""
    missing = count - latents.shape[-1]
    if missing <= 0:
        return latents[..., :count]
    ratio, channels = model.autoencoder.downsampling_ratio, model.config.audio_channels
    silence = encode(model.autoencoder, np.zeros((ratio, channels), np.float32))
    return torch.cat((latents, silence.expand(-1, -1, missing)), dim=-1)

"""Whole takes of public models, ours and their peers', from one folder with random weights (`tests.full_size`).

From the prompt to the sound in memory, and ours to the closed file. Every pass has another prompt, so that none finds
its text encoded already.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

Pass = Callable[[], dict[str, float]]
PROMPTS = ("calm piano, 90 bpm", "driving techno, 130 bpm", "slow strings in D minor", "a funky bass with drums")


def take(folder: str, seconds: float, steps: int, precision: str) -> Pass:
    """A take of a model's folder by our engine."""
    from musicapp.engine.engine import Engine
    from musicapp.engine.events import Finished
    from musicapp.request import TakeRequest

    engine, prompts = Engine(), itertools.cycle(PROMPTS)

    def asked() -> TakeRequest:
        return TakeRequest("take", next(prompts), seconds, 7, steps=steps, model=folder, precision=precision)

    _result(engine.prepare(asked()))

    def once() -> dict[str, float]:
        prepared = _result(engine.prepare(asked()))
        with tempfile.TemporaryDirectory() as place:
            *_, finished = engine.make(prepared, Path(place) / "take.wav")
        assert isinstance(finished, Finished)
        return {"first sound": finished.first_chunk_s}

    return once


def peer_take(folder: str, seconds: float, steps: int, precision: str) -> Pass:
    """The same by the pipeline of diffusers, with its default guidance and scheduler."""
    import torch
    from diffusers import StableAudioPipeline

    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[precision]
    pipeline = StableAudioPipeline.from_pretrained(folder, torch_dtype=dtype, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    prompts = itertools.cycle(PROMPTS)

    def once() -> dict[str, float]:
        began = time.perf_counter()
        generator = torch.Generator().manual_seed(7)
        pipeline(next(prompts), num_inference_steps=steps, audio_end_in_s=seconds, generator=generator)
        return {"first sound": time.perf_counter() - began}

    return once


def authors_take(folder: str, seconds: float, steps: int, precision: str) -> Pass:
    """The same of a Stable Audio 3 by its authors' code, all of it in one number format, in chunks as their guide
    says."""
    import json

    import torch
    from stable_audio_3.loading_utils import load_diffusion_cond
    from stable_audio_3.model import StableAudioModel

    values = json.loads((Path(folder) / "model_config.json").read_text(encoding="utf-8"))
    for entry in values["model"]["conditioning"]["configs"]:
        if entry["type"] == "t5gemma":
            entry["config"]["model_path"] = str(next(Path(folder).glob("t5gemma*")))
    loaded = load_diffusion_cond(values, str(Path(folder) / "model.safetensors"), device="cpu")
    loaded.use_lora, loaded.lora_names = False, []
    model = StableAudioModel(
        loaded.to({"fp32": torch.float32, "bf16": torch.bfloat16}[precision]), values, "cpu", False
    )
    prompts = itertools.cycle(PROMPTS)

    def once() -> dict[str, float]:
        began = time.perf_counter()
        model.generate(prompt=next(prompts), duration=seconds, steps=steps, seed=7, chunked_decode=True)
        return {"first sound": time.perf_counter() - began}

    return once


def _result(events: Generator[Any, None, Any]) -> Any:
    """What a generator returns at its end."""
    while True:
        try:
            next(events)
        except StopIteration as end:
            return end.value

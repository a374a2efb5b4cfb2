"""Takes of a rival, measured by the same parts: a token model of `musicapp train tokens`, or MusicGen from a folder.

A token model is decoded by the autoencoder of the model that it is compared with. MusicGen (arXiv 2306.05284) is read
by transformers, from safetensors only, and nothing is downloaded; what is longer than it has learnt is made in
windows that each go on from the end of the one before, as its authors do.
"""

from __future__ import annotations

import json
import logging
import math
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError

from musicapp.checkpoints.tokenizer_file import load_tokenizer
from musicapp.checkpoints.weights import WEIGHTS_NAME
from musicapp.description.sections import read_json, refuse_code
from musicapp.engine.decode import SIZE
from musicapp.engine.sound import blocks_of
from musicapp.errors import MusicAppError
from musicapp.evaluation.takes import Takes
from musicapp.nn.conditioners import Tokenizer
from musicapp.request import TakeRequest, frames_for
from musicapp.training.tokens import stage
from musicapp.training.tokens.stage import Finished

log = logging.getLogger(__name__)

CONFIG = "config.json"
MUSICGEN_WORDS = 128  # tokens of a prompt that it reads
TOP_K, TOKEN_GUIDANCE = 100, 2.0
MUSICGEN_TOP_K, MUSICGEN_GUIDANCE = 250, 3.0  # its authors'
WINDOW_S, KEPT_S = 30.0, 12.0  # the longest that MusicGen has learnt, and how much of it a next window hears


def open_baseline(folder: Path, like: Takes) -> Takes:
    """The takes of the rival in this folder. Raises MusicAppError: nothing there that is known."""
    kind = TokenTakes if (folder / stage.DESCRIPTION).is_file() else MusicGenTakes if _is_musicgen(folder) else None
    if kind is None:
        raise MusicAppError(
            f"There is no baseline in “{folder}”.",
            hint="Give the folder “tokens” of a work folder of `musicapp train`, or one of MusicGen in the layout of "
            "transformers with config.json and model.safetensors.",
        )
    return kind(folder, like)


class _Rival(Takes):
    """Takes kept like the model's, but known by the rival's weights."""

    def __init__(self, folder: Path, like: Takes) -> None:
        super().__init__(
            like.model_folder,
            like.folder,
            steps=like._steps,
            guidance_scale=like._guidance_scale,
            device=like._asked[0],
            precision=like._asked[1],
        )
        self._rival, self._weights = folder, folder / WEIGHTS_NAME


class TokenTakes(_Rival):
    """Takes of a token model, heard through the model's own autoencoder."""

    @cached_property
    def _tokens(self) -> Finished:
        return stage.load(self._rival)

    @torch.inference_mode()
    def _sound(self, request: TakeRequest, told_s: float | None) -> np.ndarray:
        held, found, config = self.model, self._tokens, self.model.config
        frames = frames_for(request.duration_s, config.sample_rate)
        needed = -(-frames // held.autoencoder.downsampling_ratio)
        text, _ = held.conditioner.conditioners["prompt"]([request.prompt])
        prefix = found.model.prefix(text.float().cpu(), [0.0], [told_s or request.duration_s])
        assert request.seed is not None
        tokens = found.model.say(
            -(-needed // found.codebooks.stride),
            prefix,
            torch.zeros_like(prefix),
            generator=torch.Generator().manual_seed(request.seed),
            guidance_scale=TOKEN_GUIDANCE if self._guidance_scale is None else self._guidance_scale,
            top_k=TOP_K,
        )
        latents = found.statistics.restore(found.codebooks.latents_of(tokens)) / config.autoencoder.scale
        blocks = blocks_of(held, latents[..., :needed].to(held.device), frames, size=SIZE, seed=request.seed)
        return np.concatenate(list(blocks))


class MusicGenTakes(_Rival):
    """Takes of a MusicGen checkpoint, at the rate that everything here listens at."""

    @cached_property
    def _network(self) -> tuple[Any, Tokenizer]:
        from transformers import MusicgenForConditionalGeneration

        settings, where = read_json(self._rival / CONFIG), self._rival / CONFIG
        for part in (settings, *(settings.get(name) for name in ("text_encoder", "audio_encoder", "decoder"))):
            refuse_code(part if isinstance(part, dict) else {}, where)
        tokenizer = load_tokenizer(self._rival, MUSICGEN_WORDS, settings_needed=False)
        try:
            model = MusicgenForConditionalGeneration.from_pretrained(
                str(self._rival), local_files_only=True, use_safetensors=True, trust_remote_code=False
            )
        except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError, SafetensorError) as error:
            raise MusicAppError(
                f"MusicGen in “{self._rival}” cannot be read.",
                hint="Download its folder again: config.json, model.safetensors and the tokenizer's files.",
                detail=str(error),
            ) from error
        return model.eval(), tokenizer

    @torch.inference_mode()
    def _sound(self, request: TakeRequest, told_s: float | None) -> np.ndarray:
        model, _ = self._network
        assert request.seed is not None
        torch.manual_seed(request.seed)  # generate() draws from the global numbers
        rate = int(model.config.audio_encoder.sampling_rate)
        wanted, kept = round(request.duration_s * rate), round(KEPT_S * rate)
        sound = self._window(request.prompt, min(WINDOW_S, request.duration_s), None)
        while sound.shape[1] < wanted:
            missing_s = (wanted - sound.shape[1]) / rate
            heard = sound[:, -kept:]
            more = self._window(request.prompt, min(WINDOW_S, missing_s + KEPT_S), heard)[:, heard.shape[1] :]
            if not more.shape[1]:
                raise MusicAppError("The baseline made no sound.", hint="Choose another checkpoint.")
            sound = torch.cat([sound, more], 1)
        return _at_rate(sound[:, :wanted].numpy(), rate, frames_for(request.duration_s, self.model.config.sample_rate))

    def _window(self, prompt: str, seconds: float, heard: torch.Tensor | None) -> torch.Tensor:
        """`(channels, frames)` of so many seconds, the beginning of which was heard before."""
        model, tokenizer = self._network
        encoder = model.config.audio_encoder
        ids, mask = tokenizer([prompt])
        given: dict[str, Any] = {"input_ids": ids, "attention_mask": mask}
        if heard is not None:
            given["input_values"] = heard[None]
        rate = encoder.frame_rate
        new = seconds - (0.0 if heard is None else heard.shape[1] / encoder.sampling_rate)
        sound: torch.Tensor = model.generate(
            **given,
            do_sample=True,
            top_k=MUSICGEN_TOP_K,
            guidance_scale=MUSICGEN_GUIDANCE if self._guidance_scale is None else self._guidance_scale,
            max_new_tokens=max(1, math.ceil(new * rate)) + model.config.decoder.num_codebooks,
        )
        return sound[0].float().cpu()


def _is_musicgen(folder: Path) -> bool:
    try:
        kind = json.loads((folder / CONFIG).read_text(encoding="utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError):
        return False
    return kind == "musicgen" and (folder / WEIGHTS_NAME).is_file()


def _at_rate(sound: np.ndarray, rate: int, frames: int) -> np.ndarray:
    """`(channels, frames)` as stereo `(frames, 2)` at the model's rate, as long as asked for."""
    import soxr

    from musicapp.analysis.listening import SAMPLE_RATE

    stereo = np.broadcast_to(sound.T, (sound.shape[1], 2)) if sound.shape[0] == 1 else sound.T
    heard = soxr.resample(np.ascontiguousarray(stereo, np.float32), rate, SAMPLE_RATE)
    return np.pad(heard, ((0, max(0, frames - len(heard))), (0, 0)))[:frames]

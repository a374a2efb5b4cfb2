"""How well music and prompt belong together for a CLAP model that the user has, in the layout of transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soxr
import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from torch import Tensor

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.errors import CheckpointError
from musicapp.evaluation.bench import Bench
from musicapp.evaluation.report import Result, Table, number

_HINT = "It needs config.json, model.safetensors, preprocessor_config.json and tokenizer.json of a ClapModel."


def measure(bench: Bench) -> Result:
    """Mean cosine of prompt and music, for the own prompt, for another's, and for the render of the same facts."""
    folder = bench.options.clap
    if folder is None:
        return Result(
            {}, notes=("Not measured: no CLAP checkpoint was given (--clap). The same holds for LAION-CLAP's score.",)
        )
    judge = Clap(folder)
    texts = judge.texts([wish.prompt for wish in bench.wishes])
    made = judge.sounds([take.sound() for take in bench.generated])
    renders = judge.sounds([render.sound for render in bench.held_out])
    shift = max(len(texts) // 2, 1)
    means = {
        "generated": _mean(texts, made),
        "another_prompt": _mean(texts.roll(shift, 0), made),
        "renders": _mean(texts, renders),
        "renders_another_prompt": _mean(texts.roll(shift, 0), renders),
    }
    rows = (
        ("generated", number(means["generated"], 3), number(means["another_prompt"], 3)),
        ("renders", number(means["renders"], 3), number(means["renders_another_prompt"], 3)),
    )
    return Result(
        {**means, "checkpoint": folder.name, "pieces": len(texts)},
        table=Table(("music", "own prompt", "another prompt"), rows),
        notes=(f"Cosine of the embeddings of {folder.name}, means of {len(texts)} pieces.",),
    )


class Clap:
    """A CLAP model from a local folder; nothing is downloaded and no code from the folder is run."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoTokenizer, ClapFeatureExtractor, ClapModel

        local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            self._model = ClapModel.from_pretrained(folder, use_safetensors=True, **local).eval()
            self._extractor = ClapFeatureExtractor.from_pretrained(folder, **local)
            self._tokenizer = AutoTokenizer.from_pretrained(folder, **local)
        except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
            raise CheckpointError(
                f"The CLAP checkpoint in {folder} cannot be loaded.", hint=_HINT, detail=str(error)
            ) from error

    @torch.inference_mode()
    def texts(self, prompts: Sequence[str]) -> Tensor:
        """Unit embeddings `(prompts, size)`."""
        inputs = self._tokenizer(list(prompts), padding=True, truncation=True, return_tensors="pt")
        hidden = self._model.text_model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
        return F.normalize(self._model.text_projection(hidden.pooler_output), dim=-1)

    @torch.inference_mode()
    def sounds(self, sounds: Sequence[np.ndarray]) -> Tensor:
        """Unit embeddings `(sounds, size)` of `(frames, 2)` at 44.1 kHz."""
        rate = self._extractor.sampling_rate
        found = []
        for sound in sounds:
            mono = soxr.resample(sound.mean(axis=1), SAMPLE_RATE, rate)
            # The start of what is too long, so that the figure is the same every time.
            mono = mono[: self._extractor.nb_max_samples]
            inputs = self._extractor(mono, sampling_rate=rate, return_tensors="pt")
            features, longer = inputs["input_features"], inputs["is_longer"]
            hidden = self._model.audio_model(input_features=features, is_longer=longer)
            found.append(self._model.audio_projection(hidden.pooler_output))
        return F.normalize(torch.cat(found), dim=-1)


def _mean(ours: Tensor, theirs: Tensor) -> float:
    return round(float((ours * theirs).sum(dim=-1).mean()), 4)

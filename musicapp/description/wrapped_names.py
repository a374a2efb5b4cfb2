"""Names of weights as trainers and other programs save them, brought back to the published ones. No torch here.

A checkpoint of a training has a wrapper's name before every weight, an optimizer beside them and their average; one
that was compiled or trained on several machines has names in between; ComfyUI writes text encoders into the same file.

    diffusion.model.model.transformer.layers.0 ...             model.model.transformer.layers.0 ...
    diffusion_ema.ema_model.model.transformer.layers.0 ...     the same, and it is what is used
    model.diffusion_model._orig_mod.transformer.layers.0 ...   the same
    text_encoders.t5base.transformer.encoder ...               left out: a text encoder has a folder of its own
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from musicapp.errors import CheckpointError

PUBLISHED = ("model.model.", "conditioner.", "pretransform.model.")
TEXT_ENCODER, AVERAGE = "text encoder", "average"

_BETWEEN = {"_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "module"}
_GROUP = re.compile(
    r"(?:\w+\.)*?(?P<group>(?:model\.)?diffusion_model|model\.model|pretransform\.model|conditioner\.conditioners)\."
    r"(?:diffusion_model\.)?(?P<rest>.+)"
)
_GROUPS = {"pretransform.model": "pretransform.model.", "conditioner.conditioners": "conditioner.conditioners."}
_TEXT = re.compile(
    r"(?:\w+\.)*?(?:text_encoders?|cond_stage_model|text_model)\..+"
    r"|(?:\w+\.)*?conditioner\.conditioners\.\w+\.(?:model|tokenizer)\..+"
)
_TRAINING = re.compile(
    r"(?:\w+\.)*?(?:optimizers?|optimizer_states|lr_schedulers?|callbacks|loops|discriminator|grad_scaler|hyper_parameters)"
    r"(?:\..+)?|(?:state_dict\.)?(?:global_step|epoch|step|losses?(?:_\w+)?|train_\w+|val_\w+)(?:\..+)?"
)
_AVERAGE = re.compile(r"(?:\w+\.)*?(?:\w*_ema|ema|ema_\w+)\.(?:(?P<kind>ema_model|online_model)\.)?(?P<rest>.+)")
_AVERAGE_ALONE = re.compile(r"ema_model\.(?P<rest>.+)")
_COUNTERS = ("initted", "step", "num_updates", "decay")
_TRANSFORMER = re.compile(
    r"(?:transformer|timestep_features|to_timestep_embed|to_cond_embed|to_global_embed|to_prepend_embed"
    r"|preprocess_conv|postprocess_conv)\."
)
_AUTOENCODER = re.compile(r"(?:\w+\.)*?autoencoder\.(?P<rest>(?:encoder|decoder|bottleneck)\..+)")


@dataclass(frozen=True)
class Unwrapped:
    """Published name -> the file's own, and which kinds of other things are there: `TEXT_ENCODER`, `AVERAGE`."""

    names: Mapping[str, str]
    seen: frozenset[str] = frozenset()


def unwrapped(names: Iterable[str]) -> Unwrapped:
    """The published name of every weight in a file; what no rule knows keeps its own.

    Raises CheckpointError when two weights get the same name.
    """
    names = list(names)
    found: dict[str, str] = {}
    averages: dict[str, str] = {}
    seen: set[str] = set()
    for name in names:
        plain = ".".join(part for part in name.split(".") if part not in _BETWEEN)
        if _TRAINING.fullmatch(plain):
            continue
        if average := _AVERAGE_ALONE.fullmatch(plain) or _AVERAGE.fullmatch(plain):
            if average["rest"] not in _COUNTERS and average.groupdict().get("kind") != "online_model":
                _put(averages, _inside_average(average["rest"]), name)
        elif _TEXT.fullmatch(plain):
            seen.add(TEXT_ENCODER)
        else:
            _put(found, _published(plain), name)
    if averages:
        seen.add(AVERAGE)
    return Unwrapped({**found, **averages}, frozenset(seen))


def _published(plain: str) -> str:
    if match := _GROUP.fullmatch(plain):
        return _GROUPS.get(match["group"], "model.model.") + match["rest"]
    if match := _AUTOENCODER.fullmatch(plain):
        return match["rest"]
    return plain.removeprefix("state_dict.")


def _inside_average(rest: str) -> str:
    """What is averaged is the whole model, the transformer in its wrapper, or the transformer alone."""
    if _GROUP.fullmatch(rest) or _AUTOENCODER.fullmatch(rest):
        return _published(rest)
    if _TRANSFORMER.match(rest):
        return "model.model." + rest
    return "model." + rest if _TRANSFORMER.match(rest.removeprefix("model.")) else rest


def _put(names: dict[str, str], published: str, name: str) -> None:
    if published in names:
        raise CheckpointError(
            f"The weight “{published[:100]}” is there twice, as “{names[published][-60:]}” and “{name[-60:]}”.",
            hint="The file may hold two models; save one alone.",
        )
    names[published] = name

"""A look at a model just loaded: does it make sound at all, and do its parts do what they are for?

A file can be whole, finite and of the right shapes and still hold garbage: another model's autoencoder, layers in the
wrong order, scales that were lost. Playing that is static at full level. So a few latents are decoded and one step is
denoised, and what comes out must have properties that every sane network has, trained or fresh:

1. Everything is finite, and the transformer's answer is not larger than LOUDEST_ANSWER.
2. Sound of unit normal latents, which is what training makes latents look like, peaks below LOUDEST_SOUND and is
   not the same number everywhere.
3. Other latents make other sound.
4. The answer depends on the noisy latents, and is not the same number everywhere.
5. No block of the transformer has nothing but zeros for matrices. (Training begins with the last ones at zero, which
   makes a block that changes nothing; never with all of them.)

Networks with fresh random weights pass; so do quiet, dull or badly trained ones. What it cannot tell: weights that
are wrong but of a plausible size, such as blocks in another order, or a decoder that is ten times too loud: how loud
random latents sound differs more than that between good models. The numbers are far from those of the
public architectures, so that nobody's good model is refused.
"""

from __future__ import annotations

import torch
from torch import Tensor

from musicapp.checkpoints.load import LoadedModel
from musicapp.errors import CheckpointError

LATENTS = 4
LOUDEST_SOUND = 1e3  # full scale is 1; 60 dB above it is no level that a decoder was trained for
LOUDEST_ANSWER = 1e4
LEAST_CHANGE = 1e-7  # of what comes out, relative to it, when everything that goes in is another
TIMESTEP = 0.5
HINT = "Get the model again; if it stays like this, the file itself is broken."


@torch.inference_mode()
def check(model: LoadedModel) -> None:
    """Raise CheckpointError with the reason when the model cannot make sound. The same every time: seeds are fixed."""
    _check_decoder(model)
    check_transformer(model)


def _check_decoder(model: LoadedModel) -> None:
    autoencoder = model.autoencoder
    sounds = []
    for seed in (0, 1):
        noise = autoencoder.decode_noise(seed=0, first=0, count=LATENTS)
        sounds.append(autoencoder.decode(_noise(model, LATENTS, seed), noise))
    peak = _extreme(sounds[0], "The model's autoencoder makes numbers that are not finite.")
    if peak > LOUDEST_SOUND:
        raise _refused(f"The model's autoencoder makes noise of {peak:.0e} times full scale.")
    if _change(sounds[0], sounds[0].mean()) < LEAST_CHANGE:
        raise _refused("The model's autoencoder makes silence whatever it is given.")
    if _change(*sounds) < LEAST_CHANGE:
        raise _refused("The model's autoencoder makes the same sound whatever it is given.")


@torch.inference_mode()
def check_transformer(model: LoadedModel) -> None:
    """The part of `check` that adapters can spoil."""
    dit, diffusion = model.dit, model.config.diffusion
    for number, block in enumerate(dit.blocks, start=1):
        if not any(bool(weight.any()) for weight in block.state_dict().values() if weight.ndim > 1):
            raise _refused(f"Block {number} of the model's transformer has nothing but zeros.")
    count = LATENTS + -LATENTS % diffusion.dit.patch_size
    answers = []
    for seed in (0, 1):
        answers.append(_answer(model, _noise(model, count, seed)))
    peak = _extreme(answers[0], "The model's transformer makes numbers that are not finite.")
    if peak > LOUDEST_ANSWER:
        raise _refused(f"The model's transformer answers noise with numbers of {peak:.0e}.")
    if _change(answers[0], answers[0].mean()) < LEAST_CHANGE or _change(*answers) < LEAST_CHANGE:
        raise _refused(f"The model's transformer ({len(dit.blocks)} blocks) answers the same whatever it is given.")


def _answer(model: LoadedModel, latents: Tensor) -> Tensor:
    """The transformer's answer to noise under conditions of zero."""
    c, device = model.config.diffusion.dit, model.device

    def zeros(*shape: int) -> Tensor | None:
        return torch.zeros(shape, device=device) if shape[-1] else None

    answer: Tensor = model.dit(
        latents,
        torch.tensor([TIMESTEP], device=device),
        cross=zeros(1, 1, c.cond_token_dim),
        global_cond=zeros(1, c.global_cond_dim),
        prepend=zeros(1, 1, c.prepend_cond_dim),
    )
    return answer.float()


def _noise(model: LoadedModel, count: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(1, model.autoencoder.latent_dim, count, generator=generator).to(model.device)


def _extreme(values: Tensor, words_if_broken: str) -> float:
    peak = float(values.abs().amax())
    if not peak < float("inf"):  # also when it is not a number
        raise _refused(words_if_broken)
    return peak


def _change(one: Tensor, other: Tensor) -> float:
    """How far two results differ, relative to the first."""
    return float((one - other).norm() / one.norm().clamp_min(1e-30))


def _refused(message: str) -> CheckpointError:
    return CheckpointError(message, hint=HINT)

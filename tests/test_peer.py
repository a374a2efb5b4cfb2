"""The diffusers pipeline beside ours: the same folder, prompt embeddings and noise give the same latents.

Skipped unless the package is there: `pip install -c constraints.txt -e ".[dev,peer]"`.
"""

from __future__ import annotations

import math

import pytest
import torch

from musicapp.checkpoints.load import load_model
from musicapp.diffusion.guidance import guided, unconditional, with_negative
from musicapp.diffusion.sampling import sample
from tests import diffusers_folder
from tests.checkpoints.test_diffusers import published

__all__ = ["published"]  # the fixture: a small model of the kind of Stable Audio Open 1.0

pytestmark = pytest.mark.filterwarnings("ignore")  # of the other library
# Of the largest value, what rounding in another order makes of 8 steps, and of a decode of latents that are noise.
LATENTS_LIMIT, AUDIO_LIMIT = 5e-5, 2e-4


@pytest.fixture(scope="module")
def folder(published, tmp_path_factory):
    pytest.importorskip("diffusers", reason="The extra “peer” is not installed.")
    pytest.importorskip("torchsde", reason="The extra “peer” is not installed.")
    return diffusers_folder.write(published, tmp_path_factory.mktemp("peer") / "pipeline")


@pytest.fixture(scope="module")
def pipeline(folder):
    from diffusers import StableAudioPipeline

    return StableAudioPipeline.from_pretrained(folder, text_encoder=None, tokenizer=None, local_files_only=True)


@pytest.fixture
def step_noise(monkeypatch):
    """What the pipeline's scheduler draws, step by step."""
    from diffusers.schedulers import scheduling_cosine_dpmsolver_multistep as scheduling

    drawn = []

    class Recorded(scheduling.BrownianTreeNoiseSampler):
        def __call__(self, *sigmas):
            drawn.append(super().__call__(*sigmas))
            return drawn[-1]

    monkeypatch.setattr(scheduling, "BrownianTreeNoiseSampler", Recorded)
    return drawn


@pytest.mark.parametrize(("scale", "negative"), [(1.0, False), (7.0, False), (4.5, True)])
@torch.inference_mode()
def test_the_same_latents(folder, pipeline, step_noise, scale, negative):
    torch.manual_seed(0)
    model, tokens = load_model(folder), 16
    embeddings, unwanted = torch.randn(2, 1, tokens, 32)
    mask = (torch.arange(tokens) < 9).long()[None]
    noise = torch.randn(1, 8, 12)
    theirs = pipeline(
        prompt_embeds=embeddings,
        attention_mask=mask,
        negative_prompt_embeds=unwanted if negative else None,
        negative_attention_mask=mask if negative else None,
        latents=noise,
        audio_end_in_s=0.5,
        num_inference_steps=8,
        guidance_scale=scale,
        generator=torch.Generator().manual_seed(3),
        output_type="latent",
    ).audios
    cond = conditions(model, embeddings, mask)
    null = unconditional(cond)
    if negative:
        null = with_negative(cond, conditions(model, unwanted, mask)["cross"], torch.ones(1, tokens + 2))
    noises = iter(step_noise)
    *_, last = sample(
        guided(model.dit, cond, null, scale, objective="v"),
        "v",
        noise * math.sqrt(1 + 500.0**-2),  # the pipeline starts at sqrt(sigma_max^2 + 1)
        sampler="dpmpp-2m-sde",
        steps=8,
        draw=lambda: next(noises),
        sigma_min=0.3,
        sigma_max=500.0,
    )
    sampled = distance(last.latents, theirs)
    decoded = distance(model.autoencoder.decode(theirs), pipeline.vae.decode(theirs).sample)
    print(f"guidance {scale}: latents differ by {sampled:.1e}, audio of the same latents by {decoded:.1e}")
    assert sampled < LATENTS_LIMIT and decoded < AUDIO_LIMIT


def distance(ours, theirs):
    """The largest difference as a share of the largest value."""
    assert ours.shape == theirs.shape
    return float((ours - theirs).abs().max() / theirs.abs().max())


def conditions(model, embeddings, mask):
    """What the encoded prompt and the times 0 and 0.5 s become on their way into the transformer."""
    parts = model.conditioner.conditioners
    text = parts["prompt"].proj_out(embeddings) * mask[..., None]
    start, end = parts["seconds_start"]([0.0])[0], parts["seconds_total"]([0.5])[0]
    return {"cross": torch.cat((text, start, end), dim=1), "global_cond": torch.cat((start, end), dim=-1)[:, 0]}

"""Every loss follows its network's device. Torch's meta device stands in: like a GPU it refuses the CPU's tensors."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
import torch

from musicapp.errors import RequestError
from musicapp.nn.autoencoder import build_autoencoder
from musicapp.nn.dit import DiffusionTransformer, DiTConfig
from musicapp.training import device, losses, objective
from musicapp.training.builtin import autoencoder, diffusion, distill, text


@pytest.fixture
def gpu(monkeypatch):
    """Not the CPU, and here on every machine; it has no autocast."""
    monkeypatch.setattr(device, "autocast", lambda place: nullcontext())
    return torch.device("meta")


def test_a_device_that_is_not_here_is_refused():
    assert device.choose("cpu").type == "cpu"
    missing = [
        n for n, is_here in (("cuda", torch.cuda.is_available()), ("mps", torch.mps.is_available())) if not is_here
    ]
    for name in missing:
        with pytest.raises(RequestError, match=name):
            device.choose(name)


def test_noise_is_the_same_wherever_it_goes(gpu):
    assert device.noise_like(torch.empty(2, 3, device=gpu)).device.type == "meta"


def test_the_stand_in_refuses_to_mix(gpu):
    with pytest.raises(Exception, match="device"):
        torch.ones(2, device=gpu) + torch.ones(2)


def test_the_autoencoder_stage_stays_on_its_device(gpu):
    model = build_autoencoder(autoencoder.autoencoder_config()).to(gpu)
    distance, divergence, sound = autoencoder._losses(model, torch.zeros(1, 2, 8192, device=gpu), is_heard=True)
    (distance + divergence + sound).backward()
    assert {distance.device.type, divergence.device.type, sound.device.type} == {"meta"}


def test_the_diffusion_stages_stay_on_their_device(gpu):
    config = DiTConfig(io_channels=8, embed_dim=64, depth=1, num_heads=2, cond_token_dim=16, global_cond_dim=32)
    dit = DiffusionTransformer(config).to(gpu)
    latents = torch.zeros(2, 8, 16, device=gpu)
    cross, vector = torch.zeros(2, 3, 16, device=gpu), torch.zeros(2, 32, device=gpu)

    def network(x, t):
        kept = objective.draw_kept(2, 0.1).to(gpu)
        return diffusion.forward(dit, x, t, cross=cross * kept, global_cond=vector, input_concat=None)

    flow = objective.flow_loss(network, latents, objective.draw_timesteps(2).to(gpu), device.noise_like(latents))
    levels = distill.levels_of(8, 2)[:2].to(gpu)
    segment = distill.segment_loss(network, network, device.noise_like(latents), levels)
    (flow.mean() + segment.mean()).backward()
    assert {flow.device.type, segment.device.type} == {"meta"}


def test_the_contrast_stays_on_its_device(gpu):
    loss, hits = text.contrastive_loss(
        torch.ones(4, 8, device=gpu), torch.ones(4, 8, device=gpu), torch.zeros((), device=gpu)
    )
    assert {loss.device.type, hits.device.type} == {"meta"}


@pytest.mark.gpu
def test_measures_follow_a_real_gpu():
    audio = torch.randn(1, 2, 8192, device=device.choose("auto"))
    assert losses.stft_distance(audio, audio) < 1e-3

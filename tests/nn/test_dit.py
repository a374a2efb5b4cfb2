"""The transformer: every route of conditions, published sizes, the null condition, precision."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from musicapp.description.configs import AttentionOptions, DiTConfig, FeedForwardOptions, NormOptions
from musicapp.nn import attention
from musicapp.nn.blocks import logsnr_feature
from musicapp.nn.dit import DiffusionTransformer

SMALL = {"io_channels": 3, "embed_dim": 64, "depth": 2, "num_heads": 2, "cond_token_dim": 32, "global_cond_dim": 8}
SA3 = {
    "attn_kwargs": AttentionOptions(qk_norm="rms", differential=True),
    "norm_type": "rms_norm",
    "global_cond_type": "adaLN",
    "timestep_features_type": "expo",
    "local_add_cond_dim": 4,
    "num_memory_tokens": 3,
}
SA3_SIZES = {
    "io_channels": 256,
    "global_cond_dim": 768,
    "local_add_cond_dim": 257,
    "num_memory_tokens": 64,
    "global_cond_type": "adaLN",
    "norm_type": "rms_norm",
    "timestep_features_type": "expo",
    "attn_kwargs": AttentionOptions(qk_norm="rms"),
}
VARIANTS = [
    {},
    {"project_cond_tokens": False},
    {"global_cond_type": "adaLN", "num_memory_tokens": 3},
    {"attn_kwargs": AttentionOptions(qk_norm="ln")},
    {"attn_kwargs": AttentionOptions(qk_norm="l2"), "rotary_pos_emb": False},
    {"patch_size": 2, "prepend_cond_dim": 5, "input_concat_dim": 4},
    {"norm_kwargs": NormOptions(bias=True, force_fp32=True), "ff_kwargs": FeedForwardOptions(mult=2, no_bias=True)},
    {"cond_token_dim": 0, "global_cond_dim": 0},
    SA3,
    SA3 | {"timestep_features_logsnr": True, "sliding_window": [3, 1]},
    {"attn_kwargs": AttentionOptions(qk_norm="dyt")},
]


def build(**changes):
    """A small transformer whose every weight matters."""
    torch.manual_seed(0)
    dit = DiffusionTransformer(DiTConfig(**{**SMALL, **changes}))
    for parameter in dit.parameters():
        nn.init.normal_(parameter, std=0.3 / math.sqrt(max(1, parameter.shape[-1] / 8)))
    return dit.eval()


def inputs(config, batch=2, frames=6):
    torch.manual_seed(1)
    return {
        "x": torch.randn(batch, config.io_channels, frames),
        "timestep": torch.linspace(0.2, 0.9, batch),
        "cross": torch.randn(batch, 5, config.cond_token_dim) if config.cond_token_dim else None,
        "global_cond": torch.randn(batch, config.global_cond_dim) if config.global_cond_dim else None,
        "prepend": torch.randn(batch, 2, config.prepend_cond_dim) if config.prepend_cond_dim else None,
        "input_concat": torch.randn(batch, config.input_concat_dim, 3) if config.input_concat_dim else None,
        "local_add": torch.randn(batch, config.local_add_cond_dim, frames) if config.local_add_cond_dim else None,
    }


@pytest.mark.parametrize(
    ("config", "count"),
    [
        (
            {"embed_dim": 1536, "depth": 24, "num_heads": 24, "global_cond_dim": 1536, "project_cond_tokens": False},
            1056828544,
        ),
        (
            {"embed_dim": 1024, "depth": 16, "num_heads": 8, "global_cond_dim": 768}
            | {"attn_kwargs": AttentionOptions(qk_norm="ln")},
            340879488,
        ),
        (SA3_SIZES | {"embed_dim": 1024, "depth": 20, "num_heads": 16}, 459130880),
        (
            SA3_SIZES
            | {"embed_dim": 1536, "depth": 24, "num_heads": 24}
            | {"attn_kwargs": AttentionOptions(qk_norm="rms", differential=True)},
            1453170176,
        ),
    ],
)
def test_public_models_have_their_published_parameter_counts(config, count):
    with torch.device("meta"):
        dit = DiffusionTransformer(DiTConfig(**{"io_channels": 64, "cond_token_dim": 768, **config}))
    assert sum(p.numel() for p in dit.parameters()) == count


@pytest.mark.parametrize("changes", VARIANTS)
def test_every_weight_and_every_condition_changes_the_output(changes):
    dit = build(**changes)
    given = inputs(dit.config)
    tensors = [t.requires_grad_() for name, t in given.items() if t is not None and name != "timestep"]
    out = dit(**given)
    assert out.shape == given["x"].shape
    out.square().sum().backward()
    unused = {name for name, p in dit.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0}
    # With unit-length or unturned keys a shift of all keys cancels in the softmax, exactly as published.
    assert {name for name in unused if not name.endswith("cross_attn.k_norm.bias")} == set()
    assert all(t.grad.abs().sum() > 0 for t in tensors)


@torch.inference_mode()
@pytest.mark.parametrize("changes", VARIANTS)
def test_items_of_a_batch_do_not_touch_each_other(changes):
    dit = build(**changes)
    given = inputs(dit.config)
    together = dit(**given)
    alone = dit(**{name: None if t is None else t[1:] for name, t in given.items()})
    torch.testing.assert_close(together[1:], alone, atol=1e-5, rtol=1e-5)


@torch.inference_mode()
@pytest.mark.parametrize("norm", ["none", "ln", "l2"])
def test_zero_tokens_are_the_same_as_no_cross_attention(norm):
    dit = build(attn_kwargs=AttentionOptions(qk_norm=norm))
    given = inputs(dit.config)
    zeros = dit(**{**given, "cross": torch.zeros_like(given["cross"])})
    torch.testing.assert_close(zeros, dit(**{**given, "cross": None}), atol=0, rtol=0)


@torch.inference_mode()
def test_a_missing_input_concat_is_zeros():
    dit = build(input_concat_dim=4)
    given = inputs(dit.config)
    zeros = dit(**{**given, "input_concat": torch.zeros(2, 4, 6)})
    torch.testing.assert_close(dit(**{**given, "input_concat": None}), zeros)


@torch.inference_mode()
def test_a_new_transformer_only_passes_its_input_through_linear_layers():
    dit = DiffusionTransformer(DiTConfig(**SMALL)).eval()
    given = inputs(dit.config)
    straight = dit.project_out(dit.project_in(given["x"].transpose(1, 2))).transpose(1, 2)
    torch.testing.assert_close(dit(**given), straight)


@torch.inference_mode()
def test_half_precision_keeps_timesteps_apart_and_returns_float32():
    dit = build().to(torch.bfloat16)
    dit.timestep_features.float()
    near = dit.timestep_features(torch.tensor([0.9987, 1.0]))
    assert near.dtype == torch.float32 and (near[0] - near[1]).abs().max() > 1e-3
    given = inputs(dit.config)
    out, full = dit(**given), build()(**given)
    assert out.dtype == torch.float32
    assert (out - full).norm() / full.norm() < 0.05


@torch.inference_mode()
def test_long_sequences_pass_the_feed_forward_in_tiles_with_the_same_result():
    dit = build(depth=1)
    x = torch.randn(1, 1300, 64)
    torch.testing.assert_close(dit.blocks[0].ff(x), dit.blocks[0].ff._whole(x), atol=1e-5, rtol=1e-5)


def test_grouped_heads_share_the_key_heads_of_their_neighbours():
    torch.manual_seed(0)
    cross = attention.CrossAttention(64, 32, 16, "none")
    x, context = torch.randn(1, 3, 64), torch.randn(1, 5, 32)
    q = cross.to_q(x).view(3, 4, 16)
    k, v = cross.to_kv(context)[0].split(32, dim=-1)
    heads = []
    for head in range(4):
        shared = slice(head // 2 * 16, head // 2 * 16 + 16)
        weights = (q[:, head] @ k[:, shared].T / 4).softmax(-1)
        heads.append(weights @ v[:, shared])
    torch.testing.assert_close(cross(x, context)[0], F.linear(torch.cat(heads, -1), cross.to_out.weight))


def test_rotation_depends_on_distance_only_and_leaves_the_rest_alone():
    turn = attention.rotation(50, 32, torch.device("cpu"))
    q, k = torch.randn(48), torch.randn(48)
    turned_q = attention.rotate(q.expand(1, 1, 50, 48), turn)[0, 0]
    turned_k = attention.rotate(k.expand(1, 1, 50, 48), turn)[0, 0]
    torch.testing.assert_close(turned_q[7] @ turned_k[3], turned_q[44] @ turned_k[40], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(turned_q[:, 32:], q[32:].expand(50, 16))
    assert attention.rotary_frequencies(32)[0] == 1.0


@torch.no_grad()
def test_a_local_condition_defaults_to_zeros_and_reaches_the_latents():
    dit = build(**SA3)
    x, t = torch.randn(2, 3, 10), torch.rand(2)
    local = torch.zeros(2, 4, 10)
    torch.testing.assert_close(dit(x, t), dit(x, t, local_add=local))
    local[:, 1, 4] = 1
    assert (dit(x, t, local_add=local) - dit(x, t)).abs().max() > 1e-4


@torch.no_grad()
def test_excluded_padding_leaves_the_music_before_it_alone():
    dit = build(**SA3)
    x, t = torch.randn(1, 3, 10), torch.rand(1)
    short = dit(x[..., :7], t)
    torch.testing.assert_close(dit(x, t, valid=torch.arange(10)[None] < 7)[..., :7], short)
    dit.excludes_padding = False
    assert (dit(x, t, valid=torch.arange(10)[None] < 7)[..., :7] - short).abs().max() > 1e-5


@torch.no_grad()
def test_features_of_the_log_snr_are_those_of_its_place_between_its_ends():
    """By the formula in numbers of double precision: (5 - clamp(log((1 - t) / t), -12, 5)) / 17."""
    plain, other = build(**SA3), build(**SA3 | {"timestep_features_logsnr": True})
    other.load_state_dict(plain.state_dict())
    for t in torch.tensor([0.0, 1e-9, 0.001, 0.25, 0.5, 0.9, 0.99999, 1.0]):
        level = min(max(float(t), 1e-7), 1 - 1e-7)
        place = (5 - min(max(math.log((1 - level) / level), -12), 5)) / 17
        found = logsnr_feature(t[None])
        assert abs(float(found) - place) < 1e-6 and 0 <= float(found) <= 1
        assert torch.equal(other.timestep_embedding(t[None]), plain.timestep_embedding(found))
    x = torch.randn(1, 3, 8)
    assert not torch.equal(plain(x, torch.tensor([0.5])), other(x, torch.tensor([0.5])))


@torch.no_grad()
def test_a_window_of_the_transformer_counts_all_positions():
    """One block of a window (a, b) lets a latent reach those up to b before and a behind it, memory tokens included."""
    model = build(**SA3 | {"depth": 1, "sliding_window": [4, 1]})
    x, t = torch.randn(1, 3, 30), torch.tensor([0.5])
    changed = x.clone()
    changed[..., 15] += 1
    moved = (model(x, t) - model(changed, t)).abs().amax(dim=(0, 1)).nonzero().flatten()
    assert (int(moved.min()), int(moved.max())) == (14, 19)
    wide = build(**SA3 | {"depth": 1, "sliding_window": [500, 500]})
    whole = build(**SA3 | {"depth": 1})
    whole.load_state_dict(wide.state_dict())
    torch.testing.assert_close(wide(x, t), whole(x, t), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("differential", [False, True])
def test_kept_keys_and_values_and_one_row_of_zeros_are_what_every_step_would_compute(differential: bool) -> None:
    torch.manual_seed(3)
    options = AttentionOptions(qk_norm="ln", differential=differential)
    sizes = {"io_channels": 4, "embed_dim": 64, "depth": 2, "num_heads": 2, "cond_token_dim": 16}
    config = DiTConfig(**sizes, local_add_cond_dim=5, attn_kwargs=options)  # type: ignore[arg-type]
    network = DiffusionTransformer(config).eval()
    for weight in network.parameters():
        weight.data.normal_(std=0.2)
    x, cross, timestep = torch.randn(2, 4, 30), torch.randn(2, 7, 16), torch.tensor([0.3, 0.8])
    with torch.no_grad():
        plain = network(x, timestep, cross=cross, local_add=torch.zeros(2, 5, 30))
        torch.testing.assert_close(network(x, timestep, cross=network.looks(cross)), plain, atol=1e-5, rtol=1e-5)
        other = network(x, timestep, cross=network.looks(cross + 1), local_add=torch.ones(2, 5, 30))
    assert (other - plain).abs().max() > 1e-2

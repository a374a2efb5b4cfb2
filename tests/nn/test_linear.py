"""Layers held in less precision than what passes them."""

from __future__ import annotations

import pytest
import torch

from musicapp.checkpoints.reading import PRODUCTS, dtype_of
from musicapp.description.config import parse_config
from musicapp.nn import native
from musicapp.nn.linear import Linear
from musicapp.nn.same import SameDecoder
from tests.engine.test_memory import same
from tests.full_size import open_1_0, small_3

CPU = torch.device("cpu")


@torch.inference_mode()
@pytest.mark.parametrize("bias", [True, False])
def test_it_multiplies_in_its_weights_format_and_answers_in_its_inputs(bias: bool) -> None:
    torch.manual_seed(0)
    layer, x = Linear(48, 32, bias=bias), torch.randn(2, 5, 48)
    exact = layer(x)
    layer.weight.data = layer.weight.data.bfloat16()
    got = layer(x)
    assert got.dtype == torch.float32
    assert 0 < float((got - exact).norm() / exact.norm()) < 2**-7


@torch.inference_mode()
def test_the_products_of_same_in_bfloat16_stay_near_float32() -> None:
    torch.manual_seed(0)
    config = same(chunk_size=32, chunk_midpoint_shift=True).decoder
    decoder, latents = SameDecoder(config, 2).eval(), torch.randn(1, 16, 8)  # type: ignore[arg-type]
    exact, held = decoder(latents), 0
    for name, weight in decoder.named_parameters():
        if name.endswith(PRODUCTS):
            weight.data, held = weight.data.bfloat16(), held + 1
    assert held == 8  # four in each of two blocks
    noise = decoder(latents) - exact
    assert 20 * float(torch.log10(exact.norm() / noise.norm())) > 40


def test_which_weights_of_same_are_held_so(monkeypatch: pytest.MonkeyPatch) -> None:
    config, other = parse_config(small_3()), parse_config(open_1_0())
    product, rest = "autoencoder.decoder.trunk.blocks.0.ff.to_gated.weight", "autoencoder.decoder.from_latents.weight"
    monkeypatch.setattr(native, "has_bf16", lambda device: True)
    for precision in ("bf16", "int8", "int4"):
        assert dtype_of(product, config, precision, CPU) == torch.bfloat16
        assert dtype_of(rest, config, precision, CPU) == torch.float32
    assert dtype_of(product, config, "fp32", CPU) == torch.float32
    assert dtype_of(product, other, "bf16", CPU) == torch.bfloat16
    monkeypatch.setattr(native, "has_bf16", lambda device: False)
    assert dtype_of(product, config, "bf16", CPU) == torch.float32

"""Loading: every precision, the same numbers, and refusals that name what is wrong."""

from __future__ import annotations

import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from musicapp.checkpoints import keymap
from musicapp.checkpoints.load import load_model
from musicapp.description.catalogue import find_model
from musicapp.errors import CheckpointError
from musicapp.nn import native
from tests.checkpoints import tiny_model

TO_QKV = "model.model.transformer.layers.0.self_attn.to_qkv.weight"


@pytest.fixture
def folder(tmp_path):
    return tiny_model.write(tmp_path / "tiny")


def outputs(model):
    """What the transformer and the autoencoder make of fixed inputs."""
    generator = torch.Generator().manual_seed(3)
    x, audio = torch.randn(1, 3, 12, generator=generator), torch.randn(1, 2, 64, generator=generator)
    with torch.inference_mode():
        made = model.conditioner.encode([{"seconds_total": 30}])
        v = model.dit(x, torch.tensor([0.4]), cross=made.cross, global_cond=made.global_cond)
        return v, model.autoencoder.encode(audio), model.autoencoder.decode(x)


def rewritten(folder, change):
    """The folder with its weights changed by a function of the dict."""
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file({name: weight.clone() for name, weight in weights.items()}, folder / "model.safetensors")
    return folder


def test_weights_arrive_and_nothing_is_left_to_train_or_unfilled(folder):
    model = load_model(folder)
    stored = load_file(folder / "model.safetensors")
    assert torch.equal(model.dit.blocks[0].self_attn.to_qkv.weight, stored[TO_QKV])
    assert torch.equal(model.dit.blocks[1].ff_norm.beta, stored["model.model.transformer.layers.1.ff_norm.beta"])
    for network in (model.dit, model.autoencoder, model.conditioner):
        assert not network.training and not any(p.requires_grad for p in network.parameters())
        assert not any(t.is_meta for t in (*network.parameters(), *network.buffers()))
    assert model.precision == "fp32" and model.device == torch.device("cpu")


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_the_encoder_stays_in_the_file_until_it_is_asked_for_and_is_the_same_then(folder, precision):
    whole, half = load_model(folder, precision=precision), load_model(folder, precision=precision, encoder=False)
    decoding = {name for name, _ in whole.autoencoder.named_parameters() if not name.startswith("encoder.")}
    assert {name for name, _ in half.autoencoder.named_parameters()} == decoding
    half.autoencoder.to("cpu")  # as `memory.arrange` does before every take
    expected, found = outputs(whole), outputs(half)
    assert all(torch.equal(one, other) for one, other in zip(expected, found, strict=True))
    encoder = half.autoencoder.encoder
    assert encoder is half.autoencoder.encoder and not encoder.training
    assert not any(p.requires_grad for p in encoder.parameters())
    assert half.autoencoder.state_dict().keys() == whole.autoencoder.state_dict().keys()


def test_an_encoder_whose_file_was_replaced_is_refused(folder):
    half = load_model(folder, encoder=False)
    rewritten(folder, lambda weights: weights.pop(next(iter(weights))))
    with pytest.raises(CheckpointError, match="was replaced"):
        half.autoencoder.encode(torch.zeros(1, 2, 64))


def test_a_file_without_an_encoder_is_refused_though_it_is_not_needed_yet(folder):
    def cut(weights):
        for name in [name for name in weights if name.startswith("pretransform.model.encoder.")]:
            del weights[name]

    rewritten(folder, cut)
    with pytest.raises(CheckpointError):
        load_model(folder, encoder=False)


def test_weight_norm_is_folded_along_the_first_axis(folder):
    stored = load_file(folder / "model.safetensors")
    model = load_model(folder)
    transposed = "pretransform.model.decoder.layers.1.layers.1."
    v, g = stored[transposed + "weight_v"], stored[transposed + "weight_g"]
    expected = torch.stack([g[i] * v[i] / v[i].norm() for i in range(len(v))])
    torch.testing.assert_close(model.autoencoder.decoder.layers[1].layers[1].weight.data, expected)


def test_folded_weights_and_the_new_spelling_load_to_the_same_model(folder, tmp_path):
    expected = outputs(load_model(folder))

    def respell(weights):
        for name in [name for name in weights if name.endswith("weight_g")]:
            layer = name.removesuffix("weight_g")
            g, v = weights.pop(name), weights.pop(layer + "weight_v")
            if "encoder" in layer:
                weights[layer + "weight"] = v * (g / torch.norm_except_dim(v, 2, 0))
            else:
                weights[layer + "parametrizations.weight.original0"] = g
                weights[layer + "parametrizations.weight.original1"] = v

    for got, wanted in zip(outputs(load_model(rewritten(folder, respell))), expected, strict=True):
        torch.testing.assert_close(got, wanted)


@pytest.mark.parametrize(("precision", "tolerance"), [("bf16", 0.05), ("fp16", 0.01), ("int8", 0.05)])
def test_lower_precisions_stay_near_and_keep_what_needs_float32(folder, precision, tolerance):
    full, model = outputs(load_model(folder)), load_model(folder, precision=precision)
    for got, wanted in zip(outputs(model), full, strict=True):
        assert got.dtype == torch.float32
        assert (got - wanted).norm() / wanted.norm() < tolerance
    assert model.dit.timestep_features.weight.dtype == torch.float32
    assert model.conditioner.conditioners["seconds_total"].linear.weight.dtype == torch.float32
    assert model.autoencoder.decoder.layers[3].alpha.dtype == torch.float32


def test_the_app_section_can_keep_the_autoencoder_in_float32(tmp_path):
    values = {**tiny_model.description(), "musicapp": {"precision": {"autoencoder": "fp32"}}}
    folder = tiny_model.write(tmp_path / "m", values)
    model = load_model(folder, precision="bf16")
    assert model.autoencoder.decoder.layers[0].weight.dtype == torch.float32
    assert model.dit.dtype == torch.bfloat16


def test_a_file_in_half_precision_runs_in_float32(folder):
    expected = outputs(load_model(folder))

    def halve(weights):
        weights.update({name: weight.half() for name, weight in weights.items()})

    model = load_model(rewritten(folder, halve))
    assert model.dit.dtype == torch.float32
    for got, wanted in zip(outputs(model), expected, strict=True):
        torch.testing.assert_close(got, wanted, atol=0.02, rtol=0.02)


def test_int8_in_the_file_runs_as_int8_or_as_any_other_precision(folder):
    linear = {n for n, m in load_model(folder).dit.named_modules() if isinstance(m, nn.Linear) and "blocks" in n}

    def quantise(weights):
        for name in linear:
            key = keymap.to_published(f"dit.{name}.weight")
            scale = weights[key].abs().amax(1) / 127
            weights[key.removesuffix("weight") + "weight_scale"] = scale
            weights[key] = (weights[key] / scale[:, None]).round().to(torch.int8)

    expected = outputs(load_model(folder))
    rewritten(folder, quantise)
    unpacked, held = load_model(folder), load_model(folder, precision="int8")
    assert unpacked.dit.blocks[0].ff.to_out.weight.dtype == torch.float32
    assert held.dit.blocks[0].ff.to_out.weight.dtype == torch.int8
    for model in (unpacked, held, load_model(folder, precision="bf16")):
        assert (outputs(model)[0] - expected[0]).norm() / expected[0].norm() < 0.06


def test_offsets_of_norms_may_be_missing_and_are_zero(folder):
    def drop(weights):
        for name in [n for n in weights if n.endswith("_norm.beta")]:
            del weights[name]

    model = load_model(rewritten(folder, drop), precision="bf16")
    assert not model.dit.blocks[0].self_norm.beta.any()
    assert model.dit.blocks[0].self_norm.beta.dtype == torch.bfloat16


def test_the_rotation_table_is_dropped_when_it_is_the_formulas_and_refused_otherwise(folder):
    formula = 10000 ** -(torch.arange(16) / 16)
    load_model(rewritten(folder, lambda weights: weights.update({keymap.ROTARY: formula.half()})))
    with pytest.raises(CheckpointError, match="frequencies"):
        load_model(rewritten(folder, lambda weights: weights.update({keymap.ROTARY: formula * 2})))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w: w.pop(TO_QKV), ["missing", TO_QKV]),
        (lambda w: w.update({"model.model.extra.weight": torch.ones(2)}), ["model.model.extra.weight", "not use"]),
        (lambda w: w.update({"elsewhere.weight": torch.ones(2)}), ["elsewhere.weight"]),
        (lambda w: w.update({TO_QKV: torch.ones(2, 3)}), [TO_QKV, "[2, 3]", "[192, 64]"]),
        (lambda w: w[TO_QKV].fill_(float("nan")), [TO_QKV, "not finite"]),
        (lambda w: w.update({TO_QKV: torch.ones(192, 64, dtype=torch.int64)}), ["I64"]),
        (lambda w: w.update({TO_QKV: torch.ones(192, 64, dtype=torch.int8)}), ["I8"]),
        (lambda w: w.pop("pretransform.model.decoder.layers.0.weight_g"), ["incompletely"]),
        (lambda w: w.pop("conditioner.conditioners.seconds_total.embedder.embedding.0.weights"), ["missing"]),
        (lambda w: [w.pop(n) for n in list(w) if n.startswith("model.")], ["no weights of a music model"]),
    ],
)
def test_weights_that_do_not_fit_are_named(folder, change, words):
    with pytest.raises(CheckpointError) as caught:
        load_model(rewritten(folder, change))
    assert all(word in caught.value.message for word in words), caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("size", [0, 4, 100, 5000])
def test_a_truncated_file_is_one_sentence(folder, size):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(CheckpointError, match="damaged or incomplete"):
        load_model(folder)


def test_a_file_of_something_else_is_one_sentence(folder):
    for content in (b"PK\x03\x04 zip", b"\xff" * 64, b'\x10\0\0\0\0\0\0\0{"a":          '):
        (folder / "model.safetensors").write_bytes(content)
        with pytest.raises(CheckpointError, match="damaged or incomplete"):
            load_model(folder)


def test_pickles_are_refused_without_being_opened(folder):
    (folder / "model.safetensors").unlink()
    (folder / "model.ckpt").write_bytes(b"never read")
    with pytest.raises(CheckpointError, match=r"model\.ckpt.*only model\.safetensors") as caught:
        load_model(folder)
    assert caught.value.hint


def test_missing_folders_and_files_are_named(folder, tmp_path):
    with pytest.raises(CheckpointError, match="nowhere"):
        load_model(tmp_path / "nowhere")
    (folder / "model.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"There is no model\.safetensors"):
        load_model(folder)
    shutil.rmtree(folder)
    folder.write_bytes(b"a file")
    with pytest.raises(CheckpointError):
        load_model(folder)


def test_a_spectral_autoencoder_loads_with_its_windows_filled(tmp_path):
    half = {"width": 16, "depth": 1, "latent_width": 16, "latent_depth": 1, "n_fft": 16, "hop": 4, "stride": 2}
    values = tiny_model.description()
    section = values["model"]["pretransform"]["config"]
    section["encoder"] = {"type": "spectral", "config": {**half, "latent_dim": 6}}
    section["decoder"] = {"type": "spectral", "config": {**half, "latent_dim": 3}}
    model = load_model(tiny_model.write(tmp_path / "m", values))
    assert not any(b.is_meta for b in model.autoencoder.buffers())
    assert outputs(model)[2].shape == (1, 2, 96)


def test_half_precision_changes_the_magnitudes_of_the_built_in_decoder_by_hundredths_of_a_db(monkeypatch):
    monkeypatch.setattr(native, "cpu_has_bf16", lambda: True)
    exact, quick = (
        load_model(find_model("builtin"), precision=precision).autoencoder for precision in ("fp32", "bf16")
    )
    halves = {name for name, weight in quick.named_parameters() if weight.dtype == torch.bfloat16}
    assert halves == {f"decoder.blocks.{block}.{part}.weight" for block in range(7) for part in ("up", "down")}
    latents = torch.randn(1, quick.latent_dim, 24, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        off = quick.decoder.log_magnitudes(latents) - exact.decoder.log_magnitudes(latents)
    assert 0 < off.square().mean().sqrt() < 0.005  # nepers: 0.04 dB

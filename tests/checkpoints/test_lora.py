"""Adapters on a whole model: every layout the same, nothing else changed, and refusals in words."""

from __future__ import annotations

import json
import os
import shutil
import weakref
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from musicapp.audio import wave_io
from musicapp.checkpoints import lora
from musicapp.checkpoints.load import load_model, use_adapters
from musicapp.checkpoints.lora_file import read_adapter
from musicapp.engine.engine import Engine
from musicapp.engine.events import ModelLoaded, ModelLoading
from musicapp.errors import CheckpointError
from musicapp.request import Lora, TakeRequest
from tests.checkpoints.test_diffusers import published
from tests.making import make

__all__ = ["published"]  # the fixture: a small model of the kind of Stable Audio Open 1.0

WIDTH, TEXT, RANK, ALPHA = 128, 64, 4, 8.0
QKV = "transformer.layers.1.self_attn.to_qkv"
LAYERS = {  # of the transformer: rows, columns
    QKV: (3 * WIDTH, WIDTH),
    "transformer.layers.0.cross_attn.to_kv": (2 * TEXT, TEXT),
    "transformer.project_in": (WIDTH, 8),
    "preprocess_conv": (8, 8),
    "to_timestep_embed.0": (WIDTH, 256),
}
NUMBER = "conditioners.seconds_total.embedder.embedding.1"
OURS = {
    QKV: "dit.blocks.1.self_attn.to_qkv",
    "transformer.layers.0.cross_attn.to_kv": "dit.blocks.0.cross_attn.to_kv",
    "transformer.project_in": "dit.project_in",
    "preprocess_conv": "dit.preprocess_conv",
    "to_timestep_embed.0": "dit.to_timestep_embed.0",
    NUMBER: "conditioner.conditioners.seconds_total.linear",
}


def matrices(seed=0):
    """Layer -> A and B."""
    generator = torch.Generator().manual_seed(seed)
    sizes = {**LAYERS, NUMBER: (TEXT, 257)}
    return {
        name: (torch.randn(RANK, c, generator=generator), torch.randn(r, RANK, generator=generator))
        for name, (r, c) in sizes.items()
    }


def write(path, layers=None, *, kind="lora", rank=RANK, alpha=ALPHA, **more):
    """An adapter in the layout of Stable Audio 3."""
    tensors = {}
    for name, (a, b) in (layers if layers is not None else matrices()).items():
        place = (name if name == NUMBER else f"model.{name}") + ".parametrizations.weight.0."
        tensors |= {place + "lora_A": a, place + "lora_B": b}
        tensors |= {place + part: make(b, a) for part, make in more.items()}
    config = json.dumps({"adapter_type": kind, "rank": rank, "alpha": alpha})
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, {"lora_config": config})
    return path


def state(folder, *adapters, **how):
    """Every weight but the text encoder's with these (path, strength)."""
    model = load_model(folder, **how)
    use(model, *adapters)
    return weights_of(model)


def use(model, *adapters):
    matched = lora.match(model.networks, [(read_adapter(path), strength) for path, strength in adapters])
    use_adapters(model, matched)


def weights_of(model):
    parts = {"dit": model.dit, "autoencoder": model.autoencoder, "conditioner": model.conditioner}
    return {
        f"{part}.{name}": tensor
        for part, network in parts.items()
        for name, tensor in network.state_dict().items()
        if ".encoder." not in name or part == "autoencoder"
    }


def assert_equal(one, other):
    assert one.keys() == other.keys()
    assert [name for name in one if not torch.equal(one[name], other[name])] == []


def assert_close(one, other, tolerance=1e-5):
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], atol=tolerance, rtol=tolerance, msg=name)


@pytest.mark.parametrize("kind", ["lora", "dora-rows"])
@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_no_strength_is_exactly_no_adapter(published, tmp_path, kind, precision):
    more = {"magnitude": lambda b, a: torch.rand(b.shape[0])} if kind != "lora" else {}
    path = write(tmp_path / "a.safetensors", kind=kind, **more)
    assert_equal(state(published, (path, 0.0), precision=precision), state(published, precision=precision))


def test_its_layers_change_as_the_formula_says_and_no_others(published, tmp_path):
    plain = state(published)
    changed = state(published, (write(tmp_path / "a.safetensors"), 0.5))
    for name, (a, b) in matrices().items():
        weight = plain.pop(OURS[name] + ".weight")
        expected = weight + (0.5 * ALPHA / RANK * (b @ a)).reshape(weight.shape)
        torch.testing.assert_close(changed.pop(OURS[name] + ".weight"), expected)
    assert_equal(changed, plain)


def peft(folder, layers, *, wrapper="base_model.model.", **config):
    folder.mkdir()
    tensors = {}
    for name, (a, b) in layers.items():
        tensors |= {f"{wrapper}{name}.lora_A.weight": a, f"{wrapper}{name}.lora_B.weight": b}
    save_file({name: tensor.clone() for name, tensor in tensors.items()}, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps({"r": RANK, "lora_alpha": ALPHA, **config}))
    return folder / "adapter_model.safetensors"


def test_all_layouts_say_the_same(published, tmp_path):
    layers = {name: made for name, made in matrices().items() if name != NUMBER}
    expected = state(published, (write(tmp_path / "a.safetensors", layers), 1.0))
    assert_equal(state(published, (peft(tmp_path / "inside", layers), 1.0)), expected)
    outside = {f"model.model.{name}": made for name, made in layers.items()}
    assert_equal(state(published, (peft(tmp_path / "outside", outside), 1.0)), expected)
    tensors = {f"{name}.lora_down.weight": a for name, (a, _) in layers.items()}
    tensors |= {f"{name}.lora_up.weight": b for name, (_, b) in layers.items()}
    tensors |= {f"{name}.alpha": torch.tensor(ALPHA) for name in layers}
    save_file(tensors, tmp_path / "down.safetensors")
    assert_equal(state(published, (tmp_path / "down.safetensors", 1.0)), expected)


def test_diffusers_names_change_their_part_of_a_layer(published, tmp_path):
    a, b = matrices()[QKV]
    expected = state(published, (write(tmp_path / "a.safetensors", {QKV: (a, b)}), 1.0))
    attention = "transformer_blocks.1.attn1."
    parts = {
        f"{attention}to_{letter}": (a, rows)
        for letter, rows in zip("vqk", (b[2 * WIDTH :], b[:WIDTH], b[WIDTH : 2 * WIDTH]), strict=True)
    }
    for wrapper in ("base_model.model.", "transformer."):
        got = state(published, (peft(tmp_path / wrapper.strip("."), parts, wrapper=wrapper), 1.0))
        assert_close(got, expected)
    alone = state(published, (peft(tmp_path / "q", {f"{attention}to_q": (a, b[:WIDTH])}), 1.0))
    plain, name = state(published), OURS[QKV] + ".weight"
    torch.testing.assert_close(alone[name][:WIDTH], expected[name][:WIDTH])
    assert torch.equal(alone[name][WIDTH:], plain[name][WIDTH:])


def test_several_add_up_and_an_opposite_one_takes_back(published, tmp_path):
    one, two = write(tmp_path / "a.safetensors", matrices(1)), write(tmp_path / "b.safetensors", matrices(2))
    both = {
        n: (torch.cat((a, c)), torch.cat((b, d), dim=1))
        for (n, (a, b)), (c, d) in zip(matrices(1).items(), matrices(2).values(), strict=True)
    }
    together = write(tmp_path / "c.safetensors", both, rank=2 * RANK, alpha=2 * ALPHA)
    assert_close(state(published, (one, 1.0), (two, 1.0)), state(published, (together, 1.0)), 1e-4)
    assert_close(state(published, (one, 0.7), (two, 0.0), (one, -0.7)), state(published), 1e-4)


def test_magnitudes_are_the_lengths_of_the_rows(published, tmp_path):
    path = write(tmp_path / "a.safetensors", kind="dora", magnitude=lambda b, a: torch.rand(b.shape[0]) + 1)
    adapter = read_adapter(path)
    assert {layer.kind for layer in adapter.layers.values()} == {"dora-rows"}
    changed = state(published, (path, 0.3))
    lengths = changed[OURS[QKV] + ".weight"].norm(dim=1)
    torch.testing.assert_close(lengths, adapter.layers[f"model.{QKV}"].parts["magnitude"])
    old = write(tmp_path / "b.safetensors", kind="dora", magnitude=lambda b, a: torch.rand(1, a.shape[1]))
    assert {layer.kind for layer in read_adapter(old).layers.values()} == {"dora-cols"}


@pytest.mark.parametrize(("precision", "tolerance"), [("bf16", 0.01), ("int8", 0.02)])
def test_lower_precisions_take_adapters(published, tmp_path, precision, tolerance):
    path, name = write(tmp_path / "a.safetensors"), OURS[QKV] + ".weight"
    full, low = state(published, (path, 1.0)), state(published, (path, 1.0), precision=precision)
    got = low[name].float() * (low[name + "_scale"][:, None] if precision == "int8" else 1.0)
    assert float((got - full[name]).norm() / full[name].norm()) < tolerance


def test_peft_scales_by_the_root_where_it_says_so(published, tmp_path):
    layers = {QKV: matrices()[QKV]}
    rooted = peft(tmp_path / "root", layers, use_rslora=True)
    assert_close(state(published, (rooted, 0.5)), state(published, (peft(tmp_path / "plain", layers), 0.5 * RANK**0.5)))


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_other_adapters_leave_nothing_of_those_before(published, tmp_path, precision):
    one, two = (
        write(tmp_path / "a.safetensors", matrices(1)),
        write(tmp_path / "b.safetensors", {QKV: matrices(2)[QKV]}),
    )
    model = load_model(published, precision=precision)
    for adapters in ([(one, 0.5), (two, 1.0)], [(one, 0.7)], [(two, 2.0)], []):
        use(model, *adapters)
        assert_equal(weights_of(model), state(published, *adapters, precision=precision))
        assert not any(tensor.requires_grad for tensor in model.networks.parameters())


def test_a_model_replaced_meanwhile_is_not_mixed_with_another(published, tmp_path):
    path = write(tmp_path / "a.safetensors")
    folder = shutil.copytree(published, tmp_path / "model")
    model = load_model(folder)
    use(model, (path, 1.0))
    (folder / "model.safetensors").write_bytes(b"\x10")
    with pytest.raises(CheckpointError):
        use(model, (path, 0.5))


def spoil(name, tensor):
    """All but one layer's matrices whole."""
    made = matrices()
    made[name] = tensor(*made[name])
    return made


BAD = [
    (
        lambda: write_bad(spoil(QKV, lambda a, b: (a[:, 1:], b))),
        r"another size than the model: lora_A.*\[4, 127\].*\[4, 128\]",
    ),
    (lambda: write_bad(spoil(QKV, lambda a, b: (a, b[1:]))), "another size than the model: lora_B"),
    (lambda: write_bad(spoil(QKV, lambda a, b: (a[:3], b[:, :3]))), "rank"),
    (lambda: write_bad(spoil(QKV, lambda a, b: (a * float("nan"), b))), "not finite"),
    (lambda: write_bad({"transformer.layers.7.self_attn.to_qkv": matrices()[QKV]}), "another model.*layers.7"),
    (lambda: write_bad({"lora_unet_down_blocks_0": matrices()[QKV]}), "another model"),
    (lambda: write_bad(None, kind="loha"), "loha"),
    (lambda: write_bad(None, kind=["lora"]), "not known"),
    (lambda: write_bad(spoil(QKV, lambda a, b: (torch.ones(()), b))), "no matrices"),
    (lambda: write_bad(None, kind="dora-rows"), "incomplete or mixed: “magnitude”"),
    (lambda: write_bad(None, rank=5), "rank"),
    (lambda: write_bad(None, alpha="much"), "rank"),
    (lambda: write_bad({}), "holds no adapter"),
]


def write_bad(layers, **how):
    return lambda path: write(path, layers, **how)


@pytest.mark.parametrize(("make", "named"), BAD)
def test_a_wrong_or_foreign_adapter_is_refused_in_words(published, tmp_path, make, named):
    path = make()(tmp_path / "bad.safetensors")
    with pytest.raises(CheckpointError, match=named) as caught:
        state(published, (path, 1.0))
    assert caught.value.hint


def test_other_files_are_no_adapters(published, tmp_path):
    (tmp_path / "a.ckpt").write_bytes(b"\x80\x02")
    (tmp_path / "text.safetensors").write_text("not an adapter")
    (tmp_path / "song.wav").write_bytes(b"RIFF" + bytes(2000))
    save_file({"model.model.timestep_features.weight": torch.zeros(2)}, tmp_path / "model.safetensors")
    damaged = tmp_path / "config.safetensors"
    save_file({"x.lora_A.weight": torch.zeros(2, 2)}, damaged, {"lora_config": "["})
    for name, said in (
        ("a.ckpt", "run programs"),
        ("text.safetensors", "damaged"),
        ("song.wav", "damaged, or no adapter"),
        ("gone.safetensors", "no adapter"),
        ("model.safetensors", "no LoRA adapter"),
        ("config.safetensors", "settings"),
    ):
        with pytest.raises(CheckpointError, match=said) as caught:
            read_adapter(tmp_path / name)
        assert caught.value.hint and "model again" not in caught.value.hint


def test_peft_options_that_change_the_sound_are_refused(tmp_path):
    path = peft(tmp_path / "p", {QKV: matrices()[QKV]}, use_dora=True)
    with pytest.raises(CheckpointError, match="use_dora"):
        read_adapter(path)


def test_a_take_follows_its_adapters_and_says_so(published, tmp_path):
    engine = Engine()
    path = str(write(tmp_path / "a.safetensors"))

    def audio(name, *loras):
        request = TakeRequest(
            "t", "pad", 0.5, 7, model=str(published), steps=2, precision="fp32", device="cpu", loras=loras
        )
        for _ in make(engine, request, tmp_path / f"{name}.wav"):
            pass
        assert json.loads(wave_io.read_tags(tmp_path / f"{name}.wav")["comment"])["loras"] == [
            {"path": lora.path, "strength": lora.strength} for lora in loras
        ]
        return wave_io.read(tmp_path / f"{name}.wav")[0]

    plain, off, on = audio("plain"), audio("off", Lora(path, 0.0)), audio("on", Lora(path, 0.5))
    assert np.array_equal(plain, off) and not np.array_equal(plain, on)
    assert np.array_equal(audio("again"), plain)


def test_another_strength_does_not_load_the_model_anew(published, tmp_path, monkeypatch):
    engine, reads = Engine(), []
    monkeypatch.setattr("musicapp.engine.held_model.load_model", lambda *a, **k: reads.append(a) or load_model(*a, **k))
    good, bad = write(tmp_path / "a.safetensors"), write_bad({"else": matrices()[QKV]})(tmp_path / "b.safetensors")

    def events(*loras):
        return [type(e) for e in engine.models.load(str(published), device="cpu", precision="fp32", loras=loras)]

    for strength in (0.5, 1.0):
        assert events(Lora(str(good), strength)) == [ModelLoading, ModelLoaded]
    for refused in (bad, tmp_path / "gone.safetensors"):
        with pytest.raises(CheckpointError):
            events(Lora(str(good)), Lora(str(refused)))
        assert events(Lora(str(good))) == [ModelLoaded]  # as before
    assert events() == [ModelLoading, ModelLoaded]
    assert len(reads) == 1


@pytest.mark.parametrize("layout", ["stable audio 3", "peft"])
def test_an_adapter_replaced_under_its_path_is_noticed(published, tmp_path, monkeypatch, layout):
    engine, reads = Engine(), []
    monkeypatch.setattr("musicapp.engine.held_model.load_model", lambda *a, **k: reads.append(a) or load_model(*a, **k))
    layers = {QKV: matrices()[QKV]}
    others = {QKV: (2 * layers[QKV][0], layers[QKV][1])}
    is_peft = layout == "peft"
    path = peft(tmp_path / "p", layers) if is_peft else write(tmp_path / "a.safetensors", layers)
    new = peft(tmp_path / "n", others) if is_peft else write(tmp_path / "new.safetensors", others)
    request = TakeRequest("t", "pad", 0.5, 7, model=str(published), steps=2, precision="fp32", device="cpu")
    request = replace(request, loras=(Lora(str(path)),))

    def audio(name):
        events = [type(event) for event in make(engine, request, tmp_path / f"{name}.wav")]
        return wave_io.read(tmp_path / f"{name}.wav")[0], ModelLoading in events

    first, _ = audio("first")
    again, told = audio("again")
    assert np.array_equal(first, again) and not told
    before = path.stat()
    assert new.stat().st_size == before.st_size
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))  # as some tools copy files
    new.replace(path)
    second, told = audio("second")
    assert not np.array_equal(first, second) and told
    if is_peft:  # half as strong by the settings beside it: the first one again
        config = json.dumps({"r": RANK, "lora_alpha": ALPHA / 2})
        (path.parent / "adapter_config.json").write_text(config, encoding="utf-8")
        third, told = audio("third")
        assert np.allclose(third, first, atol=1e-6) and told
    path.unlink()
    with pytest.raises(CheckpointError, match="There is no adapter"):
        audio("gone")
    assert len(reads) == 1


def test_the_old_model_goes_before_another_comes(published, tmp_path, monkeypatch):
    engine = Engine()
    request = TakeRequest("t", "pad", 0.5, 7, model=str(published), precision="fp32", device="cpu")
    list(engine.prepare(request))
    old = weakref.ref(engine.models.held.model.dit)

    def look(*args, **options):
        assert old() is None
        return load_model(*args, **options)

    monkeypatch.setattr("musicapp.engine.held_model.load_model", look)
    assert [type(e) for e in engine.prepare(replace(request, precision="bf16"))] == [ModelLoading, ModelLoaded]

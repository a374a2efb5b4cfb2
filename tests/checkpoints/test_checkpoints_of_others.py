"""Checkpoints as trainers and other programs save them: the same networks or one sentence, and one import as strict."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from musicapp.checkpoints.load import LoadedModel, check_model, load_model
from musicapp.checkpoints.weights import WEIGHTS_NAME
from musicapp.cli.main import main
from musicapp.errors import CheckpointError
from tests.checkpoints.test_diffusers import published

__all__ = ["published"]

Tensors = dict[str, torch.Tensor]
EIGHT_BITS = {"F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2}


@pytest.fixture(scope="module")
def plain(published: Path) -> Tensors:
    return load_file(published / WEIGHTS_NAME)


@pytest.fixture(scope="module")
def known(published: Path) -> Tensors:
    return networks(load_model(published))


def networks(model: LoadedModel) -> Tensors:
    return dict(model.networks.state_dict())


def folder_with(
    published: Path, place: Path, weights: Tensors, *, file: str = WEIGHTS_NAME, header: dict[str, str] | None = None
) -> Path:
    """The model's folder with these weights instead."""
    shutil.copytree(published, place)
    (place / WEIGHTS_NAME).unlink()
    save_file({name: weight.clone().contiguous() for name, weight in weights.items()}, place / file, header)
    return place


def renamed(change: Callable[[str], str]) -> Callable[[Tensors], Tensors]:
    return lambda weights: {change(name): weight for name, weight in weights.items()}


def before(prefix: str) -> Callable[[Tensors], Tensors]:
    return renamed(lambda name: prefix + name)


def inside(after: str, added: str) -> Callable[[Tensors], Tensors]:
    return renamed(lambda name: name.replace(after, after + added, 1))


def with_more(**more: torch.Tensor) -> Callable[[Tensors], Tensors]:
    return lambda weights: {**weights, **{name.replace("__", "."): tensor for name, tensor in more.items()}}


def with_text_encoder(prefix: str) -> Callable[[Tensors], Tensors]:
    return lambda weights: {
        **weights,
        f"{prefix}shared.weight": torch.ones(8, 4),
        f"{prefix}encoder.block.0.layer.0.SelfAttention.q.weight": torch.ones(4, 4),
    }


def lightning(weights: Tensors) -> Tensors:
    """Of a training, with what its other parts keep."""
    return {
        **before("diffusion.")(weights),
        "optimizer.step": torch.ones(1),
        "losses_ema": torch.zeros(3),
        "discriminator.discriminators.0.weight": torch.ones(2, 2),
        "global_step": torch.ones(1),
    }


SAME: dict[str, Callable[[Tensors], Tensors]] = {
    **{
        f"before: {prefix}": before(prefix)
        for prefix in (
            *("module.", "_orig_mod.", "state_dict.", "diffusion.", "module._orig_mod.", "_orig_mod.module."),
            *("state_dict.module.", "state_dict.diffusion.", "model_state.", "my_wrapper.of_it.", "net."),
            *("state_dict.diffusion._orig_mod.", "_fsdp_wrapped_module.", "generator."),
        )
    },
    **{
        f"inside: {added}": inside("model.model.", added)
        for added in ("_orig_mod.", "module.", "_fsdp_wrapped_module.", "_orig_mod.module.")
    },
    "inside blocks": renamed(lambda name: re.sub(r"(layers\.\d+\.)", r"\1_checkpoint_wrapped_module.", name)),
    "comfy": renamed(lambda name: name.replace("model.model.", "model.diffusion_model.", 1)),
    "comfy alone": renamed(lambda name: name.replace("model.model.", "diffusion_model.", 1)),
    "comfy compiled": renamed(lambda name: name.replace("model.model.", "model.diffusion_model._orig_mod.", 1)),
    "lightning": lightning,
    "optimizer": with_more(optimizer__step=torch.ones(1), optimizer__state__0__exp_avg=torch.ones(3)),
    "logger": with_more(losses_ema=torch.zeros(3), epoch=torch.zeros(1)),
    "text encoder of comfy": with_text_encoder("text_encoders.t5base.transformer."),
    "text encoder of the library": with_text_encoder("conditioner.conditioners.prompt.model."),
    "text encoder in a training": lambda weights: before("diffusion.")(
        with_text_encoder("conditioner.conditioners.prompt.model.")(weights)
    ),
    "double": lambda weights: {name: weight.double() for name, weight in weights.items()},
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_weights_under_other_names_are_the_same_model(
    published: Path, plain: Tensors, known: Tensors, tmp_path: Path, name: str
) -> None:
    folder = folder_with(published, tmp_path / "m", SAME[name](plain))
    check_model(folder)
    model = load_model(folder)
    assert networks(model).keys() == known.keys()
    assert [key for key, weight in networks(model).items() if not torch.equal(weight, known[key])] == []
    assert ("text encoder in the model's file is left out" in model.remark) == ("text encoder" in name)


@pytest.mark.parametrize("owner", ["diffusion_ema.ema_model.", "ema.ema_model.", "ema_model.", "model_ema."])
@pytest.mark.parametrize("depth", ["model.model.", "model.", ""])
@pytest.mark.parametrize("wrapper", ["diffusion.", "", "state_dict.diffusion."])
def test_the_average_of_a_training_is_what_is_used(
    published: Path, plain: Tensors, known: Tensors, tmp_path: Path, owner: str, depth: str, wrapper: str
) -> None:
    transformer = {name: weight for name, weight in plain.items() if name.startswith("model.model.")}
    online = {name: weight + 1 for name, weight in transformer.items()}
    outer = wrapper.removesuffix("diffusion.")
    averaged = {f"{outer}{owner}{depth}{name.removeprefix('model.model.')}": w for name, w in transformer.items()}
    counters = {f"{outer}{owner.split('.')[0]}.{name}": torch.ones(1) for name in ("initted", "step")}
    shadow = {f"{outer}diffusion_ema.online_model.model.x": torch.ones(1)}
    weights = {**before(wrapper)({**plain, **online}), **averaged, **counters, **shadow}
    model = load_model(folder_with(published, tmp_path / "m", weights))
    assert [key for key, weight in networks(model).items() if not torch.equal(weight, known[key])] == []
    assert "average" in model.remark


@pytest.mark.parametrize("kind", EIGHT_BITS)
def test_floats_of_eight_bits_equal_the_cast_weights(
    published: Path, plain: Tensors, tmp_path: Path, kind: str
) -> None:
    def is_linear(name: str, weight: torch.Tensor) -> bool:
        return weight.ndim == 2 and name.startswith("model.")

    eight = {n: w.to(EIGHT_BITS[kind]) if is_linear(n, w) else w for n, w in plain.items()}
    cast = {name: weight.float() for name, weight in eight.items()}
    one = networks(load_model(folder_with(published, tmp_path / "a", eight)))
    other = networks(load_model(folder_with(published, tmp_path / "b", cast)))
    assert [key for key, weight in one.items() if not torch.equal(weight, other[key])] == []


def recast(path: Path, old: str, new: str) -> None:
    """Say another number format of every weight of one, in the header alone."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = content[8 : 8 + length].replace(f'"{old}"'.encode(), f'"{new}"'.encode())
    path.write_bytes(len(header).to_bytes(8, "little") + header + content[8 + length :])


@pytest.mark.parametrize("kind", ["U32", "I32"])
def test_other_number_formats_are_named_and_never_called_damaged(
    published: Path, plain: Tensors, tmp_path: Path, kind: str
) -> None:
    folder = folder_with(published, tmp_path / "m", plain)
    recast(folder / WEIGHTS_NAME, "F32", kind)
    for read in (load_model, check_model):
        with pytest.raises(CheckpointError) as caught:
            read(folder)
        assert kind in caught.value.message and "damaged" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("kind", ["U16", "C64", "U64", "F8_E8M0", "F6_E2M3", "F4"])
def test_every_format_of_the_standard_is_known_by_its_size(tmp_path: Path, kind: str) -> None:
    bits = {"U16": 16, "C64": 64, "U64": 64, "F8_E8M0": 8, "F6_E2M3": 6, "F4": 4}[kind]
    header = json.dumps({"model.model.x": {"dtype": kind, "shape": [8, 4], "data_offsets": [0, bits * 4]}}).encode()
    (tmp_path / WEIGHTS_NAME).write_bytes(len(header).to_bytes(8, "little") + header + bytes(bits * 4))
    from musicapp.checkpoints import weight_files, weights

    with (
        pytest.raises(CheckpointError, match=kind) as caught,
        weight_files.open_weights(tmp_path / WEIGHTS_NAME) as file,
    ):
        weights.inventory(file, tmp_path / WEIGHTS_NAME)
    assert "damaged" not in caught.value.message


@pytest.mark.parametrize("file", ["my_finetune.safetensors", "model.fp16.safetensors", "model.bf16.safetensors"])
def test_weights_under_another_file_name_are_found(
    published: Path, plain: Tensors, known: Tensors, tmp_path: Path, file: str
) -> None:
    folder = folder_with(published, tmp_path / "m", plain, file=file)
    shutil.copy(published / WEIGHTS_NAME, folder / "musicapp-int8.safetensors")  # ours is never the model
    (folder / "musicapp-int8.safetensors").unlink()
    model = load_model(folder)
    assert [key for key, weight in networks(model).items() if not torch.equal(weight, known[key])] == []
    save_file({"x.lora_A.weight": torch.ones(2, 2), "x.lora_B.weight": torch.ones(2, 2)}, folder / "style.safetensors")
    check_model(folder)
    if file == "my_finetune.safetensors":
        save_file({"something": torch.ones(1)}, folder / "other.safetensors")
        with pytest.raises(CheckpointError, match="more than one other file with weights"):
            check_model(folder)


REFUSED: dict[str, tuple[Callable[[Tensors], Tensors], str]] = {
    "unknown rest": (with_more(something__else=torch.ones(2)), "“something.else” that no part"),
    "unknown rest of a training": (
        lambda weights: {**before("diffusion.")(weights), "teacher.weight": torch.ones(2)},
        "“teacher.weight” that no part",
    ),
    "missing": (lambda weights: dict(list(weights.items())[1:]), "is missing from the model"),
    "another size": (
        lambda weights: {n: w[..., :-1] if n.endswith("to_qkv.weight") else w for n, w in weights.items()},
        "the model's description asks for",
    ),
    "two models": (lambda weights: {**weights, **before("module.")(weights)}, "is there twice"),
    "an adapter": (
        lambda weights: {
            "model.model.a.lora_A.weight": torch.ones(2, 2),
            "model.model.a.lora_B.weight": torch.ones(2, 2),
        },
        "is an adapter, not a model",
    ),
    "an adapter of another layout": (
        lambda weights: {"lora_unet_a.lora_down.weight": torch.ones(2, 2)},
        "is an adapter, not a model",
    ),
    "nothing of the kind": (lambda weights: {"wte.weight": torch.ones(2, 2)}, "holds no weights of a music model"),
    "another condition": (
        with_more(conditioner__conditioners__mood__embedder__embedding__1__weight=torch.ones(2, 2)),
        "“conditioner.conditioners.mood.embedder.embedding.1.weight” that it does not use",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_load_is_not_added_for_the_same_reason(
    published: Path,
    plain: Tensors,
    tmp_path: Path,
    home: Path,
    name: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("musicapp.engine.checking.check_model", check_model)  # its process has a test of its own
    change, words = REFUSED[name]
    folder = folder_with(published, tmp_path / "m", change(plain))
    with pytest.raises(CheckpointError, match=re.escape(words)) as caught:
        load_model(folder)
    assert main(["models", "add", str(folder)]) == 1
    assert caught.value.message in capsys.readouterr().err
    models = home / "data" / "models"
    assert (
        not models.exists() or [path for path in models.rglob("*") if path.suffix != ".lock" and path.is_file()] == []
    )


@pytest.mark.parametrize("change", ["pickle", "kind", "no tokenizer", "no weights", "whole numbers"])
def test_a_text_encoder_inside_that_does_not_load_is_no_part_of_a_model(
    published: Path, tmp_path: Path, change: str
) -> None:
    folder = shutil.copytree(published, tmp_path / "m")
    weights, settings = folder / "t5" / WEIGHTS_NAME, folder / "t5" / "config.json"
    if change == "pickle":
        weights.rename(weights.with_name("pytorch_model.bin"))
    elif change == "kind":
        settings.write_text(settings.read_text().replace('"t5"', '"bert"'))
    elif change == "no tokenizer":
        (folder / "t5" / "tokenizer.json").unlink()
    elif change == "no weights":
        weights.unlink()
    else:
        recast(weights, "F32", "I32")
    with pytest.raises(CheckpointError) as loading:
        load_model(folder)
    with pytest.raises(CheckpointError) as checking:
        check_model(folder)
    assert (loading.value.message, loading.value.hint) == (checking.value.message, checking.value.hint)
    shutil.rmtree(folder / "t5")
    check_model(folder)  # it may come later


def test_the_check_has_a_process_of_its_own(published: Path, plain: Tensors, tmp_path: Path) -> None:
    from musicapp.engine import checking

    checking.check_model(published)
    folder = folder_with(published, tmp_path / "m", REFUSED["unknown rest"][0](plain))
    with pytest.raises(CheckpointError, match=r"something\.else") as caught:
        checking.check_model(folder)
    assert caught.value.hint


@pytest.mark.parametrize("beside", [True, False])
def test_an_adapter_is_never_imported_as_a_model(
    published: Path, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str], beside: bool
) -> None:
    folder = tmp_path / "loras"
    folder.mkdir()
    if beside:
        shutil.copy(published / "model_config.json", folder)
    for name, tensors in {
        "known": {"x.lora_A.weight": torch.ones(2, 2), "x.lora_B.weight": torch.ones(2, 2)},
        "unknown": {"x.oft_blocks": torch.ones(2, 2)},
    }.items():
        save_file(tensors, folder / f"{name}.safetensors")
        assert main(["models", "add", str(folder / f"{name}.safetensors")]) == 1
        said = capsys.readouterr().err
        assert f"{name}.safetensors is an adapter, not a model." in said and "--lora" in said


def test_a_file_with_a_description_of_its_own_name_is_added(
    published: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("musicapp.engine.checking.check_model", check_model)
    folder = tmp_path / "downloads"
    folder.mkdir()
    shutil.copy(published / WEIGHTS_NAME, folder / "sweet.safetensors")
    shutil.copy(published / "model_config.json", folder / "sweet.json")
    assert main(["models", "add", str(folder / "sweet.safetensors")]) == 0
    assert main(["models", "add", str(folder), "--name", "again"]) == 0
    for key in ("sweet", "again"):
        check_model(home / "data" / "models" / key)


def test_the_lines_of_the_readme_make_a_file_that_loads(
    published: Path, plain: Tensors, known: Tensors, tmp_path: Path
) -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    match = re.search(r"(?m)^    import torch\n(?:    .+\n)+", text)
    assert match is not None
    lines = re.sub(r"(?m)^    ", "", match[0])
    folder = folder_with(published, tmp_path / "m", plain)
    (folder / WEIGHTS_NAME).unlink()
    averaged = {
        name.replace("model.model.", "diffusion_ema.ema_model.model.", 1): w
        for name, w in plain.items()
        if name.startswith("model.model.")
    }
    state = {**lightning(plain), **averaged, "diffusion_ema.initted": torch.tensor(True)}
    torch.save({"state_dict": state, "epoch": 3, "optimizer_states": [{"state": {}}]}, folder / "model.ckpt")
    with contextlib.chdir(folder):
        exec(lines, {})
    (folder / "model.ckpt").unlink()
    assert [key for key, weight in networks(load_model(folder)).items() if not torch.equal(weight, known[key])] == []


def test_a_diffusers_folder_of_a_variant_loads(published: Path, tmp_path: Path) -> None:
    from tests import diffusers_folder

    folder = tmp_path / "d"
    diffusers_folder.write(published, folder)
    expected = networks(load_model(folder))
    for path in list(folder.rglob("*.safetensors")):
        path.rename(path.with_name(f"{path.stem}.fp16.safetensors"))
    for path in folder.rglob("config.json"):
        values = json.loads(path.read_text())
        path.write_text(json.dumps({**values, "dtype": "float16", "torch_dtype": "float16", "_name_or_path": "x/y"}))
    check_model(folder)
    found = networks(load_model(folder))
    assert [key for key, weight in found.items() if not torch.equal(weight, expected[key])] == []

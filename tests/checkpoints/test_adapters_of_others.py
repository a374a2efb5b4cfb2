"""Adapters as other programs save them: every spelling of names, strengths and kinds says the same or is refused."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from musicapp.checkpoints import lora
from musicapp.checkpoints.load import load_model
from musicapp.checkpoints.lora_file import read_adapter
from musicapp.description import adapter_names
from musicapp.engine.engine import Engine
from musicapp.engine.events import Remarked
from musicapp.errors import CheckpointError
from musicapp.request import Lora
from tests.checkpoints.test_diffusers import published

__all__ = ["published"]

LAYER = "transformer.layers.0.self_attn.to_out"
OURS = "dit.blocks.0.self_attn.to_out"
WIDTH, RANK, ALPHA = 128, 4, 16.0
RANDOM = torch.Generator().manual_seed(0)
A, B = torch.randn(RANK, WIDTH, generator=RANDOM), torch.randn(WIDTH, RANK, generator=RANDOM)
Tensors = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def weight(published: Path) -> torch.Tensor:
    """The layer's own weight."""
    return load_model(published).networks.get_submodule(OURS).weight.detach().clone()


@pytest.fixture(scope="module")
def networks(published: Path) -> torch.nn.ModuleDict:
    return load_model(published).networks


def write(path: Path, tensors: Tensors, header: dict[str, str] | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.clone().contiguous() for name, tensor in tensors.items()}, path, header)
    return path


def changed(networks: torch.nn.ModuleDict, path: Path, strength: float = 1.0) -> torch.Tensor:
    """What the adapter makes of the layer; the networks stay as they are."""

    networks = copy.deepcopy(networks)
    matched = lora.match(networks, [(read_adapter(path), strength)])
    assert lora.merge(networks, matched) == {OURS}
    return networks.get_submodule(OURS).weight.detach()


def halves(layer: str = LAYER, down: str = "lora_A.weight", up: str = "lora_B.weight") -> Tensors:
    return {f"{layer}.{down}": A, f"{layer}.{up}": B}


UNDERSCORES = LAYER.replace(".", "_")
PREFIXES = [
    *("", "model.", "model.model.", "transformer.", "diffusion_model.", "model.diffusion_model.", "diffusion.model."),
    *("base_model.model.", "base_model.model.model.", "transformer.base_model.model.", "module.", "model._orig_mod."),
    *("_orig_mod.", "state_dict.model.model.", "diffusion_ema.ema_model.model.", "base_model.model.diffusion_model."),
    *("unet.", "dit.", "base_model.model.model.diffusion_model.", "module._orig_mod.model."),
]
NAMES = [
    *(prefix + LAYER for prefix in PREFIXES),
    *(f"{start}{UNDERSCORES}" for start in ("lora_unet_", "lora_transformer_", "lycoris_", "lora_dit_", "")),
    *(f"{start}model_{UNDERSCORES}" for start in ("lora_unet_", "lycoris_")),
    f"lora_unet_diffusion_model_{UNDERSCORES}",
    f"lora_unet_base_model_model_model_diffusion_model_{UNDERSCORES}",
    "transformer.transformer_blocks.0.attn1.to_out.0",
    "transformer_blocks.0.attn1.to_out.0",
    "lora_transformer_transformer_blocks_0_attn1_to_out_0",
    "lora_unet_transformer_blocks_0_attn1_to_out",
    "transformer.layers.0.self_attn._orig_mod.to_out",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_a_layer_means_it(
    networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path, name: str
) -> None:
    path = write(tmp_path / "a.safetensors", {**halves(name), f"{name}.alpha": torch.tensor(ALPHA)})
    torch.testing.assert_close(changed(networks, path), weight + ALPHA / RANK * B @ A)


@pytest.mark.parametrize(
    ("down", "up"),
    [
        ("lora_A.weight", "lora_B.weight"),
        ("lora_A.default.weight", "lora_B.default.weight"),
        ("lora_A.my-style_2.weight", "lora_B.my-style_2.weight"),
        ("lora_A", "lora_B"),
        ("lora_A.default", "lora_B.default"),
        ("lora_down.weight", "lora_up.weight"),
        ("lora_down", "lora_up"),
        ("lora.down.weight", "lora.up.weight"),
        ("lora.down", "lora.up"),
        ("lora_linear_layer.down.weight", "lora_linear_layer.up.weight"),
        ("parametrizations.weight.0.lora_A", "parametrizations.weight.0.lora_B"),
    ],
)
def test_every_name_of_the_halves_means_them(
    networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path, down: str, up: str
) -> None:
    path = write(tmp_path / "a.safetensors", halves(down=down, up=up))
    assert adapter_names.is_adapter(path)
    torch.testing.assert_close(changed(networks, path), weight + B @ A)


def test_processors_of_older_libraries_are_their_layers(
    networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path
) -> None:
    place = "unet.transformer_blocks.0.attn1.processor.to_out_lora."
    path = write(tmp_path / "a.safetensors", {f"{place}down.weight": A, f"{place}up.weight": B})
    torch.testing.assert_close(changed(networks, path), weight + B @ A)


HEADERS = [
    {"lora_adapter_metadata": json.dumps({"transformer.r": RANK, "transformer.lora_alpha": ALPHA})},
    {"lora_adapter_metadata": json.dumps({"transformer": {"r": RANK, "lora_alpha": ALPHA}})},
    {"lora_adapter_metadata": json.dumps({"r": RANK, "lora_alpha": int(ALPHA), "use_dora": False})},
    {"lora_adapter_metadata": json.dumps({"transformer.lora_alpha": ALPHA, "text_encoder.lora_alpha": 1, "te.r": 9})},
    {"lora_adapter_metadata": json.dumps({"transformer.alpha_pattern": {"to_out": ALPHA}, "transformer.r": RANK})},
    {"transformer.r": str(RANK), "transformer.lora_alpha": "16", "format": "pt"},
    {"transformer.lora_alpha": "16.0"},
    {"lora_alpha": "16"},
    {"alpha": "16", "rank": "4"},
    {"ss_network_alpha": "16.0", "ss_network_dim": "4", "ss_tag_frequency": '{"x": {"alpha": 3, "r": 5}}'},
    {"network_alpha": "1.6e1"},
    {"lora_config": json.dumps({"adapter_type": "lora", "rank": RANK, "alpha": ALPHA})},
    {"adapter_config": json.dumps({"peft_type": "LORA", "r": RANK, "lora_alpha": ALPHA})},
    {"peft_config": json.dumps({"peft_type": "PeftType.LORA", "lora_alpha": ALPHA, "init_lora_weights": True})},
    {"lora_alpha": "8", "use_rslora": "true"},
    {"ss_network_alpha": "16", "lora_alpha": "16.0"},
]


@pytest.mark.parametrize("header", HEADERS)
def test_the_strength_in_the_header_is_found(
    networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path, header: dict[str, str]
) -> None:
    path = write(tmp_path / "a.safetensors", halves(), header)
    torch.testing.assert_close(changed(networks, path), weight + 4 * B @ A)
    torch.testing.assert_close(changed(networks, path, 0.25), weight + B @ A)


def test_tensors_win_over_the_header(networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path) -> None:
    tensors = {**halves(), f"{LAYER}.alpha": torch.tensor(ALPHA)}
    path = write(tmp_path / "a.safetensors", tensors, {"ss_network_alpha": "1", "ss_network_dim": "64"})
    torch.testing.assert_close(changed(networks, path), weight + 4 * B @ A)


@pytest.mark.parametrize("header", [None, {}, {"format": "pt"}, {"lora_alpha": "None", "r": ""}, {"note": "alpha 3"}])
def test_without_a_strength_it_is_one(
    networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path, header: dict[str, str] | None
) -> None:
    torch.testing.assert_close(changed(networks, write(tmp_path / "a.safetensors", halves(), header)), weight + B @ A)


@pytest.mark.parametrize(
    "header",
    [
        {"lora_alpha": "16", "ss_network_alpha": "8"},
        {"lora_config": json.dumps({"rank": 4, "alpha": 4}), "lora_alpha": "16"},
        {"r": "4", "ss_network_dim": "8"},
        {"lora_alpha": "much"},
        {"lora_alpha": "9" * 401},
        {"lora_alpha": "nan"},
        {"lora_alpha": "-1"},
        {"lora_config": json.dumps({"alpha": 10**401})},
        {"lora_adapter_metadata": "["},
        {"lora_adapter_metadata": "[" * 20_000},
        {"r": "5"},
    ],
)
def test_what_contradicts_itself_is_refused(tmp_path: Path, header: dict[str, str]) -> None:
    path = write(tmp_path / "a.safetensors", halves(), header)
    with pytest.raises(CheckpointError, match=r"contradicts itself|can be used|damaged") as caught:
        read_adapter(path)
    assert caught.value.hint


def peft(folder: Path, name: str = "adapter_model.safetensors", **config: object) -> Path:
    path = write(folder / name, halves(f"base_model.model.{LAYER}"))
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", **config}))
    return path


def test_the_file_beside_it_is_about_its_own_adapter_alone(
    networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path
) -> None:
    own = peft(tmp_path / "p", r=RANK, lora_alpha=ALPHA)
    other = write(tmp_path / "p" / "another_style.safetensors", halves())
    torch.testing.assert_close(changed(networks, own), weight + 4 * B @ A)
    torch.testing.assert_close(changed(networks, other), weight + B @ A)


@pytest.mark.parametrize("layer", ["to_out", "self_attn.to_out", LAYER])
def test_patterns_of_plain_names_are_followed(
    networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path, layer: str
) -> None:
    patterns = {"rank_pattern": {layer: RANK, "o": 3}, "alpha_pattern": {layer: ALPHA, "out": 99}}
    path = peft(tmp_path / "p", r=8, lora_alpha=8, **patterns)
    torch.testing.assert_close(changed(networks, path), weight + 4 * B @ A)
    others = peft(tmp_path / "q", r=RANK, lora_alpha=ALPHA, rank_pattern={"to_qkv": 9}, alpha_pattern={"f_out": 1})
    torch.testing.assert_close(changed(networks, others), weight + 4 * B @ A)


@pytest.mark.parametrize("key", ["rank_pattern", "alpha_pattern"])
@pytest.mark.parametrize("pattern", [r".*\.to_out", "^transformer.layers.0", "(a+)+$", ""])
def test_patterns_that_are_more_are_refused_with_a_cure(tmp_path: Path, key: str, pattern: str) -> None:
    with pytest.raises(CheckpointError, match=key) as caught:
        read_adapter(peft(tmp_path / "p", r=RANK, **{key: {pattern: 4}}))
    assert "alpha for each layer" in caught.value.hint


STARTS = ["pissa", "pissa_niter_16", "olora", "OLoRA", "corda", "loftq", "lora_ga", "mica", "of tomorrow"]


@pytest.mark.parametrize("start", STARTS)
def test_a_start_from_other_weights_is_refused(tmp_path: Path, start: str) -> None:
    header = {"lora_adapter_metadata": json.dumps({"transformer.r": RANK, "transformer.init_lora_weights": start})}
    for path in (
        peft(tmp_path / "own", r=RANK, init_lora_weights=start),
        peft(tmp_path / "renamed", "my_style.safetensors", r=RANK, init_lora_weights=start),
        write(tmp_path / "header.safetensors", halves(), header),
        write(tmp_path / "flat.safetensors", halves(), {"transformer.init_lora_weights": start}),
    ):
        with pytest.raises(CheckpointError, match="does not start from the model's own weights") as caught:
            read_adapter(path)
        assert start in caught.value.message and "ordinary LoRA" in caught.value.hint


@pytest.mark.parametrize("start", [True, False, "gaussian", "eva", "orthogonal", None])
def test_a_start_that_changes_nothing_is_an_ordinary_lora(
    networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path, start: object
) -> None:
    path = peft(tmp_path / "own", r=RANK, lora_alpha=ALPHA, init_lora_weights=start)
    torch.testing.assert_close(changed(networks, path), weight + 4 * B @ A)


@pytest.mark.parametrize(
    "name",
    [
        *("lora_magnitude_vector", "lora_magnitude_vector.weight", "lora_magnitude_vector.default.weight"),
        *("lora_magnitude_vector.my_style", "magnitude", "magnitude.weight", "dora_scale", "magnitude_vector"),
        "parametrizations.weight.0.magnitude",
    ],
)
@pytest.mark.parametrize("shape", [(WIDTH,), (WIDTH, 1), (1, WIDTH)])
def test_lengths_of_every_name_are_set(
    networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path, name: str, shape: tuple[int, ...]
) -> None:
    lengths = torch.rand(shape, generator=torch.Generator().manual_seed(1)) + 0.5
    path = write(
        tmp_path / "a.safetensors", {**halves(), f"{LAYER}.{name}": lengths, f"{LAYER}.alpha": torch.tensor(2.0)}
    )
    direction = weight + 0.5 * B @ A
    axis = 0 if shape[0] == 1 else 1
    length = direction.norm(dim=axis, keepdim=True)
    torch.testing.assert_close(changed(networks, path), lengths.reshape(length.shape) * direction / length)


def lokr(**sizes: tuple[int, int]) -> Tensors:
    random = torch.Generator().manual_seed(2)
    return {f"{LAYER}.lokr_{name}": torch.randn(size, generator=random) for name, size in sizes.items()}


@pytest.mark.parametrize(
    ("sizes", "scale"),
    [
        ({"w1": (8, 8), "w2": (16, 16)}, 1.0),  # both whole: alpha counts for nothing
        ({"w1": (4, 16), "w2": (32, 8)}, 1.0),
        ({"w1": (8, 8), "w2_a": (16, 4), "w2_b": (4, 16)}, 2.0),
        ({"w1_a": (8, 4), "w1_b": (4, 8), "w2": (16, 16)}, 2.0),
        ({"w1_a": (8, 4), "w1_b": (4, 8), "w2_a": (16, 4), "w2_b": (4, 16)}, 2.0),
    ],
)
@pytest.mark.parametrize("ending", ["", ".weight"])
def test_a_kronecker_product_is_merged(
    networks: torch.nn.ModuleDict,
    weight: torch.Tensor,
    tmp_path: Path,
    sizes: dict[str, tuple[int, int]],
    scale: float,
    ending: str,
) -> None:
    tensors = lokr(**sizes)
    whole = [
        tensors[f"{LAYER}.lokr_{w}"]
        if f"{LAYER}.lokr_{w}" in tensors
        else tensors[f"{LAYER}.lokr_{w}_a"] @ tensors[f"{LAYER}.lokr_{w}_b"]
        for w in ("w1", "w2")
    ]
    path = write(
        tmp_path / "a.safetensors",
        {**{name + ending: tensor for name, tensor in tensors.items()}, f"{LAYER}.alpha": torch.tensor(8.0)},
    )
    assert adapter_names.is_adapter(path)
    torch.testing.assert_close(changed(networks, path, 0.5), weight + 0.5 * scale * torch.kron(*whole))


def test_a_product_of_two_products_is_merged(
    networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path
) -> None:
    random = torch.Generator().manual_seed(3)
    sizes = {"w1_a": (WIDTH, 4), "w1_b": (4, WIDTH), "w2_a": (WIDTH, 4), "w2_b": (4, WIDTH)}
    parts = {name: torch.randn(size, generator=random) for name, size in sizes.items()}
    tensors = {f"lycoris_{UNDERSCORES}.hada_{name}": tensor for name, tensor in parts.items()}
    path = write(tmp_path / "a.safetensors", {**tensors, f"lycoris_{UNDERSCORES}.alpha": torch.tensor(8.0)})
    expected = (parts["w1_a"] @ parts["w1_b"]) * (parts["w2_a"] @ parts["w2_b"])
    torch.testing.assert_close(changed(networks, path), weight + 2 * expected)


def test_peft_counts_the_rank_of_a_kronecker_product_always(
    networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path
) -> None:
    tensors = lokr(w1=(8, 8), w2=(16, 16))
    named = {f"base_model.model.{name}.default": tensor for name, tensor in tensors.items()}
    path = write(tmp_path / "p" / "adapter_model.safetensors", named)
    (tmp_path / "p" / "adapter_config.json").write_text(json.dumps({"peft_type": "LOKR", "r": 4, "alpha": 8}))
    torch.testing.assert_close(changed(networks, path), weight + 2 * torch.kron(*tensors.values()))


UNKNOWN = [
    f"lora_unet_{UNDERSCORES}.lora_mid.weight",
    f"{LAYER}.lokr_t2",
    f"{LAYER}.hada_t1",
    f"{LAYER}.oft_blocks",
    f"{LAYER}.oft_diag",
    f"base_model.model.{LAYER}.ia3_l",
    f"base_model.model.{LAYER}.vera_lambda_b",
    f"{LAYER}.lora_embedding_A",
    f"diffusion_model.{LAYER}.diff",
    f"{LAYER}.parametrizations.weight.0.lora_C",
    f"base_model.model.{LAYER}.lora_B.bias",
]


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_adapter_of_an_unknown_kind_is_called_that(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.safetensors", {**halves(), name: torch.ones(2)})
    for read in (read_adapter, adapter_names.check_adapter, adapter_names.is_adapter):
        with pytest.raises(CheckpointError, match="an adapter of an unknown kind") as caught:
            read(path)
        assert name[:80] in caught.value.message and "LoKr" in caught.value.hint


def test_names_that_fit_two_layers_and_layers_named_twice_are_refused(
    networks: torch.nn.ModuleDict, tmp_path: Path
) -> None:
    twice = write(tmp_path / "twice.safetensors", {**halves(), **halves(f"model.{LAYER}")})
    with pytest.raises(CheckpointError, match="one layer twice"):
        changed(networks, twice)
    two = write(tmp_path / "two.safetensors", {**halves(), f"{LAYER}.lora_A.x.weight": A})
    with pytest.raises(CheckpointError, match="twice"):
        read_adapter(two)
    odd = torch.nn.ModuleDict({"dit": torch.nn.Module()})
    for name in ("a_b", "a"):
        odd["dit"].add_module(name, torch.nn.Module())
    odd["dit"].a_b = torch.nn.Linear(WIDTH, WIDTH)
    odd["dit"].a = torch.nn.ModuleDict({"b": torch.nn.Linear(WIDTH, WIDTH)})
    with pytest.raises(CheckpointError, match="fits several layers"):
        lora.match(odd, [(read_adapter(write(tmp_path / "u.safetensors", halves("lora_unet_a_b"))), 1.0)])


@pytest.mark.parametrize(
    "encoder",
    [
        "conditioners.prompt.model.encoder.block.0.layer.0.SelfAttention.q",
        "conditioner.conditioners.prompt.model.encoder.block.0.layer.0.SelfAttention.q",
        "text_encoder.encoder.block.0.layer.0.SelfAttention.q",
        "lora_te_encoder_block_0_layer_0_SelfAttention_q",
        "lora_te1_text_model_encoder_layers_0_mlp_fc1",
        "text_encoders.t5base.transformer.encoder.block.0.layer.0.SelfAttention.q",
    ],
)
def test_layers_of_the_text_encoder_are_left_out_and_told(
    published: Path, networks: torch.nn.ModuleDict, weight: torch.Tensor, tmp_path: Path, encoder: str
) -> None:
    path = write(tmp_path / "both.safetensors", {**halves(), **halves(encoder)})
    torch.testing.assert_close(changed(networks, path), weight + B @ A)
    events = Engine().models.load(str(published), device="cpu", precision="fp32", loras=(Lora(str(path)),))
    told = [event.text for event in events if isinstance(event, Remarked)]
    assert any("both.safetensors also changes the text encoder" in text for text in told)
    alone = write(tmp_path / "alone.safetensors", halves(encoder))
    with pytest.raises(CheckpointError, match="text encoder alone"):
        read_adapter(alone)

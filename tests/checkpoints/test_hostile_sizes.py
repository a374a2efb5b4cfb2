"""Descriptions with sizes that no file beside them can hold: one sentence within a second, and no memory for them."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from musicapp.checkpoints import keymap
from musicapp.checkpoints.conditioner import build_conditioner
from musicapp.checkpoints.load import load_model
from musicapp.description import promises
from musicapp.description.config import parse_config, read_config
from musicapp.description.configs import SpectralDecoderConfig
from musicapp.errors import CheckpointError
from musicapp.nn.autoencoder import build_autoencoder
from tests import full_size
from tests.checkpoints import tiny_model
from tests.checkpoints.test_autoencoder_alone import alone
from tests.checkpoints.test_stable_audio_3 import description as stable_audio_3
from tests.checkpoints.test_stable_audio_3 import random_weights
from tests.tiny_model import write_tiny_model

INNER = "model.pretransform.config"
CONDITION = "model.conditioning.configs.0.config"
SPARE_BYTES = 300 << 20
LIMIT_S = 1.0  # of processor time


def halves(**sizes: object) -> dict[str, object]:
    return {f"{INNER}.{half}.config.{name}": size for half in ("encoder", "decoder") for name, size in sizes.items()}


MANY = {**halves(c_mults=[1] * 16, strides=[2] * 16), f"{INNER}.downsampling_ratio": 1 << 16}
BEYOND = {
    "oobleck": [
        halves(channels=32768),
        halves(channels=65536, c_mults=[1, 1]),
        MANY,
        {**MANY, **halves(c_mults=[1024] * 16, channels=64)},
    ],
    "same": [
        halves(transformer_depths=[256]),
        halves(channels=32768),
        halves(channels=32768, transformer_depths=[256], ff_mult=64, dim_heads=1024),
        halves(ff_mult=64),
        halves(chunk_size=1 << 14),
        halves(chunk_size=None, chunk_midpoint_shift=True, sliding_window=[64, 64], strides=[1024]),
    ],
    "spectral": [
        halves(depth=256, latent_depth=256),
        halves(width=1 << 14),
        halves(latent_width=1 << 14, mult=1 << 14),
        halves(n_fft=1 << 16, hop=1 << 11, stride=1),
        halves(n_fft=1 << 16, hop=2, stride=1024),
        {**halves(stride=1 << 10, hop=2, n_fft=64), f"{INNER}.downsampling_ratio": 1 << 11},
        {f"{INNER}.decoder.config.phase_iterations": 1 << 10},
        {f"{INNER}.decoder.config.tempered": {"width": 1 << 14, "depth": 4}},
        {f"{INNER}.decoder.config.tempered": {"width": 8, "depth": 1 << 14}},
        {f"{INNER}.decoder.config.tempered": {"width": 8, "depth": 1, "heard_bins": 1 << 20, "turned_bins": 1 << 20}},
    ],
    "conditions": [
        {f"{CONDITION}.project_out": True, f"{CONDITION}.output_dim": 1 << 16},
        {"model.conditioning.configs.1.config.output_dim": 1 << 16},
        {f"{CONDITION}.max_length": 1 << 12},
    ],
}


def write(kind: str, folder: Path) -> Path:
    if kind == "oobleck":
        return tiny_model.write(folder)
    if kind == "same":
        folder.mkdir()
        (folder / "model_config.json").write_text(json.dumps(stable_audio_3()), encoding="utf-8")
        save_file(random_weights(), folder / "model.safetensors")
        return folder
    write_tiny_model(folder, dim=32, depth=1, text_encoder="none" if kind == "spectral" else "t5")
    if kind == "conditions":  # that steer nothing, so that the transformer's own widths do not tell
        edit(folder, {"model.diffusion.cross_attention_cond_ids": [], "model.diffusion.global_cond_ids": []})
        edit(folder, {f"model.diffusion.config.{name}": 0 for name in ("cond_token_dim", "global_cond_dim")})
        shutil.rmtree(folder / "t5")  # the sizes are told before anybody looks for it
    return folder


def edit(folder: Path, changes: dict[str, object]) -> None:
    path = folder / "model_config.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    for place, value in changes.items():
        section: Any = values
        *steps, last = place.split(".")
        for step in steps:
            section = section[int(step) if isinstance(section, list) else step]
        section[last] = value
    path.write_text(json.dumps(values), encoding="utf-8")


PROGRAM = """
import pathlib, resource, sys, time
from musicapp.checkpoints.autoencoder_alone import load_autoencoder
from musicapp.checkpoints.load import load_model
from musicapp.errors import CheckpointError
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[1]),) * 2)
for name in sys.argv[2:]:
    began = time.process_time()
    try:
        (load_autoencoder if name.endswith("alone") else load_model)(pathlib.Path(name))
    except CheckpointError as error:
        print(f"{time.process_time() - began:.3f} {bool(error.hint)} {error.message}")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux keeps the limit of a process’s memory.")
@pytest.mark.parametrize("kind", BEYOND)
def test_sizes_beyond_the_file_are_refused_at_once_in_no_memory(kind: str, tmp_path: Path) -> None:
    folders = []
    for number, changes in enumerate(BEYOND[kind]):
        folders.append(write(kind, tmp_path / f"{number}"))
        edit(folders[-1], changes)
        if kind in ("oobleck", "same"):
            folders.append(alone(folders[-1], tmp_path / f"{number}-alone"))
    command = [sys.executable, "-c", PROGRAM, str(SPARE_BYTES), *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and len(lines) == len(folders), (done.stdout, done.stderr)
    for line in lines:
        took_s, has_hint, message = line.split(" ", 2)
        assert float(took_s) < LIMIT_S and has_hint == "True" and len(message) < 300, line
        assert "the file holds" in message or "must be from" in message or "is no size" in message or "phase" in message


@pytest.mark.parametrize("kind", full_size.KINDS)
def test_no_public_model_holds_less_than_is_taken_for_its_least(kind: str) -> None:
    values = full_size.KINDS[kind]()
    held: dict[str, list[int]] = {}
    for name, shape in full_size.published_shapes(values).items():
        ours = keymap.to_ours(name)
        if ours is not None and not ours.endswith("weight_g"):
            held.setdefault(ours, []).append(math.prod(shape))
    for promise in promises.of_model(parse_config(values)):
        numbers = [size for name, sizes in held.items() if name.startswith(promise.prefix) for size in sizes]
        assert promise.numbers <= sum(numbers) and promise.weights <= len(numbers), promise
        if promise.prefix.startswith("autoencoder."):
            assert promise.numbers > 0.9 * sum(numbers), promise


def test_the_least_is_near_for_a_spectral_autoencoder(tmp_path: Path) -> None:
    config = read_config(write("spectral", tmp_path / "m")).autoencoder
    assert isinstance(config.decoder, SpectralDecoderConfig)
    with torch.device("meta"):
        held = {f"autoencoder.{name}": w.numel() for name, w in build_autoencoder(config).state_dict().items()}
    for promise in promises.of_autoencoder(config):
        numbers = [count for name, count in held.items() if name.startswith(promise.prefix)]
        assert 0.4 * sum(numbers) < promise.numbers <= sum(numbers) and promise.weights <= len(numbers)


def test_a_projection_of_text_takes_no_memory_before_its_weights_come(tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path / "m", dim=32, depth=1, text_encoder="t5")
    conditioner = build_conditioner(read_config(folder), folder)
    assert all(w.is_meta for name, w in conditioner.named_parameters() if ".encoder." not in name)
    assert not any(w.is_meta for w in load_model(folder).conditioner.parameters())


def test_a_model_has_few_text_encoders() -> None:
    values = tiny_model.description()
    texts = [{"id": f"prompt_{i}", "type": "t5", "config": {}} for i in range(5)]
    values["model"]["conditioning"]["configs"] += texts
    with pytest.raises(CheckpointError, match="conditions of text is 5"):
        parse_config(values)


def test_the_files_numbers_count_for_their_own_part_only(tmp_path: Path) -> None:
    folder = tiny_model.write(tmp_path / "m")
    state = load_file(folder / "model.safetensors")
    state["conditioner.conditioners.other.embedder.embedding.1.weight"] = torch.zeros(1000, 1000)
    save_file(state, folder / "model.safetensors")
    edit(folder, halves(channels=64))
    with pytest.raises(CheckpointError, match="of the encoder; the file holds"):
        load_model(folder)

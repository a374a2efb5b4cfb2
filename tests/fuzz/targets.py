"""What is fuzzed: good files to begin with, and the reader that gets them when they are damaged."""

from __future__ import annotations

import copy
import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from musicapp.audio import riff, tags, wave_io, wave_layout
from musicapp.checkpoints import copy_writer, lora, text_encoders, tokenizer_file, weight_files, weights
from musicapp.checkpoints.autoencoder_alone import load_autoencoder
from musicapp.checkpoints.load import load_model
from musicapp.checkpoints.lora_file import read_adapter
from musicapp.description import catalogue, header, precision_figures
from musicapp.description.config import parse_config, read_config, read_json
from musicapp.engine import self_test
from musicapp.errors import LibraryError
from musicapp.library import names, takes
from musicapp.library.take import Take, save
from musicapp.nn.dit import DiffusionTransformer
from musicapp.prompts import vocabulary
from musicapp.request import checked, format_duration, note_about
from musicapp.store import check, sources
from tests import diffusers_folder
from tests.audio import wave_files
from tests.checkpoints import test_autoencoder_alone, test_diffusers, test_stable_audio_3, tiny_model
from tests.fuzz.mutations import Files
from tests.fuzz.own_files import OWN, keeps_its_meaning
from tests.fuzz.target import Target
from tests.tiny_model import write_tiny_model, write_tiny_t5gemma, write_tiny_text_encoder, write_tokenizer

WORDS = vocabulary.Vocabulary(["piano", "vibraphone", "gamelan", "slow"], {"theremin": ("synth",)})
WHEN = datetime(2026, 11, 22, tzinfo=UTC)
SHORT = [(b"data", bytes(320))]  # 40 frames in the place of the whole sound
LONG_AGO_NS = 10**18  # the time of every file, so that a copy knows its original


@cache
def bases(name: str) -> tuple[Files, ...]:
    """The good files of a target."""
    found = []
    for maker in TARGETS[name].makers:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "good"
            folder.mkdir()
            maker(folder)
            files = (path for path in sorted(folder.rglob("*")) if path.is_file())
            found.append({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})
    return tuple(found)


def write(files: Files, folder: Path) -> None:
    """Put the files of a case into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
            os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
        elif content == "pipe":
            os.mkfifo(path)
        elif content == "folder":
            path.mkdir()
        else:
            path.symlink_to(content.removeprefix("link:"))


def _described(values: dict[str, object]) -> Callable[[Path], object]:
    return lambda folder: (folder / "model_config.json").write_text(json.dumps(values), encoding="utf-8")


def _few(folder: Path) -> None:
    kinds = (torch.float32, torch.bfloat16, torch.int8)
    save_file({f"w{i}": torch.ones(2, 3).to(kind) for i, kind in enumerate(kinds)}, folder / "model.safetensors")


def _spectral(folder: Path) -> None:
    write_tiny_model(folder, text_encoder="none", dim=32, depth=1)


def _stable_audio_3(folder: Path) -> None:
    _described(test_stable_audio_3.description())(folder)
    save_file(test_stable_audio_3.random_weights(), folder / "model.safetensors")


def _alone(folder: Path, maker: Callable[[Path], object]) -> None:
    (folder.parent / "whole").mkdir()
    maker(folder.parent / "whole")
    folder.rmdir()
    test_autoencoder_alone.alone(folder.parent / "whole", folder)


def _shards(folder: Path) -> None:
    named = sorted(tiny_model.random_weights(tiny_model.description()).items())
    halves = {"a.safetensors": dict(named[::2]), "b.safetensors": dict(named[1::2])}
    for file, half in halves.items():
        save_file(half, folder / file)
    index = {"weight_map": {name: file for file, half in halves.items() for name in half}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def _pipeline(folder: Path) -> None:
    (folder.parent / "published").mkdir()
    diffusers_folder.write(test_diffusers.write_published(folder.parent / "published"), folder)
    shutil.rmtree(folder / "text_encoder")


def _adapter(folder: Path) -> None:
    random = torch.Generator().manual_seed(0)
    parts = {"lora_A": torch.randn(2, 64, generator=random), "lora_B": torch.randn(192, 2, generator=random)}
    names = {f"{LAYER}.parametrizations.weight.0.{part}": tensor for part, tensor in parts.items()}
    save_file(names, folder / "x.safetensors", {"lora_config": '{"adapter_type": "lora", "rank": 2, "alpha": 2}'})


def _peft(folder: Path) -> None:
    tensors = {"lora_A": torch.ones(2, 64), "lora_B": torch.ones(192, 2)}
    named = {f"base_model.model.{LAYER}.{n}.weight": t for n, t in tensors.items()}
    save_file(named, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text('{"r": 2, "lora_alpha": 4, "use_rslora": true, "rank_pattern": {}}')


def _others(folder: Path) -> None:
    names = {
        f"lora_unet_{LAYER.replace('.', '_')}.lokr_{n}": torch.ones(s) for n, s in (("w1", (3, 1)), ("w2", (64, 64)))
    }
    header = {"lora_adapter_metadata": json.dumps({"transformer.r": 2, "transformer.lora_alpha": 4.0})}
    save_file(names, folder / "x.safetensors", header)


def _small_kinds(folder: Path) -> None:
    tensors = {"M_xs": torch.ones(2, 2), "magnitude": torch.ones(192)}
    names = {f"{LAYER}.parametrizations.weight.0.{part}": tensor for part, tensor in tensors.items()}
    save_file(names, folder / "x.safetensors", {"lora_config": '{"adapter_type": "dora-rows-xs", "rank": 2}'})


def _with_copy(folder: Path) -> None:
    write({n: path.read_bytes() for n in FILES if (path := tiny_model.write(folder.parent / "m") / n)}, folder)
    _keep_all_copies()
    load_model(folder, precision="int8")


def _records(folder: Path) -> None:
    (folder / "w").write_bytes(b"12")
    known = {"size_bytes": 2, "changed_ns": 1, "sha256": hashlib.sha256(b"12").hexdigest()}
    figures = {"int8": {"weights_bytes": 1, "signal_db": 2.0, "mel": 0.1}}
    values = {"version": 1, "files": {"w": known}, "precisions": figures}
    (folder / precision_figures.NAME).write_text(json.dumps(values))
    files = [{"name": "w", "size_bytes": 2, "checksum": ""}]
    source = {"version": 1, "repository": "a/b", "commit": "0", "licence": "", "files": files}
    (folder / sources.RECORD).write_text(json.dumps(source))


def _take(folder: Path, form: str, *, sidecar: bool = True) -> None:
    path = folder / "2026" / "take.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(wave_files.READABLE[form](wave_files.base(folder)[:3] + SHORT))
    if sidecar:
        take = Take("take", path, wave_files.REQUEST, WHEN, 44100, 2, 40, 0.5, "Built-in", 1.0)
        save(replace(take, left_out={"later": [1, {"x": "y"}]}))


def _sounds(folder: Path) -> None:
    for form in ("wav16", "flac", "mp3", "ogg"):
        target = folder / f"x{wave_io.EXPORT_FORMATS[form].suffix}"
        sound = wave_files.SOUND[:400]
        wave_io.export(sound, target, sample_rate=44100, format=form, tags=wave_files.TAGS)


def _keep_all_copies() -> None:
    copy_writer.LEAST_BYTES = copy_writer.SPARE_BYTES = 0


def _read_takes(folder: Path) -> None:
    """As the window does: list, mend, show, play, use settings, export. Only a request may be refused."""
    found = takes.survey(folder)
    for odd in found.unreadable:
        assert odd.path.name in odd.reason
    for take in map(takes.mended, found.takes):
        assert math.isfinite(take.duration_s) and math.isfinite(take.peak) and take.created.astimezone(UTC)
        format_duration(round(take.duration_s, 1))
        names.suggest_name(take.request)
        note_about(take.left_out)
        tags.shared_tags(take.request, take.left_out)
        audio = wave_io.GrowingReader(take.path, take.channels).read(0, min(take.frames, 1000))
        assert np.isfinite(audio).all() and audio.shape[1] == take.channels <= 2
        save(take)
        assert takes.load(take.path) is not None
        checked(take.request)


def _read_wave(folder: Path) -> None:
    for path in sorted(folder.rglob("*.wav")):
        if not path.is_file():
            continue
        try:
            layout = wave_layout.layout_of(path)
        except (wave_layout.NotReadableError, OSError):
            continue
        audio = wave_io.GrowingReader(path, layout.channels).read(0, 1000)
        assert np.isfinite(audio).all() and np.abs(audio).max(initial=0) <= wave_layout.LOUDEST
        mended = riff.close_gap(path)
        assert mended is not None and mended.is_complete and mended.frames == layout.frames


def _read_sounds(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if not path.is_file():
            continue
        try:
            found = tags.recalled(wave_io.read_tags(path), "x")
        except LibraryError:
            continue
        if found is not None:
            keeps_its_meaning(found)


def _read_weights(folder: Path) -> None:
    path = weight_files.weights_path(folder)
    with weight_files.open_weights(path) as file:
        for entry in weights.inventory(file, path).values():
            weights.read(file, entry)


def _read_header(folder: Path) -> None:
    header.check_file(folder / "model.safetensors")
    with weights.open_weights(folder / "model.safetensors") as file:
        for name in file.keys():  # noqa: SIM118 - not a mapping
            file.get_tensor(name)


def _read_description(folder: Path) -> None:
    catalogue.name_of(folder)
    if catalogue.autoencoder_alone(folder) is None:
        read_config(folder)


def _read_model(folder: Path) -> None:
    self_test.check(load_model(folder))


def _read_copy(folder: Path) -> None:
    _keep_all_copies()
    load_model(folder, precision="int8")


def _read_adapter(folder: Path) -> None:
    path = next((folder / name for name in ADAPTERS if (folder / name).exists()), folder / ADAPTERS[0])
    adapter = read_adapter(path)
    networks = copy.deepcopy(_adapted())
    lora.merge(networks, lora.match(networks, [(adapter, 0.5), (adapter, 0.5)]))


@cache
def _adapted() -> torch.nn.ModuleDict:
    with torch.device("cpu"):
        config = parse_config(tiny_model.description())
        return torch.nn.ModuleDict({"dit": DiffusionTransformer(config.diffusion.dit)})


def _read_vocabulary(folder: Path) -> None:
    words = vocabulary.read_vocabulary(folder)
    vocabulary.note_about(words.unknown_in("a slow theremin over vibraphonish gamelans") if words else ())


def _read_records(folder: Path) -> None:
    precision_figures.read(folder)
    sources.read(folder)


@torch.inference_mode()
def _read_encoder(folder: Path) -> None:
    clap, t5 = text_encoders.load_clap_text, text_encoders.load_t5
    kind = read_json(folder / "config.json").get("model_type")
    if kind == "t5gemma":
        encoder, tokenize = text_encoders.load_t5gemma(folder, 8)
    else:
        encoder, tokenize = t5(folder, 16) if kind == "t5" else clap(folder)
    ids, mask = tokenize(["calm piano", "x" * 500])
    encoder(input_ids=ids, attention_mask=mask)


def _read_tokenizer(folder: Path) -> None:
    tokenizer_file.load_tokenizer(folder, 16, vocabulary=300)(["calm piano", "x" * 500, ""])


ADAPTERS = ("x.safetensors", "adapter_model.safetensors")
FILES = ("model_config.json", "model.safetensors")
LAYER = "transformer.layers.0.self_attn.to_qkv"
SMALL = tiny_model.description()
TARGETS = {
    "header": Target((_few,), _read_header, 30),
    "description": Target(
        (
            _described(SMALL),
            _described(test_stable_audio_3.description()),
            _described({**SMALL, "model_type": "autoencoder", "model": SMALL["model"]["pretransform"]["config"]}),
        ),
        _read_description,
        30,
    ),
    "weights": Target((tiny_model.write, _shards), _read_weights, 3),
    "pipeline": Target((_pipeline,), _read_description, 5),
    "pipeline-weights": Target((_pipeline,), _read_weights, 1),
    "adapter": Target((_adapter, _peft, _small_kinds, _others), _read_adapter, 4),
    "vocabulary": Target((lambda f: vocabulary.write_vocabulary(f, WORDS),), _read_vocabulary, 8),
    "records": Target((_records,), _read_records, 8),
    "folder": Target((tiny_model.write,), check.check_folder, 2),
    "take": Target(
        (
            lambda f: _take(f, "float32"),
            lambda f: _take(f, "pcm24", sidecar=False),
            lambda f: _take(f, "list_behind_data", sidecar=False),
        ),
        _read_takes,
        20,
    ),
    "wave": Target(
        tuple(partial(_take, form=form) for form in ("float64", "pcm16_extensible", "rf64", "bext_and_ixml")),
        _read_wave,
        20,
    ),
    "sound": Target((_sounds,), _read_sounds, 8),
    "tokenizer": Target((lambda f: write_tokenizer(f),), _read_tokenizer, 4),
    "model": Target((tiny_model.write, _spectral), _read_model, 1),
    "copy": Target((_with_copy,), _read_copy, 1),
    "alone": Target((lambda f: _alone(f, tiny_model.write), lambda f: _alone(f, _stable_audio_3)), load_autoencoder, 1),
    "encoder": Target(
        (
            write_tiny_text_encoder,
            lambda f: write_tiny_text_encoder(f, kind="t5"),
            lambda f: write_tiny_t5gemma(f, width=32),
        ),
        _read_encoder,
        1,
    ),
    **OWN,
}

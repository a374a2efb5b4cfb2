"""Estimates against the tensors that really live, and what follows when they are more than there is."""

from __future__ import annotations

import subprocess
import sys
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from musicapp.audio import wave_io
from musicapp.checkpoints import weights
from musicapp.checkpoints.load import CPU_PARTS, LoadedModel, load_model
from musicapp.description.config import read_config
from musicapp.description.configs import AttentionOptions, AutoencoderConfig, DiTConfig, OobleckDecoderConfig
from musicapp.description.configs import OobleckEncoderConfig as OobleckEncoder
from musicapp.description.same_configs import SameDecoderConfig, SameEncoderConfig, SoftNormConfig
from musicapp.engine import memory, running_out
from musicapp.engine.decode import SIZE
from musicapp.engine.engine import Engine
from musicapp.engine.events import Event, Finished, ModelLoaded, Remarked
from musicapp.engine.free_memory import LIMIT_NAME
from musicapp.errors import OutOfMemory
from musicapp.nn.autoencoder import build_autoencoder
from musicapp.nn.dit import DiffusionTransformer
from musicapp.paths import bundled_models_folder
from musicapp.request import TakeRequest, format_duration
from tests.making import make
from tests.tiny_model import write_tiny_model

BUILTIN = bundled_models_folder() / "builtin"
ENOUGH = {"cpu": 1 << 50, "cuda": 1 << 50}


class Living(TorchDispatchMode):
    """Adds up the bytes of the tensors that were made inside and still live; `peak` is the most there were at once.

    given  what was there before, of which views may be made
    """

    def __init__(self, given: Iterable[torch.Tensor] = ()) -> None:
        super().__init__()
        self.peak = self._now = 0
        self._sizes: dict[int, int] = {tensor.untyped_storage()._cdata: 0 for tensor in given}

    def __torch_dispatch__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            if isinstance(tensor, torch.Tensor):
                storage = tensor.untyped_storage()
                if storage._cdata not in self._sizes:
                    self._sizes[storage._cdata] = storage.nbytes()
                    self._now += storage.nbytes()
                    weakref.finalize(storage, self._gone, storage._cdata)
        self.peak = max(self.peak, self._now)
        return out

    def _gone(self, key: int) -> None:
        self._now -= self._sizes.pop(key, 0)


def peak_of(work: Callable[[], object], given: Iterable[torch.Tensor] = ()) -> int:
    with torch.inference_mode(), Living(given) as living:
        work()
    return living.peak


def transformer(**changes: Any) -> DiTConfig:
    values: dict[str, Any] = {"io_channels": 8, "embed_dim": 256, "depth": 1, "num_heads": 4, "cond_token_dim": 32}
    return DiTConfig(**{**values, **changes})


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize(
    "config",
    [
        transformer(),
        transformer(patch_size=2, attn_kwargs=AttentionOptions("ln"), global_cond_type="adaLN"),
        transformer(num_memory_tokens=64, attn_kwargs=AttentionOptions("rms", differential=True)),
    ],
    ids=["plain", "normalised", "differential"],
)
def test_the_transformers_tensors_are_as_many_as_counted(config: DiTConfig, dtype: torch.dtype, batch: int) -> None:
    network = DiffusionTransformer(config).to(dtype).eval().requires_grad_(False)
    for latents in (512, 6000):
        x, cross = torch.randn(batch, 8, latents), torch.randn(batch, 20, 32)
        real = peak_of(lambda x=x, cross=cross: network(x, torch.full((batch,), 0.5), cross=cross))
        guess = memory.denoise_bytes(config, latents, dtype.itemsize, batch=batch)
        assert 0.97 < guess / real < 1.35, (latents, guess, real)


def oobleck() -> AutoencoderConfig:
    sizes: dict[str, Any] = {"c_mults": (1, 2, 4, 8, 16), "strides": (2, 4, 4, 8, 8), "channels": 8, "use_snake": True}
    decoder = OobleckDecoderConfig(latent_dim=8, final_tanh=False, **sizes)
    return AutoencoderConfig(OobleckEncoder(latent_dim=16, **sizes), decoder, 8, 2048, 2)


def same(**changes: Any) -> AutoencoderConfig:
    sizes: dict[str, Any] = {
        "channels": 32, "c_mults": (6,), "strides": (16,), "transformer_depths": (2,), "latent_dim": 16,
        "dim_heads": 32, "differential": True, "variable_stride": True, **changes,
    }  # fmt: skip
    encoder, decoder = SameEncoderConfig(in_channels=64, **sizes), SameDecoderConfig(out_channels=64, **sizes)
    bottleneck = SoftNormConfig(dim=16, auto_scale=True, noise_regularize=True)
    return AutoencoderConfig(encoder, decoder, 16, 512, 2, bottleneck=bottleneck)


@pytest.mark.parametrize(
    "config",
    [
        oobleck(),
        same(chunk_size=32, chunk_midpoint_shift=True),
        same(sliding_window=(1, 1)),
        read_config(BUILTIN).autoencoder,
    ],
    ids=["oobleck", "same in chunks", "same with a window", "spectral"],
)
def test_the_decoders_tensors_are_as_many_as_counted(
    config: AutoencoderConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "CONVOLUTION_BYTES", {4: 0})  # memory of kernels, which is in no tensor
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)  # tensors of further threads are not seen here
    autoencoder = build_autoencoder(config).eval().requires_grad_(False)
    for latents in (58, 170):
        z, noise = torch.randn(1, config.latent_dim, latents), autoencoder.decode_noise(0, 0, latents)
        real = peak_of(lambda z=z, noise=noise: autoencoder.decode(z, noise), autoencoder.parameters())
        guess = memory.decode_bytes(config.decoder, latents, 4)
        assert 0.97 < guess / real < 1.5, (latents, guess, real)


def test_a_weight_of_length_and_direction_is_read_in_the_memory_of_one(tmp_path: Path) -> None:
    length, direction = torch.rand(40, 1, 1), torch.randn(40, 100, 8)
    save_file({"g": length, "v": direction}, tmp_path / "model.safetensors")
    found: list[torch.Tensor] = []
    with weights.open_weights(tmp_path / "model.safetensors") as file:
        entry = weights.Stored((40, 100, 8), {"g": "g", "v": "v"})
        peak = peak_of(lambda: found.append(weights.read(file, entry)[0]))
    assert torch.equal(found[0], direction * (length / torch.norm_except_dim(direction, 2, 0)))
    assert direction.nbytes <= peak < 1.05 * direction.nbytes


@pytest.fixture(scope="module")
def builtin() -> LoadedModel:
    return load_model(BUILTIN)


def asked(duration_s: float, model: str = "builtin", **changes: Any) -> TakeRequest:
    values = {"steps": 2, "guidance_scale": 3.0, "sampler": "dpmpp", "device": "cpu", "precision": "fp32", **changes}
    return TakeRequest("one", "piano", duration_s, 7, model=model, **values)


def test_the_public_decoder_takes_little_at_any_length() -> None:
    """Below 250 MB, kernels included; measured with 300 latents: 40 MB in bfloat16, 130 to 160 MB in float32."""
    sizes: dict[str, Any] = {"c_mults": (1, 2, 4, 8, 16), "strides": (2, 4, 4, 8, 8), "channels": 128}
    decoder = OobleckDecoderConfig(latent_dim=64, final_tanh=False, use_snake=True, **sizes)
    chunk = SIZE + 2 * 10
    for itemsize in (4, 2):
        assert 30e6 < memory.decode_bytes(decoder, chunk, itemsize) < 250e6
    on_gpu = {size: memory.decode_bytes(decoder, chunk, size, kind="cuda") for size in (4, 2)}
    assert on_gpu[4] == 2 * on_gpu[2] > memory.decode_bytes(decoder, chunk, 4)


def test_kernels_take_a_share_of_the_weights_on_the_cpu(builtin: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    with_share = memory.needs(builtin, asked(30.0), memory.MemoryPlan())["cpu"]
    monkeypatch.setattr(memory, "KERNELS_SHARE", 0.0)
    held = memory.held_bytes(*memory.parts_of(builtin).values())
    assert with_share - memory.needs(builtin, asked(30.0), memory.MemoryPlan())["cpu"] == pytest.approx(
        0.03 * held, abs=1
    )


def least(model: LoadedModel, duration_s: float) -> int:
    return min(memory.needs(model, asked(duration_s), way)["cpu"] for way in memory.ways("cpu"))


def test_less_room_means_smaller_chunks_and_then_a_refusal_that_names_what_fits(builtin: LoadedModel) -> None:
    request = asked(285.0, negative_prompt="drums")
    sizes = [memory.needs(builtin, asked(20.0), way)["cpu"] for way in memory.ways("cpu")]
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == len(memory.CHUNKS)
    for chunk, size in zip(memory.CHUNKS, sizes, strict=True):
        assert memory.choose(builtin, asked(20.0), {"cpu": size}) == memory.MemoryPlan(chunk)
    room = least(builtin, 285.0)
    with pytest.raises(OutOfMemory) as refused:
        memory.choose(builtin, request, {"cpu": room})
    fits_s = refused.value.fits_s
    assert 60 < fits_s < 285 and fits_s % 5 == 0
    assert memory.choose(builtin, replace(request, duration_s=fits_s), {"cpu": room})
    with pytest.raises(OutOfMemory):
        memory.choose(builtin, replace(request, duration_s=fits_s + 5), {"cpu": room})
    assert refused.value.message.startswith("4:45 needs about ") and refused.value.message.endswith(" are free.")
    assert refused.value.hint == f"{format_duration(fits_s)} would fit."


def test_when_no_length_fits_the_hint_is_another(builtin: LoadedModel) -> None:
    with pytest.raises(OutOfMemory) as refused:
        memory.choose(builtin, asked(30.0), {"cpu": 50_000_000})
    assert refused.value.fits_s == 0 and "int4" in refused.value.hint
    assert "50 MB are free" in refused.value.message


@pytest.mark.parametrize("size", [1, 999_999_999, 4_049_999_999, 9_000_000_001])
def test_a_need_never_reads_as_if_it_fitted(size: int) -> None:
    assert memory.up(size + 1) != memory.down(size)


def test_beside_a_gpu_parts_move_to_the_cpu_only_when_chunks_do_not_help(builtin: LoadedModel) -> None:
    """By arithmetic alone: a model that says it is on a GPU, on machines of every size."""
    model, request = replace(builtin, device=torch.device("cuda")), asked(20.0)
    found = []
    for way in memory.ways("cuda"):
        room = {**ENOUGH, "cuda": memory.needs(model, request, way)["cuda"]}
        found.append(memory.choose(model, request, room))
    assert [len(way.on_cpu) for way in found] == sorted(len(way.on_cpu) for way in found)
    assert {way.on_cpu for way in found} == {(), ("conditioner",), CPU_PARTS}
    little = {"cuda": memory.needs(model, request, memory.MemoryPlan(16, CPU_PARTS))["cuda"], "cpu": 1000}
    with pytest.raises(OutOfMemory):
        memory.choose(model, request, little)
    assert all(way.remark for way in found[1:]) and not found[0].remark


def test_parts_that_stay_on_the_cpu_do(tmp_path: Path) -> None:
    """The meta device stands for a GPU: what goes there can be told apart."""
    folder = write_tiny_model(tmp_path / "tiny")
    model = load_model(folder, device="meta", on_cpu=CPU_PARTS)
    whole = load_model(folder)
    assert {t.device.type for t in model.dit.state_dict().values()} == {"meta"}
    for part in CPU_PARTS:
        ours, theirs = (dict(memory.parts_of(m)[part].state_dict()) for m in (model, whole))
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert memory.device_of(model.autoencoder).type == "cpu"
    memory.arrange(model, memory.MemoryPlan(on_cpu=("autoencoder",)))
    assert memory.device_of(model.conditioner).type == "meta" and memory.device_of(model.autoencoder).type == "cpu"


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8", "int4"])
def test_sizes_told_before_reading_are_those_after(tmp_path: Path, precision: str) -> None:
    told: list[dict[str, int]] = []
    folder = write_tiny_model(tmp_path / "tiny")
    model = load_model(folder, precision=precision, check_sizes=lambda sizes: told.append(dict(sizes)))
    for name, part in memory.parts_of(model).items():
        assert told[0][name] == pytest.approx(memory.held_bytes(part), rel=0.03), name


def test_a_model_that_does_not_fit_is_refused_unread(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT_NAME, "0.05")
    with pytest.raises(OutOfMemory, match=r"This model in fp32 needs about .* 50 MB are free"):
        list(Engine().models.load(str(tiny), precision="fp32"))


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model without a text encoder whose memory is mostly that of its length."""
    folder = tmp_path_factory.mktemp("models") / "wide"
    return write_tiny_model(folder, text_encoder="none", dim=512, depth=1, max_duration_s=300, steps=1)


def made(engine: Engine, request: TakeRequest, path: Path) -> list[Event]:
    return list(make(engine, request, path))


def test_little_memory_changes_the_pieces_but_not_the_sound(
    wide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, request = Engine(), asked(12.0, str(wide), sampler=None)
    made(engine, request, tmp_path / "whole.wav")
    assert engine.models.held is not None
    model = engine.models.held.model
    full = replace(request, sampler="dpmpp-3m-sde")
    monkeypatch.setattr(memory, "denoise_bytes", lambda *args, **kwargs: 0)  # so that the decoder decides
    room = memory.needs(model, full, memory.MemoryPlan(16))["cpu"]
    assert (
        room
        < memory.needs(model, full, memory.MemoryPlan(32))["cpu"]
        < memory.needs(model, full, memory.MemoryPlan())["cpu"]
    )
    monkeypatch.setenv(LIMIT_NAME, str(room / 1e9))
    events = made(engine, request, tmp_path / "pieces.wav")
    assert [event.text for event in events if isinstance(event, Remarked)] == [memory.MemoryPlan(16).remark]
    assert not any(isinstance(e, Remarked) for e in made(engine, request, tmp_path / "again.wav"))  # said once
    pieces, whole = (wave_io.read(tmp_path / name)[0] for name in ("pieces.wav", "whole.wav"))
    assert pieces.shape == whole.shape and np.abs(whole).max() > 0.01
    assert np.abs(pieces - whole).max() < 1e-5


def test_too_long_is_refused_before_anything_begins_and_the_offer_is_good(
    wide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, request = Engine(), asked(285.0, str(wide), sampler="dpmpp-2m")
    list(engine.prepare(request))
    assert engine.models.held is not None
    monkeypatch.setenv(LIMIT_NAME, str(least(engine.models.held.model, 40.0) / 1e9))
    events: list[Event] = []
    with pytest.raises(OutOfMemory) as refused:
        events.extend(make(engine, request, tmp_path / "new" / "take.wav"))
    assert not events and not (tmp_path / "new").exists()
    assert 30 <= refused.value.fits_s <= 45
    shorter = replace(request, duration_s=refused.value.fits_s)
    assert isinstance(made(engine, shorter, tmp_path / "take.wav")[-1], Finished)


RUN_OUT = """
import resource, sys
from pathlib import Path
from musicapp.engine.engine import Engine
from musicapp.errors import OutOfMemory
from musicapp.request import TakeRequest
from tests.making import make
engine = Engine()
def request(seconds):
    return TakeRequest("one", "piano", seconds, 7, model=sys.argv[1], precision="fp32", steps=1)
list(make(engine, request(2.0), Path(sys.argv[2]) / "first.wav"))
size = next(line for line in open("/proc/self/status") if line.startswith("VmSize")).split()[1]
resource.setrlimit(resource.RLIMIT_AS, (1024 * int(size) + 60_000_000,) * 2)
try:
    list(make(engine, request(285.0), Path(sys.argv[2]) / "take.wav"))
except OutOfMemory as error:
    print(error.message, error.hint, error.fits_s, sep="\\n")
    print(error.detail, file=sys.stderr)
print(*sorted(path.name for path in Path(sys.argv[2]).glob("*.wav")))
print(type(list(make(engine, request(5.0), Path(sys.argv[2]) / "third.wav"))[-1]).__name__)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux keeps the limit of a process’s memory.")
def test_memory_that_really_runs_out_in_a_run_says_the_same_and_the_engine_lives_on(wide: Path, tmp_path: Path) -> None:
    """The system refuses the allocations: the estimate knows nothing of that limit."""
    done = subprocess.run(
        [sys.executable, "-c", RUN_OUT, str(wide), str(tmp_path)], capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr
    message, hint, fits_s, files, last = done.stdout.splitlines()
    assert message.startswith("4:45 needs about ") and "more than is free" in message
    assert "allocate" in done.stderr or "memory" in done.stderr
    assert 60 < float(fits_s) < 285 and hint == f"{format_duration(float(fits_s))} would fit."
    assert files == "first.wav" and last == "Finished"


def test_every_smaller_chunk_is_a_power_of_two_below_the_usual_one() -> None:
    """Decoders that work in groups of latents need chunks that begin at whole groups."""
    assert [SIZE // chunk for chunk in memory.CHUNKS] == [1, 2, 4, 8]


def test_loading_tells_that_no_copy_is_kept_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from musicapp.checkpoints import copy_writer

    monkeypatch.setattr(copy_writer, "LEAST_BYTES", 0)
    monkeypatch.setattr(copy_writer, "SPARE_BYTES", 1 << 60)
    folder = write_tiny_model(tmp_path / "tiny", text_encoder="none")
    engine = Engine()
    events = list(engine.models.load(str(folder), precision="int8"))
    (remark,) = [event for event in events if isinstance(event, Remarked)]
    assert "no int8 copy of tiny is kept" in remark.text and "no room" in remark.text
    assert isinstance(events[-1], ModelLoaded)
    list(engine.models.load(str(folder), precision="fp32"))
    assert not any(isinstance(event, Remarked) for event in engine.models.load(str(folder), precision="int8"))


@pytest.mark.parametrize(
    "words",
    [
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to",
        "could not create a primitive",
        "CUDA out of memory. Tried to allocate 2.00 GiB.",
    ],
)
def test_memory_that_ran_out_is_known_by_each_librarys_words(words: str) -> None:
    with (
        pytest.raises(OutOfMemory, match="too little"),
        running_out.errors_in_words(lambda detail: OutOfMemory("too little")),
    ):
        raise RuntimeError(words)


def test_other_errors_are_not_taken_for_it() -> None:
    with pytest.raises(RuntimeError, match="descriptor"), running_out.errors_in_words(OutOfMemory):
        raise RuntimeError("could not create a primitive descriptor for a convolution")

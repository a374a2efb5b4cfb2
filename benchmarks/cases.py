"""What is measured, in the process of one subject: each case is built once and then passed again and again.

Written against what has been there since the first release, so that an earlier checkout can be measured by this file.
Architectures of public models are in true width, with random weights.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

Pass = Callable[[], dict[str, float]]  # measures of its own beside time, for example seconds to the first sound

ROUNDS = 10  # of what takes less than a tenth of a second
WIDTHS = {"c_mults": (1, 2, 4, 8, 16), "strides": (2, 4, 4, 8, 8)}
PROMPT = "calm piano, 90 bpm, in C minor"


def ceiling(size: int) -> Pass:
    """One matrix product in bfloat16, of the shape that a transformer spends most of its time in."""
    import torch

    rows, weight = torch.randn(size, 1536).bfloat16(), torch.randn(9216, 1536).bfloat16()
    return lambda: _nothing(torch.nn.functional.linear(rows, weight))


def decoder(latents: int, precision: str) -> Pass:
    """The decoder of Stable Audio Open, piece by piece as a take is decoded."""
    import torch

    from musicapp.description.configs import AutoencoderConfig, OobleckDecoderConfig, OobleckEncoderConfig
    from musicapp.engine.decode import decode_chunks
    from musicapp.nn.autoencoder import build_autoencoder

    torch.manual_seed(0)
    encoder = OobleckEncoderConfig(latent_dim=128, channels=2, use_snake=True, **WIDTHS)  # type: ignore[arg-type]
    half = OobleckDecoderConfig(latent_dim=64, channels=128, use_snake=True, final_tanh=False, **WIDTHS)  # type: ignore[arg-type]
    autoencoder = build_autoencoder(AutoencoderConfig(encoder, half, 64, 2048, 2)).eval().requires_grad_(False)
    for name, weight in autoencoder.named_parameters():
        if not name.endswith(("alpha", "beta")):
            weight.data = weight.data.to(_dtype(precision))
    if hasattr(autoencoder, "settle"):
        autoencoder.settle()
    given = torch.randn(1, 64, latents)

    def once() -> dict[str, float]:
        began, first = time.perf_counter(), 0.0
        for _ in decode_chunks(autoencoder, given):
            first = first or time.perf_counter() - began
        return {"first sound": first}

    return once


def step(latents: int, precision: str, blocks: int) -> Pass:
    """A guided step of Open 1.0's transformer, with some of its 24 blocks."""
    import torch

    from musicapp.checkpoints import quantize
    from musicapp.description.configs import DiTConfig
    from musicapp.nn.dit import DiffusionTransformer

    torch.manual_seed(0)
    sizes: dict[str, Any] = {"io_channels": 64, "embed_dim": 1536, "depth": blocks, "num_heads": 24}
    sizes |= {"cond_token_dim": 768, "project_cond_tokens": False, "global_cond_dim": 1536}
    network = DiffusionTransformer(DiTConfig(**sizes)).eval().requires_grad_(False)
    if precision in ("int8", "int4"):
        names = [name for name in quantize.linear_names(network) if name.startswith("blocks.")]
        quantize.use_packed_linears(network, names, precision)
    frequencies = network.timestep_features.weight.data.clone()
    network.to(_dtype(precision))
    network.timestep_features.weight.data = frequencies
    x, cross, vector, timestep = _inputs(latents)

    @torch.inference_mode()
    def once() -> dict[str, float]:
        network(x, timestep, cross=cross, global_cond=vector)
        network(x, timestep, cross=None, global_cond=vector)
        return {}

    return once


def take(seconds: float) -> Pass:
    """A take of the built-in model, from the request to the closed file; the model is in memory."""
    from musicapp.engine.engine import Engine
    from musicapp.engine.events import Finished
    from musicapp.request import TakeRequest

    engine = Engine()

    def once() -> dict[str, float]:
        prepared = _result(engine.prepare(TakeRequest("take", PROMPT, seconds, 7)))
        with tempfile.TemporaryDirectory() as folder:
            events = list(engine.make(prepared, Path(folder) / "take.wav"))
        finished = events[-1]
        assert isinstance(finished, Finished)
        return {"first sound": finished.first_chunk_s}

    return once


def several(count: int, latents: int) -> Pass:
    """So many variations of a prompt in one call of the built-in model's transformer, divided by their number."""
    import torch

    from musicapp.checkpoints.load import load_model
    from musicapp.description.catalogue import find_model

    model = load_model(find_model("builtin"))
    config = model.config.diffusion.dit
    generator = torch.Generator().manual_seed(0)

    def given(*shape: int) -> Any:
        return torch.randn(count, *shape, generator=generator)

    x, cross = given(config.io_channels, latents), given(132, config.cond_token_dim)
    vector, beside = given(config.global_cond_dim), given(config.input_concat_dim, latents)

    @torch.inference_mode()
    def once() -> dict[str, float]:
        for _ in range(ROUNDS):
            model.dit(x, torch.full((count,), 0.5), cross=cross, global_cond=vector, input_concat=beside)
        return {"parts": float(count * ROUNDS)}

    return once


def peer_decoder(latents: int, precision: str) -> Pass:
    """The same decoder in diffusers, whole as its pipeline decodes."""
    import torch
    from diffusers import AutoencoderOobleck

    torch.manual_seed(0)
    autoencoder = AutoencoderOobleck().eval().requires_grad_(False).to(_dtype(precision))
    given = torch.randn(1, 64, latents, dtype=_dtype(precision))

    @torch.inference_mode()
    def once() -> dict[str, float]:
        began = time.perf_counter()
        autoencoder.decode(given)
        return {"first sound": time.perf_counter() - began}

    return once


def peer_step(latents: int, precision: str, blocks: int) -> Pass:
    """The same step in diffusers, both halves of the guidance as one batch as in its pipeline."""
    import torch
    from diffusers import StableAudioDiTModel
    from diffusers.models.embeddings import get_1d_rotary_pos_embed

    torch.manual_seed(0)
    dtype = _dtype(precision)
    network = StableAudioDiTModel(num_layers=blocks).eval().requires_grad_(False).to(dtype)
    turn = get_1d_rotary_pos_embed(32, latents + 1, use_real=True, repeat_interleave_real=False)
    x, cross, vector, timestep = (torch.cat([given, given]).to(dtype) for given in _inputs(latents))

    @torch.inference_mode()
    def once() -> dict[str, float]:
        network(x, timestep, encoder_hidden_states=cross, global_hidden_states=vector[:, None], rotary_embedding=turn)
        return {}

    return once


CASES: dict[str, Callable[..., Pass]] = {
    "ceiling": ceiling, "decoder": decoder, "step": step, "take": take, "several": several,
    "diffusers decoder": peer_decoder, "diffusers step": peer_step,
}  # fmt: skip


def _result(events: Generator[Any, None, Any]) -> Any:
    """What a generator returns at its end."""
    while True:
        try:
            next(events)
        except StopIteration as end:
            return end.value


def _inputs(latents: int) -> tuple[Any, ...]:
    import torch

    return torch.randn(1, 64, latents), torch.randn(1, 130, 768), torch.randn(1, 1536), torch.tensor([0.5])


def _dtype(precision: str) -> Any:
    import torch

    if precision in ("int8", "int4"):
        try:
            from musicapp.checkpoints.reading import number_format
        except ImportError:  # an earlier release
            return torch.float32
        return number_format(precision, torch.device("cpu"))
    return {"fp32": torch.float32, "bf16": torch.bfloat16}[precision]


def _nothing(_: object) -> dict[str, float]:
    return {}

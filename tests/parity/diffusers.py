"""What a diffusers folder recorded: prompts and times encoded, the transformer, the scheduler, whole pipeline runs."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from musicapp.diffusion import schedules
from musicapp.diffusion.guidance import guided, unconditional, with_negative
from musicapp.diffusion.sampling import sample
from musicapp.nn import attention
from musicapp.nn.conditioners import Conditioning
from tests.parity import autoencoder, conditioning
from tests.parity.bench import Answer, Bench, Mark, Recipe
from tests.parity.trajectories import replay, seeded


@dataclass(frozen=True)
class PipelineRun:
    """The state after every step, and the audio cut to the times asked for."""

    trace: Tensor
    audio: Tensor


def prompts_encoded(bench: Bench, name: str) -> Tensor:
    """Negative prompts come first there, then the prompts."""
    settings = bench.golden.settings
    texts = [*settings["negatives"], *settings["prompts"]] if name.endswith("with_negative") else settings["prompts"]
    return bench.model.conditioner.conditioners["prompt"](texts)[0]


def seconds_encoded(bench: Bench, name: str) -> Tensor:
    which, settings = name.removeprefix("encode_duration."), bench.golden.settings
    id_ = {"start": "seconds_start", "end": "seconds_total"}[which]
    return bench.model.conditioner.conditioners[id_]([settings[which]] * len(settings["prompts"]))[0]


def tokens(bench: Bench, name: str) -> Answer:
    return _encoded(bench, bench.golden.settings["prompts"]).cross


def global_states(bench: Bench, name: str) -> Answer:
    return _encoded(bench, bench.golden.settings["prompts"]).global_cond[:, None]


def output(bench: Bench, name: str) -> Tensor:
    encoded, x = _encoded(bench, bench.golden.settings["prompts"]), bench.golden["dit.x"]
    timestep = bench.golden["dit.t"].expand(x.shape[0])
    return bench.model.dit(x, timestep, cross=encoded.cross, global_cond=encoded.global_cond)


def rotary(bench: Bench, name: str) -> Tensor:
    width = bench.model.config.diffusion.dit.rotary_dim
    cosines, sines = attention.rotation(len(bench.golden[name]), width, torch.device("cpu"))
    return cosines if name.endswith("cos") else sines


def sigmas(bench: Bench, name: str) -> Tensor:
    app = bench.model.config.app
    return schedules.polyexponential(int(name.rsplit("_", 1)[1]), app.sigma_min, app.sigma_max)


def timesteps(bench: Bench, name: str) -> Tensor:
    return torch.atan(sigmas(bench, name)[:-1]) * (2 / math.pi)


def first_deviation(bench: Bench, name: str) -> Tensor:
    return torch.tensor(math.sqrt(bench.model.config.app.sigma_max**2 + 1))


def posterior(bench: Bench, name: str) -> Tensor:
    made = bench.model.autoencoder.posterior(_window(bench, bench.golden["vae.audio_in"]))
    return made.mean if name.endswith("mean") else made.stdev


def of_run(bench: Bench, name: str) -> Answer:
    """Any tensor of a run of the whole pipeline."""
    case = bench.golden.case_of(name)
    assert case is not None
    what = name.removeprefix(case + ".")
    if what == "noise":
        return seeded(bench.golden.cases[case]["seed"], bench.golden[name])
    if what in ("step_noise", "encode_noise"):
        return Mark.INPUT
    if case not in bench.runs:
        bench.runs[case] = _run(bench, case)
    run: PipelineRun = bench.runs[case]
    if what == "audio_shape":
        return torch.tensor(run.audio.shape)
    return {"trace": run.trace, "latents": run.trace[-1], "audio": run.audio}[what]


def _run(bench: Bench, name: str) -> PipelineRun:
    golden, case, app = bench.golden, bench.golden.cases[name], bench.model.config.app
    copies = case["num_waveforms_per_prompt"]
    start, end = case["audio_start_in_s"], case["audio_end_in_s"]
    end = bench.model.config.max_duration_s if end is None else end
    encoded = _encoded(bench, _several(case["prompt"], copies), start, end)
    cond = {"cross": encoded.cross, "global_cond": encoded.global_cond}
    null = unconditional(cond)
    if case["negative_prompt"] is not None:
        unwanted = _encoded(bench, _several(case["negative_prompt"], copies), start, end)
        null = with_negative(cond, unwanted.cross, unwanted.mask)
    init = None
    if case["initial_audio"] is not None:
        audio = _window(bench, golden[case["initial_audio"]])
        init = bench.model.autoencoder.encode(audio, golden[f"{name}.encode_noise"])
    steps = sample(
        guided(bench.model.dit, cond, null, case["guidance_scale"], objective=bench.objective),
        bench.objective,
        # The product starts at noise * sigma_max, this pipeline at noise * sqrt(sigma_max^2 + 1).
        golden[f"{name}.noise"] * math.sqrt(1 + app.sigma_max**-2),
        sampler="dpmpp-2m-sde",
        steps=case["num_inference_steps"],
        draw=replay(golden[f"{name}.step_noise"]),
        sigma_min=app.sigma_min,
        sigma_max=app.sigma_max,
        init_latents=init,
    )
    trace = torch.stack([step.latents for step in steps])
    rate = bench.model.config.sample_rate
    return PipelineRun(trace, bench.model.autoencoder.decode(trace[-1])[..., int(start * rate) : int(end * rate)])


def _encoded(bench: Bench, prompts: list[str], start: float | None = None, end: float | None = None) -> Conditioning:
    settings = bench.golden.settings
    seconds = {
        "seconds_start": settings["start"] if start is None else start,
        "seconds_total": settings["end"] if end is None else end,
    }
    return bench.model.conditioner.encode([{"prompt": prompt, **seconds} for prompt in prompts])


def _several(texts: str | list[str], copies: int) -> list[str]:
    return [text for text in ([texts] if isinstance(texts, str) else texts) for _ in range(copies)]


def _window(bench: Bench, audio: Tensor) -> Tensor:
    """Audio with silence behind it up to the model's window."""
    return F.pad(audio, (0, bench.model.config.sample_size - audio.shape[-1]))


RECIPES: list[tuple[re.Pattern[str], Recipe]] = [
    (re.compile(r"vae\.(audio_in|latent_in)|dit\.(x|t)"), lambda bench, name: Mark.INPUT),
    (re.compile(r"vae\.(mean|std)"), posterior),
    (re.compile(r"vae\.decode"), autoencoder.decode),
    (re.compile(r"tokens\.input_ids"), conditioning.token_ids),
    (re.compile(r"tokens\.attention_mask"), conditioning.token_mask),
    (re.compile(r"encode_prompt\.\w+"), prompts_encoded),
    (re.compile(r"encode_duration\.\w+"), seconds_encoded),
    (re.compile(r"dit\.encoder_hidden_states"), tokens),
    (re.compile(r"dit\.global_hidden_states"), global_states),
    (re.compile(r"dit\.out"), output),
    (re.compile(r"dit\.rotary_\w+"), rotary),
    (re.compile(r"scheduler\.sigmas_\d+"), sigmas),
    (re.compile(r"scheduler\.timesteps_\d+"), timesteps),
    (re.compile(r"scheduler\.init_noise_sigma"), first_deviation),
]

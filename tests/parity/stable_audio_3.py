"""What the recorded folders of Stable Audio 3 hold: `ae.*`, `dit.*`, `schedule.*`, `direct.*` and sampling runs.

The recorded numbers come from a CPU, where padding has no value but takes its share of the softmax; only
`dit.out_padding_masked` really leaves it out, as the product does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from musicapp.checkpoints.conditioner import TextEncoder
from musicapp.description.lengths import Lengths, lengths_for
from musicapp.description.shift_configs import FluxShift, FullShift, LogSNRShift, NoShift
from musicapp.diffusion import apg, inpainting, shifts
from musicapp.diffusion.guidance import unconditional, with_negative
from musicapp.diffusion.objectives import Network
from musicapp.diffusion.sampling import SAMPLERS, STABLE_AUDIO_3_LEAST_SIGNAL, sample
from musicapp.diffusion.starts import flow_start
from musicapp.nn import same
from tests.parity import autoencoder, conditioning, transformer
from tests.parity.bench import Answer, Bench, Mark, Recipe
from tests.parity.golden import Golden, number_after
from tests.parity.trajectories import Run, nothing_recorded, replay, seeded

Cond = dict[str, Tensor | None]

# The shifts of the recorded schedules by name. The numbers of "flux" and "logsnr_adaptive" are not in golden.json; they
# follow from the recorded values exactly.
SHIFTS: dict[str, shifts.Shift] = {
    "logsnr_default": shifts.DEFAULT,
    "logsnr_adaptive": LogSNRShift(rate=1.0),
    "full": FullShift(),
    "full_sine": FullShift(use_sine=True),
    "flux": FluxShift(alpha_min=1.2, alpha_max=6.9),
}


class RecordedEncoder(nn.Module):
    """Stands in for T5Gemma: its "token ids" are the rows of the recorded hidden states."""

    def __init__(self, states: Tensor) -> None:
        super().__init__()
        self.states = nn.Parameter(states, requires_grad=False)
        self.config = SimpleNamespace(encoder=SimpleNamespace(hidden_size=states.shape[-1]))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> SimpleNamespace:
        return SimpleNamespace(last_hidden_state=self.states[input_ids[:, 0]])


def recorded_encoder(golden: Golden) -> TextEncoder | None:
    """An encoder that says what was recorded for the folder's prompts; None for folders that have a real one."""
    if "prompt.last_hidden_state" not in golden:
        return None
    texts, mask = [*golden.settings["prompts"], golden.settings["negative"]], golden["prompt.attention_mask"]

    def tokenize(wanted: list[str]) -> tuple[Tensor, Tensor]:
        rows = torch.tensor([texts.index(text) for text in wanted])
        return rows[:, None].expand(-1, mask.shape[1]), mask[rows]

    return RecordedEncoder(golden["prompt.last_hidden_state"]), tokenize


def patched(bench: Bench, name: str) -> Tensor:
    config = bench.model.config.autoencoder
    return same.to_patches(_of(bench, name, "audio"), config.encoder.in_channels // config.io_channels)


def pre_bottleneck(bench: Bench, name: str) -> Tensor:
    return bench.model.autoencoder.encoder(_of(bench, name, "audio"))


def encoded(bench: Bench, name: str) -> Tensor:
    return bench.model.autoencoder.encode(_of(bench, name, "audio"))


def decoded(bench: Bench, name: str) -> Tensor:
    """The whole decode with its surplus, which the product cuts off and the reference keeps."""
    noise = None if name.endswith("_no_noise") else _of(bench, name, "bottleneck_noise")
    whole = bench.model.autoencoder
    return whole.decoder(whole.bottleneck.decode(_of(bench, name, "latents_in"), noise))


def chunk_decoded(bench: Bench, name: str) -> Tensor:
    return autoencoder.in_windows(bench, _of(bench, name, "latents_in"), bench.golden.what(name))


def negative_prompt(bench: Bench, name: str) -> Tensor:
    return bench.model.conditioner.conditioners["prompt"]([bench.golden.settings["negative"]])[0]


def timestep_features(bench: Bench, name: str) -> Tensor:
    return bench.model.dit.timestep_features(bench.golden["dit.t"])


def output(bench: Bench, name: str) -> Tensor:
    """`dit.out*`: the name and the description say what steers, how strongly, and what is padding."""
    golden, what, masked = bench.golden, bench.golden.what(name), name.endswith("_masked")
    rows = golden[name].shape[0]
    cond = _network_inputs(bench, rows, local=not name.endswith("_nolocal"))
    valid = golden["dit.padding_mask"][:rows].bool()
    if "padding" in name:
        cond["valid"] = valid
    network = _network(
        bench,
        cond,
        scale=number_after("cfg_scale|cfg", what) or 1.0 if "_cfg" in name else 1.0,
        null=_negative(bench, cond, bench.negative) if "negative" in name else None,
        apg_scale=_or(number_after("apg_scale|apg", what), 1.0),
        norm_threshold=_or(number_after("norm_threshold", what), 0.0),
        rescale=_or(number_after("scale_phi", what), 0.0),
    )
    with _padding_as_recorded(bench, excluded=masked):
        out = network(golden["dit.x"][:rows], golden["dit.t"][:rows])
    # Behind the end of an item nothing is promised, so nothing is compared.
    return torch.where(valid[:, None], out, golden[name]) if masked else out


def one_schedule(bench: Bench, name: str) -> Tensor:
    """`schedule.<shift>.<length>.<sigma_max>`"""
    _, kind, length, sigma_max = name.split(".", 3)
    steps = len(bench.golden[name]) - 1
    return shifts.build(steps, int(length), sigma_max=float(sigma_max), shift=SHIFTS[kind])


def schedules_of_lengths(bench: Bench, name: str) -> Tensor:
    found = re.search(r"lengths \[(\d+), (\d+)\]", bench.golden.what(name))
    assert found is not None
    steps, shift = bench.golden[name].shape[1] - 1, SHIFTS["logsnr_adaptive"]
    return torch.stack([shifts.build(steps, int(length), shift=shift) for length in found.groups()])


def even_schedule(bench: Bench, name: str) -> Tensor:
    return shifts.build(len(bench.golden[name]) - 1, 1, shift=NoShift())


def direct_sigmas(bench: Bench, name: str) -> Tensor:
    return shifts.build(len(bench.golden[name]) - 1, bench.golden["direct.noise"].shape[-1])


def direct(bench: Bench, name: str) -> Answer:
    sampler, what = name.split(".")[1], bench.golden.what(name)
    if sampler not in SAMPLERS:
        return Mark.NOT_OFFERED
    network = _network(bench, _network_inputs(bench, 1), scale=number_after("cfg", what) or 1.0)
    sigmas = direct_sigmas(bench, "direct.sigmas")
    noise = bench.golden["direct.noise"]
    return _steps(bench, network, noise, sigmas, sampler=sampler, draw=nothing_recorded).latents


def of_case(bench: Bench, name: str) -> Answer:
    """Any tensor of a described sampling run."""
    golden, case = bench.golden, bench.golden.case_of(name)
    assert case is not None
    what = name.removeprefix(case + ".")
    if what == "noise":
        return seeded(golden.cases[case]["seed"], golden[name])
    if what in ("step_noise", "decode_noise"):
        return Mark.INPUT
    if case not in bench.runs:
        bench.runs[case] = _run(bench, case, golden.cases[case])
    run: Run = bench.runs[case]
    if what == "audio":
        return _audio(bench, case, run.latents)
    if what == "trace_t":
        return run.sigmas[:, None].expand(-1, run.latents.shape[0])
    return {"latents": run.latents, "trace_x": run.before, "trace_denoised": run.denoised}[what]


def _run(bench: Bench, name: str, case: dict[str, Any]) -> Run:
    golden, items = bench.golden, case["conditioning"]
    noise, lengths = golden[f"{name}.noise"], _lengths(bench, case)
    assert noise.shape[-1] == lengths.latents == case["latent_length"]
    encoded = bench.model.conditioner.encode(items)
    cond: Cond = {"cross": encoded.cross, "global_cond": encoded.global_cond, "valid": _valid(lengths)}
    sigma_max = float(case.get("init_noise_level", 1.0))
    init = _recorded_latents(bench, lengths) if "init_audio" in case else None
    cond["local_add"] = _local(bench, case, lengths) if "inpaint_audio" in case else None
    unwanted = case["negative_conditioning"]
    network = _network(
        bench,
        cond,
        scale=case["cfg_scale"],
        null=None if unwanted is None else _negative(bench, cond, bench.model.conditioner.encode(unwanted)),
        apg_scale=case.get("apg_scale", 1.0),
    )
    recorded = f"{name}.step_noise"
    draw = replay(golden[recorded]) if recorded in golden else nothing_recorded
    sigmas = shifts.build(case["steps"], lengths.effective[0], sigma_max=sigma_max)
    with _padding_as_recorded(bench):
        return _steps(bench, network, noise, sigmas, sampler=case["sampler_type"], draw=draw, init=init)


def _steps(
    bench: Bench,
    network: Network,
    noise: Tensor,
    sigmas: Tensor,
    *,
    sampler: str,
    draw: Any,
    init: Tensor | None = None,
) -> Run:
    count = len(sigmas) - 1
    made = sample(
        network,
        bench.objective,
        noise,
        sampler=sampler,
        steps=count,
        draw=draw,
        sigmas=sigmas,
        init_latents=init,
        least_signal=STABLE_AUDIO_3_LEAST_SIGNAL,
    )
    steps = list(made)
    after = torch.stack([step.latents for step in steps])
    start = flow_start(noise, steps[0].sigma, init)
    return Run(
        before=torch.cat((start[None], after[:-1])),
        after=after,
        denoised=torch.stack([step.denoised for step in steps]),
        sigmas=torch.tensor([step.sigma for step in steps]),
    )


def _audio(bench: Bench, case: str, latents: Tensor) -> Tensor:
    """Decoded with the recorded noise, silent behind the valid end, within [-1, 1]."""
    whole = bench.model.autoencoder
    audio = whole.decoder(whole.bottleneck.decode(latents, bench.golden[f"{case}.decode_noise"]))
    valid = _valid(_lengths(bench, bench.golden.cases[case])).repeat_interleave(whole.downsampling_ratio, dim=1)
    return (audio * valid[:, None]).clamp(-1, 1)


def _lengths(bench: Bench, case: dict[str, Any]) -> Lengths:
    durations = [item["seconds_total"] for item in case["conditioning"]]
    return lengths_for(bench.model.config, durations, headroom_s=case["duration_padding_sec"])


def _valid(lengths: Lengths) -> Tensor:
    return torch.arange(lengths.latents) < torch.tensor(lengths.valid)[:, None]


def _recorded_latents(bench: Bench, lengths: Lengths) -> Tensor:
    """The recorded start audio, cut or filled with silence to the length, as latents."""
    audio = bench.golden["gen.audio_in"]
    frames = lengths.latents * bench.model.autoencoder.downsampling_ratio
    return bench.model.autoencoder.encode(F.pad(audio[None, :, :frames], (0, max(frames - audio.shape[-1], 0))))


def _local(bench: Bench, case: dict[str, Any], lengths: Lengths) -> Tensor:
    rate = bench.model.config.sample_rate
    starts, stops = (
        value if isinstance(value, list) else [value]
        for value in (case["inpaint_mask_start_seconds"], case["inpaint_mask_end_seconds"])
    )
    gaps = [(int(start * rate), int(stop * rate)) for start, stop in zip(starts, stops, strict=True)]
    end = int(max(item["seconds_total"] for item in case["conditioning"]) * rate)
    ratio = bench.model.autoencoder.downsampling_ratio
    mask = inpainting.keep_mask(lengths.latents, ratio, gaps, end=end)
    return inpainting.channels_of(mask, _recorded_latents(bench, lengths))


def _network(
    bench: Bench,
    cond: Cond,
    *,
    scale: float = 1.0,
    null: Cond | None = None,
    apg_scale: float = 1.0,
    norm_threshold: float = 0.0,
    rescale: float = 0.0,
) -> Network:
    return apg.guided(
        bench.model.dit,
        cond,
        unconditional(cond) if null is None else null,
        scale,
        apg=apg_scale,
        norm_threshold=norm_threshold,
        rescale=rescale,
    )


def _negative(bench: Bench, cond: Cond, unwanted: Any) -> Cond:
    return with_negative(cond, unwanted.cross, unwanted.mask)


def _network_inputs(bench: Bench, rows: int, *, local: bool = True) -> Cond:
    return {**bench.inputs(rows), "local_add": bench.golden["dit.local_add"][:rows] if local else None}


@contextmanager
def _padding_as_recorded(bench: Bench, *, excluded: bool = False) -> Iterator[None]:
    dit = bench.model.dit
    usual, dit.excludes_padding = dit.excludes_padding, excluded
    try:
        yield
    finally:
        dit.excludes_padding = usual


def _of(bench: Bench, name: str, other: str) -> Tensor:
    """Another tensor of the same `ae.` group."""
    return bench.golden[f"{name.rsplit('.', 1)[0]}.{other}"]


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


RECIPES: list[tuple[re.Pattern[str], Recipe]] = [
    (re.compile(r"ae\.\w+\.(audio|latents_in|bottleneck_noise)|gen\.audio_in"), lambda bench, name: Mark.INPUT),
    (re.compile(r"prompt\.\w+|dit\.(x|t|local_add|padding_mask)|direct\.noise"), lambda bench, name: Mark.INPUT),
    (re.compile(r"ae\.\w+\.patched"), patched),
    (re.compile(r"ae\.\w+\.pre_bottleneck"), pre_bottleneck),
    (re.compile(r"ae\.\w+\.latents"), encoded),
    (re.compile(r"ae\.chunk\.decoded"), chunk_decoded),
    (re.compile(r"ae\.\w+\.decoded(_no_noise)?"), decoded),
    (re.compile(r"cond\.negative_prompt"), negative_prompt),
    (re.compile(r"cond\.prompt"), conditioning.one_condition),
    (re.compile(r"number\.\w+"), conditioning.number),
    (re.compile(r"dit\.cross_attn"), conditioning.cross),
    (re.compile(r"dit\.global"), conditioning.global_cond),
    (re.compile(r"dit\.negative_cross_attn"), conditioning.negative_cross),
    (re.compile(r"dit\.negative_mask"), conditioning.negative_mask),
    (re.compile(r"dit\.timestep_features"), timestep_features),
    (re.compile(r"dit\.hidden\.\d+"), transformer.hidden),
    (re.compile(r"dit\.out[\w.]*"), output),
    (re.compile(r"schedule\.\w+\.\d+\.[\d.]+"), one_schedule),
    (re.compile(r"schedule\.batch"), schedules_of_lengths),
    (re.compile(r"schedule\.none"), even_schedule),
    (re.compile(r"direct\.sigmas"), direct_sigmas),
    (re.compile(r"direct\.\w+\.latents"), direct),
]

"""Recorded single evaluations of the transformer, plain and guided, and what happens inside: `dit.*`."""

from __future__ import annotations

import re

from torch import Tensor

from musicapp.diffusion.guidance import unconditional
from tests.parity.bench import Bench, Mark, Recipe
from tests.parity.golden import number_after


def output(bench: Bench, name: str) -> Tensor:
    """`dit.out*`: the name and the description say how many rows, how strong the guidance and against what."""
    rows, what = bench.golden[name].shape[0], bench.golden.what(name)
    x = bench.golden.first("dit.x_odd" if name.endswith("_odd") else "dit.x")[:rows]
    cond = _inputs(bench, rows)
    if name.endswith("_no_cond"):
        cond = unconditional(cond)
    found = re.search(r"cfg_interval \(([\d.]+), ([\d.]+)\)", what)
    network = bench.network(
        cond,
        scale=_guidance_scale(bench, name, what),
        negative="negative" in name,
        rescale=number_after("scale_phi", what) or 0.0,
        interval=(float(found[1]), float(found[2])) if found else (0.0, 1.0),
    )
    return network(x, bench.golden["dit.t"][:rows])


def context(bench: Bench, name: str) -> Tensor:
    return bench.model.dit.context(bench.inputs(_rows(bench, name))["cross"])


def timestep_embedding(bench: Bench, name: str) -> Tensor:
    return bench.model.dit.timestep_embedding(bench.golden["dit.t"][: _rows(bench, name)])


def global_token(bench: Bench, name: str) -> Tensor:
    rows = _rows(bench, name)
    return bench.model.dit.global_token(bench.golden["dit.t"][:rows], bench.inputs(rows)["global_cond"])


def modulation(bench: Bench, name: str) -> Tensor:
    return bench.model.dit.modulation(global_token(bench, name))


def hidden(bench: Bench, name: str) -> Tensor:
    """`dit.hidden.<block>`: what the block gives, all positions, without guidance."""
    rows, seen = _rows(bench, name), []
    block = bench.model.dit.blocks[int(name.rsplit(".", 1)[1])]
    hook = block.register_forward_hook(lambda module, inputs, result: seen.append(result))
    try:
        bench.network(_inputs(bench, rows))(bench.golden["dit.x"][:rows], bench.golden["dit.t"][:rows])
    finally:
        hook.remove()
    return seen[0]


def _inputs(bench: Bench, rows: int) -> dict[str, Tensor | None]:
    """What steers the network, with the channels beside the latents where they are recorded."""
    names = [name for name in ("input_concat", "local_add") if f"dit.{name}" in bench.golden]
    beside = {name: bench.golden[f"dit.{name}"][:rows] for name in names}
    return {**bench.inputs(rows), **beside}


def _guidance_scale(bench: Bench, name: str, what: str) -> float:
    told = number_after("cfg_scale|cfg", what)
    if told is not None:
        return told
    return float(bench.golden.settings["cfg"]) if "cfg" in name else 1.0


def _rows(bench: Bench, name: str) -> int:
    return bench.golden[name].shape[0]


RECIPES: list[tuple[re.Pattern[str], Recipe]] = [
    (re.compile(r"dit\.(x|x_odd|t|input_concat)"), lambda bench, name: Mark.INPUT),
    (re.compile(r"dit\.out(_\w+)?"), output),
    (re.compile(r"dit\.context"), context),
    (re.compile(r"dit\.timestep_embed"), timestep_embedding),
    (re.compile(r"dit\.(prepend_token|global_plus_time)"), global_token),
    (re.compile(r"dit\.adaln"), modulation),
    (re.compile(r"dit\.hidden\.\d+"), hidden),
]

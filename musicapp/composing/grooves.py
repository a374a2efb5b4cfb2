"""Drum patterns: one string a drum, one character a sixteenth: "x" hit, "X" accent, "o" soft, "." rest."""

from __future__ import annotations

import random
from collections.abc import Mapping

from musicapp.composing.score import Event
from musicapp.composing.theory import Metre

DRUMS = {
    "kick": 36, "rim": 37, "snare": 38, "clap": 39, "closed": 42, "low tom": 45, "pedal": 44, "open": 46, "mid tom": 47,
    "crash": 49, "high tom": 50, "ride": 51, "tambourine": 54, "cowbell": 56, "bongo": 60, "low bongo": 61,
    "mute conga": 62, "conga": 63, "low conga": 64, "shaker": 70, "claves": 75, "triangle": 81,
}  # fmt: skip
_LEVELS = {"o": 0.38, "x": 0.72, "X": 0.95}

GROOVES: dict[str, dict[str, str]] = {
    "four on the floor": {
        "kick": "X...X...X...X...",
        "clap": "....x.......x...",
        "open": "..x...x...x...x.",
        "closed": "x.o.x.o.x.o.x.o.",
    },
    "techno": {
        "kick": "X...X...X...X...",
        "closed": "o.xoo.xoo.xoo.xo",
        "clap": "....o.......x...",
        "rim": "...x..x....x....",
    },
    "boom bap": {"kick": "X......x..x.....", "snare": "....X.......X..o", "closed": "x.x.x.x.x.x.x.x."},
    "lofi": {"kick": "X.....x...x.....", "rim": "....x.......x...", "closed": "x.o.x.o.x.o.x.oo"},
    "backbeat": {"kick": "X.......X.x.....", "snare": "....X.......X...", "closed": "x.x.x.x.x.x.x.x."},
    "drive": {"kick": "X...x...X..xx...", "snare": "....X.......X...", "closed": "X.x.X.x.X.x.X.x."},
    "half time": {"kick": "X.......x.....x.", "snare": "........X.......", "closed": "x...x...x...x..."},
    "trap": {
        "kick": "X.....x...x.....",
        "clap": "........X.......",
        "closed": "x.x.x.xxx.x.xxxx",
        "open": "..............x.",
    },
    "breakbeat": {"kick": "X.x.......x.....", "snare": "....X..o.o..X..o", "closed": "x.x.x.x.x.x.x.x."},
    "two step": {
        "kick": "X.........x.....",
        "snare": "....X.......X...",
        "closed": "x.xxx.x.x.xxx.x.",
        "shaker": "o.o.o.o.o.o.o.o.",
    },
    "funk": {"kick": "X.x....x..x.....", "snare": "....X..o.o..X..o", "closed": "xoxoxoxoxoxoxoxo"},
    "disco": {
        "kick": "X...X...X...X...",
        "snare": "....x.......x...",
        "closed": "xoxox.xoxoxox.xo",
        "open": "......x.......x.",
    },
    "one drop": {"kick": "........X.......", "rim": "........x.......", "closed": "x.x.x.x.x.x.x.xo"},
    "bossa": {"kick": "X..xx..xX..xx..x", "rim": "x..x..x...x..x..", "shaker": "xoxoxoxoxoxoxoxo"},
    "swing": {
        "ride": "x...x..xx...x..x",
        "pedal": "....x.......x...",
        "kick": "o...o...o...o...",
        "snare": "......o.......o.",
    },
    "brushes": {"snare": "o...x...o...x...", "pedal": "....o.......o...", "kick": "x.......o......."},
    "latin": {
        "conga": "x..ox.x.x..ox.x.",
        "low conga": "......x.......xx",
        "claves": "x..x..x...x.x...",
        "shaker": "x.x.x.x.x.x.x.x.",
    },
    "afro": {
        "kick": "X..x..x.X..x..x.",
        "conga": "..x..x.x..x..x.x",
        "shaker": "xoxoxoxoxoxoxoxo",
        "cowbell": "x..x..x...x.x...",
    },
    "hand drums": {"low bongo": "X......xX.......", "bongo": "..x.x.....x.x.xo", "shaker": "x.o.x.o.x.o.x.o."},
    "tambourine": {"kick": "X.......X.......", "tambourine": "....x.......x...", "shaker": "o.o.o.o.o.o.o.o."},
    "march": {"snare": "X.xxX.xxX.xxxxxx", "kick": "X.......X.......", "crash": "................"},
    "electro": {
        "kick": "X.....x..x..x...",
        "snare": "....X.......X...",
        "closed": "x.xxx.xxx.xxx.xx",
        "cowbell": "..x..x....x.....",
    },
    "heartbeat": {"kick": "X..x............"},
    "taiko": {"low tom": "X..x..x.X..xx.x.", "mid tom": "....x.......x.xx", "kick": "X.......X......."},
    "gated": {
        "kick": "X...x...X...x...",
        "snare": "....X.......X...",
        "closed": "x.x.x.x.x.x.x.x.",
        "mid tom": "..............xx",
    },
}


def groove(name: str, metre: Metre) -> dict[str, str]:
    """The pattern of one bar in this metre.

    In other metres than 4/4 the kick marks the bar, the backbeat drums the later accents, the rest keep running.
    """
    lanes = GROOVES[name]
    if metre.name == "4/4":
        return lanes
    return {drum: _in_metre(drum, lane, metre) for drum, lane in lanes.items()}


def thinned(rng: random.Random, lanes: Mapping[str, str], share: float) -> dict[str, str]:
    """Some of the drums of a pattern, for the quieter sections."""
    kept = rng.sample(sorted(lanes), k=max(1, round(share * len(lanes))))
    return {drum: lane for drum, lane in lanes.items() if drum in kept}


def drum_bars(
    rng: random.Random, lanes: Mapping[str, str], metre: Metre, bars: int, *, fill_every: int, opening: bool
) -> list[Event]:
    """Play a pattern for some bars, with small changes and a fill at the end of every `fill_every` bars.

    `fill_every` 0 leaves the fills out; `opening` strikes a cymbal on the first beat.
    """
    events: list[Event] = []
    crashes = {"closed", "ride", "open"} & set(lanes)
    for bar in range(bars):
        fill = fill_every > 0 and (bar + 1) % fill_every == 0
        until = metre.steps - (metre.steps_per_beat if fill else 0)
        for drum, lane in lanes.items():
            for step, mark in enumerate(lane):
                if mark == "." or (fill and step >= until and drum != "kick"):
                    continue
                if mark == "o" and rng.random() < 0.25:
                    continue
                events.append(Event(bar * metre.steps + step, 1, DRUMS[drum], _LEVELS[mark] * rng.uniform(0.9, 1.05)))
        if fill:
            events += _fill(rng, bar * metre.steps + until, metre, melodic="snare" in lanes or "mid tom" in lanes)
        if crashes and ((opening and bar == 0) or (bar and fill_every and bar % (2 * fill_every) == 0)):
            events.append(Event(bar * metre.steps, 4, DRUMS["crash"], 0.6))
    return events


def roll(metre: Metre, bars: int, length: int) -> list[Event]:
    """A snare roll that grows through the last `length` bars before something big."""
    first = (bars - length) * metre.steps
    total = length * metre.steps
    steps = [
        step for step in range(total) if step % (4 if step < total // 2 else 2 if step < total * 3 // 4 else 1) == 0
    ]
    return [Event(first + step, 1, DRUMS["snare"], 0.25 + 0.55 * step / total) for step in steps]


def _fill(rng: random.Random, first: int, metre: Metre, *, melodic: bool) -> list[Event]:
    drums = rng.choice((("snare", "snare", "mid tom", "low tom"), ("high tom", "mid tom", "low tom", "low tom")))
    if not melodic:
        drums = ("clap", "closed", "clap", "clap")
    count = metre.steps_per_beat
    chosen = [step for step in range(count) if step == 0 or rng.random() < 0.75]
    return [Event(first + step, 1, DRUMS[drums[step * 4 // count]], 0.6 + 0.3 * step / count) for step in chosen]


def _in_metre(drum: str, lane: str, metre: Metre) -> str:
    bar = ["."] * metre.steps
    last = len(metre.groups) - 1
    if drum == "kick":
        bar[0] = "X"
        if last >= 3:
            bar[metre.groups[last - 1]] = "x"  # 5/4 as three and two, 12/8 as two and two
    elif drum in ("snare", "clap", "rim"):
        late = metre.groups[1::2] if last >= 3 else metre.groups[1:]
        for step in (metre.groups[2], metre.groups[4]) if last == 4 else late:
            bar[step] = "x"
    else:
        busy = sum(mark != "." for mark in lane) >= 6
        for step in range(0, metre.steps, 2):
            accent = step in metre.groups
            if accent or busy:
                bar[min(step + 2 * (drum == "open"), metre.steps - 1)] = "x" if accent else "o"
    return "".join(bar)

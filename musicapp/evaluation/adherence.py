"""Whether the music is what the prompt says: tempo, key, drums, lead and energy, heard without knowing the prompt."""

from __future__ import annotations

from collections.abc import Sequence

from musicapp.analysis import listening
from musicapp.analysis.listening_features import TEMPI
from musicapp.captions.captions import FAST_BPM, HIGH_ENERGY, SLOW_BPM
from musicapp.composing.instruments import INSTRUMENTS
from musicapp.composing.theory import is_minor
from musicapp.evaluation.bench import PLAYED_PIECES, Bench, Ears
from musicapp.evaluation.prompts import Wish
from musicapp.evaluation.report import Bars, Result, Table, number, percent, rate
from musicapp.prompts.scales import KEYS

TOLERANCE = 0.04
BARS = {"tempo": 0.85, "key": 0.65, "related key": 0.8, "drums": 0.95, "lead": 0.8}
NAMES = {
    "tempo": "tempo within 4 %",
    "tempo word": "slow, medium or fast",
    "tonic": "tonic",
    "key": "key and mode",
    "related key": "the same or a related key",
    "drums": "drums or none",
    "lead": "family of the lead",
    "energy": "low or high energy",
}

Rates = dict[str, float | None]


def measure(bench: Bench) -> Result:
    """Rates on generated music beside those on real renders of the same facts, and on music for another prompt.

    The renders say how far the ears can be trusted, the other prompt what chance gives.
    """
    wishes, made = bench.wishes, bench.heard_generated
    shift = max(len(wishes) // 2, 1)
    others = [*wishes[shift:], *wishes[:shift]]
    series = {
        "generated": rates(made, wishes),
        "renders": rates(bench.heard_held_out, wishes),
        "another prompt": rates(made, others),
    }
    seen = [index for index, wish in enumerate(wishes) if not wish.is_new_wording]
    new = [index for index, wish in enumerate(wishes) if wish.is_new_wording]
    split = {
        "wording of training": rates([made[i] for i in seen], [wishes[i] for i in seen]),
        "new wording": rates([made[i] for i in new], [wishes[i] for i in new]),
    }
    stated = {fact: sum(fact in judged(ears, wish) for ears, wish in zip(made, wishes, strict=True)) for fact in NAMES}
    columns = (*series, *split, "wanted")
    rows = tuple(
        (
            f"{NAMES[fact]} ({stated[fact]} prompts)",
            *(percent(each[fact]) for each in (series | split).values()),
            percent(BARS.get(fact)),
        )
        for fact in NAMES
    )
    levels = ("level, median", *(number(_median([h.level_db for h in heard]), 1) + " dB" for heard in _sets(bench)))
    bright = ("brightness, median", *(f"{_median([h.centroid_hz for h in heard]):.0f} Hz" for heard in _sets(bench)))
    filler = ("",) * (len(columns) - 2)
    return Result(
        {
            **{name.replace(" ", "_"): dict(each) for name, each in (series | split).items()},
            "ears": {"measuring": listening.accuracy(), "classifier": bench.classifier.accuracy},
            "stated": stated,
            "pieces": len(wishes),
        },
        table=Table(("fact", *columns), (*rows, (*levels, *filler), (*bright, *filler))),
        bars=Bars(tuple(NAMES.values()), {name: tuple(each[fact] for fact in NAMES) for name, each in series.items()}),
        players=tuple(bench.player(take) for take in bench.generated[:PLAYED_PIECES]),
        notes=(_about_ears(bench),),
    )


def rates(heard: Sequence[Ears], wishes: Sequence[Wish]) -> Rates:
    """For each fact of `NAMES`, how often what is heard is what a prompt states; None where none states it."""
    hits: dict[str, list[bool]] = {fact: [] for fact in NAMES}
    for ears, wish in zip(heard, wishes, strict=True):
        for fact, hit in judged(ears, wish).items():
            hits[fact].append(hit)
    return {fact: rate(found) for fact, found in hits.items()}


def judged(ears: Ears, wish: Wish) -> dict[str, bool]:
    """Which of the stated facts are heard."""
    truth, found = wish.truth, {}
    if "tempo" in wish.states:
        found["tempo"] = abs(ears.tempo_bpm / truth.tempo_bpm - 1) < TOLERANCE
    if "tempo word" in wish.states:
        # Who says "slow" counts no beats: half and double time are right too.
        wanted = _pace(truth.tempo_bpm)
        octaves = [ears.tempo_bpm * octave for octave in (0.5, 1, 2)]
        found["tempo word"] = wanted in {_pace(tempo) for tempo in octaves if TEMPI[0] <= tempo <= TEMPI[-1]}
    if "key" in wish.states:
        tonic, minor = KEYS.index(truth.key), is_minor(truth.mode)
        found["tonic"] = ears.tonic == tonic
        found["key"] = found["tonic"] and (ears.mode == "minor") == minor
        found["related key"] = (ears.tonic, ears.mode == "minor") in related(tonic, minor)
    if "drums" in wish.states:
        found["drums"] = (ears.network.drums > 0.5) == truth.has_drums
    if "lead" in wish.states:
        found["lead"] = ears.network.lead_family == INSTRUMENTS[truth.lead].family
    if "energy" in wish.states:
        found["energy"] = (ears.network.energy > 0.5) == (truth.energy > HIGH_ENERGY)
    return found


def related(tonic: int, minor: bool) -> set[tuple[int, bool]]:
    """The key itself, its relative and parallel ones, and those a fifth away."""
    relative = (tonic + (3 if minor else 9)) % 12
    fifths = {((tonic + 7) % 12, minor), ((tonic + 5) % 12, minor)}
    return {(tonic, minor), (tonic, not minor), (relative, not minor)} | fifths


def _pace(tempo_bpm: float) -> str:
    return "slow" if tempo_bpm < SLOW_BPM else "fast" if tempo_bpm > FAST_BPM else "medium"


def _sets(bench: Bench) -> tuple[list[Ears], list[Ears]]:
    return bench.heard_generated, bench.heard_held_out


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _about_ears(bench: Bench) -> str:
    measured, learnt = listening.accuracy(), bench.classifier.accuracy
    return (
        f"The ears themselves, on renders that they were not fitted to: tempo {percent(measured['tempo'])}, tonic "
        f"{percent(measured['tonic'])}, key and mode {percent(measured['key'])} ({measured['renders']:.0f} renders); "
        f"the classifier hears drums right in {percent(learnt['drums'])}, the lead's family in "
        f"{percent(learnt['lead'])}, the style in {percent(learnt['style'])}, and the energy with a mean error of "
        f"{learnt['energy_error']:.2f} ({learnt['renders']:.0f} renders)."
    )

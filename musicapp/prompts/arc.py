"""How full a take is meant to be over its course: "starts quiet, drop at 0:45". Read by rule. No torch here.

An arc is a line of `(seconds, calm)` points, straight between them: 1 is calm (no drums, fewer, softer players), 0 is
full. What a prompt says in so many words is asked for; long takes that say nothing get a beginning, a break and an
ending that are only quieter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from musicapp.description.config import ModelConfig
from musicapp.prompts.drums import without_drums
from musicapp.prompts.facts import PromptFacts
from musicapp.prompts.sections import USUAL_METRE, Section, sections_of

TURN_S = 0.25  # how long the way from calm to full takes
PASSAGE_S = 16.0  # how long a break is in takes without sections
BUILT_AT = 0.6  # of a take that builds, from where on all are there
ENDING = 0.15  # of a take without sections that ends quietly
OPENING = 0.2  # and of one that begins so
LEAST_FOR_BREAK = 6  # sections, from which on an unasked arc has a break
CALM_WORDS = "no drums, low energy, soft"

_NUMBERS = {"two": 2, "four": 4, "eight": 8, "sixteen": 16}
_TIME = (
    r"(?:about\s+|around\s+|roughly\s+|circa\s+)?(?:the\s+)?"
    r"(?:(?P<minutes>\d{1,2}):(?P<seconds>[0-5]\d)\b"
    r"|(?P<amount>\d+(?:[.,]\d+)?)\s*-?(?P<unit>s|secs?|seconds?|mins?|minutes?)\b"
    rf"|(?P<bars>\d+|{'|'.join(_NUMBERS)})[\s-]+bars?\b|(?P<half>half[\s-]*way|middle)\b)"
)
_AT = r"\s*,?\s*(?:only\s+)?(?:at|after|from|around|on|by|in|@)?\s+"
_UNTIL = r"\s+(?:until|till|before)\s+"
_PLAYERS = r"(?:drums?|beats?|bass|(?:full\s+)?band|everything|everyone|chorus|groove|kicks?|rhythm(?:\s+section)?)"
_COMES = r"(?:comes?|kicks?|starts?|sets?|enters?|joins?|drops?)(?!\s+(?:out|away))(?:\s+in)?"
_LOUD, _QUIET = r"(?:loud|big|full|heavy|wild|huge)", r"(?:quiet|soft|calm|sparse|gentle|mellow|minimal)"
_FULL = re.compile(
    rf"(?:\b(?:the\s+)?(?:beat\s+|bass\s+)?drops?(?!\s+(?:out|away))|\b{_PLAYERS}\s+{_COMES}|\b(?:kicks?|comes?)\s+in"
    rf"|\b(?:gets?|goes|turns?|becomes?)\s+{_LOUD}|\bthen\s+(?:the\s+)?{_PLAYERS}){_AT}{_TIME}",
    re.IGNORECASE,
)
# At the beginning of a clause, so that nothing in front refuses them.
_PLAYERS_AT = re.compile(
    rf"(?:^|[,;.:(]\s*|\b(?:then|and|with)\s+)(?:the\s+|heavy\s+|big\s+|loud\s+)*{_PLAYERS}\s+(?:at|after|from)\s+{_TIME}",
    re.IGNORECASE,
)
_NOT_UNTIL = re.compile(
    rf"\b(?:(?:no|without)\s+{_PLAYERS}|(?:stays?\s+)?(?:{_QUIET}|beatless|drumless)){_UNTIL}{_TIME}", re.IGNORECASE
)
_CALM = re.compile(
    rf"(?:\bbreak(?:down)?s?(?:\s+down)?|\b{_PLAYERS}\s+(?:drops?|cuts?|goes?)\s+(?:out|away)"
    rf"|\b{_PLAYERS}\s+(?:stops?|leaves?|fades?)(?:\s+(?:out|away))?"
    rf"|\b(?:gets?|goes|turns?|becomes?)\s+{_QUIET}|\b{_QUIET}(?:er)?\s+(?:part|section|passage|bridge|middle)"
    rf"|\bstrip(?:s|ped)?\s+(?:back|down)){_AT}{_TIME}",
    re.IGNORECASE,
)
_OPENS = re.compile(
    rf"\b(?:starts?|begins?|opens?|starting|beginning|opening)\s+(?:off\s+|out\s+|very\s+|really\s+)*{_QUIET}(?:ly)?\b"
    rf"|\b(?:{_QUIET}|ambient|beatless|drumless)\s+(?:intro(?:duction)?|start|opening|beginning)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(
    rf"\b(?:ends?|ending|finish(?:es)?|closes?)\s+(?:very\s+|really\s+)*{_QUIET}(?:ly)?\b"
    rf"|\bfad(?:es?|ing)\s+out\b|\b{_QUIET}\s+(?:outro|ending|end|finish|close)\b",
    re.IGNORECASE,
)
_BUILDS = re.compile(
    r"\bbuild(?:s|ing)?(?:\s+up|\s+and\s+building|\s+slowly|\s+gradually)*\b(?!\s+(?:block|on\s+a))|\bcrescendo\b"
    r"|\b(?:gets?|getting|grows?|growing)\s+(?:louder|bigger|fuller)\b|\brising\s+energy\b",
    re.IGNORECASE,
)
_STEADY = re.compile(
    r"\b(?:loop(?:s|able|ing)?|steady|static|constant|unchanging|drone|monotonous|no\s+(?:build|break(?:down)?|intro)s?"
    r"|same\s+(?:energy|level)\s+throughout)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Arc:
    """points    `(seconds, calm)`, in order; empty is full all the way
    is_asked  whether the prompt says so: then other players come and go, else only the level moves
    """

    points: tuple[tuple[float, float], ...] = ()
    is_asked: bool = False

    def calm_at(self, second: float) -> float:
        """How calm it is meant to be there, from 0 to 1."""
        if not self.points:
            return 0.0
        before = self.points[0]
        for point in self.points:
            if second < point[0]:
                share = (second - before[0]) / max(point[0] - before[0], 1e-9) if point[0] > before[0] else 1.0
                return before[1] + max(0.0, share) * (point[1] - before[1])
            before = point
        return before[1]


def arc_of(config: ModelConfig, prompt: str, facts: PromptFacts, duration_s: float) -> Arc:
    """The arc of a take of a model: always full where the model does not know how to be calm."""
    if not config.app.calm_db:
        return Arc()
    return read_arc(prompt, facts, sections_of(config, facts, duration_s), duration_s)


def read_arc(prompt: str, facts: PromptFacts, sections: Sequence[Section], duration_s: float) -> Arc:
    """The arc of a take.

    facts     of the prompt: bars need its tempo
    sections  of the take; none where it has no form
    """
    marks = _marks(prompt, facts, duration_s)
    opening = sections[1].start_s if len(sections) > 1 else OPENING * duration_s
    passage = opening if sections else PASSAGE_S
    spans = [(0.0, opening)] if _OPENS.search(prompt) and not any(not calm for _, calm in marks) else []
    start: float | None = 0.0 if marks and not marks[0][1] else None  # calm before the first drop
    for at, is_calm in marks:
        if not is_calm:
            spans += [(start, at)] if start is not None else []
            start = None
        elif start is None:
            start = at
    spans += [(start, min(start + passage, duration_s))] if start is not None else []
    if _ENDS.search(prompt):
        spans.append((sections[-1].start_s if len(sections) > 2 else (1 - ENDING) * duration_s, duration_s))
    if not spans and _BUILDS.search(prompt):
        return Arc(((0.0, 1.0), (BUILT_AT * duration_s, 0.0)), is_asked=True)
    if spans:
        return Arc(_line(spans, duration_s), is_asked=True)
    if len(sections) < LEAST_FOR_BREAK or _STEADY.search(prompt):
        return Arc()
    middle = len(sections) // 2
    unasked = [(0, 1), (middle, middle + 1), (len(sections) - 1, len(sections))]
    starts = [section.start_s for section in sections] + [duration_s]
    return Arc(_line([(starts[first], starts[last]) for first, last in unasked], duration_s))


def calm_prompt(prompt: str) -> str:
    """What is played where it is calm: the prompt without its drums and without what is said of the arc."""
    for said in (_FULL, _PLAYERS_AT, _NOT_UNTIL, _CALM, _OPENS, _ENDS, _BUILDS):
        prompt = said.sub(" ", prompt)
    return f"{without_drums(prompt)}, {CALM_WORDS}"


def without_arc(prompt: str) -> str:
    """The prompt without what was read of times: a model need not know those words."""
    for said in (_FULL, _PLAYERS_AT, _NOT_UNTIL, _CALM):
        prompt = said.sub(", ", prompt)
    return prompt


def describe_arc(prompt: str, facts: PromptFacts, duration_s: float = float("inf")) -> str:
    """What was read, for people: "quiet start, full at 0:45, calm at 1:30"; "" for nothing.

    A time that the take is too short for is told as that: it has no effect.
    """
    told = ["quiet start"] if _OPENS.search(prompt) else []
    for at, calm in _said_marks(prompt, facts, duration_s):
        late = " (after the end)" if at >= duration_s else ""
        told.append(f"{'calm' if calm else 'full'} at {int(at // 60)}:{int(at % 60):02}{late}")
    told += ["quiet ending"] if _ENDS.search(prompt) else []
    if not told and _BUILDS.search(prompt):
        told.append("builds")
    return ", ".join(told)


def _marks(prompt: str, facts: PromptFacts, duration_s: float) -> list[tuple[float, bool]]:
    """`(second, whether it gets calm there)`, in order, those inside of the take."""
    return [(at, calm) for at, calm in _said_marks(prompt, facts, duration_s) if at < duration_s]


def _said_marks(prompt: str, facts: PromptFacts, duration_s: float) -> list[tuple[float, bool]]:
    """The same with those behind the end of the take."""
    found = [
        (_second(match, facts, duration_s), False)
        for said in (_FULL, _PLAYERS_AT, _NOT_UNTIL)
        for match in said.finditer(prompt)
    ]
    found += [(_second(match, facts, duration_s), True) for match in _CALM.finditer(prompt)]
    return sorted({(at, calm) for at, calm in found if at is not None and 0 < at < float("inf")})


def _second(found: re.Match[str], facts: PromptFacts, duration_s: float) -> float | None:
    if found["minutes"]:
        return 60.0 * int(found["minutes"]) + int(found["seconds"])
    if found["amount"]:
        return float(found["amount"].replace(",", ".")) * (60 if found["unit"].lower().startswith("m") else 1)
    if found["half"]:
        return duration_s / 2
    if facts.beat_bpm is None:
        return None
    bars = _NUMBERS.get(found["bars"].lower()) or int(found["bars"])
    return bars * (facts.beats_in_bar or USUAL_METRE) * 60 / facts.beat_bpm


def _line(spans: Sequence[tuple[float, float]], duration_s: float) -> tuple[tuple[float, float], ...]:
    """Points of a line that is 1 inside of the spans and 0 elsewhere."""
    points: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        points += [(start, 1.0)] if start <= 0 else [(start, 0.0), (start + TURN_S, 1.0)]
        points += [] if end >= duration_s else [(max(start + TURN_S, end - TURN_S), 1.0), (end, 0.0)]
    return tuple(points)

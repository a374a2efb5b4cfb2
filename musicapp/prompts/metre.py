"""The metre that a prompt states: "3/4", "in 6/8", "cut time", "three-four time". Read by rule."""

from __future__ import annotations

import re

from musicapp.prompts.figures import plain

_COUNTS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12,
}  # fmt: skip
_SLASHES = dict.fromkeys(map(ord, "⁄∕／÷"), "/")
_SIGNS = {"¾": " 3/4 ", "⅜": " 3/8 ", "⅝": " 5/8 ", "⅞": " 7/8 ", "𝄵": " cut time ", "𝄴": " common time "}
_PARTS = (  # "part 2/2": one of two
    r"(?<!\btrack\s)(?<!\bpart\s)(?<!\bpt\s)(?<!\bpt\.\s)(?<!\btake\s)(?<!\bversion\s)(?<!\bvol\s)(?<!\bvol\.\s)"
    r"(?<!\bdisc\s)(?<!\bcd\s)(?<!\bpage\s)(?<!\bside\s)(?<!\bepisode\s)(?<!\bmovement\s)(?<!\bno\.\s)"
)
_AS_FRACTION = re.compile(
    rf"(?<![\d/.+]){_PARTS}(?P<sum>(?:\d\s?\+\s?)*)(?P<count>\d{{1,2}})(?:\s?/\s?(?P<unit>[248])(?![\d/])"
    r"(?!\s*(?:[\"”″]|inch|of\s+(?:the|a|an)\b))|-(?P<dashed>[248])\s+time\b|:(?P<colon>[248])\s+(?:time|metre|meter)\b)",
    re.IGNORECASE,
)
_SIXTEENTHS = re.compile(
    r"(?<![\d/.+])(5|6|7|9|11|12|13|15)/16(?![\d/])(?!\s*(?:notes?|delay|grid|swing|hats?|hi-?hats?|echo)\b)", re.I
)
IN_WORDS = re.compile(
    rf"\b({'|'.join(_COUNTS)})[\s-](?:by[\s-])?(two|four|eight)\b(?![\s-]+(?:bars?|measures?|times|voices?|parts?)\b)"
    r"(?<!two four)(?<!two two)(?<!two eight)"
    rf"|\b({'|'.join(_COUNTS)})[\s-](half|quarter|eighth)s?[\s-]time\b|\b(two)[\s-](two|four)[\s-]time\b",
    re.IGNORECASE,
)
_UNITS = {"two": 2, "half": 2, "four": 4, "quarter": 4, "eight": 8, "eighth": 8}
_NAMES = {
    2.0: re.compile(r"\bcut[\s-]time\b(?!\s+(?:in|down|by)\b)|\balla[\s-]breve\b|\bC\|(?!\w)|¢", re.I),
    3.0: re.compile(
        r"\bwaltz[\s-]time\b|\b(?:dreiviertel|walzer)takt\b|\btriple[\s-](?:time|met(?:re|er))\b|\bà\s+trois\s+temps\b"
        r"|三拍子",
        re.IGNORECASE,
    ),
    4.0: re.compile(
        r"\bcommon[\s-](?:time|met(?:re|er))\b|\bviervierteltakt\b|\bquadruple[\s-]time\b|\bà\s+quatre\s+temps\b"
        r"|\b4x4\s+(?:beat|kick|groove)\b|四拍子",
        re.IGNORECASE,
    ),
}


def read_beats(prompt: str) -> float | None:
    """Felt beats of a bar: three eighths are one in 6/8, a half note is one in 2/2; None where nothing is said."""
    for sign, words in _SIGNS.items():
        prompt = prompt.replace(sign, words)
    text = plain(prompt.translate(_SLASHES))
    if found := _AS_FRACTION.search(text):
        count = int(found["count"]) + sum(map(int, re.findall(r"\d", found["sum"])))
        beats = _felt(count, int(found["unit"] or found["dashed"] or found["colon"]))
        if beats is not None:
            return beats
    if found := _SIXTEENTHS.search(text):
        return _felt(int(found[1]), 8)
    if found := IN_WORDS.search(text):
        count_word, unit_word = (word for word in found.groups() if word)
        return _felt(_COUNTS[count_word.lower()], _UNITS[unit_word.lower()])
    return next((beats for beats, names in _NAMES.items() if names.search(text)), None)


def without_metre(prompt: str) -> str:
    """The prompt without words for a metre."""
    for pattern in (IN_WORDS, *_NAMES.values()):
        prompt = pattern.sub(", ", prompt)
    return prompt


def _felt(count: int, unit: int) -> float | None:
    if count < 2:  # "1/4 inch tape"
        return None
    if unit in (2, 4):
        return float(count)
    return count / 3 if count % 3 == 0 and count > 3 else count / 2

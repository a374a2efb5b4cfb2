"""Numbers and ranges of numbers as people write them, in every script and with either decimal sign. Read by rule."""

from __future__ import annotations

import re
import unicodedata

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")
_SAME = {**_DASHES, **dict.fromkeys(map(ord, "〜～∼≈"), "~"), ord("\u00a0"): " ", ord("\u202f"): " ", ord("，"): ","}
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code not in _SAME}

FIGURE = r"\d{2,3}(?:\.\d{1,3}|,\d{1,2})?(?!\d)"
_FIRST = r"(?<![\d/.])(?<!\d,)"  # not in the middle of a number
_OTHER_WORDS = "to|thru|through|till?|until|and|or|bis|und|oder|à|et|ou|al?|hasta|y|o|até|e|tot|en|до|и"
TILL = rf"(?:\s*,?\s*max(?:imum)?\.?\s*|\s*(?:->|=>|→|\.\.\.?|…|-|~|/|&)\s*|\s+(?:{_OTHER_WORDS})\s+)"
_ALTERNATIVES = re.compile(r"/|\b(?:or|oder|ou|o)\b", re.IGNORECASE)
_GIVE_OR_TAKE = r"(?:\s*(?:±|\+\s?/?\s?-)\s*\d{1,2}%?)?"


def plain(text: str) -> str:
    """The text in as many characters, with digits, dashes and wide letters of all scripts as in English."""
    return "".join(map(_plain, text.translate(_SAME).translate(_FULL_WIDTH)))


def span(number: int, unit: str = "") -> str:
    """A pattern for a figure or a range of two: groups lowN, tillN and highN. unit: that may stand behind the first."""
    between = rf"(?:\s*{unit})?" if unit else ""
    return (
        rf"{_FIRST}(?P<low{number}>{FIGURE}){_GIVE_OR_TAKE}"
        rf"(?:{between}(?P<till{number}>{TILL})(?P<high{number}>{FIGURE}))?"
    )


def value_of(found: re.Match[str], lowest: float, highest: float) -> float | None:
    """What a match of a `span` says: the figure, or the middle of the range; None outside of the bounds.

    Of a range of which only one end lies within them, that end counts: "track 12-90 bpm". Of two tempos of which one is
    twice the other ("70/140 bpm") the first counts: both say the same.
    """
    groups = found.groupdict()
    number = next(name[3:] for name, text in groups.items() if name.startswith("low") and text)
    low, till, high = (groups[f"{name}{number}"] for name in ("low", "till", "high"))
    if high is None:
        first, _, second = low.partition(",")
        if len(second) == 2 and float(second) > float(first):  # "90,95": no decimals, but two figures
            low, high, till = first, second, ","
    values = [float(text.replace(",", ".")) for text in (low, high) if text is not None]
    within = [value for value in values if lowest <= value <= highest]
    if len(within) == 2 and max(within) == 2 * min(within) and _ALTERNATIVES.search(till):
        return within[0]
    return sum(within) / len(within) if within else None


def _plain(character: str) -> str:
    if character.isascii():
        return character
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)

"""Keys by the names of other languages and of DJs: "la mineur", "fis-Moll", "嬰ハ短調", "8A". Read by rule."""

from __future__ import annotations

import re

_SYLLABLES = {
    "do": 0, "dó": 0, "ut": 0, "re": 2, "ré": 2, "rè": 2, "mi": 4, "fa": 5, "fá": 5, "sol": 7, "la": 9, "lá": 9,
    "si": 11,
}  # fmt: skip
_GERMAN = {
    "c": 0, "cis": 1, "des": 1, "d": 2, "dis": 3, "es": 3, "e": 4, "eis": 5, "fes": 4, "f": 5, "fis": 6, "ges": 6,
    "g": 7, "gis": 8, "as": 8, "a": 9, "ais": 10, "b": 10, "h": 11, "ces": 11, "his": 0, "hes": 10, "bes": 10,
}  # fmt: skip
_RUSSIAN = {"до": 0, "ре": 2, "ми": 4, "фа": 5, "соль": 7, "ля": 9, "си": 11}
_JAPANESE = {"ハ": 0, "ニ": 2, "ホ": 4, "ヘ": 5, "ト": 7, "イ": 9, "ロ": 11}
_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SHARP = r"#|♯|[\s-]?(?:dièse|diese|sostenido|sustenido|diesis|диез|kruis)"
_FLAT = r"b|♭|[\s-]?(?:bémol|bemol|bemolle|бемоль|mol)"
_MAJOR, _MINOR = r"majeure?|mayor|maggiore|maior|мажор", r"mineure?|menor|minore|минор"
_PATTERNS = (
    (
        re.compile(
            rf"(?<!\w)({'|'.join(_SYLLABLES)}|{'|'.join(_RUSSIAN)})(?:({_SHARP})|({_FLAT}))?[\s-]*"
            rf"(?:({_MAJOR})|({_MINOR}))(?!\w)",
            re.IGNORECASE,
        ),
        {**_SYLLABLES, **_RUSSIAN},
    ),
    (
        re.compile(
            rf"(?<!\w)({'|'.join(sorted(_GERMAN, key=len, reverse=True))})()()[\s-]*(?:(dur)|(moll))(?!\w)",
            re.IGNORECASE,
        ),
        _GERMAN,
    ),
    (re.compile(r"(?<!\w)([A-G])(?:(#|♯)|(b|♭))?\s*(?:(大调|大調|장조)|(小调|小調|단조))"), _LETTERS),
    (re.compile(r"(?:(升)|(降))([A-G])\s*(?:(大调|大調)|(小调|小調))"), _LETTERS),
    (re.compile(rf"(?:(嬰)|(変|變))?([{''.join(_JAPANESE)}])(?:(長調)|(短調))"), _JAPANESE),
)
_CAMELOT = re.compile(
    r"\b(?:camelot|key|tonart|clave)\W{0,3}(1[0-2]|[1-9])([AB])\b|(?:^|[,;|(\[])\s*(1[0-2]|[1-9])([AB])\s*(?=[,;|)\]]|$)",
    re.IGNORECASE,
)


def read_key_name(prompt: str) -> tuple[int, str] | None:
    """The pitch class of the tonic and "major" or "minor"."""
    for pattern, notes in _PATTERNS:
        if found := pattern.search(prompt):
            return _meant(found, notes)
    if found := _CAMELOT.search(prompt):
        number, letter = (text for text in found.groups() if text)
        minor = (8 + 7 * (int(number) - 1)) % 12  # 1A is A flat minor, and each step is a fifth
        return (minor, "minor") if letter.upper() == "A" else ((minor + 3) % 12, "major")
    return None


def without_key_names(prompt: str) -> str:
    """The prompt without what `read_key_name` reads, whose words no English model knows."""
    for pattern, _ in _PATTERNS:
        prompt = pattern.sub(", ", prompt)
    return prompt


def _meant(found: re.Match[str], notes: dict[str, int]) -> tuple[int, str]:
    *signs, major, _minor = found.groups()
    name = next(text for text in signs if text and _note_of(text, notes) is not None)
    at = signs.index(name)
    sharp, flat = signs[at + 1 : at + 3] if at == 0 else signs[:2]
    note = _note_of(name, notes) or 0
    return (note + bool(sharp) - bool(flat)) % 12, "major" if major else "minor"


def _note_of(text: str, notes: dict[str, int]) -> int | None:
    return notes.get(text if text in notes else text.lower())

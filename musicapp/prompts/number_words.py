"""Tempos in words: "one hundred and ten", "hundertzwanzig", "quatre-vingt-dix". Read by rule."""

from __future__ import annotations

import re
from functools import cache

SLOWEST, FASTEST = 30, 250  # outside of which nobody spells a tempo

_SMALL = {
    "zero": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_WORD = "|".join([*sorted(_SMALL, key=len, reverse=True), *_TENS, "hundred", "and", "a half", "point"])
_ENGLISH = rf"(?:{_WORD})(?:[\s-]+(?:{_WORD})){{0,7}}"


def _list(words: str) -> list[str]:
    return words.split()


_COMMAS = "komma|virgule|coma|punto|vírgula|virgula|virgola"

_GERMAN_ONES = _list(
    """
    null ein zwei drei vier fünf sechs sieben acht neun
    """
)
_GERMAN_TEENS = _list(
    """
    zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn
    """
)
_GERMAN_TENS = _list(
    """
    zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig
    """
)
_DUTCH_ONES = _list(
    """
    nul een twee drie vier vijf zes zeven acht negen
    """
)
_DUTCH_TEENS = _list(
    """
    tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien
    """
)
_DUTCH_TENS = _list(
    """
    twintig dertig veertig vijftig zestig zeventig tachtig negentig
    """
)
_FRENCH_SMALL = _list(
    """
    zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept
    dix-huit dix-neuf
    """
)
_FRENCH_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}
_SPANISH_SMALL = _list(
    """
    cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis
    diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis
    veintisiete veintiocho veintinueve
    """
)
_SPANISH_TENS = _list(
    """
    treinta cuarenta cincuenta sesenta setenta ochenta noventa
    """
)
_PORTUGUESE_SMALL = _list(
    """
    zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete
    dezoito dezenove
    """
)
_PORTUGUESE_TENS = _list(
    """
    vinte trinta quarenta cinquenta sessenta setenta oitenta noventa
    """
)
_ITALIAN_SMALL = _list(
    """
    zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici
    diciassette diciotto diciannove
    """
)
_ITALIAN_TENS = _list(
    """
    venti trenta quaranta cinquanta sessanta settanta ottanta novanta
    """
)


@cache
def pattern() -> str:
    """A pattern for one spelled number in any of the languages."""
    spelled = "|".join(re.escape(words) for words in sorted(_foreign(), key=len, reverse=True))
    ones = "|".join(map(re.escape, _ones()))
    return rf"(?:(?:{spelled})(?:\s+(?:{_COMMAS})\s+(?:{ones}))?|{_ENGLISH})"


def value(words: str) -> float | None:
    """The number that the words spell; None for what is none."""
    words = " ".join(words.lower().split())
    whole, *decimals = re.split(rf"\s(?:{_COMMAS})\s", words)
    if (number := _foreign().get(whole)) is not None:
        return number + (_ones()[decimals[0]] / 10 if decimals else 0.0)
    return _english(words)


def _english(words: str) -> float | None:
    """ "one hundred and ten" is 110, "one twenty" 120, "one oh eight" 108, "ninety-two point five" 92.5."""
    whole, _, decimals = words.replace("and a half", "point five").partition("point")
    parts = [word for word in re.split(r"[\s-]+", whole) if word and word != "and"]
    if len(parts) == 3 and all(_SMALL.get(word, 10) < 10 for word in parts):
        total = float("".join(str(_SMALL[word]) for word in parts))
    else:
        total = 0.0
        for word in parts:
            if word == "hundred":
                total = 100 * max(1, total)
            elif word in _TENS:
                total = 100 * total + _TENS[word] if 0 < total < 10 else total + _TENS[word]
            elif word in _SMALL:
                total = 100 * total + _SMALL[word] if 0 < total < 10 <= _SMALL[word] else total + _SMALL[word]
            else:
                return None
    digits = "".join(str(_SMALL.get(word, "")) for word in re.split(r"[\s-]+", decimals) if word)
    return float(f"{total:g}.{digits}") if digits else total


@cache
def _foreign() -> dict[str, int]:
    spelled: dict[str, int] = {}
    for number in range(SLOWEST, FASTEST + 1):
        for words in (_german(number), _dutch(number), _french(number), _spanish(number), _portuguese(number),
                      _italian(number)):  # fmt: skip
            for form in {words, words.replace("-", " "), _without_accents(words), words.replace("ß", "ss")}:
                spelled.setdefault(form, number)
    spelled |= {f"ein{_german(n)}": n for n in range(100, 200)} | {"septante": 70, "huitante": 80, "nonante": 90}
    return spelled


@cache
def _ones() -> dict[str, int]:
    """One to nine in every language, for what stands behind a decimal comma."""
    languages = (_GERMAN_ONES, _DUTCH_ONES, _FRENCH_SMALL, _SPANISH_SMALL, _PORTUGUESE_SMALL, _ITALIAN_SMALL)
    ones = {words[number]: number for words in languages for number in range(1, 10)}
    return ones | {"eins": 1, "funf": 5, "fuenf": 5, "tres": 3}


def _german(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    head = {0: "", 1: "hundert", 2: "zweihundert"}[hundreds]
    return head + _from_ones(rest, _GERMAN_ONES, _GERMAN_TEENS, _GERMAN_TENS, "und")


def _dutch(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    head = {0: "", 1: "honderd", 2: "tweehonderd"}[hundreds]
    return head + _from_ones(rest, _DUTCH_ONES, _DUTCH_TEENS, _DUTCH_TENS, "en")


def _from_ones(rest: int, ones: list[str], teens: list[str], tens: list[str], joint: str) -> str:
    """Below 100 in languages that say the ones first."""
    if rest == 0:
        return ""
    if rest < 10:
        return "eins" if ones[rest] == "ein" else ones[rest]
    if rest < 20:
        return teens[rest - 10]
    ten, one = divmod(rest, 10)
    joined = "ën" if joint == "en" and one in (2, 3) else joint
    return (f"{ones[one]}{joined}" if one else "") + tens[ten - 2]


def _french(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    head = {0: "", 1: "cent", 2: "deux cents" if not rest else "deux cent"}[hundreds]
    return f"{head} {_french_below_100(rest)}".strip() if rest else head


def _french_below_100(rest: int) -> str:
    if rest < 20:
        return _FRENCH_SMALL[rest]
    ten = max(base for base in _FRENCH_TENS if base <= rest)
    one = rest - ten
    if not one:
        return _FRENCH_TENS[ten] + ("s" if ten == 80 else "")
    joint = " et " if one in (1, 11) and ten != 80 else "-"
    return f"{_FRENCH_TENS[ten]}{joint}{_FRENCH_SMALL[one]}"


def _spanish(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    head = {0: "", 1: "ciento" if rest else "cien", 2: "doscientos"}[hundreds]
    if rest < 30:
        tail = _SPANISH_SMALL[rest] if rest else ""
    else:
        ten, one = divmod(rest, 10)
        tail = _SPANISH_TENS[ten - 3] + (f" y {_SPANISH_SMALL[one]}" if one else "")
    return f"{head} {tail}".strip()


def _portuguese(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    head = {0: "", 1: "cento" if rest else "cem", 2: "duzentos"}[hundreds]
    if rest < 20:
        tail = _PORTUGUESE_SMALL[rest] if rest else ""
    else:
        ten, one = divmod(rest, 10)
        tail = _PORTUGUESE_TENS[ten - 2] + (f" e {_PORTUGUESE_SMALL[one]}" if one else "")
    return " e ".join(part for part in (head, tail) if part)


def _italian(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    head = {0: "", 1: "cento", 2: "duecento"}[hundreds]
    if rest < 20:
        return head + (_ITALIAN_SMALL[rest] if rest else "")
    ten, one = divmod(rest, 10)
    base = _ITALIAN_TENS[ten - 2]
    return head + (base[:-1] if one in (1, 8) else base) + (_ITALIAN_SMALL[one] if one else "")


def _without_accents(words: str) -> str:
    return words.translate(str.maketrans("àáâãäéèêëíïóôõöúûüç", "aaaaaeeeeiioooouuuc"))

"""Which words of a prompt a model never learnt, and near ones that it knows. No torch here.

A model folder may hold `vocabulary.json`: the words its text encoder was trained on, and relatives of well-known words
that it was not. Public checkpoints have no such file, and then nothing is said.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from musicapp.description.config import read_json
from musicapp.errors import CheckpointError
from musicapp.prompts import near_words

log = logging.getLogger(__name__)

FILE_NAME, FORMAT_VERSION = "vocabulary.json", 1
MOST_NAMED = 4  # unknown words in one note; a prompt in a foreign language has nothing but them
MOST_NEAR = near_words.MOST_NEAR

# Words that say nothing about the music are never named, learnt or not.
_PLAIN = frozenset(
    """a about after all also am an and any are as at be been before but by can could do does for from get give go had
    has have he her here hers him his how i if in into is it its just like lot made make makes making may me more most
    much must my need not of off on only or other our out over please really she should show so some something such
    than that the their them then there these they this those through time to too under until up us very want was we
    were what when where which while who will with would you your""".split()  # noqa: SIM905 - as a list of strings it would be a page long
)
_WORD = re.compile(r"[^\W_]+(?:['’&#♯♭+-]+[^\W_]+)*[#♯♭]?")
# Numbers with their units, metres, and keys in every spelling: C, F#m, Bbmaj, c-sharp.
_NUMBER = re.compile(r"\d+(?:bpm|s|hz|khz|th|st|nd|rd|bit|bar|min|sec)?|[a-g](?:#|♯|b|♭|-?sharp|-?flat)?(?:m|min|maj)?")


@dataclass(frozen=True)
class Unknown:
    """A word that was not learnt, as it was typed, and known ones near to it."""

    word: str
    near: tuple[str, ...]


class Vocabulary:
    """The words of one model, in lower case; `relatives` leads from words or pairs of words to known names."""

    def __init__(self, words: Iterable[str], relatives: Mapping[str, tuple[str, ...]]) -> None:
        self.words = frozenset(words)
        self.relatives = dict(relatives)
        self._find_near = cache(self._near)

    def unknown_in(self, prompt: str) -> tuple[Unknown, ...]:
        """The words of a prompt that were not learnt, each once, in their order; at most `MOST_NAMED`.

        Numbers, keys, and the slips of the finger that training covers (a letter swapped, dropped or doubled) count
        as known, and so do plurals of known words.
        """
        typed = list(_WORD.finditer(prompt))
        found: dict[str, Unknown] = {}
        place = 0
        while place < len(typed) and len(found) < MOST_NAMED:
            pair = _pair_at(prompt, typed, place)
            word = pair if pair.lower() in self.relatives else typed[place][0]
            if not self._knows(word.lower()):
                found.setdefault(word.lower(), Unknown(word, self._find_near(word.lower())))
            place += 2 if word == pair else 1
        return tuple(found.values())

    def _knows(self, word: str) -> bool:
        if word in self.relatives:
            return False
        parts = re.split(r"[-'’&+]+", word)
        joined = "".join(parts)
        forms = {word, joined, joined.removesuffix("s"), joined.removesuffix("es"), f"{joined}s"}
        if forms & self.words or self._is_understood(word):
            return True
        return all(part in self.words or self._is_understood(part) for part in parts)

    def _is_understood(self, word: str) -> bool:
        if word in _PLAIN or _NUMBER.fullmatch(word):
            return True
        return not self.words.isdisjoint(_meant_by(word) | _meant_by(word.removesuffix("s")))

    def _near(self, word: str) -> tuple[str, ...]:
        for form in (word, word.removesuffix("s")):
            if form in self.relatives:
                return self.relatives[form][:MOST_NEAR]
        names = (name for relatives in self.relatives.values() for name in relatives)
        return near_words.near_names(word, self._knows, names)


def _pair_at(prompt: str, typed: list[re.Match[str]], place: int) -> str:
    """A word and the next one, unless something stands between them: "bass, clarinet" is no bass clarinet."""
    first, *rest = typed[place : place + 2]
    if not rest or prompt[first.end() : rest[0].start()].strip():
        return ""
    return f"{first[0]} {rest[0][0]}"


def note_about(unknown: Iterable[Unknown]) -> str:
    """One or two sentences for people; "" when every word is known."""
    named = tuple(unknown)
    if not named:
        return ""
    near = tuple(dict.fromkeys(name for word in named for name in word.near))
    offer = f" Near: {', '.join(near)}." if near else ""
    return f"This model does not know: {', '.join(word.word for word in named)}.{offer}"


def read_vocabulary(folder: Path) -> Vocabulary | None:
    """The vocabulary of a model folder; None without one, and for one that cannot be read, which is logged."""
    path = folder / FILE_NAME
    try:
        if not path.is_file():
            return None
        return _parse(read_json(path))
    except (CheckpointError, OSError) as error:
        log.warning("vocabulary in %s left out: %s", folder, error)
        return None


def write_vocabulary(folder: Path, vocabulary: Vocabulary) -> Path:
    """Put the words into a model folder."""
    relatives = {word: list(names) for word, names in sorted(vocabulary.relatives.items())}
    values = {"version": FORMAT_VERSION, "words": sorted(vocabulary.words), "relatives": relatives}
    path = folder / FILE_NAME
    path.write_text(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return path


def words_in(text: str) -> list[str]:
    """The words of a text as a vocabulary lists them: lower case, compounds also in one word and in their parts."""
    found = [word.lower() for word in _WORD.findall(text)]
    compounds = [word for word in found if "-" in word]
    return [*found, *(part for word in compounds for part in (word.replace("-", ""), *word.split("-")))]


def _parse(values: dict[str, Any]) -> Vocabulary:
    words, relatives = values.get("words"), values.get("relatives", {})
    if values.get("version") != FORMAT_VERSION:
        raise CheckpointError(f"{FILE_NAME} has a version that is not known.")
    if not isinstance(relatives, dict) or not all(_are_words(names) for names in (words, *relatives.values())):
        raise CheckpointError(f"{FILE_NAME} is no list of words.")
    assert isinstance(words, list)
    return Vocabulary(words, {word: tuple(names) for word, names in relatives.items()})


def _are_words(names: object) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) and name for name in names)


def _meant_by(word: str) -> set[str]:
    """The words of which this may be a misspelling: two letters swapped, one dropped or doubled. Long words only."""
    if not (word.isalpha() and len(word) >= 4 and len(word) < 40):
        return set()
    letters = "abcdefghijklmnopqrstuvwxyz"
    inner = range(1, len(word) - 1)
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in inner}
    doubled = {word[:at] + word[at + 1 :] for at in inner if word[at] == word[at - 1] and len(word) > 5}
    dropped = {word[:at] + letter + word[at:] for at in range(1, len(word)) for letter in letters}
    return {meant for meant in swapped | doubled | dropped if len(meant) > 4}

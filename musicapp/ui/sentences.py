"""English sentences with values in them, found again among the templates that they were made from.

"“a.wav” has 6 channels." is known by the template "“{1}” has {2} channels.": the catalogue has that one, and the values
go over into the sentence of the other language. Values that are sentences or words of ours are translated as well; what
stands in quotation marks is somebody's own and stays. A text that no template fits is taken apart at line ends, middle
dots and full stops; what is still unknown stays English.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from musicapp import paths

log = logging.getLogger(__name__)

_HOLE = re.compile(r"\{(\d+)\}")
_BREAKS, _LATE_BREAK = ("\n", " · "), "; "  # no template goes over the first ones
_AROUND = " ·,;:\n"  # what joins a piece to others
_WEAK = 5  # letters of a template below which its values must be known
_QUOTED = re.compile("“[^“”]*”")
LONGEST_RUN = 4  # sentences that one template has at most
_SENTENCE_END = re.compile(r"(?<=[.!?:…]) (?=[^a-z ])")
MOST_CHARACTERS = 4000  # longer texts are no sentences of ours
DEEPEST = 4


def file_of_templates() -> Path:
    """Where `./dev translate` keeps the templates that it found in the source."""
    return paths.resources_folder() / "translations" / "sentences.json"


class Sentences:
    """Translates finished sentences.

    translated  template -> template of the other language, "" when there is none
    own         a number or a key, which follow rules -> as the language writes it; None for anything else
    """

    def __init__(self, translated: Callable[[str], str], own: Callable[[str], str | None]) -> None:
        self._translated, self._own = translated, own
        self._patterns: list[_Pattern] | None = None
        self.of = lru_cache(maxsize=512)(self._whole)

    def _whole(self, text: str) -> str:
        if len(text) > MOST_CHARACTERS:
            return text
        found = self._of(text, 0)
        if found == text and text[:1].isupper():  # words of the command line that begin a line here
            small = text[0].lower() + text[1:]
            found = self._of(small, 0)
            return found[:1].upper() + found[1:] if found != small else text
        return found

    def _of(self, text: str, depth: int) -> str:
        """The text in the other language, piece by piece where it is not known as a whole."""
        bare = text.strip(_AROUND)
        if not bare or depth > DEEPEST:
            return text
        for mark in _BREAKS:
            if mark in bare:
                return mark.join(self._of(part, depth + 1) for part in text.split(mark))
        for whole in (text.strip(), bare):
            if (found := self._known(whole, depth)) is not None:
                before, _, behind = text.partition(whole)
                return before + found + behind
        joined, parts = text.split(_LATE_BREAK), _SENTENCE_END.split(text)
        if len(parts) > 1 and not all(self._known(part, depth) for part in joined):  # it may be inside of sentences
            return self._longest(parts, depth)
        if len(joined) > 1:
            return _LATE_BREAK.join(self._of(part, depth + 1) for part in joined)
        listed = [self._known(part, depth) for part in text.split(", ")] if depth else []
        return ", ".join(part for part in listed if part) if listed and all(listed) else text

    def _longest(self, parts: list[str], depth: int) -> str:
        """Sentences that stand in a row: the longest runs that one template covers, the others by themselves."""
        made, first = [], 0
        while first < len(parts):
            for last in range(min(len(parts), first + LONGEST_RUN), first, -1):
                run = " ".join(parts[first:last])
                if (found := self._known(run, depth)) is not None:
                    made.append(found)
                    break
            else:
                made.append(self._of(parts[first], depth + 1))
                last = first + 1
            first = last
        return " ".join(made)

    def _known(self, text: str, depth: int) -> str | None:
        """The translation by the template that says most of the text itself; None without one."""
        if (own := self._own(text)) is not None:
            return own
        if exact := self._translated(text.replace("{", "{{").replace("}", "}}")):
            return exact.replace("{{", "{").replace("}}", "}")
        if self._patterns is None:
            self._patterns = [_Pattern(template) for template in _templates() if _HOLE.search(template)]
            self._patterns.sort(key=lambda pattern: -pattern.weight)
        masked = _QUOTED.sub(_mask, text)
        for pattern in self._patterns:
            if pattern.anchor not in text or (found := pattern.values(text, masked)) is None:
                continue
            if pattern.is_weak and not all(self._is_known(value, depth) for value in found):
                continue
            if translation := self._translated(pattern.template):
                values = [self._value(value, pattern, place, depth) for place, value in enumerate(found)]
                return _filled(translation, values)
        return None

    def _is_known(self, value: str, depth: int) -> bool:
        return depth < DEEPEST and self._known(value, depth + 1) is not None

    def _value(self, value: str, pattern: _Pattern, place: int, depth: int) -> str:
        return value if place in pattern.quoted else self._of(value, depth + 1)


class _Pattern:
    """A template as the pieces of text between its holes."""

    def __init__(self, template: str) -> None:
        self.template = template
        pieces = [_plain(piece) for piece in _HOLE.split(template)[::2]]
        self.anchor = max(pieces, key=len)
        self.weight = sum(len(piece) for piece in pieces)
        self.quoted = {
            place for place, (before, after) in enumerate(pairwise(pieces)) if before[-1:] == "“" or after[:1] == "”"
        }
        self.is_weak = self.weight - sum(piece.count(" ") for piece in pieces) < _WEAK and not self.quoted
        self._pieces = pieces

    def values(self, text: str, masked: str) -> list[str] | None:
        """What stands in the holes, each as short as can be; None where the text is not of this template.

        masked  the text with what is quoted made unreadable: no piece begins or ends within a quotation, if possible
        """
        places = self._places(masked) or (self._places(text) if masked != text else None)
        if places is None:
            return None
        found = [text[start:end] for start, end in places]
        is_bare = self.weight == len("“”")  # which would fit whatever begins and ends with a quotation
        return None if is_bare and ("“" in found[0] or "”" in found[0]) else found

    def _places(self, text: str) -> list[tuple[int, int]] | None:
        first, *between, last = self._pieces
        at, end = len(first), len(text) - len(last)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return None
        places = []
        for piece in between:
            found = text.find(piece, at, end)
            if found < 0:
                return None
            places.append((at, found))
            at = found + len(piece)
        return [*places, (at, end)]


def _mask(quotation: re.Match[str]) -> str:
    return "“" + "\0" * (len(quotation[0]) - 2) + "”"


def _plain(piece: str) -> str:
    return piece.replace("{{", "{").replace("}}", "}")


def _filled(template: str, values: list[str]) -> str:
    pieces = _HOLE.split(template)
    filled = [values[int(piece) - 1] if place % 2 else _plain(piece) for place, piece in enumerate(pieces)]
    return "".join(filled)


def _templates() -> list[str]:
    try:
        return [str(template) for template in json.loads(file_of_templates().read_text(encoding="utf-8"))]
    except (OSError, ValueError) as error:
        log.warning("sentences stay English: %s", error)
        return []

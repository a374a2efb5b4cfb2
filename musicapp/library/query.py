"""What is typed into a search: words that must all be there, anywhere, in any order; “quoted words” as they stand.

Large and small letters, accents, the ways to write sharps and flats, and 120bpm and 120 bpm count as the same. A `#`
in front asks for tags.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from musicapp.library.take import Take

MOST_WORDS = 20
MAX_CHARACTERS = 400
_WORDS = re.compile(r'["“”„]([^"“”„]+)["“”„]|(\S+)')
_BEFORE_BPM = re.compile(r"(?<=\d) ?(?=b(?:pm?)?\b)")  # also while it is typed
_SIGNS = str.maketrans({"♯": "#", "♭": "b", "\0": " "})


def words_of(text: str) -> tuple[str, ...]:
    """The words of a search, folded; none for an empty one, which finds everything."""
    found = (folded(quoted or word).strip(' "') for quoted, word in _WORDS.findall(text[:MAX_CHARACTERS]))
    return tuple(word for word in found if word)[:MOST_WORDS]


def ways_of(word: str) -> tuple[str, ...]:
    """Every way in which a word of a search may stand in a text; one of them is enough."""
    return tuple(dict.fromkeys((word, *(_BEFORE_BPM.sub(between, word) for between in ("", " ")))))


def is_found(words: tuple[str, ...], text: str) -> bool:
    """Whether a text of `text_of` has all the words."""
    return all(any(way in text for way in ways_of(word)) for word in words)


def text_of(take: Take, tempo_bpm: float | None = None, key: str = "") -> str:
    """All that a take is found by, folded: its words, tags, model, seed, tempo and key as people write them."""
    request = take.request
    parts = [
        take.title,
        request.prompt,
        request.negative_prompt,
        " ".join(f"#{tag}" for tag in take.tags),
        take.model_name,
        f"seed {request.seed}",
        f"{tempo_bpm:g} bpm" if tempo_bpm else "",
        key,
        take.take_id,
    ]
    return folded("\n".join(part for part in parts if part))


@lru_cache(maxsize=256)
def folded(text: str) -> str:
    """The text as it is compared, without what no database takes: halves of letters, as in names that are no UTF-8."""
    parts = unicodedata.normalize("NFKD", text.translate(_SIGNS))
    kept = "".join(c for c in parts if not unicodedata.combining(c)).casefold()
    return kept.encode("utf-8", "ignore").decode()

"""The words that captions teach, for the model folder: what the app can tell a user that a model never learnt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from musicapp.captions import words
from musicapp.captions.phrases import SEEN
from musicapp.captions.relatives import RELATIVES
from musicapp.composing.instruments import INSTRUMENTS
from musicapp.composing.theory import METRES
from musicapp.prompts.scales import SCALES
from musicapp.prompts.vocabulary import Vocabulary, words_in

# What the caption writer says outside its tables.
_WRITTEN = "with featuring melody played on as the lead at in around key of chord loop sample note yes none sharp flat \
major minor maj min time beats per minute low high piano guitar strings bass synths saxophone brass flute organ"


def learnt_words() -> Vocabulary:
    """Every word of the caption writer's tables; relatives that are learnt themselves by now are left out."""
    learnt = {word for text in _texts() for word in words_in(text)}
    named = {name for table in (words.STYLES, words.INSTRUMENTS) for names in table.values() for name in names}
    relatives = {word: near for word, near in RELATIVES.items() if word not in learnt | named | set(INSTRUMENTS)}
    return Vocabulary(learnt, relatives)


def _texts() -> Iterator[str]:
    """All that a caption can be made of."""
    yield _WRITTEN
    yield from INSTRUMENTS
    yield from (*METRES, *SCALES)
    for table in (words.STYLES, words.INSTRUMENTS, words.MOODS, words.MODES):
        for name, others in table.items():
            yield from (name, *others)
    for field in fields(SEEN):
        yield from _strings(getattr(SEEN, field.name))


def _strings(value: object) -> Iterator[str]:
    """The texts in nested tuples and dictionaries, without the names of what is filled in."""
    if isinstance(value, str):
        yield " ".join(part for part in value.replace("}", "{").split("{")[::2])
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _strings(inner)

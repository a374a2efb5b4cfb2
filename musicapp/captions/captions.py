"""Writes captions the way people ask for music: never everything, seldom twice alike, never against the truth.

Facts are drawn from the truth, each is put into words, and the words into one of four forms: tags, bare keywords, a
sentence, or "Type: value" pairs as in Stable Audio's prompts (arXiv 2404.10301, section 4).
"""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass, replace

from musicapp.captions import words
from musicapp.captions.phrases import HELD_OUT, SEEN, Phrases
from musicapp.composing.instruments import INSTRUMENTS, family_of
from musicapp.composing.styles import STYLES
from musicapp.composing.truth import Truth

SLOW_BPM, FAST_BPM = 84.0, 126.0
LOW_ENERGY, HIGH_ENERGY = 0.3, 0.7
_HELD_OUT_SHARE = 25  # one combination in this many

# How likely each fact is in a caption of ordinary length.
_CHANCES = {
    "style": 0.85, "moods": 0.5, "lead": 0.6, "instruments": 0.4, "tempo": 0.6, "key": 0.55, "drums": 0.35,
    "metre": 0.12, "energy": 0.15, "parts": 0.08, "absent": 0.06, "kind": 0.8,
}  # fmt: skip
_SURPRISE = 0.85  # that drums, or none, are mentioned where the style leads one to expect the opposite
_FORMS = ("tags", "tags", "tags", "keywords", "sentence", "sentence", "sentence", "pairs")
_ABSENT = ("piano", "guitar", "strings", "bass", "synths", "saxophone", "brass", "flute", "organ")
_PROTECTED = {
    "major",
    "minor",
    "sharp",
    "flat",
    "drums",
    "without",
    "percussion",
    "beats",
    "minute",
    "tempo",
    "drumless",
}


def write_caption(truth: Truth, rng: random.Random, *, held_out: bool = False) -> str:
    """One caption for a piece; `held_out` uses phrasings that training never sees. A recording has its own."""
    if truth.caption:
        return truth.caption
    return _write(truth, _choose_facts(truth, rng), rng, held_out=held_out)


@dataclass(frozen=True)
class Contrast:
    """A caption, and captions of the same facts but one; None where the caption has no such fact.

    without_lead  leaves open which instrument leads
    other_drums   has the drums that the caption refuses, or refuses those that it has
    """

    caption: str
    without_lead: str | None
    other_drums: str | None


def write_contrast(truth: Truth, rng: random.Random) -> Contrast:
    """A caption that says what leads and often whether drums are wanted, and its opposites. Not for recordings."""
    plain = [fact for fact in _choose_facts(truth, rng) if fact not in ("lead", "drums", "absent")]
    drums = ["drums"] * (_is_available(truth, "drums") and (not truth.has_drums or rng.random() < 0.5))
    others = tuple(name for name in truth.instruments if name != truth.lead)
    contrary = replace(truth, has_drums=not truth.has_drums, instruments=(*truth.instruments, "drums"))
    seed = rng.random()  # the same for all, so that they differ in little else

    def written(facts: list[str], truth: Truth) -> str:
        return _write(truth, facts, random.Random(seed))

    return Contrast(
        caption=written([*plain, *drums, "lead"], truth),
        without_lead=written([*plain, *drums], replace(truth, instruments=others)) if plain else None,
        other_drums=written([*plain, *drums, "lead"], contrary) if drums else None,
    )


def _write(truth: Truth, facts: list[str], rng: random.Random, *, held_out: bool = False) -> str:
    """These facts in words, in one of the forms."""
    phrases = HELD_OUT if held_out else SEEN
    form = rng.choice(_FORMS)
    if held_out and len(facts) == 1 and form != "pairs":
        form = "sentence"  # a single tag would be phrased as in training
    upper = rng.random() < 0.03
    if form == "pairs":
        text = _pairs(truth, facts, rng, phrases, plain_key=upper)
    elif form == "sentence":
        text = _sentence(truth, facts, rng, phrases, plain_key=upper)
    else:
        said = [_say(truth, fact, rng, phrases, plain_key=upper) for fact in facts]
        rng.shuffle(said)
        separator = " " if form == "keywords" and not held_out else rng.choice(phrases.separators)
        text = separator.join(part for part in said if part)
    if rng.random() < 0.04:
        text = _misspelt(text, rng)
    return _recased(" ".join(text.split()), rng, upper=upper)


def is_held_out(truth: Truth) -> bool:
    """Whether this combination of style, lead and mode is kept from training, for the evaluation."""
    return zlib.crc32(f"{truth.style}/{truth.lead}/{truth.mode}".encode()) % _HELD_OUT_SHARE == 0


def _choose_facts(truth: Truth, rng: random.Random) -> list[str]:
    """Which facts to tell: from a single one to nearly all."""
    available = [fact for fact in _CHANCES if _is_available(truth, fact)]
    if rng.random() < 0.08:
        return [rng.choice([fact for fact in available if fact in ("style", "lead", "moods", "tempo")] or available)]
    wordy = rng.uniform(0.5, 1.5)
    chances = _CHANCES | ({"drums": _SURPRISE} if _surprises(truth) else {})
    facts = [fact for fact in available if rng.random() < chances[fact] * wordy]
    return facts or ["style"]


def _surprises(truth: Truth) -> bool:
    style = STYLES.get(truth.style)
    return style is not None and (style.drums < 0.2 if truth.has_drums else style.drums > 0.8)


def _is_available(truth: Truth, fact: str) -> bool:
    return {
        "moods": bool(truth.moods),
        "tempo": truth.tempo_bpm > 0,
        "key": bool(truth.key),
        "metre": bool(truth.metre) and (truth.metre != "4/4"),
        "parts": len(truth.sections) > 2,
        "kind": truth.kind != "song",
        "energy": not LOW_ENERGY <= truth.energy <= HIGH_ENERGY and truth.kind != "one-shot",
        "instruments": len(truth.instruments) > 1,
        "drums": truth.kind != "one-shot",
    }.get(fact, True)


def _say(truth: Truth, fact: str, rng: random.Random, phrases: Phrases, *, plain_key: bool) -> str:
    """One fact in words."""
    if fact == "style":
        return _style(truth, rng)
    if fact == "moods":
        return _listed(_moods(truth, rng), rng)
    if fact == "lead":
        return rng.choice(phrases.lead).format(lead=_instrument(truth.lead, rng))
    if fact == "instruments":
        return _listed(_others(truth, rng), rng)
    if fact == "tempo":
        return _tempo(truth, rng, phrases)
    if fact == "key":
        return _key_phrase(truth, rng, phrases, plain=plain_key)
    if fact == "metre":
        return rng.choice(phrases.metre).format(metre=truth.metre)
    if fact == "drums":
        return _drums(truth, rng, phrases)
    if fact == "energy":
        return rng.choice(phrases.low_energy if truth.energy < LOW_ENERGY else phrases.high_energy)
    if fact == "kind":
        return rng.choice(phrases.loop if truth.kind == "loop" else phrases.chord if truth.mode else phrases.note)
    if fact == "parts":
        names = [section.name for section in truth.sections if section.name in phrases.parts]
        return rng.choice(phrases.parts[rng.choice(names)]) if names else ""
    return rng.choice(phrases.absent).format(absent=_missing(truth, rng))


def _pairs(truth: Truth, facts: list[str], rng: random.Random, phrases: Phrases, *, plain_key: bool) -> str:
    values = {
        "style": lambda: _style(truth, rng),
        "lead": lambda: _instrument(truth.lead, rng),
        "instruments": lambda: ", ".join(_instrument(name, rng) for name in _some(truth.instruments, rng)),
        "moods": lambda: ", ".join(_moods(truth, rng)),
        "tempo": lambda: f"{truth.tempo_bpm:g}",
        "key": lambda: _key(truth, rng, plain=plain_key),
        "metre": lambda: truth.metre,
        "drums": lambda: "yes" if truth.has_drums else rng.choice(("no", "none")),
        "kind": lambda: "Loop" if truth.kind == "loop" else "One-shot",
        "energy": lambda: "low" if truth.energy < LOW_ENERGY else "high",
    }
    told = [fact for fact in facts if fact in values] or ["style"]
    rng.shuffle(told)
    separator = rng.choice((" | ", " | ", "|", ", ", "; "))
    return separator.join(f"{rng.choice(phrases.labels[fact])}: {values[fact]()}" for fact in told)


def _sentence(truth: Truth, facts: list[str], rng: random.Random, phrases: Phrases, *, plain_key: bool) -> str:
    adjectives = _moods(truth, rng) if "moods" in facts and truth.moods else []
    if "energy" in facts:
        adjectives.append(rng.choice(phrases.low_energy if truth.energy < LOW_ENERGY else phrases.high_energy))
    noun = rng.choice(phrases.nouns) if truth.kind == "song" else rng.choice(("loop", "sample"))
    if truth.kind == "one-shot":
        noun = "chord" if truth.mode else "note"
    style = _style(truth, rng) if "style" in facts or not noun else ""
    phrase = " ".join([*adjectives, style, noun]).strip()
    rest = [fact for fact in facts if fact not in ("moods", "energy", "style", "kind")]
    rng.shuffle(rest)
    clauses = [_clause(truth, fact, rng, phrases, plain_key=plain_key) for fact in rest]
    phrase += "".join(rng.choice((" ", " ", ", ")) + clause for clause in clauses if clause)
    article = "an" if phrase[:1].lower() in "aeiou8" else "a"
    return rng.choice(phrases.frames).format(a=article, A=article.capitalize(), np=phrase)


def _clause(truth: Truth, fact: str, rng: random.Random, phrases: Phrases, *, plain_key: bool) -> str:
    """A fact as it stands after the noun of a sentence."""
    if phrases is HELD_OUT:
        return _say(truth, fact, rng, phrases, plain_key=plain_key)
    if fact == "lead":
        name = _instrument(truth.lead, rng)
        return rng.choice(("with {}", "featuring {}", "with {} melody", "played on {}", "with {} as the lead")).format(
            name
        )
    if fact == "instruments":
        return "with " + _listed(_others(truth, rng), rng)
    if fact == "tempo":
        exact = rng.choice(
            ("at {} bpm", "at {} BPM", "at {} beats per minute", "with a tempo of {} bpm", "around {} bpm")
        )
        return exact.format(f"{truth.tempo_bpm:g}") if rng.random() < 0.8 else _tempo_word(truth, rng, phrases)
    if fact == "key":
        return rng.choice(("in {}", "in {}", "in the key of {}")).format(_key(truth, rng, plain=plain_key))
    return _say(truth, fact, rng, phrases, plain_key=plain_key)


def _style(truth: Truth, rng: random.Random) -> str:
    names = [name for name in words.STYLES[truth.style] if _earns(truth, name)]
    return names[0] if rng.random() < 0.5 else rng.choice(names)


def _earns(truth: Truth, name: str) -> bool:
    if name in words.SLOW_WORDS:
        return 0 < truth.tempo_bpm < SLOW_BPM
    if "beat" in name.split() or "beats" in name.split():
        return truth.has_drums
    return truth.metre == "6/8" if name in words.JIGS else True


def _instrument(name: str, rng: random.Random) -> str:
    names = words.INSTRUMENTS.get(name, (name,))
    return names[0] if rng.random() < 0.6 else rng.choice(names)


def _moods(truth: Truth, rng: random.Random) -> list[str]:
    return [rng.choice(words.MOODS[mood]) for mood in _some(truth.moods, rng)]


def _others(truth: Truth, rng: random.Random) -> list[str]:
    names = [name for name in truth.instruments if name != truth.lead]
    return [_instrument(name, rng) for name in _some(tuple(names), rng)[:3]]


def _some(names: tuple[str, ...], rng: random.Random) -> list[str]:
    return rng.sample(names, k=rng.randint(1, len(names))) if names else []


def _listed(names: list[str], rng: random.Random) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}" if rng.random() < 0.5 else ", ".join(names)


def _tempo(truth: Truth, rng: random.Random, phrases: Phrases) -> str:
    if rng.random() < 0.2:
        return _tempo_word(truth, rng, phrases)
    return rng.choice(phrases.tempo).format(bpm=f"{truth.tempo_bpm:g}")


def _tempo_word(truth: Truth, rng: random.Random, phrases: Phrases) -> str:
    slow, fast = truth.tempo_bpm < SLOW_BPM, truth.tempo_bpm > FAST_BPM
    return rng.choice(phrases.slow if slow else phrases.fast if fast else phrases.medium)


def _key_phrase(truth: Truth, rng: random.Random, phrases: Phrases, *, plain: bool) -> str:
    # The mode alone never follows an article: "in a minor key" would read as A minor.
    if truth.mode in ("major", "minor") and rng.random() < 0.15:
        return f"{truth.mode} key" if truth.kind != "one-shot" else f"{truth.mode} chord"
    return rng.choice(phrases.key).format(key=_key(truth, rng, plain=plain))


def _key(truth: Truth, rng: random.Random, *, plain: bool) -> str:
    """The key in one of its spellings; `plain` leaves out those that capitals would turn around (Cm, CM)."""
    tonic = rng.choice((truth.key, truth.key, words.FLATS.get(truth.key, truth.key)))
    if rng.random() < 0.2:
        tonic = tonic[0] + {"#": " sharp", "b": " flat"}.get(tonic[1:], "")
    if not truth.mode:
        return tonic
    short = len(tonic) <= 2 and not plain
    if truth.mode == "minor":
        return tonic + rng.choice((" minor", " minor", " minor", "m", "min", " min") if short else (" minor", " min"))
    if truth.mode == "major":
        return tonic + rng.choice((" major", " major", " major", "maj", " maj") if short else (" major", " maj"))
    return f"{tonic} {rng.choice(words.MODES.get(truth.mode, (truth.mode,)))}"


def _drums(truth: Truth, rng: random.Random, phrases: Phrases) -> str:
    if not truth.has_drums:
        return rng.choice(phrases.no_drums)
    if "drums" in truth.instruments:
        return rng.choice(phrases.drums)
    return rng.choice(("percussion", "with percussion", "hand percussion"))


def _missing(truth: Truth, rng: random.Random) -> str:
    """Something that people might expect and that is not there."""
    sounding = " ".join(f"{name} {family_of(name)}" for name in truth.instruments)
    sounding += " bass" * any(name in sounding for name in ("cello", "contrabass", "tuba"))
    synthetic = any(INSTRUMENTS[name].is_synthesised or family_of(name) == "synth" for name in truth.instruments)
    sounding += " synths" * synthetic
    sounding += " saxophone" * ("sax" in sounding)
    return rng.choice([name for name in _ABSENT if name not in sounding])


def _misspelt(text: str, rng: random.Random) -> str:
    """Swap, drop or double one letter of one longer word that carries no number or key."""
    parts = text.split(" ")
    places = [i for i, part in enumerate(parts) if part.isalpha() and len(part) > 4 and _may_be_misspelt(part.lower())]
    if not places:
        return text
    place = rng.choice(places)
    word, at = parts[place], rng.randrange(1, len(parts[place]) - 2)
    parts[place] = rng.choice((word[:at] + word[at + 1] + word[at] + word[at + 2 :], word[:at] + word[at + 1 :],
                               word[:at] + word[at] + word[at:]))  # fmt: skip
    return " ".join(parts)


def _may_be_misspelt(word: str) -> bool:
    return word not in _PROTECTED and not word.endswith(("min", "maj"))


def _recased(text: str, rng: random.Random, *, upper: bool) -> str:
    if upper:
        return text.upper()
    draw = rng.random()
    if draw < 0.45:
        return text
    return text.lower() if draw < 0.8 else text[:1].upper() + text[1:]

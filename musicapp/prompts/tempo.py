"""The tempo that a prompt states, as a figure or as a word. Read by rule; no torch here."""

from __future__ import annotations

import re

SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0  # outside of which a number is not taken for a tempo

_SMALL = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_WORD = "|".join([*sorted(_SMALL, key=len, reverse=True), *_TENS, "hundred", "and"])
_UNIT = r"(?:b\.?p\.?m\.?s?\b|bmp\b|to\s+the\s+minute\b|beats?\s*(?:per|a|/)\s*min(?:ute)?s?\b)"
_FIGURE = r"(?<![\d/.])(?<!\d,)(\d{2,3}(?:\.\d{1,3})?)"
_BEFORE_UNIT = re.compile(rf"{_FIGURE}\s*-?\s*{_UNIT}", re.IGNORECASE)
_BEHIND_LABEL = re.compile(
    rf"\b(?:{_UNIT}|tempo|metronome|click|clock\s+it|m\.?m\.?(?=\W))\W*"
    rf"(?:(?:is|of|at|around|about|like|to|should|be|set|mark\w*)\s+){{0,3}}{_FIGURE}(?:ish)?(?![\w/])",
    re.IGNORECASE,
)
_NOTE_EQUALS = re.compile(
    rf"(?:[♩𝅘𝅥]\.?|\b(?:(?:dotted[\s-]+)?(?:quarter|crotchet)s?(?:[\s-]+notes?)?|q))\s*(?:=|equals?)\s*{_FIGURE}", re.I
)
_IN_WORDS = re.compile(rf"\b((?:{_WORD})(?:[\s-]+(?:{_WORD})){{0,4}})\s*-?\s*{_UNIT}", re.IGNORECASE)
_WORDS_BEHIND_LABEL = re.compile(
    rf"\btempo\W+(?:(?:is|of|at|around|about)\s+)?((?:{_WORD})(?:[\s-]+(?:{_WORD})){{0,4}})\b", re.IGNORECASE
)
_ALONE = re.compile(
    r"(?:^|[,;|]|@)\s*([5-9]\d|1\d\d|2[0-3]\d)\s*(?=[,;|]|[.!]*\s*$)"
    r"|@\s*([5-9]\d|1\d\d|2[0-3]\d)\b(?!\s*(?:k?hz|%))"
    r"|[(\[]\s*~?([5-9]\d|1\d\d|2[0-3]\d)\s*[)\]]",
    re.IGNORECASE,
)
# Musicians write "dnb 174" and "124 house": a figure at either end of a phrase that names a kind of music.
_GENRE = (
    r"(?:house|techno|(?:psy|goa\s)?trance|psy|goa|d(?:n|&|\s?'?n'?\s)b|drum\s?(?:and|&|n|'n')\s?bass|neurofunk|jungle|ukg"
    r"|garage|(?:2|two)[\s-]?step|dub(?:step)?|grime|trap|(?:uk\s)?drill|hip[\s-]?hop|rap|boom[\s-]?bap|lo-?\s?fi|chill(?:hop|out)?"
    r"|phonk|r\s?[&n]\s?b|neo[\s-]?soul|soul|funk|disco|(?:synth|k-?|j-?|hyper|indie\s)?pop|(?:post[\s-]?)?rock|(?:post[\s-]?)?punk"
    r"|metal(?:core)?|djent|grunge|shoegaze|emo|blues|(?:nu\s)?jazz|swing|bebop|bossa(?:\s?nova)?|samba|salsa|cumbia|mambo|bachata"
    r"|merengue|reggaeton|dembow|reggae|ska|dancehall|afro[\s-]?(?:beats?|house|pop)|amapiano|gqom|kuduro|highlife|country"
    r"|folk|bluegrass|edm|electro(?:nica)?|idm|ambient|down[\s-]?tempo|(?:synth|retro|vapor|dark|cold|chill)wave|industrial"
    r"|ebm|hard(?:core|style)|gabber|break(?:beat|core|s)|euro(?:dance|beat)|footwork|juke|waltz|polka|tango|flamenco|rumba|march"
    r"|ballad|cinematic|orchestral|trailer|gospel|latin|klezmer|celtic|jig|reel|chiptune|8-?\s?bit|beat|groove|loop|banger)"
)
_BARE = r"([6-9]\d|1\d\d|2[01]\d|220)"
_PHRASE_END, _PHRASE = r"(?=\s*(?:$|[,;|/()\[\]\n.!]|\s[-–—]\s))", r"[^,;|/()\[\]\n]"
_NAMED = (  # "Juno 106", "op. 109": numbers that belong to a name
    r"(?<!\bjuno)(?<!\bsh)(?<!\btr)(?<!\btb)(?<!\bdx)(?<!\bmc)(?<!\bcs)(?<!\bjx)(?<!\bop)(?<!\bop\.)(?<!\bopus)"
    r"(?<!\bno)(?<!\bno\.)(?<!\bnr)(?<!\bnr\.)(?<!\bvol)(?<!\bvol\.)(?<!\bvolume)(?<!\bpart)(?<!\btake)(?<!\blevel)"
    r"(?<!\broute)(?<!\bstudio)(?<!\bbwv)(?<!\bkv)(?<!\btop)(?<!\bnumber)(?<!\bmk)(?<!\bpage)(?<!\btrack)"
    r"(?<!\bscene)(?<!\bmodel)(?<!\bpsalm)(?<!\byear)(?<!\bhighway)(?<!\bblink)(?<!\bprophet)(?<!\bmatrix)"
)
_ADJECTIVES = (
    r"(?:(?!of\b|for\b|degrees|people|players|voices|bars|beats?\b|years?|seconds|minutes|hours|%)[\w-]+\s+){0,2}"
)
_WITH_GENRE = re.compile(
    rf"\b{_GENRE}s?\b{_PHRASE}{{0,40}}?{_NAMED}\s+{_BARE}{_PHRASE_END}"
    rf"|(?:^|[,;|/()\[\]\n])\s*{_BARE}\s+{_ADJECTIVES}{_GENRE}s?\b",
    re.IGNORECASE,
)
_FIGURES = (_BEFORE_UNIT, _BEHIND_LABEL, _NOTE_EQUALS, _IN_WORDS, _WORDS_BEHIND_LABEL)

_OF_A_NOTE = (  # slow, but no tempo: the attack of a note; fast, but no music
    r"(?!\W+(?:attack|release|decay|fade|build|bloom|vibrato|tremolo|swell|cook\w*|food|motion|asleep|forward|question|q)"
    r"s?\b|\s*&\s*furious)"
)
_EXTREMES = re.compile(r"\b(?:not|neither|nor)\s+(?:(?:too|so|very|overly)\s+)?(?:slow|fast|quick)\b", re.IGNORECASE)
_PACES = {
    "slow": re.compile(
        r"\b(?:slo+w+(?:ly|er|ish)?|glacial|snail['’]?s\s+pace|at\s+a\s+crawl|unhurried|sluggish|leisurely|grave"
        rf"|largo|larghetto|lento|adagio|adagietto)\b{_OF_A_NOTE}",
        re.IGNORECASE,
    ),
    "medium": re.compile(
        r"\b(?:mid|med|medium|moderate(?:ly)?|walking)[\s-]*(?:tempo|paced?|speed|swing|groove)\b"
        r"|\btempo\W+(?:medium|moderate)\b|\b(?:andante|andantino|moderato)\b",
        re.IGNORECASE,
    ),
    "fast": re.compile(
        r"\b(?:fast(?:er)?|up-?\s?tempo|high[\s-]tempo|speedy|quick(?:er)?|rapid|breakneck|blistering|brisk(?:ly)?"
        rf"|allegro|allegretto|vivace|presto|prestissimo)\b{_OF_A_NOTE}",
        re.IGNORECASE,
    ),
}


def read_tempo(prompt: str) -> float | None:
    """Beats per minute: "92 bpm", "tempo: 120", "♩ = 76", "ninety bpm", or a bare figure.

    Bare ones count between commas, in brackets, and at the end or the start of a phrase with a genre ("dnb 174").
    """
    found = _BEFORE_UNIT.search(prompt) or _BEHIND_LABEL.search(prompt) or _NOTE_EQUALS.search(prompt)
    if found:
        tempo = float(found[1])
    elif words := _IN_WORDS.search(prompt) or _WORDS_BEHIND_LABEL.search(prompt):
        tempo = _number(words[1])
    elif alone := _ALONE.search(prompt) or _WITH_GENRE.search(prompt):
        tempo = float(next(filter(None, alone.groups())))
    else:
        return None
    return tempo if SLOWEST_BPM <= tempo <= FASTEST_BPM else None


def read_pace(prompt: str) -> str | None:
    """ "slow", "medium" or "fast", if a word says so."""
    rest = _EXTREMES.sub(" ", prompt)
    found = next((name for name, words in _PACES.items() if words.search(rest)), None)
    return found or ("medium" if rest != prompt else None)


def without_tempo(prompt: str) -> str:
    """The prompt without figures and words for a tempo."""
    for pattern in (*_FIGURES, *_PACES.values()):
        prompt = pattern.sub(", ", prompt)
    return prompt


def _number(words: str) -> float:
    """ "one hundred and ten" -> 110; "one twenty" -> 120."""
    total = 0
    for word in re.split(r"[\s-]+", words.lower()):
        if word == "hundred":
            total = 100 * max(1, total)
        elif word in _TENS:
            total = 100 * total + _TENS[word] if 0 < total < 10 else total + _TENS[word]
        elif word != "and":
            total += _SMALL[word]
    return float(total)

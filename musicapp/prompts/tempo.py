"""The tempo that a prompt states, as a figure or as a word. Read by rule; no torch here."""

from __future__ import annotations

import re
from functools import cache

from musicapp.prompts import number_words
from musicapp.prompts.figures import TILL, plain, span, value_of

SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0  # outside of which a number is not taken for a tempo

_MINUTE = r"(?:min(?:ute|uut|uto|uta)?[sn]?|m)\b"
_UNIT = (
    r"(?:b\.?\s?p\.?\s?m\.?s?(?![a-z])|bmp\b|to\s+the\s+minute\b"
    rf"|(?:beats?|schläge?n?|battements?|pulsations?|pulsaciones|pulsos|golpes|battiti|batidas|slagen|ударов|уд\.?)\s*"
    rf"(?:per|a|/|pro|por|par|al|à\s+la|в)\s*(?:{_MINUTE}|мин\w*)|拍(?:/分|每分钟)?|비피엠)"
)
_LABEL = (
    rf"(?:(?<![^\W\d_]){_UNIT}|\b(?:tempo|temp|speed|metronome?|métronome|metrónomo|metronom|click|clock\s+it"
    r"|m\.?m\.?(?=\W)|ritmo|velocidad|velocidade|velocità|vitesse|geschwindigkeit|tempi|темп)|テンポ|速度|节奏|節奏|템포|속도)"
)
_JOINTS = (
    r"(?:(?:is|of|at|around|about|like|to|should|be|set|mark\w*|approx(?:imately)?\.?|ca\.?|circa|between|from|roughly"
    r"|von|um|etwa|ungefähr|zwischen|de|environ|entre|alrededor|di|tra|a|à|em|van|tussen)\s+){0,3}"
)
_NOTE_NAMES = (
    r"(?:[♩𝅘𝅥𝅗𝅥]\.?|\b(?:(?:dotted[\s-]+)?(?:quarter|crotchet|half|minim)s?(?:[\s-]+notes?)?|q|noire|negra|semínima|seminima"
    r"|semiminima|viertel(?:note)?|kwartnoot))"
)
_BEFORE_UNIT = re.compile(rf"{span(0, _UNIT)}(?:ish|\+|\s+or\s+so)?\s*-?\s*{_UNIT}", re.IGNORECASE)
_DECADE = re.compile(  # "low 120s bpm"
    rf"(?:\b(low|early|mid|high|upper|late)(?:[\s-]+|er\s+))?(?<!\d)(\d{{1,2}}0)['’]?s\s*{_UNIT}", re.IGNORECASE
)
_IN_DECADE = {"low": 2.0, "early": 2.0, "mid": 5.0, "": 5.0, "high": 8.0, "upper": 8.0, "late": 8.0}
_BEHIND_LABEL = re.compile(rf"{_LABEL}[^\w.]*[.]?\W*{_JOINTS}{span(0)}(?:ish)?(?![a-z\d_/])", re.IGNORECASE)
_NOTE_EQUALS = re.compile(rf"{_NOTE_NAMES}\s*(?:=|equals?)\s*(?:ca\.?\s*|~\s*)?{span(0)}", re.IGNORECASE)
_BETWEEN = re.compile(rf"\b(?:between|zwischen|entre|tra|tussen)\s+{span(0)}(?=\s*(?:$|[,;|.!)\]]))", re.IGNORECASE)
_NEEDS_WORDS = re.compile(rf"{_UNIT}|\b(?:tempo|bpm|ritmo|vitesse)\b", re.IGNORECASE)
_BARE = r"(?:[6-9]\d|1\d\d|2[01]\d|220)"
_WIDER = r"(?:[5-9]\d|1\d\d|2[0-3]\d)"


def _bare(number: int, figure: str) -> str:
    """A figure without a unit, or a range of two."""
    till = r"\s*[-~]\s*|\s+to\s+"
    return rf"(?P<low{number}>{figure}(?:[.,]\d(?!\d))?)(?:(?P<till{number}>{till})(?P<high{number}>{figure}))?"


_ALONE = re.compile(
    rf"(?:^|[,;|]|@)\s*~?{_bare(0, _WIDER)}\s*(?=[,;|]|[.!]*\s*$)"
    rf"|@\s*~?{_bare(1, _WIDER)}\b(?!\s*(?:k?hz|%))"
    rf"|[(\[]\s*~?{_bare(2, _WIDER)}\s*[)\]]",
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
_PHRASE_END = (
    r"(?=\s*(?:$|[,;|/()\[\]\n.!]|\s-\s)|\s+[A-G](?:[#b♯♭]|\s?(?:sharp|flat))?(?:m\b|\s?(?:min|maj|minor|major)\b))"
)
_PHRASE = r"[^,;|/()\[\]\n]"
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
    rf"\b{_GENRE}s?\b{_PHRASE}{{0,40}}?{_NAMED}\s+{_bare(0, _BARE)}{_PHRASE_END}"
    rf"|(?:^|[,;|/()\[\]\n])\s*{_bare(1, _BARE)}\s+{_ADJECTIVES}{_GENRE}s?\b",
    re.IGNORECASE,
)
_AT = re.compile(  # "808 at 140", "groove around 96 with rhodes"
    r"(?<!\brecorded\s)(?<!\bsampled\s)(?<!\brendered\s)(?<!\bbit\s)\b(?:at|around|circa|ca\.?)\s+~?"
    rf"{_bare(0, _BARE)}(?:\s+(?=(?:with|and|plus|in\s+[a-g](?:\b|[#b♭♯]))\b)|{_PHRASE_END})",
    re.IGNORECASE,
)
_FIGURES = (_BEFORE_UNIT, _DECADE, _BEHIND_LABEL, _NOTE_EQUALS, _BETWEEN)

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
    """Beats per minute: "92 bpm", "tempo: 120", "♩ = 76", "ninety bpm", or a bare figure. Of a range the middle.

    Bare ones count between commas, in brackets, behind "at" at the end of a phrase, and at the end or the start of a
    phrase with a genre ("dnb 174").
    """
    text = plain(prompt)
    for pattern in (_BEFORE_UNIT, _BEHIND_LABEL, _NOTE_EQUALS):
        if found := pattern.search(text):
            return value_of(found, SLOWEST_BPM, FASTEST_BPM)
    if decade := _DECADE.search(text):
        tempo = float(decade[2]) + _IN_DECADE[(decade[1] or "").lower()]
        return tempo if SLOWEST_BPM <= tempo <= FASTEST_BPM else None
    for pattern in _spelled_patterns(text):
        if found := pattern.search(text):
            return _spelled(found)
    bare = _BETWEEN.search(text) or _ALONE.search(text) or _WITH_GENRE.search(text) or _AT.search(text)
    return value_of(bare, SLOWEST_BPM, FASTEST_BPM) if bare else None


def _spelled_patterns(text: str) -> tuple[re.Pattern[str], ...]:
    """Patterns for tempos in words, if the text may hold one: they have thousands of words."""
    return _patterns_of_words() if _NEEDS_WORDS.search(text) else ()


@cache
def _patterns_of_words() -> tuple[re.Pattern[str], ...]:
    spelled = number_words.pattern()
    either = rf"(?<!\w)(?P<low>{spelled})(?:(?:\s*{_UNIT})?{TILL}(?P<high>{spelled}))?(?!\w)"
    return (
        re.compile(rf"{either}\s*-?\s*{_UNIT}", re.IGNORECASE),
        re.compile(rf"\b(?:tempo|bpm|ritmo|vitesse)\W+{_JOINTS}{either}", re.IGNORECASE),
    )


def _spelled(found: re.Match[str]) -> float | None:
    values = [number_words.value(words) for words in (found["low"], found["high"]) if words]
    within = [value for value in values if value is not None and SLOWEST_BPM <= value <= FASTEST_BPM]
    return sum(within) / len(within) if within else None


def read_pace(prompt: str) -> str | None:
    """ "slow", "medium" or "fast", if a word says so."""
    rest = _EXTREMES.sub(" ", prompt)
    found = next((name for name, words in _PACES.items() if words.search(rest)), None)
    return found or ("medium" if rest != prompt else None)


def without_tempo(prompt: str) -> str:
    """The prompt without figures and words for a tempo."""
    prompt = plain(prompt)
    for pattern in (*_FIGURES, *_spelled_patterns(prompt), *_PACES.values()):
        prompt = pattern.sub(", ", prompt)
    return prompt

"""The words of the window in the user's language: `tr` for its own, `said` for English sentences from below it.

Catalogues are Qt's: resources/translations/musicapp_*.ts, compiled to .qm (docs/translating.md). Sentences of the
engine, the library and the window's state stay English, as logs and the command line have them, and are translated
where they are shown. Until `use` is called the language is English.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Mapping
from datetime import date, datetime

from PySide6.QtCore import QCoreApplication, QDate, QLibraryInfo, QLocale, QTime, QTranslator
from PySide6.QtGui import QKeySequence

from musicapp import paths
from musicapp.request import format_duration
from musicapp.store.sizes import format_bytes
from musicapp.ui.sentences import Sentences

log = logging.getLogger(__name__)

ENGLISH = "en"
LANGUAGES = {"en": "English", "de": "Deutsch"}  # as those who speak it call it
_UNIT = "(?: (?:%|bpm|dB|dBTP|LUFS|LU|Hz|kHz|kbit/s|ms|s|min|h|(?:kB|MB|GB|TB)(?:/s)?))?"
_NUMBER = re.compile(rf"[+−-]?\d[\d,]*(?:\.\d+)?{_UNIT}|\d+(?::\d\d)+(?:\.\d+)?")
_KEY = re.compile(r"([A-G][#b♯♭]?) ([a-z]+(?: [a-z]+)?)")
_FLATS = {"Ab": "As", "Bb": "B", "Cb": "Ces", "Db": "Des", "Eb": "Es", "Fb": "Fes", "Gb": "Ges"}
_SHARPS = {f"{letter}#": ("H" if letter == "B" else letter) + "is" for letter in "ABCDEFG"}
_GERMAN_TONICS = {**{letter: letter for letter in "ACDEFG"}, "B": "H", **_FLATS, **_SHARPS}
_POINT, _COMMAS = re.compile(r"(?<=\d)\.(?=\d)"), re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


class _Speech:
    """The language in use: its catalogue, its numbers, and what it knows of sentences from elsewhere."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.catalogue = QTranslator()
        file = paths.resources_folder() / "translations" / f"musicapp_{language}.qm"
        try:  # read, since a file that Qt has mapped ends the program when an update writes over it
            self._data = file.read_bytes()  # Qt keeps no copy
        except OSError as error:
            log.warning("no words in the language %s: %s", language, error)
        else:
            self.catalogue.load(self._data)
        self.locale = QLocale("en_US" if language == ENGLISH else language)
        self.sentences = Sentences(self._sentence, self._number_or_key) if language != ENGLISH else None

    def _sentence(self, template: str) -> str:
        return self.catalogue.translate("sentences", template) or ""

    def _number_or_key(self, text: str) -> str | None:
        if _NUMBER.fullmatch(text):
            return self.figures(text)
        key = _KEY.fullmatch(text)
        return key_name(text) if key and self._sentence(key[2]) else None

    def figures(self, text: str) -> str:
        """Numbers written in English as the language writes them."""
        if self.language == ENGLISH:
            return text
        point, group = self.locale.decimalPoint(), self.locale.groupSeparator()
        return _COMMAS.sub("\0", _POINT.sub("\1", text)).replace("\0", group).replace("\1", point)


_speech = _Speech(ENGLISH)
_of_qt: list[QTranslator] = []


def marked(text: str) -> str:
    """Marks a constant for the catalogue, where it is too early to translate; `tr` does that where it is shown."""
    return text


def tr(text: str, sense: str = "", n: int = -1, /, **values: object) -> str:
    """A text of the window in the user's language, `{name}` replaced by the value of that name.

    sense  tells apart what one English word means, for the translator
    n      the number that %n stands for and that the plural form follows
    """
    found = _speech.catalogue.translate("", text, sense or None, n) or text
    if n >= 0:
        found = found.replace("%n", number(n))
    return found.format(**values) if values else found


def said(text: str) -> str:
    """An English sentence with its values, from the state or from below the window, in the user's language."""
    return _speech.sentences.of(text) if _speech.sentences and text else text


def language() -> str:
    """The code of the language in use."""
    return _speech.language


def of_system() -> str:
    """The first of the user's languages that there is a catalogue for, else English."""
    known = (name.replace("_", "-").split("-")[0] for name in languages_of_system())
    return next((code for code in known if code in LANGUAGES), ENGLISH)


def languages_of_system() -> list[str]:
    """What the user wants to read, the dearest first: "de-AT", "en"."""
    return list(QLocale.system().uiLanguages())


def use(chosen: str = "") -> None:
    """Speak this language from now on, "" for that of the system. What is already shown stays as it is."""
    global _speech
    code = chosen if chosen in LANGUAGES else of_system()
    if code != _speech.language:
        _speech = _Speech(code)
    QLocale.setDefault(_speech.locale)
    for each in _of_qt:
        QCoreApplication.removeTranslator(each)
    _of_qt.clear()
    if code != ENGLISH:  # the system's own dialogs, buttons and keys
        translator = QTranslator()
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(f"qtbase_{code}", folder):
            QCoreApplication.installTranslator(translator)
            _of_qt.append(translator)


def number(value: float, decimals: int | None = None, *, sign: bool = False) -> str:
    """A number; without `decimals` as short as it can be, with thousands apart when it is whole. sign: + is shown."""
    if not math.isfinite(value):
        text = f"{value}"
    elif isinstance(value, int):
        text = _speech.locale.toString(value)
    elif decimals is None:
        text = _speech.figures(f"{value:g}")
    else:
        text = _speech.figures(f"{value:.{decimals}f}")
    return f"+{text}" if sign and not text.startswith("-") else text


def figures(text: str) -> str:
    """A measure that was written in English ("1,200.5 Hz"), with its numbers as the language writes them."""
    return _speech.figures(text)


def duration(duration_s: float) -> str:
    """Minutes and seconds, see `format_duration`."""
    return _speech.figures(format_duration(duration_s))


def size(count: float) -> str:
    """Bytes, see `format_bytes`."""
    return _speech.figures(format_bytes(count))


def day(when: date, *, with_year: bool = False) -> str:
    """30 Nov, or 30 Nov 2026."""
    form = tr("d MMM yyyy", "date as Qt writes it") if with_year else tr("d MMM", "date as Qt writes it")
    return _speech.locale.toString(QDate(when.year, when.month, when.day), form)


def time_of_day(when: datetime) -> str:
    """Hours and minutes: 21:05."""
    return QTime(when.hour, when.minute).toString("HH:mm")


def key_name(key: str) -> str:
    """A key as musicians of the language call it: "A minor" is a-Moll, "Bb major" B-Dur, "B minor" h-Moll in German."""
    tonic, space, mode = key.partition(" ")
    shown = tonic.replace("#", "♯").replace("b", "♭") + space + mode
    if _speech.language != "de":
        return shown
    name = _GERMAN_TONICS.get(tonic)
    if name is None:
        return shown
    if mode in ("major", "minor"):
        return f"{name}-Dur" if mode == "major" else f"{name.lower()}-Moll"
    return f"{name} {said(mode)}" if mode else name


def tr_all(labels: Mapping[str, str]) -> dict[str, str]:
    """Marked labels, key -> words, in the user's language."""
    return {key: tr(words) for key, words in labels.items()}


def keys_shown(keys: str) -> str:
    """Keys as the system names them in this language: "Ctrl+D" is Strg+D in German."""
    if _speech.language == ENGLISH:
        return keys
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(key).toString(native) for key in keys.split(", "))

"""Tempos, metres and keys as the world writes them: ranges, other languages, chords, DJs' numbers, and what is none."""

from __future__ import annotations

import pytest

from musicapp.prompts.facts import read_prompt, without_read
from musicapp.prompts.scales import KEYS, SCALES

TEMPOS = {
    # ranges: the middle, in every spelling
    "90-95bpm lofi hip hop": 92.5,
    "90bpm-95bpm lofi": 92.5,
    "90 bpm - 95 bpm": 92.5,
    "lofi, bpm: 90-100": 95,
    "(140-160 BPM) trap": 150,
    "house 124/126 bpm": 125,
    "techno 128–132 BPM": 130,
    "techno 128 — 132 BPM": 130,
    "90 to 100 bpm": 95,
    "from 90 to 100 bpm": 95,
    "between 120 and 124 bpm": 122,
    "between 120 and 124 beats per minute, piano": 122,
    "bpm between 120 and 124": 122,
    "tempo: 80 - 90, rhodes": 85,
    "Tempo 80..90": 85,
    "tempo ~ 100-110": 105,
    "80~90 bpm": 85,
    "80～90 BPM": 85,
    "100 bis 110 bpm, Klavier": 105,
    "zwischen 100 und 110 BPM": 105,
    "entre 100 et 110 bpm": 105,
    "de 100 a 110 bpm": 105,
    "100 à 110 bpm": 105,
    "от 100 до 110 ударов в минуту": 105,
    "dnb 170-175": 172.5,
    "deep house 120-124": 122,
    "lofi, 80-90, vinyl": 85,
    "100-90 bpm": 95,
    "92.5-93.5 bpm": 93,
    "ninety to one hundred bpm": 95,
    "[84-88] boom bap": 86,
    "BPM 120→124": 122,
    "120 or 124 bpm": 122,
    "♩ = 76-80": 78,
    "120±4 bpm": 120,
    "120 +/- 5 bpm": 120,
    # one of two ends is no tempo, or both say the same
    "loop 12-90bpm": 90,
    "bpm 120-808": 120,
    "70/140 bpm trap": 70,
    # decimals with either sign
    "92,5 bpm": 92.5,
    "BPM: 127,25": 127.25,
    "tempo 92,5": 92.5,
    "120,0 BPM": 120,
    "87.5bpm": 87.5,
    "90,95 bpm": 92.5,
    # without a unit
    "deep house 124": 124,
    "808 at 140": 140,
    "dnb at 174": 174,
    "dnb at 174 with pads": 174,
    "slow pads around 66": 66,
    "groove at 92, rhodes": 92,
    "drums at ~96": 96,
    # languages
    "neunzig bpm": 90,
    "hundertzwanzig BPM": 120,
    "einhundertachtundzwanzig bpm": 128,
    "quatre-vingt-dix bpm": 90,
    "cent vingt-huit bpm": 128,
    "noventa y dos bpm": 92,
    "ciento veinte bpm": 120,
    "cento e vinte bpm": 120,
    "centoventi bpm": 120,
    "honderdtwintig bpm": 120,
    "120 Schläge pro Minute": 120,
    "96 battements par minute": 96,
    "100 pulsaciones por minuto": 100,
    "110 battiti al minuto": 110,
    "96 batidas por minuto": 96,
    "noire = 84": 84,
    "Viertel = 100": 100,
    "negra = 72": 72,
    "vitesse: 98": 98,
    "velocidad 98": 98,
    "Geschwindigkeit: 104": 104,
    "темп 128": 128,
    "テンポ120のピアノ": 120,
    "节奏 90": 90,
    "１２０ＢＰＭ": 120,
    "١٢٠ bpm": 120,
    "१२० bpm": 120,
    "one oh eight bpm": 108,
    "one twenty-eight bpm": 128,
    "ninety-two point five bpm": 92.5,
    "zweiundneunzig komma fünf bpm": 92.5,
    "quatre-vingt-douze virgule cinq bpm": 92.5,
    "120 비피엠": 120,
    # parts of a decade
    "low 120s bpm": 122,
    "mid 90s bpm": 95,
    "120s bpm": 125,
    # spellings of the unit
    "about 120 or so bpm": 120,
    "120+ bpm": 120,
    "min 90 bpm, max 100 bpm": 95,
    "lofi, 120,5, Am": 120.5,
    "house 124-126 F minor": 125,
    "house 124 Am": 124,
    "120 B.P.M.": 120,
    "120 b p m": 120,
    "bpm120": 120,
    "BPM=120": 120,
    "120-bpm": 120,
    "120ish bpm": 120,
    "130 bpms": 130,
    "120 beats/min": 120,
    "M.M. ♩ = 66": 66,
}
NO_TEMPOS = [
    "a song from 1985-1990",
    "ages 8-12",
    "recorded at 96",
    "at 90 degrees",
    "at 100 %",
    "sampled at 48 kHz",
    "guitar from the 60s-70s",
    "live at 100 club",
    "rain at 4 in the morning",
    "for 120-150 people",
    "between 80 and 90 years old",
    "a 24-96 recording",
]
BEATS = {
    "2/2": 2,
    "march in 2/2": 2,
    "cut time march": 2,
    "cut-time polka": 2,
    "alla breve": 2,
    "3/2 sarabande": 3,
    "𝄵 march": 2,
    "¾ waltz": 3,
    "6⁄8 jig": 2,
    "⅞ groove": 3.5,
    "3+2+2/8": 3.5,
    "7/16 dance": 3.5,
    "three-four time": 3,
    "three quarter time": 3,
    "two-four time polka": 2,
    "3:4 time": 3,
    "3 / 4 waltz": 3,
    "６／８": 2,
    "Dreivierteltakt": 3,
    "3/4-Takt": 3,
    "compás de 3/4": 3,
    "mesure à 6/8": 2,
    "三拍子": 3,
    "common time": 4,
    "Key: Bbm, 6/8": 2,
    "5/4, 7/4": 5,
}
NO_BEATS = [
    "part 2/2",
    "take 2/2 of the song",
    "1/16 hats",
    "3/16 delay",
    "1/4 inch tape",
    "24/96 recording",
    "cut the drums",
]
KEYS_IN = {
    # "Am" in front of small letters
    "Am lofi beat, 90 bpm": ("A", "minor"),
    "Am guitar loop": ("A", "minor"),
    "Am trap loop": ("A", "minor"),
    "Am driving techno": ("A", "minor"),
    "Am string quartet": ("A", "minor"),
    "Am pentatonic blues": ("A", "minor pentatonic"),
    "Am funk with a clavinet": ("A", "minor"),
    "lofi, Am pentatonic": ("A", "minor pentatonic"),
    "Em pentatonic riff": ("E", "minor pentatonic"),
    "C#m harmonic minor": ("C#", "harmonic minor"),
    "Dm dorian vamp": ("D", "dorian"),
    "G maj pentatonic": ("G", "major pentatonic"),
    # chords for keys
    "key: CM": ("C", "major"),
    "key: C#maj7": ("C#", "major"),
    "Key = F#M": ("F#", "major"),
    "C#M house": ("C#", "major"),
    "BbM, 90 bpm": ("A#", "major"),
    "key: Am7": ("A", "minor"),
    "key: F#m9": ("F#", "minor"),
    "key: CΔ7": ("C", "major"),
    "key: Dmin7": ("D", "minor"),
    "key: C-7": ("C", "minor"),
    "jazz in Dm7": ("D", "minor"),
    "bossa in Fmaj7": ("F", "major"),
    "soul over Bbm7": ("A#", "minor"),
    "key: G7": ("G", None),
    "Key: Bbm, 6/8": ("A#", "minor"),
    "KEY: EM": ("E", "major"),
    # languages
    "piano en la mineur": ("A", "minor"),
    "do dièse mineur": ("C#", "minor"),
    "si bémol majeur": ("A#", "major"),
    "guitarra en mi menor": ("E", "minor"),
    "re mayor": ("D", "major"),
    "fa diesis minore": ("F#", "minor"),
    "violão em lá menor": ("A", "minor"),
    "a-Moll, ruhig": ("A", "minor"),
    "fis-Moll": ("F#", "minor"),
    "C-Dur": ("C", "major"),
    "Es-Dur": ("D#", "major"),
    "H-Moll": ("B", "minor"),
    "B-Dur": ("A#", "major"),
    "ля минор": ("A", "minor"),
    "до-диез минор": ("C#", "minor"),
    "イ短調": ("A", "minor"),
    "嬰ハ短調": ("C#", "minor"),
    "变": (None, None),
    "降E大调": ("D#", "major"),
    "C小调": ("C", "minor"),
    # DJs' numbers
    "camelot 8A": ("A", "minor"),
    "techno, 4A, 128 bpm": ("F", "minor"),
    "key: 8B": ("C", "major"),
    "Key 12A": ("C#", "minor"),
}
NO_KEYS = [
    "drop D metal riff",
    "Am looking for a calm piano piece",
    "Am not sure, something calm",
    "Am driving to work and want music",
    "Dm7 G7 Cmaj7, smooth",
    "in Dm7 - G7 - Cmaj7",
    "pads in FM synthesis",
    "AM radio voice",
    "GM drums",
    "a major hit",
    "do a minor change",
    "I like it more or less",
    "MP3 in 8B quality",
]


@pytest.mark.parametrize(("prompt", "tempo"), TEMPOS.items())
def test_tempos(prompt: str, tempo: float) -> None:
    assert read_prompt(prompt).tempo_bpm == tempo


@pytest.mark.parametrize("prompt", NO_TEMPOS)
def test_numbers_that_are_no_tempo(prompt: str) -> None:
    assert read_prompt(prompt).tempo_bpm is None


@pytest.mark.parametrize(("prompt", "beats"), BEATS.items())
def test_metres(prompt: str, beats: float) -> None:
    assert read_prompt(prompt).beats_in_bar == beats


@pytest.mark.parametrize("prompt", NO_BEATS)
def test_fractions_that_are_no_metre(prompt: str) -> None:
    assert read_prompt(prompt).beats_in_bar is None


@pytest.mark.parametrize(("prompt", "key"), KEYS_IN.items())
def test_keys(prompt: str, key: tuple[str | None, str | None]) -> None:
    stated = read_prompt(prompt)
    tonic = KEYS[stated.tonic] if stated.tonic is not None else None
    scale = next((name for name, steps in SCALES.items() if steps == stated.scale), None)
    assert (tonic, scale) == key


@pytest.mark.parametrize("prompt", NO_KEYS)
def test_letters_that_are_no_key(prompt: str) -> None:
    assert read_prompt(prompt).tonic is None


def test_words_that_were_read_need_not_be_known() -> None:
    rest = without_read("harpe en la mineur, 100 à 110 bpm, quatre-vingt-dix bpm, Dreivierteltakt")
    assert not {"mineur", "bpm", "quatre", "dreivierteltakt"} & set(rest.lower().replace(",", " ").split())

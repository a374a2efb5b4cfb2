"""How captions are phrased: each fact in many spellings, and the frames of sentences.

Every table has two sides. `SEEN` is what training reads; `HELD_OUT` shares no phrasing with it and is kept for the
evaluation, which so measures whether a model has understood rather than memorised.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """One side's spellings. Braces name what is filled in; in the key tables `{key}` is "C sharp minor", "Cm"..."""

    tempo: tuple[str, ...]
    key: tuple[str, ...]
    metre: tuple[str, ...]
    lead: tuple[str, ...]
    drums: tuple[str, ...]
    no_drums: tuple[str, ...]
    slow: tuple[str, ...]
    medium: tuple[str, ...]
    fast: tuple[str, ...]
    low_energy: tuple[str, ...]
    high_energy: tuple[str, ...]
    loop: tuple[str, ...]
    note: tuple[str, ...]
    chord: tuple[str, ...]
    absent: tuple[str, ...]
    parts: dict[str, tuple[str, ...]]
    frames: tuple[str, ...]
    nouns: tuple[str, ...]
    separators: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]


SEEN = Phrases(
    tempo=(
        "{bpm} bpm", "{bpm} BPM", "{bpm}bpm", "{bpm}BPM", "at {bpm} bpm", "at {bpm} BPM", "at {bpm} beats per minute",
        "{bpm} beats per minute", "tempo {bpm}", "tempo: {bpm}", "tempo of {bpm} bpm", "tempo {bpm} bpm", "bpm {bpm}",
        "BPM: {bpm}",
    ),
    key=(
        "{key}", "{key}", "{key}", "in {key}", "in {key}", "in the key of {key}", "key of {key}", "key: {key}",
        "key {key}",
    ),
    metre=("{metre}", "{metre} time", "in {metre}", "{metre} time signature", "{metre} meter"),
    lead=(
        "{lead}", "{lead}", "{lead} lead", "{lead} melody", "with {lead}", "featuring {lead}", "lead {lead}",
        "{lead} playing the melody", "with a {lead} lead", "melody on {lead}",
    ),
    drums=("drums", "with drums", "with a beat", "drum beat", "with a drum groove", "has drums", "with drum kit"),
    no_drums=("no drums", "without drums", "drumless", "no percussion", "no beat", "no drums at all", "beatless"),
    slow=("slow", "slow tempo", "slow paced", "at a slow tempo"),
    medium=("mid tempo", "medium tempo", "moderate tempo", "mid-tempo"),
    fast=("fast", "fast tempo", "up-tempo", "uptempo", "at a fast tempo"),
    low_energy=("low energy", "soft", "gentle", "sparse"),
    high_energy=("high energy", "energetic", "full of energy", "powerful"),
    loop=("loop", "seamless loop", "looping", "loopable", "sample loop"),
    note=("one shot", "one-shot", "single note", "one note", "sustained note"),
    chord=("one shot", "one-shot chord", "single chord", "chord hit", "sustained chord"),
    absent=("no {absent}", "without {absent}"),
    parts={
        "climax": ("builds to a climax", "with a big climax", "building up"),
        "break": ("with a breakdown", "with a break in the middle", "with a quiet middle part"),
        "intro": ("with an intro", "with a quiet intro", "starts quietly"),
        "outro": ("with an outro", "with intro and outro", "calm ending"),
    },
    frames=(
        "{A} {np}", "{A} {np}.", "{np}", "make {a} {np}", "Make me {a} {np}", "please make {a} {np}", "I want {a} {np}",
        "I need {a} {np} for my video", "create {a} {np}", "give me {a} {np}", "write {a} {np}", "This is {a} {np}.",
        "can you make {a} {np}?", "generate {a} {np}", "{np} for a game", "{np} for studying", "background music: {np}",
    ),
    nouns=("track", "piece", "song", "tune", "instrumental", "music", "piece of music", ""),
    separators=(", ", ", ", ", ", " ", "; ", " / ", " - ", ",", ". "),
    labels={
        "style": ("Genre", "Style", "Type"), "lead": ("Lead", "Lead instrument"),
        "instruments": ("Instruments", "Instrument"),
        "moods": ("Moods", "Mood", "Feel"), "tempo": ("BPM", "Tempo"), "key": ("Key",), "metre": ("Time", "Meter"),
        "drums": ("Drums",), "kind": ("Format",), "energy": ("Energy",),
    },
)  # fmt: skip

HELD_OUT = Phrases(
    tempo=(
        "running at {bpm} BPM", "pulse of {bpm} bpm", "{bpm} b.p.m.", "clock it at {bpm} bpm", "the tempo is {bpm} bpm",
    ),
    key=("written in {key}", "the key is {key}", "based on {key}", "tonality: {key}"),
    metre=("counted in {metre}", "a {metre} feel"),
    lead=("led by {lead}", "the {lead} carries the tune", "{lead} on top", "{lead} takes the lead"),
    drums=("backed by drums", "drums included", "plus a drum part"),
    no_drums=("leave out the drums", "drum-free", "minus drums", "skip the drums", "not a single drum"),
    slow=("slow-moving", "unhurried"),
    medium=("walking pace", "moderately paced"),
    fast=("speedy", "quick"),
    low_energy=("hushed", "barely there"),
    high_energy=("full throttle", "bursting with energy"),
    loop=("that repeats without a seam", "to be looped forever"),
    note=("just one tone", "a lone note"),
    chord=("just one chord", "a lone chord"),
    absent=("leave out {absent}", "skip {absent}"),
    parts={
        "climax": ("that rises to a peak",),
        "break": ("that falls back halfway",),
        "intro": ("that opens softly",),
        "outro": ("that fades in calm",),
    },
    frames=(
        "How about {a} {np}", "Let us hear {a} {np}!", "Looking for {a} {np}", "Compose {a} {np}, please",
        "Something like {a} {np}", "We would love {a} {np}", "Imagine {a} {np}",
    ),
    nouns=("number", "composition", "cut", "production"),
    separators=(" + ", " & ", " \u2022 ", " and "),
    labels={
        "style": ("Category",), "lead": ("Solo voice",), "instruments": ("Played by",), "moods": ("Atmosphere",),
        "tempo": ("Beats per minute",), "key": ("Tonality",), "metre": ("Time signature",), "drums": ("Drum part",),
        "kind": ("Shape",), "energy": ("Intensity",),
    },
)  # fmt: skip

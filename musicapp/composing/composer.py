"""Composes a piece from a seed: chooses the facts first, then has parts written that make them true."""

from __future__ import annotations

import random
from collections.abc import Sequence

from musicapp.composing import arrangement, form, melody
from musicapp.composing.arrangement import Song
from musicapp.composing.instruments import INSTRUMENTS
from musicapp.composing.score import Mix, Note, Piece, Track
from musicapp.composing.style import Style
from musicapp.composing.styles import STYLES
from musicapp.composing.theory import METRES, is_minor
from musicapp.composing.truth import Section, Truth
from musicapp.prompts.scales import KEYS

__all__ = ["LONGEST_S", "SHORTEST_S", "Piece", "compose"]

SHORTEST_S, LONGEST_S = 3.0, 285.0
_LOOPS, _ONE_SHOTS, _DRUM_LOOPS = 0.12, 0.06, 0.3
_LEADERS = ("lead", "arp", "chords", "counter", "pad", "bass", "drums")
_HELD = ("chords", "pad", "lead")
_BRIGHT = {"happy", "sunny", "bright", "innocent", "uplifting"}
_GLOOMY = {"melancholic", "dark", "ominous", "menacing", "tense", "lonely", "mysterious", "sad"}
_STRONG = {"energetic", "intense", "driving", "powerful", "aggressive", "epic"}
_GENTLE = {"calm", "peaceful", "tender", "relaxed", "mellow", "meditative"}


def compose(seed: int, *, duration_s: float | None = None, style: str | None = None) -> Piece:
    """A piece of music, the same for the same arguments.

    duration_s  exact length from 3 to 285 s; None draws one
    style       a name in `styles.STYLES`; None draws one
    """
    rng = random.Random(f"piece {seed}")
    names = sorted(STYLES)
    drawn = rng.choices(names, weights=[STYLES[name].weight for name in names])[0]
    chosen = STYLES[style or drawn]
    kind = _draw_kind(rng, chosen, duration_s)
    if kind == "one-shot":
        return _one_shot(rng, seed, chosen, duration_s or round(rng.uniform(SHORTEST_S, 6.0), 1))
    metre = METRES[rng.choice(chosen.metres)]
    plan = form.plan_loop(rng, duration_s, chosen.tempi, metre) if kind == "loop" else None
    players = arrangement.cast(rng, chosen)
    if plan is None:
        kind = "song"
        rings_long = any(INSTRUMENTS[player.instrument].rings_long for player in players)
        length_s = duration_s or _draw_duration(rng)
        plan = form.plan_song(rng, length_s, chosen.tempi, metre, rings_long=rings_long)
    drummers = tuple(player for player in players if player.role == "drums")
    if kind == "loop" and drummers and rng.random() < _DRUM_LOOPS:
        players = drummers
    density = rng.uniform(*chosen.density)
    song = Song(
        seed=seed,
        style=chosen,
        plan=plan,
        tonic=rng.randrange(12),
        mode=rng.choice(chosen.modes),
        energy=rng.uniform(*chosen.energy),
        players=players,
        motif=melody.motif(rng, metre, density),
        groove=rng.choice(chosen.grooves) if chosen.grooves else "",
        fill_every=rng.choice((4, 8)),
        kind=kind,
    )
    tracks = arrangement.perform(song)
    return Piece(seed, _truth(rng, song, tracks), tracks, _mix(rng, chosen, kind))


def _draw_kind(rng: random.Random, style: Style, duration_s: float | None) -> str:
    draw = rng.random()
    if draw < _ONE_SHOTS and (duration_s is None or duration_s <= 8):
        return "one-shot"
    return "loop" if style.pulse and draw > 1 - _LOOPS else "song"


def _draw_duration(rng: random.Random) -> float:
    """Short sketches are as common as whole songs."""
    return round(SHORTEST_S * (LONGEST_S / SHORTEST_S) ** rng.random() ** 0.6, 1)


def _one_shot(rng: random.Random, seed: int, style: Style, duration_s: float) -> Piece:
    """A single chord or note of one of the style's instruments, held for the whole length."""
    voices = [(layer, name) for layer in style.layers if layer.role in _HELD for name in layer.instruments]
    ringing = [(layer, name) for layer, name in voices if INSTRUMENTS[name].rings_long]
    layer, name = rng.choice(ringing or voices)
    tonic = rng.randrange(12)
    energy = rng.uniform(*style.energy)
    single = layer.role == "lead" or rng.random() < 0.3
    mode = rng.choice(("major", "minor"))
    pitches = arrangement.closing_pitches("lead" if single else layer.role, tonic, mode, name, layer.centre)
    velocity = round(60 + 50 * energy)
    notes = tuple(Note(0.0, duration_s - 0.3, pitch, velocity) for pitch in pitches)
    truth = Truth(
        style=style.name,
        tempo_bpm=0.0,
        key=KEYS[tonic],
        mode="" if single else mode,
        metre="",
        sections=(Section("A", 0.0, duration_s),),
        instruments=(name,),
        lead=name,
        has_drums=INSTRUMENTS[name].is_drums,
        energy=round(energy, 3),
        moods=(),
        duration_s=duration_s,
        kind="one-shot",
    )
    return Piece(seed, truth, (Track(name, layer.role, notes),), _mix(rng, style, "one-shot"))


def _mix(rng: random.Random, style: Style, kind: str) -> Mix:
    seconds, wet = style.reverb
    return Mix(
        reverb_s=seconds * rng.uniform(0.8, 1.25),
        reverb_wet=wet * rng.uniform(0.6, 1.4),
        duck=style.duck,
        cutoff_hz=style.cutoff_hz,
        loop=kind == "loop",
    )


def _truth(rng: random.Random, song: Song, tracks: Sequence[Track]) -> Truth:
    plan = song.plan
    pitched = any(track.role != "drums" for track in tracks)
    leaders = [track.instrument for role in _LEADERS for track in tracks if track.role == role]
    moods = _moods(song) if pitched else []
    return Truth(
        style=song.style.name,
        tempo_bpm=float(plan.tempo_bpm) if song.style.pulse else 0.0,
        key=KEYS[song.tonic] if pitched else "",
        mode=song.mode if pitched else "",
        metre=plan.metre.name if song.style.pulse else "",
        sections=plan.truth_sections(),
        instruments=tuple(dict.fromkeys(track.instrument for track in tracks)),
        lead=leaders[0],
        has_drums=any(track.role == "drums" for track in tracks),
        energy=round(song.energy, 3),
        moods=tuple(rng.sample(moods, k=min(2, len(moods)))),
        duration_s=plan.duration_s,
        kind=song.kind,
    )


def _moods(song: Song) -> list[str]:
    """The style's moods that this mode and energy do not belie."""
    wrong = set(_BRIGHT if is_minor(song.mode) else _GLOOMY)
    wrong |= _STRONG if song.energy < 0.4 else set()
    wrong |= _GENTLE if song.energy > 0.7 else set()
    return [mood for mood in song.style.moods if mood not in wrong]

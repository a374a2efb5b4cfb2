"""Composes a piece from a seed: chooses the facts first, then writes parts that make them true."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from musicapp.training import form, grooves, melody, parts
from musicapp.training.form import Plan, SectionPlan
from musicapp.training.instruments import INSTRUMENTS, KITS
from musicapp.training.score import Event, Mix, Note, Piece, Track
from musicapp.training.styles import STYLES, Layer, Style
from musicapp.training.theory import KEYS, METRES, Chord, chord, nearest, progressions
from musicapp.training.truth import Truth

__all__ = ["Piece", "compose"]

SHORTEST_S, LONGEST_S = 3.0, 285.0
_CENTRES = {"chords": 60, "pad": 62, "arp": 66, "counter": 64}
_GAINS_DB = {"drums": 0.0, "bass": 0.0, "chords": -5.0, "pad": -8.0, "lead": -1.5, "arp": -6.0, "counter": -7.0}
_SPANS = tuple[int, int, Chord]


@dataclass(frozen=True)
class _Player:
    """A layer with its choices made."""

    layer: Layer
    instrument: str
    pattern: str
    pan: float


@dataclass(frozen=True)
class _Song:
    """Everything decided before the first note."""

    seed: int
    style: Style
    plan: Plan
    tonic: int
    mode: str
    energy: float
    players: tuple[_Player, ...]
    motif: melody.Motif
    groove: str
    fill_every: int


def compose(seed: int, *, duration_s: float | None = None, style: str | None = None) -> Piece:
    """A piece of music, the same for the same arguments; `duration_s` None draws a length from 3 s to 4:45."""
    rng = random.Random(f"piece {seed}")
    chosen = STYLES[style] if style else STYLES[rng.choice(sorted(STYLES))]
    metre = METRES[rng.choice(chosen.metres)]
    loop = rng.random() < 0.12 and chosen.pulse
    plan = form.plan_loop(rng, duration_s, chosen.tempi, metre) if loop else None
    kind = "loop" if plan else "song"
    if plan is None:
        plan = form.plan_song(rng, duration_s or _draw_duration(rng), chosen.tempi, metre)
    mode = rng.choice(chosen.modes)
    song = _Song(
        seed=seed,
        style=chosen,
        plan=plan,
        tonic=rng.randrange(12),
        mode=mode,
        energy=rng.uniform(*chosen.energy),
        players=_cast(rng, chosen),
        motif=melody.motif(rng, metre, rng.uniform(*chosen.density)),
        groove=rng.choice(chosen.grooves) if chosen.grooves else "",
        fill_every=rng.choice((4, 8)),
    )
    tracks = _perform(song, kind)
    return Piece(seed, _truth(rng, song, tracks, kind), tracks, _mix(rng, chosen, kind))


def _draw_duration(rng: random.Random) -> float:
    """Short sketches are as common as whole songs."""
    return round(SHORTEST_S * (LONGEST_S / SHORTEST_S) ** rng.random() ** 0.6, 1)


def _cast(rng: random.Random, style: Style) -> tuple[_Player, ...]:
    players = []
    for layer in style.layers:
        if rng.random() < layer.chance:
            pan = 0.0 if layer.role in ("bass", "lead") else rng.choice((-1, 1)) * rng.uniform(0.15, 0.55)
            players.append(_Player(layer, rng.choice(layer.instruments), rng.choice(layer.patterns), pan))
    if style.grooves and rng.random() < style.drums:
        layer = Layer("drums", (style.drum_name,), enters=0.5)
        players.append(_Player(layer, style.drum_name, "", 0.0))
    return tuple(players)


def _perform(song: _Song, kind: str) -> tuple[Track, ...]:
    tracks = []
    for player in song.players:
        rng = random.Random(f"{song.seed} {player.layer.role} {player.instrument} performance")
        notes: list[Note] = []
        for section in song.plan.sections:
            # A song of one section has everybody in it; else the sections thin out and grow.
            if player.layer.enters <= section.energy or len(song.plan.sections) == 1:
                notes += _timed(rng, song, section, _written(song, player, section), player)
        if kind == "song" and (notes or not song.plan.sections):
            notes += _final(rng, song, player)
        if notes:
            gain = _GAINS_DB[player.layer.role]
            kit = KITS[rng.choice(song.style.kits)] if player.layer.role == "drums" else 0
            tracks.append(Track(player.instrument, player.layer.role, tuple(sorted(notes)), gain, player.pan, kit))
    return tuple(tracks)


def _harmony(song: _Song, theme: str, bars: int) -> list[_SPANS]:
    """The chords of a theme: the same for the same theme, whatever its length."""
    rng = random.Random(f"{song.seed} harmony {theme}")
    names = rng.choice(progressions(song.mode, jazz=song.style.jazz, contrast=theme != "A")).split()
    each = rng.choice(song.style.harmony_bars)
    steps = song.plan.metre.steps
    spans: list[_SPANS] = []
    for index, bar in enumerate(range(0, bars, each)):
        harmony = chord(song.tonic, song.mode, names[index % len(names)], song.style.chord)
        length = min(each, bars - bar) * steps
        if spans and spans[-1][2] == harmony and spans[-1][1] < 4 * steps:
            first, before, _ = spans[-1]
            spans[-1] = (first, before + length, harmony)
        else:
            spans.append((bar * steps, length, harmony))
    return spans


def _written(song: _Song, player: _Player, section: SectionPlan) -> list[Event]:
    """What this player plays in this section; a theme that returns is played again note for note."""
    metre, role = song.plan.metre, player.layer.role
    rng = random.Random(f"{song.seed} {role} {player.instrument} {section.theme}")
    instrument = INSTRUMENTS[player.instrument]
    if role == "drums":
        lanes = grooves.groove(song.groove, metre)
        return grooves.drum_bars(rng, lanes, metre, section.bars, energy=section.energy, fill_every=song.fill_every)
    spans = _harmony(song, section.theme, section.bars)
    if role == "bass":
        return parts.bass_line(rng, player.pattern, spans, metre, instrument)
    if role == "chords":
        return parts.comping(rng, player.pattern, spans, metre, instrument, _CENTRES[role])
    if role == "pad":
        return parts.pad(spans, instrument, _CENTRES[role])
    if role == "arp":
        return parts.arpeggio(rng, player.pattern, spans, instrument, _CENTRES[role], 1 if song.energy > 0.7 else 2)
    if role == "counter":
        return melody.counter(spans, instrument, metre, _CENTRES[role])
    density = rng.uniform(*song.style.density)
    main = song.motif if section.theme in ("A", "C") else None
    return melody.tune(rng, spans, metre, instrument, tonic=song.tonic, mode=song.mode, density=density, main=main)


def _timed(
    rng: random.Random, song: _Song, section: SectionPlan, events: Sequence[Event], player: _Player
) -> list[Note]:
    """Steps to seconds, with swing, the small unevenness of hands, and the loudness of the section."""
    plan, style = song.plan, song.style
    start, end = section.first_bar * plan.bar_s, (section.first_bar + section.bars) * plan.bar_s
    swung = 2 if style.swing > 0.5 else 1  # jazz swings eighths, hip hop sixteenths
    notes = []
    for event in events:
        step = event.step
        if style.swing and step % (2 * swung) == swung:
            step += style.swing * swung * (0.5 if swung == 2 else 1.0)
        late = min(max(rng.gauss(0.0, style.human_ms / 1000), -0.03), 0.03)
        time = max(start + step * plan.step_s + (late if player.layer.role != "pad" else 0.0), 0.0)
        length = min(event.length * plan.step_s, end - time)
        if length > 0.01:
            loudness = event.velocity * (0.55 + 0.3 * section.energy + 0.2 * song.energy)
            velocity = round(min(max(127 * loudness * rng.uniform(0.94, 1.06), 12), 127))
            notes.append(Note(round(time, 5), round(length, 5), event.pitch, velocity))
    return notes


def _final(rng: random.Random, song: _Song, player: _Player) -> list[Note]:
    """The last chord, on the tonic, held until shortly before the end."""
    plan, role = song.plan, player.layer.role
    instrument = INSTRUMENTS[player.instrument]
    start = plan.final_s
    hold = plan.duration_s - start - min(0.35, 0.15 * (plan.duration_s - start))
    velocity = round(60 + 45 * song.energy)
    if role == "drums":
        drums = [grooves.DRUMS["kick"], grooves.DRUMS["crash"]] if song.energy > 0.4 else [grooves.DRUMS["kick"]]
        return [Note(start, 0.5, drum, velocity) for drum in drums]
    home = chord(song.tonic, song.mode, "1", 3)
    if role == "bass":
        pitches = [nearest(instrument.low + 6, (home.root,))]
    elif role in ("lead", "counter"):
        pitches = [nearest(min(max(_CENTRES.get(role, 69), instrument.low + 6), instrument.high - 6), (home.root,))]
    else:
        pitches = sorted({event.pitch for event in parts.pad([(0, 4, home)], instrument, _CENTRES[role])})
    spread = 0.02 if role in ("chords", "arp") else 0.0
    return [Note(round(start + spread * i, 5), round(hold - spread * i, 5), p, velocity) for i, p in enumerate(pitches)]


def _mix(rng: random.Random, style: Style, kind: str) -> Mix:
    seconds, wet = style.reverb
    return Mix(
        reverb_s=seconds * rng.uniform(0.8, 1.25),
        reverb_wet=wet * rng.uniform(0.6, 1.4),
        duck=style.duck,
        cutoff_hz=style.cutoff_hz,
        crackle=style.crackle,
        loop=kind == "loop",
    )


def _truth(rng: random.Random, song: _Song, tracks: Sequence[Track], kind: str) -> Truth:
    names = list(dict.fromkeys(track.instrument for track in tracks))
    leads = [
        track.instrument
        for role in ("lead", "arp", "chords", "pad", "bass", "drums")
        for track in tracks
        if track.role == role
    ]
    plan = song.plan
    moods = tuple(rng.sample(song.style.moods, k=min(2, len(song.style.moods))))
    return Truth(
        style=song.style.name,
        tempo_bpm=float(plan.tempo_bpm) if song.style.pulse else 0.0,
        key=KEYS[song.tonic],
        mode=song.mode,
        metre=plan.metre.name,
        sections=plan.truth_sections(),
        instruments=tuple(names),
        lead=leads[0],
        has_drums=any(track.role == "drums" for track in tracks),
        energy=round(song.energy, 3),
        moods=moods,
        duration_s=plan.duration_s,
        kind=kind,
    )

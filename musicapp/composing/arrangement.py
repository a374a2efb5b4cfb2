"""Turns the plan of a song into tracks: who plays in which section, what, how loud, and how it ends."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from musicapp.composing import grooves, melody, parts
from musicapp.composing.form import Plan, SectionPlan
from musicapp.composing.instruments import INSTRUMENTS
from musicapp.composing.score import Event, Note, Track
from musicapp.composing.style import Layer, Style
from musicapp.composing.theory import Chord, chord, nearest, progressions

_CENTRES = {"chords": 60, "pad": 62, "arp": 66, "counter": 64}
_GAINS_DB = {"drums": 0.0, "bass": -1.0, "chords": -3.0, "pad": -5.0, "lead": 0.0, "arp": -3.5, "counter": -3.0}
_SWELLS = {"intro": (0.85, 1.05), "break": (0.8, 1.15), "outro": (1.05, 0.85)}


@dataclass(frozen=True)
class Player:
    """A layer with its choices made; `enters` is its own shade of the layer's."""

    layer: Layer
    instrument: str
    pattern: str
    pan: float
    enters: float
    number: int
    kit: str = ""

    @property
    def role(self) -> str:
        """What the layer does."""
        return self.layer.role


@dataclass(frozen=True)
class Song:
    """Everything decided before the first note."""

    seed: int
    style: Style
    plan: Plan
    tonic: int
    mode: str
    energy: float
    players: tuple[Player, ...]
    motif: melody.Motif
    groove: str
    fill_every: int
    kind: str


def cast(rng: random.Random, style: Style) -> tuple[Player, ...]:
    """Choose the players of a style: an instrument and a way of playing for each, and a seat on the stage."""
    players = []
    for number, layer in enumerate(style.layers):
        if rng.random() < layer.chance:
            pan = 0.0 if layer.role in ("bass", "lead") else rng.choice((-1, 1)) * rng.uniform(0.15, 0.55)
            instrument, pattern = rng.choice(layer.instruments), rng.choice(layer.patterns)
            players.append(Player(layer, instrument, pattern, pan, layer.enters + rng.uniform(-0.06, 0.06), number))
    if style.grooves and rng.random() < style.drums:
        layer = Layer("drums", (style.drum_name,), enters=0.5)
        players.append(
            Player(layer, style.drum_name, "", 0.0, 0.5 + rng.uniform(-0.06, 0.06), 99, rng.choice(style.kits))
        )
    return tuple(players)


def perform(song: Song) -> tuple[Track, ...]:
    """Every player's track. Players who come in nowhere are left out."""
    least = min((player.enters for player in song.players), default=0.0)
    tracks = []
    for player in song.players:
        rng = random.Random(f"{song.seed} {player.role} {player.number} performance")
        notes: list[Note] = []
        for index, section in enumerate(song.plan.sections):
            # Short forms have everybody in; longer ones thin out and grow, but never to silence.
            everybody = len(song.plan.sections) <= 2 and section.name != "intro"
            if everybody or player.enters <= max(section.energy, least):
                following = song.plan.sections[index + 1].name if index + 1 < len(song.plan.sections) else ""
                events = _written(song, player, section, following)
                notes += _timed(rng, song, section, events, player)
        if notes and song.kind == "song":
            notes += _final(rng, song, player)
        if notes:
            gain, ordered = _GAINS_DB[player.role], tuple(sorted(notes))
            tracks.append(Track(player.instrument, player.role, ordered, gain, player.pan, player.kit))
    return tuple(tracks)


def _harmony(song: Song, theme: str, bars: int) -> list[parts.Span]:
    """The chords of a theme: the same for the same theme, whatever its length."""
    rng = random.Random(f"{song.seed} harmony {theme}")
    names = rng.choice(progressions(song.mode, jazz=song.style.jazz, contrast=theme != "A")).split()
    each = rng.choice(song.style.harmony_bars)
    steps = song.plan.metre.steps
    spans: list[parts.Span] = []
    for index, bar in enumerate(range(0, bars, each)):
        harmony = chord(song.tonic, song.mode, names[index % len(names)], song.style.chord)
        length = min(each, bars - bar) * steps
        if spans and spans[-1][2] == harmony and spans[-1][1] < 4 * steps:
            first, before, _ = spans[-1]
            spans[-1] = (first, before + length, harmony)
        else:
            spans.append((bar * steps, length, harmony))
    return spans


def _written(song: Song, player: Player, section: SectionPlan, following: str) -> list[Event]:
    """What this player plays in this section; a theme that returns is played again note for note."""
    metre, role = song.plan.metre, player.role
    rng = random.Random(f"{song.seed} {role} {player.number} {section.theme}")
    if role == "drums":
        return _drums(rng, song, section, following)
    instrument = INSTRUMENTS[player.instrument]
    spans = _harmony(song, section.theme, section.bars)
    centre = player.layer.centre or _CENTRES.get(role, 60)
    if role == "bass":
        return parts.bass_line(rng, player.pattern, spans, metre, instrument, tonic=song.tonic)
    if role == "chords":
        return parts.comping(rng, player.pattern, spans, metre, instrument, centre)
    if role == "pad":
        return parts.pad(spans, instrument, centre)
    if role == "arp":
        return parts.arpeggio(rng, player.pattern, spans, instrument, centre, 1 if song.energy > 0.7 else 2)
    if role == "counter":
        return melody.counter(spans, instrument, metre, centre)
    main = song.motif if section.theme in ("A", "C") else None
    density = rng.uniform(*song.style.density)
    notes = melody.tune(rng, spans, metre, instrument, tonic=song.tonic, mode=song.mode, density=density, main=main)
    if section.name == "climax" and notes and max(note.pitch for note in notes) + 12 <= instrument.high:
        notes = [note._replace(pitch=note.pitch + 12) for note in notes]
    return notes


def _drums(rng: random.Random, song: Song, section: SectionPlan, following: str) -> list[Event]:
    metre = song.plan.metre
    lanes = grooves.groove(song.groove, metre)
    if section.energy < 0.6:
        lanes = grooves.thinned(rng, lanes, 0.6)
    lively = section.energy >= 0.7
    fill_every = min(song.fill_every, section.bars) if lively and section.bars > 1 and song.kind == "song" else 0
    opening = lively and section.first_bar > 0
    events = grooves.drum_bars(rng, lanes, metre, section.bars, fill_every=fill_every, opening=opening)
    if following == "climax" and section.bars >= 4 and song.style.duck:
        events += grooves.roll(metre, section.bars, 2)
    return events


def _timed(rng: random.Random, song: Song, section: SectionPlan, events: Sequence[Event], player: Player) -> list[Note]:
    """Steps to seconds, with swing, the small unevenness of hands, and the loudness of the section."""
    plan, style = song.plan, song.style
    start = section.first_bar * plan.bar_s
    end = min((section.first_bar + section.bars) * plan.bar_s, plan.final_s)
    swung = 2 if style.swing > 0.5 else 1  # jazz swings eighths, hip hop sixteenths
    swings = style.swing if plan.metre.steps_per_beat == 4 else 0.0
    opening, closing = _SWELLS.get(section.name, (1.0, 1.0))
    total = section.bars * plan.metre.steps
    spread = style.human_ms / 1000 if player.role not in ("pad", "counter") else 0.0
    notes = []
    for event in events:
        step = event.step
        if swings and step % (2 * swung) == swung:
            step += swings
        late = min(max(rng.gauss(0.0, spread), -0.03), 0.03)
        time = max(start + step * plan.step_s + late, 0.0)
        length = min(event.length * plan.step_s, end - time)
        if length < 0.02:
            continue
        swell = opening + (closing - opening) * event.step / total
        loudness = swell * event.velocity * (0.5 + 0.3 * section.energy + 0.25 * song.energy)
        velocity = round(min(max(127 * loudness * rng.uniform(0.94, 1.06), 12), 127))
        notes.append(Note(round(time, 5), round(length, 5), event.pitch, velocity))
    return notes


def _final(rng: random.Random, song: Song, player: Player) -> list[Note]:
    """The last chord, on the tonic, held until shortly before the end."""
    plan, role = song.plan, player.role
    instrument = INSTRUMENTS[player.instrument]
    ring = plan.duration_s - plan.final_s
    velocity = round(55 + 45 * song.energy)
    if role == "drums":
        drums = [grooves.DRUMS["kick"]] + [grooves.DRUMS["crash"]] * (song.energy > 0.4)
        return [Note(round(plan.final_s, 5), 0.5, drum, velocity) for drum in drums]
    pitches = closing_pitches(role, song.tonic, song.mode, player.instrument, player.layer.centre)
    notes = []
    for i, pitch in enumerate(pitches):
        start = plan.final_s + (0.02 * i if role in ("chords", "arp") and not instrument.sustains else 0.0)
        hold = plan.duration_s - start - min(0.3, 0.15 * ring)
        notes.append(Note(round(start, 5), round(hold, 5), pitch, max(velocity - rng.randrange(8), 20)))
    return notes


def closing_pitches(role: str, tonic: int, mode: str, name: str, centre: int = 0) -> list[int]:
    """What a player of this role holds at the end: the root below, the tonic chord in the middle."""
    instrument = INSTRUMENTS[name]
    home: Chord = chord(tonic, mode, "1", 3)
    if role == "bass":
        return [nearest(instrument.low + 6, (home.root,))]
    if role in ("lead", "counter"):
        return [nearest(min(max(centre or 69, instrument.low + 6), instrument.high - 6), (home.root,))]
    events = parts.pad([(0, 4, home)], instrument, centre or _CENTRES[role])
    return sorted({event.pitch for event in events})

"""What a source is like, so that music beside it goes on as it does: by its own tags, else by ear.

The prompt of the new take has the first word; what it leaves open is the source's.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import soxr

from musicapp.analysis import listening
from musicapp.analysis.listening_features import HOP, onsets
from musicapp.audio import tags, wave_io
from musicapp.engine.request_facts import RequestFacts, read_request
from musicapp.errors import LibraryError
from musicapp.prompts.facts import PromptFacts, read_prompt
from musicapp.prompts.scales import SCALES
from musicapp.request import TakeRequest
from musicapp.shape import Source

LEAST_S = 4.0  # of sound that says something about tempo and key
NEAR_S = 16.0  # of music at the border whose beats are looked at: a tempo that is slightly off drifts away from others
USUAL_METRE, USUAL_BPM = 4.0, 120.0
PHASES = 64  # places of a beat that are tried
DEEP, LOW = 0, 1  # ranges of onsets, where bars begin loudest
SMOOTHING = np.hanning(9)[1:-1]  # over 70 ms: players are not exact


def take_of(path: Path) -> TakeRequest | None:
    """The request that made a file, where it is one of our takes."""
    try:
        recalled = tags.recalled(wave_io.read_tags(path), path.stem)
    except LibraryError:
        return None
    return None if recalled is None else recalled.request


def completed(facts: RequestFacts, source: Source, audio: np.ndarray, sample_rate: int) -> RequestFacts:
    """The facts of a request with those of its source where its prompt leaves them open.

    audio  of the source, `(frames, channels)`
    """
    take, stated = take_of(Path(source.path)), facts.prompt
    theirs = PromptFacts() if take is None else read_prompt(take.prompt)
    if len(audio) >= LEAST_S * sample_rate:
        theirs = _heard(theirs, stated, audio, sample_rate)
    border_s = source.before_s if source.before_s else 0.0
    is_whole = take is not None and take.source is None and take.loop is None
    if stated.beat_bpm is None:
        stated = dataclasses.replace(
            stated, tempo_bpm=theirs.beat_bpm, pace=None, beats_in_bar=stated.beats_in_bar or theirs.beats_in_bar
        )
    if stated.tonic is None:
        stated = dataclasses.replace(stated, tonic=theirs.tonic, scale=theirs.scale)
    if stated.has_drums is None:
        stated = dataclasses.replace(stated, has_drums=theirs.has_drums)
    bars_from_s = border_s
    if not is_whole and stated.beat_bpm is not None and len(audio) >= LEAST_S * sample_rate:
        at_end = not source.before_s
        bars_from_s += bar_start_s(audio, sample_rate, stated.beat_bpm, stated.beats_in_bar or USUAL_METRE, at_end)
    return dataclasses.replace(facts, prompt=dataclasses.replace(stated, bars_from_s=bars_from_s))


def bar_s(request: TakeRequest, audio: np.ndarray, sample_rate: int) -> float:
    """Seconds of a bar of a take with a source, as its prompt has it, else the source's own, else by ear."""
    assert request.source is not None
    stated = completed(read_request(request), request.source, audio, sample_rate).prompt
    return 60.0 / (stated.beat_bpm or USUAL_BPM) * (stated.beats_in_bar or USUAL_METRE)


def bar_start_s(audio: np.ndarray, sample_rate: int, beat_bpm: float, beats_in_bar: float, at_end: bool) -> float:
    """A time at which a bar of the audio begins, as its end has it, or its beginning."""
    count = int(NEAR_S * sample_rate)
    first = max(0, len(audio) - count) if at_end else 0
    heard = onsets(_as_listened(audio[first : first + count], sample_rate))
    heard = np.stack([np.convolve(strength, SMOOTHING, "same") for strength in heard])
    times = (np.arange(heard.shape[1]) + 1) * HOP / listening.SAMPLE_RATE  # a rise is told of its middle
    beat_s = 60 / beat_bpm
    beat = _best_phase(heard.sum(axis=0), times, beat_s)
    deep = heard[DEEP] + heard[LOW]
    starts = beat + beat_s * np.arange(max(1, round(beats_in_bar)))
    strengths = [_strength(deep, times, start, beat_s * beats_in_bar) for start in starts]
    return float(first / sample_rate + starts[int(np.argmax(strengths))])


def _heard(known: PromptFacts, stated: PromptFacts, audio: np.ndarray, sample_rate: int) -> PromptFacts:
    """What tags do not say and the prompt leaves open, by ear."""
    if (known.beat_bpm or stated.beat_bpm) is not None and (known.tonic is not None or stated.tonic is not None):
        return known
    sound = _as_listened(audio, sample_rate)
    if known.beat_bpm is None and stated.beat_bpm is None:
        known = dataclasses.replace(known, tempo_bpm=listening.tempo_of(sound))
    if known.tonic is None and stated.tonic is None:
        tonic, mode = listening.key_of_passage(sound)
        known = dataclasses.replace(known, tonic=tonic, scale=SCALES[mode])
    return known


def _as_listened(audio: np.ndarray, sample_rate: int) -> np.ndarray:
    stereo = audio if audio.shape[1] == 2 else np.repeat(audio.mean(axis=1, keepdims=True), 2, axis=1)
    if sample_rate == listening.SAMPLE_RATE:
        return stereo
    resampled: np.ndarray = soxr.resample(stereo, sample_rate, listening.SAMPLE_RATE)
    return resampled


def _best_phase(strength: np.ndarray, times: np.ndarray, period_s: float) -> float:
    phases = np.arange(PHASES) * period_s / PHASES
    return float(phases[int(np.argmax([_strength(strength, times, phase, period_s) for phase in phases]))])


def _strength(strength: np.ndarray, times: np.ndarray, start_s: float, period_s: float) -> float:
    beats = np.arange(start_s, times[-1], period_s)
    return float(np.interp(beats, times, strength).mean()) if len(beats) else 0.0

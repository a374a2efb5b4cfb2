"""What is there of a piece and what is to be made: passages of a source, music before or behind it, a loop's seam."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from musicapp.description.config import ModelConfig
from musicapp.errors import RequestError
from musicapp.request import MIN_DURATION_S, format_duration, frames_for
from musicapp.shape import MIN_REGION_S, Pick, Source

CONTEXT_S = 20.0  # of music around a passage that the model hears
WINDOW_S = 120.0  # that a model without a fixed length works on at once
LEEWAY_S = 0.05  # by which a passage may end behind its source: people round


@dataclass(frozen=True)
class Gap:
    """A passage to make, in frames; `is_open` is one with nothing true in it, neither before nor behind."""

    first: int
    end: int
    is_open: bool = False


@dataclass(frozen=True)
class Canvas:
    """A piece with gaps.

    audio    `(frames, channels)` float32; what lies in a gap is what was there, or silence
    turned   frames that it was turned by, so that a loop's seam lies inside; they are turned back at the end
    """

    audio: np.ndarray
    gaps: tuple[Gap, ...]
    turned: int = 0

    @property
    def is_circular(self) -> bool:
        """Whether its end runs into its beginning."""
        return self.turned > 0


@dataclass(frozen=True)
class Window:
    """What a model works on at once, in latents: `count` from `first` on, of which [start, end) are made."""

    first: int
    count: int
    start: int
    end: int


def canvas_of(source: Source, audio: np.ndarray, sample_rate: int) -> Canvas:
    """The canvas that a source and what is asked of it make. Raises RequestError."""
    frames = len(audio)
    if source.regions:
        return Canvas(audio, tuple(_gap(source, region, frames, sample_rate) for region in sorted(source.regions)))
    if source.seam_s:
        return seam(part_of(source, audio, sample_rate), source.seam_s, sample_rate)
    before, behind = (frames_for(seconds, sample_rate) for seconds in (source.before_s, source.after_s))
    longer = np.zeros((before + frames + behind, audio.shape[1]), np.float32)
    longer[before : before + frames] = audio
    ends = (Gap(0, before, is_open=True), Gap(before + frames, before + frames + behind, is_open=True))
    return Canvas(longer, tuple(gap for gap in ends if gap.end > gap.first))


def part_of(source: Source, audio: np.ndarray, sample_rate: int) -> np.ndarray:
    """What is to be varied, or to be a loop, of a source `(frames, channels)`. Raises RequestError."""
    if not source.to_s:
        return audio
    gap = _gap(source, (source.from_s, source.to_s), len(audio), sample_rate)
    if gap.end - gap.first < MIN_DURATION_S * sample_rate:
        raise RequestError("That part is too short.", hint=f"Use {MIN_DURATION_S:g} seconds or more.")
    return audio[gap.first : gap.end]


def glued(picks: Sequence[Pick], lanes: Sequence[np.ndarray], joint_s: float, sample_rate: int) -> Canvas:
    """The chosen passages of several takes one after the other, with a gap around every change of lane.

    Raises RequestError for takes that are not equally long, and passages behind their end.
    """
    frames = len(lanes[0])
    if any(len(lane) != frames for lane in lanes):
        lengths = ", ".join(format_duration(round(len(lane) / sample_rate, 3)) for lane in lanes)
        raise RequestError(f"The takes are not equally long: {lengths}.", hint="Glue takes of one length.")
    starts = [frames_for(start, sample_rate) for start, _ in picks]
    if starts[-1] >= frames:
        raise RequestError(
            f"The passage from {format_duration(picks[-1][0])} on begins behind the end of the takes.",
            hint=f"They last {format_duration(round(frames / sample_rate, 2))}.",
        )
    audio, cuts = np.empty_like(lanes[0]), []
    for (first, end), (_, number) in zip(itertools.pairwise([*starts, frames]), picks, strict=True):
        audio[first:end] = lanes[number][first:end]
    for (_, before), (start_s, number) in itertools.pairwise(picks):
        if number != before:
            cuts.append(frames_for(start_s, sample_rate))
    reach, gaps = frames_for(joint_s / 2, sample_rate), []
    for before, cut, behind in zip([0, *cuts], cuts, [*cuts[1:], frames], strict=False):
        left = cut if before == 0 else (cut - before) // 2
        right = behind - cut if behind == frames else (behind - cut) // 2
        gaps.append(Gap(cut - min(reach, left), cut + min(reach, right)))
    return Canvas(audio, tuple(gaps))


def seam(audio: np.ndarray, seam_s: float, sample_rate: int) -> Canvas:
    """A loop whose end is to run into its beginning: turned by half, the joint in the middle."""
    turned, reach = len(audio) // 2, frames_for(seam_s, sample_rate) // 2
    joint = len(audio) - turned
    reach = min(reach, joint // 2, turned // 2)
    return Canvas(np.roll(audio, -turned, axis=0), (Gap(joint - reach, joint + reach),), turned)


def longest_window(config: ModelConfig) -> int:
    """Latents of the longest window that a model works on at once: its own, or for others one that is not too slow."""
    per_s, patch = config.sample_rate / config.autoencoder.downsampling_ratio, config.diffusion.dit.patch_size
    is_fixed = not config.app.variable_length
    longest = config.window_latents if is_fixed else int(min(config.max_duration_s, WINDOW_S) * per_s)
    return longest - longest % patch


def windows(
    gap: tuple[int, int], total: int, *, longest: int, context: int, multiple: int, is_fixed: bool = False
) -> Iterator[Window]:
    """Windows of at most `longest` latents that make a gap from its start to its end.

    gap       its first latent, and the one behind its last
    total     latents of the piece
    context   around a gap, at least where the window has room for it
    multiple  of which the windows' beginnings are
    is_fixed  windows take no less than `longest`: there may as well be music in them
    A gap longer than a window is made in several, each hearing what the one before has made.
    """
    start, end = gap
    context = min(context, longest // 3)
    while start < end:
        first = max(0, start - context) // multiple * multiple
        last = min(total, end + context, first + longest)
        if is_fixed:
            first = min(first, -(-max(0, last - longest) // multiple) * multiple)
            last = min(total, first + longest)
        # Where more follows, what lies near the window's end is made again, hearing more of what is behind it.
        made = end if last >= end else last - context // 2
        yield Window(first, last - first, start, made)
        start = made


def _gap(source: Source, region: tuple[float, float], frames: int, sample_rate: int) -> Gap:
    first, end = (frames_for(time, sample_rate) for time in region)
    if end > frames + frames_for(LEEWAY_S, sample_rate) or min(end, frames) - first < MIN_REGION_S * sample_rate / 2:
        lasts = format_duration(round(frames / sample_rate, 2))
        passage = "-".join(format_duration(time) for time in region)
        raise RequestError(
            f"The passage {passage} does not lie inside of “{source.name}”, which lasts {lasts}.",
            hint=f"Give times from 0:00 to {lasts}.",
        )
    return Gap(first, min(end, frames))

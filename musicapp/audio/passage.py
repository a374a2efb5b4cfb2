"""What an export takes from a sound: all of it or a part, cut at zero crossings, with fades, or as a loop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from musicapp.audio.sound_paths import openable
from musicapp.errors import ExportError

BLOCK_FRAMES = 65536  # never more: libsndfile's Vorbis encoder crashes on large blocks
ZERO_REACH_S = 0.01  # how far an edge moves to a zero crossing
LOOP_CONTEXT_S = 0.1  # of a loop's other end that a change of the sample rate hears
_SEEKS_INEXACTLY = ("MP3", "OGG")
Source = Path | np.ndarray


@dataclass(frozen=True)
class Passage:
    """A part of a sound, in its own frames, and its edges.

    end                None: to the end of the sound
    fade_in_s          a quarter of a sine, squared; together with `fade_out_s` at most the length
    at_zero_crossings  edges within the sound move by up to 10 ms, to where the middle of all channels rises through 0
    is_loop            its end is followed by its start: a change of the sample rate hears it so
    """

    start: int = 0
    end: int | None = None
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    at_zero_crossings: bool = False
    is_loop: bool = False


WHOLE = Passage()


class PassageReader:
    """The passage as blocks of `(frames, channels)` float32, as often as asked, at any sample rate.

    start, end  in frames of the source, after edges have moved
    Raises ExportError for a source that cannot be read and for what is no part of it.
    """

    def __init__(self, source: Source, sample_rate: int, passage: Passage, stack: ExitStack) -> None:
        self._sound = _Sound(source, sample_rate, stack)
        self._passage = passage
        self.channels, self.sample_rate = self._sound.channels, self._sound.sample_rate
        self.start, self.end = self._edges()
        self.frames = self.end - self.start
        self._fades = round(passage.fade_in_s * self.sample_rate), round(passage.fade_out_s * self.sample_rate)
        if sum(self._fades) > self.frames:
            raise ExportError(
                f"Fades of {sum(self._fades) / self.sample_rate:.2f} s do not fit into "
                f"{self.frames / self.sample_rate:.2f} s.",
                hint="Make them shorter.",
            )

    def frames_at(self, sample_rate: int) -> int:
        """How many frames the passage has at a sample rate: the nearest whole number, halves upwards."""
        return (2 * self.frames * sample_rate + self.sample_rate) // (2 * self.sample_rate)

    def blocks(self, sample_rate: int) -> Iterator[np.ndarray]:
        """All of it at a sample rate, `frames_at` frames in blocks of at most `BLOCK_FRAMES`."""
        if sample_rate == self.sample_rate:
            yield from self._own_blocks(0, self.frames)
            return
        left = self.frames_at(sample_rate)
        for block in self._converted(sample_rate):
            for first in range(0, min(len(block), left), BLOCK_FRAMES):  # the converter may hand out more than it took
                yield block[first : min(first + BLOCK_FRAMES, left)]
            left -= min(len(block), left)
        if left:
            yield np.zeros((left, self.channels), np.float32)

    def _converted(self, sample_rate: int) -> Iterator[np.ndarray]:
        stream = soxr.ResampleStream(self.sample_rate, sample_rate, self.channels, dtype="float32", quality="VHQ")
        context = self._context(sample_rate)
        drop = context * sample_rate // self.sample_rate
        for block in self._own_blocks(-context, self.frames + context):
            converted = stream.resample_chunk(block)
            yield converted[drop:]
            drop = max(drop - len(converted), 0)
        yield stream.resample_chunk(np.zeros((0, self.channels), np.float32), last=True)[drop:]

    def _context(self, sample_rate: int) -> int:
        """Frames from a loop's other end: so many that they are whole at both rates."""
        if not self._passage.is_loop or not self.frames:
            return 0
        unit = self.sample_rate // int(np.gcd(self.sample_rate, sample_rate))
        return unit * max(round(LOOP_CONTEXT_S * self.sample_rate / unit), 1)

    def _own_blocks(self, first: int, end: int) -> Iterator[np.ndarray]:
        """Frames of the passage, which goes on from its start again before and behind it."""
        while first < end:
            place = first % self.frames
            count = min(BLOCK_FRAMES, end - first, self.frames - place)
            block = self._sound.read(self.start + place, count)
            if len(block) < count:
                raise ExportError("The take's file ends earlier than it says.", hint="Make the take again.")
            yield self._faded(block, place)
            first += count

    def _faded(self, block: np.ndarray, place: int) -> np.ndarray:
        fade_in, fade_out = self._fades
        if place >= fade_in and place + len(block) <= self.frames - fade_out:
            return block
        at = place + np.arange(len(block)) + 0.5
        rise = np.clip(at / max(fade_in, 1), 0, 1) if fade_in else np.ones(len(block))
        fall = np.clip((self.frames - at) / max(fade_out, 1), 0, 1) if fade_out else np.ones(len(block))
        gain = np.square(np.sin(np.pi / 2 * rise) * np.sin(np.pi / 2 * fall)).astype(np.float32)
        return block * gain[:, None]

    def _edges(self) -> tuple[int, int]:
        whole, wanted = self._sound.frames, self._passage
        start, end = wanted.start, whole if wanted.end is None else min(wanted.end, whole)
        if not 0 <= start <= whole or (end <= start and whole):
            raise ExportError(
                f"There is nothing to export from {start / self.sample_rate:.2f} s on: the sound is "
                f"{whole / self.sample_rate:.2f} s long.",
                hint="Choose a part of it.",
            )
        if wanted.at_zero_crossings:
            moved = self._sound.zero_crossing_near(start), self._sound.zero_crossing_near(end)
            start, end = moved if moved[0] < moved[1] else (start, end)
        return start, end


class _Sound:
    """The source, read from anywhere."""

    def __init__(self, source: Source, sample_rate: int, stack: ExitStack) -> None:
        self._whole: np.ndarray | None = None
        if isinstance(source, np.ndarray):
            self._whole, self.sample_rate = source, sample_rate
        else:
            try:
                self._file = stack.enter_context(soundfile.SoundFile(openable(source)))
                self.sample_rate = self._file.samplerate
                if self._file.format in _SEEKS_INEXACTLY:
                    self._whole = self._file.read(dtype="float32", always_2d=True)
            except (OSError, soundfile.LibsndfileError) as error:
                trouble = "cannot be read" if source.is_file() else "is gone"
                raise ExportError(
                    f"The file “{source.name}” {trouble}.",
                    hint="Choose another, or make the take again.",
                    detail=str(error),
                ) from error
        if self._whole is not None:
            self.frames, self.channels = self._whole.shape
        else:
            self.frames, self.channels = self._file.frames, self._file.channels

    def read(self, start: int, count: int) -> np.ndarray:
        if self._whole is not None:
            return np.asarray(self._whole[start : start + count], np.float32)
        self._file.seek(start)
        block: np.ndarray = self._file.read(count, dtype="float32", always_2d=True)
        return block

    def zero_crossing_near(self, frame: int) -> int:
        """The nearest frame, at most 10 ms away, where the middle of the channels rises through 0.

        The edges of the sound stay; where nothing rises through 0, the frame nearest to it is chosen.
        """
        reach = round(ZERO_REACH_S * self.sample_rate)
        if not 0 < frame < self.frames:
            return frame
        first = max(frame - reach, 1)
        middle = self.read(first - 1, min(frame + reach, self.frames) - first + 1).mean(axis=1)
        rising = first + np.flatnonzero((middle[:-1] < 0) & (middle[1:] >= 0))
        if not len(rising):
            return first + int(np.abs(middle[1:]).argmin())
        return int(rising[np.abs(rising - frame).argmin()])

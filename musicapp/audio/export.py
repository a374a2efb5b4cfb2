"""Export: one pass that finds the peak, one that writes beside the target, a check, then the old file is replaced.

Until that last step nothing touches what was at the target before. Lossy files are written again, with less gain, until
they leave room above their decoded peaks.
"""

from __future__ import annotations

import errno
import math
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import soundfile
import soxr

from musicapp import part_files
from musicapp.audio import headroom, levels
from musicapp.audio.encoders import open_encoder
from musicapp.audio.formats import EXPORT_FORMATS, ExportFormat, ExportResult
from musicapp.errors import ExportError

BLOCK_FRAMES = 65536  # never more: libsndfile's Vorbis encoder crashes on large blocks
PEAK_SHARE = 0.1  # of the progress bar; the rest is writing
ATTEMPT_SHARE = 0.6  # of what is left of the bar, for every time that a lossy file is written
FULL_DISK_BYTES = 1 << 20
Source = Path | np.ndarray
Report = Callable[[float], None]
Stopped = Callable[[], bool]


def export(
    source: Source,
    target: Path,
    *,
    sample_rate: int,
    format: str,
    tags: dict[str, str],
    on_progress: Report | None = None,
    should_stop: Stopped | None = None,
    overwrite: bool = True,
) -> ExportResult:
    """Write `source` to `target` as `format` (a key of EXPORT_FORMATS).

    source       the path of an audio file, or `(frames, channels)` float32 samples at `sample_rate`
    on_progress  is told 0 to 1
    should_stop  is asked between blocks; True ends the export with a result whose `cancelled` is set
    overwrite    False refuses a target that exists

    16 bit gets triangular dither, always the same. Peaks over full scale lower the whole file by one gain, except in
    float WAV, which can hold them; in lossy formats so do decoded true peaks above -1 dBTP. Same source, same bytes.
    Raises ExportError, and then the target is as it was.
    """
    report, stopped = on_progress or (lambda share: None), should_stop or (lambda: False)
    form = EXPORT_FORMATS[format]
    temporary = part_files.beside(target)
    try:
        _check_target(target, overwrite)
        part_files.sweep(target.parent)  # here an export may have been killed that no start knows of
        with ExitStack() as stack:
            audio = _Blocks(source, sample_rate, stack)
            gain = _safe_gain(audio, form, report, stopped)
            if form.is_lossy:
                gain, frames = _write_with_room(audio, gain, form, tags, temporary, report, stopped)
            else:
                frames = _write(audio, gain, form, tags, temporary, _part(report, PEAK_SHARE, 0.99), stopped)
        if gain is None or frames is None:
            return ExportResult(target, 0.0, 0, cancelled=True)
        _check_written(temporary, frames)
        _check_target(target, overwrite)
        temporary.replace(target)
    except (OSError, ValueError, soundfile.LibsndfileError, AssertionError) as error:
        # AssertionError: soundfile asserts that as much was written as asked for; a full disk looks like that.
        raise explain_write_error(error, target) from error
    finally:
        if target.parent.is_dir():
            temporary.unlink(missing_ok=True)
    report(1.0)
    return ExportResult(target, levels.to_db(gain), frames)


def explain_write_error(error: Exception, target: Path) -> ExportError:
    """One sentence and a next step for a file that could not be written."""
    number, folder, detail = getattr(error, "errno", None), target.parent, f"{type(error).__name__}: {error}"
    if not folder.is_dir():
        message, hint = f"The folder “{folder}” does not exist.", "Choose another folder."
    elif number in (errno.ENOSPC, errno.EDQUOT) or shutil.disk_usage(folder).free < FULL_DISK_BYTES:
        message, hint = f"The disk of “{folder}” is full.", "Free some space or choose another disk."
    elif number in (errno.EACCES, errno.EPERM, errno.EROFS):
        message, hint = (
            f"Files may not be written in “{folder}”.",
            "Choose another folder, your music folder for example.",
        )
    elif number == errno.EISDIR:
        message, hint = f"“{target.name}” is a folder.", "Choose another file name."
    elif number == errno.EEXIST:
        message, hint = f"“{target.name}” exists already.", "Choose another name, or allow it to be replaced."
    elif number == errno.ENAMETOOLONG:
        message, hint = "The file name is too long.", "Choose a shorter name."
    elif number == errno.EFBIG or isinstance(error, ValueError):
        message, hint = f"“{target.name}” would be too large here.", "Export as FLAC or MP3, or choose another disk."
    else:
        message, hint = f"“{target.name}” could not be written.", "Choose another folder or disk and try again."
    return ExportError(message, hint=hint, detail=detail)


class _Blocks:
    """The source as blocks of float32, as often as asked."""

    def __init__(self, source: Source, sample_rate: int, stack: ExitStack) -> None:
        self._source = source
        if isinstance(source, np.ndarray):
            self.frames, self.channels, self.sample_rate = len(source), source.shape[1], sample_rate
            return
        try:
            self._file = stack.enter_context(soundfile.SoundFile(source))
        except (OSError, soundfile.LibsndfileError) as error:
            trouble = "cannot be read" if source.is_file() else "is gone"
            raise ExportError(
                f"The take's file “{source.name}” {trouble}.", hint="Make the take again.", detail=str(error)
            ) from error
        self.frames, self.channels, self.sample_rate = self._file.frames, self._file.channels, self._file.samplerate

    def __iter__(self) -> Iterator[np.ndarray]:
        if isinstance(self._source, np.ndarray):
            for block in levels.blocks_of(self._source, BLOCK_FRAMES):
                yield np.asarray(block, np.float32)
        else:
            self._file.seek(0)
            yield from self._file.blocks(BLOCK_FRAMES, dtype="float32", always_2d=True)


def _check_target(target: Path, overwrite: bool) -> None:
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not overwrite and target.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target.parent))


def _safe_gain(audio: _Blocks, form: ExportFormat, report: Report, stopped: Stopped) -> float | None:
    """The gain that keeps the whole file within full scale, 1.0 when it already is; None when told to stop."""
    loudest, finder = 0.0, headroom.PeakFinder(audio.sample_rate, audio.channels) if form.is_lossy else None
    for number, block in enumerate(audio):
        if stopped():
            return None
        peak = levels.peak(block)
        if not math.isfinite(peak):
            raise ExportError("The take has samples that are not numbers.", hint="Make it again with other settings.")
        loudest = max(loudest, peak)
        if finder:
            finder.push(block)
        report(PEAK_SHARE * number * BLOCK_FRAMES / audio.frames)
    if finder:
        return headroom.start_gain(finder.peak())
    return 1.0 if loudest <= 1.0 or form.bits == 32 else _ceiling(form) / loudest


def _write_with_room(
    audio: _Blocks,
    gain: float | None,
    form: ExportFormat,
    tags: dict[str, str],
    path: Path,
    report: Report,
    stopped: Stopped,
) -> tuple[float | None, int | None]:
    """Write a lossy file until its decoded peaks leave room: the gain that did it and the frames, None when stopped."""
    start = PEAK_SHARE
    for _ in range(headroom.MOST_ATTEMPTS):
        end = start + (0.99 - start) * ATTEMPT_SHARE
        frames = _write(audio, gain, form, tags, path, _part(report, start, end), stopped)
        peak = headroom.decoded_peak(path, stopped) if frames is not None else None
        if gain is None or peak is None:
            return None, None
        if (less := headroom.next_gain(gain, peak)) == gain:
            break
        gain, start = less, end
    return gain, frames


def _part(report: Report, start: float, end: float) -> Report:
    """Reports 0 to 1 as `start` to `end`."""
    return lambda share: report(start + (end - start) * share)


def _ceiling(form: ExportFormat) -> float:
    """The loudest sample of a file that had to be turned down; at 16 bit there must be room for the dither."""
    return {16: 1 - 2 / 2**15, 24: 1 - 1 / 2**23}.get(form.bits, 1.0)


def _write(
    audio: _Blocks,
    gain: float | None,
    form: ExportFormat,
    tags: dict[str, str],
    path: Path,
    report: Report,
    stopped: Stopped,
) -> int | None:
    """Encode everything into `path`; the frames written, or None when told to stop. Progress is told from 0 to 1."""
    if gain is None:
        return None
    sample_rate, taken, written = form.sample_rate_for(audio.sample_rate), 0, 0
    with open_encoder(
        path, form, sample_rate=sample_rate, channels=audio.channels, frames=audio.frames, tags=tags
    ) as write:
        for taken_now, converted in _converted(audio, sample_rate):
            if stopped():
                return None
            # In pieces again: the converter may hand out more than it took in.
            for piece in levels.blocks_of(converted, BLOCK_FRAMES):
                write(piece if gain == 1.0 else piece * np.float32(gain))
                written += len(piece)
            taken += taken_now
            report(taken / max(audio.frames, 1))
    return written


def _converted(audio: _Blocks, sample_rate: int) -> Iterator[tuple[int, np.ndarray]]:
    """Pairs of frames taken in and the audio that came of them at `sample_rate`."""
    if sample_rate == audio.sample_rate:
        for block in audio:
            yield len(block), block
        return
    stream = soxr.ResampleStream(audio.sample_rate, sample_rate, audio.channels, dtype="float32", quality="VHQ")
    for block in audio:
        yield len(block), stream.resample_chunk(block)
    yield 0, stream.resample_chunk(np.zeros((0, audio.channels), np.float32), last=True)


def _check_written(path: Path, frames: int) -> None:
    """Read the end of the new file back and bring it safely to disk: a full disk may only show here."""
    with soundfile.SoundFile(path) as file:
        if file.frames != frames:
            raise OSError(f"{file.frames} of {frames} frames reached the disk")
        tail = min(frames, 1024)
        if tail:
            file.seek(frames - tail)
            if len(file.read(tail)) != tail:
                raise OSError("the end of the file did not reach the disk")
    with path.open("rb+") as written:
        os.fsync(written.fileno())

"""Export: one pass that measures, one that writes beside the target, a check, then the old file is replaced.

Until that last step nothing touches what was at the target before. Lossy files are written again, with less gain, until
they leave room above their decoded peaks.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np
import soundfile

from musicapp import part_files, paths
from musicapp.audio import headroom, levels, one_gain, wave_chunks
from musicapp.audio.encoders import open_encoder
from musicapp.audio.formats import AS_IT_IS, EXPORT_FORMATS, ExportFormat, ExportResult, Finish
from musicapp.audio.passage import WHOLE, Passage, PassageReader, Source
from musicapp.audio.sound_paths import openable
from musicapp.audio.tags import SOFTWARE
from musicapp.audio.wave_chunks import WaveFacts
from musicapp.errors import ExportError

PEAK_SHARE = 0.1  # of the progress bar; the rest is writing
ATTEMPT_SHARE = 0.6  # of what is left of the bar, for every time that a lossy file is written
FULL_DISK_BYTES = 1 << 20
MIN_RATE, MAX_RATE = 8_000, 192_000
Report = Callable[[float], None]
Stopped = Callable[[], bool]


def export(
    source: Source,
    target: Path,
    *,
    sample_rate: int,
    format: str,
    tags: dict[str, str],
    passage: Passage = WHOLE,
    finish: Finish = AS_IT_IS,
    facts: WaveFacts | None = None,
    on_progress: Report | None = None,
    should_stop: Stopped | None = None,
    overwrite: bool = True,
) -> ExportResult:
    """Write `source` to `target` as `format` (a key of EXPORT_FORMATS).

    source       the path of an audio file, or `(frames, channels)` float32 samples at `sample_rate`
    facts        what the chunks of a WAV file say; other formats have no place for them
    on_progress  is told 0 to 1
    should_stop  is asked between blocks; True ends the export with a result whose `cancelled` is set
    overwrite    False refuses a target that exists

    16 bit gets triangular dither, always the same. The whole file gets one gain: for its loudness as far as the ceiling
    allows; else what peaks over full scale need, except in float WAV, which can hold them; in lossy formats also what
    decoded true peaks above -1 dBTP need. Same source, same bytes. Raises ExportError; then the target is as it was.
    """
    report, stopped = on_progress or (lambda share: None), should_stop or (lambda: False)
    form = EXPORT_FORMATS[format]
    temporary = part_files.beside(target)
    try:
        _check_target(target, overwrite)
        part_files.sweep(target.parent)  # here an export may have been killed that no start knows of
        with ExitStack() as stack:
            audio = PassageReader(source, sample_rate, passage, stack)
            job = _Job(audio, form, finish, facts, tags, temporary, report, stopped)
            gain = job.run()
        if gain is None:
            return ExportResult(target, 0.0, 0, cancelled=True)
        _check_written(temporary, job.frames)
        _check_target(target, overwrite)
        temporary.replace(target)
    except (OSError, ValueError, soundfile.LibsndfileError, AssertionError) as error:
        # AssertionError: soundfile asserts that as much was written as asked for; a full disk looks like that.
        raise explain_write_error(error, target) from error
    finally:
        with suppress(OSError):  # a folder that is not there, or is closed, has no part of it
            temporary.unlink(missing_ok=True)
    report(1.0)
    held_back_db = one_gain.held_back_db(job.found, finish, gain)
    return ExportResult(
        target, levels.to_db(gain), job.frames, held_back_db=held_back_db, start=audio.start, end=audio.end
    )


def explain_write_error(error: Exception, target: Path) -> ExportError:
    """One sentence and a next step for a file that could not be written."""
    number, folder, detail = getattr(error, "errno", None), target.parent, f"{type(error).__name__}: {error}"
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        message, hint = (
            f"Files may not be written in “{folder}”.",
            "Choose another folder, your music folder for example.",
        )
    elif number == errno.ENAMETOOLONG:
        message, hint = "The file name is too long.", "Choose a shorter name."
    elif not _is_folder(folder):
        message, hint = f"The folder “{folder}” does not exist.", "Choose another folder."
    elif number in (errno.ENOSPC, errno.EDQUOT) or _is_full(folder):
        message, hint = f"The disk of “{folder}” is full.", "Free some space or choose another disk."
    elif number == errno.EISDIR:
        message, hint = f"“{target.name}” is a folder.", "Choose another file name."
    elif number == errno.EEXIST:
        message, hint = f"“{target.name}” exists already.", "Choose another name, or allow it to be replaced."
    elif number == errno.EFBIG or isinstance(error, ValueError):
        message, hint = f"“{target.name}” would be too large here.", "Export as FLAC or MP3, or choose another disk."
    else:
        message, hint = f"“{target.name}” could not be written.", "Choose another folder or disk and try again."
    return ExportError(message, hint=hint, detail=detail)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # its own folder is closed
        return False


def _is_full(folder: Path) -> bool:
    try:
        return paths.free_bytes(folder) < FULL_DISK_BYTES
    except OSError:
        return False


class _Job:
    """One export: measured, then written, lossy files again with less gain until their decoded peaks leave room.

    found   what was measured, once `run` is done
    """

    found: one_gain.Found

    def __init__(
        self,
        audio: PassageReader,
        form: ExportFormat,
        finish: Finish,
        facts: WaveFacts | None,
        tags: dict[str, str],
        path: Path,
        report: Report,
        stopped: Stopped,
    ) -> None:
        self._audio, self._form, self._finish, self._facts, self._tags = audio, form, finish, facts, tags
        self._path, self._report, self._stopped = path, report, stopped
        _check_channels(form, audio.channels)
        self._sample_rate = _rate_for(form, finish, audio.sample_rate)
        self.frames = audio.frames_at(self._sample_rate)
        if audio.frames and not self.frames:
            raise ExportError(
                f"Of so short a part nothing is left at {self._sample_rate:,} Hz.", hint="Choose more of it."
            )

    def run(self) -> float | None:
        """The gain with which it was written, None when told to stop."""
        found = self._measure()
        if found is None:
            return None
        self.found = found
        gain, start = one_gain.gain_for(found, self._form, self._finish), PEAK_SHARE
        if not self._form.is_lossy:
            return gain if self._write(gain, start, 0.99) else None
        for _ in range(headroom.MOST_ATTEMPTS):
            end = start + (0.99 - start) * ATTEMPT_SHARE
            peak = headroom.decoded_peak(self._path, self._stopped) if self._write(gain, start, end) else None
            if peak is None:
                return None
            if (less := one_gain.next_gain(gain, peak, self._finish)) == gain:
                break
            gain, start = less, end
        return gain

    def _measure(self) -> one_gain.Found | None:
        finder = one_gain.Finder(
            self._form,
            self._finish,
            sample_rate=self._sample_rate,
            channels=self._audio.channels,
            all_levels=self._facts is not None and self._facts.is_broadcast,
        )
        done = 0
        for block in self._audio.blocks(self._sample_rate):
            if self._stopped():
                return None
            finder.push(block)
            done += len(block)
            self._report(PEAK_SHARE * done / max(self.frames, 1))
        return finder.found()

    def _write(self, gain: float, start: float, end: float) -> bool:
        """Encode everything; False when told to stop. Progress is told from `start` to `end`."""
        written = 0
        with open_encoder(
            self._path,
            self._form,
            sample_rate=self._sample_rate,
            channels=self._audio.channels,
            frames=self.frames,
            tags=self._tags,
            chunks=self._chunks(gain),
        ) as write:
            for block in self._audio.blocks(self._sample_rate):
                if self._stopped():
                    return False
                write(block if gain == 1.0 else block * np.float32(gain))
                written += len(block)
                self._report(start + (end - start) * written / max(self.frames, 1))
        return True

    def _chunks(self, gain: float) -> bytes:
        if self._facts is None:
            return b""
        return wave_chunks.chunks_of(
            self._facts,
            sample_rate=self._sample_rate,
            frames=self.frames,
            software=SOFTWARE,
            levels=one_gain.levels_of(self.found, gain),
        )


def _check_channels(form: ExportFormat, channels: int) -> None:
    if form.most_channels and channels > form.most_channels:
        others = (other.label for other in EXPORT_FORMATS.values() if not 0 < other.most_channels < channels)
        raise ExportError(
            f"{form.label} holds at most {form.most_channels} channels; this sound has {channels}.",
            hint=f"Export it as one of: {'; '.join(others)}.",
        )


def _rate_for(form: ExportFormat, finish: Finish, own: int) -> int:
    """The rate of the file. Raises ExportError when the format does not have the one asked for."""
    if finish.sample_rate is None:
        return form.sample_rate_for(own)
    if form.sample_rates and finish.sample_rate not in form.sample_rates:
        known = ", ".join(f"{rate:,}" for rate in form.sample_rates)
        raise ExportError(f"{form.label} has no rate of {finish.sample_rate:,} Hz.", hint=f"It has {known} Hz.")
    if not MIN_RATE <= finish.sample_rate <= MAX_RATE:
        raise ExportError(
            f"{finish.sample_rate:,} Hz is no usual sample rate.", hint=f"Use {MIN_RATE:,} to {MAX_RATE:,} Hz."
        )
    return finish.sample_rate


def _check_target(target: Path, overwrite: bool) -> None:
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not overwrite and target.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target.parent))


def _check_written(path: Path, frames: int) -> None:
    """Read the end of the new file back and bring it safely to disk: a full disk may only show here."""
    with soundfile.SoundFile(openable(path)) as file:
        if file.frames != frames:
            raise OSError(f"{file.frames} of {frames} frames reached the disk")
        tail = min(frames, 1024)
        if tail:
            file.seek(frames - tail)
            if len(file.read(tail)) != tail:
                raise OSError("the end of the file did not reach the disk")
    with path.open("rb+") as written:
        os.fsync(written.fileno())

"""The formats that music can be exported in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
OPUS_RATES = (8000, 12000, 16000, 24000, 48000)


@dataclass(frozen=True)
class ExportFormat:
    """One choice in the export menu.

    label               for people
    suffix              of the file name, with its dot
    container, subtype  libsndfile's names; no subtype for WAV, which we write ourselves
    bits                of a whole-number or float sample; 0 when the format is lossy
    sample_rates        that the format knows; others are converted to 48 kHz. Empty: any up to `highest_rate`
    highest_rate        of a format that knows any; what is above it becomes 48 kHz. 0: none
    most_channels       that it holds; 0: as many as a sound has
    """

    label: str
    suffix: str
    container: str
    subtype: str = ""
    bits: int = 0
    compression_level: float | None = None
    bitrate_mode: str | None = None
    sample_rates: tuple[int, ...] = ()
    highest_rate: int = 0
    most_channels: int = 0

    @property
    def is_lossy(self) -> bool:
        """Whether a decoder gives back something other than what was written."""
        return not self.bits

    def sample_rate_for(self, sample_rate: int) -> int:
        """The rate that the file gets for audio at `sample_rate`."""
        is_known = sample_rate in self.sample_rates if self.sample_rates else True
        is_low_enough = not self.highest_rate or sample_rate <= self.highest_rate
        return sample_rate if is_known and is_low_enough else 48000


@dataclass(frozen=True)
class Finish:
    """What is done to the whole of a sound on its way into a file, by one gain and one change of the rate.

    sample_rate    Hz; None: the sound's own, or 48 kHz where the format does not know that
    loudness_lufs  integrated loudness to bring it to; None: as it is
    ceiling_dbtp   true peak that a gain for the loudness never passes
    """

    sample_rate: int | None = None
    loudness_lufs: float | None = None
    ceiling_dbtp: float = -1.0


AS_IT_IS = Finish()


@dataclass(frozen=True)
class ExportResult:
    """What came of an export.

    gain_db       of the whole file: below 0 when its peaks, as a lossy file is decoded, made that necessary
    frames        of the file at its own sample rate
    cancelled     nothing was written; whatever was at `path` before is still there
    held_back_db  by how much the file stays below the loudness that was asked for, because of the ceiling
    start, end    of what was exported, in frames of the source, after edges moved to zero crossings
    """

    path: Path
    gain_db: float
    frames: int
    cancelled: bool = False
    held_back_db: float = 0.0
    start: int = 0
    end: int = 0


EXPORT_FORMATS: dict[str, ExportFormat] = {
    "wav16": ExportFormat("WAV, 16 bit", ".wav", "WAV", bits=16),
    "wav24": ExportFormat("WAV, 24 bit", ".wav", "WAV", bits=24),
    "wav32f": ExportFormat("WAV, 32 bit float", ".wav", "WAV", bits=32),
    "flac": ExportFormat("FLAC, 24 bit", ".flac", "FLAC", "PCM_24", bits=24, highest_rate=655_350, most_channels=8),
    # Vorbis has no such limits itself; these are what its usual encoder takes.
    "ogg": ExportFormat(
        "OGG Vorbis", ".ogg", "OGG", "VORBIS", compression_level=0.3, highest_rate=200_000, most_channels=255
    ),
    "opus": ExportFormat(
        "Opus", ".opus", "OGG", "OPUS", compression_level=0.5, sample_rates=OPUS_RATES, most_channels=255
    ),
    "mp3": ExportFormat(
        "MP3, 320 kbit/s",
        ".mp3",
        "MP3",
        "MPEG_LAYER_III",
        compression_level=0.0,
        bitrate_mode="CONSTANT",
        sample_rates=MP3_RATES,
        most_channels=2,
    ),
}

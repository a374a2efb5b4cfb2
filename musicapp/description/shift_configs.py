"""How noise levels move with the length: `distribution_shift_options` (training) and
`sampling_distribution_shift_options` (sampling in Stable Audio 3). No torch here. Lengths are latent frames.
"""

from __future__ import annotations

from dataclasses import dataclass

from musicapp.description.checks import in_range, one_of
from musicapp.description.sections import read_object, read_section

MAX_LENGTH = 1 << 20


@dataclass(frozen=True)
class FullShift:
    """Type "full": the resolution shift, between `base_shift` at `min_length` and `max_shift` at `max_length`."""

    base_shift: float = 0.5
    max_shift: float = 1.15
    min_length: int = 256
    max_length: int = 4096
    use_sine: bool = False

    def __post_init__(self) -> None:
        _check_lengths(self.min_length, self.max_length)
        for value in (self.base_shift, self.max_shift):
            in_range("a shift", value, -20, 20)


@dataclass(frozen=True)
class FluxShift:
    """Type "flux": odds of noise multiplied by a factor between `alpha_min` and `alpha_max`."""

    min_length: int = 256
    max_length: int = 4096
    alpha_min: float = 1.0
    alpha_max: float = 6.93

    def __post_init__(self) -> None:
        _check_lengths(self.min_length, self.max_length)
        for value in (self.alpha_min, self.alpha_max):
            in_range("alpha_min or alpha_max", value, 1e-3, 1e3)


@dataclass(frozen=True)
class LogSNRShift:
    """Type "logsnr": even steps in log-SNR, which begin lower for longer music where there is a `rate`."""

    anchor_length: int = 2000
    anchor_logsnr: float = -6.2
    rate: float = 0.0
    logsnr_end: float = 2.0

    def __post_init__(self) -> None:
        in_range("anchor_length", self.anchor_length, 1, MAX_LENGTH)
        in_range("anchor_logsnr", self.anchor_logsnr, -40, 0)
        in_range("rate", self.rate, -10, 10)
        in_range("logsnr_end", self.logsnr_end, 0, 40)


@dataclass(frozen=True)
class NoShift:
    """Type "none": the steps stay even."""


ShiftConfig = FullShift | FluxShift | LogSNRShift | NoShift
DEFAULT = LogSNRShift()  # of sampling, where nothing is said
KINDS: dict[str, type] = {"full": FullShift, "flux": FluxShift, "logsnr": LogSNRShift, "none": NoShift}


def read(section: object, where: str) -> ShiftConfig:
    """The shift that a section describes. Raises CheckpointError."""
    values = dict(read_object(section, where))
    kind = values.pop("type", "full")
    one_of(f"{where}.type", kind, tuple(KINDS))
    shift: ShiftConfig = read_section(KINDS[str(kind)], values, where)
    return shift


def _check_lengths(least: int, most: int) -> None:
    in_range("min_length", least, 1, MAX_LENGTH)
    in_range("max_length", most, least + 1, MAX_LENGTH)

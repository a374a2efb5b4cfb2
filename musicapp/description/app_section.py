"""Our own section of `model_config.json`, "musicapp": what the published layout does not say. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, field

from musicapp.description.checks import in_range, one_of, span
from musicapp.errors import CheckpointError

PRECISIONS = ("fp32", "bf16", "fp16")


@dataclass(frozen=True)
class PrecisionOverrides:
    """Parts that keep a precision of their own whatever the transformer runs in."""

    autoencoder: str | None = None
    text_encoder: str | None = None

    def __post_init__(self) -> None:
        for name in ("autoencoder", "text_encoder"):
            one_of(f"musicapp.precision.{name}", getattr(self, name), (None, *PRECISIONS))


@dataclass(frozen=True)
class AppConfig:
    """Our own section: what the window shows and how the model samples when the request leaves it open.

    variable_length  lengths below the window were trained: make only as many latents as asked for
    max_duration_s   the longest take, 0 = the window
    section_s        about how long the sections are whose noise returns in takes of several; 0 = noise never returns
    calm_db          level of calm passages against full ones, dB, where a take has an arc; 0 = it never has one
    calm_above       the noise level down to which passages that a prompt wants calm are told other words
    refusal_scale    how far a prompt that refuses drums is pushed away from them in its first steps; 0 = not at all
    refusal_above    the noise level (1 is noise alone) down to which that is done
    instrument_scale  how far a prompt that names instruments is pushed away from the same one without them in its
                      middle steps; 0 = not at all
    instrument_levels  the noise levels of those: at least the first, and below the second; 1 takes in noise alone
    true_peak_dbtp   the highest true peak of a take, dBTP: a limiter holds it; null = takes are as they are decoded
    loudness_lufs    what takes are brought to before that, LUFS; null = as loud as they come
    text_encoder     folder of the text encoder, relative to the model's

    Where a scale comes without its levels, they are those that every model had which was exported before they were
    written down: its takes stay what they were.
    """

    name: str = ""
    licence: str = ""
    sampler: str = ""
    steps: int = 0
    guidance_scale: float = 0.0
    sigma_min: float = 0.3
    sigma_max: float = 500.0
    variable_length: bool = False
    max_duration_s: float = 0.0
    section_s: float = 0.0
    calm_db: float = 0.0
    calm_above: float = 0.0
    refusal_scale: float = 0.0
    refusal_above: float = 0.9
    instrument_scale: float = 0.0
    instrument_levels: tuple[float, ...] = (0.4, 0.9)
    true_peak_dbtp: float | None = None
    loudness_lufs: float | None = None
    text_encoder: str | None = None
    precision: PrecisionOverrides = field(default_factory=PrecisionOverrides)

    def __post_init__(self) -> None:
        in_range("musicapp.steps", self.steps, 1, 1000)
        in_range("musicapp.guidance_scale", self.guidance_scale, 0, 30)
        in_range("musicapp.sigma_min", self.sigma_min, 0, self.sigma_max)
        in_range("musicapp.max_duration_s", self.max_duration_s, 0, 24 * 3600)
        in_range("musicapp.section_s", self.section_s, 0, 3600)
        in_range("musicapp.calm_db", self.calm_db, -30, 0)
        in_range("musicapp.calm_above", self.calm_above, 0, 1)
        in_range("musicapp.refusal_scale", self.refusal_scale, 0, 100)
        in_range("musicapp.refusal_above", self.refusal_above, 0, 1)
        in_range("musicapp.instrument_scale", self.instrument_scale, 0, 100)
        if self.true_peak_dbtp is not None:
            in_range("musicapp.true_peak_dbtp", self.true_peak_dbtp, -30, 0)
        if self.loudness_lufs is not None:
            in_range("musicapp.loudness_lufs", self.loudness_lufs, -40, -5)
            if self.true_peak_dbtp is None:
                raise CheckpointError(
                    "The model asks for a loudness without a highest peak.",
                    hint="Add true_peak_dbtp, for example -1, to the section “musicapp” of its model_config.json.",
                )
        span("musicapp.instrument_levels", self.instrument_levels, 0, 1)

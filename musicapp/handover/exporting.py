"""Exports by name: what a file is for, and a take or any audio file written so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from musicapp.audio import tags
from musicapp.audio.export import export
from musicapp.audio.formats import EXPORT_FORMATS, ExportResult, Finish
from musicapp.audio.passage import Passage
from musicapp.errors import RequestError
from musicapp.handover.facts import facts_of
from musicapp.handover.material import Material
from musicapp.handover.recalling import with_commit

LOUDNESS_RANGE, CEILING_RANGE, FADE_RANGE_S = (-50.0, 0.0), (-20.0, 0.0), (0.0, 60.0)


@dataclass(frozen=True)
class ExportSettings:
    """How a file is made.

    format             a key of EXPORT_FORMATS
    sample_rate        Hz; None: the take's own
    loudness_lufs      None: as it is; else as near to it as `ceiling_dbtp` allows
    at_zero_crossings  the edges of a marked part move to where the sound rises through 0
    is_loop            the file repeats: a `smpl` chunk, no fades
    is_broadcast       a `bext` chunk with the levels
    """

    format: str = "wav24"
    sample_rate: int | None = None
    loudness_lufs: float | None = None
    ceiling_dbtp: float = -1.0
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    at_zero_crossings: bool = False
    is_loop: bool = False
    is_broadcast: bool = False

    @property
    def suffix(self) -> str:
        """The ending of the file, with its dot."""
        return EXPORT_FORMATS[self.format].suffix


@dataclass(frozen=True)
class Preset:
    """What a file is for, in words, and the settings that it needs."""

    label: str
    settings: ExportSettings


PRESETS: dict[str, Preset] = {
    "daw": Preset("For a DAW", ExportSettings("wav24")),
    "loop": Preset("Loop for a sampler", ExportSettings("wav24", at_zero_crossings=True, is_loop=True)),
    "streaming": Preset("For streaming, −14 LUFS", ExportSettings("flac", loudness_lufs=-14.0)),
    "share": Preset("To share, −14 LUFS", ExportSettings("mp3", loudness_lufs=-14.0)),
    "podcast": Preset("For a podcast, −16 LUFS", ExportSettings("mp3", loudness_lufs=-16.0, fade_out_s=0.05)),
    "broadcast": Preset(
        "For broadcast, −23 LUFS, 48 kHz",
        ExportSettings("wav24", sample_rate=48000, loudness_lufs=-23.0, is_broadcast=True),
    ),
    "video": Preset("For video, 48 kHz", ExportSettings("wav24", sample_rate=48000)),
    "cd": Preset("For a CD, 16 bit", ExportSettings("wav16", sample_rate=44100)),
    "original": Preset("As it was made", ExportSettings("wav32f")),
}


def checked(settings: ExportSettings) -> ExportSettings:
    """The settings themselves, or RequestError about the first that cannot be used."""
    for what, value, (low, high), unit in (
        ("loudness", settings.loudness_lufs, LOUDNESS_RANGE, "LUFS"),
        ("ceiling", settings.ceiling_dbtp, CEILING_RANGE, "dBTP"),
        ("fade", settings.fade_in_s, FADE_RANGE_S, "s"),
        ("fade", settings.fade_out_s, FADE_RANGE_S, "s"),
    ):
        if value is not None and not low <= value <= high:
            raise RequestError(f"A {what} of {value:g} {unit} cannot be used.", hint=f"Use {low:g} to {high:g} {unit}.")
    if settings.is_loop and (settings.fade_in_s or settings.fade_out_s):
        raise RequestError("A loop with fades would not be one.", hint="Leave away either the fades or the loop.")
    if settings.is_loop and EXPORT_FORMATS[settings.format].is_lossy:
        raise RequestError(
            f"{EXPORT_FORMATS[settings.format].label} cannot hold a loop: it adds silence at its edges.",
            hint="Export it as WAV or FLAC.",
        )
    return settings


def changed(settings: ExportSettings, **values: Any) -> ExportSettings:
    """Other settings, by their names. What does not go together gives way to what was chosen."""
    settings = replace(settings, **values)
    if values.get("is_loop"):
        settings = replace(settings, fade_in_s=0.0, fade_out_s=0.0)
        if EXPORT_FORMATS[settings.format].is_lossy:
            settings = replace(settings, format="wav24")
    elif values.get("fade_in_s") or values.get("fade_out_s") or EXPORT_FORMATS[settings.format].is_lossy:
        settings = replace(settings, is_loop=False)
    rates = EXPORT_FORMATS[settings.format].sample_rates
    if settings.sample_rate is not None and rates and settings.sample_rate not in rates:
        settings = replace(settings, sample_rate=None)
    return settings


def export_material(
    material: Material,
    target: Path,
    settings: ExportSettings,
    *,
    part_s: tuple[float, float] | None = None,
    on_progress: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    overwrite: bool = False,
) -> ExportResult:
    """Write a take or another file, or the part between two times of it. Raises ExportError and RequestError.

    A take that was made as a loop is written as one, where all of it goes into a file that can hold it.
    """
    checked(settings)
    if part_s is None and material.request is not None and material.request.is_loop and _can_loop(settings):
        settings = replace(settings, is_loop=True)
    passage = Passage(
        fade_in_s=settings.fade_in_s,
        fade_out_s=settings.fade_out_s,
        at_zero_crossings=settings.at_zero_crossings,
        is_loop=settings.is_loop,
    )
    if part_s is not None:
        start, end = (round(at_s * material.sample_rate) for at_s in part_s)
        passage = replace(passage, start=start, end=end)
    facts = replace(
        facts_of(material, part_s or (0.0, material.duration_s)),
        is_loop=settings.is_loop,
        is_broadcast=settings.is_broadcast,
    )
    return export(
        material.path,
        target,
        sample_rate=material.sample_rate,
        format=settings.format,
        tags=_tags_of(material),
        passage=passage,
        finish=Finish(settings.sample_rate, settings.loudness_lufs, settings.ceiling_dbtp),
        facts=facts,
        on_progress=on_progress,
        should_stop=should_stop,
        overwrite=overwrite,
    )


def _can_loop(settings: ExportSettings) -> bool:
    return not (EXPORT_FORMATS[settings.format].is_lossy or settings.fade_in_s or settings.fade_out_s)


def _tags_of(material: Material) -> dict[str, str]:
    if material.request is None:
        return material.tags
    return tags.shared_tags(material.request, with_commit(material.request, material.left_out))


def told(result: ExportResult, settings: ExportSettings) -> str:
    """What people should know of a file besides that it is there; "" for nothing."""
    if result.held_back_db > 0.05 and settings.loudness_lufs is not None:
        return (
            f"{result.held_back_db:.1f} dB quieter than {settings.loudness_lufs:g} LUFS: "
            f"its peaks would pass {settings.ceiling_dbtp:g} dBTP"
        )
    if result.gain_db < -0.05 and settings.loudness_lufs is None:
        return f"lowered by {-result.gain_db:.1f} dB so that no player clips"
    if abs(result.gain_db) > 0.05:
        return f"{result.gain_db:+.1f} dB"
    return ""

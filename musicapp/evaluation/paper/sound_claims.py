"""Claims of the paper on the autoencoder and on what a take costs."""

from __future__ import annotations

from musicapp.evaluation.paper import drawing
from musicapp.evaluation.paper.findings import (
    CONFIRMED,
    QUALIFIED,
    REFUTED,
    SURE,
    Finding,
    chance_of,
    with_interval,
)
from musicapp.evaluation.paper.kept import Measured
from musicapp.evaluation.report import percent
from musicapp.request import format_duration

PAPER_STFT, PAPER_MEL, PAPER_SI_SDR = 1.19, 0.71, 7.14  # Table 5, on the paper's own data
CHUNKS_ALIKE = 1e-4  # of full scale: what rounding gives
TREND = 0.2  # rank correlation from which position matters
PITCHED = ("partials of the render found again, 60 to 160 Hz", "160 to 320 Hz", "320 to 640 Hz")


def reconstruction(model: Measured, _: dict[str, Measured]) -> Finding:
    """Table 5."""
    found = model["autoencoder"].values
    reached = [found["stft"] <= PAPER_STFT, found["mel"] <= PAPER_MEL, found["si_sdr_db"] >= PAPER_SI_SDR]
    verdict = CONFIRMED if all(reached) else REFUTED if not any(reached) else QUALIFIED
    names = [name for name, hit in zip(("STFT", "MEL", "SI-SDR"), reached, strict=True) if hit]
    rows = [
        ("STFT distance", f"{found['stft']:.3f}", f"{PAPER_STFT}"),
        ("MEL distance", f"{found['mel']:.3f}", f"{PAPER_MEL}"),
        ("SI-SDR", f"{found['si_sdr_db']:.1f} dB", f"{PAPER_SI_SDR} dB"),
        ("level against the original", f"{found['level_db']:+.1f} dB", ""),
        ("same tempo heard", percent(found["same_tempo"]), ""),
        ("same tonic heard", percent(found["same_tonic"]), ""),
    ]
    if "sound" in model:
        rows += _heard(model["sound"].values)
    sentence = (
        f"On {found['pieces']} held-out pieces the model reaches {' and '.join(names) or 'none'} of the paper's three "
        "figures (other data, so a guide only)."
    )
    if found["si_sdr_db"] < 0:
        sentence += " A negative SI-SDR means that waveforms are not kept: the decoder finds phases anew."
    bars = [
        ("STFT distance", {"this model": (found["stft"],), "paper": (PAPER_STFT,)}),
        ("MEL distance", {"this model": (found["mel"],), "paper": (PAPER_MEL,)}),
    ]
    return Finding(
        verdict,
        sentence,
        ("measure", "this model", "paper"),
        tuple(rows),
        {"autoencoder.svg": drawing.bars(bars, ("this model", "paper"))},
        {"autoencoder.svg": "Distances of music that was encoded and decoded; less is better"},
    )


def whole_pieces(model: Measured, _: dict[str, Measured]) -> Finding:
    """Check 1: pieces of minutes, by position."""
    found = model["whole"].values
    matters = found["trend_p"] < SURE and abs(found["trend"]) >= TREND
    points = [(at, *values) for at, values in zip(found["positions_s"], found["mel_by_position"], strict=True)]
    rows = [
        ("STFT distance", with_interval(found["stft"], digits=3)),
        ("MEL distance", with_interval(found["mel"], digits=3)),
        ("SI-SDR, dB", with_interval(found["si_sdr_db"], digits=1)),
        (PITCHED[0], with_interval(found["found_low"], scale=100, digits=0, unit=" %")),
        ("side to mid against the original, dB", with_interval(found["width_db"])),
        ("kurtosis of the treble's flux, share of the original's", with_interval(found["attacks"])),
    ]
    return Finding(
        QUALIFIED if matters else CONFIRMED,
        f"Whole pieces of {format_duration(found['length_s'])} come back with a MEL distance of {found['mel'][0]:.3f}"
        + (f" (crops of the table above: {model['autoencoder'].values['mel']:.3f})" if "autoencoder" in model else "")
        + f"; its rank correlation with the position is {found['trend']:+.2f} (p {chance_of(found['trend_p'])}), so "
        + ("it depends on the position." if matters else "the position matters little or not at all."),
        ("measure", f"mean of {found['pieces']} pieces (95 %)"),
        tuple(rows),
        {"whole.svg": drawing.lines({"MEL distance": points}, x="position in the piece, s", y="MEL distance")},
        {"whole.svg": "MEL distance in stretches of 15 s, mean and 95 % over pieces"},
    )


def chunks(model: Measured, _: dict[str, Measured]) -> Finding:
    """Decoding in chunks is decoding."""
    found = model["whole"].values
    alike = found["sound_differs"] <= CHUNKS_ALIKE
    return Finding(
        CONFIRMED if alike else QUALIFIED,
        f"Over {found['at_once_s']:g} s the decoder in chunks differs from one go by {found['sound_differs']:.2g} of "
        f"full scale at most, the encoder by {found['latents_differ']:.2g} of its largest latent.",
    )


def costs(model: Measured, _: dict[str, Measured]) -> Finding:
    """Experiment 2: 30 s first, then up to 4:45."""
    found = model["lengths"].values
    each = found["costs"]
    longest, first = each[-1], min(each, key=lambda one: abs(one["length_s"] - 30))
    growth = "" if found["exponent"] is None else f"; time grows as the length to the power of {found['exponent']:.2f}"
    quick = all(one["processor_s"] < one["length_s"] for one in each)
    rows = tuple(
        (
            format_duration(one["length_s"]),
            f"{one['processor_s']:.1f} s",
            f"{one['peak_mb']:.0f} MB",
            f"{one['level_db']:.1f} dB",
            f"{one['early_s']:.2f} s",
            str(one["sections"]),
        )
        for one in each
    )
    cost = {"processor time, s": [(o["length_s"], o["processor_s"], o["processor_s"], o["processor_s"]) for o in each]}
    memory = {"memory at most, MB": [(o["length_s"], o["peak_mb"], o["peak_mb"], o["peak_mb"]) for o in each]}
    return Finding(
        CONFIRMED if quick else QUALIFIED,
        f"{format_duration(longest['length_s'])} in one take cost {longest['processor_s']:.1f} s of processor time and "
        f"{longest['peak_mb']:.0f} MB, {first['length_s']:g} s cost {first['processor_s']:.1f} s{growth}. The paper "
        "states 13 s for 4:45 on a GPU.",
        ("length", "processor time", "memory at most", "level", "ends early by", "sections"),
        rows,
        {
            "lengths-time.svg": drawing.lines(cost, x="length, s", y="processor time, s"),
            "lengths-memory.svg": drawing.lines(memory, x="length, s", y="memory at most, MB"),
        },
        {
            "lengths-time.svg": "Processor time of one take by its length",
            "lengths-memory.svg": "Memory of the process at most, the model's weights included",
        },
    )


def stereo(model: Measured, _: dict[str, Measured]) -> Finding:
    """Table 4's stereo correctness, as far as measuring tells."""
    made, composed = model["sound"].values["generated"], model["sound"].values["renders"]
    narrower = composed["side_to_mid_db"] - made["side_to_mid_db"]
    balanced = abs(made["balance_db"]) < 1
    return Finding(
        CONFIRMED if balanced and narrower < 3 else QUALIFIED if balanced else REFUTED,
        f"Takes lean to one side by {made['balance_db']:+.1f} dB and their side lies {made['side_to_mid_db']:.1f} dB "
        f"against the mid ({composed['side_to_mid_db']:.1f} dB in composed music); nobody was asked.",
        ("measure", "generated", "composed"),
        tuple(
            (text, f"{made[name]:.2f}", f"{composed[name]:.2f}")
            for name, text in (
                ("side_to_mid_db", "side to mid, dB"),
                ("balance_db", "left to right, dB"),
                ("peak_max_dbtp", "largest true peak, dBTP"),
                ("loudness_lufs", "loudness, LUFS"),
                ("attacks", "kurtosis of the treble's flux"),
            )
            if made.get(name) is not None and composed.get(name) is not None
        ),
    )


def _heard(sound: dict[str, dict[str, float | None]]) -> list[tuple[str, str, str]]:
    """What STFT and MEL distances hardly see: pitch, width and attacks of renders through the autoencoder."""
    coded, renders = sound["autoencoder"], sound["renders"]
    rows = [
        (text, percent(coded.get(f"found_{band}")), "")
        for band, text in enumerate(PITCHED)
        if coded.get(f"found_{band}") is not None
    ]
    for name, text in (("side_to_mid_db", "side to mid, dB"), ("attacks", "kurtosis of the treble's flux")):
        if coded.get(name) is not None and renders.get(name) is not None:
            rows.append((f"{text} (original {renders[name]:.1f})", f"{coded[name]:.1f}", ""))
    return rows

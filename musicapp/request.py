"""What the user asks for: frozen dataclasses that travel between window, command line and engine."""

from __future__ import annotations

import math
import re
import secrets
import unicodedata
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, get_type_hints

from musicapp.errors import RequestError
from musicapp.shape import Loop, Source, check_shape, is_of, recall_part

VERSION = 2  # of a request in files; it is written from 2 on, none means 1
BUILTIN_MODEL = "builtin"
MAX_PROMPT_CHARACTERS = 2000
MAX_SEED = 2**32 - 1
MIN_DURATION_S = 0.5
MAX_DURATION_S = 24 * 3600.0  # any model's own cap is far below; this one only keeps the arithmetic sane
MAX_STEPS = 1000
MAX_GUIDANCE_SCALE = 30.0
MAX_LORA_STRENGTH = 10.0
NAMED_AT_MOST = 4
PRECISIONS = ("auto", "fp32", "bf16", "fp16", "int8", "int4")
DENOISING = ("whole", "windows")
QUALITIES = ("full", "quick")
DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True)
class Lora:
    """An adapter of a model: the path of its safetensors file, and how strongly it works; 0 is off.

    sha256  of the file, where the path is a name alone: exported files tell no folders
    """

    path: str
    strength: float = 1.0
    sha256: str = ""


@dataclass(frozen=True)
class TakeRequest:
    """One piece of music to make. `None` means: the model's own default.

    duration_s      wanted length in seconds; the file has `frames_for(duration_s, sample_rate)` frames
    seed            always a real number, drawn before the run, so that every take can be made again
    guidance_scale  strength of classifier-free guidance, 1 = off
    model           a name in `models/` or the path of a model folder
    text_encoder    the folder of its text encoder; empty: where it usually lies
    loras           adapters, each on top of those before it
    denoising       "whole": all at once; "windows": long takes one stretch after the other, to be heard soon.
                    In files that do not say it, which are older than windows, it is "whole"
    quality         "full": every step is made whole; "quick": of 20 steps and more, those much like the one before are
                    made with a part of the model (`nn/residuals.py`), a little off
    guidance_low    the noise level (1 is noise alone) down to which is guided, None: to the end
    guidance_high   and from which on, None: from the start
    source          a sound to start from, None for nothing
    loop            the take is to run round without a seam
    version         the rules that it is made by: those of 1 lay noise out anew for every length and know no source and
                    no loop; from 2 on a seed opens with the same noise at every length
    """

    take_id: str
    prompt: str
    duration_s: float
    seed: int
    negative_prompt: str = ""
    steps: int | None = None
    guidance_scale: float | None = None
    sampler: str | None = None
    model: str = BUILTIN_MODEL
    device: str = "auto"
    precision: str = "auto"
    text_encoder: str = ""
    loras: tuple[Lora, ...] = ()
    denoising: str | None = None
    quality: str = "full"
    guidance_low: float | None = None
    guidance_high: float | None = None
    source: Source | None = None
    loop: Loop | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if self.version < VERSION and (self.source is not None or self.loop is not None):
            object.__setattr__(self, "version", VERSION)

    @property
    def is_variation(self) -> bool:
        """Whether all of it is made anew, from a source."""
        return self.source is not None and self.source.variation is not None

    @property
    def is_loop(self) -> bool:
        """Whether its end runs into its beginning."""
        return self.loop is not None or (self.source is not None and self.source.seam_s > 0)

    def as_dict(self) -> dict[str, Any]:
        """The request as plain JSON values, for files; `recall` is the inverse.

        What version 1 did not know is left out where it is not used: old requests keep their bytes.
        """
        values: dict[str, Any] = asdict(self)
        values["loras"] = [{k: v for k, v in asdict(lora).items() if k != "sha256" or v} for lora in self.loras]
        for name, part in (("source", self.source), ("loop", self.loop)):
            values |= {name: part.as_dict()} if part is not None else {}
        unused = {name for name in ("source", "loop") if values[name] is None}
        unused |= {"version"} if self.version == 1 else set()
        unused |= {"denoising"} if self.denoising == "whole" else set()
        unused |= {"quality"} if self.quality == "full" else set()
        unused |= {name for name in ("guidance_low", "guidance_high") if values[name] is None}
        return {name: value for name, value in values.items() if name not in unused}


@dataclass(frozen=True)
class Recalled:
    """A request out of a file, as far as this version understands it.

    left_out  what it does not understand, as it stands in the file: settings of later versions, values of another
              kind, a later version itself. Stored again with the request, it is there for a program that knows it
    """

    request: TakeRequest
    left_out: dict[str, Any]


def recall(values: dict[str, Any]) -> Recalled:
    """The request that `as_dict` wrote, in this version or another, and what of it is not understood.

    TypeError when it has no take_id, prompt, length or seed that could be used.
    """
    kinds = _kinds_of(TakeRequest)
    known = {key: value for key, value in values.items() if key in kinds and is_of(kinds[key], value)}
    if not 1 <= known.get("version", 1) <= VERSION:
        del known["version"]
    left_out = {key: value for key, value in values.items() if key not in known}
    known.setdefault("denoising", "whole")
    for name, part in (
        ("source", recall_part(Source, left_out.get("source"))),
        ("loop", recall_part(Loop, left_out.get("loop"))),
    ):
        if part is not None:
            known[name] = part
            del left_out[name]
    if "loras" in left_out:
        known["loras"], are_whole = _recall_loras(left_out["loras"])
        if are_whole:
            del left_out["loras"]
    return Recalled(TakeRequest(**known), left_out)


def note_about(left_out: dict[str, Any]) -> tuple[str, str]:
    """What was left out of a recalled request, and what to do, for people; empty when nothing was."""
    if not left_out:
        return "", ""
    names = sorted(f"“{clean_prompt(key[:40], required=False)}”" for key in left_out if key != "version")
    if len(names) > NAMED_AT_MOST:
        names = [*names[:NAMED_AT_MOST], f"{len(names) - NAMED_AT_MOST} more"]
    what = f"all of this take's settings: {', '.join(names)}" if names else "the version of this take's settings"
    return (
        f"This Musicapp does not know {what}.",
        "With the others it will make other music; a newer Musicapp may know them.",
    )


_kinds_of = lru_cache(get_type_hints)  # the same for every take of thousands


def _recall_loras(values: Any) -> tuple[tuple[Lora, ...], bool]:
    """Those adapters that are understood, and whether that is all of every one."""
    kinds = _kinds_of(Lora)
    items = values if isinstance(values, list | tuple) else [values]
    loras, are_whole = [], True
    for item in items:
        fields = item if isinstance(item, dict) else {}
        known = {key: value for key, value in fields.items() if key in kinds and is_of(kinds[key], value)}
        are_whole = are_whole and "path" in known and known.keys() == fields.keys()
        if "path" in known:
            loras.append(Lora(**known))
    return tuple(loras), are_whole


def how_made(request: TakeRequest) -> dict[str, Any]:
    """What of a request nobody chooses in the window, but a take made again must have."""
    return {
        name: getattr(request, name) for name in ("denoising", "quality", "guidance_low", "guidance_high", "version")
    }


def guided_levels(request: TakeRequest) -> tuple[float, float]:
    """The noise levels between which a request is guided, all of them by default."""
    low, high = request.guidance_low, request.guidance_high
    return 0.0 if low is None else low, 1.0 if high is None else high


def frames_for(duration_s: float, sample_rate: int) -> int:
    """Length in frames: the nearest whole frame, halves upwards. 285 s at 44.1 kHz is 12,568,500."""
    return math.floor(duration_s * sample_rate + 0.5)


def new_take_id() -> str:
    """A short random name, safe in file names."""
    return secrets.token_hex(6)


def random_seed() -> int:
    """A seed in [0, 2**32 - 1] from the system's randomness."""
    return secrets.randbelow(MAX_SEED + 1)


def parse_duration(text: str, *, cap_s: float = MAX_DURATION_S, model_name: str = "") -> float:
    """Seconds from "90", "12.345", "1:30", "4:45", "90s", "1m30s", "2 min" or "1,5".

    Raises RequestError with a hint when the text is not a length of time above zero, or more than `cap_s`.
    """
    signed = unicodedata.normalize("NFKC", text).strip().lower().replace(",", ".")
    cleaned = signed.removeprefix("-").removeprefix("−").lstrip()
    hint = "Type seconds or minutes:seconds, for example 90 or 1:30."
    number = r"\d+(?:\.\d*)?|\.\d+"
    unit = r"(?:s(?:ec(?:onds?)?)?)?"
    if match := re.fullmatch(r"(\d+):([0-5]?\d(?:\.\d*)?)(?::([0-5]?\d(?:\.\d*)?))?", cleaned):
        parts = [float(part) for part in match.groups() if part is not None]
        seconds = sum(part * 60**power for power, part in enumerate(reversed(parts)))
    elif match := re.fullmatch(rf"({number})\s*m(?:in(?:utes?)?)?\s*(?:({number})\s*{unit})?", cleaned):
        seconds = 60 * float(match[1]) + float(match[2] or 0)
    elif match := re.fullmatch(rf"({number})\s*{unit}", cleaned):
        seconds = float(match[1])
    else:
        raise RequestError(f"“{clean_prompt(text[:40], required=False)}” is not a length of time.", hint=hint)
    if cleaned != signed:
        raise RequestError(f"A length is a positive time, from {MIN_DURATION_S:g} seconds up.", hint=hint)
    return check_duration(seconds, cap_s=cap_s, model_name=model_name)


def format_duration(duration_s: float) -> str:
    """Minutes and seconds as people write them: 4:45, 0:30, 0:12.345."""
    minutes, seconds = divmod(round(duration_s, 3), 60)
    whole = f"{int(minutes)}:{int(seconds):02d}"
    thousandths = round((seconds - int(seconds)) * 1000)
    return f"{whole}.{thousandths:03d}".rstrip("0") if thousandths else whole


def check_duration(duration_s: float, *, cap_s: float = MAX_DURATION_S, model_name: str = "") -> float:
    """The duration itself when it can be made, else RequestError saying why."""
    if not math.isfinite(duration_s):
        raise RequestError("The length is not a number.", hint="Type seconds, for example 30.")
    if duration_s < MIN_DURATION_S:
        raise RequestError(
            f"The length must be at least {MIN_DURATION_S:g} seconds.", hint="Type seconds, for example 30, or 1:30."
        )
    if duration_s > MAX_DURATION_S and cap_s >= MAX_DURATION_S:
        raise RequestError("That is longer than any model makes.", hint="Most make a few minutes: type 90 or 4:45.")
    if duration_s > cap_s:
        who = model_name or "This model"
        raise RequestError(
            f"{who} makes at most {format_duration(cap_s)}, not {format_duration(duration_s)}.",
            hint=f"Ask for {format_duration(cap_s)} or less, or choose another model.",
        )
    return duration_s


def clean_prompt(text: str, *, what: str = "prompt", required: bool = True) -> str:
    """The text as the model gets it: control characters become spaces, runs of space become one.

    Letters of any script and emoji stay. Raises RequestError when it is empty or too long.
    """
    cleaned = _cleaned(text)
    if required and not cleaned:
        raise RequestError(f"The {what} is empty.", hint="Describe the music, for example: calm piano, 90 bpm.")
    if len(cleaned) > MAX_PROMPT_CHARACTERS:
        raise RequestError(
            f"The {what} has {len(cleaned):,} characters; {MAX_PROMPT_CHARACTERS:,} is the most.",
            hint="Shorten it: a sentence or a few tags work best.",
        )
    return cleaned


def prompt_length(text: str) -> int:
    """How many characters of a text count."""
    return len(_cleaned(text))


def _cleaned(text: str) -> str:
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text)
    return " ".join(visible.split())


def check_seed(seed: int) -> int:
    """The seed itself when it is in [0, 2**32 - 1], else RequestError."""
    if not 0 <= seed <= MAX_SEED:
        raise RequestError(
            f"The seed {seed} is out of range.", hint=f"Use a whole number from 0 to {MAX_SEED:,}, or roll the dice."
        )
    return seed


def checked(request: TakeRequest) -> TakeRequest:
    """The request with its texts cleaned, or RequestError naming the first thing that cannot be used."""
    if request.steps is not None and not 1 <= request.steps <= MAX_STEPS:
        raise RequestError(f"{request.steps} steps cannot be made.", hint=f"Use 1 to {MAX_STEPS}.")
    scale = request.guidance_scale
    if scale is not None and not (math.isfinite(scale) and 0 <= scale <= MAX_GUIDANCE_SCALE):
        raise RequestError(f"A guidance of {scale:g} cannot be used.", hint=f"Use 0 to {MAX_GUIDANCE_SCALE:g}.")
    if request.device not in DEVICES:
        raise RequestError(f"“{request.device}” is not a device.", hint=f"Use one of: {', '.join(DEVICES)}.")
    if request.precision not in PRECISIONS:
        raise RequestError(f"“{request.precision}” is not a precision.", hint=f"Use one of: {', '.join(PRECISIONS)}.")
    if request.denoising not in (None, *DENOISING):
        raise RequestError(f"“{request.denoising}” is no way to denoise.", hint=f"Use one of: {', '.join(DENOISING)}.")
    if request.quality not in QUALITIES:
        raise RequestError(f"“{request.quality}” is not a quality.", hint=f"Use one of: {', '.join(QUALITIES)}.")
    low, high = guided_levels(request)
    if not 0 <= low < high <= 1:
        raise RequestError(
            f"There is nothing between the noise levels {low:g} and {high:g} to guide at.",
            hint="Use two numbers from 0 to 1, the smaller one first, for example 0.2-0.9.",
        )
    if not 1 <= request.version <= VERSION:
        raise RequestError(
            f"Settings of version {request.version} are not known.", hint=f"Use 1 to {VERSION}, or a newer Musicapp."
        )
    for lora in request.loras:
        if not (math.isfinite(lora.strength) and abs(lora.strength) <= MAX_LORA_STRENGTH):
            raise RequestError(
                f"An adapter cannot have the strength {lora.strength:g}.",
                hint=f"Use {-MAX_LORA_STRENGTH:g} to {MAX_LORA_STRENGTH:g}; 1 is as it was trained, 0 is off.",
            )
    check_seed(request.seed)
    check_duration(request.duration_s)
    check_shape(request.source, request.loop)
    return replace(
        request,
        prompt=clean_prompt(request.prompt),
        negative_prompt=clean_prompt(request.negative_prompt, what="negative prompt", required=False),
    )

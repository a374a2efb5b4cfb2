"""What the engine tells: frozen events, one closing event (Finished, Failed, Cancelled) for every take.

This module knows neither torch nor Qt; the window and the command line import it freely.
"""

from __future__ import annotations

from dataclasses import dataclass

from musicapp.request import TakeRequest


@dataclass(frozen=True)
class ModelDefaults:
    """How a model samples when the request leaves it open."""

    steps: int
    guidance_scale: float
    sampler: str


@dataclass(frozen=True)
class ModelInfo:
    """What the window needs to know of a loaded model.

    key              what `TakeRequest.model` said
    max_duration_s   the longest take it makes
    samplers         the names of the samplers it may use
    negative_prompt  whether it honours one at its default guidance
    device           where it runs, for example "cpu" or "cuda"; `device_name` for people
    precision        what "auto" became, for example "bf16"
    """

    key: str
    name: str
    sample_rate: int
    channels: int
    max_duration_s: float
    samplers: tuple[str, ...]
    defaults: ModelDefaults
    negative_prompt: bool
    device: str
    device_name: str
    precision: str
    licence: str = ""


@dataclass(frozen=True)
class EngineReady:
    """The engine process is up and waits for requests."""


@dataclass(frozen=True)
class DevicesFound:
    """Where models can run on this machine: "cpu", and "cuda" or "mps" if there is one."""

    devices: tuple[str, ...]


@dataclass(frozen=True)
class Alive:
    """The answer to `commands.Ping`: the engine process still runs."""


@dataclass(frozen=True)
class EngineSilent:
    """The engine process lives and has not answered for `silent_s`. EngineAnswers follows if it ever does."""

    silent_s: float


@dataclass(frozen=True)
class EngineAnswers:
    """An engine that was silent answers again."""


@dataclass(frozen=True)
class EngineLost:
    """The engine process died; a new one starts with the next request. `exit_code` is negative for a signal."""

    message: str
    hint: str
    exit_code: int | None


@dataclass(frozen=True)
class ModelLoading:
    """A model is being read; `take_id` is empty when nobody waits for a take."""

    take_id: str
    model: str


@dataclass(frozen=True)
class ModelLoaded:
    """A model is in memory and ready."""

    info: ModelInfo


@dataclass(frozen=True)
class ModelFailed:
    """A model asked for with `load` cannot be used."""

    model: str
    message: str
    hint: str


@dataclass(frozen=True)
class Remarked:
    """Something worth knowing that stops nothing, in one sentence. Each is said once by an engine process."""

    text: str
    is_to_do: bool = False  # the user would want to change something: it stays until it is read


@dataclass(frozen=True)
class TakeEvent:
    """Everything below belongs to one take."""

    take_id: str


@dataclass(frozen=True)
class Queued(TakeEvent):
    """The request arrived; `ahead` takes come before it."""

    ahead: int


@dataclass(frozen=True)
class Started(TakeEvent):
    """Sampling begins. `request` has every default filled in, `path` is the float WAV that will grow."""

    request: TakeRequest
    path: str
    sample_rate: int
    channels: int
    total_frames: int


@dataclass(frozen=True)
class Progress(TakeEvent):
    """Step `step` of `steps` of a phase ("denoising" or "decoding") is done; `remaining_s` is for the whole take."""

    phase: str
    step: int
    steps: int
    remaining_s: float


@dataclass(frozen=True)
class AudioChunk(TakeEvent):
    """Frames [first_frame, first_frame + frame_count) are in the file at `Started.path`, flushed and readable."""

    first_frame: int
    frame_count: int


@dataclass(frozen=True)
class Preview(TakeEvent):
    """What a take that forms sounds like by now, from `first_frame` on. It is heard once and kept nowhere.

    samples  `(frames, channels)` float32, as bytes: some seconds
    """

    first_frame: int
    samples: bytes


@dataclass(frozen=True)
class Finished(TakeEvent):
    """The file is complete and closed. Times in seconds since the run began; `peak` is the largest absolute sample."""

    path: str
    total_frames: int
    peak: float
    denoise_s: float
    first_chunk_s: float
    total_s: float


@dataclass(frozen=True)
class Failed(TakeEvent):
    """The take could not be made.

    fits_s       the longest length that memory would allow, 0 if it is not about that
    kept_frames  how much of it is in its file, 0 for no file; a file is there only if the request said to keep a part
    is_lost      the engine itself is gone; EngineLost follows and says why
    """

    message: str
    hint: str
    fits_s: float = 0.0
    kept_frames: int = 0
    is_lost: bool = False


@dataclass(frozen=True)
class Cancelled(TakeEvent):
    """The take was given up because the user asked. `kept_frames` as in Failed."""

    kept_frames: int = 0


Event = (
    EngineReady
    | DevicesFound
    | Alive
    | EngineSilent
    | EngineAnswers
    | EngineLost
    | ModelLoading
    | ModelLoaded
    | ModelFailed
    | Remarked
    | TakeEvent
)

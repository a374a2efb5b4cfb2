"""What the next take will use: the form on the left, as plain values with signals."""

from __future__ import annotations

from dataclasses import fields, replace

from PySide6.QtCore import QObject, Signal

from musicapp.engine.events import ModelInfo
from musicapp.errors import RequestError
from musicapp.request import (
    BUILTIN_MODEL,
    MAX_SEED,
    Lora,
    TakeRequest,
    check_duration,
    checked,
    format_duration,
    how_made,
    new_take_id,
    random_seed,
)
from musicapp.request import VERSION as REQUEST_VERSION
from musicapp.shape import Loop, Source
from musicapp.ui.state import typed
from musicapp.ui.state.asked_loop import loop_of
from musicapp.ui.state.form_values import FormValues, Promise

DEFAULT_DURATION_S = 30.0
USUAL_CAP_S = 285.0  # the slider's end until a model says what it can do
_NO_VALUE = object()


class TakeSettings(QObject):
    """Views read and write here, never each other.

    prompt_changed, negative_prompt_changed, duration_changed, seed_changed, seed_lock_changed, sampling_changed
    (steps, guidance or sampler), target_changed (model, device or precision: the engine must load), loras_changed
    (the adapters or their strengths), limits_changed (another model's cap and defaults hold), seed_use_changed
    (whether the seed in the form is the next take's, or was the last one's), source_changed (another sound to start
    from, or how far to go from it; whether a loop is asked for) and mended ("length" or "seed" can be used again).

    bars  the length as it was typed where that is a number of bars, else "": such a length follows the prompt's tempo
    """

    prompt_changed = Signal(str)
    negative_prompt_changed = Signal(str)
    duration_changed = Signal(float)
    seed_changed = Signal(object)  # an int; Qt's own is too short for 32 bits without sign
    seed_lock_changed = Signal(bool)
    sampling_changed = Signal()
    target_changed = Signal()
    loras_changed = Signal()
    limits_changed = Signal()
    seed_use_changed = Signal(bool)
    source_changed = Signal()
    mended = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.prompt = ""
        self.negative_prompt = ""
        self.duration_s = DEFAULT_DURATION_S
        self.bars = ""
        self.duration_problem: RequestError | None = None
        self.seed = random_seed()
        self.seed_problem: RequestError | None = None
        self.seed_is_locked = False
        self._seed_is_unused = True
        self.steps: int | None = None
        self.guidance_scale: float | None = None
        self.sampler: str | None = None
        self.model = BUILTIN_MODEL
        self.device = "auto"
        self.precision = "auto"
        self.loras_of: dict[str, tuple[Lora, ...]] = {}  # each model keeps its own
        self.info: ModelInfo | None = None
        self.promise: Promise | None = None
        self.source: Source | None = None
        self.source_s = 0.0
        self.loop: Loop | None = None
        self._recalled: TakeRequest | None = None

    def set_prompt(self, text: str) -> None:
        if text != self.prompt:
            self.prompt = text
            self._follow_tempo()
            self.prompt_changed.emit(text)

    def set_negative_prompt(self, text: str) -> None:
        if text != self.negative_prompt:
            self.negative_prompt = text
            self.negative_prompt_changed.emit(text)

    @property
    def cap_s(self) -> float:
        """The longest take that the chosen model makes."""
        return self._known.max_duration_s if self._known else USUAL_CAP_S

    @property
    def model_name(self) -> str:
        """The chosen model's name for people, "" until it is known."""
        return self._known.name if self._known else ""

    @property
    def _known(self) -> ModelInfo | Promise | None:
        return self.info or (self.promise if self.promise and self.promise.key == self.model else None)

    def set_promise(self, promise: Promise) -> None:
        """Learn what a model's description says of it."""
        self.promise = promise
        if self.info is None and promise.key == self.model:
            self.limits_changed.emit()
            self.set_duration(self.duration_s)

    @property
    def cap_reason(self) -> str:
        """Why the length ends where it ends, for people."""
        most = f"Up to {format_duration(self.cap_s)}"
        return f"{most}: the most {self.model_name} makes" if self.model_name else most

    def set_duration(self, duration_s: float, *, bars: str | None = None) -> None:
        """Take a length that is already a number; it is held within the cap.

        bars  see there; None keeps them as long as the length stays what it is
        """
        within = min(duration_s, self.cap_s)
        if had_problem := self.duration_problem is not None:
            self.duration_problem = None
            self.mended.emit("length")
        if bars is None:
            bars = self.bars if within == self.duration_s and not had_problem else ""
        if had_problem or (within, bars) != (self.duration_s, self.bars):
            self.duration_s, self.bars = within, bars
            self.duration_changed.emit(within)

    def parse_duration(self, text: str) -> float:
        """Seconds of a length as typed: a time, or "8 bars" of the prompt's tempo. Raises RequestError."""
        return typed.duration_of(text, self.prompt, cap_s=self.cap_s, model_name=self.model_name)

    def set_duration_text(self, text: str) -> None:
        """Take a length as typed. What cannot be used is kept in `duration_problem` and stops the next take."""
        try:
            duration_s = self.parse_duration(text)
        except RequestError as problem:
            self.duration_problem, self.bars = problem, typed.bars_in(text)
            return
        self.set_duration(duration_s, bars=typed.bars_in(text))

    def _follow_tempo(self) -> None:
        """Make the length its bars at the prompt's tempo. Without one it stays: it may be typed just now."""
        if self.bars and typed.states_tempo(self.prompt):
            self.set_duration_text(self.bars)
            if self.duration_problem:  # they are longer than the model's longest take now
                self.duration_changed.emit(self.duration_s)

    def set_seed(self, seed: int, *, is_used: bool = False) -> None:
        """Use this seed for the next take, whether the seed is locked or not.

        is_used  a take was made with it already: only the lock keeps it for the next one
        """
        had_problem = self._mend_seed()
        if seed != self.seed or had_problem:
            self.seed = seed
            self.seed_changed.emit(seed)
        self._set_unused(not is_used)

    def _mend_seed(self) -> bool:
        """Forget what was wrong with the seed; whether anything was."""
        had_problem, self.seed_problem = self.seed_problem is not None, None
        if had_problem:
            self.mended.emit("seed")
        return had_problem

    @property
    def seed_is_next(self) -> bool:
        """Whether the next take is made with the seed in the form; else it draws its own."""
        return self._seed_is_unused or self.seed_is_locked

    @property
    def seed_is_used(self) -> bool:
        """Whether a take was made with the seed in the form."""
        return not self._seed_is_unused

    def _set_unused(self, is_unused: bool) -> None:
        if is_unused != self._seed_is_unused:
            self._seed_is_unused = is_unused
            self.seed_use_changed.emit(self.seed_is_next)

    def set_seed_text(self, text: str) -> None:
        """Take a seed as typed, and lock it: who types a seed wants exactly this one, also next time.

        An empty text leaves the next take to draw its own.
        """
        try:
            seed = typed.seed_of(text)
        except RequestError as problem:
            self.seed_problem = problem
            return
        if seed is None:
            self._mend_seed()
            self.set_seed_locked(False)
            self._set_unused(False)
            return
        self.set_seed(seed)
        self.set_seed_locked(True)

    def roll_seed(self) -> None:
        """Draw another seed for the next take."""
        self.set_seed(random_seed())

    def set_seed_locked(self, locked: bool) -> None:
        if locked != self.seed_is_locked:
            self.seed_is_locked = locked
            self.seed_lock_changed.emit(locked)
            self.seed_use_changed.emit(self.seed_is_next)

    def set_sampling(
        self,
        *,
        steps: int | object | None = _NO_VALUE,
        guidance_scale: float | object | None = _NO_VALUE,
        sampler: str | object | None = _NO_VALUE,
    ) -> None:
        """Change some of steps, guidance and sampler; None means the model's own default."""
        before = (self.steps, self.guidance_scale, self.sampler)
        if steps is None or isinstance(steps, int):
            self.steps = steps
        if guidance_scale is None or isinstance(guidance_scale, int | float):
            self.guidance_scale = guidance_scale
        if sampler is None or isinstance(sampler, str):
            self.sampler = sampler
        if before != (self.steps, self.guidance_scale, self.sampler):
            self.sampling_changed.emit()

    def set_source(self, source: Source | None, length_s: float = 0.0) -> None:
        """Start from a sound that is so long; None starts from nothing. Lengths of 0 leave the length to the form."""
        if (source, length_s) != (self.source, self.source_s):
            self.source, self.source_s = source, length_s
            self.source_changed.emit()
            if 0 < length_s < self.duration_s:
                self.set_duration(length_s)

    def set_loop(self, loop: Loop | None) -> None:
        if loop != self.loop:
            self.loop = loop
            self.source_changed.emit()

    @property
    def length_s(self) -> float:
        """Of the take; its source may have the last word."""
        if self.source is not None and self.source.stays and self.source_s:
            return self.source_s
        return min(self.duration_s, self.source_s or self.duration_s)

    @property
    def asked_loop(self) -> Loop | None:
        """The loop that the next take is."""
        return None if self.loop is None or self.source else loop_of(self.loop, self.duration_s, self.prompt)

    def set_variation(self, variation: float) -> None:
        """Go so far from the source, 0 to 1."""
        if self.source is not None and not self.source.stays:
            self.set_source(replace(self.source, variation=variation), self.source_s)

    @property
    def honours_negative_prompt(self) -> bool:
        """Whether a negative prompt has any effect: it works through guidance, and 1 is guidance off."""
        if self.guidance_scale is not None:
            return self.guidance_scale != 1
        return self.info is None or self.info.negative_prompt

    def set_target(self, *, model: str | None = None, device: str | None = None, precision: str | None = None) -> None:
        """Choose which model runs, where and how precisely."""
        before = (self.model, self.device, self.precision)
        self.model, self.device = model or self.model, device or self.device
        self.precision = precision or self.precision
        if before == (self.model, self.device, self.precision):
            return
        if before[0] != self.model:
            self.info = None
            self.limits_changed.emit()
            if self.loras != self.loras_of.get(before[0], ()):
                self.loras_changed.emit()
        self.target_changed.emit()

    @property
    def loras(self) -> tuple[Lora, ...]:
        """The adapters of the chosen model, each on top of those before it."""
        return self.loras_of.get(self.model, ())

    @property
    def known_loras(self) -> list[Lora]:
        """Every adapter that any model has."""
        return [lora for loras in self.loras_of.values() for lora in loras]

    def set_loras(self, loras: tuple[Lora, ...]) -> None:
        """Use these adapters with the chosen model."""
        if loras != self.loras:
            self.loras_of[self.model] = loras
            self.loras_changed.emit()

    def set_model_info(self, info: ModelInfo) -> bool:
        """Learn what the loaded model can do. True when the length had to be shortened to its cap."""
        self.info = info
        if self.sampler is not None and self.sampler not in info.samplers:
            self.set_sampling(sampler=None)
        self.limits_changed.emit()
        if self.duration_s > info.max_duration_s:
            self.set_duration(info.max_duration_s)
            return True
        return False

    @property
    def problem_field(self) -> str:
        """The first field that cannot be used as it is: "length", "seed", or else "prompt"."""
        return "length" if self.duration_problem else "seed" if self.seed_problem else "prompt"

    def make_requests(self, count: int) -> list[TakeRequest]:
        """`make_request`, and variations of it: with other seeds, or those that follow where the seed is locked."""
        first = self.make_request()
        seeds, drawn = [(first.seed + number) % (MAX_SEED + 1) for number in range(1, count)], count == 1
        while not self.seed_is_locked and (not drawn or len({first.seed, *seeds}) != count):
            seeds, drawn = [random_seed() for _ in seeds], True
        return [first, *(replace(first, take_id=new_take_id(), seed=seed) for seed in seeds)]

    def make_request(self, *, keep_seed: bool = False) -> TakeRequest:
        """The next take's request with its real seed, or RequestError naming the first thing to correct.

        keep_seed  also where the lock is open
        """
        if (problem := self.duration_problem or self.seed_problem) is not None:
            raise problem
        check_duration(self.duration_s, cap_s=self.cap_s, model_name=self.model_name)
        if not (keep_seed or self.seed_is_locked or self._seed_is_unused):
            self.roll_seed()
        request = self.as_request()
        self._set_unused(False)
        return request

    def as_request(self) -> TakeRequest:
        """What the form says, with the seed that it shows. Raises RequestError."""
        return checked(
            TakeRequest(
                take_id=new_take_id(),
                prompt=self.prompt,
                duration_s=self.length_s,
                seed=self.seed,
                negative_prompt=self.negative_prompt if self.honours_negative_prompt else "",
                steps=self.steps,
                guidance_scale=self.guidance_scale,
                sampler=self.sampler,
                model=self.model,
                device=self.device,
                precision=self.precision,
                loras=self.loras,
                source=self.source,
                loop=self.asked_loop,
                **(how_made(self._asked_again) if self._asked_again else {"version": REQUEST_VERSION}),
            )
        )

    @property
    def _asked_again(self) -> TakeRequest | None:
        """The take that was recalled, as long as the form asks for it: made in another way, it would differ."""
        old, same = self._recalled, ("prompt", "seed", "source")
        is_asked = old is not None and all(getattr(old, name) == getattr(self, name) for name in same)
        return old if old is not None and is_asked and old.duration_s == self.length_s else None

    def recall(self, request: TakeRequest) -> None:
        """Set everything as it was for a take, and lock its seed; where it runs stays as it is now."""
        self._recalled = request
        self.set_target(model=request.model)
        self.set_loras(request.loras)
        self.set_prompt(request.prompt)
        self.set_negative_prompt(request.negative_prompt)
        self.set_sampling(steps=request.steps, guidance_scale=request.guidance_scale, sampler=request.sampler)
        self.set_duration(request.duration_s)
        self.set_source(request.source, 0.0 if request.is_variation else request.duration_s)
        self.set_loop(request.loop)
        self.set_seed(request.seed)
        self.set_seed_locked(True)

    def values(self) -> FormValues:
        """What the form says now, without adapters and without where the model runs."""
        return FormValues(**{field.name: getattr(self, field.name) for field in fields(FormValues)})

    def set_values(self, values: FormValues) -> None:
        """Have the form say this again."""
        self.set_target(model=values.model)
        self.loras_changed.emit()
        self.set_prompt(values.prompt)
        self.set_negative_prompt(values.negative_prompt)
        self.set_sampling(steps=values.steps, guidance_scale=values.guidance_scale, sampler=values.sampler)
        self.set_duration(values.duration_s, bars=values.bars)
        self.set_source(values.source, values.source_s)
        self.set_loop(values.loop)
        self.set_seed(values.seed, is_used=values.seed_is_used)
        self.set_seed_locked(values.seed_is_locked)

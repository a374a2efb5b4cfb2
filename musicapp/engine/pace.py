"""How long a take needs: from this run's own steps, and before there are any from earlier runs.

The one source of every time that is told. The window and the command line ask it for takes that wait; no torch here.
"""

from __future__ import annotations

import json
import logging
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from musicapp import paths
from musicapp.request import TakeRequest

if TYPE_CHECKING:
    from musicapp.diffusion.windows import Window

log = logging.getLogger(__name__)

T = TypeVar("T")

FILE_NAME = "pace.json"
MOST_ENTRIES = 50
RECENT_STEPS = 8  # the estimate follows a machine that gets busy or free
LONGEST_S = 3600.0
MOST = 1e7  # latents, or steps
DECODE_GUESS = 0.1  # of the sound's own length, until the first decode was measured


@dataclass(frozen=True)
class Speed:
    """Seconds for each latent frame: of one sampling step, and of the decode.

    latent_s  how much sound a latent is, 0 if not known
    least     latents that every take samples
    steps     of the last take
    share     latents that its windows saw for each one that is decoded, or of the least
    """

    step_s: float
    decode_s: float
    latent_s: float = 0.0
    least: float = 0.0
    steps: float = 0.0
    share: float = 1.0

    def expected_s(self, request: TakeRequest) -> float | None:
        """Seconds that a take of this request needs, once its model is there."""
        steps = request.steps or self.steps
        if not self.latent_s or not steps:
            return None
        decoded = math.ceil(request.duration_s / self.latent_s)
        sampled = max(decoded, self.least) * self.share
        return steps * self.step_s * sampled + self.decode_s * decoded


def key_of(model: str, device: str, precision: str, guidance_scale: float | None) -> str:
    """What decides the speed. model: the name of its folder."""
    return f"{model} {device} {precision} {'plain' if guidance_scale == 1.0 else 'guided'}"


class Speeds:
    """What earlier takes tell of those to come, as it stood in the file when this was made."""

    def __init__(self, folder: Path | None = None) -> None:
        self._known = _read((folder or paths.data_folder()) / FILE_NAME)

    def expected_s(self, request: TakeRequest, model: str) -> float | None:
        """Seconds that a take of this request needs with the model of this folder's name; None if nothing tells."""
        for key, speed in reversed(self._known.items()):  # the newest stands last
            name, *rest = key.rsplit(" ", 3)
            if name == model and len(rest) == 3 and _is_meant(request, *rest):
                return speed.expected_s(request)
        return None


def _is_meant(request: TakeRequest, device: str, precision: str, guided: str) -> bool:
    """Whether a speed was measured as this request asks; what it leaves open may be anything."""
    scale = request.guidance_scale
    return (
        request.device in ("auto", device)
        and request.precision in ("auto", precision)
        and (scale is None or (scale == 1.0) == (guided == "plain"))
    )


class Pace:
    """The clock of one take.

    key       see `key_of`
    windows   of the latents, each of which takes all steps; all but the first while the take is decoded
    decoded   latents that are decoded in the end
    latent_s  how much sound one latent is
    least     latents that a take of this model samples at least, 0 for none
    """

    def __init__(
        self,
        key: str,
        *,
        windows: Sequence[Window],
        decoded: int,
        steps: int,
        latent_s: float,
        least: int = 0,
        folder: Path | None = None,
    ) -> None:
        self._file = (folder or paths.data_folder()) / FILE_NAME
        self._key, self._sampled, self._to_decode, self._steps = key, windows[0].size, decoded, steps
        self._later = list(windows[1:])
        self._latent_s, self._least = latent_s, least
        self._share = sum(window.size for window in windows) / max(decoded, least)
        self._earlier = _read(self._file).get(key)
        self._step_times: list[float] = []
        self._decode_guess_s = latent_s * DECODE_GUESS
        self._decode_time = 0.0
        self._decoded = 0
        self._began = time.perf_counter()

    def begin(self) -> float | None:
        """Sampling begins; seconds for the whole take if earlier runs tell."""
        self._began = time.perf_counter()
        if self._earlier is None:
            return None
        sampling_s = self._steps * self._earlier.step_s * self._sampled
        return sampling_s + self._later_s(self._earlier.step_s) + self._earlier.decode_s * self._to_decode

    def step_done(self) -> float:
        """A step is done; seconds left for the whole take."""
        now = time.perf_counter()
        self._step_times.append(now - self._began)
        self._began = now
        # The first step also pays for warming up: it counts only while it is alone.
        recent = self._step_times[1:][-RECENT_STEPS:] or self._step_times
        left = self._steps - len(self._step_times)
        step_s = statistics.median(recent)
        return left * step_s + self._later_s(step_s / self._sampled) + self._to_decode * self.decode_s

    def skip(self) -> None:
        """What was done since the last step belongs to none."""
        self._began = time.perf_counter()

    def windows_done(self, ready: int) -> None:
        """Later windows were sampled too: latents up to `ready` are there."""
        self._began = time.perf_counter()
        self._later = [window for window in self._later if window.end > ready]

    def chunk_done(self, latents: int, left: int) -> float:
        """`latents` more are decoded, `left` are not; seconds left."""
        now = time.perf_counter()
        self._decode_time += now - self._began
        self._decoded += latents
        self._began = now
        step_s = statistics.median(self._step_times) / self._sampled if self._step_times else 0.0
        return left * self._decode_time / self._decoded + self._later_s(step_s)

    def remember(self) -> None:
        """Keep this run's speed for the next one's first estimate. A disk that refuses costs only the estimate."""
        if not self._step_times or not self._decoded:
            return
        step_s, decode_s = statistics.median(self._step_times) / self._sampled, self._decode_time / self._decoded
        speed = Speed(step_s, decode_s, self._latent_s, self._least, self._steps, self._share)
        known = _read(self._file)
        known.pop(self._key, None)  # so that the newest stands last
        kept = [*known.items(), (self._key, speed)][-MOST_ENTRIES:]
        write_figures(self._file, {name: asdict(entry) for name, entry in kept})

    def _later_s(self, step_s: float) -> float:
        """What the windows that are not sampled yet will take, by the seconds of a latent in a step."""
        return self._steps * step_s * sum(window.size for window in self._later)

    @property
    def decode_s(self) -> float:
        """Seconds that decoding a latent takes, as far as is known."""
        return self._earlier.decode_s if self._earlier else self._decode_guess_s


def read_figures(path: Path, of: Callable[[Any], dict[str, T]]) -> dict[str, T]:
    """What was measured before, as far as it can be used: a damaged file must never stop a take.

    of  what the file's JSON says; raises ValueError, KeyError, TypeError or AttributeError
    """
    try:
        return of(json.loads(paths.read_small(path).decode()))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        log.warning("%s is not usable and was put aside: %s", path, error)
        paths.put_aside(path)
        return {}


def write_figures(path: Path, values: dict[str, Any]) -> None:
    """A disk that refuses costs only that it is measured anew."""
    try:
        paths.replace_file(path, json.dumps(values, indent=1).encode())
    except OSError as error:
        log.info("%s could not be written: %s", path, error)


def _read(path: Path) -> dict[str, Speed]:
    return read_figures(path, lambda values: {key: _speed(entry) for key, entry in values.items()})


def _speed(entry: dict[str, object]) -> Speed:
    """Versions of before knew the first two only."""
    step_s, decode_s = (number_of(entry[name], LONGEST_S) for name in ("step_s", "decode_s"))
    latent_s = number_of(entry.get("latent_s", 0), LONGEST_S)
    least, steps = (number_of(entry.get(name, 0), MOST) for name in ("least", "steps"))
    return Speed(step_s, decode_s, latent_s, least, steps, number_of(entry.get("share", 1), MOST))


def number_of(value: object, most: float) -> float:
    """A time, or a count, out of such a file. Raises ValueError for what is none from 0 to `most`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ValueError(f"{value!r:.40} is no time")
    return float(value)

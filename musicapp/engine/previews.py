"""What a take sounds like while it forms: the sampler's estimate of its clean latents, decoded around one place.

Of a piece of which most stays as it is, that place is the passage that is being made, with what is around it.

Each costs a decode that the take does not need. So they are made only when somebody listens, from a third of the steps
on, and only as long as all together stay within a share of the time that the take needs. Nothing of the take depends on
them: they draw no noise of its sampling, and its own sound is decoded as ever.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from musicapp.audio.limiter import Limiter
from musicapp.audio.loudness import loudness_lufs
from musicapp.checkpoints.load import LoadedModel
from musicapp.engine.canvas import Window
from musicapp.engine.decode import alignment_of, context_of
from musicapp.engine.denoise import Denoised
from musicapp.engine.memory import device_of

log = logging.getLogger(__name__)

FROM = 1 / 3  # of the steps
SHARE = 0.1  # of the take's time
BEFORE_S, LONGEST_S, SHORTEST_S = 1.0, 6.0, 1.5  # before the place where somebody listens; of a preview
MOST_GAIN_DB = 12.0

Ear = Callable[[], int | None]


@dataclass(frozen=True)
class Passage:
    """A window of a canvas, and how some latents sound, the first of them and how many, after a step of it."""

    window: Window
    heard: Callable[[Denoised, int, int], np.ndarray]


class Previews:
    """Those of one take.

    frames    of the take
    chunk     latents that may be decoded at once
    seed      of the noise that some decoders add
    ear       the frame where somebody listens, None while nobody does
    latent_s  seconds that decoding a latent is thought to take, until that was measured
    """

    def __init__(self, model: LoadedModel, frames: int, *, chunk: int, seed: int, ear: Ear, latent_s: float) -> None:
        self._model, self._frames, self._chunk, self._seed, self._ear = model, frames, chunk, seed, ear
        self._latent_s, self.spent_s = latent_s, 0.0
        self._last = (0, 0)

    def after(
        self, step: Denoised, steps: int, whole_s: float, passage: Passage | None = None
    ) -> tuple[int, np.ndarray] | None:
        """The first frame and the sound, `(frames, channels)` float32, of a preview after a step; mostly None.

        steps    of the window that is sampled
        whole_s  that the take needs
        passage  that is being made; None where everything is
        """
        done = (step.index + 1) / steps
        place = self._ear() if FROM <= done < 1 else None
        if place is None:
            return None
        room_s = done * SHARE * whole_s - self.spent_s
        if passage is None:
            first, count = self._stretch(place, 0, step.formed, room_s)
        else:
            first, count = self._stretch(*self._within(passage.window, place, step.formed), room_s)
        if not count:
            return None
        began = time.perf_counter()
        try:
            sound = self._decoded(step, first, count) if passage is None else passage.heard(step, first, count)
        except (RuntimeError, MemoryError) as error:  # too little memory, say: the take needs none of it
            log.warning("no previews any more: %s", error)
            self._ear = lambda: None
            return None
        cost_s = time.perf_counter() - began
        self._latent_s, self.spent_s = cost_s / (count + 2 * self._context), self.spent_s + cost_s
        return first * self._model.autoencoder.downsampling_ratio, sound

    @property
    def _context(self) -> int:
        return context_of(self._model.autoencoder)

    def _within(self, window: Window, place: int, formed: int) -> tuple[int, int, int]:
        """A frame of the passage that a window makes, that of the ear if it is one, and the latents that it may be
        heard among."""
        ratio = self._model.autoencoder.downsampling_ratio
        is_inside = window.start * ratio <= place < window.end * ratio
        return place if is_inside else window.start * ratio, window.first, window.first + min(formed, window.count)

    def _stretch(self, place: int, lowest: int, formed: int, room_s: float) -> tuple[int, int]:
        """The first latent and how many can be heard around a frame within a time; none where they are too few.

        lowest, formed  the latents that there are: from which on, up to which
        """
        autoencoder, rate = self._model.autoencoder, self._model.config.sample_rate
        ratio, alignment = autoencoder.downsampling_ratio, alignment_of(autoencoder)
        first = max(0, int(place - BEFORE_S * rate)) // ratio // alignment * alignment
        first = max(first, -(-lowest // alignment) * alignment)
        last = min(formed, self._frames // ratio)
        affordable = int(room_s / max(self._latent_s, 1e-9)) - 2 * self._context
        count = min(last - first, affordable, self._chunk, int(LONGEST_S * rate / ratio))
        if self._last[1] and first == self._last[0]:  # as long as before, so that it can take its place
            count = self._last[1] if affordable >= self._last[1] else 0
        if count < SHORTEST_S * rate / ratio:
            return 0, 0
        self._last = first, count
        return self._last

    @torch.inference_mode()
    def _decoded(self, step: Denoised, first: int, count: int) -> np.ndarray:
        model, autoencoder = self._model, self._model.autoencoder
        left, right = max(0, first - self._context), min(step.formed, first + count + self._context)
        latents = step.clean[..., left:right].float().to(device_of(autoencoder))
        noise = autoencoder.decode_noise(self._seed, left, right - left)
        audio = autoencoder.decode(latents, noise, first=left, keep=(first - left, first - left + count))
        sound = audio[0].T.float().cpu().numpy()
        target, ceiling_db = model.config.app.loudness_lufs, model.config.app.true_peak_dbtp
        found = loudness_lufs(sound, model.config.sample_rate)
        if target is not None and np.isfinite(found):
            sound = sound * np.float32(10 ** (min(target - found, MOST_GAIN_DB) / 20))
        if ceiling_db is not None:
            limiter = Limiter(sound.shape[1], ceiling_db=ceiling_db)
            sound = np.concatenate([limiter.push(sound), limiter.flush()])
        return np.nan_to_num(sound)

"""Makes the gaps of a canvas: latents around them stay, latents in them are sampled, their sound is joined in.

Outside of the gaps nothing is touched. Inside, the made sound is brought to the level around it and led from and to the
music that stays (`audio/seams.py`).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from musicapp.audio import seams
from musicapp.audio.levels import to_db
from musicapp.audio.limiter import Limiter, true_peak
from musicapp.audio.loudness import loudness_lufs
from musicapp.checkpoints.load import LoadedModel
from musicapp.engine import loops
from musicapp.engine.canvas import CONTEXT_S, Canvas, Gap, Window, longest_window, windows
from musicapp.engine.decode import SIZE, alignment_of, context_of
from musicapp.engine.denoise import Denoised, Given, denoise, plan_for
from musicapp.engine.encode import encode
from musicapp.engine.request_facts import RequestFacts
from musicapp.engine.source import gain_to_model
from musicapp.engine.steering import Prompts, Timing
from musicapp.nn.phases import Known
from musicapp.nn.spectral import SpectralDecoder
from musicapp.request import TakeRequest

NEAR_S = 2.0  # of music around a passage whose level is compared
MOST_LEVEL_DB = 3.0  # that the autoencoder may have changed the level by
MOST_STEP_DB, QUIETEST_LUFS = 6.0, -50.0  # that added music is brought up or down by, and below which it is meant quiet


class Filling:
    """The latents of a canvas: encoded where they are needed, sampled in its gaps.

    facts  of the request, with bars that begin where those of the source do
    """

    def __init__(self, model: LoadedModel, prompts: Prompts, request: TakeRequest, facts: RequestFacts, canvas: Canvas):
        self.model, self.canvas = model, canvas
        self._prompts, self._request, self._facts = prompts, request, facts
        self._rate, self._ratio = model.config.sample_rate, model.autoencoder.downsampling_ratio
        self._total = -(-len(canvas.audio) // self._ratio)
        self._gain = gain_to_model(model, _sound_of(canvas))
        self._heard = _mirrored(canvas, self._mirror_frames())
        self._latents = torch.zeros(1, model.autoencoder.latent_dim, self._total)
        self._is_there = torch.zeros(self._total, dtype=torch.bool)
        self._gaps = [(gap.first // self._ratio, -(-gap.end // self._ratio)) for gap in canvas.gaps]
        self.windows = [window for gap in self._gaps for window in self._windows(gap)]

    def sample(self) -> Iterator[tuple[int, Denoised]]:
        """Every step of every window, with the window's number."""
        open_gaps = torch.zeros(self._total, dtype=torch.bool)
        for start, end in self._gaps:
            open_gaps[start:end] = True
        for number, window in enumerate(self.windows):
            last = None
            for step in self._steps(number, window, open_gaps):
                yield number, step
                last = step
            assert last is not None
            part = slice(window.start - window.first, window.end - window.first)
            self._latents[..., window.start : window.end] = last.latents[..., part].float().cpu()
            self._is_there[window.start : window.end] = True
            open_gaps[window.start : window.end] = False

    def sound(self, number: int) -> np.ndarray:
        """The sound of a gap, `(frames, channels)` float32, at the level around it and joined to it."""
        gap, audio = self.canvas.gaps[number], self.canvas.audio
        near = int(NEAR_S * self._rate)
        first, end = max(0, gap.first - near), min(len(audio), gap.end + near)
        made = self._decoded(first, end, gap) / np.float32(self._gain)
        level = self._level(made, first, gap)
        inside = made[gap.first - first : gap.end - first] * np.float32(level)
        if gap.is_open:
            inside = inside * np.float32(self._loudness_step(inside, audio[first : gap.first], audio[gap.end : end]))
        inside = self._limited(inside, audio[first : gap.first], audio[gap.end : end])
        return self._joined(inside, gap)

    @torch.inference_mode()
    def heard(self, number: int, step: Denoised, first: int, count: int) -> np.ndarray:
        """What `count` latents from `first` on sound like after a step of a window, `(frames, channels)` float32.

        Outside of its gap that is the music that stays, sample by sample. They lie in the window, and `first` where a
        chunk may begin. Nothing of it is kept: the take is the same without.
        """
        window, ratio = self.windows[number], self._ratio
        place = next(n for n, (start, end) in enumerate(self._gaps) if start <= window.start < end)
        gap, autoencoder = self.canvas.gaps[place], self.model.autoencoder
        alignment = alignment_of(autoencoder)
        left = max(-(-window.first // alignment) * alignment, first - context_of(autoencoder))
        right = min(window.first + step.formed, self._total, first + count + context_of(autoencoder))
        latents = self._latents[..., left:right].clone()
        low, high = max(window.start, left), min(self._gaps[place][1], right)
        if low < high:
            latents[..., low - left : high - left] = step.clean[..., low - window.first : high - window.first].cpu()
        made = self._sounding(latents, left, (first, first + count), gap) / np.float32(self._gain)
        start = first * ratio
        audio = self.canvas.audio[start : start + len(made)].copy()
        begin, end = max(gap.first, start), min(gap.end, start + len(audio))
        if begin < end:
            inside = made[begin - start : end - start] * np.float32(self._level(made[: len(audio)], start, gap))
            inside = self._limited(inside, audio[: begin - start], audio[end - start :])
            audio[begin - start : end - start] = self._joined(
                inside, gap, has_start=begin == gap.first, has_end=end == gap.end
            )
        return audio

    def _joined(self, inside: np.ndarray, gap: Gap, *, has_start: bool = True, has_end: bool = True) -> np.ndarray:
        """A gap's sound, or a part of it, led from and to the music around the gap at the ends that it has."""
        audio, count = self.canvas.audio, min(seams.lead_frames(self._rate), len(inside) // 2)
        before, behind = audio[max(0, gap.first - self._rate) : gap.first], audio[gap.end : gap.end + self._rate]
        if gap.is_open:
            lead_in = seams.predicted(before, count, self._rate)
            lead_out = seams.predicted(behind[::-1], count, self._rate)[::-1]
        else:
            lead_in, lead_out = audio[gap.first : gap.first + count], audio[gap.end - count : gap.end]
        lead_in = lead_in if has_start and len(before) else lead_in[:0]
        lead_out = lead_out if has_end and len(behind) else lead_out[:0]
        return seams.joined(inside, lead_in, lead_out, self._rate)

    def _steps(self, number: int, window: Window, open_gaps: Tensor) -> Iterator[Denoised]:
        model, request = self.model, self._request
        window_s = window.count * self._ratio / self._rate
        asked = dataclasses.replace(request, duration_s=window_s)
        plan = plan_for(model, asked, window.count)
        count = min(plan.latents, self._total - window.first)
        self._know(window.first, window.first + count)
        latents = torch.zeros(1, self._latents.shape[1], plan.latents)
        latents[..., :count] = self._latents[..., window.first : window.first + count]
        keep = torch.zeros(1, 1, plan.latents)
        keep[..., :count] = (~open_gaps[window.first : window.first + count]).float()
        given = Given(latents, keep=keep, timing=self._timing(window), number=number)
        yield from denoise(model, self._prompts, asked, self._facts, plan, given)

    def _timing(self, window: Window) -> Timing:
        """Where a window is told to be in the piece; models that know no start are told what is left of it."""
        start, total = window.first * self._ratio / self._rate, len(self.canvas.audio) / self._rate
        if self.canvas.is_circular:  # a loop has no end
            middle = loops.middle(total, start)
            start, total = middle.start_s, middle.total_s
        if any(entry.id == "seconds_start" for entry in self.model.config.conditioning.entries):
            return Timing(start, total)
        return Timing(0.0, min(total - start, window.count * self._ratio / self._rate))

    def _windows(self, gap: tuple[int, int]) -> Iterator[Window]:
        config, context = self.model.config, int(CONTEXT_S * self._rate / self._ratio)
        return windows(
            gap,
            self._total,
            longest=longest_window(config),
            context=context,
            multiple=config.diffusion.dit.patch_size,
            is_fixed=not config.app.variable_length,
        )

    def _know(self, first: int, end: int) -> None:
        """Encode the latents of a stretch that are not there yet."""
        missing = (~self._is_there[first:end]).nonzero().flatten() + first
        if not len(missing):
            return
        low, high = int(missing[0]), int(missing[-1]) + 1
        found = encode(self.model.autoencoder, self._heard, first=low, count=high - low, gain=self._gain).cpu()
        self._latents[..., missing] = found[..., missing - low]
        self._is_there[missing] = True

    @torch.inference_mode()
    def _decoded(self, first: int, end: int, gap: Gap) -> np.ndarray:
        """The sound of the latents for the frames from `first` to `end`, at the model's level."""
        autoencoder, ratio = self.model.autoencoder, self._ratio
        margin, alignment = autoencoder.decoder.margin, alignment_of(autoencoder)
        assert isinstance(margin, int)
        low, high = first // ratio, -(-end // ratio)
        self._know(max(0, low - margin - alignment), min(self._total, high + margin + alignment))
        out = []
        for start in range(low, high, SIZE):
            stop = min(start + SIZE, high)
            left = max(0, start - margin) // alignment * alignment
            right = min(self._total, stop + margin)
            out.append(self._sounding(self._latents[..., left:right], left, (start, stop), gap))
        return np.concatenate(out)[first - low * ratio :][: end - first]

    def _sounding(self, latents: Tensor, left: int, part: tuple[int, int], gap: Gap) -> np.ndarray:
        """The sound of the latents [start, end) among some that begin at `left`, at the model's level."""
        autoencoder, right = self.model.autoencoder, left + latents.shape[-1]
        latents = latents.to(next(autoencoder.parameters()).device)
        noise = autoencoder.decode_noise(self._request.seed, left, right - left)
        known = self._known(left, right, gap, latents) if isinstance(autoencoder.decoder, SpectralDecoder) else None
        keep = (part[0] - left, part[1] - left)
        audio = autoencoder.decode(latents, noise, first=left, keep=keep, known=known)
        sound: np.ndarray = audio[0].T.float().cpu().numpy()
        return sound

    def _known(self, left: int, right: int, gap: Gap, like: Tensor) -> Known:
        """The sound that stays among some latents, at the model's level."""
        first, count = left * self._ratio, (right - left) * self._ratio
        audio = np.zeros((count, self.canvas.audio.shape[1]), np.float32)
        part = self.canvas.audio[first : first + count] * np.float32(self._gain)
        audio[: len(part)] = part
        where = np.zeros(count, bool)
        where[: len(part)] = True
        where[max(0, gap.first - first) : max(0, gap.end - first)] = False
        return Known(torch.from_numpy(audio.T.copy()).to(like.device), torch.from_numpy(where).to(like.device))

    def _level(self, made: np.ndarray, first: int, gap: Gap) -> float:
        """By how much what stays is louder than it comes out of the autoencoder, linear."""
        true = self.canvas.audio[first : first + len(made)]
        around = np.ones(len(made), bool)
        around[max(0, gap.first - first) : max(0, gap.end - first)] = False
        ours, theirs = (float(np.square(x[around], dtype=np.float64).sum()) for x in (made, true))
        if ours <= 0 or theirs <= 0:
            return 1.0
        return float(10 ** (np.clip(10 * math.log10(theirs / ours), -MOST_LEVEL_DB, MOST_LEVEL_DB) / 20))

    def _loudness_step(self, made: np.ndarray, before: np.ndarray, behind: np.ndarray) -> float:
        """By how much what is added has to be louder to go on as loud as the music that it is added to, linear."""
        near = int(NEAR_S * self._rate)
        kept, added = (before, made[:near]) if len(before) else (behind, made[-near:])
        theirs, ours = loudness_lufs(kept, self._rate), loudness_lufs(added, self._rate)
        if min(theirs, ours) < QUIETEST_LUFS:
            return 1.0
        return float(10 ** (np.clip(theirs - ours, -MOST_STEP_DB, MOST_STEP_DB) / 20))

    def _limited(self, made: np.ndarray, *around: np.ndarray) -> np.ndarray:
        """Below the model's highest peak, or that of the music around it."""
        ceiling_db = self.model.config.app.true_peak_dbtp
        if ceiling_db is None:
            return made
        highest = max((true_peak(part) for part in around if len(part)), default=0.0)
        limiter = Limiter(made.shape[1], ceiling_db=max(ceiling_db, to_db(highest)))
        return np.concatenate([limiter.push(made), limiter.flush()])

    def _mirror_frames(self) -> int:
        margin = self.model.autoencoder.encoder.margin
        assert isinstance(margin, int)
        return (margin + 1) * self._ratio


def filled(canvas: Canvas, sounds: Sequence[np.ndarray]) -> np.ndarray:
    """The whole piece `(frames, channels)` with its gaps filled; outside of them every sample is as it was."""
    out = canvas.audio.copy()
    for gap, sound in zip(canvas.gaps, sounds, strict=True):
        out[gap.first : gap.end] = sound
    return np.roll(out, canvas.turned, axis=0) if canvas.turned else out


def _sound_of(canvas: Canvas) -> np.ndarray:
    """What is there, without gaps that hold nothing."""
    is_there = np.ones(len(canvas.audio), bool)
    for gap in canvas.gaps:
        if gap.is_open:
            is_there[gap.first : gap.end] = False
    return canvas.audio[is_there]


def _mirrored(canvas: Canvas, reach: int) -> np.ndarray:
    """The audio with what is there mirrored into gaps that hold nothing: an encoder must not see music stop."""
    if not any(gap.is_open for gap in canvas.gaps):
        return canvas.audio
    audio = canvas.audio.copy()
    for gap in canvas.gaps:
        if gap.is_open and gap.first:
            count = min(reach, gap.first, gap.end - gap.first)
            audio[gap.first : gap.first + count] = canvas.audio[gap.first - count : gap.first][::-1]
        elif gap.is_open:
            count = min(reach, gap.end, len(audio) - gap.end)
            audio[gap.end - count : gap.end] = canvas.audio[gap.end : gap.end + count][::-1]
    return audio

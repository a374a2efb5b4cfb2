"""How loud a take will be, told from its latents before any of them is decoded, so that its first block can be right.

A spectral decoder says magnitudes, and of those a few stretches are enough: their K-weighted energies are what a meter
would read of the take (ITU-R BS.1770-5), without the phases.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from musicapp.audio.loudness import gated_lufs, k_weighting
from musicapp.diffusion.windows import Window
from musicapp.nn.autoencoder import Autoencoder
from musicapp.nn.spectral import SpectralDecoder, narrowed

# How many are looked at, latents in one, latents around it. Of music with pauses fewer or shorter ones are mostly notes
# or mostly pauses: ten of four latents were up to 4 LU wrong.
STRETCHES, STRETCH, CONTEXT = 16, 9, 2
HANN_SHARE = 3.0  # squared magnitudes of a sine in a Hann window over its mean square, a full-scale sine being 1
QUIETEST, LARGEST_DB = -50.0, 12.0  # LUFS below which a take is meant to be quiet; the most that the gain may do
GLIDE_S = 8.0  # up from one gain to the next, of takes in windows


class LoudnessGain:
    """The gain that brings a take to a loudness. With every window that is made it is told anew, from all latents so
    far. It rises slowly from where the window begins, and falls just before: what comes in loud is not left to it. That
    sound depends on the window too, so none of it is given away yet.

    latents  `(1, latent_dim, count)` of the whole take; those of a window must be there when its audio comes
    """

    def __init__(
        self, autoencoder: Autoencoder, latents: Tensor, windows: Sequence[Window], *, target_lufs: float, rate: int
    ) -> None:
        self._autoencoder, self._latents, self._left = autoencoder, latents, list(windows)
        self._target_lufs, self._rate = target_lufs, rate
        self._line: list[tuple[int, float]] = []  # frames and gains, straight between
        self._heard: list[Tensor] = []  # energies of the windows so far, as densely in all as in the first
        self._dense = windows[0].end - windows[0].first

    def over(self, block: np.ndarray, first: int) -> np.ndarray:
        """A block `(frames, channels)` float32 that begins at frame `first` of the take, with its gain."""
        last = first + len(block)
        while self._left and self._fall(self._left[0]) < last:
            self._hear(self._left.pop(0))
        if len(self._line) == 1:
            return block * np.float32(self._line[0][1])
        frames, gains = zip(*self._line, strict=True)
        gain: np.ndarray = np.interp(np.arange(first, last), frames, gains).astype(np.float32)
        return block * gain[:, None]

    def _hear(self, window: Window) -> None:
        decoder, made = self._autoencoder.decoder, self._latents[..., window.first : window.end]
        gain = 1.0
        if isinstance(decoder, SpectralDecoder):
            for part in made.chunk(max(1, round(made.shape[-1] / self._dense)), dim=-1):
                self._heard.append(_energies(self._autoencoder, decoder, part, self._rate))
            gain = _gain_of(torch.cat(self._heard), self._target_lufs)
        begin = window.first * self._autoencoder.downsampling_ratio
        if not self._line:
            self._line.append((begin, gain))
        elif gain < self._line[-1][1]:
            self._line += [(self._fall(window), self._line[-1][1]), (begin, gain)]
        else:
            self._line += [(begin, self._line[-1][1]), (begin + round(GLIDE_S * self._rate), gain)]

    def _fall(self, window: Window) -> int:
        """The first frame that depends on a window."""
        margin = self._autoencoder.decoder.margin
        assert isinstance(margin, int)
        return (window.first - margin) * self._autoencoder.downsampling_ratio


def gain_for(autoencoder: Autoencoder, latents: Tensor, target_lufs: float, sample_rate: int) -> float:
    """The linear gain that brings a take to a loudness, at most 12 dB; 1 for decoders that tell no magnitudes.

    latents  `(1, latent_dim, count)` of the take
    """
    decoder = autoencoder.decoder
    if not isinstance(decoder, SpectralDecoder):
        return 1.0
    return _gain_of(_energies(autoencoder, decoder, latents, sample_rate), target_lufs)


def _gain_of(energies: Tensor, target_lufs: float) -> float:
    found = gated_lufs(energies.double().numpy())
    if found < QUIETEST:
        return 1.0
    return float(10 ** (max(-LARGEST_DB, min(LARGEST_DB, target_lufs - found)) / 20))


@torch.inference_mode()
def _energies(autoencoder: Autoencoder, decoder: SpectralDecoder, latents: Tensor, sample_rate: int) -> Tensor:
    """K-weighted mean square of both channels in stretches all over the take, `(stretches,)` on the CPU."""
    whole, count = STRETCH + 2 * CONTEXT, latents.shape[-1]
    if count <= STRETCHES * whole:
        pieces, inner = latents, slice(None)
    else:
        starts = torch.linspace(0, count - whole, STRETCHES).long().tolist()
        pieces = torch.cat([latents[..., start : start + whole] for start in starts])
        inner = slice(CONTEXT * decoder.config.stride, -CONTEXT * decoder.config.stride)
    weights = next(decoder.parameters())
    between = (pieces * autoencoder.scale).to(weights.device, weights.dtype)
    magnitudes = decoder.log_magnitudes(between)[:, :, inner].float().exp()
    power = narrowed(magnitudes.transpose(0, 1)).square_().transpose(0, 1)
    curve = torch.from_numpy(k_weighting(decoder.config.n_fft, sample_rate)).float().to(power.device)
    weighted = (power @ curve).sum(1).flatten().cpu() / HANN_SHARE
    windows = min(STRETCH * decoder.config.stride, len(weighted))
    return weighted[: len(weighted) // windows * windows].unflatten(0, (-1, windows)).mean(-1)

"""How loud a take will be, told from its latents before any of them is decoded, so that its first block can be right.

A spectral decoder says magnitudes, and of those a few stretches are enough: their K-weighted energies are what a meter
would read of the take (ITU-R BS.1770-5), without the phases.
"""

from __future__ import annotations

import torch
from torch import Tensor

from musicapp.audio.loudness import gated_lufs, k_weighting
from musicapp.nn.autoencoder import Autoencoder
from musicapp.nn.spectral import SpectralDecoder, narrowed

# How many are looked at, latents in one, latents around it. Of music with pauses fewer or shorter ones are mostly notes
# or mostly pauses: ten of four latents were up to 4 LU wrong.
STRETCHES, STRETCH, CONTEXT = 16, 9, 2
HANN_SHARE = 3.0  # squared magnitudes of a sine in a Hann window over its mean square, a full-scale sine being 1
QUIETEST, LARGEST_DB = -50.0, 12.0  # LUFS below which a take is meant to be quiet; the most that the gain may do


def gain_for(autoencoder: Autoencoder, latents: Tensor, target_lufs: float, sample_rate: int) -> float:
    """The linear gain that brings a take to a loudness, at most 12 dB; 1 for decoders that tell no magnitudes.

    latents  `(1, latent_dim, count)` of the whole take
    """
    decoder = autoencoder.decoder
    if not isinstance(decoder, SpectralDecoder):
        return 1.0
    found = gated_lufs(_energies(autoencoder, decoder, latents, sample_rate).double().numpy())
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

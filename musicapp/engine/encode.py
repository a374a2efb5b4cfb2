"""Audio to latents in chunks that join without a seam, as `decode` does the way back."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from musicapp.nn.autoencoder import Autoencoder

SIZE = 32  # latents of a chunk: what memory is bounded by


@torch.inference_mode()
def encode(
    autoencoder: Autoencoder, audio: np.ndarray, *, first: int = 0, count: int | None = None, gain: float = 1.0
) -> Tensor:
    """The latents `first` to `first + count` of `(frames, channels)` float32 audio, all by default: their means.

    gain  that the audio gets before, linear
    out  `(1, latent_dim, count)` float32 where the autoencoder is
    Behind the end is silence. Each chunk is encoded with `encoder.margin` latents of true audio on both sides,
    so the chunks joined are the whole encode.
    """
    ratio, margin = autoencoder.downsampling_ratio, autoencoder.encoder.margin
    alignment = getattr(autoencoder.encoder, "alignment", 1)
    assert isinstance(margin, int) and isinstance(alignment, int)
    total = -(-len(audio) // ratio)
    end = total if count is None else first + count
    whole = max(total, end)
    out = []
    for start in range(first, end, SIZE):
        stop = min(start + SIZE, end)
        left = max(0, start - margin) // alignment * alignment
        right = min(whole, -(-(stop + margin) // alignment) * alignment)
        piece = torch.zeros(1, audio.shape[1], (right - left) * ratio)
        given = torch.from_numpy(audio[left * ratio : right * ratio]).T
        piece[0, :, : given.shape[1]] = given * gain
        latents = autoencoder.encode(piece.to(next(autoencoder.parameters()).device))
        out.append(latents[..., start - left : stop - left])
    return torch.cat(out, dim=-1) if out else torch.zeros(1, autoencoder.latent_dim, 0)

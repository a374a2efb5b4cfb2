"""The spectral autoencoder: a short-time Fourier transform in front, ConvNeXt blocks at two rates, its inverse behind.

The first layers of a strided-convolution autoencoder work at audio rate and cost most of its time. Here a fixed
transform takes their place (as in Vocos, arXiv 2306.00814, for the way back), so that nothing learnt runs faster
than one frame in `hop`. All norms act on one frame, all windows are finite, so chunked decoding can be exact:
`margin` says how many latents of context each side of a chunk needs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from musicapp.description.spectral_configs import SpectralDecoderConfig, SpectralEncoderConfig
from musicapp.nn.convnext import Block
from musicapp.nn.phases import Known, PhaseSearch
from musicapp.nn.tempered import TemperedBank

__all__ = ["SpectralDecoder", "SpectralDecoderConfig", "SpectralEncoder", "SpectralEncoderConfig"]

FEATURE_GAIN = 4.0  # brings compressed magnitudes of ordinary music near unit deviation
COMPRESSION = 0.3  # exponent on the magnitudes that the encoder sees: 80 dB become a factor of 16
PHASE_GROUP = 32  # windows whose phases are guessed from each other: longer is no better, and costs chunks context
WIDEST = 0.8  # of the whole, what the side comes near but never reaches: beyond, music is lost when it is heard in mono
MAX_LOG_MAGNITUDE = 4.0  # keeps exp() finite on foreign latents; a full-scale sine has log magnitude 0


class SpectralEncoder(nn.Module):
    """Audio to the parameters of the latents' posterior.

    in   `(batch, in_channels, frames)`, frames a multiple of `hop * stride`
    out  `(batch, latent_dim, frames / (hop * stride))`: means, then scales before the softplus
    """

    window: Tensor

    def __init__(self, config: SpectralEncoderConfig) -> None:
        super().__init__()
        self.config = config
        c = config
        self.downsampling_ratio = c.hop * c.stride
        self.register_buffer("window", torch.hann_window(c.n_fft, device="cpu"), persistent=False)
        self.project_in = nn.Linear(c.in_channels * (c.n_fft // 2 + 1), c.width)
        self.blocks = nn.ModuleList(Block(c.width, c.kernel_size, c.mult) for _ in range(c.depth))
        self.merge = nn.Linear(c.stride * c.width, c.latent_width)
        self.latent_blocks = nn.ModuleList(
            Block(c.latent_width, c.latent_kernel_size, c.mult) for _ in range(c.latent_depth)
        )
        self.norm = nn.LayerNorm(c.latent_width)
        self.project_out = nn.Linear(c.latent_width, c.latent_dim)
        _zero_biases(self)  # else their constants drown the signal in the blocks' norms
        # Begin with narrow posteriors: with wide ones the decoder learns to do without the latents.
        nn.init.constant_(self.project_out.bias[c.latent_dim // 2 :], -4.0)

    @property
    def margin(self) -> int:
        """Latents of audio context that each side of a chunk needs to be encoded exactly."""
        c = self.config
        frames = c.depth * (c.kernel_size // 2)  # transform frames beyond the chunk's own
        audio = frames * c.hop + (c.n_fft - c.hop) // 2
        return c.latent_depth * (c.latent_kernel_size // 2) + math.ceil(audio / self.downsampling_ratio)

    def forward(self, audio: Tensor) -> Tensor:
        if audio.shape[-1] % self.downsampling_ratio:
            raise ValueError(f"{audio.shape[-1]} frames are not a multiple of {self.downsampling_ratio}")
        x = self.project_in(self._features(audio).to(self.project_in.weight.dtype))
        for block in self.blocks:
            x = block(x)
        x = self.merge(x.reshape(x.shape[0], x.shape[1] // self.config.stride, -1))
        for block in self.latent_blocks:
            x = block(x)
        return self.project_out(self.norm(x)).transpose(1, 2)

    def _features(self, audio: Tensor) -> Tensor:
        """`(batch, channels, frames)` -> `(batch, frames / hop, channels * bins)`, compressed magnitudes.

        Phase stays out: the decoder makes its own, and from real and imaginary parts the first linear layer could only
        guess how loud broad bands are, not which partials sound.
        """
        c = self.config
        spectrum = short_time_spectrum(mid_side(audio.float()), self.window, c.hop)
        magnitude = spectrum.abs() * (4 / c.n_fft)  # a full-scale sine has 1
        return (FEATURE_GAIN * (magnitude + 1e-6) ** COMPRESSION).transpose(1, 2).flatten(2)


class SpectralDecoder(nn.Module):
    """Latents to audio: learnt magnitudes, and phases found for them by a fixed number of projections.

    in     `(batch, latent_dim, n)`; pieces start at multiples of `alignment`
    first  number of the first of these latents since the take began
    keep   the latents whose audio is wanted, from the first to behind the last, all by default; others are context
    known  sound that is there already, of all these latents: what is found runs on from it
    out    `(batch, out_channels, frames)`, hop * stride for each latent that is kept
    """

    def __init__(self, config: SpectralDecoderConfig) -> None:
        super().__init__()
        self.config = config
        c = config
        self.upsampling_ratio = c.hop * c.stride
        bins = c.n_fft // 2 + 1
        self.alignment = math.ceil(PHASE_GROUP / c.stride)
        self.project_in = nn.Linear(c.latent_dim, c.latent_width)
        self.latent_blocks = nn.ModuleList(
            Block(c.latent_width, c.latent_kernel_size, c.mult) for _ in range(c.latent_depth)
        )
        self.split = nn.Linear(c.latent_width, c.stride * c.width)
        self.blocks = nn.ModuleList(Block(c.width, c.kernel_size, c.mult) for _ in range(c.depth))
        self.norm = nn.LayerNorm(c.width)
        self.project_out = nn.Linear(c.width, c.out_channels * bins)
        with torch.device(
            "cpu"
        ):  # their tables: without values they would import torch's compiler, which takes a second
            self.phases = PhaseSearch(c.n_fft, c.hop, c.phase_iterations, self.alignment * c.stride)
            self.tempered = (
                None if c.tempered is None else TemperedBank(c.tempered, n_fft=c.n_fft, hop=c.hop, stride=c.stride)
            )
        _zero_biases(self)
        nn.init.constant_(self.project_out.bias, -7.0)  # begin quietly

    @property
    def margin(self) -> int:
        """Latents of context on each side of whole groups of `alignment`, for these to be decoded exactly.

        A multiple of `alignment`: the search must begin with a whole group, the networks in front of it need not.
        """
        c = self.config
        searched = math.ceil(self.phases.near / self.phases.group) * self.phases.group
        needed = c.latent_depth * (c.latent_kernel_size // 2)
        needed += math.ceil((searched + c.depth * (c.kernel_size // 2)) / c.stride)
        needed += 0 if self.tempered is None else self.tempered.reach
        return math.ceil(needed / self.alignment) * self.alignment

    @property
    def window(self) -> Tensor:
        """The window of the magnitudes' transform, `(n_fft,)`."""
        return self.phases.window

    def forward(
        self, latents: Tensor, first: int = 0, keep: tuple[int, int] | None = None, known: Known | None = None
    ) -> Tensor:
        start, end = keep or (0, latents.shape[-1])
        near = math.ceil(self.phases.near / self.config.stride)
        begin = max(0, start - near) // self.alignment * self.alignment  # the search takes longer than the networks
        searched = slice(begin * self.config.stride, (end + near) * self.config.stride)
        kept = slice((start - begin) * self.upsampling_ratio, (end - begin) * self.upsampling_ratio)
        takes = self.log_magnitudes(latents)
        if known is not None:
            frames = slice(searched.start * self.config.hop, searched.stop * self.config.hop)
            known = Known(mid_side(known.audio[None])[0], known.where).part(frames)
        audio = [self._sound(take, first * self.config.stride, searched, known)[:, kept] for take in takes]
        return mid_side(torch.stack(audio))

    def _sound(self, channels: Tensor, first: int, searched: slice, known: Known | None = None) -> Tensor:
        """Log magnitudes `(channels, count, bins)` of a take to the audio of some of the windows."""
        low: tuple[Tensor, ...] = ()
        if self.tempered is not None:
            heard = channels[..., : self.tempered.config.heard_bins].float()
            low = self.tempered(torch.logsumexp(2 * heard, dim=0, keepdim=True) / 2, first)
        sines, trust = (x[0, searched] for x in low) if low else (None, None)
        sound: Tensor = self.phases(narrowed(channels[:, searched].float().exp()), sines, trust, known)
        return sound

    def log_magnitudes(self, latents: Tensor) -> Tensor:
        """What is learnt: `(batch, latent_dim, n)` -> `(batch, channels, n * stride, bins)`, a full-scale sine being 0.

        The channels are mid and side.
        """
        x = self.project_in(latents.transpose(1, 2))
        for block in self.latent_blocks:
            x = block(x)
        x = self.split(x)
        x = x.reshape(x.shape[0], x.shape[1] * self.config.stride, -1)
        for block in self.blocks:
            x = block(x)
        x = self.project_out(self.norm(x)).unflatten(-1, (self.config.out_channels, -1))
        return x.transpose(1, 2).clamp(max=MAX_LOG_MAGNITUDE)


def narrowed(magnitudes: Tensor) -> Tensor:
    """Mid and side `(2, ..., bins)` with the side held softly below `WIDEST` of both together, in place; mono stays.

    A side 10 dB below the mid loses 0.6 dB, one as loud as the mid 2.5 dB.
    """
    if len(magnitudes) == 2:
        mid, side = magnitudes
        power = side.square()
        side.mul_(power.div(mid.square().add_(power).mul_(WIDEST**2).add_(1e-30)).add_(1).rsqrt_())
    return magnitudes


def _windows(audio: Tensor, size: int, hop: int) -> Tensor:
    """`(..., frames)` -> `(..., frames / hop, size)`, a view; zeros beyond the ends."""
    edge = (size - hop) // 2
    return F.pad(audio, (edge, edge)).unfold(-1, size, hop)


def short_time_spectrum(audio: Tensor, window: Tensor, hop: int) -> Tensor:
    """`(..., frames)` -> complex `(..., frames / hop, bins)`, zeros beyond the ends."""
    return torch.fft.rfft(_windows(audio, len(window), hop) * window)


def audio_of(spectrum: Tensor, window: Tensor, hop: int) -> Tensor:
    """The audio whose spectrum is nearest to a complex `(..., count, bins)`: `(..., count * hop)`; gradients pass."""
    size, count = len(window), spectrum.shape[-2]
    pieces = torch.fft.irfft(spectrum, n=size) * window
    share = _sum_of(window.square().expand(count, size), hop)
    whole = _sum_of(pieces, hop) / share.clamp(min=1e-3)  # nothing of it in the first frames, which are cut off
    edge = (size - hop) // 2
    return whole[..., edge : edge + count * hop]


def _sum_of(pieces: Tensor, hop: int) -> Tensor:
    """`(..., count, size)` -> `(..., (count - 1) * hop + size)`, each piece `hop` frames behind the one before."""
    blocks = pieces.unflatten(-1, (-1, hop)).unbind(-2)
    behind = len(blocks) - 1
    return torch.stack([F.pad(b, (0, 0, n, behind - n)) for n, b in enumerate(blocks)]).sum(0).flatten(-2)


def mid_side(audio: Tensor) -> Tensor:
    """`(batch, 2, frames)`: left, right -> sum, difference; scaled so that twice is no change; mono stays."""
    if audio.shape[1] != 2:
        return audio
    left, right = audio.unbind(1)
    return torch.stack([left + right, left - right], dim=1) * math.sqrt(0.5)


def _zero_biases(module: nn.Module) -> None:
    for name, weights in module.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(weights)

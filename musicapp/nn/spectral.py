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

from musicapp.nn.spectral_configs import SpectralDecoderConfig, SpectralEncoderConfig

__all__ = ["SpectralDecoder", "SpectralDecoderConfig", "SpectralEncoder", "SpectralEncoderConfig"]

FEATURE_GAIN = 4.0  # brings compressed magnitudes of ordinary music near unit deviation
COMPRESSION = 0.3  # exponent on the magnitudes that the encoder sees: 80 dB become a factor of 16
MOMENTUM = 0.99
CACHED_WINDOWS = 64  # for each thread
MAX_LOG_MAGNITUDE = 4.0  # keeps exp() finite on foreign latents; a full-scale sine has log magnitude 0


class TimeConv(nn.Module):
    """A depthwise convolution along time, zeros beyond the ends.

    in, out  `(batch, frames, width)`

    A two-dimensional kernel one row high: channels stay last in memory, for which CPUs have the quick kernel.
    """

    def __init__(self, width: int, kernel_size: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width, (1, kernel_size), padding=(0, kernel_size // 2), groups=width)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x.transpose(1, 2).unsqueeze(2)).squeeze(2).transpose(1, 2)


class Block(nn.Module):
    """ConvNeXt block (arXiv 2201.03545): mix neighbours in time, then channels, and add with a learnt gain.

    in, out  `(batch, frames, width)`
    """

    def __init__(self, width: int, kernel_size: int, mult: int) -> None:
        super().__init__()
        self.time = TimeConv(width, kernel_size)
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, mult * width)
        self.down = nn.Linear(mult * width, width)
        self.gain = nn.Parameter(torch.full((width,), 0.1))

    def forward(self, x: Tensor) -> Tensor:
        h = self.norm(self.time(x))
        return x + self.gain * self.down(F.gelu(self.up(h), approximate="tanh"))


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
        self.register_buffer("window", torch.hann_window(c.n_fft), persistent=False)
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
        x = self.project_in(self._features(audio))
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


class Join(nn.Module):
    """Windowed pieces to the audio with the spectrum nearest to theirs, zero beyond both ends.

    A module of its own, so that a hook can stop long takes here.

    in   pieces `(count, n_fft)`; share, one over the sum of the squared windows at every frame of `audio`
    out  `(count * hop + n_fft - hop,)`, a view of `audio`: fresh memory costs more than the sums
    """

    def forward(self, pieces: Tensor, share: Tensor, audio: Tensor) -> Tensor:
        edge = (pieces.shape[1] - audio.shape[1]) // 2
        whole = overlap_add(pieces, audio).mul_(share)
        whole[:edge].zero_()
        whole[len(whole) - edge :].zero_()
        return whole


class SpectralDecoder(nn.Module):
    """Latents to audio: learnt magnitudes, and phases found for them by a fixed number of projections.

    in   `(batch, latent_dim, n)`
    out  `(batch, out_channels, n * hop * stride)`
    """

    window: Tensor
    first_phase: Tensor

    def __init__(self, config: SpectralDecoderConfig) -> None:
        super().__init__()
        self.config = config
        c = config
        self.upsampling_ratio = c.hop * c.stride
        bins = c.n_fft // 2 + 1
        self.register_buffer("window", torch.hann_window(c.n_fft), persistent=False)
        self.register_buffer("first_phase", _first_phase(bins, c.stride), persistent=False)
        self.project_in = nn.Linear(c.latent_dim, c.latent_width)
        self.latent_blocks = nn.ModuleList(
            Block(c.latent_width, c.latent_kernel_size, c.mult) for _ in range(c.latent_depth)
        )
        self.split = nn.Linear(c.latent_width, c.stride * c.width)
        self.blocks = nn.ModuleList(Block(c.width, c.kernel_size, c.mult) for _ in range(c.depth))
        self.norm = nn.LayerNorm(c.width)
        self.project_out = nn.Linear(c.width, c.out_channels * bins)
        self.join = Join()
        _zero_biases(self)
        nn.init.constant_(self.project_out.bias, -7.0)  # begin quietly

    @property
    def margin(self) -> int:
        """Latents of context that each side of a chunk needs to be decoded exactly."""
        c = self.config
        beyond = math.ceil((c.n_fft - c.hop) / 2 / c.hop)  # windows that reach into the chunk from outside
        overlapping = c.n_fft // c.hop - 1  # windows on each side that share samples with one
        frames = c.depth * (c.kernel_size // 2) + beyond + c.phase_iterations * overlapping
        return c.latent_depth * (c.latent_kernel_size // 2) + math.ceil(frames / c.stride)

    def forward(self, latents: Tensor) -> Tensor:
        return mid_side(self._find_phases(self.log_magnitudes(latents).float().exp()))

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

    def _find_phases(self, magnitude: Tensor) -> Tensor:
        """Audio `(batch, channels, frames)` whose spectrum has about these magnitudes."""
        channels = [self._project(channel * (self.config.n_fft / 4)) for channel in magnitude.flatten(0, 1)]
        return torch.stack(channels).unflatten(0, magnitude.shape[:2])

    def _project(self, magnitude: Tensor) -> Tensor:
        """Magnitudes of one channel `(count, bins)` to audio `(count * hop,)`.

        Griffin and Lim's projections with momentum (Perraudin, Balazs and Sondergaard, WASPAA 2013): to audio and back
        to the spectrum that this audio really has, keeping its phase. They need nothing learnt and act locally.
        On CPUs a few windows pass at once, for which a core's cache is large enough; this is twice as quick.
        """
        c = self.config
        count = len(magnitude)
        size = CACHED_WINDOWS * torch.get_num_threads() if magnitude.device.type == "cpu" else count
        parts = [slice(start, min(start + size, count)) for start in range(0, count, size)]
        pieces = magnitude.new_empty(count, c.n_fft)
        audio = magnitude.new_zeros(count + c.n_fft // c.hop - 1, c.hop)  # with the zeros beyond both ends
        share = overlap_add(self.window.square().expand(count, c.n_fft), torch.empty_like(audio)).reciprocal()
        floor = (1e-3 * magnitude).square() + 1e-18
        phase = self.first_phase.repeat(count // c.stride, 1)
        before: list[Tensor] = []
        for part in parts:
            self._write_pieces(magnitude[part] * phase[part], pieces[part])
        for _ in range(c.phase_iterations):
            windows = self.join(pieces, share, audio).unfold(0, c.n_fft, c.hop)
            spectra = []
            for number, part in enumerate(parts):
                spectrum = torch.view_as_real(torch.fft.rfft(windows[part] * self.window))
                moved = torch.lerp(before[number], spectrum, 1 + MOMENTUM) if before else spectrum
                self._write_pieces(_with_magnitude(moved, magnitude[part], floor[part]), pieces[part])
                spectra.append(spectrum)
            before = spectra
        edge = (c.n_fft - c.hop) // 2
        return self.join(pieces, share, audio)[edge : edge + count * c.hop]

    def _write_pieces(self, spectrum: Tensor, pieces: Tensor) -> None:
        """`(count, bins)` -> `(count, n_fft)`: one windowed piece of audio for each spectrum."""
        torch.mul(torch.fft.irfft(spectrum, n=self.config.n_fft), self.window, out=pieces)


def _with_magnitude(spectrum: Tensor, magnitude: Tensor, floor: Tensor) -> Tensor:
    """The phases of one spectrum with other magnitudes; where it is nearly nothing, less than asked for.

    spectrum   `(count, bins, 2)`, real and imaginary parts: on these the steps are several times quicker than on
               complex numbers
    floor      `(count, bins)`, added to the power: keeps rounding from growing where two partials cancel
    out        `(count, bins)` complex
    """
    squares = spectrum.square()
    gain = magnitude * torch.rsqrt(squares[..., 0] + squares[..., 1] + floor)
    return torch.view_as_complex(spectrum) * gain


def _windows(audio: Tensor, size: int, hop: int) -> Tensor:
    """`(..., frames)` -> `(..., frames / hop, size)`, a view; zeros beyond the ends."""
    edge = (size - hop) // 2
    return F.pad(audio, (edge, edge)).unfold(-1, size, hop)


def short_time_spectrum(audio: Tensor, window: Tensor, hop: int) -> Tensor:
    """`(..., frames)` -> complex `(..., frames / hop, bins)`, zeros beyond the ends."""
    return torch.fft.rfft(_windows(audio, len(window), hop) * window)


def _first_phase(bins: int, period: int) -> Tensor:
    """Unit phases `(period, bins)` to begin with: a steady sine in the middle of every bin, its start drawn once.

    With windows a quarter apart such a sine turns by whole quarters, so the pattern repeats after four windows and does
    not depend on where a chunk begins.
    """
    start = torch.rand(bins, generator=torch.Generator().manual_seed(0))
    turns = start + torch.arange(period)[:, None] * torch.arange(bins) / 4
    return torch.polar(torch.ones(period, bins), 2 * math.pi * turns)


def mid_side(audio: Tensor) -> Tensor:
    """`(batch, 2, frames)`: left, right -> sum, difference; scaled so that twice is no change; mono stays."""
    if audio.shape[1] != 2:
        return audio
    left, right = audio.unbind(1)
    return torch.stack([left + right, left - right], dim=1) * math.sqrt(0.5)


def overlap_add(pieces: Tensor, out: Tensor) -> Tensor:
    """`(count, size)` -> `((count - 1) * hop + size,)`, a view of `out`: the sum of shifted pieces.

    out  `(count + size / hop - 1, hop)`, size being a multiple of hop

    Every frame adds up its pieces in the same order wherever a chunk begins, so chunks join without a rounding error.
    """
    count, hop = len(pieces), out.shape[1]
    blocks = pieces.unflatten(-1, (-1, hop)).unbind(1)
    out[:count] = blocks[0]
    out[count:] = 0
    for part, block in enumerate(blocks[1:], start=1):
        out[part : part + count] += block
    return out.flatten()


def _zero_biases(module: nn.Module) -> None:
    for name, weights in module.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(weights)

"""The settings of the spectral autoencoder, readable without loading torch."""

from __future__ import annotations

from dataclasses import dataclass

MAX_TRANSFORM, MAX_KERNEL, MAX_ITERATIONS = 1 << 13, 1 << 8, 1 << 6
MAX_PITCHES = 100  # up to the last one of MIDI
MAX_OVERLAP, MAX_STRIDE = 1 << 4, 1 << 6  # windows over one frame, and in one latent: both cost time but no weights


@dataclass(frozen=True)
class SpectralEncoderConfig:
    """The `encoder.config` section of an autoencoder whose encoder has type "spectral"."""

    latent_dim: int  # outputs: means, then scales, so twice the latents' channels
    width: int  # channels of the blocks at the rate of the transform
    depth: int
    latent_width: int  # channels of the blocks at the rate of the latents
    latent_depth: int
    in_channels: int = 2
    n_fft: int = 2048
    hop: int = 512
    stride: int = 4  # transform frames per latent
    kernel_size: int = 7
    latent_kernel_size: int = 5
    mult: int = 3

    def __post_init__(self) -> None:
        _check_sizes(self.in_channels, self.n_fft, self.hop, (self.kernel_size, self.latent_kernel_size))


@dataclass(frozen=True)
class TemperedConfig:
    """The `tempered` section of a spectral decoder's config: a network that hears semitones, and their sines."""

    width: int
    depth: int
    kernel_size: int = 5  # in latents
    mult: int = 3
    heard_bins: int = 40  # the lowest ones
    turned_bins: int = 33  # the lowest ones, whose phases are those of the sines
    pitches: int = 50  # semitones from E1 up
    sample_rate: int = 44100

    def __post_init__(self) -> None:
        if not (1 <= self.kernel_size <= MAX_KERNEL and self.kernel_size % 2):
            raise ValueError(f"a kernel of {self.kernel_size} is no size of a bank")
        if not (self.heard_bins >= 1 and self.turned_bins >= 1 and 1 <= self.pitches <= MAX_PITCHES):
            raise ValueError(f"{self.pitches} pitches in {self.turned_bins} of {self.heard_bins} bins is no size")
        if self.sample_rate < 1:
            raise ValueError(f"{self.sample_rate} frames a second is no size of a bank")


@dataclass(frozen=True)
class SpectralDecoderConfig:
    """The `decoder.config` section of an autoencoder whose decoder has type "spectral"."""

    latent_dim: int
    width: int
    depth: int
    latent_width: int
    latent_depth: int
    out_channels: int = 2
    n_fft: int = 2048
    hop: int = 512
    stride: int = 4
    kernel_size: int = 7
    latent_kernel_size: int = 5
    mult: int = 3
    phase_iterations: int = 16  # projections that find a phase for the magnitudes
    tempered: TemperedConfig | None = None  # for music in equal temperament at 440 Hz only

    def __post_init__(self) -> None:
        if not 0 <= self.phase_iterations <= MAX_ITERATIONS:
            raise ValueError(f"{self.phase_iterations} projections for every phase")
        if self.tempered is not None and max(self.tempered.heard_bins, self.tempered.turned_bins) > self.n_fft // 2:
            raise ValueError(f"a transform of {self.n_fft} for more tempered bins than it has is no size of a model")
        _check_sizes(self.out_channels, self.n_fft, self.hop, (self.kernel_size, self.latent_kernel_size))


def _check_sizes(channels: int, n_fft: int, hop: int, kernels: tuple[int, ...]) -> None:
    if not (hop >= 1 and 2 <= n_fft <= MAX_TRANSFORM and all(1 <= kernel <= MAX_KERNEL for kernel in kernels)):
        raise ValueError(f"a transform of {n_fft} with kernels of {kernels} is no size of a model")
    if channels not in (1, 2):
        raise ValueError(f"a spectral autoencoder has 1 or 2 audio channels, not {channels}")
    if n_fft > MAX_OVERLAP * hop:
        raise ValueError(f"a transform of {n_fft} every {hop} frames is no size of a model")
    if n_fft % (2 * hop) or n_fft < 2 * hop:
        raise ValueError(f"n_fft ({n_fft}) must be an even multiple of hop ({hop}) for the windows to add up")
    if any(kernel % 2 == 0 for kernel in kernels):
        raise ValueError(f"kernel sizes must be odd, got {kernels}")

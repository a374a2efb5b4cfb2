"""The settings of SAME, the autoencoder of Stable Audio 3, readable without loading torch.

Field names are the checkpoint's own, from `pretransform`. Only what the public models use is built;
any other value is refused with a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass

from musicapp.description.checks import MAX_DEPTH, MAX_WIDTH, in_range, only, same, whole

MAX_REACH = 1 << 10  # positions that see each other: attention takes their square; the public models have 17 and 34


@dataclass(frozen=True)
class SoftNormConfig:
    """The `bottleneck.config` section of type "softnorm".

    noise_regularize  decoding adds a trace of noise, in use as in training
    """

    dim: int
    auto_scale: bool
    noise_regularize: bool
    noise_augment_dim: int = 0
    freeze: bool = False  # of training only

    def __post_init__(self) -> None:
        in_range("bottleneck.dim", self.dim, 1, MAX_WIDTH)
        only("bottleneck.auto_scale", self.auto_scale, True)
        only("bottleneck.noise_augment_dim", self.noise_augment_dim, 0)


@dataclass(frozen=True, kw_only=True)
class SameConfig:
    """What encoder and decoder of type "same" have in common. Each list has one entry: one stage of one stride.

    chunk_size      patches that see each other, in a grid that moves by half a chunk in the middle of the depth, or
    sliding_window  how many latents to the left and right a position sees in every block
    mask_noise      deviation of the noise on the tokens that the decoder fills in, in use as in training
    """

    channels: int
    c_mults: tuple[int, ...]
    strides: tuple[int, ...]  # patches per latent
    transformer_depths: tuple[int, ...]
    latent_dim: int
    dim_heads: int
    differential: bool = False
    variable_stride: bool = False
    dyt: bool = True
    ff_mult: int = 3
    chunk_size: int | None = None
    chunk_midpoint_shift: bool = False
    sliding_window: tuple[int, ...] | None = None
    conv_mapping: bool = False
    sinusoidal_blocks: tuple[int, ...] = (0,)
    mask_noise: float = 0.0
    causal: bool = False
    conformer: bool = False
    layer_scale: bool = False

    @property
    def width(self) -> int:
        """Width of the blocks."""
        return self.channels * self.c_mults[0]

    @property
    def stride(self) -> int:
        """Patches per latent."""
        return self.strides[0]

    @property
    def depth(self) -> int:
        """Blocks."""
        return self.transformer_depths[0]

    @property
    def chunk_latents(self) -> int:
        """Latents of one chunk; 1 for sliding windows, where every length will do."""
        return 1 if self.chunk_size is None else self.chunk_size // self.stride

    @property
    def window(self) -> tuple[int, int] | None:
        """Latents that a position sees before and behind itself in every block; None for chunks."""
        return None if self.sliding_window is None else (self.sliding_window[0], self.sliding_window[1])

    @property
    def reach(self) -> int:
        """Latents to either side that the blocks together can see: the longer side of each window, added up."""
        if self.window is not None:
            return self.depth * max(self.window)
        return 3 * self.chunk_latents // 2 - 1  # a chunk of the one grid touches two of the other

    def __post_init__(self) -> None:
        for name in ("c_mults", "strides", "transformer_depths", "sinusoidal_blocks"):
            same(f"the length of {name}", len(getattr(self, name)), "that of a SAME model", 1)
        in_range("channels", self.channels, 1, MAX_WIDTH)
        in_range("c_mults", self.c_mults[0], 1, 1024)
        in_range("the width of the autoencoder", self.width, 1, MAX_WIDTH)
        in_range("strides", self.stride, 1, 1024)
        in_range("transformer_depths", self.depth, 1, MAX_DEPTH)
        in_range("latent_dim", self.latent_dim, 1, MAX_WIDTH)
        in_range("dim_heads", self.dim_heads, 4, 1024)
        whole("the width of the autoencoder", self.width, "dim_heads", self.dim_heads)
        whole("dim_heads", self.dim_heads, "4", 4)
        in_range("ff_mult", self.ff_mult, 1, 64)
        in_range("mask_noise", self.mask_noise, 0, 10)
        in_range("sinusoidal_blocks", self.sinusoidal_blocks[0], 0, MAX_DEPTH + 1)
        for name, built in (("variable_stride", True), ("dyt", True)):
            only(name, getattr(self, name), built)
        for name in ("causal", "conformer", "layer_scale"):
            only(name, getattr(self, name), False)
        if self.sliding_window is not None:
            only("chunk_size, beside a sliding window,", self.chunk_size, None)
            same("the length of sliding_window", len(self.sliding_window), "that of left and right", 2)
            for side in self.sliding_window:
                in_range("sliding_window", side, 0, 64)
                in_range("the positions in a sliding_window", side * (self.stride + 1), 0, MAX_REACH)
        else:
            in_range("chunk_size", self.chunk_size or 0, 1, MAX_REACH)
            whole("chunk_size", self.chunk_size or 0, "two strides", 2 * self.stride)
            only("chunk_midpoint_shift", self.chunk_midpoint_shift, True)


@dataclass(frozen=True, kw_only=True)
class SameEncoderConfig(SameConfig):
    """The `encoder.config` section of type "same": `in_channels` are audio channels times patch size."""

    in_channels: int

    @property
    def patch_channels(self) -> int:
        """Audio channels times frames of a patch."""
        return self.in_channels

    def __post_init__(self) -> None:
        super().__post_init__()
        in_range("in_channels", self.in_channels, 1, MAX_WIDTH)
        only("encoder.conv_mapping", self.conv_mapping, False)
        only("encoder.mask_noise", self.mask_noise, 0.0)


@dataclass(frozen=True, kw_only=True)
class SameDecoderConfig(SameConfig):
    """The `decoder.config` section of type "same": `out_channels` are audio channels times patch size."""

    out_channels: int

    @property
    def patch_channels(self) -> int:
        """Audio channels times frames of a patch."""
        return self.out_channels

    def __post_init__(self) -> None:
        super().__post_init__()
        in_range("out_channels", self.out_channels, 1, MAX_WIDTH)

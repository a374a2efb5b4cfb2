"""The settings of every network as dataclasses, field names as in `model_config.json`. No torch here.

They stand apart from the networks so that a model's description can be read and checked without loading torch.
A value that would change the sound and that we do not offer is refused with a sentence, never ignored.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from musicapp.description.checks import MAX_DEPTH, MAX_WIDTH, UNSUPPORTED_HINT, in_range, one_of, only, same, whole
from musicapp.description.same_configs import SameDecoderConfig, SameEncoderConfig, SoftNormConfig
from musicapp.description.spectral_configs import MAX_STRIDE, SpectralDecoderConfig, SpectralEncoderConfig
from musicapp.errors import CheckpointError

MAX_TOKENS = 1 << 10  # of a text: attention takes their square
MAX_RATIO = 1 << 16  # audio frames per latent; the public models have 2048 and 4096
MAX_WINDOW = 1 << 16  # positions of a transformer's sliding window
TIMELINE_CHANNELS = 55


@dataclass(frozen=True)
class OobleckEncoderConfig:
    """The `encoder.config` section of type "oobleck": audio to mean and scale of the latents."""

    latent_dim: int  # channels out: mean and scale, twice the latents of the model
    c_mults: tuple[int, ...]
    strides: tuple[int, ...]
    in_channels: int = 2
    channels: int = 128
    use_snake: bool = False
    antialias_activation: bool = False

    def __post_init__(self) -> None:
        _check_oobleck("encoder", self)


@dataclass(frozen=True)
class OobleckDecoderConfig:
    """The `decoder.config` section of type "oobleck": latents to audio. Strides are the encoder's order."""

    latent_dim: int
    c_mults: tuple[int, ...]
    strides: tuple[int, ...]
    out_channels: int = 2
    channels: int = 128
    use_snake: bool = False
    antialias_activation: bool = False
    use_nearest_upsample: bool = False
    final_tanh: bool = True

    def __post_init__(self) -> None:
        _check_oobleck("decoder", self)
        only("decoder.use_nearest_upsample", self.use_nearest_upsample, False)


@dataclass(frozen=True)
class AutoencoderConfig:
    """The autoencoder section. `encoder` and `decoder` hold the config of whichever type they are.

    scale       latents are divided by it after encoding and multiplied before decoding
    soft_clip   the decoder's output goes through tanh
    bottleneck  of SAME; None is the variational one
    """

    encoder: object
    decoder: object
    latent_dim: int
    downsampling_ratio: int
    io_channels: int
    scale: float = 1.0
    soft_clip: bool = False
    bottleneck: SoftNormConfig | None = None

    def __post_init__(self) -> None:
        in_range("autoencoder.latent_dim", self.latent_dim, 1, MAX_WIDTH)
        in_range("autoencoder.downsampling_ratio", self.downsampling_ratio, 1, MAX_RATIO)
        in_range("autoencoder.io_channels", self.io_channels, 1, 2)
        if not (math.isfinite(self.scale) and self.scale > 0):
            raise CheckpointError(f"pretransform.scale is {self.scale}, not a number above 0.", hint=UNSUPPORTED_HINT)
        for half in (self.encoder, self.decoder):
            if isinstance(half, SpectralEncoderConfig | SpectralDecoderConfig):
                most = {"depth": MAX_DEPTH, "latent_depth": MAX_DEPTH, "stride": MAX_STRIDE}
                for name in ("width", "depth", "latent_width", "latent_depth", "hop", "stride", "mult"):
                    in_range(f"the autoencoder's {name}", getattr(half, name), 1, most.get(name, 1 << 14))
        if isinstance(self.encoder, OobleckEncoderConfig | SpectralEncoderConfig):
            same("encoder.latent_dim", self.encoder.latent_dim, "twice latent_dim", 2 * self.latent_dim)
            same("encoder.in_channels", self.encoder.in_channels, "io_channels", self.io_channels)
            same("the encoder's strides together", ratio_of(self.encoder), "the ratio", self.downsampling_ratio)
        if isinstance(self.decoder, OobleckDecoderConfig | SpectralDecoderConfig):
            same("decoder.latent_dim", self.decoder.latent_dim, "latent_dim", self.latent_dim)
            same("decoder.out_channels", self.decoder.out_channels, "io_channels", self.io_channels)
            same("the decoder's strides together", ratio_of(self.decoder), "the ratio", self.downsampling_ratio)
        self._check_same()

    def _check_same(self) -> None:
        halves = (isinstance(self.encoder, SameEncoderConfig), isinstance(self.decoder, SameDecoderConfig))
        one_of("the number of SAME parts", (*halves, self.bottleneck is not None), ((True,) * 3, (False,) * 3))
        for half in (self.encoder, self.decoder):
            if isinstance(half, SameEncoderConfig | SameDecoderConfig):
                whole("the channels of a patch", half.patch_channels, "io_channels", self.io_channels)
                ratio = half.patch_channels // self.io_channels * half.stride
                same("patch size and stride together", ratio, "the ratio", self.downsampling_ratio)
                same("the latent_dim of encoder or decoder", half.latent_dim, "latent_dim", self.latent_dim)
        if self.bottleneck is not None:
            same("bottleneck.dim", self.bottleneck.dim, "latent_dim", self.latent_dim)


@dataclass(frozen=True)
class AttentionOptions:
    """`attn_kwargs`: how queries and keys are normalised per head before the rotation."""

    qk_norm: str = "none"  # "none", "ln" (LayerNorm, eps 1e-6), "rms" (RMS norm, eps 1e-6), "l2" or "dyt"
    differential: bool = False
    feat_scale: bool = False

    def __post_init__(self) -> None:
        one_of("attn_kwargs.qk_norm", self.qk_norm, ("none", "ln", "l2", "rms", "dyt"))
        only("attn_kwargs.feat_scale", self.feat_scale, False)


@dataclass(frozen=True)
class FeedForwardOptions:
    """`ff_kwargs`: the gated feed-forward of every block."""

    mult: float = 4
    no_bias: bool = False
    glu: bool = True
    use_conv: bool = False

    def __post_init__(self) -> None:
        in_range("ff_kwargs.mult", self.mult, 0.125, 64)
        only("ff_kwargs.glu", self.glu, True)
        only("ff_kwargs.use_conv", self.use_conv, False)


@dataclass(frozen=True)
class NormOptions:
    """`norm_kwargs`: the layer norms of every block. `bias` only says whether beta was trained."""

    bias: bool = False
    fix_scale: bool = False
    force_fp32: bool = False
    eps: float = 1e-5

    def __post_init__(self) -> None:
        only("norm_kwargs.fix_scale", self.fix_scale, False)
        in_range("norm_kwargs.eps", self.eps, 1e-12, 1.0)


@dataclass(frozen=True)
class DiTConfig:
    """The `diffusion.config` section: the diffusion transformer; field names are the checkpoint's own."""

    io_channels: int = 32  # latent channels in and out
    embed_dim: int = 768
    depth: int = 12  # transformer blocks
    num_heads: int = 8
    patch_size: int = 1  # latent frames per token
    cond_token_dim: int = 0  # width of the cross-attention tokens, 0 = no cross-attention
    project_cond_tokens: bool = True  # tokens are brought to embed_dim, else they keep their width
    global_cond_dim: int = 0
    project_global_cond: bool = True
    input_concat_dim: int = 0  # channels that travel beside the noisy latents
    prepend_cond_dim: int = 0
    local_add_cond_dim: int = 0  # channels beside the latents that every block adds by a small network of its own
    global_cond_type: str = "prepend"  # one token in front ("prepend") or modulation of every block ("adaLN")
    timestep_cond_type: str = "global"
    timestep_embed_dim: int | None = None
    timestep_features_type: str = "learned"  # frequencies from the checkpoint ("learned") or fixed ones ("expo")
    timestep_features_dim: int = 256
    timestep_features_logsnr: bool = False  # the features are of the timestep's log-SNR, brought into [0, 1]
    transformer_type: str = "continuous_transformer"
    attn_kwargs: AttentionOptions = field(default_factory=AttentionOptions)
    ff_kwargs: FeedForwardOptions = field(default_factory=FeedForwardOptions)
    norm_type: str = "layer_norm"  # or "rms_norm"
    norm_kwargs: NormOptions = field(default_factory=NormOptions)
    num_memory_tokens: int = 0
    rotary_pos_emb: bool = True
    zero_init_branch_outputs: bool = True  # how training starts: every block is the identity
    conformer: bool = False
    layer_scale: bool = False
    remove_norms: bool = False
    causal: bool = False
    final_cross_attn_ix: int = -1
    sliding_window: list[int] | None = None  # positions that one sees before and behind itself, whatever they are
    use_sinusoidal_emb: bool = False
    use_abs_pos_emb: bool = False

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.embed_dim // self.num_heads

    @property
    def context_dim(self) -> int:
        """Width of the cross-attention tokens inside the blocks, 0 without cross-attention."""
        return self.embed_dim if self.cond_token_dim and self.project_cond_tokens else self.cond_token_dim

    @property
    def rotary_dim(self) -> int:
        """How many of a head's dimensions turn with position, 0 without rotation."""
        return max(self.head_dim // 2, 32) if self.rotary_pos_emb else 0

    def __post_init__(self) -> None:
        for name, most in (("io_channels", MAX_WIDTH), ("embed_dim", MAX_WIDTH), ("depth", MAX_DEPTH)):
            in_range(name, getattr(self, name), 1, most)
        for name in ("cond_token_dim", "global_cond_dim", "input_concat_dim", "prepend_cond_dim", "num_memory_tokens"):
            in_range(name, getattr(self, name), 0, MAX_WIDTH)
        in_range("local_add_cond_dim", self.local_add_cond_dim, 0, MAX_WIDTH)
        if self.local_add_cond_dim:
            only("patch_size, beside a local condition,", self.patch_size, 1)
        in_range("patch_size", self.patch_size, 1, 1024)
        in_range("num_heads", self.num_heads, 1, self.embed_dim)
        whole("embed_dim", self.embed_dim, "num_heads", self.num_heads)
        whole("the width of the cross-attention tokens", self.context_dim, "the head width", self.head_dim)
        if self.context_dim:
            whole("num_heads", self.num_heads, "the number of key heads", self.context_dim // self.head_dim)
        if self.rotary_dim > self.head_dim:
            raise CheckpointError(
                f"A head is {self.head_dim} wide, but rotary positions need at least {self.rotary_dim}.",
                hint=UNSUPPORTED_HINT,
            )
        if self.global_cond_dim and not self.project_global_cond:
            same("global_cond_dim", self.global_cond_dim, "embed_dim, as project_global_cond is off,", self.embed_dim)
        one_of("global_cond_type", self.global_cond_type, ("prepend", "adaLN"))
        only("timestep_cond_type", self.timestep_cond_type, "global")
        only("timestep_embed_dim", self.timestep_embed_dim, None)
        one_of("timestep_features_type", self.timestep_features_type, ("learned", "expo"))
        in_range("timestep_features_dim", self.timestep_features_dim, 4, 4096)
        whole("timestep_features_dim", self.timestep_features_dim, "2", 2)
        one_of("norm_type", self.norm_type, ("layer_norm", "rms_norm"))
        only("transformer_type", self.transformer_type, "continuous_transformer")
        for name in ("conformer", "layer_scale", "remove_norms", "causal", "use_sinusoidal_emb", "use_abs_pos_emb"):
            only(name, getattr(self, name), False)
        only("final_cross_attn_ix", self.final_cross_attn_ix, -1)
        if self.sliding_window is not None:
            same("the length of sliding_window", len(self.sliding_window), "that of before and behind", 2)
            for side in self.sliding_window:
                in_range("sliding_window", side, 0, MAX_WINDOW)


@dataclass(frozen=True)
class NumberConfig:
    """A conditioner of type "number": values are clamped into [min_val, max_val]."""

    min_val: float = 0.0
    max_val: float = 1.0
    output_dim: int | None = None
    fourier_features_type: str = "learned"  # frequencies from the checkpoint ("learned") or fixed ones ("expo")

    def __post_init__(self) -> None:
        one_of("fourier_features_type", self.fourier_features_type, ("learned", "expo"))
        if not (math.isfinite(self.min_val) and math.isfinite(self.max_val) and self.min_val < self.max_val):
            raise CheckpointError(
                f"A number conditioner reaches from {self.min_val} to {self.max_val}.", hint=UNSUPPORTED_HINT
            )


@dataclass(frozen=True)
class T5Config:
    """A conditioner of type "t5": the encoder itself comes from a folder beside the model."""

    t5_model_name: str = "t5-base"
    max_length: int = 128  # tokens, the end mark included
    enable_grad: bool = False
    project_out: bool = False
    output_dim: int | None = None

    def __post_init__(self) -> None:
        in_range("t5.max_length", self.max_length, 1, MAX_TOKENS)


@dataclass(frozen=True)
class T5GemmaConfig:
    """A conditioner of type "t5gemma": the encoder itself comes from a folder (Stable Audio 3).

    padding_mode  rows behind the prompt: a learned vector ("learned"), zeros ("zero") or what the encoder says ("none")
    """

    padding_mode: str
    max_length: int = 256
    model_name: str = "google/t5gemma-b-b-ul2"
    repo_id: str | None = None
    subfolder: str | None = None
    model_path: str | None = None
    project_out: bool = False
    output_dim: int | None = None

    def __post_init__(self) -> None:
        in_range("t5gemma.max_length", self.max_length, 1, MAX_TOKENS)
        one_of("t5gemma.padding_mode", self.padding_mode, ("learned", "zero", "none"))


@dataclass(frozen=True)
class ClapTextConfig:
    """A conditioner of type "clap_text" (arXiv 2404.10301, 2.4).

    use_text_features  take the hidden states `feature_layer_ix`, one token per row, else the one pooled embedding
    """

    clap_ckpt_path: str = "clap_text"
    audio_model_type: str = "HTSAT-base"
    enable_fusion: bool = True
    use_text_features: bool = False
    feature_layer_ix: int = -1
    project_out: bool = False
    finetune: bool = False
    output_dim: int | None = None


@dataclass(frozen=True)
class TimelineConfig:
    """A conditioner of type "timeline", ours alone: channels beside the latents (`nn.timeline`), without weights."""

    output_dim: int | None = TIMELINE_CHANNELS

    def __post_init__(self) -> None:
        only("the width of a timeline", self.output_dim, TIMELINE_CHANNELS)


@dataclass(frozen=True)
class SummaryConfig:
    """A conditioner of type "summary", ours alone: the mean of a text condition's tokens, for the global condition.

    of  the id of the text condition
    """

    of: str = "prompt"
    output_dim: int | None = None

    def __post_init__(self) -> None:
        only("output_dim of a summary", self.output_dim, None)


ConditionerConfig = NumberConfig | T5Config | T5GemmaConfig | ClapTextConfig | TimelineConfig | SummaryConfig
WEIGHTLESS = (TimelineConfig, SummaryConfig)


@dataclass(frozen=True)
class ConditionerEntry:
    """One of `conditioning.configs`: its id in the metadata and its settings."""

    id: str
    config: ConditionerConfig

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z_]\w{0,63}", self.id):
            raise CheckpointError(f"“{self.id[:40]}” cannot be the name of a condition.", hint=UNSUPPORTED_HINT)


def ratio_of(
    half: OobleckEncoderConfig | OobleckDecoderConfig | SpectralEncoderConfig | SpectralDecoderConfig,
) -> int:
    """Audio frames per latent frame of half an autoencoder."""
    if isinstance(half, OobleckEncoderConfig | OobleckDecoderConfig):
        return math.prod(half.strides)
    return half.hop * half.stride


def _check_oobleck(part: str, config: OobleckEncoderConfig | OobleckDecoderConfig) -> None:
    only(f"{part}.use_snake", config.use_snake, True)
    only(f"{part}.antialias_activation", config.antialias_activation, False)
    in_range(f"{part}.latent_dim", config.latent_dim, 1, MAX_WIDTH)
    in_range(f"{part}.channels", config.channels, 1, MAX_WIDTH)
    same(f"the length of {part}.c_mults", len(config.c_mults), "that of strides", len(config.strides))
    in_range(f"the length of {part}.strides", len(config.strides), 1, 16)
    for mult, stride in zip(config.c_mults, config.strides, strict=True):
        in_range(f"{part}.c_mults", mult, 1, 1024)
        in_range(f"the channels of the {part}", mult * config.channels, 1, MAX_WIDTH)
        in_range(f"{part}.strides", stride, 2, 64)
        if stride % 2:  # the transposed convolution of an odd stride loses a frame, so lengths would not add up
            raise CheckpointError(f"A stride of {stride} is odd; only even ones are supported.", hint=UNSUPPORTED_HINT)

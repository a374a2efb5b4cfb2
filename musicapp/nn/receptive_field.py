"""Which inputs an output depends on, by interval arithmetic over the layers.

From it follow the exact margins for working in chunks: with that much true context on both sides, a chunk's
result equals the whole's, and not one frame more is needed.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

Interval = tuple[int, int]  # first and last index, both included


def inputs_of(layer: nn.Module, outputs: Interval) -> Interval:
    """The input indices that the output indices of a layer depend on (some lie outside when padding is reached).

    Knows convolutions and `nn.Sequential`; any other layer either has a method `inputs_of(outputs)` of its own
    or is taken to work on each index by itself if it is one of the element-wise ones.
    """
    own: Callable[[Interval], Interval] | None = getattr(layer, "inputs_of", None)
    if own is not None:
        return own(outputs)
    if isinstance(layer, nn.Sequential):
        for part in reversed(layer):
            outputs = inputs_of(part, outputs)
        return outputs
    if isinstance(layer, nn.Conv1d):
        return _inputs_of_conv(layer, outputs)
    if isinstance(layer, nn.ConvTranspose1d):
        return _inputs_of_transposed_conv(layer, outputs)
    if isinstance(layer, nn.Identity | nn.Tanh | nn.ELU | nn.SiLU | nn.GELU | nn.ReLU):
        return outputs
    raise TypeError(f"the receptive field of {type(layer).__name__} is not known")


def union(a: Interval, b: Interval) -> Interval:
    """The smallest interval around two."""
    return min(a[0], b[0]), max(a[1], b[1])


def decoder_margin(decoder: nn.Module, ratio: int) -> int:
    """Latents of context needed on each side of a chunk, for a decoder that makes `ratio` frames of each latent."""
    first, last = inputs_of(decoder, (0, ratio - 1))
    return max(0, -first, last)


def encoder_margin(encoder: nn.Module, ratio: int) -> int:
    """Context needed on each side of a chunk in latent frames, for an encoder that eats `ratio` frames per latent."""
    first, last = inputs_of(encoder, (0, 0))
    return max(0, -(first // ratio), last // ratio)


def _inputs_of_conv(conv: nn.Conv1d, outputs: Interval) -> Interval:
    (kernel,), (stride,), (dilation,) = conv.kernel_size, conv.stride, conv.dilation
    padding = _padding(conv)
    return outputs[0] * stride - padding, outputs[1] * stride - padding + dilation * (kernel - 1)


def _inputs_of_transposed_conv(conv: nn.ConvTranspose1d, outputs: Interval) -> Interval:
    (kernel,), (stride,), (dilation,) = conv.kernel_size, conv.stride, conv.dilation
    # Input i reaches the outputs i * stride - padding ... + dilation * (kernel - 1).
    earliest = outputs[0] + _padding(conv) - dilation * (kernel - 1)
    return -(-earliest // stride), (outputs[1] + _padding(conv)) // stride


def _padding(conv: nn.Conv1d | nn.ConvTranspose1d) -> int:
    if isinstance(conv.padding, str):
        raise TypeError("padding must be given as a number")
    return int(conv.padding[0])

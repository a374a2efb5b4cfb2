"""Whether torch.compile works here. It needs a compiler that is no Python package, and says so in pages."""

from __future__ import annotations

import sys

import torch

from musicapp.errors import MusicAppError


def check(place: torch.device) -> None:
    """Compile and run something small on a device. Raises MusicAppError where that fails."""
    if getattr(sys, "frozen", False):  # the compiler behind it, and Python's headers, are not part of the built app
        raise MusicAppError("The built app cannot compile.", hint="Train without --compile, or with Python.")
    try:
        torch.compile(_something_small)(torch.ones(8, device=place))
    except Exception as error:
        package = "a C compiler" if place.type == "cuda" else "a C++ compiler"
        raise MusicAppError(
            f"--compile needs {package}, and none that works was found.",
            hint="Install one (Debian and Ubuntu: g++; macOS: xcode-select --install), or train without --compile.",
            detail=repr(error),
        ) from error


def _something_small(x: torch.Tensor) -> torch.Tensor:
    return torch.sin(x) + 1

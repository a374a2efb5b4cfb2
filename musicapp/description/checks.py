"""Checks that the settings of networks share. Each raises CheckpointError with one sentence. No torch here."""

from __future__ import annotations

from collections.abc import Sequence

from musicapp.errors import CheckpointError

UNSUPPORTED_HINT = "This model needs a feature that this version does not have; choose another model."
MAX_WIDTH = 1 << 16  # sanity bounds: a damaged config must not make us build for hours
MAX_DEPTH = 256


def only(name: str, value: object, supported: object) -> None:
    """Refuse every value of an option but the one that we build."""
    if value != supported or type(value) is not type(supported):
        raise CheckpointError(
            f"The option {name} is {value!r}; only {supported!r} is supported.", hint=UNSUPPORTED_HINT
        )


def one_of(name: str, value: object, supported: tuple[object, ...]) -> None:
    """Refuse values outside a list."""
    if value not in supported:
        names = ", ".join(repr(choice) for choice in supported)
        raise CheckpointError(f"The option {name} is {value!r}; supported are {names}.", hint=UNSUPPORTED_HINT)


def in_range(name: str, value: float, least: float, most: float) -> None:
    """Refuse sizes that no model has."""
    if not least <= value <= most:
        raise CheckpointError(f"{name} is {value}; it must be from {least} to {most}.", hint=UNSUPPORTED_HINT)


def span(name: str, values: Sequence[float], least: float, most: float) -> None:
    """Two numbers, the first below the second, inside a range."""
    if len(values) != 2 or not least <= values[0] < values[1] <= most:
        raise CheckpointError(
            f"{name} is {list(values)}; it must be two numbers from {least} to {most}, the smaller one first.",
            hint=UNSUPPORTED_HINT,
        )


def same(name: str, value: int, other_name: str, other: int) -> None:
    """Two numbers of the config that must agree."""
    if value != other:
        raise CheckpointError(
            f"The model's description contradicts itself: {name} is {value}, {other_name} is {other}.",
            hint="The folder is damaged or mixes two models; get it again.",
        )


def whole(name: str, value: int, divisor_name: str, divisor: int) -> None:
    """One number of the config must be a multiple of another."""
    if value % divisor:
        raise CheckpointError(
            f"{name} ({value}) is not a multiple of {divisor_name} ({divisor}).", hint=UNSUPPORTED_HINT
        )

"""What was typed into the fields of the form, as numbers."""

from __future__ import annotations

import re

from musicapp.errors import RequestError
from musicapp.request import MAX_SEED, check_duration, check_seed, parse_duration

_MAYBE_BARS = re.compile("bar|measure|takt", re.IGNORECASE)


def bars_in(text: str) -> str:
    """The text where it is a number of bars, "" where it is not."""
    if not _MAYBE_BARS.search(text):
        return ""
    from musicapp.prompts import bars  # late: the window starts without these

    return text if bars.is_bars(text) else ""


def states_tempo(prompt: str) -> bool:
    """Whether bars of this prompt have a length."""
    from musicapp.prompts import bars

    return bars.bar_s(prompt) is not None


def duration_of(text: str, prompt: str, *, cap_s: float, model_name: str) -> float:
    """Seconds of a length: a time, or "8 bars" of the prompt's tempo. Raises RequestError."""
    if bars_in(text):
        from musicapp.prompts import bars

        return check_duration(bars.duration_of(text, prompt), cap_s=cap_s, model_name=model_name)
    return parse_duration(text, cap_s=cap_s, model_name=model_name)


def seed_of(text: str) -> int | None:
    """A seed, None for an empty text. Raises RequestError."""
    cleaned = "".join(text.split()).replace(",", "").replace("_", "")
    if not cleaned:
        return None
    if not cleaned.removeprefix("-").isdecimal():
        raise RequestError(
            f"“{text.strip()[:40]}” is not a seed.",
            hint=f"Use a whole number from 0 to {MAX_SEED:,}, or roll the dice.",
        )
    return check_seed(int(cleaned[:30]))

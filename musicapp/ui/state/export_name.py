"""What is wrong with the name that somebody types for an export."""

from __future__ import annotations

from musicapp.library import names

BAD_SIGNS = '\\/:*?"<>|'


def note(name: str) -> str:
    """A sentence for the form; "" for a name that will do, or none yet."""
    if not name.strip() or names.is_safe_name(name.strip()):
        return ""
    bad = " ".join(sign for sign in BAD_SIGNS if sign in name)
    verb = "cannot stand in the name of a file."
    return f"{bad} {verb}" if bad else f"“{name.strip()[:40]}” cannot be the name of a file."


def problem(name: str) -> tuple[str, str]:
    """A sentence and a next step where a file cannot be written under it; both "" where it can."""
    if names.is_safe_name(name):
        return "", ""
    if names.is_too_long(name):
        return f"“{name[:60]}…” is too long to name a file.", "Use a shorter one."
    return (
        f"“{name[:60]}” cannot be the name of a file." if name else "The file needs a name.",
        'Use letters, digits, spaces and hyphens; none of \\ / : * ? " < > |.',
    )

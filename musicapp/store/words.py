"""A transfer in words, the same in the window and on the command line."""

from __future__ import annotations

from musicapp.store.download import Progress
from musicapp.store.sizes import format_bytes, format_wait


def describe(progress: Progress) -> str:
    """One line: what is done, how much of it, how fast, how long still."""
    if progress.phase == "waiting":
        return f"trying again in {format_wait(progress.wait_s)}"
    if progress.phase == "asking":
        return "asking the hub"
    if progress.phase == "moving":
        return f"moving, {progress.done_bytes} of {progress.total_bytes}"
    done, whole = format_bytes(progress.done_bytes), format_bytes(progress.total_bytes)
    amounts = {
        "fetching": f"fetching, {done} of {whole}",
        "checking": f"checking, {done} of {whole}",
        "copying": f"copying, {done} of {whole}",
    }
    parts = [amounts[progress.phase]]
    if progress.bytes_per_s and progress.phase == "fetching":
        parts.append(f"{format_bytes(progress.bytes_per_s)}/s")
    if progress.remaining_s is not None:
        parts.append(f"{format_wait(progress.remaining_s)} left")
    return ", ".join(parts)

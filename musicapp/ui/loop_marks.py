"""Marking the loop at the play position, as the keys [ and ] do."""

from __future__ import annotations

from musicapp.ui.state.grid import Grid
from musicapp.ui.state.player import Player


def mark_start(player: Player, grid: Grid) -> None:
    """The loop begins here: up to its old end, or to the end of the take."""
    shown = player.shown
    if shown is not None:
        end, here = player.region[1] if player.region else shown.audio.total_frames, _here(player, grid)
        _mark(player, here, end if end > here else shown.audio.total_frames)


def mark_end(player: Player, grid: Grid) -> None:
    """The loop ends here: from its old start, or from the start of the take."""
    if player.shown is not None:
        start, here = player.region[0] if player.region else 0, _here(player, grid)
        _mark(player, start if start < here else 0, here)


def _here(player: Player, grid: Grid) -> int:
    """The frame of the play position, or of the line of the grid next to it."""
    assert player.shown is not None
    rate = player.shown.audio.sample_rate
    second = player.position / rate
    near = grid.near(second)
    return player.position if near == second else min(round(near * rate), player.shown.audio.total_frames)


def _mark(player: Player, start: int, end: int) -> None:
    if end > start:
        player.set_region((start, end))
        player.set_looping(True)

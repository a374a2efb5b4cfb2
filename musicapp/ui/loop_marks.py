"""Marking the loop at the play position, as the keys [ and ] do."""

from __future__ import annotations

from musicapp.ui.state.player import Player


def mark_start(player: Player) -> None:
    """The loop begins here: up to its old end, or to the end of the take."""
    shown = player.shown
    if shown is not None:
        end = player.region[1] if player.region else shown.audio.total_frames
        _mark(player, player.position, end if end > player.position else shown.audio.total_frames)


def mark_end(player: Player) -> None:
    """The loop ends here: from its old start, or from the start of the take."""
    if player.shown is not None:
        start = player.region[0] if player.region else 0
        _mark(player, start if start < player.position else 0, player.position)


def _mark(player: Player, start: int, end: int) -> None:
    if end > start:
        player.set_region((start, end))
        player.set_looping(True)

"""What is to be played: one immutable object that says all, from which any new player could go on."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Jump:
    """Where to go on from. Jumps are counted, so that both sides know which one was carried out.

    source    the number of a TakeBuffer; 0 is none
    frame     in that take
    in_step   go on at the frame that is reached when it is carried out, instead of at `frame`: to compare takes
    """

    number: int = 0
    source: int = 0
    frame: int = 0
    in_step: bool = False


@dataclass(frozen=True)
class Orders:
    """Everything that the sound card's side has to know. A command is one new object of this kind.

    play_count   counts what the user began or ended: the end of a take belongs to one `play`
    loop         [start, end) that repeats
    volume       linear, of all that is played
    gain         linear, of the take that `jump` names, before the volume
    """

    jump: Jump = field(default_factory=Jump)
    play_count: int = 0
    wanted: bool = False
    loop: tuple[int, int] | None = None
    volume: float = 1.0
    gain: float = 1.0

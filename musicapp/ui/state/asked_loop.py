"""Which loop the form asks for: so many bars where its length is some of the prompt's tempo, else so many seconds."""

from __future__ import annotations

from musicapp.shape import LEAST_BPM, MAX_LOOP_BARS, MOST_BPM, Loop

NEAR_S = 1e-4  # by which a length may be off its bars: a take's is a whole number of frames


def loop_of(loop: Loop, duration_s: float, prompt: str) -> Loop:
    """The loop of such a length.

    loop  that was asked for last: its bars hold as long as they are as long
    """
    from musicapp.prompts.bars import USUAL_BEATS, bar_s  # late: the window starts without these
    from musicapp.prompts.facts import read_prompt

    if loop.bars and abs(loop.duration_s - duration_s) <= NEAR_S:
        return loop
    stated, length_s = read_prompt(prompt), bar_s(prompt)
    if length_s is None or stated.tempo_bpm is None or not LEAST_BPM <= stated.tempo_bpm <= MOST_BPM:
        return Loop()
    bars = round(duration_s / length_s)
    if not 1 <= bars <= MAX_LOOP_BARS or abs(bars * length_s - duration_s) > NEAR_S:
        return Loop()
    return Loop(bars, stated.tempo_bpm, stated.beats_in_bar or USUAL_BEATS)

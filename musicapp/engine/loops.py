"""A take whose end runs into its beginning: its exact length, and how its seam is made.

A loop is first made as the middle of something longer, without a beginning and an end, from latents that run round.
A turn of them is a whole number of latents, the loop is not: it is up to half a latent off. So it is turned by half,
its end meets its beginning in the middle, and a short passage around that joint is made anew between the music on both
sides of it: no frame is faded, stretched or lost.
"""

from __future__ import annotations

import dataclasses

from musicapp.engine.request_facts import RequestFacts
from musicapp.engine.steering import Timing
from musicapp.errors import RequestError
from musicapp.request import MIN_DURATION_S, TakeRequest, check_duration, frames_for

AROUND_S = 30.0  # of a piece on both sides of a loop
JOINT_S, JOINT_SHARE = 1.0, 0.25  # that are made anew where it ends; of its length, at most


def completed(request: TakeRequest, sample_rate: int) -> TakeRequest:
    """The request with the length of its bars, as near as whole frames come. Raises RequestError."""
    assert request.loop is not None
    loop = request.loop
    if loop.bars:
        request = dataclasses.replace(request, duration_s=loop.duration_s)
        if request.duration_s < MIN_DURATION_S:
            raise RequestError(f"{loop.bars} bars of that tempo are too short for a loop.", hint="Ask for more bars.")
    check_duration(request.duration_s)
    return dataclasses.replace(request, duration_s=frames_for(request.duration_s, sample_rate) / sample_rate)


def joint_s(duration_s: float) -> float:
    """How much of a loop that was sampled as a circle is made anew where its end meets its beginning."""
    return min(JOINT_S, JOINT_SHARE * duration_s)


def told(request: TakeRequest, facts: RequestFacts) -> RequestFacts:
    """The facts of a loop of so many bars: its tempo and metre are exactly these."""
    assert request.loop is not None
    if not request.loop.bars:
        return facts
    loop = request.loop
    prompt = dataclasses.replace(facts.prompt, tempo_bpm=loop.bpm, pace=None, beats_in_bar=loop.metre)
    return dataclasses.replace(facts, prompt=prompt)


def begun(facts: RequestFacts, first_s: float) -> RequestFacts:
    """The facts of a loop of which a bar begins at such a time of the piece that it is told to be the middle of."""
    return dataclasses.replace(facts, prompt=dataclasses.replace(facts.prompt, bars_from_s=first_s))


def middle(duration_s: float, start_s: float = 0.0) -> Timing:
    """Where what begins `start_s` after a loop's beginning is told to be: in the middle of a piece that it is no end
    of."""
    return Timing(AROUND_S + start_s, 2 * AROUND_S + duration_s)

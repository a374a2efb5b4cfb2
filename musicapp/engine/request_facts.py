"""What a request states outright. Read by rule once, beside the request, for everything that goes by it."""

from __future__ import annotations

from dataclasses import dataclass

from musicapp.prompts.facts import PromptFacts, read_prompt
from musicapp.request import TakeRequest


@dataclass(frozen=True)
class RequestFacts:
    """What the prompt states, and what the negative prompt does."""

    prompt: PromptFacts
    negative_prompt: PromptFacts


def read_request(request: TakeRequest) -> RequestFacts:
    """The facts of both texts of a request."""
    negative = request.negative_prompt
    return RequestFacts(read_prompt(request.prompt), read_prompt(negative) if negative else PromptFacts())

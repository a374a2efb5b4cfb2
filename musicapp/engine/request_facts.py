"""What a request states outright. Read by rule once, beside the request, for everything that goes by it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from musicapp.prompts.facts import PromptFacts, read_prompt
from musicapp.request import TakeRequest


@dataclass(frozen=True)
class RequestFacts:
    """What the prompt states, and what the negative prompt does."""

    prompt: PromptFacts
    negative_prompt: PromptFacts


def read_request(request: TakeRequest) -> RequestFacts:
    """The facts of both texts of a request; the last few are kept, since several parts go by them."""
    return _facts_of(request.prompt, request.negative_prompt)


@lru_cache(maxsize=16)
def _facts_of(prompt: str, negative: str) -> RequestFacts:
    return RequestFacts(read_prompt(prompt), read_prompt(negative) if negative else PromptFacts())

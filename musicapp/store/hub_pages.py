"""Addresses of the hub that people and the app go to. Asking for them contacts nobody."""

from __future__ import annotations

import os

from musicapp.store.known import HUB, Known


def endpoint() -> str:
    """The hub's address; HF_ENDPOINT names another one, as everywhere."""
    return os.environ.get("HF_ENDPOINT", "").strip().rstrip("/") or HUB


def page_of(item: Known) -> str:
    """The item's page on the hub in use."""
    return f"{endpoint()}/{item.repository}"


def token_page() -> str:
    """Where a person makes a token."""
    return f"{endpoint()}/settings/tokens"


def host() -> str:
    """The hub's name, as messages say it."""
    return endpoint().partition("://")[2] or endpoint()

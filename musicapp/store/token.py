"""The user's token of the hub: in the system's keyring, never in a file of ours, never in a log."""

from __future__ import annotations

import logging
import re

from musicapp.errors import ModelStoreError

log = logging.getLogger(__name__)

SERVICE, ACCOUNT = "Musicapp", "hugging-face-token"
_SHAPE = re.compile(r"[!-~]{8,300}")  # what can stand in a header


def read() -> str:
    """The token: from our keyring entry, else where the hub's own tools keep it (HF_TOKEN, their file), else ""."""
    import keyring
    from keyring.errors import KeyringError

    try:
        kept = keyring.get_password(SERVICE, ACCOUNT)
    except (KeyringError, RuntimeError) as error:
        log.info("no keyring: %s", type(error).__name__)
        kept = None
    if kept:
        return kept
    from huggingface_hub import get_token

    return get_token() or ""


def checked(text: str) -> str:
    """What the user typed as a token. Raises ModelStoreError, which does not repeat it."""
    token = text.strip()
    if not _SHAPE.fullmatch(token):
        raise ModelStoreError("This is not a token.", hint="It begins with hf_ and has no spaces; copy it once more.")
    return token


def keep(token: str) -> str:
    """Put the token into the keyring; the keyring's name. Raises ModelStoreError where there is none."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, ACCOUNT, token)
    except (KeyringError, RuntimeError) as error:
        raise ModelStoreError(
            "This system has no keyring that could keep the token.",
            hint="It can be given for one run in the environment variable HF_TOKEN, or kept by “hf auth login”.",
            detail=type(error).__name__,
        ) from error
    return str(keyring.get_keyring().name)


def forget() -> bool:
    """Take the token out of the keyring; whether there was one."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.delete_password(SERVICE, ACCOUNT)
    except (KeyringError, RuntimeError):
        return False
    return True

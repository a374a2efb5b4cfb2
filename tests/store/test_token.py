"""The token is kept in the keyring alone."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from musicapp.errors import ModelStoreError
from musicapp.store import token
from tests.store.conftest import MemoryKeyring
from tests.store.hub_server import TOKEN, Hub


def test_a_token_is_kept_read_and_forgotten(hub: Hub, home: Path, memory_keyring: MemoryKeyring) -> None:
    assert token.read() == ""
    assert token.keep(token.checked(f"  {TOKEN}\n")) == "Memory"
    assert token.read() == TOKEN
    assert list(memory_keyring.kept.values()) == [TOKEN]
    assert not [path for path in home.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert token.forget() and token.read() == "" and not token.forget()


def test_the_hubs_own_places_are_read_too(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert token.read() == TOKEN


@pytest.mark.parametrize("text", ["", "hf_ two words", "hf_ümlaut_is_no_token", "x", "hf_" + "a" * 400, "hf_abc\ndef"])
def test_what_is_no_token_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ModelStoreError, match="not a token") as caught:
        token.checked(text)
    assert not text or text not in f"{caught.value.message}{caught.value.hint}{caught.value.detail}"


def test_a_system_without_a_keyring_says_what_else_works(hub: Hub) -> None:
    keyring.set_keyring(NoKeyring())
    with pytest.raises(ModelStoreError, match="no keyring") as caught:
        token.keep(TOKEN)
    assert "HF_TOKEN" in caught.value.hint and TOKEN not in caught.value.detail
    assert token.read() == "" and not token.forget()

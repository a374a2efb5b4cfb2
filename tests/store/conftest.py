"""A hub with tiny real models under the names of the public ones, and a keyring that forgets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from musicapp import paths
from musicapp.store import download
from tests.store.hub_server import Hub, Repository, running
from tests.tiny_model import write_tiny_model


class MemoryKeyring(KeyringBackend):
    """A real backend for the keyring library, in memory."""

    priority = 1.0  # type: ignore[assignment]
    name = "Memory"

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError("there is none")
        del self.kept[service, username]


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    before, backend = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@cache
def model_files() -> dict[str, bytes]:
    """A tiny model of the Stable Audio Open kind: its description and weights, and its text encoder's files."""
    with TemporaryDirectory() as folder:
        model = write_tiny_model(Path(folder) / "tiny", text_encoder="t5", variable_length=False)
        return {path.relative_to(model).as_posix(): path.read_bytes() for path in model.rglob("*") if path.is_file()}


def repositories() -> dict[str, Repository]:
    """The gated Stable Audio Open Small and the open T5, as far as the app needs them."""
    files = model_files()
    model = {name: data for name, data in files.items() if "/" not in name}
    encoder = {name.removeprefix("t5/"): data for name, data in files.items() if name.startswith("t5/")}
    licence = {"LICENSE.md": b"Terms.\n", "README.md": b"# A model\n", "model.ckpt": b"never asked for"}
    return {
        "stabilityai/stable-audio-open-small": Repository({**model, **licence}, gated=True),
        "google-t5/t5-base": Repository({**encoder, "README.md": b"# T5\n"}, commit="f" * 40),
    }


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, memory_keyring: MemoryKeyring, tmp_path: Path) -> Iterator[Hub]:
    """A hub that the app uses; nobody is logged in."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "hf" / "token"))
    monkeypatch.setattr(download, "BACKOFF_S", 0.01)
    with running(repositories()) as made:
        monkeypatch.setenv("HF_ENDPOINT", made.address)
        yield made


@pytest.fixture
def models() -> Path:
    """The user's models folder."""
    return paths.user_models_folder()


def description(**changes: object) -> bytes:
    """The tiny model's model_config.json with other values at the top."""
    return json.dumps({**json.loads(model_files()["model_config.json"]), **changes}).encode()

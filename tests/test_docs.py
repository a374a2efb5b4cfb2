"""The README tells of everything that the command line can do, and everything that it points to is there."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from musicapp.audio.formats import EXPORT_FORMATS
from musicapp.cli.main import build_parser
from musicapp.request import DEVICES, PRECISIONS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"]


def commands_of(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that does something, with its full name: "musicapp models list"."""
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        yield name, parser
    for action in inner:
        for word, child in action.choices.items():
            yield from commands_of(child, f"{name} {word}")


COMMANDS = dict(commands_of(build_parser(), "musicapp"))


def test_there_are_commands() -> None:
    assert "musicapp generate" in COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_readme_shows_every_command(name: str) -> None:
    assert re.search(rf"\b{re.escape(name)}\b", README)


@pytest.mark.parametrize("name", COMMANDS)
def test_readme_shows_every_option(name: str) -> None:
    long_names = {word for action in COMMANDS[name]._actions for word in action.option_strings if word.startswith("--")}
    missing = {word for word in long_names - {"--help"} if not re.search(rf"(?<![\w-]){word}(?![\w-])", README)}
    assert not missing


def test_readme_names_devices_precisions_and_formats() -> None:
    words = {*DEVICES, *PRECISIONS, *(form.suffix.lstrip(".") for form in EXPORT_FORMATS.values())}
    assert {word for word in words if not re.search(rf"\b{word}\b", README, re.IGNORECASE)} == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)", text)
    assert [target for target in targets if "://" not in target and not (ROOT / target).exists()] == []


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md"])
def test_named_files_exist(document: str) -> None:
    """`code spans` that look like a file of the repository are one."""
    text = (ROOT / document).read_text(encoding="utf-8")
    spans = set(re.findall(r"`((?:musicapp|tests|packaging|docs|models|resources)/[\w./-]*)`", text))
    assert {span for span in spans if not (ROOT / span).exists()} == set()

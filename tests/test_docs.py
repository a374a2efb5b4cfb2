"""README and the pages it links to tell of everything that the command line can do, and what they point to is there."""

from __future__ import annotations

import argparse
import io
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.audio.formats import EXPORT_FORMATS
from musicapp.cli.generate import choose_target, read_request
from musicapp.cli.main import build_parser
from musicapp.request import DEVICES, PRECISIONS

ROOT = Path(__file__).resolve().parent.parent
README = "README.md"
PAGES = sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))
DOCUMENTS = [README, *PAGES, "ARCHITECTURE.md", "CHANGELOG.md"]
RECORDS = {"docs/experiments.md", "docs/public-checkpoints.md"}  # what was tried once: nobody looks up an option there
README_MOST_WORDS = 1300
TAKES_MOST_BYTES = 2**20
FILE_SPAN = re.compile(r"`((?:musicapp|tests|packaging|docs|models|resources)/[\w./-]*)`")


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def links_of(document: str) -> list[Path]:
    """Where a document's links to other files lead; they are relative to its own folder."""
    targets = re.findall(r"\]\(([^)#\s]+)", text_of(document))
    return [((ROOT / document).parent / target).resolve() for target in targets if "://" not in target]


def commands_of(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that does something, with its full name: "musicapp models list"."""
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        yield name, parser
    for action in inner:
        for word, child in action.choices.items():
            yield from commands_of(child, f"{name} {word}")


def generate_commands(document: str) -> list[str]:
    """What stands behind `generate` wherever a document shows a command: in code spans and on lines of code."""
    text = text_of(document)
    spans = re.findall(r"`([^`\n]+)`", text)
    lines = [line for line in text.splitlines() if "`" not in line]
    called = re.compile(r"\b(?:musicapp|dev run) generate (.+)")
    return [found[1] for code in (*spans, *lines) if (found := called.search(code))]


def parsed(command: str) -> argparse.Namespace:
    return build_parser().parse_args(["generate", *shlex.split(command, comments=True)])


COMMANDS = dict(commands_of(build_parser(), "musicapp"))
LINKED = set(links_of(README))
MANUAL = {page: text_of(page) for page in [README, *PAGES] if page == README or ROOT / page in LINKED}
MANUAL = {page: text for page, text in MANUAL.items() if page not in RECORDS}
SHOWN = [(document, command) for document in [README, *PAGES] for command in generate_commands(document)]
TAKES = [command for document, command in SHOWN if document == README and "docs/listen/" in command]


def test_there_are_commands() -> None:
    assert "musicapp generate" in COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_manual_shows_every_command(name: str) -> None:
    assert any(re.search(rf"\b{re.escape(name)}\b", text) for text in MANUAL.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_manual_shows_every_option_on_a_page_that_shows_its_command(name: str) -> None:
    shown = "\n".join(text for text in MANUAL.values() if re.search(rf"\b{re.escape(name)}\b", text))
    long_names = {word for action in COMMANDS[name]._actions for word in action.option_strings if word.startswith("--")}
    missing = {word for word in long_names - {"--help"} if not re.search(rf"(?<![\w-]){word}(?![\w-])", shown)}
    assert not missing


def test_command_line_page_names_devices_precisions_and_formats() -> None:
    words = {*DEVICES, *PRECISIONS, *(form.suffix.lstrip(".") for form in EXPORT_FORMATS.values())}
    text = MANUAL["docs/command-line.md"]
    assert {word for word in words if not re.search(rf"\b{word}\b", text, re.IGNORECASE)} == set()


@pytest.mark.parametrize("page", PAGES)
def test_readme_links_to_every_page(page: str) -> None:
    assert ROOT / page in LINKED


def test_readme_is_short() -> None:
    assert len(text_of(README).split()) <= README_MOST_WORDS


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    assert [target for target in links_of(document) if not target.exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_named_files_exist(document: str) -> None:
    """`code spans` that look like a file of the repository are one."""
    assert {span for span in FILE_SPAN.findall(text_of(document)) if not (ROOT / span).exists()} == set()


@pytest.mark.parametrize(("document", "command"), SHOWN)
def test_generate_commands_are_understood(
    document: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a prompt from another program"))
    monkeypatch.chdir(tmp_path)
    args = parsed(command)
    for sound in filter(None, (args.init_audio, args.inpaint, args.extend, args.close_loop)):
        soundfile.write(sound, np.full((30 * 8000, 1), 0.1), 8000)
    choose_target(args, read_request(args))


def test_examples_are_among_the_commands() -> None:
    assert {"README.md", "docs/command-line.md"} <= {document for document, _ in SHOWN}


def test_every_take_has_its_command() -> None:
    made = sorted(parsed(command).output.as_posix() for command in TAKES)
    assert made == sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "listen").glob("*.*"))
    assert {ROOT / name for name in made} <= LINKED
    assert sum((ROOT / name).stat().st_size for name in made) <= TAKES_MOST_BYTES


def test_every_pair_of_takes_is_linked_and_all_are_small() -> None:
    pairs = set((ROOT / "docs" / "listen" / "before-and-after").iterdir())
    assert len(pairs) == 20 and pairs == set(links_of("docs/before-and-after.md")) & pairs
    after = {path for path in pairs if "-after." in path.name}
    assert {path.with_name(path.name.replace("-after.", "-before.")) for path in after} == pairs - after
    assert sum(path.stat().st_size for path in (ROOT / "docs" / "listen").rglob("*.ogg")) <= 2 << 20


@pytest.mark.parametrize("command", TAKES)
def test_takes_were_made_by_their_commands(command: str) -> None:
    args = parsed(command)
    request = read_request(args)
    with soundfile.SoundFile(ROOT / args.output) as file:
        said = json.loads(file.copy_metadata()["comment"])
        sound, sample_rate = file.read(), file.samplerate
    settings = {"prompt", "seed", "duration_s", "negative_prompt", "model"}
    assert {name: said[name] for name in settings} == {name: getattr(request, name) for name in settings}
    assert len(sound) == round(request.duration_s * sample_rate)
    assert 0.01 < (sound**2).mean() ** 0.5 < 0.5
    row = next(
        line for line in text_of(README).splitlines() if line.startswith("|") and f"({args.output.as_posix()})" in line
    )
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:] == [request.prompt, str(request.seed), f"{request.duration_s:g} s"]

"""The catalogues of the window's words: complete, of this source, and no harm where one is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from musicapp import paths, settings
from musicapp.ui import words
from tests.ui import translate

pytestmark = pytest.mark.usefixtures("speaking_german")


@pytest.fixture
def other_folder(tmp_path: Path) -> Iterator[Path]:
    """Another folder of catalogues for one test; afterwards the usual ones are read again."""
    folder = tmp_path / "translations"
    folder.mkdir()
    words.use("en")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "resources_folder", lambda: tmp_path)
        yield folder
        words.use("en")
    words.use("de")
    words.use("en")


@pytest.mark.parametrize("content", [None, b"", b"no catalogue" * 100])
def test_a_catalogue_that_is_gone_or_damaged_leaves_english(other_folder: Path, content: bytes | None) -> None:
    if content is not None:
        (other_folder / "musicapp_de.qm").write_bytes(content)
        (other_folder / "sentences.json").write_bytes(content)
    words.use("de")
    assert words.tr("&Export") == "&Export" and words.tr("%n takes", "", 3) == "3 takes"
    assert words.said("Engine ready, 3 takes") == "Engine ready, 3 takes"


def test_a_catalogue_may_be_written_over_while_it_is_used(other_folder: Path) -> None:
    for name in ("musicapp_de.qm", "sentences.json"):
        (other_folder / name).write_bytes((translate.FOLDER / name).read_bytes())
    words.use("de")
    for path in other_folder.iterdir():
        path.write_bytes(b"")
    assert words.tr("&Export") == "&Exportieren" and words.said("Engine ready") == "Engine bereit"


def test_english_has_its_plurals() -> None:
    words.use("en")
    assert words.tr("%n takes", "", 1) == "One take" and words.tr("%n takes", "", 1200) == "1,200 takes"


def test_catalogues_are_complete() -> None:
    assert tuple(words.LANGUAGES) == settings.LANGUAGES
    for language in words.LANGUAGES:
        assert translate.unfinished(language) == []


def test_both_sides_have_the_same_places_for_values() -> None:
    for entry in translate.entries("de"):
        for german in entry.translations:
            wanted = sorted(re.findall(r"(?<!\{)\{\w+\}", entry.source))
            given = sorted(re.findall(r"(?<!\{)\{\w+\}", german))
            one = entry.is_plural and "%n" in entry.source and german == entry.translations[0]  # "one", in words
            assert given == wanted, entry
            assert ("%n" in german) == ("%n" in entry.source) or one, entry
            assert entry.source[-1:].strip(" .…:?") == "" or german[-1:] != ".", entry
            assert ("&" in german.replace("&&", "")) == ("&" in entry.source.replace("&&", "")), entry


def test_catalogues_are_what_is_in_the_source_and_compiled(tmp_path: Path) -> None:
    found = translate.sentences()
    assert found == json.loads(translate.SENTENCES.read_text(encoding="utf-8"))
    for language in words.LANGUAGES:
        name = f"musicapp_{language}"
        catalogue = tmp_path / f"{name}.ts"
        catalogue.write_bytes((translate.FOLDER / f"{name}.ts").read_bytes())
        translate.gather(catalogue, found)
        assert catalogue.read_text("utf-8") == (translate.FOLDER / f"{name}.ts").read_text("utf-8")
        translate.compile_catalogue(catalogue, tmp_path / f"{name}.qm")
        assert (tmp_path / f"{name}.qm").read_bytes() == (translate.FOLDER / f"{name}.qm").read_bytes()

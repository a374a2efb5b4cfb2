"""Finding models by name, by path, and saying what there is."""

from __future__ import annotations

import json

import pytest

from musicapp import paths
from musicapp.description import catalogue
from musicapp.errors import CheckpointError
from tests.tiny_model import LATENT_DIM, add_timeline, write_tiny_model


@pytest.fixture
def roots(tmp_path, monkeypatch):
    bundled, own = tmp_path / "bundled", tmp_path / "own"
    monkeypatch.setattr(paths, "bundled_models_folder", lambda: bundled)
    monkeypatch.setattr(paths, "user_models_folder", lambda: own)
    for root, key, section in ((bundled, "builtin", {"name": "Sketch"}), (own, "open", {}), (own, "builtin", {})):
        (root / key).mkdir(parents=True)
        (root / key / "model_config.json").write_text(json.dumps({"musicapp": section}), encoding="utf-8")
    (own / "notes").mkdir()
    (own / "broken").mkdir()
    (own / "broken" / "model_config.json").write_text("{", encoding="utf-8")
    return bundled, own


def test_models_are_listed_bundled_first_and_damaged_ones_left_out(roots, caplog):
    listed = catalogue.list_models()
    assert [(m.key, m.name) for m in listed] == [("builtin", "Sketch"), ("open", "open")]
    assert listed[0].folder == roots[0] / "builtin"
    assert "broken" in caplog.text


def test_models_of_one_name_are_told_apart_by_their_folders(roots):
    own = roots[1]
    for key, name in (("first", "Sketch"), ("last", "Sketch"), ("a", "Garage"), ("b", "Garage"), ("alone", "Attic")):
        (own / key).mkdir()
        (own / key / "model_config.json").write_text(json.dumps({"musicapp": {"name": name}}), encoding="utf-8")
    assert {entry.key: entry.name for entry in catalogue.list_models()} == {
        "builtin": "Sketch",
        "first": "Sketch (first)",
        "last": "Sketch (last)",
        "a": "Garage (a)",
        "b": "Garage (b)",
        "alone": "Attic",
        "open": "open",
    }


def test_a_model_is_found_by_name_or_path(roots, tmp_path):
    assert catalogue.find_model("open") == roots[1] / "open"
    assert catalogue.find_model("builtin") == roots[0] / "builtin"
    assert catalogue.find_model(str(tmp_path)) == tmp_path


@pytest.mark.parametrize("key", ["bulitin", "", "a/b", "../own/open/x", "x" * 5000, "\0", "~nobody-here/x"])
def test_an_unknown_model_is_one_sentence_with_a_hint(roots, key):
    with pytest.raises(CheckpointError, match="There is no model") as caught:
        catalogue.find_model(key)
    assert "builtin" in caught.value.hint


def describe_anew(folder, change):
    path = folder / "model_config.json"
    description = json.loads(path.read_text(encoding="utf-8"))
    change(description)
    path.write_text(json.dumps(description), encoding="utf-8")
    return folder


def add_masks(description):
    """As the public models that fill gaps have them: a mask beside the latents, and no timeline."""
    description["model_type"] = "diffusion_cond_inpaint"
    diffusion = description["model"]["diffusion"]
    diffusion["input_concat_ids"] = ["inpaint_mask", "inpaint_masked_input"]
    diffusion["config"]["input_concat_dim"] = 1 + LATENT_DIM


@pytest.mark.parametrize(("change", "follows"), [(lambda _: None, False), (add_masks, False), (add_timeline, True)])
def test_facts_are_followed_by_a_timeline_alone(tmp_path, change, follows):
    folder = describe_anew(write_tiny_model(tmp_path / "model", text_encoder="none"), change)
    assert catalogue.follows_facts(folder) is follows


def test_no_models_at_all_is_an_empty_list(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "bundled_models_folder", lambda: tmp_path / "none")
    monkeypatch.setattr(paths, "user_models_folder", lambda: tmp_path / "nothing")
    assert catalogue.list_models() == []
    with pytest.raises(CheckpointError, match="path"):
        try:
            catalogue.find_model("builtin")
        except CheckpointError as error:
            raise CheckpointError(error.hint) from error


def test_a_folder_that_cannot_be_read_hides_no_other_model(roots, monkeypatch):
    """As an unreadable disk does; permissions mean nothing to those who run tests as root."""
    own, iterdir = roots[1], type(roots[1]).iterdir

    def refuse(path):
        if path == own:
            raise PermissionError(13, "Permission denied", str(path))
        return iterdir(path)

    monkeypatch.setattr(type(own), "iterdir", refuse)
    assert [entry.key for entry in catalogue.list_models()] == ["builtin"]

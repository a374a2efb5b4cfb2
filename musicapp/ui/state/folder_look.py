"""A look at the folder of takes, in the background: each take whole, and with its model's name for people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from musicapp.errors import CheckpointError
from musicapp.library import takes
from musicapp.library.index import Index
from musicapp.library.takes import Take


def newest(index: Index, most: int) -> list[Take]:
    """The newest of `remembered`."""
    return named(index.newest(most)) if index.folder.is_dir() else []


def remembered(index: Index) -> list[Take]:
    """What was there the last time; nothing while the folder is not there."""
    return named(index.remembered()) if index.folder.is_dir() else []


def survey(index: Index, making: list[str]) -> takes.Survey:
    """What the folder holds, each take whole."""
    found = index.survey(skip=making) if index.folder.is_dir() else takes.Survey([], [])
    whole = named([take for take in found.takes if not takes.remove_if_empty(take)])
    mended = [takes.mended(take) for take in whole]
    index.reread([after.path for before, after in zip(whole, mended, strict=True) if after is not before])
    return replace(found, takes=mended)


def named(found: list[Take]) -> list[Take]:
    """The takes with their models' names for people where only a folder's name was known: a tag says no other."""
    from musicapp.description import catalogue  # late, as `model_choice` does

    folders = {model: Path(model).name for model in {take.request.model for take in found}}
    names: dict[str, str] = {}
    for take in found:
        model = take.request.model
        if take.model_name == folders[model] and model not in names:
            try:
                names[model] = catalogue.name_of(catalogue.find_model(model))
            except CheckpointError:  # a model that is gone keeps its folder's name
                names[model] = take.model_name
    return [
        replace(take, model_name=names[take.request.model]) if take.model_name == folders[take.request.model] else take
        for take in found
    ]

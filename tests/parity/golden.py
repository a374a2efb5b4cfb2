"""A recorded folder: its tensors, descriptions, cases and prompts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from safetensors import safe_open
from torch import Tensor

Item = dict[str, str | float]  # what the conditioner takes for one piece of music


class Golden:
    """What a folder recorded: `settings`, `cases`, the description of each tensor, and the tensors themselves."""

    def __init__(self, folder: Path) -> None:
        content = json.loads((folder / "golden.json").read_text(encoding="utf-8"))
        self.folder = folder
        self.settings: dict[str, Any] = content.get("settings", {})
        self.cases: dict[str, dict[str, Any]] = content.get("cases", {})
        self.described: dict[str, dict[str, Any]] = content["tensors"]
        self._file = safe_open(folder / "golden.safetensors", framework="pt")
        self._stored = set(self._file.keys())

    def __contains__(self, name: str) -> bool:
        return name in self._stored

    def __getitem__(self, name: str) -> Tensor:
        return self._file.get_tensor(name)

    def what(self, name: str) -> str:
        """The description of a tensor in words."""
        return str(self.described[name].get("what", ""))

    def tolerance(self, name: str) -> float:
        """The largest difference to accept; token ids and masks of whole numbers must be equal."""
        return float(self.described[name].get("suggested_max_abs", 0.0))

    def case_of(self, name: str) -> str | None:
        """The sampling run that a tensor belongs to: the longest case name that its own name starts with."""
        owners = [case for case in self.cases if name.startswith(case + ".")]
        return max(owners, key=len, default=None)

    def first(self, *names: str) -> Tensor:
        """The first of these tensors that exists; KeyError with all the names if there is none."""
        for name in names:
            if name in self:
                return self[name]
        raise KeyError(f"none of {', '.join(names)} is recorded")

    def items(self, ids: list[str]) -> list[Item]:
        """The prompts with their timing, one item each; `ids` are the conditioners of the model."""
        if "batch" in self.settings:
            return [dict(item) for item in self.settings["batch"]]
        prompts = self.settings["prompts"]
        return [
            {id_: prompt if id_ == "prompt" else self._timing(id_, row) for id_ in ids}
            for row, prompt in enumerate(prompts)
        ]

    def negative_item(self, ids: list[str]) -> Item:
        """The negative prompt with the timing of the first item: one for the whole batch."""
        return {**self.items(ids)[0], "prompt": self.settings["negative"]}

    def _timing(self, id_: str, row: int) -> float:
        values = self.settings[id_ if id_ in self.settings else id_.removeprefix("seconds_")]
        return float(values[row] if isinstance(values, list) else values)


def number_after(words: str, text: str) -> float | None:
    """The number that follows `words` (a regular expression) in a description."""
    found = re.search(rf"(?:{words})\s*=?\s*(-?\d+(?:\.\d+)?)", text)
    return float(found[1]) if found else None

"""What to evaluate and how much of it. The sizes of `FULL` give stable figures, those of `QUICK` a first look."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The parts in the order of the page, and the fields of `Sizes` that their results depend on.
NEEDS = {
    "autoencoder": ("pieces", "seconds"),
    "sound": ("pieces", "seconds"),
    "timing": ("pieces", "seconds", "lengths_s", "takes_per_length"),
    "adherence": ("pieces", "seconds", "classifier_pieces"),
    "distribution": ("pieces", "seconds", "classifier_pieces", "reference_pieces"),
    "structure": ("structure_pieces", "structure_s"),
    "diversity": ("pieces", "seconds", "classifier_pieces", "seeds", "seed_prompts"),
    "memory": ("pieces", "seconds"),
    "clap": ("pieces", "seconds"),
    "openl3": ("pieces", "seconds", "reference_pieces"),
    "passt": ("pieces", "seconds"),
    "whole": ("structure_pieces", "structure_s"),
    "lengths": ("lengths_s",),
    "withheld": ("pieces", "seconds", "withheld_s", "withheld_takes"),
    "probes": ("pieces", "seconds", "probe_s", "probe_takes", "classifier_pieces", "reference_pieces"),
    "sources": ("pieces", "seconds", "classifier_pieces"),
}
PARTS = tuple(NEEDS)


@dataclass(frozen=True)
class Sizes:
    """How much is measured.

    pieces             prompts to play, and held-out renders of the same facts
    reference_pieces   renders of other facts that both are compared with
    classifier_pieces  renders that the classifier learns from
    lengths_s          lengths asked for when the timing is measured, `takes_per_length` takes each
    structure_s        length of the pieces whose form is looked at, `structure_pieces` of them
    seeds              takes of the same prompt, for each of `seed_prompts` prompts
    withheld_s         lengths of the takes with and without timing, `withheld_takes` each and both ways
    probe_s            length of the `probe_takes` takes of every probe
    """

    pieces: int
    seconds: float
    reference_pieces: int
    classifier_pieces: int
    lengths_s: tuple[float, ...]
    takes_per_length: int
    structure_pieces: int
    structure_s: float
    seeds: int
    seed_prompts: int
    withheld_s: tuple[float, ...] = (60.0, 120.0, 180.0, 285.0)
    withheld_takes: int = 6
    probe_s: float = 20.0
    probe_takes: int = 8


FULL = Sizes(64, 12.0, 384, 1500, (5.0, 10.0, 30.0, 60.0, 120.0, 190.0, 285.0), 6, 10, 285.0, 6, 8)
QUICK = Sizes(12, 10.0, 96, 400, (5.0, 10.0, 30.0), 2, 3, 90.0, 3, 3, (60.0,), 3, 12.0, 2)


@dataclass(frozen=True)
class Options:
    """One evaluation.

    model     a name from the catalogue or a model folder
    work      where renders, classifier, takes and results are kept; every start goes on with what is there
    training  folder with the audio shards that the model was trained on, for the search for copies
    clap      folder with a CLAP checkpoint in the layout of transformers
    openl3    safetensors file with the weights of torchopenl3 for music, mel256 and 512 numbers
    passt     safetensors file with the weights of hear21passt for passt_s_swa_p16_128_ap476
    baseline  folder of a rival whose takes are measured instead of the model's
    """

    model: str
    work: Path
    sizes: Sizes = FULL
    parts: tuple[str, ...] = PARTS
    steps: int | None = None
    guidance_scale: float | None = None
    device: str = "auto"
    precision: str = "auto"
    soundfont: Path | None = None
    training: Path | None = None
    clap: Path | None = None
    openl3: Path | None = None
    passt: Path | None = None
    baseline: Path | None = None

    def settings(self, part: str) -> dict[str, Any]:
        """All that the result of a part depends on beside the model's weights, as JSON values."""
        chosen = {name: getattr(self, name) for name in ("steps", "guidance_scale", "device", "precision")}
        sizes = {name: getattr(self.sizes, name) for name in NEEDS[part]}
        asked = {
            "memory": (self.training, self.clap),
            "clap": (self.clap,),
            "openl3": (self.openl3,),
            "passt": (self.passt,),
        }
        given = [_identity(path) for path in asked.get(part, ()) if path]
        return {**chosen, **sizes, "given": ", ".join(given)}


def _identity(path: Path) -> str:
    """The path; of a file also what tells when another took its place."""
    if not path.is_file():
        return str(path)
    facts = path.stat()
    return f"{path}, {facts.st_size} bytes, {facts.st_mtime_ns}"

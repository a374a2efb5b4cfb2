"""What all measures share: the renders, the prompts, the takes and the listeners, each made once and when needed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import soundfile

from musicapp.analysis import listening
from musicapp.description.catalogue import find_model, max_duration_s
from musicapp.evaluation.baseline import open_baseline
from musicapp.evaluation.classifier import Classifier, Heard, open_classifier, render_levels
from musicapp.evaluation.options import Options
from musicapp.evaluation.prompts import Wish, wish_for
from musicapp.evaluation.renders import Render, RenderSet
from musicapp.evaluation.report import Player
from musicapp.evaluation.takes import Take, Takes

PLAYED_PIECES = 6  # of a part, on the page


@dataclass(frozen=True)
class Ears:
    """All that is heard in one piece: by measuring, and by the classifier."""

    tempo_bpm: float
    tonic: int
    mode: str
    sharpness: float
    level_db: float
    centroid_hz: float
    network: Heard


class Bench:
    """The work folder of one evaluation and everything in it."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.model_folder = find_model(options.model)
        self.longest_s = max_duration_s(self.model_folder)
        self.name = (options.baseline or self.model_folder).resolve().name
        self.folder = options.work / self.name
        self.takes = Takes(
            self.model_folder,
            self.folder / "takes",
            steps=options.steps,
            guidance_scale=options.guidance_scale,
            device=options.device,
            precision=options.precision,
        )
        if options.baseline is not None:
            self.takes = open_baseline(options.baseline, self.takes)

    def renders(self, name: str, count: int, seconds: float | None = None) -> list[Render]:
        """Pieces of a named set, of the usual length unless told otherwise."""
        length_s = seconds or self.options.sizes.seconds
        return list(RenderSet(self.options.work, name, length_s, self.options.soundfont).each(count))

    @cached_property
    def held_out(self) -> list[Render]:
        """The renders whose prompts are played."""
        return self.renders("held-out", self.options.sizes.pieces)

    @cached_property
    def wishes(self) -> list[Wish]:
        """A prompt for each of the held-out renders."""
        return [wish_for(render.truth, number) for number, render in enumerate(self.held_out)]

    @cached_property
    def generated(self) -> list[Take]:
        """What the model makes of the prompts."""
        return [
            self.takes.make(wish.prompt, self.options.sizes.seconds, number) for number, wish in enumerate(self.wishes)
        ]

    @cached_property
    def classifier(self) -> Classifier:
        """The listener that was taught by renders."""
        options = self.options
        return open_classifier(options.work, options.sizes.classifier_pieces, options.soundfont)

    def hear(self, sound: np.ndarray) -> Ears:
        """Listen to `(frames, 2)`."""
        tonic, mode = listening.key_of(sound)
        return Ears(
            tempo_bpm=listening.tempo_of(sound),
            tonic=tonic,
            mode=mode,
            sharpness=listening.beat_sharpness(sound),
            level_db=listening.level_db(sound),
            centroid_hz=listening.centroid_hz(sound),
            network=self.classifier.hear(sound),
        )

    @cached_property
    def heard_held_out(self) -> list[Ears]:
        return [self.hear(render.sound) for render in self.held_out]

    @cached_property
    def heard_reference(self) -> list[Heard]:
        """What the classifier hears in many renders of other facts."""
        options, sizes = self.options, self.options.sizes
        pieces = render_levels(options.work, "reference", sizes.seconds, sizes.reference_pieces, options.soundfont)
        return [self.classifier.hear_levels(levels) for levels, _ in pieces]

    @cached_property
    def heard_generated(self) -> list[Ears]:
        return [self.hear(take.sound()) for take in self.generated]

    def player(self, take: Take, caption: str = "") -> Player:
        """The take as a file beside the page."""
        target = self._audio(take.path.name)
        if not target.exists():
            shutil.copyfile(take.path, target)
        return Player(f"audio/{target.name}", caption or take.prompt)

    def player_of(self, sound: np.ndarray, name: str, caption: str) -> Player:
        """A sound as a file beside the page."""
        target = self._audio(f"{name}.flac")
        soundfile.write(target, np.clip(sound, -1, 1), listening.SAMPLE_RATE, subtype="PCM_16")
        return Player(f"audio/{target.name}", caption)

    def _audio(self, name: str) -> Path:
        folder = self.folder / "audio"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

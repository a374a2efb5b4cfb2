"""The small listener learns what it is taught and says how often it is right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from musicapp.evaluation.classifier import BANDS, FAMILIES, FEATURES, Classifier, Listener, measure, teach
from musicapp.evaluation.mel import log_mel
from musicapp.evaluation.renders import Render
from tests.evaluation.sounds import notes, stereo
from tests.training.data import truth


def renders(count: int) -> list[Render]:
    """Half of them with noise bursts called drums and a low tune on a piano, half with a high one on a flute."""
    made = []
    for number in range(count):
        rng = np.random.default_rng(number)
        drums = number % 2 == 0
        sound = notes([int(p) for p in rng.integers(*((45, 57) if drums else (75, 90)), 12)], 0.5)
        sound = sound + drums * rng.normal(size=len(sound)) * (np.arange(len(sound)) % 22050 < 1500)
        facts = replace(truth(number, 6.0), has_drums=drums, lead="piano" if drums else "flute", energy=float(drums))
        made.append(Render(stereo(sound), facts))
    return made


@pytest.fixture(scope="module")
def taught() -> Listener:
    torch.set_num_threads(1)
    network = Listener()
    teach(network, [(log_mel(r.sound, BANDS), r.truth) for r in renders(24)], passes=25)
    return network


def test_it_hears_in_new_pieces_what_it_was_taught(taught: Listener) -> None:
    accuracy = measure(Classifier(taught, {}), [(log_mel(r.sound, BANDS), r.truth) for r in renders(34)[24:]])
    assert accuracy["drums"] == accuracy["lead"] == 1.0 and accuracy["renders"] == 10
    assert accuracy["energy_error"] < 0.35


def test_what_it_hears_are_probabilities(taught: Listener) -> None:
    heard = Classifier(taught, {}).hear(renders(1)[0].sound)
    assert heard.lead.sum() == pytest.approx(1, abs=1e-5) and heard.style.sum() == pytest.approx(1, abs=1e-5)
    assert heard.lead_family in FAMILIES and 0 <= heard.drums <= 1 and 0 <= heard.energy <= 1
    assert heard.features.shape[1] == FEATURES


@pytest.mark.parametrize("seconds", [0.01, 3.0, 12.0])
def test_any_length_can_be_heard(taught: Listener, seconds: float) -> None:
    heard = Classifier(taught, {}).hear(np.zeros((round(seconds * 44100), 2), np.float32))
    assert np.isfinite(heard.features).all()

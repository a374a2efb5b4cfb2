"""CLAP's text branch of our own beside the published one: the same bits, and no second of imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from musicapp.checkpoints.text_encoders import load_clap_text
from musicapp.paths import bundled_models_folder
from tests.tiny_model import write_tiny_text_encoder

TEXTS = [
    ["calm piano, 90 bpm"],
    [""],
    ["x"],
    ["deep bass and strings " * 40],
    ["a short one", "one that is longer by far"],
]

READY = """
import sys
from musicapp.engine.engine import Engine
engine = Engine()
list(engine.models.load("builtin"))
engine.models.held.model.conditioner.conditioners["prompt"](["calm piano"])
print([name for name in ("transformers", "torch._dynamo", "torch._inductor", "sympy") if name in sys.modules])
"""


@pytest.fixture(scope="module", params=["built-in", "tiny"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "built-in":
        return bundled_models_folder() / "builtin" / "clap_text"
    place = tmp_path_factory.mktemp("encoder") / "clap_text"
    write_tiny_text_encoder(place)
    return place


@pytest.mark.parametrize("texts", TEXTS, ids=["ordinary", "empty", "one letter", "cut", "two"])
@torch.inference_mode()
def test_hidden_states_and_embedding_are_the_published_codes(folder: Path, texts: list[str]) -> None:
    from transformers import ClapTextModelWithProjection

    ours, tokenize = load_clap_text(folder)
    theirs = ClapTextModelWithProjection.from_pretrained(folder).float().eval()
    ids, mask = tokenize(texts)
    got, expected = (
        ours(ids, mask, output_hidden_states=True),
        theirs(input_ids=ids, attention_mask=mask, output_hidden_states=True),
    )
    assert len(got.hidden_states) == len(expected.hidden_states)
    for state, wanted in zip(got.hidden_states, expected.hidden_states, strict=True):
        assert torch.equal(state, wanted)
    # One row at a time: which kernel multiplies it depends on where the weights lie in memory.
    torch.testing.assert_close(got.text_embeds, expected.text_embeds, atol=1e-6, rtol=0)
    assert torch.equal(got.last_hidden_state, expected.last_hidden_state)


def test_the_built_in_model_is_ready_without_transformers_and_the_compiler() -> None:
    done = subprocess.run([sys.executable, "-c", READY], capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.strip() == "[]"

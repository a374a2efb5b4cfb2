"""Text encoders from folders: found, read whole, refused with a sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from musicapp import paths
from musicapp.checkpoints import text_encoders, tokenizer_file
from musicapp.checkpoints.conditioner import find_text_encoder
from musicapp.checkpoints.load import load_model
from musicapp.description.configs import T5Config, T5GemmaConfig
from musicapp.errors import CheckpointError

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture
def folder(tmp_path):
    """A model with a CLAP text encoder beside it."""
    return Path(shutil.copytree(REFERENCE / "paper-tiny", tmp_path / "paper"))


@pytest.fixture
def clap(folder):
    return folder / "clap_text"


def edit(path, **changes):
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")


def test_tokens_are_cut_and_padded_to_length_with_the_end_mark_kept(clap):
    tokenize = tokenizer_file.load_tokenizer(clap, 77)
    ids, mask = tokenize(["warm pad", "", "word " * 500])
    assert ids.shape == mask.shape == (3, 77) and ids.dtype == torch.int64
    assert ids[1, :3].tolist() == [0, 2, 1] and mask[1].sum() == 2
    assert mask[2].all() and ids[2, -1] == 2 and ids[0, 0] == 0
    assert (ids[mask == 0] == 1).all()


def test_any_text_has_tokens(clap):
    tokenize = tokenizer_file.load_tokenizer(clap, 77)
    ids, _ = tokenize(["🎹🎶 ピアノ", "\0\x07", "a\u0301" * 5000, "<pad></s><s>"])
    assert ids.shape == (4, 77)


def test_a_full_prompt_is_encoded_the_same_alone_and_in_company(folder):
    conditioner = load_model(folder).conditioner
    values = {"seconds_start": 0, "seconds_total": 30}
    with torch.inference_mode():
        alone = conditioner.encode([{"prompt": "calm piano", **values}])
        both = conditioner.encode([{"prompt": "calm piano", **values}, {"prompt": "drums", **values}])
    torch.testing.assert_close(alone.cross[0], both.cross[0], atol=1e-5, rtol=1e-5)


def test_the_encoder_is_found_where_the_description_or_the_caller_says(folder, tmp_path):
    (folder / "clap_text").rename(folder / "words")
    with pytest.raises(CheckpointError, match="text encoder") as caught:
        load_model(folder)
    assert "clap_text" in caught.value.hint
    load_model(folder, text_encoder_folder=folder / "words")
    edit(folder / "model_config.json", musicapp={"text_encoder": "words"})
    load_model(folder)
    edit(folder / "model_config.json", musicapp={"text_encoder": "../words"})
    with pytest.raises(CheckpointError, match="outside"):
        load_model(folder)


def test_one_encoder_serves_all_models_from_the_models_folder(folder, clap, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "user_models_folder", lambda: tmp_path / "models")
    clap.rename(tmp_path / "away")
    with pytest.raises(CheckpointError, match=r"needs the text encoder clap_text \(CLAP\)") as caught:
        load_model(folder)
    assert str(tmp_path / "models" / "clap_text") in caught.value.hint and "--text-encoder" in caught.value.hint
    (tmp_path / "models").mkdir()
    shutil.copytree(tmp_path / "away", tmp_path / "models" / "clap_text")
    load_model(folder)


def test_a_missing_public_encoder_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "user_models_folder", lambda: tmp_path / "models")
    for config, name in (
        (T5Config("google-t5/t5-base"), "t5-base"),
        (T5Config("../.."), "t5-base"),
        (T5GemmaConfig("learned"), "t5gemma-b-b-ul2"),
    ):
        with pytest.raises(CheckpointError, match=f"the text encoder {name}") as caught:
            find_text_encoder(tmp_path / "model", config)
        assert f"musicapp models get {name}" in caught.value.hint
        place = tmp_path / "models" / name
        place.mkdir(parents=True)
        assert find_text_encoder(tmp_path / "model", config) == place
        place.rmdir()


def test_half_precision_encoders_run_in_float32(folder, clap):
    weights = load_file(clap / "model.safetensors")
    halved = {n: w.half() if w.is_floating_point() else w for n, w in weights.items()}
    save_file(halved, clap / "model.safetensors", {"format": "pt"})
    edit(clap / "config.json", dtype="float16")
    encoder = load_model(folder, precision="bf16").conditioner.conditioners["prompt"].encoder
    assert {p.dtype for p in encoder.parameters()} == {torch.float32}


def test_loading_prints_nothing(folder, capfd):
    load_model(folder)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: shutil.rmtree(f), "text encoder"),
        (lambda f: (f / "config.json").unlink(), "config.json"),
        (lambda f: edit(f / "config.json", model_type="bert"), "bert"),
        (lambda f: edit(f / "config.json", hidden_size=32), "cannot be loaded"),
        (lambda f: edit(f / "config.json", max_position_embeddings=40), "cannot be loaded"),
        (lambda f: edit(f / "config.json", num_hidden_layers=6), "the file holds"),
        (lambda f: edit(f / "config.json", num_hidden_layers=3), "does not use"),
        (lambda f: (f / "model.safetensors").write_bytes(b"short"), "damaged or incomplete"),
        (lambda f: (f / "model.safetensors").rename(f / "pytorch_model.bin"), "only model.safetensors"),
        (lambda f: (f / "tokenizer.json").unlink(), "tokenizer.json"),
        (lambda f: (f / "tokenizer.json").write_text("{}", encoding="utf-8"), "tokenizer.json"),
        (lambda f: edit(f / "tokenizer_config.json", pad_token="[NOTHING]"), "does not fit"),
        (lambda f: edit(f / "config.json", auto_map={"AutoModel": "evil.Model"}, vocab_size=100), "code of its own"),
    ],
)
def test_a_spoiled_encoder_is_one_sentence(folder, clap, spoil, words):
    spoil(clap)
    with pytest.raises(CheckpointError, match=words) as caught:
        load_model(folder)
    assert caught.value.hint


def test_a_t5_is_not_a_clap(folder, clap):
    shutil.rmtree(clap)
    shutil.copytree(REFERENCE / "sat-rf-tiny" / "t5", clap)
    with pytest.raises(CheckpointError, match='"t5"'):
        load_model(folder)


def test_t5_weights_of_a_whole_translation_model_are_taken_without_its_decoder(tmp_path):
    folder = Path(shutil.copytree(REFERENCE / "sat-rf-tiny" / "t5", tmp_path / "t5"))
    weights = load_file(folder / "model.safetensors")
    weights["decoder.final_layer_norm.weight"] = torch.ones(4)
    weights["lm_head.weight"] = torch.ones(4, 4)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    encoder, tokenize = text_encoders.load_t5(folder, 20)
    assert tokenize(["violin"])[0].shape == (1, 20)
    assert not any(p.requires_grad for p in encoder.parameters())


def test_a_t5_without_tokenizer_settings_pads_behind(tmp_path):
    folder = Path(shutil.copytree(REFERENCE / "sat-rf-tiny" / "t5", tmp_path / "t5"))
    with_settings = text_encoders.load_t5(folder, 12)[1](["warm pad", ""])
    (folder / "tokenizer_config.json").unlink()
    without = text_encoders.load_t5(folder, 12)[1](["warm pad", ""])
    assert all(torch.equal(a, b) for a, b in zip(with_settings, without, strict=True))

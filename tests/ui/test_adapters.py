"""LoRA adapters in the window: added and dropped, with a strength each, kept per model, recalled with a take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from safetensors.numpy import save_file

from musicapp.audio import tags, wave_io
from musicapp.handover.recalling import split_gone
from musicapp.request import Lora
from tests.ui.conftest import Desk
from tests.ui.dropping import drop

LAYER = "model.transformer.layers.0.self_attn.to_out.parametrizations.weight.0."


def write(path: Path) -> Path:
    save_file({LAYER + "lora_A": np.zeros((1, 8), np.float32), LAYER + "lora_B": np.zeros((8, 1), np.float32)}, path)
    return path


@pytest.fixture
def warm(tmp_path: Path) -> Path:
    return write(tmp_path / "warm.safetensors")


def add(desk: Desk, *paths: Path) -> None:
    count = len(desk.studio.take_settings.loras) + len(paths)
    desk.studio.adapters.add(paths)
    desk.wait(lambda: len(desk.studio.take_settings.loras) == count)


def test_an_added_adapter_is_in_the_next_take_as_strong_as_chosen(
    desk: Desk, warm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cold = write(tmp_path / "cold.safetensors")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(warm), str(cold)], ""))
    QTest.mouseClick(desk.window.advanced.adapters.add, Qt.MouseButton.LeftButton)
    desk.wait(lambda: len(desk.window.advanced.adapters.rows) == 2)
    first, second = desk.window.advanced.adapters.rows
    assert (first.name.text(), first.strength.value(), second.name.toolTip()) == ("warm", 1.0, str(cold))
    first.strength.stepUp()
    second.strength.setValue(0.25)
    expected = (Lora(str(warm), 1.1), Lora(str(cold), 0.25))
    assert desk.make_take().request.loras == expected
    desk.wait(lambda: desk.host.loras == expected)  # the engine tries them before the take is wanted
    assert "warm × 1.1 · cold × 0.25" in desk.page.details.toolTip()
    QTest.mouseClick(first.removal, Qt.MouseButton.LeftButton)
    assert [row.name.text() for row in desk.window.advanced.adapters.rows] == ["cold"]
    assert desk.window.advanced.heading.text() == "Advanced · 1 adapter"
    assert desk.make_take().request.loras == expected[1:]


def test_a_dropped_adapter_is_added_and_nothing_else_is(desk: Desk, warm: Path, tmp_path: Path) -> None:
    assert drop(desk.window, warm)
    desk.wait(lambda: desk.studio.take_settings.loras == (Lora(str(warm)),))
    assert desk.window.advanced.heading.isChecked()
    assert desk.window._models is None
    assert drop(desk.window, warm)  # it is there already
    save_file({"model.model.to_cond_embed.0.weight": np.zeros((2, 2), np.float32)}, tmp_path / "other.safetensors")
    assert drop(desk.window, tmp_path / "other.safetensors")
    desk.wait(lambda: desk.window._models)  # a model's weights go where models are taken in
    assert desk.studio.take_settings.loras == (Lora(str(warm)),)


def test_what_is_no_adapter_is_refused_in_words(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "text.safetensors").write_text("not an adapter")
    save_file({"model.weight": np.zeros(2, np.float32)}, tmp_path / "model.safetensors")
    for name, words in (("text", "damaged"), ("model", "is no LoRA adapter: it has a weight"), ("gone", "There is no")):
        desk.studio.adapters.add([tmp_path / f"{name}.safetensors"])
        desk.wait(lambda words=words: words in desk.message)
        desk.studio.messages.put_aside()
    assert desk.studio.take_settings.loras == ()


def test_each_model_keeps_its_own_until_the_next_start(open_desk: Callable[[], Desk], warm: Path) -> None:
    desk = open_desk()
    add(desk, warm)
    desk.window.advanced.adapters.rows[0].strength.setValue(0.7)
    desk.studio.take_settings.set_target(model="/models/other")
    assert desk.studio.take_settings.loras == () and not desk.window.advanced.adapters.rows
    desk.wait(lambda: desk.host.loads[-1][0] == "/models/other" and desk.host.loras == ())
    desk.studio.take_settings.set_target(model="builtin")
    assert desk.window.advanced.adapters.rows[0].strength.value() == 0.7
    desk.window.close()
    desk.studio.close()
    again = open_desk()
    assert again.studio.take_settings.loras == (Lora(str(warm), 0.7),)
    assert again.window.advanced.adapters.rows[0].strength.value() == 0.7
    assert again.host.loras == (Lora(str(warm), 0.7),)


def test_use_settings_brings_adapters_back_or_says_which_are_gone(desk: Desk, warm: Path, tmp_path: Path) -> None:
    cold = write(tmp_path / "cold.safetensors")
    add(desk, warm, cold)
    take = desk.make_take("calm piano")
    desk.studio.take_settings.set_loras((Lora(str(cold), 2.0),))
    desk.page.recall.click()
    assert desk.studio.take_settings.loras == take.request.loras and desk.message.startswith("The settings of the take")
    warm.unlink()
    desk.page.recall.click()
    assert desk.studio.take_settings.loras == take.request.loras[1:]
    assert "not the adapter “warm.safetensors”" in desk.message and str(warm) in desk.message
    assert replace(desk.studio.take_settings.make_request(), take_id="").seed == take.request.seed


@pytest.mark.parametrize("form", ["wav24", "flac", "mp3", "ogg", "opus"])
def test_an_exported_file_tells_no_folder_and_finds_its_adapter_again(desk: Desk, tmp_path: Path, form: str) -> None:
    folder = tmp_path / "private place"
    folder.mkdir()
    warm = write(folder / "warm.safetensors")
    desk.studio.take_settings.set_loras((Lora(str(warm), 0.5),))
    desk.make_take()
    desk.studio.exporter.set_format(form)
    desk.wait(lambda: desk.studio.exporter.name)
    with desk.qtbot.waitSignal(desk.studio.exporter.exported) as exported:
        desk.studio.exporter.export()
    path = exported.args[0].path
    written = wave_io.read_tags(path)
    assert all("private place" not in text for text in written.values())
    assert b"private place" not in path.read_bytes() and "private place".encode("utf-16-le") not in path.read_bytes()
    found = tags.recalled(written, "a")
    assert found is not None and found.request.loras[0].path == "warm.safetensors"
    assert split_gone(found.request, desk.studio.take_settings.known_loras) == (
        replace(found.request, loras=(Lora(str(warm), 0.5),)),
        [],
    )
    warm.rename(folder / "renamed.safetensors")
    by_content = split_gone(found.request, [Lora(str(folder / "renamed.safetensors"))])
    assert by_content[0].loras == (Lora(str(folder / "renamed.safetensors"), 0.5),)
    warm.write_bytes(b"another adapter of this name")
    assert split_gone(found.request, [Lora(str(warm))])[1] == [Path("warm.safetensors")]

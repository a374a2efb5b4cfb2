"""Device and precision by what the machine can do."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from musicapp.engine import devices
from musicapp.errors import RequestError


def pretend(monkeypatch: pytest.MonkeyPatch, *, cuda: bool = False, mps: bool = False, bf16: bool = False) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Pretended GPU")
    monkeypatch.setattr(devices, "cpu_has_bf16", lambda: bf16)


@pytest.mark.parametrize(
    ("machine", "device", "precision"),
    [({}, "cpu", "fp32"), ({"bf16": True}, "cpu", "bf16"), ({"mps": True}, "mps", "fp16")],
)
def test_auto_takes_the_best_the_machine_has(
    monkeypatch: pytest.MonkeyPatch, machine: dict[str, bool], device: str, precision: str
) -> None:
    pretend(monkeypatch, **machine)
    placement = devices.place("auto", "auto")
    assert (placement.device, placement.precision) == (device, precision) and placement.device_name


@pytest.mark.parametrize(("generation", "precision"), [((9, 0), "bf16"), ((8, 0), "bf16"), ((7, 5), "fp16")])
def test_cuda_precision_follows_the_generation(
    monkeypatch: pytest.MonkeyPatch, generation: tuple[int, int], precision: str
) -> None:
    pretend(monkeypatch, cuda=True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: generation)
    assert devices.place("auto", "auto") == devices.Placement("cuda", precision, "Pretended GPU")


def test_what_the_user_asks_for_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, cuda=True, bf16=True)
    placement = devices.place("cpu", "int8")
    assert (placement.device, placement.precision) == ("cpu", "int8")


@pytest.mark.parametrize(("device", "words"), [("cuda", "NVIDIA"), ("mps", "Apple"), ("toaster", "not a device")])
def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, device: str, words: str) -> None:
    pretend(monkeypatch)
    with pytest.raises(RequestError, match=words):
        devices.place(device, "auto")


def test_second_threads_of_a_core_are_not_counted(tmp_path: Path) -> None:
    for cpu, siblings in enumerate(["0,2", "1,3", "0,2", "1,3"]):
        (tmp_path / f"cpu{cpu}" / "topology").mkdir(parents=True)
        (tmp_path / f"cpu{cpu}" / "topology" / "thread_siblings_list").write_text(siblings + "\n")
    assert devices._linux_cores(tmp_path, {0, 1, 2, 3}) == 2
    assert devices._linux_cores(tmp_path, {0, 2}) == 1
    assert devices._linux_cores(tmp_path / "nothing", {0, 1, 2}) == 3


def test_this_machine_has_a_name_and_cores() -> None:
    assert devices.physical_cores() >= 1 and "core" in devices.device_name("cpu")

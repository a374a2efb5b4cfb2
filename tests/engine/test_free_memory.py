"""What is free, on real and on invented machines."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
import torch

from musicapp.engine import free_memory


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_this_machine_has_some_and_no_more_than_it_was_built_with() -> None:
    free = free_memory.free_bytes(torch.device("cpu"))
    assert 10_000_000 < free <= psutil.virtual_memory().total


def test_a_container_of_version_2_allows_what_its_tightest_group_does(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "proc/self/cgroup": "0::/user/app\n",
            "sys/fs/cgroup/user/app/memory.max": "max\n",
            "sys/fs/cgroup/user/app/memory.current": "600\n",
            "sys/fs/cgroup/user/app/memory.stat": "anon 500\ninactive_file 100\n",
            "sys/fs/cgroup/user/memory.max": "1000\n",
            "sys/fs/cgroup/user/memory.current": "700\n",
            "sys/fs/cgroup/user/memory.stat": "anon 500\ninactive_file 150\n",
        },
    )
    assert free_memory.control_group_bytes(root) == [450]


def test_a_container_of_version_1_seen_from_inside(tmp_path: Path) -> None:
    """The path is the host's and leads nowhere; the group's own files lie at the root."""
    group = {"limit_in_bytes": "2000", "usage_in_bytes": "900", "stat": "cache 0\ntotal_inactive_file 400\n"}
    files = {f"sys/fs/cgroup/memory/memory.{name}": text for name, text in group.items()}
    root = write(tmp_path, {"proc/self/cgroup": "5:cpu,cpuacct:/docker/ab\n3:memory:/docker/ab\n", **files})
    assert free_memory.control_group_bytes(root) == [1500]


@pytest.mark.parametrize("limit", ["9223372036854771712", "max", "", "much"])
def test_no_limit_is_none(tmp_path: Path, limit: str) -> None:
    group = {"max": limit, "current": "900", "stat": "inactive_file 0\n"}
    files = {f"sys/fs/cgroup/memory.{name}": text for name, text in group.items()}
    assert free_memory.control_group_bytes(write(tmp_path, {"proc/self/cgroup": "0::/\n", **files})) == []


def test_more_in_use_than_allowed_leaves_nothing(tmp_path: Path) -> None:
    group = {"max": "500", "current": "900", "stat": "inactive_file 0\n"}
    files = {f"sys/fs/cgroup/memory.{name}": text for name, text in group.items()}
    assert free_memory.control_group_bytes(write(tmp_path, {"proc/self/cgroup": "0::/\n", **files})) == [0]


def test_a_system_without_control_groups_has_no_such_limits(tmp_path: Path) -> None:
    assert free_memory.control_group_bytes(tmp_path) == []


@pytest.mark.parametrize(("text", "limit"), [("4", 4_000_000_000), ("0,25", 250_000_000), ("", None)])
def test_the_users_limit_is_in_gigabytes(monkeypatch: pytest.MonkeyPatch, text: str, limit: int | None) -> None:
    monkeypatch.setenv(free_memory.LIMIT_NAME, text)
    assert free_memory.given_limit() == limit


@pytest.mark.parametrize("text", ["lots", "-1", "0", "nan", "inf"])
def test_a_limit_that_is_none_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    monkeypatch.setenv(free_memory.LIMIT_NAME, text)
    assert free_memory.given_limit() is None and free_memory.LIMIT_NAME in caplog.text

"""A batch on two Ray nodes in this machine. Ray is an extra: without it there is nothing to try."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from musicapp.errors import RequestError
from musicapp.queueing.ray_workers import RayWorkers
from tests.queueing import ray_cluster
from tests.tiny_model import write_tiny_model

pytest.importorskip("ray", reason="The extra “ray” is not installed.")
# Ray leaves sockets and threads to the end of the process, and warns of what will change in its own defaults.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::FutureWarning", "ignore::DeprecationWarning"
)


@pytest.fixture
def cluster(nothing_left_running: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr("tests.conftest.LASTING_THREADS", ("ray", "Thread", "asyncio", "listen", "print", "import"))
    with ray_cluster.cluster() as made:
        yield made


@pytest.mark.parametrize("killed", ["nothing", "worker", "node"])
def test_bytes_are_those_of_a_batch_alone_whatever_is_killed(cluster: Any, tmp_path: Path, killed: str) -> None:
    model = write_tiny_model(tmp_path / "tiny", text_encoder="none", max_duration_s=300)
    rows = ray_cluster.rows_for(str(model), 8, tmp_path)
    ray_cluster.run(rows, tmp_path / "alone", ray_cluster.alone)
    act = {
        "nothing": lambda: None,
        "worker": ray_cluster.kill_worker,
        "node": lambda: cluster.remove_node(cluster.workers[0], allow_graceful=False),
    }[killed]
    watch = ray_cluster.later(tmp_path / "ray", 2, act)
    results, _ = ray_cluster.run(rows, tmp_path / "ray", ray_cluster.on_ray(cluster.address, 2))
    watch.join()
    assert [result.status for result in results] == ["made"] * 8
    assert ray_cluster.sums(tmp_path / "ray") == ray_cluster.sums(tmp_path / "alone")
    again, _ = ray_cluster.run(rows, tmp_path / "ray", ray_cluster.on_ray("nowhere:1", 2))
    assert [result.status for result in again] == ["there"] * 8


def test_no_cluster_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="There is no Ray cluster at"):
        RayWorkers("127.0.0.1:9", 1, tmp_path, "wav32f")

"""The engines of a batch on an existing Ray cluster: an actor each, which keeps its model loaded between takes.

Ray places the actors, tells when one is lost, and brings requests and finished files over.
"""

from __future__ import annotations

import logging
import os
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

from musicapp import part_files
from musicapp.audio.export import explain_write_error
from musicapp.errors import EngineError, MusicAppError, RequestError
from musicapp.queueing.batch import Answer
from musicapp.queueing.maker import EngineDiedError, Made, Maker
from musicapp.request import TakeRequest

log = logging.getLogger(__name__)

START_LIMIT_S = 120.0  # for the cluster to give a worker its place
CONNECT_LIMIT_S = 10.0
FOUND_BY_RAY = ("auto", "local")
MOST_STARTS = 10  # of each worker, in place of lost ones


class Worker:
    """What runs on a node: one engine. Errors come back as values, so that no exception has to be unpickled."""

    def __init__(self) -> None:
        self._maker = Maker()

    def pid(self) -> int:
        """The process of this worker: an answer says that it lives."""
        return os.getpid()

    def make(self, request: TakeRequest, form: str) -> tuple[bytes, TakeRequest, float] | tuple[str, str, bool]:
        """The finished file, its request and the seconds it took; or message, hint, and whether to try again."""
        with tempfile.TemporaryDirectory(prefix="musicapp-batch-") as folder:
            try:
                made = self._maker.make(request, Path(folder), form)
                return made.path.read_bytes(), made.request, made.took_s
            except MusicAppError as problem:
                return problem.message, problem.hint, isinstance(problem, EngineDiedError)


class RayWorkers:
    """As many engines at a time as there are nodes, or `count`. Raises RequestError and EngineError.

    A take whose worker or node was killed is told as lost, and the queue gives it to another worker; a fresh one takes
    the place of the dead.
    """

    def __init__(self, address: str, count: int | None, folder: Path, form: str) -> None:
        self._ray = _import_ray()
        self._folder, self._form = folder, form
        try:
            _reach(address)
            self._ray.init(address=address, log_to_driver=False, logging_level="ERROR", ignore_reinit_error=True)
        except (ConnectionError, ValueError, RuntimeError, TimeoutError, OSError) as error:
            raise RequestError(
                f"There is no Ray cluster at “{address}”.",
                hint="Start one with “ray start --head”, or correct the address.",
                detail=str(error),
            ) from error
        count = count or sum(node["Alive"] for node in self._ray.nodes())
        gpus = 1 if self._ray.cluster_resources().get("GPU", 0) >= count else 0
        # Restarts and repeats are the queue's: one take must not end one worker after the other for ever.
        remote = self._ray.remote(max_restarts=0, max_task_retries=0, num_gpus=gpus, scheduling_strategy="SPREAD")
        self._actor = remote(Worker)
        self._idle: list[Any] = []
        self._starting: dict[Any, Any] = {}  # actors by the reference of their first answer
        self._running: dict[Any, tuple[str, Any]] = {}  # take_id and actor by the reference of the result
        self._starts_left = MOST_STARTS * count
        for _ in range(count):
            self._start_one()

    def _start_one(self) -> None:
        if self._starts_left:
            self._starts_left -= 1
            actor = self._actor.remote()
            self._starting[actor.pid.remote()] = actor

    @property
    def has_room(self) -> bool:
        return bool(self._idle)

    def give(self, request: TakeRequest) -> None:
        actor = self._idle.pop(0)
        self._running[actor.make.remote(request, self._form)] = (request.take_id, actor)

    def answer(self) -> Answer | None:
        if not (self._running or self._starting):
            raise EngineError(
                "The workers of the Ray cluster end as soon as they start.",
                hint="Install the same version of Musicapp on each node; the cluster's logs say more.",
            )
        limit_s = None if self._running else START_LIMIT_S
        ready, _ = self._ray.wait([*self._running, *self._starting], num_returns=1, timeout=limit_s)
        if not ready:
            raise EngineError(
                "The Ray cluster has no room for a worker.", hint="Each needs one processor; free some, or add nodes."
            )
        if ready[0] in self._starting:
            self._started(ready[0])
            return None
        return self._ended(ready[0])

    def _started(self, reference: Any) -> None:
        actor = self._starting.pop(reference)
        try:
            self._ray.get(reference)
            self._idle.append(actor)
        except self._ray.exceptions.RayError as error:
            log.warning("a worker did not start: %s", error)
            self._start_one()

    def _ended(self, reference: Any) -> Answer:
        take_id, actor = self._running.pop(reference)
        began_s = time.monotonic()
        try:
            result = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            log.warning("a worker was lost: %s", error)
            self._ray.kill(actor)
            self._start_one()
            hint = "Look whether the nodes live and have memory."
            return Answer(take_id, problem=EngineDiedError("The worker of this take was lost.", hint=hint))
        self._idle.append(actor)
        if isinstance(result[0], str):
            message, hint, is_lost = result
            return Answer(take_id, problem=(EngineDiedError if is_lost else EngineError)(message, hint=hint))
        content, request, took_s = result
        path = part_files.beside(self._folder / "made")
        try:
            path.write_bytes(content)
        except OSError as error:
            path.unlink(missing_ok=True)
            return Answer(take_id, problem=explain_write_error(error, path))
        return Answer(take_id, Made(path, request, took_s + time.monotonic() - began_s))

    def close(self) -> None:
        working = [actor for _, actor in self._running.values()]
        for actor in (*self._idle, *self._starting.values(), *working):
            self._ray.kill(actor)
        self._ray.shutdown()


def _reach(address: str) -> None:
    """Raises OSError or ValueError for an address where nobody listens: Ray itself would try again for ever."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if address not in FOUND_BY_RAY:
        with socket.create_connection((host.strip("[]"), int(port)), CONNECT_LIMIT_S):
            pass


def _import_ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise RequestError(
            "--ray needs Ray, which is not installed.", hint="Install it with: pip install musicapp[ray]"
        ) from error
    return ray

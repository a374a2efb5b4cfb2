"""Whether a model folder would load, found in a process of its own: the window and the command line know no torch."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

from musicapp.errors import CheckpointError, EngineError

PATIENCE_S = 300.0  # reading the libraries from a slow disk takes a while


def check_model(folder: Path) -> None:
    """Raise the CheckpointError that loading would raise for the names, shapes and formats of a folder's weights.

    Takes some seconds: the process reads its libraries. Raises EngineError when it does not come to an answer.
    """
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(str(folder), far), name="musicapp-check", daemon=True)
    process.start()
    far.close()
    try:
        answer = near.recv() if near.poll(PATIENCE_S) else None
    except EOFError:
        answer = None
    finally:
        near.close()
        if process.is_alive() and answer is None:  # pragma: no branch
            process.kill()
        process.join()
        process.close()
    if answer is None:
        raise EngineError("The model could not be checked.", hint="Close other programs, then try again.")
    message, hint, detail = answer
    if message:
        raise CheckpointError(message, hint=hint, detail=detail)


def _answer(folder: str, far: Connection) -> None:
    from musicapp.checkpoints.load import check_model as check

    try:
        check(Path(folder))
    except CheckpointError as error:
        far.send((error.message, error.hint, error.detail))
    else:
        far.send(("", "", ""))
    far.close()

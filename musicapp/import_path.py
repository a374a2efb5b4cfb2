"""Where Python looks for modules: never in the folder that a program happens to be started in.

`python -m` and `python -c` look there first, so a `torch.py` beside somebody's songs would be run as part of the app.
What this imports has Python imported before: even `__future__` could be a file of that folder.
"""

import os
import sys


def leave_out_current_folder() -> None:
    """Take the current folder off the path, here and in the processes that this one starts.

    The folder that the app itself lies in stays: whoever can write there can change the app.
    """
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib comes later
    if _is_folder("", own):
        return
    os.environ["PYTHONSAFEPATH"] = "1"  # the engine's process begins with `python -c`
    sys.path[:] = [entry for entry in sys.path if not _is_folder(entry)]
    listed = os.environ.get("PYTHONPATH")
    if listed is not None:  # an empty entry of it means the current folder too
        kept = [entry for entry in listed.split(os.pathsep) if not _is_folder(entry)]
        os.environ["PYTHONPATH"] = os.pathsep.join(kept)


def _is_folder(entry: str, folder: str = os.curdir) -> bool:
    """Whether an entry of the path leads to a folder. Archives, and what is gone, lead to none."""
    try:
        return os.path.samefile(entry or os.curdir, folder)  # noqa: PTH121
    except (OSError, ValueError):
        return not entry

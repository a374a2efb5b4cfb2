"""A window that tidies takes: `python -m tests.ui.library_sitting tagging|trashing|rebuilding SEED`, to be killed.

Tells on its output, each time as soon as the window shows it as done: "tag ID TAG", "gone ID", "back ID"; and before
it begins "going ID" or "coming ID".
"""

from __future__ import annotations

import random
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from musicapp import settings
from musicapp.library.takes import Take
from musicapp.ui.main_window import MainWindow
from musicapp.ui.studio import Studio
from musicapp.ui.theme import Theme
from tests.ui.fake_host import FakeHost
from tests.ui.whole_way import wait

MOST = 3000


class TidyingWindow(MainWindow):
    """Works by itself as soon as its list is read."""

    def sit(self) -> None:
        """Tidy until killed."""
        library, dice = self._studio.library, random.Random(int(sys.argv[2]))
        wait(lambda: library.is_read)
        say("ready")
        work = {"tagging": self.tag, "trashing": self.throw_away, "rebuilding": self.rebuild}[sys.argv[1]]
        for number in range(MOST):
            work(dice, number)

    def tag(self, dice: random.Random, number: int) -> None:
        """Tag a take, as the dialog does."""
        take, tag = dice.choice(self.finished()), f"t{number}"
        self._studio.take_edits.tag([take], add=(tag,), remove=())
        wait(lambda: tag in self.take_of(take.take_id).tags)
        say("tag", take.take_id, tag)

    def throw_away(self, dice: random.Random, _number: int) -> None:
        """Throw some away, then undo that."""
        chosen = [take.take_id for take in dice.sample(self.finished(), dice.randint(1, 3))]
        for take_id in chosen:
            say("going", take_id)
        self._studio.take_edits.throw_away([self.take_of(take_id) for take_id in chosen])
        wait(lambda: self._studio.undo.words == "Throw away")
        for take_id in chosen:
            say("gone", take_id)
        for take_id in chosen:
            say("coming", take_id)
        self._studio.undo.undo()
        wait(lambda: all(self._studio.library.model.find(take_id) for take_id in chosen))
        for take_id in chosen:
            say("back", take_id)

    def rebuild(self, dice: random.Random, number: int) -> None:
        """Make the index anew, and tag in between."""
        rebuilt: list[object] = []
        index = self._studio.library._index
        assert index is not None
        self._studio.files.run(index.rebuild, rebuilt.append)
        wait(lambda: bool(rebuilt))
        self.tag(dice, number)

    def finished(self) -> list[Take]:
        return [row.take for row in self._studio.library.model.rows if row.take is not None]

    def take_of(self, take_id: str) -> Take:
        row = self._studio.library.model.find(take_id)
        assert row is not None and row.take is not None
        return row.take


def say(*words: str) -> None:
    print(*words, flush=True)


def main() -> int:
    """Open the window with an engine that is none."""
    application = QApplication(sys.argv[:1])
    studio = Studio(FakeHost, settings.Settings(auto_play="off"))
    window = TidyingWindow(studio, Theme(application, "dark"))
    window.show()
    QTimer.singleShot(50, window.sit)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())

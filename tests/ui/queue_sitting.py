"""A window that queues: `python -m tests.ui.queue_sitting MODEL_FOLDER SEED|resume`, to be killed at any moment.

With a seed it types takes, moves and cancels some, and tells each on its output: "queued N" behind the press,
"cancelling N" before it. With "resume" it goes on with what was left, tells "empty" when all is made, and ends.
"""

from __future__ import annotations

import random
import sys

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from musicapp.ui import app
from musicapp.ui.main_window import MainWindow
from musicapp.ui.studio import Studio
from tests.ui.whole_way import wait

COUNT, DURATION_S = 40, 0.6
CTRL = Qt.KeyboardModifier.ControlModifier


class QueueingWindow(MainWindow):
    """Works by itself as soon as it is visible."""

    def show(self) -> None:
        super().show()
        QTimer.singleShot(50, self.sit)

    def sit(self) -> None:
        """Queue, or go on."""
        studio = self._studio
        wait(lambda: self.stage.page is not None)
        studio.player.problem = "no sound here"
        if sys.argv[2] == "resume":
            wait(lambda: not studio.queue.entries or studio.queue.is_paused)
            studio.queue.go_on()
            wait(lambda: not studio.queue.entries and not studio.generation.is_running)
            print("empty", flush=True)
            self.close()
            return
        studio.take_settings.set_target(model=sys.argv[1], device="cpu", precision="fp32")
        studio.take_settings.set_sampling(steps=1)
        studio.take_settings.set_duration(DURATION_S)
        self.queue_up(random.Random(int(sys.argv[2])))

    def queue_up(self, dice: random.Random) -> None:
        """Type a take, queue it; now and then move or cancel one."""
        queue, box = self._studio.queue, self.prompts.prompt
        for number in range(COUNT):
            box.setFocus()
            box.selectAll()
            QTest.keyClicks(box, f"take {number}")
            QTest.keyClick(box, Qt.Key.Key_Return, CTRL)
            print("queued", number, flush=True)
            QTest.qWait(dice.randrange(60))
            waiting = queue.waiting
            if waiting and dice.random() < 0.3:
                queue.move(dice.choice(waiting).take_id, dice.randrange(len(waiting)))
            if waiting and dice.random() < 0.1:
                entry = dice.choice(queue.waiting or waiting)
                print("cancelling", entry.request.prompt.split()[1], flush=True)
                queue.cancel(entry.take_id)
        wait(lambda: not queue.entries and not self._studio.generation.is_running)
        print("done", flush=True)


def main() -> None:
    app.Studio, app.MainWindow = Studio, QueueingWindow  # type: ignore[misc]
    app.run(["musicapp"])


if __name__ == "__main__":
    main()

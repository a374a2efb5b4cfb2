"""What the languages of the window cost: `python -m tests.measure_words`, in milliseconds, the best of five."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

SENTENCE = "“{}.wav” has 6 channels; takes have one or two."
LONG = "A. b, in C. " * 80  # as long as an error can be, and of no template


def main() -> None:
    """Load German, translate words, and find sentences again."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from musicapp.ui import words

    application = QApplication([])

    def load() -> None:
        words.use("en")
        words.use("de")

    def first_sentence() -> None:
        load()
        words.said(SENTENCE.format("a"))

    numbers = iter(range(1000))
    _tell("German loaded", load)
    _tell("a word of the window", lambda: words.tr("&Export"))
    _tell("German loaded, and its first sentence", first_sentence)
    _tell("each further sentence", lambda: words.said(SENTENCE.format(next(numbers))))
    _tell("1000 characters that no template fits", lambda: words.said(f"{LONG}{next(numbers)}"))
    application.quit()


def _tell(what: str, work: Callable[[], object]) -> None:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    print(f"{what}: {1e3 * min(times):.3f} ms")


if __name__ == "__main__":
    main()

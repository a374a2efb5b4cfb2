"""What a gated model wants first: its licence accepted on its page, and a token that says who did it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from musicapp.ui.theme import SPACE, SPACE_WIDE, Theme
from musicapp.ui.widgets.described import described, label
from musicapp.ui.words import tr

if TYPE_CHECKING:
    from musicapp.store.known import Known


class LicenceStep(QFrame):
    """Two links that open in the browser, a field, and a way to forget.

    entered        Return was pressed in the field
    forget_wanted  the kept token is to be forgotten
    """

    entered = Signal()
    forget_wanted = Signal()

    def __init__(self, _theme: Theme) -> None:
        super().__init__()
        self.setProperty("surface", "notice")
        self._page, self._token_page = "", ""
        words = label(tr("Its makers want their licence accepted once, in the browser:"))
        words.setWordWrap(True)
        self.page = described(
            QPushButton(tr("1. Read and accept the &licence")),
            "licence_page",
            tr("Open the licence page in the browser"),
        )
        self.token_page = described(
            QPushButton(tr("2. Make a read &token")), "token_page", tr("Open the page for tokens in the browser")
        )
        self.forget = described(
            QPushButton(tr("&Forget")),
            "token_forget",
            tr("Forget the kept token"),
            tr("Take the token out of the system’s keyring"),
        )
        for button in (self.page, self.token_page, self.forget):
            button.setProperty("role", "link")
        self.token = described(
            QLineEdit(),
            "licence_token",
            tr("Token"),
            tr("Kept in the system’s keyring; leave it empty if one is kept already"),
        )
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText(tr("3. Paste the token here, if none is kept yet"))
        self.token.setClearButtonEnabled(True)
        links = QHBoxLayout()
        links.setSpacing(SPACE)
        links.addWidget(self.page)
        links.addWidget(self.token_page)
        links.addStretch(1)
        entry = QHBoxLayout()
        entry.setSpacing(SPACE)
        entry.addWidget(self.token, 1)
        entry.addWidget(self.forget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE_WIDE)
        layout.setSpacing(SPACE)
        layout.addWidget(words)
        layout.addLayout(links)
        layout.addLayout(entry)
        self.page.clicked.connect(self._open_page)
        self.token_page.clicked.connect(self._open_token_page)
        self.forget.clicked.connect(self.forget_wanted)
        self.token.returnPressed.connect(self.entered)

    def set_model(self, known: Known) -> None:
        """The model whose licence it is."""
        from musicapp.store import hub_pages

        self._page, self._token_page = hub_pages.page_of(known), hub_pages.token_page()
        self.page.setToolTip(self._page)
        self.token_page.setToolTip(self._token_page)

    def take_token(self) -> str:
        """What was typed; the field is empty afterwards."""
        text = self.token.text().strip()
        self.token.clear()
        return text

    def clear(self) -> None:
        """Forget what was typed."""
        self.token.clear()

    def _open_page(self) -> None:
        QDesktopServices.openUrl(QUrl(self._page))

    def _open_token_page(self) -> None:
        QDesktopServices.openUrl(QUrl(self._token_page))

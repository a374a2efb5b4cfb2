"""One model: what it is good for, what it needs, and what can be done with it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout

from musicapp.errors import LicenceNeeded
from musicapp.ui.state.model_shelf import ModelShelf
from musicapp.ui.state.model_transfers import Transfer
from musicapp.ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE, Theme, scaled_font, time_font
from musicapp.ui.widgets.described import described, label, set_available
from musicapp.ui.widgets.licence_step import LicenceStep
from musicapp.ui.words import duration, said, size, tr

if TYPE_CHECKING:
    from musicapp.store.shelf import Item

PARTS = 1000  # of the progress bar
MAX_FACTS = 9
LINK = Qt.TextInteractionFlag.TextBrowserInteraction


class ModelDetails(QFrame):
    """Shows the model `key` of the shelf."""

    def __init__(self, shelf: ModelShelf, theme: Theme) -> None:
        super().__init__()
        self._shelf, self.key, self._asking = shelf, "", False
        self.setProperty("surface", "plain")
        self.title = label("")
        self.title.setObjectName("model_title")
        self.title.setFont(scaled_font(self.title, scale=1.3, bold=True))
        self.good_for = label("", tone="muted")
        for text in (self.title, self.good_for):
            text.setWordWrap(True)
        self._link = ""  # the only one of the facts that is no plain text
        self._facts = [(label("", tone="muted"), label("")) for _ in range(MAX_FACTS)]
        self.licence = LicenceStep(theme)
        self.problem = label("", tone="danger")
        self.problem.setObjectName("model_problem")
        self.problem.setFont(scaled_font(self.problem, bold=True))
        self.problem_hint = label("")
        self.problem_hint.setObjectName("model_problem_hint")
        self.bar = described(QProgressBar(), "model_progress", tr("Progress of the download"))
        self.bar.setTextVisible(False)
        self.bar.setRange(0, PARTS)
        self.progress = label("", tone="muted")
        self.progress.setObjectName("model_progress_text")
        self.progress.setFont(time_font(self.progress))
        self.question = label("")
        self.question.setObjectName("model_question")
        for text in (self.problem, self.problem_hint, self.question):
            text.setWordWrap(True)
        self.buttons = {
            "use": described(
                QPushButton(tr("&Use")), "model_use", tr("Use this model"), tr("Make the next takes with it")
            ),
            "get": described(QPushButton(tr("&Get")), "model_get", tr("Get this model"), tr("Download it")),
            "pause": described(
                QPushButton(tr("&Pause")), "model_pause", tr("Pause the download"), tr("What has arrived is kept")
            ),
            "cancel": described(
                QPushButton(tr("&Discard")),
                "model_cancel",
                tr("Discard the download"),
                tr("Stop it and delete what has arrived"),
            ),
            "remove": described(
                QPushButton(tr("&Remove …")), "model_remove", tr("Remove this model"), tr("Delete it from the disk")
            ),
            "yes": described(QPushButton(tr("&Remove")), "model_remove_yes", tr("Yes, remove it")),
            "no": described(QPushButton(tr("&Keep it")), "model_remove_no", tr("No, keep it")),
        }
        self._lay_out()
        self.buttons["use"].clicked.connect(self._use)
        self.buttons["get"].clicked.connect(self._get)
        self.buttons["pause"].clicked.connect(self._pause)
        self.buttons["cancel"].clicked.connect(self._cancel)
        self.buttons["remove"].clicked.connect(self.ask_to_remove)
        self.buttons["yes"].clicked.connect(self._remove)
        self.buttons["no"].clicked.connect(self._keep)
        self.licence.entered.connect(self._get)
        self.licence.forget_wanted.connect(shelf.forget_token)
        shelf.changed.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        facts = QGridLayout()
        facts.setHorizontalSpacing(SPACE_WIDE)
        facts.setVerticalSpacing(SPACE_TIGHT + 2)
        facts.setColumnStretch(1, 1)
        for number, (heading, text) in enumerate(self._facts):
            text.setWordWrap(True)
            text.setOpenExternalLinks(True)
            facts.addWidget(heading, number, 0, Qt.AlignmentFlag.AlignTop)
            facts.addWidget(text, number, 1)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for name, button in self.buttons.items():
            button.setProperty("role", "accent" if name in ("use", "get") else "")
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_WIDE + 4, SPACE_WIDE, SPACE_WIDE + 4, SPACE_WIDE)
        layout.setSpacing(SPACE)
        layout.addWidget(self.title)
        layout.addWidget(self.good_for)
        layout.addSpacing(SPACE_TIGHT)
        layout.addLayout(facts)
        layout.addSpacing(SPACE_TIGHT)
        layout.addWidget(self.licence)
        for part in (self.problem, self.problem_hint, self.progress, self.bar, self.question):
            layout.addWidget(part)
        layout.addSpacing(SPACE_TIGHT)
        layout.addLayout(row)
        layout.addStretch(1)

    def show_model(self, key: str) -> None:
        """Show another model."""
        if key != self.key:
            self.key, self._asking = key, False
            self.licence.clear()
        self._show()

    def ask_to_remove(self) -> None:
        """Ask before anything is deleted."""
        item = self._shelf.find(self.key)
        if item is not None and item.state == "here" and not self._shelf.why_not_remove(self.key):
            self._asking = True
            self._show()
            self.buttons["no"].setFocus()

    def _use(self) -> None:
        self._shelf.use_model(self.key)

    def _get(self) -> None:
        self._shelf.transfers.get(self.key, self.licence.take_token())

    def _pause(self) -> None:
        self._shelf.transfers.pause(self.key)

    def _cancel(self) -> None:
        self._shelf.transfers.cancel(self.key)

    def _keep(self) -> None:
        self._asking = False
        self._show()

    def _remove(self) -> None:
        self._asking = False
        self._shelf.remove(self.key)
        self._show()

    def _show(self) -> None:
        item = self._shelf.find(self.key)
        self.setVisible(item is not None)
        if item is None:
            return
        transfer = self._shelf.transfers.by_key.get(self.key)
        self.title.setText(said(item.name))
        self.good_for.setText(_purpose(item))
        self._show_facts(self._facts_of(item))
        self._show_licence(item, transfer)
        self._show_progress(item, transfer)
        self._show_buttons(item, transfer)

    def _show_licence(self, item: Item, transfer: Transfer | None) -> None:
        """Before a gated model is fetched for the first time, and when the hub asks for it."""
        gated = item.known is not None and item.known.gated and item.state != "here"
        asked = transfer is not None and isinstance(transfer.error, LicenceNeeded)
        self.licence.setVisible(gated and (asked or (transfer is None and item.state == "known")))
        if gated and item.known is not None:
            self.licence.set_model(item.known)

    def _show_facts(self, facts: list[tuple[str, str]]) -> None:
        facts = [fact for fact in facts if fact[1]]
        for number, (heading, text) in enumerate(self._facts):
            shown = number < len(facts)
            heading.setVisible(shown)
            text.setVisible(shown)
            if shown:
                heading.setText(facts[number][0])
                value = facts[number][1]
                is_link = value == self._link
                text.setTextFormat(Qt.TextFormat.RichText if is_link else Qt.TextFormat.PlainText)
                text.setTextInteractionFlags(LINK if is_link else Qt.TextInteractionFlag.TextSelectableByMouse)
                text.setText(value)

    def _facts_of(self, item: Item) -> list[tuple[str, str]]:
        """Headings and values. All are plain text but the page, which the keyboard can reach and open."""
        from musicapp.store import hub_pages, shelf

        known, source = item.known, item.source
        memory = page = ""
        if known is not None:
            page = tr(
                '<a href="{page_of}">{partition}</a>',
                page_of=hub_pages.page_of(known),
                partition=hub_pages.page_of(known).partition("://")[2],
            )
        self._link = page
        if known is not None and not known.is_text_encoder:
            half, full = (size(count) for count in shelf.weights_bytes(known))
            memory = tr("{half} for the weights in 16 bits, {full} in 32 bits", half=half, full=full)
        encoder = self._shelf.find(item.needs)
        encoder_is_here = encoder is not None and encoder.state == "here"
        return [
            (tr("Longest take"), duration(int(item.max_duration_s)) if item.max_duration_s else ""),
            (tr("Size"), size(item.size_bytes)),
            (tr("Memory"), memory),
            (tr("Licence"), said(item.licence) or tr("not stated")),
            (tr("Text encoder"), f"{item.needs}, {_whereabouts(item, encoder_is_here)}" if item.needs else ""),
            (tr("Page"), page),
            (tr("Revision"), source.commit[:12] if source is not None else ""),
            (tr("Folder"), str(item.folder or "")),
        ]

    def _show_progress(self, item: Item, transfer: Transfer | None) -> None:
        error = transfer.error if transfer is not None else None
        self.problem.setText(said(error.message if error else item.problem))
        self.problem_hint.setText(said(error.hint) if error else "")
        self.problem.setVisible(bool(self.problem.text()))
        self.problem_hint.setVisible(bool(self.problem_hint.text()))
        arrived = item.arrived_bytes / item.size_bytes if item.state == "unfinished" and item.size_bytes else None
        active = transfer is not None and transfer.is_active
        fraction = transfer.fraction if transfer is not None and active else arrived
        self.bar.setVisible(fraction is not None or active)
        self.bar.setRange(0, 0 if fraction is None else PARTS)  # a range without width moves to and fro
        self.bar.setValue(round((fraction or 0.0) * PARTS))
        text = said(transfer.text) if transfer is not None and transfer.is_active else ""
        if not text and item.state == "unfinished" and not error:
            text = tr(
                "Paused: {arrived} of {all} are here.",
                arrived=size(item.arrived_bytes),
                all=size(item.size_bytes),
            )
        elif not text and transfer is not None and not error:
            text = tr("Paused. What has arrived is kept.")
        if self._shelf.is_in_use(item.key):
            text = tr("In use: the next takes are made with it.")
        self.progress.setText(text)
        self.progress.setVisible(bool(text))

    def _show_buttons(self, item: Item, transfer: Transfer | None) -> None:
        here, active = item.state == "here", transfer is not None and transfer.is_active
        begun = item.state == "unfinished" or transfer is not None
        in_use = self._shelf.is_in_use(item.key)
        shown = {
            "use": here and not item.is_text_encoder and not in_use and not self._asking,
            "get": not here and not active,
            "pause": active,
            "cancel": not here and begun,
            "remove": here and not item.ships and not self._asking,
            "yes": self._asking,
            "no": self._asking,
        }
        for name, button in self.buttons.items():
            button.setVisible(shown[name])
        failed = transfer is not None and transfer.state == "failed"
        self.buttons["get"].setText(tr("&Try again") if failed else tr("&Resume") if begun else tr("&Get"))
        set_available(self.buttons["use"], item.problem)
        set_available(self.buttons["remove"], self._shelf.why_not_remove(item.key))
        set_available(
            self.buttons["pause"], tr("It is being stopped.") if transfer and transfer.state == "stopping" else ""
        )
        words = tr("Delete {name} and free {size}?", name=said(item.name), size=size(item.size_bytes))
        if in_use:
            words += " " + tr("It is the model in use; the built-in one will take its place.")
        if item.is_text_encoder and (
            users := [said(i.name) for i in self._shelf.items if i.needs == item.key and i.folder]
        ):
            words += " " + tr("{names} cannot work without it.", names=", ".join(users))
        self.question.setText(words)
        self.question.setVisible(self._asking)


def _purpose(item: Item) -> str:
    if item.known is not None:
        return said(item.known.good_for)
    if item.is_text_encoder:
        return tr("A text encoder: models need it to understand prompts.")
    return tr("Ships with the app: small and quick.") if item.ships else tr("A model of your own.")


def _whereabouts(item: Item, encoder_is_here: bool) -> str:
    """Where the text encoder of a model is."""
    if encoder_is_here:
        return tr("which is here")
    return tr("which is not here: get it too") if item.state == "here" else tr("which comes along")

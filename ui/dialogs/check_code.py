"""A code typed from a paper: whether it fits a signed note of these records, and which."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from evalassist.errors import EvalAssistError
from evalassist.records.plain import typed_code
from evalassist.records.store import Store
from evalassist.translate import tr
from ui import style
from ui.spoken import Said
from ui.widgets.dates import KIND_WORDS, date_text
from ui.widgets.fields import TextField


class CheckCodeDialog(QDialog):
    """Type the code of a paper; it says whether the record holds that note, unchanged."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.setWindowTitle(tr("Check a code"))
        self.setMinimumWidth(style.px(480))
        self.code = TextField(tr("Code at the foot of the paper, like ABCDE-FGHIJ"))
        self.says = Said("", wrap=True)
        check, close = QPushButton(tr("Check it")), QPushButton(tr("Close"))
        check.setProperty("kind", "primary")
        check.setDefault(True)
        check.clicked.connect(self.check)
        close.clicked.connect(self.accept)
        self.code.answered.connect(lambda _: self.check())
        ends = style.row(spacing=8)
        ends.addStretch(1)
        ends.addWidget(close)
        ends.addWidget(check)
        stack = style.column(self, (20, 16, 20, 16), spacing=10)
        stack.addWidget(
            style.label("q", tr("The code stands at the foot of each page of a signed note."), wrap=True)
        )
        stack.addWidget(self.code)
        stack.addWidget(self.says)
        stack.addLayout(ends)
        self.code.setFocus()

    def check(self) -> None:
        """Say which note it is, or that none has it."""
        typed = self.code.value
        if not typed:
            self.code.setFocus()
            return
        try:
            words, tone = self._found(typed_code(typed))
        except EvalAssistError as fault:
            words, tone = str(fault), "danger"
        self.says.setText(words)
        style.say(self.says, c=tone)

    def _found(self, code: str) -> tuple[str, str]:
        rows = self._store.notes_with_code(code)
        if not rows:
            return (
                tr(
                    "No signed note of these records has the code {code}. The paper is not of this record."
                ).format(code=code),
                "att",
            )
        (row,) = rows
        self._store.note_of(row.id)  # raises when it was changed after signing
        visit = tr("{kind_words} of {visit_date}").format(
            kind_words=KIND_WORDS[row.kind].lower(), visit_date=date_text(row.visit_date)
        )
        told = tr("The code {code} fits: {name}, {visit}. The note is as it was signed.").format(
            code=code, name=row.patient.name, visit=visit
        )
        if row.standing != "signed":
            said = tr("It was {standing}.") if row.in_error else tr("It {standing}.")
            return f"{told} {said.format(standing=row.standing)}", "att"
        return told, "good"

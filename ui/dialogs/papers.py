"""The referral letter, the plan of care as a paper, and the addendum: what is written besides the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from evalassist.documents import discharge_summary_pdf, plan_of_care_pdf, referral_pdf
from evalassist.errors import EvalAssistError
from evalassist.note import Note
from evalassist.translate import tr
from evalassist.wording.findings import standing
from evalassist.words import lower_first
from ui import icons, style
from ui.dialogs.asking import asked_to_lose
from ui.dialogs.documents import show_documents
from ui.printing import Printout, give_out, save_as
from ui.saving import ask_where
from ui.session import EvaluationSession
from ui.spoken import Said
from ui.widgets.addendum_form import ADD, AddendumForm
from ui.widgets.dates import date_text
from ui.widgets.marks import LinkButton
from ui.widgets.pdf_view import PageTools, PdfPages
from ui.widgets.roomy import take_room

if TYPE_CHECKING:
    from evalassist.documents.look import PaperName


class PaperDialog(QDialog):
    """A paper as it will be printed; what is printed or saved is kept with the evaluation."""

    title = ""
    kind = ""
    """The name under which the records keep it."""

    def __init__(self, session: EvaluationSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._paper = session.settings.paper
        self._pdf = self.draw(session.note(), self._paper)
        self.setWindowTitle(self.title)
        take_room(self, 720, 640)
        self.pages = PdfPages(self.title)
        self.pages.set_view("width")
        self.pages.show_pdf(self._pdf)
        self._said = Said()
        self._said.setWordWrap(True)
        self._said.setProperty("c", "danger")
        self._said.hide()
        self._documents = LinkButton(tr("Documents"))
        self._documents.clicked.connect(lambda: show_documents(session, self))
        self._show_link()
        session.changed.connect(self._show_link)
        print_it, save, leave = (
            QPushButton(tr("Print")),
            QPushButton(tr("Save as PDF…")),
            QPushButton(tr("Close")),
        )
        print_it.setProperty("kind", "primary")
        icons.put_icon(print_it, "print", "accent_ink")
        print_it.clicked.connect(self._print)
        save.clicked.connect(self._save)
        leave.clicked.connect(self.reject)
        ends = style.row(spacing=8)
        ends.addWidget(leave)
        ends.addWidget(self._documents)
        ends.addStretch(1)
        ends.addWidget(save)
        ends.addWidget(print_it)
        whole = style.column(self, (12, 12, 12, 12), spacing=10)
        whole.addWidget(PageTools(self.pages, two=False))
        whole.addWidget(self.pages, 1)
        whole.addWidget(self._said)
        whole.addLayout(ends)

    def _show_link(self) -> None:
        self._documents.setVisible(bool(self._session.documents))

    def draw(self, note: Note, paper: PaperName) -> bytes:
        """The paper of this note."""
        raise NotImplementedError

    def _printout(self) -> Printout:
        note = self._session.note()
        return Printout(
            self.kind,
            self.title,
            self._pdf,
            self.pages.page_count,
            self._paper,
            anew=lambda paper: self.draw(note, paper),
        )

    def _print(self) -> None:
        try:
            sent = give_out(self._session, self, self._printout())
        except EvalAssistError as fault:
            self._say(str(fault))
            return
        if sent is not None:
            self._say(sent.says, tone="q")

    def _save(self) -> None:
        path = ask_where(self, tr("Save as PDF"), self._file_name())
        if path is None:
            return
        try:
            save_as(self._session, path, self._printout())
        except EvalAssistError as fault:
            self._say(str(fault))
            return
        self.accept()

    def _file_name(self) -> str:
        """With the day of the visit and what the head of the paper is marked with: one that is not signed lies beside
        the signed one, not in its place."""
        evaluation = self._session.evaluation
        marked = lower_first(standing(self._session.note(), evaluation.addenda))
        parts = (self.title, evaluation.visit_date.isoformat(), marked)
        return f"{', '.join(part for part in parts if part)}.pdf"

    def _say(self, words: str, *, tone: str = "danger") -> None:
        self._said.setText(words)
        style.say(self._said, c=tone)
        self._said.show()


class ReferralDialog(PaperDialog):
    """The letter to the clinician to whom the patient is sent."""

    title, kind = tr("Referral letter"), "referral"

    def draw(self, note: Note, paper: PaperName) -> bytes:
        return referral_pdf(note, paper, self._session.evaluation.addenda)


class PlanOfCareDialog(PaperDialog):
    """The plan of care to be sent and signed."""

    title, kind = tr("Plan of care"), "plan-of-care"

    def draw(self, note: Note, paper: PaperName) -> bytes:
        return plan_of_care_pdf(note, paper, self._session.evaluation.addenda, self._session.code)


class DischargeDialog(PaperDialog):
    """What was reached, why care ends and what the patient goes on with."""

    title, kind = tr("Discharge summary"), "discharge-summary"

    def draw(self, note: Note, paper: PaperName) -> bytes:
        return discharge_summary_pdf(note, paper, self._session.evaluation.addenda, self._session.code)


class AddendumDialog(QDialog):
    """What is added to a signed evaluation stands below it for good."""

    def __init__(self, session: EvaluationSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(tr("Addendum"))
        self.setMinimumWidth(style.px(560))
        self.form = form = AddendumForm(session, lines=5, most_lines=14)
        form.added.connect(self.accept)
        self.text = form.text
        leave = QPushButton(tr("Cancel"))
        leave.clicked.connect(self.reject)
        ends = style.row(spacing=8)
        ends.addStretch(1)
        ends.addWidget(leave)
        stack = style.column(self, (20, 16, 20, 16), spacing=12)
        for addendum in session.evaluation.addenda:
            when = addendum.written_at.astimezone()
            earlier = style.label(
                "",
                f"{date_text(when.date())} {when:%H:%M} · {ADD[addendum.kind][0]}, {addendum.clinician}"
                f"\n{addendum.text}".rstrip(),
            )
            earlier.setWordWrap(True)
            earlier.setTextFormat(Qt.TextFormat.PlainText)
            stack.addWidget(earlier)
        stack.addWidget(form)
        stack.addLayout(ends)
        self.text.setFocus()

    def reject(self) -> None:
        """Esc or Cancel: words that were typed are not thrown away unasked."""
        if not self.text.value or asked_to_lose(self, tr("The addendum is not added.")):
            super().reject()

    def done(self, result: int) -> None:
        self.form.leave()
        super().done(result)

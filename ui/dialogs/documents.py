"""The papers of a patient as they were given out: looked at, printed again, saved as a copy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from evalassist.errors import EvalAssistError
from evalassist.records.rows import DocumentRow
from evalassist.translate import tr
from ui import icons, style
from ui.document_rows import KINDS, document_line
from ui.printing import Printout, ending_pdf, print_again, write_atomically
from ui.saving import ask_where, folder_of
from ui.spoken import Said
from ui.widgets.pdf_view import PageTools, PdfPages
from ui.widgets.roomy import take_room
from ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from evalassist.documents.look import PaperName
    from evalassist.records.store import Store
    from ui.session import EvaluationSession

WIDEST_LIST = 400


class DocumentsDialog(QDialog):
    """Every paper of a patient, the latest first; what is printed again is the very paper, byte for byte."""

    used = Signal()
    """A paper was printed again, or a copy was saved."""

    def __init__(
        self, store: Store, patient_id: str, by: str, parent: QWidget | None = None, document_id: str = ""
    ) -> None:
        """`document_id`: the paper that is shown first."""
        super().__init__(parent)
        self._store, self._patient_id, self._by = store, patient_id, by
        self._documents: tuple[DocumentRow, ...] = ()
        self._pdf = b""
        self._shown = ""
        """The document whose pages are to be seen."""
        patient = store.patient(patient_id)
        self.setWindowTitle(tr("Documents, {name}").format(name=patient.name))
        self.list = RowList(tr("Documents"))
        self.pages = PdfPages(tr("The document"))
        self.pages.set_view("one")
        self.list.setMaximumWidth(style.px(WIDEST_LIST))
        self._about, self._said = style.label("s", wrap=True), Said("", wrap=True)
        self._said.hide()
        self.print_button, self.save_button = QPushButton(tr("Print again")), QPushButton(tr("Save a copy…"))
        icons.put_icon(self.print_button, "print")
        self.print_button.clicked.connect(self.print_it)
        self.save_button.clicked.connect(self._ask_where)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        head = style.row(spacing=8)
        head.addWidget(style.label("h1", tr("Documents")))
        head.addWidget(style.label("q", patient.name), 1)
        head.addWidget(PageTools(self.pages, two=False))
        middle, right = style.row(spacing=12), style.column(spacing=6)
        right.addWidget(self.pages, 1)
        right.addWidget(self._about)
        middle.addWidget(self.list, 1)
        middle.addLayout(right, 1)
        ends = style.row(spacing=8)
        ends.addWidget(self.print_button)
        ends.addWidget(self.save_button)
        ends.addStretch(1)
        ends.addWidget(close)
        whole = style.column(self, (14, 10, 14, 12), spacing=8)
        whole.addLayout(head)
        whole.addLayout(middle, 1)
        whole.addWidget(self._said)
        whole.addLayout(ends)
        for button in (self.print_button, self.save_button, close):
            button.setAutoDefault(False)
        self.list.moved.connect(self._show)
        self.list.chosen.connect(self.pages.setFocus)
        self._read()
        self._go_to(document_id)
        take_room(self, 1180, 760)
        self.list.setFocus()

    @property
    def document(self) -> DocumentRow | None:
        """The document that is chosen."""
        place = self.list.currentIndex().row()
        return self._documents[place] if 0 <= place < len(self._documents) else None

    def _read(self) -> None:
        found = self._store.documents_of_patient(self._patient_id)
        self._documents = tuple(sorted(found, key=lambda row: (row.visit_date, row.kept_at), reverse=True))
        self.list.show_rows([document_line(row, self._documents) for row in self._documents])
        if not self._documents:
            self._show()

    def _go_to(self, document_id: str) -> None:
        ids = [row.id for row in self._documents]
        if document_id in ids:
            self.list.go_to(ids.index(document_id))

    def _show(self) -> None:
        document = self.document
        for button in (self.print_button, self.save_button):
            button.setEnabled(document is not None)
        if document is None:
            self.pages.show_words(tr("No paper was printed or saved for this patient yet."))
            return
        self._about.setText("\n".join(document_line(document, self._documents).details))
        if document.id == self._shown:
            return
        self._shown, self._pdf = document.id, b""
        try:
            self._pdf = self._store.document_bytes(document.id)
        except EvalAssistError as fault:
            self.pages.show_words(str(fault))
        else:
            self.pages.show_pdf(self._pdf)
        for button in (self.print_button, self.save_button):
            button.setEnabled(bool(self._pdf))

    def print_it(self) -> None:
        """Print exactly these bytes again, on the paper they were laid out for."""
        document = self.document
        if document is None:
            return
        title = f"{KINDS.get(document.kind, document.kind)}, {document.visit_date.isoformat()}"
        paper = cast("PaperName", document.paper)
        printout = Printout(document.kind, title, self._pdf, self.pages.page_count, paper)
        try:
            self._store.document_bytes(document.id)  # who was removed meanwhile prints nothing more
            sent = print_again(self, printout, lambda: self._store.note_sent(document.id))
            if sent is not None:
                self._store.note_use(document.id, sent.use, self._by)
                self._used(sent.says)
        except EvalAssistError as fault:
            self._say(str(fault), bad=True)

    def _ask_where(self) -> None:
        document = self.document
        if document is None:
            return
        name = f"{document.kind}-{document.visit_date.isoformat()}.pdf"
        if (path := ask_where(self, tr("Save a copy"), name)) is not None:
            self.save_as(path)

    def save_as(self, path: Path) -> None:
        """Write the bytes of the chosen document into a file."""
        document = self.document
        if document is None:
            return
        path = ending_pdf(path)
        try:
            write_atomically(path, self._pdf, lambda: self._store.note_use(document.id, "saved", self._by))
            self._used(tr("Saved as {name} in {folder}.").format(name=path.name, folder=folder_of(path)))
        except EvalAssistError as fault:
            self._say(str(fault), bad=True)

    def _used(self, says: str) -> None:
        self._read()
        self._say(says)
        self.used.emit()

    def _say(self, words: str, *, bad: bool = False) -> None:
        self._said.setText(words)
        style.say(self._said, c="danger" if bad else "q")
        self._said.show()


def show_documents(session: EvaluationSession, parent: QWidget) -> None:
    """The papers of the patient whose evaluation is open."""
    dialog = DocumentsDialog(
        session.store, session.evaluation.patient.id, session.settings.therapist_name, parent
    )
    dialog.used.connect(session.read_documents)
    dialog.exec()

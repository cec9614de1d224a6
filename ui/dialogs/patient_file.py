"""One patient written into an encrypted file, with a password of its own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from evalassist.errors import EvalAssistError
from evalassist.evaluation import Patient
from evalassist.records.patient_file import ENDING, LEAST_SIGNS, export_patient, known_names, weakness
from evalassist.records.store import Store
from evalassist.translate import tr
from ui import style
from ui.aside import Aside
from ui.dialogs.restore import secret_line
from ui.saving import ask_where
from ui.spoken import Said


class ExportDialog(QDialog):
    """Asks for the file's password twice, then for its place; no name stands in the name of the file."""

    def __init__(self, store: Store, patient: Patient, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._patient = store, patient
        self._aside = Aside(self)
        self.setWindowTitle(tr("Export a patient"))
        self.setMinimumWidth(style.px(520))
        self.password, self.again = secret_line(tr("Password of the file")), secret_line(tr("Password again"))
        self._said = Said("", wrap=True)
        self._said.hide()
        self.write_button, self._leave = QPushButton(tr("Write the file…")), QPushButton(tr("Cancel"))
        self.write_button.setProperty("kind", "primary")
        self.write_button.clicked.connect(self._ask_where)
        self._leave.clicked.connect(self.reject)
        for button in (self.write_button, self._leave):
            button.setAutoDefault(False)
        ends = style.row(spacing=8)
        ends.addStretch(1)
        ends.addWidget(self._leave)
        ends.addWidget(self.write_button)
        stack = style.column(self, (20, 16, 20, 16), spacing=8)
        stack.addWidget(style.label("h1", patient.name))
        stack.addWidget(
            style.label(
                "",
                tr(
                    "All visits, notes and papers of this patient go into one encrypted file. Choose a "
                    "password for it, "
                    "{least_signs} characters or more, and tell it another way than you send the file."
                ).format(least_signs=LEAST_SIGNS),
                wrap=True,
            )
        )
        receiver = tr(
            "At the other clinic an administrator takes it in, on the command line, with “evalassist "
            "import-patient”; no window does it. The manual says how, under Later visits."
        )
        stack.addWidget(style.label("s", receiver, wrap=True))
        for words, field in ((tr("Password of the file"), self.password), (tr("Once more"), self.again)):
            stack.addWidget(style.label("s", words))
            stack.addWidget(field)
        stack.addWidget(self._said)
        stack.addLayout(ends)
        self.password.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self._ask_where)
        self.password.setFocus()

    def _ask_where(self) -> None:
        if not self._password_stands():
            return
        kinds = tr("Patient (*{ending})").format(ending=ENDING)
        if (file := ask_where(self, tr("Write the file"), f"patient{ENDING}", kinds)) is not None:
            self.write(file)

    def _password_stands(self) -> bool:
        known = known_names(self._store.account, self._patient.name, self._patient.record_number)
        if why := weakness(self.password.text(), known):
            self._say(why, bad=True)
        elif self.password.text() != self.again.text():
            self._say(tr("The two differ. Type the same password twice."), bad=True)
        else:
            return True
        return False

    def write(self, file: Path) -> None:
        """Write the file; it takes a moment."""
        if not self._password_stands():
            return
        file = file if file.suffix == ENDING else file.with_name(file.name + ENDING)
        password = self.password.text()
        self.write_button.setEnabled(False)
        self._say(tr("Writing…"))
        self._aside.do(
            lambda: export_patient(self._store, self._patient.id, file, password),
            lambda _: self._written(file),
            self._refused,
        )

    def reject(self) -> None:
        """Esc or Cancel: what was begun is done first, and told."""
        if not self._aside.at_work:
            super().reject()

    def done(self, result: int) -> None:
        self._aside.finish()
        super().done(result)

    def _written(self, file: Path) -> None:
        self.password.clear()
        self.again.clear()
        self.write_button.setEnabled(True)
        self._leave.setText(tr("Close"))  # there is nothing left to cancel
        self._leave.setFocus()
        self._say(tr("Written to {file}.").format(file=file))

    def _refused(self, fault: EvalAssistError) -> None:
        self.write_button.setEnabled(True)
        self._say(str(fault), bad=True)

    def _say(self, words: str, *, bad: bool = False) -> None:
        self._said.setText(words)
        style.say(self._said, c="danger" if bad else "q")
        self._said.show()

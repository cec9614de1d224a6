"""What is written below a signed note: an addendum, a late entry, that it was entered in error, a co-signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from evalassist.errors import EvalAssistError
from evalassist.evaluation import BY_THERAPISTS, AddendumKind
from evalassist.translate import tr
from ui import style
from ui.aside import Aside
from ui.session import EvaluationSession
from ui.spoken import Said
from ui.widgets.choices import ChoiceField
from ui.widgets.fields import TextField
from ui.widgets.passwords import PasswordField
from ui.widgets.segments import Choice

ADD: dict[AddendumKind, tuple[str, str, str]] = {
    "addendum": (
        tr("Addendum"),
        tr("Add the addendum"),
        tr("It is added below the note with your name and the time, and cannot be changed."),
    ),
    "late-entry": (
        tr("Late entry"),
        tr("Add the late entry"),
        tr("What was found at the visit and not written then. It says by itself when it was written."),
    ),
    "entered-in-error": (
        tr("Entered in error"),
        tr("Mark as entered in error"),
        tr(
            "Write why. The note is kept and marked on every paper; later visits compare nothing with it. "
            "This cannot be taken back."
        ),
    ),
    "co-signature": (
        tr("Co-signature"),
        tr("Co-sign the note"),
        tr("You sign below the student's note with your name and license. Words are not needed."),
    ),
}
"""Of each kind its name, its button, and what it means."""
SURE = tr("Mark it for good")
"""Asked once more, in the button itself: it cannot be taken back."""


class AddendumForm(QWidget):
    """The kind, the words and the button; it says itself what could not be kept."""

    added = Signal()

    def __init__(self, session: EvaluationSession, *, lines: int = 3, most_lines: int = 8) -> None:
        super().__init__()
        self._session = session
        self._sure = False
        self.text = TextField(tr("Addendum"), lines=lines, most_lines=most_lines)
        self.password = PasswordField(tr("Password"))
        self.password.edit.setPlaceholderText(tr("Your password"))
        self.password.entered.connect(self.add)
        self._aside = Aside(self)
        self.button = QPushButton()
        self.button.clicked.connect(self.add)
        self._says, self._said = style.label("s", wrap=True), Said("", wrap=True)
        self._said.setProperty("c", "danger")
        self._said.hide()
        self._stack = style.column(self, spacing=8)
        for part in (self.text, self.password, self.button, self._said, self._says):
            self._stack.addWidget(part)
        self._waits = self._may_cosign()
        self._choice = self._chooser()
        self._show_kind()

    @property
    def kind(self) -> AddendumKind:
        return cast(AddendumKind, self._choice.value or "addendum")

    def choose(self, kind: str) -> None:
        """Show this kind, where it can be written now."""
        if kind in self._offered():
            self._choice.set_value(kind)
            self._show_kind()

    def refresh(self) -> None:
        """Offer what can be written now: a co-signature only while the note waits for one."""
        if self._may_cosign() == self._waits:
            return
        self._waits = self._may_cosign()
        self._stack.removeWidget(self._choice)
        self._choice.hide()
        self._choice.deleteLater()
        self._choice = self._chooser()
        self._show_kind()

    def _may_cosign(self) -> bool:
        return self._session.evaluation.waits_for_cosignature and not self._session.is_student

    def _offered(self) -> list[AddendumKind]:
        student = self._session.is_student
        return [
            kind
            for kind in ADD
            if (kind != "co-signature" or self._waits) and not (student and kind in BY_THERAPISTS)
        ]

    def _chooser(self) -> ChoiceField:
        made = ChoiceField(
            [Choice(kind, ADD[kind][0]) for kind in self._offered()],
            tr("Kind of addendum"),
            shape="combo",
            always=True,
        )
        made.set_value("co-signature" if self._waits else "addendum")
        made.answered.connect(self._show_kind)
        self._stack.insertWidget(0, made)
        return made

    def add(self) -> None:
        """Write it below the note; what marks it for good is asked for twice, and the password as for signing."""
        words = self.text.value or ""
        if not words and self.kind != "co-signature":
            self.text.setFocus()
            return
        if self.kind == "entered-in-error" and not self._sure:
            self._sure = True
            self.button.setText(SURE)
            style.say(self.button, kind="danger")
            return
        self._said.hide()
        confirm, password = self._confirm, self.password.value
        if confirm is None:
            self._keep()
        elif not password:
            self._say(tr("Type your password."))
            self.password.setFocus()
        elif not self._aside.at_work:
            self.setEnabled(False)  # what was confirmed is what is kept
            self._aside.do(lambda: confirm(password), lambda _: self._keep(), self._refused)

    def leave(self) -> None:
        """The page goes: what waits for the password is not written."""
        self._aside.finish()

    @property
    def _confirm(self) -> Callable[[str], None] | None:
        """How the password is asked before this kind; None where it is not."""
        return self._session.confirm if self.kind in BY_THERAPISTS else None

    def _keep(self) -> None:
        try:
            self._session.add_addendum(self.text.value or "", self.kind)
        except EvalAssistError as fault:
            self._refused(fault)
            return
        self.setEnabled(True)
        self.text.clear()
        self._choice.set_value("addendum")
        self._show_kind()
        self.added.emit()

    def _refused(self, fault: EvalAssistError) -> None:
        self.setEnabled(True)
        self.password.clear()
        self._say(
            tr("The {add} is not kept. It stays in the field. {fault}").format(
                add=ADD[self.kind][0].lower(), fault=fault
            )
        )
        if self._confirm is not None:
            self.password.setFocus()

    def _say(self, words: str) -> None:
        self._said.setText(words)
        self._said.show()

    def _show_kind(self) -> None:
        _, button, says = ADD[self.kind]
        self._sure = False
        self.password.clear()
        self.password.setVisible(self._confirm is not None)
        self.button.setText(button)
        style.say(self.button, kind="")
        therapists = tr("A therapist marks a note as entered in error.") if self._session.is_student else ""
        self._says.setText(f"{says} {therapists}".rstrip())

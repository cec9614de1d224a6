"""Change one limit of the clinical content: the new value, why, and who."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QScrollArea, QWidget

from evalassist.errors import EvalAssistError
from evalassist.overview import Row, allowed
from evalassist.records.store import Store
from evalassist.translate import tr
from ui import style
from ui.dialogs.asking import asked_to_lose
from ui.spoken import Said
from ui.widgets.fields import NumberField, TextField
from ui.widgets.segments import Choice, SegmentedControl

SWITCH = (Choice("0", tr("Off")), Choice("1", tr("On"), key="n"))
NAMED = tr(
    "Your name is recorded with the change. It counts for every note not yet signed; signed notes stay as they are."
)


class LimitDialog(QDialog):
    """What is refused stays in its field, with a sentence that says what can be set."""

    def __init__(self, row: Row, store: Store, therapist_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        assert row.default is not None
        self._default, self._now, self._store = row.default, row.value, store
        self.half_filled_as = ("limit", row.default.id)
        self.done_says = ""
        """What was done, once it is kept."""
        self.setWindowTitle(tr("Change a limit"))
        width = style.px(600)
        self.setMinimumWidth(min(width, parent.window().width() - style.px(24)) if parent else width)
        self.value: NumberField | SegmentedControl
        if self._default.switch:
            self.value = SegmentedControl(SWITCH, tr("New value"))
        else:
            limits = (self._default.allowed.low, self._default.allowed.high)
            self.value = NumberField(
                tr("New value"),
                self._default.unit,
                possible=limits,
                whole=self._default.whole,
                width=84,
                messages="below",
            )
            self.value.message_changed.connect(lambda _: self._fit())
        self.reason, self.name = TextField(tr("Reason")), TextField(tr("Your name"))
        account = store.account
        self.name.set_value((account.name if account.id else therapist_name) or None)
        self.name.setEnabled(not account.id)  # whoever is signed in answers for it
        self._said = Said(wrap=True)
        self._said.setProperty("c", "danger")
        self._said.hide()
        self._back = QPushButton(tr("Back to the shipped value"))
        self._back.clicked.connect(self.put_back)
        self._lay_out(row)
        self._back.setVisible(row.value != self._default.words(self._default.value))
        self.value.setFocus()

    def change(self) -> None:
        """Keep the new value when it can be meant; else say what is missing."""
        if isinstance(self.value, NumberField):
            self.value.commit()
            if self.value.message:  # the field says itself what can be set
                self._said.hide()
                self.value.setFocus()
                return
        value = self.value.value
        if value is None:
            self._refuse(
                tr("Give the new value. {default}").format(default=allowed(self._default)), self.value
            )
            return
        number = float(value)
        if refused := self._default.refuses(number):
            self._refuse(refused, self.value)
        elif self._default.words(number) == self._now:
            self._refuse(tr("It is {now} already.").format(now=self._now), self.value)
        else:
            self._keep(number)

    def put_back(self) -> None:
        """Let the shipped value count again; that too takes a reason."""
        self._keep(self._default.value)

    def reject(self) -> None:
        """Esc or Cancel: a reason that was typed is not thrown away unasked."""
        if not self.reason.value or asked_to_lose(self, tr("The limit is not changed.")):
            super().reject()

    def _keep(self, number: float) -> None:
        reason, name = self.reason.value, self.name.value
        if not reason:
            self._refuse(tr("Write why: the reason is kept with the change."), self.reason)
            return
        if not name:
            self._refuse(tr("Write your name: it is kept with the change."), self.name)
            return
        shipped = number == self._default.value
        try:
            self._store.change_default(self._default.id, None if shipped else number, by=name, reason=reason)
        except EvalAssistError as fault:
            self._refuse(
                tr("The change is not kept. It stays in the fields. {fault}").format(fault=fault), self.value
            )
            return
        words = self._default.words(number)
        done = (
            tr("Back to the shipped value, {words}.").format(words=words)
            if shipped
            else tr("Set to {words}.").format(words=words)
        )
        self.done_says = tr("{done} Counts for every note not yet signed.").format(done=done)
        self.accept()

    def _refuse(self, words: str, field: QWidget) -> None:
        self._said.setText(words)
        self._said.show()
        self._fit()
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self, row: Row) -> None:
        grid = style.scaled(QGridLayout(), spacing=8)
        grid.setColumnStretch(1, 1)
        for at, (words, field) in enumerate(
            ((tr("New value"), self.value), (tr("Reason"), self.reason), (tr("Your name"), self.name))
        ):
            label = style.label("", words)
            label.setMinimumHeight(style.control_height())
            grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
            side = Qt.AlignmentFlag.AlignLeft if isinstance(field, SegmentedControl) else Qt.AlignmentFlag(0)
            grid.addWidget(field, at, 1, side)
        change, leave = QPushButton(tr("Change it")), QPushButton(tr("Cancel"))
        change.setProperty("kind", "primary")
        change.clicked.connect(self.change)
        leave.clicked.connect(self.reject)
        ends = style.row(spacing=8)
        ends.addWidget(self._back)
        ends.addStretch(1)
        ends.addWidget(leave)
        ends.addWidget(change)
        for button in (self._back, change, leave):
            button.setAutoDefault(False)  # Enter goes from field to field
        self._inner = QWidget()
        fields = style.column(self._inner, (2, 0, 2, 0), spacing=12)
        fields.addWidget(style.label("h2", row.title, wrap=True))
        fields.addWidget(style.label("q", "\n".join(row.details), wrap=True))
        fields.addLayout(grid)
        fields.addWidget(style.label("s", NAMED, wrap=True))
        fields.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._inner)
        stack = style.column(self, (18, 16, 18, 16), spacing=12)
        stack.addWidget(self._area, 1)
        stack.addWidget(self._said)
        stack.addLayout(ends)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """High enough for all its words, as far as the window it stands in front of allows; the rest scrolls."""
        style.settle()
        layout = self.layout()
        assert layout is not None
        width = max(self.width(), self.minimumWidth())
        inside = width - 2 * style.px(18)
        wanted = layout.heightForWidth(width) - self._area.sizeHint().height()
        wanted += self._inner.heightForWidth(inside)
        parent = self.parentWidget()
        self.resize(width, min(wanted, parent.window().height() if parent else wanted))

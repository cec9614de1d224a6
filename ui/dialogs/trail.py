"""The audit trail: who did what, when and with whose records; narrowed down by person, kind, patient and day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from PySide6.QtWidgets import QBoxLayout, QDialog, QPushButton, QWidget

from evalassist.errors import EvalAssistError
from evalassist.evaluation import Patient
from evalassist.overview import Row
from evalassist.records.store import Store
from evalassist.records.trail import KINDS, PAGE, TrailLine, Wanted
from evalassist.translate import tr
from ui import style
from ui.spoken import Said
from ui.widgets.choices import ChoiceField
from ui.widgets.dates import SENTENCE, DateField, date_text
from ui.widgets.fields import TextField
from ui.widgets.roomy import EDGE, outermost, take_room
from ui.widgets.row_list import RowList
from ui.widgets.segments import Choice

NOBODY = "nobody"
PATIENTS = 50
"""So many patients fit what was typed; of more, the first."""


class TrailDialog(QDialog):
    """The latest line first, a page at a time. An administrator sees all of it, everybody else the open patient's."""

    def __init__(
        self,
        store: Store,
        steps: Mapping[str, str],
        patient: Patient | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`steps` names the step of each item; without a patient all lines are shown."""
        super().__init__(parent)
        self._store, self._steps, self._patient = store, steps, patient
        self._lines: tuple[TrailLine, ...] = ()
        self.setWindowTitle(tr("Audit trail"))
        self.list = RowList(tr("Audit trail"))
        self.person = ChoiceField(
            [*(Choice(one.id, one.name) for one in store.people()), Choice(NOBODY, tr("nobody signed in"))],
            tr("Person"),
            shape="combo",
        )
        self.kind = ChoiceField([Choice(kind, kind) for kind in KINDS], tr("Kind"), shape="combo")
        self.about = TextField(tr("Patient: name, date of birth or record number"))
        self.since, self.until = DateField(tr("From day")), DateField(tr("To day"))
        self._said = Said("s", wrap=True)
        self.more = QPushButton(tr("Earlier lines"))
        self.more.clicked.connect(self._read_more)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        take_room(self, 980, 720)
        self._lay_out(close)
        for field in (self.person, self.kind, self.about, self.since, self.until):
            field.answered.connect(self.read)
        for button in (self.more, close):
            button.setAutoDefault(False)
        self.read()
        self.list.setFocus()

    def read(self) -> None:
        """Read the latest lines that are wanted now."""
        self._lines = ()
        self._read_more()

    def _read_more(self) -> None:
        before = self._lines[-1].number if self._lines else None
        try:
            found = self._store.trail(self._wanted(), before)
        except EvalAssistError as fault:
            self._said.setText(str(fault))
            return
        place = len(self._lines)
        self._lines += found
        self.list.show_rows([self._row(line) for line in self._lines])
        self.more.setEnabled(len(found) == PAGE)
        if found:
            self.list.go_to(place)
        self._said.setText("" if self._lines else tr("No line of the audit trail fits."))

    def _wanted(self) -> Wanted:
        person = self.person.value
        return Wanted(
            account_id="" if person == NOBODY else person,
            kind=self.kind.value or "",
            patients=self._patients(),
            since=_moment(self.since.value),
            until=_moment(self.until.value, days=1),
        )

    def _patients(self) -> tuple[str, ...] | None:
        if self._patient is not None:
            return (self._patient.id,)
        typed = self.about.value
        if not typed:
            return None
        return tuple(row.patient.id for row in self._store.search_patients(typed, PATIENTS))

    def _row(self, line: TrailLine) -> Row:
        when = line.at.astimezone()
        says = line.says(self._steps)
        who = line.who or tr("nobody signed in")
        about = f" · {line.about}" if line.about else ""
        moment = f"{date_text(when.date())} {when:%H:%M:%S}"
        return Row(
            says,
            line=f"{who}{about}",
            value=f"{when:%H:%M}",
            group=date_text(when.date()).upper(),
            details=(
                tr("Line {number}, {moment}").format(number=line.number, moment=moment),
                who,
                *((line.about,) if line.about else ()),
            ),
        )

    def _lay_out(self, close: QPushButton) -> None:
        head = style.row(spacing=8)
        head.addWidget(style.label("h1", tr("Audit trail")))
        if self._patient is not None:
            head.addWidget(style.label("q", self._patient.name))
        head.addStretch(1)
        whom, days = style.row(spacing=12), style.row(spacing=12)
        for words, field, line in (
            (tr("Person"), self.person, whom),
            (tr("Kind"), self.kind, whom),
            (tr("Patient"), self.about, whom),
            (tr("From"), self.since, days),
            (tr("To"), self.until, days),
        ):
            if field is self.about and self._patient is not None:
                self.about.hide()
                continue
            place = style.column(spacing=2)
            place.addWidget(style.label("s", words))
            place.addWidget(field)
            line.addLayout(place, 1 if field is self.about else 0)
        days.addStretch(1)
        asked = style.row(spacing=12)
        asked.addLayout(whom, 0 if self._patient is not None else 1)
        asked.addLayout(days, 1 if self._patient is not None else 0)
        ends = style.row(spacing=8)
        ends.addWidget(self.more)
        ends.addWidget(self._said, 1)
        ends.addWidget(close)
        whole = style.column(self, (14, 10, 14, 12), spacing=8)
        whole.addLayout(head)
        whole.addLayout(asked)
        whole.addWidget(self.list, 1)
        whole.addLayout(ends)
        room = self.width() if (behind := self.parentWidget()) is None else outermost(behind).width() - EDGE
        said = 2 * (style.px(SENTENCE) - self.since.sizeHint().width())  # what the days may have to say
        if whole.minimumSize().width() + said > room:
            asked.setDirection(QBoxLayout.Direction.TopToBottom)


def _moment(day: date | None, days: int = 0) -> datetime | None:
    """When the day begins on this computer's clock."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=days), time()).astimezone().astimezone(UTC)

"""Who comes, with which knee, for which visit; and the visits of one patient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QPushButton, QWidget

from evalassist.case_file import AGES
from evalassist.evaluation import Evaluation, Patient, SoreKnee, VisitKind
from evalassist.records.rows import EvaluationRow
from ui import icons, style
from ui.widgets.dates import date_text
from ui.widgets.fields import DateField, TextField
from ui.widgets.segments import Choice, SegmentedControl
from ui.widgets.side import SideBadge

if TYPE_CHECKING:
    from evalassist.content.loader import Content
    from evalassist.records.store import Store

KIND_WORDS = {"initial": "Initial evaluation", "re-evaluation": "Re-evaluation", "discharge": "Discharge"}
MOST_LETTERS = 200


class PatientDialog(QDialog):
    """A new patient with the first visit, or the next visit of a known one. What is wrong is said beside its field."""

    def __init__(
        self,
        content: Content,
        parent: QWidget | None = None,
        *,
        name: str = "",
        patient: Patient | None = None,
        former: Sequence[EvaluationRow] = (),
    ) -> None:
        super().__init__(parent)
        self._content, self._patient, self._former = content, patient, tuple(former)
        self.evaluation: Evaluation | None = None
        self.setWindowTitle("New visit" if patient else "New patient")
        self.setMinimumWidth(style.px(620))
        today = date.today()
        self.name = TextField("Name")
        self.birth = DateField("Date of birth", earliest=today - timedelta(days=366 * AGES[1]), latest=today)
        self.sex = SegmentedControl(
            [Choice("F", "Female"), Choice("M", "Male"), Choice("X", "Without norms", key="w")],
            "Sex for strength norms",
        )
        self.number = TextField("Record number")
        self.knee = SegmentedControl(
            [Choice("right", "RIGHT"), Choice("left", "LEFT"), Choice("both", "BOTH")], "Sore knee"
        )
        self.visit = DateField("Visit", latest=today + timedelta(days=1))
        self.kind = SegmentedControl([Choice(key, word) for key, word in KIND_WORDS.items()], "Kind of visit")
        self._said: dict[str, QLabel] = {}
        self._grid = style.scaled(QGridLayout(), spacing=8)
        self._grid.setColumnStretch(1, 1)
        if patient is None:
            self._add("name", "Name", self.name, "Family name, first name")
            self._add("birth", "Date of birth", self.birth)
            self._add("sex", "Sex for norms", self.sex)
            self._add("number", "Record number", self.number, "may stay empty")
        else:
            who = QLabel(f"{patient.name} · born {date_text(patient.birth_date)}")
            who.setProperty("t", "h2")
            self._grid.addWidget(who, 0, 0, 1, 2)
        self._add("knee", "Sore knee", self.knee)
        self._add("visit", "Visit on", self.visit)
        self._add("kind", "Kind of visit", self.kind)
        begin, leave = QPushButton("Begin"), QPushButton("Cancel")
        begin.setProperty("kind", "primary")
        begin.setDefault(True)
        begin.clicked.connect(self.begin)
        leave.clicked.connect(self.reject)
        ends = style.row(spacing=8)
        ends.addStretch(1)
        ends.addWidget(leave)
        ends.addWidget(begin)
        stack = style.column(self, (20, 16, 20, 16), spacing=12)
        stack.addLayout(self._grid)
        stack.addLayout(ends)
        self._fill(name, today)

    def begin(self) -> None:
        """Take it when everything is there; else say what is missing, and go there."""
        for field in (self.name, self.birth, self.number, self.visit):
            field.commit()
        wrong = {key: words for key, words in self._faults() if words}
        for key, label in self._said.items():
            label.setText(wrong.get(key, ""))
            label.setVisible(key in wrong)
        if wrong:
            getattr(self, next(iter(wrong))).setFocus()
            return
        self.evaluation = self._made()
        self.accept()

    def _fill(self, name: str, today: date) -> None:
        self.name.set_value(name or None)
        self.visit.set_value(today)
        if self._former:
            last = self._former[-1]
            self.knee.set_value(last.sore_knee)
            self.knee.setFocus()
            return
        self.kind.set_value("initial")
        (self.birth if name else self.name).setFocus()

    def _faults(self) -> list[tuple[str, str]]:
        faults: list[tuple[str, str]] = []
        visit = self.visit.value
        if self._patient is None:
            name, birth = self.name.value or "", self.birth.value
            long = f"At most {MOST_LETTERS} letters fit here."
            faults.append(
                ("name", "Write the name." if not name else long if len(name) > MOST_LETTERS else "")
            )
            faults.append(("birth", self._birth_fault(birth, visit)))
            faults.append(
                ("sex", "" if self.sex.value else "Choose one; “Without norms” leaves the norms out.")
            )
            faults.append(("number", long if len(self.number.value or "") > MOST_LETTERS else ""))
        faults.append(("knee", "" if self.knee.value else "Choose the sore knee."))
        faults.append(("visit", "" if visit else self.visit.message or "Write the date of the visit."))
        faults.append(("kind", "" if self.kind.value else "Choose the kind of visit."))
        return faults

    def _birth_fault(self, birth: date | None, visit: date | None) -> str:
        if birth is None:
            return self.birth.message or "Write the date of birth, like 9 May 2001."
        age = Patient("", birth, "X").age_on(visit or date.today())
        low, high = AGES
        return (
            "" if low <= age <= high else f"The age would be {age}; EvalAssist is for {low} to {high} years."
        )

    def _made(self) -> Evaluation:
        patient = self._patient
        if patient is None:
            assert self.birth.value is not None
            patient = Patient(
                name=self.name.value or "",
                birth_date=self.birth.value,
                sex=self.sex.value or "X",  # type: ignore[arg-type]  # one of the three values of its boxes
                record_number=self.number.value or "",
            )
        assert self.visit.value is not None
        kind = cast(VisitKind, self.kind.value)
        more = {"episode_id": self._former[-1].episode_id} if self._former and kind != "initial" else {}
        return Evaluation.begin(
            patient,
            cast(SoreKnee, self.knee.value),
            self.visit.value,
            kind=kind,
            content_release=self._content.release.version,
            **more,
        )

    def _add(self, key: str, words: str, field: QWidget, hint: str = "") -> None:
        at = self._grid.rowCount()
        label = QLabel(words)
        label.setMinimumHeight(style.control_height())
        label.setMinimumWidth(style.px(120))
        said = QLabel()
        said.setProperty("c", "danger")
        said.setProperty("t", "s")
        said.setWordWrap(True)
        said.hide()
        self._said[key] = said
        field.setToolTip(hint)
        self._grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
        place = QWidget()
        stack = style.column(place, spacing=2)
        stack.addWidget(
            field, 0, Qt.AlignmentFlag(0) if isinstance(field, TextField) else Qt.AlignmentFlag.AlignLeft
        )
        stack.addWidget(said)
        self._grid.addWidget(place, at, 1)


class VisitsDialog(QDialog):
    """All visits of one patient: open one, or begin the next."""

    def __init__(self, store: Store, patient_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = store.patient_evaluations(patient_id)
        self.chosen = ""
        """The evaluation to open; empty when the next visit is to begin."""
        patient = store.patient(patient_id)
        self.setWindowTitle(patient.name)
        self.setMinimumWidth(style.px(560))
        who = QLabel(patient.name)
        who.setProperty("t", "h1")
        number = f" · {patient.record_number}" if patient.record_number else ""
        born = QLabel(f"born {date_text(patient.birth_date)}{number}")
        born.setProperty("t", "q")
        stack = style.column(self, (20, 16, 20, 16), spacing=10)
        stack.addWidget(who)
        stack.addWidget(born)
        for row in reversed(self.rows):
            stack.addWidget(self._line(row))
        new, leave = QPushButton("New visit"), QPushButton("Cancel")
        icons.put_icon(new, "add")
        new.clicked.connect(self.accept)
        leave.clicked.connect(self.reject)
        ends = style.row(spacing=8)
        ends.addWidget(new)
        ends.addStretch(1)
        ends.addWidget(leave)
        stack.addLayout(ends)

    def _line(self, row: EvaluationRow) -> QWidget:
        made = QWidget()
        line = style.row(made, spacing=12)
        day = QLabel(date_text(row.visit_date))
        day.setFixedWidth(style.px(100))
        kind = QLabel(KIND_WORDS[row.kind])
        kind.setFixedWidth(style.px(140))
        state = QLabel("unfinished" if row.is_draft else "signed")
        state.setProperty("c", "att" if row.is_draft else "q")
        go = QPushButton("Go on" if row.is_draft else "Look at it")
        go.setAccessibleName(f"{go.text()}: {KIND_WORDS[row.kind]}, {date_text(row.visit_date)}")
        go.setDefault(row.is_draft)
        go.clicked.connect(lambda: self._choose(row.id))
        for part in (day, kind, SideBadge(row.sore_knee, "knee"), state):
            line.addWidget(part)
        line.addStretch(1)
        line.addWidget(go)
        return made

    def _choose(self, evaluation_id: str) -> None:
        self.chosen = evaluation_id
        self.accept()

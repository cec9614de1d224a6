"""Who comes, with which knee, for which visit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QGridLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QWidget,
)

from evalassist.case_file import AGES
from evalassist.errors import EvalAssistError
from evalassist.evaluation import Dated, Evaluation, Patient, SoreKnee, VisitKind, first_visit, out_of_place
from evalassist.records.rows import EvaluationRow
from evalassist.records.search import name_key
from evalassist.translate import tr
from ui import spoken, style
from ui.dialogs.asking import asked_to_lose
from ui.half_filled import words_in
from ui.widgets.dates import KIND_WORDS, date_text
from ui.widgets.fields import DateField, TextField
from ui.widgets.glyph import StateGlyph
from ui.widgets.lines import empty
from ui.widgets.segments import Choice, SegmentedControl
from ui.widgets.typed import Typed

if TYPE_CHECKING:
    from evalassist.content.loader import Content

MOST_LETTERS = 200
SEX_HELP = tr(
    "Some limits differ between women and men, and pregnancy is asked only where it can be. "
    "“Without norms” asks everything and uses no limit of one sex."
)


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
        kind: VisitKind | None = None,
        keep: Callable[[Evaluation], Evaluation] | None = None,
        alike: Callable[[Patient], Sequence[Patient]] | None = None,
    ) -> None:
        super().__init__(parent)
        self._content, self._patient, self._former = content, patient, tuple(former)
        self._keep = keep
        """What keeps the new evaluation while the dialog can still say what is wrong."""
        self.known_wanted = ""
        """The id of a patient who is there already and whose chart is to be opened instead."""
        self.evaluation: Evaluation | None = None
        self.half_filled_as = ("patient", patient.id if patient else "")
        self.setWindowTitle(tr("New visit") if patient else tr("New patient"))
        self.setMinimumWidth(style.px(620))
        today = date.today()
        self.name = TextField(tr("Name"))
        self.birth = DateField(
            tr("Date of birth"), earliest=today - timedelta(days=366 * AGES[1]), latest=today, keeps_room=True
        )
        self.sex = SegmentedControl(
            [Choice("F", tr("Female")), Choice("M", tr("Male")), Choice("X", tr("Without norms"), key="w")],
            tr("Sex for strength norms"),
        )
        self.number = TextField(tr("Record number"))
        self.knee = SegmentedControl(
            [Choice("right", tr("RIGHT")), Choice("left", tr("LEFT")), Choice("both", tr("BOTH"))],
            tr("Sore knee"),
        )
        self.visit = DateField(tr("Visit"), latest=today + timedelta(days=1), keeps_room=True)
        self.kind = SegmentedControl(
            [Choice(key, word) for key, word in KIND_WORDS.items()], tr("Kind of visit")
        )
        self._form = form = _Form()
        if patient is None:
            form.add("name", tr("Name"), self.name, tr("Family name, first name"))
            form.add("birth", tr("Date of birth"), self.birth)
            form.add("sex", tr("Sex for norms"), self.sex, SEX_HELP, below=SEX_HELP)
            form.add("number", tr("Record number"), self.number, tr("may stay empty"))
        else:
            who = style.label(
                "",
                tr("{name} · born {birth_date}").format(
                    name=patient.name, birth_date=date_text(patient.birth_date)
                ),
            )
            who.setProperty("t", "h2")
            form.grid.addWidget(who, 0, 0, 1, 2)
        form.add("knee", tr("Sore knee"), self.knee)
        form.add("visit", tr("Visit on"), self.visit)
        form.add("kind", tr("Kind of visit"), self.kind)
        begin = QPushButton(tr("Begin"))
        leave = QPushButton(tr("Cancel"))
        begin.setProperty("kind", "primary")
        begin.setDefault(True)
        begin.setProperty("field", True)  # Enter comes here from the last field
        begin.clicked.connect(self.begin)
        leave.clicked.connect(self.reject)
        ends = style.row(spacing=8)
        ends.addWidget(form.not_yet, 1)
        ends.addWidget(leave)
        ends.addWidget(begin)
        stack = style.column(self, (20, 16, 20, 16), spacing=12)
        stack.addWidget(self._form)
        self._refused = _refusal()
        stack.addWidget(self._refused)
        self._known = _Known(
            alike if patient is None else None, (self.name, self.birth, self.number), begin, self._form
        )
        self._known.chart_wanted.connect(self._open_chart)
        self._known.another_wanted.connect(self.begin)
        stack.addWidget(self._known)
        stack.addLayout(ends)
        self._given_name = name
        self._fill(name, today, kind)
        self._form.make_room()

    def begin(self) -> None:
        """Take it when everything is there; else say what is missing, and go there."""
        for text in (self.name, self.number):
            text.commit()
        for day in (self.birth, self.visit):
            day.insist()
        if self._form.refuses(self._faults(), tr("Not begun yet: {field}.")):
            return
        self._refused.hide()
        made = self._made()
        try:
            if self._known.asks_about(made.patient):
                return
            self.evaluation = self._keep(made) if self._keep is not None else made
        except EvalAssistError as fault:
            self._refused.setText(
                tr("It could not be kept. What you typed stays here. {fault}").format(fault=fault)
            )
            self._refused.show()
            return
        self.accept()

    def _open_chart(self, patient_id: str) -> None:
        self.known_wanted = patient_id
        super().reject()

    def reject(self) -> None:
        """Esc or Cancel: what was typed is not thrown away unasked."""
        typed = [self.name.value or "", self.number.value or "", self.birth.edit.text().strip()]
        new = self._patient is None and any(typed) and typed != [self._given_name, "", ""]
        if not new or asked_to_lose(self, tr("The patient is not kept yet.")):
            super().reject()

    def _fill(self, name: str, today: date, kind: VisitKind | None) -> None:
        self.name.set_value(name or None)
        self.visit.set_value(today)
        self.kind.set_value(kind or (None if self._former else "initial"))
        if self._former and kind != "initial":  # a new episode may be of the other knee
            self.knee.set_value(self._former[-1].sore_knee)
        if self._patient is not None:
            (self.visit if self.knee.value and self.kind.value else self.knee).setFocus()
        else:
            (self.birth if name else self.name).setFocus()

    def _faults(self) -> list[tuple[str, str]]:
        faults: list[tuple[str, str]] = []
        visit = self.visit.value
        if self._patient is None:
            name, birth = self.name.value or "", self.birth.value
            faults.append(("name", _name_fault(name)))
            faults.append(("birth", self._birth_fault(birth, visit)))
            faults.append(
                ("sex", "" if self.sex.value else tr("Choose one; “Without norms” leaves the norms out."))
            )
            faults.append(("number", _length_fault(self.number.value or "")))
        faults.append(("knee", "" if self.knee.value else tr("Choose the sore knee.")))
        faults.append(("visit", self._visit_fault(visit)))
        faults.append(("kind", "" if self.kind.value else tr("Choose the kind of visit.")))
        return faults

    def _visit_fault(self, visit: date | None) -> str:
        if visit is None:
            return self.visit.message or tr("Write the date of the visit.")
        if self._patient is None:
            return ""
        kind = cast("VisitKind | None", self.kind.value)
        care = () if kind in (None, "initial") else _that_count(self._former, self._former[-1].episode_id)
        return age_fault(self._patient.birth_date, visit) or order_fault(kind or "initial", visit, care)

    def _birth_fault(self, birth: date | None, visit: date | None) -> str:
        if birth is None:
            return self.birth.message or tr("Write the date of birth, like May 9, 2001.")
        return age_fault(birth, visit or date.today())

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


class _Form(QScrollArea):
    """The fields. Where large text leaves no room for all of them they scroll: what is asked below stays in sight."""

    def __init__(self) -> None:
        super().__init__()
        inner = QWidget()
        self.grid = style.scaled(QGridLayout(inner), spacing=4)
        self.grid.setColumnStretch(1, 1)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fields: dict[str, tuple[str, QWidget]] = {}
        self._said: dict[str, QLabel] = {}
        """Where it is said what is wrong with a field; a date says it itself."""
        self.not_yet = style.label("s")
        """Says beside the buttons, where it is always seen, which field the first fault is in."""
        self.not_yet.setProperty("c", "danger")
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]

    def add(self, key: str, words: str, field: QWidget, hint: str = "", below: str = "") -> None:
        """A field with the line that says what is wrong there; it has its room from the start, so nothing moves."""
        at = self.grid.rowCount()
        label = style.label("", words)
        label.setMinimumHeight(style.control_height())
        style.at_least(label, 120)
        self._fields[key] = words, field
        place = QWidget()
        stack = style.column(place, spacing=2)
        field.setToolTip(hint)
        self.grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
        stack.addWidget(
            field,
            0,
            Qt.AlignmentFlag(0) if isinstance(field, TextField | DateField) else Qt.AlignmentFlag.AlignLeft,
        )
        if below:
            stack.addWidget(style.label("s", below, wrap=True))
        if isinstance(field, Typed | SegmentedControl):
            field.answered.connect(lambda _: self._answered(key))
        if isinstance(field, DateField):
            field.message_changed.connect(lambda _: self.make_room())
        else:
            self._said[key] = said = style.label("s", wrap=True)
            said.setProperty("c", "danger")
            said.setMinimumHeight(style.link_height())
            stack.addWidget(said)
        if isinstance(field, TextField):
            field.edit.setAccessibleDescription(hint)
        self.grid.addWidget(place, at, 1)

    def refuses(self, faults: Sequence[tuple[str, str]], not_yet: str) -> bool:
        """Say beside each field what is wrong with it, "" for nothing, and go to the first; whether anything is."""
        wrong = {key: words for key, words in faults if words}
        for key, (_, field) in self._fields.items():
            words = wrong.get(key, "")
            if isinstance(field, DateField):
                field.tell(words)
            else:
                self._said[key].setText(words)
            if isinstance(field, SegmentedControl):
                field.describe(words)
            elif isinstance(field, TextField | DateField):
                field.edit.setAccessibleDescription(words or field.toolTip())
        self.not_yet.setText("")
        self.make_room()
        if wrong:
            key = next(iter(wrong))
            called, first = self._fields[key]
            self.not_yet.setText(not_yet.format(field=called))
            at = self.window().focusWidget()
            if at is not None and first.isAncestorOf(at):  # else it is read as the keyboard comes there
                spoken.say(at, wrong[key], at_once=True)
            first.setFocus()
        return bool(wrong)

    def _answered(self, key: str) -> None:
        """What was said about a field is over once it has an answer; what is wrong now is said by the button."""
        if key in self._said and self._said[key].text():
            self._said[key].setText("")
            self.make_room()
        self.not_yet.setText("")

    def _follow(self, _: QWidget | None, now: QWidget | None) -> None:
        """The field with the keyboard is seen."""
        if now is not None and self.isAncestorOf(now):
            self.ensureWidgetVisible(now)

    def make_room(self) -> None:
        """As high as all of it needs, and the dialog with it, as far as the screen reaches."""
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        dialog, around = self.window(), self.window().layout()
        if around is None:
            return
        self.setMinimumWidth(self.grid.minimumSize().width() + self.verticalScrollBar().sizeHint().width())
        dialog.setMinimumWidth(max(dialog.minimumWidth(), around.minimumSize().width()))
        width, sides = dialog.minimumWidth(), around.contentsMargins()
        wanted = _height(self.grid, width - sides.left() - sides.right())
        self.setFixedHeight(0)
        room = self.screen().availableGeometry().height() - style.px(20) - _height(around, width)
        self.setFixedHeight(max(style.px(100), min(wanted, room)))
        around.activate()  # else the dialog stays as high as it had to be before
        dialog.resize(width, _height(around, width))


def _name_fault(typed: str) -> str:
    """A date or a number that came into the field by mistake is no name."""
    return _length_fault(typed) if any(map(str.isalpha, typed)) else tr("Write the name.")


def _length_fault(typed: str) -> str:
    long = tr("At most {most_letters} letters fit here.").format(most_letters=MOST_LETTERS)
    return long if len(typed) > MOST_LETTERS else ""


def _height(layout: QLayout, width: int) -> int:
    return (
        layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
    )


class _Known(QFrame):
    """Asks, in place and once, whether somebody who is there already is meant: open that chart, or go on."""

    chart_wanted = Signal(str)
    """The id of whose chart is to be opened instead."""
    another_wanted = Signal()
    """It is somebody else: go on."""

    def __init__(
        self,
        alike: Callable[[Patient], Sequence[Patient]] | None,
        fields: tuple[TextField, DateField, TextField],
        go_on: QPushButton,
        form: _Form,
    ) -> None:
        """`alike` finds who is there already; `fields`, name, birth and number, tell people apart."""
        super().__init__()
        self.setProperty("card", "att")
        self._alike, self._fields, self._go_on, self._form = alike, fields, go_on, form
        nobody: tuple[str, date | None, str] = ("", None, "")
        self._asks = self._settled = nobody
        """About whom the question is, and about whom it needs none."""
        self._stack = style.column(self, (12, 10, 12, 10), spacing=8)
        self.hide()
        for field in fields:
            field.answered.connect(lambda _: self._somebody_else())

    def settle(self) -> None:
        """Who stands in the fields now needs no question."""
        self._settled = self._told_apart_by()

    def asks_about(self, patient: Patient, another: str = "") -> bool:
        """Whether it asks now; `another` is said by the button that goes on all the same.

        Raises EvalAssistError when the records cannot be read.
        """
        self._asks = self._told_apart_by()
        if self._alike is None or self._asks == self._settled:
            return False
        found = self._alike(patient)
        if not found:
            return False
        self._go_on.hide()  # the question has its own two answers
        self._ask(found, patient, another)
        self._form.make_room()
        return True

    def _told_apart_by(self) -> tuple[str, date | None, str]:
        name, birth, number = self._fields
        return name_key(name.value or ""), birth.value, name_key(number.value or "")

    def _another(self) -> None:
        self._settled = self._asks
        self._ask_no_more()
        self.another_wanted.emit()

    def _somebody_else(self) -> None:
        if self._told_apart_by() != self._asks:
            self._ask_no_more()

    def _ask_no_more(self) -> None:
        if not self.isHidden():
            self.hide()
            self._go_on.show()
            self._go_on.setDefault(True)
            self._form.make_room()

    def _ask(self, found: Sequence[Patient], new: Patient, words: str) -> None:
        empty(self._stack)
        first: QPushButton | None = None
        for known in found:
            said = spoken.Said("", _like(known, new), wrap=True)
            place = QWidget()
            line = style.row(place, spacing=10)
            line.addWidget(StateGlyph("look"), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(said, 1)
            chart = QPushButton(tr("Open the chart"))
            chart.setAccessibleName(tr("Open the chart of {name}").format(name=known.name))
            chart.clicked.connect(partial(self._want_chart, known.id))
            line.addWidget(chart, 0, Qt.AlignmentFlag.AlignTop)
            self._stack.addWidget(place)
            first = first or chart
        same = name_key(found[0].name) == name_key(new.name) and found[0].birth_date == new.birth_date
        another = QPushButton(
            words
            or (
                tr("Begin another person of this name and birth date")
                if same
                else tr("Begin another person with this record number")
            )
        )
        another.clicked.connect(self._another)
        self._stack.addWidget(another, 0, Qt.AlignmentFlag.AlignRight)
        self.show()
        if first is not None:
            style.say(first, kind="primary")
            first.setDefault(True)
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _want_chart(self, patient_id: str, *_: object) -> None:
        self.chart_wanted.emit(patient_id)


def _like(known: Patient, new: Patient) -> str:
    """Who is there already, and what is the same."""
    born = date_text(known.birth_date)
    if name_key(known.name) == name_key(new.name) and known.birth_date == new.birth_date:
        number = tr(", record {number}").format(number=known.record_number) if known.record_number else ""
        return tr("{name}, born {born}{number}, is in these records already.").format(
            name=known.name, born=born, number=number
        )
    return tr("The record number {number} is already that of {name}, born {born}.").format(
        number=known.record_number, name=known.name, born=born
    )


class CorrectionDialog(QDialog):
    """Correct who the patient is, or when the visit was, after the evaluation was begun."""

    def __init__(
        self,
        evaluation: Evaluation,
        parent: QWidget | None = None,
        *,
        visits: Callable[[str], Sequence[EvaluationRow]] | None = None,
        alike: Callable[[Patient], Sequence[Patient]] | None = None,
    ) -> None:
        super().__init__(parent)
        self._evaluation, self._visits = evaluation, visits
        """`visits` reads those of a patient: the date may not come on the wrong side of them."""
        self.known_wanted = ""
        """The id of a patient who is there already and whose chart is to be opened instead."""
        self._given = patient = evaluation.patient
        self.patient: Patient | None = None
        self.kind, self.day = evaluation.kind, evaluation.visit_date
        self.half_filled_as = ("correction", patient.id)
        self.setWindowTitle(tr("Patient"))
        self.setMinimumWidth(style.px(560))
        today = date.today()
        self.name, self.number = TextField(tr("Name")), TextField(tr("Record number"))
        self.birth = DateField(
            tr("Date of birth"), earliest=today - timedelta(days=366 * AGES[1]), latest=today, keeps_room=True
        )
        self.sex = SegmentedControl(
            [Choice("F", tr("Female")), Choice("M", tr("Male")), Choice("X", tr("Without norms"), key="w")],
            tr("Sex for strength norms"),
        )
        self.visit = DateField(
            tr("Visit"), latest=max(today + timedelta(days=1), evaluation.visit_date), keeps_room=True
        )
        self.kinds = SegmentedControl(
            [Choice(kind, KIND_WORDS[kind]) for kind in LATER_KINDS], tr("Kind of visit")
        )
        self._refused = _refusal()
        self._form = form = _Form()
        form.add("name", tr("Name"), self.name)
        form.add("birth", tr("Date of birth"), self.birth)
        form.add("sex", tr("Sex for norms"), self.sex, SEX_HELP)
        form.add("number", tr("Record number"), self.number)
        form.add("visit", tr("Visit on"), self.visit)
        if evaluation.kind in LATER_KINDS:  # an initial evaluation begins an episode and stays one
            form.add("kind", tr("Kind of visit"), self.kinds)
        correct, leave = QPushButton(tr("Correct it")), QPushButton(tr("Cancel"))
        correct.setProperty("kind", "primary")
        correct.setDefault(True)
        correct.setProperty("field", True)  # Enter comes here from the last field
        correct.clicked.connect(self.correct)
        leave.clicked.connect(self.reject)
        ends = style.row(spacing=8)
        ends.addWidget(form.not_yet, 1)
        ends.addWidget(leave)
        ends.addWidget(correct)
        stack = style.column(self, (20, 16, 20, 16), spacing=12)
        stack.addWidget(self._whom_it_changes())
        stack.addWidget(self._form)
        stack.addWidget(self._refused)
        self._known = _Known(alike, (self.name, self.birth, self.number), correct, self._form)
        self._known.chart_wanted.connect(self._open_chart)
        self._known.another_wanted.connect(self.correct)
        stack.addWidget(self._known)
        stack.addLayout(ends)
        self.name.set_value(patient.name)
        self.birth.set_value(patient.birth_date)
        self.sex.set_value(patient.sex)
        self.number.set_value(patient.record_number or None)
        self.visit.set_value(evaluation.visit_date)
        self.kinds.set_value(evaluation.kind if evaluation.kind in LATER_KINDS else None)
        self.as_shown = words_in(self)
        self._known.settle()
        self.name.setFocus()
        self._form.make_room()

    def correct(self) -> None:
        """Take it when it can be meant; else say what is wrong."""
        for text in (self.name, self.number):
            text.commit()
        for typed in (self.birth, self.visit):
            typed.insist()
        name, birth, number = self.name.value or "", self.birth.value, self.number.value or ""
        day, kind = self.visit.value, cast(VisitKind, self.kinds.value or self._evaluation.kind)
        refused = self._form.refuses(self._faults(kind), tr("Not corrected yet: {field}."))
        self._refused.hide()
        if refused or birth is None or day is None:
            return
        sex = cast('Literal["F", "M", "X"]', self.sex.value)
        patient = replace(self._given, name=name, birth_date=birth, sex=sex, record_number=number)
        try:
            if self._known.asks_about(patient, tr("Correct it all the same")):
                return
        except EvalAssistError as fault:
            self._refused.setText(str(fault))
            self._refused.show()
            self._form.make_room()
            return
        self.patient, self.kind, self.day = patient, kind, day
        self.accept()

    def _faults(self, kind: VisitKind) -> list[tuple[str, str]]:
        birth, day = self.birth.value, self.visit.value
        born = self.birth.message or tr("Write the date of birth, like May 9, 2001.") if birth is None else ""
        came = self.visit.message or tr("Write the date of the visit.") if day is None else ""
        if birth is not None and day is not None:
            too_old = age_fault(birth, day)
            if birth == self._given.birth_date:
                came = too_old
            else:
                born = too_old
            came = came or self._order_fault(kind, day)
        return [
            ("name", _name_fault(self.name.value or "")),
            ("birth", born),
            ("sex", "" if self.sex.value else tr("Choose the sex for norms.")),
            ("number", _length_fault(self.number.value or "")),
            ("visit", came),
        ]

    def _whom_it_changes(self) -> QLabel:
        """A name belongs to the patient, not to the visit: who has the wrong patient open must not rename it."""
        count = 1
        if self._visits is not None:
            with suppress(EvalAssistError):
                count = len(self._visits(self._given.id))
        said = style.label(
            "",
            tr(
                "Name, birth date, sex and record number change on all {count} visits of {name}, signed ones "
                "too. Is it the wrong patient? Then cancel, discard this draft on the start page, and begin "
                "the visit with the right one."
            ).format(count=count, name=self._given.name),
            wrap=True,
        )
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setVisible(count > 1)
        return said

    def _open_chart(self, patient_id: str) -> None:
        self.known_wanted = patient_id
        self.reject()

    def _order_fault(self, kind: VisitKind, day: date) -> str:
        """What does not change is not asked about, so that a name can be corrected whatever was begun once."""
        this = self._evaluation
        if self._visits is None or (kind, day) == (this.kind, this.visit_date):
            return ""
        try:
            found = _that_count(self._visits(this.patient.id), this.episode_id)
        except EvalAssistError as fault:
            return str(fault)
        return order_fault(kind, day, [row for row in found if row.id != this.id], corrects=this)


LATER_KINDS: tuple[VisitKind, ...] = ("re-evaluation", "discharge")


def _that_count(rows: Sequence[EvaluationRow], episode_id: str) -> list[EvaluationRow]:
    return [row for row in rows if row.episode_id == episode_id and not row.in_error]


def order_fault(
    kind: VisitKind, day: date, others: Sequence[EvaluationRow], *, corrects: Evaluation | None = None
) -> str:
    """Why a visit cannot have been on that day beside the others of its episode, and what to do; or ""."""
    other = out_of_place(kind, day, others, corrects=corrects)
    if other is None:
        return ""
    everyone: list[Dated] = [*others] if corrects is None else [corrects, *others]
    begins = first_visit(everyone) is other
    words = (
        tr("This care begins with the {kind} of {day}, so this visit comes after it. Write a later date.")
        if begins
        else tr("The {kind} of {day} comes after this visit. Write an earlier date.")
    ).format(kind=KIND_WORDS[other.kind].lower(), day=date_text(other.visit_date))
    mend = tr("If that date is the wrong one, open that visit and correct it there: click its date.")
    return f"{words} {mend}" if other.is_draft else words


def age_fault(birth: date, visit: date) -> str:
    """Why nobody born then can be evaluated on that day, or ""."""
    if visit < birth:
        return tr("The visit would be before the birth.")
    age = Patient("", birth, "X").age_on(visit)
    low, high = AGES
    return (
        ""
        if low <= age <= high
        else tr("The age would be {age}; EvalAssist is for {low} to {high} years.").format(
            age=age, low=low, high=high
        )
    )


def _refusal() -> QLabel:
    said = spoken.Said(wrap=True)
    said.setProperty("c", "danger")
    said.hide()
    return said

"""How often and how long, the therapist's numbers in place of the proposal, and every date that follows from them."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton

from evalassist.clinical.result import Certification, PlanOfCare, Schedule
from evalassist.clinical.schedule import VISIT_LIMITS
from evalassist.content import Content
from evalassist.evaluation import PlanEdit
from evalassist.translate import tr, trn
from ui import icons, style
from ui.widgets.cards import Card
from ui.widgets.dates import date_text
from ui.widgets.exercise_card import WAIT_MS
from ui.widgets.marks import Chip, LinkButton
from ui.widgets.plan_cards import empty
from ui.widgets.record_facts import RecordFacts
from ui.widgets.stepper import Stepper

PHASES = (("1", tr("First"), tr("at first")), ("2", tr("then"), tr("later")))
"""The number in the field's name, the word on the card, and how a screen reader says it."""


class VisitsCard(Card):
    """Visits a week and weeks, to be stepped, and the dates of plan, progress report and certification."""

    edited = Signal(object)
    back_wanted = Signal()
    """Take the therapist's numbers back."""

    def __init__(self, content: Content) -> None:
        super().__init__(tr("Visits and dates"), spacing=4)
        self._chip = Chip(tr("edited"), "att")
        self.back = LinkButton(tr("Back to the proposal"))
        self.back.setAccessibleName(tr("Visits: back to the proposal"))
        self.back.clicked.connect(self._go_back)
        self.title_row.addWidget(self._chip)
        self.title_row.addWidget(self.back)
        self._pending: dict[str, int] = {}
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self.flush)
        self.steppers: dict[str, Stepper] = {}
        for number, word, said in PHASES:
            self.body.addLayout(self._line(number, word, said))
        self._visits = style.label("s", wrap=True)
        self.body.addWidget(self._visits)
        self._advice = style.label("s", wrap=True)
        style.say(self._advice, c="att")
        self.body.addWidget(self._advice)
        self._rows: list[tuple[str, str]] = []
        """The dates that are shown, by their heads."""
        self._dates: QGridLayout = style.scaled(QGridLayout(), spacing=3)
        self._dates.setHorizontalSpacing(style.px(10))
        self._dates.setColumnStretch(1, 1)
        self.body.addLayout(self._dates)
        self._certification = style.label("s", wrap=True)
        self.body.addWidget(self._certification)
        self._facts = RecordFacts("visits", content)
        self.body.addWidget(self._facts)
        self.paper = QPushButton(tr("Plan of care to sign"))
        self.paper.setToolTip(tr("The plan of care as a paper of its own, to print, save or fax (Ctrl+P)"))
        icons.put_icon(self.paper, "print")
        self.body.addWidget(self.paper, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)

    def _line(self, number: str, word: str, said: str) -> QHBoxLayout:
        row = style.row(spacing=8)
        head = style.label("s", word)
        style.at_least(head, 30)
        row.addWidget(head)
        for name, unit in (("per_week", tr("a week for")), ("weeks", tr("weeks"))):
            low, high = VISIT_LIMITS[f"{name}_{number}"]
            told = tr("visits a week") if name == "per_week" else tr("weeks")
            heard = _visits_heard if name == "per_week" else _weeks_heard
            stepper = Stepper(f"{told.capitalize()} {said}", unit, low=low, high=high, told=heard)
            stepper.answered.connect(lambda value, field=f"{name}_{number}": self._step(field, value))
            self.steppers[f"{name}_{number}"] = stepper
            row.addWidget(stepper)
        row.addStretch(1)
        return row

    def show_plan(self, plan: PlanOfCare, advice: str = "", *, read_only: bool = False) -> None:
        """Show the visits and dates of this plan; `advice` is for who has not set them yet."""
        schedule, certification = plan.schedule, plan.certification
        self._show_steps(schedule, read_only=read_only)
        self._chip.setVisible(bool(schedule.proposed))
        self._chip.setToolTip(tr("Proposed: {proposed}").format(proposed=schedule.proposed))
        self.back.setVisible(bool(schedule.proposed) and not read_only)
        self._visits.setText(tr("{visits} visits: {text}").format(visits=schedule.visits, text=schedule.text))
        self._advice.setText("" if schedule.proposed else advice)
        self._advice.setVisible(bool(self._advice.text()))
        self._visits.setToolTip(tr("Because of {because}.").format(because=schedule.because))
        rows = [
            (
                tr("Plan"),
                tr("{starts} to {ends}").format(
                    starts=date_text(schedule.starts), ends=date_text(schedule.ends)
                ),
            )
        ]
        if schedule.report_day is not None:
            report = tr("treatment day {report_day}").format(report_day=schedule.report_day)
            by = tr("by {report}; the plan has fewer days").format(report=report)
            if schedule.report_by is not None:
                by = tr("{report}, in the week before {report_by}").format(
                    report=report, report_by=date_text(schedule.report_by)
                )
            rows.append((tr("Progress report"), by))
        if certification.due is not None:
            rows.append((act_of(certification), date_text(certification.due)))
        elif certification.renews and certification.lapsed is not None:
            rows.append((tr("Certification ended"), date_text(certification.lapsed)))
        if certification.ends is not None and certification.starts is not None:
            counted = tr(", from {starts}").format(starts=date_text(certification.starts)) * (
                certification.starts != schedule.starts
            )
            until = tr("Then certified until") if certification.renews else tr("Certified until")
            rows.append((until, f"{date_text(certification.ends)}{counted}"))
        if certification.recertification_warning is not None:
            rows.append((tr("Prepare to recertify"), date_text(certification.recertification_warning)))
        self._show_dates(rows)
        first, dot, _ = certification.text.partition(". ")
        self._facts.show_facts(plan.record_facts)
        self._certification.setText(first + dot.strip())
        self._certification.setToolTip(certification.text.replace(". ", ".\n"))

    def _show_dates(self, rows: list[tuple[str, str]]) -> None:
        if rows == self._rows:
            return
        self._rows = rows
        empty(self._dates)
        for line, (name, words) in enumerate(rows):
            self._dates.addWidget(style.label("s", name), line, 0, Qt.AlignmentFlag.AlignTop)
            self._dates.addWidget(style.label("", words, wrap=True), line, 1)

    def _show_steps(self, schedule: Schedule, *, read_only: bool) -> None:
        """Visits in named weeks have no number a week until the therapist sets one."""
        shown: dict[str, int | None] = {"weeks_1": schedule.weeks, "weeks_2": 0}
        for number, block in enumerate(schedule.blocks, start=1):
            shown |= {f"per_week_{number}": block.per_week, f"weeks_{number}": block.weeks}
        for field, stepper in self.steppers.items():
            if field not in self._pending:
                stepper.set_value(shown.get(field))
            stepper.setEnabled(not read_only)

    # ------------------------------------------------------------ telling

    def flush(self) -> None:
        """Tell the steps that were taken and not told yet."""
        self._wait.stop()
        pending, self._pending = self._pending, {}
        for field, value in pending.items():
            self.edited.emit(PlanEdit("visits", field=field, value=value))

    def hideEvent(self, event: QHideEvent) -> None:
        self.flush()
        super().hideEvent(event)

    def _step(self, field: str, value: object) -> None:
        if isinstance(value, int | float):
            self._pending[field] = int(value)
            self._wait.start()

    def _go_back(self) -> None:
        self._pending.clear()
        self._wait.stop()
        self.back_wanted.emit()


def act_of(certification: Certification) -> str:
    """What has to be done by the day the certification is due."""
    if certification.renews:
        return tr("Recertify by")
    return tr("Signature by") if certification.signature_needed else tr("Send the plan by")


def _visits_heard(value: float) -> str:
    return trn("1 visit a week", "{count} visits a week", int(value)).format(count=int(value))


def _weeks_heard(value: float) -> str:
    return trn("1 week", "{count} weeks", int(value)).format(count=int(value))

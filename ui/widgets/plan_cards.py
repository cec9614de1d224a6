"""Below the exercises of the plan: goals, visits and codes, and the care beside the exercises."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from evalassist.clinical.facts import shown
from evalassist.clinical.goals import first_things_first
from evalassist.clinical.result import Advice, Goal, PlanOfCare
from evalassist.content import Content
from evalassist.words import upper_first
from ui import style
from ui.widgets.cards import Card
from ui.widgets.dates import date_text
from ui.widgets.elided import ElidedLabel
from ui.widgets.marks import LinkButton, SourceMark, StateGlyph

GOALS_AT_FIRST = (3, 5)
"""At least and at most so many, before all are asked for."""


class GoalsCard(Card):
    """The goals with what is measured now and what is aimed at; the sentences of the note in the tooltip."""

    def __init__(self, content: Content) -> None:
        super().__init__("Goals", spacing=4)
        self._content = content
        self._plan: PlanOfCare | None = None
        self._all = LinkButton("All")
        self._all.setCheckable(True)
        self._all.clicked.connect(self._draw)
        self.title_row.addWidget(self._all)
        self._grid: QGridLayout = style.scaled(QGridLayout(), spacing=4)
        self._grid.setHorizontalSpacing(style.px(14))
        self._grid.setColumnStretch(4, 1)
        self.body.addLayout(self._grid)
        self.body.addStretch(1)

    def show_plan(self, plan: PlanOfCare) -> None:
        """Show the goals of this plan."""
        former, self._plan = self._plan, plan
        if former is None or (former.goals, former.schedule) != (plan.goals, plan.schedule):
            self._draw()

    def _draw(self) -> None:
        if self._plan is None:
            return
        goals, leading = first_things_first(self._plan.goals, self._content)
        least, most = GOALS_AT_FIRST
        at_first = max(least, min(leading, most))
        everything = self._all.isChecked()
        self._all.setText("Fewer" if everything else f"All {len(goals)}")
        self._all.setVisible(len(goals) > at_first)
        empty(self._grid)
        for column, head in enumerate(("Goal", "now", "4 weeks", f"{self._plan.schedule.weeks} weeks", "")):
            self._grid.addWidget(style.label("s", head), 0, column)
        for line, goal in enumerate(goals if everything else goals[:at_first], start=1):
            self._add(goal, line)

    def _add(self, goal: Goal, line: int) -> None:
        title, now = style.label("b", goal.title), style.label("", _number(goal.baseline))
        short = style.label("", "" if goal.short is None else f"→ {_number(goal.short)}")
        long = style.label("b", "" if goal.long is None else f"→ {_number(goal.long)}")
        words = f"{goal.measure} {goal.unit}".strip() if goal.measure != goal.title else goal.unit
        kind = ElidedLabel(align=Qt.AlignmentFlag.AlignLeft)
        kind.set_text(goal.warning or goal.note or words)
        style.say(kind, c="att" if goal.warning else "")
        for column, part in enumerate((title, now, short, long)):
            part.setToolTip("\n".join(goal.sentences))
            self._grid.addWidget(part, line, column)
        self._grid.addWidget(kind, line, 4)


class VisitsCard(Card):
    """How often and how long, by when it must be certified, and the codes that are offered."""

    def __init__(self) -> None:
        super().__init__("Visits and codes", spacing=4)
        self._visits, self._dates, self._codes = style.label(""), style.label("s"), style.label("s")
        for part in (self._visits, self._dates, self._codes):
            part.setWordWrap(True)
            self.body.addWidget(part)
        self.body.addStretch(1)

    def show_plan(self, plan: PlanOfCare) -> None:
        """Show the visits of this plan."""
        schedule, certification = plan.schedule, plan.certification
        self._visits.setText(f"{schedule.visits} visits: {schedule.text}")
        self._visits.setToolTip(f"Because of {schedule.because}.")
        parts = [f"{schedule.weeks} weeks, to {date_text(schedule.ends)}"]
        if certification.due is not None:
            parts.append(f"certify by {date_text(certification.due)}")
        if schedule.progress_report:
            parts.append(schedule.progress_report)
        self._dates.setText(" · ".join(parts))
        self._dates.setToolTip(certification.text)
        offered = [code for code in plan.codes if code.offered]
        self._codes.setText("Codes offered: " + " · ".join(code.code for code in offered))
        self._codes.setToolTip("\n".join(f"{code.code} {code.label}: {code.because}" for code in plan.codes))


class CareCard(Card):
    """What is offered beside the exercises, and what is not advised, each with its reason and grade."""

    evidence_wanted = Signal(str)
    """The recommendation whose words and source are to be shown."""

    def __init__(self, content: Content) -> None:
        super().__init__("Other care")
        self._recommendations = content.recommendations
        self._shown: tuple[tuple[Advice, ...], ...] = ()

    def show_plan(self, plan: PlanOfCare) -> None:
        """Show the other care of this plan."""
        shown = (plan.adjuncts, plan.running, plan.load_advice, plan.not_advised, plan.education)
        if shown == self._shown:
            return
        self._shown = shown
        empty(self.body)
        for advice in (*plan.adjuncts, *plan.running, *plan.load_advice):
            self.body.addWidget(self._advice(advice, offered=True))
        for advice in plan.not_advised:
            self.body.addWidget(self._advice(advice, offered=False))
        if plan.education:
            words = style.label("s", f"Education: {len(plan.education)} topics")
            words.setToolTip("\n".join(advice.title for advice in plan.education))
            self.body.addWidget(words)
        self.body.addStretch(1)

    def _advice(self, advice: Advice, *, offered: bool) -> QWidget:
        place = QWidget()
        row = style.row(place, spacing=7)
        words = style.label(
            "" if offered else "q", advice.title if offered else f"{advice.title}: not advised"
        )
        words.setWordWrap(True)
        row.addWidget(StateGlyph("complete" if offered else "not-met"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        recommendation = self._recommendations.get(advice.recommendation)
        if recommendation is not None:
            source = SourceMark(recommendation.grade or "source", recommendation.intervention)
            source.clicked.connect(lambda: self.evidence_wanted.emit(recommendation.id))
            row.addWidget(source, 0, Qt.AlignmentFlag.AlignTop)
        limit = f"\n{advice.limit}" if advice.limit else ""
        place.setToolTip(f"{upper_first(advice.because)}.{limit}")
        return place


def _number(value: float | str | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else shown(value, 1)


def empty(layout: QVBoxLayout | QGridLayout) -> None:
    """Take everything out of a layout, to fill it anew."""
    while (entry := layout.takeAt(0)) is not None:
        if (widget := entry.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := entry.layout()) is not None:
            empty(inner)  # type: ignore[arg-type]
            inner.deleteLater()

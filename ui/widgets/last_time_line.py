"""Above the exercises of a later plan: what was decided by hand before and does not stand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from evalassist.clinical.last_time import as_it_went, as_last_time, goals_as_last_time, in_words
from evalassist.clinical.result import PlanOfCare
from evalassist.evaluation import PlanEdit
from evalassist.translate import tr
from ui import style
from ui.widgets.marks import LinkButton, StateGlyph

if TYPE_CHECKING:
    from ui.session import EvaluationSession


class LastTimeLine(QFrame):
    """Decides again as at the last visit, at once, but for what went badly since; what was taken out at any visit stays
    out. A plan for the time after care begins with the last one anyway."""

    decided = Signal()

    def __init__(self, session: EvaluationSession) -> None:
        super().__init__()
        self._session = session
        self._edits: tuple[PlanEdit, ...] = ()
        self.says = ""
        """What was decided, in a sentence; empty where today's plan holds it all."""
        self.setProperty("card", "att")
        line = style.row(self, (10, 5, 8, 5), spacing=8)
        self._words = style.label("", wrap=True)
        self.again = LinkButton(tr("As last time"))
        self.again.clicked.connect(self._decide)
        line.addWidget(StateGlyph("look"), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._words, 1)
        line.addWidget(self.again)
        self.hide()

    def show_plan(self, plan: PlanOfCare, *, read_only: bool) -> None:
        """Compare with this plan; nothing is shown where it holds all that was decided."""
        self._edits, self.says = ((), "") if read_only else decided_last_time(self._session, plan)
        self._words.setText(self.says)
        self.again.setAccessibleName(f"{self.again.text()}. {self.says}")
        self.setVisible(bool(self._edits))

    def _decide(self) -> None:
        self._session.edit_plan(*self._edits)
        self.decided.emit()


def decided_last_time(session: EvaluationSession, plan: PlanOfCare) -> tuple[tuple[PlanEdit, ...], str]:
    """What was decided before and this plan does not hold: as edits of it, and in a sentence. Both are empty where it
    holds all."""
    back, exercises = session.follow_up, session.content.exercises
    if back is None or back.ends:
        return (), ""
    now = session.evaluation.plan_edits
    then = {course.planned.exercise.id for course in back.exercises}
    too_much = {course.planned.exercise.id for course in back.exercises if course.move == "regress"}
    *older, last = session.earlier
    out = (edit for visit in older for edit in visit.plan_edits if edit.kind == "drop")
    told = (*(one for one in out if one.exercise not in then), *last.plan_edits)
    before = as_it_went(told, too_much, exercises)
    edits = (
        *as_last_time(before, now, plan.exercises, exercises, then),
        *goals_as_last_time(before, now, plan.goals, session.content),
    )
    words = "; ".join(in_words(edits, exercises, plan.goals))
    return edits, tr("Decided last time, otherwise than in this plan: {words}.").format(
        words=words
    ) if words else ""

"""Above the exercises of a later plan: what was decided by hand before and does not stand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from evalassist.clinical.last_time import as_last_time, goals_as_last_time, in_words
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
        session, exercises, follow_up = (
            self._session,
            self._session.content.exercises,
            self._session.follow_up,
        )
        today, now = plan.exercises, session.evaluation.plan_edits
        self._edits, says = (), ""
        if follow_up is not None and not follow_up.ends and not read_only:
            then = {course.planned.exercise.id for course in follow_up.exercises}
            too_much = {
                course.planned.exercise.id for course in follow_up.exercises if course.move == "regress"
            }
            *older, last = session.earlier
            out = [edit for visit in older for edit in visit.plan_edits if edit.kind == "drop"]
            before = [
                edit
                for edit in (*(one for one in out if one.exercise not in then), *last.plan_edits)
                if too_much.isdisjoint((edit.exercise, edit.to))
            ]
            self._edits = (
                *as_last_time(before, now, today, exercises, then),
                *goals_as_last_time(before, now, plan.goals, session.content),
            )
            words = "; ".join(in_words(self._edits, exercises, plan.goals))
            says = tr("Decided last time, otherwise than in this plan: {words}.").format(words=words)
        self._words.setText(says)
        self.again.setAccessibleName(f"{self.again.text()}. {says}")
        self.setVisible(bool(self._edits))

    def _decide(self) -> None:
        self._session.edit_plan(*self._edits)
        self.decided.emit()

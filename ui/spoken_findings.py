"""What the findings say now and did not before, read aloud: red flags, conclusions, and other exercises in the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from evalassist.clinical.result import PlanOfCare
from evalassist.translate import tr
from ui import spoken
from ui.widgets.panel_lines import ACTIONS, PanelLines

if TYPE_CHECKING:
    from ui.session import EvaluationSession

WARNING = ("safety",)
"""Steps whose own line above the page tells every red flag, and is read aloud."""


class SpokenFindings:
    """Remembers what was said, or stood there from the beginning."""

    def __init__(self, session: EvaluationSession) -> None:
        self._session = session
        self._heard: tuple[dict[str, str], list[str], list[str]] | None = None
        """Red flags, conclusions and exercises."""

    def tell(self, page: QWidget, step: str, *, at_the_table: bool = False) -> None:
        """Say what is new to who is at this step; a red flag breaks in on what is read.

        `at_the_table`: the hands are busy with the patient, so what the plan holds is told afterwards.
        """
        if not spoken.listens():
            return
        flags = {
            flag.id: f"{ACTIONS[flag.rule.level or 'CAUTION']}. {flag.rule.title}. {flag.rule.do_now}"
            for flag in self._session.assessment.red_flags
        }
        stopped = self._session.assessment.stopped
        said = [] if stopped else PanelLines(self._session).found()
        plan = self._session.plan
        planned = [one.exercise.name for one in plan.exercises] if isinstance(plan, PlanOfCare) else []
        flags_before, said_before, planned_before = self._heard or (flags, said, planned)
        self._heard = flags, said, planned_before if at_the_table else planned
        for flag_id, words in flags.items():
            if flag_id not in flags_before and step not in WARNING:
                spoken.say(page, words, at_once=True)
        if flags_before and not flags:
            spoken.say(page, tr("No red flag any more"))
        if said_before:  # else a stop went, and all stands as it was
            spoken.say(page, ". ".join(words for words in said if words not in said_before))
        told_by_the_page = step == "plan"
        if planned_before and planned and not (told_by_the_page or at_the_table):
            spoken.say(page, _other_exercises(planned_before, planned))


def _other_exercises(before: list[str], now: list[str]) -> str:
    """How an answer changed which exercises the plan holds; empty where it did not."""
    gone = ", ".join(name for name in before if name not in now)
    new = ", ".join(name for name in now if name not in before)
    if new and gone:
        return tr("The plan has {new} instead of {gone}").format(new=new, gone=gone)
    if new:
        return tr("The plan has {new} now").format(new=new)
    return tr("The plan has no {gone} any more").format(gone=gone) if gone else ""

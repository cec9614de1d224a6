"""Beside the exercises of the plan: what they are to mend, how the plan is framed, and what was not decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from evalassist.clinical.assessment import CODES
from evalassist.clinical.result import (
    Assessment,
    Conclusion,
    PlanOfCare,
    Reason,
    Verdict,
    first_of_each_side,
)
from evalassist.content import Content
from evalassist.translate import tr, trn
from evalassist.wording.assessment import level_words
from evalassist.words import upper_first
from ui import style
from ui.widgets.cards import Card, Rule
from ui.widgets.conclusion_card import ReasonList
from ui.widgets.marks import StateGlyph
from ui.widgets.plan_cards import empty

KINDS = ("deficit", "subcategory", "modifier")


class Problem(NamedTuple):
    """What the plan is to mend, and the findings or the therapist's word behind it."""

    title: str
    because: tuple[Reason, ...]


class ProblemsCard(Card):
    """The problems with their reasons, irritability, phase and pain cap, and what is not decided."""

    go_to = Signal(str)

    def __init__(self, content: Content) -> None:
        super().__init__(spacing=4)
        self._content = content
        self._shown: tuple[tuple[Problem, ...], int] | None = None
        self.body.addWidget(style.label("cap", tr("PROBLEMS")))
        self._list: QVBoxLayout = style.column(spacing=2)
        self.body.addLayout(self._list)
        self._frame = style.label("s", wrap=True)
        self._open_head = style.label("cap", tr("NOT DECIDED"))
        self._open_words = style.label("s", tr("so the gentler choice was taken"), wrap=True)
        self._open = ReasonList()
        self._open.go_to.connect(self.go_to)
        for part in (self._frame, self._open_head, self._open, self._open_words):
            self.body.addWidget(part)
        self.body.addStretch(1)

    def show_plan(self, plan: PlanOfCare, assessment: Assessment) -> None:
        """Show what this plan rests on; the list is drawn again only when it changed."""
        found = tuple(
            Problem(each.rule.title, _because(each, assessment))
            for each in self._found(assessment, Verdict.MET)
        )
        undecided = len(tuple(self._found(assessment, Verdict.UNDECIDED)))
        if (found, undecided) != self._shown:
            self._shown = found, undecided
            self._draw(found, undecided)
        self._frame.setText(
            tr(
                "Irritability {level}\nphase {phase} · pain cap {pain_cap}/10\n"
                "{effort}\n{count} exercises, about {minutes} min"
            ).format(
                level=level_words(assessment.irritability or "", taken=assessment.irritability_taken),
                phase=plan.phase,
                pain_cap=plan.pain_cap,
                effort=plan.effort,
                count=len(plan.exercises),
                minutes=plan.minutes,
            )
        )
        missing = [Reason(upper_first(self._content.label(i)), (i,)) for i in plan.not_decided]
        self._open.show_reasons(missing, most=6)
        for part in (self._open_head, self._open_words):
            part.setVisible(bool(missing))

    def _draw(self, found: tuple[Problem, ...], undecided: int) -> None:
        empty(self._list)
        for title, because in found:
            line = style.row(spacing=6)
            line.addWidget(StateGlyph("look"), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(style.label("b", title, wrap=True), 1)
            reasons = ReasonList()
            reasons.go_to.connect(self.go_to)
            reasons.setToolTip(style.tip("\n".join(reason.text for reason in because)))
            self._list.addLayout(line)
            self._list.addWidget(reasons)
            reasons.show_reasons(first_of_each_side(because))  # once it has its place
            self._list.addSpacing(style.px(4))
        if not found:
            none = tr("No deficit was found.")
            if undecided:
                none = trn(
                    "No deficit was found in what was tested; {count} is not decided.",
                    "No deficit was found in what was tested; {count} are not decided.",
                    undecided,
                ).format(count=undecided)
            self._list.addWidget(style.label("s", none, wrap=True))
        self._list.addWidget(Rule())

    def _found(self, assessment: Assessment, verdict: Verdict) -> Iterator[Conclusion]:
        """What was found itself, or not decided; a conclusion that only sums up others is left out."""
        for conclusion in assessment.conclusions.values():
            facts = {part.fact for part in conclusion.rule.when.walk() if part.fact}
            decided = assessment.decided(CODES.get(conclusion.id, ""), conclusion.verdict)
            if decided is verdict and conclusion.rule.kind in KINDS and not facts & set(self._content.rules):
                yield conclusion


def _because(conclusion: Conclusion, assessment: Assessment) -> tuple[Reason, ...]:
    """The findings behind a problem; the therapist's word where the findings say otherwise."""
    code = CODES.get(conclusion.id, "")
    if not assessment.disagrees(code):
        return conclusion.reasons
    why = assessment.opinions[code].reason or tr("no reason given")
    return (Reason(tr("by the therapist: {reason}").format(reason=why), (code,)),)

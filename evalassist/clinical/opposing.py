"""The other side of a conclusion: for a rule that is met what speaks against it, for one not met what speaks for it.

Found when it is shown or printed, not with every answer: no rule and no plan waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from evalassist.clinical.conditions import judge
from evalassist.clinical.result import Assessment, Reason, Verdict
from evalassist.content.schema import Condition
from evalassist.evaluation import Side

SHOWN_KINDS = ("criterion", "irritability", "subcategory", "modifier", "deficit")


def against(assessment: Assessment, rule_id: str, sore_sides: tuple[Side, ...]) -> tuple[Reason, ...]:
    """The findings that point the other way; none while it is undecided, and none for red flags and remarks."""
    conclusion = assessment.conclusions[rule_id]
    if conclusion.rule.kind not in SHOWN_KINDS or conclusion.verdict is Verdict.UNDECIDED:
        return ()
    told = {reason.text for reason in conclusion.reasons}
    found = dict.fromkeys(_Opposing(assessment, sore_sides).to_rule(rule_id))
    return tuple(reason for reason in found if reason.text not in told)


class _Opposing:
    """Walks a rule down to its findings, through the rules it is made of."""

    def __init__(self, assessment: Assessment, sore_sides: tuple[Side, ...]) -> None:
        self._assessment, self._sides = assessment, sore_sides

    def to_rule(self, rule_id: str) -> Iterator[Reason]:
        conclusion = self._assessment.conclusions[rule_id]
        if conclusion.verdict is Verdict.UNDECIDED:
            return
        sides: tuple[Side | None, ...] = self._sides if conclusion.rule.each_side else (None,)
        for side in sides:
            yield from self._to(conclusion.rule.when, conclusion.verdict, side)

    def _to(self, condition: Condition, verdict: Verdict, side: Side | None) -> Iterator[Reason]:
        """What in this condition points away from the verdict."""
        judged = judge(condition, self._assessment.known, side)
        if judged.verdict is Verdict.UNDECIDED:
            return
        if condition.fact in self._assessment.conclusions:
            yield from self._to_rule_within(condition, verdict, judged.verdict is not verdict)
        elif judged.verdict is not verdict:
            yield from judged.reasons
        else:
            for part in condition.all or condition.any or condition.any_tested or ():
                yield from self._to(part, verdict, side)

    def _to_rule_within(self, condition: Condition, verdict: Verdict, opposes: bool) -> Iterator[Reason]:
        """A rule inside a rule: its own reasons where it opposes, else what opposes it.

        That another conclusion is absent (`is = "no"`) does not speak for this one: only what speaks for the absent
        one, in spite of it, speaks against this one.
        """
        rule_id, wants_absence = condition.fact or "", condition.is_ == "no"
        if opposes and not wants_absence:
            yield from self._assessment.conclusions[rule_id].reasons
        elif not opposes and not (wants_absence and verdict is Verdict.NOT_MET):
            yield from self.to_rule(rule_id)

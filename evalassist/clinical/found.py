"""What the patient's sheet may say was found at the hip: which variant, and whether a number may stand there.

A percentage needs a device on both sides and a test that did not hurt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evalassist.clinical.facts import shown
from evalassist.clinical.result import Assessment, GroupStrength, SideStrength, Verdict
from evalassist.evaluation import SIDES, Evaluation, Side

Variant = Literal["V1", "V2", "V3", "V4", "V5", "V6", "same", "one-side", "part"]
"""`one-side`: only one hip was tested; `part`: both were, but no group so that the sides can be compared."""
HIP_DEFICITS = ("abd-deficit", "er-deficit", "ext-deficit")
SHOWN_GROUPS = ("habd", "her")
"""If several groups differ, the sheet prints the largest of abduction or external rotation."""
HIP_GROUPS = ("habd", "her", "hir", "hext", "hflx", "hadd")

STRONG_GRADE = "5"
WEAK_GRADES = ("0", "1", "2-", "2", "2+", "3-", "3", "3+", "4-", "4")
ENTRY_TO_CHECK_PERCENT = 60


@dataclass(frozen=True, slots=True)
class HipFinding:
    variant: Variant
    weaker: Side | None = None
    deficit_percent: int | None = None
    hurt: bool = False
    strong: bool = False
    """Not only alike: normal in the therapist's word, or graded 5 by hand wherever both sides were graded."""
    problem: str = ""
    """Why the sheet must not be printed before the entry was checked."""


def hip_finding(evaluation: Evaluation, assessment: Assessment) -> HipFinding:
    """The variant of "What we found". A measured difference comes first, then the therapist's word, then the hand."""
    measured = [group for group in _groups(assessment) if group.asymmetry_percent is not None]
    if measured:
        lower = min(measured, key=lambda group: group.asymmetry_percent or 100)
        finding = _by_device(evaluation, lower, 100 - assessment.numbers["symmetry-deficit"])
        if finding is not None:
            return finding
    if evaluation.answers.get("hips-both-normal") == "yes":
        return HipFinding("V4", strong=True)
    if evaluation.answers.get("hips-both-low") == "yes":
        return HipFinding("V3")
    by_hand = _by_hand(evaluation, assessment)
    if not measured or by_hand.variant in ("V2", "V3", "V5"):
        return by_hand
    return _about_the_same(assessment)


def step_down_sides(evaluation: Evaluation, assessment: Assessment) -> tuple[Side, ...]:
    """The sore sides on which the knee moved in when stepping down."""
    moved = (
        side for side in evaluation.sore_sides if assessment.value(f"lsd-knee.{side}") not in (None, "0")
    )
    return tuple(moved)


def _groups(assessment: Assessment) -> list[GroupStrength]:
    return [assessment.strength[name] for name in SHOWN_GROUPS if name in assessment.strength]


def _hip_groups(assessment: Assessment) -> list[GroupStrength]:
    return [assessment.strength[name] for name in HIP_GROUPS if name in assessment.strength]


def _by_device(evaluation: Evaluation, group: GroupStrength, noise_percent: float) -> HipFinding | None:
    """What the dynamometer says of a group; None when the sides differ by no more than the noise."""
    deficit = 100 - (group.asymmetry_percent or 100)
    if deficit > ENTRY_TO_CHECK_PERCENT:
        problem = f"One hip reads {shown(deficit)} % lower than the other. Check the entry before printing."
        return HipFinding("V6", problem=problem)
    if deficit <= noise_percent or group.weaker is None:
        return None
    if group.weaker not in evaluation.sore_sides:
        return HipFinding("V5", group.weaker)
    hurt = any(tested.pain_inhibited for side in SIDES if (tested := group.side(side)))
    return HipFinding("V1", group.weaker, None if hurt else int(shown(deficit)), hurt)


def _about_the_same(assessment: Assessment) -> HipFinding:
    """Measured, and no difference between the sides; "same" when a deficit lies elsewhere."""
    deficits = [assessment.conclusions[rule_id] for rule_id in HIP_DEFICITS]
    low: set[Side] = {side for deficit in deficits if deficit.met for side in deficit.sides}
    if len(low) == len(SIDES):
        return HipFinding("V3")
    return HipFinding("V4" if assessment.conclusions["mpd-hip"].verdict is Verdict.NOT_MET else "same")


def _by_hand(evaluation: Evaluation, assessment: Assessment) -> HipFinding:
    graded = {
        side: [tested.grade for g in _groups(assessment) if (tested := g.side(side)) and tested.grade]
        for side in SIDES
    }
    weak: list[Side] = [side for side in SIDES if set(graded[side]) & set(WEAK_GRADES)]
    if not graded["right"] or not graded["left"]:
        return _not_compared(assessment)
    if len(weak) == 2:
        return HipFinding("V3")
    if not weak:
        grades = {*graded["right"], *graded["left"]}
        return HipFinding("V4", strong=grades == {STRONG_GRADE})
    return HipFinding("V2" if weak[0] in evaluation.sore_sides else "V5", weak[0])


def _not_compared(assessment: Assessment) -> HipFinding:
    """No test of both hips to compare: not tested at all, one hip only, or parts of both."""
    tested = [
        side for side in SIDES if any(_was_tested(group.side(side)) for group in _hip_groups(assessment))
    ]
    if not tested:
        return HipFinding("V6")
    return HipFinding("one-side" if len(tested) == 1 else "part")


def _was_tested(side: SideStrength | None) -> bool:
    return side is not None and bool(side.trials or side.grade)

"""What the patient's sheet may say was found at the hip: which variant, and whether a number may stand there.

A percentage needs a device on both sides and a test that did not hurt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evalassist.answers import MMT_GRADES
from evalassist.clinical.facts import shown
from evalassist.clinical.result import Assessment, GroupStrength, SideStrength, Verdict
from evalassist.evaluation import SIDES, Evaluation, Side

Variant = Literal["V1", "V2", "V3", "V4", "V5", "V6", "same", "mixed", "one-side", "part"]
"""`mixed`: by hand each hip was the lower one somewhere, and none was weak; `one-side`: only one hip was tested;
`part`: both were, but no group so that the sides can be compared."""
HIP_DEFICITS = ("abd-deficit", "er-deficit", "ext-deficit")
SHOWN_GROUPS = ("habd", "her")
"""If several groups differ, the sheet prints the largest of abduction or external rotation."""
HIP_GROUPS = ("habd", "her", "hir", "hext", "hflx", "hadd")
EXTENSION = "hext"
"""Told where abduction and external rotation are alike: hips that differ in it did not push about the same."""
COMPARED_GROUPS = (*SHOWN_GROUPS, EXTENSION)
"""Both hips low are called alike only where none of the groups behind that differs."""

STRONG_GRADE = "5"
WEAK_GRADES = ("0", "1", "2-", "2", "2+", "3-", "3", "3+", "4-", "4")
ENTRY_TO_CHECK_PERCENT = 60


@dataclass(frozen=True, slots=True)
class HipFinding:
    variant: Variant
    weaker: Side | None = None
    deficit_percent: int | None = None
    hurt: bool = False
    alike: bool = False
    """V3: the two sides were compared, and no group differs."""
    strong: bool = False
    """Not only alike: normal in the therapist's word, or graded 5 by hand wherever both sides were graded."""
    problem: str = ""
    """Why the sheet must not be printed before the entry was checked."""


def hip_finding(evaluation: Evaluation, assessment: Assessment) -> HipFinding:
    """The variant of "What we found". A measured difference comes first, then the therapist's word, then the hand."""
    measured = [group for group in _groups(assessment) if group.asymmetry_percent is not None]
    noise_percent = 100 - assessment.numbers["symmetry-deficit"]
    both_low = HipFinding("V3", alike=_alike(assessment, noise_percent))
    if measured:
        lower = min(measured, key=lambda group: group.asymmetry_percent or 100)
        for group in (lower, assessment.strength.get(EXTENSION)):
            if group is None or group.asymmetry_percent is None:
                continue
            if finding := _by_device(evaluation, group, noise_percent):
                return finding
    if evaluation.answers.get("hips-both-normal") == "yes":
        return HipFinding("V4", strong=True)
    if evaluation.answers.get("hips-both-low") == "yes":
        return both_low
    by_hand = _by_hand(evaluation, assessment, both_low)
    if not measured or by_hand.variant in ("V2", "V3", "V5", "mixed"):
        return by_hand
    return _about_the_same(assessment, both_low)


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


def _about_the_same(assessment: Assessment, both_low: HipFinding) -> HipFinding:
    """Measured, and no difference between the sides; "same" when a deficit lies elsewhere."""
    deficits = [assessment.conclusions[rule_id] for rule_id in HIP_DEFICITS]
    low: set[Side] = {side for deficit in deficits if deficit.met for side in deficit.sides}
    if len(low) == len(SIDES):
        return both_low
    return HipFinding("V4" if assessment.conclusions["mpd-hip"].verdict is Verdict.NOT_MET else "same")


def _by_hand(evaluation: Evaluation, assessment: Assessment, both_low: HipFinding) -> HipFinding:
    graded = {
        side: [tested.grade for g in _groups(assessment) if (tested := g.side(side)) and tested.grade]
        for side in SIDES
    }
    weak: list[Side] = [side for side in SIDES if set(graded[side]) & set(WEAK_GRADES)]
    if not graded["right"] or not graded["left"]:
        return _not_compared(assessment)
    if len(weak) == 2:
        return both_low
    if weak:
        return _weaker_by_hand(evaluation, weak[0])
    if {*graded["right"], *graded["left"]} == {STRONG_GRADE}:
        return HipFinding("V4", strong=True)
    pairs = [pair for group in _groups(assessment) if (pair := _grades(group))]
    if not pairs:
        return _not_compared(assessment)
    lower: set[Side] = {side for pair in pairs if (side := _lower_grade(pair))}
    if len(lower) == 2:
        return HipFinding("mixed")
    return _weaker_by_hand(evaluation, lower.pop()) if lower else HipFinding("V4")


def _weaker_by_hand(evaluation: Evaluation, weaker: Side) -> HipFinding:
    return HipFinding("V2" if weaker in evaluation.sore_sides else "V5", weaker)


def _alike(assessment: Assessment, noise_percent: float) -> bool:
    """Whether both sides were compared, and neither force nor hand grade differs in any group."""
    groups = [assessment.strength[name] for name in COMPARED_GROUPS if name in assessment.strength]
    by_force = [100 - g.asymmetry_percent <= noise_percent for g in groups if g.asymmetry_percent is not None]
    by_hand = [right == left for right, left in filter(None, map(_grades, groups))]
    compared = by_force + by_hand
    return bool(compared) and all(compared)


def _grades(group: GroupStrength) -> tuple[str, str] | None:
    """The hand grades of right and left, where both were graded."""
    right, left = group.right, group.left
    return (right.grade, left.grade) if right and left and right.grade and left.grade else None


def _lower_grade(grades: tuple[str, str]) -> Side | None:
    right, left = map(MMT_GRADES.index, grades)
    return None if right == left else "right" if right < left else "left"


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

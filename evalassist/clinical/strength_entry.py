"""What is typed or read in at a strength test, and the test that comes of it; the same for every way of typing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from evalassist.answers import FORCE_N, MMT_GRADES, TORQUE_NM
from evalassist.clinical.facts import shown
from evalassist.content.schema import StrengthGroup
from evalassist.evaluation import Answer, StrengthTest
from evalassist.units import convert, from_si

MOST_FIGURES = 9999
"""More than four figures is a slip of the hand in every unit."""
OWN_WORDS = "other"
"""A compensation that is none of the usual ones, until it is told in words."""
UNIT_WORDS = {"n": "N", "kgf": "kgf", "kg": "kgf", "lbf": "lbf", "lb": "lbf", "lbs": "lbf", "nm": "Nm"}
"""Units as dynamometers write them; the "kg" of a dynamometer is a force."""
_TWO_MEANINGS = re.compile(r"[1-9],\d{3}")
"""A thousand and more to one, three decimals to another."""
_READING = re.compile(r"\s*(\d+(?:[.,]\d*)?|[.,]\d+)\s*([a-z]*)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """A force in N, kgf or lbf, or a torque in Nm, as it was typed or as a dynamometer wrote it."""

    value: float
    unit: str


def read_value(typed: str, unit: str, *, takes_torque: bool) -> Reading | None:
    """The value in what was typed, in `unit` unless it names one itself; None when it cannot be counted."""
    found = _READING.fullmatch(typed)
    if found is None or _TWO_MEANINGS.fullmatch(found[1]):
        return None
    value = float(found[1].replace(",", "."))
    named = UNIT_WORDS.get(found[2].lower()) if found[2] else unit
    if named is None or (named == "Nm" and not takes_torque) or not 0 < value <= MOST_FIGURES:
        return None
    return Reading(value, named)


def usual_range(unit: str) -> tuple[float, float]:
    """Between these a value raises no question, in its own unit."""
    low, high = TORQUE_NM if unit == "Nm" else FORCE_N
    return round(from_si(low, unit), 1), round(from_si(high, unit), 1)


def read_grade(typed: str) -> str | None:
    """The hand grade that was typed ("4+"), or None when it is none."""
    grade = typed.strip().replace("−", "-").replace("–", "-")
    return grade if grade in MMT_GRADES else None


def with_trial(test: StrengthTest, reading: Reading) -> StrengthTest:
    """One trial more, kept in the unit of the trials before it; it takes the place of a grade or another kind."""
    same = bool(test.trials) and test.unit is not None and same_kind(test.unit, reading.unit)
    unit = test.unit if same and test.unit else reading.unit
    before = test.trials if same else ()
    return replace(test, trials=(*before, convert(reading.value, reading.unit, unit)), unit=unit, grade=None)


def with_grade(test: StrengthTest, grade: str) -> StrengthTest:
    """Graded by hand: nothing of a dynamometer is left."""
    return replace(
        test,
        grade=grade,
        trials=(),
        unit=None,
        lever_arm_m=None,
        contraction=None,
        fixation=None,
        device=None,
    )


def left_out(test: StrengthTest | None, reason: str) -> StrengthTest:
    """Not tested, and why; what was tried and discarded is kept."""
    return StrengthTest(not_tested=reason, discarded=test.discarded if test else ())


def begun_like(before: Answer | None, test: StrengthTest | None, first: Answer | None) -> StrengthTest | None:
    """The second side begins in the way in which the first one was tested."""
    if before is not None or test is None or not test.trials or not isinstance(first, StrengthTest):
        return test
    return replace(test, position=first.position, contraction=first.contraction, fixation=first.fixation)


def told_by(
    before: Answer | None, test: StrengthTest | None, device: str, tester: str
) -> StrengthTest | None:
    """New trials carry the dynamometer and who tested."""
    measured = before.trials if isinstance(before, StrengthTest) else ()
    if test is None or not test.trials or test.trials == measured:
        return test
    return replace(test, device=test.device or device or None, tester=test.tester or tester or None)


def without_last(answer: Answer | None) -> tuple[StrengthTest | None, str]:
    """The answer without what was taken last, and what that was, in the order in which it is asked."""
    if not isinstance(answer, StrengthTest) or answer.not_tested:
        gone = answer.discarded if isinstance(answer, StrengthTest) else ()
        return (StrengthTest(discarded=gone) if gone else None), "“Not tested”"
    if answer.lever_arm_m is not None:
        left, words = (
            replace(answer, lever_arm_m=None),
            f"Lever {shown(from_si(answer.lever_arm_m, 'cm'), 1)} cm",
        )
    elif answer.pain is not None:
        left, words = replace(answer, pain=None), f"Pain {answer.pain}"
    elif answer.trials:
        unit = answer.unit if answer.trials[1:] else None
        left = replace(answer, trials=answer.trials[:-1], unit=unit)
        words = f"{shown(answer.trials[-1], 1)} {answer.unit}"
    elif answer.grade:
        left, words = replace(answer, grade=None), f"Grade {answer.grade}"
    else:
        left, words = StrengthTest(), "The remarks"
    bare = replace(left, device=None, tester=None, position=None, contraction=None, fixation=None)
    return (None if bare == StrengthTest() else left), words


def compensations(group: StrengthGroup) -> tuple[str, ...]:
    """How patients help themselves in this test, each to be recorded when it is seen."""
    return tuple(part.strip() for part in group.substitution.split(";") if part.strip())


def same_kind(unit: str, other: str) -> bool:
    """Whether both units are of force, or both of torque."""
    return (unit == "Nm") == (other == "Nm")

"""The therapist's word on goals: another target, an own sentence, a goal taken out.

The proposal is made anew each time, and the edits are laid over it.
"""

from __future__ import annotations

from collections.abc import Sequence

from evalassist.clinical.result import Goal
from evalassist.evaluation import PlanEdit

MOST_LETTERS = 400
"""A functional sentence longer than this is no sentence [P]."""
TERMS = ("short", "long")
NAMES = {"goal-drop": "drop", "goal-words": "words"}

Number = float | str | None


def edits_of(goal_id: str, edits: Sequence[PlanEdit]) -> dict[str, PlanEdit]:
    """The edits of one goal: `short`, `long`, `words`, `drop`."""
    return {NAMES.get(edit.kind, edit.field): edit for edit in edits if edit.goal == goal_id}


def target_fault(goal: Goal, value: float | str | None, *, lower_is_better: bool) -> str:
    """Why a target cannot be meant, as a sentence; empty when it can."""
    if goal.grades:
        if value not in goal.grades:
            return f"A hand grade is one of {', '.join(goal.grades)}."
        better = str(value) in better_grades(goal)
    elif goal.limits is None:
        return "This target is told in words: write a sentence of your own instead."
    else:
        low, high = goal.limits
        if not isinstance(value, int | float) or not low <= value <= high:
            return f"A target from {low} to {high} is possible."
        start = goal.baseline
        better = not isinstance(start, float) or (value < start if lower_is_better else value > start)
    return (
        ""
        if better
        else f"{target_words(value)} is no better than what was measured ({target_words(goal.baseline)})."
    )


def better_grades(goal: Goal) -> tuple[str, ...]:
    """The hand grades above the one that was found; all where none was."""
    start = goal.grades.index(str(goal.baseline)) + 1 if goal.baseline in goal.grades else 0
    return goal.grades[start:]


def small_step(
    start: Number, target: Number, mdc: float | None, mcid: float | None, *, by_hand: bool = True
) -> str:
    """The warning under a target that lies too near to be told from chance; proposed targets have none."""
    if not by_hand or not isinstance(start, float) or not isinstance(target, int | float):
        return ""
    step = abs(target - start)
    if mdc is not None and step < mdc:
        return f"A change of {step:g} is within measurement error (MDC {mdc:g})."
    if mcid is not None and step < mcid:
        return f"A change of {step:g} is less than patients notice on average (MCID {mcid:g})."
    return ""


def with_words(goal: Goal, edit: PlanEdit | None) -> Goal:
    """The goal in the therapist's own sentence."""
    words = " ".join(edit.to.split())[:MOST_LETTERS] if edit else ""
    return goal._replace(sentences=(words,), own_words=True, edited=True) if words else goal


def target_words(value: Number) -> str:
    """A target as it is read: 90, 4+, 0-1; nothing where there is none."""
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, int | float) else str(value)

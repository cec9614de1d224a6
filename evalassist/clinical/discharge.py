"""The end of care: which goals of the episode were reached, on which values, and what the patient goes on with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from evalassist.clinical.change import Visit
from evalassist.clinical.follow_up import FollowUp
from evalassist.clinical.given import Given, GivenGoal
from evalassist.clinical.result import Assessment, Contradiction, PlannedExercise, PlanOfCare, Verdict
from evalassist.clinical.standing import GoalReached, standing
from evalassist.evaluation import Evaluation

if TYPE_CHECKING:
    from evalassist.content.loader import Content

REASON, REACHED = "discharge-reason", "goals"
"""Why care ends, and the answer that says the goals were reached."""
OTHER_STATES = ("met in part", "not met", "not measured")


@dataclass(frozen=True, slots=True)
class AtHome:
    """The exercises the patient goes on with, and the day of the plan they stand in."""

    exercises: tuple[PlannedExercise, ...]
    since: date


def goals_reached(
    earlier: Sequence[Visit],
    evaluation: Evaluation,
    assessment: Assessment,
    found: FollowUp,
    content: Content,
) -> tuple[GoalReached, ...]:
    """All goals that were set from the first plan on, each once: a goal keeps its name for the whole episode."""
    set_on: dict[str, list[tuple[date, GivenGoal]]] = {}
    for visit in earlier:
        for given in visit.plan.goals if visit.plan else ():
            set_on.setdefault(given.id, []).append((visit.day, given))
    criteria = {one.exit.id: one.verdict for one in found.discharge}
    rules = content.plan.goals

    def stands(
        goal_id: str, of: Evaluation, judged: Assessment, known: Mapping[str, Verdict | None]
    ) -> GoalReached:
        told = set_on[goal_id]
        aims = _each_once((goal.long, day) for day, goal in told)
        return standing(goal_id, told[0], aims, of, judged, known, rules)

    goals = []
    for goal_id in set_on:
        goal = stands(goal_id, evaluation, assessment, criteria)
        before = (
            (one.day, stands(goal_id, one.evaluation, one.assessment, {}).now) for one in reversed(earlier)
        )
        measured = ((day, value) for day, value in before if value and day > goal.since)
        goals.append(goal if goal.now else replace(goal, last=next(measured, None)))
    return tuple(goals)


def goals_of_last_plan(found: FollowUp, content: Content) -> tuple[GoalReached, ...]:
    """The goals of the last visit's plan as they stand at this one, by their short-term and long-term targets."""
    if found.given is None:
        return ()
    now = found.visits[-1]
    criteria = {one.exit.id: one.verdict for one in found.discharge}
    return tuple(
        standing(
            goal.id,
            (found.last, goal),
            _each_once((aim, found.last) for aim in (goal.short, goal.long)),
            now.evaluation,
            now.assessment,
            criteria,
            content.plan.goals,
        )
        for goal in found.given.goals
    )


def goal_words(goals: Iterable[GoalReached]) -> tuple[str, ...]:
    """The goals of the last plan as they are read: Worst pain 6/10, aim 4/10, then 2/10 (now 3/10, met in part)."""
    found: list[str] = []
    for goal in goals:
        start = f" {goal.start}" if goal.start else ""
        aims = ", then ".join(aim for _, aim in goal.aims)
        now = f"now {goal.now}, " if goal.now else ""
        found.append(f"{goal.title}{start}, aim {aims} ({now}{goal.state})")
    return tuple(found)


def _each_once(aims: Iterable[tuple[str, date]]) -> tuple[tuple[date, str], ...]:
    """The targets as they read, each with the day on which it was set first."""
    found: dict[str, date] = {}
    for aim, day in aims:
        if aim:
            found.setdefault(aim.replace(" /", "/"), day)
    return tuple((day, aim) for aim, day in found.items())


def states_counted(states: Sequence[str]) -> str:
    """How many goals were reached, and how the others stand: 1 of 8 met, 7 not measured."""
    others = (state for state in OTHER_STATES if state in states)
    parts = [f"{states.count('met')} of {len(states)} met"]
    return ", ".join([*parts, *(f"{states.count(state)} {state}" for state in others)])


def contradictions_with(
    earlier: Sequence[Visit],
    evaluation: Evaluation,
    assessment: Assessment,
    found: FollowUp | None,
    content: Content,
) -> tuple[Contradiction, ...]:
    """What does not fit together, here or with the goals of the episode: care that ends because they were reached,
    while not all of them are."""
    told = assessment.contradictions
    if found is None or not found.ends or evaluation.answers.get(REASON) != REACHED:
        return told
    states = [goal.state for goal in goals_reached(earlier, evaluation, assessment, found, content)]
    if all(state == "met" for state in states):
        return told
    reason = next(option.label for option in content.items[REASON].options if option.id == REACHED)
    words = f"{content.label(REASON)}: you chose {reason}; goals: {states_counted(states)}."
    return (*told, Contradiction(words, (REASON,)))


def goes_on_with(plan: PlanOfCare | None, earlier: Sequence[Visit], today: date) -> AtHome | None:
    """Today's plan; without one the last that was given."""
    if plan is not None:
        return AtHome(plan.exercises, today)
    given: Iterable[tuple[date, Given]] = ((v.day, v.plan) for v in reversed(earlier) if v.plan is not None)
    return next((AtHome(one.exercises, day) for day, one in given), None)

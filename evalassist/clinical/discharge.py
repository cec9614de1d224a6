"""The end of care: which goals of the episode were reached, on which values, and what the patient goes on with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from evalassist.clinical.change import Visit
from evalassist.clinical.follow_up import FollowUp
from evalassist.clinical.given import Given, GivenGoal, target_text
from evalassist.clinical.result import Assessment, Contradiction, PlannedExercise, PlanOfCare, Verdict
from evalassist.content.record_schema import GoalRule
from evalassist.evaluation import Evaluation, Side

if TYPE_CHECKING:
    from evalassist.content.loader import Content

REASON, REACHED = "discharge-reason", "goals"
"""Why care ends, and the answer that says the goals were reached."""
OTHER_STATES = ("met in part", "not met", "not measured")
State = Literal["met", "met in part", "not met", "not measured"]
TARGET = re.compile(r"(?:\d+(?:\.\d+)?-)?(\d+(?:\.\d+)?)")
"""The number a target reads as; of a span (0-1) its end."""


@dataclass(frozen=True, slots=True)
class GoalReached:
    """One goal of the episode: where it started, every long-term target that was set, and today's value."""

    title: str
    start: str
    since: date
    """The day of the start value: the plan that set the goal first may be a later one."""
    aims: tuple[tuple[date, str], ...]
    """The target as it reads, with the day of the plan that set it."""
    now: str
    """Empty where it was not measured at this visit."""
    state: State


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
        for goal in visit.plan.goals if visit.plan else ():
            set_on.setdefault(goal.id, []).append((visit.day, goal))
    criteria = {one.exit.id: one.verdict for one in found.discharge}
    rules = {rule.id: rule for rule in content.plan.goals.goals}
    return tuple(
        _reached(
            told, rules.get(goal_id.partition(".")[0]), goal_id, evaluation, assessment, criteria, content
        )
        for goal_id, told in set_on.items()
    )


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


def _reached(
    told: list[tuple[date, GivenGoal]],
    rule: GoalRule | None,
    goal_id: str,
    evaluation: Evaluation,
    assessment: Assessment,
    criteria: Mapping[str, Verdict | None],
    content: Content,
) -> GoalReached:
    since, first = told[0]
    aims: dict[str, date] = {}
    for day, goal in told:
        aims.setdefault(goal.long.replace(" /", "/"), day)
    made = GoalReached(
        first.title,
        first.baseline.replace(" /", "/"),
        since,
        tuple((day, aim) for aim, day in aims.items()),
        "",
        "not measured",
    )
    if rule is None:
        return made
    if rule.judged_by:
        return replace(made, state=_judged(criteria.get(one) for one in rule.judged_by))
    value, unit = _value(rule, goal_id, evaluation, assessment, content)
    if value is None:
        return made
    met = [_is_met(value, aim, rule, content) for aim in aims]
    state: State = "met" if all(met) else "met in part" if any(met) else "not met"
    now = target_text(value if isinstance(value, str) else round(value, 1), unit)
    return replace(made, now=now.replace(" /", "/"), state=state)


def _judged(verdicts: Iterable[Verdict | None]) -> State:
    told = list(verdicts)
    if all(verdict is Verdict.MET for verdict in told):
        return "met"
    if Verdict.NOT_MET in told:
        return "met in part" if Verdict.MET in told else "not met"
    return "not measured"


def _value(
    rule: GoalRule, goal_id: str, evaluation: Evaluation, assessment: Assessment, content: Content
) -> tuple[float | str | None, str]:
    """Today's value of what the goal measures, and its unit."""
    _, _, group = goal_id.partition(".")
    match rule.each:
        case "symmetry":
            return assessment.strength[group].symmetry_percent, rule.unit
        case "grade":
            tested = assessment.strength[group]
            grades = [one.grade for side in evaluation.sore_sides if (one := tested.side(side)) and one.grade]
            return min(grades, key=content.plan.goals.grades.index, default=None), ""
        case "torque":
            name, _, side = group.partition(".")
            one = assessment.strength[name].side(_side(side))
            if one is None:
                return None, ""
            if one.torque_nm is not None:
                return one.torque_nm, "Nm"
            return one.score, "Nm" if one.in_torque else "N"
    values = list(_numbers(rule, evaluation, assessment))
    if not values:
        return None, rule.unit
    return (max(values) if rule.better == "lower" else min(values)), rule.unit


def _side(word: str) -> Side:
    return "right" if word == "right" else "left"


def _numbers(rule: GoalRule, evaluation: Evaluation, assessment: Assessment) -> Iterator[float]:
    names = [f"{rule.fact}.{side}" for side in evaluation.sore_sides] if rule.sides else [rule.fact]
    for name in names:
        if name and (value := assessment.number(name)) is not None:
            yield value


def _is_met(value: float | str, aim: str, rule: GoalRule, content: Content) -> bool:
    if isinstance(value, str):
        grades = content.plan.goals.grades
        return aim in grades and grades.index(value) >= grades.index(aim)
    target = TARGET.match(aim)
    if target is None:
        return False
    return value <= float(target[1]) if rule.better == "lower" else value >= float(target[1])

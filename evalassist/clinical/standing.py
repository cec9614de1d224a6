"""Where a goal stands at this visit: today's value of what it measures, and whether it reaches the targets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from evalassist.clinical.conditions import verdict_of
from evalassist.clinical.given import GivenGoal, target_text
from evalassist.clinical.result import Assessment, Verdict
from evalassist.content.record_schema import GoalRule, GoalRules
from evalassist.evaluation import Evaluation, Side

State = Literal["met", "met in part", "not met", "not measured"]
TARGET = re.compile(r"(?:\d+(?:\.\d+)?-)?(\d+(?:\.\d+)?)")
"""The number a target reads as; of a span (0-1) its end."""


@dataclass(frozen=True, slots=True)
class GoalReached:
    """One goal of an earlier plan: where it started, the targets that were set, and today's value."""

    title: str
    start: str
    since: date
    """The day of the start value: the plan that set the goal first may be a later one."""
    aims: tuple[tuple[date, str], ...]
    """The target as it reads, with the day of the plan that set it."""
    now: str
    """Empty where it was not measured at this visit."""
    state: State
    last: tuple[date, str] | None = None
    """What was measured last between start and now; only where `now` is empty."""


def standing(
    goal_id: str,
    told: tuple[date, GivenGoal],
    aims: tuple[tuple[date, str], ...],
    evaluation: Evaluation,
    assessment: Assessment,
    criteria: Mapping[str, Verdict | None],
    rules: GoalRules,
) -> GoalReached:
    """The goal as `told` the day it was set, judged on today's answers by all of its `aims`.

    Goals that no one value tells are judged by the discharge `criteria`.
    """
    since, given = told
    made = GoalReached(
        given.title, given.baseline.replace(" /", "/"), since, aims, now="", state="not measured"
    )
    rule = rules.rule_of(goal_id)
    if rule is None:
        return made
    if rule.judged_by:
        return replace(made, state=_judged(criteria.get(one) for one in rule.judged_by))
    value, unit = value_now(rule, goal_id, evaluation, assessment, rules)
    texts = [aim for _, aim in aims]
    if (
        value is None
        or not texts
        or (rule.each == "torque" and not all(aim.endswith(f" {unit}") for aim in texts))
    ):
        return made
    met = [is_met(value, aim, rule, rules) for aim in texts]
    whole = all(met) and not is_hindered(rule, evaluation, assessment)
    state: State = "met" if whole else "met in part" if any(met) else "not met"
    now = target_text(value if isinstance(value, str) else round(value, 1), unit)
    return replace(made, now=now.replace(" /", "/"), state=state)


def value_now(
    rule: GoalRule, goal_id: str, evaluation: Evaluation, assessment: Assessment, rules: GoalRules
) -> tuple[float | str | None, str]:
    """Today's value of what the goal measures, and its unit."""
    _, _, group = goal_id.partition(".")
    match rule.each:
        case "symmetry":
            return assessment.strength[group].symmetry_percent, rule.unit
        case "grade":
            tested = assessment.strength[group]
            grades = [one.grade for side in evaluation.sore_sides if (one := tested.side(side)) and one.grade]
            return min(grades, key=rules.grades.index, default=None), ""
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


def is_met(value: float | str, aim: str, rule: GoalRule, rules: GoalRules) -> bool:
    """Whether the value is as good as the target."""
    if isinstance(value, str):
        grades = rules.grades
        return aim in grades and grades.index(value) >= grades.index(aim)
    target = TARGET.match(aim)
    if target is None:
        return False
    return value <= float(target[1]) if rule.better == "lower" else value >= float(target[1])


def is_hindered(rule: GoalRule, evaluation: Evaluation, assessment: Assessment) -> bool:
    """The goal asks for more than its value, and that does not hold: it hurts more than it may."""
    sides: tuple[Side | None, ...] = evaluation.sore_sides if rule.sides else (None,)
    return rule.within is not None and any(
        verdict_of(rule.within, assessment.known, side) is Verdict.NOT_MET for side in sides
    )


def _judged(verdicts: Iterable[Verdict | None]) -> State:
    told = list(verdicts)
    if all(verdict is Verdict.MET for verdict in told):
        return "met"
    if Verdict.MET in told:  # the rest is not met, or not known
        return "met in part"
    return "not met" if Verdict.NOT_MET in told else "not measured"


def _side(word: str) -> Side:
    return "right" if word == "right" else "left"


def _numbers(rule: GoalRule, evaluation: Evaluation, assessment: Assessment) -> Iterator[float]:
    names = [f"{rule.fact}.{side}" for side in evaluation.sore_sides] if rule.sides else [rule.fact]
    for name in names:
        if name and (value := assessment.number(name)) is not None:
            yield value

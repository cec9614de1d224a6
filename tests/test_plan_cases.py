"""Plan cases a therapist can read: every rule of the plan of care fires in one of them and stays silent in another."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evalassist.case_file import read_answers, read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.follow_up import episode_of, visits_of
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.result import PlanOfCare
from evalassist.content import load_content
from evalassist.content.plan_schema import Block, Limit, Notice, Swap
from evalassist.evaluation import Evaluation, PlanEdit

FOLDER = Path(__file__).parent / "cases"
CASES = tomllib.loads((FOLDER / "plan.toml").read_text(encoding="utf-8"))["cases"]
WORKED = ("patient-a", "patient-b", "patient-c", "ex1", "ex2", "ex3")
CONTENT = load_content()
RULES = CONTENT.plan


@cache
def worked(name: str) -> Evaluation:
    return read_case(FOLDER / f"{name}.toml", CONTENT)


def patient_of(case: Mapping[str, Any]) -> Evaluation:
    """A worked case with some answers changed or left out, on another patient where the case says so.

    With `weeks` it is a later visit, and the worked case as it is was the first.
    """
    evaluation = worked(case["like"])
    personal = {key: case[key] for key in ("birth_date", "sex") if key in case}
    evaluation = replace(evaluation, patient=replace(evaluation.patient, **personal))
    day, kind = case.get("date", evaluation.visit_date), case.get("kind", evaluation.kind)
    if "weeks" in case:
        day, kind = day + timedelta(weeks=case["weeks"]), "re-evaluation"
    evaluation = replace(evaluation, visit_date=day, kind=kind)
    if "sore_knee" in case:
        evaluation = evaluation.with_sore_knee(case["sore_knee"])
    left_out = case.get("without", ())
    assert set(left_out) <= set(evaluation.answers), "what is left out was never answered"
    answers = read_answers(FOLDER / "plan.toml", case.get("answers", {}), CONTENT)
    evaluation = evaluation.without_answer(*left_out).with_answers(answers)
    added = (PlanEdit("add", exercise, reason="wanted") for exercise in case.get("adds", ()))
    return evaluation.with_plan_edit(*added)


@cache
def planned(name: str) -> PlanOfCare:
    case = next((case for case in CASES if case["name"] == name), {"like": name})
    evaluation = patient_of(case)
    episode = episode_of(visits_of([worked(case["like"])])) if "weeks" in case else None
    plan = plan_of_care(evaluation, assess(evaluation, CONTENT), CONTENT, episode)
    assert isinstance(plan, PlanOfCare), plan
    return plan


def fired(plan: PlanOfCare) -> set[str]:
    """The ids of every rule that shows in this plan: by its own id, or by the sentence it says."""
    beside = (plan.education, plan.running, plan.load_advice, plan.adjuncts, plan.not_advised)
    ids = {row.id for rows in beside for row in rows} | {plan.schedule.id}
    ids |= {goal.id.partition(".")[0] for goal in plan.goals} | set(plan.certification.rules)
    ids |= {fact.id for fact in plan.record_facts}
    told = [*plan.warnings, *(refused.why for refused in plan.refused)]
    told += [reason.text for exercise in plan.exercises for reason in exercise.because]
    for entry_id, says in sentences():
        if any(says in text for text in told):
            ids.add(entry_id)
    return ids


def sentences() -> Iterator[tuple[str, str]]:
    """What each rule that has no place of its own in the plan says where it applies."""
    entries: tuple[Block | Swap | Limit | Notice, ...]
    entries = (*RULES.blocks, *RULES.swaps, *RULES.limits, *RULES.notices)
    yield from ((entry.id, entry.says) for entry in entries)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_plan_case_gives_what_it_says(case: Mapping[str, Any]) -> None:
    plan = planned(case["name"])
    chosen = [exercise.exercise.id for exercise in plan.exercises]
    assert set(case.get("has", ())) <= set(chosen), chosen
    assert not set(case.get("has_not", ())) & set(chosen), chosen
    assert set(case.get("fires", ())) <= fired(plan)
    assert not set(case.get("silent", ())) & fired(plan)
    if "exercises" in case:
        assert chosen == case["exercises"]
    if "pain_cap" in case:
        assert plan.pain_cap == case["pain_cap"]


def test_every_rule_of_the_plan_fires_in_one_case_and_stays_silent_in_another() -> None:
    seen = [fired(planned(name)) for name in (*WORKED, *(case["name"] for case in CASES))]
    always = {row.id for row in RULES.advice if row.when is None and not row.values} | {"G08"}
    always |= {fact.id for fact in RULES.codes.facts if fact.when is None}
    every = [row.id for row in RULES.advice] + [row.id for row in RULES.schedules]
    every += [goal.id for goal in RULES.goals.goals]
    every += [rule.id for rule in (*RULES.certification.rules, *RULES.codes.facts)]
    every += [entry_id for entry_id, _ in sentences()]
    never = [rule for rule in every if not any(rule in ids for ids in seen)]
    ever = [rule for rule in every if rule not in always and all(rule in ids for ids in seen)]
    assert never == []
    assert ever == []

"""The clinical cases, data a therapist can review: each gives what the sheets print, each rule is seen both ways."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evalassist.case_file import read_answers, read_case
from evalassist.clinical.assessment import assess, not_decided
from evalassist.clinical.case import Log, case_of
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.progress import shown as is_shown
from evalassist.clinical.result import Assessment, Conclusion, Goal, NoPlan, PlanOfCare, Verdict
from evalassist.clinical.slots import choose
from evalassist.content import load_content
from evalassist.evaluation import SIDES, Evaluation, Patient

CASES = Path(__file__).parent / "cases"
WORKED = ("patient-a", "patient-b", "patient-c", "ex1", "ex2", "ex3")
EXAMPLES = ("ex1", "ex2", "ex3")
VISIT = date(2026, 3, 2)


@cache
def worked(name: str) -> tuple[Evaluation, Assessment, PlanOfCare | NoPlan, Mapping[str, Any]]:
    file = CASES / f"{name}.toml"
    evaluation = read_case(file, load_content())
    assessment = assess(evaluation, load_content())
    plan = plan_of_care(evaluation, assessment, load_content())
    return evaluation, assessment, plan, tomllib.loads(file.read_text(encoding="utf-8"))["expect"]


def red_flag_cases() -> Iterator[dict[str, Any]]:
    yield from tomllib.loads((CASES / "red-flags.toml").read_text(encoding="utf-8"))["cases"]


def screen(case: Mapping[str, Any]) -> Assessment:
    """A screen in which everything is negative but what the case states."""
    content = load_content()
    age = case.get("age", 30)
    patient = Patient("Screened", date(VISIT.year - age, 1, 1), case.get("sex", "F"))
    begun = Evaluation.begin(patient, case.get("sore_knee", "right"), VISIT)
    asked = assess(begun, content)
    negative = {
        item.id: "no"
        for item in content.steps["safety"].items
        if item.kind == "yes-no" and is_shown(item, asked)
    }
    stated = {key: value for key, value in case.get("answers", {}).items() if value != "unanswered"}
    left_open = {key for key, value in case.get("answers", {}).items() if value == "unanswered"}
    answers = {key: value for key, value in negative.items() if key not in left_open} | stated
    evaluation = Evaluation.begin(patient, case.get("sore_knee", "right"), VISIT)
    return assess(evaluation.with_answers(read_answers(CASES / "red-flags.toml", answers, content)), content)


def shown(value: float, like: float | int) -> float:
    """Rounded half up to the decimals in which the sheet prints it."""
    exponent = Decimal(str(like)).as_tuple().exponent
    assert isinstance(exponent, int)
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(exponent), rounding=ROUND_HALF_UP))


@pytest.mark.parametrize("name", WORKED)
def test_a_worked_case_is_concluded_as_the_sheet_prints(name: str) -> None:
    _, assessment, _, expect = worked(name)
    assert assessment.action == expect["action"]
    assert assessment.pfp.value == expect["pfp"]
    assert assessment.irritability == expect["irritability"]
    assert list(assessment.subcategories) == expect["subcategories"]
    assert (assessment.muscle_performance or "") == expect["muscle_performance"]
    assert assessment.primary == expect["primary"]
    assert list(assessment.modifiers) == expect["modifiers"]
    assert list(assessment.flags) == expect["flags"]
    for rule_id in expect["met"]:
        assert assessment.conclusions[rule_id].verdict is Verdict.MET, rule_id
    for rule_id in expect["not_met"]:
        assert assessment.conclusions[rule_id].verdict is Verdict.NOT_MET, rule_id
    assert not {c.rule.flag for c in assessment.red_flags} & set(expect.get("not_fired", []))


@pytest.mark.parametrize("name", WORKED)
def test_a_worked_case_gives_every_printed_figure(name: str) -> None:
    _, assessment, _, expect = worked(name)
    for measure, printed in expect["scores"].items():
        value = assessment.scores[measure].value
        assert value is not None
        assert shown(value, printed) == printed, measure
    for fact, printed in expect.get("facts", {}).items():
        value = assessment.number(fact)
        assert value is not None
        assert shown(value, printed) == printed, fact
    for group, printed in expect["strength"].items():
        check_strength(assessment, group, printed)


def check_strength(assessment: Assessment, group: str, printed: Mapping[str, Any]) -> None:
    found = assessment.strength[group]
    if "symmetry_percent" in printed:
        check_figure(found.symmetry_percent, printed["symmetry_percent"], f"{group} symmetry")
    for side in SIDES:
        for name_of_figure, value in printed.get(side, {}).items():
            check_figure(getattr(found.side(side), name_of_figure), value, f"{group} {side} {name_of_figure}")


def check_figure(found: Any, printed: Any, what: str) -> None:
    if printed == "none":
        assert found is None, what
    elif isinstance(printed, bool | str):
        assert found == printed, what
    else:
        assert found is not None, what
        assert shown(found, printed) == printed, what


def planned(name: str) -> tuple[PlanOfCare, Mapping[str, Any]]:
    _, _, plan, expect = worked(name)
    assert isinstance(plan, PlanOfCare)
    return plan, expect["plan"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_gets_the_printed_exercises_and_doses(name: str) -> None:
    plan, expect = planned(name)
    assert plan.phase == expect["phase"]
    assert plan.pain_cap == expect["pain_cap"]
    assert expect["effort"] in plan.effort.replace("–", "-")
    assert list(plan.hip_order) == expect["hip_order"]
    doses = {
        p.exercise.id: {
            "id": p.exercise.id,
            "sets": p.dose.sets,
            "reps": p.dose.reps,
            "hold_s": p.dose.hold_s,
            "rest_s": p.dose.rest_s,
            "days_per_week": p.dose.days_per_week,
        }
        for p in plan.exercises
    }
    assert doses == {each["id"]: each for each in expect["exercises"]}
    assert all(p.because for p in plan.exercises)
    if "next_phase" in expect:
        assert list(plan.next_phase) == expect["next_phase"]
    assert [p.exercise.id for p in plan.exercises] == expect["card_order"]
    if "minutes" in expect:
        assert plan.minutes == expect["minutes"]
    if expect.get("both_legs"):
        assert {p.side for p in plan.exercises} == {"both"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_fills_its_slots_in_the_printed_order(name: str) -> None:
    evaluation, assessment, _, expect = worked(name)
    assert assessment.irritability is not None
    case = case_of(evaluation, assessment, load_content(), assessment.irritability)
    slots = [placed.exercise_id for placed in choose(case, Log())]
    assert slots == [each["id"] for each in expect["plan"]["exercises"]]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_gets_the_printed_care_beside_the_exercises(name: str) -> None:
    plan, expect = planned(name)
    tape_test = ["TAPE-TEST"] if expect.get("tape_test") else []
    assert sorted(advice.id for advice in plan.adjuncts) == sorted([*expect.get("adjuncts", []), *tape_test])
    assert any("orthos" in a.title.lower() for a in plan.adjuncts) is expect["orthosis"]
    assert not any("brace" in a.title.lower() for a in plan.adjuncts)
    assert any("brace" in a.title.lower() for a in plan.not_advised)
    if "education" in expect:
        assert [a.id for a in plan.education] == expect["education"]
    assert [a.id for a in plan.running if a.id.startswith("RN")] == expect.get("may_use", [])
    running = " ".join(f"{a.title} {a.because}" for a in plan.running)
    for steps in expect.get("cadence_target", []):
        assert str(steps) in running
    for exercise in expect.get("not_proposed", []):
        assert exercise in {refusal.exercise_id for refusal in plan.refused}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_gets_the_printed_visits_dates_and_codes(name: str) -> None:
    plan, expect = planned(name)
    assert plan.schedule.id == expect["schedule"]
    assert plan.schedule.visits == expect["visits"]
    assert plan.schedule.weeks == expect["weeks"]
    assert plan.schedule.ends == expect["ends"]
    treatment = {row.code for row in load_content().plan.codes.treatment}
    codes = [code.code for code in plan.codes if code.offered and code.code not in treatment]
    assert codes == [*expect["icd"], *expect.get("icd_offered", []), expect["eval_code"]]
    if "certification_due" in expect:
        assert plan.certification.due == expect["certification_due"]
        assert plan.certification.conservative_limit == expect["ninety_day_limit"]
        assert expect["certification"] in plan.certification.rules
    else:
        assert not plan.certification.applies


@pytest.mark.parametrize("name", ["ex1", "ex2"])
def test_an_example_gets_the_printed_units_of_its_session(name: str) -> None:
    plan, _ = planned(name)
    session = worked(name)[3]["session"]
    treatment = {row.code for row in load_content().plan.codes.treatment}
    said = {code.code: code for code in plan.codes if code.code in treatment and code.minutes}
    units = {code: one.units for code, one in said.items()}
    assert units == dict.fromkeys(session["minutes"], 0) | session["units"]
    assert sum(units.values()) == session["total_units"]
    for code, minutes in session["minutes"].items():
        assert f"{minutes} minutes of {sum(session['minutes'].values())}" in said[code].because
    assert plan.session.minutes == sum(session["minutes"].values())
    assert plan.session.units == session["total_units"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_gets_the_printed_goals(name: str) -> None:
    plan, expect = planned(name)
    goals: dict[str, Goal] = {goal.id: goal for goal in plan.goals}
    printed = {".".join(filter(None, (one["id"], one.get("of")))): one for one in expect["goals"]}
    assert set(goals) == set(printed)
    for goal_id, figures in printed.items():
        for key in ("baseline", "short", "long"):
            if key in figures:
                found = getattr(goals[goal_id], key)
                assert ("none" if found is None else found) == figures[key], (goal_id, key)


@pytest.mark.parametrize("case", list(red_flag_cases()), ids=lambda case: case["name"])
def test_a_safety_case_leads_to_its_action(case: Mapping[str, Any]) -> None:
    assessment = screen(case)
    expect = case["expect"]
    assert assessment.action == (None if expect["action"] == "open" else expect["action"])
    assert {c.rule.flag for c in assessment.red_flags} == set(expect["flags"])
    for rule_id in expect.get("fires", []):
        assert assessment.conclusions[rule_id].met, rule_id
    for rule_id in expect.get("silent", []):
        assert not assessment.conclusions[rule_id].met, rule_id
    if wanted := expect.get("do_now"):
        assert wanted in assessment.red_flags[0].rule.do_now
    check_asked(assessment, expect.get("asked", []), expect.get("not_asked", []))
    assert assessment.testing_locked is expect.get("locked", expect["action"] in ("EMERGENCY", "URGENT"))


def check_asked(assessment: Assessment, asked: list[str], not_asked: list[str]) -> None:
    """Items that are asked of this patient now, and items that are not."""
    for item_id in (*asked, *not_asked):
        item, side = load_content().asked[item_id]
        assert is_shown(item, assessment, side) is (item_id in asked), item_id


def test_every_rule_is_seen_met_and_not_met() -> None:
    """A rule that no case fires, or that every case fires, is not tested at all."""
    seen: dict[str, set[Verdict]] = {}
    assessments = [worked(name)[1] for name in WORKED] + [screen(case) for case in red_flag_cases()]
    more = tomllib.loads((CASES / "rules.toml").read_text(encoding="utf-8"))["cases"]
    assessments += [vary(case) for case in more]
    for assessment in assessments:
        conclusion: Conclusion
        for conclusion in assessment.conclusions.values():
            seen.setdefault(conclusion.id, set()).add(conclusion.verdict)
    one_way = {
        rule: {v.value for v in verdicts} for rule, verdicts in seen.items() if not both_ways(verdicts)
    }
    assert one_way == {}


def both_ways(verdicts: set[Verdict]) -> bool:
    return {Verdict.MET, Verdict.NOT_MET} <= verdicts


def vary(case: Mapping[str, Any]) -> Assessment:
    """A worked case with some answers changed or left out, on another patient where the case says so."""
    evaluation = worked(case["like"])[0]
    patient = {key: case[key] for key in ("birth_date", "sex") if key in case}
    evaluation = replace(evaluation, patient=replace(evaluation.patient, **patient))
    if "sore_knee" in case:
        evaluation = evaluation.with_sore_knee(case["sore_knee"])
    left_out = case.get("without", ())
    assert set(left_out) <= set(evaluation.answers), "what is left out was never answered"
    answers = read_answers(CASES / "rules.toml", case["answers"], load_content())
    return assess(evaluation.without_answer(*left_out).with_answers(answers), load_content())


@pytest.mark.parametrize(
    "case",
    tomllib.loads((CASES / "rules.toml").read_text(encoding="utf-8"))["cases"],
    ids=lambda case: case["name"],
)
def test_a_changed_answer_changes_what_it_must(case: Mapping[str, Any]) -> None:
    assessment = vary(case)
    assert case["expect"]
    for what, expected in case["expect"].items():
        check_expected(assessment, what, expected)


def check_expected(assessment: Assessment, what: str, expected: Any) -> None:
    """One line of `expect`: a rule's verdict, or one of the named results."""
    match what:
        case "action" | "irritability" | "muscle_performance" | "primary":
            assert (getattr(assessment, what) or "none") == expected, what
        case "subcategories" | "modifiers" | "flags":
            assert list(getattr(assessment, what)) == expected, what
        case "pfp":
            assert assessment.pfp.value == expected
        case "scores":
            for measure, printed in expected.items():
                check_figure(assessment.scores[measure].value, printed, measure)
        case "facts":
            for fact, printed in expected.items():
                check_figure(assessment.value(fact), printed, fact)
        case "strength":
            for group, printed in expected.items():
                check_strength(assessment, group, printed)
        case "sides":
            for rule_id, sides in expected.items():
                assert list(assessment.conclusions[rule_id].sides) == sides, rule_id
        case "asked":
            check_asked(assessment, expected, [])
        case "not_asked":
            check_asked(assessment, [], expected)
        case "locked":
            assert assessment.testing_locked is expected
        case "open":
            assert expected in [conclusion.id for conclusion, _ in not_decided(assessment)]
        case "not_open":
            assert expected not in [conclusion.id for conclusion, _ in not_decided(assessment)]
        case "because":
            for rule_id, words in expected.items():
                reasons = [reason.text for reason in assessment.conclusions[rule_id].reasons]
                assert any(words in reason for reason in reasons), reasons
        case _:
            assert assessment.conclusions[what].verdict.value == expected, what

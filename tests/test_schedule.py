"""Visits and the days of the Medicare clocks, on the first worked example with other answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.result import PlanOfCare
from evalassist.content import load_content
from evalassist.evaluation import Answer

EXAMPLE = Path(__file__).parent / "cases" / "ex1.toml"
EVALUATED = date(2026, 3, 2)

MODERATE: dict[str, Answer] = {"nprs-worst": 6, "settle-h": 4.0}
HIGH: dict[str, Answer] = {"nprs-worst": 8, "settle-h": 30.0}
LOW: dict[str, Answer] = {"nprs-worst": 3, "settle-h": 0.5}
HIP_SCREEN: dict[str, Answer] = dict.fromkeys(
    ("limp-now", "hip-range-loss", "drehmann", "log-roll-pain", "child-systemic", "child-no-weight"), "no"
)


def planned(answers: dict[str, Answer], age: int = 24, *, without: tuple[str, ...] = ()) -> PlanOfCare:
    content = load_content()
    evaluation = read_case(EXAMPLE, content)
    patient = replace(evaluation.patient, birth_date=date(EVALUATED.year - age, 1, 15))
    evaluation = (
        replace(evaluation, patient=patient).with_answers(HIP_SCREEN | answers).without_answer(*without)
    )
    plan = plan_of_care(evaluation, assess(evaluation, content), content)
    assert isinstance(plan, PlanOfCare), plan
    return plan


@pytest.mark.parametrize(
    ("answers", "age", "row", "visits", "ends"),
    [
        (MODERATE, 24, "VS01", 12, date(2026, 4, 27)),
        (HIGH, 24, "VS02", 18, date(2026, 5, 25)),
        (LOW, 31, "VS03", 8, date(2026, 4, 27)),
        (HIGH, 13, "VS04", 4, date(2026, 5, 25)),
        (LOW, 16, "VS05", 18, date(2026, 5, 25)),
        (LOW, 18, "VS03", 8, date(2026, 4, 27)),
        (HIGH, 9, "VS02", 18, date(2026, 5, 25)),
    ],
)
def test_irritability_and_age_decide_the_visits(
    answers: dict[str, Answer], age: int, row: str, visits: int, ends: date
) -> None:
    schedule = planned(answers, age).schedule
    assert (schedule.id, schedule.visits, schedule.starts, schedule.ends) == (row, visits, EVALUATED, ends)


def test_long_pain_and_fear_of_movement_need_more_visits() -> None:
    assert planned({**LOW, "duration": 60.0}).schedule.id == "VS02"
    assert planned({**LOW, "tsk-11-total": 29.0}).schedule.id == "VS02"
    assert planned({**LOW, "tsk-11-total": 28.0}).schedule.id == "VS03"


def test_visits_taper_in_words() -> None:
    assert planned(MODERATE).schedule.text == "2 a week for 4 weeks, then 1 a week for 4 weeks"
    child = planned(MODERATE, age=12).schedule
    assert child.text == "4 visits, in weeks 0, 4, 8 and 12, with a parent, plus phone checks"
    assert child.home_exercise_from_week == 5
    assert "treatment day 10" in child.progress_report


def test_medicare_needs_certification_by_thirty_days_and_ends_with_the_plan() -> None:
    clock = planned({"medicare": "yes", "order-on-file": "yes"}).certification
    assert clock.applies
    assert clock.due == date(2026, 4, 1)
    assert clock.ends == date(2026, 4, 27)
    assert clock.recertification_warning == date(2026, 4, 13)
    assert clock.conservative_limit == date(2026, 5, 30)
    assert "CER09" in clock.rules
    assert "CER11" not in clock.rules
    assert "by April 1, 2026" in clock.text


def test_direct_access_needs_the_signature() -> None:
    clock = planned({"medicare": "yes", "order-on-file": "no"}).certification
    assert "CER11" in clock.rules
    assert "CER09" not in clock.rules


def test_an_order_that_nobody_looked_for_is_not_taken_as_present() -> None:
    assert "CER09" not in planned({"medicare": "yes"}, without=("order-on-file",)).certification.rules


def test_other_payers_have_no_medicare_clock() -> None:
    other = planned({"medicare": "no"}).certification
    unknown = planned({}, without=("medicare",)).certification
    for clock in (other, unknown):
        assert not clock.applies
        assert clock.due is clock.ends is clock.recertification_warning is clock.conservative_limit is None
    assert "payer's contract" in other.text
    assert "not recorded" in unknown.text

"""Visits and the days of the Medicare clocks, on the first worked example with other answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.follow_up import episode_of, visits_of
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.result import PlanOfCare
from evalassist.clinical.schedule import day_in_words
from evalassist.content import load_content
from evalassist.evaluation import Answer, Evaluation, PlanEdit, VisitKind

EXAMPLE = Path(__file__).parent / "cases" / "ex1.toml"
EVALUATED = date(2026, 3, 2)

MODERATE: dict[str, Answer] = {"nprs-worst": 6, "settle-h": 4.0}
HIGH: dict[str, Answer] = {"nprs-worst": 8, "settle-h": 30.0}
LOW: dict[str, Answer] = {"nprs-worst": 3, "settle-h": 0.5}
HIP_SCREEN: dict[str, Answer] = dict.fromkeys(
    ("limp-now", "hip-range-loss", "drehmann", "log-roll-pain", "child-general-signs", "child-no-weight"),
    "no",
)


def planned(
    answers: dict[str, Answer],
    age: int = 24,
    *,
    without: tuple[str, ...] = (),
    edits: tuple[PlanEdit, ...] = (),
    visit: date = EVALUATED,
    kind: VisitKind = "initial",
) -> PlanOfCare:
    content = load_content()
    evaluation = read_case(EXAMPLE, content)
    patient = replace(evaluation.patient, birth_date=date(visit.year - age, 1, 1))
    evaluation = replace(evaluation, patient=patient, visit_date=visit, kind=kind)
    evaluation = evaluation.with_answers(HIP_SCREEN | answers).without_answer(*without)
    evaluation = evaluation.with_plan_edit(*edits)
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


# ---------------------------------------------------------------- the therapist's numbers


def with_visits(answers: dict[str, Answer] | None = None, age: int = 24, **numbers: int) -> PlanOfCare:
    """The plan when the therapist set these numbers of the schedule."""
    edits = tuple(PlanEdit("visits", field=field, value=value) for field, value in numbers.items())
    return planned(answers or MODERATE, age, edits=edits)


def test_the_therapist_can_change_visits_and_weeks_and_all_dates_follow() -> None:
    plan = with_visits(MODERATE | {"medicare": "yes"}, per_week_1=3, weeks_1=2, weeks_2=2)
    schedule = plan.schedule
    assert schedule.text == "3 a week for 2 weeks, then 1 a week for 2 weeks"
    assert (schedule.visits, schedule.weeks, schedule.ends) == (8, 4, date(2026, 3, 30))
    assert schedule.proposed == "2 a week for 4 weeks, then 1 a week for 4 weeks"
    assert plan.certification.ends == date(2026, 3, 30)
    assert plan.certification.recertification_warning == date(2026, 3, 16)
    assert any("by March 30, 2026" in goal.sentences[-1] for goal in plan.goals)


def test_a_taper_can_be_left_out_or_put_in() -> None:
    assert with_visits(weeks_2=0).schedule.text == "2 a week for 4 weeks"
    low = with_visits(LOW, weeks_1=6, weeks_2=2, per_week_2=2).schedule
    assert low.text == "1 a week for 6 weeks, then 2 a week for 2 weeks"


def test_visits_in_named_weeks_become_visits_a_week_when_the_therapist_sets_a_number() -> None:
    child = with_visits(MODERATE, 12, per_week_1=2).schedule
    assert child.text == "2 a week for 12 weeks, with a parent, plus phone checks"
    assert (child.visits, child.home_exercise_from_week) == (24, 5)


@pytest.mark.parametrize("field", ["per_week_1", "weeks_1", "per_week_2", "weeks_2", "no_such"])
@pytest.mark.parametrize("value", [-1, 27, 600])
def test_a_number_that_cannot_be_meant_is_told_and_left_out(field: str, value: int) -> None:
    plan = planned(MODERATE, edits=(PlanEdit("visits", field=field, value=value),))
    assert plan.schedule == replace(planned(MODERATE).schedule, warnings=plan.schedule.warnings)
    assert any("A change of the visits was left out. From" in warning for warning in plan.warnings)


def test_the_numbers_of_the_proposal_are_no_edit() -> None:
    assert with_visits(per_week_1=2, weeks_1=4).schedule == planned(MODERATE).schedule


def test_a_plan_past_ninety_days_is_certified_for_ninety_and_says_so() -> None:
    plan = with_visits({**MODERATE, "medicare": "yes"}, weeks_1=12, weeks_2=4)
    assert plan.schedule.ends == date(2026, 6, 22)
    assert plan.certification.ends == date(2026, 5, 30)
    assert any("past the certification: recertify by May 30, 2026" in words for words in plan.warnings)
    other = with_visits({**MODERATE, "medicare": "no"}, weeks_1=12, weeks_2=4)
    assert not any("past the certification" in words for words in other.warnings)


def test_the_progress_report_is_due_in_the_week_of_treatment_day_ten() -> None:
    assert planned(MODERATE).schedule.report_by == date(
        2026, 4, 13
    )  # 8 visits in 4 weeks, the 10th in week 6
    assert with_visits(per_week_1=5).schedule.report_by == date(2026, 3, 16)
    assert planned(LOW).schedule.report_by is None  # 8 visits in all


# ---------------------------------------------------------------- the calendar


def on(day: date, kind: VisitKind = "initial", **answers: Answer) -> PlanOfCare:
    more: dict[str, Answer] = {"medicare": "yes", "order-on-file": "yes", **MODERATE, **answers}
    return planned(more, visit=day, kind=kind)


def test_the_exception_of_2025_holds_from_its_first_day_and_for_first_plans_only() -> None:
    before, after = on(date(2024, 12, 31)).certification, on(date(2025, 1, 1)).certification
    assert before.signature_needed
    assert "CER09" not in before.rules
    assert not after.signature_needed
    assert "CER09" in after.rules
    later = on(date(2026, 3, 2), "re-evaluation").certification
    assert later.signature_needed
    assert "CER10" in later.rules
    assert later.due is None


def test_over_ten_years_every_date_is_counted_in_days() -> None:
    first = date(2020, 1, 1)
    for offset in range(0, 3653, 19):  # nineteen meets every weekday and every part of the month
        check_dates(first + timedelta(days=offset))


@pytest.mark.parametrize(
    "day",
    [date(2024, 2, 28), date(2024, 2, 29), date(2023, 12, 31), date(2025, 12, 2), date(2028, 1, 30)],
)
def test_leap_days_and_year_ends_are_days_like_others(day: date) -> None:
    check_dates(day)


def check_dates(day: date) -> None:
    plan = on(day)
    clock, schedule = plan.certification, plan.schedule
    assert clock.due is not None
    assert clock.ends is not None
    assert clock.recertification_warning is not None
    assert clock.conservative_limit is not None
    assert schedule.report_by is not None
    assert (schedule.ends - day).days == schedule.weeks * 7
    assert (clock.due - day).days == 30
    assert (clock.conservative_limit - day).days == 89
    assert clock.ends == min(schedule.ends, clock.conservative_limit)
    assert (clock.ends - clock.recertification_warning).days == 14
    assert (schedule.report_by - day).days == 42
    assert day_in_words(clock.due) in clock.text


def test_the_last_day_of_the_calendar_breaks_nothing() -> None:
    assert on(date(2100, 12, 31)).schedule.ends == date(2101, 2, 25)


# ---------------------------------------------------------------- several visits


def episode(
    *visits: tuple[int, dict[str, Answer], tuple[PlanEdit, ...]], last_is: VisitKind = "re-evaluation"
) -> PlanOfCare:
    """The plan of the last of these visits: weeks after the evaluation, answers, and edits of its plan."""
    content = load_content()
    example = read_case(EXAMPLE, content).with_answers({"medicare": "yes", "order-on-file": "yes"})
    made: list[Evaluation] = []
    for weeks, answers, edits in visits:
        visit = replace(
            example.with_answers(MODERATE | answers).with_plan_edit(*edits),
            visit_date=EVALUATED + timedelta(weeks=weeks),
            kind="re-evaluation" if made else "initial",
            id=f"visit in week {weeks}",
        )
        made.append(visit)
    *earlier, last = made
    last = replace(last, kind=last_is if earlier else last.kind)
    plan = plan_of_care(last, assess(last, content), content, episode_of(visits_of(earlier)))
    assert isinstance(plan, PlanOfCare), plan
    return plan


def weeks_left(first: int, then: int = 0) -> tuple[PlanEdit, ...]:
    return tuple(
        PlanEdit("visits", field=field, value=value)
        for field, value in (("weeks_1", first), ("weeks_2", then))
    )


def test_a_plan_that_stays_within_the_certification_leaves_its_clock_running() -> None:
    clock = episode((0, {}, ()), (4, {}, weeks_left(4))).certification
    assert (clock.starts, clock.ends) == (EVALUATED, date(2026, 4, 27))
    assert clock.recertification_warning == date(2026, 4, 13)
    assert clock.conservative_limit == date(2026, 5, 30)
    assert (clock.renews, clock.signature_needed, clock.due) == (False, False, None)
    assert "CER10" not in clock.rules


def test_a_plan_past_the_certification_is_a_recertification_due_by_its_last_day() -> None:
    clock = episode((0, {}, ()), (4, {}, ())).certification
    assert (clock.renews, clock.signature_needed) == (True, True)
    assert clock.due == date(2026, 4, 27)
    assert "because its plan runs past April 27, 2026" in clock.text
    assert "sign and date it by April 27, 2026" in clock.text
    assert (clock.starts, clock.ends) == (date(2026, 3, 30), date(2026, 5, 25))


def test_another_long_term_goal_asks_for_a_recertification_within_the_same_days() -> None:
    another = PlanEdit("goal-target", goal="G01", field="long", value=1)
    clock = episode((0, {}, ()), (4, {}, (*weeks_left(4), another))).certification
    assert clock.renews
    assert "because a long-term goal changes" in clock.text


def test_a_third_visit_counts_from_the_last_certification() -> None:
    clock = episode((0, {}, ()), (4, {}, ()), (6, {}, weeks_left(4))).certification
    assert (clock.starts, clock.ends, clock.renews) == (date(2026, 3, 30), date(2026, 5, 25), False)
    clock = episode((0, {}, ()), (4, {}, weeks_left(4)), (6, {}, weeks_left(2))).certification
    assert (clock.starts, clock.ends, clock.renews) == (EVALUATED, date(2026, 4, 27), False)


def test_ninety_days_count_from_the_certification_and_not_from_the_visit_between() -> None:
    long = weeks_left(12, 4)
    clock = episode((0, {}, long), (11, {}, weeks_left(1))).certification
    assert (clock.ends, clock.due) == (date(2026, 5, 30), None)
    assert episode((0, {}, long), (11, {}, weeks_left(2))).certification.due == date(2026, 5, 30)


def test_a_certification_that_has_ended_is_told() -> None:
    plan = episode((0, {}, weeks_left(4)), (8, {}, ()))
    assert any("The certification ended on March 30, 2026" in words for words in plan.warnings)
    assert not any("ended" in words for words in episode((0, {}, weeks_left(4)), (4, {}, ())).warnings)


def test_after_a_certification_has_ended_no_day_that_is_past_is_asked_for() -> None:
    clock = episode((0, {}, weeks_left(4)), (8, {}, ())).certification
    assert (clock.renews, clock.signature_needed, clock.due) == (True, True, None)
    assert "sign and date it (the certification ended on March 30, 2026), also when" in clock.text
    on_its_last_day = episode((0, {}, weeks_left(4)), (4, {}, ())).certification
    assert on_its_last_day.due == date(2026, 3, 30)
    assert "sign and date it by March 30, 2026, also when" in on_its_last_day.text


@pytest.mark.parametrize("weeks", [4, 8])
def test_a_discharge_warns_of_no_certification_for_care_that_goes_on(weeks: int) -> None:
    def warned(**last: VisitKind) -> bool:
        plan = episode((0, {}, weeks_left(4)), (weeks, {}, weeks_left(26, 26)), **last)
        return any("certif" in words for words in plan.warnings)

    assert warned()
    assert not warned(last_is="discharge")


def test_a_first_certification_at_a_later_visit_counts_from_the_day_care_began() -> None:
    clock = episode((0, {"medicare": "no"}, ()), (2, {}, ())).certification
    assert (clock.starts, clock.due) == (EVALUATED, date(2026, 4, 1))
    assert clock.ends == date(2026, 5, 11)
    assert clock.conservative_limit == date(2026, 5, 30)
    assert "CER09" in clock.rules
    assert "CER10" not in clock.rules


def test_a_re_evaluation_of_which_nothing_earlier_is_known_has_no_day_to_count_from() -> None:
    clock = on(EVALUATED, "re-evaluation").certification
    assert clock.due is None
    assert "because care was certified before" in clock.text
    assert "by the end of the certification in force" in clock.text


@pytest.mark.parametrize(
    ("visits", "day", "by"),
    [
        (((0, {}, ()),), 10, date(2026, 4, 13)),
        (((0, {}, ()), (2, {}, ())), 10, date(2026, 4, 6)),  # 4 days are over, the 10th in week 3 from here
        (((0, {}, ()), (4, {}, ())), 10, date(2026, 4, 6)),  # 8 days are over
        (((0, {}, ()), (6, {}, ())), 20, date(2026, 5, 25)),  # 10 days are over, the 20th in week 6 from here
        (((0, {}, ()), (2, {}, ()), (4, {}, weeks_left(2))), 10, date(2026, 4, 6)),
        (((0, {}, ()), (8, {}, weeks_left(2))), 20, None),  # 12 days are over, 4 are planned
    ],
)
def test_the_progress_report_is_counted_in_treatment_days_from_the_evaluation(
    visits: tuple[tuple[int, dict[str, Answer], tuple[PlanEdit, ...]], ...], day: int, by: date | None
) -> None:
    schedule = episode(*visits).schedule
    assert (schedule.report_day, schedule.report_by) == (day, by)
    assert f"treatment day {day}; the evaluation is day 1" in schedule.progress_report


@pytest.mark.parametrize(("weeks", "begins"), [(2, 3), (4, 1), (8, 1)])
def test_exercise_at_home_begins_in_the_fifth_week_of_care_whatever_the_visit(
    weeks: int, begins: int
) -> None:
    content = load_content()
    first = read_case(Path(__file__).parent / "cases" / "ex3.toml", content)
    later = replace(
        first, id="later", kind="re-evaluation", visit_date=first.visit_date + timedelta(weeks=weeks)
    )
    plan = plan_of_care(later, assess(later, content), content, episode_of(visits_of((first,))))
    assert isinstance(plan, PlanOfCare)
    assert plan.schedule.home_exercise_from_week == begins

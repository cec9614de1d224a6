"""Goals: the formulas of the sheet row by row, and the therapist's word laid over them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.given import SoFar
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.result import Goal, PlanOfCare
from evalassist.clinical.schedule import day_in_words
from evalassist.content import load_content
from evalassist.evaluation import Answer, Evaluation, PlanEdit, StrengthTest
from evalassist.note_text import note_text
from evalassist.noting import clinic_of, note_of
from evalassist.settings import Settings

CASES = Path(__file__).parent / "cases"


def ex(name: str = "ex1", *without: str, **answers: Answer) -> Evaluation:
    evaluation = read_case(CASES / f"{name}.toml", load_content())
    return evaluation.with_answers(
        {key.replace("_", "-"): value for key, value in answers.items()}
    ).without_answer(*without)


def planned(evaluation: Evaluation) -> PlanOfCare:
    content = load_content()
    plan = plan_of_care(evaluation, assess(evaluation, content), content)
    assert isinstance(plan, PlanOfCare), plan
    return plan


def goal(evaluation: Evaluation, goal_id: str) -> Goal | None:
    return next((one for one in planned(evaluation).goals if one.id == goal_id), None)


def targets(evaluation: Evaluation, goal_id: str) -> tuple[object, object] | None:
    found = goal(evaluation, goal_id)
    return None if found is None else (found.short, found.long)


# ---------------------------------------------------------------- the formulas


@pytest.mark.parametrize(
    ("worst", "expected"), [(10, (8, 2)), (6, (4, 2)), (4, (2, 1)), (3, (1, 0)), (2, None), (1, None)]
)
def test_pain_falls_by_two_and_ends_at_two_or_less(worst: int, expected: tuple[int, int] | None) -> None:
    assert targets(ex(nprs_worst=worst), "G01") == expected


@pytest.mark.parametrize(
    ("akps", "expected"),
    [(40.0, (50, 55)), (71.0, (81, 86)), (84.0, (94, 95)), (85.0, (95, 95)), (86.0, None)],
)
def test_akps_rises_by_ten_and_then_fifteen(akps: float, expected: tuple[int, int] | None) -> None:
    assert targets(ex(akps_total=akps), "G02") == expected


@pytest.mark.parametrize(("lefs", "expected"), [(58.0, (67, 76)), (71.0, (80, 80)), (72.0, None)])
def test_lefs_rises_by_nine_and_then_eighteen(lefs: float, expected: tuple[int, int] | None) -> None:
    assert targets(ex(lefs_total=lefs), "G04") == expected


@pytest.mark.parametrize(("psfs", "expected"), [(0.0, (2, 8)), (3.0, (5, 8)), (5.0, (7, 9)), (8.0, (10, 10))])
def test_psfs_rises_by_two_and_ends_at_eight_or_more(psfs: float, expected: tuple[int, int]) -> None:
    assert targets(ex(psfs_mean=psfs), "G05") == expected


@pytest.mark.parametrize(("koos", "expected"), [(49.0, 66), (80.0, 97), (81.0, None)])
def test_koos_pf_has_no_short_term_target(koos: float, expected: int | None) -> None:
    assert targets(ex(koos_pf_total=koos), "G03") == (None if expected is None else (None, expected))


@pytest.mark.parametrize(("tsk", "expected"), [(28.0, None), (29.0, 25), (31.0, 27), (40.0, 28)])
def test_fear_has_a_goal_from_twenty_nine_on(tsk: float, expected: int | None) -> None:
    assert targets(ex(tsk_11_total=tsk), "G09") == (None if expected is None else (None, expected))


def test_a_long_term_strength_target_is_at_most_twenty_points_up() -> None:
    weak = ex().with_answer("habd.right", read_case(CASES / "ex1.toml", load_content()).answers["hext.right"])
    assert targets(weak, "G06.habd") is None, "95 % is no deficit"
    assert targets(ex(), "G06.habd") == (87, 90)


def test_without_a_score_a_painful_task_becomes_the_function_goal() -> None:
    scores = ("akps-total", "lefs-total", "psfs-mean")
    assert targets(ex("ex1", *scores, squat45_pain=3), "G11b") is None, "three is reached already"
    assert targets(ex("ex1", *scores, squat45_pain=5), "G11b") == (3, 2)
    assert targets(ex(squat45_pain=5), "G11b") is None, "a score is measured"


def test_no_goal_starts_from_what_nobody_measured() -> None:
    for name in ("patient-a", "patient-b", "patient-c", "ex1", "ex2", "ex3"):
        for one in planned(ex(name)).goals:
            assert one.baseline is not None or one.id == "G08", (name, one.id)
    bare = planned(ex("ex1", "akps-total", "lefs-total", "psfs-mean"))
    assert {"G02", "G04", "G05"}.isdisjoint({one.id for one in bare.goals})
    assert any(
        "no function goal: nothing that was measured calls for one" in warning for warning in bare.warnings
    )


def test_proposed_goals_carry_no_warning() -> None:
    assert not [
        one.warning for name in ("ex1", "ex2", "ex3") for one in planned(ex(name)).goals if one.warning
    ]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10), st.integers(0, 100), st.integers(0, 80))
def test_a_proposed_target_is_better_than_what_was_measured(worst: int, akps: int, lefs: int) -> None:
    for one in planned(ex(nprs_worst=worst, akps_total=float(akps), lefs_total=float(lefs))).goals:
        if isinstance(one.baseline, float) and isinstance(one.long, float):
            assert (one.long < one.baseline) == (one.id in ("G01", "G07", "G09")), one


def test_every_goal_that_is_dated_has_the_date_of_its_term() -> None:
    plan = planned(ex())
    short = day_in_words(plan.schedule.starts + timedelta(weeks=4))
    for one in plan.goals:
        assert short in one.sentences[0]
        assert day_in_words(plan.schedule.ends) in one.sentences[-1]


def test_a_goal_that_takes_exercises_is_not_due_before_they_had_four_weeks() -> None:
    """Age 10 to 14: exercise at home begins in week 5."""
    child = planned(ex("ex3"))
    trained = {"G06c.habd", "G06c.hext", "G06c.kext", "G07", "G08"}
    assert {one.id for one in child.goals if one.short_weeks == 8} == trained
    assert {one.short_weeks for one in child.goals if one.id not in trained} == {4}
    grade = next(one for one in child.goals if one.id == "G06c.habd")
    assert (grade.short, grade.long) == ("4+", "5")
    assert grade.sentences[0].startswith("Within 8 weeks (by April 27, 2026)")
    assert {one.short_weeks for one in planned(ex()).goals} == {4}


def test_a_runners_start_is_said_to_be_the_distance_without_a_flare() -> None:
    found = goal(ex("ex2"), "G10b")
    assert found is not None
    assert "without a flare" in found.title
    assert all("(now 20 km without a flare)" in words for words in found.sentences)


# ---------------------------------------------------------------- the therapist's word


def aimed(goal_id: str, field: str, value: int) -> PlanEdit:
    return PlanEdit("goal-target", goal=goal_id, field=field, value=value)


def test_a_target_can_be_changed_and_the_proposal_is_remembered() -> None:
    found = goal(ex().with_plan_edit(aimed("G02", "long", 90)), "G02")
    assert found is not None
    assert (found.short, found.long, found.edited, found.proposed) == (81, 90, True, (81, 86))
    assert "at least 90 on the AKPS" in found.sentences[-1]
    assert found.warning == ""


@pytest.mark.parametrize("value", [101, -1, 71, 60])
def test_a_target_off_the_scale_or_no_better_than_now_is_told_and_left_out(value: int) -> None:
    evaluation = ex().with_plan_edit(aimed("G02", "long", value))
    assert targets(evaluation, "G02") == (81, 86)
    assert any("a target you set was left out" in warning for warning in planned(evaluation).warnings)


@pytest.mark.parametrize(
    ("goal_id", "value", "warning"),
    [
        ("G02", 79, "within measurement error (MDC 9)"),
        ("G02", 80, "less than patients notice on average (MCID 10)"),
        ("G01", 5, "less than patients notice on average (MCID 2)"),
        ("G05", 5, "within measurement error (MDC 2)"),
    ],
)
def test_a_target_nearer_than_the_error_of_its_measure_is_warned_of(
    goal_id: str, value: int, warning: str
) -> None:
    found = goal(ex().with_plan_edit(aimed(goal_id, "long", value)), goal_id)
    assert found is not None
    assert found.long == value
    assert warning in found.warning


def test_a_long_term_target_below_the_step_that_was_proposed_leaves_the_step_out() -> None:
    proposed, found = (goal(each, "G02") for each in (ex(), ex().with_plan_edit(aimed("G02", "long", 80))))
    assert proposed is not None
    assert isinstance(proposed.short, float)
    assert proposed.short > 80
    assert found is not None
    assert (found.short, found.long) == (None, 80)
    assert "not as good as the short-term" not in found.warning


def test_a_long_term_below_the_short_term_is_warned_of() -> None:
    found = goal(ex().with_plan_edit(aimed("G02", "short", 95)), "G02")
    assert found is not None
    assert "not as good as the short-term" in found.warning


def test_a_hand_grade_is_set_in_grades() -> None:
    edit = PlanEdit("goal-target", goal="G06c.habd", field="long", to="4+")
    assert targets(ex("ex3").with_plan_edit(edit), "G06c.habd") == ("4+", "4+")
    wrong = PlanEdit("goal-target", goal="G06c.habd", field="long", to="4.5")
    assert targets(ex("ex3").with_plan_edit(wrong), "G06c.habd") == ("4+", "5")


def test_an_own_sentence_stands_as_it_was_written() -> None:
    words = "Within 8 weeks  she kneels\nto play with her son for 10 minutes."
    found = goal(ex().with_plan_edit(PlanEdit("goal-words", goal="G05", to=words)), "G05")
    assert found is not None
    assert found.sentences == ("Within 8 weeks she kneels to play with her son for 10 minutes.",)
    assert found.own_words
    assert found.edited


def test_what_the_step_down_is_for_is_the_patients_word_and_no_limitation_nobody_told() -> None:
    told = goal(ex(goal_function="to carry boxes."), "G07")
    assert told is not None
    assert [words.rpartition(", ")[2] for words in told.sentences] == ["to carry boxes."] * 2
    silent = goal(ex("ex1", "goal-function", "familiar-squat", familiar_other="yes"), "G07")
    assert silent is not None
    assert [words.rpartition(", ")[2] for words in silent.sentences] == ["to do daily activities."] * 2


def purpose(evaluation: Evaluation, episode: SoFar | None = None) -> str:
    """What the strength goal of a patient says it is for."""
    content = load_content()
    plan = plan_of_care(evaluation, assess(evaluation, content), content, episode)
    assert isinstance(plan, PlanOfCare), plan
    return next(one for one in plan.goals if one.id == "G06.habd").sentences[0].rpartition(" %), to ")[2]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"aggravating": ("squat", "jumping")}, "squat and jump."),
        ({"aggravating": ("squat", "jumping"), "agg-squat": 3, "agg-jumping": 7}, "jump and squat."),
        ({"aggravating": ("other",)}, "do daily activities."),
        ({"familiar-stairs": "yes"}, "climb stairs."),
        ({"aggravating": ("squat", "sitting", "running", "walking")}, "squat and run."),
        ({"aggravating": ("squat",), "psfs-name-1": "10 km run"}, "do the chosen activity (10 km run)."),
        (
            {"psfs-name-1": "ball play", "psfs-name-2": "stairs"},
            "do the chosen activities (ball play, stairs).",
        ),
        ({"goal-function": "to carry boxes", "psfs-name-1": "10 km run"}, "carry boxes."),
    ],
)
def test_a_goal_names_the_activities_that_were_told_and_no_other(told: dict[str, Answer], words: str) -> None:
    bare = ex("ex1", "goal-function", "familiar-squat", familiar_other="yes")
    assert purpose(bare.with_answers(told)) == words


def test_a_later_visit_keeps_the_purpose_that_was_told_before() -> None:
    later = ex("ex1", "goal-function").with_answer("aggravating", ("jumping",))
    before = SoFar(later.visit_date, (), answers={"goal-function": "carry boxes"})
    assert purpose(later, before) == "carry boxes."
    assert purpose(later.with_answer("goal-function", "dance"), before) == "dance."


def test_a_painful_task_is_not_its_own_purpose() -> None:
    scores = ("akps-total", "lefs-total", "psfs-mean")
    found = goal(ex("ex1", *scores, squat45_pain=5, aggravating=("squat", "jumping")), "G11b")
    assert found is not None
    assert found.sentences[0].endswith("(now 5/10), to jump.")


def test_a_target_at_the_end_of_the_scale_asks_for_no_more_than_that() -> None:
    found = goal(ex(psfs_mean=8.0), "G05")
    assert found is not None
    assert all("10/10 on average" in words for words in found.sentences)


def test_a_goal_can_be_taken_out_and_the_reason_is_kept() -> None:
    plan = planned(ex().with_plan_edit(PlanEdit("goal-drop", goal="G04", reason="the AKPS says the same")))
    assert "G04" not in [one.id for one in plan.goals]
    assert [(one.id, why) for one, why in plan.dropped_goals] == [("G04", "the AKPS says the same")]


def test_a_plan_without_a_pain_goal_is_told_so_also_when_the_therapist_took_it_out() -> None:
    plan = planned(ex().with_plan_edit(PlanEdit("goal-drop", goal="G01")))
    assert "There is no pain goal: it was taken out." in plan.warnings


def test_edits_survive_another_finding_and_another_goal_stays_proposed() -> None:
    evaluation = ex().with_plan_edit(aimed("G02", "long", 90)).with_answer("nprs-worst", 8)
    assert targets(evaluation, "G02") == (81, 90)
    assert targets(evaluation, "G01") == (6, 2)


def test_an_edit_whose_goal_is_gone_is_told() -> None:
    evaluation = ex().with_plan_edit(aimed("G02", "long", 90)).with_answer("akps-total", 90.0)
    assert planned(evaluation).left_out == ("the goal Knee function",)


def test_only_the_last_word_on_a_target_is_kept() -> None:
    evaluation = ex()
    for value in (88, 89, 90):
        evaluation = evaluation.with_plan_edit(aimed("G02", "long", value))
    evaluation = evaluation.with_plan_edit(aimed("G02", "short", 82))
    assert [(edit.field, edit.value) for edit in evaluation.plan_edits] == [("long", 90), ("short", 82)]


def test_back_to_the_proposal_in_one_goal_leaves_the_others() -> None:
    evaluation = ex().with_plan_edit(aimed("G02", "long", 90), aimed("G04", "long", 78))
    evaluation = evaluation.without_goal_edits("G02")
    assert targets(evaluation, "G02") == (81, 86)
    assert targets(evaluation, "G04") == (67, 78)
    assert planned(evaluation.with_plan_edits(())).goals == planned(ex()).goals


def test_a_plan_of_four_weeks_has_no_short_term() -> None:
    short = ex().with_plan_edit(
        PlanEdit("visits", field="weeks_1", value=4), PlanEdit("visits", field="weeks_2", value=0)
    )
    plan = planned(short)
    assert plan.schedule.weeks == 4
    assert {one.short for one in plan.goals} == {None}
    assert targets(short, "G02") == (None, 86)


def both_knees() -> Evaluation:
    """Both knees sore, and the right hip abductors much weaker: 70 N on a lever of 0.78 m are 54.6 Nm."""
    weak = read_case(CASES / "ex1.toml", load_content()).with_sore_knee("both")
    strength = weak.answers["habd.right"]
    assert isinstance(strength, StrengthTest)
    return weak.with_answer("habd.right", replace(strength, trials=(70.0, 70.0, 70.0))).with_answer(
        "lsd-knee.left", "0"
    )


@pytest.mark.parametrize(("value", "warned"), [(62, True), (63, False)])
def test_a_torque_nearer_than_the_share_that_counts_as_real_is_warned_of(value: int, warned: bool) -> None:
    found = goal(both_knees().with_plan_edit(aimed("G06b.habd.right", "long", value)), "G06b.habd.right")
    assert found is not None
    assert (found.baseline, found.long) == (54.6, value)
    assert ("within measurement error (MDC 8.2)" in found.warning) == warned


def test_a_proposed_torque_carries_no_warning() -> None:
    found = goal(both_knees(), "G06b.habd.right")
    assert found is not None
    assert (found.short, found.long, found.warning) == (60, 66, "")


def test_both_legs_of_different_grades_are_told_each_and_the_weaker_one_counts() -> None:
    both = ex("ex3").with_answers(
        {"habd.right": StrengthTest(grade="4-"), "habd.left": StrengthTest(grade="4")}
    )
    found = goal(both, "G06c.habd")
    assert found is not None
    assert (found.baseline, found.short, found.long) == ("4-", "4", "4+")
    assert "(now right 4-, left 4)" in found.sentences[0]
    assert found.note == "Now right 4-, left 4: the weaker leg counts."
    mirrored = both.with_answers(
        {"habd.right": StrengthTest(grade="4"), "habd.left": StrengthTest(grade="4-")}
    )
    found = goal(mirrored, "G06c.habd")
    assert found is not None
    assert "(now left 4-, right 4)" in found.sentences[0]
    alike = goal(ex("ex3"), "G06c.habd")
    assert alike is not None
    assert "(now 4)" in alike.sentences[0]
    assert alike.note == ""


# ---------------------------------------------------------------- what the therapist's own choice leaves open


def test_a_weakness_whose_only_exercise_was_taken_out_is_told_before_signing() -> None:
    words = "Hip abduction lower: no exercise in the plan trains it."
    assert words not in planned(ex()).warnings
    out = ex().with_plan_edit(PlanEdit("drop", exercise="HA01", reason="side-lying hurts her shoulder"))
    assert words in planned(out).warnings
    back = out.with_plan_edit(PlanEdit("add", exercise="HA03"))
    assert words not in planned(back).warnings
    other = ex().with_plan_edit(PlanEdit("swap", exercise="HA01", to="HA04"))
    assert words not in planned(other).warnings
    clam = ex().with_plan_edit(PlanEdit("swap", exercise="HA01", to="HD01"))
    assert words in planned(clam).warnings


def test_a_muscle_that_is_not_weak_or_had_no_exercise_is_not_told() -> None:
    assert not any(
        "trains it" in told for name in ("ex1", "ex2", "ex3") for told in planned(ex(name)).warnings
    )
    out = ex("ex2").with_plan_edit(PlanEdit("drop", exercise="HA02"))
    assert not any("trains it" in told for told in planned(out).warnings)


def test_high_irritability_prints_its_own_effort_and_warns_of_an_exercise_that_asks_for_more() -> None:
    by_hand = ex("ex3").with_plan_edit(PlanEdit("swap", exercise="HA01", to="HA02"))
    warning = (
        "Side-lying hip abduction with band or ankle weight: its load rule asks for more than this plan allows while "
        "irritability is high: effort RPE 3-4 of 10, isometric or unloaded."
    )
    assert warning in planned(by_hand).warnings
    assert warning not in planned(ex("ex3")).warnings
    content = load_content()
    assessment = assess(by_hand, content)
    note = note_of(by_hand, content, assessment, planned(by_hand), clinic_of(Settings()))
    text = " ".join(note_text(note).split())
    assert "effort 6 to 7 of 10" not in text
    assert "Effort RPE 3-4 of 10, isometric or unloaded, while irritability is high (1)" in text
    moderate = ex("ex1").with_plan_edit(PlanEdit("swap", exercise="HE01", to="HE02"))
    assert not any("load rule" in told for told in planned(moderate).warnings)

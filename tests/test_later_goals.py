"""What becomes of goals, cadence and first-week advice at a later visit (`cases/later-goals.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_answers, read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.follow_up import episode_of, follow_up, visits_of
from evalassist.clinical.given import target_text
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.result import PlanOfCare
from evalassist.content import Content, load_content
from evalassist.evaluation import Evaluation, PlanEdit
from evalassist.note import Note
from evalassist.note_text import note_text
from evalassist.noting import clinic_of, note_of
from evalassist.settings import Settings
from ui.widgets.fields import ChoiceField
from ui.widgets.goal_editor import GoalEditor

CASES = Path(__file__).parent / "cases"
FILE = CASES / "later-goals.toml"


def cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["cases"]
    return found


def later(first: Evaluation, weeks: int, raw: Mapping[str, Any], content: Content) -> Evaluation:
    day = first.visit_date + timedelta(weeks=weeks)
    made = replace(first, id=f"week {weeks}", visit_date=day, kind="re-evaluation", plan_edits=())
    return made.with_answers(read_answers(FILE, dict(raw), content))


def visited(
    case: Mapping[str, Any], *edits: PlanEdit, first_edits: tuple[PlanEdit, ...] = ()
) -> tuple[PlanOfCare, Note]:
    """Plan and note of the visit the case judges; `edits` are the therapist's at that visit."""
    content = load_content()
    then = read_answers(FILE, dict(case.get("then", {})), content)
    first = read_case(CASES / f"{case['base']}.toml", content).with_answers(then)
    first = first.without_answer(*case.get("unasked", ())).with_plan_edits(first_edits)
    between = [later(first, one["weeks"], one["answers"], content) for one in case.get("between", ())]
    now = later(first, case["weeks"], case.get("now", {}), content).without_answer(*case.get("gone", ()))
    now = now.with_plan_edits(edits)
    earlier = visits_of((first, *between))
    assessment = assess(now, content)
    plan = plan_of_care(now, assessment, content, episode_of(earlier))
    assert isinstance(plan, PlanOfCare), plan
    found = follow_up(earlier, now, assessment, content)
    return plan, note_of(now, content, assessment, plan, clinic_of(Settings()), found, earlier)


def told(note: Note) -> tuple[str, ...]:
    assert note.follow_up is not None
    return note.follow_up.goals


def targets(plan: PlanOfCare) -> dict[str, list[str]]:
    return {
        goal.id: [target_text(goal.short, goal.unit), target_text(goal.long, goal.unit)]
        for goal in plan.goals
    }


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_the_visit_goes_on_with_the_goals_as_the_case_says(case: Mapping[str, Any]) -> None:
    plan, note = visited(case)
    assert set(case.get("last", ())) <= set(told(note)), told(note)
    stand = targets(plan)
    assert {name: stand.get(name) for name in case.get("plan", {})} == case.get("plan", {})
    assert not set(case.get("not_in_plan", ())) & set(stand)
    running = " ".join(f"{one.title} ({one.because})" for one in plan.running)
    for words in case.get("running", ()):
        assert words in running
    for words in case.get("not_said", ()):
        assert words not in running


@pytest.mark.parametrize("base", ["ex1", "ex2", "ex3", "patient-a", "patient-b", "patient-c"])
def test_every_goal_of_the_last_plan_says_how_it_stands(base: str) -> None:
    """Whatever is proposed today: a value or that there is none, and one of the four words."""
    _, note = visited({"base": base, "weeks": 4})
    assert told(note)
    for words in told(note):
        assert words.endswith(
            (", met)", ", met in part)", ", not met)", "(not measured)", "(met)", "(not met)")
        ), words


def test_a_kept_goal_says_why_it_stands_and_can_be_changed_or_taken_out() -> None:
    case = next(one for one in cases() if one["name"].startswith("A score above"))
    plan, note = visited(case)
    kept = next(goal for goal in plan.goals if goal.id == "G02")
    assert kept.note == "Kept from the last plan, not reached yet."
    assert kept.note in " ".join(note_text(note).split())
    plan, _ = visited(case, PlanEdit("goal-target", goal="G02", field="long", value=96))
    assert targets(plan)["G02"] == ["94 /100", "96 /100"]
    plan, _ = visited(case, PlanEdit("goal-drop", goal="G02", reason="no longer wanted"))
    assert "G02" not in targets(plan)
    assert [(goal.id, why) for goal, why in plan.dropped_goals] == [("G02", "no longer wanted")]


def test_a_kept_goal_that_was_not_measured_says_so_and_no_value_of_today() -> None:
    plan, note = visited({"base": "ex1", "weeks": 4, "gone": ["akps-total"]})
    kept = next(goal for goal in plan.goals if goal.id == "G02")
    assert kept.baseline is None
    assert kept.note == "Kept from the last plan, not measured at this visit."
    assert not any("None" in words or "now" in words for words in kept.sentences)
    text = " ".join(note_text(note).split())
    assert "None" not in text


def test_a_goal_taken_out_at_the_last_visit_does_not_come_back() -> None:
    case = next(one for one in cases() if one["name"].startswith("A score above"))
    plan, _ = visited(case, first_edits=(PlanEdit("goal-drop", goal="G02", reason="not wanted"),))
    assert "G02" not in targets(plan)


def test_a_target_the_therapist_set_at_the_last_visit_is_the_one_that_is_kept() -> None:
    case = next(one for one in cases() if one["name"].startswith("A score above"))
    edit = PlanEdit("goal-target", goal="G02", field="long", value=97)
    plan, _ = visited(case, first_edits=(edit,))
    assert targets(plan)["G02"] == ["94 /100", "97 /100"]


def test_a_kept_hand_grade_that_was_not_tested_again_can_be_given_another_target(qtbot: QtBot) -> None:
    plan, _ = visited({"base": "ex3", "weeks": 4, "gone": ["habd.right", "habd.left"]})
    kept = next(goal for goal in plan.goals if goal.id == "G06c.habd")
    assert kept.baseline is None
    editor = GoalEditor()
    qtbot.addWidget(editor)
    editor.show_goal(kept, plan.schedule.weeks, lower_is_better=False)
    field = editor._targets["long"]
    assert isinstance(field, ChoiceField)
    edit = PlanEdit("goal-target", goal="G06c.habd", field="long", to="4+")
    plan, _ = visited({"base": "ex3", "weeks": 4, "gone": ["habd.right", "habd.left"]}, edit)
    assert targets(plan)["G06c.habd"] == ["4+", "4+"]


# ---------------------------------------------------------------- what the second sheet and the later advice say


def test_the_second_sheet_prints_the_patients_own_goal_until_another_is_told() -> None:
    wish: dict[str, Any] = {"base": "ex1", "weeks": 4, "then": {"goal-text": "Run 10 km with my club"}}
    _, note = visited({**wish, "gone": ["goal-text"]})
    assert note.sheet is not None
    assert note.sheet.goal == "Run 10 km with my club"
    _, note = visited({**wish, "now": {"goal-text": "Dance"}})
    assert note.sheet is not None
    assert note.sheet.goal == "Dance"
    _, note = visited({"base": "ex1", "weeks": 4})
    assert note.sheet is not None
    assert note.sheet.goal == ""


def test_advice_for_the_first_week_and_the_first_visit_stands_at_the_first_visit_only() -> None:
    content = load_content()
    first = read_case(CASES / "ex1.toml", content)
    begun = plan_of_care(first, assess(first, content), content)
    assert isinstance(begun, PlanOfCare)
    assert any(one.title.startswith("First week: about half") for one in begun.load_advice)
    assert any(one.title == "Tape test at the first visit" for one in begun.adjuncts)
    plan, _ = visited({"base": "ex1", "weeks": 4})
    said = " ".join(one.title for one in (*plan.load_advice, *plan.adjuncts))
    assert "First week" not in said
    assert "first visit" not in said
    assert "The highest dose" in said
    assert "Tape test" in said, "no result is recorded yet"
    tested = {"base": "ex1", "weeks": 4, "then": {"tape-test-drop": 0}, "gone": ["tape-test-drop"]}
    plan, _ = visited(tested)
    assert not any("Tape test" in one.title for one in plan.adjuncts), "it was done at the first visit"

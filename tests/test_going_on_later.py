"""What a later visit asks again, and when its plan goes on, as a therapist reviews it (`cases/going-on.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from evalassist.case_file import read_answers, read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.follow_up import FollowUp, episode_of, follow_up, visits_of
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.progress import StepProgress, progress
from evalassist.clinical.result import NoPlan, PlanOfCare
from evalassist.content import Content
from evalassist.documents import referral_pdf
from evalassist.evaluation import Evaluation
from evalassist.note import Note
from evalassist.noting import clinic_of, note_of
from evalassist.settings import Settings
from evalassist.wording.assessment import summary

CASES = Path(__file__).parent / "cases"
FILE = CASES / "going-on.toml"


def cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["cases"]
    return found


def visits(case: Mapping[str, Any], content: Content) -> tuple[list[Evaluation], Evaluation]:
    """The earlier visits, and the later one with its safety screen and what the case says."""
    base = read_case(CASES / f"{case['base']}.toml", content)
    first = base.with_answers(read_answers(FILE, case.get("then", {}), content))
    screen = {item_id for item in content.steps["safety"].items for item_id in item.ids}
    now = replace(
        Evaluation.begin(
            base.patient,
            base.sore_knee,
            base.visit_date + timedelta(weeks=case["weeks"]),
            kind=case.get("kind", "re-evaluation"),
        ),
        answers={key: answer for key, answer in base.answers.items() if key in screen},
    )
    if case.get("kind") == "initial":  # with all that was answered at the first visit
        now = now.with_answers(first.answers)
    earlier = [first]
    for one in case.get("between", []):
        begun = Evaluation.begin(
            base.patient,
            base.sore_knee,
            base.visit_date + timedelta(weeks=one["weeks"]),
            kind="re-evaluation",
        )
        earlier.append(begun.with_answers(read_answers(FILE, one["answers"], content)))
    return earlier, now.with_answers(read_answers(FILE, case.get("now", {}), content))


def judged(
    case: Mapping[str, Any], content: Content
) -> tuple[PlanOfCare | NoPlan, Mapping[str, StepProgress], FollowUp | None, Note]:
    before, now = visits(case, content)
    earlier = () if now.kind == "initial" else visits_of(before)
    assessment = assess(now, content)
    plan = plan_of_care(now, assessment, content, episode_of(earlier))
    steps = progress(now, assessment, plan, content, earlier=earlier)
    found = follow_up(earlier, now, assessment, content)
    note = note_of(now, content, assessment, plan, clinic_of(Settings()), found, earlier)
    return plan, steps, found, note


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_a_later_visit_asks_and_goes_on_as_the_case_says(case: Mapping[str, Any], content: Content) -> None:
    plan, steps, found, _ = judged(case, content)
    gaps = {gap for step in steps.values() for gap in step.gaps}
    assert gaps.issuperset(case.get("asked", [])), set(case["asked"]) - gaps
    assert gaps.isdisjoint(case.get("not_asked", []))
    if "plan" in case:
        assert isinstance(plan, PlanOfCare) is case["plan"], getattr(plan, "why", "")
    if isinstance(plan, NoPlan):
        assert case.get("why", "") in plan.why
    assert (found.diagnosed if found else None) == case.get("diagnosed", found.diagnosed if found else None)


def test_a_step_that_waits_for_nothing_and_was_not_begun_is_no_step_that_is_done(content: Content) -> None:
    _, steps, _, _ = judged(cases()[0], content)
    assert steps["mobility"].state == "empty"
    assert steps["mobility"].left == 0


def test_the_assessment_is_done_once_the_plan_goes_on_and_nothing_waits_for_a_word(content: Content) -> None:
    untouched = judged(cases()[0], content)[1]["assessment"]
    assert (untouched.state, untouched.left) == ("empty", 0)
    goes_on = next(case for case in cases() if case["name"].startswith("A knee that no longer hurts"))
    steps = judged(goes_on, content)[1]
    assert (steps["assessment"].state, steps["assessment"].left) == ("complete", 0)


def test_the_note_says_whose_diagnosis_stands_and_does_not_list_what_was_not_asked(content: Content) -> None:
    case = next(case for case in cases() if case["name"].startswith("The plan goes on"))
    *_, note = judged(case, content)
    told = "The diagnosis of March 2, 2026 stands; not all of its criteria were tested again."
    assert summary(note).startswith("Patellofemoral pain, right knee")
    assert told in summary(note)
    assert not any("Other causes excluded" in each for each in note.not_decided)
    assert "mob-hyper" not in {conclusion.id for conclusion in note.conclusions}


def test_a_letter_at_a_later_visit_tells_of_the_exercises_the_patient_has(content: Content) -> None:
    *_, note = judged({"base": "ex1", "weeks": 4, "now": {"bone-stress": "yes"}}, content)
    pdf = pypdfium2.PdfDocument(referral_pdf(note))
    letter = " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())
    assert "The patient has an exercise plan from an earlier visit. No new one was made" in letter
    assert "No exercise plan was made" not in letter


def test_a_first_visit_waits_for_all_it_did_before(content: Content) -> None:
    first = read_case(CASES / "ex1.toml", content)
    empty = first.without_answer(*first.answers)
    assessment = assess(empty, content)
    steps = progress(empty, assessment, plan_of_care(empty, assessment, content), content)
    assert {"onset", "ddx-meniscus", "fpi6-1.right"} <= {gap for step in steps.values() for gap in step.gaps}

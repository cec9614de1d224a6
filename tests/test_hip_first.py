"""Under 18 the hip comes first: no knee result is told before it is cleared, on no page and on no paper."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.progress import shown
from evalassist.clinical.result import NoPlan, Verdict
from evalassist.content import load_content
from evalassist.evaluation import Evaluation
from evalassist.note import Clinic
from evalassist.note_text import note_text
from evalassist.noting import note_of

SCREEN = ("limp-now", "hip-range-loss", "drehmann", "log-roll-pain", "child-general-signs", "child-no-weight")
KNEE_RESULTS = ("Patellofemoral pain", "MPD", "MCD", "criteria", "Irritability", "Not decided")


@cache
def child() -> Evaluation:
    """A patient of 13 with a clear hip, who has patellofemoral pain."""
    return read_case(Path(__file__).parent / "cases" / "ex3.toml", load_content())


def told(evaluation: Evaluation) -> str:
    content = load_content()
    assessment = assess(evaluation, content)
    plan = plan_of_care(evaluation, assessment, content)
    return note_text(note_of(evaluation, content, assessment, plan, Clinic()))


def test_with_a_clear_hip_the_knee_is_classified() -> None:
    assessment = assess(child(), load_content())
    assert assessment.hip_first is None
    assert assessment.pfp is Verdict.MET


@pytest.mark.parametrize("left_open", [SCREEN, SCREEN[:1], SCREEN[-1:]])
def test_while_a_hip_question_is_open_no_knee_result_is_told(left_open: tuple[str, ...]) -> None:
    evaluation = child().without_answer(*left_open)
    assessment = assess(evaluation, load_content())
    assert assessment.pfp is Verdict.UNDECIDED
    assert assessment.subcategories == assessment.agreed == ()
    assert isinstance(plan_of_care(evaluation, assessment, load_content()), NoPlan)
    number = len(left_open)
    text = told(evaluation)
    assert f"Hip screen first: {number} question{'s' if number > 1 else ''} open." in text
    assert not [words for words in KNEE_RESULTS if words in text]


def test_not_assessed_leaves_a_hip_question_open() -> None:
    assessment = assess(child().with_answer("drehmann", "not-assessed"), load_content())
    assert assessment.hip_first is not None
    assert assessment.hip_first.open == ("drehmann",)


@pytest.mark.parametrize("sign", SCREEN)
def test_a_positive_hip_screen_keeps_every_knee_result_back(sign: str) -> None:
    evaluation = child().with_answer(sign, "yes")
    assessment = assess(evaluation, load_content())
    assert assessment.pfp is Verdict.UNDECIDED
    text = told(evaluation)
    assert "Hip screen positive: no knee result until the hip is cleared." in text
    assert not [words for words in KNEE_RESULTS if words in text]


def test_a_limp_beside_a_hip_sign_is_told_to_whom_the_child_is_sent() -> None:
    assessment = assess(child().with_answers({"limp-now": "yes", "log-roll-pain": "yes"}), load_content())
    [hip] = [flag for flag in assessment.red_flags if flag.rule.flag == "RF12"]
    assert hip.rule.level == "EMERGENCY"
    assert {item for reason in hip.reasons for item in reason.items} >= {"limp-now", "log-roll-pain"}


def test_an_adult_has_no_hip_screen() -> None:
    grown = read_case(Path(__file__).parent / "cases" / "ex1.toml", load_content())
    assert assess(grown, load_content()).hip_first is None


def test_under_18_limp_night_pain_and_fever_are_asked_once() -> None:
    assessment = assess(child().with_answer("systemic", "yes"), load_content())
    asked = [item.label.lower() for item in load_content().steps["safety"].items if shown(item, assessment)]
    assert [sum(word in label for label in asked) for word in ("limp", "night", "fever", "mass")] == [
        1,
        1,
        1,
        1,
    ]


def test_only_questions_that_are_asked_count_as_open() -> None:
    """Not begun: the clot of a leg that was not asked about is no open question yet."""
    content = load_content()
    evaluation = child().without_answer(*child().answers)
    assessment = assess(evaluation, content)
    plan = plan_of_care(evaluation, assessment, content)
    assert isinstance(plan, NoPlan)
    assert "calf-signs" in plan.items
    assert [item for item in plan.items if not shown(content.items[item], assessment)] == []


def test_a_draft_answered_before_the_question_was_widened_is_asked_again() -> None:
    """Then it did not ask for weight loss and past cancer: an old "no" says nothing of them."""
    old = child().without_answer("child-general-signs").with_answers({"child-systemic": "no"})
    assessment = assess(old, load_content())
    assert assessment.hip_first is not None
    assert assessment.hip_first.open == ("child-general-signs",)
    assert assessment.action is None

"""What is still to be asked of this patient, and what is not asked at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.progress import progress
from evalassist.content import load_content
from evalassist.evaluation import Answer

EX1 = Path(__file__).parent / "cases" / "ex1.toml"
PRONE_STRENGTH = ("her.right", "her.left")


def gaps(answers: Mapping[str, Answer], *left_out: str) -> set[str]:
    """The open questions of all steps for Example One with other answers."""
    content = load_content()
    evaluation = read_case(EX1, content).without_answer(*left_out).with_answers(answers)
    assessment = assess(evaluation, content)
    steps = progress(evaluation, assessment, plan_of_care(evaluation, assessment, content), content)
    return {item_id for step in steps.values() for item_id in step.gaps}


CLOT: dict[str, Answer] = {"calf-signs": "yes", "chest-signs": "no"}


def test_the_clot_question_tells_pregnancy_and_birth_apart() -> None:
    assert "pregnant-or-birth" in gaps(CLOT)
    pregnant = gaps({**CLOT, "pregnant-or-birth": "pregnant"})
    assert "pregnancy-week" in pregnant
    assert "pregnancy-hip-pain" in gaps({**CLOT, "pregnant-or-birth": "pregnant", "pregnancy-week": 30.0})
    after_birth = gaps({**CLOT, "pregnant-or-birth": "birth"})
    assert {"pregnancy-week", "pregnancy-hip-pain"}.isdisjoint(after_birth)
    assert "wells" not in pregnant | after_birth
    assert "wells" in gaps({**CLOT, "pregnant-or-birth": "no"})
    assert "wells" not in gaps({**CLOT, "pregnant-or-birth": "no", "postpartum-weeks": 10.0})


PREGNANT: dict[str, Answer] = {"care-needed": "yes", "care-factors": ("pregnancy",)}


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({}, True),
        ({"prone-bad": "no"}, True),
        ({"prone-bad": "yes"}, False),
        ({**PREGNANT, "pregnancy-week": 19.0}, True),
        ({**PREGNANT, "pregnancy-week": 20.0}, False),
        (PREGNANT, False),
    ],
    ids=("nothing said", "tolerated", "not tolerated", "week 19", "week 20", "week not recorded"),
)
def test_nobody_is_asked_for_a_test_that_cannot_be_done_lying_face_down(
    answers: dict[str, Answer], asked: bool
) -> None:
    open_ones = gaps(answers, *PRONE_STRENGTH, "length-quad.right")
    assert open_ones.issuperset({*PRONE_STRENGTH, "length-quad.right"}) is asked
    assert open_ones.isdisjoint({*PRONE_STRENGTH, "length-quad.right"}) is not asked


def test_nothing_is_left_to_do_in_a_step_that_is_blocked() -> None:
    content = load_content()
    evaluation = read_case(EX1, content).with_answers(
        {
            "calf-signs": "yes",
            "chest-signs": "no",
            "pregnant-or-birth": "no",
            "wells": ("calf-3cm", "tender-veins"),
        }
    )
    assessment = assess(evaluation, content)
    steps = progress(evaluation, assessment, plan_of_care(evaluation, assessment, content), content)
    assert (steps["plan"].state, steps["plan"].left) == ("blocked", 0)

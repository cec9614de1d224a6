"""Answers that cannot both be meant are pointed out, and nothing is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.content import load_content
from evalassist.evaluation import Answer, Evaluation, Quantity, StrengthTest

SWOLLEN = "The joint is swollen, without an injury"
CASES = Path(__file__).parent / "cases"


def example() -> Evaluation:
    return read_case(CASES / "ex1.toml", load_content())


def said_of(evaluation: Evaluation) -> list[str]:
    return [found.text for found in assess(evaluation, load_content()).contradictions]


@pytest.mark.parametrize("name", ["patient-a", "patient-b", "patient-c", "ex1", "ex2", "ex3"])
def test_a_worked_case_holds_no_contradiction(name: str) -> None:
    assert said_of(read_case(CASES / f"{name}.toml", load_content())) == []


@pytest.mark.parametrize(
    ("item", "answer", "words"),
    [
        ("nprs-rest", 10, "Pain at rest is 10, above the worst pain of 6"),
        ("duration", Quantity(59, "years"), "older than the patient"),
        (
            "goal-text",
            "Run again without the left knee hurting",
            "speaks of the left side; the sore knee is the right",
        ),
    ],
)
def test_an_answer_that_does_not_fit_is_pointed_out(item: str, answer: Answer, words: str) -> None:
    said = said_of(example().with_answer(item, answer))
    assert len(said) == 1
    assert words in said[0]


@pytest.mark.parametrize(("grade", "doubted"), [("0", False), ("trace", False), ("1+", True), ("3+", True)])
def test_an_effusion_that_the_safety_screen_denies_is_pointed_out(grade: str, doubted: bool) -> None:
    said = said_of(example().with_answers({"swollen-knee": "no", "effusion.right": grade}))
    assert said == ([f"{SWOLLEN}: you answered No; the stroke test is {grade}."] if doubted else [])


def test_an_effusion_of_the_sound_knee_or_one_that_was_told_is_left_alone() -> None:
    assert said_of(example().with_answers({"swollen-knee": "no", "effusion.left": "2+"})) == []
    assert said_of(example().with_answers({"swollen-knee": "yes", "effusion.right": "2+"})) == []


def test_both_hips_cannot_be_weak_and_normal() -> None:
    low = example().with_answer("hips-both-low", "yes")
    assert said_of(low) == []
    assert said_of(low.with_answer("hips-both-normal", "yes")) == [
        "Both hips are said to be normal, and to be below what you expect."
    ]


def test_a_text_that_names_both_sides_is_left_alone() -> None:
    text = "The right knee hurts, the left knee does not"
    assert said_of(example().with_answer("goal-text", text)) == []


def test_strength_on_the_other_side_only_is_pointed_out() -> None:
    right = [
        item_id
        for item_id in example().answers
        if item_id in ("habd.right", "her.right", "hext.right", "kext.right")
    ]
    said = said_of(example().without_answer(*right))
    assert said == ["Strength stands on the left side only, and the sore knee is the right."]


def test_a_trial_outside_the_usual_range_is_pointed_out_until_it_is_changed() -> None:
    """It counts as it was typed, and the symmetry with it, so it must be seen before signing."""
    test = StrengthTest(trials=(40.0, 500.0), unit="kgf")
    said = said_of(example().with_answer("her.right", test))
    assert said == ["Hip external rotation, right: 500 kgf is outside the usual 0.5 to 102 kgf."]
    assert said_of(example().with_answer("her.right", replace(test, trials=(40.0, 41.0)))) == []


def test_with_both_knees_sore_no_side_is_the_wrong_one() -> None:
    both = replace(example(), sore_knee="both").with_answer("goal-text", "the left knee")
    assert said_of(both) == []


@pytest.mark.parametrize(
    ("right", "left", "ticked", "said"),
    [
        (39.0, 36.0, (), True),
        (38.9, 36.0, (), False),
        (36.0, 39.0, (), False),
        (39.0, 36.0, ("calf-3cm",), False),
    ],
)
def test_a_larger_calf_of_the_sore_leg_is_ticked_in_the_wells_list(
    right: float, left: float, ticked: tuple[str, ...], said: bool
) -> None:
    measured: dict[str, Answer] = {"calf-girth.right": right, "calf-girth.left": left, "wells": ticked}
    suspected: dict[str, Answer] = {"calf-signs": "yes", "chest-signs": "no", "pregnant-or-birth": "no"}
    found = said_of(example().with_answers({**suspected, **measured}))
    assert any("calf measures 3 cm more" in words for words in found) is said


def test_both_hips_are_not_normal_and_low_at_once() -> None:
    normal = example().with_answer("hips-both-normal", "yes")
    assert said_of(normal.with_answer("hips-both-low", "no")) == []
    said = said_of(normal.with_answer("hips-both-low", "yes"))
    assert said == ["Both hips are said to be normal, and to be below what you expect."]

"""Rules in three values: met, not met, undecided; nothing unanswered ever counts as "no"."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.conditions import judge, judge_rule, verdict_of
from evalassist.clinical.result import Fact, FactValue, Knowledge, Verdict
from evalassist.content import load_content
from evalassist.content.schema import Condition, Rule
from evalassist.evaluation import SIDES

CASES = Path(__file__).parent / "cases"
MET, NOT_MET, UNDECIDED = Verdict.MET, Verdict.NOT_MET, Verdict.UNDECIDED


def known(**values: FactValue) -> Knowledge:
    names = {name.replace("_", "-"): value for name, value in values.items()}
    facts = {name: Fact(name, value, f"{name} {value}", (name,)) for name, value in names.items()}
    return Knowledge(facts, {"torque": ("force", "lever")}, {})


def when(condition: dict[str, Any]) -> Condition:
    return Condition.model_validate(condition)


WORST_HIGH = {"fact": "worst", "at-least": 7}
NIGHT = {"fact": "night", "is": "yes"}


@pytest.mark.parametrize(
    ("comparison", "value", "verdict"),
    [
        ({"is": "yes"}, "yes", MET),
        ({"is": "yes"}, "no", NOT_MET),
        ({"is": "yes"}, True, MET),
        ({"one-of": ["4", "4-"]}, "4+", NOT_MET),
        ({"below": 90}, 89.58, MET),
        ({"below": 90}, 90.0, NOT_MET),
        ({"above": 24}, 24.0, NOT_MET),
        ({"at-least": 7}, 7.0, MET),
        ({"at-most": -1}, -1.28, MET),
        ({"at-most": -1}, -0.58, NOT_MET),
        ({"includes": "stairs"}, ("squat", "stairs"), MET),
        ({"includes": "stairs"}, (), NOT_MET),
        ({"answered": True}, "no", MET),
    ],
)
def test_a_fact_is_compared_as_the_rule_says(
    comparison: dict[str, Any], value: FactValue, verdict: Verdict
) -> None:
    assert judge(when({"fact": "thing", **comparison}), known(thing=value)).verdict is verdict


def test_what_was_not_asked_leaves_the_rule_undecided_and_says_what_to_ask() -> None:
    judged = judge(when(NIGHT), known())
    assert judged.verdict is UNDECIDED
    assert judged.missing == ("night",)


def test_a_computed_fact_names_the_items_it_lacks() -> None:
    assert judge(when({"fact": "torque", "below": 1}), known()).missing == ("force", "lever")


def test_one_finding_is_enough_for_any_even_while_others_are_open() -> None:
    judged = judge(when({"any": [WORST_HIGH, NIGHT]}), known(worst=8.0))
    assert judged.verdict is MET
    assert [reason.text for reason in judged.reasons] == ["worst 8.0, at least 7"]


def test_any_is_not_met_only_when_everything_was_asked() -> None:
    assert judge(when({"any": [WORST_HIGH, NIGHT]}), known(worst=2.0)).verdict is UNDECIDED
    assert judge(when({"any": [WORST_HIGH, NIGHT]}), known(worst=2.0, night="no")).verdict is NOT_MET


def test_one_finding_against_is_enough_for_all() -> None:
    judged = judge(when({"all": [WORST_HIGH, NIGHT]}), known(worst=2.0))
    assert judged.verdict is NOT_MET
    assert judged.missing == ()


def test_any_tested_is_judged_on_what_was_done() -> None:
    done = when({"any-tested": [WORST_HIGH, NIGHT]})
    assert judge(done, known(worst=2.0)).verdict is NOT_MET
    assert judge(done, known(night="yes")).verdict is MET
    assert judge(done, known()).verdict is UNDECIDED
    assert judge(done, known()).missing == ("worst", "night")


def test_not_swaps_but_keeps_what_is_undecided() -> None:
    assert judge(when({"not": NIGHT}), known(night="no")).verdict is MET
    assert judge(when({"not": NIGHT}), known()).verdict is UNDECIDED


def test_a_rule_for_each_side_is_met_when_one_sore_side_meets_it() -> None:
    rule = Rule.model_validate(
        {
            "id": "mcd",
            "kind": "subcategory",
            "title": "Movement coordination",
            "says": "The knee moves in.",
            "each_side": True,
            "when": {"fact": "knee.{side}", "at-least": 1},
            "mark": "P",
        }
    )
    facts = Knowledge(
        {
            f"knee.{side}": Fact(f"knee.{side}", value, f"knee {side}", ())
            for side, value in (("right", 0.0), ("left", 2.0))
        },
        {},
        {},
    )
    assert judge_rule(rule, facts, ("right", "left")).sides == ("left",)
    assert judge_rule(rule, facts, ("right",)).verdict is NOT_MET


@pytest.mark.parametrize(
    "nonsense",
    [
        {"fact": "worst"},
        {"fact": "worst", "below": 1, "above": 3},
        {"all": [NIGHT], "any": [NIGHT]},
        {"fact": "worst", "is": "yes", "all": [NIGHT]},
        {"below": 3},
        {"fact": "worst", "bellow": 3},
    ],
)
def test_a_condition_that_is_not_one_thing_is_refused(nonsense: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"one fact with one comparison|Extra inputs"):
        when(nonsense)


def test_a_value_below_zero_that_is_told_in_words_has_no_limit_with_a_sign_behind_it() -> None:
    low = Fact("kext-z.right", -1.28, "1.28 SD below the mean", (), told_whole=True)
    judged = judge(
        Condition.model_validate({"fact": "kext-z.right", "at-most": -1}), Knowledge({low.id: low}, {}, {})
    )
    assert [reason.text for reason in judged.reasons] == ["1.28 SD below the mean"]


@pytest.mark.parametrize("case", ["patient-a", "patient-b", "patient-c", "ex1", "ex2", "ex3"])
def test_the_verdict_alone_is_the_one_that_the_reasons_tell(case: str) -> None:
    content = load_content()
    facts = assess(read_case(CASES / f"{case}.toml", content), content).known
    conditions = [rule.when for rule in content.rules.values()]
    conditions += [shown_when for _, shown_when, _, _ in content.sometimes_asked]
    for condition, side in product(conditions, (None, *SIDES)):
        assert verdict_of(condition, facts, side) is judge(condition, facts, side).verdict

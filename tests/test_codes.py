"""Codes that are offered, and the arithmetic of timed units."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.codes import evaluation_code, treatment_units
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.result import Code, PlanOfCare
from evalassist.content import load_content
from evalassist.evaluation import Answer

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ({"97110": 25, "97140": 12}, {"97110": 1, "97140": 1}),
        ({"97110": 24, "97112": 10, "97535": 8}, {"97110": 2, "97112": 1, "97535": 0}),
        ({"97110": 20, "97530": 18}, {"97110": 2, "97530": 1}),
        ({"97110": 45}, {"97110": 3}),
        ({"97112": 7}, {"97112": 0}),
        ({"97112": 20, "97116": 18}, {"97112": 2, "97116": 1}),
        # seven minutes get a unit when they are the largest remainder and all remainders make eight
        ({"97110": 30, "97112": 7, "97535": 3}, {"97110": 2, "97112": 1, "97535": 0}),
        ({"97110": 30, "97112": 7}, {"97110": 2, "97112": 0}),
        ({}, {}),
    ],
)
def test_medicare_units_are_counted_over_all_timed_minutes(
    minutes: dict[str, int], expected: dict[str, int]
) -> None:
    units = treatment_units(minutes)
    assert units.by_code == expected
    assert units.total == sum(expected.values())
    assert units.choose == ()


def test_equal_remainders_leave_the_unit_to_the_therapist() -> None:
    units = treatment_units({"97110": 7, "97112": 7, "97530": 7})
    assert units.total == 1
    assert set(units.choose) == {"97110", "97112", "97530"}


@pytest.mark.parametrize(
    ("minutes", "units"),
    [
        (7, 0),
        (8, 1),
        (22, 1),
        (23, 2),
        (37, 2),
        (38, 3),
        (52, 3),
        (53, 4),
        (67, 4),
        (68, 5),
        (82, 5),
        (83, 6),
        (97, 6),
        (98, 7),
        (112, 7),
        (113, 8),
        (127, 8),
        (128, 9),
    ],
)
def test_the_table_of_eight_minutes(minutes: int, units: int) -> None:
    assert treatment_units({"97110": minutes}).total == units


def test_the_midpoint_rule_takes_each_code_on_its_own() -> None:
    assert treatment_units({"97110": 24, "97112": 10, "97535": 8}, "MIDPOINT").by_code == {
        "97110": 2,
        "97112": 1,
        "97535": 1,
    }
    assert treatment_units({"97110": 7, "97112": 7}, "MIDPOINT").total == 0


def test_an_untimed_code_is_one_unit_and_adds_no_minutes() -> None:
    units = treatment_units({"97110": 7, "97150": 40}, untimed=["97150"])
    assert units.by_code == {"97110": 0, "97150": 1}
    assert units.minutes == 7


@pytest.mark.parametrize(
    ("factors", "elements", "presentation", "code"),
    [
        (0, 4, "stable", "97161"),
        (1, 4, "evolving", "97162"),
        (3, 4, "unstable", "97163"),
        (3, 4, "stable", "97161"),
        (2, 3, "unstable", "97162"),
        (5, 2, "unstable", "97161"),
    ],
)
def test_the_evaluation_code_is_the_lowest_level_all_components_meet(
    factors: int, elements: int, presentation: str, code: str
) -> None:
    found = evaluation_code(load_content().plan.codes, factors, elements, presentation)
    assert found is not None
    assert found.code == code


def test_nothing_examined_has_no_evaluation_code() -> None:
    assert evaluation_code(load_content().plan.codes, 0, 0, "stable") is None


def codes(case: str, answers: dict[str, Answer], *without: str) -> tuple[Code, ...]:
    """The codes of a worked example when some answers are other ones."""
    content = load_content()
    evaluation = read_case(CASES / f"{case}.toml", content).with_answers(answers).without_answer(*without)
    plan = plan_of_care(evaluation, assess(evaluation, content), content)
    assert isinstance(plan, PlanOfCare)
    assert all(code.because for code in plan.codes)
    return plan.codes


def offered(case: str, *, without: tuple[str, ...] = ()) -> set[str]:
    return {code.code for code in codes(case, {}, *without) if code.offered}


SEVEN_EACH: dict[str, Answer] = {"minutes-97110": 7.0, "minutes-97112": 7.0, "minutes-97535": 7.0}


def said_units(case: str, answers: dict[str, Answer], *without: str) -> dict[str, str]:
    """What is said of each timed code."""
    found = codes(case, answers, *without)
    return {code.code: code.because.partition(": ")[2] for code in found if f"minutes-{code.code}" in answers}


def test_a_tie_for_the_last_unit_is_left_to_the_therapist_and_says_so() -> None:
    said = said_units("ex1", SEVEN_EACH)
    for code, others in (("97110", "97112, 97535"), ("97112", "97110, 97535"), ("97535", "97110, 97112")):
        assert "the therapist picks" in said[code]
        assert others in said[code]
    untied = said_units("ex1", {**SEVEN_EACH, "minutes-97110": 8.0})
    assert not any("the therapist picks" in words for words in untied.values())


@pytest.mark.parametrize(
    ("payer", "units"),
    [
        ({"medicare": "no"}, 1),
        ({"medicare": "no", "payer-rule": "CMS"}, 1),
        ({"medicare": "no", "payer-rule": "MIDPOINT"}, 0),
        ({"medicare": "not-assessed", "payer-rule": "MIDPOINT"}, 0),
        ({"medicare": "yes", "payer-rule": "MIDPOINT"}, 1),
    ],
)
def test_only_a_payer_that_is_not_medicare_counts_each_code_on_its_own(
    payer: dict[str, Answer], units: int
) -> None:
    said = said_units("ex1", {**SEVEN_EACH, **payer})
    assert sum("1 unit" in words for words in said.values()) == units


def test_the_diagnosis_names_the_side_and_both_sides_take_two_codes() -> None:
    assert {code for code in offered("ex1") if code.startswith("M")} == {"M22.2X1"}
    assert {code for code in offered("ex2") if code.startswith("M")} == {"M22.2X2"}
    assert {code for code in offered("ex3") if code.startswith("M")} == {"M22.2X1", "M22.2X2"}


def test_weakness_and_control_offer_their_codes() -> None:
    assert {"R29.898", "R26.89"} & offered("ex1") == {"R29.898"}
    assert {"R29.898", "R26.89"} & offered("ex2") == {"R26.89"}


def test_the_examples_get_their_evaluation_code_and_none_while_a_component_is_missing() -> None:
    evaluations = {"97161", "97162", "97163"}
    assert offered("ex1") & evaluations == {"97161"}
    assert offered("ex3") & evaluations == {"97162"}
    assert not offered("ex1", without=("presentation",)) & evaluations


def test_treatment_codes_follow_the_plan() -> None:
    before_the_minutes = offered("ex1", without=("minutes-97110", "minutes-97112", "minutes-97535"))
    assert {"97110", "97535"} <= before_the_minutes
    assert {"97112", "97116", "97760"}.isdisjoint(before_the_minutes)
    assert {"97112", "97116"} <= offered("ex2")
    assert "97760" in offered("ex3")


# ---------------------------------------------------------------- what the therapist chooses


def planned(case: str, answers: dict[str, Answer], *without: str) -> PlanOfCare:
    content = load_content()
    evaluation = read_case(CASES / f"{case}.toml", content).with_answers(answers).without_answer(*without)
    plan = plan_of_care(evaluation, assess(evaluation, content), content)
    assert isinstance(plan, PlanOfCare)
    return plan


def test_no_code_is_chosen_until_the_therapist_ticks_it() -> None:
    for case in ("ex1", "ex2", "ex3"):
        assert not [code for code in codes(case, {}) if code.chosen]
    ticked = codes("ex1", {"codes-used": ("M22.2X1", "97110")})
    assert {code.code for code in ticked if code.chosen} == {"M22.2X1", "97110"}


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("M22.2X2", "the findings do not lead to it"),
        ("M25.561", "pain is part of that disorder"),
        ("M62.81", "only when weakness is general"),
        ("97163", "the findings do not lead to it"),
        ("97164", "this is no re-evaluation"),
    ],
)
def test_a_code_that_does_not_fit_can_be_chosen_and_is_warned_of(code: str, why: str) -> None:
    plan = planned("ex1", {"codes-used": (code,)})
    assert [one.code for one in plan.codes if one.chosen] == [code]
    assert [warning for warning in plan.warnings if code in warning and why in warning]


def test_a_treatment_that_was_given_is_not_questioned() -> None:
    plan = planned("ex1", {"codes-used": ("97140", "97750")})
    assert not [warning for warning in plan.warnings if "code" in warning]


def test_every_code_of_the_rules_can_be_ticked_and_no_other() -> None:
    content = load_content()
    options = {option.id: option.label for option in content.items["codes-used"].options}
    rules = content.plan.codes
    labels = {row.code: row.label for row in rules.icd}
    labels |= {row.code: row.label for row in rules.evaluation}
    labels |= {row.code: row.label for row in (rules.re_evaluation, *rules.treatment)}
    assert options == labels
    assert tuple(options) == rules.every_code


def test_the_evaluation_code_shows_what_each_component_reaches() -> None:
    found = planned("ex1", {}).complexity
    assert found is not None
    assert [(one.value, one.level, one.item) for one in found.components] == [
        ("0", "low", "personal-factors"),
        ("4", "high", "exam-elements"),
        ("stable", "low", "presentation"),
    ]
    assert found.code == "97161"


def test_a_component_that_is_not_recorded_is_shown_as_open_and_no_code_is_offered() -> None:
    found = planned("ex1", {}, "presentation").complexity
    assert found is not None
    assert [one.level for one in found.components] == ["low", "high", None]
    assert found.code == ""


def test_ticking_one_of_the_codes_with_an_equal_claim_gives_it_the_unit() -> None:
    tied = planned("ex1", SEVEN_EACH)
    assert set(tied.session.choose) == {"97110", "97112", "97535"}
    picked = planned("ex1", {**SEVEN_EACH, "codes-used": ("97535",)})
    assert picked.session.choose == ()
    assert {code.code: code.units for code in picked.codes if code.minutes} == {
        "97110": 0,
        "97112": 0,
        "97535": 1,
    }


def test_the_rule_of_the_payer_is_told_in_a_line() -> None:
    assert "all timed minutes together" in planned("ex1", {}).session.rule
    midpoint = planned("ex1", {"medicare": "no", "payer-rule": "MIDPOINT"}).session
    assert "each code on its own" in midpoint.rule


def test_group_therapy_is_one_unit_beside_the_timed_minutes() -> None:
    plan = planned("ex1", {"minutes-97150": 40.0})
    assert (plan.session.minutes, plan.session.units) == (42, 4)


def test_typed_minutes_do_not_hide_the_other_codes_that_are_offered() -> None:
    assert offered("ex1") >= {"97110", "97530", "97535"}


def test_the_code_that_medicare_units_go_to_never_gets_less_than_its_whole_quarter_hours() -> None:
    for first in range(61):
        for second in range(61):
            units = treatment_units({"97110": first, "97112": second})
            assert units.by_code["97110"] >= first // 15
            assert units.by_code["97112"] >= second // 15
            assert units.total == (0 if first + second < 8 else (first + second + 7) // 15)


# ---------------------------------------------------------------- what billing and notes ask


def test_the_whole_treatment_is_recorded_beside_the_timed_minutes_and_printed() -> None:
    plan = planned("ex1", {"minutes-whole": 55.0})
    assert (plan.session.minutes, plan.session.units, plan.session.whole) == (42, 3, 55)
    assert planned("ex1", {}).session.whole is None, "not recorded is not zero"


@pytest.mark.parametrize(("whole", "warned"), [(41.0, True), (42.0, False), (55.0, False)])
def test_a_treatment_shorter_than_what_was_given_in_it_is_warned_of(whole: float, warned: bool) -> None:
    warnings = planned("ex1", {"minutes-whole": whole}).warnings
    assert any("42 minutes of codes" in warning for warning in warnings) == warned


def test_untimed_minutes_count_to_the_whole_treatment() -> None:
    plan = planned("ex1", {"minutes-97150": 20.0, "minutes-whole": 55.0})
    assert any("62 minutes of codes" in warning for warning in plan.warnings)


def test_a_kx_threshold_is_told_only_for_years_whose_number_was_read() -> None:
    facts = load_content().plan.codes.facts
    told = {fact.id: fact.says for fact in facts if fact.id.startswith("BIL01")}
    assert "$2,410" in told["BIL01-2025"]
    assert "$2,480" in told["BIL01-2026"]
    assert "threshold $" not in told["BIL01-later"]
    assert all("$3,000, through 2028" in says for says in told.values())


@pytest.mark.parametrize(
    ("code", "why", "answers"),
    [
        ("M17.11", "only with a medical diagnosis", {"ddx-pfoa": "possible"}),
        ("M76.51", "the diagnosis instead", {"ddx-patellar-tendon": "possible"}),
        ("M21.41", "only when the foot orthoses are coded", {"fpi6-typed-total.right": 7.0}),
    ],
)
def test_the_code_of_another_finding_is_listed_and_not_offered(
    code: str, why: str, answers: dict[str, Answer]
) -> None:
    assert code not in {one.code for one in codes("ex1", {})}
    (found,) = [one for one in codes("ex1", answers) if one.code == code]
    assert why in found.because
    assert not found.offered


def test_instability_is_never_taken_for_stiffness() -> None:
    (found,) = [one for one in codes("ex1", {}) if one.code == "M25.361"]
    assert not found.offered
    assert "not stiffness" in found.because


def test_only_codes_that_the_findings_lead_to_are_offered() -> None:
    offered_codes = {one.code for one in codes("ex1", {}) if one.offered and one.kind == "diagnosis"}
    assert offered_codes == {"M22.2X1", "R29.898"}

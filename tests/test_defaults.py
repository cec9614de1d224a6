"""The numbers a clinic may set otherwise: what they decide, where they are told, what a signed note keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalassist import resources
from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.result import Assessment, PlanOfCare, Verdict
from evalassist.content import content_for, load_content
from evalassist.content.defaults import filled
from evalassist.content.schema import Default
from evalassist.errors import EvalAssistError
from evalassist.evaluation import Evaluation, Signature
from evalassist.note import Clinic
from evalassist.noting import go_to, note_of

CASES = Path(__file__).parent / "cases"
every_default = pytest.mark.parametrize(
    "default", load_content().defaults.values(), ids=lambda default: default.id
)


def example(**defaults: float) -> Evaluation:
    named = {name.replace("_", "-"): value for name, value in defaults.items()}
    return replace(read_case(CASES / "ex1.toml", load_content()), defaults=named)


def judged(evaluation: Evaluation) -> Assessment:
    return assess(evaluation, content_for(evaluation))


def test_the_clinics_limit_decides_and_is_told_in_the_reason() -> None:
    assert judged(example()).conclusions["er-deficit"].verdict is Verdict.MET  # 85 % of the other side
    lower = judged(example(symmetry_deficit=85)).conclusions["er-deficit"]
    assert lower.verdict is Verdict.NOT_MET
    assert any("not below 85" in reason.text or "below 85" in reason.text for reason in lower.reasons)
    assert "85 %" in lower.rule.note


def test_the_plan_follows_the_clinics_pain_cap() -> None:
    evaluation = example(pain_cap_moderate=2)
    content = content_for(evaluation)
    plan = plan_of_care(evaluation, assess(evaluation, content), content)
    assert isinstance(plan, PlanOfCare)
    assert plan.pain_cap == 2


def test_a_strength_goal_starts_where_the_clinics_limit_says() -> None:
    evaluation = example(symmetry_deficit=84)
    content = content_for(evaluation)
    plan = plan_of_care(evaluation, assess(evaluation, content), content)
    assert isinstance(plan, PlanOfCare)
    strength_goals = [goal for goal in plan.goals if goal.unit == "%"]
    assert [goal.baseline for goal in strength_goals] == [82.0]


def test_hip_norms_count_only_once_the_clinic_switched_them_on() -> None:
    for switch, known in ((0.0, False), (1.0, True)):
        side = judged(example(hip_norms=switch)).strength["habd"].right
        assert side is not None
        assert (side.z is not None) is known


def test_the_note_prints_what_the_clinic_set_otherwise_and_nothing_else() -> None:
    def told(evaluation: Evaluation) -> list[tuple[str, str]]:
        content = content_for(evaluation)
        assessment = assess(evaluation, content)
        plan = plan_of_care(evaluation, assessment, content)
        note = note_of(evaluation, content, assessment, plan, Clinic())
        return [(line.label, line.value) for line in note.defaults]

    assert told(example()) == []
    changed = told(example(slr=75, hip_norms=1))
    assert [value for _, value in changed] == ["on (app default off)", "75° (app default 70°)"]


def test_a_signed_evaluation_keeps_the_limits_it_was_signed_with() -> None:
    signed = example(symmetry_deficit=85).signed_by(Signature("Pat", "", datetime.now(UTC)))
    with pytest.raises(EvalAssistError):
        signed.with_defaults({})
    assert judged(signed).numbers["symmetry-deficit"] == 85


def test_texts_tell_the_number_that_counts_here() -> None:
    content = content_for(example(slr=80, tsk_raised=25, rest_pain=4, symmetry_deficit=85))
    assert content.items["slr"].help == "Under 80°: tight."
    assert content.items["nprs-rest"].help.startswith("4 or more")
    assert "Raised from 25" in content.measures["tsk-11"].change_note
    assert content.information["symmetry-90"].value == "below 85 %: side deficit"
    raised = example(tsk_raised=25).with_answer("tsk-11-total", 26.0)
    plan = plan_of_care(raised, assess(raised, content_for(raised)), content_for(raised))
    assert isinstance(plan, PlanOfCare)
    assert any(row.because == "TSK-11 26, raised from 25" for row in plan.education)


def test_a_number_that_this_release_no_longer_allows_does_not_count() -> None:
    evaluation = replace(example(), defaults={"symmetry-deficit": 5.0, "pain-cap-high": 2.5, "slr": 75.0})
    numbers = content_for(evaluation).numbers
    assert (numbers["symmetry-deficit"], numbers["pain-cap-high"], numbers["slr"]) == (90, 2, 75)


def test_no_choice_of_the_clinic_allows_more_pain_to_the_more_irritable() -> None:
    allowed = [load_content().defaults[f"pain-cap-{level}"].allowed for level in ("high", "moderate", "low")]
    assert allowed[0].high <= allowed[1].low
    assert allowed[1].high <= allowed[2].low


@pytest.mark.parametrize("cap", [3, 4, 5])
def test_the_sheet_of_low_irritability_says_go_up_to_two_whatever_the_cap(cap: int) -> None:
    assert go_to(cap, "LOW", 0) == 2
    assert go_to(cap, "LOW", 3) == 3
    assert go_to(3, "MODERATE", 0) == 3


def test_the_limit_for_men_never_judges_a_woman() -> None:
    woman = example(knee_ext_deficit_men=35, knee_ext_deficit_women=40)
    woman = woman.without_answer("slr.right", "length-ham.right").with_answer("knee-ext-deficit.right", 38.0)
    assert judged(woman).conclusions["tight-ham"].verdict is Verdict.NOT_MET
    man = replace(woman, patient=replace(woman.patient, sex="M"))
    assert judged(man).conclusions["tight-ham"].verdict is Verdict.MET


def test_a_default_this_release_does_not_know_changes_nothing() -> None:
    evaluation = replace(example(), defaults={"of-another-release": 3.0})
    assert content_for(evaluation) is load_content()


@every_default
def test_each_default_has_a_range_that_holds_its_own_value_and_refuses_the_next_beyond(
    default: Default,
) -> None:
    assert default.refuses(default.value) == ""
    assert default.allowed.low < default.allowed.high
    assert "outside" in default.refuses(default.allowed.high + 1)
    assert "outside" in default.refuses(default.allowed.low - 1)
    if default.whole:
        assert "whole" in default.refuses(default.allowed.low + 0.5)


@every_default
def test_both_ends_of_a_range_can_be_worked_with(default: Default) -> None:
    for value in (default.allowed.low, default.allowed.high):
        evaluation = replace(example(), defaults={default.id: value})
        content = content_for(evaluation)
        assert plan_of_care(evaluation, assess(evaluation, content), content) is not None


def test_a_case_file_may_set_a_default_within_its_range(tmp_path: Path) -> None:
    case = (CASES / "ex1.toml").read_text(encoding="utf-8")
    file = tmp_path / "case.toml"
    file.write_text("defaults = { slr = 75 }\n" + case, encoding="utf-8")
    assert read_case(file, load_content()).defaults == {"slr": 75}
    for line, says in (
        ("slr = 20", "outside 60 to 85"),
        ('slr = "75"', "must be a number"),
        ("slr = 1" + "0" * 400, "must be a number"),
        ("slrr = 75", "Did you mean slr?"),
    ):
        file.write_text(f"defaults = {{ {line} }}\n{case}", encoding="utf-8")
        with pytest.raises(EvalAssistError, match=says.replace("?", r"\?")):
            read_case(file, load_content())


def test_only_words_in_braces_that_name_a_default_are_filled() -> None:
    numbers = {"slr": 70.0}
    assert filled({"a": ["{slr}", "below {slr} of {side}", "{value}"]}, numbers) == {
        "a": [70.0, "below 70 of {side}", "{value}"]
    }


def test_no_safety_limit_is_a_default() -> None:
    """What stops a plan is never the clinic's to change."""
    plain = resources.read_toml("content/rules/red_flags.toml")["rules"]
    stops = [rule for rule in plain if rule.get("level") != "CAUTION"]
    assert stops
    numbers = load_content().numbers
    assert filled(stops, numbers) == stops

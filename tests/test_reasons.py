"""Reasoning that can be read: what speaks against a conclusion, and a level set by hand, on screen, plan and paper."""

from __future__ import annotations

import io
import json
from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.opposing import against
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.result import Assessment, NoPlan, PlanOfCare
from evalassist.content import load_content
from evalassist.documents import evaluation_note_pdf
from evalassist.evaluation import Evaluation, Opinion
from evalassist.note import Clinic, Note
from evalassist.note_text import note_text
from evalassist.noting import note_of
from evalassist.records.connection import connect
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.results import assessment_json
from evalassist.wording.care_plan import found

KEYS = new_keys()

CASES = Path(__file__).parent / "cases"
SETTLES = Opinion(False, "settles at once with rest", "LOW")


def example(name: str) -> Evaluation:
    return read_case(CASES / f"{name}.toml", load_content())


def judged(evaluation: Evaluation) -> tuple[Assessment, PlanOfCare | NoPlan, Note]:
    content = load_content()
    assessment = assess(evaluation, content)
    plan = plan_of_care(evaluation, assessment, content)
    return assessment, plan, note_of(evaluation, content, assessment, plan, Clinic())


def opposing(evaluation: Evaluation, rule_id: str) -> list[str]:
    found = against(assess(evaluation, load_content()), rule_id, evaluation.sore_sides)
    return [reason.text for reason in found]


def printed(note: Note) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(evaluation_note_pdf(note)))
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


# ---------------------------------------------------------------- what speaks against


def test_a_deficit_that_is_met_tells_the_groups_that_are_not_weak() -> None:
    assert opposing(example("ex1"), "mpd") == ["right hip extension 95 % of the left, not below 90 %"]


def test_what_was_not_used_to_judge_speaks_neither_way() -> None:
    """One knee sore: the asymmetry that decides only when both are sore is no finding against the deficit."""
    assert not any("asymmetry" in text for text in opposing(example("patient-a"), "mpd"))


def test_a_rule_not_met_tells_what_would_speak_for_it() -> None:
    assert opposing(example("ex1"), "mcd") == ["step-down 2 of 6, right, at least 2"]


def test_how_a_test_was_done_is_no_finding() -> None:
    """A step of the right height is neither why control is trained nor what speaks for a deficit."""
    height = {"lsd-height": "20"}
    trained = example("ex2").with_answers(height)
    assessment, plan, _ = judged(trained)
    assert isinstance(plan, PlanOfCare)
    told = [reason.text for one in plan.exercises for reason in one.because]
    told += [reason.text for reason in assessment.conclusions["mcd"].reasons]
    told += opposing(example("ex1").with_answers(height), "mcd")
    assert any("step-down" in text for text in told)
    assert [text for text in told if "Step height" in text] == []


def test_a_step_of_another_height_is_why_the_score_does_not_count() -> None:
    found = assess(example("ex2").with_answer("lsd-height", "other"), load_content()).conclusions["mcd"]
    assert [reason.text for reason in found.reasons] == ["Step height: Other height, not comparable"]


def test_with_both_knees_sore_the_side_that_is_not_met_speaks_against() -> None:
    both = example("ex3").with_answer("lsd-knee.left", "0")
    assert "Step-down, knee, left: Over the foot" in opposing(both, "mcd")


def test_that_another_subcategory_is_absent_does_not_speak_for_overload() -> None:
    assert opposing(example("patient-a"), "ovl") == [
        "Training or work load rose in the last 8 weeks: yes",
        "load changed by 90 %, at least 30 %",
        "Load rose over 4 weeks, not above 8 weeks",
    ]


def test_a_load_that_rose_from_nothing_is_not_held_against_itself() -> None:
    assert opposing(example("patient-a"), "load") == ["A new loading task: no"]


def test_irritability_tells_what_points_to_another_level() -> None:
    calm = example("ex1").with_answer("settle-h", 0.5)
    assert opposing(calm, "irritability-moderate") == ["Time to settle after a flare 0.5 h, below 1 h"]


def test_the_findings_for_and_against_never_hold_the_same_line() -> None:
    for name in ("patient-a", "patient-b", "patient-c", "ex1", "ex2", "ex3"):
        evaluation = example(name)
        assessment = assess(evaluation, load_content())
        for conclusion in assessment.conclusions.values():
            other = {r.text for r in against(assessment, conclusion.id, evaluation.sore_sides)}
            assert not other & {reason.text for reason in conclusion.reasons}, (name, conclusion.id)
            assert not other or conclusion.rule.kind not in ("red-flag", "flag")


def test_nothing_speaks_against_what_is_undecided() -> None:
    assert opposing(example("ex1").without_answer("lsd-knee.right"), "mcd") == []


# ---------------------------------------------------------------- in the note


def test_the_note_tells_what_speaks_against_a_conclusion() -> None:
    _, _, note = judged(example("ex1"))
    said = next(conclusion for conclusion in note.conclusions if conclusion.id == "mpd")
    assert [reason.text for reason in said.against] == [
        "right hip extension 95 % of the left, not below 90 %"
    ]
    text = printed(note)
    assert "Against: right hip extension 95 % of the left." in text
    assert "For: step-down 2 of 6, right." in text


def test_a_cause_held_possible_is_printed_with_for_against_and_what_was_not_tested() -> None:
    answers = {"ddx-patellar-tendon": "possible", "decline-squat.right": "positive"}
    _, _, note = judged(example("ex1").with_answers(answers))
    (cause,) = note.causes
    assert (cause.id, cause.word) == ("patellar-tendon", "possible")
    text = printed(note)
    assert "Other causes held possible or likely" in text
    assert "single-leg decline squat, 25° (patellar tendon), right: Positive" in text
    assert "Against: no pain at the lower pole." in text
    assert "Not tested: brought on by; eased by; tender: lower pole, right." in text
    _, _, likely = judged(example("ex1").with_answer("ddx-sensitisation", "likely"))
    assert "Nothing found so far speaks for it." in printed(likely)


def test_a_note_signed_before_these_fields_is_read_and_printed() -> None:
    _, _, note = judged(example("ex1"))
    older = note.model_dump(mode="json")
    for name in ("causes", "irritability_found", "irritability_because"):
        del older[name]
    for conclusion in (*older["conclusions"], *older["red_flags"]):
        del conclusion["against"]
    read = Note.model_validate(older)
    assert read.causes == ()
    assert "Against:" not in printed(read)


def test_scripts_read_both_sides_too() -> None:
    evaluation = example("ex1")
    told = assessment_json(evaluation, assess(evaluation, load_content()), load_content())
    assert told["reasons"]["mpd"]["against"] == ["right hip extension 95 % of the left, not below 90 %"]
    assert told["causes"]["osgood"]["against"] == [
        "older than the age for it",
        "no pain at the tibial tubercle",
    ]


# ---------------------------------------------------------------- irritability by hand


def test_a_level_set_by_hand_decides_the_plan_and_both_stand_in_the_note() -> None:
    plain, plan_before, _ = judged(example("ex1"))
    set_by_hand, plan, note = judged(example("ex1").with_opinion("irritability", SETTLES))
    assert isinstance(plan_before, PlanOfCare)
    assert isinstance(plan, PlanOfCare)
    assert (plain.irritability, plain.irritability_by_hand) == ("MODERATE", False)
    assert (set_by_hand.irritability, set_by_hand.irritability_found) == ("LOW", "MODERATE")
    assert plan.pain_cap > plan_before.pain_cap
    assert any("the therapist's word" in reason.text for reason in plan.exercises[0].because)
    assert (note.irritability, note.irritability_found) == ("LOW", "MODERATE")
    assert (
        "Irritability low (set by the therapist: settles at once with rest; the findings say moderate)."
        in printed(note)
    )


def test_a_level_that_only_missing_answers_make_is_not_told_as_found() -> None:
    """Worst pain 1, none at rest; whether the knee wakes the patient and how long it takes to settle was not asked."""
    calm = example("ex1").with_answers({"nprs-worst": 1, "nprs-rest": 0})
    assessment, _, note = judged(calm.without_answer("wakes", "settle-h"))
    assert assessment.irritability == "MODERATE"  # decision 1 of the sheets: the plan goes by it
    told = "Irritability not decided, taken as moderate (not recorded: the knee wakes the patient at night, "
    assert told in printed(note)
    assert told in " ".join(note_text(note).split())
    assert "Irritability not decided, taken as moderate" in found(note)[-2]


def test_a_level_that_the_findings_make_is_told_as_found_also_without_a_settle_time() -> None:
    _, _, note = judged(example("ex1").without_answer("settle-h"))
    assert "Irritability moderate (Worst pain, last 7 days 6/10, at least 4/10; " in printed(note)


def test_a_higher_level_by_hand_begins_the_plan_where_that_level_begins() -> None:
    _, plan, _ = judged(
        example("ex1").with_opinion("irritability", Opinion(False, "flares for days", "HIGH"))
    )
    assert isinstance(plan, PlanOfCare)
    assert (plan.phase, plan.pain_cap) == (1, 2)


@pytest.mark.parametrize("opinion", [Opinion(True), Opinion(False, "?"), Opinion(False, "?", "SOMETIMES")])
def test_a_word_without_a_level_leaves_what_the_findings_say(opinion: Opinion) -> None:
    assessment, _, note = judged(example("ex1").with_opinion("irritability", opinion))
    assert assessment.irritability == "MODERATE"
    assert note.irritability_found == ""


def test_without_a_worst_pain_there_is_no_level_to_replace() -> None:
    unknown = example("ex1").without_answer("nprs-worst").with_opinion("irritability", SETTLES)
    assessment, plan, note = judged(unknown)
    assert assessment.irritability is None
    assert isinstance(plan, NoPlan)
    assert note.irritability == ""


def test_the_level_by_hand_is_kept(tmp_path: Path) -> None:
    evaluation = example("ex1").with_opinion("irritability", SETTLES)
    with Store(tmp_path / "records.db", KEYS) as store:
        store.save(evaluation)
        assert store.load(evaluation.id).opinions["irritability"] == SETTLES


def test_a_word_kept_before_levels_could_be_set_is_read(tmp_path: Path) -> None:
    evaluation = example("ex1").with_opinion("MPD", Opinion(False, "pain stopped the test"))
    with Store(tmp_path / "records.db", KEYS) as store:
        store.save(evaluation)
    older = json.dumps({"MPD": {"accepts": False, "reason": "pain stopped the test"}})
    with closing(connect(tmp_path / "records.db", KEYS.database)) as file:
        file.execute("UPDATE evaluation SET opinions = ?", (older,))
    with Store(tmp_path / "records.db", KEYS) as store:
        assert store.load(evaluation.id).opinions == evaluation.opinions


def test_the_criteria_say_which_load_and_which_causes() -> None:
    reasons = {c.id: [reason.text for reason in c.reasons] for c in judged(example("patient-a"))[0].criteria}
    assert reasons["d2"] == ["squatting and stairs bring the familiar pain"]
    assert reasons["d3"] == ["all 17 causes to rule out are rated unlikely or excluded"]
    painless = example("ex1").with_answers(
        {"familiar-squat": "no", "familiar-stairs": "no", "familiar-sitting": "no", "ddx-plica": "likely"}
    )
    reasons = {c.id: [reason.text for reason in c.reasons] for c in judged(painless)[0].criteria}
    assert reasons["d2"] == ["squatting, stairs and sitting do not bring the familiar pain"]
    assert reasons["d3"] == ["possible or likely: medial plica"]

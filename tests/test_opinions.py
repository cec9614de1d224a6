"""The therapist decides: a disagreement is kept, shown in the note and respected by the plan."""

from pathlib import Path

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.result import Assessment, NoPlan, PlanOfCare
from evalassist.content import load_content
from evalassist.evaluation import Evaluation, Opinion, StrengthTest
from evalassist.note import Clinic, Note
from evalassist.note_text import note_text
from evalassist.noting import note_of

CASES = Path(__file__).parent / "cases"
TENDON = Opinion(False, "Patellar tendinopathy is more likely")


def example(name: str) -> Evaluation:
    return read_case(CASES / f"{name}.toml", load_content())


def judged(evaluation: Evaluation) -> tuple[Assessment, PlanOfCare | NoPlan, Note]:
    content = load_content()
    assessment = assess(evaluation, content)
    plan = plan_of_care(evaluation, assessment, content)
    return assessment, plan, note_of(evaluation, content, assessment, plan, Clinic())


def test_who_does_not_agree_with_the_diagnosis_gets_no_plan_for_it() -> None:
    assessment, plan, note = judged(example("ex1").with_opinion("pfp", TENDON))
    assert assessment.pfp == "met"
    assert assessment.agreed == ()
    assert isinstance(plan, NoPlan)
    assert "Patellar tendinopathy is more likely" in plan.why
    assert note.pfp_disagrees_because == "Patellar tendinopathy is more likely"
    assert note.plan is None
    assert note.sheet is None


def test_a_subcategory_that_is_disagreed_with_no_longer_shapes_the_plan() -> None:
    before, plan_before, _ = judged(example("ex2"))
    after, plan_after, note = judged(example("ex2").with_opinion("MCD", Opinion(False, "she was only tired")))
    assert isinstance(plan_before, PlanOfCare)
    assert isinstance(plan_after, PlanOfCare)
    assert before.agreed == ("MCD", "MOB-hypo")
    assert after.subcategories == ("MCD", "MOB-hypo")
    assert after.agreed == ("MOB-hypo",)
    assert "MC01" in {one.exercise.id for one in plan_before.exercises}
    assert "MC01" not in {one.exercise.id for one in plan_after.exercises}
    said = next(conclusion for conclusion in note.conclusions if conclusion.id == "mcd")
    assert said.accepted is False
    assert said.disagrees_because == "she was only tired"


def test_who_does_not_find_the_knee_tight_is_offered_no_hands_on_work_for_it() -> None:
    tilted = example("ex1").with_answers({"length-latret.right": "tight"})
    word = Opinion(False, "loose on a second look")
    offered = []
    for evaluation in (tilted, tilted.with_opinion("MOB-hypo", word)):
        _, plan, _ = judged(evaluation)
        assert isinstance(plan, PlanOfCare)
        offered.append({one.id for one in plan.adjuncts} | {one.exercise.id for one in plan.exercises})
    assert {"ADJ06", "FL07"} <= offered[0]
    assert not {"ADJ06", "FL07"} & offered[1]


def test_the_therapist_may_add_a_subcategory_the_findings_do_not_show() -> None:
    after, plan, _ = judged(example("ex1").with_opinion("MCD", Opinion(False, "clear valgus when running")))
    assert "MCD" in after.agreed
    assert isinstance(plan, PlanOfCare)
    assert any(one.slot == "MC" for one in plan.exercises)


def test_the_note_tells_a_subcategory_the_therapist_added_as_the_therapists() -> None:
    _, _, note = judged(example("ex1").with_opinion("MCD", Opinion(False, "clear valgus when running")))
    text = " ".join(note_text(note).split())
    assert "movement coordination deficits (MCD, by the therapist)" in text
    assert "Movement coordination deficits (MCD): not met; by the therapist met." in text
    assert "Therapist disagrees: clear valgus when running" in text


def test_the_note_tells_a_subcategory_the_therapist_took_away_as_not_met() -> None:
    _, _, note = judged(example("ex2").with_opinion("MCD", Opinion(False, "she was only tired")))
    text = " ".join(note_text(note).split())
    assert "Movement coordination deficits (MCD): met; by the therapist not met." in text
    assert "(MCD, by the therapist)" not in text


def test_overload_that_the_therapist_added_beside_another_subcategory_stands_in_the_note_with_its_reason() -> (
    None
):
    _, _, note = judged(example("ex1").with_opinion("OVL", Opinion(False, "hill hiking doubled")))
    text = " ".join(note_text(note).split())
    assert "without other impairment (OVL): not met; by the therapist met." in text
    assert "Therapist disagrees: hill hiking doubled" in text


def test_an_acceptance_changes_nothing_but_that_it_was_said() -> None:
    plain, _, unconfirmed = judged(example("ex1"))
    accepted = example("ex1").with_opinion("pfp", Opinion(True)).with_opinion("MPD", Opinion(True))
    agreed, _, confirmed = judged(accepted)
    assert agreed.agreed == plain.agreed
    assert not unconfirmed.confirmed
    assert confirmed.confirmed


def test_an_emergency_concludes_nothing_about_the_kneecap() -> None:
    assessment, plan, note = judged(example("ex1").with_answer("hot-joint", "yes"))
    assert assessment.action == "EMERGENCY"
    assert assessment.pfp == "undecided"
    assert isinstance(plan, NoPlan)
    assert note.subcategories == ()


def test_a_word_on_what_the_findings_no_longer_say_is_asked_for_anew() -> None:
    """A disagreement with "met" must not become its opposite once the finding is gone."""
    disagrees = Opinion(False, "she only had a bad day", of="met")
    before, _, _ = judged(example("ex1").with_opinion("MPD", disagrees))
    assert before.agreed == ("NONE",)
    equal = {
        f"{group}.{side}": StrengthTest(trials=(100, 100, 100), unit="N")
        for group in ("habd", "her", "hext", "kext")
        for side in ("right", "left")
    }
    after, _, note = judged(example("ex1").with_opinion("MPD", disagrees).with_answers(equal))
    assert after.conclusions["mpd"].verdict == "not met"
    assert not after.met("mpd")
    assert after.agreed == ("NONE",)
    assert next(c for c in note.conclusions if c.id == "mpd").accepted is None


def test_a_level_set_by_hand_is_asked_for_anew_when_the_findings_change() -> None:
    by_hand = Opinion(False, "calm today", "LOW", of="MODERATE")
    assert judged(example("ex1").with_opinion("irritability", by_hand))[0].irritability == "LOW"
    worse = example("ex1").with_opinion("irritability", by_hand).with_answer("nprs-worst", 9)
    assert judged(worse)[0].irritability == "HIGH"

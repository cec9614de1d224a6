"""The evaluation note and the referral letter, read back from the PDF as a colleague reads them from paper."""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from evalassist.case_file import read_answers, read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.content import load_content
from evalassist.documents import evaluation_note_pdf, referral_pdf
from evalassist.errors import DocumentError
from evalassist.evaluation import Evaluation, NotTested, Opinion, Patient, Signature
from evalassist.note import Clinic, Note
from evalassist.noting import note_of

CASES = Path(__file__).parent / "cases"
WORKED = ("patient-a", "patient-b", "patient-c", "ex1", "ex2", "ex3")
TWO_PAGES = ("patient-a", "patient-b", "patient-c", "ex1")
CLINIC = Clinic(
    name="Harbor Physical Therapy",
    phone="555-0100",
    address="12 Pier Road, Portland",
    therapist="A. Chen, PT",
    licence="40-12345",
)
VISIT = date(2026, 3, 2)
SEPTIC, URGENT_CASE = "Hot, red, tense knee", "Hot bursa, 37.8"


def noted(evaluation: Evaluation) -> Note:
    content = load_content()
    assessment = assess(evaluation, content)
    return note_of(evaluation, content, assessment, plan_of_care(evaluation, assessment, content), CLINIC)


@cache
def evaluation_of(name: str) -> Evaluation:
    return read_case(CASES / f"{name}.toml", load_content())


@cache
def note(name: str) -> Note:
    return noted(evaluation_of(name))


@cache
def printed(name: str) -> bytes:
    return evaluation_note_pdf(note(name))


def pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(io.BytesIO(data))
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def read(data: bytes) -> str:
    """All words, hyphenated by nobody, with single spaces."""
    return " ".join(pages(data))


def plain(text: str) -> str:
    return " ".join(text.split())


def cases() -> dict[str, Mapping[str, Any]]:
    listed = tomllib.loads((CASES / "red-flags.toml").read_text(encoding="utf-8"))["cases"]
    return {case["name"]: case for case in listed}


def screened(name: str, **more: Any) -> Note:
    """The visit of a safety case: everything negative but what the case states, and the pain."""
    case, content = cases()[name], load_content()
    patient = Patient("Screened Person", date(VISIT.year - case.get("age", 30), 1, 1), case.get("sex", "F"))
    safety = content.steps["safety"]
    negative = {i.id: "no" for i in safety.items if i.kind == "yes-no" and i.shown_when is None}
    if case.get("age", 30) < 18:
        negative |= {item.id: "no" for item in safety.groups[0].items if item.kind == "yes-no"}
    stated = {key: value for key, value in case.get("answers", {}).items() if value != "unanswered"}
    answers = negative | stated | {"nprs-worst": 7, "duration": {"value": 3, "unit": "days"}} | more
    evaluation = Evaluation.begin(patient, case.get("sore_knee", "right"), VISIT)
    return noted(evaluation.with_answers(read_answers(CASES / "red-flags.toml", answers, content)))


@cache
def stopped_cases() -> tuple[str, ...]:
    return tuple(n for n, c in cases().items() if c["expect"]["action"] in ("EMERGENCY", "URGENT", "REFER"))


# ---------------------------------------------------------------- the evaluation note


@pytest.mark.parametrize("paper", ["letter", "a4"])
@pytest.mark.parametrize("name", WORKED)
def test_a_worked_case_fits_on_few_pages(name: str, paper: Any) -> None:
    assert len(pages(evaluation_note_pdf(note(name), paper))) <= (2 if name in TWO_PAGES else 3)


@pytest.mark.parametrize("name", WORKED)
def test_the_same_note_gives_the_same_bytes_with_fonts_inside(name: str) -> None:
    data = printed(name)
    assert data == evaluation_note_pdf(note(name))
    assert b"Helvetica" not in data
    assert data.count(b"/FontFile2") >= 2


@pytest.mark.parametrize("name", WORKED)
def test_each_conclusion_that_is_met_stands_there_with_its_reasons(name: str) -> None:
    text = read(printed(name))
    met = [
        c for c in note(name).conclusions if c.verdict == "met" and c.id in ("d1", "d2", "d3", "mpd", "mcd")
    ]
    assert len(met) >= 3
    for conclusion in met:
        assert plain(conclusion.title) in text
        for reason in conclusion.reasons:
            assert plain(reason.text) in text, reason.text


@pytest.mark.parametrize("name", WORKED)
def test_every_exercise_goal_and_code_of_the_plan_is_printed(name: str) -> None:
    plan = note(name).plan
    assert plan is not None
    text = read(printed(name))
    for number, exercise in enumerate(plan.exercises, start=1):
        assert plain(f"{number} {exercise.name}") in text
        assert f"{exercise.sets} × {exercise.reps_text or exercise.reps}" in text
    for goal in plan.goals:
        assert plain(goal.title) in text
        assert plain(goal.long.replace(" /", "/")) in text
    for wanted in (*(code.label for code in plan.codes), plan.schedule_text, plan.certification):
        assert plain(wanted) in text
    for advice in (*plan.education, *plan.adjuncts, *plan.not_advised):
        assert plain(advice.title.rstrip(".")) in text


@pytest.mark.parametrize("name", WORKED)
def test_no_field_is_printed_empty(name: str) -> None:
    text = read(printed(name))
    assert "None" not in text
    assert not re.search(r"\(\)|\[\]|: ;|; ;|\bnan\b", text)


def test_a_part_without_findings_has_no_heading() -> None:
    patient = Patient("Nobody Yet", date(1990, 1, 1), "X")
    text = read(evaluation_note_pdf(noted(Evaluation.begin(patient, "left", VISIT))))
    assert "LEFT knee" in text
    assert "Safety screen not finished." in text
    for part in ("History", "Questionnaires", "Knee exam", "and foot", "Not tested", "References", "Goal"):
        assert part not in text


def test_each_page_tells_whose_note_it_is_which_knee_and_which_page() -> None:
    found = pages(printed("ex1"))
    for number, page in enumerate(found, start=1):
        for words in (
            "Example One",
            "RIGHT knee",
            "born January 15, 2002",
            "visit March 2, 2026",
            "NOT SIGNED",
        ):
            assert words in page
        assert f"Page {number} of {len(found)}" in page


def test_the_strength_table_tells_both_sides_and_the_symmetry() -> None:
    text = read(printed("patient-a"))
    assert (
        "Hip abduction 93 N (88 93 90), 1.17 Nm/kg, pain 0 115 N (112 115 109), 1.45 Nm/kg, pain 0 80.9 % †"
        in text
    )
    assert "† within measurement error between testers" in text
    assert "Sore ÷ other" in text
    assert "asymmetry only" not in read(printed("patient-b"))
    assert "Weaker ÷ stronger" in read(printed("patient-b"))


def test_a_finding_carries_how_far_its_source_can_be_trusted() -> None:
    text = read(printed("patient-c"))
    assert "3 of 3 criteria met guideline grade B, reference 1, 2" in text
    assert "cut-offs: app default, not from a guideline" in text
    assert "(pain for 60 weeks). [reference 3]" in text
    assert "Longer than 4 months" not in text  # the longer one says it


def test_a_signed_note_names_who_signed_and_is_no_draft() -> None:
    signed = evaluation_of("ex1").signed_by(
        Signature("A. Chen, PT", "40-12345", datetime(2026, 3, 2, 11, 21))
    )
    text = read(evaluation_note_pdf(noted(signed)))
    assert "Signed by A. Chen, PT, licence 40-12345, March 2, 2026 at 11:21" in text
    assert "NOT SIGNED" not in text


def test_the_therapist_may_disagree_and_says_why() -> None:
    said = (
        evaluation_of("ex1")
        .with_opinion("pfp", Opinion(True))
        .with_opinion("MPD", Opinion(False, "Pain <limits> effort & not strength"))
        .with_impression("Motivated; expects to run in May.")
        .with_answer("hext.right", NotTested("could not lie prone"))
    )
    text = read(evaluation_note_pdf(noted(said)))
    assert "Therapist agrees." in text
    assert "Therapist disagrees: Pain <limits> effort & not strength" in text
    assert "Impression Motivated; expects to run in May." in text
    assert "could not lie prone" in text


def test_what_is_open_is_told_with_what_is_missing() -> None:
    fewer = evaluation_of("ex1").without_answer("pain-location")
    text = read(evaluation_note_pdf(noted(fewer)))
    assert "criteria not decided" in text
    assert "missing: Pain location" in text
    assert "No plan of care." in text


def test_the_title_of_the_file_does_not_tell_the_name() -> None:
    for data in (printed("ex1"), referral_pdf(screened(SEPTIC))):
        about = pypdfium2.PdfDocument(io.BytesIO(data)).get_metadata_dict()
        assert about["Title"]
        assert not re.search("Example|Screened", " ".join(about.values()))


def test_a_sign_the_font_does_not_have_is_refused_and_named() -> None:
    strange = evaluation_of("ex1").with_impression("Better 😀")
    with pytest.raises(DocumentError, match="😀"):
        evaluation_note_pdf(noted(strange))


# ---------------------------------------------------------------- the referral letter


@pytest.mark.parametrize("name", stopped_cases())
def test_a_letter_fits_on_one_page_and_names_every_finding(name: str) -> None:
    stopped = screened(name)
    data = referral_pdf(stopped)
    text = read(data)
    assert len(pages(data)) == 1
    assert data == referral_pdf(stopped)
    assert b"Helvetica" not in data
    assert "None" not in text
    for flag in stopped.red_flags:
        assert plain(flag.title) in text
        assert plain(flag.says.rstrip(".")) in text


@pytest.mark.parametrize(
    ("name", "urgency"),
    [(SEPTIC, "EMERGENCY: now"), (URGENT_CASE, "URGENT: same day to 48 hours")],
)
def test_a_letter_says_how_soon_what_was_left_out_and_what_is_asked(name: str, urgency: str) -> None:
    text = read(referral_pdf(screened(name)))
    assert urgency in text
    assert "movement, strength and mobility were not tested" in text
    assert "What we ask Please assess" in text
    assert "To:" in text
    assert "About Screened Person" in text
    assert "Born January 1, 1986" in text
    assert "RIGHT knee" in text
    assert "For 3 days; in the last 7 days worst 7/10" in text
    assert "could be: a reason to look, not a diagnosis" in text
    assert "A. Chen, PT, licence 40-12345" in text


def test_a_referral_within_two_weeks_does_not_claim_that_testing_was_forbidden() -> None:
    refer = next(n for n, c in cases().items() if c["expect"]["action"] == "REFER")
    text = read(referral_pdf(screened(refer)))
    assert "Within days to 2 weeks" in text
    assert "not tested" not in text
    assert "No exercise plan was made" in text


def test_what_was_tested_all_the_same_is_not_called_left_out() -> None:
    tested = screened(SEPTIC, **{"squat45-pain": 9})
    assert "strength and mobility were not tested" in read(referral_pdf(tested))
    assert "movement, strength" not in read(referral_pdf(tested))


def test_no_letter_is_written_when_the_screen_did_not_stop_the_visit() -> None:
    with pytest.raises(DocumentError, match="did not stop"):
        referral_pdf(note("ex1"))
    careful = next(n for n, c in cases().items() if c["expect"]["action"] == "CAUTION")
    with pytest.raises(DocumentError, match="did not stop"):
        referral_pdf(screened(careful))


def test_the_note_of_a_stopped_visit_tells_the_action_and_no_plan() -> None:
    text = read(evaluation_note_pdf(screened(SEPTIC)))
    assert "EMERGENCY Emergency department now." in text
    assert "Hot, red, tense, very painful knee" in text
    assert "the safety screen stopped the examination" in text
    assert "No plan of care." in text

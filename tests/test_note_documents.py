"""The evaluation note and the referral letter, read back from the PDF as a colleague reads them from paper."""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from evalassist.case_file import read_answers, read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.found import hip_finding
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.progress import shown
from evalassist.content import load_content
from evalassist.documents import evaluation_note_pdf, referral_pdf
from evalassist.errors import DocumentError
from evalassist.evaluation import (
    Addendum,
    Answer,
    Evaluation,
    NotTested,
    Opinion,
    Patient,
    Signature,
    SoreKnee,
    StrengthTest,
)
from evalassist.note import Clinic, Line, Note, NoteReason, Section
from evalassist.note_text import note_text
from evalassist.noting import note_of
from evalassist.wording.findings import marked

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


def screened(name: str, sore: SoreKnee | None = None, /, **more: Any) -> Note:
    """The visit of a safety case: everything negative but what the case states, and the pain."""
    case, content = cases()[name], load_content()
    patient = Patient("Screened Person", date(VISIT.year - case.get("age", 30), 1, 1), case.get("sex", "F"))
    begun = Evaluation.begin(patient, sore or case.get("sore_knee", "right"), VISIT)
    asked = assess(begun, content)
    safety = content.steps["safety"]
    negative = {i.id: "no" for i in safety.items if i.kind == "yes-no" and shown(i, asked)}
    stated = {key: value for key, value in case.get("answers", {}).items() if value != "unanswered"}
    answers = negative | stated | {"nprs-worst": 7, "duration": {"value": 3, "unit": "days"}} | more
    return noted(begun.with_answers(read_answers(CASES / "red-flags.toml", answers, content)))


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
            told = plain(marked(reason.text))
            once = re.sub(", (right|left)", ", both sides", told)  # the same on both sides is told once
            assert told in text or once in text, reason.text


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
        assert plain(advice.title.rstrip(".)")) in text  # a limit may stand in the same brackets


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
        "Hip abduction (78 cm) 93 N (88 93 90), 1.17 Nm/kg, pain 0 115 N (112 115 109), 1.45 Nm/kg, pain 0 80.9 % †"
        in text
    )
    assert "† within measurement error between testers" in text
    assert "Involved ÷ uninvolved" in text
    assert "asymmetry only" not in read(printed("patient-b"))
    assert "Weaker ÷ stronger" in read(printed("patient-b"))


def test_a_side_that_was_not_measured_has_a_dash_so_that_no_value_is_read_as_the_other_sides() -> None:
    evaluation = evaluation_of("patient-a").without_answer("habd.right")
    assert "Hip abduction (78 cm) – 115 N" in read(evaluation_note_pdf(noted(evaluation)))


def test_a_finding_carries_how_far_its_source_can_be_trusted() -> None:
    text = read(printed("patient-c"))
    assert "3 of 3 criteria met guideline grade B, reference 1, 2" in text
    assert "[grade F; cut-offs: ‡]" in text
    assert "‡ app default, not from a guideline" in text
    assert "(pain for 60 weeks). [ref. 3]" in text
    assert "Longer than 4 months" not in text  # the longer one says it


def test_a_signed_note_names_who_signed_and_is_no_draft() -> None:
    signed = evaluation_of("ex1").signed_by(
        Signature("A. Chen, PT", "40-12345", datetime(2026, 3, 2, 11, 21))
    )
    text = read(evaluation_note_pdf(noted(signed)))
    assert "Signed by A. Chen, PT, license 40-12345, March 2, 2026 at 11:21" in text
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


BY_HAND = "Some signs could not be printed: write the name by hand:"
BOX = "\u2610"


def renamed(evaluation: Evaluation, name: str, record: str = "R-1") -> Evaluation:
    return replace(evaluation, patient=replace(evaluation.patient, name=name, record_number=record))


def test_a_sign_the_font_does_not_have_becomes_a_box() -> None:
    text = read(evaluation_note_pdf(noted(evaluation_of("ex1").with_impression("Better 😀 & <b>strong</b>"))))
    assert f"Impression Better {BOX} & <b>strong</b>" in text
    assert BY_HAND not in text


@pytest.mark.parametrize("name", ["王小明", "محمد علي", "דוד כהן", "Ada 😀 <b>Łopez</b>"])
def test_a_name_that_cannot_be_printed_is_written_by_hand(name: str) -> None:
    note_pages = pages(evaluation_note_pdf(noted(renamed(evaluation_of("ex1"), name))))
    letter = read(referral_pdf(screened(SEPTIC).model_copy(update={"patient_name": name})))
    for text in (note_pages[0], letter):
        assert BOX in text
        assert text.count(BY_HAND) == 1
        assert "args=" not in text
    assert BY_HAND not in note_pages[1]
    known = set("Ada <b>Łopez</b>")
    assert f"About {''.join(each if each in known else BOX for each in name)}" in letter


@pytest.mark.parametrize("blank", ["", "\u200b\u2060", "\u00a0\u3000", "\u3164"])
def test_a_missing_name_leaves_a_line_to_write_on(blank: str) -> None:
    nameless = renamed(evaluation_of("ex1"), blank, record=blank)
    for page in pages(evaluation_note_pdf(noted(nameless))):
        assert "Name: RIGHT knee born" in page
        assert "record" not in page.partition("visit March 2")[0]
    letter = read(referral_pdf(screened(SEPTIC).model_copy(update={"patient_name": blank})))
    assert "Name of the patient:" in letter
    assert "Dear colleague, the patient came for" in letter


def test_endless_names_and_numbers_are_cut_inside_the_head() -> None:
    endless = renamed(evaluation_of("ex1"), "Wilhelmina " * 900, record="R123456789" * 1000)
    data = evaluation_note_pdf(noted(endless))
    letter = screened(SEPTIC).model_copy(
        update={"patient_name": "Wilhelmina" * 1000, "record_number": "R123456789" * 1000}
    )
    for page in pypdfium2.PdfDocument(io.BytesIO(data)):
        picture = page.render(scale=1, grayscale=True).to_pil()
        assert picture.point(lambda grey: 255 if grey < 250 else 0).getbbox()[2] <= 612 - 40
    assert "Wilhelmina" in pages(data)[0]
    assert "RIGHT knee born January 15, 2002" in pages(data)[0]
    assert "record R123" in pages(data)[0]
    assert "visit March 2, 2026" in pages(data)[0]
    assert len(pages(referral_pdf(letter))) == 1


LONG = "Taped for years and nothing helped. "


def test_a_text_of_many_pages_is_printed_to_its_last_word() -> None:
    for item_id, letters in (("earlier-treatment", 9_000), ("footwear", 30_000)):
        whole = (LONG * (letters // len(LONG))) + "The end of it."
        data = evaluation_note_pdf(noted(evaluation_of("ex1").with_answer(item_id, whole)))
        assert "The end of it." in read(data)
        assert read(data).count("nothing") == letters // len(LONG)


def test_every_long_answer_and_word_of_the_therapist_finds_its_place() -> None:
    word = "x" * 9_000
    said = (
        evaluation_of("ex1")
        .with_answers({"footwear": word, "psfs-name-1": LONG * 200, "goal-text": LONG * 200})
        .with_answer("hext.right", NotTested(LONG * 200 + "Reason ends."))
        .with_answer("habd.right", StrengthTest(grade="4", compensation=LONG * 200 + "Seen to the end."))
        .with_opinion("pfp", Opinion(False, LONG * 300 + "Band ends."))
        .with_opinion("MPD", Opinion(False, LONG * 300 + "Opinion ends."))
        .with_impression(LONG * 300 + "Impression ends.")
    )
    text = read(evaluation_note_pdf(noted(said)))
    for end in ("Reason ends.", "Seen to the end.", "Opinion ends.", "Impression ends.", "Band ends."):
        assert end in text
    assert text.replace(" ", "").count("x" * 80) >= 9_000 // 80 - 1


def test_the_letter_of_a_stopped_visit_is_never_lost_to_a_long_text() -> None:
    operated = {"recent-surgery": "yes", "surgeon-cleared": "no", "surgeon-restrictions": LONG * 500}
    refer = noted(evaluation_of("ex1").with_answers(operated))
    assert refer.action == "REFER"
    assert "Recent surgery" in read(referral_pdf(refer))
    assert read(evaluation_note_pdf(refer)).count("Taped") == 500
    stopped = screened(SEPTIC)
    flags = tuple(
        flag.model_copy(update={"reasons": (NoteReason(text=LONG * 500),)}) for flag in stopped.red_flags
    )
    sections = (
        *stopped.sections,
        Section(title="Safety", lines=(Line(label="Recorded", value=LONG * 500),)),
    )
    data = referral_pdf(stopped.model_copy(update={"red_flags": flags, "sections": sections}))
    text = read(data)
    assert "… (see the evaluation note)" in text
    assert "What we ask Please assess" in text
    assert len(pages(data)) <= 2


def test_the_letter_the_note_and_the_plan_name_where_the_finding_was_made() -> None:
    knee = noted(evaluation_of("ex1").with_answer("ddx-meniscus", "likely"))
    assert "In the knee examination she had the findings below." in read(referral_pdf(knee))
    assert knee.no_plan_because.startswith("REFER: the knee examination stops the plan.")
    undecided = noted(
        evaluation_of("ex1").with_answer("ddx-meniscus", "likely").without_answer("pain-location")
    )
    assert "the safety screen" not in read(evaluation_note_pdf(undecided))
    both = noted(
        evaluation_of("ex1").with_answer("ddx-meniscus", "likely").with_answer("recent-surgery", "yes")
    )
    assert "In the examination she had" in read(referral_pdf(both))


def test_the_goal_stands_whole_in_the_note() -> None:
    goal = "Climb the stairs to the flat " * 8 + "and dance"
    made = noted(evaluation_of("ex1").with_answer("goal-text", goal))
    assert made.sheet is not None
    assert made.sheet.goal == goal
    assert "the flat and dance" in read(evaluation_note_pdf(made))


def test_the_activities_of_a_score_whose_mean_was_taken_over_stand_in_the_note() -> None:
    told = note_text(
        noted(
            evaluation_of("ex1")
            .without_answer("psfs-1", "psfs-2", "psfs-3")
            .with_answers({"psfs-mean": 4.3, "psfs-name-1": "stairs down", "psfs-name-2": "running 5 km"})
        )
    )
    assert "4.3/10 (stairs down; running 5 km" in told


def test_a_compensation_stands_beside_the_strength_of_its_side() -> None:
    seen = StrengthTest(grade="4", compensation="trunk hitches; hip turns")
    text = read(evaluation_note_pdf(noted(evaluation_of("ex1").with_answer("hext.right", seen))))
    assert "grade 4 by hand, compensation: trunk hitches, hip turns" in text


def test_addenda_stand_after_the_signature_with_name_and_time() -> None:
    signed = evaluation_of("ex1").signed_by(
        Signature("A. Chen, PT", "40-12345", datetime(2026, 3, 2, 11, 21))
    )
    first = Addendum(
        "The radiograph is normal.\n\nNo change of plan.", "A. Chen, PT", datetime(2026, 3, 5, 9, 5)
    )
    second = Addendum(LONG * 300 + "Added last.", "B. Okafor, PT", datetime(2026, 3, 9, 16, 40))
    text = read(evaluation_note_pdf(noted(signed), addenda=(first, second)))
    order = [
        text.index(words)
        for words in (
            "Signed by A. Chen, PT",
            "Addendum by A. Chen, PT, March 5, 2026 at 09:05",
            "The radiograph is normal.",
            "No change of plan.",
            "Addendum by B. Okafor, PT, March 9, 2026 at 16:40",
            "Added last.",
        )
    ]
    assert order == sorted(order)
    assert evaluation_note_pdf(noted(signed), addenda=()) == evaluation_note_pdf(noted(signed))


# ---------------------------------------------------------------- what the note says for the patient's sheet


def cards(evaluation: Evaluation) -> dict[str, tuple[str, str]]:
    """The names of the easier and the harder move on each card."""
    plan = noted(evaluation).plan
    assert plan is not None
    return {each.id: (each.easier.get("en", ""), each.harder.get("en", "")) for each in plan.exercises}


def test_a_card_names_what_is_only_of_another_phase_or_slot() -> None:
    assert cards(evaluation_of("ex1"))["HA01"] == ("Belt press-out", "Side leg lift with band")


def test_a_card_does_not_name_what_needs_things_that_are_not_at_home() -> None:
    without_band = ("step", "chair", "counter", "wall", "mat", "towel", "pillow")
    moves = cards(evaluation_of("ex1").with_answer("home-equipment", without_band))
    assert moves["HA01"] == ("Belt press-out", "")  # the band one is of the next phase, and there is no band
    assert moves["HE01"][1] == ""


def test_a_card_does_not_name_what_hurts_above_the_cap() -> None:
    assert cards(evaluation_of("ex1"))["QC01"][0] == "Stand up from a high chair"
    assert cards(evaluation_of("ex1").with_answer("sts-pain", 8))["QC01"][0] == ""


def test_a_card_does_not_name_what_a_precaution_forbids() -> None:
    assert cards(evaluation_of("ex1"))["HX01"][0] == "Back leg lift on your belly"
    assert cards(evaluation_of("ex1").with_answer("back-bad", "yes"))["HX01"][0] == ""


@pytest.mark.parametrize(
    ("answers", "running"),
    [
        ({}, "keeps"),
        ({"running-now": "no"}, "stopped"),
        ({"running-now": ""}, ""),
        ({"runner": "no"}, ""),
    ],
)
def test_the_sheet_knows_whether_a_runner_still_runs(answers: dict[str, str], running: str) -> None:
    case = evaluation_of("ex2").with_answers({key: value for key, value in answers.items() if value})
    case = case.without_answer(*(key for key, value in answers.items() if not value))
    sheet = noted(case).sheet
    assert sheet is not None
    assert sheet.running == running


@pytest.mark.parametrize(
    ("allergy", "phase", "latex_free"), [("yes", "2", True), ("yes", "1", False), ("no", "2", False)]
)
def test_the_sheet_asks_for_a_latex_free_band_where_one_is_used_and_latex_is_not_borne(
    allergy: str, phase: str, latex_free: bool
) -> None:
    home: dict[str, Answer] = {"home-equipment": ("band",), "plan-phase": phase, "latex-allergy": allergy}
    sheet = noted(evaluation_of("ex1").with_answers(home)).sheet
    assert sheet is not None
    assert sheet.latex_free is latex_free


STRENGTH = ("habd", "her", "hir", "hext", "hflx", "hadd")
N82 = StrengthTest(trials=(82.0, 82.0, 82.0), unit="N")


@pytest.mark.parametrize(
    ("tested", "variant"),
    [
        ({}, "V6"),
        ({"habd.right": N82, "her.right": N82}, "one-side"),
        ({"hext.left": N82}, "one-side"),
        ({"habd.right": StrengthTest(grade="4")}, "one-side"),
        ({"habd.right": StrengthTest(grade="5")}, "one-side"),
        ({"habd.right": N82, "her.left": N82}, "part"),
        ({"habd.right": N82, "habd.left": StrengthTest(grade="5")}, "part"),
        ({"habd.right": StrengthTest(not_tested="pain"), "habd.left": N82}, "one-side"),
        ({"habd.right": StrengthTest(grade="4"), "habd.left": StrengthTest(grade="5")}, "V2"),
    ],
)
def test_one_hip_tested_is_not_called_untested(tested: dict[str, StrengthTest], variant: str) -> None:
    every = [f"{group}.{side}" for group in STRENGTH for side in ("right", "left")]
    bare = evaluation_of("ex1").without_answer(*every, "hips-both-low", "hips-both-normal")
    case = bare.with_answers(tested)
    assert hip_finding(case, assess(case, load_content())).variant == variant


@pytest.mark.parametrize(
    ("tested", "strong"),
    [
        ({"habd.right": N82, "habd.left": N82}, False),
        ({"habd.right": StrengthTest(grade="5"), "habd.left": StrengthTest(grade="5")}, True),
        ({"habd.right": StrengthTest(grade="5"), "habd.left": StrengthTest(grade="4+")}, False),
        ({"habd.right": N82, "habd.left": N82, "hips-both-normal": "yes"}, True),
    ],
)
def test_hips_are_called_strong_only_where_that_was_found(tested: dict[str, Answer], strong: bool) -> None:
    every = [f"{group}.{side}" for group in STRENGTH for side in ("right", "left")]
    bare = evaluation_of("ex1").without_answer(*every, "hips-both-low", "hips-both-normal")
    case = bare.with_answers(tested)
    assert hip_finding(case, assess(case, load_content())).strong is strong


@pytest.mark.parametrize(
    ("right", "left", "sore", "variant", "alike"),
    [
        ({"habd": "4", "her": "4+"}, {"habd": "5", "her": "4"}, "both", "V3", False),
        ({"habd": "4", "her": "4+"}, {"habd": "4", "her": "4+"}, "both", "V3", True),
        ({"habd": "4"}, {"her": "4"}, "both", "V3", False),
        ({"habd": "4", "hext": "5"}, {"habd": "4", "hext": "4"}, "both", "V3", False),
        ({"habd": "4+"}, {"habd": "5"}, "right", "V2", False),
        ({"habd": "5"}, {"habd": "4+"}, "right", "V5", False),
        ({"habd": "4+", "her": "5"}, {"habd": "5", "her": "4+"}, "both", "mixed", False),
        ({"habd": "4+"}, {"habd": "4+"}, "right", "V4", False),
        ({"habd": "4+"}, {"her": "4+"}, "right", "part", False),
    ],
)
def test_two_hips_are_called_alike_only_where_they_were_compared_and_are(
    right: dict[str, str], left: dict[str, str], sore: SoreKnee, variant: str, alike: bool
) -> None:
    every = [f"{group}.{side}" for group in STRENGTH for side in ("right", "left")]
    bare = evaluation_of("ex1").without_answer(*every, "hips-both-low", "hips-both-normal")
    graded = {
        f"{group}.{side}": StrengthTest(grade=grade)
        for side, grades in (("right", right), ("left", left))
        for group, grade in grades.items()
    }
    case = replace(bare, sore_knee=sore).with_answers(graded)
    finding = hip_finding(case, assess(case, load_content()))
    assert (finding.variant, finding.alike) == (variant, alike)


@pytest.mark.parametrize("sore", ["right", "both"])
def test_hips_that_differ_only_in_extension_did_not_push_about_the_same(sore: SoreKnee) -> None:
    every = [f"{group}.{side}" for group in STRENGTH for side in ("right", "left")]
    bare = evaluation_of("ex1").without_answer(*every, "hips-both-low", "hips-both-normal")
    force = {"habd.right": 82.0, "habd.left": 82.0, "hext.right": 70.0, "hext.left": 100.0}
    tests = {id: StrengthTest(trials=(value,) * 3, unit="N") for id, value in force.items()}
    case = replace(bare, sore_knee=sore).with_answers(tests)
    finding = hip_finding(case, assess(case, load_content()))
    assert (finding.variant, finding.weaker, finding.deficit_percent) == ("V1", "right", 30)


@pytest.mark.parametrize(("extension", "alike"), [("4", True), ("4-", False)])
def test_both_hips_low_are_alike_only_if_no_group_differs(extension: str, alike: bool) -> None:
    every = [f"{group}.{side}" for group in STRENGTH for side in ("right", "left")]
    bare = evaluation_of("ex1").without_answer(*every, "hips-both-normal")
    tests: dict[str, Answer] = {"habd.right": N82, "habd.left": N82, "hips-both-low": "yes"}
    tests |= {"hext.right": StrengthTest(grade=extension), "hext.left": StrengthTest(grade="4")}
    case = replace(bare, sore_knee="both").with_answers(tests)
    finding = hip_finding(case, assess(case, load_content()))
    assert (finding.variant, finding.alike) == ("V3", alike)


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
        assert plain(flag.do_now) in text
        assert plain(flag.says.rstrip(".")) in text


@pytest.mark.parametrize(
    ("name", "urgency"),
    [(SEPTIC, "EMERGENCY: now"), (URGENT_CASE, "URGENT: the same day")],
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
    assert "A. Chen, PT, license 40-12345" in text


@pytest.mark.parametrize(
    ("name", "soon", "not_said"),
    [
        ("Calf signs, Wells not begun: the same day", "the same day", "48 hours"),
        ("Calf signs, Wells 1", "within 48 hours", "same day"),
    ],
)
def test_letter_and_note_say_one_thing_on_how_soon_a_clot_is_looked_for(
    name: str, soon: str, not_said: str
) -> None:
    letter, paper = read(referral_pdf(screened(name))), read(evaluation_note_pdf(screened(name)))
    assert f"URGENT: {soon}" in letter
    assert f"Please see this patient {soon}." in letter
    assert f"Medical contact {soon}." in letter
    assert f"Medical contact {soon}. No plan of care" in paper
    assert not_said not in letter
    assert not_said not in paper


def test_two_flags_of_the_same_level_both_reach_note_and_letter() -> None:
    both = screened("Calf signs, Wells 1", **{"femoral-neck": "yes"})
    letter, paper = read(referral_pdf(both)), read(evaluation_note_pdf(both))
    for flag in both.red_flags:
        assert flag.title in letter
        assert flag.do_now in letter
        assert flag.title in paper
    assert len(both.red_flags) == 2
    assert "Advised" in paper
    assert all(flag.do_now in paper for flag in both.red_flags)
    assert "Stop weight bearing" in note_text(both)


@pytest.mark.parametrize(
    ("sore", "worse", "of"),
    [
        ("right", {}, "of the right knee. In"),
        ("left", {}, "of the left knee. In"),
        ("both", {}, "of both knees. In"),
        ("both", {"worse-side": "left"}, "of both knees, the left one worse. In"),
    ],
)
@pytest.mark.parametrize("name", [SEPTIC, "Calf signs, Wells not begun: the same day"])
def test_the_letter_names_one_knee_or_both_as_a_sentence_does(
    name: str, sore: SoreKnee, worse: dict[str, Any], of: str
) -> None:
    text = read(referral_pdf(screened(name, sore, **worse)))
    assert f"came for a physical therapy evaluation {of}" in text


def test_a_letter_on_a_clot_says_to_its_reader_that_the_wells_score_was_not_completed() -> None:
    text = read(referral_pdf(screened("Calf signs, Wells not begun: the same day")))
    assert "Calf signs: a clot is not excluded. The Wells score was not completed." in text
    assert "yet" not in text


def test_a_referral_within_two_weeks_does_not_claim_that_testing_was_forbidden() -> None:
    refer = next(n for n, c in cases().items() if c["expect"]["action"] == "REFER")
    text = read(referral_pdf(screened(refer)))
    assert "Within days to 2 weeks" in text
    assert "not tested" not in text
    assert "No exercise plan was made" in text


def test_the_letter_says_how_many_safety_questions_were_not_answered() -> None:
    stopped = screened(SEPTIC)
    assert "questions of the safety screen" not in read(referral_pdf(stopped))
    for left, verb in ((1, "was"), (3, "were")):
        part = stopped.model_copy(update={"screen_answered": stopped.screen_asked - left})
        says = f"{left} of the {stopped.screen_asked} questions of the safety screen {verb} not answered."
        assert says in read(referral_pdf(part))


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

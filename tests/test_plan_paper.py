"""The plan of care as a paper, read back from the PDF as a physician reads it after a fax."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pypdfium2
import pytest

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.content import load_content
from evalassist.documents import evaluation_note_pdf, plan_of_care_pdf
from evalassist.documents.look import PaperName
from evalassist.errors import DocumentError
from evalassist.evaluation import Evaluation, PlanEdit, Signature
from evalassist.note import Clinic, Note
from evalassist.noting import note_of

CASES = Path(__file__).parent / "cases"
WORKED = ("patient-a", "patient-b", "patient-c", "ex1", "ex2", "ex3")
CLINIC = Clinic(
    name="Harbor Physical Therapy",
    phone="555-0100",
    address="12 Pier Road",
    therapist="A. Chen, PT",
    licence="40-1",
)
FAX_DPI = 200


@cache
def case(name: str) -> Evaluation:
    return read_case(CASES / f"{name}.toml", load_content())


def noted(evaluation: Evaluation) -> Note:
    content = load_content()
    assessment = assess(evaluation, content)
    return note_of(evaluation, content, assessment, plan_of_care(evaluation, assessment, content), CLINIC)


@cache
def paper_of(name: str, paper: PaperName = "letter") -> bytes:
    return plan_of_care_pdf(noted(case(name)), paper)


def words(pdf: bytes) -> str:
    """All words, in lines joined by single spaces."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(pages).replace("\xa0", " ").split())


def read(evaluation: Evaluation) -> str:
    return words(plan_of_care_pdf(noted(evaluation)))


def drawn(pdf: bytes) -> list[str]:
    """What is drawn, an operator with its numbers a line."""
    found: list[str] = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            text = zlib.decompress(stream.rstrip(b"\r\n")).decode("latin-1")
        except zlib.error:
            continue
        if " Tf" in text:
            found += re.findall(r"[\d.]+[\d.\s-]*(?:rg|RG|g|G|w)\b|/F\S+ [\d.]+ Tf", text)
    return found


# ---------------------------------------------------------------- what a plan must hold


def test_where_no_evaluation_code_is_offered_nothing_is_said_of_one() -> None:
    assert "Codes offered: 97161" in words(paper_of("ex1"))
    told = words(paper_of("patient-a"))
    assert "Evaluation code Codes offered" not in told


def test_the_plan_holds_all_that_medicare_asks_of_a_plan() -> None:
    told = words(paper_of("ex1"))
    for part in (
        *("Example One", "born January 15, 2002", "evaluated March 2, 2026"),
        *("Patellofemoral pain, RIGHT knee", "M22.2X1", "Onset gradual, about December 22, 2025"),
        *("right hip abduction 82 % of the left", "AKPS 71/100", "worst 6/10"),
        *("Worst pain, NPRS 6/10 4/10 2/10", "By March 30, 2026", "By April 27, 2026"),
        *("Type Physical therapy: therapeutic exercise", "Amount 1 treatment a day"),
        *("Frequency 2 a week for 4 weeks, then 1 a week for 4 weeks", "Duration 8 weeks, 12 visits"),
        *("Side-lying hip abduction", "pain at most 3/10", "Precautions"),
        *("From March 2, 2026 to April 27, 2026", "recertify by April 27, 2026", "from April 13, 2026 on"),
        *("A. Chen, PT, license 40-1", "Date", "Page 1 of 2"),
    ):
        assert part in told, part


def test_every_goal_of_the_plan_stands_on_the_paper() -> None:
    for name in WORKED:
        note = noted(case(name))
        assert note.plan is not None
        told = words(paper_of(name))
        for goal in note.plan.goals:
            assert goal.title in told, (name, goal.title)


def test_nothing_is_said_of_a_rehabilitation_potential() -> None:
    assert not any("potential" in words(paper_of(name)).lower() for name in WORKED)


def test_the_plan_fits_two_pages_of_either_paper() -> None:
    for name in WORKED:
        for paper in ("letter", "a4"):
            pages = len(pypdfium2.PdfDocument(io.BytesIO(paper_of(name, paper))))
            assert pages in (1, 2), (name, paper)


def test_the_name_stands_on_every_page_for_pages_of_a_fax_get_parted() -> None:
    document = pypdfium2.PdfDocument(io.BytesIO(paper_of("ex1")))
    for number, page in enumerate(document, start=1):
        text = page.get_textpage().get_text_range()
        assert "Example One" in text
        assert f"Page {number} of {len(document)}" in text


def test_the_same_note_gives_the_same_bytes() -> None:
    assert plan_of_care_pdf(noted(case("ex1"))) == paper_of("ex1")


def test_without_a_plan_there_is_no_paper() -> None:
    with pytest.raises(DocumentError, match="no plan of care"):
        plan_of_care_pdf(noted(case("ex1").with_answer("systemic", "yes")))


def test_an_empty_name_gets_a_line_to_write_on() -> None:
    patient = replace(case("ex1").patient, name=" ")
    assert "Name:" in read(replace(case("ex1"), patient=patient))


# ---------------------------------------------------------------- signatures


def test_an_order_on_file_spares_the_first_signature_and_asks_for_proof() -> None:
    told = words(paper_of("ex1"))
    assert "No signature is needed on this first plan" in told
    assert "Send it by April 1, 2026" in told
    assert "Sent to, on which day, and how:" in told
    assert "Signature due" not in told


def test_direct_access_asks_for_the_signature_in_thirty_days() -> None:
    told = read(case("ex1").with_answer("order-on-file", "no"))
    assert "Signature due by April 1, 2026" in told
    assert "I certify that the patient is under my care" in told
    assert "Physician or NPP: name and signature" in told
    assert "No signature is needed" not in told


def test_the_exception_began_in_2025() -> None:
    told = read(replace(case("ex1"), visit_date=date(2024, 12, 31)))
    assert "No signature is needed" not in told
    assert "Signature due by January 30, 2025" in told
    assert "No signature is needed" in read(replace(case("ex1"), visit_date=date(2025, 1, 1)))


def test_a_recertification_is_signed_whether_or_not_an_order_is_on_file() -> None:
    told = read(replace(case("ex1"), kind="re-evaluation"))
    assert "Updated plan of care" in told
    assert "No signature is needed" not in told
    assert "Physician or NPP: name and signature" in told


def test_another_payer_has_no_certification_statement() -> None:
    told = read(case("ex1").with_answer("medicare", "no"))
    assert "I certify" not in told
    assert "Follow the payer's contract" in told
    assert "where payer or state ask for it" in told


def test_a_signed_plan_names_who_established_it_and_a_draft_says_that_it_is_one() -> None:
    assert "DRAFT, not signed by the therapist" in words(paper_of("ex1"))
    signed = case("ex1").signed_by(Signature("Ana Chen, PT", "40-1", datetime(2026, 3, 2, 16, 5)))
    told = read(signed)
    assert "Established and signed by Ana Chen, PT, license 40-1, March 2, 2026 at 16:05" in told
    assert "DRAFT" not in told


# ---------------------------------------------------------------- what the therapist decided


def test_the_paper_prints_the_codes_that_were_chosen_and_no_others() -> None:
    told = read(case("ex1").with_answer("codes-used", ("M22.2X1", "97161", "97110")))
    assert "Codes used: M22.2X1 Patellofemoral disorders, right knee" in told
    assert "Codes used: 97161 PT evaluation, low complexity" in told
    assert "R29.898" not in told
    assert "Type Physical therapy: therapeutic exercise." in told


def test_the_paper_follows_the_edits_and_the_note_says_that_there_are_some() -> None:
    edited = case("ex1").with_plan_edit(
        PlanEdit("visits", field="per_week_1", value=3),
        PlanEdit("goal-target", goal="G02", field="long", value=90),
        PlanEdit("goal-words", goal="G05", to="Within 8 weeks she walks 2 km to work."),
        PlanEdit("goal-drop", goal="G04", reason="the AKPS says the same"),
    )
    told = read(edited)
    assert "3 a week for 4 weeks, then 1 a week for 4 weeks" in told
    assert "16 visits" in told
    assert "Knee function, AKPS 71/100 81/100 90/100" in told
    assert "she walks 2 km to work" in told
    assert "LEFS at" not in told
    assert "Changed by the therapist" not in told
    note = words(evaluation_note_pdf(noted(edited)))
    assert "Changed by the therapist; proposed: 2 a week for 4 weeks" in note
    assert "Leg function: the AKPS says the same" in note


def test_the_note_tells_minutes_and_units_of_each_timed_code() -> None:
    told = words(evaluation_note_pdf(noted(case("ex1"))))
    assert "97110 24 min, 2 units" in told
    assert "97112 10 min, 1 unit" in told
    assert "97535 8 min, 0 units" in told
    assert "42 timed minutes, 3 units" in told


def test_note_and_paper_tell_how_long_the_whole_treatment_was() -> None:
    note = noted(case("ex1").with_answer("minutes-whole", 55.0))
    for pdf in (evaluation_note_pdf(note), plan_of_care_pdf(note)):
        assert "Whole treatment 55 minutes." in words(pdf)
    assert "Whole treatment" not in words(evaluation_note_pdf(noted(case("ex1"))))


# ---------------------------------------------------------------- the fax


def signed(name: str) -> bytes:
    evaluation = case(name).signed_by(Signature("Ana Chen, PT", "40-1", datetime(2026, 3, 2, 16, 5)))
    return plan_of_care_pdf(noted(evaluation))


@pytest.mark.parametrize("made", [paper_of, signed])
@pytest.mark.parametrize("name", WORKED)
def test_a_fax_gets_black_only_large_type_and_no_hair_lines(name: str, made: Callable[[str], bytes]) -> None:
    operators = drawn(made(name))
    colours = {op for op in operators if op.endswith(("rg", "RG", " g", " G"))}
    assert {tuple(map(float, op.split()[:-1])) for op in colours} <= {(0.0, 0.0, 0.0), (0.0,)}
    widths = [float(op.split()[0]) for op in operators if op.endswith(" w")]
    assert widths
    assert min(widths) >= 0.5
    sizes = [float(op.split()[1]) for op in operators if op.endswith("Tf")]
    assert min(sizes) >= 10


def test_every_rule_of_the_paper_survives_at_two_hundred_dots_in_black_and_white() -> None:
    document = pypdfium2.PdfDocument(io.BytesIO(paper_of("ex1")))
    image = (
        document[0].render(scale=FAX_DPI / 72).to_pil().convert("L").point(lambda v: 255 if v > 127 else 0)
    )
    left, right = round(60 / 72 * FAX_DPI), round(540 / 72 * FAX_DPI)
    rows = [y for y in range(image.height) if image.crop((left, y, right, y + 1)).getextrema() == (0, 0)]
    rules = [y for y in rows if y - 1 not in rows]
    note = noted(case("ex1"))
    assert note.plan is not None
    # under the head of the page, over the foot, over the table, under its head, and under each goal
    assert len(rules) == 4 + len(note.plan.goals)
    thickness = {rule: next(n for n in range(1, 20) if rule + n not in rows) for rule in rules}
    assert min(thickness.values()) >= 2


def test_a_long_impression_and_strange_names_do_not_break_the_paper() -> None:
    long = "climb the stairs of her house " * 60
    evaluation = case("ex3").with_answer("goal-function", long[:1500]).with_impression("Wait. " * 400)
    patient = replace(evaluation.patient, name="Æøå <b>Ng</b> & 李" * 8, record_number="R" * 90)
    told = read(replace(evaluation, patient=patient))
    assert "write the name by hand" in told
    assert "R" * 90 not in told

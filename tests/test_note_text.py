"""The note as plain text, as it is pasted into a record system: all that the paper says, and nothing empty."""

from __future__ import annotations

import io
import re
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
from evalassist.documents import evaluation_note_pdf
from evalassist.evaluation import (
    Addendum,
    Answer,
    Evaluation,
    NotTested,
    Opinion,
    Patient,
    PlanEdit,
    Quantity,
    Signature,
    StrengthTest,
)
from evalassist.note import Clinic, Line, Note
from evalassist.note_text import COLUMNS, note_text
from evalassist.noting import note_of
from evalassist.wording.findings import marked
from evalassist.wording.plan import beside_exercises, exercise_rows
from evalassist.words import clean

CASES = Path(__file__).parent / "cases"
WORKED = ("patient-a", "patient-b", "patient-c", "ex1", "ex2", "ex3")
CLINIC = Clinic(
    name="Harbor Physical Therapy",
    phone="555-0100",
    address="12 Pier Road, Portland",
    therapist="A. Chen, PT",
    licence="40-12345",
)
SIGNED = Signature("A. Chen, PT", "40-12345", datetime(2026, 3, 2, 11, 21))
ONLY_ON_PAPER = (
    "NOT SIGNED · † ‡ ref. Date ÷ Right (trials), pain 0-10 Involved uninvolved Weaker stronger Symmetry Goal"
)
"""A box, signs of footnotes, a short word, a place for a date by hand, and the heads of columns."""


def noted(evaluation: Evaluation) -> Note:
    content = load_content()
    assessment = assess(evaluation, content)
    return note_of(evaluation, content, assessment, plan_of_care(evaluation, assessment, content), CLINIC)


@cache
def evaluation_of(name: str) -> Evaluation:
    return read_case(CASES / f"{name}.toml", load_content())


def stopped() -> Note:
    return noted(evaluation_of("ex1").with_answer("hot-joint", "yes"))


def empty() -> Note:
    patient = Patient("Nobody Yet", date(1990, 1, 1), "X")
    return noted(Evaluation.begin(patient, "left", date(2026, 3, 2)))


def words(text: str) -> set[str]:
    """Words and figures without the marks around them; a score is read without its range, as a column has it."""
    found = {part.strip(".,;:()[]†–-").lower() for part in clean(text).split()}
    return {part.removesuffix("/10") for part in found} | {part for part in found if part}


def on_paper(note: Note) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(evaluation_note_pdf(note)))
    pages = (" ".join(page.get_textpage().get_text_range().split()) for page in document)
    return " ".join(re.sub(r"Page \d of \d", "", page) for page in pages)


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", WORKED)
def test_every_word_and_figure_on_paper_is_in_the_text(name: str) -> None:
    note = noted(evaluation_of(name))
    assert words(on_paper(note)) - words(note_text(note)) <= words(ONLY_ON_PAPER)


@pytest.mark.parametrize("name", WORKED)
def test_each_finding_conclusion_exercise_and_goal_reads_whole(name: str) -> None:
    note, text = noted(evaluation_of(name)), one_line(note_text(noted(evaluation_of(name))))
    assert note.plan is not None
    for section in note.sections:
        assert section.title.upper() in text
        for line in section.lines:
            assert one_line(marked(line.value)) in text
    for conclusion in note.conclusions:
        for reason in conclusion.reasons if conclusion.id in ("d1", "d2", "d3", "mpd") else ():
            assert conclusion.verdict != "met" or one_line(marked(reason.text)) in text
    for exercise in note.plan.exercises:
        assert one_line(exercise.name) in text
        assert f"{exercise.sets} × {exercise.reps_text or exercise.reps}" in text
        assert all(one_line(marked(reason.text)) in text for reason in exercise.because)
    for goal in note.plan.goals:
        assert one_line(goal.title) in text
        assert one_line(goal.long.replace(" /", "/")) in text


@pytest.mark.parametrize("note", [*WORKED, "stopped", "empty"])
def test_every_line_fits_is_broken_at_words_and_says_something(note: str) -> None:
    text = note_text(
        stopped() if note == "stopped" else empty() if note == "empty" else noted(evaluation_of(note))
    )
    lines = text.splitlines()
    assert max(map(len, lines)) <= COLUMNS
    assert "\t" not in text
    assert not any(line != line.rstrip() or (line.endswith(":") and not said) for line, said in pairs(lines))
    assert "None" not in text
    assert not re.search(r"\(\)|\[\]|: ;|; ;|: \.|\bnan\b|\n\n\n", text)
    assert text.endswith("\n")


def pairs(lines: list[str]) -> list[tuple[str, str]]:
    """Each line with the one below it."""
    return list(zip(lines, [*lines[1:], ""], strict=True))


@pytest.mark.parametrize(("weeks", "told"), [(4.0, "(75 % more) in 4 weeks"), (1.0, "(75 % more) in 1 week")])
def test_a_rise_of_load_is_told_with_the_weeks_it_took(weeks: float, told: str) -> None:
    rose: dict[str, Answer] = {
        "load-change": "yes",
        "load-unit": "km a week",
        "load-old": 20.0,
        "load-new": 35.0,
    }
    evaluation = read_case(CASES / "ex1.toml", load_content()).with_answers({**rose, "load-weeks": weeks})
    assert re.search(rf"{re.escape(told)}\b", clean(note_text(noted(evaluation)).replace("\n", " ")))


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (8.0, "months", "8 months"),
        (1.0, "years", "1 year"),
        (200.0, "days", "200 days"),
        (34.0, "weeks", "34 weeks"),
    ],
)
def test_how_long_it_hurts_is_told_in_the_unit_in_which_it_was_typed(
    value: float, unit: str, told: str
) -> None:
    evaluation = evaluation_of("ex1").with_answer("duration", Quantity(value, unit))
    note = noted(evaluation)
    for text in (one_line(note_text(note)), on_paper(note)):
        assert f"for {told}" in text
        assert f"(pain for {told})" in text
    assert note.plan is not None
    assert note.plan.onset.endswith(f"({told} before the evaluation)")
    (reason,) = assess(evaluation, load_content()).conclusions["dur-gt-4mo"].reasons
    limit = ", above 17.38 weeks" if unit == "weeks" else ""  # a limit in another unit would not compare
    assert reason.text == f"pain for {told}{limit}"


def test_the_parts_stand_in_the_order_of_the_paper() -> None:
    made = noted(evaluation_of("ex1").with_answer("hext.right", NotTested("could not lie prone")))
    heads = [line for line in note_text(made).splitlines() if re.fullmatch("[A-Z ]+", line)]
    assert heads == [
        *("SAFETY", "HISTORY", "QUESTIONNAIRES", "MOVEMENT", "KNEE EXAMINATION", "HIP AND THIGH STRENGTH"),
        *("MOBILITY AND FOOT", "NOT TESTED", "ASSESSMENT", "PLAN OF CARE", "EXERCISES", "GOALS"),
        *("SCHEDULE AND CODES", "REFERENCES", "SIGNATURE"),
    ]


def test_the_name_stands_once_in_the_head() -> None:
    text = note_text(noted(evaluation_of("ex1")))
    assert text.count("Example One") == 1
    assert "Patient: Example One\nBorn: January 15, 2002 (24 y, F)\nRIGHT knee, visit March 2, 2026" in text


def changed_plan(*, minutes: tuple[int, int] = (24, 10)) -> Note:
    """The plan of the first example as a therapist changed it, with codes ticked and minutes typed."""
    strength, control = minutes
    return noted(
        evaluation_of("ex1")
        .with_plan_edit(
            PlanEdit("visits", field="per_week_1", value=3),
            PlanEdit("goal-target", goal="G02", field="long", value=72),
            PlanEdit("goal-words", goal="G05", to="Within 8 weeks she walks 2 km to work."),
            PlanEdit("goal-drop", goal="G04", reason="the AKPS says the same"),
        )
        .with_answer("codes-used", ("M22.2X1", "97161", "97110", "97112"))
        .with_answer("minutes-97110", strength)
        .with_answer("minutes-97112", control)
        .without_answer("minutes-97535")
    )


@pytest.mark.parametrize("minutes", [(24, 10), (19, 19)])
def test_all_that_paper_says_of_a_changed_plan_is_in_the_text(minutes: tuple[int, int]) -> None:
    note = changed_plan(minutes=minutes)
    assert words(on_paper(note)) - words(note_text(note)) <= words(ONLY_ON_PAPER)


def test_what_the_therapist_changed_in_the_plan_reads_as_on_paper() -> None:
    note = changed_plan()
    told = one_line(note_text(note))
    for part in (
        "16 in 8 weeks, March 2, 2026 to April 27, 2026: 3 a week for 4 weeks, then 1 a week for 4 weeks. "
        "Changed by the therapist; proposed: 2 a week for 4 weeks, then 1 a week for 4 weeks.",
        "codes used: M22.2X1 Patellofemoral disorders, right knee",
        "Within 8 weeks she walks 2 km to work. Changed by the therapist.",
        "A change of 1 is within measurement error",
        "Goals left out: Leg function: the AKPS says the same",
        "Codes used: 97161 PT evaluation, low complexity (personal factors or comorbidities 0: low;",
        "; 97110 therapeutic exercise; 97112 neuromuscular re-education Timed units:",
        "Timed units: 97110 24 min, 1 unit; 97112 10 min, 1 unit. Together 34 timed minutes, 2 units.",
    ):
        assert part in told, part
    assert "R29.898" not in told


def test_codes_with_an_equal_claim_to_the_last_unit_are_left_to_the_therapist() -> None:
    told = one_line(note_text(changed_plan(minutes=(19, 19))))
    assert "Together 38 timed minutes, 3 units. Equal claim to the last unit: 97110, 97112" in told


def test_a_draft_says_so_above_and_below() -> None:
    text = note_text(noted(evaluation_of("ex1")))
    assert text.splitlines()[0] == "PHYSICAL THERAPY INITIAL EVALUATION - DRAFT, not signed"
    assert "SIGNATURE\nDRAFT, not signed.\nTo be signed by: A. Chen, PT, license 40-12345" in text


def test_a_signed_note_names_who_signed_and_what_was_added_after() -> None:
    added = Addendum("The film is normal.\n\n\tNo change.", "B. Okafor, PT", datetime(2026, 3, 5, 9, 5))
    text = note_text(noted(evaluation_of("ex1").signed_by(SIGNED)), (added,))
    assert "DRAFT" not in text
    ends = text[text.index("SIGNATURE") :]
    assert "Signed by A. Chen, PT, license 40-12345, March 2, 2026 at 11:21" in ends
    assert "Addendum by B. Okafor, PT, March 5, 2026 at 09:05\nThe film is normal.\nNo change.\n" in ends
    assert ends.splitlines()[-1] == "Clinical content 2026.11, evidence checked 2026-11"


def test_the_plan_says_when_exercise_at_home_begins_and_when_its_goals_are_due() -> None:
    note = noted(evaluation_of("ex3"))
    told = one_line(note_text(note))
    assert "Exercise at home: begins March 30, 2026, after the activity ladder; phase 1" in told
    assert "now 4, 8 weeks 4+, 12 weeks 5" in told
    assert "4+ (in 8 weeks)" in on_paper(note)
    assert (
        "begins" not in one_line(note_text(noted(evaluation_of("ex1"))).partition("Exercise at home")[2])[:40]
    )


def test_an_exercise_that_was_taken_out_stands_in_the_note_with_its_reason() -> None:
    note = noted(evaluation_of("ex1").with_plan_edit(PlanEdit("drop", "HE01", reason="hurts her back")))
    assert "Exercises left out: Clamshell: hurts her back" in one_line(note_text(note))
    assert "Clamshell: hurts her back" in on_paper(note)
    swapped = noted(evaluation_of("ex1").with_plan_edit(PlanEdit("swap", "HX01", to="HX04")))
    assert "Exercises left out" not in note_text(swapped)


def test_an_exercise_that_was_taken_out_is_not_offered_for_the_next_phase() -> None:
    runner = evaluation_of("ex2")
    before, after = (
        noted(each).plan for each in (runner, runner.with_plan_edit(PlanEdit("drop", "FL03", reason="sore")))
    )
    assert before is not None
    assert after is not None
    [calf] = set(before.next_phase) - set(after.next_phase)
    assert after.taken_out == (f"{calf}: sore",)


def test_what_was_taken_out_does_not_come_back_made_harder() -> None:
    usual = evaluation_of("ex1")
    without = usual.with_plan_edit(PlanEdit("drop", "HE01", reason="hurts her back"))
    before, after = (noted(each).plan for each in (usual, without))
    assert before is not None
    assert after is not None
    assert set(before.next_phase) - set(after.next_phase) == {"Clamshell with band"}


def test_how_a_hold_grows_is_not_told_of_one_that_is_at_its_target() -> None:
    grows = "Hold 5 seconds longer at each step"
    at_target = noted(evaluation_of("ex1").with_plan_edit(PlanEdit("add", "QO04", reason="asked for")))
    assert at_target.plan is not None
    assert next(one for one in at_target.plan.exercises if one.id == "QO04").hold_s == 10
    assert grows not in one_line(note_text(at_target))
    below = noted(
        evaluation_of("ex1").with_plan_edit(
            PlanEdit("add", "QO04", reason="asked for"), PlanEdit("dose", "QO04", field="hold_s", value=5)
        )
    )
    assert grows in one_line(note_text(below))


def test_an_exercise_that_was_only_added_is_not_called_changed() -> None:
    added = evaluation_of("ex2").with_plan_edit(PlanEdit("add", "HE01", reason="she likes it"))
    fewer = added.with_plan_edit(PlanEdit("dose", "HE01", field="sets", value=2))
    told = "chosen by the therapist: she likes it"
    for evaluation, because in ((added, told), (fewer, f"{told}; changed by the therapist")):
        plan = noted(evaluation).plan
        assert plan is not None
        [row] = [row for row in exercise_rows(plan.exercises) if "Clamshell" in row.name]
        assert row.because == because


def test_the_therapists_words_stand_beside_what_they_are_about() -> None:
    said = (
        evaluation_of("ex1")
        .with_opinion("pfp", Opinion(True))
        .with_opinion("MPD", Opinion(False, "Pain <limits> effort & not strength"))
        .with_impression("Motivated;\texpects to run\nin May.")
    )
    text = one_line(note_text(noted(said)))
    assert "3 of 3 criteria met (guideline grade B, reference 1, 2). Therapist agrees." in text
    assert "Therapist disagrees: Pain <limits> effort & not strength" in text
    assert "Impression: Motivated; expects to run in May." in text


def test_a_stopped_visit_says_what_to_do_and_that_there_is_no_plan() -> None:
    text = note_text(stopped())
    assert "SAFETY\nEMERGENCY: Emergency department now." in text
    assert "PLAN OF CARE\nNo plan of care. EMERGENCY: the safety screen stops the plan." in text
    assert "EXERCISES" not in text
    assert "GOALS" not in text


def test_a_word_without_end_is_broken_and_a_missing_name_leaves_no_line() -> None:
    nameless = evaluation_of("ex1").with_impression("x" * 500)
    text = note_text(noted(replace(nameless, patient=replace(nameless.patient, name="\u200b"))))
    assert max(map(len, text.splitlines())) <= COLUMNS
    assert "".join(text.split()).count("x" * 500) == 1
    assert "Patient:" not in text


def test_a_figure_is_not_torn_from_its_unit() -> None:
    for name in WORKED:
        for line, below in pairs(note_text(noted(evaluation_of(name))).splitlines()):
            assert not (line[-1:].isdigit() and re.match(r" *(%|Nm?|kgf|cm|kg)\b", below)), (line, below)


def test_a_limit_the_clinic_set_otherwise_is_told() -> None:
    note = noted(evaluation_of("ex1")).model_copy(
        update={"defaults": (Line(label="Ask from symmetry", value="55 % (app default 60 %)"),)}
    )
    told = "LIMITS SET BY THE CLINIC\nAsk from symmetry: 55 % (app default 60 %)"
    assert told in note_text(note)
    assert one_line(told.partition("\n")[2]) in on_paper(note)


def test_the_remark_on_measurement_error_stands_once() -> None:
    text = one_line(note_text(noted(evaluation_of("ex1"))))
    assert text.count("within measurement error between testers") == 1
    assert "right side 82 % of the left †" in text
    assert "right hip abduction 82 % of the left, below 90 % †;" in text


def test_a_prompt_to_the_therapist_does_not_stand_in_the_chart() -> None:
    unknown = noted(evaluation_of("ex1").without_answer("medicare"))
    assert unknown.plan is not None
    assert "payer is not recorded" not in note_text(unknown)
    assert "payer is not recorded" not in on_paper(unknown)
    assert "Certification" in note_text(noted(evaluation_of("ex1")))


@pytest.mark.parametrize("name", WORKED)
def test_no_bracket_follows_a_bracket(name: str) -> None:
    plan = noted(evaluation_of(name)).plan
    assert plan is not None
    told = dict(beside_exercises(plan))
    assert ") (" not in told["Education"] + told["Not advised"] + told["Also offered"]
    assert "part of every plan" in told["Education"]


def test_strength_reads_in_the_unit_in_which_it_was_typed() -> None:
    right, left = (StrengthTest(trials=trials, unit="kgf") for trials in ((9.0, 9.5), (10.0, 11.0)))
    evaluation = evaluation_of("patient-a").with_answers(
        {"habd.right": right, "habd.left": left, "hipsit.right": Quantity(140, "N")}
    )
    text = " ".join(note_text(noted(evaluation)).split())
    assert "right 9.5 kgf = 93.2 N (9 9.5)" in text
    assert "right 140 N = 14.3 kgf, 0.23 kgf/kg" in text.replace("0.230", "0.23")


@pytest.mark.parametrize(
    ("worse", "knees"),
    [("right", "both knees, the right one worse"), ("left", "both knees, the left one worse")],
)
def test_of_two_sore_knees_the_worse_is_named(worse: str, knees: str) -> None:
    text = " ".join(note_text(noted(evaluation_of("ex3").with_answer("worse-side", worse))).split())
    assert f"Patellofemoral pain, {knees}" in text
    assert "the right one worse" not in note_text(noted(evaluation_of("ex3")))


@pytest.mark.parametrize("item_id", ["general-health", "medicines", "mechanical", "aggravating"])
def test_a_list_of_which_nothing_applies_does_not_read_like_one_that_was_not_asked(item_id: str) -> None:
    label = load_content().items[item_id].label.lower()
    asked = noted(evaluation_of("ex1").with_answer(item_id, ()))
    not_asked = noted(evaluation_of("ex1").without_answer(item_id))
    assert f"{label}: none of these" in on_paper(asked).lower()
    assert f"{label}: none of these" in one_line(note_text(asked)).lower()
    assert f"{label}: none of these" not in one_line(note_text(not_asked)).lower()


def test_a_part_of_muscle_performance_that_was_not_decided_stands_beside_the_deficit() -> None:
    note = noted(evaluation_of("ex1").without_answer("kext.right", "kext.left"))
    says = "Muscle performance deficits (MPD): hip; quadriceps not decided"
    assert says in on_paper(note)
    assert says in one_line(note_text(note))


def test_what_is_not_asked_any_more_since_an_answer_was_corrected_is_not_in_the_note() -> None:
    runs = read_case(CASES / "ex2.toml", load_content())
    before, after = (note_text(noted(visit)).lower() for visit in (runs, runs.with_answer("runner", "no")))
    assert "still runs now" in before
    assert "still runs now" not in after


def test_what_was_judged_by_eye_and_then_measured_stands_in_the_note_as_measured() -> None:
    by_eye = evaluation_of("ex1").without_answer("ely.right", "length-quad.left")
    by_eye = by_eye.with_answer("length-quad.right", "normal")
    before, after = (
        one_line(note_text(noted(visit))).lower()
        for visit in (by_eye, by_eye.with_answer("ely.right", 110.0))
    )
    assert "quadriceps (ely)" in before
    assert "quadriceps (ely)" not in after
    assert "110°" in after

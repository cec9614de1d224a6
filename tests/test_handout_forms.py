"""The sheet in its other forms, large print and the moves alone; and how easy each finished sheet is to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from pypdfium2 import raw
from reportlab.pdfbase import pdfmetrics

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.content import load_content
from evalassist.documents import handout_pdf, look, make_handout
from evalassist.documents.handout import Handout
from evalassist.documents.look import PaperName
from evalassist.errors import DocumentError
from evalassist.note import Clinic, Language, Note, SheetForm
from evalassist.noting import note_of

CASES = Path(__file__).parent / "cases"
CLINIC = Clinic(name="Harbor Physical Therapy", phone="555-0100", therapist="A. Chen", licence="PT")
PEOPLE = {
    "ex1": ("ex1", 2002),
    "ex2": ("ex2", 1995),
    "teen": ("ex3", 2012),
    "patient-b": ("patient-b", 1998),
    "older": ("ex1", 1955),
}
every_person = pytest.mark.parametrize("person", PEOPLE)
every_language = pytest.mark.parametrize("language", ["en", "es"])


@cache
def noted(person: str) -> Note:
    case, year = PEOPLE[person]
    content = load_content()
    evaluation = read_case(CASES / f"{case}.toml", content)
    patient = replace(evaluation.patient, birth_date=date(year, 6, 15))
    evaluation = replace(evaluation, patient=patient)
    assessment = assess(evaluation, content)
    return note_of(evaluation, content, assessment, plan_of_care(evaluation, assessment, content), CLINIC)


@cache
def printed(
    person: str, language: Language = "en", paper: PaperName = "letter", form: SheetForm = "standard"
) -> Handout:
    return make_handout(noted(person), language, paper, form=form)


def pages(pdf: bytes) -> list[str]:
    """The words of each side."""
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(pdf)]


def small_letters(pdf: bytes, under: float) -> Iterator[str]:
    """Of each side the letters that are printed smaller than this, without blanks."""
    for page in pypdfium2.PdfDocument(pdf):
        text, matrix, found = page.get_textpage(), raw.FS_MATRIX(), ""
        for index in range(text.count_chars()):
            raw.FPDFText_GetMatrix(text, index, matrix)
            if raw.FPDFText_GetFontSize(text, index) * matrix.d < under:
                found += text.get_text_range(index, 1).strip()
        yield found


# ---------------------------------------------------------------- reading level


@every_person
@every_language
@pytest.mark.parametrize("form", ["standard", "large", "moves"])
def test_every_finished_sheet_is_easy_to_read(person: str, language: Language, form: SheetForm) -> None:
    reading = printed(person, language, form=form).reading
    assert reading is not None
    assert reading.easy, (reading.scores, reading.longest)
    assert reading.words > 100


def test_the_words_of_the_therapist_are_read_with_the_sheet() -> None:
    note = noted("ex1")
    assert note.sheet is not None
    goal = "Ambulate community distances without antalgic compensation or patellofemoral symptomatology"
    learned = note.model_copy(update={"sheet": note.sheet.model_copy(update={"goal": goal[:80]})})
    before, after = make_handout(note).reading, make_handout(learned).reading
    assert before is not None
    assert after is not None
    assert dict(after.scores)["SMOG"] > dict(before.scores)["SMOG"]


# ---------------------------------------------------------------- one knee, or both

OF_ONE: dict[Language, tuple[str, ...]] = {
    "en": ("Your knee and your hip", "Your knee can get stronger.", "Your knee swells", "your knee is hot"),
    "es": (
        "Su rodilla y su cadera",
        "Su rodilla puede",
        "La rodilla se hincha",
        "si la rodilla está caliente",
    ),
}
OF_BOTH: dict[Language, tuple[str, ...]] = {
    "en": ("Your knees and your hips", "Your knees can get stronger.", "A knee swells", "if a knee is hot"),
    "es": (
        "Sus rodillas y sus",
        "Sus rodillas pueden",
        "Una rodilla se hincha",
        "si una rodilla está caliente",
    ),
}


@every_person
@every_language
@pytest.mark.parametrize("form", ["standard", "large"])
def test_the_sheet_of_two_sore_knees_speaks_of_both_on_every_side(
    person: str, language: Language, form: SheetForm
) -> None:
    both = noted(person).sore_knee == "both"
    says, never = (OF_BOTH, OF_ONE) if both else (OF_ONE, OF_BOTH)
    pdf = printed(person, language, form=form).pdf
    title, read = pypdfium2.PdfDocument(pdf).get_metadata_dict()["Title"], pages(pdf)
    assert title.startswith(says[language][0])
    for words in says[language][form == "large" :]:  # no head stands over the sides of large print
        assert words in " ".join(read)
    assert not [words for words in never[language] if words in " ".join(read)]
    if form == "standard":
        assert all(says[language][0] in side for side in read[1:])


# ---------------------------------------------------------------- large print


@every_person
@every_language
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_large_print_has_no_letter_under_eighteen_points_but_in_studies_and_foot(
    person: str, language: Language, paper: PaperName
) -> None:
    pdf = printed(person, language, paper, "large").pdf
    assert not "".join(small_letters(pdf, 13.9))
    for small in small_letters(pdf, 17.9):
        assert re.fullmatch(r"((Studies|Estudios):.*2026\.)?(Sheet|Hoja)2026\.11·.{10,20}", small)


@every_person
def test_large_print_tells_all_that_the_standard_sheet_tells(person: str) -> None:
    large = " ".join(pages(printed(person, form="large").pdf))
    plan = noted(person).plan
    assert plan is not None
    for exercise in plan.exercises:
        assert exercise.patient_name["en"] in large
    for words in (
        *(
            "Why work on",
            "What we found",
            "My plan",
            "Each time",
            "My log",
            "How much pain is OK?",
            "GO. Pain 0",
        ),
        *("STOP. Pain over 5.", "Call us at 555-0100 if:", "Get care today if:", "Call 911", "Does it work?"),
        *("How sure are we?", "Say it back in your words", "Under 7? Tell us.", "Evidence last checked"),
    ):
        assert words in large


@every_person
def test_the_pages_that_large_print_names_are_those_on_which_the_things_stand(person: str) -> None:
    sides = pages(printed(person, form="large").pdf)
    safety = next(n for n, words in enumerate(sides, start=1) if "How much pain is OK?" in words)
    assert any(f"Sharp pain? Stop. See page {safety}." in words for words in sides)
    assert sides[-1].endswith(f"Page {len(sides)} of {len(sides)}")
    assert len(sides) % 2 == 0


@every_person
@every_language
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_four_moves_in_large_print_take_twelve_sides_and_five_fourteen(
    person: str, language: Language, paper: PaperName
) -> None:
    plan = noted(person).plan
    assert plan is not None
    assert len(pages(printed(person, language, paper, "large").pdf)) <= (
        12 if len(plan.exercises) < 5 else 14
    )


def test_the_log_in_large_print_has_all_weeks_where_they_cost_no_leaf_and_four_where_they_do() -> None:
    three = noted("ex1")
    assert three.plan is not None
    three = three.model_copy(
        update={"plan": three.plan.model_copy(update={"exercises": three.plan.exercises[:3]})}
    )
    for note, last in ((three, 6), (noted("ex1"), 4)):
        words = " ".join(pages(make_handout(note, form="large").pdf))
        assert re.findall(r"Week (\d)", words) == [str(week) for week in range(1, last + 1)]


@every_language
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_every_exercise_has_room_on_a_side_of_large_print(language: Language, paper: PaperName) -> None:
    note, content = noted("ex1"), load_content()
    assert note.plan is not None
    like = note.plan.exercises[0]
    every = [
        like.model_copy(
            update={
                "id": each.id,
                "patient_name": each.patient_name.model_dump(),
                "steps": each.steps.model_dump(),
                "feel": each.feel.model_dump(),
                **{
                    way: content.exercises[other].patient_name.model_dump()
                    for way, other in (("easier", each.easier), ("harder", each.harder))
                    if other
                },
            }
        )
        for each in content.exercises.values()
    ]
    for first in range(0, len(every), 6):
        some = tuple(every[first : first + 6])
        plan = note.plan.model_copy(update={"exercises": some})
        words = " ".join(
            pages(handout_pdf(note.model_copy(update={"plan": plan}), language, paper, form="large"))
        )
        for exercise in some:
            assert all(look.printable(step) in words for step in exercise.steps[language] if "{" not in step)


def test_large_print_keeps_the_same_bytes_and_names_the_sheet_it_replaces() -> None:
    note = noted("ex1")
    made = handout_pdf(note, form="large", replaces=date(2026, 2, 2))
    assert made == handout_pdf(note, form="large", replaces=date(2026, 2, 2))
    assert "Replaces the sheet of February 2, 2026" in pages(made)[0]


# ---------------------------------------------------------------- moves only


@every_person
@every_language
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_the_moves_alone_fit_on_one_side_with_dose_and_pain_rules(
    person: str, language: Language, paper: PaperName
) -> None:
    (side,) = pages(printed(person, language, paper, "moves").pdf)
    plan = noted(person).plan
    assert plan is not None
    for exercise in plan.exercises:
        assert exercise.patient_name[language] in side
    assert ("STOP. Pain over 5." if language == "en" else "PARE. Dolor de más de 5.") in side
    assert "555-0100" in side


def test_four_moves_have_their_steps_and_more_moves_stand_without() -> None:
    (four,), (five,) = (pages(printed(person, form="moves").pdf) for person in ("ex1", "ex2"))
    assert "Lie on your good side. Bend the bottom knee." in four
    assert "Feel it in" not in four
    assert "1 Put" not in five


# ---------------------------------------------------------------- without the typeface


@pytest.fixture
def without_its_typeface(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(look._FILES, look.BOLD, "no-such-font.ttf")
    forget_fonts()
    yield
    forget_fonts()


def forget_fonts() -> None:
    """As in a program that has just started: ReportLab keeps what it has once registered."""
    look.register_fonts.cache_clear()
    for name in look._FILES:
        pdfmetrics._fonts.pop(name, None)


@pytest.mark.usefixtures("without_its_typeface")
@pytest.mark.parametrize("language", ["en", "es"])
def test_without_its_typeface_a_plain_sheet_has_the_right_words_and_says_so(language: Language) -> None:
    made = make_handout(noted("ex1"), language)
    assert made.plain
    words = " ".join(pages(made.pdf))
    for said in (
        ("GO. Pain 0 to 3.", "Call 911") if language == "en" else ("SIGA. Dolor de 0 a 3.", "Llame al 911")
    ):
        assert said in words
    assert made.pdf.count(b"/FontFile2") == 2
    assert b"Helvetica" not in made.pdf


@pytest.mark.usefixtures("without_its_typeface")
def test_without_any_typeface_nothing_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(look._STAND_INS, look.BOLD, "no-such-font.ttf")
    with pytest.raises(DocumentError, match="Install EvalAssist again"):
        handout_pdf(noted("ex1"))

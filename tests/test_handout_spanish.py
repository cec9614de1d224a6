"""The patient's sheet in Spanish: its texts beside the English ones, and the pages as a patient reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from string import Formatter

import pypdfium2
import pytest

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.content import load_content, patient_texts
from evalassist.content.patient_texts import PatientText, load_patient_texts, reviews, unreviewed
from evalassist.content.schema import Reviewed
from evalassist.documents import handout_pdf, look
from evalassist.documents.look import PaperName
from evalassist.errors import DocumentError
from evalassist.note import Clinic, Note
from evalassist.noting import note_of
from evalassist.reading import LONGEST_SENTENCE, reading_of
from evalassist.sheet_checks import sheet_findings

CASES = Path(__file__).parent / "cases"
TEXTS = load_patient_texts().texts
CONTENT = load_content()
CLINIC = Clinic(
    name="Harbor Physical Therapy", phone="555-0100", address="", therapist="A. Chen", licence="PT"
)
PEOPLE: dict[str, tuple[str, int, int]] = {
    "EX1": ("ex1", 0, 4),
    "EX2": ("ex2", 0, 6),
    "patient B": ("patient-b", 0, 4),
    "teen": ("ex3", 0, 4),
    "older": ("ex1", 1955, 4),
}
"""Case, another year of birth, and the number of sides."""
BOTH_SORE = ("patient B", "teen")


@pytest.fixture(scope="module")
def note_for() -> Callable[[str], Note]:
    @lru_cache
    def made(person: str) -> Note:
        case, year, _ = PEOPLE[person]
        evaluation = read_case(CASES / f"{case}.toml", CONTENT)
        if year:
            born = date(year, 1, 15)
            evaluation = replace(evaluation, patient=replace(evaluation.patient, birth_date=born))
        assessment = assess(evaluation, CONTENT)
        plan = plan_of_care(evaluation, assessment, CONTENT)
        return note_of(evaluation, CONTENT, assessment, plan, CLINIC)

    return made


@pytest.fixture(scope="module")
def sides_for(note_for: Callable[[str], Note]) -> Callable[..., list[str]]:
    """The words of each side of a person's sheet."""

    @lru_cache
    def read(person: str, paper: PaperName = "letter") -> list[str]:
        return sides(handout_pdf(note_for(person), "es", paper))

    return read


def sides(pdf: bytes) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(pdf)]


def changed(note: Note, **sheet: object) -> Note:
    assert note.sheet is not None
    return note.model_copy(update={"sheet": note.sheet.model_copy(update=sheet)})


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def plain(text: str | None) -> str:
    """A text as it is read: without markup, its slots filled with a word."""
    return re.sub(r"\{\w+\}", "uno", re.sub(r"</?b>", "", text or ""))


# ---------------------------------------------------------------- the texts


def test_every_text_exists_in_both_languages_with_the_same_slots_lines_and_bold() -> None:
    assert load_patient_texts().missing_in("es") == ()
    for key, text in TEXTS.items():
        assert text.es, key
        assert slots(text.es) == slots(text.en), key
        assert text.es.count("<b>") == text.en.count("<b>"), key
        assert text.es.count("\n\n") == text.en.count("\n\n"), key


def test_the_form_for_one_thing_differs_wherever_it_does_in_english() -> None:
    ones = [key for key in TEXTS if key.endswith("_one")]
    assert len(ones) >= 19
    for key in ones:
        assert TEXTS[key].es != TEXTS[key.removesuffix("_one")].es, key


def test_no_sentence_of_either_language_is_longer_than_a_reader_follows() -> None:
    for key, text in TEXTS.items():
        for words in (text.en, text.es):
            found = reading_of([plain(words)], "en")
            assert found is None or found.longest_words <= LONGEST_SENTENCE, key


def test_the_sheet_says_usted_and_never_tu() -> None:
    """One register on the whole sheet, teens too."""
    familiar = re.compile(r"\b(tú|tu|tus|te|ti|contigo|haz|tienes|puedes|debes|siéntate)\b", re.IGNORECASE)
    for key, text in TEXTS.items():
        assert not familiar.search(text.es or ""), key


def test_a_question_or_cry_opens_with_its_sign() -> None:
    for key, text in TEXTS.items():
        assert (text.es or "").count("?") == (text.es or "").count("¿"), key


def test_every_count_in_words_of_an_exercise_is_known() -> None:
    counts = {text.en for key, text in TEXTS.items() if key.startswith("count_")}
    said = {
        words.partition(",")[0]
        for each in load_content().exercises.values()
        if (words := each.dose.reps_text)
    }
    assert {words for words in said if re.search("[a-z]", words)} == counts


def test_every_step_of_load_is_known() -> None:
    known = {text.en for key, text in TEXTS.items() if key.startswith("load_")}
    assert {step.says for step in CONTENT.follow_up.steps if step.says} == known


def test_a_text_is_a_draft_until_a_translator_approves_it() -> None:
    assert PatientText(en="Start", es="Inicio").reviewed is None
    drafts = unreviewed(CONTENT.exercises, ["HA01"])
    assert ("Emergency room", "Sala de emergencias") in drafts
    assert CONTENT.exercises["HA01"].patient_name.en in dict(drafts)
    approved = Reviewed(by="R. Vega", on=date(2027, 1, 14))
    name = CONTENT.exercises["HA01"].patient_name.model_copy(update={"reviewed": approved})
    reviewed = CONTENT.exercises["HA01"].model_copy(update={"patient_name": name})
    less = unreviewed({**CONTENT.exercises, "HA01": reviewed}, ["HA01"])
    assert set(drafts) - set(less) == {(name.en, name.es)}
    assert reviews(CONTENT.exercises, ["HA01"]) == ()
    assert reviews({**CONTENT.exercises, "HA01": reviewed}, ["HA01"]) == (approved,)


def test_who_reviewed_the_spanish_and_when_is_told_on_the_page(
    note_for: Callable[[str], Note], monkeypatch: pytest.MonkeyPatch
) -> None:
    approved = {"reviewed": Reviewed(by="R. Vega", on=date(2027, 1, 14))}
    parts = ("patient_name", "steps", "steps_both", "feel")
    exercises = {
        key: each.model_copy(
            update={part: said.model_copy(update=approved) for part in parts if (said := getattr(each, part))}
        )
        for key, each in CONTENT.exercises.items()
    }

    def told() -> tuple[str, str]:
        content, day = replace(CONTENT, exercises=exercises), date(2026, 3, 2)
        found = sheet_findings(note_for("EX1"), content, today=day, lacks=look.lacks, language="es")
        return next((each.says, each.detail) for each in found if each.about == "draft")

    says, detail = told()
    assert says == "The Spanish is a draft"
    assert detail.endswith("The others were reviewed by R. Vega, January 14, 2027.")
    texts = {key: text.model_copy(update=approved) for key, text in TEXTS.items()}
    whole = load_patient_texts().model_copy(update={"texts": texts})
    monkeypatch.setattr(patient_texts, "load_patient_texts", lambda: whole)
    assert told() == ("The Spanish is reviewed", "By R. Vega, January 14, 2027.")


# ---------------------------------------------------------------- the sheet


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_the_sheet_has_its_sides_and_nothing_is_cut(
    sides_for: Callable[..., list[str]], note_for: Callable[[str], Note], person: str, paper: PaperName
) -> None:
    read = sides_for(person, paper)
    pages = PEOPLE[person][2]
    assert len(read) == pages
    assert f"Página {pages} de {pages}" in read[-1]
    assert f"¿Dolor agudo? Pare. Página {pages}." in read[1]
    texts = " ".join(read)
    assert "…" not in texts
    plan = note_for(person).plan
    assert plan is not None
    for each in plan.exercises:
        assert each.patient_name["es"] in texts


def test_the_same_note_gives_the_same_spanish_bytes(note_for: Callable[[str], Note]) -> None:
    pdf = handout_pdf(note_for("EX1"), "es")
    assert pdf == handout_pdf(note_for("EX1"), "es")
    assert b"es-US" in pdf
    assert pypdfium2.PdfDocument(pdf).get_metadata_dict()["Title"] == "Su rodilla y su cadera"


@pytest.mark.parametrize("person", PEOPLE)
def test_no_english_text_of_the_sheet_is_left(sides_for: Callable[..., list[str]], person: str) -> None:
    read = " ".join(sides_for(person))
    for key, text in TEXTS.items():
        for line in plain(text.en).split("\n"):
            if len(line.split()) >= 3 and "uno" not in line:
                assert line not in read, key


def test_the_worked_example_says_in_spanish_what_it_says_in_english(
    sides_for: Callable[..., list[str]],
) -> None:
    why, moves, log, safety = sides_for("EX1")
    for words in (
        "Le duele la rodilla. ¿Por qué trabajar la cadera?",
        "Ejercitar la cadera y la rodilla juntas puede bajar el dolor.",
        "Su cadera derecha empujó con menos fuerza que la izquierda.",
        "Si la izquierda es 100, la derecha es 82. Eso es 18% menos.",
        "Le haremos otra prueba el 30 de marzo.",
        "Los estudios no han mostrado que la cadera débil venga primero.",
    ):
        assert words in why
    assert "Haga sus 4 ejercicios 3 días por semana. Toma unos 25 minutos. Siga 6 semanas o más." in moves
    assert "Semana 6" in log
    for words in ("Dolor de 0 a 3", "Dolor de 4 a 5", "Dolor de más de 5", "3.3", "probable: 0.8 a 2.3"):
        assert words in safety
    assert "2 de marzo de 2026" in safety


def test_when_to_go_where_is_told_whole(sides_for: Callable[..., list[str]]) -> None:
    for person in PEOPLE:
        safety = sides_for(person)[-1]
        la = "una" if person in BOTH_SORE else "la"
        for words in (
            f"Sala de emergencias si {la} rodilla está caliente y roja, o si tiene fiebre.",
            "Llame al 911",
            "si tiene dolor de pecho, falta de aire, ingle dormida o problemas nuevos de vejiga o intestino.",
            f"No puede apoyar {la} pierna.",
            f"{la.capitalize()} rodilla se traba y no se mueve.",
            f"{la.capitalize()} pantorrilla se hincha y duele.",
            f"Se lesionó y {la} rodilla sonó o se hinchó rápido.",
            "Tiene dolor de noche que no se calma.",
        ):
            assert words in safety
        limp = "Busque atención hoy mismo si cojea o si le duele la cadera, la ingle o el muslo."
        assert (limp in safety) == (person == "teen")


def test_a_teen_on_the_ladder_and_an_older_adult_get_their_words(
    sides_for: Callable[..., list[str]],
) -> None:
    teen, older = " ".join(sides_for("teen")), " ".join(sides_for("older"))
    assert "Mi escalera de actividad hasta el 30 de marzo" in teen
    assert "Empiece el 30 de marzo: página 2" in teen
    assert "Muestre esta hoja a su entrenador y a sus padres." in teen
    assert "Llámenos si siente mareo." in older
    assert "La mayoría en estos estudios era más joven." in older


def test_a_date_of_another_year_says_its_year(note_for: Callable[[str], Note]) -> None:
    later = changed(note_for("EX1"), retest_date=date(2027, 1, 4), goal="", goal_date=None)
    assert "Le haremos otra prueba el 4 de enero de 2027." in sides(handout_pdf(later, "es"))[0]


def test_one_move_is_one_move_in_spanish(note_for: Callable[[str], Note]) -> None:
    note = changed(note_for("EX1"), weeks=1)
    assert note.plan is not None
    once = note.plan.exercises[0].model_copy(update={"days_per_week": 1})
    plan = note.plan.model_copy(update={"exercises": (once,)})
    read = " ".join(sides(handout_pdf(note.model_copy(update={"plan": plan}), "es")))
    for words in (
        "Haga su ejercicio 1 día por semana.",
        "Siga 1 semana o más.",
        "Este ejercicio puede bajar el dolor alrededor de la rótula.",
        "Si no lo hago un día, lo haré al día siguiente.",
        "¿Cuándo va a hacer su ejercicio?",
    ):
        assert words in read
    assert "sus ejercicios" not in read


def test_steps_are_counted_in_steps_in_spanish(note_for: Callable[[str], Note]) -> None:
    note = note_for("EX1")
    assert note.plan is not None
    first, *rest = note.plan.exercises

    def sheet(reps_text: str) -> str:
        counted = (first.model_copy(update={"reps_text": reps_text, "hold_s": 0}), *rest)
        plan = note.plan.model_copy(update={"exercises": counted}) if note.plan else None
        return sides(handout_pdf(note.model_copy(update={"plan": plan}), "es"))[1]

    assert "3 series 10 pasos hacia cada lado" in sheet("10 steps each way")
    assert "30-15-15-15" in sheet("30-15-15-15")
    with pytest.raises(DocumentError, match="'10 hops' do not exist in Spanish"):
        sheet("10 hops")


@pytest.mark.parametrize("person", ["EX1", "EX2", "patient B"])
def test_words_keep_clear_of_each_other_and_of_the_margin(
    note_for: Callable[[str], Note], person: str
) -> None:
    """The right, the left and both knees: the figure's words stand on the other side for a left knee."""
    document = pypdfium2.PdfDocument(handout_pdf(note_for(person), "es"))
    for page in document:
        dark = page.render(scale=1, grayscale=True).to_pil().point(lambda grey: 255 if grey < 250 else 0)
        left, _, right, _ = dark.getbbox()
        assert left >= 40
        assert right <= 612 - 40
    last = document[len(document) - 1].get_textpage()
    for sign, sentence in (("PARE", "O dolor agudo"), ("Dolor de más de 5", "O dolor agudo")):
        assert edge(last, sign, right=True) + 4 <= edge(last, sentence)


def edge(page: pypdfium2.PdfTextPage, words: str, right: bool = False) -> float:
    """Where words begin on a page, or end, in points from its left."""
    first, count = page.search(words).get_next()
    box = page.get_charbox(first + count - 1 if right else first)
    return float(box[2] if right else box[0])


@pytest.mark.parametrize("person", PEOPLE)
def test_a_latex_free_band_is_asked_for_on_as_many_sides(
    person: str, note_for: Callable[[str], Note]
) -> None:
    read = sides(handout_pdf(changed(note_for(person), latex_free=True), "es"))
    assert "Use una banda sin látex." in read[1]
    assert len(read) == PEOPLE[person][2]

"""The Spanish of the exercises as a patient reads it: complete, short, polite, one word for one thing."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from string import Formatter
from typing import Any

import pytest
from pydantic import ValidationError

from evalassist.clinical.edits import DOSE_LIMITS
from evalassist.content import load_content
from evalassist.content.schema import Exercise, Reviewed, Steps, Text
from evalassist.documents import look
from evalassist.documents.handout_safety import STOP_OVER

EXERCISES = load_content().exercises
every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)

APPROVED = Reviewed(by="R. Vega", on=date(2027, 1, 14))
ROOM = 332.0
"""Points for a step on one line of a card, on Letter paper."""
GLOSSARY = {
    r"knees?": "rodilla",
    r"hips?": "cadera",
    r"kneecap": "rótula",
    r"thighs?": "muslo",
    r"calf|calves": "pantorrilla",
    r"buttocks?": "glúteo",
    r"heels?": "tal[oó]n",
    r"ankles?": "tobillo",
    r"foot|feet": "pies?",
    r"waist": "cintura",
    r"forearms?": "antebrazo",
    r"arch": "arco",
    r"bands?": "banda",
    r"strap": "correa",
    r"belt": "cinturón",
    r"weight": "pesa",
    r"towels?": "toalla",
    r"pillow": "almohada",
    r"ball": "pelota",
    r"cushion|pad": "cojín",
    r"mat": "colchoneta",
    r"(?<!leg of a firm )chair": "silla",
    r"counter": "mueble",
    r"rail": "barandal",
    r"low step|step-up|down to the front": "escal[oó]n",
    r"wall": "pared",
    r"floor": "piso",
    r"box": "cajón",
    r"bench": "banco",
    r"machine": "máquina",
    r"treadmill": "caminadora",
    r"ceiling": "techo",
    r"good side": "lado sano",
    r"standing leg|your standing knee|you stand on": "de apoyo",
    r"squat": "sentadilla",
    r"bridge": "puente",
    r"plank": "plancha",
    r"clamshell": "almeja",
    r"therapist": "fisioterapeuta",
    r"clinic": "clínica",
    r"pain": "dolor",
}
"""English words and the one word that stands for them in Spanish."""

OTHER_WORDS = (
    *("liga", "elástico", "peldaño", "grada", "suelo", "nalgas", "pompas", "encimera", "tapete", "tumbona"),
    *("pasamanos", "baranda", "terapeuta", "terapista", "cadereo", "patela", "pierna buena", "repeticiones"),
)
"""Words for the same things that other sheets use; here each thing has one name."""

ENGLISH = {
    "the",
    "your",
    "you",
    "knee",
    "hip",
    "leg",
    "and",
    "with",
    "hold",
    "for",
    "seconds",
    "lift",
    "slowly",
}
FAMILIAR = {"tú", "tu", "tus", "ti", "contigo", "vos", "acuéstate", "siéntate", "párate", "ponte", "dobla"}
"""A sheet says usted; these forms would say tú."""


def spanish_steps(exercise: Exercise) -> Iterator[str]:
    for form in forms(exercise):
        yield from form.es or ()


def forms(exercise: Exercise) -> list[Steps]:
    return [exercise.steps] + ([exercise.steps_both] if exercise.steps_both else [])


def card(exercise: Exercise, language: str) -> str:
    """All that the patient reads of an exercise in one language."""
    steps = [step for form in forms(exercise) for step in (form.es if language == "es" else form.en) or ()]
    texts = (exercise.patient_name, exercise.feel)
    return "\n".join([*(text.in_language(language) or "" for text in texts), *steps])


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", re.sub(r"\{\w+\}", "", text.lower())))


def slots(step: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(step) if name]


@every_exercise
def test_every_english_text_has_its_spanish(exercise: Exercise) -> None:
    assert exercise.patient_name.es
    assert exercise.feel.es
    for form in forms(exercise):
        assert form.es is not None
        assert len(form.es) == len(form.en)
        assert [slots(step) for step in form.es] == [slots(step) for step in form.en]


def test_spanish_is_a_draft_until_its_file_says_that_a_translator_approved_it() -> None:
    assert Text(en="Bridge", es="El puente").reviewed is None
    approved: Any = {"by": "R. Vega", "on": "2027-01-14"}
    assert Steps(en=("Pause.",), es=("Haga una pausa.",), reviewed=approved).reviewed == APPROVED
    for half in ({"by": "R. Vega"}, {"on": "2027-01-14"}, {"by": "", "on": "2027-01-14"}):
        with pytest.raises(ValidationError):
            Reviewed.model_validate(half)


@every_exercise
def test_a_step_fits_on_its_line_whatever_the_dose(exercise: Exercise) -> None:
    longest = {"hold": DOSE_LIMITS["hold_s"][1], "times": DOSE_LIMITS["reps"][1]}
    steps = [step.format(**longest) for form in forms(exercise) for step in (*form.en, *(form.es or ()))]
    assert [step for step in steps if look.text_width(step, look.REGULAR, 13) > ROOM] == []
    assert [step for step in spanish_steps(exercise) if len(step.format(**longest)) > 56] == []


@every_exercise
def test_a_name_is_short_enough_for_the_card_and_whole_in_the_log(exercise: Exercise) -> None:
    name = exercise.patient_name.es or ""
    assert len(name) <= 46
    assert look.text_width(name, look.REGULAR, 10) <= 119, "the log would cut it"


def test_no_two_exercises_have_the_same_name() -> None:
    names = [exercise.patient_name.es for exercise in EXERCISES.values()]
    assert len(set(names)) == len(names) == 64


@every_exercise
def test_a_hold_is_said_so_that_one_second_can_be_said_too(exercise: Exercise) -> None:
    """The sheet turns "segundos" into "segundo" after a one, and leaves the sentence out without a hold."""
    for step in spanish_steps(exercise):
        for sentence in re.findall(r"[^.]*\{hold\}[^.]*\.", step):
            assert sentence.strip() in ("Sostenga {hold} segundos.", "No se mueva por {hold} segundos.")


@every_exercise
def test_no_english_word_is_left_and_nobody_is_called_tu(exercise: Exercise) -> None:
    assert words(card(exercise, "es")) & (ENGLISH | FAMILIAR) == set()


@every_exercise
def test_a_step_is_whole_sentences_with_their_marks(exercise: Exercise) -> None:
    for step in spanish_steps(exercise):
        assert re.fullmatch(r"([A-ZÁÉÍÓÚÑ¿¡][^.?!]*[.?!] ?)+", step), step
        assert step.count("?") == step.count("¿")
        assert step.count("!") == step.count("¡")


@every_exercise
def test_where_it_is_felt_reads_on_after_lo_siente_en(exercise: Exercise) -> None:
    assert re.match(r"(el|la|los|las|lo) [^.]+$", exercise.feel.es or "")


def test_the_same_english_step_is_the_same_spanish_step() -> None:
    told = defaultdict(set)
    for exercise in EXERCISES.values():
        for form in forms(exercise):
            for english, spanish in zip(form.en, form.es or (), strict=True):
                told[english].add(spanish)
        told[exercise.feel.en].add(exercise.feel.es or "")
    assert {english: spanish for english, spanish in told.items() if len(spanish) > 1} == {}


@every_exercise
def test_one_thing_has_one_name(exercise: Exercise) -> None:
    said = [word for word in GLOSSARY if re.search(rf"(?i)\b({word})\b", card(exercise, "en"))]
    assert [word for word in said if not re.search(rf"(?i){GLOSSARY[word]}", card(exercise, "es"))] == []


@every_exercise
def test_no_other_word_stands_for_it(exercise: Exercise) -> None:
    assert not re.search(rf"(?i)\b({'|'.join(OTHER_WORDS)})\b", card(exercise, "es"))


def test_every_word_of_the_glossary_is_met() -> None:
    english = "\n".join(card(exercise, "en") for exercise in EXERCISES.values())
    assert [word for word in GLOSSARY if not re.search(rf"(?i)\b({word})\b", english)] == []


@every_exercise
def test_a_step_names_no_other_limit_of_pain_than_the_sheet(exercise: Exercise) -> None:
    """The sheet stops over 5; running is kept at 2 or less."""
    limit = 2 if exercise.region == "running" else STOP_OVER
    for language, over in (("en", r"over (\d+)"), ("es", r"pasa de (\d+)")):
        text = card(exercise, language)
        assert set(re.findall(over, text)) <= {str(limit)}
        assert not re.search(r"\blimit|\blímite", text)
    assert len(re.findall(r"over \d", card(exercise, "en"))) == len(
        re.findall(r"pasa de \d", card(exercise, "es"))
    )

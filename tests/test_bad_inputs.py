"""The 45 bad inputs of the patient's sheet: each prints something safe and whole, or is refused with a plain reason.

`ROWS` says for each row which tests hold it; those of this file are named after what the sheet does.
"""

from __future__ import annotations

import ast
import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from evalassist import cli, resources
from evalassist.answers import ImplausibleError, parse_answer
from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.edits import DOSE_LIMITS
from evalassist.clinical.plan import plan_of_care
from evalassist.content import Content, load_content
from evalassist.content.patient_texts import load_patient_texts
from evalassist.documents import gray_page_pdf, handout_pdf, lacks, not_drawn, pictures
from evalassist.documents.look import PaperName
from evalassist.errors import DocumentError, EvalAssistError
from evalassist.evaluation import Evaluation, PlanEdit, StrengthTest
from evalassist.note import Clinic, Language, Note, NoteExercise, SheetForm
from evalassist.noting import note_of
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from evalassist.sheet_checks import SheetFinding, sheet_findings, why_refused
from ui import style
from ui.dialogs.preferences import PreferencesDialog
from ui.pages.handout import HandoutPage
from ui.pages.plan import PlanPage
from ui.session import EvaluationSession
from ui.widgets.exercise_card import ExerciseCard

KEYS = new_keys()

HERE = "test_bad_inputs"
ROWS: dict[int, tuple[str, ...]] = {
    1: ("test_handout::test_names_without_end_are_cut",),
    2: (f"{HERE}::test_letters_with_signs_are_printed_as_they_are",),
    3: (
        f"{HERE}::test_what_the_font_cannot_show_is_a_line_to_write_on_and_is_told",
        "test_handout::test_a_name_the_font_lacks_becomes_a_line_to_write_on",
    ),
    4: ("test_handout::test_what_people_type_is_never_markup_and_never_hides",),
    5: ("test_handout::test_what_people_type_is_never_markup_and_never_hides",),
    6: (
        "test_handout::test_without_a_phone_there_is_a_line_for_it",
        f"{HERE}::test_a_phone_that_is_missing_too_long_or_not_whole_is_told",
    ),
    7: (f"{HERE}::test_a_phone_that_is_missing_too_long_or_not_whole_is_told",),
    8: (
        "test_logo::test_a_huge_picture_becomes_a_small_gray_one_that_keeps_its_shape",
        "test_logo::test_a_file_that_cannot_be_a_logo_is_told_in_a_sentence",
    ),
    9: ("test_logo::test_a_very_wide_or_tall_logo_is_never_stretched",),
    10: (
        f"{HERE}::test_without_exercises_the_pages_that_say_why_can_be_printed",
        f"{HERE}::test_the_page_offers_the_pages_without_moves",
    ),
    11: ("test_handout::test_one_move_is_spoken_of_as_one_on_every_side",),
    12: ("test_handout::test_five_moves_fit_on_four_sides_and_more_take_a_leaf",),
    13: (f"{HERE}::test_six_to_eight_moves_are_told_with_what_studies_say",),
    14: (
        "test_handout::test_nine_moves_are_refused_in_plain_words",
        f"{HERE}::test_nine_moves_are_refused_and_told",
    ),
    15: (
        f"{HERE}::test_moves_for_the_hip_alone_or_the_knee_alone_are_asked_about",
        "test_handout::test_a_plan_without_knee_moves_does_not_promise_hip_and_knee",
    ),
    16: (f"{HERE}::test_a_move_without_sets_and_times_keeps_the_sheet_back",),
    17: (
        f"{HERE}::test_a_dose_that_cannot_be_meant_keeps_the_sheet_back",
        f"{HERE}::test_the_steppers_go_as_far_as_a_dose_may",
    ),
    18: (f"{HERE}::test_a_session_over_forty_minutes_is_told",),
    19: (
        f"{HERE}::test_a_strength_entry_that_cannot_be_compared_gives_no_percentage",
        f"{HERE}::test_a_difference_over_sixty_percent_is_an_entry_to_check",
    ),
    20: (f"{HERE}::test_three_percent_is_about_the_same",),
    21: ("test_handout::test_the_sheet_says_what_was_found",),
    22: ("test_handout::test_two_sore_knees_have_their_own_words",),
    23: ("test_handout::test_a_test_that_hurt_gives_no_percentage",),
    24: ("test_handout::test_a_visit_without_a_plan_has_no_sheet",),
    25: (f"{HERE}::test_a_patient_without_a_birth_date_cannot_be_entered",),
    26: (
        f"{HERE}::test_under_twelve_there_is_no_sheet_until_it_is_confirmed",
        f"{HERE}::test_over_ninety_large_print_is_suggested",
    ),
    27: (f"{HERE}::test_surgery_pregnancy_or_a_clot_ask_for_a_line_of_the_therapists",),
    28: (f"{HERE}::test_a_goal_is_short_and_shows_how_hard_it_is_to_read",),
    29: (f"{HERE}::test_the_therapists_note_stands_on_the_side_of_the_log",),
    30: (f"{HERE}::test_a_retest_in_the_past_is_told_and_a_missing_one_is_a_line",),
    31: ("test_handout::test_a_sheet_is_refused_while_an_exercise_lacks_a_part_in_its_language",),
    32: ("test_handout_spanish::test_the_sheet_has_its_sides_and_nothing_is_cut",),
    33: (f"{HERE}::test_a_picture_that_cannot_be_read_is_a_frame_in_the_log_and_told",),
    34: (
        "test_handout_forms::test_without_its_typeface_a_plain_sheet_has_the_right_words_and_says_so",
        "test_handout_forms::test_without_any_typeface_nothing_is_printed",
    ),
    35: ("test_printing::test_a_printer_that_holds_a4_gets_a_sheet_laid_out_for_a4",),
    36: (f"{HERE}::test_no_text_asks_to_turn_the_page_over",),
    37: (f"{HERE}::test_a_test_page_shows_whether_the_printer_keeps_the_grays",),
    38: (f"{HERE}::test_large_print_of_five_moves_is_told",),
    39: ("test_printing::test_a_sheet_is_printed_again_as_it_was_though_the_plan_has_changed",),
    40: (f"{HERE}::test_months_are_words_and_points_are_points",),
    41: (f"{HERE}::test_months_are_words_and_points_are_points",),
    42: ("test_printing::test_a_changed_plan_gives_a_sheet_that_says_which_one_it_replaces",),
    43: (
        "test_printing::test_a_file_is_replaced_whole_or_not_at_all",
        "test_pages::test_a_sheet_that_cannot_be_saved_is_told_plainly",
    ),
    44: (f"{HERE}::test_the_sheet_names_the_one_clinic_of_this_installation",),
    45: (f"{HERE}::test_a_therapist_without_a_name_is_your_physical_therapist",),
}
CASES = Path(__file__).parent / "cases"
CLINIC = Clinic(name="Harbor Physical Therapy", phone="555-0100", therapist="A. Chen", licence="PT")
VISIT = date(2026, 3, 2)
SIX = ("HA01", "QC01", "HE01", "QO02", "HX01", "QC02")
EIGHT = (*SIX, "FL03", "HE05")

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_every_row_has_its_tests() -> None:
    assert list(ROWS) == list(range(1, 46))
    for row, tests in ROWS.items():
        for name in tests:
            file, _, test = name.partition("::")
            assert test in names_in(file), f"row {row}: {name} is gone"


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((Path(__file__).parent / f"{file}.py").read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


# ---------------------------------------------------------------- what the tests are made of


@pytest.fixture(scope="module")
def ex1(content: Content) -> Evaluation:
    return read_case(CASES / "ex1.toml", content)


@pytest.fixture(scope="module")
def noted(content: Content) -> Callable[..., Note]:
    """The note of an evaluation, or of the first worked example."""

    def made(evaluation: Evaluation | None = None, **clinic: str) -> Note:
        evaluation = evaluation or read_case(CASES / "ex1.toml", content)
        assessment = assess(evaluation, content)
        plan = plan_of_care(evaluation, assessment, content)
        return note_of(evaluation, content, assessment, plan, CLINIC.model_copy(update=clinic))

    return made


@pytest.fixture(scope="module")
def note(noted: Callable[..., Note]) -> Note:
    return noted()


def sheet_of(note: Note, **changes: Any) -> Note:
    assert note.sheet is not None
    return note.model_copy(update={"sheet": note.sheet.model_copy(update=changes)})


def plan_of(note: Note, *exercises: NoteExercise, **changes: Any) -> Note:
    assert note.plan is not None
    given = {"exercises": exercises} if exercises else {}
    return note.model_copy(update={"plan": note.plan.model_copy(update=given | changes)})


def moves(note: Note) -> tuple[NoteExercise, ...]:
    assert note.plan is not None
    return note.plan.exercises


def dosed(note: Note, **dose: Any) -> Note:
    first, *others = moves(note)
    return plan_of(note, first.model_copy(update=dose), *others)


def by_hand(ex1: Evaluation, ids: tuple[str, ...], reason: str = "the patient asked for it") -> Evaluation:
    """The example with these exercises and no others."""
    taken = [PlanEdit("drop", each, reason="pain") for each in ("HA01", "QC01", "HE01", "HX01")]
    return ex1.with_plan_edit(*taken, *(PlanEdit("add", each, reason=reason) for each in ids))


def found(note: Note, **asked: Any) -> dict[str, SheetFinding]:
    """What a therapist is told, by its first words."""
    given: dict[str, Any] = {"today": VISIT, "lacks": lacks, **asked}
    every = sheet_findings(note, load_content(), **given)
    return {finding.says: finding for finding in every}


def sides(pdf: bytes) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(pdf)]


def words_in(note: Note, language: Any = "en", **asked: Any) -> str:
    return " ".join(sides(handout_pdf(note, language, **asked)))


@pytest.fixture
def open_page(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, content: Content
) -> Iterator[Callable[..., HandoutPage]]:
    style.apply_style(qapp)
    with Store(tmp_path / "records.db", KEYS) as store:

        def opened(evaluation: Evaluation, kind: type[Any] = HandoutPage, **settings: Any) -> Any:
            store.save(evaluation)
            chosen = Settings(therapist_name="A. Chen, PT", clinic_phone="555-0100").model_copy(
                update=settings
            )
            page = kind(EvaluationSession(evaluation, content, store, chosen))
            qtbot.addWidget(page)
            page.resize(1140, 900)
            with qtbot.waitExposed(page):
                page.show()
            return page

        yield opened
    style.apply_style(qapp)


def reads(page: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def press(page: QWidget, words: str) -> None:
    QApplication.processEvents()
    (button,) = [b for b in page.findChildren(QAbstractButton) if b.isVisible() and b.text() == words]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


# ---------------------------------------------------------------- names, phone, clinic


@pytest.mark.parametrize("name", ["Muñoz", "Łukasz", "Nguyễn", "Oğuz"])
def test_letters_with_signs_are_printed_as_they_are(note: Note, name: str) -> None:
    """Row 2."""
    named = note.model_copy(update={"patient_name": name})
    assert name in words_in(named, name="first")
    assert not any("cannot be printed" in says for says in found(named, name="first"))


def test_what_the_font_cannot_show_is_a_line_to_write_on_and_is_told(note: Note) -> None:
    """Row 3."""
    told = found(sheet_of(note, goal="登山"))
    assert told["The goal cannot be printed"].detail == (
        "The sheet's font has no sign for 山 登. A line to write on is printed in its place."
    )
    assert "My goal: My time:" in words_in(sheet_of(note, goal="登山"))
    foreign = note.model_copy(
        update={"patient_name": "王芳", "clinic": CLINIC.model_copy(update={"name": "مركز"})}
    )
    told = found(foreign, name="first")
    assert "The patient's name cannot be printed" in told
    assert "The clinic's name cannot be printed" in told
    assert "The patient's name cannot be printed" not in found(foreign)  # it is not asked for on the sheet


def test_a_phone_that_is_missing_too_long_or_not_whole_is_told(note: Note) -> None:
    """Rows 6 and 7."""

    def told(phone: str) -> dict[str, SheetFinding]:
        return found(note.model_copy(update={"clinic": CLINIC.model_copy(update={"phone": phone})}))

    assert "blank line" in told("")["No phone for “Call your clinic”"].detail
    assert told("555-01")["Is the phone whole?"].detail == "“555-01” has fewer than 7 digits."
    long = told("(555) 010-0100 ext. 12345 or so")
    assert "“(555) 010-0100 ext. 1234”" in long["The phone is too long"].detail
    assert "The clinic's phone is on the sheet" not in long
    assert told("555-0100")["The clinic's phone is on the sheet"].severity == "fine"


def test_the_sheet_names_the_one_clinic_of_this_installation(
    ex1: Evaluation, open_page: Callable[..., HandoutPage], qtbot: QtBot
) -> None:
    """Row 44: another clinic is another installation; the pages that are shown name it before they are printed."""
    page = open_page(ex1, clinic_name="Harbor Physical Therapy")
    qtbot.waitUntil(lambda: not page.at_work, timeout=20_000)
    assert page._pdf is not None
    assert all("Harbor Physical Therapy" in side for side in sides(page._pdf))


def test_a_therapist_without_a_name_is_your_physical_therapist(noted: Callable[..., Note]) -> None:
    """Row 45."""
    assert "Your physical therapist" in words_in(noted(therapist="", licence=""))


# ---------------------------------------------------------------- the moves


def test_without_exercises_the_pages_that_say_why_can_be_printed(
    ex1: Evaluation, noted: Callable[..., Note]
) -> None:
    """Row 10."""
    empty = noted(by_hand(ex1, ()))
    assert moves(empty) == ()
    with pytest.raises(DocumentError, match=r"no exercise.*say why"):
        handout_pdf(empty)
    assert found(empty)["No exercise in the plan"].severity == "blocks"
    assert "blocks" not in {finding.severity for finding in found(empty, form="why").values()}
    english, spanish = (sides(handout_pdf(empty, language, form="why")) for language in ("en", "es"))
    assert len(english) == len(spanish) == 2
    assert "Why work on your hip? " in english[0]
    assert "Your moves will come at your next visit." in english[0]
    assert "Sus ejercicios vendrán en su próxima visita." in spanish[0]
    assert "How much pain is OK?" in english[1]
    for unfit in ("0 moves", "My log", "Start on page", "Do this at home", "When will you do"):
        assert unfit not in " ".join(english)


def test_the_page_offers_the_pages_without_moves(
    ex1: Evaluation, open_page: Callable[..., HandoutPage], qtbot: QtBot
) -> None:
    """Row 10."""
    page = open_page(by_hand(ex1, ()))
    assert "no sheet of moves to print" in page.pages.words
    assert not page.print_button.isEnabled()
    press(page, "Show the pages that say why")
    qtbot.waitUntil(lambda: page.pages.page_count == 2, timeout=20_000)
    assert page.print_button.isEnabled()


def test_the_pages_without_moves_look_for_no_picture(
    ex1: Evaluation,
    open_page: Callable[..., HandoutPage],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []

    def seen_not_drawn(_note: Note) -> tuple[str, ...]:
        looked.append(page.form_chosen)
        return ()

    monkeypatch.setattr("ui.pages.handout.not_drawn", seen_not_drawn)
    page = open_page(ex1)
    qtbot.waitUntil(lambda: not page.at_work, timeout=20_000)
    page.form.choose("why")
    qtbot.waitUntil(lambda: not page.at_work and page.pages.page_count == 2, timeout=20_000)
    assert set(looked) == {"standard"}


def test_six_to_eight_moves_are_told_with_what_studies_say(
    ex1: Evaluation, noted: Callable[..., Note]
) -> None:
    """Row 13; decision 4: seven or more only with a reason."""
    six, five = noted(by_hand(ex1, SIX)), noted(by_hand(ex1, SIX[:5]))
    assert found(five)["5 exercises, at most 6 without a reason"].severity == "fine"
    many = found(six)["6 exercises, the most without a reason"]
    assert (many.severity, many.detail) == (
        "look",
        "More than six exercises gave lower adherence than three or fewer "
        "(people with neck or back pain, reported in a secondary source).",
    )
    unexplained = noted(by_hand(ex1, (*SIX, "FL03"), reason=""))
    assert "add it there again with the reason." in why_refused(unexplained)
    assert found(unexplained)["The reason for so many is missing"].severity == "blocks"
    reworded = plan_of(unexplained, warnings=("Say why there are seven.",))
    assert why_refused(reworded) == why_refused(unexplained)
    with pytest.raises(DocumentError, match="need a reason"):
        handout_pdf(reworded)
    seven = noted(by_hand(ex1, (*SIX, "FL03")))
    assert why_refused(seven) == ""
    assert found(seven)["7 exercises are many"].severity == "look"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_more_than_six_moves_alone_flow_on_to_a_second_side(
    ex1: Evaluation, noted: Callable[..., Note], language: Language, paper: PaperName
) -> None:
    six, seven, eight = (noted(by_hand(ex1, ids)) for ids in (SIX, EIGHT[:7], EIGHT))
    assert len(sides(handout_pdf(six, language, paper, form="moves"))) == 1
    stop = {"en": "STOP. Pain over 5.", "es": "PARE. Dolor de más de 5."}[language]
    for many in (seven, eight):
        both = sides(handout_pdf(many, language, paper, form="moves"))
        assert len(both) == 2
        assert all(stop in side for side in both), "whichever side hangs in front says when to stop"
        named = [
            [n for n, one in enumerate(moves(many), 1) if one.patient_name[language] in side] for side in both
        ]
        assert named == [[1, 2, 3, 4], list(range(5, len(moves(many)) + 1))]


def test_nine_moves_are_refused_and_told(ex1: Evaluation, noted: Callable[..., Note]) -> None:
    """Row 14."""
    nine = noted(by_hand(ex1, (*SIX, "FL03", "HE05", "QO01")))
    assert found(nine)["9 exercises are too many"].severity == "blocks"
    with pytest.raises(DocumentError, match="Print one sheet for the first part"):
        handout_pdf(nine)


@pytest.mark.parametrize(("ids", "only"), [(("HA01", "HE01"), "hip"), (("QC01", "QO02"), "knee")])
def test_moves_for_the_hip_alone_or_the_knee_alone_are_asked_about(
    ex1: Evaluation, noted: Callable[..., Note], ids: tuple[str, ...], only: str
) -> None:
    """Row 15."""
    one_kind = noted(by_hand(ex1, ids))
    assert found(one_kind)[f"Only {only} exercises: is that meant?"].severity == "look"
    assert "These moves can ease pain around the kneecap." in words_in(one_kind)
    assert not any("is that meant" in says for says in found(noted()))


def test_a_move_without_sets_and_times_keeps_the_sheet_back(note: Note) -> None:
    """Row 16."""
    name = moves(note)[0].name
    bare = dosed(note, sets=0, reps=0, hold_s=0)
    assert why_refused(bare) == f"{name} has neither sets nor times. Set them in the plan."
    with pytest.raises(DocumentError, match="neither sets nor times"):
        handout_pdf(bare)
    half = dosed(note, sets=0)
    assert why_refused(half) == ""
    assert found(half)["A dose has no sets"].severity == "look"
    assert "0 sets" not in words_in(half)
    assert why_refused(dosed(note, sets=0, reps=0, reps_text="5 each direction")) == ""


@pytest.mark.parametrize(
    ("dose", "says"),
    [
        ({"sets": 7}, "7 sets. From 1 to 6 can be meant"),
        ({"reps": 300}, "300 times. From 1 to 50 can be meant"),
        ({"hold_s": 900}, "900 seconds of hold. From 1 to 120 can be meant"),
        ({"days_per_week": 10}, "10 days a week. From 1 to 7 can be meant"),
        ({"days_per_week": 0}, "0 days a week. From 1 to 7 can be meant"),
        ({"sets": -1}, "-1 sets. From 1 to 6 can be meant"),
    ],
)
@pytest.mark.parametrize("form", ["standard", "large", "moves"])
def test_a_dose_that_cannot_be_meant_keeps_the_sheet_back(
    note: Note, dose: dict[str, int], says: str, form: SheetForm
) -> None:
    """Row 17."""
    absurd = dosed(note, **dose)
    assert found(absurd, form=form)["A dose cannot be meant"].detail.startswith(
        f"{moves(note)[0].name}: {says}"
    )
    with pytest.raises(DocumentError, match="can be meant; set it in the plan"):
        handout_pdf(absurd, form=form)


def test_the_steppers_go_as_far_as_a_dose_may(ex1: Evaluation, open_page: Callable[..., Any]) -> None:
    """Row 17."""
    page = open_page(ex1, PlanPage)
    card = page.findChild(ExerciseCard)
    for field, stepper in card.steppers.items():
        low, high = DOSE_LIMITS[field]
        for name, end in (("less", low), ("more", high)):
            (button,) = [
                b for b in stepper.findChildren(QAbstractButton) if b.accessibleName().endswith(f", {name}")
            ]
            for _ in range(high + 2):
                button.click()
            assert stepper.value == end, field


def test_a_session_over_forty_minutes_is_told(note: Note) -> None:
    """Row 18."""
    assert "A session takes 40 minutes" not in found(sheet_of(note, minutes=40))
    told = found(sheet_of(note, minutes=45))["A session takes 45 minutes"]
    assert (told.severity, "Over 40 minutes" in told.detail) == ("look", True)


def test_a_picture_that_cannot_be_read_is_a_frame_in_the_log_and_told(
    note: Note, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Row 33."""
    first, second, *_ = moves(note)
    shutil.copytree(resources.ROOT / "pictures", tmp_path / "pictures")
    (tmp_path / f"pictures/{first.id}-start.svg").write_text("<svg not closed")
    (tmp_path / f"pictures/{second.id}-end.svg").unlink()
    whole = resources.path
    monkeypatch.setattr(
        resources, "path", lambda name: (tmp_path / name) if name.startswith("pictures/") else whole(name)
    )
    pictures.picture.cache_clear()
    with caplog.at_level(logging.WARNING):
        pages = sides(handout_pdf(note))
        missing = not_drawn(note)
    pictures.picture.cache_clear()
    assert " ".join(pages).count("Your PT will draw this") == 2
    assert f"picture {first.id}-start is missing or broken" in caplog.text
    assert missing == (first.id, second.id)
    told = found(note, not_drawn=missing)["A picture cannot be read"]
    assert told.detail.startswith(f"{first.name}, {second.name}. The sheet has an empty frame")


# ---------------------------------------------------------------- strength


def hips(ex1: Evaluation, right: StrengthTest | None, left: StrengthTest | None) -> Evaluation:
    """Only the abductors were tested."""
    bare = ex1.without_answer(
        *(key for key in ex1.answers if key.partition(".")[0] in ("habd", "her", "hext"))
    )
    given = {"habd.right": right, "habd.left": left}
    return bare.with_answers({key: test for key, test in given.items() if test is not None})


def pushed(force: float, unit: str = "N") -> StrengthTest:
    return StrengthTest(trials=(force, force, force), unit=unit, lever_arm_m=0.78)


def test_a_strength_entry_that_cannot_be_compared_gives_no_percentage(
    ex1: Evaluation, noted: Callable[..., Note], content: Content
) -> None:
    """Row 19."""
    one_side = noted(hips(ex1, pushed(82), None)).sheet
    assert one_side is not None
    assert (one_side.found.variant, one_side.found.deficit_percent) == ("one-side", None)
    for raw in (
        {"unit": "N", "trials": [0]},
        {"unit": "N", "trials": [-82]},
        {"unit": "kg", "trials": [82]},
        {"unit": "N", "trials": ["4+/5"]},
        {"trials": [82]},
    ):
        with pytest.raises(ImplausibleError):
            parse_answer(content.items["habd"], raw, content)
    in_pounds = noted(hips(ex1, pushed(82 / 4.448222, "lbf"), pushed(100))).sheet
    assert in_pounds is not None
    assert in_pounds.found.deficit_percent == 18


def test_a_difference_over_sixty_percent_is_an_entry_to_check(
    ex1: Evaluation, noted: Callable[..., Note]
) -> None:
    """Row 19."""
    slip = noted(hips(ex1, pushed(39), pushed(100)))
    assert "One hip reads 61 % lower than the other. Check the entry" in why_refused(slip)
    assert found(slip)["An entry wants a look first"].severity == "blocks"
    with pytest.raises(DocumentError, match="Check the entry"):
        handout_pdf(slip)
    meant = noted(hips(ex1, pushed(41), pushed(100)))
    assert why_refused(meant) == ""


def test_three_percent_is_about_the_same(ex1: Evaluation, noted: Callable[..., Note]) -> None:
    """Row 20."""
    alike = noted(hips(ex1, pushed(97), pushed(100)))
    assert alike.sheet is not None
    assert alike.sheet.found.deficit_percent is None
    assert "% less" not in words_in(alike)


# ---------------------------------------------------------------- the patient


def test_a_patient_without_a_birth_date_cannot_be_entered(tmp_path: Path, content: Content) -> None:
    """Row 25: so no sheet lacks the line about a limp for want of an age."""
    text = (CASES / "ex1.toml").read_text("utf-8")
    file = tmp_path / "case.toml"
    file.write_text("\n".join(line for line in text.splitlines() if not line.startswith("birth_date")))
    with pytest.raises(EvalAssistError, match="birth_date"):
        read_case(file, content)


def test_under_twelve_there_is_no_sheet_until_it_is_confirmed(
    content: Content, noted: Callable[..., Note], open_page: Callable[..., HandoutPage], qtbot: QtBot
) -> None:
    """Row 26."""
    teen = read_case(CASES / "ex3.toml", content)
    child = replace(teen, patient=replace(teen.patient, birth_date=date(2015, 1, 15)))
    assert noted(child).age == 11
    with pytest.raises(DocumentError, match="Under 12 there is no sheet until you confirm"):
        handout_pdf(noted(child))
    page = open_page(child)
    assert "Under 12: confirm first" in reads(page)
    assert not page.print_button.isEnabled()
    press(page, "Confirm it")
    qtbot.waitUntil(lambda: not page.at_work, timeout=20_000)
    assert "Under 12: confirmed, with a parent" in reads(page)
    page.session.undo()
    assert not page.print_button.isEnabled()


def test_over_ninety_large_print_is_suggested(note: Note) -> None:
    """Row 26."""
    assert "Large print?" not in found(sheet_of(note, age=90))
    assert found(sheet_of(note, age=95))["Large print?"].severity == "look"
    assert "Large print?" not in found(sheet_of(note, age=95), form="large")
    assert "Stronger at any age" in words_in(sheet_of(note, age=95))


@pytest.mark.parametrize(
    "answers",
    [
        {"past-surgery": "ACL 2019"},
        {"care-needed": "yes", "care-factors": ("pregnancy",)},
        {"care-needed": "yes", "care-factors": ("anticoagulant",)},
    ],
    ids=["surgery", "pregnancy", "blood thinner"],
)
def test_surgery_pregnancy_or_a_clot_ask_for_a_line_of_the_therapists(
    ex1: Evaluation, noted: Callable[..., Note], content: Content, answers: dict[str, Any]
) -> None:
    """Row 27: the app writes none of it."""
    flagged = ex1.with_answers(answers)
    asked = "“Ask us before you start if …”?"
    assert asked not in found(noted(ex1))
    assert found(noted(flagged))[asked].severity == "look"
    assert "Ask us before you start" not in words_in(noted(flagged))
    written = noted(flagged.with_answer("ask-first", "your calf hurts"))
    assert asked not in found(written)
    for form in ("standard", "large", "moves"):
        assert "Ask us before you start if your calf hurts" in words_in(written, form=form)
    assert "Pregúntenos antes de empezar si your calf hurts" in words_in(written, "es")
    assert parse_answer(content.items["ask-first"], "x" * 300, content)
    with pytest.raises(ImplausibleError, match="at most 300"):
        parse_answer(content.items["ask-first"], "x" * 301, content)


def test_a_goal_is_short_and_shows_how_hard_it_is_to_read(note: Note, content: Content) -> None:
    """Row 28."""
    with pytest.raises(ImplausibleError, match="at most 80"):
        parse_answer(content.items["goal-text"], "x" * 81, content)
    easy = found(sheet_of(note, goal="Climb the stairs with no pain"))
    (grade,) = [
        finding for says, finding in easy.items() if says.startswith("Reading level of the goal: Flesch")
    ]
    assert grade.severity == "fine"
    hard = found(sheet_of(note, goal="Participate in competitive recreational activities"))
    (grade,) = [
        finding for says, finding in hard.items() if says.startswith("Reading level of the goal: Flesch")
    ]
    assert (grade.severity, "Plainer words" in grade.detail) == ("look", True)
    long = found(sheet_of(note, goal="Climb the stairs " * 24))["The goal is too long"]
    assert "the sheet ends it at 80" in long.detail
    spanish = found(sheet_of(note, goal="Climb the stairs"), language="es")
    assert spanish["Is the goal in Spanish?"].detail.endswith("“Climb the stairs”")


def test_the_therapists_note_stands_on_the_side_of_the_log(
    ex1: Evaluation, noted: Callable[..., Note], open_page: Callable[..., HandoutPage], qtbot: QtBot
) -> None:
    """Row 29."""
    longest = ("Bring your running shoes to each visit & wear them. " * 6)[:300].strip()
    page = open_page(ex1)
    field = page.own["note-to-patient"].edit
    assert isinstance(field, QPlainTextEdit)
    field.setFocus()
    QTest.keyClicks(field, longest.ljust(300, ".") + "more")
    assert field.toPlainText() == longest.ljust(300, ".")
    field.setPlainText(longest)
    page.own["note-to-patient"].commit()
    written = page.session.note()
    for language, says in (("en", "A note from my therapist"), ("es", "Una nota de mi fisioterapeuta")):
        pages = sides(handout_pdf(written, language))  # type: ignore[arg-type]
        (side,) = [side for side in pages if says in side]
        assert longest in side
        assert "My log" in side or "Mi registro" in side
    assert longest in words_in(written, form="large")
    assert "This form has no room for your note" in found(written, form="moves")
    too_long = sheet_of(written, therapist_note="Walk. " * 60)
    assert (
        found(too_long)["A text of yours is too long"].detail == "The sheet prints its first 300 characters."
    )
    assert "…" in words_in(too_long)


def test_the_sheet_ends_a_text_where_its_item_does(
    note: Note, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter = {"goal-text": 40, "ask-first": 50, "note-to-patient": 60}
    items = {
        item_id: item.model_copy(update={"letters": shorter[item_id]}) if item_id in shorter else item
        for item_id, item in content.items.items()
    }
    monkeypatch.setattr("evalassist.sheet_checks.load_content", lambda: SimpleNamespace(items=items))
    long = sheet_of(note, goal="g" * 70, ask_first="a" * 70, therapist_note="n" * 70)
    told = found(long)
    assert "the sheet ends it at 40" in told["The goal is too long"].detail
    words = words_in(long)
    for letter, most in (("g", 40), ("a", 50), ("n", 60)):
        assert letter * (most - 1) + "…" in words.replace(" ", "")
        assert letter * most not in words.replace(" ", "")


def test_a_retest_in_the_past_is_told_and_a_missing_one_is_a_line(note: Note) -> None:
    """Row 30; the next visit is a line to write on, always."""
    assert note.sheet is not None
    assert note.sheet.retest_date == date(2026, 3, 30)
    assert "The next test lies in the past" not in found(note, today=date(2026, 3, 30))
    told = found(note, today=date(2026, 3, 31))["The next test lies in the past"]
    assert told.detail == "The sheet says that you test again on March 30, 2026."
    open_date = sheet_of(note, retest_date=None)
    assert found(open_date)["No date of the next test"].severity == "look"
    assert "We will test you again on ____" in words_in(open_date)
    assert "Le haremos otra prueba el ____" in words_in(open_date, "es")
    assert "Next visit:" in words_in(note)


# ---------------------------------------------------------------- paper


def test_no_text_asks_to_turn_the_page_over() -> None:
    """Row 36: what printer it is, nobody knows."""
    texts = load_patient_texts().texts.values()
    for said in (text.lower() for both in texts for text in (both.en, both.es or "")):
        assert not any(
            words in said for words in ("turn over", "other side of", "on the back", "al dorso", "voltee")
        )


def test_a_test_page_shows_whether_the_printer_keeps_the_grays(
    home: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    """Row 37."""
    (page,) = pypdfium2.PdfDocument(gray_page_pdf("a4"))
    assert round(page.get_width()) == 595
    shown = set(page.render(scale=1, grayscale=True).to_pil().tobytes())
    assert {0x1A, 0x40, 0x59, 0x76, 0xCC, 0xE6, 0xFF} <= shown
    said = " ".join(page.get_textpage().get_text_range().split())
    assert "9 points: Hold for 5 seconds." in said
    assert gray_page_pdf("a4") == gray_page_pdf("a4")
    dialog = PreferencesDialog(Settings(paper="a4"))
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    press(dialog, "Print a test page…")
    assert "No printer is set up on this computer." in reads(dialog)


def test_large_print_of_five_moves_is_told(ex1: Evaluation, noted: Callable[..., Note]) -> None:
    """Row 38."""
    five = noted(by_hand(ex1, SIX[:5]))
    long = found(five, form="large")["A long sheet"]
    assert (long.about, long.severity) == ("long", "look")
    assert "A long sheet" not in found(five)
    assert "A long sheet" not in found(noted(by_hand(ex1, SIX[:4])), form="large")


def test_months_are_words_and_points_are_points(note: Note) -> None:
    """Rows 40 and 41."""
    english, spanish = words_in(note), words_in(note, "es")
    assert "March 2, 2026" in english
    assert "2 de marzo de 2026" in spanish
    for read in (english, spanish):
        assert "3.3" in read
        assert "3,3" not in read
        assert "03/02" not in read


# ---------------------------------------------------------------- the command line


def test_the_command_line_tells_what_wants_a_look_and_keeps_back_what_must_not_be_printed(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (CASES / "ex1.toml").read_text("utf-8")
    case = tmp_path / "case.toml"
    case.write_text(text)
    assert cli.main(["evaluate", str(case), "--out", str(tmp_path / "out")]) == cli.DONE
    assert "Handout, look: No phone for “Call your clinic”." in capsys.readouterr().out
    assert (tmp_path / "out/handout.pdf").exists()
    slip = text.replace("trials = [82, 82, 82]", "trials = [38, 38, 38]")
    assert slip != text
    case.write_text(slip)
    assert cli.main(["evaluate", str(case), "--out", str(tmp_path / "out")]) == cli.DONE
    said = capsys.readouterr().out
    assert "No handout: An entry wants a look first. One hip reads 62 % lower" in said
    assert not (tmp_path / "out/handout.pdf").exists()
    assert (tmp_path / "out/evaluation.pdf").exists()

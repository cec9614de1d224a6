"""The five pages that are more than a list of questions, used as a therapist uses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QStyle,
    QStyleOptionFrame,
    QWidget,
)
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_case
from evalassist.clinical.result import PlanOfCare
from evalassist.content import Content
from evalassist.documents import referral_pdf
from evalassist.errors import StoreError
from evalassist.evaluation import (
    Discarded,
    Evaluation,
    NotTested,
    Opinion,
    Patient,
    PlanEdit,
    Quantity,
    SoreKnee,
    StrengthTest,
)
from evalassist.note_text import note_text
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.resources import drawn_leg
from evalassist.settings import Settings
from ui import style
from ui.dialogs.drafts import DraftsDialog
from ui.pages.assessment import AssessmentPage
from ui.pages.base import Page
from ui.pages.handout import HandoutPage
from ui.pages.plan import PlanPage
from ui.pages.review import SignPage
from ui.pages.safety import SafetyPage, alarming
from ui.pages.step import StepPage
from ui.pages.strength import StrengthPage
from ui.session import EvaluationSession, SheetChoice
from ui.widgets.exercise_card import ExercisePicture
from ui.widgets.marks import LinkButton, StateGlyph
from ui.widgets.plan_cards import CareCard, GoalsCard
from ui.widgets.reasoning_panel import ReasoningPanel
from ui.widgets.strength_side import StrengthSide
from ui.widgets.visits_card import VisitsCard

KEYS = new_keys()

pytestmark = [
    pytest.mark.usefixtures("dressed"),
    # The off-screen platform says this of every window and menu it shows.
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

CASES = Path(__file__).parent / "cases"
SETTINGS = Settings(
    therapist_name="A. Chen, PT", licence="40-12345", clinic_name="Riverside", dynamometer="HHD 4"
)
P = TypeVar("P", bound=Page)
W = TypeVar("W", bound=QWidget)
Open = Callable[[type[P], EvaluationSession], P]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "records.db", KEYS) as opened:
        yield opened


@pytest.fixture
def session_of(qapp: QApplication, content: Content, store: Store) -> Callable[..., EvaluationSession]:
    def begin(case: str = "", sore_knee: SoreKnee = "right", **settings: Any) -> EvaluationSession:
        if case:
            evaluation = read_case(CASES / f"{case}.toml", content)
        else:
            patient = Patient("Rivera, Ana", date(2001, 5, 9), "F")
            evaluation = Evaluation.begin(patient, sore_knee, date(2026, 3, 2)).with_answer("mass", 62.0)
        store.save(evaluation)
        return EvaluationSession(evaluation, content, store, SETTINGS.model_copy(update=settings))

    return begin


def step(step_id: str, session: EvaluationSession) -> StepPage:
    return StepPage(session.content.steps[step_id], session)


def field(page: QWidget, name: str) -> QLineEdit:
    """The field a screen reader calls by this name."""
    QApplication.processEvents()  # what was just made is shown with the next event
    found = [one for one in page.findChildren(QLineEdit) if one.accessibleName() == name and one.isVisible()]
    assert len(found) == 1, f"{len(found)} fields are called {name!r}"
    return found[0]


def type_into(page: QWidget, name: str, words: str) -> QLineEdit:
    edit = field(page, name)
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, words)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    return edit


def button(page: QWidget, name: str) -> QAbstractButton:
    """The button that says or is called this, and can be seen."""
    QApplication.processEvents()
    found = [
        one
        for one in page.findChildren(QAbstractButton)
        if one.isVisible() and name in (one.text(), one.accessibleName())
    ]
    assert len(found) == 1, f"{len(found)} buttons are called {name!r}"
    return found[0]


def click(page: QWidget, name: str) -> None:
    QTest.mouseClick(button(page, name), Qt.MouseButton.LeftButton)


def reads(page: QWidget) -> str:
    """All words that can be seen."""
    QApplication.processEvents()
    words = [one.text() for one in page.findChildren(QLabel) if one.isVisible()]
    words += [one.text() for one in page.findChildren(QAbstractButton) if one.isVisible()]
    return "\n".join(words)


def type_trials(page: QWidget, group: str, side: str, trials: tuple[str, ...], unit: str = "N") -> None:
    for number, trial in enumerate(trials, start=1):
        type_into(page, f"{group}, {side}, trial {number}, {unit}", trial)


def choose(page: QWidget, opens: str, entry: str) -> None:
    """Choose from the menu that a button opens."""
    click(page, opens)
    menus = [menu for menu in page.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    next(action for action in menus[0].actions() if action.text() == entry).trigger()
    menus[0].close()


# ---------------------------------------------------------------- strength


def measured(*trials: float, unit: str = "N") -> StrengthTest:
    """Trials as the page keeps them: with the device and the tester of the settings."""
    return StrengthTest(trials=trials, unit=unit, device="HHD 4", tester="A. Chen, PT")


def open_menu(page: QWidget) -> QMenu:
    menus = [menu for menu in page.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    return menus[0]


def test_a_position_chosen_for_the_first_side_holds_for_the_second(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of()))
    type_trials(page, "Hip abduction", "left", ("112", "115", "109"))
    page.focus_item("habd.left")
    click(page, "Hip abduction, left: position and kind of test")
    menu = open_menu(page)
    next(action for action in menu.actions() if action.text().startswith("Supine")).trigger()
    menu.close()
    type_trials(page, "Hip abduction", "right", ("88", "93", "90"))
    assert session.evaluation.answers["habd.right"].position == "supine"
    assert session.assessment.strength["habd"].symmetry_percent is not None
    assert "supine" in reads(page)


def test_sides_tested_in_different_positions_are_not_compared_and_it_is_said(
    session_of: Any, opened: Any
) -> None:
    page = opened(StrengthPage(session := session_of()))
    type_trials(page, "Hip abduction", "left", ("112", "115", "109"))
    type_trials(page, "Hip abduction", "right", ("88", "93", "90"))
    page.focus_item("habd.right")
    click(page, "Hip abduction, right: position and kind of test")
    menu = open_menu(page)
    next(action for action in menu.actions() if action.text().startswith("Supine")).trigger()
    menu.close()
    assert session.assessment.strength["habd"].symmetry_percent is None
    assert "positions differ" in reads(page)
    assert "not compared" in session.assessment.contradictions[0].text


def test_a_trial_is_discarded_with_a_reason_and_taken_back(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of()))
    type_trials(page, "Hip abduction", "right", ("88", "140", "90"))
    page.focus_item("habd.right")
    click(page, "Hip abduction, right: discard a trial, or take it back")
    trial = next(action for action in open_menu(page).actions() if action.text() == "Trial 2: 140 N")
    reasons = trial.menu()
    assert isinstance(reasons, QMenu)
    next(reason for reason in reasons.actions() if reason.text() == "Device slipped").trigger()
    open_menu(page).close()
    gone = (Discarded(140, "N", "device slipped"),)
    assert session.evaluation.answers["habd.right"] == replace(measured(88, 90), discarded=gone)
    assert "90 N" in reads(page)
    assert field(page, "Hip abduction, right, trial 3, N").text() == ""
    click(page, "Hip abduction, right: discard a trial, or take it back")
    menu = open_menu(page)
    next(action for action in menu.actions() if action.text().startswith("Take back 140 N")).trigger()
    menu.close()
    assert session.evaluation.answers["habd.right"] == measured(88, 90, 140)


def test_a_discarded_trial_keeps_its_unit_when_the_others_come_in_another(
    session_of: Any, opened: Any
) -> None:
    page = opened(StrengthPage(session := session_of()))
    type_trials(page, "Hip abduction", "right", ("300",))
    page.focus_item("habd.right")
    click(page, "Hip abduction, right: discard a trial, or take it back")
    trial = next(action for action in open_menu(page).actions() if action.text() == "Trial 1: 300 N")
    reasons = trial.menu()
    assert isinstance(reasons, QMenu)
    reasons.actions()[0].trigger()
    open_menu(page).close()
    button(page, "kgf").click()
    type_trials(page, "Hip abduction", "right", ("40",), "kgf")
    gone = (Discarded(300, "N", "device slipped"),)
    assert session.evaluation.answers["habd.right"] == replace(measured(40, unit="kgf"), discarded=gone)
    click(page, "Hip abduction, right: discard a trial, or take it back")
    menu = open_menu(page)
    next(action for action in menu.actions() if action.text().startswith("Take back 300 N")).trigger()
    menu.close()
    back = session.evaluation.answers["habd.right"]
    assert isinstance(back, StrengthTest)
    assert back.unit == "kgf"
    assert back.trials == pytest.approx((40, 30.59), abs=0.01)


def test_no_more_trials_are_taken_back_than_there_is_room_for(session_of: Any, opened: Any) -> None:
    full = StrengthTest(
        trials=(80, 81, 82, 83, 84, 85), unit="N", discarded=(Discarded(60, "N", "device slipped"),)
    )
    page = opened(StrengthPage(session := session_of()))
    session.answer("habd.right", full)
    page.focus_item("habd.right")
    click(page, "Hip abduction, right: discard a trial, or take it back")
    menu = open_menu(page)
    assert not next(action for action in menu.actions() if action.text().startswith("Take back")).isEnabled()
    menu.close()


def test_leaving_a_test_out_keeps_what_was_discarded(session_of: Any, opened: Any) -> None:
    gone = (Discarded(60, "N", "pain"),)
    page = opened(StrengthPage(session := session_of()))
    session.answer("habd.right", StrengthTest(trials=(80,), unit="N", discarded=gone))
    page.focus_item("habd.right")
    choose(page, "Hip abduction, right: not tested, and why", "Pain")
    assert session.evaluation.answers["habd.right"] == StrengthTest(not_tested="pain", discarded=gone)
    click(page, "Test Hip abduction, right after all")
    assert session.evaluation.answers["habd.right"] == StrengthTest(discarded=gone)


def test_a_hand_grade_keeps_nothing_of_the_device(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of()))
    by_belt = StrengthTest(
        trials=(80,), unit="N", contraction="break", fixation="belt", device="HHD 4", position="supine"
    )
    session.answer("habd.right", by_belt)
    page.focus_item("habd.right")
    click(page, "Grade")
    type_into(page, "Hip abduction, right: grade by hand", "4")
    assert session.evaluation.answers["habd.right"] == StrengthTest(grade="4", position="supine")


def test_newtons_typed_as_kgf_raise_a_question_that_says_so(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session_of()))
    button(page, "kgf").click()
    type_trials(page, "Hip abduction", "right", ("200",), "kgf")
    assert "200 kgf is 1961 N. If the device shows newtons, choose N above" in reads(page)


def test_trials_of_both_sides_give_the_symmetry_in_words(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of()))
    type_trials(page, "Hip abduction", "right", ("88", "93", "90"))
    type_trials(page, "Hip abduction", "left", ("112", "115", "109"))
    assert session.evaluation.answers["habd.right"] == measured(88, 93, 90)
    said = reads(page)
    assert "93 N" in said
    assert "80.9 %" in said
    assert "right 19.1 % lower" in said
    assert "within 49 N, the error between testers" in said
    assert "weak" not in said
    button(page, "kgf").click()
    assert "within 5 kgf, the error between testers" in reads(page)


def test_the_error_between_testers_is_told_only_where_the_limit_is_passed(
    session_of: Any, opened: Any
) -> None:
    page = opened(StrengthPage(session := session_of()))
    type_trials(page, "Hip abduction", "right", ("110",))
    type_trials(page, "Hip abduction", "left", ("112",))
    assert session.assessment.strength["habd"].within_tester_error
    assert "the error between testers" not in reads(page)


def test_enter_goes_to_the_next_trial_sound_side_first(session_of: Any, opened: Any, qtbot: QtBot) -> None:
    page = opened(StrengthPage(session_of(sore_knee="right")))
    page.focus_item("habd.left")
    reached = []
    for keys in ("100", "101", "102", "90", "91", "92", "0", "2"):
        edit = page.window().focusWidget()
        reached.append(edit.accessibleName())
        QTest.keyClicks(edit, keys)
        QTest.keyClick(edit, Qt.Key.Key_Return)
    assert reached == [
        "Hip abduction, left, trial 1, N",
        "Hip abduction, left, trial 2, N",
        "Hip abduction, left, trial 3, N",
        "Hip abduction, right, trial 1, N",
        "Hip abduction, right, trial 2, N",
        "Hip abduction, right, trial 3, N",
        "Hip abduction, left: pain in the test, of 10",
        "Hip abduction, left: lever arm, cm",
    ]


def test_enter_goes_to_the_empty_trials_before_the_pain_whichever_side_is_typed_first(
    session_of: Any, opened: Any
) -> None:
    page = opened(StrengthPage(session_of(sore_knee="right")))
    page.focus_item("habd.left")
    field(page, "Hip abduction, right, trial 1, N").setFocus()
    reached = []
    for keys in ("90", "91", "92", "100", "101", "102", "0", "2"):
        edit = page.window().focusWidget()
        reached.append(edit.accessibleName())
        QTest.keyClicks(edit, keys)
        QTest.keyClick(edit, Qt.Key.Key_Return)
    assert reached == [
        "Hip abduction, right, trial 1, N",
        "Hip abduction, right, trial 2, N",
        "Hip abduction, right, trial 3, N",
        "Hip abduction, left, trial 1, N",
        "Hip abduction, left, trial 2, N",
        "Hip abduction, left, trial 3, N",
        "Hip abduction, left: pain in the test, of 10",
        "Hip abduction, left: lever arm, cm",
    ]


def test_enter_leaves_a_row_in_which_trials_stay_empty(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session_of(sore_knee="right")))
    for side in ("left", "right"):
        type_trials(page, "Hip abduction", side, ("100", "101"))
    field(page, "Hip abduction, left, trial 3, N").setFocus()
    reached = []
    for _ in range(3):
        edit = page.window().focusWidget()
        reached.append(edit.accessibleName())
        QTest.keyClick(edit, Qt.Key.Key_Return)
    assert reached == [
        "Hip abduction, left, trial 3, N",
        "Hip abduction, right, trial 3, N",
        "Hip abduction, left: pain in the test, of 10",
    ]


def test_what_was_measured_before_a_stress_fracture_was_suspected_can_still_be_read(
    session_of: Any, opened: Any
) -> None:
    page = opened(StrengthPage(session := session_of("patient-a")))
    session.answer("femoral-neck", "yes")
    session.answer("test-anyway-reason", "Seen by Dr. Lee this morning.")
    edit = field(page, "Hip abduction, right, trial 1, N")
    assert edit.text() == "88"
    assert not edit.isEnabled()
    assert "Not offered: stress fracture of the femoral neck suspected." in reads(page)
    session.answer("femoral-neck", "no")
    assert edit.isEnabled()
    assert "Not offered" not in reads(page)


def test_a_pain_above_ten_is_told_in_plain_words(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session_of()))
    page.focus_item("habd.left")
    type_into(page, "Hip abduction, left: pain in the test, of 10", "112")
    assert "Pain is 0 to 10" in reads(page)
    assert "of 10" not in reads(page)


def test_no_compensation_is_ticked_before_someone_says_so(
    session_of: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(StrengthPage(session := session_of("patient-a")))
    page.focus_item("habd.right")
    ticked: list[list[str]] = []
    monkeypatch.setattr(
        QMenu, "popup", lambda menu, _: ticked.append([a.text() for a in menu.actions() if a.isChecked()])
    )
    click(page, "Hip abduction, right: compensation seen")
    assert ticked == [[]]
    assert session.evaluation.answers["habd.right"].compensation is None


def test_only_the_row_being_worked_on_is_open(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session_of("patient-a")))
    page.focus_item("her.right")
    assert field(page, "Hip external rotation, right: lever arm, cm").text() == "36"
    assert "pain 0/10 · lever 78 cm · 1.17 Nm/kg" in reads(page)
    with pytest.raises(AssertionError, match="0 fields"):
        field(page, "Hip abduction, right: lever arm, cm")


def test_another_unit_shows_the_same_force_and_keeps_what_was_typed(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of("patient-a")))
    before = dict(session.evaluation.answers)
    click(page, "Unit of force: kgf")
    assert field(page, "Hip abduction, right, trial 2, kgf").text() == "9.5"
    page.focus_item("habd.right")
    type_into(page, "Hip abduction, right: pain in the test, of 10", "2")
    test = session.evaluation.answers["habd.right"]
    assert isinstance(test, StrengthTest)
    assert (test.trials, test.unit, test.pain) == ((88.0, 93.0, 90.0), "N", 2)
    assert session.evaluation.answers["habd.left"] == before["habd.left"]


def test_a_trial_typed_in_another_unit_joins_the_test_in_its_own(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of("patient-a")))
    click(page, "Unit of force: kgf")
    type_into(page, "Hip abduction, right, trial 1, kgf", "10")
    test = session.evaluation.answers["habd.right"]
    assert isinstance(test, StrengthTest)
    assert test.unit == "N"
    assert test.trials == pytest.approx((98.0665, 93, 90))
    assert field(page, "Hip abduction, right, trial 1, kgf").text() == "10"
    again = opened(StrengthPage(session))
    click(again, "Unit of force: N")
    assert field(again, "Hip abduction, right, trial 1, N").text() == "98"
    again.focus_item("habd.right")
    type_into(again, "Hip abduction, right: pain in the test, of 10", "3")
    assert session.evaluation.answers["habd.right"].trials == test.trials


def test_a_test_typed_anew_in_another_unit_is_kept_in_that_one(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of()))
    click(page, "Unit of force: kgf")
    type_into(page, "Hip abduction, right, trial 1, kgf", "31")
    click(page, "Unit of force: lbf")
    type_into(page, "Hip abduction, right, trial 1, lbf", "31")
    test = session.evaluation.answers["habd.right"]
    assert isinstance(test, StrengthTest)
    assert (test.trials, test.unit) == ((31.0,), "lbf")


def test_a_grade_takes_the_place_of_force_and_gives_no_percentage(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of("patient-a")))
    page.focus_item("habd.right")
    click(page, "Hip abduction: force by device, or grade by hand: Grade")
    assert "A grade takes the place of the 3 trials" in reads(page)
    type_into(page, "Hip abduction, right: grade by hand", "4+")
    assert session.evaluation.answers["habd.right"] == StrengthTest(grade="4+", pain=0)
    type_into(page, "Hip abduction, left: grade by hand", "5")
    assert "by hand: no percentage" in reads(page)
    assert session.assessment.strength["habd"].symmetry_percent is None
    session.undo()
    session.undo()
    assert session.evaluation.answers["habd.right"].trials == (88.0, 93.0, 90.0)


def test_what_is_no_grade_is_told_and_not_counted(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of()))
    page.focus_item("habd.right")
    click(page, "Hip abduction: force by device, or grade by hand: Grade")
    edit = type_into(page, "Hip abduction, right: grade by hand", "6")
    assert "habd.right" not in session.evaluation.answers
    assert edit.text() == "6"
    assert "“6” is not a grade" in reads(page)


def test_trials_that_differ_ask_for_a_fourth(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of()))
    type_trials(page, "Hip abduction", "left", ("80", "100", "90"))
    assert "Scatter (CV) 11 %, limit 10 %: take one more, or discard one." in reads(page)
    type_into(page, "Hip abduction, left, trial 4, N", "92")
    assert "take one more" not in reads(page)
    assert session.evaluation.answers["habd.left"].trials == (80, 100, 90, 92)


def test_an_implausible_trial_asks_in_place_and_is_kept_by_a_second_enter(
    session_of: Any, opened: Any
) -> None:
    page = opened(StrengthPage(session_of()))
    edit = type_into(page, "Hip abduction, left, trial 1, N", "1150")
    assert edit.hasFocus()
    assert "1150 N: usual 5 to 1000. Keep it?" in reads(page)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert "Keep it?" not in reads(page)
    assert not edit.hasFocus()


def test_an_answer_never_writes_into_the_field_being_typed_in(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of()))
    page.focus_item("habd.left")
    edit = field(page, "Hip abduction, left, trial 1, N")
    QTest.keyClicks(edit, "11")
    session.answer("nprs-worst", 6)
    QTest.keyClicks(edit, "2")
    assert edit.text() == "112"
    page.commit()
    assert session.evaluation.answers["habd.left"].trials == (112,)


def test_the_sore_side_follows_a_change_of_side_and_its_undo(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of(sore_knee="right")))
    assert (reads(page).count("sore side"), "Symmetry (line" in reads(page)) == (1, True)
    session.change_side("both")
    assert (reads(page).count("sore side"), "Symmetry (line" in reads(page)) == (2, False)
    session.undo()
    assert (reads(page).count("sore side"), "Symmetry (line" in reads(page)) == (1, True)


def test_another_sore_knee_in_mid_visit_says_once_what_that_means_and_goes_back(
    session_of: Any, opened: Any
) -> None:
    page = opened(StrengthPage(session := session_of("patient-a")))
    before = session.evaluation
    other = "left" if before.sore_knee == "right" else "right"
    meant = "Every answer stays on its side."
    session.change_side(other)
    assert session.evaluation.answers == before.answers
    assert meant in reads(page)
    session.answer("nprs-worst", 6)
    assert meant in reads(page), "what is read must not go, and move the fields, at the next answer"
    next(one for one in page.findChildren(LinkButton) if one.text().startswith("Back to")).click()
    assert (session.evaluation.sore_knee, meant in reads(page)) == (before.sore_knee, False)
    session.change_side(other)
    session.undo()
    assert meant not in reads(page)
    session.change_side(other)
    page.hide()
    page.show()
    assert meant not in reads(page)


def test_another_sore_knee_before_any_side_was_answered_needs_no_word(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of(sore_knee="right")))
    session.change_side("left")
    assert "Every answer stays" not in reads(page)


def test_hipsit_is_typed_in_the_unit_of_the_page(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of("patient-a")))
    before = session.evaluation.answers["hipsit.right"]
    assert field(page, "HipSIT, top knee raised, right, N").text() == "139"
    assert session.evaluation.answers["hipsit.right"] == before
    type_into(page, "HipSIT, top knee raised, right, N", "150")
    assert session.evaluation.answers["hipsit.right"] == Quantity(150, "N")


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_trial_of_five_characters_is_seen_whole(
    session_of: Any, opened: Any, qapp: QApplication, scale: float
) -> None:
    style.apply_style(qapp, scale)
    page = opened(StrengthPage(session_of()))
    type_trials(page, "Hip abduction", "right", ("122.3", "121.8", "120.4"))
    edit = field(page, "Hip abduction, right, trial 1, N")
    edit.clearFocus()
    QApplication.processEvents()
    option = QStyleOptionFrame()
    edit.initStyleOption(option)
    room = edit.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, edit).width()
    assert edit.fontMetrics().horizontalAdvance("122.3") + 4 <= room
    style.apply_style(qapp)


def test_both_knees_sore_is_asymmetry_only(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session_of(sore_knee="both")))
    type_trials(page, "Hip abduction", "right", ("100", "100", "100"))
    type_trials(page, "Hip abduction", "left", ("97", "97", "97"))
    assert "left 3 % lower\nasymmetry only" in reads(page)
    assert "Symmetry (line: 90 %)" not in reads(page)


def test_a_side_far_below_the_other_shows_the_caution(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session_of()))
    type_trials(page, "Hip abduction", "left", ("100", "100", "100"))
    type_trials(page, "Hip abduction", "right", ("59", "59", "59"))
    assert "Think of nerve, tendon, hip joint and stress fracture before going on." in reads(page)


def test_not_tested_takes_a_reason_and_can_be_tested_after_all(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of()))
    page.focus_item("habd.right")
    choose(page, "Hip abduction, right: not tested, and why", "Pain")
    assert session.evaluation.answers["habd.right"] == StrengthTest(not_tested="pain")
    assert "because of: pain" in reads(page)
    page.focus_item("habd.right")
    held = page.window().focusWidget()
    assert held is not None
    assert held.accessibleName() == "Test Hip abduction, right after all"
    click(page, "Test Hip abduction, right after all")
    assert "habd.right" not in session.evaluation.answers
    held = page.window().focusWidget()
    assert held is not None
    assert held.accessibleName().startswith("Hip abduction, right, trial 1"), "what is typed next goes there"


def test_both_sides_left_out_for_one_reason_are_one_line(session_of: Any, opened: Any) -> None:
    session = session_of()
    for side in ("right", "left"):
        session.answer(f"habd.{side}", NotTested("no time"))
    page = opened(StrengthPage(session))
    assert "Not tested, both sides" in reads(page)
    assert "· no time" in reads(page)


def test_a_compensation_is_chosen_from_those_of_the_group(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of("patient-a")))
    page.focus_item("habd.right")
    choose(page, "Hip abduction, right: compensation seen", "trunk hitches")
    assert session.evaluation.answers["habd.right"].compensation == "trunk hitches"


def test_a_side_without_its_lever_arm_is_not_told_as_one_with_another(session_of: Any, opened: Any) -> None:
    session = session_of("ex1")
    session.answer("habd.right", StrengthTest(trials=(82.0, 82.0), unit="N", lever_arm_m=0.8))
    session.answer("habd.left", StrengthTest(trials=(100.0, 100.0), unit="N"))
    page = opened(StrengthPage(session), height=2400)
    assert "one side without its lever arm: no percentage" in reads(page.rows["habd"])
    session.answer("habd.left", StrengthTest(trials=(100.0, 100.0), unit="N", lever_arm_m=0.8))
    assert "lever arm: no percentage" not in reads(page.rows["habd"])


def test_equals_takes_the_lever_arm_of_the_right_side(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of()))
    type_trials(page, "Hip abduction", "right", ("88", "93", "90"))
    type_trials(page, "Hip abduction", "left", ("112", "115", "109"))
    page.focus_item("habd.right")
    type_into(page, "Hip abduction, right: lever arm, cm", "78")
    page.focus_item("habd.left")
    QTest.keyClick(field(page, "Hip abduction, left: lever arm, cm"), Qt.Key.Key_Equal)
    assert session.evaluation.answers["habd.left"].lever_arm_m == 0.78
    assert field(page, "Hip abduction, left: lever arm, cm").text() == "78"


def test_a_lever_arm_typed_in_metres_is_pointed_out(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session_of()))
    page.focus_item("habd.right")
    type_into(page, "Hip abduction, right: lever arm, cm", "0.78")
    assert "0.78 m is 78 cm: type it in cm." in reads(page)
    type_into(page, "Hip abduction, right: lever arm, cm", "78")
    assert "m is 78 cm" not in reads(page)


def test_f2_shows_the_position_the_pad_and_what_to_say(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session_of()))
    page.focus_item("her.left")
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_F2)
    said = reads(page)
    assert "the pad is on the inner side" in said
    assert "“Push your foot inward" in said
    assert "hold 5 s; rest 30 s between trials" in said
    assert "Stabilize" in said
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Escape)
    assert "“Push your foot inward" not in reads(page)


def test_the_mean_is_scored_when_it_is_chosen(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of("patient-a")))
    click(page, "Which trial counts: Mean")
    assert session.evaluation.answers["strength-score"] == "mean"
    assert "90.3 N" in reads(page)


def test_a_torque_is_typed_where_the_device_reads_it(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session := session_of()))
    page.focus_item("kext.left")
    click(page, "Knee extension: force by device, or grade by hand: Nm")
    type_trials(page, "Knee extension", "left", ("142", "143", "141"), unit="Nm")
    assert session.evaluation.answers["kext.left"] == measured(142, 143, 141, unit="Nm")
    assert "143 Nm" in reads(page)


# ---------------------------------------------------------------- assessment


def test_accept_all_met_leaves_nothing_open(session_of: Any, opened: Any) -> None:
    page = opened(AssessmentPage(session := session_of("patient-a")))
    click(page, "Accept all met")
    assert dict(session.evaluation.opinions) == {
        key: Opinion(True, of="met") for key in ("pfp", "MPD", "MCD")
    }
    assert session.progress["assessment"].state == "complete"


def test_disagreeing_asks_the_reason_in_place_and_keeps_it(session_of: Any, opened: Any) -> None:
    page = opened(AssessmentPage(session := session_of("patient-a")))
    click(page, "Muscle performance deficits: accept or disagree: Disagree…")
    assert "write the reason" in reads(page)
    type_into(page, "Muscle performance deficits: why you disagree", "pain stopped the test")
    assert session.evaluation.opinions["MPD"] == Opinion(False, "pain stopped the test", of="met")
    assert "write the reason" not in reads(page)


def test_a_reason_leads_to_the_finding_behind_it(session_of: Any, opened: Any, qtbot: QtBot) -> None:
    page = opened(AssessmentPage(session_of("patient-a")))
    with qtbot.waitSignal(page.go_to) as asked:
        click(
            page.cards["MPD"],
            "Right hip abduction 80.9 % of the left, below 90 % (within measurement error between testers)",
        )
    assert asked.args == ["habd.right"]


def test_what_is_undecided_says_what_is_missing_and_goes_there(
    session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    session = session_of("patient-a")
    session.answer("lsd-knee.right", None)
    page = opened(AssessmentPage(session))
    assert "Missing: step-down, knee, right" in reads(page)
    with qtbot.waitSignal(page.go_to) as asked:
        click(page, "Movement coordination deficits: go to what is missing")
    assert asked.args == ["lsd-knee.right"]


def test_a_card_tells_what_speaks_against_and_which_rule_decides(
    session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    page = opened(AssessmentPage(session_of("ex1")))
    met = reads(page.cards["MPD"])
    assert "Against: right hip extension 95 % of the left, not below 90 %" in met
    assert "Rule: Muscle performance is reduced in the hip, the quadriceps or both." in met
    assert "grade F; cut-offs are app defaults, not from a guideline" in met
    assert "For: step-down 2 of 6, right, at least 2" in reads(page.cards["MCD"])
    assert "CPG-GC (read: summary), CPG19 (read: abstract), grade B." in reads(page.cards["pfp"])
    with qtbot.waitSignal(page.go_to) as asked:
        click(page.cards["MPD"], "Against: right hip extension 95 % of the left, not below 90 %")
    assert asked.args == ["hext.right"]


def test_each_cause_stands_with_for_against_and_not_tested_each_a_link(
    session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    session = session_of("ex1")
    session.answer_all({"ddx-meniscus": "possible", "mcmurray.right": "positive", "thessaly.right": "normal"})
    page = opened(AssessmentPage(session))
    said = reads(page)
    assert "Your word: possible" in said
    for finding, item in (
        ("McMurray, right: Positive", "mcmurray.right"),
        ("Thessaly 20°, right: Negative", "thessaly.right"),
        ("Swelling came", "swelling-onset"),
        ("Meniscal tear", "ddx-meniscus"),
    ):
        with qtbot.waitSignal(page.go_to) as asked:
            click(page, finding)
        assert asked.args == [item]
    session.answer("mcmurray.right", "normal")
    assert "McMurray, right: Positive" not in reads(page)
    assert "McMurray, right: Negative" in reads(page)
    click(page, "All 24")
    assert "Patellar instability" in reads(page)
    click(page, "Fewer")
    assert "Patellar instability" not in reads(page)


def test_another_level_of_irritability_is_set_by_hand_with_a_reason(session_of: Any, opened: Any) -> None:
    page = opened(AssessmentPage(session := session_of("ex1")))
    assert "Irritability: moderate" in reads(page)
    click(page, "Irritability, your word: High")
    assert "Irritability: high" in reads(page)
    assert "Your word. The findings say moderate:" in reads(page)
    assert "write the reason" in reads(page)
    type_into(page, "Irritability: why you set another level", "flares for days")
    assert session.evaluation.opinions["irritability"] == Opinion(
        False, "flares for days", "HIGH", of="MODERATE"
    )
    assert "write the reason" not in reads(page)
    assert isinstance(session.plan, PlanOfCare)
    assert session.plan.phase == 1
    click(page, "Irritability, your word: Moderate")
    assert "irritability" not in session.evaluation.opinions
    assert "Irritability: moderate" in reads(page)
    assert "The findings say" not in reads(page)


def test_a_level_that_rests_on_missing_answers_says_so_in_its_headline(
    session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    session = session_of("ex1")
    session.answer_all({"nprs-worst": 1, "nprs-rest": 0, "wakes": None, "settle-h": None})
    panel = ReasoningPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    panel.show_step("assessment")
    for shown in (opened(AssessmentPage(session)), panel):
        assert "Irritability: not decided, taken as moderate" in reads(shown)
    assert "Irritability not decided, taken as moderate" in reads(opened(PlanPage(session)))


def test_a_level_set_by_hand_without_a_reason_is_left_to_do(session_of: Any, opened: Any) -> None:
    page = opened(AssessmentPage(session := session_of("ex1")))
    page.accept_all_met()
    assert session.progress["assessment"].left == 0
    click(page, "Irritability, your word: High")
    assert session.progress["assessment"].gaps == ("irritability",)
    assert "Assessment: say why you set another irritability" in reads(opened(SignPage(session)))
    type_into(page, "Irritability: why you set another level", "flares for days")
    page.commit()
    assert session.progress["assessment"].left == 0


def test_a_conclusion_the_therapist_disagrees_with_is_no_problem_of_the_plan(
    session_of: Any, opened: Any
) -> None:
    page = opened(PlanPage(session := session_of("ex2")))
    page.refresh()
    assert "Movement coordination deficits" in reads(page._problems)
    session.say("MCD", Opinion(False, "she was only tired"))
    page.refresh()
    assert "Movement coordination deficits" not in reads(page._problems)


def test_a_conclusion_moves_to_where_the_therapist_puts_it(
    session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    page = opened(AssessmentPage(session := session_of("ex1")))
    panel = ReasoningPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    panel.show_step("assessment")
    heads = ("MET   1", "NOT MET   4")
    assert all(head in reads(page) for head in heads)
    session.say("MPD", Opinion(False, "she pushed with little effort"))
    panel.refresh()
    assert "MET   0" in reads(page)
    assert "NOT MET   5" in reads(page)
    assert "Your decision: not met, because" in reads(page.cards["MPD"])
    assert page.cards["MPD"].why.value == "she pushed with little effort"
    assert "Muscle performance deficits: not met" in reads(panel)
    assert "your decision, because she pushed with little effort" in reads(panel)
    session.say("MPD", None)
    session.say("MCD", Opinion(False, ""))
    panel.refresh()
    assert "MET   2" in reads(page)
    assert "Your decision: met, because" in reads(page.cards["MCD"])
    assert "your decision, because (write the reason)" in reads(panel)
    assert session.progress["assessment"].gaps[-1] == "MCD"


def test_a_settle_time_that_is_missing_is_told_on_page_and_panel(
    session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    session = session_of("ex1")
    session.answer("settle-h", None)
    page = opened(AssessmentPage(session))
    panel = ReasoningPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    panel.show_step("history")
    for shown in (page, panel):
        assert "missing: time to settle after a flare" in reads(shown).lower()
    assert "not recorded: time to settle after a flare" in " ".join(note_text(session.note()).split())


def test_an_empty_assessment_counts_nothing(session_of: Any, opened: Any) -> None:
    said = reads(opened(AssessmentPage(session_of())))
    assert "MET   0" not in said


def test_of_a_long_pain_the_longest_alone_is_a_prognosis(session_of: Any, opened: Any) -> None:
    session = session_of("patient-a")
    session.answer("duration", Quantity(60, "weeks"))
    page = opened(AssessmentPage(session))
    said = [reason for reason in reads(page).splitlines() if reason.startswith("Pain for more than")]
    assert len(said) == 1
    assert "12 months" in said[0]


def test_pain_in_a_strength_test_is_a_remark_and_no_prognosis(session_of: Any, opened: Any) -> None:
    session = session_of("ex1")
    test = session.evaluation.answers["habd.right"]
    assert isinstance(test, StrengthTest)
    session.answer("habd.right", replace(test, pain=6))
    assert session.assessment.met("pain-limited")
    said = reads(opened(AssessmentPage(session)))
    assert "No prognosis, but a remark: pain limited the strength test." in said


def test_what_is_open_after_a_stop_is_all_that_can_be_done(session_of: Any, qtbot: QtBot) -> None:
    session = session_of("ex1")
    session.answer("hot-joint", "yes")
    panel = ReasoningPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    panel.show_step("safety")
    still_open = reads(panel).partition("STILL OPEN TO YOU")[2]
    for title in ("Questionnaires", "Knee exam", "Assessment", "Sign"):
        assert title in still_open
    assert "strength" not in still_open.lower()


def test_what_the_panel_needs_is_told_in_words_not_in_ids(session_of: Any, qtbot: QtBot) -> None:
    panel = ReasoningPanel(session_of("ex1"))
    qtbot.addWidget(panel)
    panel.show()
    panel.show_step("assessment")
    said = reads(panel).splitlines()
    assert "Accept or disagree: patellofemoral pain" in said
    assert "Accept or disagree: muscle performance deficits" in said
    assert not {"pfp", "MPD"} & set(said)


def test_a_group_with_an_answer_that_does_not_fit_has_no_green_tick(session_of: Any, opened: Any) -> None:
    page = opened(SafetyPage(session := session_of("ex1")))
    group = next(g for g in page.groups if "swollen-knee" in {item.id for item in g.group.items})
    state = group.findChildren(StateGlyph)[0].accessibleName
    before = state()
    session.answer("effusion.right", "1+")
    assert state() != before
    session.answer("effusion.right", "0")
    assert state() == before


def test_the_impression_is_kept_in_the_therapists_words(session_of: Any, opened: Any) -> None:
    page = opened(AssessmentPage(session := session_of("patient-a")))
    words = next(one for one in page.findChildren(QPlainTextEdit) if one.accessibleName() == "Impression")
    words.setFocus()
    QTest.keyClicks(words, "Load first.")
    page.commit()
    assert session.evaluation.impression == "Load first."


# ---------------------------------------------------------------- plan of care


def in_plan(session: EvaluationSession) -> list[str]:
    assert isinstance(session.plan, PlanOfCare)
    return [one.exercise.id for one in session.plan.exercises]


def test_without_a_plan_no_card_of_a_plan_is_shown_however_wide_the_page(
    session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    page = opened(PlanPage(session_of()))
    for width in (700, 1300):
        page.resize(width, 760)
        qtbot.wait(50)
        assert "No plan of care yet" in reads(page)
        cards = [card for kind in (GoalsCard, VisitsCard, CareCard) for card in page.findChildren(kind)]
        assert not [card for card in cards if card.isVisible()]


def test_a_dose_is_stepped_shown_as_edited_and_kept(
    session_of: Any, opened: Any, qtbot: QtBot, store: Store
) -> None:
    page = opened(PlanPage(session := session_of("ex1")))
    for _ in range(3):
        click(page, "Side-lying hip abduction (straight-leg raise), repetitions, more")
    qtbot.waitUntil(lambda: bool(session.evaluation.plan_edits))
    assert len(session.evaluation.plan_edits) == 1
    assert session.plan.exercises[0].dose.reps == 13
    assert "edited" in reads(page)
    assert store.load(session.evaluation.id).plan_edits == session.evaluation.plan_edits
    click(page, "Back to the proposal")
    assert session.plan.exercises[0].dose.reps == 10
    assert "Back to the proposal" not in reads(page)


def test_an_exercise_is_taken_out_with_its_reason_and_offered_again(session_of: Any, opened: Any) -> None:
    page = opened(PlanPage(session := session_of("ex1")))
    click(page, "Bridge (double-leg): take it out, and say why")
    type_into(page, "Bridge (double-leg): why it is taken out", "back hurts")
    click(page, "Bridge (double-leg): take it out")
    assert "HX01" not in in_plan(session)
    assert "back hurts" in reads(page)
    click(page, "Add Bridge (double-leg)")
    assert "HX01" in in_plan(session)


def test_a_locked_exercise_stays_when_the_phase_changes(session_of: Any, opened: Any) -> None:
    page = opened(PlanPage(session := session_of("ex1")))
    click(page, "Bridge (double-leg): keep it whatever the findings become")
    session.answer("plan-phase", "3")
    assert "HX01" in in_plan(session)
    click(page, "Bridge (double-leg): kept whatever the findings become")
    assert "HX01" not in in_plan(session)


def test_every_goal_is_in_sight_and_other_care_reads_as_offered_or_not_advised(
    session_of: Any, opened: Any
) -> None:
    page = opened(PlanPage(session := session_of("ex1")))
    said = reads(page.findChild(GoalsCard))
    assert isinstance(session.plan, PlanOfCare)
    assert [goal.title for goal in session.plan.goals if goal.title not in said] == []
    care = reads(page.findChild(CareCard)).split("\n")
    assert care.count("offered") == 4
    assert care.count("not advised") == len(session.plan.not_advised)
    assert "Foot orthoses: the foot is not pronated" in care


def test_with_both_knees_sore_a_finding_of_both_sides_names_both(session_of: Any, opened: Any) -> None:
    page = opened(PlanPage(session_of("ex3")))
    for side in ("right", "left"):
        assert f"Hip abduction grade 4 of 5, {side}" in reads(page), "beside the problem"
    card = next(one for one in page.cards.values() if one.exercise.id == "HA01")
    assert "hip abduction grade 4 of 5, right; hip abduction grade 4 of 5, left" in reads(card)


def test_exercises_move_and_give_way_to_harder_ones(session_of: Any, opened: Any) -> None:
    page = opened(PlanPage(session := session_of("ex1")))
    first, second, *_ = in_plan(session)
    click(page, "Mini-squat 0-45°: earlier in the list")
    assert in_plan(session)[:2] == [second, first]
    click(page, "Clamshell: harder, Clamshell with band")
    assert in_plan(session)[2] == "HE02"


def test_a_yes_that_lifts_a_stop_is_not_shown_as_an_alarm(content: Content) -> None:
    for item_id, loud in (
        ("recent-surgery", True),
        ("surgeon-cleared", False),
        ("effusion-cause-known", False),
    ):
        assert (item_id in alarming(content)) is loud, item_id


def test_the_library_says_why_an_exercise_is_not_offered(session_of: Any, opened: Any) -> None:
    page = opened(PlanPage(session := session_of("ex1")))
    QTest.keyClicks(page.library.search, "side plank")
    click(page, "Side plank with top-leg raise: add it anyway, with a reason")
    assert "this plan is in phase 1" in reads(page.library)
    click(page, "Add Side plank with top-leg raise all the same")
    assert "HA06" not in in_plan(session), "the reason is asked for first"
    type_into(page, "Why Side plank with top-leg raise all the same", "trained it for years")
    click(page, "Add Side plank with top-leg raise all the same")
    assert "HA06" in in_plan(session)
    assert session.evaluation.plan_edits[-1].reason == "trained it for years"


def test_the_keyboard_goes_from_an_exercise_to_the_reason_it_asks_for(session_of: Any, opened: Any) -> None:
    page = opened(PlanPage(session_of("ex1")))
    QTest.keyClicks(page.library.search, "side plank")
    click(page, "Side plank with top-leg raise: add it anyway, with a reason")
    at = button(page, "All about Side plank with top-leg raise")
    at.setFocus()
    reached = []
    for _ in range(2):
        QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Tab)
        reached.append(page.window().focusWidget().accessibleName())
    name = "Side plank with top-leg raise all the same"
    assert reached == [f"Why {name}", f"Add {name}"]


def test_the_pictures_show_the_sore_leg_at_work_as_on_paper(session_of: Any, opened: Any) -> None:
    page = opened(PlanPage(session := session_of("patient-a")))
    pictures = {card.exercise.id: card.findChild(ExercisePicture) for card in page.cards.values()}
    sides = {one.exercise.id: one.side for one in session.plan.exercises}
    drawn = {id: ("left" if picture.mirrored else "right") for id, picture in pictures.items()}
    seen_from_the_side = [id for id in sides if drawn_leg(id) == "right" and sides[id] != "both"]
    facing = [id for id in sides if drawn_leg(id) == "left" and sides[id] != "both"]
    assert seen_from_the_side
    assert facing
    assert all(not pictures[id].mirrored for id in seen_from_the_side), drawn
    assert all(pictures[id].mirrored for id in facing), drawn


def test_hip_strength_is_among_the_goals_seen_first(session_of: Any, opened: Any) -> None:
    page = opened(PlanPage(session_of("patient-a")))
    said = reads(page)
    assert "Worst pain" in said
    assert "Strength, hip abductors" in said
    assert "Strength, hip external rotators" in said


def test_without_a_plan_the_page_says_why_and_offers_the_letter(
    session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    session = session_of("ex1")
    session.answer("calf-signs", "yes")
    page = opened(PlanPage(session))
    assert "No plan of care: refer first" in reads(page)
    says = "until the patient is cleared"  # the plan waits for what the letter says it waits for
    assert says in reads(page)
    letter = pypdfium2.PdfDocument(referral_pdf(session.note()))
    assert says in " ".join(" ".join(each.get_textpage().get_text_range().split()) for each in letter)
    with qtbot.waitSignal(page.referral_wanted):
        click(page, "Write the referral letter")


def test_after_surgery_the_exercises_are_picked_by_hand(session_of: Any, opened: Any) -> None:
    session = session_of("ex1")
    session.answer_all({"recent-surgery": "yes", "surgeon-cleared": "yes"})
    page = opened(PlanPage(session))
    assert "Nothing is proposed: pick the exercises by hand" in reads(page)
    click(page, "Add Clamshell")
    assert in_plan(session) == ["HE01"]


def test_without_a_plan_what_is_missing_is_a_link(session_of: Any, opened: Any, qtbot: QtBot) -> None:
    session = session_of("ex1")
    session.answer("nprs-worst", None)
    page = opened(PlanPage(session))
    with qtbot.waitSignal(page.go_to) as asked:
        click(page, "Worst pain, last 7 days")
    assert asked.args == ["nprs-worst"]


# ---------------------------------------------------------------- handout


def shown_sheet(page: HandoutPage | SignPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.pages.page_count > 0, timeout=20_000)


def test_the_handout_shows_its_four_pages_and_saves_exactly_these_bytes(
    session_of: Any, opened: Any, qtbot: QtBot, store: Store, tmp_path: Path
) -> None:
    page = opened(HandoutPage(session := session_of("ex1")))
    shown_sheet(page, qtbot)
    assert page.pages.page_count == 4
    assert "1–2 of 4" in reads(page)
    page.save_as(tmp_path / "sheet")
    saved = (tmp_path / "sheet.pdf").read_bytes()
    (kept,) = store.documents(session.evaluation.id)
    assert store.document_bytes(kept.id) == saved
    assert saved.startswith(b"%PDF")
    assert session.progress["handout"].state == "complete"
    assert f"Saved as sheet.pdf in {tmp_path.name}." in reads(page)


def test_a_sheet_that_cannot_be_saved_is_told_plainly(
    session_of: Any, opened: Any, qtbot: QtBot, store: Store, tmp_path: Path
) -> None:
    page = opened(HandoutPage(session := session_of("ex1")))
    shown_sheet(page, qtbot)
    page.save_as(tmp_path / "nowhere" / "sheet.pdf")
    assert "could not be written" in reads(page)
    assert store.documents(session.evaluation.id) == ()


def test_a_sheet_that_cannot_be_kept_is_not_saved_either(
    session_of: Any, opened: Any, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(HandoutPage(session := session_of("ex1")))
    shown_sheet(page, qtbot)
    (tmp_path / "sheet.pdf").write_bytes(b"of yesterday")

    def full(*_: object) -> str:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(session.store, "keep_document", full)
    page.save_as(tmp_path / "sheet.pdf")
    assert "The disk is full." in reads(page)
    assert [(file.name, file.read_bytes()) for file in tmp_path.glob("*sheet*")] == [
        ("sheet.pdf", b"of yesterday")
    ]


def test_a_missing_phone_is_asked_for(session_of: Any, opened: Any, qtbot: QtBot) -> None:
    page = opened(HandoutPage(session := session_of("ex1")))
    with qtbot.waitSignal(page.preferences_wanted):
        click(page, "Add the clinic's phone")
    session.use_settings(SETTINGS.model_copy(update={"clinic_phone": "555 0100"}))
    assert "No phone" not in reads(page)


def test_a4_is_another_sheet(session_of: Any, opened: Any, qtbot: QtBot) -> None:
    page = opened(HandoutPage(session_of("ex1")))
    shown_sheet(page, qtbot)
    assert round(page.pages.page_size(0)[0]) == 612
    click(page, "Paper: A4")
    qtbot.waitUntil(lambda: round(page.pages.page_size(0)[0]) == 595, timeout=20_000)


def test_a_spanish_sheet_is_shown_and_kept_as_spanish_and_its_drafts_are_told(
    session_of: Any, opened: Any, qtbot: QtBot, store: Store, tmp_path: Path
) -> None:
    page = opened(HandoutPage(session := session_of("ex1")))
    shown_sheet(page, qtbot)
    assert "Is the goal in Spanish?" not in reads(page)
    click(page, "Language of the sheet: Español")
    qtbot.waitUntil(lambda: "4 pages, Letter, Español" in reads(page), timeout=20_000)
    assert "The Spanish is a draft" in reads(page)
    assert re.search(r"No qualified translator has reviewed \d+ of its texts\.", reads(page))
    page.save_as(tmp_path / "hoja")
    assert [row.language for row in store.documents(session.evaluation.id)] == ["es"]
    session.answer("goal-text", "Climb the stairs")
    assert "It is printed as it was typed: “Climb the stairs”" in reads(page)


def test_what_was_chosen_for_the_sheet_is_there_again_when_the_patient_is_opened_again(
    session_of: Any, opened: Any, content: Content, store: Store
) -> None:
    chosen: dict[str, SheetChoice] = {}
    first = session_of("ex1")

    def again(evaluation: Evaluation = first.evaluation) -> EvaluationSession:
        return EvaluationSession(evaluation, content, store, SETTINGS, sheets=chosen)

    page = opened(HandoutPage(again()))
    for wanted in ("Language of the sheet: Español", "Form of the sheet: Large", "Paper: A4"):
        click(page, wanted)
    back = opened(HandoutPage(again()))
    assert (back.language.value, back.form.value, back.paper.value) == ("es", "large", "a4")
    another = replace(first.evaluation, id="b" * 32, episode_id="c" * 32)
    assert again(another).sheet_choice == SheetChoice("en", "standard", "letter")


def test_the_sheet_of_a_later_visit_is_in_the_language_that_was_given(session_of: Any, store: Store) -> None:
    session = session_of("ex1")
    paper = (session.evaluation.id, "handout", "es", "letter")
    store.keep_document(*paper, b"%PDF 1", "A. Chen", use=None)
    session.read_documents()
    assert session.sheet_choice.language == "en", "it did not come out of the printer"
    store.keep_document(*paper, b"%PDF 2", "A. Chen")
    session.read_documents()
    assert session.sheet_choice.language == "es"


def test_the_drafts_of_a_spanish_sheet_are_listed_beside_their_english(
    session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    page = opened(HandoutPage(session_of("ex1", handout_language="es")))
    click(page, "Show these texts")
    dialog = page.findChild(DraftsDialog)
    assert dialog.isVisible()
    shown = dialog.texts.toPlainText()
    assert "Emergency room" in shown
    assert "Sala de emergencias" in shown
    assert "<b>" not in shown
    with qtbot.waitSignal(dialog.destroyed):
        click(dialog, "Done")


def test_the_language_of_the_settings_is_chosen_at_first(session_of: Any, opened: Any, qtbot: QtBot) -> None:
    page = opened(HandoutPage(session_of("ex1", handout_language="es")))
    qtbot.waitUntil(lambda: "4 pages, Letter, Español" in reads(page), timeout=20_000)
    click(page, "Language of the sheet: English")
    qtbot.waitUntil(lambda: "4 pages, Letter, English" in reads(page), timeout=20_000)
    assert "draft" not in reads(page)


def test_without_a_printer_it_says_so_and_keeps_nothing(
    session_of: Any, opened: Any, qtbot: QtBot, store: Store
) -> None:
    page = opened(HandoutPage(session := session_of("ex1")))
    shown_sheet(page, qtbot)
    click(page, "Print 4 pages")
    assert "No printer is set up on this computer" in reads(page)
    assert store.documents(session.evaluation.id) == ()


def test_ctrl_p_waits_for_the_pages(session_of: Any, opened: Any, qtbot: QtBot) -> None:
    page = opened(HandoutPage(session_of("ex1")))
    assert page.print_paper()
    assert "No printer" not in reads(page)
    shown_sheet(page, qtbot)
    assert "No printer is set up on this computer" in reads(page)


def test_without_a_plan_there_is_no_sheet(session_of: Any, opened: Any) -> None:
    session = session_of("ex1")
    session.answer("nprs-worst", None)
    page = opened(HandoutPage(session))
    assert "There is no sheet without a plan of care." in page.pages.words
    assert not button(page, "Print").isEnabled()


# ---------------------------------------------------------------- questions


def test_the_rest_is_unlikely_in_one_act_that_is_undone_as_one(session_of: Any, opened: Any) -> None:
    session = session_of()
    session.answer("ddx-osgood", "possible")
    page = opened(step("knee", session))
    assert page.focus_item("ddx-osgood")
    click(page, "The rest: Unlikely")
    asked = [item.id for item in page.step.items if any(option.id == "unlikely" for option in item.options)]
    said = {item_id: session.evaluation.answers.get(item_id) for item_id in asked}
    assert said.pop("ddx-osgood") == "possible"
    assert set(said.values()) == {"unlikely"}
    assert "The rest: Unlikely" not in reads(page)
    session.undo()
    assert [item_id for item_id in asked if item_id in session.evaluation.answers] == ["ddx-osgood"]


@pytest.mark.parametrize(
    ("on", "found", "says", "rest"),
    [
        ("knee", ("palp-lateral-facet", "tender"), "The rest: None", "none"),
        ("mobility", ("length-quad", "tight"), "The rest: Normal", "normal"),
    ],
)
def test_the_rest_is_said_of_the_sore_knee_and_leaves_the_sound_side_open(
    session_of: Any, opened: Any, on: str, found: tuple[str, str], says: str, rest: str
) -> None:
    session = session_of()
    assert session.evaluation.sore_knee == "right"
    item_id, answer = found
    session.answer(f"{item_id}.right", answer)
    page = opened(step(on, session))
    assert page.focus_item(f"{item_id}.right")
    click(page, says)
    given = {key: said for key, said in session.evaluation.answers.items() if key != f"{item_id}.right"}
    group = next(group for group in page.step.groups if any(one.id == item_id for one in group.items))
    asked = (item.id for item in group.items if any(option.id == rest for option in item.options))
    own = {f"{each}.right" for each in asked} - {f"{item_id}.right"}
    assert own <= set(given), "also where nothing waits for it"
    assert {given[key] for key in own} == {rest}
    assert session.evaluation.answers[f"{item_id}.right"] == answer
    assert not [key for key in given if key.endswith(".left")]
    assert says not in reads(page)
    again = says.replace("The rest", "The rest, LEFT")
    assert (again in reads(page)) is (on == "mobility"), "nobody palpates the sound side without a reason"
    if on == "mobility":
        click(page, again)
        answers = session.evaluation.answers
        assert {answers[f"{each.removesuffix('.right')}.left"] for each in own} == {rest}
        session.undo()
        assert "length-ham.left" not in session.evaluation.answers


def test_a_number_is_told_with_what_it_comes_to_and_its_limit(session_of: Any, opened: Any) -> None:
    session = session_of("patient-a")
    page = opened(step("mobility", session))
    assert page.focus_item("hip-ir.right")
    type_into(page, "Hip internal rotation, right, °", "25")
    said = reads(page)
    assert "Hip internal rotation right 25°: below 30° (app default, information only)." in said
    assert "App default: not from a guideline." in said
    type_into(page, "Hip internal rotation, right, °", "30")
    assert "below 30°" not in reads(page)


def test_a_length_test_says_tight_or_not_beside_the_angle(session_of: Any, opened: Any) -> None:
    page = opened(step("mobility", session := session_of()))
    assert page.focus_item("slr.right")
    type_into(page, "Straight-leg raise, right, °", "65")
    assert "Straight-leg raise right 65°: tight hamstrings" in reads(page)
    type_into(page, "Straight-leg raise, right, °", "75")
    assert "Straight-leg raise right 75°: not tight" in reads(page)
    assert "tight hamstrings" not in reads(page)
    session.answer("slr.right", None)
    page.refresh()
    assert "not tight" not in reads(page)


def test_what_brings_it_on_is_open_at_once(session_of: Any, opened: Any) -> None:
    page = opened(step("history", session_of()))
    page.focus_item("nprs-worst")
    assert "Stairs down" in reads(page)


def test_a_load_is_counted_in_the_therapists_unit_which_stands_beside_both_numbers(
    session_of: Any, opened: Any
) -> None:
    session = session_of()
    session.answer("load-change", "yes")
    session.answer("load-unit", "km a week")
    page = opened(step("history", session))
    assert page.focus_item("load-old")
    type_into(page, "Load before, km a week", "20")
    assert session.evaluation.answers["load-old"] == 20.0
    assert reads(page).split("\n").count("km a week") == 2
    session.answer("load-unit", "sessions")
    page.refresh()
    type_into(page, "Load after, sessions", "4")
    assert "km a week" not in reads(page)


def test_a_number_without_a_unit_stands_with_its_range(session_of: Any, opened: Any) -> None:
    page = opened(step("questionnaires", session := session_of()))
    assert page.focus_item("akps-total")
    type_into(page, "AKPS total from paper, of 100", "81")
    assert session.evaluation.answers["akps-total"] == 81.0
    assert "of 100" in reads(page).split("\n")


def test_an_empty_test_of_strength_says_in_which_unit_it_is_typed(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session_of()))
    side = next(one for one in page.findChildren(StrengthSide) if one.name == "Hip abduction, right")
    assert "N" in reads(side).split("\n")
    button(page, "kgf").click()
    assert "kgf" in reads(side).split("\n")
    type_trials(page, "Hip abduction", "right", ("9",), "kgf")
    assert "9 kgf" in reads(side)


def test_a_score_stands_with_its_range_error_and_rights(session_of: Any, opened: Any) -> None:
    session = session_of("patient-b")
    page = opened(step("questionnaires", session))
    assert page.focus_item("psfs-3")
    said = reads(page)
    assert (
        "PSFS: 0 to 10, higher is better · MDC 2 (not checked) · MCID 2 (not checked) · Free to use." in said
    )
    assert "AKPS: 0 to 100, higher is better · MDC 9 · MCID 10 · " in said
    assert "3 answers" in said
    assert "left out" not in said


def test_two_more_activities_are_asked_one_after_the_other(session_of: Any, opened: Any) -> None:
    session = session_of("patient-b")
    page = opened(step("questionnaires", session))
    assert page.focus_item("psfs-4")
    assert not page.focus_item("psfs-5")
    session.answer("psfs-4", 9.0)
    page.refresh()
    assert page.focus_item("psfs-5")
    assert session.assessment.scores["psfs"].value == 6.0


def test_hip_sit_is_told_for_body_mass(session_of: Any, opened: Any) -> None:
    page = opened(StrengthPage(session_of("patient-a")))
    said = reads(page)
    assert "0.229 kgf/kg" in said
    assert "0.276 kgf/kg" in said
    assert "right side 83 % of the left, 17 % lower" in said


def test_beside_each_cause_stands_what_speaks_for_and_against_as_it_is_found(
    session_of: Any, opened: Any
) -> None:
    session = session_of()
    page = opened(step("knee", session))
    page.focus_item("ddx-acl")
    session.answer("lachman.right", "positive")
    assert "For: Lachman, right: Positive." in reads(page)
    session.answer("lachman.right", "normal")
    assert "Against: Lachman, right: Negative." in reads(page)
    session.answer("lachman.right", None)
    assert "Lachman, right" not in reads(page)


def test_the_rule_of_a_conclusion_is_heard_where_one_accepts_it(session_of: Any, opened: Any) -> None:
    page = opened(AssessmentPage(session_of("ex1")))
    card = page.cards["MPD"]
    rule = card._rule.text()
    assert rule
    boxes = [
        box for box in card.findChildren(QAbstractButton) if "accept or disagree" in box.accessibleName()
    ]
    assert {rule.rstrip(".") in box.accessibleDescription() for box in boxes} == {True}


def test_the_level_of_irritability_and_its_rule_are_heard_where_one_sets_another(
    session_of: Any, opened: Any
) -> None:
    card = opened(AssessmentPage(session_of("ex1"))).irritability
    rule = card._rule.text()
    assert rule
    told = {box.accessibleDescription() for box in card.level.findChildren(QAbstractButton)}
    assert told == {f"Irritability: moderate. {rule.rstrip('.')}."}


def heard_with(page: Any, item_id: str) -> str:
    """What a screen reader has to say after the name of the field that the keyboard comes to."""
    assert page.focus_item(item_id)
    return QAccessible.queryAccessibleInterface(page.window().focusWidget()).text(
        QAccessible.Text.Description
    )


def test_what_speaks_for_and_against_a_cause_is_heard_where_one_says_how_likely_it_is(
    session_of: Any, opened: Any
) -> None:
    session = session_of()
    page = opened(step("knee", session))
    session.answer("lachman.right", "positive")
    assert "For: Lachman, right: Positive." in heard_with(page, "ddx-acl")
    session.answer("lachman.right", "normal")
    assert "Against: Lachman, right: Negative." in heard_with(page, "ddx-acl")
    session.answer("lachman.right", None)
    assert "Lachman" not in heard_with(page, "ddx-acl")


@pytest.mark.parametrize(
    ("step_id", "item_id", "words"),
    [
        ("knee", "effusion", "Trace: small wave on the downward stroke."),
        ("mobility", "thomas", "the thigh against horizontal"),
    ],
)
def test_the_hint_of_an_item_with_sides_is_heard_once_with_its_first_field(
    session_of: Any, opened: Any, step_id: str, item_id: str, words: str
) -> None:
    page = opened(step(step_id, session_of()))
    assert words in heard_with(page, f"{item_id}.right")
    assert words not in heard_with(page, f"{item_id}.left")


def test_the_hint_of_a_number_stays_when_what_was_wrong_with_it_is_mended(
    session_of: Any, opened: Any
) -> None:
    page = opened(step("mobility", session_of()))
    hint = heard_with(page, "thomas.right")
    QTest.keyClicks(page.window().focusWidget(), "999")
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Tab)
    assert "can be counted" in heard_with(page, "thomas.right")
    assert heard_with(page, "thomas.right").endswith(hint)
    page.window().focusWidget().selectAll()
    QTest.keyClicks(page.window().focusWidget(), "9")
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Tab)
    assert heard_with(page, "thomas.right") == hint


def test_a_test_tells_how_accurate_it_is_when_asked(session_of: Any, opened: Any) -> None:
    page = opened(step("movement", session_of()))
    told = "Patellofemoral pain: sensitivity 91 % (Nunes 2013); specificity 50 % (reported in a secondary source)"
    assert "No pain on squatting speaks against patellofemoral pain." in reads(page)
    assert "ensitivity" not in reads(page)
    click(page, "Squatting brings the familiar pain: accuracy of the test")
    assert told in reads(page)
    click(page, "Squatting brings the familiar pain: accuracy of the test")
    assert "ensitivity" not in reads(page)


def test_equals_copies_only_to_the_left_and_never_nothing(session_of: Any, opened: Any) -> None:
    page = opened(step("mobility", session := session_of()))
    item = next(item for item in page.step.items if item.sides and item.kind == "number")
    right, left = item.ids
    session.answer(left, 12.0)
    for side in (right, left):
        assert page.focus_item(side)
        QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Equal)
        assert session.evaluation.answers.get(left) == 12.0, "the right side is empty"
    session.answer(right, 20.0)
    page.focus_item(right)
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Equal)
    assert session.evaluation.answers[left] == 12.0, "it was pressed on the right"
    page.focus_item(left)
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Equal)
    assert session.evaluation.answers[left] == 20.0


def test_an_adult_is_not_asked_what_is_asked_of_children(session_of: Any, opened: Any) -> None:
    page = opened(SafetyPage(session_of()))
    said = reads(page)
    assert "under 18" not in said
    assert "Age 8 to 16" not in said
    assert page.hint.text().startswith("23 questions")


def test_page_and_note_count_the_same_safety_questions(session_of: Any, opened: Any) -> None:
    """Also those that a yes opened, and those that are not answered."""
    session = session_of()
    page = opened(SafetyPage(session))
    session.answer_all(dict.fromkeys(session.progress["safety"].gaps, "no"))
    for item_id, answer in (("injury", "yes"), ("injury-days", 3.0), ("patella-tender", "no")):
        session.answer(item_id, answer)
    session.answer("lumbar", "not-assessed")
    session.answer("swollen-knee", "yes")
    counted = re.search(r"(\d+) of (\d+) questions answered", note_text(session.note(), (), ""))
    assert counted is not None
    answered, asked = (int(each) for each in counted.groups())
    numbers = {words: int(number) for number, words in re.findall(r"(\d+) ([a-z ]+\w)", page.hint.text())}
    assert (numbers["questions"], numbers["yes"] + numbers["no"]) == (asked, answered)
    assert numbers["not assessed"] == 1
    assert answered < asked
    heads = reads(page)
    assert "1 yes" in heads
    left = len(set(session.progress["safety"].gaps))
    assert sum(int(each) for each in re.findall(r"(\d+) left", heads)) == left == asked - answered - 1


def test_two_stops_of_the_same_level_are_both_named(session_of: Any, opened: Any) -> None:
    session = session_of()
    session.answer_all({"calf-signs": "yes", "femoral-neck": "yes"})
    for kind in (SafetyPage, AssessmentPage):
        said = opened(kind(session)).banner.accessibleName()
        assert "DVT suspected" in said, kind
        assert "femoral neck" in said, kind
        assert "Stop weight bearing" in said, kind
        assert "Medical contact the same day" in said, kind
    said = reads(opened(SignPage(session)))
    assert "Stop weight bearing" in said
    assert "Medical contact the same day" in said


@pytest.mark.parametrize("part", ["page", "panel"])
def test_under_18_the_hip_questions_stand_in_place_of_every_knee_result(
    part: str, session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    session = session_of("ex3")
    hip = ("limp-now", "drehmann")
    session.answer_all(dict.fromkeys(hip))
    shown: QWidget
    if part == "page":
        shown = opened(AssessmentPage(session))
    else:
        shown = ReasoningPanel(session)
        qtbot.addWidget(shown)
        shown.show()
        shown.show_step("assessment")
    knee = ("Patellofemoral pain", "performance", "3 of 3", "Irritability")
    said = reads(shown)
    assert "Hip screen first: 2 questions open." in said
    assert "limps now" in said.lower()
    assert not [words for words in knee if words in said]
    session.answer_all(dict.fromkeys(hip, "no"))
    if isinstance(shown, ReasoningPanel):
        shown.refresh()
    said = reads(shown)
    assert "questions open" not in said
    assert "Patellofemoral pain" in said


# ---------------------------------------------------------------- sign


def test_signing_locks_the_note_and_an_addendum_is_added(
    session_of: Any, opened: Any, qtbot: QtBot, store: Store
) -> None:
    page = opened(SignPage(session := session_of("ex1")))
    shown_sheet(page, qtbot)
    click(page, "Sign and lock")
    assert session.signed
    assert store.load(session.evaluation.id).signature is not None
    assert "by A. Chen, PT" in page.banner.accessibleName()
    assert "Sign and lock" not in reads(page)
    words = next(one for one in page.findChildren(QPlainTextEdit) if one.accessibleName() == "Addendum")
    QTest.keyClicks(words, "The patient called.")
    click(page, "Add the addendum")
    assert [addendum.text for addendum in store.load(session.evaluation.id).addenda] == [
        "The patient called."
    ]
    assert words.toPlainText() == ""
    assert "The patient called." in reads(page)


def test_before_signing_it_is_said_that_no_code_is_ticked(session_of: Any, opened: Any) -> None:
    page = opened(SignPage(session := session_of("ex1")))
    assert "No code is ticked in the plan of care" in reads(page)
    session.answer("codes-used", ("M22.2X1",))
    assert "No code is ticked in the plan of care" not in reads(page)


def test_without_a_name_there_is_no_signing_and_the_reason_stands_there(
    session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    page = opened(SignPage(session_of("ex1", therapist_name="")))
    assert not button(page, "Sign and lock").isEnabled()
    assert "A note is signed with a name." in reads(page)
    with qtbot.waitSignal(page.preferences_wanted):
        click(page, "Add your name in the settings")


def test_nothing_is_signed_that_was_not_drawn_or_with_safety_open(
    session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    page = opened(SignPage(session := session_of("ex1")))
    assert not button(page, "Sign and lock").isEnabled()
    assert "it can be signed once it can be read" in reads(page)
    shown_sheet(page, qtbot)
    assert button(page, "Sign and lock").isEnabled()
    session.answer("calf-signs", None)
    assert not button(page, "Sign and lock").isEnabled()
    assert "1 safety question is not answered" in reads(page)


def test_before_signing_it_is_told_that_the_sheet_was_given_before_the_plan_changed(
    session_of: Any, opened: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    sheet = opened(HandoutPage(session := session_of("ex1")))
    shown_sheet(sheet, qtbot)
    sheet.save_as(tmp_path / "sheet")
    page = opened(SignPage(session))
    assert "Handout given and kept" in reads(page)
    session.edit_plan(PlanEdit("drop", in_plan(session)[0], reason="no band at home"))
    assert "tells other things than the plan does now" in reads(page)
    session.undo()
    assert "Handout given and kept" in reads(page)


def test_the_printed_note_holds_its_addenda(session_of: Any, opened: Any, qtbot: QtBot) -> None:
    session = session_of("ex1")
    session.sign()
    page = opened(SignPage(session))
    shown_sheet(page, qtbot)
    before = page._pdf
    session.add_addendum("The patient called.")
    qtbot.waitUntil(lambda: page._pdf not in (None, before), timeout=10_000)


def test_what_is_missing_is_a_link_before_signing(session_of: Any, opened: Any, qtbot: QtBot) -> None:
    session = session_of("ex1")
    session.answer("height", 168.0)
    page = opened(SignPage(session))
    assert "2 things are missing" in reads(page)
    with qtbot.waitSignal(page.go_to) as asked:
        click(page, "Assessment: accept or disagree: muscle performance deficits")
    assert asked.args == ["MPD"]


def test_a_stopped_evaluation_misses_only_what_the_safety_screen_asks(session_of: Any, opened: Any) -> None:
    session = session_of("ex1")
    for item_id in ("worst-pain", "height"):
        session.answer(item_id, None)
    session.answer("calf-signs", "yes")
    page = opened(SignPage(session))
    asked = session.progress["safety"].left
    assert asked, "a sign of a clot is looked into"
    assert f"{asked} things are missing" in reads(page)
    assert "They may stay open: the letter says how many were not answered." in reads(page)
    assert "All but safety" not in reads(page)
    assert "History: " not in reads(page)


def test_a_stopped_evaluation_offers_the_letter_and_can_be_signed(
    session_of: Any, opened: Any, qtbot: QtBot
) -> None:
    session = session_of("ex1")
    session.answer("calf-signs", "yes")
    page = opened(SignPage(session))
    with qtbot.waitSignal(page.referral_wanted):
        click(page, "Write the referral letter")
    shown_sheet(page, qtbot)
    click(page, "Sign and lock")
    assert session.signed


def test_a_signed_evaluation_is_only_looked_at(session_of: Any, opened: Any) -> None:
    session = session_of("patient-a")
    session.sign()
    strength = opened(StrengthPage(session))
    strength.focus_item("habd.right")
    edit = field(strength, "Hip abduction, right, trial 1, N")
    QTest.keyClicks(edit, "7")
    assert edit.text() == "88"
    plan = opened(PlanPage(session))
    assert "Add" not in [one.text() for one in plan.findChildren(QAbstractButton) if one.isVisible()]
    assessment = opened(AssessmentPage(session))
    assert not button(assessment, "Accept all met").isEnabled()


def test_with_both_knees_sore_the_page_says_which_knee_is_meant(session_of: Any, opened: Any) -> None:
    session = session_of("patient-b")
    page = opened(step("movement", session))
    assert "Where no side is asked: the knee that hurts more in that test." in reads(page)
    session.answer("worse-side", "left")
    page.refresh()
    assert "Where no side is asked: the LEFT knee, the worse one." in reads(page)
    session.answer("worse-side", None)
    page.refresh()
    assert "the worse knee; History asks which it is" in reads(page)
    assert "worse-side" in session.progress["history"].gaps


def test_with_one_knee_sore_nothing_is_said_of_a_worse_one(session_of: Any, opened: Any) -> None:
    page = opened(step("movement", session_of("patient-a")))
    assert "no side is asked" not in reads(page)


def test_a_length_that_was_measured_stands_in_place_of_the_word(session_of: Any, opened: Any) -> None:
    page = opened(step("mobility", session_of("patient-c")))
    assert "6° measured" in reads(page)
    assert "16° measured" in reads(page)


def test_where_points_were_added_up_on_paper_their_items_tell_the_total(session_of: Any, opened: Any) -> None:
    session = session_of("patient-a")
    session.answer("fpi6-typed-total.right", 3.0)
    page = opened(step("mobility", session))
    assert "total 3" in reads(page)
    assert "3 measured" not in reads(page)


def test_a_load_without_a_unit_says_so(session_of: Any, opened: Any) -> None:
    session = session_of("patient-a")
    page = opened(step("history", session))
    page.focus_item("load-old")
    assert "(unit not said yet)" not in reads(page)
    session.answer("load-unit", None)
    page.refresh()
    assert reads(page).count("(unit not said yet)") == 2


def test_the_therapist_reads_the_clinical_names_of_exercises(session_of: Any, opened: Any) -> None:
    session = session_of("patient-a")
    page = opened(PlanPage(session))
    said = reads(page)
    exercises = session.content.exercises.values()
    assert [one.name for one in exercises if one.name not in " ".join(said.split())] == []
    clinical = {one.name for one in exercises}
    assert {one.patient_name.en for one in exercises}.intersection(said.split("\n")) <= clinical
    assert "then: Clamshell with band" in said


def test_a_goal_on_a_score_tells_its_scale_beside_the_note(session_of: Any, opened: Any) -> None:
    said = reads(opened(PlanPage(session_of("patient-a"))))
    goal = "KOOS-PF 0 to 100, higher is better. No short-term target: a change below 16 is within error."
    assert goal in said

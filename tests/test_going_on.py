"""Going on against a warning with a reason, and the note taken along as text, as a therapist does both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_case
from evalassist.clinical.result import PlanOfCare
from evalassist.content import load_content
from evalassist.documents import referral_pdf
from evalassist.evaluation import StrengthTest
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import style
from ui.main_window import MainWindow
from ui.pages.base import Page
from ui.session import EvaluationSession
from ui.widgets.editors import Editor
from ui.widgets.pdf_view import open_pdf

KEYS = new_keys()

pytestmark = [
    # The off-screen platform says this of every window and menu it shows.
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

CASES = Path(__file__).parent / "cases"
SETTINGS = Settings(therapist_name="A. Chen, PT", licence="40-12345", clinic_name="Riverside")
Begin = Callable[..., MainWindow]


@pytest.fixture
def begin(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Begin]:
    style.apply_style(qapp)
    with Store(tmp_path / "records.db", KEYS) as store:
        window = MainWindow()
        qtbot.addWidget(window)
        window.resize(1366, 768)
        with qtbot.waitExposed(window):
            window.show()
        window.open_store(store, load_content(), SETTINGS)
        window.activateWindow()

        def show(case: str = "ex1", **answers: Any) -> MainWindow:
            evaluation = read_case(CASES / f"{case}.toml", load_content())
            said = {key.replace("_", "-"): value for key, value in answers.items()}
            window.begin(evaluation.with_answers(said))
            return window

        yield show
        window.close()
        style.apply_style(qapp)


def reads(place: QWidget) -> str:
    """All words that can be seen."""
    QApplication.processEvents()
    words = [one.text() for one in place.findChildren(QLabel) if one.isVisible()]
    return "\n".join(words + [one.text() for one in place.findChildren(QAbstractButton) if one.isVisible()])


def button(place: QWidget, name: str) -> QAbstractButton:
    QApplication.processEvents()
    found = [
        b
        for b in place.findChildren(QAbstractButton)
        if b.isVisible() and name in (b.text(), b.accessibleName())
    ]
    assert len(found) == 1, f"{len(found)} buttons are called {name!r}"
    return found[0]


def click(place: QWidget, name: str) -> None:
    QTest.mouseClick(button(place, name), Qt.MouseButton.LeftButton)


def at_keyboard(window: MainWindow) -> QWidget:
    """The field with the keyboard."""
    QApplication.processEvents()
    at: QWidget | None = window.focusWidget()
    assert at is not None
    return at


def type_here(window: MainWindow, words: str) -> None:
    """Type where the keyboard is; Enter tells it."""
    QTest.keyClicks(at_keyboard(window), words)
    QTest.keyClick(at_keyboard(window), Qt.Key.Key_Return)


# ---------------------------------------------------------------- the note as text


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_a_draft_is_copied_as_text_and_marked_as_one(begin: Begin) -> None:
    window = begin()
    assert window.view is not None
    window.view.show_step("sign")
    click(window, "Copy as text")
    assert clipboard().startswith("PHYSICAL THERAPY INITIAL EVALUATION - DRAFT, not signed\nRiverside\n")
    assert "The note, marked as a draft, is on the clipboard as text." in reads(window)


def test_a_signed_note_is_copied_by_key_with_its_addenda(begin: Begin) -> None:
    window = begin()
    assert window.view is not None
    window.view.session.sign()
    window.view.session.add_addendum("The film is normal.")
    window.view.show_step("sign")
    QGuiApplication.clipboard().clear()
    QTest.keyClick(
        window, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert "Signed by A. Chen, PT, license 40-12345" in clipboard()
    assert "The film is normal." in clipboard()
    assert "DRAFT" not in clipboard()
    assert "The note is on the clipboard as text." in reads(window)
    assert "copy the note as text" in dict(window.view.page.keys())["Ctrl+Shift+C"]


def test_what_was_copied_is_no_longer_said_once_the_note_changed(begin: Begin) -> None:
    window = begin()
    assert window.view is not None
    window.view.show_step("sign")
    click(window, "Copy as text")
    window.view.session.write_impression("Changed since.")
    assert "on the clipboard" not in reads(window)


# ---------------------------------------------------------------- a clot suspected

CLOT: dict[str, Any] = {"calf_signs": "yes", "chest_signs": "no", "pregnant_or_birth": "no"}


def page_of(window: MainWindow, step: str) -> Page:
    assert window.view is not None
    return window.view.show_step(step)


def session_of(window: MainWindow) -> EvaluationSession:
    assert window.view is not None
    return window.view.session


def banner(page: Page) -> str:
    QApplication.processEvents()
    return page.banner.accessibleName() if page.banner.isVisible() else ""


def enabled(page: Page) -> bool:
    return any(editor.isEnabled() for editor in page.findChildren(Editor))


def note_lines(window: MainWindow) -> dict[str, str]:
    """What the note says under Safety."""
    section = next(section for section in session_of(window).note().sections if section.title == "Safety")
    return {line.label: line.value for line in section.lines}


@pytest.mark.parametrize(
    ("ticked", "says"),
    [
        ((), "0: DVT unlikely but not excluded, medical contact within 48 hours (app default)"),
        (
            ("alternative",),
            "−2: DVT unlikely but not excluded, medical contact within 48 hours (app default)",
        ),
        (("pitting",), "1: DVT unlikely but not excluded, medical contact within 48 hours (app default)"),
        (("pitting", "calf-3cm"), "2: DVT likely, medical contact the same day"),
    ],
)
def test_the_wells_score_is_told_in_words_while_it_is_ticked(begin: Begin, ticked: Any, says: str) -> None:
    window = begin(**CLOT, wells=ticked)
    assert says in reads(page_of(window, "safety"))


def test_the_wells_score_has_no_words_before_it_is_ticked(begin: Begin) -> None:
    assert "DVT unlikely" not in reads(page_of(begin(**CLOT), "safety"))


def test_the_words_of_the_wells_score_change_where_its_rule_does() -> None:
    content = load_content()
    (rule,) = (part for part in content.rules["rf04-likely"].when.walk() if part.fact == "wells-score")
    likely, unlikely = content.derived["wells"].limits
    assert (likely.at_least, likely.means[:10]) == (rule.at_least, "DVT likely")
    assert unlikely.at_least == sum(min(o.points or 0, 0) for o in content.items["wells"].options)


def test_the_call_is_recorded_and_stands_in_note_and_letter(begin: Begin) -> None:
    window = begin(**CLOT, wells=("calf-3cm", "pitting"))
    page = page_of(window, "safety")
    click(page, "Record the medical contact")
    assert at_keyboard(window).accessibleName() == "Medical contact made"
    type_here(window, "Dr. Lee, 8:40")
    assert session_of(window).evaluation.answers["medical-contact-made"] == "Dr. Lee, 8:40"
    assert note_lines(window)["Medical contact made"] == "Dr. Lee, 8:40"
    letter = open_pdf(referral_pdf(session_of(window).note()))
    assert "Medical contact made Dr. Lee, 8:40" in " ".join(letter.getAllText(0).text().split())
    assert "Record the medical contact" not in reads(page)


def test_before_signing_it_says_that_nobody_was_called(begin: Begin) -> None:
    window = begin(**CLOT, wells=("calf-3cm", "pitting"))
    page = page_of(window, "sign")
    assert "No medical contact is recorded" in reads(page)
    session_of(window).answer("medical-contact-made", "Dr. Lee")
    assert "No medical contact is recorded" not in reads(page)


# ---------------------------------------------------------------- testing anyway


def in_dialog(page: Page, opens: str, act: Callable[[QDialog], None]) -> str:
    """Open a dialog by a button and act in it; gives what it said."""
    said: list[str] = []
    opener = button(page, opens)

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        try:
            said.append(reads(dialog))
            act(dialog)
        finally:
            if dialog.isVisible():
                dialog.done(0)

    QTimer.singleShot(0, look)
    QTest.mouseClick(opener, Qt.MouseButton.LeftButton)
    return said[0]


def give_reason(dialog: QDialog) -> None:
    field = dialog.findChild(QLineEdit)
    assert field is not None
    assert field.accessibleName() == "Reason to test anyway"
    QTest.keyClicks(field, "Ultrasound negative today.")
    click(dialog, "Test anyway")


@pytest.mark.parametrize("step", ["movement", "strength", "mobility"])
def test_a_reason_opens_the_closed_steps_and_stands_above_them(begin: Begin, step: str) -> None:
    window = begin(**CLOT, wells=("calf-3cm", "pitting"))
    page = page_of(window, step)
    assert "Not tested now." in banner(page)
    assert not enabled(page)
    assert "DVT likely: Medical contact the same day." in in_dialog(page, "Test anyway…", give_reason)
    assert enabled(page)
    assert banner(page) == (
        "Tested although the safety screen forbids it. DVT likely. Reason: Ultrasound negative today."
    )
    assert note_lines(window)["Tested anyway, because"] == "Ultrasound negative today."
    assert session_of(window).progress["plan"].state == "blocked"
    assert session_of(window).progress["handout"].state == "blocked"
    assert "Tested although the safety screen forbids it: Ultrasound negative today." in reads(
        page_of(window, "sign")
    )


def test_taking_the_reason_back_closes_the_steps_again(begin: Begin) -> None:
    window = begin(**CLOT, wells=("calf-3cm", "pitting"), test_anyway_reason="Ultrasound negative.")
    page = page_of(window, "strength")
    click(page, "Close again")
    assert "Not tested now." in banner(page)
    assert "Tested anyway, because" not in note_lines(window)
    session_of(window).undo()
    assert "Tested although the safety screen forbids it." in banner(page)


def test_without_a_reason_nothing_opens(begin: Begin) -> None:
    window = begin(**CLOT, wells=("calf-3cm", "pitting"))
    page = page_of(window, "mobility")
    in_dialog(page, "Test anyway…", lambda dialog: click(dialog, "Test anyway"))
    assert "Not tested now." in banner(page)
    in_dialog(page, "Test anyway…", lambda dialog: click(dialog, "Cancel"))
    assert "test-anyway-reason" not in session_of(window).evaluation.answers


def test_a_step_that_is_not_closed_knows_of_no_opening(begin: Begin) -> None:
    window = begin(**CLOT, wells=("calf-3cm", "pitting"), test_anyway_reason="Ultrasound negative.")
    assert banner(page_of(window, "history")) == ""
    session_of(window).answer("calf-signs", "no")
    assert banner(page_of(window, "strength")) == ""
    assert "Tested anyway, because" not in note_lines(window)


# ---------------------------------------------------------------- caution


def test_caution_asks_for_its_reason_where_it_warns_and_the_note_says_it(begin: Begin) -> None:
    window = begin(care_needed="yes", care_factors=("steroid",))
    assert "Goes on with caution, and no reason is written" in reads(page_of(window, "sign"))
    page = page_of(window, "safety")
    click(page, "Write the reason")
    assert at_keyboard(window).accessibleName() == "Going on with caution, because"
    type_here(window, "No jumps, no maximal effort.")
    assert "Reason: No jumps, no maximal effort." in banner(page)
    assert note_lines(window)["Going on with caution, because"] == "No jumps, no maximal effort."
    assert session_of(window).progress["safety"].left == 0
    assert "Goes on with caution, with a reason" in reads(page_of(window, "sign"))


def test_caution_without_a_reason_can_be_signed(begin: Begin, qtbot: QtBot) -> None:
    window = begin(care_needed="yes", care_factors=("steroid",))
    page = page_of(window, "sign")
    qtbot.waitUntil(lambda: button(page, "Sign and lock").isEnabled(), timeout=10_000)
    assert "because" not in "".join(note_lines(window))


def test_none_of_these_never_answers_a_reason(begin: Begin) -> None:
    window = begin()
    session_of(window).answer_all({"care-needed": "yes", "care-factors": ("steroid",)})
    session = session_of(window)
    session.answer("hot-joint", None)
    page = page_of(window, "safety")
    page.none_of_these()
    assert session.evaluation.answers["hot-joint"] == "no"
    assert "caution-reason" not in session.evaluation.answers


def test_words_of_a_reason_are_kept_on_leaving_at_once(begin: Begin) -> None:
    window = begin(care_needed="yes", care_factors=("steroid",))
    page = page_of(window, "safety")
    click(page, "Write the reason")
    QTest.keyClicks(at_keyboard(window), "Short of breath")
    page_of(window, "history")
    assert session_of(window).evaluation.answers["caution-reason"] == "Short of breath"


# ---------------------------------------------------------------- a side far below the other

FAR_BELOW = StrengthTest(trials=(55.0, 55.0, 55.0), unit="N", lever_arm_m=0.78)


def test_a_side_far_below_the_other_asks_why_it_is_safe_to_go_on(begin: Begin) -> None:
    window = begin()
    session = session_of(window)
    session.answer("habd.right", FAR_BELOW)
    page = page_of(window, "assessment")
    assert "One muscle group under 60 %." in banner(page)
    assert "low-symmetry-reason" in session.progress["strength"].gaps
    assert any("One muscle group under 60 %" in each for each in session.note().not_decided)
    click(page, "Say why it is safe to go on")
    assert at_keyboard(window).accessibleName() == "Why it is safe to go on with such a difference"
    type_here(window, "Reflexes and sensation normal.")
    assert session.progress["strength"].gaps == ()
    assert banner(page_of(window, "assessment")) == ""
    strength = next(section for section in session.note().sections if "strength" in section.title)
    assert ("Why it is safe to go on with such a difference", "Reflexes and sensation normal.") in [
        (line.label, line.value) for line in strength.lines
    ]
    assert isinstance(session.plan, PlanOfCare)  # nothing was lost on the way


def test_the_caution_in_the_row_leads_to_its_reason(begin: Begin) -> None:
    window = begin()
    session_of(window).answer("habd.right", FAR_BELOW)
    page = page_of(window, "strength")
    click(page, "Say why")
    assert at_keyboard(window).accessibleName() == "Why it is safe to go on with such a difference"
    type_here(window, "Seen by orthopedics.")
    assert "Your reason" in reads(page)
    assert "Goes on with caution, with a reason" in reads(page_of(window, "sign"))


def test_what_speaks_for_a_stress_fracture_takes_the_resisted_hip_tests_away(begin: Begin) -> None:
    window = begin(femoral_neck="yes", test_anyway_reason="Only the knee.")
    said = reads(page_of(window, "strength"))
    assert "Knee extension" in said
    assert "Not offered: stress fracture of the femoral neck suspected." in said
    fields = page_of(window, "strength").findChildren(QLineEdit)
    assert not [one for one in fields if one.accessibleName().startswith("Hip abduction") and one.isEnabled()]
    tested = next(section for section in session_of(window).note().sections if "strength" in section.title)
    assert any(
        line.label.startswith("Hip abduction") for line in tested.lines
    )  # what was measured before stays

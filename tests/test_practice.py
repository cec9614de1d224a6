"""The practice patient: marked everywhere, kept apart from everybody real, begun again and removed at any time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from planted import NO_FILE, plant
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.result import PlanOfCare
from evalassist.content import Content
from evalassist.documents import evaluation_note_pdf, handout_pdf, plan_of_care_pdf
from evalassist.evaluation import PRACTICE, Signature
from evalassist.note import Clinic, Note, SheetForm
from evalassist.note_text import note_text
from evalassist.noting import note_of
from evalassist.practice import begin_practice, open_practice, practice_evaluation
from evalassist.records.accounts import Account, Role
from evalassist.records.doorstep import practice_file
from evalassist.records.trail import Wanted
from evalassist.settings import Settings
from ui.dialogs.palette import commands, fitting
from ui.main_window import MainWindow
from ui.pages.review import SignPage

if TYPE_CHECKING:
    from conftest import Clinic as Records

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
MARK = "Practice — not a real patient"
FORMS: tuple[SheetForm, ...] = ("standard", "large", "moves", "why")
CHEN = Settings(therapist_name="A. Chen, PT", licence="40-12345", clinic_name="Riverside")


def words(widget: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))


def sides(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


@pytest.fixture
def window(clinic: Records, content: Content, qtbot: QtBot, dressed: None) -> Iterator[MainWindow]:
    made = MainWindow()
    qtbot.addWidget(made)
    made.open_store(clinic.store, content, CHEN)
    made.show()
    yield made
    made.close()
    made.practice.close()


@pytest.fixture
def sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is asked says yes."""
    monkeypatch.setattr("ui.practice.Practice._asked", lambda *_: True)


@pytest.fixture
def note(content: Content) -> Note:
    made = practice_evaluation(content, filled=True)
    assessment = assess(made, content)
    plan = plan_of_care(made, assessment, content)
    assert isinstance(plan, PlanOfCare)
    return note_of(made, content, assessment, plan, Clinic(name="Riverside"))


def test_every_side_of_every_paper_says_that_the_patient_is_not_real(note: Note) -> None:
    made = [
        evaluation_note_pdf(note),
        plan_of_care_pdf(note, "a4"),
        *(handout_pdf(note, form=form) for form in FORMS),
        handout_pdf(note, "es", "a4"),
    ]
    for pdf in made:
        assert all(MARK in side for side in sides(pdf))
    assert note_text(note).startswith(MARK.upper())


def test_a_real_patient_has_no_such_line(note: Note) -> None:
    real = note.model_copy(update={"evaluation_id": "another"})
    assert not any(MARK in side for side in sides(evaluation_note_pdf(real)) + sides(handout_pdf(real)))
    assert MARK.upper() not in note_text(real)


def test_practice_is_begun_from_its_own_place_and_counts_nowhere(window: MainWindow, clinic: Records) -> None:
    start = window.start
    assert start is not None
    before = (len(clinic.store.drafts()), clinic.store.recent(50), clinic.store.search_patients("", 50))
    start.practice.filled.click()
    assert window.view is not None
    assert window.windowTitle() == "PRACTICE – EvalAssist"
    assert window.view.band is not None
    assert window.view.band.isVisible()
    assert "PRACTICE" in words(window.view)
    assert window.view.session.evaluation.answers
    window.view.session.answer("nprs-now", 7)
    window.show_start()
    assert window.start is not None
    assert (
        len(clinic.store.drafts()),
        clinic.store.recent(50),
        clinic.store.search_patients("", 50),
    ) == before
    window.start.search.setText("practice")
    assert "PRACTICE" in words(window.start)
    QTest.keyClick(window.start.search, Qt.Key.Key_Return)
    assert window.view is not None
    assert window.view.session.evaluation.answers["nprs-now"] == 7


def test_practice_offers_no_chart_which_it_does_not_have(window: MainWindow) -> None:
    assert window.start is not None
    window.start.practice.filled.click()
    assert not list(fitting(commands(window), "chart of this patient"))


def test_a_practice_note_is_signed_apart_and_is_no_record(
    window: MainWindow, clinic: Records, qtbot: QtBot
) -> None:
    assert window.start is not None
    window.start.practice.filled.click()
    assert window.view is not None
    page = window.view.show_step("sign")
    assert isinstance(page, SignPage)
    qtbot.waitUntil(page.sign_button.isEnabled, timeout=30_000)
    assert "what is signed here is no record" in words(page)
    page.sign()
    assert window.view.session.signed
    assert window.view.session.code == ""
    assert "Signed for practice" in words(page)
    page.copy_text()
    assert QGuiApplication.clipboard().text().startswith(MARK.upper())
    window.show_start()
    assert all(row.is_draft for row in clinic.store.recent(50))


def test_it_is_begun_again_and_removed_at_any_time(window: MainWindow, clinic: Records, sure: None) -> None:
    assert window.start is not None
    card = window.start.practice
    file = practice_file(clinic.folder)
    assert not card.go_on.isVisible()
    card.filled.click()
    window.show_start()
    card.empty.click()
    assert window.view is not None
    assert not window.view.session.evaluation.answers
    window.show_start()
    assert card.go_on.isVisible()
    card.remove.click()
    assert not file.parent.exists()
    assert not card.go_on.isVisible()
    clinic.store.account = Account("1", "chen", "A. Chen, PT", "40-12345", "administrator")
    acts = [line.action for line in clinic.store.trail(Wanted(kind="Practice"))]
    assert acts == ["practice-removed", "practice-begun", "practice-begun"]


def test_a_practice_file_of_other_keys_is_begun_again(
    window: MainWindow, clinic: Records, sure: None
) -> None:
    assert window.start is not None
    file = practice_file(clinic.folder)
    file.parent.mkdir()
    file.write_bytes(bytes(8192))
    window.show_start()
    window.start.practice.go_on.click()
    assert window.evaluation_id() == ""
    assert "Begin again" in words(window.start)
    window.start.practice.filled.click()
    assert window.evaluation_id() == PRACTICE


@pytest.mark.parametrize("what", NO_FILE)
def test_practice_beside_whose_file_no_journal_but_something_else_lies_is_begun_again(
    window: MainWindow, clinic: Records, sure: None, what: str
) -> None:
    window.practice.begin(filled=True)
    window.show_start()
    file = practice_file(clinic.folder)
    plant(file.with_name(f"{file.name}-journal"), what)
    window.practice.open()
    assert window.start is not None
    assert window.evaluation_id() == ""
    assert "Begin again" in words(window.start)
    window.start.practice.filled.click()
    assert window.evaluation_id() == PRACTICE


def test_no_backup_and_no_real_file_holds_the_practice_patient(window: MainWindow, clinic: Records) -> None:
    assert window.start is not None
    before = clinic.backups.held_now(clinic.keys.database).counts
    window.start.practice.filled.click()
    window.show_start()
    after = clinic.backups.held_now(clinic.keys.database).counts
    assert {**after, "audit": 0} == {**before, "audit": 0}
    assert not any("Practice" in row.patient.name for row in clinic.store.search_patients("Practice", 50))


def test_any_account_practices_and_signs_with_its_own_name(clinic: Records, content: Content) -> None:
    chen = Account("1", "chen", "A. Chen, PT", "40-12345", "administrator")
    lee = Account("2", "lee", "S. Lee, PT", "50-1", "therapist")
    made = practice_evaluation(content, filled=True)
    begin_practice(clinic.folder, clinic.keys, chen, made)
    with open_practice(clinic.folder, clinic.keys, lee) as store:
        kept = store.load(PRACTICE)
        assert kept.answers == made.answers
        store.save(kept.with_answer("nprs-now", 7))
        signed = kept.with_answer("nprs-now", 7).signed_by(
            Signature(lee.name, lee.licence, datetime.now(UTC))
        )
        store.sign(signed, '{"note": 1}')
        assert store.load(PRACTICE).signature is not None


@pytest.mark.parametrize("role", ["therapist", "student", "administrator"])
def test_everybody_can_begin_to_practice(clinic: Records, content: Content, role: Role) -> None:
    lee = Account("2", "lee", "S. Lee", "50-1", role)
    begin_practice(clinic.folder, clinic.keys, lee, practice_evaluation(content, filled=True))
    with open_practice(clinic.folder, clinic.keys, lee) as store:
        assert store.load(PRACTICE).answers
        assert store.accounts() == (lee,)


def test_practice_goes_on_after_the_own_license_was_changed(clinic: Records, content: Content) -> None:
    begin_practice(
        clinic.folder, clinic.keys, clinic.store.account, practice_evaluation(content, filled=True)
    )
    licensed = replace(clinic.store.account, licence="PT-78")
    with open_practice(clinic.folder, clinic.keys, licensed) as store:
        begun = store.load(PRACTICE)
        store.save(begun.with_answer("goal-text", "run"))
        assert store.load(PRACTICE).answers["goal-text"] == "run"


def test_an_empty_practice_visit_is_of_today_and_asks_everything(content: Content) -> None:
    made = practice_evaluation(content, filled=False, today=date(2026, 11, 26))
    assert not made.answers
    assert made.visit_date == date(2026, 11, 26)
    assert made.is_practice

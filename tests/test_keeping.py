"""Nothing that was typed is lost unasked, and nobody is held in a window that cannot keep it."""

from __future__ import annotations

import gc
import logging
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TypeVar

import pytest
from planted import NO_FILE, plant
from PySide6.QtCore import QEvent, QLockFile, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from windows import once_asked, window_of

from evalassist.case_file import read_case
from evalassist.content.loader import Content, load_content
from evalassist.errors import EvalAssistError
from evalassist.evaluation import Evaluation, Patient, Quantity, StrengthTest
from evalassist.records.connection import connect
from evalassist.records.doorstep import RECORDS, VAULT
from evalassist.records.store import Store
from evalassist.records.vault import new_keys, new_vault, write_vault
from evalassist.settings import Settings, settings_file
from ui import style
from ui.app import LOCK, App
from ui.aside import Aside, submit
from ui.crash import CrashHook
from ui.dialogs.papers import AddendumDialog
from ui.dialogs.patient import CorrectionDialog, PatientDialog
from ui.evaluation_view import EvaluationView
from ui.pages.handout import HandoutPage
from ui.pages.plan import PlanPage
from ui.pages.review import SignPage
from ui.widgets.editors import Editor
from ui.widgets.pdf_view import PdfMaker
from ui.widgets.typed import Typed

KEYS = new_keys()

CASES = Path(__file__).resolve().parent / "cases"
D = TypeVar("D", PatientDialog, CorrectionDialog)
SETTINGS = Settings(therapist_name="A. Chen, PT", licence="40-12345", clinic_phone="1")

# The off-screen platform says this of every window and menu it shows.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Boxes:
    """Answers every question with the button named, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.click = "Leave"
        self._clock = QTimer(interval=15)
        self._clock.timeout.connect(self._answer)
        self._clock.start()

    def stop(self) -> None:
        self._clock.stop()

    def _answer(self) -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            self.asked.append(f"{box.text()} {box.informativeText()}")
            for button in box.buttons():
                if self.click in button.text():
                    button.click()
                    return
            box.buttons()[0].click()


class Desk:
    """A window on records of its own."""

    def __init__(self, qtbot: QtBot, home: Path, content: Content) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication) and app.styleSheet() != style.sheet():
            style.apply_style(app)
        home.mkdir(parents=True, exist_ok=True)
        self.file, self.content = home / "evalassist.db", content
        self.store = Store(self.file, KEYS, wait_s=0.1)
        self.window = window_of(qtbot, self.store, SETTINGS)

    @property
    def view(self) -> EvaluationView:
        assert self.window.view is not None
        return self.window.view

    def is_open(self) -> bool:
        return self.window.view is not None

    @property
    def now(self) -> Evaluation:
        return self.view.session.evaluation

    def editor(self, item_id: str) -> Editor:
        self.view.go_to(item_id)
        QApplication.processEvents()
        return next(one for one in self.view.page.findChildren(Editor) if one.item_id == item_id)

    def type(self, item_id: str, words: str) -> Editor:
        """Go to a field and type, without Enter and without leaving it."""
        editor = self.editor(item_id)
        focused = self.window.focusWidget()
        assert focused is not None
        QTest.keyClicks(focused, words)
        return editor

    def kept(self, evaluation_id: str = "") -> Evaluation:
        with Store(self.file, KEYS) as other:
            return other.load(evaluation_id or self.now.id, to_edit=False)


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content()


@pytest.fixture
def boxes(qtbot: QtBot) -> Iterator[Boxes]:
    made = Boxes()
    yield made
    made.stop()


@pytest.fixture
def desk(qtbot: QtBot, home: Path, content: Content, boxes: Boxes) -> Iterator[Desk]:
    made = Desk(qtbot, home, content)
    yield made
    boxes.click = "Leave"
    made.window.close()
    made.store.close()


def anyone(name: str = "Rivera, Ana") -> Evaluation:
    return Evaluation.begin(Patient(name, date(2001, 5, 9), "F"), "right", date(2026, 3, 2))


def texts(place: QWidget) -> str:
    return " ".join(label.text() for label in place.findChildren(QLabel) if label.isVisibleTo(place))


def signed(desk: Desk) -> None:
    desk.window.begin(read_case(CASES / "ex1.toml", desk.content))
    desk.view.session.sign()


def sign_page(desk: Desk) -> SignPage:
    page = desk.view.show_step("sign")
    assert isinstance(page, SignPage)
    return page


# ---------------------------------------------------------------- leaving


def moved(desk: Desk) -> None:
    desk.file.rename(desk.file.with_suffix(".moved"))


def locked(desk: Desk) -> None:
    desk.lock = connect(desk.file, KEYS.database)  # type: ignore[attr-defined]
    desk.lock.execute("BEGIN IMMEDIATE")  # type: ignore[attr-defined]


def discarded(desk: Desk) -> None:
    with Store(desk.file, KEYS) as other:
        other.load(desk.now.id)
        other.discard_draft(desk.now.id)


@pytest.mark.parametrize("fault", [moved, locked, discarded])
def test_the_window_closes_after_one_question_whatever_became_of_the_records(
    desk: Desk, boxes: Boxes, fault: Callable[[Desk], None]
) -> None:
    desk.window.begin(anyone())
    desk.type("goal-text", "abc")
    fault(desk)
    assert desk.window.close()
    assert len(boxes.asked) == 1
    if fault is locked:
        desk.lock.close()  # type: ignore[attr-defined]


def test_staying_keeps_the_window_and_what_was_typed(desk: Desk, boxes: Boxes) -> None:
    desk.window.begin(anyone())
    editor = desk.type("goal-text", "abc")
    moved(desk)
    boxes.click = "Stay"
    assert not desk.window.close()
    assert editor.answer == "abc"
    desk.file.with_suffix(".moved").rename(desk.file)
    assert desk.window.keep()


def test_a_place_that_cannot_be_remembered_is_nobodys_business(desk: Desk, boxes: Boxes) -> None:
    desk.window.begin(anyone())
    moved(desk)
    desk.view.show_step("knee")
    QTest.qWait(500)
    assert desk.window.close()
    assert not boxes.asked


def test_a_field_with_a_defect_holds_up_neither_the_others_nor_the_close(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.window.begin(anyone())
    desk.type("goal-text", "to run again")
    evaluation_id = desk.now.id

    def broken() -> None:
        raise RuntimeError("defect")

    monkeypatch.setattr(desk.view.page, "commit", broken)
    assert desk.window.close()
    assert desk.kept(evaluation_id).answers["goal-text"] == "to run again"


def test_a_field_that_a_defect_keeps_from_being_told_is_named(
    desk: Desk, boxes: Boxes, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    desk.window.begin(anyone())
    editor = desk.type("goal-text", "to run again")

    def broken(*_: object) -> None:
        raise RuntimeError("defect")

    monkeypatch.setattr(desk.view.page, "commit", broken)
    monkeypatch.setattr(next(iter(editor.findChildren(Typed))), "commit", broken)
    with qtbot.capture_exceptions() as told:
        assert desk.window.close()
    assert {kind for kind, _, _ in told} <= {RuntimeError}
    assert editor.name in boxes.asked[0]


def test_after_leaving_nothing_is_written_any_more(desk: Desk) -> None:
    desk.window.begin(anyone())
    session = desk.view.session
    session.answer("goal-text", "first", typing=True)
    desk.window.show_start()
    session.answer("goal-text", "too late", typing=True)
    QTest.qWait(400)
    assert desk.kept(session.evaluation.id).answers["goal-text"] == "first"


def test_a_draft_that_cannot_be_opened_leaves_the_open_one_alone(desk: Desk, boxes: Boxes) -> None:
    desk.window.begin(anyone())
    boxes.click = "OK"
    desk.window.open_evaluation("gone")
    assert desk.window.view is not None
    assert len(boxes.asked) == 1


def test_a_draft_discarded_in_another_window_is_said_on_the_start_page(desk: Desk) -> None:
    desk.window.begin(anyone("Gone, Away"))
    evaluation_id = desk.now.id
    desk.window.show_start()
    with Store(desk.file, KEYS) as other:
        other.load(evaluation_id)
        other.discard_draft(evaluation_id)
    start = desk.window.start
    assert start is not None
    go = next(b for b in start.findChildren(QPushButton) if b.accessibleName() == "Go on with Gone, Away")
    go.click()
    assert desk.window.view is None
    assert not [b for b in start.findChildren(QPushButton) if b.isVisible() and "Gone" in b.accessibleName()]
    assert "is not in the records" in texts(start)


# ---------------------------------------------------------------- typing


def test_who_types_without_a_pause_is_told_and_kept_all_the_same(desk: Desk) -> None:
    desk.window.begin(anyone())
    editor = desk.editor("goal-text")
    focused = desk.window.focusWidget()
    assert focused is not None
    begun = monotonic()
    while monotonic() - begun < 3.2:
        QTest.keyClicks(focused, "x")
        QTest.qWait(120)
    assert len(str(desk.kept().answers.get("goal-text", ""))) >= 3
    assert editor.answer


def test_an_answer_that_comes_while_a_page_is_being_made_waits_until_it_is_whole(desk: Desk) -> None:
    desk.window.begin(anyone())
    page = desk.view.page_of("assessment")
    page.in_the_making = True
    page.show()
    pieces = page.pieces()
    next(pieces)
    desk.view.session.answer("nprs-now", 3)
    for _ in pieces:
        pass
    assert not page._stale


def test_words_of_a_compensation_are_kept_on_leaving_at_once(desk: Desk) -> None:
    test = StrengthTest(trials=(200.0,), unit="N", compensation="other")
    desk.window.begin(anyone().with_answer("habd.right", test))
    page = desk.view.show_step("strength")
    page.focus_item("habd.right")
    own = page.rows["habd"].sides["right"].extras.own  # type: ignore[attr-defined]
    own.edit.setFocus()
    QTest.keyClicks(own.edit, "trunk leans")
    evaluation_id = desk.now.id
    desk.window.show_start()
    kept = desk.kept(evaluation_id).answers["habd.right"]
    assert isinstance(kept, StrengthTest)
    assert kept.compensation == "trunk leans"


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [("pain", "3.5", "whole number"), ("pain", "30", "0 to 10"), ("lever", "0", "above 0")],
)
def test_a_slip_in_pain_or_lever_is_said_and_takes_nothing_away(
    desk: Desk, field: str, typed: str, says: str
) -> None:
    test = StrengthTest(trials=(200.0,), unit="N", pain=5, lever_arm_m=0.33)
    desk.window.begin(anyone().with_answer("habd.right", test))
    page = desk.view.show_step("strength")
    page.focus_item("habd.right")
    cell = page.rows["habd"].sides["right"]  # type: ignore[attr-defined]
    edit = getattr(cell.extras, field).edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, typed)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert says in texts(cell)
    assert "still counts" in texts(cell)
    assert edit.text() == typed
    assert desk.now.answers["habd.right"] == test


def test_what_cannot_be_counted_is_named_before_it_is_lost(desk: Desk, boxes: Boxes) -> None:
    desk.window.begin(anyone())
    editor = desk.type("mass", "62 to 65")
    boxes.click = "Stay"
    desk.window.show_start()
    assert desk.is_open()
    assert "“62 to 65” in " + editor.name in boxes.asked[0]
    boxes.click = "Leave"
    desk.window.show_start()
    assert not desk.is_open()
    assert len(boxes.asked) == 2


def test_words_that_are_no_grade_are_named_before_they_are_lost(desk: Desk, boxes: Boxes) -> None:
    desk.window.begin(anyone().with_answer("habd.right", StrengthTest(grade="4")))
    page = desk.view.show_step("strength")
    page.focus_item("habd.right")
    grade = page.rows["habd"].sides["right"].grade  # type: ignore[attr-defined]
    grade.edit.setFocus()
    grade.edit.selectAll()
    QTest.keyClicks(grade.edit, "4.5")
    desk.window.show_start()
    assert "“4.5”" in boxes.asked[0]
    assert len(boxes.asked) == 1


def test_a_reason_beside_add_is_named_before_it_is_lost(desk: Desk, boxes: Boxes) -> None:
    desk.window.begin(read_case(CASES / "ex1.toml", desk.content))
    page = desk.view.show_step("plan")
    assert isinstance(page, PlanPage)
    card = next(iter(page.cards.values()))
    card._removal.show()
    QTest.keyClicks(card.removal_reason.edit, "too hard at home")
    desk.window.show_start()
    assert "is not taken out" in boxes.asked[0]


def test_an_exercise_that_is_still_to_be_taken_out_is_named_at_the_sheet_and_before_the_note_is_signed(
    desk: Desk, boxes: Boxes, qtbot: QtBot
) -> None:
    desk.window.begin(read_case(CASES / "ex1.toml", desk.content))
    page = desk.view.show_step("plan")
    assert isinstance(page, PlanPage)
    card = next(iter(page.cards.values()))
    card._removal.show()
    QTest.keyClicks(card.removal_reason.edit, "no step at home")
    sheet = desk.view.show_step("handout")
    assert isinstance(sheet, HandoutPage)
    assert any("is not taken out" in told for told in sheet.warns())
    sign = desk.view.show_step("sign")
    assert isinstance(sign, SignPage)
    qtbot.waitUntil(lambda: not sign.at_work, timeout=20_000)
    boxes.click = "Stay here"
    sign.sign()
    assert "is not taken out" in boxes.asked[0]
    assert desk.now.signature is None
    boxes.click = "Sign without it"
    sign.sign()
    assert desk.now.signature is not None


# ---------------------------------------------------------------- patients


def filled(dialog: D, **typed: str) -> D:
    for name, words in typed.items():
        edit = getattr(dialog, name).edit
        edit.setText(words)
        edit.textEdited.emit(words)
    return dialog


def test_a_new_patient_whom_the_records_refuse_stays_in_the_dialog(desk: Desk, qtbot: QtBot) -> None:
    def refuse(_: Evaluation) -> Evaluation:
        raise EvalAssistError("The disk is full.")

    dialog = filled(
        PatientDialog(desk.content, desk.window, keep=refuse), name="New, Typed", birth="9 May 2001"
    )
    dialog.sex.choose("F")
    dialog.knee.choose("left")
    dialog.show()
    dialog.begin()
    assert dialog.isVisible()
    assert "The disk is full." in texts(dialog)
    assert dialog.name.value == "New, Typed"
    assert dialog.evaluation is None
    dialog.done(QDialog.DialogCode.Rejected)


def test_nothing_moves_under_the_mouse_while_it_is_said_what_is_wrong(desk: Desk, qtbot: QtBot) -> None:
    dialog = PatientDialog(desk.content, desk.window)
    dialog.show()
    begin = next(one for one in dialog.findChildren(QPushButton) if one.isDefault())

    def places() -> list[QPoint]:
        QApplication.processEvents()
        fields = (
            dialog.name,
            dialog.birth,
            dialog.sex,
            dialog.number,
            dialog.knee,
            dialog.visit,
            dialog.kind,
        )
        return [each.mapTo(dialog, QPoint()) for each in (*fields, begin)]

    before, size = places(), dialog.size()
    begin.click()
    assert "Write the name." in texts(dialog)
    assert "Choose the sore knee." in texts(dialog)
    assert (places(), dialog.size()) == (before, size)
    filled(dialog, name="New, Typed", birth="5/9/2001")
    dialog.sex.choose("F")
    dialog.knee.choose("left")
    begin.click()
    assert "Not begun yet: Date of birth." in texts(dialog)
    assert (places(), dialog.size()) == (before, size)
    meant = next(one for one in dialog.findChildren(QPushButton) if one.text() == "May 9, 2001")
    QTest.mouseClick(meant, Qt.MouseButton.LeftButton)
    assert "Not begun yet" not in texts(dialog)
    assert (places(), dialog.size()) == (before, size)
    begin.click()
    assert dialog.evaluation is not None
    assert dialog.evaluation.patient.birth_date == date(2001, 5, 9)


def test_nothing_moves_under_the_mouse_while_a_correction_is_refused(desk: Desk) -> None:
    dialog = CorrectionDialog(anyone(), desk.window)
    dialog.show()
    correct = next(one for one in dialog.findChildren(QPushButton) if one.isDefault())

    def places() -> list[QPoint]:
        QApplication.processEvents()
        fields = dialog.name, dialog.birth, dialog.sex, dialog.number, dialog.visit
        return [each.mapTo(dialog, QPoint()) for each in (*fields, correct)]

    before, size = places(), dialog.size()
    for name, birth, says, where in (
        ("", "May 9, 2001", "Write the name.", "Name"),
        ("Rivera, Ana", "soon", "cannot be read as a date yet", "Date of birth"),
        ("Rivera, Ana", "May 9, 2025", "EvalAssist is for", "Date of birth"),
    ):
        filled(dialog, name=name, birth=birth)
        QTest.mouseClick(correct, Qt.MouseButton.LeftButton)
        assert says in texts(dialog)
        assert f"Not corrected yet: {where}." in texts(dialog)
        assert (places(), dialog.size()) == (before, size)
        assert dialog.patient is None
    filled(dialog, name="Rivera, Ana", birth="May 9, 1991")
    QTest.mouseClick(correct, Qt.MouseButton.LeftButton)
    assert dialog.patient is not None
    assert dialog.patient.birth_date == date(1991, 5, 9)


@pytest.mark.parametrize("visit", ["1 Jan 1990", "1 Jan 2003"])
def test_a_known_patient_is_not_seen_before_the_age_it_can_be(desk: Desk, visit: str) -> None:
    known = anyone()
    desk.store.save(known)
    former = desk.store.patient_evaluations(known.patient.id)
    dialog = filled(
        PatientDialog(desk.content, desk.window, patient=known.patient, former=former), visit=visit
    )
    dialog.kind.choose("re-evaluation")
    dialog.begin()
    assert dialog.evaluation is None


def test_escape_does_not_throw_a_typed_patient_away_unasked(desk: Desk, boxes: Boxes) -> None:
    dialog = filled(PatientDialog(desk.content, desk.window), name="Half, Typed")
    dialog.show()
    boxes.click = "Stay"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    boxes.click = "Leave"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert len(boxes.asked) == 2


def test_a_wrong_birth_date_is_corrected_after_begin(desk: Desk) -> None:
    desk.window.begin(anyone())

    def correct() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, CorrectionDialog)
        dialog.birth.edit.setText("9 May 1991")
        dialog.correct()

    once_asked(correct)
    QTest.mouseClick(desk.view.header.name, Qt.MouseButton.LeftButton)
    assert desk.now.patient.birth_date == date(1991, 5, 9)
    assert desk.kept().age_years == 34
    assert "34 y" in texts(desk.view.header)


# ---------------------------------------------------------------- signing


def test_nobody_signs_without_a_name_or_over_changes_that_are_not_kept(desk: Desk) -> None:
    desk.window.begin(read_case(CASES / "ex1.toml", desk.content))
    session = desk.view.session
    session.settings = SETTINGS.model_copy(update={"therapist_name": "  "})
    with pytest.raises(EvalAssistError, match="name"):
        session.sign()
    session.settings = SETTINGS
    locked(desk)
    session.answer("mass", 70.0)
    with pytest.raises(EvalAssistError, match="not kept"):
        session.sign()
    assert not session.signed
    desk.lock.close()  # type: ignore[attr-defined]
    session.sign()
    assert session.keep()


def test_an_addendum_that_was_typed_is_not_left_behind_unasked(desk: Desk, boxes: Boxes) -> None:
    signed(desk)
    page = sign_page(desk)
    page.addendum.setFocus()
    QTest.keyClicks(page.addendum.edit, "Patient phoned")
    boxes.click = "Stay"
    desk.window.show_start()
    assert desk.is_open()
    assert "addendum" in boxes.asked[0]
    page.add_button.click()
    desk.window.show_start()
    assert not desk.is_open()
    assert len(boxes.asked) == 1


def test_the_addendum_dialog_says_why_it_could_not_keep_and_asks_before_escape(
    desk: Desk, boxes: Boxes
) -> None:
    signed(desk)
    dialog = AddendumDialog(desk.view.session, desk.window)
    dialog.show()
    assert isinstance(dialog.text.edit, QPlainTextEdit)
    dialog.text.edit.setPlainText("more")
    moved(desk)
    add = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Add the addendum")
    add.click()
    assert dialog.isVisible()
    assert "It stays in the field." in texts(dialog)
    boxes.click = "Stay"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    desk.file.with_suffix(".moved").rename(desk.file)
    add.click()
    assert [one.text for one in desk.now.addenda] == ["more"]


def test_on_a_signed_note_nothing_can_be_typed_or_chosen(desk: Desk) -> None:
    evaluation = read_case(CASES / "ex1.toml", desk.content)
    graded = StrengthTest(grade="4", compensation="my own words")
    desk.window.begin(evaluation.with_answers({"habd.right": graded, "habd.left": graded}))
    desk.view.session.sign()
    before = desk.now
    open_fields = []
    for step in desk.view.steps:
        page = desk.view.show_step(step.id)
        if step.id == "strength":
            page.focus_item("habd.right")
        QApplication.processEvents()
        for kind in (QLineEdit, QPlainTextEdit, QComboBox):
            for field in page.findChildren(kind):
                shut = not field.isEnabled() or (hasattr(field, "isReadOnly") and field.isReadOnly())
                if field.isVisible() and not shut:
                    open_fields.append(field.accessibleName())
        for button in page.findChildren(QPushButton):
            name = button.accessibleName()
            if button.isVisible() and button.isEnabled() and name.startswith("Add "):
                open_fields.append(name)
            if name.startswith("Why ") and button.isVisible():
                button.click()
    assert set(open_fields) <= {"Addendum", "Kind of addendum", "Search the exercises"}
    assert desk.now == before


# ---------------------------------------------------------------- starting


def test_a_settings_file_that_cannot_be_read_can_be_put_aside(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CrashHook, "install", lambda _: None)  # a fault here is pytest's to tell
    home.mkdir(parents=True, exist_ok=True)
    settings_file().write_text("paper = [", encoding="utf-8")
    program = App()
    qtbot.addWidget(program.window)
    program.window.show()
    qtbot.waitUntil(lambda: bool(program.window.findChildren(QPushButton)))
    out = next(b for b in program.window.findChildren(QPushButton) if "default settings" in b.text())
    out.click()
    qtbot.waitUntil(lambda: program.window.door is not None)
    assert (home / "settings-put-aside-1.toml").read_text(encoding="utf-8") == "paper = ["
    program.close()


@pytest.mark.parametrize(
    ("error", "says"),
    [("LockFailedError", "already open"), ("PermissionError", "cannot write into the folder")],
)
def test_a_folder_that_cannot_be_written_is_not_called_already_open(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch, error: str, says: str
) -> None:
    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    monkeypatch.setattr(QLockFile, "tryLock", lambda *_: False)
    monkeypatch.setattr(QLockFile, "error", lambda *_: QLockFile.LockError[error])
    program = App()
    qtbot.addWidget(program.window)
    program.window.show()
    qtbot.waitUntil(lambda: says in texts(program.window))
    assert program.window.start is None
    program.close()


@pytest.mark.parametrize("what", NO_FILE)
def test_what_lies_in_the_place_of_the_lock_is_named_and_not_called_already_open(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    home.mkdir()
    plant(home / LOCK, what)
    program = App()
    qtbot.addWidget(program.window)
    program.window.show()
    qtbot.waitUntil(lambda: f"{home / LOCK} is not the file" in texts(program.window))
    assert "already open" not in texts(program.window)
    assert gc.isenabled()
    (home / LOCK).rmdir() if what == "a folder" else (home / LOCK).unlink()
    program.close()


def test_a_folder_in_the_place_of_the_records_leads_to_the_backups(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    home.mkdir()
    write_vault(new_vault().model_copy(update={"begun": True}), home / VAULT)
    plant(home / RECORDS, "a folder")
    program = App()
    qtbot.addWidget(program.window)
    program.window.show()
    qtbot.waitUntil(lambda: f"{home / RECORDS} is a folder, not a records file" in texts(program.window))
    assert "Restore a backup…" in [each.text() for each in program.window.findChildren(QPushButton)]
    assert gc.isenabled()
    program.close()


def test_the_collector_works_again_when_the_start_ends_in_something_unforeseen(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unforeseen(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    monkeypatch.setattr(App, "_load", unforeseen)
    program = App()
    qtbot.addWidget(program.window)
    with pytest.raises(RuntimeError):
        program.load()
    assert gc.isenabled()
    program.close()


def test_a_window_closed_at_once_reads_nothing_any_more(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    read: list[str] = []
    monkeypatch.setattr("ui.app._read_content", lambda: read.append("content"))
    program = App()
    qtbot.addWidget(program.window)
    program.load()
    program.close()
    qtbot.wait(100)
    assert read == []


def test_answers_the_content_no_longer_knows_are_shown_as_nothing(desk: Desk) -> None:
    items = [item for step in desk.content.steps.values() for item in step.items]
    strange: dict[str, object] = {}
    for item in items:
        for item_id in item.ids:
            if item.kind in ("choice", "yes-no"):
                strange[item_id] = "no-such-answer"
            elif item.kind == "choices":
                strange[item_id] = ("no-such-answer",)
            elif item.kind == "number":
                strange[item_id] = Quantity(3.0, "cubits")
    desk.window.begin(anyone())
    for step in ("history", "questionnaires", "movement", "knee", "mobility"):
        page = desk.view.show_step(step)
        for editor in page.findChildren(Editor):
            if editor.item_id in strange:
                editor.show_answer(strange[editor.item_id])  # type: ignore[arg-type]
    assert desk.view.step == "mobility"


# ---------------------------------------------------------------- two windows


@pytest.mark.parametrize(("choice", "mass"), [("Keep mine", 60.0), ("Take the other", 70.0)])
def test_of_two_versions_the_therapist_chooses_one(
    desk: Desk, boxes: Boxes, choice: str, mass: float
) -> None:
    desk.window.begin(anyone())
    evaluation_id = desk.now.id
    with Store(desk.file, KEYS) as other:
        other.save(other.load(evaluation_id).with_answer("mass", 70.0))
    desk.view.session.answer("mass", 60.0)
    boxes.click = choice
    desk.view.header.kept.help_wanted.emit()
    assert desk.now.answers["mass"] == mass
    assert desk.kept(evaluation_id).answers["mass"] == mass
    desk.view.session.answer("height", 170.0)
    assert desk.kept(evaluation_id).answers["height"] == 170.0
    assert len(boxes.asked) == 1


def test_mine_is_kept_even_when_the_note_was_discarded_elsewhere(desk: Desk, boxes: Boxes) -> None:
    desk.window.begin(anyone())
    discarded(desk)
    desk.view.session.answer("mass", 60.0)
    boxes.click = "Keep mine"
    desk.view.header.kept.help_wanted.emit()
    assert desk.kept().answers["mass"] == 60.0


def test_a_locked_file_holds_up_an_answer_only_shortly(desk: Desk, home: Path) -> None:
    desk.window.begin(anyone())
    locked(desk)
    begun = monotonic()
    desk.view.session.answer("mass", 60.0)
    assert monotonic() - begun < 1.0
    desk.lock.close()  # type: ignore[attr-defined]
    assert desk.view.session.keep()
    assert desk.view.header.kept.toolTip() == ""


# ---------------------------------------------------------------- log and papers


def test_the_log_never_holds_what_was_typed(
    desk: Desk, qtbot: QtBot, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.window.begin(anyone("Secretname, Ana"))

    def broken() -> bytes:
        raise ValueError("Secretname, Ana cannot be drawn")

    def fails() -> None:
        raise RuntimeError("Secretname, Ana")

    maker = PdfMaker(desk.window)
    with caplog.at_level(logging.DEBUG), qtbot.waitSignal(maker.failed):
        maker.make(broken)
    monkeypatch.setattr(desk.view.page, "commit", fails)
    with caplog.at_level(logging.DEBUG):
        desk.window.keep()
    assert "ValueError" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "Secretname" not in caplog.text


def test_the_collector_rests_while_every_widget_is_dressed_anew(
    qtbot: QtBot, qapp: QApplication, dressed: None
) -> None:
    """Qt goes through all of them, and what the collector freed meanwhile took the program with it."""
    collects: list[bool] = []

    class Asked(QWidget):
        def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
            collects.append(gc.isenabled())
            super().changeEvent(event)

    asked = Asked()
    qtbot.addWidget(asked)
    asked.show()
    qtbot.waitUntil(gc.isenabled, timeout=30_000)
    collects.clear()
    style.apply_style(qapp, scale=1.5)
    assert collects
    assert not any(collects)
    assert gc.isenabled()


def test_the_collector_rests_until_a_paper_is_drawn_though_the_window_is_closed(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    program = App()
    qtbot.addWidget(program.window)
    program.load()
    go_on = threading.Event()
    maker = PdfMaker(program.window)
    maker.make(lambda: b"" if go_on.wait(5) else b"late")
    program.close()
    assert not gc.isenabled()
    go_on.set()
    qtbot.waitUntil(gc.isenabled, timeout=30_000)  # papers of earlier tests may still be drawn before it


def test_the_collector_works_again_though_the_window_of_the_work_was_taken_down(qtbot: QtBot) -> None:
    """As a dialog whose password is being checked when the screen locks: else nothing is collected any more."""
    qtbot.waitUntil(gc.isenabled, timeout=30_000)
    go_on, window = threading.Event(), QWidget()
    Aside(window).do(lambda: go_on.wait(5), lambda _: None, lambda _: None)
    assert not gc.isenabled()
    window.deleteLater()
    qtbot.waitUntil(lambda: not isValid(window))
    assert not gc.isenabled()
    go_on.set()
    qtbot.waitUntil(gc.isenabled)


def test_a_thread_that_is_done_holds_nothing_of_what_it_worked_for() -> None:
    """Else a dialog that goes when its work is done could be let go of last, and freed, in that thread."""
    dialog = threading.Event()  # whatever can be referred to weakly
    begun_for = weakref.ref(dialog)
    begins, held = threading.Event(), list[threading.Event | None]()
    with ThreadPoolExecutor(1) as thread:
        done = submit(thread, partial(lambda _: begins.wait(5), dialog))
        done.add_done_callback(lambda _: held.append(begun_for()))
        del dialog
        begins.set()
    assert held == [None]


def test_the_sheet_of_a_stopped_patient_never_becomes_printable(desk: Desk, qtbot: QtBot) -> None:
    desk.window.begin(read_case(CASES / "ex1.toml", desk.content))
    page = desk.view.show_step("handout")
    assert isinstance(page, HandoutPage)
    page.print_paper()  # Ctrl+P, while the pages are still being drawn
    desk.view.session.answer_all(dict.fromkeys(("hot-joint", "unwell"), "yes"))
    assert desk.view.session.assessment.stopped
    qtbot.wait(800)
    assert not page.print_button.isEnabled()
    assert page._when_made is None
    assert not desk.store.documents(desk.now.id)


def test_the_sheet_says_what_is_not_kept_as_it_stands_when_one_comes_back_to_it(
    desk: Desk, qtbot: QtBot
) -> None:
    desk.window.begin(read_case(CASES / "ex1.toml", desk.content))
    sheet = desk.view.show_step("handout")
    qtbot.waitUntil(lambda: not sheet.at_work, timeout=20000)
    assert "not kept" not in texts(sheet)
    plan = desk.view.show_step("plan")
    assert isinstance(plan, PlanPage)
    card = next(iter(plan.cards.values()))
    card._remove.click()
    QTest.keyClicks(card.removal_reason.edit, "hurts")
    desk.view.show_step("handout")
    qtbot.waitUntil(lambda: "Something typed is not kept" in texts(sheet))
    desk.view.show_step("plan")
    card._keep()
    desk.view.show_step("handout")
    qtbot.waitUntil(lambda: "not kept" not in texts(sheet))


def test_no_sheet_is_saved_from_changes_that_are_not_kept(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.window.begin(read_case(CASES / "ex1.toml", desk.content))
    page = desk.view.show_step("handout")
    assert isinstance(page, HandoutPage)
    qtbot.waitUntil(lambda: not page.at_work, timeout=20000)
    locked(desk)
    desk.view.session._evaluation = replace(desk.now, impression="new")
    desk.view.session._unsaved = True
    page.save_as(tmp_path / "sheet.pdf")
    assert not (tmp_path / "sheet.pdf").exists()
    assert "not kept" in texts(page)
    desk.lock.close()  # type: ignore[attr-defined]

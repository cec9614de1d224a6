"""The way in and the lock, as a person meets them: first start, wrong passwords, idle time, Ctrl+L, another account."""

from __future__ import annotations

import errno
import gc
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, TypeVar

import pypdfium2
import pytest
from PySide6 import QtDBus
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.documents import paper_key_pdf
from evalassist.errors import EvalAssistError, StoreError
from evalassist.evaluation import Evaluation, Patient, Quantity, StrengthTest
from evalassist.practice import open_practice
from evalassist.records import audit
from evalassist.records.accounts import Account
from evalassist.records.backup import Backups
from evalassist.records.connection import connect
from evalassist.records.doorstep import LAST, keep_last_name, last_name, practice_file
from evalassist.records.entrance import Entrance
from evalassist.records.passwords import refusal
from evalassist.records.server import Server
from evalassist.records.store import Store
from evalassist.records.vault import Keys, new_keys, paper_text, write_vault
from evalassist.settings import Settings, load_settings, make_private_folder
from evalassist.translate import pseudo
from ui import session as sessions
from ui import spoken
from ui import watch as watching
from ui.app import App
from ui.crash import CrashHook
from ui.dialogs.accounts import AccountDialog, AccountsDialog, PaperKeyDialog, PasswordDialog
from ui.dialogs.confirm import ConfirmDialog
from ui.dialogs.content import ContentDialog
from ui.dialogs.documents import DocumentsDialog
from ui.dialogs.limit import LimitDialog
from ui.dialogs.open_testing import OpenTestingDialog
from ui.dialogs.palette import Palette
from ui.dialogs.papers import AddendumDialog
from ui.dialogs.patient import CorrectionDialog, PatientDialog
from ui.dialogs.preferences import PreferencesDialog
from ui.dialogs.restore import RestoreDialog
from ui.evaluation_view import EvaluationView
from ui.locking import Held, mark_of
from ui.main_window import MainWindow
from ui.pages.door import Door
from ui.pages.first_run import FirstRun
from ui.pages.locked import LockablePage
from ui.pages.plan import PlanPage
from ui.pages.review import SignPage
from ui.pages.strength import StrengthPage
from ui.session import EvaluationSession
from ui.watch import PBT_APMSUSPEND, WM_POWERBROADCAST, WM_WTSSESSION_CHANGE, Watch, leaves_session
from ui.way_in import WayIn
from ui.widgets.addendum_form import AddendumForm
from ui.widgets.editors import NumberEditor
from ui.widgets.fields import NumberField
from ui.widgets.goal_editor import GoalEditor
from ui.widgets.marks import Banner, LinkButton
from ui.widgets.typed import Typed

CASES = Path(__file__).parent / "cases"
PASSWORD, OTHER, NEW = "four blue kneecaps", "seven slow ferries", "nine quiet harbours"
NAME = "Okafor, Daniel"
CONTROL = Qt.KeyboardModifier.ControlModifier

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Person:
    """Somebody at the window of the whole app."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.app = App()
        self.window = self.app.window
        qtbot.addWidget(self.window, before_close_func=nobody_answers)
        self.window.show()
        self.window.activateWindow()

    def come_by_paper(self) -> Door:
        """Lock, and open the records with a new paper key; the door asks for a password then."""
        paper = self.entrance.new_paper_key(self.store)
        self.lock()
        door = self.door()
        door.show_paper()
        QTest.keyClicks(door.paper_key, paper)
        door.button.click()
        self.qtbot.waitUntil(lambda: door.holds_records)
        return door

    def something_waits_for(self, account: Account) -> bool:
        """Whether the window remembers where that account was."""
        return any(left.account_id == account.id for left in self.window.waiting.left)

    def door(self) -> Door:
        self.qtbot.waitUntil(lambda: isinstance(self.window.door, Door))
        assert isinstance(self.window.door, Door)
        return self.window.door

    def sign_in(self, name: str, password: str) -> None:
        """Type into the unlock page and press Enter; wait until it is answered."""
        door = self.door()
        door.name.clear()
        QTest.keyClicks(door.name.edit, name)
        QTest.keyClicks(door.password.edit, password)
        QTest.keyClick(door.password.edit, Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: not door.at_work)

    @property
    def store(self) -> Store:
        return self.window._store

    @property
    def way_in(self) -> WayIn:
        assert self.window._way_in is not None
        return self.window._way_in

    @property
    def entrance(self) -> Entrance:
        return self.way_in.entrance

    @property
    def sees(self) -> str:
        """What is shown: start page, evaluation, or nothing of both."""
        return "evaluation" if self.window.view else "start page" if self.window.start else "door"

    @property
    def view(self) -> EvaluationView:
        assert self.window.view is not None
        return self.window.view

    def add(self, name: str, sign_in: str, password: str) -> None:
        """Add an account in its dialog, as an administrator does."""
        dialog = AccountDialog(self.store, self.way_in, Settings(), None, self.window)
        dialog.show()
        for field, typed in (
            (dialog.fields.name, name),
            (dialog.fields.licence, "50-1"),
            (dialog.fields.sign_in, sign_in),
        ):
            QTest.keyClicks(field.edit, typed)
        for secret in (dialog.password.first, dialog.password.again):
            QTest.keyClicks(secret.edit, password)
        QTest.keyClicks(dialog.own.edit, PASSWORD)
        dialog.button.click()
        self.qtbot.waitUntil(lambda: not dialog._aside.at_work)
        assert dialog.result()

    def at_dialog(self, act: Callable[[Any], object], show: Callable[[], object]) -> None:
        """Show a dialog, do something in it, and close it should it still be there."""

        def do() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QDialog)
            try:
                act(dialog)
            finally:
                if isValid(dialog) and dialog.isVisible():
                    dialog.reject()

        QTimer.singleShot(100, do)
        show()

    def confirms(self, password: str) -> Callable[[ConfirmDialog], None]:
        """Type a password into the dialog that asks for it, and wait for the answer."""

        def act(dialog: ConfirmDialog) -> None:
            QTest.keyClicks(dialog.password.edit, password)
            dialog.button.click()
            self.qtbot.waitUntil(lambda: not dialog._aside.at_work)

        return act

    def begin(self) -> Evaluation:
        evaluation = Evaluation.begin(Patient(NAME, date(2001, 5, 9), "M"), "right", date(2026, 3, 2))
        self.window.begin(evaluation)
        QApplication.processEvents()
        return evaluation

    def type_into(self, item_id: str, words: str) -> None:
        view = self.window.view
        assert view is not None
        view.go_to(item_id)
        QApplication.processEvents()
        focused = self.window.focusWidget()
        assert focused is not None
        QTest.keyClicks(focused, words)
        self.activate()

    def activate(self) -> None:
        """Click into the window."""
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)

    def lock(self) -> None:
        self.activate()
        QTest.keyClick(self.window.focusWidget() or self.window, Qt.Key.Key_L, CONTROL)
        self.wait_locked()

    def wait_locked(self) -> None:
        self.qtbot.waitUntil(lambda: self.window.door is not None and not self.window.signed_in)


@pytest.fixture
def person(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch, first_run: Callable[[App], None]
) -> Iterator[Person]:
    """Somebody who has begun the records and sees the start page."""
    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    made = Person(qtbot)
    first_run(made.app)
    assert made.window.start is not None
    yield made
    nobody_answers(made.window)
    made.window.close()
    made.app.close()


def nobody_answers(window: QWidget) -> None:
    """Nobody is there to answer when the test is over."""
    window.leaving.ask_to_lose = lambda *_, **__: True  # type: ignore[attr-defined]


def texts(widget: QWidget) -> str:
    """Every word that can be seen in this widget."""
    QApplication.processEvents()
    labels = [one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget)]
    lines = [one.text() for one in widget.findChildren(QLineEdit) if one.isVisibleTo(widget)]
    buttons = [one.text() for one in widget.findChildren(QPushButton) if one.isVisibleTo(widget)]
    return " ".join((*labels, *lines, *buttons))


def test_the_first_start_makes_an_account_and_the_next_one_asks_who_is_there(person: Person) -> None:
    assert "A. Chen, PT" in texts(person.window)
    person.begin()
    person.window.close()
    person.app.close()
    again = Person(person.qtbot)
    door = again.door()
    assert door.name.value == "chen"
    assert NAME not in texts(again.window)
    again.sign_in("chen", "five red elbows")
    assert "not right" in texts(again.window)
    assert again.sees == "door"
    again.sign_in("chen", PASSWORD)
    assert again.sees == "start page"
    assert NAME in texts(again.window)
    again.window.close()
    again.app.close()


def test_locking_while_typing_loses_nothing_and_leaves_nothing_of_the_patient_to_see(person: Person) -> None:
    begun = person.begin()
    person.type_into("goal-text", "carry Okafor junior")
    QApplication.clipboard().setText(NAME)
    person.lock()
    assert person.window.windowTitle() == "EvalAssist"
    assert person.sees == "door"
    assert "Okafor" not in texts(person.window)
    assert not any("Okafor" in texts(each) for each in QApplication.topLevelWidgets() if each.isVisible())
    assert "Okafor" not in QApplication.clipboard().text()
    person.sign_in("chen", PASSWORD)
    view = person.view
    assert view.session.evaluation.id == begun.id
    assert view.session.evaluation.answers["goal-text"] == "carry Okafor junior"
    assert (view.step, view.focused_item()) == ("history", "goal-text")


@pytest.mark.parametrize("typed", ["97", "9.7.1"])
def test_locking_during_the_hands_busy_view_loses_nothing_and_hides_it(person: Person, typed: str) -> None:
    person.begin()
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "100")
    QTest.keyClick(person.view.hands, Qt.Key.Key_Enter)
    QTest.keyClicks(person.view.hands, typed)
    person.lock()
    assert "Okafor" not in texts(person.window)
    person.sign_in("chen", PASSWORD)
    test = person.view.session.evaluation.answers["her.left"]
    assert isinstance(test, StrengthTest)
    assert list(test.trials) == [100]  # its last digit was still to come
    hands = person.view.hands
    assert hands is not None
    assert person.window.focusWidget() is hands
    assert (hands.item_id, hands.huge.accessibleName()) == ("her.left", f"{typed} N")


@pytest.mark.parametrize("by_key", [True, False])
def test_a_number_half_typed_in_the_hands_busy_view_is_no_trial_when_the_window_locks(
    person: Person, by_key: bool
) -> None:
    person.begin()
    person.view.session.answer("her.left", StrengthTest((30.0,), "lbf"))
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "27")
    if by_key:
        person.lock()
    else:
        person.window.lock()  # as after ten minutes without a key
        person.wait_locked()
    person.sign_in("chen", PASSWORD)
    evaluation, hands = person.view.session.evaluation, person.view.hands
    assert evaluation.answers["her.left"] == StrengthTest((30.0,), "lbf")
    assert hands is not None
    assert hands.huge.accessibleName() == "27 lbf"
    QTest.keyClicks(hands, ".5")
    QTest.keyClick(hands, Qt.Key.Key_Enter)
    answer = person.view.session.evaluation.answers["her.left"]
    assert isinstance(answer, StrengthTest)
    assert (answer.trials, answer.unit) == ((30.0, 27.5), "lbf")


def test_the_pain_half_typed_in_the_hands_busy_view_is_still_the_pain_after_a_lock(person: Person) -> None:
    person.begin()
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "p1")
    person.lock()
    person.sign_in("chen", PASSWORD)
    assert "her.left" not in person.view.session.evaluation.answers
    hands = person.view.hands
    assert hands is not None
    QTest.keyClicks(hands, "0")
    QTest.keyClick(hands, Qt.Key.Key_Enter)
    assert person.view.session.evaluation.answers["her.left"] == StrengthTest(pain=10)


def signed_elsewhere(store: Store, evaluation_id: str) -> EvaluationSession:
    """The note is signed at another window, while this one is locked."""
    settings = Settings(therapist_name=store.account.name, licence=store.account.licence)
    session = EvaluationSession(store.load(evaluation_id), load_content(), store, settings)
    session.sign()
    return session


def entered_in_error_elsewhere(store: Store, evaluation_id: str) -> None:
    signed_elsewhere(store, evaluation_id).add_addendum("Another patient.", "entered-in-error")


def discarded_elsewhere(store: Store, evaluation_id: str) -> None:
    store.discard_draft(evaluation_id)


def not_lying_prone_elsewhere(store: Store, evaluation_id: str) -> None:
    store.save(store.load(evaluation_id).without_answer("her.left").with_answer("prone-bad", "yes"))


def closed_by_the_safety_screen_elsewhere(store: Store, evaluation_id: str) -> None:
    store.save(store.load(evaluation_id).with_answer("hot-joint", "yes"))


HIP = "Hip external rotation, left"


@pytest.mark.parametrize(
    ("keys", "meanwhile", "sentence"),
    [
        (
            "27",
            signed_elsewhere,
            f"“27 lbf” for {HIP}, trial 2, was not entered, because the note is signed.",
        ),
        ("12N", signed_elsewhere, f"“12N” for {HIP}, trial 2, was not entered, because the note is signed."),
        (
            "p1",
            signed_elsewhere,
            f"“1” for {HIP}: pain in the test, was not entered, because the note is signed.",
        ),
        (
            "27",
            entered_in_error_elsewhere,
            f"“27 lbf” for {HIP}, trial 2, was not entered, because the note is marked as entered in error.",
        ),
        (
            "27",
            discarded_elsewhere,
            f"“27 lbf” for {HIP}, trial 2, was not entered, because the draft was discarded.",
        ),
        (
            "27",
            closed_by_the_safety_screen_elsewhere,
            f"“27 lbf” for {HIP}, trial 2, was not entered, because the safety screen closes the step.",
        ),
        (
            "27",
            not_lying_prone_elsewhere,
            f"“27 lbf” for {HIP}, trial 2, was not entered, because this muscle is not offered any more.",
        ),
    ],
)
def test_a_number_half_typed_that_has_no_place_any_more_after_a_lock_is_told_once(
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
    keys: str,
    meanwhile: Callable[[Store, str], object],
    sentence: str,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    begun = person.begin()
    person.view.session.answer("her.left", StrengthTest((30.0,), "lbf"))
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, keys)
    with elsewhere(person) as other:
        person.lock()
        meanwhile(other, begun.id)
    for _ in range(2):
        person.sign_in("chen", PASSWORD)
        QApplication.processEvents()
        person.qtbot.wait(50)
        person.lock()
    assert told == [sentence]


def test_nothing_is_told_of_a_number_that_waits_for_records_that_cannot_be_read_now(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    person.begin()
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "27")
    person.lock()
    with monkeypatch.context() as broken:
        broken.setattr(Store, "load", cannot_be_read)
        person.sign_in("chen", PASSWORD)
        person.qtbot.wait(50)
        assert person.sees == "start page"
    assert told == []
    assert [left.hands.typed for left in person.window.waiting.left if left.hands] == ["27"]


def test_nothing_is_told_after_a_lock_where_no_number_was_half_typed(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    begun = person.begin()
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "27")
    QTest.keyClick(person.view.hands, Qt.Key.Key_Enter)
    with elsewhere(person) as other:
        person.lock()
        signed_elsewhere(other, begun.id)
    person.sign_in("chen", PASSWORD)
    person.qtbot.wait(50)
    assert person.view.session.signed
    assert told == []


def chooses_left_and_locks(person: Person) -> Callable[[PatientDialog], None]:
    """Half fill the form of a visit, and lock the window over it."""

    def act(dialog: PatientDialog) -> None:
        dialog.knee.set_value("left")
        person.window.lock()

    return act


def cannot_be_read(*_: object, **__: object) -> Evaluation:
    raise EvalAssistError("The records cannot be read now.")


def test_testing_by_hand_stays_the_way_over_a_lock(person: Person) -> None:
    person.begin()
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "-7")
    QTest.keyClick(person.view.hands, Qt.Key.Key_Enter)
    person.lock()
    person.sign_in("chen", PASSWORD)
    hands = person.view.hands
    assert hands is not None
    hands.entry.go_to("kext.left")
    assert hands.entry.ask == "grade"


@pytest.mark.parametrize(("entered", "typed"), [("20\r21\r", ""), ("20\r21\r", "22"), ("", "20"), ("", "")])
def test_locking_the_hands_busy_view_brings_back_nothing_that_it_went_past(
    person: Person, entered: str, typed: str
) -> None:
    person.begin()
    person.view.go_to("her.left")
    at = person.window.focusWidget()
    QTest.keyClicks(at, "30 kg")
    QTest.keyClick(at, Qt.Key.Key_Enter)
    QTest.keyClick(at, Qt.Key.Key_F11)
    hands = person.view.hands
    assert hands is not None
    for sign in entered + typed:
        if sign == "\r":
            QTest.keyClick(hands, Qt.Key.Key_Enter)
        else:
            QTest.keyClicks(hands, sign)
    person.lock()
    person.sign_in("chen", PASSWORD)
    numbers = [float(one) for one in entered.split()]
    answer = person.view.session.evaluation.answers.get("her.left")
    assert (list(answer.trials) if isinstance(answer, StrengthTest) else []) == numbers
    assert trials_seen(person, "Hip external rotation, left") == (
        [f"{one:g}" for one in numbers] if numbers else ["30 kg"]
    )


def test_a_refused_trial_does_not_come_back_over_one_that_counts(person: Person) -> None:
    person.begin()
    person.view.go_to("her.left")
    for typed in ("30 kg", "50"):
        at = next(one for one in trials(person, "Hip external rotation, left") if not one.text())
        at.setFocus()
        QTest.keyClicks(at, typed)
        QTest.keyClick(at, Qt.Key.Key_Enter)
    person.lock()
    person.sign_in("chen", PASSWORD)
    answer = person.view.session.evaluation.answers["her.left"]
    assert isinstance(answer, StrengthTest)
    assert list(answer.trials) == [50]
    assert trials_seen(person, "Hip external rotation, left") == ["50", "30 kg"]


def trials(person: Person, of: str) -> list[QLineEdit]:
    lines = person.view.page.findChildren(QLineEdit)
    return [one for one in lines if one.accessibleName().startswith(f"{of}, trial")]


def trials_seen(person: Person, of: str) -> list[str]:
    return [one.text() for one in trials(person, of) if one.text()]


def test_locking_leaves_no_key_in_the_memory_and_no_open_file(person: Person) -> None:
    person.begin()
    file, key = person.store.path, person.store.keys.database

    def held() -> bool:
        return any(isinstance(one, Keys) and one.database == key for one in gc.get_objects())

    assert held()
    person.lock()
    person.window.end_backups()  # the last backup is made beside the page that asks who is there
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert not held()
    assert not file.with_name(f"{file.name}-wal").exists()  # there as long as the file is open


def test_nobody_at_the_window_locks_it_and_a_key_pressed_does_not(person: Person) -> None:
    person.begin()
    watch = person.window._watch
    assert watch is not None
    handle = person.window.windowHandle()
    watch.start(0.6)
    for _ in range(4):
        person.qtbot.wait(250)
        QTest.keyClick(handle, Qt.Key.Key_Shift)
        assert person.window.door is None
    person.wait_locked()
    assert "Okafor" not in texts(person.window)


def test_another_account_starts_at_the_start_page_and_the_first_one_finds_its_field_again(
    person: Person,
) -> None:
    person.begin()
    person.add("S. Lee", "lee", OTHER)
    person.type_into("mass", "62")
    person.lock()
    person.sign_in("lee", OTHER)
    assert person.sees == "start page"
    assert "S. Lee" in texts(person.window)
    assert NAME in texts(person.window)
    person.lock()
    person.sign_in("chen", PASSWORD)
    view = person.view
    assert (view.step, view.focused_item()) == ("history", "mass")
    assert view.session.evaluation.answers["mass"] == 62


def elsewhere(person: Person) -> Store:
    """The same records, as an administrator has them open at another workstation."""
    return Store(person.store.path, person.store.keys, person.store.accounts()[0])


def test_the_window_of_a_removed_account_locks_at_its_next_change_and_says_why(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    with elsewhere(person) as chens:
        assert chens.account.administers
        begun = person.begin()
        chens.remove_account(person.store.account.id)
        person.type_into("mass", "62")
        QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_Tab)
        person.wait_locked()
        assert "This account was removed" in texts(person.window)
        assert NAME not in texts(person.window)
        assert "mass" not in chens.load(begun.id).answers
    person.sign_in("chen", PASSWORD)
    assert person.sees == "start page"


def test_who_was_removed_saves_no_copy_of_a_paper_that_was_open(person: Person, tmp_path: Path) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    with elsewhere(person) as chens:
        begun = person.begin()
        chens.keep_document(begun.id, "handout", "en", "a4", b"%PDF", "A. Chen")
        dialog = DocumentsDialog(person.store, begun.patient.id, "S. Lee", person.window)
        person.qtbot.addWidget(dialog)
        chens.remove_account(person.store.account.id)
        dialog.save_as(tmp_path / "copy.pdf")
        assert "This account was removed" in texts(dialog)
        assert not (tmp_path / "copy.pdf").exists()


def test_what_was_copied_goes_with_the_window_too(person: Person) -> None:
    person.begin()
    QApplication.clipboard().setText(NAME)
    person.window.close()
    assert "Okafor" not in QApplication.clipboard().text()


@pytest.mark.parametrize("now", [{"role": "student"}, {"licence": "PT-78"}])
def test_who_got_another_role_or_license_signs_in_anew_and_loses_nothing(
    person: Person, now: dict[str, Any]
) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    with elsewhere(person) as chens:
        begun = person.begin()
        chens.keep_account(changed := replace(person.store.account, **now))
        person.type_into("mass", "62")
        QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_Tab)
        person.wait_locked()
        assert "This account or its password was changed" in texts(person.window)
        person.sign_in("lee", OTHER)
        assert person.store.account == changed
        person.qtbot.waitUntil(lambda: "mass" in chens.load(begun.id).answers)


def test_what_two_locks_held_of_one_account_is_kept_each_and_no_key_stays(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program kept the records from being written, from before somebody came in."""
    monkeypatch.setattr(sessions, "AGAIN_MS", 100)
    notes, keys, file = (person.begin(), person.begin()), person.store.keys, person.store.path
    person.lock()
    person.window.end_backups()
    with closing(connect(file, keys.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        for number, note in enumerate(notes):
            person.sign_in("chen", PASSWORD)
            person.window.open_evaluation(note.id)
            person.view.session.answer("goal-text", f"words {number}")
            person.lock()
        assert len(person.window.waiting.held) == 2
        assert "sign in here" not in texts(person.window), (
            "nobody could tell these records from a copy of them"
        )
        person.sign_in("chen", PASSWORD)
        looked_only = person.store
        person.lock()
        with pytest.raises(StoreError, match="closed"):
            looked_only.recent(1)
        other.execute("ROLLBACK")
    person.qtbot.waitUntil(lambda: not person.window.waiting.held, timeout=20_000)
    person.sign_in("chen", PASSWORD)
    for number, note in enumerate(notes):
        assert person.store.load(note.id).answers["goal-text"] == f"words {number}"


def test_what_is_held_is_told_at_the_door_as_long_as_it_is_whoever_was_here_meanwhile(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.begin()

    def full(_: Evaluation) -> None:
        raise StoreError("The disk is full. Free some space.")

    monkeypatch.setattr(person.store, "save", full)
    person.view.session.answer("goal-text", "climb stairs")
    person.lock()
    told = "The last changes of A. Chen, PT are not kept: The disk is full."
    assert told in texts(person.window)
    person.sign_in("lee", OTHER)
    person.lock()
    assert told in texts(person.window)


def test_what_an_account_held_that_was_removed_at_this_window_is_forgotten(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its records have another key by then: nothing could be kept in them, nor would they say why."""
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    lee = person.store.account
    person.begin()
    monkeypatch.setattr(person.store, "save", cannot_be_read)
    person.view.session.answer("goal-text", "on no disk")
    person.lock()
    person.sign_in("chen", PASSWORD)
    assert [held.account.id for held in person.window.waiting.held] == [lee.id]
    person.entrance.remove_account(person.store, lee.id)
    person.lock()
    person.qtbot.waitUntil(lambda: not person.window.waiting.held)
    assert "not kept" not in texts(person.window)


def test_a_folder_of_practice_that_cannot_be_asked_keeps_nobody_from_what_waits(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = when_shown(PatientDialog, chooses_left_and_locks(person))
    person.window.new_patient()
    person.wait_locked()
    seen: list[str | None] = []

    def closed() -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    folder = SimpleNamespace(exists=closed)
    monkeypatch.setattr("evalassist.records.doorstep.practice_file", lambda _: folder)
    clock = when_shown(PatientDialog, lambda dialog: seen.append(dialog.knee.value))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: seen == ["left"])
    assert not clock.isActive()


def test_a_form_that_locking_closed_puts_back_only_what_was_touched(person: Person) -> None:
    begun, entrance = person.begin(), person.entrance

    def lock(dialog: CorrectionDialog) -> None:
        dialog.number.set_value("MR-7")
        person.window.lock()

    clock = when_shown(CorrectionDialog, lock)
    person.window.correct_patient()
    clock.stop()
    person.wait_locked()
    with entrance.sign_in("chen", PASSWORD) as other:
        kept = other.load(begun.id)
        other.save(replace(kept, patient=replace(kept.patient, name="Okafor-Lind, Daniel")))
    seen: list[tuple[object, object]] = []
    clock = when_shown(CorrectionDialog, lambda dialog: seen.append((dialog.name.value, dialog.number.value)))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(seen))
    clock.stop()
    assert seen == [("Okafor-Lind, Daniel", "MR-7")]


def test_a_new_paper_key_that_locking_closed_is_told_at_the_next_sign_in(person: Person) -> None:
    def lock(dialog: PaperKeyDialog) -> None:
        dialog.reject()
        assert dialog.isVisible(), "Esc does not close it"
        person.window.lock()

    clock = when_shown(PaperKeyDialog, lock)
    PaperKeyDialog("ABCD-EFGH", Settings(), person.window).exec()
    clock.stop()
    person.wait_locked()
    said: list[str] = []

    def stay(box: QMessageBox) -> None:
        said.append(box.text())
        box.reject()

    clock = when_shown(QMessageBox, stay)
    assert not person.window.close()
    clock.stop()
    assert said == ["The paper key is not on paper yet."]
    said.clear()

    def read(box: QMessageBox) -> None:
        said.append(box.text())
        box.accept()

    def lock_over(box: QMessageBox) -> None:
        said.append(box.text())
        person.window.lock()

    for seen in (lock_over, read):  # nobody read what a lock took away: it is said again
        clock = when_shown(QMessageBox, seen)
        person.sign_in("chen", PASSWORD)
        person.qtbot.waitUntil(lambda: bool(said))
        clock.stop()
        assert said == ["The new paper key is not on paper."]
        said.clear()
        if seen is lock_over:
            person.wait_locked()


def test_the_unit_of_force_that_was_chosen_stays_over_a_lock(person: Person) -> None:
    person.begin()
    person.type_into("habd.left", "120")
    page = person.view.page
    assert isinstance(page, StrengthPage)
    page.unit.choose("lbf")
    person.view.undo()
    assert page.force_unit == page.unit.value == "N"
    person.view.redo()
    person.lock()
    person.sign_in("chen", PASSWORD)
    page = person.view.page
    assert isinstance(page, StrengthPage)
    assert page.force_unit == page.unit.value == "lbf"
    person.type_into("her.left", "21")
    person.view.commit()
    answers = person.view.session.evaluation.answers
    units = {name: test.unit for name, test in answers.items() if isinstance(test, StrengthTest)}
    assert units == {"habd.left": "N", "her.left": "lbf"}


def chart_by_name(person: Person) -> None:
    def act(palette: Palette) -> None:
        QTest.keyClicks(palette.typed, "chart of this")
        QTest.keyClick(palette.typed, Qt.Key.Key_Return)
        assert not palette.isVisible()
        person.window.lock()

    during(Palette, act, person.window.find_by_name)


def known_patient(person: Person) -> None:
    def act(dialog: PatientDialog) -> None:
        dialog._open_chart(person.view.session.evaluation.patient.id)
        person.window.lock()

    during(PatientDialog, act, person.window.new_patient)


def somebody_new(person: Person) -> None:
    def act(dialog: PatientDialog) -> None:
        for field, value in ((dialog.name, "Lind, Solveig"), (dialog.sex, "F"), (dialog.knee, "right")):
            field.set_value(value)
        dialog.birth.set_value(date(2001, 5, 9))
        press(dialog, "Begin")
        person.window.lock()

    during(PatientDialog, act, person.window.new_patient)


def corrected(person: Person) -> None:
    def act(dialog: CorrectionDialog) -> None:
        dialog.name.set_value("Lind, Solveig")
        press(dialog, "Correct it")
        person.window.lock()

    during(CorrectionDialog, act, person.window.correct_patient)


def left_with_a_word(person: Person) -> None:
    def act(box: QMessageBox) -> None:
        press(box, "Leave without it")
        person.window.lock()

    person.type_into("mass", "62x")
    during(QMessageBox, act, person.window.show_start)


def during(kind: type[D], act: Callable[[D], object], asks: Callable[[], object]) -> None:
    clock = when_shown(kind, act)
    asks()
    clock.stop()


def press(dialog: QDialog, words: str) -> None:
    """Press this button, which closes the dialog."""
    next(each for each in dialog.findChildren(QPushButton) if each.text() == words).click()
    assert not dialog.isVisible()


@pytest.mark.parametrize("act", [chart_by_name, known_patient, somebody_new, corrected, left_with_a_word])
def test_what_was_accepted_in_the_moment_of_locking_shows_nothing_over_the_lock(
    person: Person, act: Callable[[Person], None]
) -> None:
    """Enter, and in the same moment the screen locks or the computer wakes: the dialog is hidden, not yet done with."""
    person.begin()
    act(person)

    def shows_the_door_only() -> bool:
        words = texts(person.window) + person.window.windowTitle()
        return person.door().isVisible() and not any(name in words for name in ("Okafor", "Lind"))

    assert shows_the_door_only()
    person.wait_locked()
    assert shows_the_door_only()
    person.sign_in("chen", PASSWORD)
    names = {row.patient.name for row in person.store.drafts()}
    others: dict[Callable[[Person], None], set[str]] = {
        somebody_new: {NAME, "Lind, Solveig"},
        corrected: {"Lind, Solveig"},
    }
    assert names == others.get(act, {NAME})


def test_a_restore_asks_before_words_that_wait_behind_the_lock_are_lost(person: Person) -> None:
    person.begin()
    person.type_into("mass", "62x")
    person.window.lock()
    person.wait_locked()
    wanted, said = list[bool](), list[str]()
    person.window.restore_wanted.disconnect()
    person.window.restore_wanted.connect(lambda: wanted.append(True))

    def stay(box: QMessageBox) -> None:
        said.append(box.text())
        box.reject()

    clock = when_shown(QMessageBox, stay)
    person.door().restore_wanted.emit()
    clock.stop()
    assert (said, wanted) == (["Something typed is not kept."], [])


@pytest.mark.parametrize("removed", [False, True])
def test_what_waits_for_somebody_who_was_dismissed_locks_nobody_else(
    person: Person, monkeypatch: pytest.MonkeyPatch, removed: bool
) -> None:
    monkeypatch.setattr(sessions, "AGAIN_MS", 100)
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    with elsewhere(person) as chens:
        person.begin()
        lee = person.store.account
        chens.keep_account(replace(lee, role="student"))
        person.type_into("mass", "62")
        QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_Tab)
        person.wait_locked()
        if removed:
            chens.remove_account(lee.id)
    person.sign_in("chen", PASSWORD)
    person.qtbot.wait(500)
    assert person.sees == "start page"
    assert [held.account.id for held in person.window.waiting.held] == ([] if removed else [lee.id])


def test_what_cannot_be_read_as_an_answer_stands_in_its_field_again(person: Person) -> None:
    person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    person.sign_in("chen", PASSWORD)
    view = person.view
    fields = [one.text() for one in view.page.findChildren(QLineEdit)]
    assert "6x2" in fields
    assert "mass" not in view.session.evaluation.answers


D = TypeVar("D", bound=QDialog)


def when_shown(kind: type[D], act: Callable[[D], object]) -> QTimer:
    """Do something in the dialog of this kind as soon as it is there, and close it should it still be there."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, kind):
            clock.stop()
            try:
                act(dialog)
            finally:
                if isValid(dialog) and dialog.isVisible():
                    dialog.done(0)

    clock = QTimer(interval=20)
    clock.timeout.connect(look)
    clock.start()
    return clock


def test_that_the_window_is_locked_is_heard_first(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    person.begin()
    monkeypatch.setattr(spoken, "say", lambda _, words, **_how: said.append(words))
    person.lock()
    assert next(words for words in said if words) == "Locked."


def test_who_hears_the_window_is_told_after_a_lock_that_the_password_is_typed_now(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    person.begin()
    monkeypatch.setattr(spoken, "is_kept_busy", lambda: True)
    monkeypatch.setattr(spoken, "say", lambda _, words, **_how: said.append(words))
    person.lock()
    assert said[-1] == "Password"


def test_a_half_filled_form_waits_out_of_sight_for_its_account_alone(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)

    def type_and_lock(dialog: PatientDialog) -> None:
        QTest.keyClicks(dialog.name.edit, NAME)
        QTest.keyClicks(dialog.birth.edit, "9 Ma")
        dialog.knee.set_value("left")
        person.window.lock()

    clock = when_shown(PatientDialog, type_and_lock)
    person.window.new_patient()
    person.wait_locked()
    assert not any("Okafor" in texts(each) for each in QApplication.topLevelWidgets() if each.isVisible())
    person.sign_in("lee", OTHER)
    QTest.qWait(100)
    assert QApplication.activeModalWidget() is None
    assert "Okafor" not in texts(person.window)
    person.lock()
    seen: list[tuple[str | None, str, str | None]] = []
    clock = when_shown(
        PatientDialog,
        lambda dialog: seen.append((dialog.name.value, dialog.birth.edit.text(), dialog.knee.value)),
    )
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(NAME, "9 Ma", "left")]
    assert not clock.isActive()


def test_a_correction_comes_back_with_the_keyboard_where_it_was(person: Person) -> None:
    """Else the date that is typed on becomes the patient's name; and a name without a letter is none."""
    person.begin()

    def lock_at_the_date(dialog: CorrectionDialog) -> None:
        assert dialog.focusWidget() is dialog.visit.edit
        person.window.lock()

    clock = when_shown(CorrectionDialog, lock_at_the_date)
    person.window.correct_patient(at_visit=True)
    person.wait_locked()
    seen: list[str] = []

    def type_on(dialog: CorrectionDialog) -> None:
        dialog.name.set_value("11/26/2026")
        dialog.correct()
        told = " ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())
        seen.append(f"{dialog.result()} {'Write the name.' in told}")
        dialog.done(0)

    def look(dialog: CorrectionDialog) -> None:
        held = dialog.focusWidget()
        seen.append("date" if held is dialog.visit.edit else repr(held))
        type_on(dialog)

    clock = when_shown(CorrectionDialog, look)
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == ["date", "0 True"]
    assert not clock.isActive()


def test_what_waits_for_somebody_is_not_given_to_an_account_of_other_records(
    person: Person, tmp_path: Path
) -> None:
    person.begin()
    owner = person.store.account
    person.lock()
    with Store(tmp_path / "others.db", new_keys(), owner) as others:
        person.window.enter(others)
        assert person.window.view is None
        assert person.something_waits_for(owner)
    person.window.forget_left()  # as after a backup was restored
    assert not person.something_waits_for(owner)


def test_what_waits_for_somebody_is_not_given_to_records_that_were_put_back_to_an_earlier_day(
    person: Person, tmp_path: Path
) -> None:
    """Whoever knows only the password of that day must not read what was typed later."""
    file, owner, keys = person.store.path, person.store.account, person.store.keys
    person.store.note("began", "")
    earlier = tmp_path / "earlier.db"
    backup = Backups(file, tmp_path / "kept").make(keys.database, "asked")
    shutil.copy(backup.file, earlier)
    person.begin()
    person.lock()
    with Store(earlier, keys, owner) as former:
        person.window.enter(former)
        assert person.window.view is None
        assert person.something_waits_for(owner)


def test_what_waits_for_somebody_whose_account_was_changed_is_not_given_to_records_of_an_earlier_day(
    person: Person,
) -> None:
    """The window cannot read any more where the trail ends, and knows what it wrote itself."""
    person.add("S. Lee", "lee", OTHER)
    file, keys = person.store.path, person.store.keys
    backup = Backups(file).make(keys.database, "asked")
    earlier = file.with_name("earlier.db")
    shutil.copy(backup.file, earlier)
    person.lock()
    person.sign_in("lee", OTHER)
    lee = person.store.account
    person.begin()
    with elsewhere(person) as chens:
        chens.keep_account(replace(lee, licence="PT-78"))
        person.view.session.answer("goal-text", "typed today")
        person.wait_locked()
        assert [held.account.id for held in person.window.waiting.held] == [lee.id]
        with Store(earlier, keys, lee) as former:
            person.window.enter(former)
            assert person.window.view is None
            assert [held.account.id for held in person.window.waiting.held] == [lee.id]
            assert person.something_waits_for(lee)


@pytest.mark.parametrize("first", [None, "chen"])
def test_what_waits_is_not_given_to_a_password_that_was_changed_at_this_window_meanwhile(
    person: Person, tmp_path: Path, first: str | None
) -> None:
    """A backup from between the locking and the change holds all that was written here by then."""
    person.add("S. Lee", "lee", OTHER)
    file = person.store.path
    person.lock()
    person.sign_in("lee", OTHER)
    lee = person.store.account
    person.begin()
    person.lock()
    person.sign_in("chen", PASSWORD)
    backup = Backups(file, tmp_path).make(person.store.keys.database, "working")
    person.entrance.change_password(person.store, lee.id, "the new password of lee")
    person.lock()
    person.wait_locked()
    shutil.copy(backup.file, file)
    shutil.copy(backup.vault_file, file.with_name("evalassist.vault"))
    if first:  # somebody else is at the window in between
        person.sign_in(first, PASSWORD)
        person.lock()
    person.sign_in("lee", OTHER)
    assert person.sees == "start page"
    assert person.something_waits_for(lee)


def test_what_waits_is_given_also_after_others_were_at_this_window(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.begin()
    person.lock()
    for _ in range(2):
        person.sign_in("lee", OTHER)
        person.lock()
    person.sign_in("chen", PASSWORD)
    assert person.sees == "evaluation"


def test_where_a_sign_in_could_not_be_noted_nothing_is_given_out_for_a_line_that_can_be_guessed(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.lock()

    def full(*_: object, **_known: object) -> None:
        raise StoreError("The disk is full. Free some space.")

    with monkeypatch.context() as fault:
        fault.setattr(audit, "append", full)
        person.sign_in("chen", PASSWORD)
    mark = mark_of(person.store)
    assert not mark.lines
    assert not mark.is_of(person.store)
    person.begin()  # the first line that can be written bears a sign
    assert mark_of(person.store).is_of(person.store)
    person.lock()
    person.sign_in("chen", PASSWORD)
    assert person.sees == "evaluation"


def test_records_made_up_with_a_line_of_the_same_number_and_seal_are_given_nothing(
    person: Person, tmp_path: Path
) -> None:
    """Both lie in clear in the manifest of a backup, and whoever once had an account knows the key of the trail."""
    person.lock()
    person.sign_in("chen", PASSWORD)
    owner, keys, told = person.store.account, person.store.keys, person.store.head()
    person.lock()
    made_up = Keys(new_keys().database, keys.audit)
    with (
        Store(tmp_path / "made.db", made_up, owner) as made,
        closing(connect(made.path, made_up.database)) as db,
    ):
        line = (told.number, "2026-11-26T00:00:00.000000+00:00", "", "", "x", "", "{}", told.mac)
        db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", line)
        assert made.holds(told)
        person.window.enter(made)
        assert person.something_waits_for(owner)


def test_a_half_filled_account_comes_back_without_its_passwords(person: Person) -> None:
    clocks: list[QTimer] = []
    seen: list[tuple[str | None, str]] = []

    def fill_and_lock(dialog: AccountDialog) -> None:
        QTest.keyClicks(dialog.fields.name.edit, "S. Lee, PT")
        QTest.keyClicks(dialog.password.first.edit, OTHER)
        person.window.lock()

    def add(dialog: AccountsDialog) -> None:
        clocks.append(when_shown(AccountDialog, fill_and_lock))
        dialog.add.click()

    clocks.append(when_shown(AccountsDialog, add))
    person.window.show_accounts()
    person.wait_locked()

    def look(dialog: AccountDialog) -> None:
        seen.append((dialog.fields.name.value, dialog.password.first.value))
        clocks.append(when_shown(AccountsDialog, lambda _: None))

    clocks.append(when_shown(AccountDialog, look))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(seen) and QApplication.activeModalWidget() is None)
    assert seen == [("S. Lee, PT", "")]


def test_a_half_filled_change_of_a_limit_comes_back(person: Person) -> None:
    clocks: list[QTimer] = []
    seen: list[tuple[str, str | None]] = []

    def fill_and_lock(dialog: LimitDialog) -> None:
        QTest.keyClicks(dialog.reason.edit, "Our device scatters less.")
        person.window.lock()

    def choose(dialog: ContentDialog) -> None:
        dialog.search.setText("symmetry deficit")
        dialog.list.go_to(0)
        clocks.append(when_shown(LimitDialog, fill_and_lock))
        dialog.change()

    clocks.append(when_shown(ContentDialog, choose))
    person.window.show_content()
    person.wait_locked()

    def look(dialog: LimitDialog) -> None:
        seen.append((dialog.half_filled_as[1], dialog.reason.value))
        dialog.reason.set_value(None)  # nothing to lose any more
        clocks.append(when_shown(ContentDialog, lambda _: None))

    clocks.append(when_shown(LimitDialog, look))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(seen) and QApplication.activeModalWidget() is None)
    assert seen == [("symmetry-deficit", "Our device scatters less.")]


def test_a_half_written_reason_to_test_anyway_comes_back(person: Person) -> None:
    person.begin()
    view = person.window.view
    assert view is not None
    view.session.answer("hot-joint", "yes")
    view.show_step("strength")
    clocks: list[QTimer] = []
    seen: list[str | None] = []

    def fill_and_lock(dialog: OpenTestingDialog) -> None:
        QTest.keyClicks(dialog.reason.edit, "Seen by Dr. Lee")
        person.window.lock()

    def look(dialog: OpenTestingDialog) -> None:
        seen.append(dialog.reason.value)
        dialog.reason.set_value(None)

    clocks.append(when_shown(OpenTestingDialog, fill_and_lock))
    page = view.page
    assert isinstance(page, LockablePage)
    page.banner_acted()
    person.wait_locked()
    clocks.append(when_shown(OpenTestingDialog, look))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(seen) and QApplication.activeModalWidget() is None)
    assert seen == ["Seen by Dr. Lee"]


def test_what_is_typed_in_the_settings_is_kept_by_locking(person: Person) -> None:
    def type_and_lock(dialog: PreferencesDialog) -> None:
        phone = next(one for one in dialog._texts if one.accessibleName() == "Phone")
        QTest.keyClicks(phone.edit, "555-0100")
        person.window.lock()

    clock = when_shown(PreferencesDialog, type_and_lock)
    person.window.change_settings()
    assert not clock.isActive()
    person.wait_locked()
    assert load_settings().clinic_phone == "555-0100"


def test_locking_makes_a_backup_of_what_was_changed_and_of_nothing_else(person: Person) -> None:
    backups = Backups(person.store.path)
    person.begin()
    person.lock()
    person.window.end_backups()
    assert [each.manifest.kind for each in backups.all()] == ["close"]
    person.sign_in("chen", PASSWORD)
    person.lock()
    person.window.close()
    person.window.end_backups()
    assert len(backups.all()) == 1


def test_a_click_into_an_open_list_counts_as_somebody_being_there(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.pages.door.PAPER_MS", 2500)
    door = person.come_by_paper()
    popup = QWidget(None, Qt.WindowType.Popup)
    person.qtbot.addWidget(popup)
    popup.show()
    for _ in range(4):
        person.qtbot.wait(800)
        QTest.mouseClick(popup.windowHandle(), Qt.MouseButton.LeftButton)
        assert door.holds_records


def test_a_full_disk_holds_the_draft_out_of_sight_until_it_can_be_kept(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = person.begin()
    assert person.sees == "evaluation"
    session = person.view.session
    full = StoreError("The disk is full. Free some space.")

    def refuse(_: Evaluation) -> None:
        raise full

    with monkeypatch.context() as broken:
        broken.setattr(session.store, "save", refuse)
        person.type_into("goal-text", "climb stairs")
        person.lock()
        assert "The disk is full" in texts(person.window)
        assert "Okafor" not in texts(person.window)
        assert not any(NAME in texts(one) for one in QApplication.topLevelWidgets() if one.isVisible())
        person.sign_in("chen", PASSWORD)
        assert person.sees == "evaluation"
        assert person.view.session is session
        assert person.view.isVisible()
        assert session.evaluation.answers["goal-text"] == "climb stairs"
    assert session.keep()
    assert session.store.load(begun.id, to_edit=False).answers["goal-text"] == "climb stairs"


def test_what_is_held_is_kept_though_the_records_got_a_new_key_meanwhile(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    begun = person.begin()

    def full(_: Evaluation) -> None:
        raise StoreError("The disk is full. Free some space.")

    with monkeypatch.context() as patched:
        patched.setattr(person.store, "save", full)
        person.view.session.answer("goal-text", "climb stairs")
        person.lock()
        person.sign_in("chen", PASSWORD)
        person.entrance.change_password(person.store, person.store.account.id, "brand new words")
        person.lock()
    person.sign_in("lee", OTHER)
    assert person.view.session.keep()
    person.lock()
    person.sign_in("chen", "brand new words")
    assert person.store.load(begun.id).answers["goal-text"] == "climb stairs"


def test_the_window_on_a_file_that_was_moved_locks_and_what_was_typed_is_kept_on_the_server(
    person: Person, server: Server
) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    begun = person.begin()
    with Entrance(person.store.path.parent).sign_in("chen", PASSWORD) as chens:
        person.entrance.use_server(chens, server)
    person.type_into("mass", "62")
    QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_Tab)
    person.wait_locked()
    assert "were moved to the clinic's database" in texts(person.window)
    assert NAME not in texts(person.window)
    person.sign_in("lee", OTHER)
    assert person.sees == "evaluation"
    assert person.view.session.keep()
    assert person.store.is_shared
    assert person.store.load(begun.id, to_edit=False).answers["mass"] == 62


def test_what_waits_is_given_also_after_the_records_were_moved_at_this_window(
    person: Person, server: Server
) -> None:
    """The line that ends the file does not go along."""
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    person.begin()
    person.lock()
    person.sign_in("chen", PASSWORD)
    person.begin()
    person.entrance.use_server(person.store, server)
    for name, password in (("lee", OTHER), ("chen", PASSWORD)):
        person.lock()
        person.sign_in(name, password)
        assert person.store.is_shared
        assert person.sees == "evaluation"


def test_what_is_held_over_a_password_that_was_reset_on_the_server_is_kept_with_the_new_one(
    person: Person, server: Server, tmp_path: Path
) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.entrance.use_server(person.store, server)
    person.lock()
    person.sign_in("lee", OTHER)
    lee, begun = person.store.account, person.begin()
    (second := tmp_path / "second").mkdir()
    there = Entrance(second)
    with there.join(server, "chen", PASSWORD) as chens:
        there.change_password(chens, lee.id, "brand new words")
        person.type_into("mass", "62")
        QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_Tab)
        person.wait_locked()
        person.sign_in("chen", PASSWORD)
        person.lock()
        person.sign_in("lee", "brand new words")
        assert person.sees == "evaluation"
        assert person.view.session.keep()
        assert chens.load(begun.id, to_edit=False).answers["mass"] == 62


def test_who_comes_back_to_what_was_held_has_the_way_in_and_the_alarm_of_today(
    person: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A key file that counts no more must not make the right password look wrong."""
    stick = tmp_path / "stick"
    stick.write_bytes(b"on a stick")
    way_in = WayIn(person.entrance, stick)
    person.entrance.change_password(person.store, person.store.account.id, PASSWORD, b"on a stick")
    person.window._way_in = way_in
    person.begin()

    def full(_: Evaluation) -> None:
        raise StoreError("The disk is full. Free some space.")

    with monkeypatch.context() as patched:
        patched.setattr(person.store, "save", full)
        person.view.session.answer("goal-text", "climb stairs")
        person.lock()
        with way_in.entrance.sign_in("chen", PASSWORD, b"on a stick") as elsewhere:
            way_in.entrance.change_password(elsewhere, elsewhere.account.id, OTHER)
        vault = way_in.entrance.vault()
        known = vault.anchor.model_copy(update={"number": vault.anchor.number + 100})
        write_vault(vault.with_anchor(known), way_in.entrance.vault_file)
        person.sign_in("chen", OTHER)
    assert person.sees == "evaluation"
    assert person.way_in.key_file is None
    person.way_in.confirm(person.store, OTHER)
    assert person.store.trail_was_cut
    assert person.store.accept_cut is not None
    person.store.accept_cut()
    assert not person.store.trail_was_cut


def test_who_resets_a_password_is_told_that_the_key_file_is_needed_no_more(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    lee = next(one for one in person.store.accounts() if one.sign_in == "lee")
    before = PasswordDialog(person.store, person.way_in, lee, Settings(), person.window)
    assert "key file" not in texts(before)
    person.entrance.change_password(person.store, lee.id, OTHER, b"on a stick")
    reset = PasswordDialog(person.store, person.way_in, lee, Settings(), person.window)
    assert "S. Lee signs in with a key file beside the password" in texts(reset)


def test_locking_closes_an_open_dialog_and_leaves_the_draft_where_it_is(person: Person) -> None:
    person.begin()
    assert person.sees == "evaluation"

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_L, CONTROL)

    QTimer.singleShot(300, press)
    person.view.what_if()  # returns only because the dialog was closed
    person.wait_locked()
    assert QApplication.activeModalWidget() is None
    person.sign_in("chen", PASSWORD)
    assert person.sees == "evaluation"


def test_who_comes_in_while_a_dialog_of_the_one_before_is_still_waited_for_finds_nothing_of_it(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.begin()
    person.add("S. Lee", "lee", OTHER)
    person.type_into("mass", "6x2")
    chens = person.store
    asked: list[object] = []

    def ask(*told: object, **_: object) -> bool:
        asked.append(told)
        return True

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("ui.main_window.still_waited_for", lambda _: True)
        meanwhile.setattr(person.window.leaving, "ask_to_lose", ask)
        person.activate()
        person.window.lock()
        person.sign_in("lee", OTHER)
        assert person.store.account.sign_in == "lee"
        assert asked == []
        assert person.sees == "start page"
        with pytest.raises(StoreError, match="closed"):
            chens.drafts()
    person.lock()
    person.sign_in("chen", PASSWORD)
    assert person.sees == "evaluation"
    assert "6x2" in [one.text() for one in person.view.page.findChildren(QLineEdit)]


def test_a_question_that_locking_closes_counts_as_not_answered(person: Person) -> None:
    person.begin()
    person.type_into("mass", "6x2")
    QTimer.singleShot(50, person.window.lock)
    person.window.show_start()  # asks whether to lose what was typed
    person.wait_locked()
    person.sign_in("chen", PASSWORD)
    assert person.sees == "evaluation"
    assert "6x2" in [one.text() for one in person.view.page.findChildren(QLineEdit)]


def test_locking_while_a_question_is_open_leaves_a_window_in_which_one_can_type(person: Person) -> None:
    """Also with the question over a form: Cancel in a form that is filled asks first."""

    def cancel_and_lock(dialog: PatientDialog) -> None:
        QTest.keyClicks(dialog.name.edit, NAME)
        QTimer.singleShot(100, person.window.lock)
        dialog.reject()

    clock = when_shown(PatientDialog, cancel_and_lock)
    person.window.new_patient()
    person.wait_locked()
    assert not clock.isActive()
    door = person.door()
    door.name.clear()
    door.name.edit.setFocus()
    person.activate()
    for letter in (Qt.Key.Key_C, Qt.Key.Key_H, Qt.Key.Key_E, Qt.Key.Key_N):  # a dialog may block the window
        QTest.keyClick(person.window.windowHandle(), letter)
    assert door.name.value == "chen"
    found: list[str | None] = []
    clock = when_shown(PatientDialog, lambda dialog: found.append(dialog.name.value))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(found))
    assert found == [NAME]
    assert person.store.number_of_patients() == 0


def test_after_wrong_passwords_the_button_counts_down(person: Person) -> None:
    person.lock()
    door = person.door()
    for _ in range(4):
        person.sign_in("chen", "five red elbows")
    assert not door.button.isEnabled()
    assert door.button.text().startswith("Wait 0:0")
    assert "the next one has to wait: 0:0" in texts(door)
    person.qtbot.waitUntil(door.button.isEnabled)
    assert "has to wait" not in texts(door)
    person.sign_in("chen", PASSWORD)
    assert person.sees == "start page"


def test_the_paper_key_leads_to_a_new_password(person: Person) -> None:
    paper = person.entrance.new_paper_key(person.store)
    person.lock()
    door = person.door()
    door.show_paper()
    QTest.keyClicks(door.paper_key, paper.lower().replace("-", " "))
    door.button.click()
    person.qtbot.waitUntil(lambda: not door.at_work)
    assert person.sees == "door"  # first a password
    for secret in (door.new_password.first, door.new_password.again):
        QTest.keyClicks(secret.edit, OTHER)
    door.button.click()
    person.qtbot.waitUntil(lambda: person.window.start is not None)
    assert person.store.account.name == "A. Chen, PT"
    person.lock()
    person.sign_in("chen", OTHER)
    assert person.sees == "start page"


def test_practice_goes_on_after_the_paper_key_led_to_a_new_password(person: Person) -> None:
    assert person.window.start is not None
    person.window.start.practice.filled.click()
    assert person.window.view is not None
    person.window.view.session.answer("nprs-now", 7)
    person.window.show_start()
    door = person.come_by_paper()
    for secret in (door.new_password.first, door.new_password.again):
        QTest.keyClicks(secret.edit, OTHER)
    door.button.click()
    person.qtbot.waitUntil(lambda: person.window.start is not None)
    person.window.start.practice.go_on.click()
    assert person.window.view is not None
    assert person.window.view.session.evaluation.answers["nprs-now"] == 7


def test_a_practice_file_that_lacks_its_visit_is_closed_by_the_lock_too(person: Person) -> None:
    """As one that was begun in the moment of a power cut: it cannot be shown, and its key is made of the records'."""
    folder = person.window.folder
    assert folder is not None
    make_private_folder(practice_file(folder).parent)
    open_practice(folder, person.store.keys, person.store.account).close()
    person.window.practice.open()
    assert person.window.view is None
    practice = person.window.practice.store
    assert practice is not None
    person.lock()
    assert person.window.practice.store is None
    with pytest.raises(StoreError, match="are closed"):
        practice.drafts()


def test_records_opened_by_the_paper_key_close_when_nobody_is_there_and_stay_while_somebody_types(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.pages.door.PAPER_MS", 1000)
    door = person.come_by_paper()
    store = door._by_paper
    assert store is not None
    handle = person.window.windowHandle()
    for _ in range(4):
        person.qtbot.wait(400)
        QTest.keyClick(handle, Qt.Key.Key_Shift)
        assert door.holds_records
    person.qtbot.waitUntil(lambda: not door.holds_records)
    assert store._closed
    assert "Name to sign in" in texts(door)
    assert "Type the paper key once more" in texts(door)
    person.sign_in("chen", PASSWORD)
    assert person.sees == "start page"


def ctrl_l(person: Person) -> None:
    QTest.keyClick(person.window.windowHandle(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


def screen_locked(person: Person) -> None:
    watch = person.window.findChild(Watch)
    assert watch is not None
    watch.screen_locked()


def hours_of_sleep(person: Person) -> None:
    """On Linux our clock stands still meanwhile."""
    watch = person.window.findChild(Watch)
    assert watch is not None
    real = watch._wall
    watch._wall = lambda: real() + 8 * 3600
    person.qtbot.wait(watching.LOOK_MS + 200)


GOES_AWAY = pytest.mark.parametrize("goes_away", [ctrl_l, screen_locked, hours_of_sleep])


@GOES_AWAY
def test_records_opened_by_the_paper_key_close_when_its_owner_goes_away(
    person: Person, goes_away: Callable[[Person], None]
) -> None:
    door = person.come_by_paper()
    store = door._by_paper
    assert store is not None
    goes_away(person)
    assert store._closed
    assert not door.holds_records
    assert "Type the paper key once more" in texts(door)


@GOES_AWAY
def test_a_password_that_is_still_being_tried_opens_nothing_for_who_comes_after_a_lock(
    person: Person, monkeypatch: pytest.MonkeyPatch, goes_away: Callable[[Person], None]
) -> None:
    person.begin()
    person.lock()
    door, real, tried = person.door(), Entrance.sign_in, Event()

    def slowly(*told: Any) -> Store:
        tried.wait(20)
        return real(*told)

    monkeypatch.setattr(Entrance, "sign_in", slowly)
    door.name.set_value("chen")
    door.password.edit.setText(PASSWORD)
    door.unlock()
    person.qtbot.waitUntil(lambda: person.window.findChild(Watch) is not None)
    goes_away(person)
    tried.set()
    person.qtbot.waitUntil(lambda: not door.at_work)
    assert person.sees == "door"
    assert not person.window.signed_in
    assert "Sign in once more" in texts(door)
    person.sign_in("chen", PASSWORD)
    assert person.sees == "evaluation"


@GOES_AWAY
def test_what_was_typed_at_the_first_start_of_the_day_is_gone_with_who_typed_it(
    person: Person, goes_away: Callable[[Person], None]
) -> None:
    person.window.close()
    person.app.close()
    again = Person(person.qtbot)
    door = again.door()
    again.qtbot.waitUntil(lambda: again.window.findChild(Watch) is not None)
    QTest.keyClicks(door.password.edit, PASSWORD)
    goes_away(again)
    assert not door.password.value
    again.sign_in("chen", PASSWORD)
    again.window.close()
    again.app.close()


@GOES_AWAY
@pytest.mark.parametrize("tries", [False, True], ids=["typed", "refused"])
def test_a_paper_key_that_was_typed_and_a_refused_way_in_are_gone_with_who_typed_them(
    person: Person, goes_away: Callable[[Person], None], tries: bool
) -> None:
    if tries:
        door = person.come_by_paper()
        store = door._by_paper
        door.who.setCurrentIndex(door.who.count() - 1)
        door.fields.name.set_value("Somebody")
        door.fields.sign_in.set_value("chen")  # taken: refused, once that was tried
        door.new_password.first.edit.setText(OTHER)
        door.new_password.again.edit.setText(OTHER)
        door.button.click()
        assert door.at_work
        goes_away(person)
        person.qtbot.waitUntil(lambda: not door.at_work)
        assert store is not None
        assert store._closed
    else:
        paper = person.entrance.new_paper_key(person.store)
        person.lock()
        door = person.door()
        door.show_paper()
        QTest.keyClicks(door.paper_key, paper)
        goes_away(person)
    assert not door.holds_records
    assert "Name to sign in" in texts(door)
    assert not any(line.text() for line in door.findChildren(QLineEdit) if line.isVisibleTo(door))


def test_whatever_another_program_wrote_as_the_anchor_the_keys_are_forgotten_behind_the_lock(
    person: Person,
) -> None:
    person.begin()
    keeper, store = person.window._backups, person.store
    assert keeper is not None
    file = person.entrance.vault_file
    body = json.loads(file.read_bytes().rsplit(b"\n", 1)[0])
    text = json.dumps(body | {"anchor": {"number": 2**63, "mac": "ab" * 32}}).encode()
    file.write_bytes(text + b"\n" + sha256(text).hexdigest().encode())
    person.lock()
    assert store._closed
    assert person.window._backups is None
    assert keeper._keys is None


def test_a_password_that_was_refused_is_not_brought_back_by_undoing(person: Person) -> None:
    person.lock()
    door = person.door()
    door.name.set_value("cheng")
    door.password.show_button.click()
    QTest.keyClicks(door.password.edit, PASSWORD)
    QTest.keyClick(door.password.edit, Qt.Key.Key_Return)
    person.qtbot.waitUntil(lambda: not door.at_work)
    door.password.show_button.click()
    for _ in range(3):
        QTest.keyClick(door.password.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not door.password.value
    assert not door.password.edit.displayText()


def test_a_restore_that_its_owner_left_is_closed_with_all_that_was_typed_in_it(person: Person) -> None:
    person.lock()

    def leave(dialog: RestoreDialog) -> None:
        screen_locked(person)
        assert not dialog.isVisible()

    clock = when_shown(RestoreDialog, leave)
    person.window.restore_wanted.emit()
    clock.stop()


@GOES_AWAY
def test_who_has_the_first_paper_key_and_goes_away_is_locked_out(
    qtbot: QtBot, home: Path, goes_away: Callable[[Person], None]
) -> None:
    person = Person(qtbot)
    qtbot.waitUntil(lambda: person.window.door is not None)
    first = person.window.door
    assert isinstance(first, FirstRun)
    first._show_account()
    first.fields.name.set_value("A. Chen, PT")
    first.fields.sign_in.set_value("chen")
    first.password.first.edit.setText(PASSWORD)
    first.password.again.edit.setText(PASSWORD)
    first.begin()
    qtbot.waitUntil(lambda: first.shows_paper_key)
    goes_away(person)
    assert first.shows_paper_key, "nobody could show it again"
    first.paper_key.has_it.click()
    first.paper_key.go_on.click()
    assert first.holds_records
    goes_away(person)
    person.wait_locked()
    assert isinstance(person.window.door, Door)
    person.window.close()
    person.app.close()


def test_no_backup_is_restored_over_records_that_are_just_being_opened(person: Person) -> None:
    person.begin()
    person.lock()
    door, wanted = person.door(), list[bool]()
    person.window.restore_wanted.connect(lambda: wanted.append(True))
    door.name.set_value("chen")
    door.password.edit.setText(PASSWORD)
    door.unlock()
    next(link for link in door.findChildren(LinkButton) if link.text().startswith("Restore")).click()
    person.qtbot.waitUntil(lambda: person.sees == "evaluation")
    assert not wanted


def test_words_that_wait_for_an_evaluation_wait_through_a_second_lock(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object, **__: object) -> Evaluation:
        raise StoreError("The records cannot be read now.")

    person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    with monkeypatch.context() as broken:
        broken.setattr(Store, "load", cannot)
        person.sign_in("chen", PASSWORD)
        assert person.sees == "start page"
        person.lock()
    person.sign_in("chen", PASSWORD)
    assert person.sees == "evaluation"
    field = person.window.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "6x2"


@dataclass(frozen=True)
class Stranger:
    """Somebody at a locked window who may write files, and has no password of today."""

    person: Person
    folder: Path
    theirs: Path
    name: str
    password: str

    @property
    def owners(self) -> tuple[str, str]:
        """How the owner signs in."""
        return "chen", PASSWORD if self.name == "mallory" else NEW

    def comes_and_goes(self, put_there: Evaluation | None = None) -> None:
        """Put the records in place, sign in there, and lock."""
        self._put(self.folder, self.theirs.with_name("aside"))
        self._put(self.theirs, self.folder)
        if put_there is not None:
            with closing(Entrance(self.folder).sign_in(self.name, self.password)) as store:
                store.save(put_there)
        self.person.sign_in(self.name, self.password)
        self.person.lock()

    def comes_again(self) -> None:
        """Sign in once more, and wait for what would be opened then."""
        self.person.sign_in(self.name, self.password)
        self.person.qtbot.wait(100)

    def goes_for_good(self) -> None:
        """Put the owner's files back."""
        self.person.lock()
        self.person.wait_locked()
        self._put(self.folder, self.theirs)
        self._put(self.theirs.with_name("aside"), self.folder)

    @staticmethod
    def _put(there: Path, here: Path) -> None:
        here.mkdir(exist_ok=True)
        for each in (*here.glob("evalassist.db*"), *here.glob("evalassist.vault*")):
            each.unlink()
        for each in (*there.glob("evalassist.db*"), *there.glob("evalassist.vault*")):
            shutil.move(each, here / each.name)


@pytest.fixture(params=["records of their own", "a backup of the day of a former password"])
def stranger(person: Person, tmp_path: Path, request: pytest.FixtureRequest) -> Stranger:
    """Puts other records in place behind the lock; the ids of accounts stand in the vault in clear."""
    folder, owner = person.store.path.parent, person.store.account
    (mine := tmp_path / "theirs").mkdir()
    if request.param == "records of their own":
        name, password = "mallory", OTHER
        begun, _ = Entrance(mine).begin(Account(owner.id, name, "M", "1", "administrator"), password)
        begun.close()
    else:
        name, password = "chen", PASSWORD
        backup = Backups(person.store.path, tmp_path).make(person.store.keys.database, "asked")
        shutil.copy(backup.file, mine / "evalassist.db")
        shutil.copy(backup.vault_file, mine / "evalassist.vault")
        person.entrance.change_password(person.store, owner.id, NEW)
    return Stranger(person, folder, mine, name, password)


def test_a_form_that_waits_is_opened_for_no_records_that_were_put_in_place_not_even_after_a_second_lock(
    person: Person, stranger: Stranger
) -> None:
    def type_and_lock(dialog: PatientDialog) -> None:
        QTest.keyClicks(dialog.name.edit, NAME)
        person.window.lock()

    clock = when_shown(PatientDialog, type_and_lock)
    person.window.new_patient()
    person.wait_locked()
    stranger.comes_and_goes()
    stranger.comes_again()
    assert QApplication.activeModalWidget() is None
    stranger.goes_for_good()
    seen: list[str | None] = []
    clock = when_shown(PatientDialog, lambda dialog: seen.append(dialog.name.value))
    person.sign_in(*stranger.owners)
    person.qtbot.waitUntil(lambda: seen == [NAME])
    assert not clock.isActive()


@pytest.mark.parametrize("typed", ["words", "a number at the table"])
def test_what_was_typed_in_an_evaluation_is_shown_in_no_records_that_were_put_in_place(
    person: Person, stranger: Stranger, typed: str
) -> None:
    begun = person.begin()
    if typed == "words":
        person.type_into("mass", "6x2")
    else:
        person.view.go_to("her.left")
        person.view.toggle_hands()
        assert person.view.hands is not None
        QTest.keyClicks(person.view.hands, "27")
    person.lock()
    person.wait_locked()
    stranger.comes_and_goes(put_there=begun)
    stranger.comes_again()
    assert person.sees == "start page"
    stranger.goes_for_good()
    person.sign_in(*stranger.owners)
    assert person.sees == "evaluation"
    if typed == "words":
        field = person.window.focusWidget()
        assert isinstance(field, QLineEdit)
        assert field.text() == "6x2"
    else:
        assert person.view.hands is not None
        assert person.view.hands.huge.accessibleName() == "27 N"


def copy_of(folder: Path, to: Path) -> Path:
    """The files of the records as they are now, which anybody at the computer may copy and put back."""
    to.mkdir(exist_ok=True)
    for window in QApplication.topLevelWidgets():
        if isinstance(window, MainWindow) and window._last_backups is not None:
            window._last_backups.wait()
    for each in (*to.glob("evalassist.db*"), *to.glob("evalassist.vault*")):
        each.unlink()
    for each in (*folder.glob("evalassist.db*"), *folder.glob("evalassist.vault*")):
        shutil.copy(each, to / each.name)
    return to


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("way", ["changed by the administrator", "taken away", "changed by its owner"])
def test_what_waits_is_not_given_to_a_former_password_though_it_was_changed_in_an_earlier_state_of_the_records(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, kept: bool
) -> None:
    """Somebody who may write files puts the earlier state there for the change, and the later one back after it."""
    person.add("S. Lee", "lee", OTHER)
    folder = person.store.path.parent
    person.lock()
    person.wait_locked()
    before = copy_of(folder, tmp_path / "before")
    person.sign_in("lee", OTHER)
    lee = person.store.account
    person.begin()
    if kept:
        person.type_into("mass", "6x2")
    else:
        monkeypatch.setattr(person.store, "save", cannot_be_read)
        person.view.session.answer("goal-text", "on no disk")
    person.lock()
    person.wait_locked()
    with_words = copy_of(folder, tmp_path / "with words")
    copy_of(before, folder)
    person.sign_in(*(("lee", OTHER) if way == "changed by its owner" else ("chen", PASSWORD)))
    if way == "taken away":
        person.entrance.remove_account(person.store, lee.id)
    else:
        person.entrance.change_password(person.store, lee.id, NEW)
    person.lock()
    person.wait_locked()
    copy_of(with_words, folder)
    person.sign_in("lee", OTHER)
    assert person.sees == "start page"
    assert person.something_waits_for(lee)


def lee_types_and_locks(person: Person) -> Account:
    """Somebody beside the administrator, whose words wait behind the lock."""
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    lee = person.store.account
    person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    person.wait_locked()
    return lee


@pytest.mark.parametrize("way", ["changed", "taken away"])
def test_what_waits_is_not_given_to_a_former_password_that_is_changed_once_more_in_the_state_where_it_counts(
    person: Person, tmp_path: Path, way: str
) -> None:
    folder, lee = person.store.path.parent, lee_types_and_locks(person)
    with_words = copy_of(folder, tmp_path / "with words")
    person.sign_in("chen", PASSWORD)
    if way == "changed":
        person.entrance.change_password(person.store, lee.id, NEW)
    else:
        person.entrance.remove_account(person.store, lee.id)
    person.lock()
    person.wait_locked()
    copy_of(with_words, folder)
    password = OTHER
    for another in ("one more harbour", "and one more"):
        person.sign_in("lee", password)
        assert person.sees == "start page"
        person.entrance.change_password(person.store, lee.id, another)
        password = another
        person.lock()
        person.wait_locked()
    assert person.something_waits_for(lee)


def test_what_waits_is_not_given_to_a_former_password_that_was_changed_here_after_a_move_to_the_server(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody puts the file from before the move back in place."""
    folder, lee = person.store.path.parent, lee_types_and_locks(person)
    before = copy_of(folder, tmp_path / "before")
    person.sign_in("chen", PASSWORD)
    person.entrance.change_password(person.store, lee.id, NEW)
    with monkeypatch.context() as moved:
        moved.setattr(Store, "is_shared", property(lambda _: True))
        person.lock()
        person.wait_locked()
    copy_of(before, folder)
    person.sign_in("lee", OTHER)
    assert person.sees == "start page"
    assert person.something_waits_for(lee)


@pytest.mark.parametrize("elsewhere_too", [True, False])
def test_what_was_typed_before_a_lock_does_not_erase_what_was_kept_since(
    person: Person, monkeypatch: pytest.MonkeyPatch, elsewhere_too: bool
) -> None:
    """At another window meanwhile, or here, where the evaluation could not be read at first."""
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    folder, begun = person.store.path.parent, person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    person.wait_locked()
    if elsewhere_too:
        with Entrance(folder).sign_in("chen", PASSWORD) as other:
            other.save(other.load(begun.id).with_answer("mass", 62.0))
    else:
        with monkeypatch.context() as broken:
            broken.setattr(Store, "load", cannot_be_read)
            person.sign_in("chen", PASSWORD)
        told.clear()
        person.window.open_evaluation(begun.id)
        person.view.session.answer("mass", 62.0)
        person.lock()
        person.wait_locked()
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(told))
    (words,) = told
    assert words.startswith("Body mass")
    assert "“6x2” was typed here before the window was locked. Another answer was kept since." in words
    assert person.view.session.evaluation.answers["mass"] == 62.0
    person.lock()
    person.sign_in("chen", PASSWORD)
    person.qtbot.wait(50)
    assert len(told) == 1, "it is told once"


def test_a_number_half_typed_at_the_table_waits_though_the_evaluation_was_opened_by_hand(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = person.begin()
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "27")
    person.lock()
    with monkeypatch.context() as broken:
        broken.setattr(Store, "load", cannot_be_read)
        person.sign_in("chen", PASSWORD)
        assert person.sees == "start page"
    person.window.open_evaluation(begun.id)
    person.lock()
    person.sign_in("chen", PASSWORD)
    assert person.view.hands is not None
    assert person.view.hands.huge.accessibleName() == "27 N"


@pytest.mark.parametrize("locked_meanwhile", [True, False])
def test_what_waits_is_not_given_to_a_former_password_that_the_paper_key_changed_at_this_window(
    person: Person, tmp_path: Path, locked_meanwhile: bool
) -> None:
    paper = person.entrance.new_paper_key(person.store)
    folder, lee = person.store.path.parent, lee_types_and_locks(person)
    with_words = copy_of(folder, tmp_path / "with words")
    door = person.door()
    door.show_paper()
    QTest.keyClicks(door.paper_key, paper)
    door.button.click()
    person.qtbot.waitUntil(lambda: door.holds_records)
    door.who.setCurrentIndex(door.who.findText("S. Lee", Qt.MatchFlag.MatchStartsWith))
    for each in (door.new_password.first, door.new_password.again):
        QTest.keyClicks(each.edit, NEW)
    door.button.click()
    if locked_meanwhile:
        person.window._nobody_there()
        person.qtbot.waitUntil(lambda: not door.at_work)
    else:
        person.qtbot.waitUntil(lambda: person.window.door is None)
        assert person.sees == "evaluation"
        person.lock()
        person.wait_locked()
    copy_of(with_words, folder)
    person.sign_in("lee", OTHER)
    assert person.sees == "start page"
    assert person.something_waits_for(lee)


def test_what_was_typed_in_an_evaluation_that_could_not_be_read_waits_though_another_one_is_opened(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    with monkeypatch.context() as broken:
        broken.setattr(Store, "load", cannot_be_read)
        person.sign_in("chen", PASSWORD)
        assert person.sees == "start page"
    person.begin()
    person.type_into("mass", "7y3")
    person.lock()
    seen = []
    for _ in range(2):  # what waits longest comes first, the other one after the next lock
        person.sign_in("chen", PASSWORD)
        field = person.window.focusWidget()
        assert isinstance(field, QLineEdit)
        seen.append(field.text())
        field.setText("62")
        person.view.commit()
        person.lock()
    assert seen == ["6x2", "7y3"]


@pytest.mark.parametrize("where", ["behind a lock in that moment", "where the patient cannot be read"])
def test_a_form_that_could_not_be_opened_again_waits_on(
    person: Person, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    begun, told = person.begin(), list[str]()
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    person.window.show_start()

    clock = when_shown(PatientDialog, chooses_left_and_locks(person))
    person.window.who_comes._ask(person.window.who_comes._next_visit(begun.patient.id))
    person.wait_locked()
    with monkeypatch.context() as then:
        if where == "behind a lock in that moment":
            bring_back = person.window.coming_back.bring_back

            def and_lock(store: Store, held: Held | None) -> None:
                bring_back(store, held)
                person.window.lock()

            then.setattr(person.window.coming_back, "bring_back", and_lock)
            person.sign_in("chen", PASSWORD)
        else:
            then.setattr(Store, "patient", cannot_be_read)
            person.sign_in("chen", PASSWORD)
            person.qtbot.waitUntil(lambda: told == ["The records cannot be read now."])
            person.lock()
    person.wait_locked()
    seen: list[str | None] = []
    clock = when_shown(PatientDialog, lambda dialog: seen.append(dialog.knee.value))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: seen == ["left"])
    assert not clock.isActive()


@pytest.mark.parametrize("what_fails", ["the folder", "where it was left"])
def test_the_window_locks_whatever_fails(
    person: Person, monkeypatch: pytest.MonkeyPatch, what_fails: str
) -> None:
    person.begin()
    folder = person.store.path.parent
    stat = os.stat

    def no_disk(path: Any, *more: Any, **rest: Any) -> os.stat_result:
        if isinstance(path, str | Path) and str(path).startswith(str(folder)):
            raise OSError(errno.EIO, "Input/output error")
        return stat(path, *more, **rest)

    def fails(_: EvaluationView) -> dict[tuple[str, str], str]:
        raise RuntimeError

    with monkeypatch.context() as then:
        if what_fails == "the folder":
            then.setattr(os, "stat", no_disk)
        else:
            then.setattr(EvaluationView, "loose_words", fails)
        person.window.lock()
        assert person.sees == "evaluation"  # behind the door
        assert person.window.door is not None
        assert NAME not in texts(person.window)
        person.wait_locked()
    person.sign_in("chen", PASSWORD)
    assert person.sees in ("evaluation", "start page")


def test_nothing_is_seen_while_the_records_keep_a_window_that_locks_waiting(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program may hold the database for half a minute; the patient must not stand there so long."""
    seen: list[set[int]] = []
    person.begin()
    asks = person.store.last_line

    def colours() -> set[int]:
        image = person.window.grab().toImage()
        return {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}

    def look() -> Any:
        seen.append(colours())
        return asks()

    assert len(colours()) > 1
    monkeypatch.setattr(person.store, "last_line", look)
    person.lock()
    assert [len(each) for each in seen] == [1]


def test_of_an_evaluation_that_the_disk_refuses_no_page_stays_behind_the_lock(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the accessibility bus another program may ask for each part of a page by its number."""
    person.begin()
    with monkeypatch.context() as then:
        then.setattr(Store, "save", cannot_be_read)
        person.view.session.answer("goal-text", "on no disk")
        view = person.view
        person.lock()
        person.qtbot.waitUntil(lambda: not isValid(view))
        assert len(person.window.waiting.held) == 1
        words = [one.text() for one in QApplication.allWidgets() if isinstance(one, QLineEdit | QLabel)]
        assert not [each for each in words if "Okafor" in each or "on no disk" in each]
        person.sign_in("chen", PASSWORD)
        assert person.view.session.evaluation.answers["goal-text"] == "on no disk"
        person.view.undo()
        assert "goal-text" not in person.view.session.evaluation.answers


@pytest.mark.parametrize("what", ["a pipe", "a file without end"])
def test_what_another_program_puts_in_the_place_of_the_last_name_holds_nobody_up(
    tmp_path: Path, what: str
) -> None:
    file = tmp_path / LAST
    if what == "a pipe":
        os.mkfifo(file)
    else:
        file.touch()
        os.truncate(file, 2**43)
    assert last_name(tmp_path) == ""
    keep_last_name(tmp_path, "chen")
    assert last_name(tmp_path) == "chen"


def typed_that_could_not_be_read_again(person: Person, monkeypatch: pytest.MonkeyPatch) -> Evaluation:
    """What was typed at a field waits, for its evaluation could not be read when its owner came back."""
    begun = person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    with monkeypatch.context() as then:
        then.setattr(Store, "load", cannot_be_read)
        person.sign_in("chen", PASSWORD)
    return begun


def test_what_waits_is_put_back_into_its_evaluation_that_the_disk_refused(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = typed_that_could_not_be_read_again(person, monkeypatch)
    person.window.open_evaluation(begun.id)
    with monkeypatch.context() as then:
        then.setattr(Store, "save", cannot_be_read)
        person.view.session.answer("goal-text", "on no disk")
        person.lock()
        person.sign_in("chen", PASSWORD)
    assert "6x2" in person.view.loose_words().values()
    assert person.view.session.evaluation.answers["goal-text"] == "on no disk"


def test_of_two_forms_that_locking_closed_none_is_lost(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, told = person.begin(), list[str]()
    person.window.show_start()

    clock = when_shown(PatientDialog, chooses_left_and_locks(person))
    person.window.who_comes._ask(person.window.who_comes._next_visit(begun.patient.id))
    person.wait_locked()
    with monkeypatch.context() as then:
        then.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
        then.setattr(Store, "patient", cannot_be_read)
        person.sign_in("chen", PASSWORD)
        person.qtbot.waitUntil(lambda: told == ["The records cannot be read now."])
    assert person.window.waiting.words_wait  # who closes the window is asked
    clock = when_shown(PatientDialog, chooses_left_and_locks(person))
    person.window.new_patient()
    person.wait_locked()
    seen: list[str] = []

    def look(dialog: PatientDialog) -> None:
        nonlocal clock
        seen.append(dialog.windowTitle())
        clock = when_shown(PatientDialog, look)
        dialog.reject()

    clock = when_shown(PatientDialog, look)
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: len(seen) == 2)
    clock.stop()
    assert seen == ["New visit", "New patient"]


def test_a_correction_waits_until_its_evaluation_can_be_opened(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = person.begin()

    def type_and_lock(dialog: CorrectionDialog) -> None:
        dialog.number.set_value("MR-7")
        person.window.lock()

    clock = when_shown(CorrectionDialog, type_and_lock)
    person.window.correct_patient()
    person.wait_locked()
    with monkeypatch.context() as then:
        then.setattr(Store, "load", cannot_be_read)
        person.sign_in("chen", PASSWORD)
        person.qtbot.wait(50)
    person.lock()
    seen: list[str | None] = []
    clock = when_shown(CorrectionDialog, lambda dialog: seen.append(dialog.number.value))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: seen == ["MR-7"])
    assert person.view.session.evaluation.id == begun.id
    assert not clock.isActive()


def test_what_is_told_of_typed_words_is_told_again_after_a_lock_took_it_away_unread(person: Person) -> None:
    folder, begun = person.store.path.parent, person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    with Entrance(folder).sign_in("chen", PASSWORD) as other:
        other.save(other.load(begun.id).with_answer("mass", 62.0))
    clock = when_shown(QMessageBox, lambda _: person.window.lock())
    person.sign_in("chen", PASSWORD)
    person.wait_locked()
    seen: list[str] = []
    clock = when_shown(QMessageBox, lambda box: seen.append(box.text()))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: len(seen) == 1)
    assert "6x2" in seen[0]
    assert not clock.isActive()
    person.lock()
    assert not person.window.waiting.words_wait


def test_words_of_a_draft_that_was_discarded_are_told_once_and_wait_no_more(person: Person) -> None:
    folder, begun = person.store.path.parent, person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    with Entrance(folder).sign_in("chen", PASSWORD) as other:
        other.discard_draft(begun.id)
    seen: list[str] = []
    clock = when_shown(QMessageBox, lambda box: seen.append(box.text()))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: len(seen) == 1)
    assert not clock.isActive()
    assert "“6x2”" in seen[0]
    assert seen[0].endswith("The draft was discarded since.")
    assert not person.window.waiting.words_wait


def test_what_was_typed_waits_while_the_records_move_to_the_server(person: Person) -> None:
    person.begin()
    person.type_into("mass", "6x2")
    person.window._begin_on_server("The records are on the server now.")
    person.wait_locked()
    assert "on the server now" in texts(person.window)
    person.sign_in("chen", PASSWORD)
    field = person.window.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "6x2"


def test_what_is_held_is_kept_though_the_file_was_copied_into_its_own_place(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = person.begin()

    def full(_: Evaluation) -> None:
        raise StoreError("The disk is full. Free some space.")

    with monkeypatch.context() as patched:
        patched.setattr(person.store, "save", full)
        person.view.session.answer("goal-text", "climb stairs")
        file = person.store.path
        person.lock()
    files = [each for end in ("", "-wal", "-shm") if (each := file.with_name(file.name + end)).exists()]
    for each in files:
        shutil.copy2(each, each.with_name(f"{each.name}.copy"))
    for each in files:
        each.with_name(f"{each.name}.copy").replace(each)
    person.sign_in("chen", PASSWORD)
    assert person.view.session.keep()
    assert person.store.load(begun.id, to_edit=False).answers["goal-text"] == "climb stairs"


def test_a_note_is_signed_with_the_name_of_the_account_and_only_after_its_password(
    person: Person,
) -> None:
    content = load_content()
    person.window.begin(read_case(CASES / "ex1.toml", content))
    assert person.sees == "evaluation"
    page = person.view.show_step("sign")
    assert isinstance(page, SignPage)
    person.qtbot.waitUntil(page.sign_button.isEnabled, timeout=30000)
    page.sign_button.click()
    assert "Type your password" in texts(page)
    QTest.keyClicks(page.password.edit, "five red elbows")
    QTest.keyClick(page.password.edit, Qt.Key.Key_Return)
    person.qtbot.waitUntil(lambda: "not signed" in texts(page))
    assert not page.session.signed
    QTest.keyClicks(page.password.edit, PASSWORD)
    QTest.keyClick(page.password.edit, Qt.Key.Key_Return)
    person.qtbot.waitUntil(lambda: page.session.signed)
    signature = person.view.session.evaluation.signature
    assert signature
    assert (signature.clinician, signature.licence) == ("A. Chen, PT", "40-12345")
    assert not page.password.isVisibleTo(page)


def test_locking_the_page_for_the_patient_leaves_no_key_of_the_window_at_work(person: Person) -> None:
    person.window.begin(read_case(CASES / "ex1.toml", load_content()))
    person.window.show_patient()
    assert person.window._showing is not None
    person.window.lock()
    assert not [key.key().toString() for key in person.window._keys if key.isEnabled()]
    person.wait_locked()
    assert not [key.key().toString() for key in person.window._keys if key.isEnabled()]
    person.sign_in("chen", PASSWORD)
    assert all(key.isEnabled() for key in person.window._keys)


def test_a_patient_name_is_nowhere_in_a_picture_of_the_locked_window(person: Person) -> None:
    person.lock()
    empty = person.window.grab().toImage()
    person.sign_in("chen", PASSWORD)
    person.begin()
    person.lock()
    assert person.window.grab().toImage() == empty


def test_an_administrator_adds_and_removes_an_account_and_a_therapist_cannot(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    dialog = AccountsDialog(person.store, person.way_in, Settings(), person.window)
    assert {row.title for row in dialog.list.rows} == {"A. Chen, PT", "S. Lee"}
    dialog.close()
    lee = next(one for one in person.store.accounts() if one.sign_in == "lee")
    person.lock()
    person.sign_in("lee", OTHER)
    dialog = AccountsDialog(person.store, person.way_in, Settings(), person.window)
    dialog.show()
    assert "Add" not in texts(dialog)
    assert "Change my password" in texts(dialog)
    dialog.close()
    with pytest.raises(EvalAssistError, match="administrator"):
        person.entrance.remove_account(person.store, lee.id)
    person.lock()
    person.sign_in("chen", PASSWORD)
    person.entrance.remove_account(person.store, lee.id)
    person.lock()
    person.sign_in("lee", OTHER)
    assert person.sees == "door"


GIVEN = "Your password was chosen by somebody else."


def test_who_got_a_first_password_is_asked_on_the_start_page_to_change_it_until_it_is_changed(
    person: Person,
) -> None:
    person.add("S. Lee", "lee", OTHER)
    assert person.window.start is not None
    assert GIVEN not in texts(person.window.start)
    person.lock()
    person.sign_in("lee", OTHER)
    start = person.window.start
    assert start is not None
    assert GIVEN in texts(start)
    person.window.show_start()
    assert GIVEN in texts(start)

    clocks: list[QTimer] = []
    said: list[str] = []

    def change(dialog: PasswordDialog) -> None:
        for field in (dialog.old, dialog.new.first, dialog.new.again):
            QTest.keyClicks(field.edit, OTHER if field is dialog.old else "nine quiet harbors")
        dialog.button.click()
        person.qtbot.waitUntil(lambda: not dialog._aside.at_work)
        clocks.append(when_shown(AccountsDialog, lambda accounts: said.append(texts(accounts))))

    (link,) = (one for one in start.findChildren(LinkButton) if one.text() == "Change my password…")
    clocks.append(when_shown(PasswordDialog, change))
    link.click()
    assert "Your password is changed." in said[0]
    assert GIVEN not in texts(start)
    person.lock()
    person.sign_in("lee", "nine quiet harbors")
    assert person.window.start is not None
    assert GIVEN not in texts(person.window.start)


def test_the_form_of_an_account_has_the_room_of_the_window_behind_all_dialogs(person: Person) -> None:
    person.window.resize(1366, 768)
    accounts = AccountsDialog(person.store, person.way_in, Settings(), person.window)
    accounts.show()
    add = AccountDialog(person.store, person.way_in, Settings(), None, accounts)
    add.show()
    QApplication.processEvents()
    (area,) = add.findChildren(QScrollArea)
    form = area.widget()
    assert form is not None
    assert area.minimumHeight() >= form.sizeHint().height(), "the last field is out of sight"


def test_when_the_name_to_sign_in_is_taken_the_keyboard_is_on_it(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    add = AccountDialog(person.store, person.way_in, Settings(), None, person.window)
    add.show()
    fields = ((add.fields.name, "L. Lee"), (add.fields.licence, "9"), (add.fields.sign_in, "Lee"))
    for field, typed in fields:
        QTest.keyClicks(field.edit, typed)
    for secret in (add.password.first, add.password.again):
        QTest.keyClicks(secret.edit, OTHER)
    QTest.keyClicks(add.own.edit, PASSWORD)
    add.button.click()
    person.qtbot.waitUntil(lambda: not add._aside.at_work)
    assert "signs in here already" in texts(add)
    assert add.focusWidget() is add.fields.sign_in.edit
    QTest.keyClicks(add.focusWidget(), "lee2")
    add.button.click()
    person.qtbot.waitUntil(lambda: not add._aside.at_work)
    assert "lee2" in {one.sign_in for one in person.store.accounts()}


def test_an_account_is_added_or_changed_only_after_the_own_password(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    lee = next(one for one in person.store.accounts() if one.sign_in == "lee")
    change = AccountDialog(person.store, person.way_in, Settings(), lee, person.window)
    change.show()
    change.fields.role.set_value("administrator")
    add = AccountDialog(person.store, person.way_in, Settings(), None, person.window)
    add.show()
    for field, typed in ((add.fields.name, "M. Roe"), (add.fields.licence, "9"), (add.fields.sign_in, "roe")):
        QTest.keyClicks(field.edit, typed)
    for secret in (add.password.first, add.password.again):
        QTest.keyClicks(secret.edit, OTHER)
    before = person.store.accounts()
    for dialog, says in ((change, "five red elbows"), (change, ""), (add, "five red elbows"), (add, "")):
        QTest.keyClicks(dialog.own.edit, says)
        dialog.button.click()
        person.qtbot.waitUntil(lambda d=dialog: not d._aside.at_work)  # type: ignore[misc]
        assert person.store.accounts() == before
        assert ("not right" if says else "Type your own password") in texts(dialog)
    for dialog in (change, add):
        QTest.keyClicks(dialog.own.edit, PASSWORD)
        dialog.button.click()
        person.qtbot.waitUntil(lambda d=dialog: not d._aside.at_work)  # type: ignore[misc]
    now = {one.sign_in: one.role for one in person.store.accounts()}
    assert now["lee"] == "administrator"
    assert "roe" in now


def test_an_earlier_state_is_accepted_only_after_the_password(person: Person) -> None:
    accepted: list[bool] = []
    store = person.store
    store.trail_was_cut, store.accept_cut = True, lambda: accepted.append(True)
    person.window.show_start()
    (alarm,) = (one for one in person.window.findChildren(Banner) if one.isVisible())
    ask = next(one for one in alarm.findChildren(QPushButton) if one.text().startswith("It was put back"))
    person.at_dialog(person.confirms("five red elbows"), ask.click)
    assert not accepted
    person.at_dialog(person.confirms(PASSWORD), ask.click)
    assert accepted


def test_who_sets_another_password_is_asked_for_the_own_one(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    lee = next(one for one in person.store.accounts() if one.sign_in == "lee")
    for account, asked in ((lee, "Your own password"), (person.store.account, "Your password now")):
        dialog = PasswordDialog(person.store, person.way_in, account, Settings(), person.window)
        assert asked in texts(dialog)
        assert dialog.old.edit.accessibleName() == asked


def test_the_own_password_changes_only_after_the_old_one(person: Person) -> None:
    dialog = PasswordDialog(person.store, person.way_in, person.store.account, Settings(), person.window)
    dialog.show()
    for old in ("five red elbows", PASSWORD):
        QTest.keyClicks(dialog.old.edit, old)
        dialog.new.clear()
        for secret in (dialog.new.first, dialog.new.again):
            QTest.keyClicks(secret.edit, OTHER)
        dialog.button.click()
        person.qtbot.waitUntil(lambda: not dialog._aside.at_work)
    assert dialog.result()
    person.lock()
    person.sign_in("chen", OTHER)
    assert person.sees == "start page"


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("kneecap", "at least 8"),
        ("password1!", "tried first"),
        ("1qaz2wsx3edc", "tried first"),
        ("abababababab", "again and again"),
        ("Riverside-2026", "others know"),
        ("A. Chen 1987", "others know"),
        ("correct horse", ""),
        ("9$a!7b2#c8", ""),
        ("ünïcödé wörter", ""),
        ("a long one, " * 20, ""),
    ],
)
def test_passwords_that_are_tried_first_are_refused_and_long_ones_taken(password: str, says: str) -> None:
    found = refusal(password, ("A. Chen", "chen", "Riverside Physical Therapy"))
    assert says in found
    assert bool(says) == bool(found)


def test_the_paper_key_is_one_page_with_all_its_groups() -> None:
    key = paper_text(bytes(range(20)))
    for paper in ("letter", "a4"):
        document = pypdfium2.PdfDocument(paper_key_pdf(key, "Riverside <PT>", date(2026, 3, 2), paper))
        assert len(document) == 1
        words = document[0].get_textpage().get_text_range()
        assert all(group in words for group in key.split("-"))
        assert "Riverside <PT>" in words
        assert "March 2, 2026" in words


def test_a_computer_that_slept_is_locked_though_our_clock_stood_still(qtbot: QtBot) -> None:
    clocks = {"ours": 100.0, "wall": 1000.0}
    window = QWidget()
    qtbot.addWidget(window)
    watch = Watch(None, window, now=lambda: clocks["ours"], wall=lambda: clocks["wall"])
    watch.start(600)
    wanted: list[bool] = []
    watch.lock_wanted.connect(lambda: wanted.append(True))
    clocks["wall"] += 30
    watch.look()
    assert not wanted
    clocks["wall"] += 3600
    watch.look()
    assert wanted
    watch.going_away(False)
    assert len(wanted) == 1
    watch.going_away(True)
    watch.screen_locked()
    assert len(wanted) == 3
    clocks["ours"] += 599
    clocks["wall"] -= 1_000_000  # a clock that is set back changes nothing
    watch.look()
    assert len(wanted) == 3
    clocks["ours"] += 1
    watch.look()
    assert len(wanted) == 4


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a bus")
def test_the_signals_of_the_system_have_one_name_in_every_language(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    bus = SimpleNamespace(isConnected=lambda: True, connect=lambda *told: heard.append(told[3]))
    buses = SimpleNamespace(systemBus=lambda: bus, sessionBus=lambda: bus)
    monkeypatch.setattr(QtDBus, "QDBusConnection", buses)
    monkeypatch.setattr(watching, "tr", pseudo)
    window = QWidget()
    qtbot.addWidget(window)
    Watch(None, window)
    assert set(heard) == {"PrepareForSleep", "Lock", "ActiveChanged"}


@pytest.mark.parametrize(
    ("message", "what", "leaves"),
    [
        (WM_WTSSESSION_CHANGE, 0x7, True),
        (WM_WTSSESSION_CHANGE, 0x8, False),
        (WM_POWERBROADCAST, PBT_APMSUSPEND, True),
        (WM_POWERBROADCAST, 0x12, False),
        (0x0100, 0x7, False),
    ],
)
def test_windows_says_that_the_session_is_left(message: int, what: int, leaves: bool) -> None:
    assert leaves_session(message, what) == leaves


def test_an_addendum_keeps_its_kind_and_words_over_a_lock(person: Person) -> None:
    person.window.begin(read_case(CASES / "ex1.toml", load_content()))
    page = person.view.show_step("sign")
    person.view.session.sign()
    page = person.view.show_step("sign")
    assert isinstance(page, SignPage)
    form = page.findChild(AddendumForm)
    assert form is not None
    form.choose("late-entry")
    QTest.keyClicks(form.text.edit, "Patient phoned")
    person.lock()
    person.sign_in("chen", PASSWORD)
    form = person.view.show_step("sign").findChild(AddendumForm)
    assert form is not None
    assert (form.kind, form.text.value) == ("late-entry", "Patient phoned")


def test_locking_takes_the_chart_away_and_its_owner_finds_the_start_page(person: Person) -> None:
    patient = person.begin().patient
    person.window.show_chart(patient.id)
    shown = person.window.chart
    assert shown is not None
    assert NAME in person.window.windowTitle()
    person.lock()
    assert person.window.chart is None
    assert NAME not in person.window.windowTitle()
    person.sign_in("chen", PASSWORD)
    assert person.sees == "start page"


# ---------------------------------------------------------------- words that are no answer yet


def field_of(person: Person, name: str) -> Typed:
    """The field of this name that can be typed in."""
    fields = [one for one in person.view.page.findChildren(Typed) if one.accessibleName() == name]
    return next(one for one in fields if not one.isHidden())


def what_stands_in(person: Person, name: str) -> str:
    """What stands in the field of this name, where it can be seen."""
    fields = [one for one in person.view.page.findChildren(Typed) if one.accessibleName() == name]
    shown = [one for one in fields if one.isVisibleTo(person.view.page)]
    return " ".join(str(getattr(one, "text", None) or getattr(one, "value", "")) for one in shown)


def over_a_lock(person: Person) -> None:
    person.lock()
    assert person.window.waiting.words_wait
    person.sign_in("chen", PASSWORD)


def at_the_plan(person: Person) -> PlanPage:
    person.window.begin(read_case(CASES / "ex1.toml", load_content()))
    page = person.view.show_step("plan")
    assert isinstance(page, PlanPage)
    return page


def removal_of_an_exercise(person: Person) -> tuple[str, str]:
    card = list(at_the_plan(person).cards.values())[1]
    card.ask_removal()
    QTest.keyClicks(card.removal_reason.edit, "no step at home")
    return card.removal_reason.accessibleName(), "no step at home"


def one_exercise_too_many(person: Person) -> tuple[str, str]:
    page = at_the_plan(person)
    others = (each for each in page.session.content.exercises if each not in page.cards)
    while page._reason_line.isHidden():
        page._add(next(others), "")
    QTest.keyClicks(page.add_reason.edit, "they are short")
    return page.add_reason.accessibleName(), "they are short"


def one_against_which_something_stands(person: Person) -> tuple[str, str]:
    page = at_the_plan(person)
    row = next(row for row in page.library._rows.values() if not row._ask.isHidden())
    row.ask_why()
    assert row.reason is not None
    QTest.keyClicks(row.reason.edit, "she asks for it")
    return row.reason.accessibleName(), "she asks for it"


def at_a_goal(person: Person) -> GoalEditor:
    page = at_the_plan(person)
    assert page._goals.open_goal(page.session.plan.goals[0].id)  # type: ignore[union-attr]
    return page._goals.editor


def removal_of_a_goal(person: Person) -> tuple[str, str]:
    field = at_a_goal(person).removal_reason
    QTest.keyClicks(field.edit, "not hers")
    return field.accessibleName(), "not hers"


def goal_in_too_many_words(person: Person) -> tuple[str, str]:
    field, words = at_a_goal(person).words, "to run again " * 40
    field.edit.setPlainText(words)  # type: ignore[union-attr]
    field.commit()
    return field.accessibleName(), words.strip()


def refused_target(person: Person) -> tuple[str, str]:
    person.window.begin(read_case(CASES / "ex1.toml", load_content()))
    page = person.view.show_step("plan")
    assert isinstance(page, PlanPage)
    QApplication.processEvents()
    next(one for one in page.findChildren(LinkButton) if "NPRS: change" in one.accessibleName()).click()
    field = next(iter(page._goals.editor._targets.values()))
    assert isinstance(field, NumberField)
    field.edit.selectAll()
    QTest.keyClicks(field.edit, "9")
    field.commit()
    return field.accessibleName(), "9"


def no_grade(person: Person) -> tuple[str, str]:
    person.begin()
    person.view.go_to("habd.right")
    page = person.view.page
    assert isinstance(page, StrengthPage)
    page.show_kind("habd.right", "grade")
    person.view.go_to("habd.right")
    grade = page.rows["habd"].sides["right"].grade
    assert grade is not None
    QTest.keyClicks(grade.edit, "4z")
    return grade.accessibleName(), "4z"


@pytest.mark.parametrize(
    "typed",
    [
        removal_of_an_exercise,
        one_exercise_too_many,
        one_against_which_something_stands,
        removal_of_a_goal,
        goal_in_too_many_words,
        refused_target,
        no_grade,
    ],
)
def test_what_stands_in_a_field_and_is_not_kept_is_named_and_stands_there_again_after_a_lock(
    person: Person, typed: Callable[[Person], tuple[str, str]]
) -> None:
    name, words = typed(person)
    person.view.commit()
    before = person.view.session.evaluation
    assert len(person.view.unkept()) == 1
    assert what_stands_in(person, name) == words
    over_a_lock(person)
    assert what_stands_in(person, name) == words
    assert len(person.view.unkept()) == 1
    now = person.view.session.evaluation
    assert (now.answers, now.plan_edits) == (before.answers, before.plan_edits)


def test_why_one_exercise_more_is_wanted_is_still_told_of_that_exercise_after_a_lock(person: Person) -> None:
    one_exercise_too_many(person)
    over_a_lock(person)
    page = person.view.page
    assert isinstance(page, PlanPage)
    wanted = page._to_add
    page._add_now.click()
    edit = person.view.session.evaluation.plan_edits[-1]
    assert (edit.kind, edit.exercise, edit.reason) == ("add", wanted, "they are short")


@pytest.mark.parametrize(
    ("case", "item_id", "unit"), [("ex3", "duration", "months"), ("patient-b", "settle-h", "days")]
)
def test_a_number_that_was_mistyped_is_in_its_unit_once_it_is_corrected_after_a_lock(
    person: Person, case: str, item_id: str, unit: str
) -> None:
    person.window.begin(read_case(CASES / f"{case}.toml", load_content()))
    person.view.go_to(item_id)
    editor = next(one for one in person.view.page.findChildren(NumberEditor) if one.item_id == item_id)
    editor._unit_chosen(unit)
    field = editor._field(unit)
    field.edit.selectAll()
    QTest.keyClicks(field.edit, "3x")
    over_a_lock(person)
    assert what_stands_in(person, editor.name) == "3x"
    again = field_of(person, editor.name)
    assert isinstance(again, NumberField)
    QTest.keyClick(again.edit, Qt.Key.Key_Backspace)
    person.view.commit()
    assert person.view.session.evaluation.answers[item_id] == Quantity(3.0, unit)


def test_a_torque_that_was_mistyped_is_no_force_once_it_is_corrected_after_a_lock(person: Person) -> None:
    person.begin()
    person.view.go_to("her.left")
    page = person.view.page
    assert isinstance(page, StrengthPage)
    page.show_kind("her.left", "torque")
    page.refresh()
    person.type_into("her.left", "40x")
    over_a_lock(person)
    focused = person.window.focusWidget()
    assert isinstance(focused, QLineEdit)
    assert focused.text() == "40x"
    QTest.keyClick(focused, Qt.Key.Key_Backspace)
    person.view.commit()
    test = person.view.session.evaluation.answers["her.left"]
    assert isinstance(test, StrengthTest)
    assert (test.trials, test.unit) == ((40.0,), "Nm")


def test_an_addendum_in_its_dialog_and_one_on_the_page_behind_it_both_come_back(person: Person) -> None:
    person.window.begin(read_case(CASES / "ex1.toml", load_content()))
    person.view.session.sign()
    form = person.view.show_step("sign").findChild(AddendumForm)
    assert form is not None
    QTest.keyClicks(form.text.edit, "Patient phoned")

    def act(dialog: AddendumDialog) -> None:
        dialog.form.choose("late-entry")
        QTest.keyClicks(dialog.text.edit, "Pain is less")
        person.window.lock()

    during(AddendumDialog, act, person.window.papers._write_addendum)
    person.wait_locked()
    person.sign_in("chen", PASSWORD)
    form = person.view.show_step("sign").findChild(AddendumForm)
    assert form is not None
    assert (form.kind, form.text.value) == ("late-entry", "Patient phoned\nPain is less")

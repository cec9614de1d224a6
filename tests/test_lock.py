"""The lock, as a person meets it: what locks the window, what nobody sees or opens behind it, and what comes back."""

from __future__ import annotations

import errno
import gc
import json
import os
import sys
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from at_the_door import (
    CASES,
    CONTROL,
    NAME,
    OTHER,
    PASSWORD,
    Person,
    cannot_be_read,
    during,
    texts,
    when_shown,
)
from PySide6 import QtDBus
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.errors import StoreError
from evalassist.practice import open_practice
from evalassist.records.backup import Backups
from evalassist.records.doorstep import practice_file
from evalassist.records.store import Store
from evalassist.records.vault import Keys
from evalassist.settings import make_private_folder
from evalassist.translate import pseudo
from ui import spoken
from ui import watch as watching
from ui.dialogs.palette import Palette
from ui.dialogs.patient import CorrectionDialog, PatientDialog
from ui.evaluation_view import EvaluationView
from ui.watch import PBT_APMSUSPEND, WM_POWERBROADCAST, WM_WTSSESSION_CHANGE, Watch, leaves_session

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


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


def test_what_was_copied_goes_with_the_window_too(person: Person) -> None:
    person.begin()
    QApplication.clipboard().setText(NAME)
    person.window.close()
    assert "Okafor" not in QApplication.clipboard().text()


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

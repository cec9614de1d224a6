"""The way in, as a person meets it: first start, wrong passwords, the paper key, and who goes away from the door."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pypdfium2
import pytest
from at_the_door import NAME, OTHER, PASSWORD, Person, texts, when_shown
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from evalassist.documents import paper_key_pdf
from evalassist.records.doorstep import LAST, keep_last_name, last_name
from evalassist.records.entrance import Entrance
from evalassist.records.passwords import refusal
from evalassist.records.store import Store
from evalassist.records.vault import paper_text
from evalassist.settings import Settings
from ui import watch as watching
from ui.dialogs.accounts import PaperKeyDialog
from ui.dialogs.restore import RestoreDialog
from ui.pages.door import Door
from ui.pages.first_run import FirstRun
from ui.watch import Watch
from ui.widgets.marks import LinkButton

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


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

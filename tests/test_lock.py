"""The way in and the lock, as a person meets them: first start, wrong passwords, idle time, Ctrl+L, another account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from evalassist.evaluation import Evaluation, Patient
from ui.app import App
from ui.crash import CrashHook
from ui.pages.door import Door
from ui.widgets.editors import Editor

PASSWORD, OTHER = "four blue kneecaps", "seven slow ferries"
NAME = "Okafor, Daniel"
CONTROL = Qt.KeyboardModifier.ControlModifier

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Person:
    """Somebody at the window of the whole app."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.app = App()
        self.window = self.app.window
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()

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

    def begin(self) -> Evaluation:
        evaluation = Evaluation.begin(Patient(NAME, date(2001, 5, 9), "M"), "right", date(2026, 3, 2))
        self.window.begin(evaluation)
        return evaluation

    def type_into(self, item_id: str, words: str) -> None:
        view = self.window.view
        assert view is not None
        view.go_to(item_id)
        QApplication.processEvents()
        focused = self.window.focusWidget()
        assert focused is not None
        QTest.keyClicks(focused, words)

    def lock(self) -> None:
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
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
    made.window.close()
    made.app.close()


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
    assert again.window.start is None
    again.sign_in("chen", PASSWORD)
    assert again.window.start is not None
    assert NAME in texts(again.window)
    again.window.close()
    again.app.close()


def test_locking_while_typing_loses_nothing_and_leaves_nothing_of_the_patient_to_see(person: Person) -> None:
    begun = person.begin()
    person.type_into("goal-text", "carry Okafor junior")
    QApplication.clipboard().setText(NAME)
    person.lock()
    assert person.window.windowTitle() == "EvalAssist"
    assert person.window.view is None
    assert person.window.start is None
    assert "Okafor" not in texts(person.window)
    assert not any(
        "Okafor" in texts(each) for each in QApplication.topLevelWidgets() if each.isVisible()
    )
    assert "Okafor" not in QApplication.clipboard().text()
    person.sign_in("chen", PASSWORD)
    view = person.window.view
    assert view is not None
    assert view.session.evaluation.id == begun.id
    assert view.session.evaluation.answers["goal-text"] == "carry Okafor junior"
    assert (view.step, view.focused_item()) == ("history", "goal-text")

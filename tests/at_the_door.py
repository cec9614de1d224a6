"""Somebody at the window of the whole app, who signs in at its door and locks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from windows import once_asked

from evalassist.errors import EvalAssistError
from evalassist.evaluation import Evaluation, Patient
from evalassist.records.accounts import Account
from evalassist.records.entrance import Entrance
from evalassist.records.store import Store
from evalassist.settings import Settings
from ui.app import App
from ui.dialogs.accounts import AccountDialog
from ui.dialogs.confirm import ConfirmDialog
from ui.evaluation_view import EvaluationView
from ui.pages.door import Door
from ui.way_in import WayIn

CASES = Path(__file__).parent / "cases"
PASSWORD, OTHER = "four blue kneecaps", "seven slow ferries"
NAME = "Okafor, Daniel"
CONTROL = Qt.KeyboardModifier.ControlModifier


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

        QTimer.singleShot(100, lambda: once_asked(do))
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


def cannot_be_read(*_: object, **__: object) -> Evaluation:
    raise EvalAssistError("The records cannot be read now.")


def elsewhere(person: Person) -> Store:
    """The same records, as an administrator has them open at another workstation."""
    return Store(person.store.path, person.store.keys, person.store.accounts()[0])


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


def during(kind: type[D], act: Callable[[D], object], asks: Callable[[], object]) -> None:
    clock = when_shown(kind, act)
    asks()
    clock.stop()

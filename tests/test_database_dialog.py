"""The clinic's database, as an administrator connects to it from the window."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from windows import once_asked

from evalassist.errors import StoreError
from evalassist.evaluation import Evaluation, Patient
from evalassist.records import moving, postgres
from evalassist.records import vault as vaults
from evalassist.records.accounts import Account
from evalassist.records.entrance import Entrance
from evalassist.records.server import Server
from evalassist.records.store import Store
from evalassist.settings import Settings
from ui import style
from ui.dialogs.confirm import ConfirmDialog
from ui.dialogs.database import DatabaseDialog
from ui.dialogs.palette import commands
from ui.main_window import MainWindow
from ui.spoken import Said
from ui.way_in import WayIn

CHEN = Account("", "chen", "A. Chen", "PT-1", "administrator")
PASSWORD = "correct horse"

# The off-screen platform says this of every window it shows.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def entrance(home: Path, monkeypatch: pytest.MonkeyPatch) -> Entrance:
    for name, value in (
        ("MEMORY_KIB", vaults.LEAST_MEMORY_KIB),
        ("PASSES", vaults.LEAST_PASSES),
        ("LANES", 1),
    ):
        monkeypatch.setattr(vaults, name, value)
    home.mkdir()
    return Entrance(home)


@pytest.fixture
def store(entrance: Entrance) -> Iterator[Store]:
    opened, _ = entrance.begin(CHEN, PASSWORD)
    with opened:
        opened.save(
            Evaluation.begin(Patient("Anna Svensson", date(1990, 5, 2), "F"), "right", date(2026, 3, 1))
        )
        yield opened


@pytest.fixture
def dialog(qtbot: QtBot, entrance: Entrance, store: Store) -> DatabaseDialog:
    app = QApplication.instance()
    if isinstance(app, QApplication) and app.styleSheet() != style.sheet():
        style.apply_style(app)
    made = DatabaseDialog(WayIn(entrance), store)
    qtbot.addWidget(made)
    made.show()
    return made


def line(dialog: DatabaseDialog, name: str) -> QLineEdit:
    return next(each for each in dialog.findChildren(QLineEdit) if each.accessibleName() == name)


def button(dialog: DatabaseDialog, words: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if each.text() == words)


def said(dialog: DatabaseDialog) -> str:
    """What the test found."""
    return dialog.findChildren(Said)[0].text()


def type_in(dialog: DatabaseDialog, server: Server) -> None:
    for name, words in (
        ("Address", server.host),
        ("Port", str(server.port)),
        ("Database", server.database),
        ("User", server.user),
        ("Password", server.password),
        ("Certificate", server.certificate),
    ):
        line(dialog, name).clear()
        QTest.keyClicks(line(dialog, name), words)


def press(dialog: DatabaseDialog, words: str) -> None:
    QTest.mouseClick(button(dialog, words), Qt.MouseButton.LeftButton)


def asks(qtbot: QtBot, password: str) -> None:
    """Answer the dialog that will ask for the password; a wrong one is followed by Cancel."""

    def answer() -> None:
        confirm = QApplication.activeModalWidget()
        assert isinstance(confirm, ConfirmDialog)
        QTest.keyClicks(confirm.password.edit, password)
        confirm.button.click()
        qtbot.waitUntil(lambda: not confirm._aside.at_work)
        if confirm.isVisible():
            confirm.reject()

    QTimer.singleShot(100, lambda: once_asked(answer))


def try_it(dialog: DatabaseDialog, qtbot: QtBot, server: Server) -> str:
    type_in(dialog, server)
    press(dialog, "Test the connection")
    qtbot.waitUntil(lambda: said(dialog) not in ("", "Connecting …"), timeout=20_000)
    return said(dialog)


def test_nothing_is_collected_while_a_thread_asks_the_server(qtbot: QtBot, dialog: DatabaseDialog) -> None:
    """A widget that was collected there could be destroyed twice."""
    collects: list[bool] = []
    qtbot.waitUntil(gc.isenabled)
    dialog._do(gc.isenabled, collects.append)
    qtbot.waitUntil(lambda: collects == [False])
    assert gc.isenabled()


def test_a_database_is_used_only_after_its_test_has_passed(
    qtbot: QtBot, dialog: DatabaseDialog, entrance: Entrance, store: Store, over_the_network: Server
) -> None:
    assert not button(dialog, "Use this database").isEnabled()
    press(dialog, "Test the connection")
    assert said(dialog) == "Still empty: Address, Database, User."
    wrong = replace(over_the_network, password="wrong")
    assert "did not accept the user" in try_it(dialog, qtbot, wrong)
    assert not button(dialog, "Use this database").isEnabled()
    assert "connection works" in try_it(dialog, qtbot, over_the_network)
    assert button(dialog, "Move the records there").isEnabled()
    QTest.keyClicks(line(dialog, "User"), "x")  # another user is another test
    assert not button(dialog, "Move the records there").isEnabled()
    try_it(dialog, qtbot, over_the_network)
    asks(qtbot, "five red elbows")
    press(dialog, "Move the records there")
    assert dialog._doing is None  # nothing is moved without the password
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.connected, timeout=20_000) as connected:
        asks(qtbot, PASSWORD)
        press(dialog, "Move the records there")
    assert "rows arrived as they were" in connected.args[0]
    with entrance.sign_in("chen", PASSWORD) as moved:
        assert moved.is_shared
        assert [row.patient.name for row in moved.drafts()] == ["Anna Svensson"]


@pytest.mark.parametrize("arrives", [True, False])
def test_a_window_that_locks_while_the_records_are_moved_shows_nothing_and_says_at_the_door_how_it_went(
    qtbot: QtBot,
    entrance: Entrance,
    store: Store,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    arrives: bool,
) -> None:
    window, goes_on = MainWindow(), Event()
    qtbot.addWidget(window)
    window.show()
    window.open_store(store, lambda: pytest.fail("no content is needed"), Settings(), WayIn(entrance))
    move = moving.move

    def slowly(*told: Any) -> dict[str, int]:
        assert goes_on.wait(20)
        if not arrives:
            raise StoreError("The cable is cut.")
        return move(*told)

    def work() -> None:
        dialog = next(each for each in window.findChildren(DatabaseDialog) if each.isVisible())
        assert "still empty" in try_it(dialog, qtbot, server)
        asks(qtbot, PASSWORD)
        press(dialog, "Move the records there")
        window.lock()

    def door_says(words: str) -> bool:
        assert window.door is not None
        return any(words in each.text() for each in window.door.findChildren(QLabel) if each.isVisible())

    monkeypatch.setattr(moving, "move", slowly)
    QTimer.singleShot(0, work)
    window.show_database()
    qtbot.waitUntil(lambda: not window.signed_in)  # long before the move is done
    assert not any(isinstance(each, QDialog) and each.isVisible() for each in QApplication.topLevelWidgets())
    assert not door_says("rows arrived")
    goes_on.set()
    qtbot.waitUntil(lambda: door_says("rows arrived" if arrives else "The cable is cut."), timeout=20_000)
    with entrance.sign_in("chen", PASSWORD) as fresh:
        assert fresh.is_shared is arrives
        assert len(fresh.drafts()) == 1
        assert fresh.has_lines(store.own_lines)  # what waits behind the lock is given back
    with pytest.raises(StoreError, match="closed"):
        store.drafts()
    backups = window._last_backups
    qtbot.waitUntil(lambda: backups is None or not backups.at_work, timeout=20_000)


def test_a_test_of_a_connection_that_fails_takes_back_the_one_that_passed(
    qtbot: QtBot, dialog: DatabaseDialog, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_it(dialog, qtbot, server)
    assert button(dialog, "Move the records there").isEnabled()

    def gone(_: Server) -> None:
        raise StoreError("The server is gone.")

    monkeypatch.setattr(postgres, "look", gone)
    press(dialog, "Test the connection")
    qtbot.waitUntil(lambda: said(dialog) == "The server is gone.")
    assert not button(dialog, "Move the records there").isEnabled()


def test_a_therapist_may_look_and_change_nothing(qtbot: QtBot, entrance: Entrance, store: Store) -> None:
    store.account = replace(store.account, role="therapist")
    dialog = DatabaseDialog(WayIn(entrance), store)
    qtbot.addWidget(dialog)
    assert "Only an administrator" in said(dialog)
    assert not line(dialog, "Address").isEnabled()
    assert not button(dialog, "Test the connection").isEnabled()


def test_the_window_offers_it_by_name_and_ends_its_work_on_the_file(
    qtbot: QtBot, entrance: Entrance, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.open_store(store, lambda: pytest.fail("no content is needed"), Settings(), WayIn(entrance))
    monkeypatch.setattr(DatabaseDialog, "exec", lambda dialog: dialog.connected.emit("All rows arrived."))
    next(each for each in commands(window) if each.words == "Clinic's database").act()
    qtbot.waitUntil(lambda: not window.signed_in)
    assert window.door is not None
    assert "All rows arrived." in [
        each.text() for each in window.door.findChildren(QLabel) if each.isVisible()
    ]

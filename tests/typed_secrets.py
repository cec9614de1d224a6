"""Types into every line for a secret, wherever the program asks for one, and says aloud which it is at.

A program of its own for `test_secret_lines`: its arguments are a folder and a case.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.records import vault
from evalassist.records.accounts import Account
from evalassist.records.entrance import Entrance
from evalassist.settings import Settings
from ui import style
from ui.dialogs.accounts import AccountDialog, PasswordDialog
from ui.dialogs.confirm import ConfirmDialog
from ui.dialogs.database import DatabaseDialog
from ui.dialogs.patient_file import ExportDialog
from ui.dialogs.restore import RestoreDialog
from ui.main_window import MainWindow
from ui.pages.door import Door
from ui.pages.first_run import FirstRun
from ui.way_in import WayIn
from ui.widgets.passwords import PasswordField

PASSWORD, SETTINGS = "four blue kneecaps", Settings(therapist_name="A. Chen, PT")
heard: list[str] = []
"""What of that which was said was read."""
TYPED, PASTED, SHOWN = "qxz7", "jv4", "w"
ALL = TYPED + TYPED + PASTED[:-1]


def places(folder: Path, case: Path, window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    entrance, content = Entrance(folder), load_content()
    window.prepare(content, SETTINGS)
    first = FirstRun(lambda: entrance, SETTINGS, plain=True)
    window.show_door(first)
    first.next.click()
    yield "first run", window
    store, _ = entrance.begin(Account("", "chen", "A. Chen, PT", "1", "administrator"), PASSWORD)
    door = Door(lambda: entrance, "chen", "Riverside")
    window.show_door(door)
    yield "door", window
    way_in = WayIn(entrance)
    window.open_store(store, content, SETTINGS, way_in)
    evaluation = read_case(case, content)
    window.begin(evaluation)
    assert window.view is not None
    window.view.show_step("sign")
    yield "sign", window
    for name, dialog in (
        ("account", AccountDialog(store, way_in, SETTINGS, None, window)),
        ("password", PasswordDialog(store, way_in, store.account, SETTINGS, window)),
        ("confirm", ConfirmDialog(store, way_in, "It is gone then.", "Remove", window)),
        ("database", DatabaseDialog(way_in, store, window)),
        ("export", ExportDialog(store, evaluation.patient, window)),
        ("restore", restore := RestoreDialog(folder, [], window)),
    ):
        if dialog is restore:
            restore.way.choose("password")
        dialog.show()
        yield name, dialog
        dialog.close()
    store.close()


def say(window: QWidget, words: str) -> None:
    """Say where we are, and wait until all that came before was read; who listens may not be there at first."""
    heard.clear()
    until = time.monotonic() + 20
    while words not in heard:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(window, words))
        again = time.monotonic() + 1
        while time.monotonic() < again and words not in heard:
            QApplication.processEvents()
            time.sleep(0.005)
        if again > until:
            sys.exit(f"nobody heard {words!r}")


def wait_for(line: QLineEdit, words: str) -> None:
    """Keys go by the way of who listens before they come to the line."""
    until = time.monotonic() + 10
    while line.text() != words:
        QApplication.processEvents()
        time.sleep(0.005)
        if time.monotonic() > until:
            sys.exit(f"{line.text()!r} came, and not {words!r}")


def type_into(line: QLineEdit) -> None:
    line.setFocus()
    for letter in TYPED:
        QTest.keyClicks(line, letter, delay=20)
    QTest.keyClicks(line, TYPED)
    wait_for(line, TYPED + TYPED)
    QApplication.clipboard().setText(PASTED)
    QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    wait_for(line, ALL)


def listen() -> None:
    for line in sys.stdin:
        heard.append(line.strip())


def main() -> None:
    Thread(target=listen, daemon=True).start()
    app = QApplication(["EvalAssist"])
    style.apply_style(app)
    vault.MEMORY_KIB, vault.PASSES, vault.LANES = vault.LEAST_MEMORY_KIB, vault.LEAST_PASSES, 1
    window = MainWindow()
    window.show()
    for name, place in places(Path(sys.argv[1]), Path(sys.argv[2]), window):
        for line in place.findChildren(QLineEdit):
            if not line.isVisible() or line.echoMode() != QLineEdit.EchoMode.Password:
                continue
            say(window, f"{name}, {line.accessibleName()}, hidden")
            type_into(line)
            field = line.parent()
            if isinstance(field, PasswordField):
                say(window, f"{name}, {line.accessibleName()}, shown")
                field.show_button.click()
                QTest.keyClicks(line, SHOWN)
                wait_for(line, ALL + SHOWN)
                say(window, "after")
                QTest.keyClicks(line, SHOWN)
                wait_for(line, ALL + SHOWN + SHOWN)
                say(window, "it is met as it is shown")
                field.show_button.click()
                say(window, f"{name}, {line.accessibleName()}, hidden again")
                line.selectAll()
                QTest.keyClicks(line, TYPED)
                wait_for(line, TYPED)
            say(window, "after")
    window.close()


main()

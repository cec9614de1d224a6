"""The real program, off screen, as somebody signs in and types into the impression until it is killed."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton

import ui  # noqa: F401  # before Qt
from ui.app import begin

PASSWORD = "correct horse"
PATIENCE_S = 120


def main(patient: str) -> int:
    """Says `offered` when the start page offers the patient's draft, `open` when it can be typed into."""
    signal.alarm(PATIENCE_S)  # a dialog that says what went wrong would be waited for without end
    app, program = begin(["killed"])
    from ui.pages.door import Door  # as late as the program itself

    window = program.window
    wait(app, lambda: window.door is not None)
    door = window.door
    assert isinstance(door, Door)
    QTest.keyClicks(door.password.edit, PASSWORD)
    QTest.keyClick(door.password.edit, Qt.Key.Key_Return)
    wait(app, lambda: window.start is not None and window.start.isVisible())
    assert window.start is not None
    names = {each.accessibleName(): each for each in window.start.findChildren(QPushButton)}
    offered = names[f"Go on with {patient}"]
    print("offered", flush=True)
    offered.click()
    wait(app, lambda: window.view is not None)
    assert window.view is not None
    session = window.view.session
    window.view.show_step("assessment")
    app.processEvents()
    fields = [each for each in window.view.page.findChildren(QPlainTextEdit) if each.isVisible()]
    session.kept.connect(lambda _: print("kept", len(session.evaluation.impression), flush=True))
    print("open", flush=True)

    def type_on() -> None:
        QTest.keyClicks(fields[0], "a")
        print("typed", len(session.evaluation.impression), flush=True)

    typing = QTimer(interval=15)
    typing.timeout.connect(type_on)
    typing.start()
    return app.exec()


def wait(app: QApplication, until: Callable[[], bool]) -> None:
    while not until():
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
